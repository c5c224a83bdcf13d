#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two directors with the same file, one of which stands by: it neither balances
# nor answers, has all ready, and takes over at one command, whole or by group.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh
# shellcheck source=tests/e2e/downloads.sh
. tests/e2e/downloads.sh
# shellcheck source=tests/e2e/pair.sh
. tests/e2e/pair.sh

key=000102030405060708090a0b0c0d0e0f
trace=(tcp 198.51.100.7:40000 "$vip:80")

# heard: who monitors is told of a service that comes and goes.
heard() {
	on standby service add tcp 192.0.2.99:9
	on standby service del tcp 192.0.2.99:9
	grep -q service-del "$lab/events"
}

why() { on "$1" -j trace "${trace[@]}" | jq -r '.[0].why'; }
shown() { on standby service show "${web[@]}" | sed -n 's/.*\(standby, [^ ]* of [^ ]* ready\).*/\1/p'; }

big_file
nginx_up r1 r2 r3
pair_up
balance "${web[@]}" 1 1 1
ctl service set "${web[@]}" scheduler maglev hash-key $key group web
balance "${web6[@]}" 1 1 1
on standby role standby
ctl announce add eth0
copied

on standby announce del eth0
tap "who stands by asks nobody: it would announce nothing" \
	on standby announce add eth0
tap "roles" roles_are director \
	"null active null, default active 1, web active 1"
tap "and those of the other" roles_are standby \
	"null standby null, default standby 1, web standby 1"
tap "one balances" test "$(requests 6 | grep -c '^r')" = 6
tap "the other does not" idle standby requests 3
tap "nor IPv6" idle standby requests6 3
tap "it is seen in the table" same "standby, 3 of 3 ready" "$(shown)"
tap "it tells why" same "standby" "$(why standby)"
tap "in metrics" same 'dsr_role{group="web"} 0' \
	"$(on standby metrics | grep '^dsr_role.*web')"
tap "the file has no role" same "0" "$(grep -c standby $lab/dsr.yaml)"
tap "an unknown group is refused" refused 1 \
	"dsrctl: role group nobody: no service is in this group: add one first, or see which groups there are" \
	ctl role standby group nobody

start_downloads 0 1 2
start standby env --default-signal=INT dsrctl monitor >$lab/events 2>&1
wait_until 10 heard
began=$(date +%s%3N)
on director role standby group web
on standby role active group web
wait_until 10 holder $vip standby
ended=$(date +%s%3N)
echo "# followed within $((ended - began)) ms"
tap "neighbours follow within a second" test $((ended - began)) -lt 1000
tap "the other group stays" roles_are director \
	"null active null, default active 1, web standby 1"
tap "an event tells of it" wait_until 5 \
	grep -q 'role-set group web active' $lab/events
tap "all this while the downloads ran" underway
finish_downloads 0 1 2
tap "which are whole" whole 0 1 2
tap "by IPv6 nothing has changed" idle standby requests6 3
tap "IPv4 goes by the other" idle director requests 3
tap "the one that stands by has kept its flows" test \
	"$(on director flow show "${web[@]}" | wc -l)" -gt 3

on director apply $lab/dsr.yaml
tap "a file leaves roles as they are" roles_are director \
	"null active null, default active 1, web standby 1"
on director service del "${web[@]}"
on director apply $lab/dsr.yaml
tap "and a service that comes back has its group's" roles_are director \
	"null active null, default active 1, web standby 1"

on director role standby
on standby role active
wait_until 10 holder $vip6 standby
tap "all of it by the other" idle director requests6 3
on standby role standby
tap "nobody: not found" test "$(ip -n client neigh flush to $vip;
	get / --connect-timeout 1 2>/dev/null || echo none)" = none
on director role active
wait_until 10 holder $vip6 director
tap "and back" idle standby requests 3
tap_done

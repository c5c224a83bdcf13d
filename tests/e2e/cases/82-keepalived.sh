#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two directors with keepalived, as examples/keepalived has it. The active one
# is lost with its cable, and ended in order, under downloads, which go on; the
# VIPs are announced, then keepalived's own.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh
# shellcheck source=tests/e2e/downloads.sh
. tests/e2e/downloads.sh
# Twice as long as usual, for daemons that are slow to start.
size=10000000
# shellcheck source=tests/e2e/pair.sh
. tests/e2e/pair.sh

key=000102030405060708090a0b0c0d0e0f

# What VRRP takes to notice, by the file: three times advert_int and the skew,
# which is (256 - priority) / 256 of it, of the one that takes over.
detection=$((3 * 200 + 200 * (256 - 90) / 256))

declare -A keepalived=()

# keepalived_up NAME PRIORITY [vip]: by the shipped files; with the VIP as its
# own, as they say. It starts no script from a folder that others may write to,
# as /tmp is one.
keepalived_up() {
	local name=$1 dir=/run/keepalived-$1
	mkdir -p "$dir"
	sed "s/priority 100/priority $2/; s,/etc/keepalived,$dir," \
		examples/keepalived/keepalived.conf >"$dir/conf"
	[ $# = 2 ] || sed -i 's/#192/192/; /notify/d' "$dir/conf"
	cp examples/keepalived/dsr-notify "$dir"
	[ $# = 3 ] || on "$name" role standby
	start "$name" keepalived -n -l -P -f "$dir/conf" -p "$dir/pid" \
		-r "$dir/vrrp" >"$lab/$name.log" 2>&1
	keepalived[$name]=$!
}

# state_is NAME STATE: keepalived's last one.
state_is() {
	same "$2" "$(sed -n 's/.*Entering \([A-Z]*\) STATE.*/\1/p' \
		"$lab/$1.log" | tail -n 1)"
}

role_is() { same "$2" "$(on "$1" -j role show group default | jq -r '.[0].role')"; }

# gap_start, gap_end: the longest time without an answer, into $gap.
gap_start() {
	start client tests/e2e/udp.py gap $vip:53 >$lab/gap
	asker=$!
	wait_until 20 grep -q ready $lab/gap
}

# When others are answered, so is who asks all the time.
gap_end() {
	same "0 nobody" "$(ask 20 | grep -c nobody) nobody"
	kill "$asker"
	wait "$asker"
	gap=$(tail -n 1 $lab/gap)
}

# takeover WHAT TO LOSE…: downloads run while LOSE… takes the other one away.
takeover() {
	local what=$1 to=$2
	shift 2
	start_downloads 0 1 2
	gap_start
	"$@"
	wait_until 20 state_is "$to" MASTER
	wait_until 10 holder $vip "$to"
	gap_end
	echo "# $what: gap $gap ms, of which VRRP's detection up to $detection ms"
	tap "$what: the gap is less than a second more than the detection" \
		test "$gap" -lt $((detection + 1000))
	tap "$what: all this while the downloads ran" underway
	finish_downloads 0 1 2
	tap "$what: no download has broken" whole 0 1 2
	tap "$what: the other director has seen to that" \
		test "$(forwarded "$to")" -gt 100
}

# lose NAME: its cable, and keepalived with what it has started.
lose() {
	unplug "$1" eth0
	kill -KILL "${keepalived[$1]}" "$(<"/run/keepalived-$1/vrrp")"
	wait "${keepalived[$1]}" || :
}

# stop NAME: in order.
stop() {
	kill "${keepalived[$1]}"
	wait "${keepalived[$1]}" || :
}

big_file
nginx_up r1 r2 r3
udp_servers $vip:53
pair_up
balance "${web[@]}" 1 1 1
ctl service set "${web[@]}" scheduler maglev hash-key $key
balance "${dns[@]}" 1 1 1
ctl service set "${dns[@]}" scheduler maglev hash-key $key
on director role standby
on standby role standby
ctl announce add eth0
copied

keepalived_up director 100
wait_until 20 role_is director active
keepalived_up standby 90
wait_until 20 state_is standby BACKUP
tap "the first one is active" role_is director active
tap "the other one stands by" role_is standby standby
tap "requests are answered" test "$(requests 3 | grep -c '^r')" = 3

takeover "lost" standby lose director
# As the unit's ExecStopPost does.
on director role standby
replug director eth0
keepalived_up director 100
wait_until 20 state_is director BACKUP
tap "the one that is back leaves it at that" idle director requests 3

takeover "stopped" director stop standby
tap "it stands by" wait_until 10 role_is standby standby
stop director

# The VIP as keepalived's, both active.
for name in director standby; do
	wait_until 10 role_is $name standby
	on $name announce del eth0
	on $name role active
done
keepalived_up director 100 vip
wait_until 20 state_is director MASTER
keepalived_up standby 90 vip
wait_until 20 state_is standby BACKUP
ip -n client neigh flush to $vip
tap "with the VIP as keepalived's" test "$(requests 3 | grep -c '^r')" = 3
takeover "lost, VIP local" standby lose director
stop standby
tap_done

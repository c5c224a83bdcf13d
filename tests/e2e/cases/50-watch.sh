#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Events as they happen, rates, and metrics.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

# monitor NAME [OPTION]: it listens, and its lines go to a file.
monitor() {
	start director env --default-signal=INT dsrctl "${@:2}" monitor \
		>>"$lab/$1" 2>"$lab/$1.err"
	pid=$!
	wait_until 10 heard "$1"
}

# heard NAME: a service that comes and goes is told of.
heard() {
	ctl service add tcp 192.0.2.99:9
	ctl service del tcp 192.0.2.99:9
	grep -q service-del "$lab/$1"
}

# told NAME LINE…: without the times; since it was last asked. A marker comes
# last, so nothing is still on its way.
told() {
	local name=$1
	shift
	ctl service add tcp 192.0.2.98:9
	wait_until 5 grep -q 192.0.2.98 "$lab/$name"
	ctl service del tcp 192.0.2.98:9
	wait_until 5 grep -q 'del tcp 192.0.2.98' "$lab/$name"
	same "$(printf '%s\n' "$@")" \
		"$(sed -E '/192.0.2.9[89]/d; s/^[^ ]+ //' "$lab/$name")"
	: >"$lab/$name"
}

times() {
	grep -vE "^$(date +%Y-%m-%d)T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3} " \
		"$lab/text"
}

peer_ready() { ctl peer show | grep -q ' ready '; }

mac1=$(mac_of r1)
monitor json -j
monitor text
: >"$lab/text"
ctl service add "${web[@]}" scheduler rr
ctl server add "${web[@]}" 10.0.0.11 mac "$mac1" weight 3
ctl server drain "${web[@]}" 10.0.0.11
ctl server set "${web[@]}" 10.0.0.11 down on
ctl service set "${web[@]}" lost reset
ctl server del "${web[@]}" 10.0.0.11
ctl service del "${web[@]}"
ctl service add "${web6[@]}"
ctl peer add 10.0.0.3
ip -n director neigh replace 10.0.0.3 dev eth0 lladdr 02:00:00:00:00:03 \
	nud permanent
wait_until 5 peer_ready
ctl peer del 10.0.0.3
tap "each line begins with the time" same "" "$(times || :)"
tap "all kinds of events" told text \
	"service-add tcp $vip:80 rr" \
	"server-add tcp $vip:80 10.0.0.11 weight 3 ready $mac1 eth0" \
	"server-set tcp $vip:80 10.0.0.11 weight 0 drained $mac1 eth0" \
	"server-set tcp $vip:80 10.0.0.11 weight 0 down $mac1 eth0 down on" \
	"service-set tcp $vip:80 rr lost reset" \
	"server-del tcp $vip:80 10.0.0.11 weight 0 down $mac1 eth0 down on" \
	"service-del tcp $vip:80 rr lost reset" \
	"service-add tcp [$vip6]:80 wrr" \
	"peer-add 10.0.0.3 resolving - eth0" \
	"peer-set 10.0.0.3 ready 02:00:00:00:00:03 eth0" \
	"peer-del 10.0.0.3 ready 02:00:00:00:00:03 eth0"
tap "the same in JSON, a line each" same \
	"service-add server-add server-set server-set service-set server-del service-del service-add peer-add peer-set peer-del" \
	"$(jq -rc 'select((.address // .service.address) |
		startswith("192.0.2.9") | not) | .event' "$lab/json" | xargs)"
tap "with what was changed" same '3 "ready" null 10.0.0.11 192.0.2.10' \
	"$(jq -rc 'select(.event == "server-add") |
		"\(.weight) \"\(.nexthop.state)\" \(.stats.none) \(.address) \(.service.address)"' \
		"$lab/json")"

# More changes than a socket holds, while nobody reads.
ctl service del "${web6[@]}"
ctl service add "${web[@]}"
ctl server add "${web[@]}" 10.0.0.11
: >"$lab/text"
kill -STOP "$pid"
at director tests/e2e/flood.py 4000
kill -CONT "$pid"
wait_until 10 grep -q lost "$lab/text"
tap "what was lost is told, once" same 1 "$(grep -c ' lost ' "$lab/text")"
: >"$lab/text"
ctl server set "${web[@]}" 10.0.0.11 weight 7
wait_until 5 grep -q 'weight 7' "$lab/text"
tap "and it goes on" same 1 "$(grep -c '' "$lab/text")"

gone() { ! kill -0 "$1"; }
kill -INT "$pid"
tap "an interrupt ends it" wait_until 5 gone "$pid"
tap "without a word" same "" "$(cat "$lab/text.err")"

# A reader that has enough: the next line ends it.
broken() {
	ctl server set "${web[@]}" 10.0.0.11 weight $RANDOM
	test -s "$lab/status"
}
{
	rc=0
	at director dsrctl monitor || rc=$?
	echo $rc >"$lab/status"
} | head -n 2 >/dev/null &
wait_until 10 broken
tap "so does the end of who reads it" same 141 "$(<"$lab/status")"

# Rates: so many packets, and all of them are in one of the tables.
udp_servers $vip:53
balance "${dns[@]}" 2 1
start director dsrctl top "${dns[@]}" interval 1s count 8 >"$lab/top"
top=$!
wait_until 10 grep -q SERVICE "$lab/top"
ask 60 10 >/dev/null
wait $top
tap "top prints a table for each interval" same 8 \
	"$(grep -c '^SERVICE' "$lab/top")"
# A second is never quite one.
# shellcheck disable=SC2016 # it is awk's
tap "which have all packets that there were" awk '
	function near(a, b) { return a > b * 0.8 && a < b * 1.05 }
	$1 == "udp" { all += $3; flows += $5 }
	$1 ~ /11$/ { one += $2 }
	$1 ~ /12$/ { two += $2 }
	END {
		print all, flows, one, two
		exit !(near(all, 600) && near(flows, 60) &&
			near(one, 400) && near(two, 200))
	}' "$lab/top"
tap "the busiest server comes first" same "10.0.0.11 10.0.0.12" \
	"$(awk '$2 > 0 && $1 ~ /^10/ { print $1 }' "$lab/top" |
		head -n 2 | xargs)"
tap "in JSON" same "udp 2 0" "$(ctl -j top "${dns[@]}" |
	jq -r '.[0] | "\(.protocol) \(.servers | length) \(.packets_per_second)"')"

# Metrics
value() { grep -F "$1" "$lab/prom" | awk '{ print $NF }' | xargs; }
ctl metrics "$lab/prom"
tap "metrics: promtool finds nothing" promtool check metrics <"$lab/prom"
tap "they are what the tables show" \
	same "$(reason forwarded) 400 200 2 1" \
	"$(value 'dsr_packets_total{reason="forwarded"}') $(
		value "dsr_server_packets_total{service=\"udp $vip:53\"") $(
		value "dsr_server_weight{service=\"udp $vip:53\"")"
ip -n director link set eth0 down
wait_until 10 server_is r2 no-route
ctl metrics "$lab/prom"
tap "a server that cannot be reached" same "0 0 0" \
	"$(value 'dsr_server_ready{')"
tap "and how it is" same 3 "$(grep -c 'nexthop_info.*state="no-route"' "$lab/prom")"

# The module goes away.
monitor last
rmmod dsr
ended() { grep -q . "$lab/last.err"; }
wait_until 10 ended
tap "monitor ends with the module" same "dsrctl: the dsr module was unloaded" \
	"$(<"$lab/last.err")"
insmod "$module"
tap_done

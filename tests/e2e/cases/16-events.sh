#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each change is announced exactly once, to those who listen in its namespace.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

listen() {
	start "$1" tests/e2e/events.py >"$lab/$1.events"
	wait_until 20 grep -q ready "$lab/$1.events"
}

# announced NAME LINE…: since it was last asked; as the last one comes a
# marker, so nothing is still on its way.
announced() {
	local name=$1
	shift
	dsrctl -n "$name" service add tcp 192.0.2.99:9
	wait_until 5 grep -q 192.0.2.99 "$lab/$name.events"
	dsrctl -n "$name" service del tcp 192.0.2.99:9
	wait_until 5 grep -q 'del tcp 192.0.2.99' "$lab/$name.events"
	same "$(printf '%s\n' "$@")" \
		"$(sed '/^ready$/d; /192.0.2.99/d' "$lab/$name.events")"
	: >"$lab/$name.events"
}

fails() { if "$@" 2>/dev/null; then return 1; fi; }

mac1=$(mac_of r1) mac2=$(mac_of r2)
listen director
listen client

ctl service add "${web[@]}"
tap "service add" announced director "service-add tcp $vip:80"
ctl server add "${web[@]}" 10.0.0.11 mac "$mac1"
tap "server add" announced director \
	"server-add tcp $vip:80 10.0.0.11 weight 1 ready $mac1"
ctl server set "${web[@]}" 10.0.0.11 weight 7
tap "server set: weight" announced director \
	"server-set tcp $vip:80 10.0.0.11 weight 7 ready $mac1"
ctl server set "${web[@]}" 10.0.0.11 weight 8 mac "$mac2"
tap "server set: two things at once" announced director \
	"server-set tcp $vip:80 10.0.0.11 weight 8 ready $mac2"
ctl server set "${web[@]}" 10.0.0.11 weight 8
ctl service set "${web[@]}" scheduler wrr
tap "no change: nothing" announced director
fails ctl server add "${web[@]}" 10.0.0.11
fails ctl service add "${web[@]}"
fails ctl server del "${web[@]}" 10.0.0.12
tap "refused: nothing" announced director
ctl server del "${web[@]}" 10.0.0.11
tap "server del" announced director \
	"server-del tcp $vip:80 10.0.0.11 weight 8 ready $mac2"

ip -n director neigh replace 10.0.0.12 dev eth0 lladdr "$mac1" nud permanent
ctl server add "${web[@]}" 10.0.0.12
tap "server add with a known neighbour" announced director \
	"server-add tcp $vip:80 10.0.0.12 weight 1 ready $mac1"
ip -n director neigh replace 10.0.0.12 dev eth0 lladdr "$mac2" nud permanent
wait_until 5 server_is r2 ready "$mac2"
tap "a new MAC address of the neighbour" announced director \
	"server-set tcp $vip:80 10.0.0.12 weight 1 ready $mac2"
ctl service del "${web[@]}"
tap "service del, with its servers" announced director \
	"service-del tcp $vip:80"
tap "another namespace heard nothing of it" announced client
tap_done

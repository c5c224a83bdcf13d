#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# stress.sh [ROUNDS [SECONDS]]: the module is loaded and unloaded so many times,
# and then everything changed at once for so long, while packets come in on two
# CPUs; nothing is left behind. Runs in the virtual machine, best under the debug
# kernel:
#
#   tests/vm/boot.sh --kernel debug tests/e2e/stress.sh
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

rounds=${1:-25} seconds=${2:-0}
second_vip=192.0.2.20
kmemleak=/sys/kernel/debug/kmemleak

progress() { echo "# stress: $* ($SECONDS s)" >&2; }

# To both directors.
traffic_start() {
	local where
	traffic=()
	for where in $vip $vip6 $second_vip; do
		noise client "$where" fragments
		traffic+=($!)
	done
}

traffic_stop() { kill "${traffic[@]}"; }

load_rounds() { at director tests/e2e/stress.py rounds "$1" $lab/dsr.ko; }

# Each changes one thing over and over. The device may be down just then, and a
# neighbour entry gone that was there a moment ago.
change_neighbour() {
	local n
	for n in {1..5}; do
		ip -n director neigh replace 10.0.0.11 dev eth0 \
			lladdr "02:00:00:00:01:$((n + 10))" || :
		ip -n director neigh flush to 10.0.0.12 || :
		ip -n director neigh flush to "$(ipv6_of 10.0.0.12)" || :
		ip -n director neigh flush to 10.0.0.11 nud permanent || :
	done
}

change_device() {
	local n
	for n in {1..5}; do
		ip -n director link set eth0 down
		ip -n director link set eth0 up
		unplug director eth0
		replug director eth0
		ip -n director link set eth0 address "02:00:00:00:02:$((n + 10))"
	done
	ip -n director link set eth0 address "$(mac_of director)"
}

change_configuration() {
	at director tests/e2e/stress.py churn "$seconds" >$lab/changes
}

# A second director that comes with a service and goes with it.
change_namespace() {
	local n
	for n in {1..3}; do
		nodes director2
		dsrctl -n director2 service add udp $second_vip:53
		dsrctl -n director2 server add udp $second_vip:53 10.0.0.11 \
			mac "$(mac_of r1)"
		wait_until 20 has_forwarded director2
		ip netns delete director2
		wait_until 20 free director2-eth0
	done
}

has_forwarded() {
	[ "$(dsrctl -n "$1" -j stats show | jq '.[0].packets')" -gt 0 ]
}

free() { ! ip -n switch link show "$1"; }

# enduring CMD: over and over, until the time is up.
enduring() {
	local end=$((SECONDS + seconds))
	while :; do
		"$1"
		[ $SECONDS -lt $end ] || break
		progress "again: $1"
	done
}

all_at_once() {
	local pids=() pid
	change_configuration &
	pids+=($!)
	for pid in change_neighbour change_device change_namespace; do
		enduring $pid &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
}

# announced: each addition and each deletion, once.
announced() {
	local changes asked events
	read -r changes asked <$lab/changes
	events=$(grep -cE '^(service|server)-(add|del) ' $lab/events)
	echo "$changes changes, $events events, asked $asked times"
	[ "$changes" -gt 0 ] && [ "$changes" = "$events" ]
}

# still_works: after all of that, on a new configuration. Servers repeat what
# they answered to the noise, the client resets it, and that takes turns too.
still_works() {
	dsrctl -n director -j service show |
		jq -r '.[] | (if .address | contains(":") then "[\(.address)]"
			else .address end) as $vip |
			"\(.protocol) \($vip):\(.ports[0][0])"' |
		while read -r protocol where; do
			ctl service del "$protocol" "$where"
		done
	balance "${web[@]}" 1 1 1
	# What the traffic's TCP still repeats takes turns of its own.
	same "r1 r2 r3" "$(requests 12 | sort -u | xargs)"
}

# Found twice, or something may only be on its way; not of the last seconds.
no_leak() {
	echo scan >$kmemleak
	sleep 6
	echo scan >$kmemleak
	! grep . $kmemleak
}

mkdir -p $lab
cp "$module" $lab/dsr.ko
address[director2]=10.0.0.5
topology_up
ip -n client route add $second_vip dev eth0
ip -n client neigh add $second_vip dev eth0 lladdr "$(mac_of director2)" \
	nud permanent
# The client is to notice that the director's MAC address changes.
at director sysctl -qw net.ipv4.conf.eth0.arp_notify=1
# And may be a gateway.
at director sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
nginx_up r1 r2 r3
[ ! -e $kmemleak ] || echo clear >$kmemleak

progress "traffic starts"
traffic_start
progress "loading and unloading"
tap "$rounds times loaded, configured and unloaded under traffic" \
	load_rounds "$rounds"

progress "changing everything at once, for $seconds s"
insmod $lab/dsr.ko
start director tests/e2e/events.py >$lab/events
wait_until 20 grep -q ready $lab/events
tap "everything changes at once under traffic" all_at_once
tap "and is announced" wait_until 10 announced
traffic_stop
tap "then it still works" still_works
tap "and can be unloaded" rmmod dsr
if [ -e $kmemleak ]; then
	progress "looking for leaks"
	tap "kmemleak finds nothing" no_leak
fi
tap "the kernel's log is clean" clean_log
tap_done

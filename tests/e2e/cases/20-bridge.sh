#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# With br_netfilter the hook sees what the director only bridges. It must leave
# frames for other machines alone, and balance those for the bridge itself.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

address[left]=10.0.9.2
address[right]=10.0.9.3
bridge_mac=02:00:00:00:09:01

# member NAME: a machine on the director's own bridge.
member() {
	ip netns add "$1"
	ip link add eth0 address "$(mac_of "$1")" netns "$1" type veth \
		peer name "$1" netns director
	ip -n director link set "$1" master br1 up
	ip -n "$1" link set eth0 up
	ip -n "$1" addr add "${address[$1]}/24" dev eth0
	ip -n "$1" route add $vip dev eth0
}

# send MAC: one packet from the left to the VIP, in a frame to that address.
send() {
	ip -n left neigh replace $vip lladdr "$1" dev eth0
	at left bash -c "echo hello >/dev/udp/$vip/53"
}

forwarded() { same "$1" "$(reason forwarded)"; }

modprobe br_netfilter
ip -n director link add br1 address $bridge_mac type bridge
ip -n director link set br1 up
ip -n director addr add 10.0.9.1/24 dev br1
member left
member right
balance "${dns[@]}" 1
at director sysctl -qw net.bridge.bridge-nf-call-iptables=1
capture right right
capture r1 r1

send "$(mac_of right)"
tap "a frame for the machine on the other side arrives there" \
	wait_until 5 grep -q hello $lab/right.pcap
tap "and is not balanced" forwarded 0
send $bridge_mac
tap "a frame for the bridge is balanced" wait_until 5 forwarded 1
tap "and arrives at the server" wait_until 5 grep -q hello $lab/r1.pcap
tap_done

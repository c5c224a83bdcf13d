#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A server may be behind a device of any kind of Ethernet: VLAN, bond, bridge,
# macvlan; requests may come by another VLAN than they leave.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

to_vip="ip dst $vip or (vlan and ip dst $vip)"

# Each device of the director is in a network of its own, with r1 in it.
subnet() {
	ip -n director link set "$1" up
	ip -n director addr add "10.0.$2.1/24" dev "$1"
	ip -n director addr add "$(ipv6_of "10.0.$2.1")/64" dev "$1" nodad
	ip -n r1 addr add "10.0.$2.11/24" dev "${3:-eth0}"
	ip -n r1 addr add "$(ipv6_of "10.0.$2.11")/64" dev "${3:-eth0}" nodad
}

# cable NAME: one more of the director's.
cable() {
	wire director "$1" "02:00:00:00:01:0$2" | ip -batch -
	socket "director-$1" | ip -n switch -batch -
}

vlans() {
	ip -n director link add link eth0 name eth0.20 type vlan id 20
	ip -n r1 link add link eth0 name eth0.20 type vlan id 20
	ip -n r1 link set eth0.20 up
	subnet eth0.20 20 eth0.20
	# The client's requests come by another one.
	ip -n director link add link eth0 name eth0.10 type vlan id 10
	ip -n director link set eth0.10 up
	ip -n director addr add 10.0.10.1/24 dev eth0.10
	ip -n client link add link eth0 name eth0.10 type vlan id 10
	ip -n client link set eth0.10 up
	ip -n client addr add 10.0.10.2/24 dev eth0.10
	ip -n r1 route add 10.0.10.0/24 via "${address[client]}"
}

bond() {
	cable eth1 1
	cable eth2 2
	ip -n director link add bond0 type bond mode active-backup miimon 100
	ip -n director link set eth1 master bond0
	ip -n director link set eth2 master bond0
	subnet bond0 30
}

bridge() {
	cable eth3 3
	ip -n director link add br1 type bridge
	ip -n director link set eth3 master br1 up
	subnet br1 40
}

macvlan() {
	ip -n director link add link eth0 name macvlan1 type macvlan mode bridge
	subnet macvlan1 50
}

mac_of_device() { ip -n director -j link show "$1" | jq -r '.[0].address'; }

# sources: the MAC addresses that packets for the VIP came from.
sources() {
	tcpdump -e -n -r $lab/r1.pcap "$to_vip" 2>/dev/null | cut -d' ' -f2 |
		sort -u
}

# by DEVICE ADDRESS [OPTION…]: r1 by that address is behind that device, and
# answers a request.
by() {
	local device=$1 where=$2
	shift 2
	ctl server add "${web[@]}" "$where"
	wait_until 10 all_ready
	tap "$device to $where: the server is behind it" \
		same "$device" "$(servers '.[].nexthop.dev')"
	capture r1 r1
	tap "$device: the server answers" same "r1" "$(get / "$@")"
	captured
	tap "$device: all that it got came from the device's MAC address" \
		same "$(mac_of_device "$device")" "$(sources)"
	ctl server del "${web[@]}" "$where"
}
nginx_up r1
ctl service add "${web[@]}"
vlans
bond
bridge
macvlan
by eth0.20 10.0.20.11 --interface 10.0.10.2
by bond0 10.0.30.11
by br1 10.0.40.11
by macvlan1 "$(ipv6_of 10.0.50.11)"
tap_done

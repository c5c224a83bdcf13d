# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The network of the lab. Each machine is a network namespace with an eth0,
# plugged into the namespace "switch", which holds a bridge:
#
#   client    10.0.0.2  --+          +--  r1  10.0.0.11
#                         |- switch -|--  r2  10.0.0.12
#   director  10.0.0.1  --+          +--  r3  10.0.0.13
#
# The virtual address belongs to no network here: the director has it on its
# eth0, as keepalived would put it there, the real servers on their lo, and the
# client takes it for a neighbour. A MAC address ends as the IP address does.
# Without a link-local address (addrgenmode) IPv6 is silent.

vip=192.0.2.10
declare -A address=(
	[director]=10.0.0.1 [client]=10.0.0.2
	[r1]=10.0.0.11 [r2]=10.0.0.12 [r3]=10.0.0.13 [r4]=10.0.0.14
)

mac_of() { printf '02:00:00:00:00:%02d\n' "${address[$1]##*.}"; }

# at MACHINE CMD…: run CMD there. Quicker than ip netns exec.
at() {
	local machine=$1
	shift
	nsenter --net="/run/netns/$machine" -- "$@"
}

# start MACHINE CMD…: run CMD there in the background; $! is the program's own.
start() {
	local machine=$1
	shift
	nsenter --net="/run/netns/$machine" -- "$@" &
}

# plug MACHINE DEVICE MAC ADDRESS: a device of the machine, in the switch.
plug() {
	ip link add "$2" address "$3" netns "$1" type veth \
		peer name "$1-$2" netns switch
	ip -n switch -batch - <<-END
	link set $1-$2 addrgenmode none
	link set $1-$2 master br0 up
	END
	ip -n "$1" -batch - <<-END
	link set $2 addrgenmode none
	link set $2 up
	addr add $4/24 dev $2
	END
}

# unplug MACHINE DEVICE, replug MACHINE DEVICE: pull its cable, put it back.
unplug() { ip -n switch link set "$1-$2" down; }
replug() { ip -n switch link set "$1-$2" up; }

node() {
	ip netns add "$1"
	ip -n "$1" link set lo up
	plug "$1" eth0 "$(mac_of "$1")" "${address[$1]}"
}

switch_up() {
	ip netns add switch
	ip -n switch -batch - <<-END
	link add br0 type bridge
	link set br0 addrgenmode none
	link set br0 up
	END
}

director_up() {
	node director
	ip -n director addr add $vip/32 dev eth0
}

client_up() {
	node client
	ip -n client route add $vip dev eth0
}

# real_server_up NAME: one that never answers ARP for the virtual address, nor
# asks in its name.
real_server_up() {
	node "$1"
	at "$1" sysctl -qw net.ipv4.conf.all.arp_ignore=1 \
		net.ipv4.conf.all.arp_announce=2
	ip -n "$1" addr add $vip/32 dev lo
}

topology_up() {
	local name
	switch_up
	director_up
	client_up
	for name in r1 r2 r3; do
		real_server_up "$name"
	done
}

topology_down() { ip -all netns delete; }

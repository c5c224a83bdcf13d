# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The network of the lab. Each machine is a network namespace with an eth0,
# plugged into the namespace "switch", which holds a bridge:
#
#   client    10.0.0.2  --+          +--  r1  10.0.0.11
#                         |- switch -|--  r2  10.0.0.12
#   director  10.0.0.1  --+          +--  r3  10.0.0.13
#
# The virtual addresses belong to no network here: the director has them on its
# eth0, as keepalived would put them there, the real servers on their lo, and
# the client takes them for neighbours. A MAC address ends as the IP address
# does, and so does the IPv6 address, 2001:db8:0:1::2 for 10.0.0.2. Without a
# link-local address (addrgenmode) IPv6 is silent; machines need one to ask for
# their neighbours, and say all that they have to say of it at once.

vip=192.0.2.10
vip6=2001:db8::10
declare -A address=(
	[director]=10.0.0.1 [client]=10.0.0.2
	[r1]=10.0.0.11 [r2]=10.0.0.12 [r3]=10.0.0.13 [r4]=10.0.0.14
)

# ipv6_of 10.0.N.M: the IPv6 address beside an IPv4 address.
ipv6_of() {
	local net=${1%.*}
	echo "2001:db8:0:$((${net##*.} + 1))::${1##*.}"
}

address4() { echo "${address[$1]}"; }
address6() { ipv6_of "${address[$1]}"; }

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

# wire MACHINE DEVICE MAC: the lines for ip that make a cable to the switch.
wire() {
	echo "link add $2 address $3 netns $1 type veth" \
		"peer name $1-$2 netns switch"
}

# socket NAME: the lines that plug a cable's end into the switch.
socket() { printf 'link set %s %s\n' "$1" "addrgenmode none" "$1" "master br0 up"; }

# configure MACHINE DEVICE ADDRESS: bring up what is wired.
configure() {
	ip -n "$1" -batch - <<-END
	link set lo up
	link set $2 up
	addr add $3/24 dev $2
	addr add $(ipv6_of "$3")/64 dev $2 nodad
	END
}

# plug MACHINE DEVICE MAC ADDRESS: a device of the machine, in the switch.
plug() {
	wire "$1" "$2" "$3" | ip -batch -
	socket "$1-$2" | ip -n switch -batch -
	configure "$1" "$2" "$4"
}

# unplug MACHINE DEVICE, replug MACHINE DEVICE: pull its cable, put it back.
unplug() { ip -n switch link set "$1-$2" down; }
replug() { ip -n switch link set "$1-$2" up; }

# nodes NAME…: machines, plugged in. In one go, as each process takes its time.
nodes() {
	local name
	for name; do
		echo "netns add $name"
		wire "$name" eth0 "$(mac_of "$name")"
	done | ip -batch -
	for name; do
		socket "$name-eth0"
	done | ip -n switch -batch -
	for name; do
		configure "$name" eth0 "${address[$name]}"
	done
}

# as_director NAME, as_client NAME, as_real_server NAME: what makes it one. A
# real server never answers ARP for the virtual address, nor asks in its name;
# neighbour discovery is for the addresses of the device itself anyway.
as_director() {
	ip -n "$1" -batch - <<-END
	addr add $vip/32 dev eth0
	addr add $vip6/128 dev eth0 nodad
	END
}

as_client() {
	ip -n "$1" -batch - <<-END
	route add $vip dev eth0
	route add $vip6 dev eth0
	END
}

as_real_server() {
	at "$1" sysctl -qw net.ipv4.conf.all.arp_ignore=1 \
		net.ipv4.conf.all.arp_announce=2
	ip -n "$1" -batch - <<-END
	addr add $vip/32 dev lo
	addr add $vip6/128 dev lo nodad
	END
}

real_server_up() {
	nodes "$1"
	as_real_server "$1"
}

# devices_begin: with what every machine's devices begin.
devices_begin() {
	sysctl -qw net.core.devconf_inherit_init_net=1 \
		net.ipv6.conf.default.accept_dad=0 \
		net.ipv6.conf.default.router_solicitations=0 \
		net.ipv6.conf.default.mldv2_unsolicited_report_interval=1
}

switch_up() {
	ip netns add switch
	ip -n switch -batch - <<-END
	link add br0 type bridge
	link set br0 addrgenmode none
	link set br0 up
	END
}

topology_up() {
	devices_begin
	machines_up
}

machines_up() {
	local name
	switch_up
	nodes director client r1 r2 r3
	as_director director
	as_client client
	for name in r1 r2 r3; do
		as_real_server $name
	done
}

topology_down() { ip -all netns delete; }

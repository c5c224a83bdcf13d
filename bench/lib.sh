# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What is measured: the network, and each balancer at work in it. Sourced by
# the scripts that run in a virtual machine.
#
# Packets come by in0 and leave by out0, both dummies: the shortest way there
# is. Or they are sent into a veth, c0, come by its other end, d0, leave by d1,
# another veth, and end at r0: then drivers have a share in what they cost.

build=/out/build/${DSR_KERNEL:?}
export PATH=/out/build:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=tests/e2e

# What the functions below go by; a caller that wants another one has it local.
# The mode is the generator's. Services are at the ports from 80 on of up to 100
# addresses from the vip on.
mode=receive protocol=udp vip=192.0.2.10 services=1 servers=4
# All devices have it: what leaves one end of a veth is for the other end.
mac=02:00:00:00:00:01

# by_veth IF_SO IF_NOT: REPLY is one of them.
by_veth() {
	REPLY=$2
	[ "$mode" != transmit ] || REPLY=$1
}

# server N: REPLY is its address, server_mac N: its MAC address.
server() {
	by_veth 1 0
	case $vip in
	*:*) printf -v REPLY '2001:db8:0:%x::%x' "$REPLY" "$1" ;;
	*) REPLY=10.$REPLY.$(($1 >> 8)).$(($1 & 255)) ;;
	esac
}

server_mac() { printf -v REPLY '02:00:00:01:%02x:%02x' $(($1 >> 8)) $(($1 & 255)); }

devices() {
	local dev
	# What a batch sends waits there if the kernel wants to handle it later.
	# What the kernel has to say of multicast groups it says at once, and
	# not while we count.
	sysctl -qw net.core.netdev_max_backlog=10000 net.ipv6.mld_qrv=1 \
		net.ipv6.conf.default.mldv2_unsolicited_report_interval=1
	modprobe dummy numdummies=0
	modprobe veth
	ip link add in0 address $mac arp on type dummy
	ip link add out0 address $mac arp on type dummy
	ip link add c0 address $mac type veth peer name d0 address $mac
	ip link add d1 address $mac type veth peer name r0 address $mac
	for dev in in0 out0 c0 d0 d1 r0; do
		# Nothing of its own to say: what is sent is what we count.
		sysctl -qw net.ipv6.conf.$dev.addr_gen_mode=1 \
			net.ipv6.conf.$dev.router_solicitations=0 \
			net.ipv6.conf.$dev.accept_dad=0 \
			net.ipv4.conf.$dev.rp_filter=0
		ip link set $dev up
	done
}

# neighbours N: for ip -batch.
neighbours() {
	local mode vip n address dev lines=''
	for mode in receive transmit; do
		by_veth d1 out0
		dev=$REPLY
		for vip in 192.0.2.10 2001:db8:2::10; do
			for ((n = 1; n <= $1; n++)); do
				server $n
				address=$REPLY
				server_mac $n
				lines+="neigh add $address dev $dev"
				lines+=" lladdr $REPLY"$'\n'
			done
		done
	done
	echo "$lines"
}

# network N: the devices, and N servers behind both ways out.
network() {
	devices
	sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
		net.ipv4.conf.all.rp_filter=0 net.ipv4.neigh.default.gc_thresh3=4096 \
		net.ipv6.neigh.default.gc_thresh3=4096
	ip -batch - <<-END
		addr add 10.0.255.1/16 dev out0
		addr add 10.1.255.1/16 dev d1
		addr add 2001:db8::ffff:1/64 dev out0
		addr add 2001:db8:0:1::ffff:1/64 dev d1
	END
	neighbours "$1" | ip -batch -
	drop_all r0
	wait_for_carrier
}

# A veth loses what it is to send until the kernel has seen that it can.
wait_for_carrier() {
	local dev
	for dev in c0 d1; do
		until [ "$(<"/sys/class/net/$dev/operstate")" = up ]; do
			sleep 0.05
		done
	done
}

drop_all() {
	tc qdisc add dev "$1" clsact &&
		tc filter add dev "$1" ingress matchall action drop
}

# sent: REPLY is how many packets have left.
sent() {
	by_veth d1 out0
	REPLY=$(<"/sys/class/net/$REPLY/statistics/tx_packets")
}

# generate OPTION…: REPLY is PACKETS ROUND MEDIAN MINIMUM MEAN.
generate() {
	local tcp=0
	[ "$protocol" != tcp ] || tcp=1
	by_veth c0 in0
	insmod "$build/bench/dsr_gen.ko" dev="$REPLY" mode="$mode" \
		daddr="$vip" tcp="$tcp" "$@"
	REPLY=$(</sys/module/dsr_gen/parameters/result)
	rmmod dsr_gen
}

# pairs: a line "ADDRESS PORT SERVER" for each service and each of its servers;
# all at once, because a write is slow here.
pairs() {
	local s n lines='' addresses=$((services < 100 ? services : 100))
	for ((s = 0; s < services; s++)); do
		for ((n = 1; n <= servers; n++)); do
			server $n
			lines+="${vip%10}$((10 + s % addresses))"
			lines+=" $((80 + s / addresses)) $REPLY"$'\n'
		done
	done
	printf %s "$lines"
}

with_null() {
	local dev_in
	by_veth d0 in0
	dev_in=$REPLY
	by_veth d1 out0
	insmod "$build/bench/dsr_null.ko" in="$dev_in" out="$REPLY" \
		daddr="$vip" "$@"
}

# with_forward: one route, and no choice.
with_forward() {
	server 1
	ip route add "$vip" via "$REPLY"
}

# with_nft CHOICE: at ingress, with no memory of flows.
with_nft() {
	local choice=$1 n macs='' dev_in
	for ((n = 1; n <= servers; n++)); do
		server_mac $n
		macs+="${macs:+, }$((n - 1)) : $REPLY"
	done
	by_veth d0 in0
	dev_in=$REPLY
	by_veth d1 out0
	nft -f - <<-END
	table netdev dsr {
		chain ingress {
			type filter hook ingress device $dev_in priority 0
			ip daddr $vip udp dport 80 ether saddr set $mac ether daddr set $choice mod $servers map { $macs } fwd to $REPLY
		}
	}
	END
}

# ipvs_rules OPTION…: of pairs, for ipvsadm -R.
ipvs_rules() {
	awk -v options="$*" -v option="-${protocol:0:1}" '{
		if (index($1, ":")) {
			$1 = "[" $1 "]"
			$3 = "[" $3 "]"
		}
		service = $1 ":" $2
		if (service != last)
			print "-A", option, service, options
		last = service
		print "-a", option, service, "-r", $3 ":80", "-g", "-w", 1
	}'
}

# with_ipvs OPTION…: of each service.
with_ipvs() {
	modprobe ip_vs conn_tab_bits=17
	# All VIPs are the director's own.
	case $vip in
	*:*) ip addr add "$vip/64" dev lo ;;
	*) ip addr add "$vip/24" dev lo ;;
	esac
	pairs | ipvs_rules "$@" | ipvsadm -R
}

without_ipvs() {
	ipvsadm -C
	ip addr flush dev lo to 192.0.2.0/24
	ip -6 addr flush dev lo to 2001:db8:2::/64
	rmmod ip_vs_wrr ip_vs_mh 2>/dev/null || :
	rmmod ip_vs
}

# with_dsr [SCHEDULER]
with_dsr() {
	insmod "$build/dsr.ko" && pairs | bench/fill.py "$protocol" "$@"
}

# balance BALANCER: have it do the work; fails where it cannot.
balance() {
	case $1 in
	drop) by_veth d0 in0; drop_all "$REPLY" ;;
	null) with_null ;;
	null-ingress) with_null ingress=1 ;;
	forward) with_forward ;;
	nft-numgen) with_nft "numgen inc" ;;
	nft-jhash) with_nft "jhash ip saddr . udp sport" ;;
	ipvs-wrr) with_ipvs -s wrr ;;
	ipvs-mh) with_ipvs -s mh -b mh-port ;;
	ipvs-onepacket) with_ipvs -s mh -b mh-port -o ;;
	dsr) with_dsr ;;
	dsr-maglev) with_dsr maglev ;;
	dsr-ingress) with_dsr && by_veth d0 in0 &&
		dsrctl ingress add "$REPLY" ;;
	dsr-sessionless) with_dsr maglev &&
		dsrctl service set "$protocol" "$vip:80" sessionless on ;;
	esac
}

unbalance() {
	case $1 in
	drop) by_veth d0 in0; tc qdisc del dev "$REPLY" clsact ;;
	null*) rmmod dsr_null ;;
	forward) ip route del "$vip" ;;
	nft-*) nft delete table netdev dsr ;;
	ipvs-*) without_ipvs ;;
	dsr*) rmmod dsr ;;
	esac
}

# Measuring

# Packets to measure where flows do not ask for more, and which repeat it is.
enough=100000 repeat=1
# Balancers that are not to be had.
skipped=' '

# sample TEST BALANCER WHAT FLOWS COUNT [OPTION…]: measure, and print on 3:
#
#   packets REPEAT TEST BALANCER WHAT FLOWS PACKETS SENT ROUND MEDIAN MINIMUM MEAN
#
# SENT is what the device counted of the PACKETS; times are of a ROUND of them,
# in nanoseconds.
sample() {
	local test=$1 balancer=$2 what=$3 flows=$4 count=$5 before packets times
	shift 5
	sent
	before=$REPLY
	generate flows="$flows" count="$count" "$@"
	read -r packets times <<<"$REPLY"
	sent
	echo "packets $repeat $test $balancer $what $flows $packets" \
		"$((REPLY - before)) $times" >&3
}

# remembers BALANCER: it has a memory of flows.
remembers() {
	case $1 in
	ipvs-onepacket | dsr-sessionless) return 1 ;;
	ipvs-* | dsr*) return 0 ;;
	*) return 1 ;;
	esac
}

# flows TEST BALANCER FROM TO [OPTION…]: new flows, so that there are as many as
# TO, with FROM of them there before; then packets of them all. A few new flows
# tell of a cold cache and nothing else; a flow's second packet may be dearer
# than the others: neither is measured. A TCP connection begins with a SYN.
flows() {
	local test=$1 balancer=$2 from=$3 to=$4
	shift 4
	! remembers "$balancer" || begin "$@"
	sample "$test" "$balancer" established "$to" \
		$((to > enough ? 2 * enough : enough)) "$@"
}

begin() {
	local new=$((to - from)) syn=0
	[ $protocol = udp ] || syn=1
	if [ $new -lt 5000 ]; then
		generate "$@" flows=$new count=$new first="$from" syn=$syn
	else
		sample "$test" "$balancer" new "$to" $new "$@" flows=$new \
			first="$from" syn=$syn
	fi
	generate "$@" flows=$new count=$new first="$from"
}

# turn BALANCER CMD…: CMD, with the balancer at work.
turn() {
	local balancer=$1 refusal
	shift
	if refusal=$(balance "$balancer" 2>&1); then
		"$@"
	elif [[ $skipped != *" $balancer "* ]]; then
		skipped+="$balancer "
		echo "# skipped: $balancer: $refusal" >&2
	fi
	unbalance "$balancer"
}

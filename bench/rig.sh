#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# rig.sh SAMPLES full|quick: all measurements, in the machine that is a program:
#
#   tests/vm/boot.sh --kernel uml --mem 2048 bench/rig.sh /out/bench/samples quick
#
# SAMPLES gets lines "value NAME NUMBER" and those that lib.sh tells of. Every
# test has its turn in every repeat or, if it takes long, in every other one, so
# that what changes in the machine meanwhile changes all of them. In the
# environment, BALANCERS names those to measure, and TESTS the tests.
set -euo pipefail
# shellcheck source=bench/lib.sh
. "$(dirname "$0")/lib.sh"

samples=$1 extent=$2
case $extent in
full)
	repeats=5 flow_counts=(1 1000 10000 100000 1000000)
	tests=(flows veth others) seldom=(protocols services servers)
	once=(memory change weights flood)
	;;
quick)
	repeats=3 flow_counts=(1000 100000)
	tests=(flows others) seldom=()
	once=(memory)
	;;
esac
balancers=(drop null-ingress null forward nft-numgen nft-jhash ipvs-wrr ipvs-mh
	ipvs-onepacket dsr dsr-ingress dsr-maglev dsr-sessionless)
[ -z "${BALANCERS:-}" ] || read -r -a balancers <<<"$BALANCERS"
if [ -n "${TESTS:-}" ]; then
	read -r -a tests <<<"$TESTS"
	seldom=() once=()
fi

value() { echo "value $1 $2" >&3; }

# Every number of flows, one packet at a time; a thousand of them in lists, too.
flow_counts() {
	local n from=0
	for n in "${flow_counts[@]}"; do
		flows receive "$1" "$from" "$n"
		from=$n
		[ "$n" != 1000 ] ||
			mode=list sample list "$1" established 1000 "$enough"
	done
}

test_flows() {
	local balancer
	for balancer in "${balancers[@]}"; do
		turn "$balancer" flow_counts "$balancer"
	done
}

test_veth() {
	local balancer mode=transmit
	for balancer in "${balancers[@]}"; do
		turn "$balancer" flows veth "$balancer" 0 1000
	done
}

test_protocols() {
	local protocol vip balancer family
	for family in ipv4:192.0.2.10 ipv6:2001:db8:2::10; do
		vip=${family#*:}
		for protocol in udp tcp; do
			for balancer in drop null forward ipvs-wrr dsr; do
				turn "$balancer" flows \
					"$protocol-${family%%:*}" \
					"$balancer" 0 10000
			done
		done
	done
}

# To one service of many, and to all of them.
test_services() {
	local services servers=1 addresses balancer
	for services in 1 100 10000; do
		addresses=$((services < 100 ? services : 100))
		for balancer in dsr ipvs-wrr; do
			turn "$balancer" services "$balancer"
		done
	done
}

services() {
	# Compared closely, so with more runs.
	for _ in 1 2 3; do
		flows "service-of-$services" "$1" 0 1000
	done
	flows "services-$services" "$1" 1000 100000 daddrs="$addresses" \
		dports=$((services / addresses))
}

test_servers() {
	local servers balancer
	for servers in 2 100 1000; do
		for balancer in dsr ipvs-wrr; do
			turn "$balancer" flows "servers-$servers" "$balancer" \
				0 100000
		done
	done
}

# Packets that the kernel forwards; with a hook that lets all of them pass; and
# with a balancer of other packets. One right after the other, as there is little
# between them.
test_others() {
	local mode
	for mode in receive transmit; do
		turn forward others
	done
}

others() {
	for _ in 1 2 3; do
		sample "others-$mode" none established 1000 "$enough"
		vip=198.51.100.10 with_null
		sample "others-$mode" pass established 1000 "$enough"
		rmmod dsr_null
		insmod "$build/dsr.ko"
		echo 198.51.100.10 80 10.0.0.1 | bench/fill.py udp
		sample "others-$mode" dsr established 1000 "$enough"
		rmmod dsr
	done
}

# free_memory: REPLY is how many bytes the page allocator has, when nobody keeps
# what can be given back.
free_memory() {
	echo 3 >/proc/sys/vm/drop_caches
	REPLY=$(($(awk '/^MemFree:/ { print $2 }' /proc/meminfo) * 1024))
}

# All that a balancer takes for its flows, with their table. The module itself
# is there before.
once_memory() {
	memory ipvs-wrr 1000000
	memory dsr 1000000
	[ "$extent" = quick ] || memory dsr 10000000
}

memory() {
	local balancer=$1 n=$2 before
	services=0 balance "$balancer"
	free_memory
	before=$REPLY
	case $balancer in
	ipvs-wrr) pairs | ipvs_rules -s wrr | ipvsadm -R ;;
	dsr)
		pairs | bench/fill.py udp
		[ "$n" -le 1000000 ] || dsrctl settings set max-flows \
			$((n + n / 20)) || :
		;;
	esac
	generate flows="$n" count="$n"
	free_memory
	value "memory-$balancer-$n" $((before - REPLY))
	value "active-$balancer-$n" "$(active "$balancer")"
	unbalance "$balancer"
}

# active BALANCER: how many flows it has.
active() {
	case $1 in
	ipvs-wrr) ipvsadm -Ln | awk '$1 == "->" { n += $5 + $6 } END { print n }' ;;
	dsr) dsrctl -j service show | jq '.[0].stats.active' ;;
	esac
}

# A change of one weight of a thousand servers.
once_change() {
	local servers=1000 scheduler
	for scheduler in wrr maglev; do
		insmod "$build/dsr.ko"
		if pairs | bench/fill.py udp $scheduler 2>/dev/null; then
			server 500
			value change-$scheduler \
				"$(bench/fill.py --change udp $vip 80 "$REPLY")"
		fi
		rmmod dsr
	done
}

# packets_of_servers: REPLY is how many each of them got so far, in order.
packets_of_servers() {
	REPLY=$(dsrctl -j server show | jq -r '[.[].stats.packets] | join(" ")')
}

# shares OPTION…: REPLY is how many of the packets generated each server gets.
shares() {
	local -a before after
	local i
	packets_of_servers
	read -r -a before <<<"$REPLY"
	generate "$@"
	packets_of_servers
	read -r -a after <<<"$REPLY"
	for i in "${!after[@]}"; do
		after[i]=$((after[i] - before[i]))
	done
	REPLY=$(IFS=, && echo "${after[*]}")
}

# Ten servers of weights 1 to 10, and 1024 times 55 new flows.
once_weights() {
	local servers=10
	insmod "$build/dsr.ko"
	pairs | awk '{ print $0, NR }' | bench/fill.py udp
	shares flows=56320 count=56320
	value weights "$REPLY"
	rmmod dsr
}

# Connections on four servers, three of which then take no new ones: whichever
# connection a flood of SYNs pushes out comes back on the fourth.
once_flood() {
	local protocol=tcp n before
	insmod "$build/dsr.ko"
	pairs | bench/fill.py tcp
	generate flows=1024 count=1024 syn=1
	generate flows=1024 count=1024
	shares flows=1024 count=1024
	value flood-before "$REPLY"
	for n in 1 2 3; do
		server $n
		dsrctl server set tcp $vip:80 "$REPLY" weight 0
	done
	free_memory
	before=$REPLY
	generate flows=5000000 count=5000000 first=10000000 syn=1
	free_memory
	value flood-memory $((before - REPLY))
	value flood-room \
		"$(dsrctl -j settings show | jq '.[0].max_flows')"
	shares flows=1024 count=1024
	value flood-after "$REPLY"
	rmmod dsr
}

mkdir -p "$(dirname "$samples")"
exec 3>"$samples"
network 1000
for ((repeat = 1; repeat <= repeats; repeat++)); do
	for test in "${tests[@]}"; do
		"test_$test"
	done
	[ $((repeat % 2)) = 1 ] || continue
	for test in "${seldom[@]}"; do
		"test_$test"
	done
done
for test in "${once[@]}"; do
	"once_$test"
done

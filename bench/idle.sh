#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# idle.sh: what dsr costs the traffic that is for no service. Runs in the
# virtual machine whose clock counts instructions, which repeats to a fraction
# of a percent:
#
#   tests/vm/boot.sh --icount yes bench/idle.sh
#
# UDP packets of 46 bytes are put into the receive path, forwarded by the kernel
# and end in a dummy device: the shortest way there is, without a driver.
# Prints instructions per packet and the share that is added. An nft chain with
# no rule, at the same place as dsr's hook, shows what netfilter takes for
# calling anybody at all.
set -euo pipefail

export PATH=/out/build:$PATH
build=/out/build/${DSR_KERNEL:?}
free=198.51.100.1

# forwarding: what comes by in0 leaves by out0.
forwarding() {
	local dev
	modprobe dummy numdummies=0
	for dev in in0 out0; do
		ip link add $dev type dummy
		ip link set $dev up
	done
	sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 \
		net.ipv4.conf.in0.rp_filter=0
	ip addr add 10.128.0.1/9 dev in0
	ip addr add 10.0.0.1/24 dev out0
	ip route add $free/32 via 10.0.0.9
	ip neigh add 10.0.0.9 dev out0 lladdr 02:00:00:00:00:09 nud permanent
}

# measured: instructions per packet.
measured() {
	insmod "$build/bench/dsr_gen.ko" dev=in0 daddr=$free flows=1000 \
		count=50000 2>/dev/null || :
	dmesg | awk '/dsr_gen:.* ns in/ { ns = $(NF - 4) / $(NF - 1) }
		END { print ns }'
}

row() {
	local n
	n=$(measured)
	base=${base:-$n}
	awk -v text="$1" -v n="$n" -v base="$base" 'BEGIN {
		printf "  %-42s %6.0f %+5.0f %+6.2f %%\n", text, n, n - base,
			(n / base - 1) * 100 }'
}

# services N: that many in all, of addresses of their own.
services() {
	local n
	for ((n = count; n < $1; n++)); do
		dsrctl service add udp "192.0.$((n / 250)).$((n % 250 + 1)):80"
	done
	count=$1
}

base='' count=0
forwarding
echo "Linux $(uname -r): instructions of a packet that is forwarded by the kernel"
row "without dsr"
nft 'add table ip empty; add chain ip empty pre { type filter hook prerouting priority -299; }'
row "an empty nft chain in place of dsr"
nft delete table ip empty
insmod "$build/dsr.ko"
row "dsr loaded, no service"
services 1
row "1 service"
services 100
row "100 services"
dsrctl service add udp 203.0.113.0/24:80
row "and one of a prefix"
dsrctl service add fwmark 1
row "and one of a firewall mark"

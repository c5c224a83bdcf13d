#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# instructions.sh: what a packet costs, with dsr and without. Runs in the
# virtual machine whose clock counts instructions, which repeats to a fraction
# of a percent:
#
#   tests/vm/boot.sh --icount yes bench/instructions.sh
#
# UDP packets of 46 bytes are put into the receive path and end in a dummy
# device: the shortest way there is, without a driver. Prints instructions per
# packet. An nft chain without a rule, at the same place as dsr's hook, shows
# what netfilter takes for calling anybody at all. Caches are not seen.
set -euo pipefail

export PATH=/out/build:$PATH
build=/out/build/${DSR_KERNEL:?}
free=198.51.100.1
vip=198.51.100.2

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

firewall() {
	nft add table ip filter
	nft 'add chain ip filter forward { type filter hook forward priority 0; }'
	nft add rule ip filter forward ct state invalid drop
}

# measured ADDRESS FLOWS: instructions per packet.
measured() {
	insmod "$build/bench/dsr_gen.ko" dev=in0 daddr="$1" flows="$2" \
		count=50000 2>/dev/null || :
	dmesg | awk '/dsr_gen:.* ns in/ { ns = $(NF - 4) / $(NF - 1) }
		END { print ns }'
}

row() {
	local n
	n=$(measured "$2" "$3")
	base=${base:-$n}
	awk -v text="$1" -v n="$n" -v base="$base" 'BEGIN {
		printf "  %-34s %6.0f %+6.0f %+7.1f %%\n", text, n, n - base,
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
echo "Linux $(uname -r), instructions per packet"
echo "Forwarded by the kernel"
row "without dsr" $free 1000
nft add table ip empty
nft 'add chain ip empty pre { type filter hook prerouting priority -299; }'
row "an empty nft chain in its place" $free 1000
nft delete table ip empty
insmod "$build/dsr.ko"
row "dsr, no service" $free 1000
services 1
row "dsr, 1 service" $free 1000
services 100
row "dsr, 100 services" $free 1000
echo "Balanced by dsr"
dsrctl service add udp $vip:80
dsrctl server add udp $vip:80 10.0.0.9
row "1 flow" $vip 1
row "1000 flows" $vip 1000
echo "Forwarded by the kernel"
dsrctl service add udp 203.0.113.0/24:80
row "dsr, a service of a prefix too" $free 1000
dsrctl service add fwmark 1
row "and one of a firewall mark" $free 1000
rmmod dsr
echo "Forwarded by the kernel, whose firewall looks at connections"
firewall
base=''
row "without dsr" $free 1000
insmod "$build/dsr.ko"
dsrctl service add udp $vip:80
row "dsr, 1 service" $free 1000

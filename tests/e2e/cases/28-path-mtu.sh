#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Path MTU discovery of the real servers: between them and a far client a link
# takes 1300 bytes only, and who says so says it to the VIP.
#
#   far  10.0.7.2 -- 10.0.7.1  router  10.0.0.5 -- switch
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

far_up() {
	local name
	address[router]=10.0.0.5
	nodes router
	ip netns add far
	ip link add eth0 netns far type veth peer name eth1 netns router
	configure far eth0 10.0.7.2
	configure router eth1 10.0.7.1
	ip -n router link set eth1 mtu 1300
	at router sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1
	as_client router
	ip -n far route add default via 10.0.7.1
	ip -n far route add default via "$(ipv6_of 10.0.7.1)"
	for name in r1 r2 r3; do
		ip -n $name route add 10.0.7.0/24 via "${address[router]}"
		ip -n $name route add "$(ipv6_of 10.0.7.0)/64" \
			via "$(address6 router)"
	done
}

# download HOST SECONDS: its size, and curl's status if it did not end well.
download() {
	local rc=0
	rm -f $lab/part
	at far curl -sS -m "$2" -o $lab/part -w '%{size_download}' \
		"http://$1/file" 2>/dev/null || rc=$?
	echo " $rc"
	cmp -s $lab/part $lab/file || echo differs
}

three() { download "$1" 20; download "$1" 20; download "$1" 20; }

# knows NAME ADDRESS: it has learnt the MTU.
knows() { ip -n "$1" route get "$2" from "$3" | grep -q 'mtu 1300'; }

# block TABLE: no ICMP error gets through the director any more.
block() {
	at director nft -f - <<-END
	table inet raw {
		chain prerouting {
			type filter hook prerouting priority raw;
			icmp type destination-unreachable drop
			icmpv6 type packet-too-big drop
		}
	}
	END
}

far_up
head -c 300000 /dev/urandom >$lab/file
nginx_up r1 r2 r3
balance "${web[@]}" 1 1 1
balance "${web6[@]}" 1 1 1
capture director director

tap "downloads from each server are whole" same \
	"300000 0 300000 0 300000 0" "$(three $vip | xargs)"
for name in r1 r2 r3; do
	tap "$name was told the MTU" knows $name 10.0.7.2 $vip
done
tap "the same by IPv6" same \
	"300000 0 300000 0 300000 0" "$(three "[$vip6]" | xargs)"
for name in r1 r2 r3; do
	tap "$name was told" knows $name "$(ipv6_of 10.0.7.2)" $vip6
done
captured
told="icmp[0] = 3 and icmp[1] = 4 and dst $vip and ether dst $(mac_of director)"
told6="icmp6 and ip6[40] = 2 and ether dst $(mac_of director)"
tap "by what came to the director" test "$(packets director "$told")" -ge 3
tap "and by IPv6" test "$(packets director "$told6")" -ge 3
tap "nothing was unmatched" same 0 "$(reason icmp-unmatched)"

block
for name in r1 r2 r3; do
	at $name ip route flush cache
	at $name ip -6 route flush cache
done
tap "without the errors a download hangs" \
	same "0 28 differs" "$(download $vip 2 | xargs)"
tap "the same by IPv6" \
	same "0 28 differs" "$(download "[$vip6]" 2 | xargs)"
tap_done

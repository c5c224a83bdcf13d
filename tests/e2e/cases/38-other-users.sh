#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Others at the same hooks: conntrack does not see what is balanced, nft comes
# before balancing, IPVS works beside it, fragments that defrag has merged leave
# in fragments again.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

other=192.0.2.30

fails() { if "$@" >/dev/null 2>&1; then return 1; fi; }

of_service() {
	ctl -j stats show "$@" |
		jq '.[] | select(.reason == "forwarded") | .packets'
}

# sizes NAME…: of the frames for the IPv6 VIP.
sizes() {
	local name
	for name; do
		tcpdump -e -n -r "$lab/$name.pcap" "ip6 dst $vip6" 2>/dev/null
	done | grep -o ' length [0-9]*: ' | sort | uniq -c
}

entries() { at director conntrack -L -f "$1" -d "$2" 2>/dev/null | grep -c "$2" || :; }

at client ethtool -K eth0 tx off tso off gso off >/dev/null
nginx_up r1 r2 r3
udp_servers "$vip:53"
udp_servers "[$vip6]:53"
balance "${web[@]}" 1 1 1
balance "${web6[@]}" 1 1 1
balance "${dns[@]}" 1 1 1
balance "${dns6[@]}" 1 1 1
at director nft -f - <<END
table inet filter {
	chain input {
		type filter hook input priority filter;
		ct state new,established counter accept
	}
}
END

requests 6 >$lab/answers
requests6 6 >>$lab/answers
tap "with conntrack active requests are balanced" \
	same "4 r1 4 r2 4 r3" "$(counts $lab/answers)"
tap "and make no entry" same "0 0" "$(entries ipv4 $vip) $(entries ipv6 $vip6)"
at client ping -q -c 1 $vip >/dev/null
at client ping -q -c 1 $vip6 >/dev/null
tap "which a ping does that the director answers" \
	same "1 1" "$(entries ipv4 $vip) $(entries ipv6 $vip6)"

# Merged before the hook, they leave as they came.
for name in client r1 r2 r3; do
	capture $name $name
done
at client tests/e2e/udp.py big $vip:53 3 8000 1473 60000 >$lab/big
at client tests/e2e/udp.py big "[$vip6]:53" 3 8000 1453 60000 >$lab/big6
crafted orders $vip >$lab/orders
captured
tap "large datagrams are answered" same \
	"3 r1 3 r2 3 r3 3 r1 3 r2 3 r3" "$(counts $lab/big) $(counts $lab/big6)"
tap "each in one packet for the hook" \
	same "15 9" "$(of_service "${dns[@]}") $(of_service "${dns6[@]}")"
tap "they leave as they came" unchanged $lab/client.pcap
tap "by IPv6 in fragments of the original sizes" \
	same "$(sizes client)" "$(sizes r1 r2 r3)"

at director nft -f - <<END
table inet raw {
	chain prerouting {
		type filter hook prerouting priority raw;
		tcp dport 80 drop
	}
}
table netdev early {
	chain ingress {
		type filter hook ingress device eth0 priority 0;
		udp dport 53 drop
	}
}
END
before=$(reason forwarded)
tap "a rule in raw comes first" fails get / --connect-timeout 1
tap "by IPv6 too" fails get6 / --connect-timeout 1
tap "one at the device's ingress, too" same nobody "$(ask 1)"
tap "the director balanced nothing of it" same "$before" "$(reason forwarded)"
at director nft flush ruleset

# Its own service, by the same way of forwarding.
ip -n director addr add $other/32 dev eth0
ip -n client route add $other dev eth0
for name in r1 r2; do
	ip -n $name addr add $other/32 dev lo
done
at director ipvsadm -A -t $other:80 -s rr
at director ipvsadm -a -t $other:80 -r "${address[r1]}:80" -g
at director ipvsadm -a -t $other:80 -r "${address[r2]}:80" -g
before=$(reason forwarded)
tap "IPVS balances its own service" \
	same "r1 r2" "$(fetch $other '/?[1-4]' | sort -u | xargs)"
tap "of which nothing is ours" same "$before" "$(reason forwarded)"
tap "ours is balanced beside it" \
	same "r1 r2 r3" "$(requests 3 | sort | xargs)"
tap_done

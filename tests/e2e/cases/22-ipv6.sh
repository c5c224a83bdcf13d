#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# By IPv6 as by IPv4: exact shares, the reply straight to the client, nothing
# changed but the MAC addresses, extension headers and all.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

at client ethtool -K eth0 tx off tso off gso off >/dev/null

nginx_up r1 r2 r3
udp_servers "[$vip6]:53"
balance "${web6[@]}" 3 2 1
balance "${dns6[@]}" 3 2 1
for name in client director r1 r2 r3; do
	capture $name $name
done
requests6 12 >$lab/order
at client tests/e2e/udp.py odd "[$vip6]:53" >$lab/odd
captured
sent=$(packets client "ip6 dst $vip6")

tap "TCP: 3:2:1 in the order a b a c a b" \
	same "r1 r2 r1 r3 r1 r2 r1 r2 r1 r3 r1 r2" "$(xargs <$lab/order)"
tap "UDP: 18 packets of all kinds are answered at 3:2:1" \
	same "9 r1 6 r2 3 r3" "$(counts $lab/odd)"
tap "dsrctl counts their flows" flows_are 9 6 3 6 4 2
tap "the servers saw the client's own address" \
	same "$(address6 client)" "$(sort -u $lab/r?/access.log)"
tap "the director saw no packet from the VIP" \
	same 0 "$(packets director "ip6 src $vip6 and not ether src $(mac_of director)")"
tap "it forwarded what the client sent" same "$sent" "$(reason forwarded)"
tap "two packets had a hop-by-hop header" \
	same 2 "$(packets client "ip6 dst $vip6 and ip6[6] = 0")"
tap "two had destination options" \
	same 2 "$(packets client "ip6 dst $vip6 and ip6[6] = 60")"
tap "all leave as they came, but for the MAC addresses" \
	unchanged $lab/client.pcap $vip6
tap "which does not say so of IPv4, of which there was none" \
	same "0 of 0" "$(unchanged $lab/client.pcap)"

# Without a VIP of its own the address is not the director's to answer for.
ip -n director addr del $vip6/128 dev eth0
ip -n client route replace $vip6 via "$(address6 director)"
tap "a VIP that is only routed here is balanced too" \
	same "r1 r2 r1" "$(requests6 3 | xargs)"
tap "the service of the same port by IPv4 is another" \
	same '[]' "$(ctl -j service show | jq -c "[.[] | select(.address == \"$vip\")]")"
tap_done

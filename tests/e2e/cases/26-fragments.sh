#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The fragments of a datagram reach one server, in whatever order they come,
# as they came. Those whose first one never comes wait, not for ever.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

# More than may wait.
orphans=3000

at client ethtool -K eth0 tx off tso off gso off >/dev/null
udp_servers "$vip:53"
udp_servers "[$vip6]:53"
balance "${dns[@]}" 1 1 1
balance "${dns6[@]}" 1 1 1

# Two which time out at the end.
crafted orphans $vip 1 1000
crafted orphans $vip6 1 1000
tap "fragments without a first one leave by no way yet" \
	same "0 0" "$(reason forwarded) $(reason fragment-timeout)"

for name in client r1 r2 r3; do
	capture $name $name
done
at client tests/e2e/udp.py big $vip:53 3 8000 1473 60000 >$lab/big
at client tests/e2e/udp.py big "[$vip6]:53" 3 8000 1453 60000 >$lab/big6
head -c 20000 /dev/zero >$lab/zeros
at client socat -b 65000 -t 2 - UDP:$vip:53 <$lab/zeros >$lab/socat
crafted orders $vip >$lab/orders
crafted orders $vip6 >$lab/orders6
captured

tap "datagrams of 8000, 1473 and 60000 bytes: each flow's to one server" \
	same "r1 r1 r1 r2 r2 r2 r3 r3 r3" "$(xargs <$lab/big)"
tap "the same by IPv6" \
	same "r1 r1 r1 r2 r2 r2 r3 r3 r3" "$(xargs <$lab/big6)"
tap "one of 20000 bytes by socat" same r1 "$(<$lab/socat)"
tap "three fragments in each of the six orders" \
	same "012 r2 021 r3 102 r1 120 r2 201 r3 210 r1" "$(xargs <$lab/orders)"
tap "the same by IPv6" \
	same "012 r1 021 r2 102 r3 120 r1 201 r2 210 r3" "$(xargs <$lab/orders6)"
tap "all leave as they came, but for the MAC addresses" \
	unchanged $lab/client.pcap
tap "the same by IPv6" unchanged $lab/client.pcap $vip6

# What the others did not leave room for.
crafted orphans $vip $orphans 1400
limit=$(reason fragment-limit)
tap "of $orphans that wait some are too many" \
	test "$limit" -gt 0 -a "$limit" -lt $orphans
ctl service del "${dns[@]}"
ctl service del "${dns6[@]}"
tap "the last service goes: none waits any more, each is counted" \
	same $((orphans + 2)) "$((limit + $(reason fragment-timeout)))"
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# ICMP errors about a flow reach the server that has it, and only that, even
# if they quote no more than eight bytes of its transport header.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

# owned FILE FILTER OFFSET N: of each flow listed there its server, and no other
# one, captured N errors: packets with the flow's port at that place.
owned() {
	local port owner name got expected
	while read -r port owner; do
		for name in r1 r2 r3; do
			expected=0
			[ $name != "$owner" ] || expected=$4
			got=$(packets $name "$2 and $3 = $port")
			same "port $port $name $expected" \
				"port $port $name $got"
		done
	done <"$1"
}

# reasons_are FORWARDED ICMP-UNMATCHED MALFORMED: more than before.
before=(0 0 0)
reasons_are() {
	local now
	read -r -a now <<<"$(reason forwarded) $(reason icmp-unmatched) $(reason malformed)"
	same "$*" "$((now[0] - before[0])) $((now[1] - before[1])) $((now[2] - before[2]))"
}
remember() {
	read -r -a before <<<"$(reason forwarded) $(reason icmp-unmatched) $(reason malformed)"
}

udp_servers "$vip:53"
udp_servers "[$vip6]:53"
balance "${dns[@]}" 1 1 1
balance "${dns6[@]}" 1 1 1
for name in client r1 r2 r3; do
	capture $name $name
done
crafted errors $vip >$lab/flows
crafted errors $vip6 >$lab/flows6
captured

tap "each server has a flow" \
	same "r1 r2 r3 r1 r2 r3" "$(cut -d' ' -f2 $lab/flows $lab/flows6 | xargs)"
tap "ten errors about each reach its server alone" \
	owned $lab/flows icmp 'icmp[30:2]' 10
tap "by IPv6 eight" owned $lab/flows6 icmp6 'ip6[90:2]' 8
tap "with 3 + 3 requests all of them are counted as forwarded" \
	reasons_are $((3 + 30 + 3 + 24)) 0 0
tap "and as packets of their servers" same "11 11 11 9 9 9" \
	"$(servers '[.[].stats.packets] | join(" ")')"
tap "they leave as they came" unchanged $lab/client.pcap
tap "the same by IPv6" unchanged $lab/client.pcap $vip6

remember
crafted lies $vip
tap "about an unknown flow: left to the kernel; what lies is dropped" \
	reasons_are 0 1 4
remember
crafted lies $vip6
tap "the same by IPv6" reasons_are 0 1 4
tap_done

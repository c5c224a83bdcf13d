#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A server whose MAC address is not known: the first packets wait in the
# kernel's own queue until it answers, and none is lost.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

# deaf: r1 hears no question for its MAC address, until hears.
deaf() {
	at r1 nft -f - <<-END
	table netdev deaf {
		chain ingress {
			type filter hook ingress device eth0 priority 0;
			ether type arp drop
			icmpv6 type nd-neighbor-solicit drop
		}
	}
	END
}
hears() { at r1 nft delete table netdev deaf; }

counted() { same "$1 $2" "$(reason "$2") $2"; }

# burst VIP:PORT: ten datagrams at once; who answers will be in a file.
burst() {
	start client tests/e2e/udp.py burst "$1" 10 >$lab/answers 2>/dev/null
	asking=$!
}

# ten: all of them were answered.
ten() { same "r1 r1 r1 r1 r1 r1 r1 r1 r1 r1" "$(<$lab/answers)"; }

# add SERVICE ADDRESS: r1 to a new one, while it is deaf.
add() {
	deaf
	ctl service add "$1" "$2"
	ctl server add "$1" "$2" "$3"
	burst "$2"
}

arrived() { packets r1 "udp dst port 53"; }

# So often that it does not give up meanwhile.
at director sysctl -qw net.ipv4.neigh.eth0.mcast_solicit=30 \
	net.ipv6.neigh.eth0.mcast_solicit=30
udp_servers "$vip:53"
udp_servers "[$vip6]:53"

capture r1 r1
add "${dns[@]}" "${address[r1]}"
tap "ten packets are sent on to r1" wait_until 5 counted 10 forwarded
tap "whose MAC address is not known" server_is r1 resolving
tap "so they have not left" same 0 "$(arrived)"
hears
wait $asking
tap "it is found: all ten arrive and are answered" ten
tap "the server is ready" wait_until 5 server_is r1 ready "$(mac_of r1)"
add "${dns6[@]}" "$(address6 r1)"
tap "ten packets are sent on by IPv6" wait_until 5 counted 20 forwarded
tap "whose MAC address is not known" server_is6 r1 resolving
tap "so they have not left" same 10 "$(arrived)"
hears
wait $asking
tap "it is found: all ten arrive and are answered" ten
captured
tap "the server got each once" same 20 "$(arrived)"

# The queue is for packets of the neighbour's own family.
ctl service del "${dns[@]}"
ctl service del "${dns6[@]}"
ip -n director -6 neigh flush to "$(address6 r1)"
add "${dns[@]}" "$(address6 r1)"
tap "packets of the other family cannot wait" \
	wait_until 5 counted 10 no-nexthop
kill $asking
hears
wait_until 5 server_is6 r1 ready
burst "${dns[1]}"
wait $asking
tap "but are answered from then on" ten
tap_done

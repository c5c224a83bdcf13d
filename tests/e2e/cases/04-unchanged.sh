#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Nothing but the MAC addresses of a packet changes.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

# Else a packet has no checksum yet when it leaves the client, nor when it
# reaches a server.
at client ethtool -K eth0 tx off tso off gso off >/dev/null

nginx_up r1 r2 r3
udp_servers $vip:53
balance "${web[@]}" 3 2 1
balance "${dns[@]}" 3 2 1
for name in client r1 r2 r3; do
	capture $name $name
done
requests 12 >$lab/tcp
at client tests/e2e/udp.py odd $vip:53 >$lab/udp
captured

tap "12 TCP connections were answered" \
	same 12 "$(grep -c '^r[123]$' $lab/tcp)"
tap "16 UDP packets of all kinds were answered" \
	same 16 "$(grep -c '^r[123]$' $lab/udp)"
tap "among them one with a TTL of 1" \
	same 1 "$(packets client "ip dst $vip and ip[8] = 1")"
tap "all leave as they came, but for the MAC addresses" \
	unchanged $lab/client.pcap

# The comparison would notice a byte: one in the last packet is changed.
cp $lab/client.pcap $lab/client.changed
at=$(grep -abo 'who?' $lab/client.changed | tail -n 1 | cut -d: -f1)
printf x | dd of=$lab/client.changed bs=1 seek="$at" conv=notrunc status=none
differs() { { unchanged $lab/client.changed 2>&1 || :; } | grep 'of them the same'; }
tap "and a single changed byte would be noticed" differs
tap_done

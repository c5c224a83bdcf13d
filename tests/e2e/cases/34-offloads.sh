#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Super-packets pass as they are, with checksums not yet made, through fq on
# the egress, while a capture runs on the director.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

dropped() {
	tc -n director -s -j qdisc show dev eth0 | jq '.[] | select(.kind == "fq") | .drops'
}

at client ethtool -K eth0 tso on gso on tx on >/dev/null
at director ethtool -K eth0 gro on tso on gso on >/dev/null
tc -n director qdisc replace dev eth0 root fq
iperf_servers r1
head -c 5000000 /dev/urandom >$lab/file
balance tcp $vip:5201,81 1
balance tcp "[$vip6]:5201,81" 1
capture director director
capture r1 r1
tap "iperf3 sends 20 MB, and nothing again" same 0 "$(iperf $vip 20M)"
tap "the same by IPv6" same 0 "$(iperf $vip6 20M)"
tap "an upload arrives as it was sent" upload r1 $vip $lab/file
tap "the same by IPv6" upload r1 $vip6 $lab/file
captured
tap "frames much larger than the MTU came in" \
	test "$(packets director "ip dst $vip and greater 9000")" -gt 100
tap "and reached the server so" \
	test "$(packets r1 "ip dst $vip and greater 9000")" -gt 100
tap "the same by IPv6" \
	test "$(packets r1 "ip6 dst $vip6 and greater 9000")" -gt 100
tap "the queue dropped none" same 0 "$(dropped)"
tap "nor did anything else" same "0 0 0" \
	"$(reason too-big) $(reason xmit-failed) $(reason no-memory)"
tap_done

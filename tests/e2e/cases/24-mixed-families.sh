#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A server is only a next hop, so its address may be of the other family than
# the VIP. What that cannot do is refused.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

nginx_up r1 r2 r3
ctl service add "${web[@]}"
serve "${web[@]}" "$(address6 r1)" "${address[r2]}"
ctl service add "${web6[@]}"
serve "${web6[@]}" "${address[r1]}" "$(address6 r2)"

tap "an IPv4 VIP on a server named by IPv6" \
	same "r1 r2 r1 r2" "$(requests 4 | xargs)"
tap "an IPv6 VIP on a server named by IPv4" \
	same "r1 r2 r1 r2" "$(requests6 4 | xargs)"
tap "the servers have both addresses' flows" flows_are 2 2 2 2

# A link-local address means a neighbour only with its device.
ip -n director addr add fe80::1/64 dev eth0 nodad
ip -n r3 addr add fe80::13/64 dev eth0 nodad
tap "a link-local server without a device is refused" refused 2 \
	'dsrctl: "fe80::13" is a link-local address: give its device: dev NAME' \
	ctl server add "${web[@]}" fe80::13
ctl server add "${web[@]}" fe80::13 dev eth0
wait_until 10 all_ready
tap "with it the server serves an IPv4 VIP" \
	same "r1 r2 r3" "$(requests 3 | sort | xargs)"
tap "the VIP itself is refused as a server" refused 2 \
	"dsrctl: \"$vip\" is the service's virtual address: give the server's own" \
	ctl server add "${web[@]}" $vip
tap_done

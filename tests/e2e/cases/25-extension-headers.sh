#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Whatever extension headers an IPv6 packet has, it reaches its server with
# them; more of them than any honest packet has are dropped.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

udp_servers "[$vip6]:53"
balance "${dns6[@]}" 1 1 1
for name in r1 r2 r3; do
	capture $name $name
done
capture client client
crafted extensions $vip6 >$lab/answers
captured

tap "each chain is a flow, and reaches a server that answers" \
	same "hop r1 dest r2 hop-dest r3 long r1 atomic r2 route-over r3" \
	"$(xargs <$lab/answers)"
tap "nine headers are malformed" same 1 "$(reason malformed)"
tap "and reach no server: of seven packets six did" \
	same "7 6" "$(packets client "ip6 dst $vip6") $(reason forwarded)"
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Weights 3:2:1 are kept exactly and smoothly.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

# smooth FILE: the same six servers again and again.
smooth() {
	same "100 r1 r2 r1 r3 r1 r2" \
		"$(xargs -n6 <"$1" | uniq -c | sed 's/^ *//')"
}

nginx_up r1 r2 r3
balance "${web[@]}" 3 2 1
requests 600 >$lab/order

tap "the first six requests go a b a c a b" \
	same "r1 r2 r1 r3 r1 r2" "$(head -n 6 $lab/order | xargs)"
tap "and so do all 600" smooth $lab/order
tap "nginx logged 300, 200 and 100 requests" \
	wait_until 5 hits_are 300 200 100
tap "dsrctl counts 300, 200 and 100 flows" flows_are 300 200 100

tap "a port that is used again is a new flow each time" \
	same "r1 r2 r1" "$(at client tests/e2e/again.py $vip 3)"
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# UDP: exact shares, and a flow stays with its server.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

udp_servers $vip:53
balance "${dns[@]}" 3 2 1
ask 60 >$lab/new
tap "60 ports at 3:2:1 are 30, 20 and 10 flows" \
	same "30 r1 20 r2 10 r3" "$(counts $lab/new)"
tap "dsrctl counts them so" flows_are 30 20 10

ask 12 4 >$lab/same
tap "12 ports used four times are 12 flows" flows_are 36 24 12
tap "each port was answered by one server" \
	same 1 "$(sort -u $lab/same | grep -c '')"
tap "all three have answered" \
	same "24 r1 16 r2 8 r3" "$(counts $lab/same)"
tap_done

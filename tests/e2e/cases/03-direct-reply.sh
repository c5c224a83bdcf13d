#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The reply goes from the real server straight to the client.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

some() { [ "$1" -gt 0 ] || { echo "it is $1"; return 1; }; }

# Counted by the kernel, whatever the module says.
received() {
	ip -j -s -n director link show dev eth0 | jq '.[].stats64.rx.bytes'
}

nginx_up r1 r2 r3
balance "${web[@]}" 1 1 1
big_file
capture director director
capture client client
bytes=$(received)
get /file -o /dev/null -w '%{size_download}\n' >$lab/size
bytes=$(($(received) - bytes))
captured

to=$(packets client "ip dst $vip")
from=$(packets client "ip src $vip")

tap "the client got 100 MB" same 100000000 "$(cat $lab/size)"
tap "the client has packets from the VIP" some "$from"
tap "all of them from the real server's MAC address" same "$from" \
	"$(packets client "ip src $vip and ether src $(mac_of r1)")"
tap "the director saw no packet from the VIP" \
	same 0 "$(packets director "ip src $vip")"
tap "the director's device received less than 2 MB" \
	test $bytes -lt 2000000
tap "the director forwarded what the client sent, no more" \
	same "$to" "$(reason forwarded)"
tap_done

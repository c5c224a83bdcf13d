#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A server's new MAC address is followed.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

new_mac=02:00:00:00:01:11

nginx_up r1 r2 r3
balance "${web[@]}" 1 1 1
tap "r1 is reached at its MAC address" \
	server_is r1 ready "$(mac_of r1)"

# As a machine does that has taken over another's address.
at r1 sysctl -qw net.ipv4.conf.eth0.arp_notify=1
ip -n r1 link set eth0 address $new_mac
tap "when it announces a new one the director takes it over" \
	wait_until 5 server_is r1 ready $new_mac
capture r1 r1
requests 3 >$lab/answers
captured
tap "requests reach it there" same "r1 r2 r3" "$(sort $lab/answers | xargs)"
tap "and only there" same 0 \
	"$(packets r1 "ip dst $vip and not ether dst $new_mac")"

ip -n director neigh replace "${address[r2]}" dev eth0 \
	lladdr 02:00:00:00:01:12 nud permanent
tap "a changed entry of the neighbour table is taken over too" \
	wait_until 5 server_is r2 ready 02:00:00:00:01:12
tap_done

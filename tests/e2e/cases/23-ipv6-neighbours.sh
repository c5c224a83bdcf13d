#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Neighbour discovery: a server's new MAC address is followed; one that falls
# silent is left out, and comes back by itself.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

new_mac=02:00:00:00:01:11

# As in the case of IPv4: the kernel needs 2.1 s.
at director sysctl -qw net.ipv6.neigh.eth0.base_reachable_time_ms=500 \
	net.ipv6.neigh.eth0.delay_first_probe_time=1 \
	net.ipv6.neigh.eth0.retrans_time_ms=100

nginx_up r1 r2 r3
balance "${web6[@]}" 1 1 1
balance "${dns6[@]}" 1 1 1
tap "r1 is reached at its MAC address" server_is6 r1 ready "$(mac_of r1)"

at r1 sysctl -qw net.ipv6.conf.eth0.ndisc_notify=1
ip -n r1 link set eth0 address $new_mac
noise client $vip6 udp
noise=$!
tap "it has another one: the director takes it over" \
	wait_until 5 server_is6 r1 ready $new_mac
capture r1 r1
requests6 3 >$lab/answers
captured
tap "requests reach it there" same "r1 r2 r3" "$(sort $lab/answers | xargs)"
tap "and only there" same 0 \
	"$(packets r1 "ip6 dst $vip6 and not ether dst $new_mac")"

unplug r1 eth0
tap "r1 answers no more: failed within the kernel's own time" \
	within 4 server_is6 r1 failed
kill $noise
requests6 6 >$lab/failed
tap "it is out of the schedule" same "3 r2 3 r3" "$(counts $lab/failed)"
tap "the others are not" wait_until 5 server_is6 r2 ready

replug r1 eth0
tap "when it answers again it is ready by itself" \
	wait_until 5 server_is6 r1 ready $new_mac
requests6 6 >$lab/after
tap "and back in the schedule" same "2 r1 2 r2 2 r3" "$(counts $lab/after)"
tap_done

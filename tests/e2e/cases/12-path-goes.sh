#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The way to a server goes and comes back: device, cable, route.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

second_mac=02:00:00:00:01:01

# as_before: r1 and r4 are in turn.
as_before() { same "r1 r4" "$(requests 2 | sort | xargs)"; }

without_r4() { same "r1 r1" "$(requests 2 | xargs)"; }

# r4 is behind a second device of the director. The VIP is at the first only.
at director sysctl -qw net.ipv4.conf.all.arp_ignore=1
address[r4]=10.0.1.14
plug director eth1 $second_mac 10.0.1.1
real_server_up r4
ip -n r4 route add 10.0.0.0/24 dev eth0
ip -n client route add 10.0.1.0/24 dev eth0
nginx_up r1 r4
balance "${web[@]}" 1
ctl server add "${web[@]}" "${address[r4]}"
wait_until 10 all_ready

capture r4 r4
tap "r4 is reached by the second device" as_before
captured
tap "from its MAC address" \
	test "$(packets r4 "ip dst $vip and ether src $second_mac")" -gt 0
tap "and from no other" \
	same 0 "$(packets r4 "ip dst $vip and not ether src $second_mac")"

unplug director eth1
tap "cable out: the state says it is the device" \
	wait_until 5 server_is r4 bad-device
tap "r1 serves alone" without_r4
replug director eth1
tap "cable in: ready by itself" wait_until 5 server_is r4 ready
tap "both serve" as_before

ip -n director link set eth1 down
tap "device down: no route is left" wait_until 5 server_is r4 no-route
tap "r1 serves alone again" without_r4
ip -n director link set eth1 up
tap "device up: ready by itself" wait_until 5 server_is r4 ready

ip -n director route add "${address[r4]}" via "${address[client]}"
tap "a route by a gateway: the state says so" \
	wait_until 5 server_is r4 gateway
ip -n director route del "${address[r4]}" via "${address[client]}"
tap "without it: ready by itself" wait_until 5 server_is r4 ready

noise client $vip
gone=0
timeout 10 ip -n director link del eth1 || gone=$?
kill $!
tap "the device can be removed under traffic" same 0 $gone
tap "then no route is left" wait_until 5 server_is r4 no-route
tap "and r1 serves alone" without_r4
plug director eth1 $second_mac 10.0.1.1
tap "a new device of that name: ready by itself" \
	wait_until 5 server_is r4 ready "$(mac_of r4)"
tap "and both serve" as_before
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A device is renamed, taken down, given another MTU, moved to another network
# namespace, removed: its servers go to a state that says so, the others serve
# on, and when it is back they are.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

mac=02:00:00:00:01:01

# r4_is STATES: of r4 by the routing table, with the device that was given, and
# by IPv6; of each the device too.
r4_is() {
	same "$1" "$(servers 'sort_by(.address) | .[1:] |
		map(.nexthop | "\(.state) \(.dev)") | join(", ")')"
}
becomes() { wait_until 5 r4_is "$1"; }

serve_all() { same "r1 r4 r4 r4" "$(requests 4 | sort | xargs)"; }
serve_r1() { same "r1 r1" "$(requests 2 | xargs)"; }

address[r4]=10.0.1.14
at director sysctl -qw net.ipv4.conf.all.arp_ignore=1
plug director eth1 $mac 10.0.1.1
real_server_up r4
ip -n r4 addr add 10.0.1.15/24 dev eth0
ip -n r4 route add 10.0.0.0/24 dev eth0
ip -n client route add 10.0.1.0/24 dev eth0
nginx_up r1 r4
balance "${web[@]}" 1
ctl server add "${web[@]}" 10.0.1.14
ctl server add "${web[@]}" "$(address6 r4)"
ctl server add "${web[@]}" 10.0.1.15 dev eth1
wait_until 10 all_ready
tap "three ways to r4, and one to r1" serve_all

ip -n director -batch - <<END
link set eth1 down
link set eth1 name lan1
END
tap "down: no route is left; the device that was given is down" \
	becomes "no-route null, bad-device null, no-route null"
tap "r1 serves alone" serve_r1
ip -n director link set lan1 up
ip -n director addr add "$(ipv6_of 10.0.1.1)/64" dev lan1 nodad
tap "up, by its new name: all of them are ready" \
	becomes "ready lan1, ready lan1, ready lan1"
tap "and serve" serve_all

ip -n director link set lan1 mtu 1300
tap "another MTU: nothing changes for the state" \
	r4_is "ready lan1, ready lan1, ready lan1"
told() {
	at client tests/e2e/udp.py discover $vip:80 1400
}
ctl service add udp $vip:80
ctl server add udp $vip:80 10.0.1.14
tap "but for the size of packets" same "EMSGSIZE 1300" "$(told)"
ctl service del udp $vip:80
ip -n director link set lan1 mtu 1500

ip -n director link set lan1 netns r2
tap "moved to another namespace: it is gone" \
	becomes "no-route null, bad-device null, no-route null"
tap "r1 serves alone again" serve_r1
ip -n r2 link set lan1 netns director
configure director lan1 10.0.1.1
tap "moved back: ready by itself" \
	becomes "ready lan1, ready lan1, ready lan1"
tap "and serving" serve_all

ip -n director link del lan1
tap "removed: it is gone" \
	becomes "no-route null, bad-device null, no-route null"
tap "r1 serves alone once more" serve_r1
plug director eth1 $mac 10.0.1.1
tap "a device of another name: those that the routing table leads to are ready" \
	becomes "ready eth1, bad-device null, ready eth1"
ip -n director link del eth1
plug director lan1 $mac 10.0.1.1
tap "one of the same name: that whose device was given is ready too" \
	becomes "ready lan1, ready lan1, ready lan1"
tap "all serve" serve_all
tap_done

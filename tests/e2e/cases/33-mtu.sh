#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The device to the server takes 1400 bytes only: what must not be fragmented
# is answered with that MTU, what may be leaves in fragments, and TCP finds its
# size.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

# As in "path goes": r4 is behind a second device of the director.
second_device() {
	address[r4]=10.0.1.14
	at director sysctl -qw net.ipv4.conf.all.arp_ignore=1
	plug director eth1 02:00:00:00:01:01 10.0.1.1
	ip -n director link set eth1 mtu 1400
	real_server_up r4
	ip -n r4 route add 10.0.0.0/24 dev eth0
	ip -n r4 route add "$(ipv6_of 10.0.0.0)/64" dev eth0
	ip -n client route add 10.0.1.0/24 dev eth0
	ip -n client route add "$(ipv6_of 10.0.1.0)/64" dev eth0
}

# on_r4 SERVICE
on_r4() {
	ctl service add "$@"
	ctl server add "$@" "${address[r4]}"
}

udp() { at client tests/e2e/udp.py "$@"; }

# more REASON N CMD…: it counts N packets more, and prints what CMD does.
more() {
	local before
	before=$(reason "$1")
	"${@:3}"
	same "$2 $1" "$(($(reason "$1") - before)) $1"
}

forget() { at client ip route flush cache; at client ip -6 route flush cache; }

second_device
tests/e2e/udp.py serve $vip:53 r4 >$lab/udp &
tests/e2e/udp.py serve "[$vip6]:53" r4 >$lab/udp6 &
head -c 3000000 /dev/urandom >$lab/file
for service in "${dns[*]}" "${dns6[*]}" "tcp $vip:81" "tcp [$vip6]:81"; do
	# shellcheck disable=SC2086
	on_r4 $service
done
wait_until 10 all_ready
wait_until 20 grep -q ready $lab/udp
wait_until 20 grep -q ready $lab/udp6
capture r4 r4
capture client client

told() {
	more too-big 1 udp discover $vip:53 1400 >$lab/told
	same "EMSGSIZE 1400" "$(<$lab/told)"
}
told6() {
	more too-big 1 udp discover "[$vip6]:53" 1400 >$lab/told
	same "EMSGSIZE 1400" "$(<$lab/told)"
}
fits() {
	forget
	more too-big 0 udp cuttable "$1" "$2" >$lab/answer
	same r4 "$(<$lab/answer)"
}
tap "1428 bytes that must not be fragmented: the client is told 1400" told
tap "the same by IPv6 of 1448 bytes" told6
tap "1400 bytes pass" fits $vip:53 1372
tap "1401 that may be fragmented do too" fits $vip:53 1373
tap "by IPv6 1400 do" fits "[$vip6]:53" 1352
captured
cut="ip dst $vip and (ip[6:2] & 0x3fff) != 0"
tap "the server got two fragments, of 1396 bytes and of the rest" same \
	"1 1 2" "$(packets r4 "$cut and ip[2:2] = 1396") $(packets r4 "$cut and ip[2:2] = 25") $(packets r4 "$cut")"
tap "the director itself told the client" same 1 \
	"$(packets client "icmp[0] = 3 and icmp[1] = 4 and src ${address[director]} and icmp[6:2] = 1400")"

# Super-packets.
forget
before=$(reason too-big)
tap "TCP finds the size and uploads all" upload r4 $vip $lab/file
tap "after it was told once or more" test "$(reason too-big)" -gt "$before"
before=$(reason too-big)
tap "the same by IPv6" upload r4 $vip6 $lab/file
tap "after it was told" test "$(reason too-big)" -gt "$before"

# Super-packets without DF: cut into segments, and these into fragments.
at client sysctl -qw net.ipv4.ip_no_pmtu_disc=1
forget
before=$(reason too-big)
capture r4 r4
tap "TCP that may be fragmented uploads all" upload r4 $vip $lab/file
captured
tap "and is told nothing" same "$before" "$(reason too-big)"
tap "it came in fragments" test "$(packets r4 "$cut")" -gt 1000
tap_done

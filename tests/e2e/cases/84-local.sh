#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The director as one of its own servers, and as a client: its programs, and
# containers on it, reach the VIP, whether or not it is an address of its own.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

# own MACHINE N: requests of that machine's; prints who answered, and how often.
own() {
	at "$1" curl -sS --connect-timeout 5 -m 60 "http://$2/?[1-$3]" \
		>$lab/own || :
	counts $lab/own
}

nginx_up director r1
big=10000000 big_file
ctl service add "${web[@]}"
ctl service add "${web6[@]}"
ctl server add "${web[@]}" "${address[director]}"
ctl server add "${web6[@]}" "$(address6 director)"

# --- A server ------------------------------------------------------------------

tap "an address of its own makes the director a server" \
	server_is director local null
tap "likewise by IPv6" server_is6 director local null
ctl server add "${web[@]}" "${address[r1]}"
ctl server add "${web6[@]}" "$(address6 r1)"
wait_until 10 server_is r1 ready
wait_until 10 server_is6 r1 ready
tap "it answers its part" same "10 director 10 r1" \
	"$(requests 20 >$lab/got; counts $lab/got)"
tap "likewise by IPv6" same "10 director 10 r1" \
	"$(requests6 20 >$lab/got; counts $lab/got)"
tap "its flows are counted" flows_are 10 10 10 10
tap "and its packets" test "$(reason local)" -gt 60
ctl ingress add eth0
tap "likewise at ingress, and once" same "10 director 10 r1" \
	"$(requests 20 >$lab/got; counts $lab/got)"
tap "whose flows are counted once" flows_are 20 20 10 10
ctl ingress del eth0
get /file -o $lab/one
get /file -o $lab/two
tap "a download from either is whole" \
	eval "cmp $lab/file $lab/one && cmp $lab/file $lab/two"

# --- A client, the VIP being its own ---------------------------------------------

before=$(reason local)
tap "from the VIP to the VIP: the director alone can answer" \
	same "6 director" "$(own director $vip 6)"
tap "and that is counted" test "$(reason local)" -gt "$before"
ctl server set "${web[@]}" "${address[director]}" weight 0
ctl server set "${web6[@]}" "$(address6 director)" weight 0
tap "without it, it is not balanced" same "1 director" "$(own director $vip 1)"
tap "which has a reason" test "$(reason from-vip)" -gt 0

ip -n director -batch - <<END
route change table local local $vip dev lo src ${address[director]}
route del table local local $vip6
route add table local local $vip6 dev lo src $(address6 director)
END
at director sysctl -qw net.ipv4.conf.all.accept_local=1 \
	net.ipv4.conf.all.rp_filter=2
tap "from another source it is" same "6 r1" "$(own director $vip 6)"
tap "likewise by IPv6" same "6 r1" "$(own director "[$vip6]" 6)"
at director curl -sS -m 60 "http://$vip/file" -o $lab/own.file || :
tap "a download is whole" cmp $lab/file $lab/own.file
head -c 3000000 $lab/file >$lab/up
start r1 socat -u "TCP4-LISTEN:82,bind=$vip" "CREATE:$lab/up.got"
wait_until 10 listening r1 82
ctl service add tcp $vip:82
ctl server add tcp "$vip:82" "${address[r1]}"
wait_until 10 server_is r1 ready
at director socat -u FILE:$lab/up TCP4:$vip:82
tap "and an upload, whose segments lo makes as large as can be" \
	wait_until 20 cmp $lab/up $lab/up.got

# --- A client, the VIP being nobody's here -----------------------------------------

# Those routes are no longer the addresses' own, and stay.
ip -n director -batch - <<END
addr del $vip/32 dev eth0
addr del $vip6/128 dev eth0
route del table local local $vip dev lo
route del table local local $vip6 dev lo
route add default via ${address[client]}
route add default via $(address6 client)
END
wait_until 10 server_is director no-vip
tap "the director is no server then" server_is director no-vip null
tap "and its programs reach the others" same "6 r1" "$(own director $vip 6)"
tap "likewise by IPv6" same "6 r1" "$(own director "[$vip6]" 6)"

# --- A container -----------------------------------------------------------------

ip netns add box
ip -n director -batch - <<END
link add docker0 type bridge
link set docker0 up
addr add 10.0.9.1/24 dev docker0
link add box type veth peer name eth0 netns box
link set box master docker0 up
END
ip -n box -batch - <<END
link set lo up
link set eth0 up
addr add 10.0.9.2/24 dev eth0
route add default via 10.0.9.1
END
at director sysctl -qw net.ipv4.ip_forward=1
ip -n r1 route add 10.0.9.0/24 via "${address[director]}"
wait_until 10 at box ping -q -c1 -W1 10.0.9.1
tap "a container on it reaches the VIP" same "6 r1" "$(own box $vip 6)"
as_director director
tap "also where that is the director's own" same "6 r1" "$(own box $vip 6)"
tap_done

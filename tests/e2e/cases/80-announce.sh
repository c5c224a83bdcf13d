#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The director has not got the virtual addresses, and answers for them: it is
# found by those who ask, believed by those who did not, and takes no address
# from anybody.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

shown() { ctl -j announce show | jq -c 'map([.dev, .active, .every])'; }
shown_is() { same "$1" "$(shown)"; }

# counted KEY: of eth0.
counted() { ctl -j announce show eth0 | jq ".[0].$1"; }
counted_more() { [ "$(counted "$1")" -gt "$2" ]; }

by_turns() { same "$1" "$(requests 4 | sort | xargs)"; }
by_turns6() { same "$1" "$(requests6 4 | sort | xargs)"; }

# unreachable FETCH: nobody is there.
unreachable() { ! "$1" / --connect-timeout 1 2>/dev/null; }

# neighbour VIP: the MAC address and the state that the client has it at.
neighbour() { ip -n client neigh show "$1" | awk '{ print $5, $NF }'; }
neighbour_is() { same "$2" "$(neighbour "$1")"; }

# mistaken VIP: the client takes another machine for it.
mistaken() {
	ip -n client neigh replace "$1" dev eth0 lladdr "$(mac_of r3)" nud stale
}

# asked_again VIP: the client asks whom it knows, and nobody else.
asked_again() {
	ip -n client neigh replace "$1" dev eth0 \
		lladdr "$(mac_of director)" nud probe
	wait_until 10 neighbour_is "$1" "$(mac_of director) REACHABLE"
}

# believed VIP: the client has changed its mind.
believed() {
	local got
	got=$(neighbour "$1")
	[ "${got% *}" = "$(mac_of director)" ] || { echo "$got"; return 1; }
}

# answers FILTER: of these frames, the director's to the client.
answers() {
	packets arp "$1 and ether src $(mac_of director) and
		ether dst $(mac_of client)"
}

joined() { ip -n director maddr show dev eth0 | grep -q 'ff02::1:ff00:10'; }
not_joined() { ! joined; }

# taken_by_r3 VIP: somebody else has it.
taken_by_r3() { ip -n r3 addr add "$1" dev eth0 "${@:2}"; }

taken() {
	echo "dsrctl: announce eth0: $1 is answered for by $(mac_of r3)" \
		"on eth0 already: have that stop, or add force"
}

ip -n director addr del $vip/32 dev eth0
ip -n director addr del $vip6/128 dev eth0
nginx_up r1 r2
balance "${web[@]}" 1 1
balance "${web6[@]}" 1 1

tap "without it IPv4 does not find the director" unreachable get
tap "nor does IPv6" unreachable get6
ctl announce add eth0
tap "announced" shown_is '[["eth0",true,0]]'
# What it was told before it asked is forgotten.
for where in $vip $vip6; do
	ip -n client neigh del "$where" dev eth0 2>/dev/null || :
done
tap "found by IPv4" by_turns "r1 r1 r2 r2"
tap "and by IPv6" by_turns6 "r1 r1 r2 r2"
tap "whose group is joined" wait_until 10 joined
tap "the answers are counted" counted_more answered 0

tap "one who knows the MAC address asks again" asked_again $vip
before=$(reason neigh-answered)
tap "and by IPv6" asked_again $vip6
tap "which is counted" test "$(reason neigh-answered)" -gt "$before"

ctl announce del eth0
tap "no longer announced" shown_is '[]'
tap "the group is left" not_joined
for where in $vip $vip6; do
	mistaken "$where"
done
capture told client 'arp or icmp6'
ctl announce add eth0 every 1s
for where in $vip $vip6; do
	tap "one who is mistaken learns of $where unasked" \
		wait_until 10 believed "$where"
done
tap "and again, and again" wait_until 20 counted_more announced 15
captured
tap "by ARP in both forms" test "$(packets told \
	"arp[6:2] = 1 and arp[14:4] = 0xc000020a")" -ge 4 -a \
	"$(packets told "arp[6:2] = 2 and arp[14:4] = 0xc000020a")" -ge 4
# 136 is an advertisement, whose target comes after its flags: override alone.
tap "and by advertisements" test "$(packets told \
	"icmp6[0] = 136 and icmp6[4] = 0x20 and
	icmp6[20:4] = 0x00000010")" -ge 4

before=$(counted conflicts)
at r3 arping -q -c 1 -U -i eth0 -S $vip $vip >$lab/arping 2>&1 || :
tap "somebody else's claim is counted" \
	wait_until 10 counted_more conflicts "$before"

ctl announce del eth0
taken_by_r3 $vip/32
tap "what somebody else answers for is not announced" \
	refused 1 "$(taken $vip)" ctl announce add eth0
ip -n r3 addr del $vip/32 dev eth0
ip -n r3 addr del $vip6/128 dev lo
taken_by_r3 $vip6/128 nodad
tap "nor by IPv6" refused 1 "$(taken $vip6)" ctl announce add eth0
tap "nothing has changed" shown_is '[]'
tap "unless it is forced" ctl announce add eth0 force
ip -n r3 addr del $vip6/128 dev eth0
tap "a second time it is refused" refused 1 \
	"dsrctl: announce eth0: virtual addresses are announced on this device already" \
	ctl announce add eth0 force
tap "another device is not there to delete" refused 1 \
	"dsrctl: announce eth1: nothing is announced on this device: add it first, or see on which it is" \
	ctl announce del eth1

as_director director
for where in $vip $vip6; do
	ip -n client neigh flush to "$where"
done
capture arp client arp
tap "with an address of the director's own it goes on" by_turns "r1 r1 r2 r2"
tap "so does IPv6" by_turns6 "r1 r1 r2 r2"
captured
tap "and each question has one answer" same "1 answers" \
	"$(answers 'arp[6:2] = 2') answers"
ip -n director addr del $vip/32 dev eth0
ip -n director addr del $vip6/128 dev eth0

ctl announce add eth1 every 5m
plug director eth1 02:00:00:00:01:01 10.0.1.1
tap "a device comes" shown_is '[["eth0",true,0],["eth1",true,300]]'
ip -n director link set eth1 down
ip -n director link set eth1 name eth2
tap "has another name" shown_is '[["eth0",true,0],["eth1",false,300]]'
ip -n director link set eth2 name eth1
ip -n director link set eth1 netns r3
tap "moves away" shown_is '[["eth0",true,0],["eth1",false,300]]'
ip -n r3 link set eth1 netns director
tap "moves back" shown_is '[["eth0",true,0],["eth1",true,300]]'
ip -n director link del eth1
tap "goes" shown_is '[["eth0",true,0],["eth1",false,300]]'
ctl announce del eth1

printf 'announce: [{device: eth0, every: 30s}]\nservices: []\n' |
	ctl apply -
tap "applied from a file" shown_is '[["eth0",true,30]]'
tap "without a service nobody is there" not_joined
rmmod dsr
insmod "$module"
tap "a new module announces nothing" shown_is '[]'
tap_done

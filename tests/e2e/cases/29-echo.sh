#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Pings of a VIP: answered by the director, whether or not it has the address,
# or by a server, as the service says.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

# pinged OPTION… VIP: all pings are answered.
pinged() { at client ping -q -W 2 -i 0.02 "$@"; }

# from FILTER: the ends of the MAC addresses that replies came from, in order.
from() {
	tcpdump -e -n -r $lab/client.pcap "$1" 2>/dev/null |
		sed 's/^[^ ]* [^ ]*:\([0-9]*\) .*/\1/' | uniq | xargs
}

both() {
	tap "$1" pinged -c "$2" $vip
	tap "$1, by IPv6" pinged -c "$2" $vip6
}

echo_is() {
	ctl service set "${web[@]}" echo "$1"
	ctl service set "${web6[@]}" echo "$1"
}

balance "${web[@]}" 1 1
balance "${web6[@]}" 1 1
capture client client

both "the director has the VIP" 2
tap "its kernel answers: the module does not, nor does it forward" \
	same "0 0" "$(reason forwarded) $(reason echo-answered)"
tap "also one in fragments" pinged -c 1 -s 4000 $vip
tap "also one in fragments, by IPv6" pinged -c 1 -s 4000 $vip6
echo_is forward
before=$(reason forwarded)
both "echo forward: one sender's go to one server" 3
both "another one's to the other" 3
tap "which is what the director counts" \
	same 12 $(($(reason forwarded) - before))
tap "one in fragments" pinged -c 1 -s 4000 $vip
tap "one in fragments, by IPv6" pinged -c 1 -s 4000 $vip6

# Now the VIP is only routed here.
ip -n director addr del $vip/32 dev eth0
ip -n director addr del $vip6/128 dev eth0
ip -n client route replace $vip via "${address[director]}"
ip -n client route replace $vip6 via "$(address6 director)"
both "the same without the VIP on the director" 3
echo_is answer
both "the director answers in its stead" 3
tap "by the module" same 6 "$(reason echo-answered)"
captured
tap "so: director, both servers in turn, director" same \
	"01 11 12 11 12 01" "$(from 'icmp[0] = 0')"
tap "the same by IPv6" same \
	"01 11 12 11 12 01" "$(from "ip6 src $vip6 and (ip6[40] = 129 or ip6[6] = 44)")"

ctl service del "${web[@]}"
unanswered() {
	local rc=0
	at client ping -q -W 1 -c 1 $vip || rc=$?
	same 1 $rc
}
tap "without a service nobody answers" unanswered
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A device that is served at ingress: its packets go to the servers before the
# kernel sees them, whatever becomes of the device, and of the module.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

counter() {
	at director nft -j list counters |
		jq ".nftables[] | .counter // empty |
			select(.name == \"$1\") | .packets"
}

# passes CMD…: how many packets to the virtual addresses meanwhile come to
# PRE_ROUTING.
passes() {
	at director nft reset counters >/dev/null
	"$@" >/dev/null
	counter passed
}

# unseen CMD…: none does.
unseen() { same "0 packets" "$(passes "$@") packets"; }

seen() {
	local n
	n=$(passes "$@")
	[ "$n" -gt 0 ] || { echo "no packet"; return 1; }
}

shown() { ctl -j ingress show | jq -c 'map([.dev, .active])'; }
shown_is() { same "$1" "$(shown)"; }

by_turns() { same "$1" "$(requests 4 | sort | xargs)"; }
by_turns6() { same "$1" "$(requests6 4 | sort | xargs)"; }

nginx_up r1 r2
balance "${web[@]}" 1 1
balance "${web6[@]}" 1 1
at director nft -f - <<END
table inet lab {
	counter passed { }
	chain prerouting {
		type filter hook prerouting priority raw;
		ip daddr $vip counter name passed
		ip6 daddr $vip6 counter name passed
	}
}
END

tap "by PRE_ROUTING" seen requests 4
ctl ingress add eth0
tap "at ingress" shown_is '[["eth0",true]]'
tap "balanced by IPv4" by_turns "r1 r1 r2 r2"
tap "and by IPv6" by_turns6 "r1 r1 r2 r2"
tap "unseen by PRE_ROUTING" unseen requests 4
tap "and by that of IPv6" unseen requests6 4
tap "a ping is not" seen at client ping -q -c 1 -W 5 $vip

at director nft -f - <<END
table netdev lab {
	counter first { }
	chain ingress {
		type filter hook ingress device eth0 priority filter;
		ip daddr $vip counter name first
	}
}
END
requests 2 >/dev/null
tap "the administrator's chain at ingress comes first" \
	test "$(counter first)" -gt 0
at director nft delete table netdev lab

capture in director "tcp and dst host $vip and src host ${address[client]}"
requests 2 >/dev/null
captured
tap "tcpdump sees the packets before" \
	test "$(packets in "ether dst $(mac_of director)")" -gt 0

tap "a second time it is refused" refused 1 \
	"dsrctl: ingress eth0: device is served at ingress already" ctl ingress add eth0
tap "another one is not there to delete" refused 1 \
	"dsrctl: ingress eth1: device is not served at ingress: add it first, or see which are" \
	ctl ingress del eth1

ctl ingress add eth1
tap "one that is not there yet" shown_is '[["eth0",true],["eth1",false]]'
plug director eth1 02:00:00:00:01:01 10.0.1.1
tap "comes" shown_is '[["eth0",true],["eth1",true]]'
ip -n director link set eth1 down
ip -n director link set eth1 name eth2
tap "has another name" shown_is '[["eth0",true],["eth1",false]]'
ip -n director link set eth2 name eth1
tap "and its own again" shown_is '[["eth0",true],["eth1",true]]'
ip -n director link set eth1 netns r3
tap "moves away" shown_is '[["eth0",true],["eth1",false]]'
ip -n r3 link set eth1 netns director
tap "moves back" shown_is '[["eth0",true],["eth1",true]]'
ip -n director link del eth1
tap "goes" shown_is '[["eth0",true],["eth1",false]]'
ctl ingress del eth1

ctl service del "${web[@]}"
tap "one of two services deleted: IPv6 is still served" \
	unseen requests6 4
balance "${web[@]}" 1 1
noise client $vip
for _ in {1..20}; do
	ctl ingress del eth0
	ctl ingress add eth0
done
tap "served after changes under load" \
	same "6 answers" "$(requests 6 | grep -c "^r[12]$") answers"
rmmod dsr
insmod "$module"
tap "a new module has no names" shown_is '[]'
tap_done

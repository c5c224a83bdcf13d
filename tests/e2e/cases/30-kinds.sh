#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Kinds of services: ranges and groups of ports, every port, prefixes, marks,
# any protocol; which of them a packet is for; what is ambiguous is refused.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

prefix=198.51.100.0/24 other=198.51.100.9
prefix6=2001:db8:a::/64 other6=2001:db8:a::9

# service NAME SERVICE…: with this one server, so that its answer tells which.
service() {
	ctl service add "${@:2}"
	ctl server add "${@:2}" "${address[$1]}"
}

# who HOST PORTS: who answers on each.
who() { at client curl -sS --connect-timeout 2 "http://$1:$2/" | xargs; }

refuses() {
	refused 1 "dsrctl: service $*: ports overlap those of another service of this address: only a range inside of another one may" \
		ctl service add "$@"
}

address[r4]=10.0.0.14
real_server_up r4
for name in r1 r2 r3 r4; do
	ip -n $name route add local $prefix dev lo
	ip -n $name route add local $prefix6 dev lo
done
ip -n client route add $prefix via "${address[director]}"
ip -n client route add $prefix6 via "$(address6 director)"
nginx_up r1 r2 r3 r4

service r1 any $prefix
service r2 tcp $prefix:7000-7009
service r3 tcp $other
service r4 tcp $other:7002-7005
service r1 tcp $other:7003
service r2 any $other
service r1 any $prefix6
service r2 tcp "[$prefix6]:7000-7009"
service r3 tcp $other6
service r4 tcp "[$other6]:7003-7004,7008"
wait_until 10 all_ready

tap "in a prefix the ports that have a service of their own, and the others" \
	same "r1 r2 r2 r1" "$(who 198.51.100.7 '{80,7000,7009,7010}')"
tap "of one address: no port, a range, a port in it" \
	same "r3 r3 r4 r1 r4 r4 r3" "$(who $other '{80,7001,7002,7003,7004,7005,7006}')"
tap "the same by IPv6" same "r1 r2 r2 r1" \
	"$(who '[2001:db8:a::7]' '{80,7000,7009,7010}')"
tap "and several ranges" same "r3 r3 r4 r4 r3 r4" \
	"$(who "[$other6]" '{80,7002,7003,7004,7005,7008}')"

capture r1 r1 "not tcp"
capture r2 r2 "not tcp"
crafted protocols $other
crafted protocols 198.51.100.7
crafted protocols $other6
captured
tap "other protocols: the address's service of any before the prefix's" \
	same "4 4" "$(packets r2 "dst $other") $(packets r1 "dst 198.51.100.7")"
tap "the prefix's if the address has none" same 4 \
	"$(packets r1 "ip6 dst $other6")"

tap "ports that cross those of another service are refused" \
	refuses tcp $other:7004-7006
tap "the same range is" refuses tcp $other:7002-7005,9000
tap "one around it is not" ctl service add tcp $other:7001-7006
ctl service del tcp $other:7001-7006

# A mark, set before the hook for one client and for both families.
ip -n client addr add 10.0.0.3/24 dev eth0
service r4 fwmark 0x17
wait_until 10 all_ready
at director nft -f - <<END
table inet raw {
	chain prerouting {
		type filter hook prerouting priority raw;
		ip saddr 10.0.0.3 meta mark set 0x17
		ip6 daddr $other6 tcp dport 7008 meta mark set 0x17
		ip saddr 10.0.0.3 tcp dport 7009 meta mark set 0x18
	}
}
END
marked() {
	at client curl -sS --connect-timeout 2 --interface 10.0.0.3 \
		"http://$1:$2/" | xargs
}
tap "a mark before all of that" \
	same "r4 r4 r2" "$(marked $other 7003) $(marked 198.51.100.7 '{80,7009}')"
tap "also of what no VIP is for" same "r4" "$(marked $vip 80)"
tap "and by IPv6" same r4 "$(who "[$other6]" 7008)"
tap "another client's packets have none" same r1 "$(who $other 7003)"
ctl service del fwmark 0x17
tap "without its service the mark means nothing" \
	same r1 "$(marked $other 7003)"
tap_done

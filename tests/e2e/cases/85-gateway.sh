#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The director as the servers' gateway, with one arm and with two: their replies
# go on to the clients, counted, as a router sends them.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

far=10.0.5.2 far6=2001:db8:0:6::2

# far_get HOST PATH…: what the far client gets.
far_get() { at far curl -sS --connect-timeout 5 -m 60 "http://$1$2" "${@:3}"; }

# A client in another network, behind the director.
ip netns add far
ip -n director link add far0 type veth peer name eth0 netns far
ip -n director -batch - <<END
link set far0 up
addr add 10.0.5.1/24 dev far0
addr add 2001:db8:0:6::1/64 dev far0 nodad
END
ip -n far -batch - <<END
link set lo up
link set eth0 up
addr add $far/24 dev eth0
addr add $far6/64 dev eth0 nodad
route add default via 10.0.5.1
route add default via 2001:db8:0:6::1
END
for name in r1 r2; do
	ip -n $name route add default via "${address[director]}"
	ip -n $name -6 route add default via "$(address6 director)"
done
nginx_up r1 r2
big=10000000 big_file
ctl service add "${web[@]}"
ctl service add "${web6[@]}"

tap "a machine that does not forward is no gateway" refused 1 \
	"dsrctl: service ${web[*]}: gateway: this machine does not forward: switch on net.ipv4.ip_forward or net.ipv6.conf.all.forwarding first" \
	ctl service set "${web[@]}" gateway on
tap "and the service is as it was" same false \
	"$(ctl -j service show "${web[@]}" | jq '.[0].gateway')"
at director sysctl -qw net.ipv4.conf.eth0.forwarding=1
tap "one device that forwards is enough" ctl service set "${web[@]}" gateway on
ctl service set "${web[@]}" gateway off
at director sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
	net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.eth0.rp_filter=1
ctl service set "${web[@]}" gateway on
ctl service set "${web6[@]}" gateway on
serve "${web[@]}" "${address[r1]}" "${address[r2]}"
serve "${web6[@]}" "$(address6 r1)" "$(address6 r2)"

# --- Two arms --------------------------------------------------------------------

tap "two arms: the VIP is the director's, rp_filter is strict" \
	same "10 r1 10 r2" "$(far_get $vip "/?[1-20]" >$lab/got; counts $lab/got)"
tap "likewise by IPv6" same "10 r1 10 r2" \
	"$(far_get "[$vip6]" "/?[1-20]" >$lab/got; counts $lab/got)"
far_get $vip /file -o $lab/one
tap "a download is whole" cmp $lab/file $lab/one
replies() { ctl -j server show "${web[@]}" | jq "[.[].stats.$1] | add"; }
tap "its bytes are counted as replies" \
	test "$(replies reply_bytes)" -gt 10000000
tap "of each server" test \
	"$(ctl -j server show "${web[@]}" | jq 'all(.[]; .stats.replies > 0)')" \
	= true

# A firewall that insists on both halves, between the director and the client.
at far nft -f - <<END
table inet lab {
	chain input {
		type filter hook input priority filter; policy drop;
		ct state established accept
		meta l4proto ipv6-icmp accept
	}
	chain output {
		type filter hook output priority filter;
		ct state invalid drop
	}
}
END
tap "a firewall sees both halves" same "2 r1 2 r2" \
	"$(far_get $vip "/?[1-4]" >$lab/got; counts $lab/got)"
at far nft flush ruleset
at director nft -f - <<END
table inet lab {
	chain forward {
		type filter hook forward priority filter;
		ct state invalid drop
	}
}
END
tap "and the director's own does not take replies for invalid" \
	same "2 r1 2 r2" "$(far_get $vip "/?[1-4]" >$lab/got; counts $lab/got)"
at director nft flush ruleset

# TTL and MTU, as of a router.
start far tcpdump -i eth0 -n -c 1 -v "src $vip and tcp" >$lab/ttl 2>$lab/ttl.log
dump=$!
wait_until 20 grep -q 'listening on' $lab/ttl.log
far_get $vip / >/dev/null
wait $dump
tap "the TTL is one less" grep -q 'ttl 63' $lab/ttl
ip -n director route change table local local $vip dev lo \
	src "${address[director]}"
ip -n director link set far0 mtu 1300
ip -n far link set eth0 mtu 1500
far_get $vip /file -o $lab/two || :
tap "a smaller MTU is told to the server, and the download is whole" \
	cmp $lab/file $lab/two
ip -n director link set far0 mtu 1500

# --- Connection states ---------------------------------------------------------------

has() { ctl flow show "${web[@]}" | grep -q "$1"; }

states() { ctl flow show "${web[@]}" | awk 'NR > 1 { print $5 }' | sort | uniq -c | xargs; }
ctl flow flush "${web[@]}" >/dev/null
start far curl -s -o /dev/null "http://$vip/slow"
slow=$!
wait_until 20 has established
tap "a connection is established by both" same "1 established" "$(states)"
kill $slow
wait $slow || :
tap "and closing when it is reset or done" wait_until 20 has closing

# --- One arm ---------------------------------------------------------------------------

# A client in the servers' network, whom they answer by the director.
ip -n r1 route add "${address[client]}/32" via "${address[director]}"
ip -n r2 route add "${address[client]}/32" via "${address[director]}"
ip -n r1 -6 route add "$(address6 client)/128" via "$(address6 director)"
ip -n r2 -6 route add "$(address6 client)/128" via "$(address6 director)"
capture redirects r1 "icmp[icmptype] == icmp-redirect"
tap "one arm: the client's own network" same "10 r1 10 r2" \
	"$(requests 20 >$lab/got; counts $lab/got)"
tap "likewise by IPv6" same "10 r1 10 r2" \
	"$(requests6 20 >$lab/got; counts $lab/got)"
captured
tap "the servers are not redirected" same 0 \
	"$(packets redirects 'icmp[icmptype] == icmp-redirect')"

# --- The director's own programs --------------------------------------------------------

tap "a local client gets its replies, though the VIP is local" \
	same "2 r1 2 r2" "$(at director curl -sS -m 20 "http://$vip/?[1-4]" \
		>$lab/got; counts $lab/got)"

# Without gateway mode the kernel takes them for martians.
ctl service set "${web[@]}" gateway off
tap "off: the client gets none" refused 28 "" \
	at client curl -s -m 2 "http://$vip/"
tap_done

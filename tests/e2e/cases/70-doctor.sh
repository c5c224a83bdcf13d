#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What is set up wrong on purpose, dsrctl doctor names, and it invents nothing.
set -euo pipefail
# shellcheck source=tests/e2e/doctor.sh
. tests/e2e/doctor.sh

stop_nginx() {
	kill "$(<"$lab/$1/pid")"
	wait_until 10 test ! -e "$lab/$1/pid"
}

doctor_lab

healthy "a healthy lab"
tap "and the table says so" same "healthy healthy" \
	"$(ctl doctor | awk '{ words[NR] = $0 }
		$1 == "'$vip'" { print $2 } END { print words[NR] }' | xargs)"

# --- The ARP problem ----------------------------------------------------------

at r1 sysctl -qw net.ipv4.conf.all.arp_ignore=0
finds "arp_ignore off" 5 "neighbour-answer $r1 $vip"
tap "where, the evidence, and what mends it" same \
	"eth0 $(mac_of r1) ARP reply to a request, ARP reply to a probe by $(mac_of r1) dsrctl realserver up $vip" \
	"$(jq -r '.[] | "\(.dev) \(.mac) \(.evidence) \(.mend[0])"' \
		$lab/doctor.json)"
at r1 sysctl -qw net.ipv4.conf.all.arp_ignore=1

vip_on r1 del lo
vip_on r1 add eth0
finds "the VIPs on the network card" 5 "neighbour-answer $r1 $vip" \
	"neighbour-answer $r1 $vip6"
vip_on r1 del eth0
vip_on r1 add lo

at r1 sysctl -qw net.ipv6.conf.all.forwarding=1 \
	net.ipv6.conf.eth0.proxy_ndp=1
ip -n r1 neigh add proxy $vip6 dev eth0
finds "a proxy for the VIP" 5 "neighbour-answer $r1 $vip6"
ip -n r1 neigh del proxy $vip6 dev eth0
at r1 sysctl -qw net.ipv6.conf.all.forwarding=0 \
	net.ipv6.conf.eth0.proxy_ndp=0

fault_announce r1
finds "arp_announce off" 5 "neighbour-source $r1 $vip"
mend_announce r1

vip_on r3 add eth0
finds "another machine has the VIPs" 5 "duplicate $(mac_of r3) $vip" \
	"duplicate $(mac_of r3) $vip6"
vip_on r3 del eth0
healthy "all mended"

# --- The VIP is not there -----------------------------------------------------

vip_on r1 del lo
finds "the VIPs are missing" 5 "silent $r1 $vip" "vip-missing $r1_6 $vip6"
at r1 sysctl -qw net.ipv4.ip_forward=1
finds "and the server is a router that knows no way" 5 \
	"vip-missing $r1 $vip" "vip-missing $r1_6 $vip6"
at r1 sysctl -qw net.ipv6.conf.all.forwarding=1
ip -n r1 route add default via "${address[director]}"
ip -n r1 route add default via "$(address6 director)"
finds "or a router that sends them back" 5 "forwarded $r1 $vip" \
	"forwarded $r1_6 $vip6"
tap "the evidence is the packet itself" same "SYN: comes back to us" \
	"$(jq -r '.[] | select(.service.protocol == "tcp") |
		.evidence | split(";")[0]' $lab/doctor.json | sort -u)"
ip -n r1 route del default
ip -n r1 -6 route del default
at r1 sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
vip_on r1 add lo

# --- The service is not there -------------------------------------------------

stop_nginx r1
finds "nothing listens" 5 "closed $r1 $vip" "closed $r1_6 $vip6"
own=()
for where in "TCP4-LISTEN:80,bind=$r1" "TCP6-LISTEN:80,bind=[$r1_6]"; do
	start r1 socat "$where,fork" /dev/null
	own+=($!)
done
both_listen() { [ "$(listening r1 80 | grep -c '')" = 2 ]; }
wait_until 10 both_listen
finds "only on the server's own address" 5 "own-address-only $r1 $vip" \
	"own-address-only $r1_6 $vip6"
kill "${own[@]}"
nginx_up r1

ctl service add udp $vip:54
serve udp $vip:54 "$r3"
finds "UDP that nothing listens for" 5 "closed $r3 $vip"
ctl service del udp $vip:54

# --- Packets are dropped ------------------------------------------------------

filtered r1 "tcp dport 80 drop"
finds "a firewall drops the service" 5 "dropped $r1 $vip" "dropped $r1_6 $vip6"
at r1 nft flush ruleset
filtered r1 "ip daddr $vip drop"
finds "or the VIP" 5 "silent $r1 $vip"
at r1 nft flush ruleset
filtered r1 "ip daddr $vip reject"
finds "or rejects it" 5 "rejected $r1 $vip"
at r1 nft flush ruleset

ip -n r1 link add d0 type dummy
ip -n r1 link set d0 up
at r1 sysctl -qw net.ipv4.conf.all.rp_filter=1
ip -n r1 route add "${address[director]}" dev d0
finds "rp_filter" 5 "unanswered $r1 $vip"
ip -n r1 link del d0
at r1 sysctl -qw net.ipv4.conf.all.rp_filter=0
wait_until 10 all_ready
healthy "all mended again"

ip -n r1 route add "${address[client]}" via "${address[director]}"
noise client $vip
noise=$!
at director timeout 60 tcpdump -c 1 -i eth0 src $vip and dst \
	"${address[client]}" and ether src "$(mac_of r1)" >/dev/null 2>&1
answer_time=2s finds "the director is the gateway" 5 "detour $r1 $vip"
kill $noise
ip -n r1 route del "${address[client]}"

# --- Pairs --------------------------------------------------------------------

at r1 sysctl -qw net.ipv4.conf.all.arp_ignore=0
stop_nginx r1
finds "answers ARP, and nothing listens" 5 "neighbour-answer $r1 $vip" \
	"closed $r1 $vip" "closed $r1_6 $vip6"
nginx_up r1
vip_on r2 del lo
finds "one answers ARP, the other has not the VIPs" 5 \
	"neighbour-answer $r1 $vip" "silent $r2 $vip" \
	"vip-missing $(address6 r2) $vip6"
vip_on r2 add lo
vip_on r3 add eth0
finds "one answers ARP, another machine has the VIPs" 5 \
	"neighbour-answer $r1 $vip" "duplicate $(mac_of r3) $vip" \
	"duplicate $(mac_of r3) $vip6"
vip_on r3 del eth0
at r1 sysctl -qw net.ipv4.conf.all.arp_ignore=1

# --- Watching -----------------------------------------------------------------

watched() { grep -qE "\"event\": \"$1\".*\"finding\": \"$2\"" $lab/watch; }

start director dsrctl -j doctor watch timeout 1s >$lab/watch
watching=$!
vip_on r2 del lo
tap "a fault that comes is told" wait_until 10 watched found silent
vip_on r2 add lo
tap "and that it is over" wait_until 10 watched over silent
# Nobody answers, which arping takes for a failure.
at r2 arping -q -c 1 -U -i eth0 -S $vip $vip || :
tap "an announcement is told" wait_until 10 watched found announcement
tap "nothing else was" same "announcement silent vip-missing" \
	"$(jq -r .finding $lab/watch | sort -u | xargs)"
kill $watching

# --- The director -------------------------------------------------------------

at director ipvsadm -A -t $vip:80
finds "IPVS has the VIP too" 4 "ipvs - $vip"
at director ipvsadm -C
ip -n director addr del $vip/32 dev eth0
at director sysctl -qw net.ipv4.ip_forward=1
finds "the director has not the VIP, but forwards" 0 "forwarding - $vip"
ip -n r3 addr add $vip/32 dev eth0
finds "another director has it" 0 "forwarding - $vip" \
	"holder $(mac_of r3) $vip"
ip -n r3 addr del $vip/32 dev eth0
at director sysctl -qw net.ipv4.ip_forward=0
ip -n director addr add $vip/32 dev eth0
at director sysctl -qw net.ipv4.ip_forward=1
tap "a gateway without a route to other networks is refused" refused 1 \
	"dsrctl: service ${web[*]}: gateway: this machine has one network, and no route over a router for the replies: add one first, as ip route add default via ROUTER, or add force" \
	ctl service set "${web[@]}" gateway on
tap "and the service is as it was" same false \
	"$(ctl -j service show "${web[@]}" | jq '.[0].gateway')"
ctl service set "${web[@]}" gateway on force
finds "or found if it is forced" 0 "no-way-back - $vip"
ip -n director route add default via "${address[client]}"
healthy "and with one"
ip -n director route del default
ctl service set "${web[@]}" gateway off
at director sysctl -qw net.ipv4.ip_forward=0
ctl server add "${web[@]}" 10.0.0.99
wait_until 20 reached 10.0.0.99 failed
finds "a server that is not there" 5 "nexthop 10.0.0.99 $vip"
tap_done

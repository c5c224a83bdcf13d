#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# realserver up makes a real server, twice as well as once; check finds each
# thing that is wrong and names the command that mends it; down takes back what
# up has done and nothing else.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh
# shellcheck source=tests/e2e/realserver.sh
. tests/e2e/realserver.sh

rs() { dsrctl -n r4 realserver "$@"; }
up() { rs up $vip $vip6; }
healthy() { same '[]' "$(found | jq -c .)"; }
set4() { at r4 sysctl -qw "${@/#/net.ipv4.}"; }

# found [VIP…]: what check finds, as JSON.
found() {
	[ $# -gt 0 ] || set -- "${web[@]}" "${web6[@]}"
	rs -j check "$@" || :
}

names() { jq -r 'map("\(.fault) \(.where // "-")") | join("; ")'; }

# Each fault is made alone, found alone, and mended by the command that is told.
fault() { # NAME FOUND COMMAND…
	local name=$1 want=$2
	shift 2
	"$@"
	found >$lab/found
	tap "$name: found" same "$want" "$(names <$lab/found)"
	jq -r '.[].mend' $lab/found >$lab/mend
	at r4 sh -e $lab/mend >$lab/out 2>&1 || :
	tap "$name: mended by what is told" healthy
	up
}

not_served() { ! get / --connect-timeout 1; }

# Breaking it

no_vip() { ip -n r4 addr del $vip/32 dev lo; }
no_vip6() { ip -n r4 addr del $vip6/128 dev lo; }
nonlocal() { no_vip; set4 ip_nonlocal_bind=1; }
wrong_mask() { no_vip; ip -n r4 addr add $vip/24 dev lo; }
on_wire() { no_vip; ip -n r4 addr add $vip/24 dev eth0; }
on_both() { ip -n r4 addr add $vip/32 dev eth0; }
no_ignore() { set4 conf.all.arp_ignore=0; }
no_announce() { set4 conf.all.arp_announce=0; }
neither() { no_ignore; no_announce; }
of_lo() { no_ignore; set4 conf.lo.arp_ignore=1; }
of_eth0() { set4 conf.eth0.arp_ignore=3; }
wire_and_ignore() { on_wire; no_ignore; }
mask_and_announce() { wrong_mask; no_announce; }
lo_down() { ip -n r4 link set lo down; }

dadfailed() {
	no_vip6
	at r4 sysctl -qw net.ipv6.conf.eth0.accept_dad=1
	ip -n r4 addr add $vip6/128 dev eth0
	wait_until 10 eval 'ip -n r4 addr show dev eth0 | grep -q dadfailed'
}

# -----------------------------------------------------------------------------

real_server_without_vips
before=$(state)
missing="vip-missing -; vip-missing -; arp-ignore eth0; arp-announce eth0"

tap "check: what is missing" same "$missing" "$(found | names)"
tap "check has changed nothing" same "$before" "$(state)"
tap "for nobody too" same "$missing" "$(at r4 setpriv --reuid nobody \
	--clear-groups dsrctl -j realserver check $vip $vip6 2>&1 |
	grep -v '^dsrctl' | names)"
tap "up for nobody is refused" refused 1 \
	"dsrctl: this needs root: realserver check does not" \
	at r4 setpriv --reuid nobody --clear-groups dsrctl realserver up $vip

tap "up" up
tap "check: healthy" healthy
tap "in words" same "$vip  healthy on lo
$vip6  healthy on lo" "$(rs check $vip $vip6)"
tap "the server serves" serves
tap "and keeps quiet" quiet
ready=$(state)
tap "up again" up
tap "has changed nothing" same "$ready" "$(state)"

fault "no VIP" "vip-missing -" no_vip
fault "no IPv6 VIP" "vip-missing -" no_vip6
fault "ip_nonlocal_bind for the VIP" "vip-missing -; nonlocal-bind -" nonlocal
fault "a mask of /24" "vip-mask lo" wrong_mask
fault "the VIP on eth0" "vip-on-wire eth0" on_wire
fault "the VIP on eth0 and lo" "vip-on-wire eth0" on_both
fault "no arp_ignore" "arp-ignore eth0" no_ignore
fault "no arp_announce" "arp-announce eth0" no_announce
fault "neither" "arp-ignore eth0; arp-announce eth0" neither
fault "arp_ignore of lo" "arp-ignore eth0; arp-ignore-aside lo" of_lo
set4 conf.lo.arp_ignore=0
fault "arp_ignore=3 of eth0" "arp-ignore eth0" of_eth0
set4 conf.eth0.arp_ignore=0
fault "on eth0, no arp_ignore" "vip-on-wire eth0; arp-ignore eth0" \
	wire_and_ignore
fault "/24, no arp_announce" "vip-mask lo; arp-announce eth0" \
	mask_and_announce
fault "another machine has the VIP" \
	"vip-on-wire eth0; vip-dadfailed eth0" dadfailed
# With lo, the kernel takes its IPv6 addresses down.
fault "lo down" "device-down lo; vip-missing -" lo_down

tap "nobody listens" same "no program listens on tcp port 81 of it" \
	"$(found tcp "$vip:81" | jq -r '.[].seen')"
start r4 socat "TCP-LISTEN:82,bind=${address[r4]},fork" PIPE
wait_until 10 listening r4 82
tap "nobody listens on the VIP" same \
	"no program listens on tcp port 82 of it, but of ${address[r4]}" \
	"$(found tcp "$vip:82" | jq -r '.[].seen')"

# Requests that come in by eth1, of clients that are answered by eth0.
plug r4 eth1 02:00:00:00:01:14 10.0.1.14
ip -n r4 route add default via "${address[client]}" dev eth0
ctl server set "${web[@]}" "${address[r4]}" mac 02:00:00:00:01:14 dev eth0
tap "by another device: healthy" healthy
tap "served" same r4 "$(get / -m 5)"
set4 conf.all.rp_filter=1
tap "strict rp_filter: found" same "rp-filter eth1" "$(found | names)"
tap "and not served" not_served
tap "up mends it" up
tap "served again" same r4 "$(get / -m 5)"
ctl server set "${web[@]}" "${address[r4]}" mac auto
unplug r4 eth1
ip -n r4 link del eth1
set4 conf.all.rp_filter=0

# What is not ours
no_vip
ip -n r4 addr add $vip/24 dev lo
ip -n r4 addr add 192.0.2.99/24 dev lo
tap "up mends a mask" up
tap "and leaves others of its network alone" same \
	"127.0.0.1/8 $vip/32 192.0.2.99/24 " \
	"$(ip -n r4 -4 -j addr show dev lo |
		jq -j '.[].addr_info[] | "\(.local)/\(.prefixlen) "')"
ip -n r4 addr del 192.0.2.99/24 dev lo

rs up 192.0.2.11
rs down $vip $vip6
tap "down of some: the rules stay for the other" same "1 2" \
	"$(at r4 sysctl -n net.ipv4.conf.all.arp_ignore \
		net.ipv4.conf.all.arp_announce | xargs)"
rs down 192.0.2.11
ip -n r4 route del default
at r4 sysctl -qw net.ipv6.conf.eth0.accept_dad=0
tap "down of all: as before" same "$before" "$(state)"
tap "down again" rs down $vip $vip6 192.0.2.11
tap "nothing is remembered" same "" "$(ls /run/dsrctl)"

set4 conf.all.arp_ignore=1 conf.all.arp_announce=2
rs up $vip
rs down $vip
tap "rules that others set stay" same "1 2" \
	"$(at r4 sysctl -n net.ipv4.conf.all.arp_ignore \
		net.ipv4.conf.all.arp_announce | xargs)"
set4 conf.all.arp_ignore=0 conf.all.arp_announce=0

# A device of its own
rs up $vip $vip6 dev vip0
tap "dev: on a dummy" same "$vip  healthy on vip0
$vip6  healthy on vip0" "$(rs check $vip $vip6)"
tap "the server serves" serves
tap "and keeps quiet" quiet
tap "up without dev finds them there" up
rs down $vip $vip6 dev vip0
tap "down removes the dummy" same "$before" "$(state)"

# Refused
tap "up of a VIP that is on eth0" refused 1 "dsrctl: $vip is on eth0, as on a \
director: if this is none, ip addr del $vip/32 dev eth0" \
	ctl realserver up $vip
tap "and the director has it still" same r4 "$(ip -n r4 addr add $vip/32 \
	dev lo; get / -m 5; ip -n r4 addr del $vip/32 dev lo)"
tap "up on eth0" refused 1 "dsrctl: eth0 is on a network and would answer for \
the VIP: give lo or a dummy device" rs up $vip dev eth0
at r4 sysctl -qw net.ipv6.conf.lo.disable_ipv6=1
tap "up where IPv6 is disabled" refused 1 "dsrctl: IPv6 is disabled on lo: \
sysctl -w net.ipv6.conf.lo.disable_ipv6=0" rs up $vip6
tap_done

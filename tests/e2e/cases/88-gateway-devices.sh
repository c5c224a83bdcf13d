#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The director as gateway of a server behind a bridge, with br_netfilter; with
# policy rules about replies; and in a VRF.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

inside=10.0.9.3 inside6=2001:db8:0:9::3
far6=2001:db8:0:6::2

# One server behind a bridge of the director's, whose gateway that is.
modprobe br_netfilter
ip netns add right
ip netns add far
ip -n director link add br1 type bridge
ip link add eth0 netns right type veth peer name right netns director
ip link add eth0 netns far type veth peer name far0 netns director
ip -n director -batch - <<END
link set br1 up
link set right master br1 up
link set far0 up
addr add 10.0.9.1/24 dev br1
addr add 2001:db8:0:9::1/64 dev br1 nodad
addr add 10.0.5.1/24 dev far0
addr add 2001:db8:0:6::1/64 dev far0 nodad
END
ip -n right -batch - <<END
link set lo up
link set eth0 up
addr add $inside/24 dev eth0
addr add $inside6/64 dev eth0 nodad
addr add $vip/32 dev lo
addr add $vip6/128 dev lo nodad
route add default via 10.0.9.1
route add default via 2001:db8:0:9::1
END
ip -n far -batch - <<END
link set lo up
link set eth0 up
addr add 10.0.5.2/24 dev eth0
addr add $far6/64 dev eth0 nodad
route add default via 10.0.5.1
route add default via 2001:db8:0:6::1
END
nginx_up right
big=3000000 big_file
at director sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ctl service add "${web[@]}" gateway on
ctl service add "${web6[@]}" gateway on
serve "${web[@]}" $inside
serve "${web6[@]}" $inside6

# whole: a download by each family.
whole() {
	get /file | cmp - $lab/file
	get6 /file | cmp - $lab/file
}

bridge_netfilter() {
	at director sysctl -qw net.bridge.bridge-nf-call-iptables="$1" \
		net.bridge.bridge-nf-call-ip6tables="$1"
}

# --- A bridge --------------------------------------------------------------------

bridge_netfilter 0
tap "a bridge leads to the server" whole
bridge_netfilter 1
tap "with br_netfilter too" whole
at director nft -f - <<END
table inet lab {
	chain forward {
		type filter hook forward priority filter;
		ct state invalid drop
	}
}
END
tap "replies are not taken for invalid there" whole
at director nft flush ruleset
bridge_netfilter 0

# --- Policy rules ------------------------------------------------------------------

# ruled WORDS…: whether a rule that has them applies to replies by IPv6.
ruled() {
	local rc
	ip -n director -6 rule add "$@" lookup 77 prio 100
	refused 28 "" at client curl -s -m 2 "http://[$vip6]/"
	rc=$?
	ip -n director -6 rule del "$@" lookup 77 prio 100
	return $rc
}

ip -n director -6 route add unreachable default table 77
tap "a rule about the VIP as source is obeyed" ruled from $vip6
tap "one about ports too" ruled ipproto tcp sport 80
tap "without it there are replies" same right "$(get6 /)"

# --- A VRF ---------------------------------------------------------------------------

# counted: by how much the reasons have grown since $before.
now() { echo "$(reason reply)" "$(reason forwarded)" "$(reason from-server)"; }

counted() {
	local -a after
	read -r -a after < <(now)
	echo "replies $((after[0] - before[0]))" \
		"requests $((after[1] - before[1]))" \
		"from-server $((after[2] - before[2]))"
}

# What the server itself has sent and got, once those refused above have been given up.
still() { same "" "$(at right ss -Htan state connected exclude time-wait)"; }
wait_until 20 still
at right nft -f - <<END
table inet lab {
	counter sent { }
	counter got { }
	chain output {
		type filter hook output priority filter;
		tcp sport 80 counter name sent
	}
	chain input {
		type filter hook input priority filter;
		tcp dport 80 counter name got
	}
}
END
seen() {
	at right nft list counters |
		awk '/counter/ { name = $2 } /packets/ { n[name] = $2 }
		END { print "replies", n["sent"], "requests", n["got"], "from-server 0" }'
}

both() {
	at far curl -sS -m 10 "http://$vip/" "http://[$vip6]/" >$lab/got
}

ip -n director link add vrf1 type vrf table 10
ip -n director -batch - <<END
link set vrf1 up
link set far0 master vrf1
link set br1 master vrf1
addr replace 2001:db8:0:6::1/64 dev far0 nodad
addr replace 2001:db8:0:9::1/64 dev br1 nodad
END
ctl server set "${web[@]}" $inside dev br1
ctl server set "${web6[@]}" $inside6 dev br1
wait_until 10 all_ready
read -r -a before < <(now)
both
tap "in a VRF replies come to the client" same "right right" "$(xargs <$lab/got)"
ip -n director addr del $vip/32 dev eth0
ip -n director addr del $vip6/128 dev eth0
at far ping -q -c 1 -W 5 $vip >$lab/ping || :
at far ping -q -c 1 -W 5 $vip6 >>$lab/ping || :
tap "pings of the VIP are answered by the VRF's own routes" same 2 \
	"$(grep -c ' 0% packet loss' $lab/ping)"
# A connection's last packets come after the client has gone.
once() { same "$(seen)" "$(counted)"; }
tap "and each packet is counted once" wait_until 10 once
tap_done

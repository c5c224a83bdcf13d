# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # the variables are for those who source this
# A lab for dsrctl doctor to examine, and what can be wrong in it. Two servers,
# r1 and r2, are of every service, r3 of none.

# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

r1=${address[r1]} r2=${address[r2]} r3=${address[r3]}
r1_6=$(address6 r1)
answer_time=400ms

# examine: what is found, a line each: its name, by whom, for what.
examine() {
	local rc=0
	ctl -j doctor timeout "$answer_time" >$lab/doctor.json || rc=$?
	jq -r '.[] | "\(.finding) \(.server // .mac // "-") \(.vip // "-")"' \
		$lab/doctor.json | sort -u
	echo "status $rc"
}

# finds NAME STATUS FINDING…
finds() {
	local name=$1 status=$2 want
	shift 2
	want=$(for want; do echo "$want"; done | sort
		echo "status $status")
	tap "$name" same "$want" "$(examine)"
}

healthy() { finds "$1" 0; }

doctor_lab() {
	nginx_up r1 r2
	udp_servers $vip:53
	balance "${web[@]}" 1 1
	balance "${web6[@]}" 1 1
	balance "${dns[@]}" 1 1
}

vip_on() { # MACHINE add|del DEVICE
	ip -n "$1" addr "$2" $vip/32 dev "$3"
	ip -n "$1" addr "$2" $vip6/128 dev "$3" nodad
}

# filtered MACHINE RULE: by the firewall there.
filtered() {
	at "$1" nft -f - <<-END
	table inet lab {
		chain input {
			type filter hook input priority filter
			$2
		}
	}
	END
}

# Faults: fault_NAME MACHINE makes it, mend_NAME MACHINE undoes it, told_NAME
# ADDRESS ADDRESS6 prints what doctor is to find, a line each.

fault_arp() { at "$1" sysctl -qw net.ipv4.conf.all.arp_ignore=0; }
mend_arp() { at "$1" sysctl -qw net.ipv4.conf.all.arp_ignore=1; }
told_arp() { echo "neighbour-answer $1 $vip"; }

fault_card() {
	vip_on "$1" del lo
	vip_on "$1" add eth0
}
mend_card() {
	vip_on "$1" del eth0
	vip_on "$1" add lo
}
told_card() { printf "neighbour-answer $1 %s\n" $vip $vip6; }

# It has forgotten who we are, so it asks; and often, as nobody answers.
fault_announce() {
	at "$1" sysctl -qw net.ipv4.conf.all.arp_announce=0 \
		net.ipv4.neigh.eth0.retrans_time_ms=100 \
		net.ipv4.neigh.eth0.mcast_solicit=50
	ip -n "$1" neigh flush dev eth0
}
mend_announce() {
	at "$1" sysctl -qw net.ipv4.conf.all.arp_announce=2 \
		net.ipv4.neigh.eth0.retrans_time_ms=1000 \
		net.ipv4.neigh.eth0.mcast_solicit=3
	ip -n "$1" neigh flush dev eth0
}
told_announce() { echo "neighbour-source $1 $vip"; }

fault_missing() { vip_on "$1" del lo; }
mend_missing() { vip_on "$1" add lo; }
told_missing() { printf '%s\n' "silent $1 $vip" "vip-missing $2 $vip6"; }

fault_router() {
	vip_on "$1" del lo
	at "$1" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	ip -n "$1" route add default via "${address[director]}"
	ip -n "$1" route add default via "$(address6 director)"
}
mend_router() {
	ip -n "$1" route del default
	ip -n "$1" -6 route del default
	at "$1" sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
	vip_on "$1" add lo
}
told_router() { printf '%s\n' "forwarded $1 $vip" "forwarded $2 $vip6"; }

fault_filter() { filtered "$1" "ip daddr $vip drop"; }
mend_filter() { at "$1" nft flush ruleset; }
told_filter() { echo "silent $1 $vip"; }

fault_closed() {
	ctl service add tcp $vip:81
	serve tcp $vip:81 "${address[$1]}"
}
mend_closed() { ctl service del tcp $vip:81; }
told_closed() { echo "closed $1 $vip"; }

# Port 82 is listened on: see own_services.
fault_own() {
	ctl service add tcp $vip:82
	serve tcp $vip:82 "${address[$1]}"
}
mend_own() { ctl service del tcp $vip:82; }
told_own() { echo "own-address-only $1 $vip"; }

fault_dropped() { filtered "$1" "tcp dport 80 drop"; }
mend_dropped() { at "$1" nft flush ruleset; }
told_dropped() { printf '%s\n' "dropped $1 $vip" "dropped $2 $vip6"; }

fault_rejected() { filtered "$1" "ip daddr $vip reject"; }
mend_rejected() { at "$1" nft flush ruleset; }
told_rejected() { echo "rejected $1 $vip"; }

fault_path() {
	ip -n "$1" link add d0 type dummy
	ip -n "$1" link set d0 up
	at "$1" sysctl -qw net.ipv4.conf.all.rp_filter=1
	ip -n "$1" route add "${address[director]}" dev d0
}
mend_path() {
	ip -n "$1" link del d0
	at "$1" sysctl -qw net.ipv4.conf.all.rp_filter=0
	wait_until 10 all_ready
}
told_path() { echo "unanswered $1 $vip"; }

# And those that are of no server.

fault_duplicate() { vip_on r3 add eth0; }
mend_duplicate() { vip_on r3 del eth0; }
told_duplicate() { printf "duplicate $(mac_of r3) %s\n" $vip $vip6; }

fault_ipvs() { at director ipvsadm -A -t $vip:80; }
mend_ipvs() { at director ipvsadm -C; }
told_ipvs() { echo "ipvs - $vip"; }

fault_nexthop() {
	ctl server add "${web[@]}" 10.0.0.99
	wait_until 20 reached 10.0.0.99 failed
}
mend_nexthop() { ctl server del "${web[@]}" 10.0.0.99; }
told_nexthop() { echo "nexthop 10.0.0.99 $vip"; }

fault_hook() {
	at director nft -f - <<-END
	table inet lab {
		chain early {
			type filter hook prerouting priority -310
			udp dport 9 drop
		}
	}
	END
}
mend_hook() { at director nft flush ruleset; }
told_hook() { echo "earlier-hook - -"; }

# own_services NAME…: what listens on port 82, of its own address only.
own_services() {
	local name
	for name; do
		start "$name" socat "TCP4-LISTEN:82,bind=${address[$name]},fork" \
			/dev/null
		wait_until 10 listening "$name" 82
	done
}

# pair A MACHINE B MACHINE: both are found, and nothing else.
pair() {
	local told=() answer_time=$answer_time
	"fault_$1" "$2"
	"fault_$3" "$4"
	mapfile -t told < <(
		"told_$1" "${address[$2]}" "$(address6 "$2")"
		"told_$3" "${address[$4]}" "$(address6 "$4")")
	# What it asks by itself comes when it comes.
	if [ "$1" = announce ]; then
		answer_time=1s
		ip -n "$2" neigh flush dev eth0
	fi
	finds "$1 of $2, $3 of $4" 5 "${told[@]}"
	"mend_$3" "$4"
	"mend_$1" "$2"
}

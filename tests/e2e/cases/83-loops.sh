#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# No packet is balanced twice: not by a server that sends it back, one that
# takes in what is another's, nor by two directors that are each other's
# servers; and what has a right answer gets it.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

# At each set-up, and at its variants.
N=10000 M=1000
address[twin]=10.0.0.3

twin() { dsrctl -n twin "$@"; }

# count DIRECTOR REASON
count() { dsrctl -n "$1" stats show | awk -v name="$2" '$1 == name { print $2 }'; }

# at_least N CMD…: what CMD prints is so much.
at_least() { [ "$("${@:2}")" -ge "$1" ]; }

peer_ready() { dsrctl -n "$1" peer show | grep -q ' ready '; }

# through NAME: the client sends what is for the VIPs by that machine.
through() {
	ip -n client -batch - <<-END
	route replace $vip via ${address[$1]}
	route replace $vip6 via $(address6 "$1")
	END
}

# bounce NAME: what it gets for the VIPs it sends back, as a router would.
bounce() {
	at "$1" sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 \
		net.ipv6.conf.all.forwarding=1 net.ipv4.conf.eth0.send_redirects=0
	ip -n "$1" -batch - <<-END
	addr del $vip/32 dev lo
	addr del $vip6/128 dev lo
	route replace $vip via ${address[director]}
	route replace $vip6 via $(address6 director)
	END
}

# throw N VIP: datagrams of a byte, of ten flows. Quicker than a socket for each.
throw() {
	local kind=UDP4-SENDTO
	[[ $2 != *:* ]] || kind=UDP6-SENDTO
	for _ in {1..10}; do
		head -c $(($1 / 10)) /dev/zero |
			at client socat -u -b1 STDIN "$kind:$2:53"
	done
}

# thrown N VIP REASON…: datagrams are thrown at it; how many more there are of
# each reason then, once that is N for the last one.
thrown() {
	local n=$1 where=$2 name before=()
	shift 2
	for name; do
		before+=("$(count director "$name")")
	done
	throw "$n" "$where"
	wait_until 20 at_least $((before[-1] + n)) count director "${!#}" || :
	for name; do
		echo "$(($(count director "$name") - before[0])) $name"
		before=("${before[@]:1}")
	done | xargs
}

# --- A server that sends it back ---------------------------------------------

bounce r2
ctl service add "${dns[@]}"
ctl service add "${dns6[@]}"
serve "${dns[@]}" "${address[r2]}"
serve "${dns6[@]}" "$(address6 r2)"
through director
capture back r2 "udp port 53 and ether src $(mac_of director)"
tap "each goes to the server once, and not again when it comes back" \
	same "$N forwarded $N from-server" \
	"$(thrown $N $vip forwarded from-server)"
tap "likewise by IPv6" same "$M forwarded $M from-server" \
	"$(thrown $M "[$vip6]" forwarded from-server)"
captured
tap "the server has seen each once" same $((N + M)) \
	"$(packets back "udp port 53")"
ip -n director -batch - <<END
addr del $vip/32 dev eth0
addr del $vip6/128 dev eth0
END
at director sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ip -n director -batch - <<END
route add $vip via ${address[r2]}
route add $vip6 via $(address6 r2)
END
tap "nor if the kernel would route it back to the server" \
	same "$M forwarded $M from-server" \
	"$(thrown $M $vip forwarded from-server)"
tap "likewise by IPv6" same "$M forwarded $M from-server" \
	"$(thrown $M "[$vip6]" forwarded from-server)"
ctl ingress add eth0
tap "likewise at ingress" same "$M forwarded $M from-server" \
	"$(thrown $M $vip forwarded from-server)"
ctl ingress del eth0

# --- A server that takes in what is another's ---------------------------------

# It answers ARP for the server that is not there, and for the VIP.
at r2 sysctl -qw net.ipv4.conf.eth0.proxy_arp_pvlan=1 \
	net.ipv4.conf.all.arp_ignore=0
ip -n r2 route add 10.0.0.77 via "${address[director]}"
ctl server del "${dns[@]}" "${address[r2]}"
serve "${dns[@]}" 10.0.0.77
tap "a server answers ARP in another's name" \
	reached 10.0.0.77 ready "$(mac_of r2)"
tap "what it sends back is known by its MAC address" \
	same "$N forwarded $N from-server" \
	"$(thrown $N $vip forwarded from-server)"
ctl service del "${dns[@]}"
ctl service del "${dns6[@]}"
ip -n director -batch - <<END
route del $vip
route del $vip6
END
as_director director

# --- Two directors ------------------------------------------------------------

real_server_up twin
nginx_up director twin r1 r3
wait_until 10 at twin ping -q -c1 -W1 "${address[director]}"
tap "a peer is known by its MAC address" eval \
	"ctl peer add ${address[twin]} && twin peer add ${address[director]} &&
	ctl peer add $(address6 twin) && twin peer add $(address6 director) &&
	wait_until 10 peer_ready director && wait_until 10 peer_ready twin"
balance "${web[@]}" 1
ctl server add "${web[@]}" "${address[twin]}"
balance "${web6[@]}" 1
ctl server add "${web6[@]}" "$(address6 twin)"
twin service add "${web[@]}"
twin server add "${web[@]}" "${address[r3]}"
twin server add "${web[@]}" "${address[director]}"
twin service add "${web6[@]}"
twin server add "${web6[@]}" "$(address6 r3)"
twin server add "${web6[@]}" "$(address6 director)"
wait_until 10 all_ready
at_twin_ready() { ! twin server show | tail -n +2 | grep -v ready; }
wait_until 10 at_twin_ready

back=$(count director from-server)
through director
tap "through the one: half of the requests are the other's to answer" \
	same "20 r1 20 twin" "$(requests 40 >$lab/got; counts $lab/got)"
tap "likewise by IPv6" \
	same "20 r1 20 twin" "$(requests6 40 >$lab/got; counts $lab/got)"
through twin
tap "and through the other" same "20 director 20 r3" \
	"$(requests 40 >$lab/got; counts $lab/got)"
tap "likewise by IPv6" same "20 director 20 r3" \
	"$(requests6 40 >$lab/got; counts $lab/got)"
ctl ingress add eth0
tap "likewise at ingress" same "20 director 20 r3" \
	"$(requests 40 >$lab/got; counts $lab/got)"
ctl ingress del eth0
tap "no packet has gone back" same "$back 0" \
	"$(count director from-server) $(count twin from-server)"

# Datagrams, whole and in pieces: each is answered.
ctl service add "${dns[@]}"
twin service add "${dns[@]}"
serve "${dns[@]}" "${address[r1]}" "${address[twin]}"
twin server add "${dns[@]}" "${address[r3]}"
twin server add "${dns[@]}" "${address[director]}"
wait_until 10 at_twin_ready
# Room for a burst, as all machines share a processor.
sysctl -qw net.core.rmem_default=8388608
tests/e2e/udp.py serve $vip:53 director twin r1 r3 >$lab/serve &
wait_until 20 grep -q ready $lab/serve
at client nft -f - <<END
table inet lab {
	counter answers { }
	chain prerouting {
		type filter hook prerouting priority raw;
		udp sport 53 counter name answers
	}
	# Nobody waits for the answers, but the servers need not know.
	chain output {
		type filter hook output priority filter;
		icmp type destination-unreachable drop
	}
}
END
answers() {
	at client nft -j list counters inet |
		jq '.nftables[] | .counter // empty | .packets'
}
# sent_to DIRECTOR SERVER: how much it has sent there.
sent_to() {
	dsrctl -n "$1" -j server show "${dns[@]}" |
		jq ".[] | select(.address == \"$2\") | .stats.packets"
}
# balance_of DIRECTOR OTHER: what the one has forwarded and the other has not
# balanced again, less what it was sent; what that one forwarded; the answers.
balance_of() {
	echo "$(count "$1" forwarded)" \
		"$(($(count "$2" from-peer) - $(sent_to "$1" "${address[$2]}")))" \
		"$(count "$2" forwarded) $(answers)"
}
n=$N
for one in director twin; do
	other=twin
	[ $one = director ] || other=director n=$M
	through $one
	read -r forwarded extra onward got <<<"$(balance_of $one $other)"
	throw $n $vip
	wait_until 20 at_least $((got + n)) answers || :
	tap "through $one: $n sent once, by nobody else, and all answered" \
		same "$((forwarded + n)) $extra $onward $((got + n))" \
		"$(balance_of $one $other)"
	tap "and the other had its part of them" \
		test "$(sent_to $one "${address[$other]}")" -gt $((n / 4))
	at client tests/e2e/udp.py big $vip:53 10 4000 8000 >$lab/big
	tap "datagrams in pieces are answered too" \
		same 20 "$(grep -cwE 'director|twin|r1|r3' <(tr ' ' '\n' <$lab/big))"
done

# --- What is refused ------------------------------------------------------------

tap "a service with nobody but a peer is refused" refused 1 \
	"dsrctl: server ${address[r1]} of ${dns[*]}: a peer would be the service's only server: give it another one first" \
	ctl server del "${dns[@]}" "${address[r1]}"
ctl server del "${dns[@]}" "${address[twin]}"
tap "and a peer that is the only server" refused 1 \
	"dsrctl: peer ${address[r1]}: the peer is the only server of a service: give that another one first" \
	ctl peer add "${address[r1]}"
tap "and this director itself" refused 1 \
	"dsrctl: peer ${address[director]}: peer address is this director's own: give another director's" \
	ctl peer add "${address[director]}"
ctl server add "${dns[@]}" 10.0.0.66 mac "$(mac_of twin)" dev eth0
tap "a peer's MAC address by another address is not used" \
	reached 10.0.0.66 peer-mac null
ctl server set "${dns[@]}" 10.0.0.66 mac "$(mac_of director)"
tap "nor is this director's" reached 10.0.0.66 own-mac null
tap_done

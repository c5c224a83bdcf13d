#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A router shares a VIP among two directors that announce it by BGP, with the
# files of examples/bird. A thousand connections outlive the loss of either.
#
#   client 198.51.100.2 - .1 router 10.0.0.6 - switch -+- director  10.0.0.1
#      ▲                               ▲               +- director2 10.0.0.2
#      └─────────────── replies ───────┴── r1, r2, r3 -+
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

files=examples/bird
n=1000
keepalive=1h
key=$(sed -n 's/.*hash-key: //p' $files/dsr.yaml | head -n 1)

# The client of the other cases is on the switch; this one is behind the router.
client_up() {
	ip netns delete client
	ip netns add client
	ip -n router link add eth1 type veth peer name eth0 netns client
	ip -n router -batch - <<-END
	link set eth1 up
	addr add 198.51.100.1/24 dev eth1
	addr add 2001:db8:0:2::1/64 dev eth1 nodad
	END
	ip -n client -batch - <<-END
	link set lo up
	link set eth0 up
	addr add 198.51.100.2/24 dev eth0
	addr add 2001:db8:0:2::2/64 dev eth0 nodad
	route add default via 198.51.100.1
	route add default via 2001:db8:0:2::1
	END
}

# What the router's file asks for is done. Packets for the VIPs are counted.
router_up() {
	local name
	nodes router
	sed -n 's/^#   //p' $files/router.conf | at router sh -e >/dev/null
	client_up
	at router nft -f - <<-END
	table inet count {
		chain came {
			type filter hook prerouting priority raw
			iif eth1 ip daddr $vip counter
			iif eth1 ip6 daddr $vip6 counter
		}
		chain given {
			type filter hook postrouting priority raw
			ip daddr $vip counter
			ip6 daddr $vip6 counter
		}
	}
	END
	for name in r1 r2 r3; do
		ip -n $name route add default via "${address[router]}"
		ip -n $name route add default via "$(address6 router)"
	done
}

# director_up NAME: with the VIPs on a device of their own.
director_up() {
	ip -n "$1" -batch - <<-END
	link add dsr0 type dummy
	addr add $vip/32 dev dsr0
	addr add $vip6/128 dev dsr0 nodad
	link set dsr0 up
	END
	dsrctl -n "$1" apply $files/dsr.yaml
}

# ready NAME: to announce VIPs, by what systemd is told.
ready() {
	at "$1" sh -c \
		"$(sed -n 's/^ExecStartPre=//p' $files/bird.service.d.conf)"
}

# bird_up NAME FILE: ahead of all others, as the one CPU is busy, and nobody is
# to be missed for that.
bird_up() {
	start "$1" chrt --fifo 1 bird -f -c "$files/$2" -s "$lab/$1.bird" \
		2>>"$lab/$1.log"
	bird[$1]=$!
}

# ways N: so many directors are there for either VIP.
ways() {
	same "$1 $1" "$(ip -n router route show $vip | grep -c via) $(
		ip -n router -6 route show $vip6 | grep -c via)"
}

# Packets for the VIPs that the router got, and those that it sent on.
routed() {
	at router nft list chain inet count "$1" |
		awk '/counter/ { n += $(NF - 2) } END { print n }'
}

# missing CHAIN: those less what the directors have sent on.
missing() {
	local left name
	left=$(routed "$1")
	for name in director director2; do
		left=$((left - $(dsrctl -n $name stats show |
			awk '$1 == "forwarded" { print $2 }')))
	done
	echo "$left"
}

connect() {
	mkfifo $lab/ask
	exec 8<>$lab/ask
	# Not by start, which has no input for what it starts.
	at client tests/e2e/connections.py $n $vip $vip6 <&8 >$lab/rounds &
	wait_until 40 grep -q open $lab/rounds
}

# request N: on so many connections. answered: when all are.
request() {
	round=$(grep -c '' $lab/rounds)
	echo "$1" >&8
}

round_is_over() { [ "$(grep -c '' $lab/rounds)" -gt "$round" ]; }

answered() {
	local took
	wait_until 60 round_is_over
	read -r kept moved broken took <<<"$(tail -n 1 $lab/rounds)"
	[ "$took" -lt "$longest" ] || longest=$took
}

# begin: requests, before something changes. finish CMD…: more of them until CMD
# says that it has changed, and then one on each connection.
begin() {
	lost=$(missing given)
	no_way=$(($(missing came) - lost))
	longest=0
	request 200
}

finish() {
	local end=$((SECONDS + 30))
	answered
	until "$@" >/dev/null || [ $SECONDS -gt $end ]; do
		request 200
		answered
	done
	request $n
	answered
	no_way=$(($(missing came) - $(missing given) - no_way))
	lost=$(($(missing given) - lost))
}

# all_kept TEXT: what became of the connections meanwhile.
all_kept() {
	echo "# $1: $lost packets lost, $no_way had no route," \
		"longest answer $longest ms"
	tap "$1: each of $n connections has its server still" \
		same "$n 0 0" "$kept $moved $broken"
}

# pull: director2's cable. heard_after: how long the router took to hear of it,
# in ms: until the first change of a route since then.
pull() {
	changes=$(grep -c '' $lab/routes)
	pulled=${EPOCHREALTIME/./}
	unplug director2 eth0
}

heard_after() {
	local heard
	heard=$(tail -n "+$((changes + 1))" $lab/routes |
		grep -m 1 -oE '[0-9T:.-]{26}')
	echo $((($(date -d "$heard" +%s%6N) - pulled) / 1000))
}

flows_of() { dsrctl -n "$1" flow show state established | grep -c ^tcp; }

shared() {
	local first
	first=$(flows_of director)
	echo "# flows of the directors: $first and $(flows_of director2)"
	[ "$first" -gt $((n * 2 / 5)) ] && [ "$first" -lt $((n * 3 / 5)) ]
}

address[director2]=10.0.0.2 address[router]=10.0.0.6
declare -A bird
ip -n director addr flush dev eth0 to $vip
ip -n director addr del $vip6/128 dev eth0
router_up
nodes director2
nginx_up r1 r2 r3
start router ip -ts monitor route >$lab/routes
for name in director director2; do
	director_up $name
	ready $name
	bird_up $name director.conf
done
bird_up router router.conf
tap "the router has learned two ways to the VIPs" wait_until 30 ways 2
connect
begin
finish true
all_kept "both"
tap "the directors share them by halves" shared

begin
pull
finish ways 1
tap "one is lost without a word, and the router moves on" wait_until 20 ways 1
took=$(heard_after)
echo "# the router moved on after $took ms"
tap "in less than 3 s" test "$took" -lt 3000
all_kept "one is lost"

begin
replug director2 eth0
finish ways 2
tap "it is back" wait_until 20 ways 2
all_kept "it is back"

begin
kill "${bird[director]}"
finish ways 1
tap "the other one ceases to announce" wait_until 20 ways 1
all_kept "the other one ceases"
tap "no packet to a director is lost" same 0 "$lost"

dsrctl -n director apply - <<<'services: []'
dsrctl -n director apply $files/dsr.yaml
begin
ready director
bird_up director director.conf
finish ways 2
tap "it is back as after a boot" wait_until 20 ways 2
all_kept "it is back"
tap "no packet to a director is lost" same 0 "$lost"

dsrctl -n director2 flow flush all
begin
birdc -s $lab/director.bird disable upstream >/dev/null
finish ways 1
tap "a director is taken out of service" wait_until 20 ways 1
all_kept "the other one knows nothing of them"
tap "no packet to a director is lost" same 0 "$lost"

birdc -s $lab/director.bird enable upstream >/dev/null
wait_until 20 ways 2
dsrctl -n director flow flush all
dsrctl -n director service set "${web[@]}" hash-key "${key//[0-8]/9}"
begin
birdc -s $lab/director2.bird disable upstream >/dev/null
finish ways 1
tap "another key would break connections" test "$broken" -gt 100
echo "# $SECONDS s"
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Where a packet would go is where it goes, in both families.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

# field NAME: of what is read.
field() { sed -n "s/^$1  *//p"; }

# name_of ADDRESS: of a server, by which nginx answers.
name_of() {
	local name
	for name in r1 r2 r3; do
		case $1 in
		"$(address4 $name)" | "$(address6 $name)") echo $name ;;
		esac
	done
}

# end 4|6 client|VIP PORT: as trace has them.
end() {
	case $1$2 in
	4client) echo "${address[client]}:$3" ;;
	6client) echo "[$(address6 client)]:$3" ;;
	4vip) echo "$vip:$3" ;;
	6vip) echo "[$vip6]:$3" ;;
	esac
}

# told FAMILY PORT [MARK…]: the trace of the client's connection by this port.
told() {
	ctl trace tcp "$(end "$1" client "$2")" "$(end "$1" vip 80)" "${@:3}" \
		>"$lab/told"
	why=$(field why <"$lab/told")
	server=$(name_of "$(field server <"$lab/told")")
}

# goes FAMILY PORT: who answers that connection.
goes() {
	local from
	from=$("address$1" client)
	at client curl -sS --connect-timeout 5 --interface "$from" \
		--local-port "$2" "http://$(end "$1" vip 80)/"
}

# agrees FAMILY PORT: for this connection and one more, before and after.
agrees() {
	local before got port
	for ((port = $2; port < $2 + 2; port++)); do
		told "$1" $port
		told "$1" $port
		same "a new flow" "${why%,*}"
		before=$server
		got=$(goes "$1" $port)
		same "$got" "$before"
		told "$1" $port
		same "the flow is known and stays with its server" "$why"
		same "$got" "$server"
	done
}

nginx_up r1 r2 r3
balance "${web[@]}" 3 2 1
balance "${web6[@]}" 3 2 1
port=40000
for scheduler in wrr lc maglev; do
	ctl service set "${web[@]}" scheduler $scheduler
	ctl service set "${web6[@]}" scheduler $scheduler
	tap "$scheduler" agrees 4 $port
	tap "$scheduler by IPv6" agrees 6 $port
	port=$((port + 100))
done

ctl service set "${web[@]}" scheduler random2
told 4 50000
tap "random2: by chance, until it is known" same \
	" a new flow, for which the scheduler draws a server" "$server $why"
got=$(goes 4 50000)
told 4 50000
tap "then it is" same "$got the flow is known and stays with its server" \
	"$server $why"

ctl service set "${web[@]}" scheduler wrr
told 4 50001
mac=$(mac_of "$server")
tap "the whole of it" same "service    tcp $vip:80
match      address $vip, tcp, port 80
scheduler  wrr
server     ${address[$server]}
next hop   $mac eth0, ready
why        a new flow, and the scheduler's next turn is this server's" \
	"$(<"$lab/told")"
before=$(ctl -s -j service show)
for i in 1 2 3 4 5; do told 4 5000$i; done
tap "asking changes nothing" same "$before" "$(ctl -s -j service show)"

told 4 50001 mark 7
tap "a mark without a service means nothing" same "$mac eth0, ready" \
	"$(field 'next hop' <"$lab/told")"
ctl service add fwmark 7
told 4 50001 mark 7
tap "one with a service does" same "mark 7, no server of the service takes a new flow: dropped" \
	"$(field match <"$lab/told"), $why"
ctl trace udp "${address[client]}:1" $vip:80 >"$lab/told"
tap "what is for no service" same "-, it is for no service: left to the kernel" \
	"$(field service <"$lab/told"), $(field why <"$lab/told")"

ctl service set "${web[@]}" persist 5m
told 4 50010
first=$(goes 4 50010)
same "$first" "$server"
told 4 50011
tap "a client that stays" same "$first a new flow, but its client stays with its server" \
	"$server $why"
tap "does" same "$first" "$(goes 4 50011)"
ctl service set "${web[@]}" persist off lost reset
ctl server del "${web[@]}" "${address[$first]}"
told 4 50011
tap "a connection that has lost its server" same \
	" the connection has lost its server, and the service gives it no other" \
	"$server $why"
ctl service set "${web[@]}" lost reschedule
told 4 50011
tap "or gets another" same "the flow has lost its server, and is scheduled again" \
	"$why"

tap "ICMP is refused" refused 1 \
	"dsrctl: flow: ICMP cannot be traced: what becomes of pings, the option echo of a service tells" \
	ctl trace 1 "${address[client]}" $vip
tap "and who may not change anything" refused 1 \
	"dsrctl: not permitted: this needs root (CAP_NET_ADMIN)" \
	at director setpriv --reuid=65534 --regid=65534 --clear-groups \
	--bounding-set=-all --inh-caps=-all dsrctl trace tcp "${address[client]}:1" $vip:80
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each packet has one reason: of the namespace, and where there is one of the
# service and the server; the tracepoint tells the flow, the server and why.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

tracing=/sys/kernel/debug/tracing

# counted [SERVICE [SERVER]]: reasons that have a count.
counted() {
	ctl -j stats show "$@" |
		jq -r '.[] | select(.packets > 0) | "\(.packets) \(.reason)"' |
		xargs
}

# All packets of both families, by a rule that comes right before the hook.
passed() {
	at director nft -j list counters inet |
		jq '.nftables[] | .counter // empty | .packets'
}

# uncounted: packets that passed less those that the module counted, once none
# comes in between.
uncounted() {
	local first='' counted last=none
	while [ "$first" != "$last" ]; do
		first=$(passed)
		counted=$(ctl -j stats show | jq 'map(.packets) | add')
		last=$(passed)
	done
	echo $((last - counted))
}

# traced: each line of the tracer, without its beginning and the client's port.
traced() {
	sed -n 's/.* dsr_packet: //p' $tracing/trace |
		sed "s/ sport=[0-9]*//" | sort | uniq -c | sed 's/^ *//'
}

at director nft -f - <<END
table inet lab {
	counter passed { }
	chain prerouting {
		type filter hook prerouting priority raw;
		counter name passed
	}
}
END
udp_servers "$vip:53"
udp_servers "[$vip6]:53"
ctl service add "${dns[@]}"
ctl service add "${dns6[@]}"
before=$(uncounted)
echo 1 >$tracing/events/dsr/dsr_packet/enable
at client tests/e2e/udp.py shout $vip:53 2
at client tests/e2e/udp.py shout "[$vip6]:53" 2
ctl server add "${dns[@]}" "${address[r1]}"
ctl server add "${dns[@]}" "${address[r2]}"
ctl server add "${dns6[@]}" "$(address6 r1)"
wait_until 10 all_ready
ask 3 >$lab/answers
ask6 2 >>$lab/answers
# It takes frames that are larger by a VLAN tag, and so this packet of 1402.
ip -n director link set eth0 mtu 1400
at client tests/e2e/udp.py discover $vip:53 1374 >$lab/told
at client tests/e2e/udp.py shout $vip:99 1
echo 0 >$tracing/events/dsr/dsr_packet/enable

tap "of a service: forwarded, no server, too big" \
	same "3 forwarded 2 no-server 1 too-big" "$(counted "${dns[@]}")"
tap "of its first server" same "2 forwarded" \
	"$(counted "${dns[@]}" "${address[r1]}")"
tap "of its second one" same "1 forwarded 1 too-big" \
	"$(counted "${dns[@]}" "${address[r2]}")"
tap "of the service by IPv6" \
	same "2 forwarded 2 no-server" "$(counted "${dns6[@]}")"
tap "all packets have a reason, and one only" same "$before" "$(uncounted)"
client4=saddr=::ffff:${address[client]} to4="daddr=::ffff:$vip dport=53"
client6=saddr=$(address6 client) to6="daddr=$vip6 dport=53"
tap "the tracepoint told of each" same "$(sort <<END
1 forwarded protocol=17 $client4 $to4 server=::ffff:${address[r2]}
1 not-ours protocol=17 $client4 daddr=::ffff:$vip dport=99 server=::
1 too-big protocol=17 $client4 $to4 server=::ffff:${address[r2]}
2 forwarded protocol=17 $client4 $to4 server=::ffff:${address[r1]}
2 forwarded protocol=17 $client6 $to6 server=$(address6 r1)
2 no-server protocol=17 $client4 $to4 server=::
2 no-server protocol=17 $client6 $to6 server=::
END
)" "$(traced | grep ' protocol=17 ' | sort)"
tap_done

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
	at director nft -j list counters |
		jq '.nftables[] | .counter? // empty | .packets'
}

sum_is_passed() {
	same "$(passed)" "$(ctl -j stats show | jq 'map(.packets) | add')"
}

# traced PATTERN: how many packets were traced so.
traced() { grep -cE "dsr_packet: $1\$" $lab/trace || :; }

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
at director nft reset counters >/dev/null
echo 1 >$tracing/events/dsr/dsr_packet/enable
echo

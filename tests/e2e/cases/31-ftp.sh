#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# FTP: the control and the passive ports are one service, so a client's data
# connections go to the server that it talks to.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

ftp=(tcp "$vip:21,50000-50099") ftp6=(tcp "[$vip6]:21,50000-50099")

ftp_up() {
	local name
	for name; do
		mkdir -p $lab/"$name"
		echo "$name" >$lab/"$name"/name
		start "$name" python3 -m pyftpdlib -i :: -p 21 \
			-r 50000-50099 -d $lab/"$name" 2>$lab/"$name"/log
	done
	for name; do
		wait_until 20 grep -q 'starting FTP' $lab/"$name"/log
	done
}

# fetched HOST ADDRESS…: each client's file, twice, the second time both ways.
fetched() {
	local host=$1 from
	shift
	for from; do
		at client curl -sS -m 5 --interface "$from" \
			"ftp://$host/name" "ftp://$host/name"
	done | xargs
}

control_alone() {
	local rc=0
	at client curl -sS -m 5 ftp://$vip/name || rc=$?
	same 7 $rc
}

ip -n client addr add 10.0.0.3/24 dev eth0
ip -n client addr add 10.0.0.4/24 dev eth0
ftp_up r1 r2 r3
balance "${ftp[@]}" 1 1 1
balance "${ftp6[@]}" 1 1 1

tap "three clients' files from a server each" same "r1 r1 r2 r2 r3 r3" \
	"$(fetched $vip 10.0.0.2 10.0.0.3 10.0.0.4)"
tap "and again" same "r1 r1 r2 r2 r3 r3" \
	"$(fetched $vip 10.0.0.2 10.0.0.3 10.0.0.4)"
tap "by IPv6" same "r1 r1" "$(fetched "[$vip6]" "$(address6 client)")"
tap "three clients, and one of IPv6" same "1 1 1 1 0 0" \
	"$(servers '[.[].stats.clients] | join(" ")')"

# As two services the data connection goes anywhere.
ctl service del "${ftp[@]}"
balance tcp $vip:21 1 1 1
balance tcp $vip:50000-50099 0 1 0
tap "with the passive ports in a service of their own it fails" control_alone
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What becomes of a connection whose server is lost, or that nobody knows.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh
# shellcheck source=tests/e2e/downloads.sh
. tests/e2e/downloads.sh

down() { ctl server set "${web[@]}" "${address[$1]}" down "$2"; }

# stalled REASON: packets are dropped for it.
stalled() {
	local before
	before=$(reason "$1")
	wait_until 10 more "$1" "$before"
}

# Ask always from the same port.
ask_again() { at client socat -T1 - UDP4:$vip:53,sourceport=5353 <<<x; }

more() { [ "$(reason "$1")" -gt "$2" ]; }

size=1500000
big_file
nginx_up r1 r2 r3
balance "${web[@]}" 1 0 0
balance "${dns[@]}" 1 1 1
udp_servers $vip:53

ctl service set "${web[@]}" lost reset
start_downloads 0
capture r1 r1
down r1 on
finish_downloads 0
captured
tap "lost reset: the client is told" broken 0
tap "and its server knows nothing of that" \
	same 0 "$(packets r1 "src host $vip and tcp[tcpflags] & tcp-rst != 0")"
tap "once, by the director" same 1 "$(reason reset)"

down r1 off
ctl service set "${web[@]}" lost drop
start_downloads 1
down r1 on
stalled flow-lost
down r1 off
finish_downloads 1
tap "lost drop: it waits until its server is back, and is whole" whole 1

ctl service set "${web[@]}" midflow reset
start_downloads 2
ctl flow flush "${web[@]}"
finish_downloads 2
tap "midflow reset: a connection that is forgotten is reset" broken 2

ctl service set "${web[@]}" midflow drop
start_downloads 3
ctl flow export "${web[@]}" >$lab/flows
ctl flow flush "${web[@]}"
stalled flow-unknown
ctl flow import $lab/flows
finish_downloads 3
tap "midflow drop: it waits until it is known again, and is whole" whole 3

ctl service set "${web[@]}" midflow hash
start_downloads 4
ctl flow flush "${web[@]}"
finish_downloads 4
tap "midflow hash: it goes on, as its server is the only one" whole 4

was=$(ask_again)
tap "a UDP flow has a server" same "$was" "$(ask_again)"
ctl server del "${dns[@]}" "${address[$was]}"
now=$(ask_again)
tap "which is deleted: it has another one at once" test "$now" != "$was" -a "$now"
tap "and stays there" same "$now" "$(ask_again)"
tap_done

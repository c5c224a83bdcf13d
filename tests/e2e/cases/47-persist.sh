#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A client stays with its server, over all its connections.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

# asks ADDRESS N: so many requests by a client's address, and who answers.
asks() { get "/?[1-$2]" --interface "$1" | sort | uniq -c | xargs; }

clients() {
	ctl flow show state persist | tail -n +2 | awk '{ print $2, $3, $4 }' |
		sort
}

nobody() { [ -z "$(clients)" ]; }

ip -n client addr add 10.0.0.3/24 dev eth0
ip -n client addr add 10.0.0.7/24 dev eth0
nginx_up r1 r2 r3
balance "${web[@]}" 1 1 1
ctl service set "${web[@]}" persist 5m prefix 31

tap "a client's requests" same "4 r1" "$(asks 10.0.0.2 4)"
tap "those of its neighbour, which is the same one" same "4 r1" \
	"$(asks 10.0.0.3 4)"
tap "and another client's" same "4 r2" "$(asks 10.0.0.7 4)"
tap "both are shown" same "10.0.0.2/31 - 10.0.0.11
10.0.0.6/31 - 10.0.0.12" "$(clients)"

ctl server drain "${web[@]}" "${address[r1]}"
tap "of a server that is drained they go, and stay together" same "4 r3" \
	"$(asks 10.0.0.2 4)"
ctl flow flush client 10.0.0.7 state persist
tap "who is forgotten has its turn" same "4 r2" "$(asks 10.0.0.7 4)"
ctl service set "${web[@]}" persist off
tap "off, requests go by turns" same "2 r2 2 r3" "$(asks 10.0.0.7 4)"
tap "and soon nobody is known any more" wait_until 10 nobody
tap_done

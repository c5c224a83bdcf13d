#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each network namespace is a director of its own; one may go at any time.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

other() { dsrctl -n director2 "$@"; }

# The client takes this machine for the VIP.
use() {
	ip -n client neigh replace $vip dev eth0 lladdr "$(mac_of "$1")" \
		nud permanent
}

flows() { "$@" -j server show | jq -c 'map(.stats.flows)'; }

gone() { ! ip -n switch link show "$1-eth0"; }

address[director2]=10.0.0.5
nodes director2
nginx_up r1 r2 r3
balance "${web[@]}" 1 1
other service add "${web[@]}"
other server add "${web[@]}" "${address[r3]}" mac "$(mac_of r3)"

use director
tap "requests by one director" same "r1 r2 r1 r2" "$(requests 4 | xargs)"
use director2
tap "requests by the other" same "r3 r3" "$(requests 2 | xargs)"
tap "the first counted its own" same '[2,2]' "$(flows ctl)"
tap "and so did the second" same '[2]' "$(flows other)"
other service del "${web[@]}"
tap "deleting the service here leaves it there" \
	same 1 "$(ctl -j service show | jq length)"
other service add "${web[@]}"
other server add "${web[@]}" "${address[r3]}" mac "$(mac_of r3)"

use director
noise client $vip
ctl service add "${dns[@]}"
ctl server add "${dns[@]}" "${address[r1]}"
ip netns delete director
tap "a namespace goes with its services, under traffic" \
	wait_until 10 gone director
use director2
tap "the other one still works" same r3 "$(get /)"
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two directors with one key choose alike: connections go on by the other one,
# which knows nothing of them. With another key they do not.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh
# shellcheck source=tests/e2e/downloads.sh
. tests/e2e/downloads.sh

key=000102030405060708090a0b0c0d0e0f

neighbour() {
	ip -n client neigh replace $vip dev eth0 lladdr "$(mac_of "$1")" \
		nud permanent
}

# configure_director NAME SERVER…: in this order.
configure_director() {
	local name=$1 server
	shift
	dsrctl -n "$name" service add "${web[@]}" scheduler maglev \
		hash-key $key
	for server; do
		dsrctl -n "$name" server add "${web[@]}" "${address[$server]}"
	done
}

# served_by NAME: how many of the client's downloads each server has.
served_by() {
	dsrctl -n "$1" flow show state established | tail -n +2 |
		awk '{ print $4 }' | sort | uniq -c | xargs
}

size=3000000
big_file
nginx_up r1 r2 r3
address[standby]=10.0.0.5
nodes standby
as_director standby
configure_director director r1 r2 r3
configure_director standby r3 r1 r2
wait_until 10 all_ready

neighbour director
start_downloads 0 1 2 3 4 5
before=$(served_by director)
neighbour standby
finish_downloads 0 1 2 3 4 5
tap "six downloads go on by the other director, and are whole" \
	whole 0 1 2 3 4 5
tap "from several servers" test "$(wc -w <<<"$before")" -gt 2

start_downloads 6 7 8 9 10 11
dsrctl -n director service set "${web[@]}" hash-key "${key/00/ff}"
neighbour director
finish_downloads 6 7 8 9 10 11
tap "with another key some are cut off" test \
	"$(printf '%s\n' "${status[@]:6}" | grep -c 56)" -gt 0
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A real server sees the client's own address.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

# seen_by NAME ADDRESS…: the requests in its log came from there.
seen_by() {
	local name=$1
	shift
	same "$(printf '%s\n' "$@")" "$(cat "$lab/$name/access.log")"
}

ip -n client addr add 10.0.0.3/24 dev eth0
nginx_up r1 r2 r3
balance "${web[@]}" 1 1 1
requests 3 >$lab/first
get / --interface 10.0.0.3 >$lab/second

tap "r1 saw the client's two addresses" \
	wait_until 5 seen_by r1 "${address[client]}" 10.0.0.3
tap "r2 saw the client's address" \
	wait_until 5 seen_by r2 "${address[client]}"
tap_done

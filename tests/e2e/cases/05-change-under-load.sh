#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Deleting and adding servers while downloads run harms no other server's.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

size=5000000 pid=() status=()

# download N: the file's Nth part, which takes 10 s.
download() {
	get /slow -r $(($1 * size))-$(($1 * size + size - 1)) \
		-o "$lab/part.$1" 2>"$lab/error.$1"
}

start_downloads() {
	local n
	for n; do
		download "$n" &
		pid[n]=$!
		wait_until 10 test -s "$lab/part.$n"
	done
}

finish_downloads() {
	local n
	for n; do
		status[n]=0
		wait "${pid[n]}" || status[n]=$?
	done
}

# whole N…: these downloads ended well and with the right content.
whole() {
	local n
	for n; do
		same "0 " "${status[n]} $(cat "$lab/error.$n")"
		cmp -n $size -i $((n * size)):0 $lab/file "$lab/part.$n"
	done
}

underway() { kill -0 "${pid[@]}"; }

# broken N…: the server that took these over did not know them.
broken() {
	local n
	for n; do
		same "56 curl: (56) Recv failure: Connection reset by peer" \
			"${status[n]} $(cat "$lab/error.$n")"
	done
}

big_file
real_server_up r4
nginx_up r1 r2 r3 r4
balance "${web[@]}" 1 1 1

# Two on each server: 0 and 3 on r1, 1 and 4 on r2, 2 and 5 on r3.
start_downloads 0 1 2 3 4 5
ctl server del "${web[@]}" "${address[r1]}"
capture deleted r1
ctl server add "${web[@]}" "${address[r4]}"
wait_until 5 all_ready
requests 12 >$lab/answers
tap "all this while the downloads ran" underway
finish_downloads 0 1 2 3 4 5
captured

tap "the downloads from the other servers are whole" whole 1 2 4 5
tap "those from the deleted one were reset" broken 0 3
tap "the deleted server got no packet more" \
	same 0 "$(packets deleted "ip dst $vip")"
tap "the next requests went to r2, r3 and the added r4" \
	same "r2 r3 r4" "$(sort -u $lab/answers | xargs)"
tap_done

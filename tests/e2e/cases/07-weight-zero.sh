#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A server of weight 0 keeps its flows and gets no new one.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

state_of_r1() { ctl server show "${web[@]}" "${address[r1]}" | grep -o 'dra[a-z]*'; }

# 28: curl's time is up.
unanswered() {
	local rc=0
	get / --connect-timeout 1 || rc=$?
	same 28 $rc
}

big_file
nginx_up r1 r2 r3
balance "${web[@]}" 1 1 1

get /slow -r 0-2499999 -o $lab/part &
download=$!
wait_until 10 test -s $lab/part
ctl server set "${web[@]}" "${address[r1]}" weight 0
requests 6 >$lab/answers
kill -0 $download
draining=$(state_of_r1)
rc=0
wait $download || rc=$?

tap "no new flow went to r1" \
	same "3 r2 3 r3" "$(sort $lab/answers | uniq -c | xargs)"
tap "the download from r1 went on" same 0 $rc
tap "and is whole" cmp -n 2500000 $lab/part $lab/file
tap "while it ran r1 was draining" same draining "$draining"

ctl server set "${web[@]}" "${address[r1]}" weight 1
requests 6 >$lab/answers
tap "with weight 1 it gets its share again" \
	same "2 r1 2 r2 2 r3" "$(sort $lab/answers | uniq -c | xargs)"

for name in r1 r2 r3; do
	ctl server set "${web[@]}" "${address[$name]}" weight 0
done
before=$(reason no-server)
tap "with all at 0 a new flow is dropped" unanswered
tap "and counted" test "$(reason no-server)" -gt "$before"
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Deleting and adding servers while downloads run harms no other server's.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh
# shellcheck source=tests/e2e/downloads.sh
. tests/e2e/downloads.sh

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

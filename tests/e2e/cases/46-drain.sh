#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A drain ends with the last flow, or when its time is up; or flows are ended.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh
# shellcheck source=tests/e2e/downloads.sh
. tests/e2e/downloads.sh

r1=("${web[@]}" "${address[r1]}")
late="dsrctl: server 10.0.0.11 of tcp 192.0.2.10:80: still has 1 flow after 1s:"
late+=" wait longer, or forget them: dsrctl flow flush"

size=2500000
big_file
nginx_up r1 r2
balance "${web[@]}" 1 1
ctl service set "${web[@]}" timeout closing 1s

start_downloads 0
tap "a drain whose time is up" refused 3 "$late" \
	ctl server drain "${r1[@]}" wait timeout 1s
ctl server drain "${r1[@]}" wait
tap "one that waits, until the flow has ended" same 0 \
	"$(servers '.[0].stats.active')"
finish_downloads 0
tap "which is whole" whole 0

ctl server set "${r1[@]}" weight 1
ctl server set "${web[@]}" "${address[r2]}" weight 0
start_downloads 1
ctl server set "${web[@]}" "${address[r2]}" weight 1
ctl server drain "${r1[@]}"
ctl flow flush "${web[@]}" server "${address[r1]}"
tap "hard: no flow is left at once" ctl server drain "${r1[@]}" wait timeout 1s
finish_downloads 1
tap "and the client is told by its next server" broken 1
tap_done

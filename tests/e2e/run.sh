#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# run.sh [CASE…]: the end-to-end cases, all or those named (a file in cases/,
# or how its name begins); all are those below 90, which the others take too
# long for. Runs in the virtual machine:
#
#   tests/vm/boot.sh --smp 1 [--kernel 6.12] tests/e2e/run.sh [CASE…]
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

# relay NAME LOG: the results of a case as some of ours.
relay() {
	local line
	while IFS= read -r line; do
		case $line in
		'ok '* | 'not ok '*)
			tap_count=$((tap_count + 1))
			[[ $line != not* ]] || tap_failed=$((tap_failed + 1))
			echo "${line%%ok *}ok $tap_count - $1: ${line#* - }"
			;;
		1..*) ;;
		'#'*) echo "$line" ;;
		*) echo "# $line" ;;
		esac
	done <"$2"
}

group_gone() { ! kill -0 -- "-$1"; }

# tidy STATUS GROUP LOG LINE: the case came to its end, and nothing is left of
# it nor did the kernel complain after that LINE of its log.
tidy() {
	local rc=0
	[ "$1" = 0 ] || grep -q '^not ok' "$3" || {
		echo "it ended with status $1"
		rc=1
	}
	kill -- "-$2" 2>/dev/null || :
	wait_until 10 group_gone "$2" || rc=1
	rmmod dsr || rc=1
	clean_log "$4" || rc=1
	return "$rc"
}

run_case() {
	local name rc=0 pid line
	name=$(basename "${1%.*}")
	echo "# e2e: $name ($SECONDS s)" >&2
	line=$(dmesg | grep -c '')
	rm -rf $lab
	mkdir $lab
	topology_up
	insmod "$module"
	timeout --kill-after=5 600 "$1" >$lab.log 2>&1 </dev/null &
	pid=$!
	wait $pid || rc=$?
	relay "$name" $lab.log
	tap "$name: leaves nothing behind" tidy $rc $pid $lab.log "$line"
	topology_down
}

cases() {
	local name
	[ $# -gt 0 ] || set -- '[0-8]'
	for name; do
		compgen -G "tests/e2e/cases/$name*" || {
			echo "run.sh: no such case: $name" >&2
			return 1
		}
	done
}

list=$(cases "$@" | sort -u)
for file in $list; do
	run_case "$file"
done
tap_done

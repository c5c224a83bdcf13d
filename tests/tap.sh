# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Reporting of test results, one line each, as tests/run reads them.

tap_count=0
tap_failed=0

# tap NAME CMD…: CMD's success is the result; its output is shown if it fails.
tap() {
	local name=$1 output rc
	shift
	tap_count=$((tap_count + 1))
	# Not "|| rc=$?", which would turn errexit off inside of CMD.
	set +e
	output=$(set -e; "$@" 2>&1)
	rc=$?
	set -e
	if [ "$rc" = 0 ]; then
		echo "ok $tap_count - $name"
		return
	fi
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $name"
	tail -n 40 <<<"$output" | sed 's/^/#   /'
}

tap_done() {
	echo "1..$tap_count"
	[ "$tap_failed" = 0 ]
}

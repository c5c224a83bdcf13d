#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# run.sh [--kasan]: run the KUnit suites by the kernel's own kunit.py, under
# UML, with the module built in as net/dsr. --kasan: with KASAN and lockdep on.
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"
inside bookworm "$@"
# shellcheck source=tests/tap.sh
. "$top/tests/tap.sh"
# shellcheck source=tests/kunit/lib.sh
. "$top/tests/kunit/lib.sh"

configs=(tests/kunit/.kunitconfig) flavour=plain
if [ "${1:-}" = --kasan ]; then
	configs+=(tests/kunit/kasan.config)
	flavour=kasan
fi
prepare "$flavour" "${configs[@]}"

ran() {
	[ -s /tmp/results ] && jq -e '[.. | .test_cases? // empty | .[]] != []' \
		/tmp/results
}

# case_passed STATUS PARENT NAME: if not, show what the case complained of; one
# with parameters does so in its parent's name.
case_passed() {
	[ "$1" = PASS ] && return
	sed -n "/# \($2\|$3\): .*FAIL/,/ok [0-9]/p" "$build/test.log"
	return 1
}

rm -f "$build/test.log"
step "building and running the KUnit kernel, $flavour$first" "$log" \
	kunit run --json=/tmp/results || :
touch "$build/test.log"
cp "$build/test.log" "${log%.log}.console"

tap "kunit.py ran the suites" ran
while read -r status suite name; do
	tap "$suite: $name" case_passed "$status" "$suite" "$name"
done < <(jq -r '.. | objects | select(.test_cases?) | .name as $suite |
	.test_cases[] | "\(.status) \($suite) \(.name)"' /tmp/results)
tap "the kernel's log has no report of an error" \
	clean_log "$build/test.log"
tap_done

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

configs=(tests/kunit/.kunitconfig) flavour=plain
if [ "${1:-}" = --kasan ]; then
	configs+=(tests/kunit/kasan.config)
	flavour=kasan
fi

source=/usr/src/linux-source-6.12
build=/cache/kunit-$flavour-$(make -s -C "$source" kernelversion)
log=/out/log/kunit-$flavour.log
mkdir -p "$build"
exec 9>"$build.lock"
flock 9

# Another checkout may have built here last: its objects would look new.
rm -rf "$build/net/dsr"
mount --bind /src "$source/net/dsr"
cat "${configs[@]}" >/tmp/kunitconfig

kunit() {
	cd "$source"
	PYTHONDONTWRITEBYTECODE=1 tools/testing/kunit/kunit.py run \
		--kunitconfig=/tmp/kunitconfig --build_dir="$build" \
		--jobs="$(nproc)" --json=/tmp/results
}

ran() {
	[ -s /tmp/results ] && jq -e '[.. | .test_cases? // empty | .[]] != []' \
		/tmp/results
}

# case_passed STATUS NAME: if not, show what the case complained of.
case_passed() {
	[ "$1" = PASS ] && return
	sed -n "/# $2: /,/ok [0-9]/p" "$build/test.log"
	return 1
}

# A report of KASAN or lockdep does not fail a test by itself. What UML says
# before the suites is not ours.
clean_log() {
	local report='BUG:|WARNING:|KASAN|INFO: |suspicious RCU'
	sed -n '/KTAP version/,$p' "$build/test.log" >/tmp/log
	[ -s /tmp/log ]
	! grep -E -A20 "$report" /tmp/log
}

rm -f "$build/test.log"
first=
[ -f "$build/linux" ] || first=" (the first time takes 5 minutes)"
step "building and running the KUnit kernel, $flavour$first" "$log" kunit || :
touch "$build/test.log"
cp "$build/test.log" "${log%.log}.console"

tap "kunit.py ran the suites" ran
while read -r status suite name; do
	tap "$suite: $name" case_passed "$status" "$name"
done < <(jq -r '.. | objects | select(.test_cases?) | .name as $suite |
	.test_cases[] | "\(.status) \($suite) \(.name)"' /tmp/results)
tap "the kernel's log has no report of an error" clean_log
tap_done

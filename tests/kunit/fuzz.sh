#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# fuzz.sh [PACKETS [SEED]]: run the suite dsr_fuzz alone, with KASAN and
# lockdep on. Four in five packets get past the kernel's own checks and come to
# the hook: ten million by default.
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"
inside bookworm "$@"
# shellcheck source=tests/tap.sh
. "$top/tests/tap.sh"
# shellcheck source=tests/kunit/lib.sh
. "$top/tests/kunit/lib.sh"

packets=${1:-12500000} seed=${2:-1}
console=/out/log/kunit-fuzz.console

# Each chunk is a case that ends with how many packets there were so far.
progress() {
	local n
	while read -r n; do
		[ $((n % 500000)) != 0 ] ||
			say "  $n of $packets packets after $SECONDS s"
	done
}

fuzz() {
	"$build/linux" mem=1G console=tty kunit_shutdown=halt \
		kunit.filter_glob=dsr_fuzz dsr_kunit.fuzz_packets="$packets" \
		dsr_kunit.fuzz_seed="$seed" </dev/null 2>&1 |
		tee "$console" |
		sed -un 's/^ *ok .* packets up to \([0-9]*\).*/\1/p' | progress
}

prepare kasan tests/kunit/.kunitconfig tests/kunit/kasan.config
step "building the KUnit kernel, kasan$first" "$log" kunit build
say "$packets random packets, seed $seed, about 30 s for a million"
SECONDS=0
fuzz || :
say "$(awk '/came to the hook/ { n += $3 } END { print n + 0 }' "$console")" \
	"of them came to the hook"
tap "$packets packets through the parser and the hook" \
	grep -qx 'ok 1 dsr_fuzz' "$console"
tap "the kernel's log has no report of an error" clean_log "$console"
tap_done

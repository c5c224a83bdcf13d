#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# coverage.sh: which lines of the datapath the KUnit suites run, as a table.
# Fails if it is less than nine in ten of them.
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"
inside bookworm "$@"
# shellcheck source=tests/kunit/lib.sh
. "$top/tests/kunit/lib.sh"

files=(parse map flow frag affinity hook xmit oversize echo reset sched_wrr)
least=90
console=/out/log/kunit-coverage.console

suites() {
	"$build/linux" mem=1G console=tty kunit_shutdown=halt \
		dsr_kunit.fuzz_packets=100000
}

# lines FILE: the percentage of its lines that were run, and how many it has.
lines() {
	gcov -n -o "$build/net/dsr/kmod" "$build/net/dsr/kmod/$1.gcda" |
		sed -n "/^File .*\/$1\.c'/{n;s/Lines executed:\(.*\)% of \(.*\)/\1 \2/p}"
}

table() {
	local file
	for file in "${files[@]}"; do
		echo "$file.c $(lines "$file")"
	done | awk -v least="$least" '
		NF != 3 { print "no figures for " $1; bad = 1; next }
		{ printf "%-14s %6.1f %% of %4d lines\n", $1, $2, $3
		  run += $2 * $3 / 100; all += $3 }
		END { printf "%-14s %6.1f %% of %4d lines\n", "total",
			100 * run / all, all
		      exit bad || 100 * run < least * all }'
}

prepare coverage tests/kunit/.kunitconfig tests/kunit/coverage.config
step "building the KUnit kernel, with gcov$first" "$log" kunit build
step "running the suites" "$console" suites
! grep '^not ok' "$console" || die "a suite failed: see $console"
table || die "less than $least % of the lines were run"

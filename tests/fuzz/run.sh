#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# run.sh [N [FIRST [FUZZER…]]]: feed the parsers of dsrctl, all or these, with N
# texts that are nearly right, under sanitizers. Says which text ended one, if
# any did.
set -euo pipefail
cd "$(dirname "$0")/../.."

n=${1:-100000} first=${2:-1}
# Always the same, or ccache would not know the compiler's words again.
work=/tmp/dsr-fuzz
mkdir "$work"
trap 'rm -rf "$work"' EXIT

# died FUZZER NAME: say by what.
died() {
	local text
	tail -n 60 "$work/log"
	text=$(sed -n 's/^text //p' "$work/log")
	echo "$2: ended by text ${text:-?}:"
	[ -z "$text" ] || "$1" show "$text"
	exit 1
}

make -s -C tests/fuzz O="$work"
[ $# -gt 2 ] || set -- "$n" "$first" "$work"/fuzz_*
for fuzzer in "${@:3}"; do
	name=${fuzzer##*/} name=${name#fuzz_}
	echo "$name: texts $first to $((first + n - 1))"
	"$work/fuzz_$name" "$n" "$first" 2>"$work/log" ||
		died "$work/fuzz_$name" "$name"
done

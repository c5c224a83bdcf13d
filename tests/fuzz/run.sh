#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# run.sh [N [FIRST]]: feed each parser of dsrctl with N texts that are nearly
# right, under sanitizers. Says which text ended one, if any did.
set -euo pipefail
cd "$(dirname "$0")/../.."

n=${1:-100000} first=${2:-1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export FUZZ_AT=$work/at

make -s -C tests/fuzz O="$work"
for fuzzer in "$work"/fuzz_*; do
	name=${fuzzer##*/fuzz_}
	echo "$name: texts $first to $((first + n - 1))"
	"$fuzzer" "$n" "$first" 2>"$work/log" || {
		tail -n 60 "$work/log"
		echo "$name: ended by text $(xargs <"$work/at"):"
		"$fuzzer" show "$(xargs <"$work/at")"
		exit 1
	}
done

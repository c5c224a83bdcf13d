#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# gauge.sh [--record]: whether a packet of an established flow takes more
# instructions than recorded.json says; or build, and print what it would say
# now. Counted is what a packet takes more than one that is dropped at ingress.
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../tests/vm/lib.sh"
inside bookworm "$@"
# shellcheck source=tests/tap.sh
. "$top/tests/tap.sh"

samples=$(mktemp)
# In percent: what the same source varies by is a tenth of it.
allowed=5

measure() {
	tests/vm/boot.sh --icount yes bench/instructions.sh 1000 drop dsr \
		>"$samples"
}

# net: instructions per packet.
net() {
	awk '{ n[$4] = $10 / $9 } END { printf "%.0f\n", n["dsr"] - n["drop"] }' \
		"$samples"
}

arrived() {
	awk '{ lost += $4 == "dsr" && $7 != $8 } END { exit lost > 0 || NR < 2 }' \
		"$samples"
}

not_grown() {
	local recorded got
	recorded=$(jq .established bench/recorded.json)
	got=$(net)
	echo "$got instructions, $recorded recorded; make bench-record if that" \
		"is as it shall be"
	[ $((got * 100)) -le $((recorded * (100 + allowed))) ]
}

if [ "${1:-}" = --record ]; then
	tests/build/module.sh 6.1 >&2
	tests/build/userspace.sh >&2
	measure
	arrived
	echo "{ \"established\": $(net) }"
	exit
fi
tap "the machine measured" measure
tap "every packet arrived" arrived
tap "an established flow takes no more instructions than recorded" not_grown
tap_done

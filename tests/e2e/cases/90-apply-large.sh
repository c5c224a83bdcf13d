#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Ten thousand services of ten servers each are applied, compared and saved in
# good time: natively (--kernel uml --mem 2048) in that which is said, and
# where the CPU is emulated in twenty times that.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

cd $lab

large() {
	awk 'BEGIN {
		print "services:"
		for (i = 0; i < 10000; i++) {
			printf "  - service: tcp 198.18.%d.%d:80\n", i / 250, i % 250
			print "    scheduler: rr\n    servers:"
			for (j = 0; j < 10; j++)
				printf "      - {address: 10.0.0.%d, weight: %d, mac: 02:00:00:00:00:%02d, dev: eth0}\n", 11 + j, j + 1, j + 11
		}
	}'
}

slower=20
[ "$DSR_KERNEL" != uml ] || slower=1

# takes_less SECONDS CMD…
takes_less() {
	local limit=$(($1 * slower)) start=${EPOCHREALTIME/./} took
	shift
	"$@" >/dev/null
	took=$((${EPOCHREALTIME/./} - start))
	echo "# $* took $((took / 1000)) ms" >&3
	[ $took -lt $((limit * 1000000)) ] || {
		echo "took $took us"
		return 1
	}
}

exec 3>&1
large >large.yaml
sed '50004s/weight: [0-9]*/weight: 77/' large.yaml >one.yaml
tap "applied within 5 s" takes_less 5 ctl apply large.yaml
tap "there are all of them" same "10000 100000" \
	"$(ctl -j config show | jq -r '.[0] | "\(.services) \(.servers)"')"
tap "the same again within 1 s" takes_less 1 ctl apply large.yaml
tap "compared within 1 s" takes_less 1 ctl apply one.yaml dry-run
tap "one line is one line" same 1 "$(ctl apply one.yaml dry-run | wc -l)"
tap "saved within 1 s" takes_less 1 ctl save large.saved
tap "and one of them changed" takes_less 2 ctl apply one.yaml
tap "all deleted" takes_less 5 ctl apply - <<<'services: []'
tap_done

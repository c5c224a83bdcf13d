#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# run.sh [quick]: build, measure and judge; see README.md. Fails if a verdict
# does. The results go to the work folder's bench/.
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../tests/vm/lib.sh"
enter=$top/tests/vm/enter.sh
boot=$top/tests/vm/boot.sh
extent=${1:-full}
[[ $extent = full || $extent = quick ]] || die "usage: run.sh [quick]"

# shellcheck disable=SC2317 # called by step
build() {
	"$enter" bookworm tests/build/module.sh uml
	[ "$extent" = quick ] || "$enter" bookworm tests/build/module.sh 6.1
	"$enter" bookworm tests/build/userspace.sh
}

"$top/tests/vm/root.sh" bookworm >/dev/null
step "building the module for Linux 6.1 as a program, and dsrctl" \
	"$work/log/bench-build.log" build
say "measuring time, about $([ "$extent" = quick ] && echo 1 || echo 6) min"
"$boot" --kernel uml --mem 3072 --timeout 1200 \
	bench/rig.sh /out/bench/samples "$extent"
if [ "$extent" = full ]; then
	say "counting instructions, about 1 min"
	"$boot" --icount yes bench/instructions.sh 1000 drop null null-ingress \
		forward nft-jhash ipvs-wrr dsr dsr-ingress \
		>>"$work/bench/samples"
fi
rc=0
"$enter" bookworm bench/report.py /out/bench/samples /out/bench "$extent" ||
	rc=$?
say "results.json and the plots: $work/bench"
exit $rc

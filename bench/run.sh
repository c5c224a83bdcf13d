#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# run.sh: build and measure, in virtual machines; see instructions.sh.
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../tests/vm/lib.sh"
enter=$top/tests/vm/enter.sh

build_both() {
	"$enter" bookworm tests/build/module.sh 6.1
	"$enter" bookworm tests/build/userspace.sh
}

"$top/tests/vm/root.sh" bookworm >/dev/null
step "building the module for Linux 6.1, and dsrctl" \
	"$work/log/bench-build.log" build_both
say "measuring, about a minute"
exec "$top/tests/vm/boot.sh" --icount yes bench/instructions.sh

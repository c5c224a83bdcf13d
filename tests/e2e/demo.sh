#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# demo.sh: shows a person what dsr does, in a virtual machine. What it needs is
# installed and built first; nothing else on this machine changes.
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"

enter=$top/tests/vm/enter.sh

# A full terminal shows progress; the details are kept.
build() {
	step "building the module for Linux 6.1, and dsrctl" \
		"$work/log/demo-build.log" build_both
}

build_both() {
	"$enter" bookworm tests/build/module.sh 6.1
	"$enter" bookworm tests/build/userspace.sh
}

colour=
[ ! -t 1 ] || [ -n "${NO_COLOR:-}" ] || colour=--colour

[ "$(id -u)" = 0 ] ||
	die "needs root, for a Debian folder to boot from: try sudo make demo"
cat >&2 <<END
# A virtual machine will play a client, a director and three real servers on
# one network. Its tools are in $cache; nothing else changes.
END
"$top/tests/vm/root.sh" bookworm >/dev/null
build
# One CPU: starting a program is twice as quick then.
say "booting the virtual machine, about 10 seconds"
exec "$top/tests/vm/boot.sh" --smp 1 tests/e2e/story.sh $colour

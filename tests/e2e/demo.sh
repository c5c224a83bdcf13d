#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# demo.sh: see it work. Builds the module and dsrctl, boots the lab and shows
# what tests/e2e/story.sh tells.
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"
cd "$top"

[ "$(id -u)" = 0 ] || die "needs root, for a Debian folder and a virtual machine"

look=plain
[ ! -t 1 ] || [ -n "${NO_COLOR:-}" ] || look=colour

tests/vm/root.sh bookworm >/dev/null
step "building the module for Debian's 6.1" "$work/log/demo-module.log" \
	tests/vm/enter.sh bookworm tests/build/module.sh 6.1
step "building dsrctl" "$work/log/demo-userspace.log" \
	tests/vm/enter.sh bookworm tests/build/userspace.sh
say "booting a virtual machine with six network namespaces in it"
# One CPU: on two, veth may change the order of packets before the director.
exec tests/vm/boot.sh --smp 1 tests/e2e/story.sh "$look"

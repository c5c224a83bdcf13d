#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Builds the module for every kernel and dsrctl, without a warning. What the
# virtual machine needs of it is then in /out/build: KERNEL/dsr.ko, dsrctl.
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"
# shellcheck source=tests/tap.sh
. "$top/tests/tap.sh"

enter=$top/tests/vm/enter.sh
"$enter" bookworm tests/vm/kernel.sh debug >/dev/null
"$enter" sid tests/vm/newest-kernel.sh

tap "the module builds for 6.1 without a warning" \
	"$enter" bookworm tests/build/module.sh 6.1
tap "the module builds for 6.12 without a warning, by sparse too" \
	"$enter" bookworm tests/build/module.sh 6.12 C=1
tap "the module builds for the newest kernel without a warning" \
	"$enter" sid tests/build/module.sh newest
tap "the module builds for the debug kernel without a warning" \
	"$enter" bookworm tests/build/module.sh debug
tap "dsrctl builds without a warning" \
	"$enter" bookworm tests/build/userspace.sh
tap_done

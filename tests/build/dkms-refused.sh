#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# dkms-refused.sh: the part of dkms.sh that runs in a virtual machine whose
# kernel enforces signatures: it takes the module neither as DKMS has signed it
# nor unsigned, and docs/install.md has the words that it says so with.
set -euxo pipefail

tar -x -f /out/dkms.tar --keep-directory-symlink -C /
module=$(modinfo -n dsr)

# refuses FILE WORDS
refuses() {
	local said
	if said=$(insmod "$1" 2>&1); then
		return 1
	fi
	grep -F 'Key was rejected by service' <<<"$said"
	dmesg | tail -n 1 | grep -F "$2"
	grep -F "\`$2\`" docs/install.md
}

refuses "$module" 'Loading of module with unavailable key is rejected'
strip --strip-debug -o /tmp/dsr.ko "$module"
refuses /tmp/dsr.ko 'Loading of unsigned module is rejected'
[ ! -e /sys/module/dsr ]

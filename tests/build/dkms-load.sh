#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# dkms-load.sh VERSION: the part of dkms.sh that runs in the virtual machine.
set -euxo pipefail

version=$1
tar -x -f /out/dkms.tar --keep-directory-symlink -C /

modinfo -n dsr | grep "^/lib/modules/$(uname -r)/updates/dkms/"
# The kernel itself has it loaded, by the name of the family.
[ ! -e /sys/module/dsr ]
genl ctrl get name dsr
[ "$(cat /sys/module/dsr/version)" = "$version" ]
rmmod dsr

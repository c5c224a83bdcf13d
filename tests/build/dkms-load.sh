#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# dkms-load.sh VERSION: the second half of dkms.sh, in the virtual machine.
set -euxo pipefail

version=$1
tar -x -f /out/dkms.tar --keep-directory-symlink -C /

modinfo -n dsr | grep "^/lib/modules/$(uname -r)/updates/dkms/"
modprobe dsr
[ "$(cat /sys/module/dsr/version)" = "$version" ]
rmmod dsr

dkms remove -m dsr -v "$version" --all
[ -z "$(dkms status -m dsr)" ]
[ -z "$(find /lib/modules /var/lib/dkms -name 'dsr.ko*')" ]
if modprobe dsr; then exit 1; fi

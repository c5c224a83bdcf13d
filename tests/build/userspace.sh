#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Build dsrctl into /out/build. Runs inside the Debian root.
set -euo pipefail

dir=/out/build/userspace
rm -rf "$dir"
mkdir -p "$dir"
cp -r dkms.conf uapi userspace "$dir"
make -C "$dir/userspace" CFLAGS="-O2 -g -Wall -Wextra -Werror"
cp "$dir/userspace/build/dsrctl" /out/build/dsrctl

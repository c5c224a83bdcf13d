#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# newest-kernel.sh: put Debian's newest kernel, which lives in the Debian root
# "sid", where the virtual machine of the root "bookworm" finds it: /cache. Its
# name there is complete only when it is. Runs inside the root sid.
set -euo pipefail

image=$(compgen -G "/boot/vmlinuz-*" | sort -V | tail -n 1)
version=${image#/boot/vmlinuz-}
dir=/cache/newest-$version
exec 9>/cache/newest.lock
flock 9
[ ! -d "$dir" ] || exit 0
rm -rf "$dir.new"
mkdir -p "$dir.new/lib/modules"
cp "$image" "$dir.new/vmlinuz"
cp -r "/lib/modules/$version" "$dir.new/lib/modules"
rm -f "$dir.new/lib/modules/$version"/{build,source}
mv "$dir.new" "$dir"

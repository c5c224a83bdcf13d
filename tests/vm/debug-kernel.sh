#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# debug-kernel.sh: print the folder of the debug kernel, and build it first if
# it is not there with the present configuration. Runs inside the Debian root.
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

source=/usr/src/linux-source-6.12
config=$top/tests/vm/debug.config
version=$(make -s -C "$source" kernelversion)
dir=/cache/debug-$version

kmake() { make -C "$source" O="$dir" "$@"; }

build() {
	rm -f "$dir/complete"
	mount --bind /src "$source/net/dsr"
	kmake tinyconfig
	cat "$config" >>"$dir/.config"
	kmake olddefconfig
	complete_config
	kmake -j"$(nproc)"
	kmake modules_install INSTALL_MOD_PATH="$dir/install"
}

# An option that is gone or lacks what it depends on would vanish silently.
complete_config() {
	! grep -E '^(CONFIG|# CONFIG)_' "$config" |
		grep -vxFf "$dir/.config" | sed 's/^/not taken: /' | grep .
}

mkdir -p "$dir"
exec 9>"$dir.lock"
flock 9
if ! cmp -s "$config" "$dir/complete"; then
	step "building the debug kernel (once, about 8 minutes)" \
		"$dir.log" build
	cp "$config" "$dir/complete"
fi
echo "$dir"

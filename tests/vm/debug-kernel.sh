#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# debug-kernel.sh: print the folder of the debug kernel, and build it first if
# it is not there. Runs inside the Debian root.
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

source=/usr/src/linux-source-6.12
config=$top/tests/vm/debug.config
version=$(make -s -C "$source" kernelversion)
dir=/cache/debug-$version-$(sha256sum "$config" | cut -c1-12)

kmake() { make -C "$source" O="$dir" "$@"; }

build() {
	mount --bind /src "$source/net/dsr"
	kmake tinyconfig
	"$source/scripts/kconfig/merge_config.sh" -m -O "$dir" \
		"$dir/.config" "$config"
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
if [ ! -e "$dir/complete" ]; then
	step "building the debug kernel (once, about 7 minutes)" \
		"$dir.log" build
	touch "$dir/complete"
fi
echo "$dir"

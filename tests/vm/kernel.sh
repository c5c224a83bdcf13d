#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# kernel.sh debug|uml: print the folder of a kernel that we build, and build it
# first if it is not there with the present configuration, NAME.config. Runs
# inside the Debian root.
#
# debug: Linux 6.12 with every check on, for races.
# uml: Linux 6.1 as a program, which runs natively, for speed.
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

name=${1:?usage: kernel.sh debug|uml}
case $name in
debug) source=/usr/src/linux-source-6.12 arch=x86 ;;
uml) source=/usr/src/linux-source-6.1 arch=um ;;
*) die "no such kernel: $name" ;;
esac
config=$top/tests/vm/$name.config
version=$(make -s -C "$source" kernelversion)
# Two checkouts that differ in this build one each, not in turns the same one.
dir=/cache/$name-$version-$(cksum <"$config" | cut -d' ' -f1)

kmake() { make -C "$source" O="$dir" ARCH="$arch" "$@"; }

build() {
	rm -f "$dir/complete"
	[ ! -d "$source/net/dsr" ] || mount --bind /src "$source/net/dsr"
	# What is measured is to be an ordinary kernel, what is checked a small one.
	[ "$name" != debug ] || kmake tinyconfig
	[ "$name" = debug ] || rm -f "$dir/.config"
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
	step "building the $name kernel (once, 4 to 8 minutes)" \
		"$dir.log" build
	cp "$config" "$dir/complete"
fi
echo "$dir"

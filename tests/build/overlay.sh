# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A writable layer over the Debian root, which is read-only, for what installs
# something. All that changes is in /tmp/upper then.

overlay_root() {
	local dir
	mkdir /tmp/upper /tmp/work /tmp/root
	mount -t overlay -o lowerdir=/,upperdir=/tmp/upper,workdir=/tmp/work \
		overlay /tmp/root
	for dir in cache dev out proc sys; do
		mount --rbind "/$dir" "/tmp/root/$dir"
	done
}

# root CMD…: run CMD in it.
root() { chroot /tmp/root "$@"; }

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# enter.sh NAME CMD…: run CMD inside the Debian root NAME, which is read-only.
# It sees the checkout, read-only, at /src, where it starts, the checkout's
# work folder at /out, and what all checkouts share, as built kernels, at
# /cache: what a compiler has made of the same sources before, too.
#
# The mounts and processes live in namespaces of their own: when this script
# ends, by whatever signal, nothing of them is left.
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2317 # called in the namespaces
mounts() {
	mount --bind "$root" "$root"
	mount -o remount,bind,ro "$root"
	mount --bind "$top" "$root/src"
	mount -o remount,bind,ro "$root/src"
	mount --bind "$work" "$root/out"
	mount --bind "$shared" "$root/cache"
	mount --rbind /dev "$root/dev"
	mount --rbind /sys "$root/sys"
	mount -t proc proc "$root/proc"
	# Where the memory of Linux as a program is: in huge pages, as a kernel's.
	mount -t tmpfs -o mode=1777,huge=always tmpfs "$root/dev/shm" ||
		mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
	mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
	mount -t tmpfs tmpfs "$root/run"
}

# The shell stays as process 1, which treats signals in a way of its own; CMD
# must not.
# shellcheck disable=SC2317 # called in the namespaces
run() {
	mounts
	exec chroot "$root" /usr/bin/env -i \
		PATH=/usr/lib/ccache:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp \
		CCACHE_DIR=/cache/ccache CCACHE_MAXSIZE=2G LANG=C.UTF-8 \
		TERM="${TERM:-dumb}" DSR_ROOT="$name" \
		/bin/sh -c 'cd /src && "$@"; exit $?' sh "$@"
}

name=${1:?usage: enter.sh NAME CMD…}
shift
[ "$(id -u)" = 0 ] || die "needs root: it mounts the Debian root's folders"
root=$("$top/tests/vm/root.sh" "$name")
mkdir -p "$work" "$shared"

export name root shared top work
export -f mounts run
# unshare itself ignores SIGTERM, hence the trap; pdeathsig is for SIGKILL.
setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child \
	bash -euc 'run "$@"' bash "$@" <&0 &
pid=$!
trap 'kill -KILL "$pid" 2>/dev/null || :' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
rc=0
wait "$pid" || rc=$?
exit "$rc"

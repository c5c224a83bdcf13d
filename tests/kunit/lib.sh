# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # the variables are for those who source this
# Shared by the scripts here: the KUnit kernel, a UML with the module built in
# as net/dsr.

source=/usr/src/linux-source-6.12

# prepare FLAVOUR CONFIG…: have a build folder, $build, that no other run
# touches meanwhile, for a kernel of these configurations put together.
prepare() {
	flavour=$1
	shift
	build=/cache/kunit-$flavour-$(make -s -C "$source" kernelversion)
	log=/out/log/kunit-$flavour.log
	mkdir -p "$build"
	exec 9>"$build.lock"
	flock 9
	# Another checkout may have built here last: its objects would look new.
	rm -rf "$build/net/dsr"
	mount --bind /src "$source/net/dsr"
	cat "$@" >/tmp/kunitconfig
	first=
	[ -f "$build/linux" ] || first=" (the first time takes 5 minutes)"
}

# kunit build|run ARG…
kunit() {
	local command=$1
	shift
	cd "$source" || return
	PYTHONDONTWRITEBYTECODE=1 tools/testing/kunit/kunit.py "$command" \
		--kunitconfig=/tmp/kunitconfig --build_dir="$build" \
		--jobs="$(nproc)" "$@"
}

# clean_log FILE: a report of KASAN or lockdep does not fail a test by itself.
# What UML says before the suites is not ours.
clean_log() {
	local report='BUG:|WARNING:|KASAN|INFO: |suspicious RCU'
	sed -n '/KTAP version/,$p' "$1" >/tmp/log
	[ -s /tmp/log ]
	! grep -E -A20 "$report" /tmp/log
}

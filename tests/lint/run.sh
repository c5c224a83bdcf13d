#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What can be said of the sources without building them. Runs inside the
# Debian root.
set -euo pipefail
# shellcheck source=tests/tap.sh
. tests/tap.sh

kernel=/usr/src/linux-source-6.12
generated=(uapi/linux/dsr.h kmod/netlink_gen.h kmod/netlink_gen.c)

# once FILE… -- CMD…: CMD, unless it has found these very files good before. It
# is slow, and reads nothing else.
once() {
	local files=() good
	while [ "$1" != -- ]; do
		files+=("$1")
		shift
	done
	shift
	good=$({
		echo "$@"
		stat -c "%n %s %Y" "$(command -v "$1")"
		sha256sum "${files[@]}"
	} | sha256sum)
	good=/cache/lint/${good%% *}
	[ ! -e "$good" ] || return 0
	"$@" && mkdir -p /cache/lint && : >"$good"
}

scripts() { grep -rlE --exclude-dir=.git '^(#!/bin/(ba)?sh|# shellcheck shell)' .; }

shell_scripts() {
	local files sourced file rc=0
	mapfile -t files < <(scripts | sort)
	mapfile -t sourced < <(grep -l '^# shellcheck shell' "${files[@]}")
	for file in "${files[@]}"; do
		once "$file" "${sourced[@]}" -- shellcheck -x "$file" || rc=1
	done
	return $rc
}

spelling() {
	# "Nd" names a section to mdoc; "iif" is how the kernel calls an interface;
	# ACI is Cisco's; "fo" is a scheduler of IPVS; and users misspell words,
	# which dsrctl is to help with.
	codespell --skip=.git,COPYING \
		--ignore-words-list=aci,nd,iif,fo,chekc,sourc,windowz .
}

manual() {
	# -W warning: style remarks do not count.
	mandoc -T lint -W warning userspace/man/*.[1-9]
}

spec() {
	local file
	mkdir -p /tmp/generated
	tests/lint/regen.sh "$kernel" /tmp/generated
	for file in "${generated[@]}"; do
		diff -u "$file" "/tmp/generated/$file"
	done
}

versions() {
	! grep -rnE 'LINUX_VERSION_CODE|KERNEL_VERSION' kmod |
		grep -v '^kmod/compat.h:'
}

kernel_style() {
	local files file rc=0
	mapfile -t files < <(find kmod tests/kunit bench -name '*.[ch]' \
		! -name 'netlink_gen.*' | sort)
	for file in "${files[@]}"; do
		once "$file" -- "$kernel/scripts/checkpatch.pl" --no-tree \
			--terse --no-summary --show-types --ignore \
			LINUX_VERSION_CODE,CONSTANT_COMPARISON \
			--file "$file" || rc=1
	done
	return $rc
}

licences() {
	! find kmod userspace uapi tests bench \( -name '*.[ch]' -o -name '*.sh' \
		-o -name '*.py' -o -name '*.yaml' \) -print0 |
		xargs -0 grep -L SPDX-License-Identifier | grep .
}

# What a packet of a service passes, from top to bottom.
datapath() {
	sed '/^\/\* Registration \*\//q' kmod/hook.c
	sed -n '/^struct dsr_window {/,$p' kmod/parse.h
	cat kmod/parse.c kmod/xmit.c
	sed -n '/dsr_affinity_kept(/,$p' kmod/affinity.h
	sed '/^\/\* Construction \*\//q' kmod/map.c
	sed -n '/^static.* dsr_cursor_mod(/,/^}/p; /^static.* dsr_cursor_next(/,/^}/p' \
		kmod/sched_cursor.h
	sed -n '/dsr_wrr_pick(/,/^}/p' kmod/sched_wrr.c
}

# one_sitting: without blank lines and comments, which the compiler leaves out.
one_sitting() {
	local lines
	lines=$(datapath | gcc -fpreprocessed -dD -E -P -x c - | grep -c .)
	echo "the datapath has $lines lines of code"
	[ "$lines" -lt 1000 ]
}

tap "shellcheck finds nothing" shell_scripts
tap "codespell finds nothing" spelling
tap "the manual page is well formed" manual
tap "the generated sources match uapi/dsr.yaml" spec
tap "kernel versions are tested in kmod/compat.h only" versions
tap "checkpatch finds nothing" kernel_style
tap "the datapath can be read in one sitting" one_sitting
tap "every source file names its licence" licences
tap_done

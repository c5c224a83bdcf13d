#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# run.sh [--update]: test dsrctl without a kernel module. Builds it, as it is
# and with sanitizers, and plays the transcripts in cases/ with either.
# --update writes into them what dsrctl prints now; read the difference.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/unit/transcript.sh
. tests/unit/transcript.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset NO_COLOR FAKE
export LC_ALL=C.UTF-8 TERM=dumb

build() { # FOLDER [SAN=1]
	make -s -C userspace O="$work/$1/userspace" "${@:2}" \
		CFLAGS='-O1 -g -Werror'
	make -s -C tests/unit O="$work/$1" "${@:2}" CFLAGS='-O1 -g -Werror'
}

# with FOLDER CMD…: CMD finds the dsrctl built there.
with() { PATH=$work/$1:$PATH "${@:2}"; }

# --- The manual page ---------------------------------------------------------

# The text of the page on one line, without the overstriking of bold letters.
manual() {
	mandoc -T utf8 userspace/man/dsrctl.8 | sed 's/.\x08//g' |
		tr -s ' \n' ' '
}

in_manual() { grep -qF -- "$1" <<<"$manual"; }

well_formed() { mandoc -T lint -W warning userspace/man/dsrctl.8; }

# Every command line that help lists.
usages() { with plain dsrctl help | sed -n 's/^  dsrctl/dsrctl/p'; }

# The names of the entries of an enum in the specification.
entries() {
	awk -v enum="name: $1" '
		/^attribute-sets:/ { exit }
		/^    name: / { on = substr($0, 5) == enum }
		on && /^        name: / { print $2 }' uapi/dsr.yaml
}

# Every keyword of a command, with its value, as its help has it.
keywords() {
	with plain dsrctl help "$@" |
		sed -nE 's/^  ([a-z][a-z-]*( [^ ]+)?)( .*)?$/\1/p'
}

# The names of what doctor may find.
findings() {
	sed -nE 's/^\t\t"([a-z-]+)", (FAULT|WARNING|NOTE),.*/\1/p' \
		userspace/doctor_find.c
}

# What dsrctl shows of the kernel that is not there, all of it.
shown() {
	with plain dsrctl -j stats
	with plain dsrctl -j server show
	with plain dsrctl flow show
}

json_keys() {
	sed -nE 's/^\| +"([a-z_]+)":.*/\1/p' tests/unit/cases/*.txt | sort -u
}

# has_help OBJECT [VERB]: its help begins with its usage.
has_help() { grep -qF -- "dsrctl $*" <<<"$(with plain dsrctl help "$@")"; }

check_manual() {
	local line word manual
	manual=$(manual)
	tap "manual: is well formed" well_formed
	while read -r line; do
		tap "manual: has '$line'" in_manual "$line"
	done < <(usages)
	for word in $(entries echo) $(entries nexthop-state) \
		$(entries reason) $(entries hash-on) $(entries lost) \
		$(entries midflow) $(entries flow-state) $(json_keys) \
		$(findings); do
		tap "manual: explains $word" in_manual "$word"
	done
	while read -r line; do
		tap "manual: has keyword $line" in_manual "$line"
	done < <(keywords service add && keywords server add &&
		keywords server drain && keywords flow flush &&
		keywords settings set && keywords doctor)
	for word in --json --stats --netns --version --help --wait \
		--timeout --watch; do
		tap "manual: has $word" in_manual " $word"
	done
}

check_names() {
	local word shown
	shown=$(shown)
	for word in $(entries nexthop-state) $(entries reason) \
		$(entries flow-state); do
		tap "names: has $word" grep -qwF -- "$word" <<<"$shown"
	done
}

check_help() {
	local line
	while read -r _ object verb _; do
		case $object in
		version | help) ;;
		*) tap "help: has $object $verb" has_help "$object" "$verb" ;;
		esac
	done < <(usages)
}

# --- The Makefile ------------------------------------------------------------

installed() { (cd "$work/root" && find . -type f -printf '%m %p\n' | sort); }

installs() {
	make -s -C userspace O="$work/plain/userspace" \
		DESTDIR="$work/root" PREFIX=/usr "$1"
}

check_install() {
	local want='644 ./usr/share/man/man8/dsrctl.8
755 ./usr/sbin/dsrctl'
	installs install &&
		diff <(echo "$want") <(installed) &&
		installs uninstall &&
		diff /dev/null <(installed)
}

same_version() {
	grep -qxF "PACKAGE_VERSION=\"$(with plain dsrctl -V | cut -d' ' -f2)\"" \
		dkms.conf
}

# -----------------------------------------------------------------------------

update() {
	local file
	build plain
	for file in tests/unit/cases/*.txt; do
		with plain play "$file" >"$work/new"
		cp "$work/new" "$file"
	done
}

check() {
	local file folder san
	for folder in plain sanitized; do
		san=()
		[ $folder = plain ] || san=(SAN=1)
		echo "building dsrctl ($folder)" >&2
		tap "$folder: builds without a warning" \
			build $folder "${san[@]}"
		tap "$folder: pure functions" "$work/$folder/pure_test"
		tap "$folder: doctor" "$work/$folder/doctor_test"
		for file in tests/unit/cases/*.txt; do
			with $folder check_transcript "$folder" "$file"
		done
	done
	check_help
	check_manual
	check_names
	tap "make: installs and uninstalls" check_install
	tap "make: the version is that of dkms.conf" same_version
	tap_done
}

case ${1:-} in
--update) update ;;
'') check ;;
*)
	echo "usage: run.sh [--update]" >&2
	exit 2
	;;
esac

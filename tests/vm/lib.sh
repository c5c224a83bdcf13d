# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # the variables are for those who source this
# Shared by every script of the harness: where things are, and how to report.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/dsr
# Two writable folders: one for all checkouts, with what is slow to build, and
# one per checkout, so that two clones never mix. Inside the Debian roots they
# are /cache and /out; /out also inside the virtual machine.
shared=$cache/shared
work=$cache/work/$(printf %s "$top" | cksum | cut -d' ' -f1)

die() { echo "${0##*/}: $*" >&2; exit 1; }
say() { echo "# $*" >&2; }

# step TEXT LOG CMD…: run a long command with its output in LOG and the time
# it has taken so far on the terminal; show the end of LOG if it fails.
step() {
	local text=$1 log=$2 start=$SECONDS pid tick=0 rc=0
	shift 2
	mkdir -p "$(dirname "$log")"
	say "$text"
	# A process group of its own, so that an interrupt ends all of it.
	set -m
	"$@" </dev/null >"$log" 2>&1 &
	pid=$!
	set +m
	trap 'kill -- -"$pid" 2>/dev/null; exit 130' INT TERM
	while kill -0 "$pid" 2>/dev/null; do
		sleep 0.2
		tick=$((tick + 1))
		[ $((tick % 150)) != 0 ] ||
			say "  still at it after $((SECONDS - start)) s"
	done
	wait "$pid" || rc=$?
	trap - INT TERM
	[ "$rc" = 0 ] || {
		say "failed ($rc); the end of $log:"
		tail -n 40 "$log" >&2
		return "$rc"
	}
	say "  done in $((SECONDS - start)) s"
}

# inside ROOT ARGS…: go on inside a Debian root, unless already there. Called
# first thing by scripts whose tools live in the root.
inside() {
	local root=$1 script
	shift
	[ "${DSR_ROOT:-}" = "$root" ] && return
	script=$(realpath "$0")
	exec "$top/tests/vm/enter.sh" "$root" "/src${script#"$top"}" "$@"
}

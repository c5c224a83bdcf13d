# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Transcripts: files that tell what dsrctl prints, which can be played again.
# A line is a comment after "#", a command after "$", as bash reads it, and
# what the command did after one of these:
#
#   ">"   what the kernel was asked
#   "|"   a line of the standard output
#   "!"   a line of the standard error
#   "="   the exit status, unless it is 0
#
# The caller has set $work, a folder of its own.
# shellcheck disable=SC2154

# marked MARK FILE: the file's lines, readable and marked; no space at the end.
marked() {
	[ ! -s "$2" ] || tr -d '\r' <"$2" | cat -v | sed "s/^/$1 /; s/ \$//"
}

# screen COLUMNS ROWS COMMAND: what such a terminal shows when it has ended.
screen() {
	TERM=vt100 script -qec "stty cols $1 rows $2; $3" /dev/null |
		tests/unit/screen.py "$1" "$2"
}

# play_command LINE: what it prints, as in a transcript.
play_command() {
	local rc=0 at=$work/play
	: >"$at.log"
	(
		export FAKE_LOG=$at.log
		eval "$1"
	) </dev/null >"$at.out" 2>"$at.err" || rc=$?
	[ ! -s "$at.log" ] || cat "$at.log"
	marked '|' "$at.out"
	marked '!' "$at.err"
	[ "$rc" = 0 ] || echo "= $rc"
}

# play FILE: the transcript with what the commands print now.
play() {
	local line
	while IFS= read -r line; do
		case $line in
		'$ '*)
			echo "$line"
			play_command "${line#\$ }"
			;;
		'' | '#'*) echo "$line" ;;
		esac
	done <"$1"
}

# section COMMAND FILE: what the transcript says of one command.
section() {
	WANTED="\$ $1" awk '/^\$ / { on = $0 == ENVIRON["WANTED"] }
		/^$/ || /^#/ { on = 0 } on' "$2"
}

# same_section COMMAND FILE PLAYED; where all is the same, each section is.
same_section() {
	[ "$same" = yes ] || diff -u --label expected --label got \
		<(section "$1" "$2") <(section "$1" "$3")
}

# check_transcript FILE: a result for each of its commands.
check_transcript() {
	local command played=$work/played.txt commands same=no
	play "$1" >"$played"
	! cmp -s "$1" "$played" || same=yes
	mapfile -t commands < <(sed -n 's/^\$ //p' "$1")
	for command in "${commands[@]}"; do
		tap "$command" same_section "$command" "$1" "$played"
	done
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The mistakes in tests/unit's transcripts, on the command line and in files,
# are made on a director that serves: each is refused in the same words, and
# what runs then is what ran before, of the same generation.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

[ "$(ip netns identify)" = director ] || exec ip netns exec director "$0"

transcripts=$PWD/tests/unit/cases
export LC_ALL=C.UTF-8 work=$lab
cd $lab

# state: all that runs, and which change it comes of.
state() {
	dsrctl save
	dsrctl -j config show
}

# mistake COMMAND STATUS TEXT: it fails so, and says TEXT.
mistake() {
	local rc=0 text
	text=$(eval "$1" 2>&1 >/dev/null </dev/null) || rc=$?
	text=${text% }
	[ "$text" = "$3" ] || text=$(cat -v <<<"$text")
	made=$((made + 1))
	if [ $rc != "$2" ] || [ "$text" != "$3" ]; then
		echo "$1 (status $rc)"
		diff <(echo "$3") <(echo "$text") || :
		wrong=$((wrong + 1))
	fi
}

# mistakes NAME EVERY: each so-manyth of a transcript; a file is not only
# checked but applied.
mistakes() {
	local line command='' text='' n=0
	while IFS= read -r line; do
		case $line in
		'$ '*) command=${line#\$ } text='' ;;
		'! '*) text+=${text:+$'\n'}${line#! } ;;
		'= '[12])
			command=${command/dsrctl config check -/dsrctl apply -}
			[ $((n++ % $2)) != 0 ] ||
				mistake "$command" "${line#= }" "$text"
			;;
		esac
	done <"$transcripts/$1.txt"
}

# all_refused NAME EVERY LEAST: there are so many of them, and none changes
# anything.
all_refused() {
	made=0 wrong=0
	mistakes "$1" "$2"
	echo "# $made mistakes" >&3
	[ $wrong = 0 ] && [ $made -ge "$3" ] && same "$before" "$(state)"
}

exec 3>&1
dsrctl apply - <<END
settings: {max-flows: 200000}
ingress: [eth0]
services:
  - service: tcp $vip:80
    servers: [${address[r1]}, {address: ${address[r2]}, weight: 3}]
  - service: udp $vip:53
    sessionless: on
    servers: [${address[r1]}]
END
before=$(state)
tap "mistakes in files are refused" all_refused config 1 100
tap "mistakes in commands are refused" all_refused refused 5 60
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# story.sh [--colour]: the demo, told while it happens. Runs in the virtual
# machine; see demo.sh.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh
# shellcheck source=tests/e2e/downloads.sh
. tests/e2e/downloads.sh

bold='' red='' green='' dim='' plain=''
if [ "${1:-}" = --colour ]; then
	bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' dim=$'\e[2m' plain=$'\e[m'
fi
proofs=() failures=0

title() { printf '\n%s%s%s\n\n' "$bold" "$*" "$plain"; }
text() { printf '  %s\n' "$@"; }
shown() { printf '  %s$ %s%s\n' "$dim" "$*" "$plain"; }

# proof NAME TEXT CMD…: one line of the list at the end; CMD must succeed.
proof() {
	local name=$1 text=$2 mark="$green✓$plain" output
	shift 2
	if ! output=$("$@" 2>&1); then
		mark="$red✗$plain"
		failures=$((failures + 1))
		text+=" $red(not so)$plain"
		echo "$output" >&2
	fi
	proofs+=("$(printf '  %s %-18s %s' "$mark" "$name" "$text")")
}

# centre WIDTH TEXT
centre() {
	local left=$((($1 - ${#2}) / 2))
	printf '%*s%s%*s' $left '' "$2" $(($1 - left - ${#2})) ''
}

live_address() { ip -j -n "$1" -4 addr show dev eth0 | jq -r '.[0].addr_info[0].local'; }
live_mac() { ip -j -n "$1" link show dev eth0 | jq -r '.[0].address'; }

# row CELL…: a row of the boxes below the switch.
row() {
	local cell line=''
	for cell; do
		line+="│$(centre 17 "$cell")│ "
	done
	echo "${line% }"
}

edges() {
	local edge=$1─────────────────$2
	echo "$edge $edge $edge $edge"
}

arrows() {
	local both="    $1         $2"
	echo "$both     $both     $both     $both"
}

picture() {
	echo "                              ┌─────────────────┐"
	echo "                              │$(centre 17 client)│"
	echo "                              │$(centre 17 "$(live_address client)")│"
	echo "                              │$(live_mac client)│"
	echo "                              └──┬───────────▲──┘"
	echo "                     requests to │           │ replies from"
	echo "                      $vip │           │ $vip"
	echo "════════════════════════════════ s w i t c h ══════════════════════════════════"
	arrows │ ▲
	arrows ▼ │
	edges ┌ ┐
	row director "real server r1" "real server r2" "real server r3"
	row "$(live_address director)" "$(live_address r1)" \
		"$(live_address r2)" "$(live_address r3)"
	row "$(live_mac director)" "$(live_mac r1)" "$(live_mac r2)" \
		"$(live_mac r3)"
	row "VIP on eth0" "VIP on lo" "VIP on lo" "VIP on lo"
	edges └ ┘
}

# typed CMD…: shown as typed on the director, and run.
typed() {
	shown "$*"
	at director "$@" | sed 's/^/  /'
}

set_up() {
	topology_up
	at client ethtool -K eth0 tx off tso off gso off >/dev/null
	nginx_up r1 r2 r3
	big_file
	insmod "$module"
	title "The network: $(uname -sr), dsr $(cat /sys/module/dsr/version)"
	picture
	echo
	text "The director gives a packet for the VIP, $vip, the MAC address of" \
		"a real server and sends it on, otherwise as it came. The server has" \
		"the VIP too, so it takes the packet and answers the client by itself."
}

bar() {
	local count=$1 line
	printf -v line '%*s' $((count / 6)) ''
	printf '  r%s  %s%s%s %s of 600\n' "$2" "$green" "${line// /█}" "$plain" \
		"$count"
}

# order FILE: who answered, in lines of six; how often a line comes in a row.
order() { xargs -n6 <"$1" | uniq -c | sed 's/^ *\([0-9]*\) /\1 times  /'; }

shares() {
	title "A service with three servers at weights 3, 2 and 1"
	typed dsrctl service add "${web[@]}"
	typed dsrctl server add "${web[@]}" 10.0.0.11 weight 3
	typed dsrctl server add "${web[@]}" 10.0.0.12 weight 2
	typed dsrctl server add "${web[@]}" 10.0.0.13
	wait_until 10 all_ready
	echo
	typed dsrctl service show

	title "600 requests by curl, one after the other, while tcpdump looks on"
	capture director director "ip src $vip"
	for name in client r1 r2 r3; do
		capture $name $name "ip dst $vip"
	done
	requests 600 >$lab/order
	captured
	text "answered in the order"
	text "$(order $lab/order | sed 's/^/  /')"
	echo
	text "and by nginx's logs"
	for n in 1 2 3; do
		bar "$(hits r$n)" $n
	done
}

sources() { sort -u $lab/r?/access.log | xargs; }

same_packets() { unchanged $lab/client.pcap; }

# tally: how often each line comes.
tally() { sort | uniq -c | awk '{ printf "%s%s %s", s, $2, $1; s = ", " }'; }

prove_shares() {
	local seen sent n
	seen=$(packets director "ip src $vip")
	sent=$(packets client "ip dst $vip")
	n=$(reason forwarded)
	proof "exact shares" "3:2:1 of 600 requests are $(hits r1)/$(hits r2)/$(hits r3)" \
		hits_are 300 200 100
	proof "" "in the order a b a c a b, 100 times" \
		same "100 times  r1 r2 r1 r3 r1 r2" "$(order $lab/order)"
	proof "client's address" "the servers saw $(sources), and no other" \
		same "${address[client]}" "$(sources)"
	proof "direct reply" "the director forwarded $n packets and saw $seen replies" \
		same "$sent 0" "$n $seen"
	proof "unchanged packets" "$(same_packets) are the same but for the MAC addresses" \
		same_packets
}

large_download() {
	local want got
	title "A download of 100 MB"
	want=$(sha256sum <$lab/file)
	get /file -o $lab/download -w '  %{size_download} bytes in %{time_total} s\n'
	got=$(sha256sum <$lab/download)
	rm $lab/download
	text "sha256 ${got%% *}"
	proof "large download" "100 MB have arrived and their sha256 matches" \
		same "$want" "$got"
}

changes() {
	local gone
	title "Six downloads run: three from r1, two from r2, one from r3"
	# A new service begins its sequence anew.
	ctl service del "${web[@]}"
	balance "${web[@]}" 3 2 1
	real_server_up r4
	nginx_up r4
	start_downloads 0 1 2 3 4 5
	typed dsrctl server del "${web[@]}" 10.0.0.11
	capture deleted r1 "ip dst $vip"
	typed dsrctl server add "${web[@]}" 10.0.0.14
	wait_until 5 all_ready
	requests 12 >$lab/answers
	text "12 more requests meanwhile: $(tally <$lab/answers)"
	proof "server added" "r4 answers while six downloads run" \
		grep -q r4 $lab/answers
	proof "" "which were not over" underway
	finish_downloads 0 1 2 3 4 5
	captured
	gone=$(packets deleted "ip dst $vip")
	text "the downloads from r2 and r3 have ended, those from r1 were reset"
	proof "server deleted" "r1 got $gone packets more" same 0 "$gone"
	proof "" "the three downloads from r2 and r3 are whole" whole 1 3 5
}

the_end() {
	title "What was proved"
	printf '%s\n' "${proofs[@]}"
	echo
	[ $failures = 0 ] || { text "$red$failures of these are not so$plain"; exit 1; }
}

mkdir -p $lab
set_up
shares
prove_shares
large_download
changes
rmmod dsr
proof "kernel's log" "no complaint; the module is unloaded" clean_log
the_end

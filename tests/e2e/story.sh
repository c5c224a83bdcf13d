#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# story.sh plain|colour: what the lab shows a person. Runs in the virtual
# machine; fails if anything that it says was proved was not.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

bold='' green='' red='' dim='' off=''
[ "$1" != colour ] || {
	bold=$'\e[1m' green=$'\e[32m' red=$'\e[31m' dim=$'\e[2m' off=$'\e[0m'
}
failures=0
weights=(3 2 1)
names=(r1 r2 r3)

doing() { echo "# $*" >&2; }

heading() { printf '\n%s%s%s\n\n' "$bold" "$*" "$off"; }

# proved TEXT CMD…: a line that CMD's success makes true.
proved() {
	local text=$1
	shift
	if "$@" >>$lab/story.log 2>&1; then
		printf '  %s✓%s %s\n' "$green" "$off" "$text"
	else
		printf '  %s✗ %s%s\n' "$red" "$text" "$off"
		failures=$((failures + 1))
	fi
}

picture() {
	cat <<-END
	  ┌───────────────────┐                           ┌───────────────────┐
	  │      client       │   request to $vip   │     director      │
	  │     ${address[client]}      │ ────────────────────────▶ │     ${address[director]}      │
	  │ $(mac_of client) │                           │ $(mac_of director) │
	  └───────────────────┘                           └─────────┬─────────┘
	       ▲                      same packet, another MAC      │
	       │          ┌──────────────────────┬──────────────────┴───┐
	       │          ▼                      ▼                      ▼
	       │ ┌───────────────────┐  ┌───────────────────┐  ┌───────────────────┐
	       │ │        r1         │  │        r2         │  │        r3         │
	       │ │     ${address[r1]}     │  │     ${address[r2]}     │  │     ${address[r3]}     │
	       │ │ $(mac_of r1) │  │ $(mac_of r2) │  │ $(mac_of r3) │
	       │ │     weight ${weights[0]}      │  │     weight ${weights[1]}      │  │     weight ${weights[2]}      │
	       │ └────────┬──────────┘  └────────┬──────────┘  └────────┬──────────┘
	       └──────────┴──────────────────────┴──────────────────────┘
	                reply from $vip, straight to the client
	END
}

# bar COUNT: a block for every six requests.
bar() {
	local i
	for ((i = 0; i < $1 / 6; i++)); do printf '█'; done
}

bars() {
	local k count
	for k in 0 1 2; do
		count=$(hits "${names[k]}")
		printf '  %s  weight %s  %s%s%s %s\n' "${names[k]}" \
			"${weights[k]}" "$green" "$(bar "$count")" "$off" \
			"$count"
	done
}

sources() { cat $lab/r[123]/access.log | sort -u; }

unchanged() {
	local name after=()
	for name in "${names[@]}"; do
		after+=("$(mac_of "$name")" "$lab/$name.pcap")
	done
	tests/e2e/unchanged.py $vip "$(mac_of client)" "$(mac_of director)" \
		$lab/client.pcap "${after[@]}"
}

shares() {
	local name
	nginx_up "${names[@]}"
	balance "${web[@]}" "${weights[@]}"
	for name in client director "${names[@]}"; do
		capture "$name" "$name"
	done
	doing "600 requests, each a connection of its own"
	requests 600 >$lab/order
	captured
	wait_until 5 hits_are 300 200 100 >>$lab/story.log || :

	heading "600 requests, one after the other"
	printf '  first twelve: %s …\n\n' "$(head -n 12 $lab/order | xargs)"
	bars
	echo
	proved "exactly 300, 200 and 100: weights 3 to 2 to 1" \
		hits_are 300 200 100
	proved "the servers saw the client's own address, ${address[client]}" \
		same "${address[client]}" "$(sources)"
	proved "the replies went straight to the client: of $(packets client \
		"ip src $vip") the director saw $(packets director \
		"ip src $vip")" same 0 "$(packets director "ip src $vip")"
	proved "unchanged but for MAC addresses: $(unchanged 2>/dev/null ||
		echo 0) packets, byte for byte" unchanged
}

# Counted by the kernel, whatever the module says.
received() {
	ip -j -s -n director link show dev eth0 | jq '.[].stats64.rx.bytes'
}

big() {
	local before after
	doing "a download of 100 MB"
	before=$(received)
	get /file -o $lab/download
	after=$(received)
	heading "A download of 100 MB"
	proved "it arrived whole: the checksums are the same" \
		same "$(sha256sum <$lab/file)" "$(sha256sum <$lab/download)"
	proved "the director carried $(((after - before) / 1000)) kB of requests\
 for it, and no reply" test $((after - before)) -lt 2000000
}

part=2500000
download() { get /slow -r "$(($1 * part))-$(($1 * part + part - 1))"; }

# A server less and a server more, while each of the others serves a download.
change() {
	local pids=() n
	ctl server set "${web[@]}" "${address[r1]}" weight 1
	ctl server set "${web[@]}" "${address[r2]}" weight 1
	doing "downloads from all servers, r1 is deleted and r4 added meanwhile"
	for n in 0 1 2; do
		download $n >"$lab/part.$n" 2>/dev/null &
		pids+=($!)
		wait_until 10 test -s "$lab/part.$n"
	done
	ctl server del "${web[@]}" "${address[r1]}"
	ctl server add "${web[@]}" "${address[r4]}"
	wait_until 5 all_ready
	requests 12 >$lab/answers
	wait "${pids[@]}" || :
}

whole() {
	local n count=0
	for n in 0 1 2; do
		! cmp -s -n $part -i $((n * part)):0 $lab/file "$lab/part.$n" ||
			count=$((count + 1))
	done
	echo $count
}

changes() {
	real_server_up r4
	nginx_up r4
	change
	heading "A server deleted and one added while downloads run"
	proved "the downloads from the other two servers are whole" \
		same 2 "$(whole)"
	proved "new requests go to r2, r3 and the added r4" \
		same "r2 r3 r4" "$(sort -u $lab/answers | xargs)"
}

rm -rf $lab
mkdir $lab
topology_up
# Else a packet has no checksum yet when it leaves the client.
at client ethtool -K eth0 tx off tso off gso off >/dev/null
insmod "$module"
heading "The lab: six machines around a switch, Linux $(uname -r)"
picture
big_file
shares
big
changes

heading "What dsrctl shows"
dsrctl -n director service show | sed 's/^/  /'
if [ $failures = 0 ]; then
	printf '\n%sAll of it worked.%s %sTry dsrctl help, or make check.%s\n' \
		"$green" "$off" "$dim" "$off"
else
	printf '\n%s%s of it did not work:%s\n' "$red" $failures "$off"
	tail -n 20 $lab/story.log
fi
exit $((failures > 0))

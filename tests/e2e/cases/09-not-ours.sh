#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What is for no service goes its usual way, and is counted as not ours.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

# counted N REASON CMD…: CMD succeeds and N packets more have this reason.
counted() {
	local more=$1 reason=$2 before forwarded
	shift 2
	before=$(reason "$reason") forwarded=$(reason forwarded)
	"$@"
	same "$((before + more)) $reason, 0 forwarded" \
		"$(reason "$reason") $reason, $(($(reason forwarded) - forwarded)) forwarded"
}

# listen MACHINE ADDRESS PORT [-u]: say its name to whoever calls.
listen() {
	local machine=$1
	echo "$machine" |
		at "$machine" nc -N "${@:4}" -l "$2" "$3" >/dev/null &
	wait_until 10 listening "$machine" "$3"
}

call() { at client nc -w 5 "$@" </dev/null; }

# answers NAME ADDRESS PORT: NAME does, and some packets were not ours.
answers() {
	local before
	before=$(reason not-ours)
	same "$1" "$(call "$2" "$3")"
	[ "$(reason not-ours)" -gt "$before" ]
}

udp_answer() { echo '?' | at client nc -u -w 1 $vip 80; }
big_datagram() { head -c 3000 /dev/zero | at client nc -u -q0 $vip 9; }

nginx_up r1
balance "${web[@]}" 1
ctl service add "${dns[@]}"

tap "the director answers a ping of the VIP" \
	counted 3 not-ours at client ping -q -c 3 -i 0.2 -W 5 $vip
listen director $vip 8080
tap "it answers on another port of the VIP" answers director $vip 8080
listen director $vip 80 -u
tap "it answers on the service's port by another protocol" \
	same director "$(udp_answer)"
listen director "${address[director]}" 80
tap "it answers on the service's port of its own address" \
	answers director "${address[director]}" 80

# A network behind the director, on r2.
at director sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=0
ip -n director route add 198.51.100.2 via "${address[r2]}"
ip -n r2 addr add 198.51.100.2/32 dev lo
ip -n client route add 198.51.100.2 via "${address[director]}"
listen r2 198.51.100.2 80
tap "it forwards as a router" answers r2 198.51.100.2 80

tap "it gets the fragments of a datagram for another port" \
	counted 3 not-ours big_datagram
tap "meanwhile the service works" same r1 "$(get /)"
tap_done

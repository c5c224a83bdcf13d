# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # lib.sh's, and for those who source this
# A second director, "standby", beside the first one, by the same file. Neither
# has got the virtual addresses.

# on NAME CMD…: dsrctl on that director.
on() { dsrctl -n "$1" "${@:2}"; }

pair_up() {
	address[standby]=10.0.0.5
	nodes standby
	ip -n director addr del "$vip/32" dev eth0
	ip -n director addr del "$vip6/128" dev eth0
}

# copied: the standby director's services are those of the first.
copied() {
	on director save "$lab/dsr.yaml"
	on standby apply "$lab/dsr.yaml"
	wait_until 10 on_all_ready
}

on_all_ready() {
	! on standby server show | tail -n +2 |
		grep -qvE '([0-9a-f]{2}:){5}[0-9a-f]{2} '
}

# holder VIP NAME: whom the client takes for it.
holder() {
	local got
	got=$(ip -n client neigh show "$1" | awk '{ print $5 }')
	[ "$got" = "$(mac_of "$2")" ] || { echo "$got"; return 1; }
}

# forwarded NAME: packets that this director has sent on.
forwarded() { on "$1" stats show | awk '$1 == "forwarded" { print $2 }'; }

# idle NAME CMD…: it forwards nothing meanwhile.
idle() {
	local name=$1 before
	shift
	before=$(forwarded "$name")
	"$@" >/dev/null
	same "$before" "$(forwarded "$name")"
}

# roles_are NAME ROWS: of all groups, as "group role services".
roles_are() {
	same "$2" "$(on "$1" -j role | jq -r '[.[] |
		"\(.group) \(.role) \(.services)"] | join(", ")')"
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A MAC address given by hand needs no neighbour entry; one that must not be
# sent to never is.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

set_mac() { ctl server set "${web[@]}" "${address[r1]}" mac "$1"; }

# unanswered: the service has no other server, so the packet is dropped.
unanswered() {
	local before rc=0
	before=$(reason forwarded)
	get / -s --connect-timeout 1 || rc=$?
	same "curl 28, $before forwarded" "curl $rc, $(reason forwarded) forwarded"
}

neighbour() { ip -n director neigh show "${address[r1]}"; }

nginx_up r1
ctl service add "${web[@]}"
ctl server add "${web[@]}" "${address[r1]}" mac "$(mac_of r1)"
tap "with a MAC address given the server is ready at once" \
	server_is r1 ready "$(mac_of r1)"
tap "and serves" same r1 "$(get /)"
tap "without an entry in the neighbour table" same '' "$(neighbour)"

set_mac "$(mac_of director)"
tap "the director's own MAC address is not used" server_is r1 own-mac
tap "nothing is sent" unanswered
tap "a multicast one is refused" refused 2 \
	'dsrctl: mac "01:00:5e:00:00:01" is a multicast address: give the MAC address of one server' \
	set_mac 01:00:5e:00:00:01
tap "and nothing has changed" server_is r1 own-mac

for mac in ff:ff:ff:ff:ff:ff 01:00:5e:00:00:01 "$(mac_of director)"; do
	state=bad-mac
	[ "$mac" != "$(mac_of director)" ] || state=own-mac
	set_mac auto
	ip -n director neigh replace "${address[r1]}" dev eth0 \
		lladdr "$mac" nud permanent
	tap "$mac in the neighbour table is not used" \
		wait_until 5 server_is r1 $state
	tap "nothing is sent to it" unanswered
done

ip -n director neigh del "${address[r1]}" dev eth0
tap "without it the server is found again" \
	wait_until 5 server_is r1 ready "$(mac_of r1)"
tap "and serves again" same r1 "$(get /)"
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Flows are handed over, to the module that takes this one's place and to
# another director, and connections go on.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh
# shellcheck source=tests/e2e/downloads.sh
. tests/e2e/downloads.sh

flows() { ctl flow show "${web[@]}" state established | tail -n +2 | sort; }

# Who asks for what, and of whom: all that must not change.
served() { awk '{ print $2, $3, $4 }' <<<"$1"; }

# Meanwhile nobody may answer the client, least of all the director itself.
hold() {
	at director nft -f - <<-END
	table ip hold {
		chain raw {
			type filter hook prerouting priority raw
			ip daddr $vip drop
		}
	}
	END
}

release() { at director nft delete table ip hold; }

# The servers in another order: by their turns flows would go elsewhere.
configure_again() {
	local name
	"$@" service add "${web[@]}" midflow drop
	for name in r3 r1 r2; do
		"$@" server add "${web[@]}" "${address[$name]}"
	done
}

# neighbour MACHINE: it is whom the client takes for the virtual address.
neighbour() {
	ip -n client neigh replace $vip dev eth0 lladdr "$(mac_of "$1")" \
		nud permanent
}

size=3000000
big_file
nginx_up r1 r2 r3
balance "${web[@]}" 1 1 1
start_downloads 0 1 2

before=$(flows)
tap "three downloads from a server each" \
	same "10.0.0.11 10.0.0.12 10.0.0.13" "$(awk '{ print $4 }' <<<"$before" | sort | xargs)"
hold
ctl flow export "${web[@]}" >$lab/flows
rmmod dsr
insmod "$module"
configure_again ctl
ctl flow import $lab/flows
release
tap "the next module has their flows" same "$(served "$before")" "$(served "$(flows)")"
tap "all this while the downloads ran" underway
finish_downloads 0 1 2
tap "which are whole" whole 0 1 2

address[standby]=10.0.0.5
nodes standby
as_director standby
neighbour director
start_downloads 3 4 5
configure_again dsrctl -n standby
ctl flow export | dsrctl -n standby flow import
neighbour standby
finish_downloads 3 4 5
tap "downloads that another director takes over are whole too" whole 3 4 5
tap "and it has seen to that" test \
	"$(dsrctl -n standby stats show | awk '$1 == "forwarded" { print $2 }')" -gt 100
tap_done

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # lib.sh and topology.sh have them
# r4, a machine that is to become a real server.

# real_server_without_vips: r4 with its program; the only server of both VIPs.
# The client believes what it hears last, at once.
real_server_without_vips() {
	at client sysctl -qw net.ipv4.neigh.eth0.locktime=0
	nodes r4
	nginx_up r4
	ctl service add "${web[@]}"
	ctl service add "${web6[@]}"
	serve "${web[@]}" "${address[r4]}"
	serve "${web6[@]}" "$(address6 r4)"
}

# serves: both VIPs, though r4 has to ask for the client's address first.
serves() {
	ip -n r4 neigh flush all
	same "r4 r4" "$(get / -m 5) $(get6 / -m 5)"
}

# answers: the MAC addresses of those who answer ARP for the VIP.
answers() {
	at client arping -r -c 2 -W 0.1 -i eth0 "$vip" | sort -u | xargs
}

# quiet: only the director answers, and the client has believed nobody else.
quiet() {
	same "$(mac_of director)" "$(answers)"
	same "$(mac_of director)" "$(believed "$vip")"
	same "$(mac_of director)" "$(believed "$vip6")"
}

believed() { ip -n client -j neigh show "$1" | jq -r '.[].lladdr'; }

has_vips() {
	ip -n r4 -br addr | grep -qF " $vip/32" &&
		ip -n r4 -br addr | grep -qF "$vip6/128"
}

# state: all that a recipe might change.
state() {
	ip -n r4 -br addr
	at r4 sysctl -ea --pattern 'arp_(ignore|announce)|rp_filter'
	at r4 nft list ruleset
}

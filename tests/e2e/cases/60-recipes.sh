#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The recipes for Linux, run by a shell as they are printed: each makes a real
# server that serves both VIPs and keeps quiet about them, and its undo leaves
# the machine as it was.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh
# shellcheck source=tests/e2e/realserver.sh
. tests/e2e/realserver.sh
# shellcheck source=tests/e2e/recipes.sh
. tests/e2e/recipes.sh

# systemctl as far as the recipes need it: it runs what the units say.
fake_systemctl() {
	mkdir -p $lab/bin
	cat >$lab/bin/systemctl <<-'END'
	#!/bin/sh
	case $1 in
	enable) what=Start ;;
	disable) what=Stop ;;
	daemon-reload) exit ;;
	esac
	sed -n "s/^Exec$what=-*//p" "/etc/systemd/system/$3" | sh -ex
	END
	chmod +x $lab/bin/systemctl
}

boot_ifupdown() {
	rm /run/network/*
	at r4 ifup --all
}

boot_systemd-networkd() {
	kill "$networkd"
	wait_until 10 networkd_gone
	networkd_up
}

real_server_without_vips
fake_systemctl
# Its table stays when its rules go.
at r4 arptables -A INPUT -j DROP
at r4 arptables -D INPUT -j DROP
before=$(state)

ip -n r4 addr add $vip/32 dev lo
ip -n r4 addr add $vip6/128 dev lo
tap "without the rules, the server answers ARP, which is found" \
	same "$(mac_of director) $(mac_of r4)" "$(answers)"
at r4 sysctl -qw net.ipv4.conf.all.arp_ignore=1
tap "with only one of them, it serves" serves
tap "but the client is misled, which is found" \
	same "$(mac_of r4)" "$(believed $vip)"
at r4 sysctl -qw net.ipv4.conf.all.arp_ignore=0
ip -n r4 addr flush dev lo to $vip
ip -n r4 addr del $vip6/128 dev lo
ip -n client neigh flush to $vip

try linux
try nftables server "${address[r4]}"
try arptables server "${address[r4]}"
try redirect

mkdir -p /run/network /etc/network/interfaces.d
echo 'source /etc/network/interfaces.d/*' >/etc/network/interfaces
try ifupdown

dbus_up
networkd_up
try systemd-networkd
tap_done

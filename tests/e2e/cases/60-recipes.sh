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

recipe() { dsrctl recipe "$1" "${web[@]}" "${web6[@]}" "${@:2}"; }

# run TEXT: as root of r4 would, who pastes it.
run() { at r4 env PATH="$lab/bin:$PATH" sh -ex <<<"$1"; }

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

# set_up NAME OPTION…: by the recipe. Some add their device a little later.
set_up() {
	run "$(recipe "$@")"
	[ "$1" = redirect ] || wait_until 20 has_vips
}

# serves_quietly TEXT
serves_quietly() {
	tap "$1: the server serves" serves
	tap "$1: and keeps quiet" quiet
}

# try NAME OPTION…: a recipe and its undo.
try() {
	local name=$1
	tap "$name: the recipe runs" set_up "$@"
	serves_quietly "$name"
	if declare -F "boot_$name" >/dev/null; then
		tap "$name: it boots" boot "$name"
		serves_quietly "$name, booted"
	fi
	tap "$name: the undo runs" run "$(recipe "$@" undo)"
	tap "$name: and nothing is left" same "$before" "$(state)"
}

# boot NAME: nothing is there but files, and what reads them begins.
boot() {
	ip -n r4 link del dsr0
	at r4 sysctl -qw net.ipv4.conf.all.arp_ignore=0 \
		net.ipv4.conf.all.arp_announce=0
	at r4 sysctl -qp /etc/sysctl.d/90-dsr.conf
	"boot_$1"
	wait_until 20 has_vips
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

networkd_gone() { ! kill -0 "$networkd" 2>/dev/null; }

# As there is no device manager, /sys is to be read-only, as in a container.
networkd_up() {
	start r4 unshare --mount sh -ec 'mount --bind /sys /sys
		mount -o remount,bind,ro /sys
		exec /lib/systemd/systemd-networkd' >>$lab/networkd 2>&1
	networkd=$!
	wait_until 20 at r4 networkctl reload
}

dbus_up() {
	mkdir -p /run/dbus /etc/systemd/network
	start r4 dbus-daemon --system --nofork --nopidfile >$lab/dbus 2>&1
	wait_until 10 test -S /run/dbus/system_bus_socket
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

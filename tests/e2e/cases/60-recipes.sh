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

# try NAME OPTION…: a recipe and its undo.
try() {
	local name=$1 text
	text=$(recipe "$@")
	tap "$name: the recipe runs" run "$text"
	tap "$name: the server serves" serves
	tap "$name: and keeps quiet" quiet
	tap "$name: the undo runs" run "$(recipe "$@" undo)"
	tap "$name: and nothing is left" same "$before" "$(state)"
}

# systemd-networkd, at home: the device manager is not, so that it takes /sys
# to be read-only, as in a container.
networkd_up() {
	mkdir -p /run/dbus /etc/systemd/network
	start r4 dbus-daemon --system --nofork --nopidfile
	wait_until 10 test -S /run/dbus/system_bus_socket
	start r4 unshare --mount sh -ec 'mount --bind /sys /sys
		mount -o remount,bind,ro /sys
		exec /lib/systemd/systemd-networkd' >$lab/networkd 2>&1
	wait_until 20 at r4 networkctl reload
}

# It takes its time to add the device.
networkd_done() { wait_until 20 has_vips; }

real_server_without_vips
fake_systemctl
# Its table stays when its rules go.
at r4 arptables -A INPUT -j DROP
at r4 arptables -D INPUT -j DROP
before=$(state)

ip -n r4 addr add $vip/32 dev lo
tap "without the rules, the server answers ARP, which is found" \
	same "$(mac_of director) $(mac_of r4)" "$(answers)"
ip -n r4 addr del $vip/32 dev lo

try linux
try nftables server "${address[r4]}"
try arptables server "${address[r4]}"
try redirect

mkdir -p /run/network /etc/network/interfaces.d
echo 'source /etc/network/interfaces.d/*' >/etc/network/interfaces
try ifupdown

networkd_up
text=$(recipe systemd-networkd)
run "$text" >$lab/recipe 2>&1
tap "systemd-networkd: the recipe works" networkd_done
tap "systemd-networkd: the server serves" serves
tap "systemd-networkd: and keeps quiet" quiet
tap "systemd-networkd: the undo runs" run "$(recipe systemd-networkd undo)"
tap "systemd-networkd: and nothing is left" same "$before" "$(state)"
tap_done

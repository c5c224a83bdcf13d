# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # lib.sh and topology.sh have them
# Recipes, run on r4 (see realserver.sh) by a shell as they are printed.

recipe() { dsrctl recipe "$1" "${web[@]}" "${web6[@]}" "${@:2}"; }

# run TEXT: as root of r4 would, who pastes it.
run() { at r4 env PATH="$lab/bin:$PATH" sh -ex <<<"$1"; }

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

networkd_gone() { ! kill -0 "$networkd" 2>/dev/null; }

# As there is no device manager, /sys is to be read-only, as in a container.
networkd_up() {
	start r4 unshare --mount sh -ec 'mount --bind /sys /sys
		mount -o remount,bind,ro /sys
		exec /lib/systemd/systemd-networkd' >>"$lab/networkd" 2>&1
	networkd=$!
	wait_until 20 at r4 networkctl reload
}

dbus_up() {
	mkdir -p /run/dbus /etc/systemd/network
	start r4 dbus-daemon --system --nofork --nopidfile >"$lab/dbus" 2>&1
	wait_until 10 test -S /run/dbus/system_bus_socket
}

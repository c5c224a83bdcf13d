#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The recipes for programs that manage the network by files of their own:
# netplan, of Debian 12, which knows bridges but no dummy devices yet, and
# NetworkManager.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh
# shellcheck source=tests/e2e/realserver.sh
. tests/e2e/realserver.sh
# shellcheck source=tests/e2e/recipes.sh
. tests/e2e/recipes.sh

# What netplan apply does where systemd is the first process.
fake_netplan() {
	mkdir -p $lab/bin
	cat >$lab/bin/netplan <<-'END'
	#!/bin/sh -ex
	[ "$*" = apply ]
	/usr/sbin/netplan generate
	networkctl reload
	END
	chmod +x $lab/bin/netplan
}

# The one for netplan as its note says for versions before 1.0.
recipe() {
	dsrctl recipe "$1" "${web[@]}" "${web6[@]}" "${@:2}" |
		sed 's/^\( *\)dummy-devices:/\1bridges:/
			s/^\( *\)addresses:/\1interfaces: []\n&/'
}

# As there is no device manager, /sys is to be read-only, as in a container.
networkmanager_up() {
	cat >$lab/nm.conf <<-END
	[main]
	plugins=keyfile
	auth-polkit=root-only
	[keyfile]
	unmanaged-devices=interface-name:eth0;interface-name:lo
	END
	start r4 unshare --mount sh -ec 'mount --bind /sys /sys
		mount -o remount,bind,ro /sys
		exec NetworkManager --no-daemon --config='$lab/nm.conf \
		>$lab/nm 2>&1
	wait_until 30 at r4 nmcli general status
}

# networkd makes a bridge's MAC address of this.
echo 00000000000000000000000000000001 >/etc/machine-id
real_server_without_vips
before=$(state)
dbus_up

networkd_up
fake_netplan
mkdir -p /etc/netplan
try netplan
kill "$networkd"
wait_until 10 networkd_gone

networkmanager_up
try networkmanager
tap_done

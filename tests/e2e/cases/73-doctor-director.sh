#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What may be wrong with the director itself, dsrctl doctor tells, with what it
# has seen.
set -euo pipefail
# shellcheck source=tests/e2e/doctor.sh
. tests/e2e/doctor.sh

# rules HOOK: a chain there.
rules() {
	at director nft -f - <<-END
	table ${2:-inet} lab {
		chain early {
			type filter hook $1
			udp dport 9 accept
		}
	}
	END
}

# track: the director has reason to track connections.
track() {
	at director nft -f - <<-END
	table inet lab {
		chain tracked {
			type filter hook prerouting priority filter
			ct state invalid drop
		}
	}
	END
}

no_rules() { at director nft flush ruleset; }

# evidence NAME: what it was seen by.
evidence() {
	same "$1" "$(jq -r '.[] | "\(.dev): \(.evidence)"' $lab/doctor.json)"
}

doctor_lab

# --- Who sees packets first ---------------------------------------------------

# Debian's 6.1 cannot tell.
if modprobe -q nfnetlink_hook; then
	rules "prerouting priority mangle"
	healthy "rules that come after the module are none of its business"
	no_rules
	rules "prerouting priority raw"
	finds "rules that come before it are told" 0 "earlier-hook - -"
	tap "once for both families" evidence \
		"null: chain inet lab early (prerouting, priority -300)"
	no_rules
	rules "ingress device eth0 priority 0" netdev
	finds "and those of a device" 0 "earlier-hook - -"
	tap "with their place" evidence \
		"eth0: chain netdev lab early (ingress, priority 0)"
	ctl ingress add eth0
	finds "and those before the module's own there" 0 "earlier-hook - -"
	no_rules
	rules "ingress device eth0 priority 10" netdev
	healthy "but not those after it"
	no_rules
	ctl ingress del eth0
	track
	modprobe br_netfilter
	healthy "nor what puts fragments together, tracks connections or knows bridges"
	no_rules
	rmmod br_netfilter
	for b in arp missing dropped; do
		pair hook director $b r1
	done
fi

mount -t bpf bpf /sys/fs/bpf
tests/e2e/xdp.py /sys/fs/bpf/lab
# Not by ip -n, which mounts another /sys.
at director ip link set dev eth0 xdpgeneric pinned /sys/fs/bpf/lab
finds "an XDP program is told" 0 "xdp - -"
at director ip link set dev eth0 xdpgeneric off
healthy "and no longer when it is off"

# --- Limits -------------------------------------------------------------------

track
max=$(sysctl -n net.netfilter.nf_conntrack_max)
at director ping -q -c 1 "${address[client]}"
sysctl -qw net.netfilter.nf_conntrack_max=1
finds "when no more connections can be tracked" 4 "conntrack - -"
sysctl -qw net.netfilter.nf_conntrack_max="$max"
no_rules

plug director eth1 02:00:00:00:01:01 10.0.1.1
ip -n director link set eth1 mtu 9000
ip -n director addr del $vip/32 dev eth0
ip -n director addr add $vip/32 dev eth1
finds "packets for the VIP may be larger than servers take" 4 "mtu - $vip"
tap "by these numbers" evidence "eth0: MTU of eth1 is 9000, of eth0 1500"
ip -n director link set eth1 mtu 1500
healthy "and all is mended"
tap_done

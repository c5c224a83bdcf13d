#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two things are wrong, of different kinds: dsrctl doctor finds both. Here one
# of them is not a server's.
set -euo pipefail
# shellcheck source=tests/e2e/doctor.sh
. tests/e2e/doctor.sh

doctor_lab
for b in arp missing dropped; do
	pair duplicate r3 $b r1
	pair ipvs director $b r1
done
# Not to wait long for an answer that does not come.
at director sysctl -qw net.ipv4.neigh.eth0.retrans_time_ms=100
for b in card router filter; do
	pair nexthop director $b r2
done
healthy "and all is mended"
tap_done

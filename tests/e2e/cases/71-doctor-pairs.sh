#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two things are wrong, of different kinds: dsrctl doctor finds both. Here one
# of them is that a server answers for the VIP, or asks in its name.
set -euo pipefail
# shellcheck source=tests/e2e/doctor.sh
. tests/e2e/doctor.sh

doctor_lab
own_services r1 r2
for a in arp card announce; do
	for b in missing router filter closed own dropped rejected path; do
		pair $a r1 $b r2
	done
done
# On one machine.
for b in closed own dropped rejected; do
	pair arp r1 $b r1
done
healthy "and all is mended"
tap_done

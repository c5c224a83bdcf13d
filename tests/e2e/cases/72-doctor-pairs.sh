#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two things are wrong, of different kinds: dsrctl doctor finds both. Here both
# are that servers do not take packets.
set -euo pipefail
# shellcheck source=tests/e2e/doctor.sh
. tests/e2e/doctor.sh

doctor_lab
own_services r1 r2
for a in missing router filter; do
	for b in closed own dropped rejected path; do
		pair $a r1 $b r2
	done
done
for a in closed own; do
	for b in dropped rejected path; do
		pair $a r1 $b r2
	done
done
healthy "and all is mended"
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# instructions.sh FLOWS BALANCER…: how many instructions a packet takes, in the
# virtual machine whose clock counts them, one each nanosecond:
#
#   tests/vm/boot.sh --icount yes bench/instructions.sh 1000 drop dsr
#
# Prints samples as lib.sh tells of. Caches are not seen; otherwise it repeats to
# a fraction of a percent.
set -euo pipefail
# shellcheck source=bench/lib.sh
. "$(dirname "$0")/lib.sh"

flows=$1
shift
enough=10000
exec 3>&1
network 4
for balancer; do
	turn "$balancer" flows instructions "$balancer" 0 "$flows"
done

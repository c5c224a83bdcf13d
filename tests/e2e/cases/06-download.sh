#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A large download arrives whole, from each of the servers.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

checksum() { sha256sum <"$1"; }

big_file
nginx_up r1 r2 r3
balance "${web[@]}" 1 1 1
get /file -o $lab/download
get /file -r 50000000- -o $lab/half

tap "100 MB have arrived" same 100000000 "$(stat -c %s $lab/download)"
tap "with the checksum of the file" \
	same "$(checksum $lab/file)" "$(checksum $lab/download)"
tap "which half of it has not" \
	test "$(checksum $lab/file)" != "$(checksum $lab/half)"
tap_done

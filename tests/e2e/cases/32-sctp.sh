#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# SCTP: exact shares of associations; each stays with its server.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

sctp_up() {
	tests/e2e/sctp.py serve "$1" r1 r2 r3 >"$lab/$2"
}

ask_sctp() { at client tests/e2e/sctp.py ask "$@" | xargs; }

other_port() { ask_sctp $vip:81 1; }

modprobe sctp
sctp_up $vip:80 sctp &
sctp_up "[$vip6]:80" sctp6 &
wait_until 20 grep -q ready $lab/sctp
wait_until 20 grep -q ready $lab/sctp6
balance sctp $vip:80 3 2 1
balance sctp "[$vip6]:80" 1 1 1
tap "associations at 3:2:1" \
	same "r1 r2 r1 r3 r1 r2" "$(ask_sctp $vip:80 6)"
tap "the same by IPv6" same "r1 r2 r3" "$(ask_sctp "[$vip6]:80" 3)"
tap "dsrctl counts them" flows_are 3 2 1 1 1 1
before=$(reason forwarded)
{ other_port >/dev/null 2>&1 && rc=0; } || rc=$?
tap "another port is not the service's" \
	same "1 0" "$rc $(($(reason forwarded) - before))"
tap_done

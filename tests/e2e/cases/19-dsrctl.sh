#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# dsrctl and the module together: the README's session, and what goes wrong.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

# On the director, as the README has it.
session() { at director bash -euc "$1"; }

quiet() { same "" "$(session "$1" 2>&1)"; }

vs="tcp 192.0.2.10:80"
rs="$vs 10.0.0.11"

tap "nothing yet" same '[]' "$(session 'dsrctl -j service show' | jq -c .)"
tap "the README's first lines print nothing" quiet '
	dsrctl service add tcp 192.0.2.10:80 &&
		dsrctl server add tcp 192.0.2.10:80 10.0.0.11 weight 3'
wait_until 5 server_is r1 ready
tap "and show -s shows it" same "$(cat <<END
SERVICE            SCHEDULER  WEIGHT  STATE         MAC                DEVICE  PACKETS  BYTES  FLOWS  ACTIVE
tcp 192.0.2.10:80  wrr                1 of 1 ready                                   0      0      0       0
  10.0.0.11                        3  ready         02:00:00:00:00:11  eth0          0      0      0       0
END
)" "$(session 'dsrctl service show -s')"

try() {
	local text=$1
	shift
	tap "$*" refused 1 "dsrctl: $text" session "dsrctl $*"
}

before=$(ctl -j service show)
try "service $vs: this service is there already: use set to change it" \
	"service add $vs"
try "server 10.0.0.11 of $vs: the service has this server already: use set to change it" \
	"server add $rs"
try "service tcp 192.0.2.10:81: no such service: add it first, or see which there are" \
	"service del tcp 192.0.2.10:81"
try "service udp 192.0.2.10:80: no such service: add it first, or see which there are" \
	"service show udp 192.0.2.10:80"
try "server 10.0.0.12 of $vs: the service has no such server: add it first, or see which it has" \
	"server set $vs 10.0.0.12 weight 2"
try "server 10.0.0.11 of tcp 192.0.2.11:80: no such service: add it first, or see which there are" \
	"server add tcp 192.0.2.11:80 10.0.0.11"
try "server 10.0.0.255 of $vs: server address must be unicast" \
	"server add $vs 10.0.0.255"
try "service tcp 192.0.2.10:80,90: ports overlap those of another service of this address: only a range inside of another one may" \
	"service add tcp 192.0.2.10:80,90"
tap "none of it has changed anything" same "$before" "$(ctl -j service show)"

tap "server set" quiet "dsrctl server set $rs weight 5"
tap "has set it" same 5 "$(servers '.[].weight')"
tap "server del" quiet "dsrctl server del $rs"
tap "has deleted it" same 0 "$(servers length)"
tap "service del" quiet "dsrctl service del $vs"
tap "has deleted it too" same '[]' "$(ctl -j service show | jq -c .)"
rmmod dsr
tap "without the module it says what to do" refused 1 \
	"dsrctl: the dsr module is not loaded: modprobe dsr" \
	session "dsrctl service show"
insmod "$module"
tap_done

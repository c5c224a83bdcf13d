#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Without a service the module is on no packet's way.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

tracing=/sys/kernel/debug/tracing

# called CMD…: how often the kernel called the hook meanwhile.
called() {
	: >$tracing/trace
	"$@" >/dev/null
	grep -c 'dsr_hook_ipv4' $tracing/trace || :
}

seen() { ctl -j stats show | jq 'map(.packets) | add'; }

# Ten packets arrive at the director.
packets_come() {
	at client ping -q -c 10 -i 0.05 -W 5 "${address[director]}" >/dev/null
}

# Seen by the kernel's tracer and by the module.
hook_sees() {
	local before
	before=$(seen)
	same "$1 calls" "$(called packets_come) calls"
	same "$1 counted" "$(($(seen) - before)) counted"
}

echo dsr_hook_ipv4 >$tracing/set_ftrace_filter
echo function >$tracing/current_tracer

tap "no service: the hook is not called" hook_sees 0
ctl service add "${web[@]}"
tap "a service: it sees each packet" hook_sees 10
ctl service add "${dns[@]}"
tap "two services: once" hook_sees 10
ctl service del "${web[@]}"
tap "one of them deleted: still" hook_sees 10
ctl service del "${dns[@]}"
tap "the last one deleted: no more" hook_sees 0
dsrctl -n r1 service add "${web[@]}"
tap "another namespace's service: not here" hook_sees 0

echo nop >$tracing/current_tracer
: >$tracing/set_ftrace_filter
tap_done

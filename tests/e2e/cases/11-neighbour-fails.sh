#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A server that falls silent is left out, and comes back by itself. No reply
# passes the director: it learns of it because the kernel probes whom it sends
# to.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

# Reachable for 0.75 s at most, 1 s of delay, three probes 0.1 s apart: the
# kernel needs 2.1 s.
at director sysctl -qw net.ipv4.neigh.eth0.base_reachable_time_ms=500 \
	net.ipv4.neigh.eth0.delay_first_probe_time=1 \
	net.ipv4.neigh.eth0.retrans_time_ms=100

nginx_up r1 r2 r3
balance "${web[@]}" 1 1 1
balance "${dns[@]}" 1 1 1
# Not by TCP: what it repeats later would take turns among the servers.
noise client $vip udp
noise=$!
requests 3 >$lab/before
unplug r1 eth0

tap "r1 answers no more: failed within the kernel's own time" \
	within 4 server_is r1 failed
kill $noise
requests 6 >$lab/failed
tap "it is out of the schedule" \
	same "3 r2 3 r3" "$(sort $lab/failed | uniq -c | xargs)"
tap "the others are not" wait_until 5 server_is r2 ready

replug r1 eth0
tap "when it answers again it is ready by itself" \
	wait_until 5 server_is r1 ready "$(mac_of r1)"
requests 6 >$lab/after
tap "and back in the schedule" \
	same "2 r1 2 r2 2 r3" "$(sort $lab/after | uniq -c | xargs)"

# One that was never there, in two services.
ctl server add "${web[@]}" "${address[r4]}"
ctl server add "${dns[@]}" "${address[r4]}"
tap "a server that is not there fails too, for all its services" \
	within 4 server_is r4 failed
real_server_up r4
tap "and is ready when it comes" wait_until 5 server_is r4 ready
tap_done

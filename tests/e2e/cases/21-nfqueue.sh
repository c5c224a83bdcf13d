#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A rule in raw comes first. A packet that it queues to a program enters the
# hook from that program's own context, which the hook has to stand.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

queued() { same "$1" "$(tail -n 1 $lab/queue)"; }

udp_servers $vip:53
balance "${dns[@]}" 1 1 1
modprobe nfnetlink_queue
at director nft -f - <<-END
table ip raw {
	chain prerouting {
		type filter hook prerouting priority raw;
		ip daddr $vip udp dport 53 queue num 0
	}
}
END
at director tests/e2e/nfqueue.py >$lab/queue &
wait_until 20 grep -q ready $lab/queue
ask 6 2 >$lab/answers

tap "all packets went through the program" queued 12
tap "and were balanced" same 12 "$(reason forwarded)"
tap "each server was asked" same "r1 r2 r3" \
	"$(grep -o 'r[123]' $lab/answers | sort -u | xargs)"
tap_done

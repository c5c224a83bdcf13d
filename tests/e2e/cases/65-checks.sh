#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# keepalived goes on checking real servers for services that are ours now, by
# what examples/keepalived/dsr-checks says is to be added to its file.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

# It starts no script from a folder that others may write to, as /tmp is one.
dir=/run/checks

# What is to be added, as it is written there.
added() {
	sed -n '/^#   global_defs/,/^#   }/s/^#//p' examples/keepalived/dsr-checks |
		sed "s,/etc/keepalived,$dir,"
}

# virtual SERVICE SERVER PORT CHECK: as it has been for IPVS.
virtual() {
	cat <<-END
	virtual_server $1 {
		delay_loop 1
		lvs_method DR
		protocol TCP
		real_server $2 $3 {
			$4
		}
	}
	END
}

checks_up() {
	local tcp='TCP_CHECK { connect_timeout 5 retry 0 }'
	local http='HTTP_GET { url { path / status_code 200 } retry 0 }'
	mkdir -p $dir
	cp examples/keepalived/dsr-checks $dir
	{
		added
		virtual "$vip 80" "$(address4 r1)" 80 "$tcp"
		virtual "$vip6 80" "$(address6 r1)" 80 "$http"
		virtual "$vip 0" "$(address4 r2)" 80 "$tcp"
		virtual "fwmark 7" "$(address4 r1)" 80 "$http"
	} >$dir/conf
	start director keepalived -n -l -C -f $dir/conf -p $dir/pid \
		-c $dir/checkers >$lab/keepalived.log 2>&1
}

# downs_are ON|OFF…: of all servers, in the order of services.
downs_are() {
	same "$*" "$(servers '[.[] | if .down then "on" else "off" end] | join(" ")')"
}

nginx_up r1 r2 r3
ctl service add fwmark 7
ctl server add fwmark 7 "$(address4 r1)"
ctl service add tcp $vip
ctl server add tcp $vip "$(address4 r2)"
balance "${web[@]}" 1 1 1
balance "${web6[@]}" 1 1
# As if they had failed before keepalived came.
ctl server set "${web[@]}" "$(address4 r1)" down on
ctl server set tcp $vip "$(address4 r2)" down on
checks_up

tap "servers that answer are told to be up when it starts" \
	wait_until 30 downs_are off off off off off off off
tap "all of them get requests" \
	same "r1 r2 r3" "$(requests 12 | sort -u | xargs)"
kill "$(<$lab/r1/pid)"
tap "one that fails is down in each of its services" \
	wait_until 30 downs_are on on off off off on off
tap "and gets no request" same "r2 r3" "$(requests 12 | sort -u | xargs)"
tap "by IPv6 neither" same "r2" "$(requests6 12 | sort -u | xargs)"
wait_until 10 test ! -e $lab/r1/pid
nginx_up r1
tap "when it answers it is up" \
	wait_until 30 downs_are off off off off off off off
tap "and gets requests" same "r1 r2 r3" "$(requests 12 | sort -u | xargs)"
kill "$(<$dir/pid)"
tap_done

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # the variables are for those who source this
# What the cases are written with. They run in the virtual machine, each with
# a new network and a newly loaded module; whatever they start in the
# background is ended for them.

# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/e2e/topology.sh
. tests/e2e/topology.sh

lab=/tmp/lab
module=/out/build/${DSR_KERNEL:?}/dsr.ko
web=(tcp "$vip:80") web6=(tcp "[$vip6]:80")
dns=(udp "$vip:53") dns6=(udp "[$vip6]:53")
export PYTHONDONTWRITEBYTECODE=1 PATH=/out/build:$PATH

# Waiting

# keep_trying SECONDS TIMES CMD…: until CMD succeeds; so long at least, and so often.
# Its output, and the failure, if it never does.
keep_trying() {
	local seconds=$1 times=$2 end=$((SECONDS + $1 + 1)) tried=0 output
	shift 2
	until output=$("$@" 2>&1); do
		tried=$((tried + 1))
		if [ "$SECONDS" -ge "$end" ] && [ $tried -ge "$times" ]; then
			echo "not within $seconds s: $*"
			echo "$output"
			return 1
		fi
		sleep 0.05
	done
}

# wait_until SECONDS CMD…: where a machine is slow, what is waited for is late,
# and asking for it takes longer, too: hence so many times a second.
wait_until() { keep_trying "$1" $(($1 * 20)) "${@:2}"; }

# within SECONDS CMD…: and no later, however slow the machine is.
within() { keep_trying "$1" 0 "${@:2}"; }

# same EXPECTED GOT
same() { diff -u --label expected --label got <(echo "$1") <(echo "$2"); }

# refused STATUS TEXT CMD…: CMD fails with STATUS and exactly TEXT.
refused() {
	local status=$1 text=$2 rc=0 output
	shift 2
	output=$("$@" 2>&1) || rc=$?
	same "$text (status $status)" "$output (status $rc)"
}

# clean_log [LINES]: the kernel has not complained, after that many lines.
clean_log() {
	local report='BUG:|WARNING:|KASAN|INFO: |suspicious RCU'
	report+='|kmemleak: [0-9]|unregister_netdevice: waiting'
	! dmesg | tail -n "+$((${1:-0} + 1))" | grep -E -A20 "$report"
}

# The director

ctl() { dsrctl -n director "$@"; }

# serve SERVICE ADDRESS…: add them to the service; all are ready.
serve() {
	local service=("$1" "$2") where
	shift 2
	for where; do
		ctl server add "${service[@]}" "$where"
	done
	wait_until 10 all_ready
}

# balance SERVICE WEIGHT…: a service with r1, r2 … at these weights, by their
# addresses of the VIP's family; all of them ready.
balance() {
	local service=("$1" "$2") of=address4 weight k=0
	shift 2
	[[ ${service[1]} != *:*:* ]] || of=address6
	ctl service add "${service[@]}"
	for weight; do
		k=$((k + 1))
		ctl server add "${service[@]}" "$($of r$k)" weight "$weight"
	done
	wait_until 10 all_ready
}

servers() { ctl -j server show | jq -r "$1"; }

# What is asked often is asked without jq, which takes its time to start.
all_ready() {
	! ctl server show | tail -n +2 | grep -qvE '([0-9a-f]{2}:){5}[0-9a-f]{2} '
}

# reached ADDRESS STATE [MAC]: how a server is now, in all its services.
reached() {
	local got
	got=$(servers ".[] | select(.address == \"$1\") |
		.nexthop | \"\(.state) \(.mac)\"" | uniq)
	[ "$got" = "$2 ${3:-${got#* }}" ] || { echo "$1: $got"; return 1; }
}

# server_is NAME STATE [MAC], and the same of its IPv6 address.
server_is() { reached "${address[$1]}" "${@:2}"; }
server_is6() { reached "$(address6 "$1")" "${@:2}"; }

# flows_are N…: of all servers, in order.
flows_are() { same "$*" "$(servers '[.[].stats.flows] | join(" ")')"; }

# reason NAME: how many packets the director counts under it.
reason() { ctl stats show | awk -v name="$1" '$1 == name { print $2 }'; }

# Other users

# as_nobody CMD…: on the director, without privileges.
as_nobody() {
	at director setpriv --reuid=65534 --regid=65534 --clear-groups \
		--bounding-set=-all --inh-caps=-all "$@"
}

as_root_of_a_user_namespace() { as_nobody unshare --user --map-root-user "$@"; }

# Real servers

nginx_config() {
	cat <<-END
	daemon off;
	user root;
	worker_processes 1;
	pid $lab/$1/pid;
	error_log $lab/$1/error.log;
	events { }
	http {
		log_format lab '\$remote_addr';
		access_log $lab/$1/access.log lab;
		keepalive_timeout ${keepalive:-0};
		sendfile on;
		server {
			listen 80;
			listen [::]:80;
			listen 7000-7010;
			listen [::]:7000-7010;
			location / { return 200 "$1\n"; }
			location /file { alias $lab/file; }
			location /slow { alias $lab/file; limit_rate 500k; }
		}
	}
	END
}

# nginx_up NAME…: nginx on each. Its pid file says that it listens. Connections
# end after one answer, unless $keepalive says how long they last.
nginx_up() {
	local name
	for name; do
		mkdir -p "$lab/$name"
		nginx_config "$name" >"$lab/$name/nginx.conf"
		start "$name" nginx -e "$lab/$name/error.log" \
			-c "$lab/$name/nginx.conf"
	done
	for name; do
		wait_until 20 test -s "$lab/$name/pid"
	done
}

# 100 MB, or $big bytes, that cannot be mistaken for others, the same for all
# servers.
big_file() {
	[ -e $lab/file ] || head -c "${big:-100000000}" /dev/urandom >$lab/file
}

# hits NAME: requests in its log.
hits() { grep -c '' "$lab/$1/access.log"; }

hits_are() { same "$*" "$(hits r1) $(hits r2) $(hits r3)"; }

# The client

# get PATH [OPTION…], and the same by IPv6
get() { fetch "$vip" "$@"; }
get6() { fetch "[$vip6]" "$@"; }

# fetch HOST PATH [OPTION…]
fetch() {
	local host=$1 path=$2
	shift 2
	at client curl -sS --connect-timeout 5 -m 60 "$@" "http://$host$path"
}

# requests N: one after the other, each its own connection; prints who answered.
requests() { get "/?[1-$1]"; }
requests6() { get6 "/?[1-$1]"; }

# Packets

# capture NAME MACHINE [FILTER]: what passes its eth0 goes to a file.
capture() {
	local file=$lab/$1
	start "$2" tcpdump -i eth0 -n -U -Z root --immediate-mode -s 2000 \
		-B 16384 -w "$file.pcap" "(${3:-greater 0}) or udp port 9" \
		2>"$file.log"
	echo $! >"$file.pid"
	wait_until 20 grep -q 'listening on' "$file.log"
}

# captured: end all captures. A broadcast that every machine sees is the last
# packet of each. None may have missed any.
captured() {
	local file mark="end of capture $RANDOM$RANDOM"
	echo "$mark" | at client nc -b -u -q0 10.0.0.255 9
	for file in "$lab"/*.pid; do
		wait_until 10 grep -q "$mark" "${file%.pid}.pcap"
		kill "$(<"$file")"
		wait_until 10 grep -q '^0 packets dropped' "${file%.pid}.log"
		rm "$file"
	done
}

# packets NAME FILTER: how many of them were captured.
packets() {
	tcpdump -n -r "$lab/$1.pcap" --count "$2" 2>/dev/null | grep -o '^[0-9]*'
}

# unchanged FILE [VIP]: every packet that the client sent to the VIP, by this
# capture, has arrived at r1, r2 or r3 with other MAC addresses and no other
# change, by the captures of these names.
unchanged() {
	local name after=()
	for name in r1 r2 r3; do
		after+=("$(mac_of $name)" "$lab/$name.pcap")
	done
	tests/e2e/unchanged.py "${2:-$vip}" "$(mac_of client)" \
		"$(mac_of director)" "$1" "${after[@]}"
}

# udp_servers VIP:PORT: on r1, r2 and r3, each answers with its name.
udp_servers() {
	local log
	log=$(mktemp -p $lab)
	tests/e2e/udp.py serve "$1" r1 r2 r3 >"$log" &
	wait_until 20 grep -q ready "$log"
}

# ask N [ROUNDS]: see udp.py.
ask() { at client tests/e2e/udp.py ask $vip:53 "$@"; }
ask6() { at client tests/e2e/udp.py ask "[$vip6]:53" "$@"; }

# counts FILE: how often each word comes, as "2 r1 1 r2".
counts() { tr ' ' '\n' <"$1" | sort | uniq -c | xargs; }

# noise MACHINE VIP [udp|fragments]: packets that nobody waits for the answers of.
noise() { start "$1" tests/e2e/udp.py noise "${@:2}"; }

# crafted WHAT VIP…: see crafted.py.
crafted() {
	at client tests/e2e/crafted.py "$(mac_of director)" "$@"
}

# iperf_servers NAME: for one upload to each VIP.
iperf_servers() {
	local name=$1 where
	for where in $vip $vip6; do
		start "$name" iperf3 -s -1 --forceflush -B "$where" \
			>"$lab/iperf.$where"
		wait_until 20 grep -q listening "$lab/iperf.$where"
	done
}

# tcp_count MACHINE COUNTER
tcp_count() {
	at "$1" nstat -asz "$2" | awk -v name="$2" '$1 == name { print $2 }'
}

# lost: what TCP has had to send again on the client so far. What had arrived
# nevertheless, as the receiver tells, was not lost but late.
lost() {
	echo $(($(tcp_count client TcpRetransSegs) -
		$(tcp_count client TcpExtTCPDSACKRecvSegs)))
}

# iperf VIP BYTES: upload them, and print how many segments were lost.
iperf() {
	local before
	before=$(lost)
	at client iperf3 -c "$1" -n "$2" -J >"$lab/iperf.json" ||
		cat "$lab/iperf.json" >&2
	echo $(($(lost) - before))
}

listening() { at "$1" ss -Hlntu "sport = :$2" | grep .; }

# upload NAME VIP FILE: to port 81 of that server, where it arrives whole.
upload() {
	local name=$1 host=$2 file=$3 kind=TCP4
	[[ $host != *:* ]] || { host="[$host]" kind=TCP6; }
	start "$name" socat -u "$kind-LISTEN:81,bind=$host" "CREATE:$file.got"
	wait_until 10 listening "$name" 81
	at client socat -u "FILE:$file" "$kind:$host:81"
	wait_until 20 cmp "$file" "$file.got"
}

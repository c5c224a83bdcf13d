#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the programs of IPVS print and take is imported and applied: what is
# routed to directly is then here as it is there, and the rest is told.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

ipvs() { at director ipvsadm "$@"; }

# direct: each server that IPVS routes to directly, with what the service and
# the server have, in dsrctl's words.
direct() {
	ipvs -Sn | awk '
	function option(name, usual,   i) {
		for (i = 1; i < NF; i++)
			if ($i == name)
				return $(i + 1)
		return usual
	}
	BEGIN {
		kind["-t"] = "tcp"; kind["-u"] = "udp"
		kind["--sctp-service"] = "sctp"; kind["-f"] = "fwmark"
	}
	/^-A/ { persist[$2 $3] = option("-p", 0) }
	/^-a/ && / -g / {
		service = kind[$2] " " $3
		sub(/:0$/, "", service)
		# It prints large marks as negative numbers.
		if ($2 == "-f" && $3 < 0)
			service = sprintf("fwmark %.0f", $3 + 4294967296)
		address = option("-r")
		sub(/:[0-9]+$/, "", address)
		gsub(/[][]/, "", address)
		print service, address, "weight", option("-w", 1), "persist",
			persist[$2 $3]
	}' | sort
}

# served: the same of this module.
served() {
	{
		ctl -j service show
		ctl -j server show
	} | jq -rs '
	def name: if .fwmark then "fwmark \(.fwmark)" else
		(.address | if test(":") then "[\(.)]" else . end) as $vip |
		"\(.protocol) " + ([$vip, (.ports[] | .[0])] |
		map(tostring) | join(":")) end;
	(.[0] | map({ (name): .persist }) | add) as $persist |
	.[1][] | "\(.service | name) \(.address) weight \(.weight) " +
		"persist \($persist[.service | name])"' | sort
}

# take PROGRAM FILE: import it, apply what comes of it, keep what was told.
take() {
	local rc=0
	dsrctl import "$1" "$2" >$lab/dsr.yaml 2>$lab/told || rc=$?
	ctl apply $lab/dsr.yaml
	return $rc
}

# told_are WORDS…: these are told of, and nothing else.
told_are() {
	same "$(for words; do echo "$words"; done | sort)" \
		"$(sed -E 's/^[^"]*"([^"]*)".*/\1/' $lab/told | sort)"
}

# Of every kind of rule some that can be taken as they are.
ipvs -R <<END
-A -t $vip:80 -s wrr
-a -t $vip:80 -r 10.0.0.11:80 -g -w 3
-a -t $vip:80 -r 10.0.0.12:80 -g -w 0
-a -t $vip:80 -r 10.0.0.13:80 -g -w 65535
-A -t $vip:443 -s wlc -p 50
-a -t $vip:443 -r 10.0.0.11:443 -g -w 1
-a -t $vip:443 -r 10.0.0.12:443 -g -w 1
-A -t $vip:0 -s lc -p 86400 -M 255.255.255.0
-a -t $vip:0 -r 10.0.0.11:0 -g -w 1
-A -u $vip:53 -s rr -o
-a -u $vip:53 -r 10.0.0.11:53 -g -w 1
-A -u $vip:500 -s sh -b sh-port
-a -u $vip:500 -r 10.0.0.11:500 -g -w 2
-A -u $vip:501 -s sh
-a -u $vip:501 -r 10.0.0.11:501 -g -w 2
-A -t $vip:8080 -s mh -b mh-port,mh-fallback
-a -t $vip:8080 -r 10.0.0.12:8080 -g -w 1
-A --sctp-service $vip:7 -s rr
-a --sctp-service $vip:7 -r 10.0.0.12:7 -g -w 1
-A -f 7 -s wrr -p 300
-a -f 7 -r 10.0.0.11:0 -g -w 1
-A -f 4294967295 -s rr
-a -f 4294967295 -r 10.0.0.11:0 -g -w 1
-A -t [$vip6]:80 -s wrr
-a -t [$vip6]:80 -r [$(address6 r1)]:80 -g -w 3
-A -u [$vip6]:53 -s rr -p 60 -M 64
-a -u [$vip6]:53 -r [$(address6 r2)]:53 -g -w 1
END
ipvs -Sn >$lab/ipvs
tap "what ipvsadm prints of 27 rules is taken" \
	same 27 "$(grep -c '' $lab/ipvs)"
tap "without a word" take ipvsadm $lab/ipvs
tap "and is told nowhere" same '' "$(<$lab/told)"
tap "each server is here as it is there" same "$(direct)" "$(served)"

# And some that cannot.
ipvs -C
ipvs -R <<END
-A -t $vip:80 -s sed
-a -t $vip:80 -r 10.0.0.11:80 -g -w 1
-a -t $vip:80 -r 10.0.0.12:80 -m -w 1
-a -t $vip:80 -r 10.0.0.13:8080 -i -w 1
-A -t $vip:81 -s rr
-a -t $vip:81 -r 10.0.0.11:81 -m -w 1
-A -t $vip:82 -s dh
-a -t $vip:82 -r 10.0.0.11:82 -g -w 1
-A -t $vip:83 -s nq
-a -t $vip:83 -r 10.0.0.11:83 -g -w 1
-A -t $vip:84 -s lblc
-a -t $vip:84 -r 10.0.0.11:84 -g -w 1
-A -t $vip:85 -s fo
-a -t $vip:85 -r 10.0.0.11:85 -g -w 1
-A -t $vip:86 -s ovf
-a -t $vip:86 -r 10.0.0.11:86 -g -w 1
-A -u $vip:5060 -s rr -p 60 --pe sip
-a -u $vip:5060 -r 10.0.0.11:5060 -g -w 1
-A -f 8 -6 -s rr
-a -f 8 -6 -r [$(address6 r1)]:0 -g -w 1
-A -t $vip:87 -s rr
END
ipvs -Sn >$lab/ipvs
tap "the rest too, as far as it goes" refused 1 '' take ipvsadm $lab/ipvs
tap "and what does not go is told" told_are \
	"-s sed" "-s dh" "-s nq" "-s lblc" "-s fo" "-s ovf" "--pe sip" \
	"-a -t $vip:80 -r 10.0.0.12:80 -m -w 1" \
	"-a -t $vip:80 -r 10.0.0.13:80 -i -w 1 --tun-type ipip" \
	"--tun-type ipip" "-a -t $vip:81 -r 10.0.0.11:81 -m -w 1" \
	"tcp $vip:81" "tcp $vip:87"
tap "each server that is routed to directly is here" \
	same "$(direct)" "$(served)"
ipvs -C

# --- keepalived ---------------------------------------------------------------

# Without a health check keepalived has all servers in IPVS at once.
kept() {
	start director keepalived --check --dont-fork --log-console \
		--use-file="$1" --pid="$lab/kept.pid" \
		--checkers_pid="$lab/kept.checkers" >$lab/kept.log 2>&1
	kept=$!
}

as_kept() {
	same "$(direct)" "$(served)" || {
		cat $lab/kept.log
		return 1
	}
}

cat >$lab/keepalived.conf <<END
global_defs {
	router_id lab
}
virtual_server_group web {
	$vip-11 80
}
virtual_server group web {
	lvs_sched wlc
	lvs_method DR
	protocol TCP
	persistence_timeout 120
	real_server 10.0.0.11 80 {
		weight 3
	}
	real_server 10.0.0.12 80 {
		weight 1
	}
}
virtual_server $vip 53 {
	lvs_sched rr
	lvs_method DR
	protocol UDP
	ops
	real_server 10.0.0.11 53 {
	}
}
virtual_server fwmark 9 {
	lvs_sched mh
	lvs_method DR
	ip_family inet
	real_server 10.0.0.13 0 {
		weight 5
	}
}
virtual_server $vip6 443 {
	lvs_sched sh
	lvs_method DR
	protocol TCP
	real_server $(address6 r1) 443 {
	}
}
END
tap "keepalived finds no mistake in its file" \
	at director keepalived --config-test --use-file=$lab/keepalived.conf
tap "which is taken, but for what is not about virtual servers" \
	refused 1 '' take keepalived $lab/keepalived.conf
tap "as is told" told_are global_defs
kept $lab/keepalived.conf
tap "keepalived makes the same servers of it" wait_until 20 as_kept
ipvs -Sn >$lab/ipvs
cp $lab/dsr.yaml $lab/by-file.yaml
tap "so the file of what IPVS then has" take ipvsadm $lab/ipvs
tap "is the same" same "$(<$lab/by-file.yaml)" "$(<$lab/dsr.yaml)"
kill $kept
tap_done

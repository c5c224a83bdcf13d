#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A configuration is applied from a file, all of it or nothing; what was saved
# is what was there.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

cd $lab
cat >site.yaml <<END
settings:
  max-flows: 200000
ingress: [eth0]
services:
  - service: tcp $vip:80
    scheduler: rr
    servers: &web
      - {address: ${address[r1]}, weight: 3}
      - ${address[r2]}
  - service: tcp [$vip6]:80
    servers: *web
  - service: udp $vip:53
    sessionless: on
    servers:
      - {address: fe80::11, dev: eth0, mac: "$(mac_of r1)"}
  - service: fwmark 0x7
    persist: 1h
    persist-prefix: 64
    timeout: {syn: 5s, udp: 1d}
    servers:
      - {address: ${address[r3]}, max: 10, min: 5, fallback: on, down: on}
END

generation() { ctl -j config show | jq '.[0].generation'; }

# saved_is FILE: what runs, as a file, is this one.
saved_is() { diff -u "$1" <(ctl save); }

# silent CMD…: it succeeds, prints nothing and changes nothing.
silent() {
	local before
	before=$(generation)
	same "" "$("$@" 2>&1)" && same "$before" "$(generation)"
}

round_trip() {
	ctl save first.yaml
	ctl apply - <<<'services: []'
	same "" "$(ctl service show | tail -n +2)"
	ctl apply first.yaml
	saved_is first.yaml
}

# The web service's counters and flows go on; it gets the third server.
grow() {
	local before
	requests 6 >/dev/null
	before=$(ctl -j service show "${web[@]}" | jq '.[0].stats.flows')
	sed "s/ - ${address[r2]}\$/&\n      - ${address[r3]}/" site.yaml >more.yaml
	same "+ server tcp $vip:80 ${address[r3]}
+ server tcp [$vip6]:80 ${address[r3]}" "$(ctl apply more.yaml dry-run)"
	ctl apply more.yaml
	wait_until 10 reached "${address[r3]}" ready
	requests 6 | sort | uniq -c | xargs | grep -qx '2 r1 2 r2 2 r3'
	same "$((before + 6))" \
		"$(ctl -j service show "${web[@]}" | jq '.[0].stats.flows')"
}

dry_run_of_one() {
	local before
	before=$(generation)
	same "~ server tcp $vip:80 ${address[r1]} weight 3 -> 4" \
		"$(ctl save | sed "/tcp $vip:80/,/weight/s/weight: 3/weight: 4/" |
			ctl apply - --dry-run)"
	same "$before" "$(generation)"
}

# What only the kernel knows is told by its place, and changes nothing.
no_address() {
	sed "s/ - ${address[r2]}\$/ - 10.0.0.255/" site.yaml >broadcast.yaml
	ctl save before.yaml
	refused 1 'broadcast.yaml:9:9: "10.0.0.255": server address must be unicast' \
		ctl apply broadcast.yaml
	saved_is before.yaml
}

mistake() {
	sed 's/scheduler: rr/scheduler: maglew/' site.yaml >wrong.yaml
	refused 1 'wrong.yaml:6:16: scheduler "maglew": did you mean "maglev"?' \
		ctl apply wrong.yaml
	saved_is before.yaml
}

not_permitted() {
	refused 1 "dsrctl: not permitted: this needs root (CAP_NET_ADMIN)" \
		at director setpriv --reuid=65534 --regid=65534 --clear-groups \
		--bounding-set=-all --inh-caps=-all dsrctl apply - <site.yaml
}

# many N: a service for each of 300 marks, with weights N.
many() {
	echo "services:"
	for ((i = 1; i <= 300; i++)); do
		echo "- {service: fwmark $i, hash-key: $(printf '%032x' "$i")," \
			"servers: [{address: 10.0.0.$((i % 200 + 20))," \
			"weight: $1, mac: 02:00:00:00:00:0b, dev: eth0}]}"
	done
}

# Stopped at any time, which the sleep picks, what runs is the old or the new.
killed() {
	local i pid old=0 new=0
	for i in {1..20}; do
		ctl apply one.yaml
		start director dsrctl apply two.yaml
		pid=$!
		sleep "$(printf '0.%03d' $((i * 12)))"
		kill -9 $pid 2>/dev/null || :
		wait $pid 2>/dev/null || :
		if saved_is one.saved >/dev/null; then
			old=$((old + 1))
		else
			saved_is two.saved
			new=$((new + 1))
		fi
	done
	echo "# stopped before the switch $old times, after it $new" >&3
}

# Of appliers at one time each wins or is told that another one has.
rivals() {
	local i
	for i in {1..8}; do
		start director dsrctl apply "$([ $((i % 2)) = 0 ] && echo one ||
			echo two).yaml" 2>>rivals.log
	done
	wait
	[ "$(grep -vc 'the configuration was changed meanwhile' rivals.log)" = 0 ]
	saved_is one.saved >/dev/null || saved_is two.saved
}

exec 3>&1
nginx_up r1 r2 r3
tap "a configuration is applied" ctl apply site.yaml
wait_until 10 reached "${address[r2]}" ready
tap "and serves" same "3 r1 3 r2" \
	"$(requests 6 | sort | uniq -c | xargs)"
tap "the same file changes nothing" silent ctl apply site.yaml
tap "the settings are applied too" same 200000 \
	"$(ctl -j settings show | jq '.[0].max_flows')"
tap "and the devices at ingress" same eth0 \
	"$(ctl -j ingress show | jq -r '.[].dev')"
tap "save, flush and apply are the identity" round_trip
wait_until 10 reached "${address[r2]}" ready
tap "what does not differ goes on" grow
tap "the difference is told" dry_run_of_one
tap "what the kernel refuses is told by line" no_address
tap "a mistake is told by line" mistake
tap "not by everybody" not_permitted

ctl apply - <<<$'ingress: []\nservices: []'
many 1 >one.yaml
many 2 >two.yaml
for file in one two; do
	ctl apply $file.yaml
	ctl save >$file.saved
done
tap "stopped at any time" killed
tap "several at a time" rivals
tap_done

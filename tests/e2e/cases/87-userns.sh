#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A director in network namespaces of a user without privileges, as in a
# container of his: it works there, and nothing of it reaches anything else.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

cgroups=$lab/cgroups

as_container() {
	as_nobody unshare --user --map-root-user --net --mount "$@"
}

listen() {
	start director tests/e2e/events.py >"$lab/events"
	wait_until 20 grep -q ready "$lab/events"
}

heard() { same "$1" "$(sed '/^ready$/d' $lab/events)"; }

# refuses CMD…: for want of privileges; by whose words does not matter.
refuses() {
	local output
	if output=$("$@" 2>&1); then
		return 1
	fi
	grep -E 'not permitted|Permission denied' <<<"$output"
}

# In the container: all machines are there once more, under the same names, with
# the same addresses. What it writes is its own too.
container() {
	mount -t tmpfs tmpfs /run
	mount -t tmpfs tmpfs $lab
	machines_up
	listen
	ctl service add "${dns[@]}"
	tap "inside: told of what happens inside" \
		wait_until 5 heard "service-add udp $vip:53"
	ctl service del "${dns[@]}"
	balance "${dns[@]}" 1 1 1
	udp_servers $vip:53
	ask 6 >$lab/answers
	tap "inside: shares the requests" same "2 r1 2 r2 2 r3" \
		"$(counts $lab/answers)"
	tap "inside: shows the flows" same 6 \
		"$(ctl -j flow show | jq length)"
	ctl ingress add eth0
	ask 6 >$lab/answers
	tap "inside: at ingress too" same "2 r1 2 r2 2 r3" \
		"$(counts $lab/answers)"

	ctl service add tcp $vip:81
	serve tcp $vip:81 "${address[r1]}"
	head -c 1000000 /dev/urandom >$lab/upload
	tap "inside: TCP" upload r1 $vip $lab/upload

	ctl save $lab/saved
	ctl apply - <<<'services: []'
	ctl apply $lab/saved
	tap "inside: saves and applies" same 2 "$(ctl -j service show | jq length)"

	tap "the module cannot be loaded from inside" refuses insmod "$module"
	tap "nor unloaded" refuses rmmod dsr
	tap "no namespace outside can be entered" \
		refuses nsenter --net="/proc/$1/ns/net" dsrctl service show
	told=$(<$lab/events)
	echo inside is up
	read -r <&9
	tap "what happens outside is not told inside" \
		same "$told" "$(<$lab/events)"
	tap_done
}

# outside: all that there is to see.
outside() {
	ctl save
	ctl -j settings show
	ctl flow export | sed 's/ [^ ]*$//'
	ctl -j stats show
}

# refused_to CMD…: in one line, with the remedy.
refused_to() {
	local output rc=0
	output=$("$@" 2>&1) || rc=$?
	same "1 1" "$rc $(grep -cE \
		'^dsrctl: (.*: )?not permitted: this needs root \(CAP_NET_ADMIN\)$' \
		<<<"$output")" || { echo "$*: $output"; return 1; }
}

# all_denied CMD…: by CMD, nobody's root, of what is the director's.
all_denied() {
	local line
	while read -r line; do
		# shellcheck disable=SC2086
		refused_to "$@" dsrctl $line
	done <<-END
	service add udp $vip:53
	service set tcp $vip:80 scheduler rr
	service del tcp $vip:80
	server add tcp $vip:80 10.0.0.12
	server set tcp $vip:80 10.0.0.11 weight 0
	server drain tcp $vip:80 10.0.0.11
	server del tcp $vip:80 10.0.0.11
	flow show
	flow export
	flow flush all
	flow import $lab/flows
	settings set max-flows 10
	ingress add eth1
	ingress del eth0
	apply $lab/file
	trace tcp 10.0.0.2:1 $vip:80
	END
}

# in_a_cgroup CMD…: whose memory is counted.
in_a_cgroup() (
	mkdir $cgroups
	mount -t cgroup2 none $cgroups
	echo +memory >$cgroups/cgroup.subtree_control
	mkdir $cgroups/its
	echo $BASHPID >$cgroups/its/cgroup.procs
	"$@"
)

# many N: that many flows, as they are imported.
many() {
	echo 'dsr flows 1'
	seq "$1" | awk -v service="${web[*]}" -v vip=$vip '{
		printf "%s 10.0.0.11 tcp 198.18.%d.%d:1 %s:80 established 0s\n",
			service, $1 / 250, $1 % 250, vip }'
}

# charged: to that cgroup, all that the flow table takes, and it is more than N.
charged() {
	local paid memory
	paid=$(awk '$1 == "kernel" { print $2 }' $cgroups/its/memory.stat)
	memory=$(ctl -j settings show | jq '.[0].memory')
	echo "$paid of $memory"
	[ "$memory" -gt "$1" ] && [ "$paid" -ge $((memory * 9 / 10)) ]
}

if [ "${1:-}" = container ]; then
	container "$2"
	exit
fi

nginx_up r1
ctl ingress add eth0
ctl service add "${web[@]}"
serve "${web[@]}" "${address[r1]}"
get / >/dev/null
ctl flow export >$lab/flows
echo 'services: []' >$lab/file
chmod 755 $lab

before=$(outside)
tap "root of a user namespace may change nothing outside of it" \
	all_denied as_root_of_a_user_namespace
tap "and has not" same "$before" "$(outside)"

listen
mkfifo $lab/go
exec 9<>$lab/go
as_container "$0" container $$ >$lab/container.log 2>&1 &
wait_until 60 grep -q -e 'inside is up' -e '^not ok' $lab/container.log
tap "outside, nothing is seen of it" same "$before" "$(outside)"
tap "and nothing is told" heard ""
ctl service add "${dns[@]}"
wait_until 5 heard "service-add udp $vip:53"
echo >&9
rc=0
wait $! || rc=$?
grep -v '^inside is up' $lab/container.log
tap "the container has done all that it was to do" same 0 "$rc"
tap "outside, the service serves still" same r1 "$(get /)"

ctl apply - <<<'services: []'
in_a_cgroup dsrctl -n director service add "${web[@]}"
ctl server add "${web[@]}" "${address[r1]}"
tap "the flow table is charged to who has it" charged 10000
many 20000 | ctl flow import
tap "as it grows, too" wait_until 20 charged 1000000
rmdir $cgroups/its
umount $cgroups
tap_done

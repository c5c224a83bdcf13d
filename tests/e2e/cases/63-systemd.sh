#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The unit, by systemd as the first process of a container that has the
# director's network: the file is applied at boot and on reload, and what fails
# takes nothing down and is told.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

file=/etc/dsrctl/dsr.yaml

# What a machine has that boots, a /tmp of its own, as that is emptied, and of
# ours the program and the unit. No services of other packages are started.
boot() {
	# shellcheck disable=SC2016 # of the shell in the container
	start director unshare --mount --pid --cgroup --fork --kill-child \
		sh -ec '
		mount -t proc proc /proc
		mount -t tmpfs tmpfs /run
		mount -t cgroup2 cgroup2 /sys/fs/cgroup
		for dir in /etc/systemd/system /tmp /usr/local/sbin; do
			mount -t tmpfs tmpfs $dir
		done
		cp /out/build/dsrctl /usr/local/sbin
		cp userspace/dsrctl.service /etc/systemd/system
		systemctl --root=/ enable dsrctl.service
		exec env -i container=lab PATH="$PATH" /lib/systemd/systemd \
			--unit=multi-user.target' >$lab/systemd 2>&1
	container=$!
	wait_until 10 pgrep -P $container
	first=$(pgrep -P $container)
	trap 'kill -KILL "$first"' EXIT
	wait_until 60 booted
}

# in_it CMD…: in the container.
in_it() { nsenter -t "$first" --mount --pid --net --cgroup -- "$@"; }

booted() {
	in_it systemctl is-active multi-user.target && in_it systemctl show \
		-p Job --value dsrctl.service | grep -qx ''
}

is() { same "$1" "$(in_it systemctl is-"$2" dsrctl)"; }

# told: what the journal has of dsrctl itself since the last time.
told() {
	in_it journalctl --sync
	# It has failed if there is nothing.
	in_it journalctl -q -o cat -t dsrctl --cursor-file=/run/cursor || :
}

serving() {
	same "$1" "$(ctl -j service show | jq -r '.[].ports[0][0]' | xargs)"
}

write() {
	printf 'services:\n' >$file
	printf '  - service: tcp %s:%s\n    servers: [10.0.0.11]\n' "$@" >>$file
}

mkdir -p /etc/dsrctl
write $vip 80
boot
tap "it is active when the machine has booted" is active active
tap "and the file is applied" serving 80
told >/dev/null

write $vip 80 $vip 81
tap "another file is applied on reload" in_it systemctl reload dsrctl
tap "whole" serving "80 81"
told >/dev/null

write $vip 80 $vip http
before=$(ctl save)
tap "one with a mistake is refused on reload" \
	refused 1 "Job for dsrctl.service failed.
See \"systemctl status dsrctl.service\" and \"journalctl -xeu dsrctl.service\" for details." \
	in_it systemctl reload dsrctl
tap "the journal has the line and the word" same \
	"$file:4:14: \"$vip:http\"" "$(told | grep -oE '^[^"]*"[^"]*"')"
tap "what runs goes on as it was" same "$before" "$(ctl save)"
tap "and the unit is active" is active active
tap "to stop it" in_it systemctl stop dsrctl
tap "changes nothing" same "$before" "$(ctl save)"
tap "with the mistake it does not start" refused 1 \
	"Job for dsrctl.service failed because the control process exited with error code.
See \"systemctl status dsrctl.service\" and \"journalctl -xeu dsrctl.service\" for details." \
	in_it systemctl start dsrctl
tap "and has failed" is failed failed
tap "which changes nothing either" same "$before" "$(ctl save)"

write $vip 80
rmmod dsr
told >/dev/null
in_it systemctl start dsrctl || :
tap "without the module it fails" is failed failed
tap "and says so" same "dsrctl: the dsr module is not loaded: modprobe dsr" \
	"$(told)"
insmod "$module"
tap "with it, it starts" in_it systemctl start dsrctl
tap "and applies the file" serving 80
rm -r /etc/dsrctl
tap "without a file there is nothing to start" in_it systemctl restart dsrctl
tap "which is no failure" is inactive active
tap "and changes nothing" serving 80
tap_done

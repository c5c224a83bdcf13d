#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest.sh [NAME=VALUE…] COMMAND ARG…: the first process on the virtual
# machine's root. Completes the mounts, runs COMMAND in /src with its output
# on the ports that boot.sh listens to, reports the status and powers off.
set -e
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8

mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t debugfs debug /sys/kernel/debug
mkdir -p /dev/shm /dev/pts
mount -t devpts pts /dev/pts
for dir in /dev/shm /tmp /run; do
	mount -t tmpfs -o mode=1777 tmpfs "$dir"
done
ln -s /proc/self/fd /dev/fd
ip link set lo up

cd /src
rc=0
env "$@" </dev/null >/dev/vport0p1 2>/dev/vport0p2 || rc=$?
echo $rc >/dev/vport0p3
sync
# Powering off takes a moment, and process 1 must not end before.
sleep infinity &
echo o >/proc/sysrq-trigger
wait

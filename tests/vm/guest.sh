#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest.sh [NAME=VALUE…] COMMAND ARG…: the first process on the virtual
# machine's root. Completes the mounts, runs COMMAND in /src with its output
# on the ports that boot.sh listens to, reports the status and ends the machine.
# A report of the kernel makes a failure of any success.
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

report='BUG:|WARNING:|KASAN|INFO: |suspicious RCU|kmemleak: [0-9]'
clean_log() { ! dmesg | grep -E -A20 "$report" >>/dev/vport0p2; }

cd /src
rc=0
env "$@" </dev/null >/dev/vport0p1 2>>/dev/vport0p2 || rc=$?
clean_log || [ "$rc" != 0 ] || rc=1
echo "$rc" >/dev/vport0p3
sync
# boot.sh starts qemu such that a reboot ends it; UML would begin again.
case $1 in
DSR_KERNEL=uml) echo o >/proc/sysrq-trigger ;;
*) echo b >/proc/sysrq-trigger ;;
esac
exec sleep infinity

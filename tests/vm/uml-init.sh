#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml-init.sh: the first process of the machine that is a program, on the root
# that it shares with its host, which is read-only. Makes a root over it whose
# writes go to memory, and goes on with guest.sh there. The host's folder
# $DSR_RUN has the command, and gets its output, as files.
set -e
export PATH=/usr/sbin:/usr/bin:/sbin:/bin

exec 2>>"$DSR_RUN/uml.err"
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work \
	overlay /mnt/root
cd /mnt/root
mount --bind /src src
mount --bind /out out
mount -t devtmpfs dev dev
for port in 1:out 2:err 3:status; do
	touch "dev/vport0p${port%:*}"
	mount --bind "$DSR_RUN/uml.${port#*:}" "dev/vport0p${port%:*}"
done
ln -s "$DSR_MODULES" lib/modules
command=$(<"$DSR_RUN/command")
pivot_root . mnt
eval "exec chroot . /src/tests/vm/guest.sh $command"

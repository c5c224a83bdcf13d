#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# module.sh KERNEL [C=1]: build the module for KERNEL (6.1, 6.12, debug, uml,
# newest) into /out/build/KERNEL, and check it with sparse if told. Any warning
# is an error. Runs inside a Debian root.
set -euo pipefail

kernel=$1 sparse=${2:-}

case $kernel in
debug | uml) pattern=$(tests/vm/kernel.sh "$kernel") ;;
newest) pattern="/lib/modules/*/build" ;;
*) pattern="/lib/modules/$kernel.*/build" ;;
esac
headers=$(compgen -G "$pattern" | sort -V | tail -n 1) || {
	echo "no headers for the kernel $kernel"
	exit 1
}

# Built aside and put in place when done: a machine may be using the old one.
dir=/out/build/$kernel
rm -rf "$dir.new"
mkdir -p "$dir.new"
cp -r Kbuild dkms.conf kmod uapi bench "$dir.new"

# Not ours: the compiler is a newer patch level than the kernel's, and there
# is no vmlinux to take type information from.
known='the compiler differs from the one used|Skipping BTF generation'

# What is measured is measured with Debian 12's own kernel, or its like.
folders=("$dir.new") arch=x86
case $kernel in
6.1) folders+=("$dir.new/bench") ;;
uml) folders+=("$dir.new/bench") arch=um ;;
esac

echo "headers: $headers"
for folder in "${folders[@]}"; do
	make -C "$headers" ARCH=$arch M="$folder" -j"$(nproc)" W=1 \
		${sparse:+"$sparse"} modules 2>&1 | tee -a "$dir.new/log"
done
if grep -E '(warning|WARNING|error):' "$dir.new/log" | grep -vE "$known"; then
	exit 1
fi
rm -rf "$dir"
mv "$dir.new" "$dir"

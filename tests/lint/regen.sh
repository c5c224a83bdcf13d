#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Generates the uapi header and the policy tables from uapi/dsr.yaml with the
# kernel's own generator.
#
#   regen.sh KERNEL_SOURCE OUTPUT_FOLDER
#
# KERNEL_SOURCE is a tree that has tools/net/ynl (6.6 or later). The three files
# are written below OUTPUT_FOLDER.
set -euo pipefail

ksrc=$(realpath "$1") out=$(realpath "$2")
top=$(realpath "$(dirname "$0")/../..")
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

# The generator looks for MAINTAINERS upwards of the spec, and for the schema
# in the parent of the spec's folder.
touch "$stage/MAINTAINERS"
cp "$ksrc"/Documentation/netlink/*.yaml "$stage/"
mkdir "$stage/uapi"
cp "$top/uapi/dsr.yaml" "$stage/uapi/"
mkdir -p "$out/uapi/linux" "$out/kmod"

gen() { # MODE FORM FILE
	python3 "$ksrc/tools/net/ynl/ynl-gen-c.py" --mode "$1" "--$2" \
		--spec "$stage/uapi/dsr.yaml" -o "$out/$3"
}
gen uapi header uapi/linux/dsr.h
gen kernel header kmod/netlink_gen.h
gen kernel source kmod/netlink_gen.c

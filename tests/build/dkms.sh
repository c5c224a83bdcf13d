#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# DKMS adds, builds, signs and installs the module from the source tree, the
# kernel of a virtual machine loads it, and one that enforces signatures does
# not, as it does not know the key; nothing is left after its removal.
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"
inside bookworm "$@"
# shellcheck source=tests/tap.sh
. "$top/tests/tap.sh"
# shellcheck source=tests/build/overlay.sh
. "$top/tests/build/overlay.sh"

version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
kernel=$(basename /lib/modules/6.1.*)

# Compiling and depmod would take minutes in the virtual machine, so what changes
# here is carried there.
overlay_root
mkdir "/tmp/root/usr/src/dsr-$version"
cp -r Kbuild dkms.conf kmod uapi "/tmp/root/usr/src/dsr-$version"

state() { root dkms status -m dsr -v "$version" | grep ": $1"; }

add() {
	root dkms add -m dsr -v "$version"
	state added
}

build() {
	root dkms build -m dsr -v "$version" -k "$kernel" ||
		{ cat "/tmp/upper/var/lib/dkms/dsr/$version/build/make.log"; false; }
	state built
}

install() {
	root dkms install -m dsr -v "$version" -k "$kernel"
	state installed
}

load() {
	tar -c -C /tmp/upper . >/out/dkms.tar
	tests/vm/boot.sh tests/build/dkms-load.sh "$version"
}

# By the key that DKMS makes when it has none.
signed() {
	local of=/tmp/root/var/lib/dkms/mok.pub
	diff -u <(openssl x509 -inform DER -in $of -noout -subject \
		-nameopt sep_multiline,lname | sed -n 's/^ *commonName=//p') \
		<(root modinfo -k "$kernel" -F signer dsr)
}

# What Secure Boot has the kernel do.
refused() {
	tests/vm/boot.sh --options module.sig_enforce=1 \
		tests/build/dkms-refused.sh
}

remove() {
	root dkms remove -m dsr -v "$version" --all
	[ -z "$(root dkms status -m dsr)" ]
	[ -z "$(find /tmp/root/lib/modules /tmp/upper -name 'dsr.ko*')" ]
}

tap "dkms add takes the source tree" add
tap "dkms build builds it for 6.1" build
tap "dkms install installs it" install
tap "DKMS signs it, with a key of its own" signed
tap "the kernel loads it when it is asked for" load
tap "one that enforces signatures refuses it and says why" refused
tap "dkms remove leaves nothing" remove
tap_done

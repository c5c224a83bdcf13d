#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# deb.sh [VERSION]: build the Debian packages of the checkout, and print where
# they are. VERSION, unless it is that of dkms.conf, is to test upgrades to.
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"
cd "$top"

version=${1:-$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)}

if [ "${DSR_ROOT:-}" != bookworm ]; then
	step "building the Debian packages" "$work/log/deb.log" \
		tests/vm/enter.sh bookworm tests/build/deb.sh "$version"
	ls "$work/deb/$version"/*.deb
	exit
fi

to=/out/deb/$version
rm -rf /tmp/deb "$to"
mkdir -p /tmp/deb/dsr "$to"
cp -r Kbuild README.md dkms.conf debian docs examples kmod uapi userspace \
	/tmp/deb/dsr
cd /tmp/deb/dsr
sed -i "s/^\(PACKAGE_VERSION\)=.*/\1=\"$version\"/" dkms.conf
sed -i "1s/(.*)/($version)/" debian/changelog
DEB_BUILD_OPTIONS=noautodbgsym dpkg-buildpackage -b -uc -us
cp ../*.deb "$to"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# root.sh NAME: print the folder of the Debian root NAME, and build it first
# if it is not there. roots/NAME.packages lists what goes in, roots/NAME.setup
# runs in it at the end. The folder is named after a hash of what it is made
# from; it gets its name only when it is complete.
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"

name=${1:?usage: root.sh NAME}
roots=$top/tests/vm/roots
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

[ -f "$roots/$name.packages" ] || die "no such root: $name"

need_root() {
	[ "$(id -u)" = 0 ] || die "needs root: it makes a Debian root folder"
}

# The one tool the host must have. Everything else lives in the root. Locked,
# because two roots may be built at a time.
need_mmdebstrap() {
	flock 8
	command -v mmdebstrap >/dev/null ||
		step "installing mmdebstrap with apt, to make Debian folders" \
			"$cache/mmdebstrap.log" install_mmdebstrap
} 8>"$cache/mmdebstrap.lock"

install_mmdebstrap() {
	export DEBIAN_FRONTEND=noninteractive
	apt-get update
	apt-get install -y --no-install-recommends mmdebstrap
}

# mirror LABEL: the address this machine's apt uses for that Debian archive.
mirror() {
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(LABEL)|$(REPO_URI)' \
		'Created-By: Packages' | sed -n "s/^$1|//p" | head -n 1
}

sources() {
	local main security
	main=$(mirror Debian)
	security=$(mirror Debian-Security)
	[ -n "$main" ] || die "apt knows no Debian mirror; run apt-get update"
	case $name in
	bookworm)
		source_line "$main" bookworm
		source_line "$main" bookworm-updates
		source_line "$main" bookworm-backports
		[ -z "$security" ] ||
			source_line "$security" bookworm-security
		;;
	*)
		source_line "$main" "$name"
		;;
	esac
}

source_line() { echo "deb [signed-by=$keyring] $1 $2 main"; }

# The machine's own way to the network, a proxy for instance.
network_options() { apt-config dump | grep -E '^Acquire::(http|https)::' || :; }

packages() { sed 's/#.*//' "$roots/$name.packages" | xargs | tr ' ' ,; }

# In a mount namespace, so that no mount outlives it even if it is killed. The
# index of sid on a mirror that is not updated every day may have expired;
# its signature still counts.
bootstrap() {
	unshare --mount mmdebstrap --mode=root --variant=apt --include="$(packages)" \
		--aptopt='Acquire::Check-Valid-Until "false"' \
		--aptopt="$tmp/network" \
		--aptopt='APT::Install-Recommends "false"' \
		--dpkgopt='force-unsafe-io' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--customize-hook="chroot \"\$1\" sh -eux <\"$roots/$name.setup\"" \
		--customize-hook="mkdir \"\$1/src\" \"\$1/out\" \"\$1/cache\"" \
		"$name" "$tmp/root" "$tmp/sources"
}

build() {
	tmp=$root.tmp
	rm -rf --one-file-system "$tmp"
	mkdir -p "$tmp"
	sources >"$tmp/sources"
	network_options >"$tmp/network"
	step "building the Debian root $name (once, a few minutes)" \
		"$root.log" bootstrap
	mv "$tmp/root" "$root"
	rm -r "$tmp"
	# Roots of other versions of this checkout, not used for a week.
	find "$cache" -maxdepth 1 -name "$name-*" -mtime +7 \
		-exec rm -rf --one-file-system {} +
}

key=$({ declare -f sources source_line bootstrap; cat "$roots/$name".*; } |
	sha256sum | cut -c1-12)
root=$cache/$name-$key
mkdir -p "$cache"
if [ ! -d "$root" ]; then
	need_root
	need_mmdebstrap
	exec 9>"$cache/$name.lock"
	flock 9
	[ -d "$root" ] || build
fi
touch "$root"
echo "$root"

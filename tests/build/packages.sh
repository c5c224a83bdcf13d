#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The Debian packages: what is in them, and what installing, upgrading, removing
# and purging them does to a Debian that has one kernel.
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/../vm/lib.sh"
inside bookworm "$@"
# shellcheck source=tests/tap.sh
. "$top/tests/tap.sh"
# shellcheck source=tests/build/overlay.sh
. "$top/tests/build/overlay.sh"

export DEBIAN_FRONTEND=noninteractive
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
next=$version+1
kernel=$(basename /lib/modules/6.1.*)
conf=/etc/dsrctl/dsr.yaml
unit=dsrctl.service
enabled=/tmp/root/etc/systemd/system/multi-user.target.wants/$unit

# What the scripts of the packages ask of systemd goes to a file, but for what
# needs none: enabling is making a link.
fake_systemd() {
	mkdir -p /tmp/root/run/systemd/system
	mv /tmp/root/usr/bin/systemctl /tmp/root/usr/bin/systemctl.real
	cat >/tmp/root/usr/bin/systemctl <<'END'
#!/bin/sh
[ "$1" != --root=/ ] || exec systemctl.real "$@"
echo "$*" >>/run/asked
END
	chmod +x /tmp/root/usr/bin/systemctl
	: >/tmp/root/run/asked
}

# asked: what systemd was asked to do since the last time.
asked() {
	cat /tmp/root/run/asked
	: >/tmp/root/run/asked
}

# This Debian leaves out documentation, and has a second kernel: no need.
prepare() {
	overlay_root
	rm -f /tmp/root/etc/dpkg/dpkg.cfg.d/*
	rm -rf /tmp/root/lib/modules/6.12.* /tmp/root/boot/*-6.12.*
	fake_systemd
}

same() { diff -u <(echo "$1") <(echo "$2"); }

# --- What is in them ---------------------------------------------------------

listed() {
	dpkg-deb -c "/out/deb/$version/$1_"*.deb | awk '
		$1 !~ /^d/ || $6 ~ /^\.\/etc\/./ { print $1, $2, $6 }' |
		LC_ALL=C sort
}

dsrctl_has() {
	same '-rw-r--r-- root/root ./lib/systemd/system/dsrctl.service
-rw-r--r-- root/root ./usr/share/bash-completion/completions/dsrctl
-rw-r--r-- root/root ./usr/share/doc/dsrctl/README.md.gz
-rw-r--r-- root/root ./usr/share/doc/dsrctl/changelog.gz
-rw-r--r-- root/root ./usr/share/doc/dsrctl/copyright
-rw-r--r-- root/root ./usr/share/doc/dsrctl/examples/bird/bird.service.d.conf
-rw-r--r-- root/root ./usr/share/doc/dsrctl/examples/bird/director.conf
-rw-r--r-- root/root ./usr/share/doc/dsrctl/examples/bird/dsr.yaml
-rw-r--r-- root/root ./usr/share/doc/dsrctl/examples/bird/router.conf
-rw-r--r-- root/root ./usr/share/doc/dsrctl/examples/dsr.schema.json
-rw-r--r-- root/root ./usr/share/doc/dsrctl/examples/dsr.yaml
-rw-r--r-- root/root ./usr/share/doc/dsrctl/examples/grafana-dashboard.json
-rw-r--r-- root/root ./usr/share/doc/dsrctl/examples/keepalived/keepalived.conf
-rw-r--r-- root/root ./usr/share/doc/dsrctl/examples/keepalived/keepalived.service.d.conf
-rw-r--r-- root/root ./usr/share/doc/dsrctl/install.md.gz
-rw-r--r-- root/root ./usr/share/doc/dsrctl/real-servers.md.gz
-rw-r--r-- root/root ./usr/share/man/man5/dsr.yaml.5.gz
-rw-r--r-- root/root ./usr/share/man/man7/dsr.7.gz
-rw-r--r-- root/root ./usr/share/man/man8/dsrctl.8.gz
-rw-r--r-- root/root ./usr/share/zsh/vendor-completions/_dsrctl
-rwxr-xr-x root/root ./usr/sbin/dsrctl
-rwxr-xr-x root/root ./usr/share/doc/dsrctl/examples/keepalived/dsr-checks
-rwxr-xr-x root/root ./usr/share/doc/dsrctl/examples/keepalived/dsr-notify
drwxr-xr-x root/root ./etc/dsrctl/' "$(listed dsrctl)"
}

# The module's sources, no more, as they are here.
dkms_has() {
	local file
	same "$({
		for file in changelog.gz copyright; do
			echo "./usr/share/doc/dsr-dkms/$file"
		done
		find Kbuild dkms.conf kmod/*.[ch] uapi -type f |
			sed "s|^|./usr/src/dsr-$version/|"
	} | sed 's|^|-rw-r--r-- root/root |' | LC_ALL=C sort)" \
		"$(listed dsr-dkms)"
}

# --- What they do ------------------------------------------------------------

# Yahoo's dsrtools have a dsrctl too.
conflicts() {
	local out
	mkdir -p /tmp/dsrtools/DEBIAN
	printf '%s\n' 'Package: dsrtools' 'Version: 1' 'Architecture: all' \
		'Maintainer: -' 'Description: -' >/tmp/dsrtools/DEBIAN/control
	dpkg-deb -b /tmp/dsrtools /tmp/root/tmp/dsrtools.deb
	root dpkg -i /tmp/dsrtools.deb
	if out=$(root dpkg -i "/out/deb/$version/"dsrctl_*.deb 2>&1); then
		return 1
	fi
	root dpkg -P dsrtools
	grep -F 'conflicting packages' <<<"$out"
}

# whole VERSION: both packages are there, with each file as it should be, and
# the module of that version, and no other.
whole() {
	local name modules
	for name in dsrctl dsr-dkms; do
		same $'install ok installed\n'"$1" "$(root dpkg -s $name |
			sed -nE 's/^(Status|Version): //p')"
		same '' "$(root dpkg -V $name)"
	done
	same "dsrctl $1" "$(root dsrctl version)"
	same "dsr/$1, $kernel, x86_64: installed" "$(root dkms status dsr)"
	modules=$(cd /tmp/root/lib/modules && find . -name 'dsr.ko*')
	same "./$kernel/updates/dkms/dsr.ko" "$modules"
	same "$1" "$(root modinfo -k "$kernel" -F version dsr)"
}

install() {
	root dpkg -i "/out/deb/$version/"*.deb
	whole "$version"
	[ -L "$enabled" ]
	same '' "$(asked)"
}

autoload() {
	root modprobe -S "$kernel" -n -v net-pf-16-proto-16-family-dsr |
		grep -F "/lib/modules/$kernel/updates/dkms/dsr.ko"
}

verified() { root systemd-analyze verify --man=no "$unit"; }

example() {
	root dsrctl config check /usr/share/doc/dsrctl/examples/dsr.yaml
}

# What runs is left alone: the unit is not stopped, nor is the file applied.
upgrade() {
	echo 'services: [] # mine' >"/tmp/root$conf"
	root dpkg -i "/out/deb/$next/"*.deb
	whole "$next"
	[ -L "$enabled" ]
	same '' "$(asked)"
	same 'services: [] # mine' "$(cat "/tmp/root$conf")"
	[ ! -e "/tmp/root/usr/src/dsr-$version" ]
	[ ! -e "/tmp/root/var/lib/dkms/dsr/$version" ]
}

remove() {
	root dpkg -r dsrctl dsr-dkms
	same '--system daemon-reload' "$(asked)"
	same '' "$(root dkms status dsr)"
	same '' "$(cd /tmp/root && find lib/modules usr/src/dsr* \
		usr/sbin/dsrctl var/lib/dkms/dsr -name 'dsr*' 2>/dev/null)"
	same 'services: [] # mine' "$(cat "/tmp/root$conf")"
}

# All that is not as it was, but for what is dpkg's, depmod's, systemd's and
# DKMS' own.
changed() {
	cd /tmp/upper
	find . \( -type f -o -type l -o -name '*dsr*' \) \
		! -path './var/lib/dpkg/*' ! -path './var/log/*' \
		! -path './lib/modules/*/modules.*' \
		! -path './usr/lib/modules/*/modules.*' \
		! -path './var/cache/*' ! -path './var/lib/dkms/mok.*' \
		! -path './usr/bin/systemctl*' ! -path './run/*' ! -path './tmp/*'
}

purge() {
	root dpkg -P dsrctl dsr-dkms
	same '' "$(changed)"
	same '' "$(root dpkg -l | grep dsr)"
}

prepare
tap "the packages are built" tests/build/deb.sh "$version"
tap "dsrctl has these files" dsrctl_has
tap "dsr-dkms has the module's sources" dkms_has
tap "dsrctl is not installed beside dsrtools" conflicts
tap "they are installed: the module is built, the unit enabled" install
tap "the kernel finds the module by its family" autoload
tap "systemd finds no mistake in the unit" verified
tap "dsrctl finds no mistake in the example" example
tap "the next version is built" tests/build/deb.sh "$next"
tap "they are upgraded: no old module, nothing applied anew" upgrade
tap "they are removed: the configuration stays" remove
tap "they are purged: nothing is left" purge
tap_done

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# boot.sh [--kernel 6.1|6.12|newest|debug|uml] [--smp N] [--mem MB]
#         [--timeout S] [--icount yes] [--options WORDS] SCRIPT ARG…
#
# Boot a Debian kernel in a virtual machine, run SCRIPT (a path inside the
# checkout) in it as root and exit as it did; 124: timed out, 125: the machine
# died. Its output is SCRIPT's alone. The machine's root is the Debian root,
# with writes going to memory; /src is the checkout, /out the work folder.
# --icount: one CPU, emulated, whose clock counts instructions, one each ns.
# --options are words of the kernel's command line.
# uml is no machine but a program, with one CPU: nothing is emulated.
# The kernel's own messages go to /out/vm/KERNEL-SCRIPT-ARG.console.
set -euo pipefail
# shellcheck source=tests/vm/lib.sh
. "$(dirname "$0")/lib.sh"
inside bookworm "$@"

kernel=6.1 smp=2 mem=1024 limit=300 icount='' options=''
while [[ ${1:-} == --* ]]; do
	case $1 in
	--kernel) kernel=$2 ;;
	--smp) smp=$2 ;;
	--mem) mem=$2 ;;
	--timeout) limit=$2 ;;
	--icount) icount=$2 ;;
	--options) options=$2 ;;
	*) die "unknown option $1" ;;
	esac
	shift 2
done
[ $# -gt 0 ] || die "which script?"

run=$(mktemp -d)
mkdir -p /out/vm
console=$(tr -cs '[:alnum:].' - <<<"$kernel $(basename "$1" .sh) ${*:2}")
console=${console:0:100} console=/out/vm/${console%-}.console

find_kernel() {
	local dir
	case $kernel in
	debug)
		dir=$("$top/tests/vm/kernel.sh" debug)
		image=$dir/arch/x86/boot/bzImage
		modules=$(echo "$dir"/install/lib/modules/*)
		options+=" panic_on_warn=1"
		;;
	uml)
		dir=$("$top/tests/vm/kernel.sh" uml)
		image=$dir/linux
		modules=$(echo "$dir"/install/lib/modules/*)
		;;
	newest)
		dir=$(compgen -G "/cache/newest-*-amd64" | sort -V | tail -n 1)
		[ -n "$dir" ] || die "run tests/build/run.sh first"
		image=$dir/vmlinuz
		modules=$(echo "$dir"/lib/modules/*)
		;;
	*)
		image=$(compgen -G "/boot/vmlinuz-$kernel.*") ||
			die "no kernel $kernel"
		modules=/lib/modules/${image#/boot/vmlinuz-}
		;;
	esac
}

# The modules it takes to mount the root, in order of need.
initramfs_modules() {
	local name
	for name in virtio_pci virtio_console 9pnet_virtio 9p overlay; do
		modprobe -d "/${modules%/lib/modules/*}" -S "${modules##*/}" \
			--show-depends "$name"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

# The first process: mounts the root and goes on with guest.sh there.
initramfs_init() {
	local plan9=trans=virtio,version=9p2000.L,msize=512000
	cat <<-INIT
	#!/bin/busybox sh
	set -e
	/bin/busybox --install -s /bin
	mount -t devtmpfs dev /dev
	for module in \$(cat /modules/order); do
		insmod /modules/\$module
	done
	mount -t 9p -o $plan9,cache=loose,ro root /lower
	mount -t tmpfs tmpfs /upper
	mkdir /upper/upper /upper/work
	mount -t overlay -o \
	lowerdir=/lower,upperdir=/upper/upper,workdir=/upper/work root /root
	mount -t 9p -o $plan9,cache=loose,ro src /root/src
	mount -t 9p -o $plan9,cache=mmap out /root/out
	# Of Debian's kernels the root has the modules where they belong.
	[ -e "/root/lib/modules/${modules##*/}" ] ||
		ln -s "$modules" /root/lib/modules
	mount --move /dev /root/dev
	exec switch_root /root /src/tests/vm/guest.sh $(printf '%q ' "$@")
	INIT
}

make_initramfs() {
	local dir=$run/initramfs file name
	mkdir -p "$dir"/{bin,dev,lower,modules,root,upper}
	cp /bin/busybox "$dir/bin"
	for file in $(initramfs_modules); do
		name=$(basename "$file" .xz)
		case $file in
		*.xz) xz -dc "$file" >"$dir/modules/$name" ;;
		*) cp "$file" "$dir/modules" ;;
		esac
		echo "$name"
	done >"$dir/modules/order"
	initramfs_init "$@" >"$dir/init"
	chmod +x "$dir/init"
	(cd "$dir" && find . | cpio -o -H newc --quiet) >"$run/initrd"
}

share() {
	local tag=$1 path=$2 options=${3:-}
	echo -fsdev "local,id=$tag,path=$path,security_model=none" \
		"-device virtio-9p-pci,fsdev=$tag,mount_tag=$tag" |
		sed "s/security_model=none/&,multidevs=remap$options/"
}

# port NUMBER NAME FILE: what the guest writes to /dev/vport0pNUMBER, zero
# because the machine's first virtio device holds the ports.
port() {
	echo -chardev "file,id=$2,path=$3" \
		-device "virtserialport,chardev=$2,nr=$1"
}

# machine ACCEL CPU SECONDS: boot and wait. -no-reboot and panic=-1 make a
# panic end the machine at once. Sockets, because the table in which the debug
# kernel, without ACPI, finds the CPUs lists one per socket. norandmaps, because
# an emulated CPU translates a program's code anew at each address it comes to.
machine() {
	: >"$run/status"
	# shellcheck disable=SC2046,SC2086
	timeout --kill-after=5 "$3" qemu-system-x86_64 \
		-accel $1 -cpu "$2" -smp "$smp,sockets=$smp" -m "$mem" \
		-nodefaults -display none -no-reboot \
		-kernel "$image" -initrd "$run/initrd" \
		-append "console=ttyS0 loglevel=5 panic=-1 norandmaps \
			mitigations=off $options" \
		-serial "file:$console" \
		-device virtio-serial-pci \
		$(share root / ,readonly=on) \
		$(share src /src ,readonly=on) \
		$(share out /out) \
		$(port 1 out "$run/out") $(port 2 err "$run/err") \
		$(port 3 status "$run/status") \
		</dev/null >"$run/qemu" 2>&1
}

# KVM where it works. On some machines it is there and the guest hangs, so try
# once per boot of the host.
choose_accel() {
	local known
	known=/cache/accel-$(cat /proc/sys/kernel/random/boot_id)
	if [ ! -s "$known" ]; then
		accel="tcg,thread=multi qemu64"
		if [ -w /dev/kvm ]; then
			say "trying whether KVM works, 10 s at most"
			probe 2>/dev/null && accel="kvm host"
		fi
		rm -f /cache/accel-*
		echo "$accel" >"$known"
		say "machines will run with ${accel%% *}"
	fi
	read -r -a accel <"$known"
}

probe() {
	make_initramfs true
	machine kvm host 10 && [ "$(cat "$run/status")" = 0 ]
}

failed() {
	say "$1; its console, $console, ends with:"
	tail -n 40 "$console" "$run/qemu" >&2
	exit "$2"
}

# with_qemu COMMAND…, with_uml COMMAND…: boot, and wait for the machine's end.
with_qemu() {
	if [ -n "$icount" ]; then
		smp=1
		accel=("tcg,thread=single -icount shift=0,sleep=off" qemu64)
	fi
	make_initramfs "$@"
	machine "${accel[0]}" "${accel[1]}" "$limit"
}

# Its memory is a file in TMPDIR; what it writes are files too, because a pipe
# of the host's is no pipe inside. The kernel and what runs in it are processes
# that take turns: on one CPU, neither has to wake another CPU for the other.
with_uml() {
	local pid rc=0 cpu
	cpu=$(sed -n 's/^Cpus_allowed_list:.*[^0-9]//p' /proc/self/status)
	printf '%q ' "$@" >"$run/command"
	: >"$run/uml.status"
	: | tee "$run/uml.out" >"$run/uml.err"
	TMPDIR=/dev/shm timeout --kill-after=5 "$limit" taskset -c "$cpu" \
		"$image" mem="${mem}M" \
		root=/dev/root rootfstype=hostfs hostfs=/ rw \
		init=/src/tests/vm/uml-init.sh con=null con0=null,fd:2 \
		console=tty0 loglevel=5 panic=-1 \
		DSR_RUN="$run" DSR_MODULES="$modules" \
		</dev/null >"$run/qemu" 2> >(cat >"$console") &
	pid=$!
	tail -q -s 0.2 -f --pid="$pid" "$run/uml.out" >"$run/out" 2>/dev/null &
	tail -q -s 0.2 -f --pid="$pid" "$run/uml.err" >"$run/err" 2>/dev/null &
	wait "$pid" || rc=$?
	mv "$run/uml.status" "$run/status"
	return $rc
}

find_kernel
[ "$kernel" = uml ] || choose_accel
rm -f "$run/out" "$run/err"
mkfifo "$run/out" "$run/err"
cat "$run/out" &
cat "$run/err" >&2 &
rc=0
if [ "$kernel" = uml ]; then
	with_uml "DSR_KERNEL=$kernel" "$@" || rc=$?
else
	with_qemu "DSR_KERNEL=$kernel" "$@" || rc=$?
fi
wait
[ "$rc" != 124 ] || failed "the machine ran longer than $limit s" 124
[ -s "$run/status" ] || failed "the machine died" 125
exit "$(cat "$run/status")"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# run.sh [--update]: test dsrctl without a kernel module. Builds it, as it is
# and with sanitizers, and plays the transcripts in cases/ with the latter.
# --update writes into them what dsrctl prints now; read the difference.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/tap.sh
. tests/tap.sh
# shellcheck source=tests/unit/transcript.sh
. tests/unit/transcript.sh

# Always the same, or ccache would not know the compiler's words again.
work=/tmp/dsr-unit
mkdir "$work"
trap 'rm -rf "$work"' EXIT
unset NO_COLOR FAKE
export LC_ALL=C.UTF-8 TERM=dumb TZ=UTC

build() { # FOLDER [SAN=1]
	make -s -C userspace O="$work/$1/userspace" "${@:2}" \
		CFLAGS='-O1 -g -Werror'
	make -s -C tests/unit O="$work/$1" "${@:2}" CFLAGS='-O1 -g -Werror'
}

# with FOLDER CMD…: CMD finds the dsrctl built there.
with() { PATH=$work/$1:$PATH "${@:2}"; }

# --- The manual page ---------------------------------------------------------

# manual PAGE: its text on one line, without the overstriking of bold letters.
manual() {
	mandoc -T utf8 "userspace/man/$1" | sed 's/.\x08//g' | tr -s ' \n' ' '
}

in_manual() { grep -qF -- "$1" <<<"$manual"; }

well_formed() { mandoc -T lint -W warning userspace/man/*.[1-9]; }

# Every command line that help lists.
usages() { with plain dsrctl help | sed -n 's/^  dsrctl/dsrctl/p'; }

# The names of the entries of an enum in the specification.
entries() {
	awk -v enum="name: $1" '
		/^attribute-sets:/ { exit }
		/^    name: / { on = substr($0, 5) == enum }
		on && /^        name: / { print $2 }' uapi/dsr.yaml
}

# Every keyword of a command, with its value, as its help has it.
keywords() {
	with plain dsrctl help "$@" |
		sed -nE 's/^  ([a-z][a-z-]*( [^ ]+)?)( .*)?$/\1/p'
}

# The names of what doctor may find.
findings() {
	sed -nE 's/^\t\t"([a-z-]+)", (FAULT|WARNING|NOTE),.*/\1/p' \
		userspace/doctor_find.c
}

# What dsrctl shows of the kernel that is not there, all of it.
shown() {
	with plain dsrctl -j stats
	with plain dsrctl -j server show
	with plain dsrctl flow show
}

json_keys() {
	sed -nE 's/^\| +"([a-z_]+)":.*/\1/p' tests/unit/cases/*.txt | sort -u
}

# has_help OBJECT [VERB]: its help begins with its usage.
has_help() { grep -qF -- "dsrctl $*" <<<"$(with plain dsrctl help "$@")"; }

check_manual() {
	local line word manual
	manual=$(manual dsrctl.8)
	tap "manual: is well formed" well_formed
	while read -r line; do
		tap "manual: has '$line'" in_manual "$line"
	done < <(usages)
	for word in $(entries echo) $(entries nexthop-state) \
		$(entries reason) $(entries hash-on) $(entries lost) \
		$(entries midflow) $(entries flow-state) $(entries why) \
		$(json_keys) $(findings) $(metrics); do
		tap "manual: explains $word" in_manual "$word"
	done
	while read -r line; do
		tap "manual: has keyword $line" in_manual "$line"
	done < <(keywords service add && keywords server add &&
		keywords server drain && keywords flow flush &&
		keywords settings set && keywords apply &&
		keywords recipe && keywords realserver up &&
		keywords doctor && keywords top && keywords trace)
	for word in --json --stats --netns --version --help --wait \
		--timeout --dry-run --watch; do
		tap "manual: has $word" in_manual " $word"
	done
	check_file_manual
	check_module_manual
}

# file_keys KEY…: all the keys that a file can have beside these.
file_keys() {
	printf 'services: [{service: fwmark 1, %s}]' "$1" |
		with plain dsrctl config check - 2>&1 |
		sed -n 's/.*: give //p' | sed 's/,\| or/ /g'
}

# Every key is explained where the file is.
check_file_manual() {
	local word manual
	manual=$(manual dsr.yaml.5)
	for word in settings ingress announce device every services \
		$(file_keys 'x: y') \
		$(file_keys 'timeout: {x: y}') \
		$(file_keys 'servers: [{address: ::1, x: y}]'); do
		tap "manual: explains the key $word" in_manual " $word"
	done
}

# bold SECTION: the words that dsr(7) has in bold there.
bold() {
	awk -v section=".Sh $1" '
		/^\.Sh / { on = $0 == section }
		on && /^\.((It|Pq) )?Sy / {
			sub(/.*Sy /, "")
			for (i = 1; i <= NF && $i != "No"; i++)
				if ($i ~ /[a-z]/)
					print $i
		}' userspace/man/dsr.7 | sort
}

names_all() { diff <(entries "$2" | sort) <(bold "$1"); }

# What the module tells has its place in the page about it, all and no more.
check_module_manual() {
	tap "manual: dsr(7) has each reason" names_all "A PACKET'S WAY" reason
	tap "manual: dsr(7) has each state of a flow" \
		names_all "LIFE OF A FLOW" flow-state
	tap "manual: dsr(7) has each state of a next hop" \
		names_all "NEXT HOPS" nexthop-state
}

# The examples of the manual are what it says they are; then they lie in $work.
examples_are_good() {
	local example n=0
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh DIAG/p' userspace/man/dsr.yaml.5 |
		awk -v RS='\\.Bd[^\n]*\n' -v dir="$work" 'NR > 1 {
			sub(/\n\.Ed.*/, "\n"); print > (dir "/example." NR) }'
	for example in "$work"/example.*; do
		with plain dsrctl config check "$example"
		n=$((n + 1))
	done
	[ "$n" -ge 3 ]
}

# What editors look a file up in.
has_schema() {
	with plain tests/unit/schema.py examples/dsr.schema.json \
		examples/dsr.yaml "$work"/example.*
}

check_names() {
	local word shown
	shown=$(shown)
	for word in $(entries nexthop-state) $(entries reason) \
		$(entries flow-state); do
		tap "names: has $word" grep -qwF -- "$word" <<<"$shown"
	done
}

check_help() {
	local line
	while read -r _ object verb _; do
		[[ $verb =~ ^[a-z] ]] || verb=
		case $object in
		version | help) ;;
		*)
			tap "help: has $object${verb:+ $verb}" \
				has_help "$object" ${verb:+"$verb"}
			;;
		esac
	done < <(usages)
}

# --- Metrics -----------------------------------------------------------------

# The names of all metrics.
metrics() { with plain dsrctl metrics | sed -n 's/^# TYPE \([^ ]*\) .*/\1/p'; }

# The metrics that the dashboard asks for.
asked() {
	jq -r '.. | .expr?, .query? | strings' examples/grafana-dashboard.json |
		grep -oE 'dsr_[a-z_]+' | sort -u
}

lints() { with plain dsrctl metrics | promtool check metrics; }

is_dashboard() {
	jq -e '.panels | length > 5 and all(.[]; .id and .type and .title)' \
		examples/grafana-dashboard.json
}

check_metrics() {
	local name
	tap "metrics: promtool finds nothing" lints
	tap "dashboard: is one" is_dashboard
	for name in $(asked); do
		tap "dashboard: $name is a metric" grep -qx "$name" <(metrics)
	done
}

# --- Completion --------------------------------------------------------------

# tab SHELL LINE…: what an interactive shell does when these lines are typed,
# one after the other; its last lines.
tab() {
	local shell=$1
	shift
	printf '%s\n' "$@" exit | with plain script -qec "$shell" /dev/null |
		tr -d '\r\a' | cat -v
}

# The kernel is asked for the services of a family while the line is typed, and
# then what the line came to be.
wanted='> service-get version=1 flags=request,ack,dump
> service-set version=1 flags=request,ack service{ protocol=11 ipv6=20010db8000000000000000000000001 ports{ first=0035 last=0035 } lost=01 }'

# By the shell itself, words with colons and brackets among them.
completes() { # SHELL COMMAND…
	rm -f "$work/log"
	FAKE_LOG=$work/log tab "$@" \
		$'dsrctl servi\tse\tud\t'"$colons"$'\tlo\trese\t' &&
		diff <(echo "$wanted") "$work/log"
}

check_completion() {
	local colons='[2001:db8::1]:'
	tap "bash completes a line" completes 'bash --norc --noprofile' \
		'source <(dsrctl completion bash)'
	# To zsh, brackets that are not quoted are a pattern.
	colons='\[2001:db8::1\]:'
	tap "zsh completes a line" completes 'zsh -f' \
		'autoload -U compinit && compinit -D -u' \
		'source <(dsrctl completion zsh)'
}

# --- The Makefile ------------------------------------------------------------

installed() { (cd "$work/root" && find . -type f -printf '%m %p\n' | sort); }

installs() {
	make -s -C userspace O="$work/plain/userspace" \
		DESTDIR="$work/root" PREFIX=/usr "$1"
}

check_install() {
	local want='644 ./usr/lib/systemd/system/dsrctl.service
644 ./usr/share/bash-completion/completions/dsrctl
644 ./usr/share/man/man5/dsr.yaml.5
644 ./usr/share/man/man7/dsr.7
644 ./usr/share/man/man8/dsrctl.8
644 ./usr/share/zsh/site-functions/_dsrctl
755 ./usr/sbin/dsrctl'
	installs install &&
		diff <(echo "$want") <(installed) &&
		installs uninstall &&
		diff /dev/null <(installed)
}

same_version() {
	grep -qxF "PACKAGE_VERSION=\"$(with plain dsrctl -V | cut -d' ' -f2)\"" \
		dkms.conf
}

# -----------------------------------------------------------------------------

update() {
	local file
	build plain
	for file in tests/unit/cases/*.txt; do
		with plain play "$file" >"$work/new"
		cp "$work/new" "$file"
	done
}

check() {
	local file folder san
	for folder in plain sanitized; do
		san=()
		[ $folder = plain ] || san=(SAN=1)
		echo "building dsrctl ($folder)" >&2
		tap "$folder: builds without a warning" \
			build $folder "${san[@]}"
		tap "$folder: pure functions" "$work/$folder/pure_test"
		tap "$folder: a thousand configurations, written and read" \
			"$work/$folder/conf_test" 1000
		tap "$folder: a real server's faults" \
			"$work/$folder/realserver_test"
		tap "$folder: doctor" "$work/$folder/doctor_test"
	done
	for file in tests/unit/cases/*.txt; do
		with sanitized check_transcript "$file"
	done
	tap "ten thousand services of ten servers are written and read" \
		"$work/plain/conf_test" speed
	tap "fuzz: the mutations find nothing" tests/fuzz/run.sh 20000
	check_help
	check_manual
	tap "manual: the examples of dsr.yaml(5) have no mistake" \
		examples_are_good
	for file in examples/dsr.yaml examples/bird/dsr.yaml; do
		tap "$file has no mistake" with plain dsrctl config check "$file"
	done
	tap "examples/dsr.schema.json says what dsrctl does" has_schema
	check_names
	check_metrics
	check_completion
	tap "make: installs and uninstalls" check_install
	tap "make: the version is that of dkms.conf" same_version
	tap_done
}

case ${1:-} in
--update) update ;;
'') check ;;
*)
	echo "usage: run.sh [--update]" >&2
	exit 2
	;;
esac

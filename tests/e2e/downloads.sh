# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # lab is lib.sh's
# Slow downloads of parts of the big file, to change things while they run.

size=5000000 pid=() status=()

# download N: the file's Nth part, which takes 10 s.
download() {
	get /slow -r $(($1 * size))-$(($1 * size + size - 1)) \
		-o "$lab/part.$1" 2>"$lab/error.$1"
}

# start_downloads N…: one after the other; on return all have begun.
start_downloads() {
	local n
	for n; do
		download "$n" &
		pid[n]=$!
		wait_until 10 test -s "$lab/part.$n"
	done
}

underway() { kill -0 "${pid[@]}"; }

finish_downloads() {
	local n
	for n; do
		status[n]=0
		wait "${pid[n]}" || status[n]=$?
	done
}

# whole N…: these downloads ended well and with the right content.
whole() {
	local n
	for n; do
		same "0 " "${status[n]} $(cat "$lab/error.$n")"
		cmp -n $size -i $((n * size)):0 "$lab/file" "$lab/part.$n"
	done
}

# broken N…: the server that took these over did not know them.
broken() {
	local n
	for n; do
		same "56 curl: (56) Recv failure: Connection reset by peer" \
			"${status[n]} $(cat "$lab/error.$n")"
	done
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# All may look, but for secrets; changes need CAP_NET_ADMIN over the namespace.
set -euo pipefail
# shellcheck source=tests/e2e/lib.sh
. tests/e2e/lib.sh

# denied CMD…: no kind of change is made.
denied() {
	local no="not permitted: this needs root (CAP_NET_ADMIN)" before
	local web_text="${web[*]}" dns_text="${dns[*]}"
	before=$(ctl -j service show)
	refused 1 "dsrctl: service $dns_text: $no" \
		"$@" dsrctl service add "${dns[@]}"
	refused 1 "dsrctl: service $web_text: $no" \
		"$@" dsrctl service del "${web[@]}"
	refused 1 "dsrctl: server 10.0.0.12 of $web_text: $no" \
		"$@" dsrctl server add "${web[@]}" 10.0.0.12
	refused 1 "dsrctl: server 10.0.0.11 of $web_text: $no" \
		"$@" dsrctl server set "${web[@]}" 10.0.0.11 weight 0
	refused 1 "dsrctl: server 10.0.0.11 of $web_text: $no" \
		"$@" dsrctl server del "${web[@]}" 10.0.0.11
	same "$before" "$(ctl -j service show)"
}

# shown CMD…: all but the secret of the hash.
shown() {
	same "$(ctl -j service show | jq '.[].hash_key = null')" \
		"$("$@" dsrctl -j service show | jq .)"
}

own_namespace() {
	as_nobody unshare --user --map-root-user --net bash -eu -c '
		ip link set lo up
		dsrctl service add tcp 192.0.2.10:80
		dsrctl server add tcp 192.0.2.10:80 10.0.0.11 weight 3 2>/dev/null
		dsrctl -j service show | jq -c ".[] | [.ports, .servers[].weight]"
		dsrctl service del tcp 192.0.2.10:80
		dsrctl -j service show | jq -c .
	'
}

ctl service add "${web[@]}"
ctl server add "${web[@]}" 10.0.0.11 mac "$(mac_of r1)"

tap "nobody may look" shown as_nobody
tap "but not change" denied as_nobody
tap "root of a user namespace may look" shown as_root_of_a_user_namespace
tap "but not change what is not his" denied as_root_of_a_user_namespace
tap "in his own network namespace he may" \
	same '[[[80,80]],3] []' "$(own_namespace | xargs)"
tap_done

// SPDX-License-Identifier: GPL-2.0
#include "names.h"

static const struct name states[] = {
	[DSR_NEXTHOP_STATE_READY] = { "ready", "ready", GREEN },
	[DSR_NEXTHOP_STATE_RESOLVING] = { "resolving", "resolving", YELLOW },
	[DSR_NEXTHOP_STATE_FAILED] = { "failed", "no answer", RED },
	[DSR_NEXTHOP_STATE_NO_ROUTE] = { "no-route", "no route", RED },
	[DSR_NEXTHOP_STATE_GATEWAY] = { "gateway", "behind gateway", RED },
	[DSR_NEXTHOP_STATE_LOCAL] = { "local", "this machine", GREEN },
	[DSR_NEXTHOP_STATE_BAD_DEVICE] = { "bad-device", "bad device", RED },
	[DSR_NEXTHOP_STATE_BAD_MAC] = { "bad-mac", "bad MAC", RED },
	[DSR_NEXTHOP_STATE_OWN_MAC] = { "own-mac", "own MAC", RED },
	[DSR_NEXTHOP_STATE_PEER_MAC] = { "peer-mac", "a peer's MAC", RED },
	[DSR_NEXTHOP_STATE_NO_VIP] = { "no-vip", "VIP missing", RED },
};

static const struct name reasons[] = {
	[DSR_REASON_FORWARDED] = {
		"forwarded", "sent to a server", GREEN },
	[DSR_REASON_NOT_OURS] = {
		"not-ours", "for no service: left to the kernel", PLAIN },
	[DSR_REASON_ECHO_ANSWERED] = {
		"echo-answered", "ping to a VIP: answered", PLAIN },
	[DSR_REASON_ICMP_UNMATCHED] = {
		"icmp-unmatched",
		"ICMP error about no known flow: left to the kernel", YELLOW },
	[DSR_REASON_MALFORMED] = {
		"malformed", "bad header: dropped", YELLOW },
	[DSR_REASON_RESET] = {
		"reset", "connection unknown or lost: reset", YELLOW },
	[DSR_REASON_FLOW_UNKNOWN] = {
		"flow-unknown", "connection unknown: dropped", YELLOW },
	[DSR_REASON_FLOW_LOST] = {
		"flow-lost", "connection has lost its server: dropped",
		YELLOW },
	[DSR_REASON_NO_SERVER] = {
		"no-server", "no server takes new flows: dropped", RED },
	[DSR_REASON_NO_NEXTHOP] = {
		"no-nexthop", "server cannot be reached: dropped", RED },
	[DSR_REASON_TOO_BIG] = {
		"too-big", "larger than the device's MTU: dropped, sender told",
		YELLOW },
	[DSR_REASON_LRO] = {
		"lro", "merged by LRO, switch it off: dropped", RED },
	[DSR_REASON_NO_MEMORY] = {
		"no-memory", "no memory: dropped", RED },
	[DSR_REASON_XMIT_FAILED] = {
		"xmit-failed", "refused by the device's queue", RED },
	[DSR_REASON_FRAGMENT_TIMEOUT] = {
		"fragment-timeout", "first fragment did not come: dropped",
		YELLOW },
	[DSR_REASON_FRAGMENT_LIMIT] = {
		"fragment-limit", "too many fragments were waiting: dropped",
		RED },
	[DSR_REASON_NEIGH_ANSWERED] = {
		"neigh-answered", "neighbour solicitation to a VIP: answered",
		PLAIN },
	[DSR_REASON_FROM_SERVER] = {
		"from-server",
		"sent back by a server: not balanced again", YELLOW },
	[DSR_REASON_FROM_PEER] = {
		"from-peer",
		"sent by another director: not balanced again", PLAIN },
	[DSR_REASON_LOCAL] = {
		"local", "this machine is the server: left to the kernel",
		GREEN },
	[DSR_REASON_FROM_VIP] = {
		"from-vip",
		"from the VIP itself, by this machine: left to the kernel",
		YELLOW },
	[DSR_REASON_REPLY] = {
		"reply", "a server's reply: routed on to its client", GREEN },
	[DSR_REASON_REPLY_LOST] = {
		"reply-lost",
		"a server's reply, no way to its client: dropped", RED },
};

static const char *const events[] = {
	[DSR_CMD_SERVICE_ADD_NTF] = "service-add",
	[DSR_CMD_SERVICE_SET_NTF] = "service-set",
	[DSR_CMD_SERVICE_DEL_NTF] = "service-del",
	[DSR_CMD_SERVER_ADD_NTF] = "server-add",
	[DSR_CMD_SERVER_SET_NTF] = "server-set",
	[DSR_CMD_SERVER_DEL_NTF] = "server-del",
	[DSR_CMD_ROLE_SET_NTF] = "role-set",
	[DSR_CMD_PEER_ADD_NTF] = "peer-add",
	[DSR_CMD_PEER_SET_NTF] = "peer-set",
	[DSR_CMD_PEER_DEL_NTF] = "peer-del",
};

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* A number that is left out of a list has no name. */
static const struct name *names_find(const struct name *list, size_t n,
				     unsigned int number)
{
	return number < n && list[number].json ? &list[number] : NULL;
}

const char *names_event(unsigned int kind)
{
	return kind < COUNT(events) ? events[kind] : NULL;
}

const struct name *names_state(unsigned int state)
{
	return names_find(states, COUNT(states), state);
}

const struct name *names_reason(unsigned int reason)
{
	return names_find(reasons, COUNT(reasons), reason);
}

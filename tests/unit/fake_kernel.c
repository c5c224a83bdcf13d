// SPDX-License-Identifier: GPL-2.0
/*
 * A kernel for dsrctl to talk to, linked into it for the tests in place of the
 * socket calls. It keeps nothing: it answers dumps from the tables below, logs
 * what it is asked, and grants every change or, if FAKE says so, refuses it.
 *
 *   FAKE_LOG=FILE           a line for each request, with its attributes in hex
 *   FAKE=error:ERRNO        answer every request of the family with this error,
 *   FAKE=error:ERRNO:TEXT   and this message; with ERRNO 0 it is a warning
 *   FAKE=done:ERRNO:TEXT    the same at the end of a dump
 *   FAKE=interrupted:N      a change cuts into the first N dumps
 *   FAKE=empty              there are no services
 *   FAKE=incomplete         replies lack the address
 *   FAKE=crowded            replies have more ranges of ports than there can be
 *   FAKE=absent             there is no such family
 *   FAKE=refuse:N:TEXT      every Nth of the flows that are added is refused,
 *                           or of the services and servers that are staged
 *   FAKE=plain              nothing is what this version's kernel has not
 *   FAKE=changing:N         each of the first N times that the configuration is
 *                           asked for it is another one
 *   FAKE=unsettled:TEXT     no setting is taken
 *   FAKE=no-commit:TEXT     what is staged is not put in place
 *   FAKE=no-ingress:TEXT    no device is taken
 *   FAKE=no-announce:TEXT   no device is taken to announce on
 *   FAKE=no-peer:TEXT       no peer is
 *   FAKE=gateway            replies pass by
 *   FAKE=no-key             the key of no hash is told
 *   FAKE=draining:N         each answer about a server tells of a flow less,
 *                           N at first
 *   FAKE=raised             each answer about a server tells of a new weight
 *   FAKE=busy               counters grow with each dump
 *   FAKE=restarted          they are less in each dump
 *   FAKE=trace:N            the Nth answer to a trace
 *   FAKE=unloaded           the last event is the end of the module
 *
 *   FAKE_KEYS=LETTERS       the keys that are pressed, > and < for a page down
 *                           and up; without more the time goes by
 *
 * After the last event comes an interrupt. The clock stands still but while
 * dsrctl sleeps or waits for a key.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/dsr.h>
#include <linux/genetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <linux/netlink.h>
#include <arpa/inet.h>

#define FAMILY	31
#define GROUP	9

static const struct {
	unsigned int index;
	const char *name;
} devices[] = {
	{ 3, "eth1" }, { 4, "eth2" },
};

/* An attribute that is a number; 0 is none. */
struct option {
	uint16_t attr;
	uint32_t value;
};

/*
 * In no order, so that dsrctl has something to sort. What is 0 is left out of
 * replies, where the specification says what is meant then. The last two have
 * a protocol and an echo of some later kernel.
 */
static const struct service {
	uint8_t protocol;
	const char *address;	/* NULL: fwmark */
	uint8_t prefix_len;
	struct {
		uint16_t first, last;
	} ports[16];
	uint32_t fwmark;
	uint8_t echo;
	uint64_t packets, bytes, flows, active, unplaced;
	const char *scheduler;	/* NULL: wrr */
	struct option options[16];
	const char *group;	/* on standby; NULL: default, and active */
} services[] = {
	{ 17, "2001:db8::1", 0, { { 53, 0 } }, 0, 0, 999, 99949, 1000, 1,
	  .options = { { DSR_SERVICE_A_PERSIST_TIMEOUT, 600 },
		       { DSR_SERVICE_A_PERSIST_PREFIX_LEN, 64 } } },
	{ 6, "192.0.2.10", 32, { { 80, 80 } }, 0, 0,
	  1234567, 3400000000, 52000, 17 },
	{ 17, "192.0.2.10", 0, { { 80, 80 } }, .scheduler = "sh",
	  .options = { { DSR_SERVICE_A_HASH_ON, DSR_HASH_ON_DEFAULT },
		       { DSR_SERVICE_A_PERSIST_PREFIX_LEN, 32 },
		       { DSR_SERVICE_A_TIMEOUT_SYN, 60 },
		       { DSR_SERVICE_A_TIMEOUT_ESTABLISHED, 900 },
		       { DSR_SERVICE_A_TIMEOUT_CLOSING, 120 },
		       { DSR_SERVICE_A_TIMEOUT_UDP, 300 },
		       { DSR_SERVICE_A_TIMEOUT_OTHER, 300 } } },
	{ 6, "192.0.2.9", 0, { { 443, 0 } }, 0, 0,
	  UINT64_MAX, UINT64_MAX, 0, 0, 1500, "maglev",
	  { { DSR_SERVICE_A_ECHO, 1 }, { DSR_SERVICE_A_HASH_ON, DSR_HASH_ON_SOURCE },
	    { DSR_SERVICE_A_HASH_KEY, 0xa5 },
	    { DSR_SERVICE_A_SESSIONLESS, 1 },
	    { DSR_SERVICE_A_PERSIST_TIMEOUT, 3600 },
	    { DSR_SERVICE_A_PERSIST_PREFIX_LEN, 24 },
	    { DSR_SERVICE_A_TIMEOUT_SYN, 30 },
	    { DSR_SERVICE_A_TIMEOUT_ESTABLISHED, 86400 },
	    { DSR_SERVICE_A_TIMEOUT_CLOSING, 10 },
	    { DSR_SERVICE_A_TIMEOUT_UDP, 90 },
	    { DSR_SERVICE_A_TIMEOUT_OTHER, 7200 },
	    { DSR_SERVICE_A_LOST, 1 }, { DSR_SERVICE_A_MIDFLOW, 2 },
	    { DSR_SERVICE_A_SLOW_START, 45 } } },
	{ 0, "192.0.2.10", 32, { { 0 } }, 0, 0 },
	{ 6, "192.0.2.10", 0, { { 0 } }, 0, 0 },
	{ 6, "192.0.2.10", 0, { { 20, 21 }, { 990, 0 }, { 50000, 50999 } },
	  0, 1, .options = { { DSR_SERVICE_A_PERSIST_TIMEOUT, 0 } } },
	{ 6, "192.0.2.11", 0, { { 20, 21 }, { 990, 0 } }, .group = "web",
	  .options = { { DSR_SERVICE_A_PERSIST_TIMEOUT, 300 } } },
	{ 6, "192.0.2.0", 24, { { 80, 0 } }, 0, 0 },
	{ 6, "192.0.2.0", 25, { { 80, 0 } }, 0, 0 },
	{ 132, "2001:db8::", 64, { { 5060, 5061 } }, 0, 1, .group = "web",
	  .options = { { DSR_SERVICE_A_TIMEOUT_SYN, 5 },
		       { DSR_SERVICE_A_LOST, 2 } } },
	{ 0, "2001:db8::", 48, { { 0 } }, 0, 0 },
	{ 17, "2001:db8::1", 128, { { 0 } }, 0, 0 },
	{ 0, NULL, 0, { { 0 } }, UINT32_MAX, 0 },
	{ 47, "192.0.2.10", 0, { { 0 } }, 0, 0 },
	{ 0, NULL, 0, { { 0 } }, 7, 9,
	  .options = { { DSR_SERVICE_A_HASH_ON, 9 }, { DSR_SERVICE_A_LOST, 9 },
		       { DSR_SERVICE_A_MIDFLOW, 9 } } },
};

static const struct server {
	int service;
	const char *address;
	uint32_t weight;
	uint8_t mac;		/* the last byte of the one given by hand */
	uint32_t ifindex;
	uint8_t state;
	uint8_t nexthop_mac;
	uint32_t nexthop_ifindex;
	uint64_t active;
	struct option options[8];
} servers[] = {
	{ 1, "10.0.0.20", 1, 0x14, 0, 7, 0x14, 3, 0 },
	{ 1, "10.0.0.12", 2, 0, 0, 1, 0, 3, 0 },
	{ 1, "10.0.0.11", 65535, 0, 0, 0, 0x0b, 3, 12 },
	{ 1, "10.0.0.13", 0, 0, 0, 0, 0x0d, 3, 5 },
	{ 1, "10.0.0.14", 0, 0, 0, 0, 0x0e, 3, 0 },
	{ 1, "10.0.0.15", 1, 0, 0, 2, 0, 3, 0 },
	{ 1, "10.0.0.16", 1, 0, 0, 3, 0, 0, 0 },
	{ 1, "10.0.0.17", 1, 0, 0, 4, 0, 3, 0 },
	{ 1, "10.0.0.18", 1, 0, 0, 5, 0, 0, 0 },
	{ 1, "10.0.0.19", 1, 0, 4, 6, 0, 4, 0 },
	{ 1, "10.0.0.21", 1, 0, 0, 77, 0, 9, 0 },
	{ 0, "2001:db8::2", 1, 0x22, 4, 0, 0x22, 4, 1 },
	{ 2, "10.0.0.12", 1, 0, 0, 2, 0, 3, 0 },
	{ 15, "2001:db8:1234:5678:9abc:def0:1234:5678", 1, 0, 0, 0, 0x78, 4, 0 },
	{ 15, "10.0.0.13", 1, 0, 0, 0, 0x0d, 3, 0 },
	{ 6, "fe80::11", 1, 0, 4, 0, 0x11, 4, 0 },
	{ 6, "10.0.0.11", 1, 0, 0, 0, 0x0b, 3, 0 },
	{ 3, "10.0.0.11", 100, 0, 0, 0, 0x0b, 3, 7,
	  { { DSR_SERVER_A_SHARE, 37 } } },
	{ 3, "10.0.0.12", 1, 0, 0, 0, 0x0c, 3, 9,
	  { { DSR_SERVER_A_MAX_FLOWS, 9 }, { DSR_SERVER_A_MIN_FLOWS, 5 },
	    { DSR_SERVER_A_SHARE, 0 } } },
	{ 3, "10.0.0.13", 1, 0, 0, 0, 0x0d, 3, 0,
	  { { DSR_SERVER_A_MAX_FLOWS, 9 }, { DSR_SERVER_A_MIN_FLOWS, 9 },
	    { DSR_SERVER_A_SHARE, 1 } } },
	{ 3, "10.0.0.14", 1, 0, 0, 0, 0x0e, 3, 0,
	  { { DSR_SERVER_A_FALLBACK, 1 }, { DSR_SERVER_A_SHARE, 0 } } },
	{ 3, "10.0.0.15", 2, 0, 0, 0, 0x0f, 3, 0,
	  { { DSR_SERVER_A_DOWN, 1 }, { DSR_SERVER_A_SHARE, 0 } } },
	{ 3, "10.0.0.16", 2, 0, 0, 2, 0, 3, 0,
	  { { DSR_SERVER_A_SHARE, 0 } } },
	{ 2, "10.0.0.22", 1, 0, 4, 8, 0, 4, 0 },
	{ 2, "10.0.0.23", 1, 0, 0, 9, 0, 3, 0 },
	{ 2, "10.0.0.24", 1, 0, 0, 10, 0, 0, 0 },
};

static const struct flow {
	int service;
	const char *server;
	uint8_t protocol;
	const char *client;
	uint8_t prefix_len;	/* 0: left out */
	uint16_t client_port;
	const char *address;	/* NULL: left out, and so is port 0 */
	uint16_t port;
	uint8_t state;
	uint32_t idle, expires;
} flows[] = {
	{ 1, "10.0.0.11", 6, "198.51.100.7", 0, 40000, "192.0.2.10", 80,
	  DSR_FLOW_STATE_ESTABLISHED, 3, 897 },
	{ 1, "10.0.0.12", 6, "198.51.100.255", 0, 65535, "192.0.2.10", 80,
	  DSR_FLOW_STATE_SYN, 0, 60 },
	{ 0, "2001:db8::2", 17, "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", 0,
	  53, "2001:db8::1", 53, DSR_FLOW_STATE_UDP, 120, 180 },
	{ 0, "2001:db8::2", 17, "2001:db8:1::", 64, 0, "2001:db8::1", 0,
	  DSR_FLOW_STATE_PERSIST, 1, 599 },
	{ 15, "10.0.0.13", 47, "198.51.100.8", 0, 0, "192.0.2.77", 0,
	  DSR_FLOW_STATE_OTHER, 299, 1 },
	{ 15, "10.0.0.13", 6, "198.51.100.9", 0, 1, "192.0.2.77", 443,
	  DSR_FLOW_STATE_CLOSING, 7, 113 },
	{ 15, "10.0.0.13", 0, "198.51.100.0", 24, 0, NULL, 0,
	  DSR_FLOW_STATE_PERSIST, 60, 240 },
	{ 15, "10.0.0.13", 6, "198.51.100.9", 0, 2, "192.0.2.77", 443, 77,
	  4294967295, 0 },
};

static const struct reason {
	uint32_t reason;
	uint64_t packets;
} reasons[] = {
	{ DSR_REASON_FORWARDED, 1234567 }, { DSR_REASON_NOT_OURS, 12 },
	{ DSR_REASON_ECHO_ANSWERED, 2 }, { DSR_REASON_ICMP_UNMATCHED, 8 },
	{ DSR_REASON_MALFORMED, 0 }, { DSR_REASON_RESET, 6 },
	{ DSR_REASON_FLOW_UNKNOWN, 10 }, { DSR_REASON_FLOW_LOST, 20 },
	{ DSR_REASON_NO_SERVER, 7 },
	{ DSR_REASON_NO_NEXTHOP, 0 }, { DSR_REASON_TOO_BIG, 16 },
	{ DSR_REASON_LRO, 0 }, { DSR_REASON_NO_MEMORY, 0 },
	{ DSR_REASON_XMIT_FAILED, UINT64_MAX },
	{ DSR_REASON_FRAGMENT_TIMEOUT, 1 }, { DSR_REASON_FRAGMENT_LIMIT, 0 },
	{ DSR_REASON_NEIGH_ANSWERED, 3 },
	{ DSR_REASON_FROM_SERVER, 9 }, { DSR_REASON_FROM_PEER, 0 },
	{ DSR_REASON_LOCAL, 21 }, { DSR_REASON_FROM_VIP, 0 },
	{ DSR_REASON_REPLY, 0 }, { DSR_REASON_REPLY_LOST, 0 },
	{ 99, 4 },
};

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* --- What FAKE says ------------------------------------------------------- */

static bool fake_is(const char *what)
{
	const char *fake = getenv("FAKE");

	return fake && !strncmp(fake, what, strlen(what));
}

/* The number after the first colon, and the text after the second or NULL. */
static int fake_number(const char **text)
{
	const char *colon = strchr(getenv("FAKE"), ':');
	const char *second = colon ? strchr(colon + 1, ':') : NULL;

	*text = second ? second + 1 : NULL;
	return colon ? atoi(colon + 1) : 0;
}

/* --- The answers that wait to be received -------------------------------- */

static struct answer {
	char bytes[8192];
	size_t len;
} answers[128];
static size_t n_answers, next_answer;

static struct sockaddr_nl bound = { .nl_family = AF_NETLINK };
static bool want_text, want_cap;
static int dumps, gets, adds, events, generation = 7;
static uint64_t now;			/* milliseconds */
static bool listening;

static void *put(const void *data, size_t len)
{
	struct answer *answer = &answers[n_answers];
	void *at = answer->bytes + answer->len;

	if (answer->len + len + NLA_ALIGNTO > sizeof(answer->bytes))
		abort();
	memset(at, 0, NLMSG_ALIGN(len));
	if (data)
		memcpy(at, data, len);
	answer->len += NLMSG_ALIGN(len);
	return at;
}

static struct nlmsghdr *start(const struct nlmsghdr *request, uint16_t type,
			      uint16_t flags)
{
	struct nlmsghdr header = {
		.nlmsg_type = type, .nlmsg_flags = flags,
		.nlmsg_seq = request->nlmsg_seq, .nlmsg_pid = bound.nl_pid,
	};

	return put(&header, sizeof(header));
}

/* One message more in the same datagram, or the datagram is complete. */
static void end(struct nlmsghdr *header, bool send)
{
	struct answer *answer = &answers[n_answers];

	header->nlmsg_len = answer->bytes + answer->len - (char *)header;
	if (!send)
		return;
	if (++n_answers == COUNT(answers))
		abort();
}

static void put_attr(uint16_t type, const void *data, size_t len)
{
	struct nlattr attr = { .nla_type = type, .nla_len = NLA_HDRLEN + len };

	put(&attr, sizeof(attr));
	put(data, len);
}

static struct nlattr *nest(uint16_t type)
{
	struct nlattr attr = { .nla_type = type | NLA_F_NESTED };

	return put(&attr, sizeof(attr));
}

static void nest_end(struct nlattr *attr)
{
	struct answer *answer = &answers[n_answers];

	attr->nla_len = answer->bytes + answer->len - (char *)attr;
}

static void put_u32(uint16_t type, uint32_t value)
{
	put_attr(type, &value, sizeof(value));
}

static void put_u64(uint16_t type, uint64_t value)
{
	put_attr(type, &value, sizeof(value));
}

static void put_mac(uint16_t type, uint8_t last)
{
	uint8_t mac[6] = { last ? 2 : 0, 0, 0, 0, 0, last };

	put_attr(type, mac, sizeof(mac));
}

/* Those that are larger than a byte. */
static bool option_is_u32(uint16_t nest, uint16_t attr)
{
	if (nest == DSR_A_SERVER)
		return attr != DSR_SERVER_A_FALLBACK &&
		       attr != DSR_SERVER_A_DOWN;
	return attr == DSR_SERVICE_A_PERSIST_TIMEOUT ||
	       attr == DSR_SERVICE_A_SLOW_START ||
	       (attr >= DSR_SERVICE_A_TIMEOUT_SYN &&
		attr <= DSR_SERVICE_A_TIMEOUT_OTHER);
}

/* A service cannot be sessionless and have clients that stay. */
static bool option_is_hidden(uint16_t attr)
{
	return (attr == DSR_SERVICE_A_HASH_KEY && fake_is("no-key")) ||
	       (attr == DSR_SERVICE_A_SESSIONLESS && fake_is("plain"));
}

static void put_options(uint16_t nest, const struct option *option)
{
	uint8_t key[16];

	for (; option->attr; option++) {
		if (nest == DSR_A_SERVICE && option_is_hidden(option->attr))
			continue;
		memset(key, option->value, sizeof(key));
		if (nest == DSR_A_SERVICE &&
		    option->attr == DSR_SERVICE_A_HASH_KEY)
			put_attr(option->attr, key, sizeof(key));
		else if (option_is_u32(nest, option->attr))
			put_u32(option->attr, option->value);
		else
			put_attr(option->attr, key, 1);
	}
}

static void put_address(uint16_t ipv4, uint16_t ipv6, const char *address)
{
	struct in6_addr v6;
	struct in_addr v4;

	if (inet_pton(AF_INET, address, &v4) == 1)
		put_attr(ipv4, &v4, sizeof(v4));
	else if (inet_pton(AF_INET6, address, &v6) == 1)
		put_attr(ipv6, &v6, sizeof(v6));
	else
		abort();
}

/* --- Replies --------------------------------------------------------------- */

static void answer_error(const struct nlmsghdr *request, int error,
			 const char *text)
{
	struct nlmsgerr body = { .error = -error, .msg = *request };
	bool cap = want_cap || !error;
	struct nlmsghdr *header;

	if (!want_text)
		text = NULL;
	header = start(request, NLMSG_ERROR, (cap ? NLM_F_CAPPED : 0) |
		       (text ? NLM_F_ACK_TLVS : 0));
	put(&body, sizeof(body));
	if (!cap)
		put(request + 1, request->nlmsg_len - sizeof(*request));
	if (text)
		put_attr(NLMSGERR_ATTR_MSG, text, strlen(text) + 1);
	end(header, true);
}

static void answer_done(const struct nlmsghdr *request)
{
	const char *text = NULL;
	struct nlmsghdr *header;
	int error = 0;

	if (fake_is("done:"))
		error = -fake_number(&text);
	header = start(request, NLMSG_DONE, NLM_F_MULTI |
		       (text ? NLM_F_ACK_TLVS : 0));
	put(&error, sizeof(error));
	if (text)
		put_attr(NLMSGERR_ATTR_MSG, text, strlen(text) + 1);
	end(header, true);
}

static void answer_family(const struct nlmsghdr *request)
{
	struct genlmsghdr genl = { .cmd = CTRL_CMD_NEWFAMILY, .version = 2 };
	struct nlattr *groups, *group;
	uint16_t family = FAMILY;
	struct nlmsghdr *header;

	if (fake_is("absent")) {
		answer_error(request, ENOENT, NULL);
		return;
	}
	header = start(request, GENL_ID_CTRL, 0);
	put(&genl, sizeof(genl));
	put_attr(CTRL_ATTR_FAMILY_ID, &family, sizeof(family));
	put_attr(CTRL_ATTR_FAMILY_NAME, "dsr", 4);
	groups = nest(CTRL_ATTR_MCAST_GROUPS);
	group = nest(1);
	put_u32(CTRL_ATTR_MCAST_GRP_ID, GROUP);
	put_attr(CTRL_ATTR_MCAST_GRP_NAME, "config", 7);
	nest_end(group);
	nest_end(groups);
	end(header, true);
	answer_error(request, 0, NULL);
}

static void put_range(uint16_t first, uint16_t last)
{
	struct nlattr *attr = nest(DSR_SERVICE_A_PORTS);

	first = htons(first);
	last = htons(last);
	put_attr(DSR_PORT_RANGE_A_FIRST, &first, sizeof(first));
	if (last)
		put_attr(DSR_PORT_RANGE_A_LAST, &last, sizeof(last));
	nest_end(attr);
}

/* As dsrctl has it in a request, or as the table has it for a reply. */
static void put_key(const struct service *service, bool reply)
{
	uint8_t prefix_len = service->prefix_len;
	size_t i;

	if (!service->address) {
		put_u32(DSR_SERVICE_A_FWMARK, service->fwmark);
		return;
	}
	put_attr(DSR_SERVICE_A_PROTOCOL, &service->protocol, 1);
	if (!reply || !fake_is("incomplete"))
		put_address(DSR_SERVICE_A_IPV4, DSR_SERVICE_A_IPV6,
			    service->address);
	if (!reply && prefix_len == (strchr(service->address, ':') ? 128 : 32))
		prefix_len = 0;
	if (prefix_len)
		put_attr(DSR_SERVICE_A_PREFIX_LEN, &prefix_len, 1);
	for (i = 0; i < COUNT(service->ports) && service->ports[i].first; i++)
		put_range(service->ports[i].first,
			  reply || service->ports[i].last ?
			  service->ports[i].last : service->ports[i].first);
}

static void put_service(const struct service *service, bool whole)
{
	const char *scheduler = service->scheduler ? service->scheduler :
				"wrr";
	const uint8_t role = service->group ? DSR_ROLE_STANDBY :
			     DSR_ROLE_ACTIVE;
	struct nlattr *attr = nest(DSR_A_SERVICE);
	uint16_t port;

	put_key(service, true);
	for (port = 1000; fake_is("crowded") && port < 1017; port++)
		put_range(port * 2, 0);
	if (whole) {
		if (service->echo)
			put_attr(DSR_SERVICE_A_ECHO, &service->echo, 1);
		put_attr(DSR_SERVICE_A_SCHEDULER, scheduler,
			 strlen(scheduler) + 1);
		if (service->group)
			put_attr(DSR_SERVICE_A_GROUP, service->group,
				 strlen(service->group) + 1);
		put_attr(DSR_SERVICE_A_ROLE, &role, 1);
		put_options(DSR_A_SERVICE, service->options);
	}
	nest_end(attr);
}

static void put_stats(uint64_t packets, uint64_t bytes, uint64_t flow_count,
		      uint64_t active, uint64_t unplaced)
{
	struct nlattr *attr = nest(DSR_A_STATS);

	if (fake_is("busy") || fake_is("restarted")) {
		const int n = fake_is("busy") ? dumps : 100 - dumps;

		packets += n * 50 * (active + 1);
		bytes += n * 32000 * (active + 1);
		flow_count += n * 2 * (active + 1);
	}
	put_attr(DSR_STATS_A_PAD, NULL, 0);
	put_u64(DSR_STATS_A_PACKETS, packets);
	put_u64(DSR_STATS_A_BYTES, bytes);
	put_u64(DSR_STATS_A_FLOWS, flow_count);
	put_u64(DSR_STATS_A_ACTIVE, active);
	put_u64(DSR_STATS_A_CLIENTS, active / 4);
	put_u64(DSR_STATS_A_UNPLACED, unplaced);
	if (fake_is("gateway")) {
		put_u64(DSR_STATS_A_REPLIES, packets * 2);
		put_u64(DSR_STATS_A_REPLY_BYTES, bytes * 20);
	}
	nest_end(attr);
}

static void put_server(const struct server *server)
{
	struct nlattr *attr = nest(DSR_A_SERVER);
	uint64_t active = server->active;
	uint32_t weight = server->weight;
	const char *text;

	if (fake_is("draining:")) {
		active = fake_number(&text) - gets;
		weight = 0;
	} else if (fake_is("raised")) {
		weight = 5;
	}
	gets++;
	put_address(DSR_SERVER_A_IPV4, DSR_SERVER_A_IPV6, server->address);
	put_u32(DSR_SERVER_A_WEIGHT, weight);
	put_mac(DSR_SERVER_A_MAC, server->mac);
	put_u32(DSR_SERVER_A_IFINDEX, server->ifindex);
	put_options(DSR_A_SERVER, server->options);
	nest_end(attr);
	attr = nest(DSR_A_NEXTHOP);
	put_attr(DSR_NEXTHOP_A_STATE, &server->state, 1);
	if (server->nexthop_ifindex)
		put_u32(DSR_NEXTHOP_A_IFINDEX, server->nexthop_ifindex);
	if (server->nexthop_mac)
		put_mac(DSR_NEXTHOP_A_MAC, server->nexthop_mac);
	nest_end(attr);
	put_stats(active * 100, active * 64000, active * 10, active, 0);
}

static uint16_t dump_flags(void)
{
	const char *text;

	if (!fake_is("interrupted:") || dumps > fake_number(&text))
		return NLM_F_MULTI;
	return NLM_F_MULTI | NLM_F_DUMP_INTR;
}

static void answer_service(const struct nlmsghdr *request,
			   const struct service *service, uint16_t flags)
{
	struct genlmsghdr genl = { .cmd = DSR_CMD_SERVICE_GET };
	struct nlmsghdr *header = start(request, FAMILY, flags);

	put(&genl, sizeof(genl));
	put_service(service, true);
	put_stats(service->packets, service->bytes, service->flows,
		  service->active, service->unplaced);
	end(header, true);
}

static void answer_server(const struct nlmsghdr *request,
			  const struct server *server, uint16_t flags)
{
	struct genlmsghdr genl = { .cmd = DSR_CMD_SERVER_GET };
	struct nlmsghdr *header = start(request, FAMILY, flags);

	put(&genl, sizeof(genl));
	put_service(&services[server->service], false);
	put_server(server);
	end(header, !flags);
}

static void put_port(uint16_t type, uint16_t port)
{
	port = htons(port);
	if (port)
		put_attr(type, &port, sizeof(port));
}

static void put_flow(const struct flow *flow)
{
	struct nlattr *attr = nest(DSR_A_FLOW);

	put_attr(DSR_FLOW_A_PROTOCOL, &flow->protocol, 1);
	put_address(DSR_FLOW_A_CLIENT_IPV4, DSR_FLOW_A_CLIENT_IPV6,
		    flow->client);
	if (flow->prefix_len)
		put_attr(DSR_FLOW_A_CLIENT_PREFIX_LEN, &flow->prefix_len, 1);
	put_port(DSR_FLOW_A_CLIENT_PORT, flow->client_port);
	if (flow->address)
		put_address(DSR_FLOW_A_IPV4, DSR_FLOW_A_IPV6, flow->address);
	put_port(DSR_FLOW_A_PORT, flow->port);
	put_attr(DSR_FLOW_A_STATE, &flow->state, 1);
	put_u32(DSR_FLOW_A_IDLE, flow->idle);
	put_u32(DSR_FLOW_A_EXPIRES, flow->expires);
	nest_end(attr);
}

static void answer_flow(const struct nlmsghdr *request,
			const struct flow *flow, uint16_t flags)
{
	struct genlmsghdr genl = { .cmd = DSR_CMD_FLOW_GET };
	struct nlmsghdr *header = start(request, FAMILY, flags);
	struct nlattr *attr;

	put(&genl, sizeof(genl));
	put_service(&services[flow->service], false);
	attr = nest(DSR_A_SERVER);
	put_address(DSR_SERVER_A_IPV4, DSR_SERVER_A_IPV6, flow->server);
	nest_end(attr);
	put_flow(flow);
	end(header, false);
}

/* Answers to traces: what there is of services, flows and servers, or -1. */
static const struct {
	int service, flow, server;
	uint8_t why;
} traces[] = {
	{ -1, -1, -1, DSR_WHY_NO_SERVICE },
	{ 1, 0, 2, DSR_WHY_FLOW },
	{ 15, 6, 14, DSR_WHY_CLIENT },
	{ 8, -1, 1, DSR_WHY_TURN },
	{ 6, -1, 15, DSR_WHY_HASH },
	{ 10, -1, -1, DSR_WHY_CHANCE },
	{ 4, -1, 2, DSR_WHY_SESSIONLESS },
	{ 1, 0, -1, DSR_WHY_LOST },
	{ 1, -1, -1, DSR_WHY_NO_SERVER },
	{ 1, 0, 4, DSR_WHY_TURN },
	{ 1, -1, 10, 77 },
	{ 7, -1, -1, DSR_WHY_STANDBY },
};

static void answer_trace(const struct nlmsghdr *request)
{
	struct genlmsghdr genl = { .cmd = DSR_CMD_TRACE_GET };
	struct nlmsghdr *header = start(request, FAMILY, 0);
	size_t which = 1;
	const char *text;
	struct nlattr *attr;

	if (fake_is("trace:"))
		which = fake_number(&text);
	put(&genl, sizeof(genl));
	attr = nest(DSR_A_TRACE);
	if (!fake_is("incomplete"))
		put_attr(DSR_TRACE_A_WHY, &traces[which].why, 1);
	nest_end(attr);
	if (traces[which].service >= 0)
		put_service(&services[traces[which].service], true);
	if (traces[which].flow >= 0)
		put_flow(&flows[traces[which].flow]);
	if (traces[which].server >= 0)
		put_server(&servers[traces[which].server]);
	end(header, true);
}

static void answer_forgotten(const struct nlmsghdr *request)
{
	struct genlmsghdr genl = { .cmd = DSR_CMD_FLOW_DEL };
	struct nlmsghdr *header = start(request, FAMILY, 0);
	struct nlattr *attr;

	put(&genl, sizeof(genl));
	attr = nest(DSR_A_FLOW);
	put_attr(DSR_FLOW_A_PAD, NULL, 0);
	put_u64(DSR_FLOW_A_COUNT, 12345678901);
	nest_end(attr);
	end(header, true);
}

static void answer_settings(const struct nlmsghdr *request)
{
	struct genlmsghdr genl = { .cmd = DSR_CMD_SETTINGS_GET };
	struct nlmsghdr *header = start(request, FAMILY, 0);
	struct nlattr *attr;

	put(&genl, sizeof(genl));
	attr = nest(DSR_A_SETTINGS);
	put_attr(DSR_SETTINGS_A_PAD, NULL, 0);
	put_u32(DSR_SETTINGS_A_MAX_FLOWS, 1048576);
	put_u32(DSR_SETTINGS_A_TABLE_FLOWS, 131072);
	put_u64(DSR_SETTINGS_A_FLOWS, 1234567);
	put_u64(DSR_SETTINGS_A_MEMORY, 67108864);
	nest_end(attr);
	end(header, true);
}

/* How many of the services a dump has; the last two are of a later kernel. */
static size_t service_count(void);

static void answer_config(const struct nlmsghdr *request, uint8_t cmd)
{
	struct genlmsghdr genl = { .cmd = cmd };
	struct nlmsghdr *header = start(request, FAMILY, 0);
	const char *text;
	struct nlattr *attr;

	if (fake_is("changing:") && generation - 7 < fake_number(&text))
		generation++;
	put(&genl, sizeof(genl));
	attr = nest(DSR_A_CONFIG);
	put_u32(DSR_CONFIG_A_GENERATION, generation);
	put_u32(DSR_CONFIG_A_SERVICES, service_count());
	put_u32(DSR_CONFIG_A_SERVERS, fake_is("empty") ? 0 :
		COUNT(servers) - 2 * fake_is("plain"));
	nest_end(attr);
	end(header, true);
}

static void answer_ingress(const struct nlmsghdr *request, const char *name,
			   uint8_t active, uint16_t flags)
{
	struct genlmsghdr genl = { .cmd = DSR_CMD_INGRESS_GET };
	struct nlmsghdr *header = start(request, FAMILY, flags);
	struct nlattr *attr;

	put(&genl, sizeof(genl));
	attr = nest(DSR_A_INGRESS);
	put_attr(DSR_INGRESS_A_NAME, name, strlen(name) + 1);
	put_attr(DSR_INGRESS_A_ACTIVE, &active, 1);
	nest_end(attr);
	end(header, true);
}

static void answer_announce(const struct nlmsghdr *request, const char *name,
			    uint32_t every, uint16_t flags)
{
	struct genlmsghdr genl = { .cmd = DSR_CMD_ANNOUNCE_GET };
	struct nlmsghdr *header = start(request, FAMILY, flags);
	const uint8_t active = every != 0;
	struct nlattr *attr;

	put(&genl, sizeof(genl));
	attr = nest(DSR_A_ANNOUNCE);
	put_attr(DSR_ANNOUNCE_A_NAME, name, strlen(name) + 1);
	put_u32(DSR_ANNOUNCE_A_EVERY, every);
	put_attr(DSR_ANNOUNCE_A_ACTIVE, &active, 1);
	put_attr(DSR_ANNOUNCE_A_PAD, NULL, 0);
	put_u64(DSR_ANNOUNCE_A_ANNOUNCED, every * 1000);
	put_u64(DSR_ANNOUNCE_A_ANSWERED, every * 7);
	put_u64(DSR_ANNOUNCE_A_CONFLICTS, every / 30);
	nest_end(attr);
	end(header, true);
}

/* NULL: the groups to come, or all of them. */
static struct nlattr *start_role(const char *group, uint8_t role)
{
	struct nlattr *attr = nest(DSR_A_ROLE);

	if (group)
		put_attr(DSR_ROLE_A_GROUP, group, strlen(group) + 1);
	put_attr(DSR_ROLE_A_ROLE, &role, 1);
	return attr;
}

static void answer_role(const struct nlmsghdr *request, const char *group,
			uint8_t role, uint32_t count, uint16_t flags)
{
	struct genlmsghdr genl = { .cmd = DSR_CMD_ROLE_GET };
	struct nlmsghdr *header = start(request, FAMILY, flags);
	struct nlattr *attr;

	put(&genl, sizeof(genl));
	attr = start_role(group, role);
	if (group)
		put_u32(DSR_ROLE_A_SERVICES, count);
	nest_end(attr);
	end(header, true);
}

static void answer_roles(const struct nlmsghdr *request, uint16_t flags)
{
	answer_role(request, NULL, DSR_ROLE_ACTIVE, 0, flags);
	answer_role(request, "default", DSR_ROLE_ACTIVE, 14, flags);
	if (!fake_is("plain"))
		answer_role(request, "later", 7, 0, flags);
	answer_role(request, "web", DSR_ROLE_STANDBY, 2, flags);
}

/* Another director, with a MAC address or still without. */
static void put_peer(const char *addr, uint8_t mac)
{
	const uint8_t state = mac ? DSR_NEXTHOP_STATE_READY :
				    DSR_NEXTHOP_STATE_RESOLVING;
	struct nlattr *attr;

	attr = nest(DSR_A_PEER);
	put_address(DSR_PEER_A_IPV4, DSR_PEER_A_IPV6, addr);
	put_mac(DSR_PEER_A_MAC, 0);
	put_u32(DSR_PEER_A_IFINDEX, 0);
	nest_end(attr);
	attr = nest(DSR_A_NEXTHOP);
	put_attr(DSR_NEXTHOP_A_STATE, &state, 1);
	put_u32(DSR_NEXTHOP_A_IFINDEX, 1);
	if (mac)
		put_mac(DSR_NEXTHOP_A_MAC, mac);
	nest_end(attr);
}

static void answer_peer(const struct nlmsghdr *request, const char *addr,
			uint8_t mac, uint16_t flags)
{
	struct genlmsghdr genl = { .cmd = DSR_CMD_PEER_GET };
	struct nlmsghdr *header = start(request, FAMILY, flags);

	put(&genl, sizeof(genl));
	put_peer(addr, mac);
	end(header, true);
}

/* The request's attributes; the service's comes first if there is one. */
static const struct nlattr *request_attr(const struct nlmsghdr *request)
{
	if (request->nlmsg_len == NLMSG_LENGTH(GENL_HDRLEN))
		return NULL;
	return (void *)((char *)(request + 1) + GENL_HDRLEN);
}

/* Whether a request names this service, or none, which means all. */
static bool service_matches(const struct service *service,
			    const struct nlmsghdr *request)
{
	const struct nlattr *attr = request_attr(request);
	struct answer *scratch = &answers[n_answers];
	size_t start_len = scratch->len, len;

	if (!attr)
		return true;
	put_key(service, false);
	len = scratch->len - start_len;
	scratch->len = start_len;
	return attr->nla_len == NLA_HDRLEN + len &&
	       !memcmp(attr + 1, scratch->bytes + start_len, len);
}

static size_t service_count(void)
{
	return fake_is("empty") ? 0 : COUNT(services) - 2 * fake_is("plain");
}

static void answer_dump(const struct nlmsghdr *request, uint8_t cmd)
{
	uint16_t flags;
	size_t i;

	dumps++;
	flags = dump_flags();
	if (cmd == DSR_CMD_SERVICE_GET) {
		for (i = 0; i < service_count(); i++)
			answer_service(request, &services[i], flags);
	}
	for (i = 0; cmd == DSR_CMD_SERVER_GET && i < COUNT(servers); i++) {
		if (servers[i].service < (int)service_count() &&
		    service_matches(&services[servers[i].service], request))
			answer_server(request, &servers[i], flags);
	}
	for (i = 0; cmd == DSR_CMD_FLOW_GET && !fake_is("empty") &&
	     i < COUNT(flows); i++)
		answer_flow(request, &flows[i], flags);
	if (cmd == DSR_CMD_PEER_GET && !fake_is("empty")) {
		answer_peer(request, "2001:db8::3", 0, flags);
		answer_peer(request, "10.0.0.2", 2, flags);
	}
	if (cmd == DSR_CMD_INGRESS_GET && !fake_is("empty")) {
		answer_ingress(request, "eth9", 0, flags);
		answer_ingress(request, "eth1", 1, flags);
	}
	if (cmd == DSR_CMD_ANNOUNCE_GET && !fake_is("empty")) {
		answer_announce(request, "eth9", 0, flags);
		answer_announce(request, "eth2", 30, flags);
	}
	if (cmd == DSR_CMD_ROLE_GET)
		answer_roles(request, flags);
	answer_done(request);
}

/* A service has half of the packets, a server a quarter. */
static void answer_stats(const struct nlmsghdr *request)
{
	struct genlmsghdr genl = { .cmd = DSR_CMD_STATS_GET };
	const struct nlattr *service = request_attr(request);
	struct nlmsghdr *header = start(request, FAMILY, 0);
	int share = 1;
	size_t i;

	if (service)
		share = NLMSG_LENGTH(GENL_HDRLEN) +
			NLA_ALIGN(service->nla_len) < request->nlmsg_len ?
			4 : 2;

	put(&genl, sizeof(genl));
	for (i = 0; i < COUNT(reasons); i++) {
		struct nlattr *attr = nest(DSR_A_REASON);

		put_u32(DSR_REASON_A_REASON, reasons[i].reason);
		put_u64(DSR_REASON_A_PACKETS, reasons[i].packets / share);
		nest_end(attr);
	}
	end(header, true);
}

/* The server that is asked for is the service's first. */
static void answer_get(const struct nlmsghdr *request, uint8_t cmd)
{
	size_t i;

	for (i = 0; cmd == DSR_CMD_SERVICE_GET && i < COUNT(services); i++) {
		if (service_matches(&services[i], request)) {
			answer_service(request, &services[i], 0);
			break;
		}
	}
	for (i = 0; cmd == DSR_CMD_SERVER_GET && i < COUNT(servers); i++) {
		if (service_matches(&services[servers[i].service], request)) {
			answer_server(request, &servers[i], 0);
			break;
		}
	}
	if (cmd == DSR_CMD_STATS_GET)
		answer_stats(request);
	if (cmd == DSR_CMD_TRACE_GET)
		answer_trace(request);
	if (cmd == DSR_CMD_FLOW_DEL)
		answer_forgotten(request);
	if (cmd == DSR_CMD_SETTINGS_GET)
		answer_settings(request);
	if (cmd == DSR_CMD_CONFIG_GET || cmd == DSR_CMD_CONFIG_COMMIT)
		answer_config(request, cmd);
	if (cmd == DSR_CMD_INGRESS_GET)
		answer_ingress(request, "eth1", 1, 0);
	if (cmd == DSR_CMD_ANNOUNCE_GET)
		answer_announce(request, "eth2", 30, 0);
	if (cmd == DSR_CMD_ROLE_GET)
		answer_role(request, "web", DSR_ROLE_STANDBY, 2, 0);
	if (cmd == DSR_CMD_PEER_GET)
		answer_peer(request, "10.0.0.2", 2, 0);
	if (request->nlmsg_flags & NLM_F_ACK)
		answer_error(request, 0, NULL);
}

/* Whether this one is refused. */
static bool add_is_refused(uint8_t cmd, const char **text)
{
	int n;

	if (!fake_is("refuse:") ||
	    (cmd != DSR_CMD_FLOW_ADD && cmd != DSR_CMD_CONFIG_SERVICE &&
	     cmd != DSR_CMD_CONFIG_SERVER))
		return false;
	n = fake_number(text);
	return ++adds % n == 0;
}

/* Whether all that a command does is refused; then @text is why. */
static bool command_is_refused(uint8_t cmd, const char **text)
{
	static const struct {
		const char *fake;
		uint8_t cmd;
	} rows[] = {
		{ "unsettled:", DSR_CMD_SETTINGS_SET },
		{ "no-commit:", DSR_CMD_CONFIG_COMMIT },
		{ "no-ingress:", DSR_CMD_INGRESS_ADD },
		{ "no-ingress:", DSR_CMD_INGRESS_DEL },
		{ "no-announce:", DSR_CMD_ANNOUNCE_ADD },
		{ "no-announce:", DSR_CMD_ANNOUNCE_DEL },
		{ "no-peer:", DSR_CMD_PEER_ADD },
		{ "no-peer:", DSR_CMD_PEER_DEL },
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		if (rows[i].cmd != cmd || !fake_is(rows[i].fake))
			continue;
		*text = getenv("FAKE") + strlen(rows[i].fake);
		return true;
	}
	return false;
}

static void answer_dsr(const struct nlmsghdr *request)
{
	const struct genlmsghdr *genl = (const void *)(request + 1);
	const char *text;

	if (fake_is("error:")) {
		int error = fake_number(&text);

		answer_error(request, error, text);
	} else if (add_is_refused(genl->cmd, &text)) {
		answer_error(request, ENOENT, text);
	} else if (command_is_refused(genl->cmd, &text)) {
		answer_error(request, EBUSY, text);
	} else if (request->nlmsg_flags & NLM_F_DUMP) {
		answer_dump(request, genl->cmd);
	} else {
		answer_get(request, genl->cmd);
	}
}

/* --- Events ---------------------------------------------------------------- */

/*
 * What is announced, one after the other; a kind of 0 is what was lost. Of a
 * role the last number is that, the one before whether a group has it. Of a
 * peer it is the end of its MAC address.
 */
static const struct {
	uint8_t kind;
	int service, server;
} announced[] = {
	{ DSR_CMD_SERVICE_ADD_NTF, 1, -1 },
	{ DSR_CMD_SERVICE_SET_NTF, 3, -1 },
	{ DSR_CMD_SERVER_ADD_NTF, -1, 1 },
	{ DSR_CMD_SERVER_SET_NTF, -1, 2 },
	{ 0, -1, -1 },
	{ DSR_CMD_SERVER_SET_NTF, -1, 18 },
	{ DSR_CMD_SERVER_DEL_NTF, -1, 15 },
	{ DSR_CMD_SERVICE_DEL_NTF, 13, -1 },
	{ DSR_CMD_ROLE_SET_NTF, 0, DSR_ROLE_ACTIVE },
	{ DSR_CMD_ROLE_SET_NTF, 1, DSR_ROLE_STANDBY },
	{ DSR_CMD_PEER_ADD_NTF, -1, 0 },
	{ DSR_CMD_PEER_SET_NTF, -1, 2 },
	{ 99, 0, -1 },
};

static void announce_end(void)
{
	static const struct nlmsghdr nobody;
	struct genlmsghdr genl = { .cmd = CTRL_CMD_DELFAMILY, .version = 2 };
	struct nlmsghdr *header;
	uint16_t family;

	/* Another family goes before it. */
	for (family = FAMILY - 1; family <= FAMILY; family++) {
		header = start(&nobody, GENL_ID_CTRL, 0);
		header->nlmsg_pid = 0;
		put(&genl, sizeof(genl));
		put_attr(CTRL_ATTR_FAMILY_ID, &family, sizeof(family));
		put_attr(CTRL_ATTR_FAMILY_NAME,
			 family == FAMILY ? "dsr" : "tcp", 4);
		end(header, family == FAMILY);
	}
}

/* The next event is to be received; false if it was lost. */
static bool announce(void)
{
	static const struct nlmsghdr nobody;
	struct genlmsghdr genl = { 0 };
	struct nlmsghdr *header;
	int i = events++;

	now += 1500;
	if (i >= (int)COUNT(announced) && fake_is("unloaded")) {
		announce_end();
		return true;
	}
	if (i >= (int)COUNT(announced)) {
		signal(SIGINT, SIG_DFL);
		raise(SIGINT);
	}
	if (!announced[i].kind)
		return false;
	genl.cmd = announced[i].kind;
	header = start(&nobody, FAMILY, 0);
	header->nlmsg_pid = 0;
	put(&genl, sizeof(genl));
	if (genl.cmd == DSR_CMD_ROLE_SET_NTF) {
		nest_end(start_role(announced[i].service ? "web" : NULL,
				    announced[i].server));
	} else if (genl.cmd == DSR_CMD_PEER_ADD_NTF ||
		   genl.cmd == DSR_CMD_PEER_SET_NTF) {
		put_peer("10.0.0.2", announced[i].server);
	} else if (announced[i].server >= 0) {
		put_service(&services[servers[announced[i].server].service],
			    false);
		put_server(&servers[announced[i].server]);
	} else {
		put_service(&services[announced[i].service], true);
		put_stats(0, 0, 0, 0, 0);
	}
	end(header, true);
	return true;
}

/* --- The log of requests --------------------------------------------------- */

static const char *const commands[] = {
	[DSR_CMD_SERVICE_GET] = "service-get",
	[DSR_CMD_SERVICE_ADD] = "service-add",
	[DSR_CMD_SERVICE_SET] = "service-set",
	[DSR_CMD_SERVICE_DEL] = "service-del",
	[DSR_CMD_SERVER_GET] = "server-get",
	[DSR_CMD_SERVER_ADD] = "server-add",
	[DSR_CMD_SERVER_SET] = "server-set",
	[DSR_CMD_SERVER_DEL] = "server-del",
	[DSR_CMD_STATS_GET] = "stats-get",
	[DSR_CMD_FLOW_GET] = "flow-get",
	[DSR_CMD_FLOW_ADD] = "flow-add",
	[DSR_CMD_FLOW_DEL] = "flow-del",
	[DSR_CMD_SETTINGS_GET] = "settings-get",
	[DSR_CMD_SETTINGS_SET] = "settings-set",
	[DSR_CMD_INGRESS_GET] = "ingress-get",
	[DSR_CMD_INGRESS_ADD] = "ingress-add",
	[DSR_CMD_INGRESS_DEL] = "ingress-del",
	[DSR_CMD_CONFIG_GET] = "config-get",
	[DSR_CMD_CONFIG_BEGIN] = "config-begin",
	[DSR_CMD_CONFIG_SERVICE] = "config-service",
	[DSR_CMD_CONFIG_SERVER] = "config-server",
	[DSR_CMD_CONFIG_COMMIT] = "config-commit",
	[DSR_CMD_TRACE_GET] = "trace-get",
	[DSR_CMD_ANNOUNCE_GET] = "announce-get",
	[DSR_CMD_ANNOUNCE_ADD] = "announce-add",
	[DSR_CMD_ANNOUNCE_DEL] = "announce-del",
	[DSR_CMD_ROLE_GET] = "role-get",
	[DSR_CMD_ROLE_SET] = "role-set",
	[DSR_CMD_PEER_GET] = "peer-get",
	[DSR_CMD_PEER_ADD] = "peer-add",
	[DSR_CMD_PEER_DEL] = "peer-del",
};

/* Names by type, and for those that are nests what is in them. */
struct set {
	const char *names[32];
	const struct set *nests[32];
};

static const struct set port_range_set = {
	.names = {
		[DSR_PORT_RANGE_A_FIRST] = "first",
		[DSR_PORT_RANGE_A_LAST] = "last",
	},
};

static const struct set service_set = {
	.names = {
		[DSR_SERVICE_A_PROTOCOL] = "protocol",
		[DSR_SERVICE_A_IPV4] = "ipv4",
		[DSR_SERVICE_A_IPV6] = "ipv6",
		[DSR_SERVICE_A_PREFIX_LEN] = "prefix-len",
		[DSR_SERVICE_A_PORTS] = "ports",
		[DSR_SERVICE_A_FWMARK] = "fwmark",
		[DSR_SERVICE_A_ECHO] = "echo",
		[DSR_SERVICE_A_SCHEDULER] = "scheduler",
		[DSR_SERVICE_A_HASH_ON] = "hash-on",
		[DSR_SERVICE_A_HASH_KEY] = "hash-key",
		[DSR_SERVICE_A_SESSIONLESS] = "sessionless",
		[DSR_SERVICE_A_PERSIST_TIMEOUT] = "persist-timeout",
		[DSR_SERVICE_A_PERSIST_PREFIX_LEN] = "persist-prefix-len",
		[DSR_SERVICE_A_TIMEOUT_SYN] = "timeout-syn",
		[DSR_SERVICE_A_TIMEOUT_ESTABLISHED] = "timeout-established",
		[DSR_SERVICE_A_TIMEOUT_CLOSING] = "timeout-closing",
		[DSR_SERVICE_A_TIMEOUT_UDP] = "timeout-udp",
		[DSR_SERVICE_A_TIMEOUT_OTHER] = "timeout-other",
		[DSR_SERVICE_A_LOST] = "lost",
		[DSR_SERVICE_A_MIDFLOW] = "midflow",
		[DSR_SERVICE_A_SLOW_START] = "slow-start",
		[DSR_SERVICE_A_GROUP] = "group",
		[DSR_SERVICE_A_GATEWAY] = "gateway",
	},
	.nests = { [DSR_SERVICE_A_PORTS] = &port_range_set },
};

static const struct set server_set = {
	.names = {
		[DSR_SERVER_A_IPV4] = "ipv4",
		[DSR_SERVER_A_IPV6] = "ipv6",
		[DSR_SERVER_A_WEIGHT] = "weight",
		[DSR_SERVER_A_MAC] = "mac",
		[DSR_SERVER_A_IFINDEX] = "ifindex",
		[DSR_SERVER_A_MAX_FLOWS] = "max-flows",
		[DSR_SERVER_A_MIN_FLOWS] = "min-flows",
		[DSR_SERVER_A_FALLBACK] = "fallback",
		[DSR_SERVER_A_DOWN] = "down",
	},
};

static const struct set flow_set = {
	.names = {
		[DSR_FLOW_A_PROTOCOL] = "protocol",
		[DSR_FLOW_A_CLIENT_IPV4] = "client-ipv4",
		[DSR_FLOW_A_CLIENT_IPV6] = "client-ipv6",
		[DSR_FLOW_A_CLIENT_PREFIX_LEN] = "client-prefix-len",
		[DSR_FLOW_A_CLIENT_PORT] = "client-port",
		[DSR_FLOW_A_IPV4] = "ipv4",
		[DSR_FLOW_A_IPV6] = "ipv6",
		[DSR_FLOW_A_PORT] = "port",
		[DSR_FLOW_A_STATE] = "state",
		[DSR_FLOW_A_IDLE] = "idle",
	},
};

static const struct set settings_set = {
	.names = { [DSR_SETTINGS_A_MAX_FLOWS] = "max-flows" },
};

static const struct set ingress_set = {
	.names = { [DSR_INGRESS_A_NAME] = "name" },
};

static const struct set announce_set = {
	.names = {
		[DSR_ANNOUNCE_A_NAME] = "name",
		[DSR_ANNOUNCE_A_EVERY] = "every",
	},
};

static const struct set role_set = {
	.names = {
		[DSR_ROLE_A_GROUP] = "group",
		[DSR_ROLE_A_ROLE] = "role",
	},
};

static const struct set peer_set = {
	.names = {
		[DSR_PEER_A_IPV4] = "ipv4",
		[DSR_PEER_A_IPV6] = "ipv6",
		[DSR_PEER_A_MAC] = "mac",
		[DSR_PEER_A_IFINDEX] = "ifindex",
	},
};

static const struct set config_set = {
	.names = { [DSR_CONFIG_A_GENERATION] = "generation" },
};

static const struct set trace_set = {
	.names = { [DSR_TRACE_A_FWMARK] = "fwmark" },
};

static const struct set main_set = {
	.names = { [DSR_A_SERVICE] = "service", [DSR_A_SERVER] = "server",
		   [DSR_A_FLOW] = "flow", [DSR_A_SETTINGS] = "settings",
		   [DSR_A_INGRESS] = "ingress",
		   [DSR_A_ANNOUNCE] = "announce", [DSR_A_ROLE] = "role",
		   [DSR_A_CONFIG] = "config",
		   [DSR_A_TRACE] = "trace", [DSR_A_PEER] = "peer" },
	.nests = { [DSR_A_SERVICE] = &service_set,
		   [DSR_A_SERVER] = &server_set, [DSR_A_FLOW] = &flow_set,
		   [DSR_A_SETTINGS] = &settings_set,
		   [DSR_A_INGRESS] = &ingress_set,
		   [DSR_A_ANNOUNCE] = &announce_set,
		   [DSR_A_ROLE] = &role_set,
		   [DSR_A_CONFIG] = &config_set,
		   [DSR_A_TRACE] = &trace_set,
		   [DSR_A_PEER] = &peer_set },
};

/* A row of attributes; aborts if one does not fit into the row. */
static void log_attrs(FILE *log, const char *at, size_t len,
		      const struct set *set)
{
	while (len) {
		const struct nlattr *attr = (const void *)at;
		uint16_t type = attr->nla_type & NLA_TYPE_MASK;
		const uint8_t *data = (const void *)(attr + 1);
		size_t i, n = attr->nla_len - NLA_HDRLEN;

		if (len < NLA_HDRLEN || attr->nla_len < NLA_HDRLEN ||
		    (size_t)NLA_ALIGN(attr->nla_len) > len ||
		    !set->names[type] ||
		    !(attr->nla_type & NLA_F_NESTED) != !set->nests[type])
			abort();
		if (set->nests[type]) {
			fprintf(log, " %s{", set->names[type]);
			log_attrs(log, at + NLA_HDRLEN, n, set->nests[type]);
			fprintf(log, " }");
		} else {
			fprintf(log, " %s=", set->names[type]);
			for (i = 0; i < n; i++)
				fprintf(log, "%02x", data[i]);
		}
		at += NLA_ALIGN(attr->nla_len);
		len -= NLA_ALIGN(attr->nla_len);
	}
}

static void log_line(const char *fmt, ...)
{
	const char *path = getenv("FAKE_LOG");
	FILE *log = path ? fopen(path, "a") : NULL;
	va_list args;

	if (!log)
		return;
	va_start(args, fmt);
	vfprintf(log, fmt, args);
	va_end(args);
	fclose(log);
}

static void log_request(const struct nlmsghdr *request)
{
	const struct genlmsghdr *genl = (const void *)(request + 1);
	const char *path = getenv("FAKE_LOG");
	FILE *log = path ? fopen(path, "a") : NULL;

	if (!log)
		return;
	fprintf(log, "> %s version=%d flags=%s%s%s", commands[genl->cmd],
		genl->version,
		request->nlmsg_flags & NLM_F_REQUEST ? "request" : "",
		request->nlmsg_flags & NLM_F_ACK ? ",ack" : "",
		request->nlmsg_flags & NLM_F_DUMP ? ",dump" : "");
	log_attrs(log, (const char *)genl + GENL_HDRLEN,
		  request->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN), &main_set);
	fprintf(log, "\n");
	fclose(log);
}

/* --- The calls that are replaced ------------------------------------------- */

int socket(int domain, int type, int protocol)
{
	(void)type;
	if (domain != AF_NETLINK || protocol != NETLINK_GENERIC)
		abort();
	return openat(AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC);
}

int bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	(void)fd;
	memcpy(&bound, addr, len);
	return 0;
}

int getsockname(int fd, struct sockaddr *addr, socklen_t *len)
{
	(void)fd;
	memcpy(addr, &bound, sizeof(bound));
	*len = sizeof(bound);
	return 0;
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	(void)fd;
	(void)len;
	if (level == SOL_NETLINK && name == NETLINK_EXT_ACK)
		want_text = *(const int *)value;
	if (level == SOL_NETLINK && name == NETLINK_CAP_ACK)
		want_cap = *(const int *)value;
	if (level == SOL_NETLINK && name == NETLINK_ADD_MEMBERSHIP &&
	    *(const int *)value == GROUP)
		listening = true;
	return 0;
}

static void handle(const struct nlmsghdr *request)
{
	if (request->nlmsg_type == GENL_ID_CTRL) {
		answer_family(request);
	} else {
		log_request(request);
		answer_dsr(request);
	}
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	const struct nlmsghdr *request = msg->msg_iov->iov_base;

	(void)fd;
	(void)flags;
	if (request->nlmsg_len != msg->msg_iov->iov_len)
		abort();
	handle(request);
	return request->nlmsg_len;
}

/* Several messages in one go. */
ssize_t sendto(int fd, const void *bytes, size_t len, int flags,
	       const struct sockaddr *to, socklen_t to_len)
{
	const struct nlmsghdr *request;
	size_t at;

	(void)fd;
	(void)flags;
	(void)to;
	(void)to_len;
	log_line("> a batch\n");
	for (at = 0; at < len; at += NLMSG_ALIGN(request->nlmsg_len)) {
		request = (const void *)((const char *)bytes + at);
		if (len - at < sizeof(*request) ||
		    len - at < request->nlmsg_len)
			abort();
		handle(request);
	}
	return len;
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct answer *answer = &answers[next_answer];
	size_t len;

	(void)fd;
	if (next_answer == n_answers && listening && !announce()) {
		errno = ENOBUFS;
		return -1;
	}
	if (next_answer == n_answers)
		abort();	/* the kernel would let it wait for ever */
	len = answer->len;
	msg->msg_flags = 0;
	msg->msg_controllen = 0;
	msg->msg_namelen = sizeof(kernel);
	memcpy(msg->msg_name, &kernel, sizeof(kernel));
	if (len > msg->msg_iov->iov_len) {
		len = msg->msg_iov->iov_len;
		msg->msg_flags = MSG_TRUNC;
	}
	memcpy(msg->msg_iov->iov_base, answer->bytes, len);
	if (!(flags & MSG_PEEK)) {
		next_answer++;
		if (next_answer == n_answers) {
			next_answer = n_answers = 0;
			memset(answers, 0, sizeof(answers));
		}
	}
	return flags & MSG_TRUNC ? answer->len : len;
}

unsigned int if_nametoindex(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(devices); i++) {
		if (!strcmp(devices[i].name, name))
			return devices[i].index;
	}
	return 0;
}

char *if_indextoname(unsigned int index, char name[IF_NAMESIZE])
{
	size_t i;

	for (i = 0; i < COUNT(devices); i++) {
		if (devices[i].index == index)
			return strcpy(name, devices[i].name);
	}
	return NULL;
}

/* There is a network namespace "blue". */
int open(const char *path, int flags, ...)
{
	if (!strcmp(path, "/run/netns/blue")) {
		log_line("> open %s\n", path);
		path = "/dev/null";
	}
	return openat(AT_FDCWD, path, flags);
}

int setns(int fd, int type)
{
	(void)fd;
	log_line("> setns type=%x\n", type);
	return 0;
}

int nanosleep(const struct timespec *time, struct timespec *left)
{
	(void)left;
	now += time->tv_sec * 1000;
	return 0;
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
	(void)clock;
	time->tv_sec = now / 1000;
	time->tv_nsec = now % 1000 * 1000000;
	return 0;
}

/* The keys that have not been pressed yet; "" if there are none. */
static const char *keys(void)
{
	static const char *left;

	if (!left)
		left = getenv("FAKE_KEYS");
	if (!left)
		left = "";
	return *left ? left++ : left;
}

/* A key, or else all of the time goes by. */
static int pressed;

int poll(struct pollfd *fds, nfds_t n, int ms)
{
	(void)fds;
	(void)n;
	pressed = *keys();
	if (!pressed && ms > 0)
		now += ms;
	return pressed != 0;
}

/* As ncurses has them. */
int wgetch(void *window)
{
	(void)window;
	switch (pressed) {
	case 0:
		return -1;
	case '>':
		return 0522;
	case '<':
		return 0523;
	}
	return pressed;
}

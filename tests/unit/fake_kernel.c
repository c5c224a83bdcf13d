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
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/dsr.h>
#include <linux/genetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/netlink.h>
#include <arpa/inet.h>

#define FAMILY	31

static const struct {
	unsigned int index;
	const char *name;
} devices[] = {
	{ 3, "eth1" }, { 4, "eth2" },
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
	uint64_t packets, bytes, flows, active;
} services[] = {
	{ 17, "2001:db8::1", 0, { { 53, 0 } }, 0, 0, 999, 99949, 1000, 1 },
	{ 6, "192.0.2.10", 32, { { 80, 80 } }, 0, 0,
	  1234567, 3400000000, 52000, 17 },
	{ 17, "192.0.2.10", 0, { { 80, 80 } }, 0, 0, 0, 0, 0, 0 },
	{ 6, "192.0.2.9", 0, { { 443, 0 } }, 0, 0,
	  UINT64_MAX, UINT64_MAX, 0, 0 },
	{ 0, "192.0.2.10", 32, { { 0 } }, 0, 0, 0, 0, 0, 0 },
	{ 6, "192.0.2.10", 0, { { 0 } }, 0, 0, 0, 0, 0, 0 },
	{ 6, "192.0.2.10", 0, { { 20, 21 }, { 990, 0 }, { 50000, 50999 } },
	  0, 1, 0, 0, 0, 0 },
	{ 6, "192.0.2.0", 24, { { 80, 0 } }, 0, 0, 0, 0, 0, 0 },
	{ 6, "192.0.2.0", 25, { { 80, 0 } }, 0, 0, 0, 0, 0, 0 },
	{ 132, "2001:db8::", 64, { { 5060, 5061 } }, 0, 1, 0, 0, 0, 0 },
	{ 0, "2001:db8::", 48, { { 0 } }, 0, 0, 0, 0, 0, 0 },
	{ 17, "2001:db8::1", 128, { { 0 } }, 0, 0, 0, 0, 0, 0 },
	{ 0, NULL, 0, { { 0 } }, UINT32_MAX, 0, 0, 0, 0, 0 },
	{ 47, "192.0.2.10", 0, { { 0 } }, 0, 0, 0, 0, 0, 0 },
	{ 0, NULL, 0, { { 0 } }, 7, 9, 0, 0, 0, 0 },
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
	{ 14, "2001:db8:1234:5678:9abc:def0:1234:5678", 1, 0, 0, 0, 0x78, 4, 0 },
	{ 14, "10.0.0.13", 1, 0, 0, 0, 0x0d, 3, 0 },
	{ 6, "fe80::11", 1, 0, 4, 0, 0x11, 4, 0 },
	{ 6, "10.0.0.11", 1, 0, 0, 0, 0x0b, 3, 0 },
};

static const struct reason {
	uint32_t reason;
	uint64_t packets;
} reasons[] = {
	{ DSR_REASON_FORWARDED, 1234567 }, { DSR_REASON_NOT_OURS, 12 },
	{ DSR_REASON_ECHO_ANSWERED, 2 }, { DSR_REASON_ICMP_UNMATCHED, 8 },
	{ DSR_REASON_MALFORMED, 0 }, { DSR_REASON_NO_SERVER, 7 },
	{ DSR_REASON_NO_NEXTHOP, 0 }, { DSR_REASON_TOO_BIG, 16 },
	{ DSR_REASON_LRO, 0 }, { DSR_REASON_NO_MEMORY, 0 },
	{ DSR_REASON_XMIT_FAILED, UINT64_MAX },
	{ DSR_REASON_FRAGMENT_TIMEOUT, 1 }, { DSR_REASON_FRAGMENT_LIMIT, 0 },
	{ 99, 4 },
};

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* --- The answers that wait to be received -------------------------------- */

static struct answer {
	char bytes[8192];
	size_t len;
} answers[32];
static size_t n_answers, next_answer;

static struct sockaddr_nl bound = { .nl_family = AF_NETLINK };
static bool want_text, want_cap;
static int dumps;

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
	struct nlattr *attr = nest(DSR_A_SERVICE);
	uint16_t port;

	put_key(service, true);
	for (port = 1000; fake_is("crowded") && port < 1017; port++)
		put_range(port * 2, 0);
	if (whole) {
		if (service->echo)
			put_attr(DSR_SERVICE_A_ECHO, &service->echo, 1);
		put_attr(DSR_SERVICE_A_SCHEDULER, "wrr", 4);
	}
	nest_end(attr);
}

static void put_stats(uint64_t packets, uint64_t bytes, uint64_t flows,
		      uint64_t active)
{
	struct nlattr *attr = nest(DSR_A_STATS);

	put_attr(DSR_STATS_A_PAD, NULL, 0);
	put_u64(DSR_STATS_A_PACKETS, packets);
	put_u64(DSR_STATS_A_BYTES, bytes);
	put_u64(DSR_STATS_A_FLOWS, flows);
	put_u64(DSR_STATS_A_ACTIVE, active);
	nest_end(attr);
}

static void put_server(const struct server *server)
{
	struct nlattr *attr = nest(DSR_A_SERVER);

	put_address(DSR_SERVER_A_IPV4, DSR_SERVER_A_IPV6, server->address);
	put_u32(DSR_SERVER_A_WEIGHT, server->weight);
	put_mac(DSR_SERVER_A_MAC, server->mac);
	put_u32(DSR_SERVER_A_IFINDEX, server->ifindex);
	nest_end(attr);
	attr = nest(DSR_A_NEXTHOP);
	put_attr(DSR_NEXTHOP_A_STATE, &server->state, 1);
	if (server->nexthop_ifindex)
		put_u32(DSR_NEXTHOP_A_IFINDEX, server->nexthop_ifindex);
	if (server->nexthop_mac)
		put_mac(DSR_NEXTHOP_A_MAC, server->nexthop_mac);
	nest_end(attr);
	put_stats(server->active * 100, server->active * 64000,
		  server->active * 10, server->active);
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
		  service->active);
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

static void answer_dump(const struct nlmsghdr *request, uint8_t cmd)
{
	uint16_t flags;
	size_t i;

	dumps++;
	flags = dump_flags();
	if (cmd == DSR_CMD_SERVICE_GET && !fake_is("empty")) {
		for (i = 0; i < COUNT(services); i++)
			answer_service(request, &services[i], flags);
	}
	if (cmd == DSR_CMD_SERVER_GET && !fake_is("empty")) {
		for (i = 0; i < COUNT(servers); i++) {
			if (service_matches(&services[servers[i].service],
					    request))
				answer_server(request, &servers[i], flags);
		}
	}
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
	answer_error(request, 0, NULL);
}

static void answer_dsr(const struct nlmsghdr *request)
{
	const struct genlmsghdr *genl = (const void *)(request + 1);
	const char *text;

	if (fake_is("error:")) {
		int error = fake_number(&text);

		answer_error(request, error, text);
	} else if (request->nlmsg_flags & NLM_F_DUMP) {
		answer_dump(request, genl->cmd);
	} else {
		answer_get(request, genl->cmd);
	}
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
};

/* Names by type, and for those that are nests what is in them. */
struct set {
	const char *names[16];
	const struct set *nests[16];
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
	},
};

static const struct set main_set = {
	.names = { [DSR_A_SERVICE] = "service", [DSR_A_SERVER] = "server" },
	.nests = { [DSR_A_SERVICE] = &service_set,
		   [DSR_A_SERVER] = &server_set },
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
	return 0;
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	const struct nlmsghdr *request = msg->msg_iov->iov_base;

	(void)fd;
	(void)flags;
	if (request->nlmsg_len != msg->msg_iov->iov_len)
		abort();
	if (request->nlmsg_type == GENL_ID_CTRL) {
		answer_family(request);
	} else {
		log_request(request);
		answer_dsr(request);
	}
	return request->nlmsg_len;
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct answer *answer = &answers[next_answer];
	size_t len = answer->len;

	(void)fd;
	if (next_answer == n_answers)
		abort();	/* the kernel would let it wait for ever */
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

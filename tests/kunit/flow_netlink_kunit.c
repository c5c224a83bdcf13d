// SPDX-License-Identifier: GPL-2.0
/*
 * Flows and settings as users see them: requests by a socket of generic
 * netlink, and what comes back.
 */
#include <linux/net.h>
#include <net/genetlink.h>
#include <net/sock.h>
#include <net/tcp.h>
#include "kmod/netlink.h"
#include "kmod/netlink_gen.h"
#include "tests/kunit/lab.h"

#define NL_SIZE		32768

/**
 * struct nl - a user
 * @test: the test
 * @lab: the director
 * @sock: its socket
 * @family: of the flows
 * @req: the request
 * @hdr: its header
 * @buf: what comes back
 * @len: bytes of that
 * @errno: what the request came to
 * @message: and what was said of it
 * @attr: type of the attribute it was said of, or 0
 * @flow: the flow that came last
 * @count: how many came, or the count of those deleted
 * @settings: what came of settings
 */
struct nl {
	struct kunit	*test;
	struct dsr_lab	*lab;
	struct socket	*sock;
	u8		family;
	struct sk_buff	*req;
	void		*hdr;
	u8		*buf;
	int		len;
	int		errno;
	char		message[128];
	u16		attr;
	struct {
		u8	protocol;
		u8	state;
		u16	sport;
		u16	dport;
		u32	idle;
		u32	expires;
		u8	server;
		u8	prefix_len;
		bool	vip;
	} flow;
	u64		count;
	struct {
		u32	max;
		u32	room;
		u64	flows;
		u64	memory;
	} settings;
};

static const struct dsr_lab_service nl_tcp = {
	.protocol = IPPROTO_TCP, .vip = DSR_LAB_VIP, .ports = { { 80, 89 } },
	.servers = 2,
};

static const struct dsr_lab_service nl_udp = {
	.protocol = IPPROTO_UDP, .vip = DSR_LAB_VIP, .ports = { { 53, 53 } },
	.servers = 1,
};

static void nl_close(void *sock)
{
	sock_release(sock);
}

static void nl_open(struct nl *nl, struct kunit *test)
{
	int on = 1;

	nl->test = test;
	nl->family = dsr_lab_family(test);
	nl->lab = dsr_lab_start(test);
	nl->buf = kunit_kmalloc(test, NL_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, nl->buf);
	KUNIT_ASSERT_EQ(test, sock_create_kern(&init_net, AF_NETLINK, SOCK_RAW,
					       NETLINK_GENERIC, &nl->sock), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, nl_close,
							nl->sock), 0);
	KUNIT_ASSERT_EQ(test, nl->sock->ops->setsockopt(nl->sock, SOL_NETLINK,
							NETLINK_EXT_ACK,
							KERNEL_SOCKPTR(&on),
							sizeof(on)), 0);
	KUNIT_ASSERT_EQ(test, dsr_lab_add(nl->lab, &nl_tcp, nl->family), 0);
	KUNIT_ASSERT_EQ(test, dsr_lab_add(nl->lab, &nl_udp, nl->family), 0);
}

/* Requests */

static void nl_begin(struct nl *nl, u8 command, u16 flags)
{
	nl->req = nlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(nl->test, nl->req);
	nl->hdr = genlmsg_put(nl->req, 0, 1, &dsr_netlink_family,
			      NLM_F_REQUEST | NLM_F_ACK | flags, command);
}

static void nl_service(struct nl *nl, const struct dsr_lab_service *s)
{
	struct dsr_service_key key = dsr_lab_key(s, nl->family);
	struct nlattr *nest = nla_nest_start(nl->req, DSR_A_SERVICE);

	dsr_netlink_put_key(nl->req, &key);
	nla_nest_end(nl->req, nest);
}

static void nl_server(struct nl *nl, unsigned int i)
{
	union nf_inet_addr addr = dsr_build_addr(nl->family,
						 htonl(0x0a00000b + i));
	struct nlattr *nest = nla_nest_start(nl->req, DSR_A_SERVER);

	dsr_netlink_put_addr(nl->req, DSR_SERVER_A_IPV4, DSR_SERVER_A_IPV6,
			     nl->family, &addr);
	nla_nest_end(nl->req, nest);
}

static void nl_client(struct nl *nl, unsigned int i)
{
	union nf_inet_addr addr = dsr_build_addr(nl->family,
						 htonl(0xc6336400 + i));

	dsr_netlink_put_addr(nl->req, DSR_FLOW_A_CLIENT_IPV4,
			     DSR_FLOW_A_CLIENT_IPV6, nl->family, &addr);
}

static void nl_tuple(struct nl *nl, const struct dsr_lab_service *s,
		     unsigned int client)
{
	union nf_inet_addr vip = dsr_build_addr(nl->family, s->vip);

	nla_put_u8(nl->req, DSR_FLOW_A_PROTOCOL, s->protocol);
	nl_client(nl, client);
	nla_put_be16(nl->req, DSR_FLOW_A_CLIENT_PORT, htons(1025));
	dsr_netlink_put_addr(nl->req, DSR_FLOW_A_IPV4, DSR_FLOW_A_IPV6,
			     nl->family, &vip);
	nla_put_be16(nl->req, DSR_FLOW_A_PORT, htons(s->ports[0].first));
}

/* Answers */

static void nl_take_flow(struct nl *nl, struct nlattr **attrs)
{
	struct nlattr *tb[DSR_FLOW_A_MAX + 1], *addr[DSR_SERVER_A_MAX + 1];

	nla_parse_nested(tb, DSR_FLOW_A_MAX, attrs[DSR_A_FLOW], NULL, NULL);
	if (tb[DSR_FLOW_A_COUNT]) {
		nl->count = nla_get_u64(tb[DSR_FLOW_A_COUNT]);
		return;
	}
	nl->count++;
	KUNIT_ASSERT_NOT_NULL(nl->test, attrs[DSR_A_SERVICE]);
	KUNIT_ASSERT_NOT_NULL(nl->test, attrs[DSR_A_SERVER]);
	nla_parse_nested(addr, DSR_SERVER_A_MAX, attrs[DSR_A_SERVER], NULL,
			 NULL);
	nl->flow.protocol = nla_get_u8(tb[DSR_FLOW_A_PROTOCOL]);
	nl->flow.state = nla_get_u8(tb[DSR_FLOW_A_STATE]);
	nl->flow.idle = nla_get_u32(tb[DSR_FLOW_A_IDLE]);
	nl->flow.expires = nla_get_u32(tb[DSR_FLOW_A_EXPIRES]);
	nl->flow.sport = tb[DSR_FLOW_A_CLIENT_PORT] ?
			 ntohs(nla_get_be16(tb[DSR_FLOW_A_CLIENT_PORT])) : 0;
	nl->flow.dport = tb[DSR_FLOW_A_PORT] ?
			 ntohs(nla_get_be16(tb[DSR_FLOW_A_PORT])) : 0;
	nl->flow.prefix_len = tb[DSR_FLOW_A_CLIENT_PREFIX_LEN] ?
			      nla_get_u8(tb[DSR_FLOW_A_CLIENT_PREFIX_LEN]) : 0;
	nl->flow.vip = tb[DSR_FLOW_A_IPV4] || tb[DSR_FLOW_A_IPV6];
	/* The last byte of its address. */
	nl->flow.server = nl->family == AF_INET ?
			  ((u8 *)nla_data(addr[DSR_SERVER_A_IPV4]))[3] :
			  ((u8 *)nla_data(addr[DSR_SERVER_A_IPV6]))[15];
}

static void nl_take_settings(struct nl *nl, struct nlattr *nest)
{
	struct nlattr *tb[DSR_SETTINGS_A_MAX + 1];

	nla_parse_nested(tb, DSR_SETTINGS_A_MAX, nest, NULL, NULL);
	nl->settings.max = nla_get_u32(tb[DSR_SETTINGS_A_MAX_FLOWS]);
	nl->settings.room = nla_get_u32(tb[DSR_SETTINGS_A_TABLE_FLOWS]);
	nl->settings.flows = nla_get_u64(tb[DSR_SETTINGS_A_FLOWS]);
	nl->settings.memory = nla_get_u64(tb[DSR_SETTINGS_A_MEMORY]);
}

/* What an error or the end of a dump says, from its attributes on. */
static void nl_take_extack(struct nl *nl, const struct nlmsghdr *nlh,
			   unsigned int off, const struct nlmsghdr *req)
{
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1];

	if (nlmsg_len(nlh) <= off)
		return;
	nla_parse(tb, NLMSGERR_ATTR_MAX, nlmsg_data(nlh) + off,
		  nlmsg_len(nlh) - off, NULL, NULL);
	if (tb[NLMSGERR_ATTR_MSG])
		nla_strscpy(nl->message, tb[NLMSGERR_ATTR_MSG],
			    sizeof(nl->message));
	if (tb[NLMSGERR_ATTR_OFFS] && req)
		nl->attr = nla_type((void *)req +
				    nla_get_u32(tb[NLMSGERR_ATTR_OFFS]));
}

/* Returns false for the last message of an answer. */
static bool nl_take(struct nl *nl, const struct nlmsghdr *nlh)
{
	struct nlattr *attrs[DSR_A_MAX + 1];
	const struct nlmsgerr *e;

	switch (nlh->nlmsg_type) {
	case NLMSG_DONE:
		nl->errno = *(int *)nlmsg_data(nlh);
		nl_take_extack(nl, nlh, sizeof(int), NULL);
		return false;
	case NLMSG_ERROR:
		e = nlmsg_data(nlh);
		nl->errno = e->error;
		nl_take_extack(nl, nlh, e->error ?
			       sizeof(int) + NLMSG_ALIGN(e->msg.nlmsg_len) :
			       sizeof(*e), &e->msg);
		return false;
	}
	KUNIT_EXPECT_EQ(nl->test, nlh->nlmsg_flags & NLM_F_DUMP_INTR, 0);
	nlmsg_parse(nlh, GENL_HDRLEN, attrs, DSR_A_MAX, NULL, NULL);
	if (attrs[DSR_A_FLOW])
		nl_take_flow(nl, attrs);
	if (attrs[DSR_A_SETTINGS])
		nl_take_settings(nl, attrs[DSR_A_SETTINGS]);
	return true;
}

/* Send the request. */
static void nl_send(struct nl *nl)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr msg = {
		.msg_name = &kernel, .msg_namelen = sizeof(kernel),
	};
	struct kvec vec;

	genlmsg_end(nl->req, nl->hdr);
	vec.iov_base = nl->req->data;
	vec.iov_len = nl->req->len;
	nl->count = 0;
	nl->attr = 0;
	nl->message[0] = '\0';
	KUNIT_EXPECT_EQ(nl->test, kernel_sendmsg(nl->sock, &msg, &vec, 1,
						 vec.iov_len), nl->req->len);
	kfree_skb(nl->req);
}

/* Receive a part of the answer; false if it was the last one. */
static bool nl_receive(struct nl *nl)
{
	struct kvec vec = { .iov_base = nl->buf, .iov_len = NL_SIZE };
	const struct nlmsghdr *nlh = (void *)nl->buf;
	struct msghdr msg = {};
	bool more = true;
	int len;

	len = kernel_recvmsg(nl->sock, &msg, &vec, 1, NL_SIZE, MSG_DONTWAIT);
	KUNIT_ASSERT_GT(nl->test, len, 0);
	for (; nlmsg_ok(nlh, len); nlh = nlmsg_next(nlh, &len))
		more = nl_take(nl, nlh);
	return more;
}

/* What the request comes to, 0 or -errno. */
static int nl_run(struct nl *nl)
{
	nl_send(nl);
	while (nl_receive(nl))
		;
	return nl->errno;
}

static int nl_add(struct nl *nl, const struct dsr_lab_service *s,
		  unsigned int server, unsigned int client, int state, int idle)
{
	struct nlattr *nest;

	nl_begin(nl, DSR_CMD_FLOW_ADD, 0);
	nl_service(nl, s);
	nl_server(nl, server);
	nest = nla_nest_start(nl->req, DSR_A_FLOW);
	if (state == DSR_FLOW_STATE_PERSIST) {
		nla_put_u8(nl->req, DSR_FLOW_A_PROTOCOL, s->protocol);
		nl_client(nl, client);
	} else {
		nl_tuple(nl, s, client);
	}
	if (state >= 0)
		nla_put_u8(nl->req, DSR_FLOW_A_STATE, state);
	nla_put_u32(nl->req, DSR_FLOW_A_IDLE, idle);
	nla_nest_end(nl->req, nest);
	return nl_run(nl);
}

/* 8 flows to the first TCP server, 4 SYNs to the second, 3 of UDP. */
static void nl_fill(struct nl *nl)
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		KUNIT_EXPECT_EQ(nl->test, nl_add(nl, &nl_tcp, 0, 8 + i, -1, 0),
				0);
	for (; i < 12; i++)
		KUNIT_EXPECT_EQ(nl->test, nl_add(nl, &nl_tcp, 1, 8 + i,
						 DSR_FLOW_STATE_SYN, 5), 0);
	for (; i < 15; i++)
		KUNIT_EXPECT_EQ(nl->test, nl_add(nl, &nl_udp, 0, 8 + i, -1, 0),
				0);
}

/* Which flows a request selects; -1 for any. */
struct nl_select {
	const struct dsr_lab_service	*service;
	int				server;
	int				client;
	int				suffix;
	int				state;
};

#define NL_ALL	{ .server = -1, .client = -1, .suffix = -1, .state = -1 }

static int nl_select(struct nl *nl, u8 command, const struct nl_select *s)
{
	struct nlattr *nest;

	nl_begin(nl, command, command == DSR_CMD_FLOW_GET ? NLM_F_DUMP : 0);
	if (s->service)
		nl_service(nl, s->service);
	if (s->server >= 0)
		nl_server(nl, s->server);
	nest = nla_nest_start(nl->req, DSR_A_FLOW);
	if (s->client >= 0)
		nl_client(nl, s->client);
	if (s->suffix >= 0)
		nla_put_u8(nl->req, DSR_FLOW_A_CLIENT_PREFIX_LEN,
			   (nl->family == AF_INET ? 32 : 128) - s->suffix);
	if (s->state >= 0)
		nla_put_u8(nl->req, DSR_FLOW_A_STATE, s->state);
	nla_nest_end(nl->req, nest);
	return nl_run(nl);
}

static u64 nl_active(struct nl *nl, const struct dsr_lab_service *s)
{
	struct dsr_stats_sum sum;

	dsr_lab_sum(nl->lab, s, nl->family, &sum);
	return sum.active;
}

/* What is selected is listed, and then deleted: and that alone. */
static const struct {
	struct nl_select	select;
	u64			count;
} nl_selections[] = {
	{ { &nl_tcp, 1, -1, -1, -1 }, 4 },
	{ { &nl_tcp, -1, -1, -1, -1 }, 12 },
	{ { &nl_udp, 0, -1, -1, -1 }, 3 },
	{ { NULL, -1, 8, -1, -1 }, 1 },
	{ { NULL, -1, 8, 0, -1 }, 1 },
	{ { NULL, -1, 8, 2, -1 }, 4 },
	{ { NULL, -1, 9, 3, -1 }, 8 },
	{ { NULL, -1, 0, 32, -1 }, 15 },
	{ { NULL, -1, 200, -1, -1 }, 0 },
	{ { NULL, -1, -1, -1, DSR_FLOW_STATE_SYN }, 4 },
	{ { NULL, -1, -1, -1, DSR_FLOW_STATE_UDP }, 3 },
	{ { &nl_tcp, 0, -1, -1, DSR_FLOW_STATE_SYN }, 0 },
	{ { &nl_tcp, -1, 16, 1, DSR_FLOW_STATE_SYN }, 2 },
	{ NL_ALL, 15 },
};

static void nl_selects(struct kunit *test)
{
	const struct nl_select all = NL_ALL, *s;
	struct nl nl = {};
	unsigned int i;
	u64 count;

	nl_open(&nl, test);
	for (i = 0; i < ARRAY_SIZE(nl_selections); i++) {
		s = &nl_selections[i].select;
		count = nl_selections[i].count;
		nl_fill(&nl);
		KUNIT_EXPECT_EQ(test, nl_active(&nl, &nl_tcp), 12);
		KUNIT_EXPECT_EQ(test, nl_active(&nl, &nl_udp), 3);
		KUNIT_EXPECT_EQ(test, nl_select(&nl, DSR_CMD_FLOW_GET, s), 0);
		KUNIT_EXPECT_EQ_MSG(test, nl.count, count, "selection %u", i);
		KUNIT_EXPECT_EQ(test, nl_select(&nl, DSR_CMD_FLOW_DEL, s), 0);
		KUNIT_EXPECT_EQ_MSG(test, nl.count, count, "selection %u", i);
		KUNIT_EXPECT_EQ(test, nl_select(&nl, DSR_CMD_FLOW_GET, s), 0);
		KUNIT_EXPECT_EQ(test, nl.count, 0);
		KUNIT_EXPECT_EQ(test, nl_active(&nl, &nl_tcp) +
				nl_active(&nl, &nl_udp), 15 - count);
		KUNIT_EXPECT_EQ(test, nl_select(&nl, DSR_CMD_FLOW_DEL, &all),
				0);
		KUNIT_EXPECT_EQ(test, nl.count, 15 - count);
	}
}

static int nl_get(struct nl *nl, const struct dsr_lab_service *s,
		  unsigned int client)
{
	struct nlattr *nest;

	nl_begin(nl, DSR_CMD_FLOW_GET, 0);
	nest = nla_nest_start(nl->req, DSR_A_FLOW);
	nl_tuple(nl, s, client);
	nla_nest_end(nl->req, nest);
	return nl_run(nl);
}

/* A flow is found by its tuple, changes its server, and gets packets by it. */
static void nl_one(struct kunit *test)
{
	struct nl nl = {};
	struct dsr_build b = {
		.family = dsr_lab_family(test), .protocol = IPPROTO_TCP,
		.saddr = htonl(0xc6336407), .daddr = DSR_LAB_VIP,
		.sport = 1025, .dport = 80, .flags = 0x10,
	};
	unsigned int i;

	nl_open(&nl, test);
	KUNIT_EXPECT_EQ(test, nl_get(&nl, &nl_tcp, 7), -ENOENT);
	KUNIT_EXPECT_STREQ(test, nl.message,
			   "no such flow: see by a dump which there are");
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, nl_add(&nl, &nl_tcp, i, 7, -1, 100), 0);
		KUNIT_EXPECT_EQ(test, nl_get(&nl, &nl_tcp, 7), 0);
		KUNIT_EXPECT_EQ(test, nl.count, 1);
		KUNIT_EXPECT_EQ(test, nl.flow.server, 11 + i);
		KUNIT_EXPECT_EQ(test, nl.flow.protocol, IPPROTO_TCP);
		KUNIT_EXPECT_EQ(test, nl.flow.sport, 1025);
		KUNIT_EXPECT_EQ(test, nl.flow.dport, 80);
		KUNIT_EXPECT_TRUE(test, nl.flow.vip);
		KUNIT_EXPECT_EQ(test, nl.flow.state,
				DSR_FLOW_STATE_ESTABLISHED);
		/* A second may have gone by. */
		KUNIT_EXPECT_GE(test, nl.flow.idle, 100);
		KUNIT_EXPECT_LE(test, nl.flow.idle, 102);
		KUNIT_EXPECT_EQ(test, nl.flow.idle + nl.flow.expires, 900);
		KUNIT_EXPECT_EQ(test, nl_active(&nl, &nl_tcp), 1);
		dsr_lab_receive(test, nl.lab, &b);
		KUNIT_EXPECT_EQ(test, dsr_lab_sent_to(nl.lab), i);
	}
	KUNIT_EXPECT_EQ(test, nl_get(&nl, &nl_tcp, 7), 0);
	KUNIT_EXPECT_LE(test, nl.flow.idle, 2);
	KUNIT_EXPECT_EQ(test, nl_get(&nl, &nl_tcp, 8), -ENOENT);
}

/* Expects a refusal that names an attribute. */
static void nl_expect(struct nl *nl, int got, int want, u16 attr,
		      const char *message)
{
	KUNIT_EXPECT_EQ_MSG(nl->test, got, want, "%s", message);
	KUNIT_EXPECT_STREQ(nl->test, nl->message, message);
	KUNIT_EXPECT_EQ_MSG(nl->test, nl->attr, attr, "%s", message);
}

static void nl_refuses(struct kunit *test)
{
	struct dsr_lab_service other = nl_tcp;
	struct nl_select select = NL_ALL;
	struct nl nl = {};

	nl_open(&nl, test);
	other.ports[0].first = 81;
	nl_expect(&nl, nl_add(&nl, &other, 0, 7, -1, 0), -ENOENT, 0,
		  "no such service: add it first, or see which there are");
	nl_expect(&nl, nl_add(&nl, &nl_tcp, 2, 7, -1, 0), -ENOENT, 0,
		  "the service has no such server: add it first, or see which it has");
	nl_expect(&nl, nl_add(&nl, &nl_tcp, 0, 7, DSR_FLOW_STATE_UDP, 0),
		  -EINVAL, DSR_FLOW_A_STATE,
		  "state must be one that flows of this protocol have");
	nl_expect(&nl, nl_add(&nl, &nl_udp, 0, 7, DSR_FLOW_STATE_SYN, 0),
		  -EINVAL, DSR_FLOW_A_STATE,
		  "state must be one that flows of this protocol have");
	nl_expect(&nl, nl_add(&nl, &nl_udp, 0, 7, -1, 301), -ETIME,
		  DSR_FLOW_A_IDLE,
		  "idle is longer than the service keeps such a flow");
	KUNIT_EXPECT_EQ(test, nl_add(&nl, &nl_udp, 0, 7, -1, 300), 0);

	nl_begin(&nl, DSR_CMD_FLOW_ADD, 0);
	nl_service(&nl, &nl_tcp);
	nl_server(&nl, 0);
	nl_expect(&nl, nl_run(&nl), -EINVAL, 0, "attribute flow is missing");

	select.suffix = 0;
	nl_expect(&nl, nl_select(&nl, DSR_CMD_FLOW_DEL, &select), -EINVAL,
		  DSR_FLOW_A_CLIENT_PREFIX_LEN,
		  "client-prefix-len needs a client: give client-ipv4 or client-ipv6");
	select.client = 7;
	KUNIT_EXPECT_EQ(test, nl_select(&nl, DSR_CMD_FLOW_DEL, &select), 0);
	KUNIT_EXPECT_EQ(test, nl.count, 1);
	select = (struct nl_select)NL_ALL;
	select.server = 0;
	nl_expect(&nl, nl_select(&nl, DSR_CMD_FLOW_GET, &select), -EINVAL, 0,
		  "attribute service is missing");
}

static int nl_send_to(struct nl *nl, u8 client, u16 sport)
{
	struct dsr_build b = {
		.family = nl->family, .protocol = IPPROTO_TCP,
		.saddr = htonl(0xc6336400 | client), .daddr = DSR_LAB_VIP,
		.sport = sport, .dport = 80, .flags = TCPHDR_SYN,
	};

	dsr_lab_receive(nl->test, nl->lab, &b);
	return dsr_lab_sent_to(nl->lab);
}

/* Of nl_tcp, those of eight addresses each are one client. */
static void nl_persist(struct nl *nl)
{
	struct dsr_service_conf conf;

	conf = dsr_lab_conf(nl->lab, &nl_tcp, nl->family);
	conf.opt.timeout[DSR_FLOW_STATE_PERSIST] = 100;
	conf.opt.persist_prefix_len = nl->family == AF_INET ? 29 : 125;
	KUNIT_ASSERT_EQ(nl->test, dsr_lab_set(nl->lab, &conf), 0);
}

/* Clients that stay are listed as such, forgotten, and taken over. */
static void nl_clients(struct kunit *test)
{
	struct nl_select clients = NL_ALL;
	struct nl nl = {};

	nl_open(&nl, test);
	nl_persist(&nl);
	clients.state = DSR_FLOW_STATE_PERSIST;
	KUNIT_EXPECT_EQ(test, nl_send_to(&nl, 8, 1), 0);
	KUNIT_EXPECT_EQ(test, nl_send_to(&nl, 15, 1), 0);
	KUNIT_EXPECT_EQ(test, nl_send_to(&nl, 16, 1), 1);
	KUNIT_EXPECT_EQ(test, nl_select(&nl, DSR_CMD_FLOW_GET, &clients), 0);
	KUNIT_EXPECT_EQ(test, nl.count, 2);
	KUNIT_EXPECT_EQ(test, nl.flow.state, DSR_FLOW_STATE_PERSIST);
	KUNIT_EXPECT_EQ(test, nl.flow.prefix_len,
			nl.family == AF_INET ? 29 : 125);
	KUNIT_EXPECT_EQ(test, nl.flow.protocol, IPPROTO_TCP);
	KUNIT_EXPECT_FALSE(test, nl.flow.vip);
	KUNIT_EXPECT_EQ(test, nl.flow.sport, 0);
	KUNIT_EXPECT_EQ(test, nl.flow.dport, 0);
	KUNIT_EXPECT_EQ(test, nl.flow.idle + nl.flow.expires, 100);

	clients.client = 17;
	KUNIT_EXPECT_EQ(test, nl_select(&nl, DSR_CMD_FLOW_GET, &clients), 0);
	KUNIT_EXPECT_EQ(test, nl.count, 1);
	KUNIT_EXPECT_EQ(test, nl.flow.server, 12);
	KUNIT_EXPECT_EQ(test, nl_select(&nl, DSR_CMD_FLOW_DEL, &clients), 0);
	KUNIT_EXPECT_EQ(test, nl.count, 1);
	KUNIT_EXPECT_EQ(test, nl_active(&nl, &nl_tcp), 3);

	KUNIT_EXPECT_EQ(test, nl_add(&nl, &nl_tcp, 1, 24,
				     DSR_FLOW_STATE_PERSIST, 50), 0);
	KUNIT_EXPECT_EQ(test, nl_active(&nl, &nl_tcp), 3);
	KUNIT_EXPECT_EQ(test, nl_send_to(&nl, 25, 1), 1);
	KUNIT_EXPECT_EQ(test, nl_send_to(&nl, 31, 1), 1);
	KUNIT_EXPECT_EQ(test, nl_send_to(&nl, 17, 1), 0);
}

static void nl_refuses_clients(struct kunit *test)
{
	struct nlattr *nest;
	struct nl nl = {};

	nl_open(&nl, test);
	nl_expect(&nl, nl_add(&nl, &nl_tcp, 0, 8, DSR_FLOW_STATE_PERSIST, 0),
		  -EINVAL, DSR_FLOW_A_STATE,
		  "clients of this service do not stay: give it persist-timeout first");
	nl_persist(&nl);
	nl_expect(&nl, nl_add(&nl, &nl_tcp, 0, 8, DSR_FLOW_STATE_PERSIST, 101),
		  -ETIME, DSR_FLOW_A_IDLE,
		  "idle is longer than the service keeps such a flow");
	nl_begin(&nl, DSR_CMD_FLOW_ADD, 0);
	nl_service(&nl, &nl_tcp);
	nl_server(&nl, 0);
	nest = nla_nest_start(nl.req, DSR_A_FLOW);
	nl_tuple(&nl, &nl_tcp, 8);
	nla_put_u8(nl.req, DSR_FLOW_A_STATE, DSR_FLOW_STATE_PERSIST);
	nla_nest_end(nl.req, nest);
	nl_expect(&nl, nl_run(&nl), -EINVAL, DSR_FLOW_A_CLIENT_PORT,
		  "a client in state persist has no ports and no virtual address: leave this out");
}

/* What would not be looked at may not be given, least of all to delete. */
static void nl_refuses_selectors(struct kunit *test)
{
	const struct nl_select all = NL_ALL;
	struct nlattr *nest;
	struct nl nl = {};

	nl_open(&nl, test);
	nl_fill(&nl);
	nl_begin(&nl, DSR_CMD_FLOW_DEL, 0);
	nest = nla_nest_start(nl.req, DSR_A_FLOW);
	nla_put_be16(nl.req, DSR_FLOW_A_PORT, htons(80));
	nla_nest_end(nl.req, nest);
	nl_expect(&nl, nl_run(&nl), -EINVAL, DSR_FLOW_A_PORT,
		  "flows are selected by client, client-prefix-len and state: leave this out");
	KUNIT_EXPECT_EQ(test, nl_select(&nl, DSR_CMD_FLOW_GET, &all), 0);
	KUNIT_EXPECT_EQ(test, nl.count, 15);
}

/* Flows of a deleted server are not shown, but deleted with all others. */
static void nl_deleted_server(struct kunit *test)
{
	const struct nl_select all = NL_ALL;
	struct dsr_server_conf conf;
	struct dsr_service_key key;
	struct nl nl = {};

	nl_open(&nl, test);
	nl_fill(&nl);
	key = dsr_lab_key(&nl_tcp, nl.family);
	conf = dsr_lab_server(nl.lab, &nl_tcp, nl.family, 0);
	mutex_lock(&nl.lab->dn->lock);
	KUNIT_EXPECT_EQ(test, dsr_pernet_server_del(nl.lab->dn, &key, &conf,
						    NULL), 0);
	mutex_unlock(&nl.lab->dn->lock);
	KUNIT_EXPECT_EQ(test, nl_select(&nl, DSR_CMD_FLOW_GET, &all), 0);
	KUNIT_EXPECT_EQ(test, nl.count, 7);
	KUNIT_EXPECT_EQ(test, nl_get(&nl, &nl_tcp, 8), -ENOENT);
	KUNIT_EXPECT_EQ(test, nl_select(&nl, DSR_CMD_FLOW_DEL, &all), 0);
	KUNIT_EXPECT_EQ(test, nl.count, 15);
	KUNIT_EXPECT_EQ(test, nl_active(&nl, &nl_tcp), 0);
}

/* Returns how many are there then: here and there one finds no place. */
static u32 nl_put(struct nl *nl, u32 from, u32 to)
{
	struct dsr_flow_entry entry = {
		.state = DSR_FLOW_STATE_ESTABLISHED,
	};
	struct dsr_flow_table *flows;
	u32 i, placed = 0;

	flows = rcu_dereference_raw(nl->lab->dn->flows);
	entry.server = list_first_entry(&dsr_lab_find(nl->lab, &nl_tcp,
						      nl->family)->servers,
					struct dsr_server, list)->id;
	for (i = from; i < to; i++) {
		entry.tuple = (struct dsr_tuple) {
			.family = nl->family, .protocol = IPPROTO_TCP,
			.saddr = dsr_build_addr(nl->family, htonl(i)),
			.daddr = dsr_build_addr(nl->family, DSR_LAB_VIP),
			.dport = htons(80), .sport = htons(1),
		};
		rcu_read_lock();
		placed += !dsr_flow_put(flows, dsr_flow_now(), &entry);
		rcu_read_unlock();
		if (i % 100 == 0)
			dsr_flow_settle(flows);
	}
	dsr_flow_settle(flows);
	KUNIT_ASSERT_GE(nl->test, placed, (to - from) * 99 / 100);
	return placed;
}

static u32 nl_room(struct nl *nl)
{
	struct dsr_flow_usage usage;

	dsr_flow_usage(rcu_dereference_raw(nl->lab->dn->flows), &usage);
	return usage.room;
}

/*
 * A dump in many parts finds every flow that is there all the time; and after a
 * resize, with which it begins again, those that came before that, too. A flow
 * for which there was no place has the table grow early, so either may be.
 */
static void nl_many(struct kunit *test)
{
	const struct nl_select all = NL_ALL;
	unsigned int parts = 1;
	struct nl nl = {};
	u32 placed, room, found;

	nl_open(&nl, test);
	placed = nl_put(&nl, 0, 10000);
	KUNIT_EXPECT_EQ(test, nl_active(&nl, &nl_tcp), placed);
	KUNIT_EXPECT_EQ(test, nl_select(&nl, DSR_CMD_FLOW_GET, &all), 0);
	KUNIT_EXPECT_EQ(test, nl.count, placed);

	nl_begin(&nl, DSR_CMD_FLOW_GET, NLM_F_DUMP);
	nl_send(&nl);
	KUNIT_EXPECT_TRUE(test, nl_receive(&nl));
	KUNIT_EXPECT_GT(test, nl.count, 0);
	KUNIT_EXPECT_LT(test, nl.count, 1000);
	room = nl_room(&nl);
	found = placed;
	placed += nl_put(&nl, 10000, 13000);
	if (nl_room(&nl) > room)
		found = placed;
	while (nl_receive(&nl))
		parts++;
	KUNIT_EXPECT_EQ(test, nl.errno, 0);
	KUNIT_EXPECT_GT(test, parts, 10);
	KUNIT_EXPECT_GE(test, nl.count, found);
	KUNIT_EXPECT_LT(test, nl.count, 14000);

	KUNIT_EXPECT_EQ(test, nl_select(&nl, DSR_CMD_FLOW_DEL, &all), 0);
	KUNIT_EXPECT_EQ(test, nl.count, placed);
	KUNIT_EXPECT_EQ(test, nl_active(&nl, &nl_tcp), 0);
}

static int nl_set_max(struct nl *nl, u32 max)
{
	struct nlattr *nest;

	nl_begin(nl, DSR_CMD_SETTINGS_SET, 0);
	nest = nla_nest_start(nl->req, DSR_A_SETTINGS);
	nla_put_u32(nl->req, DSR_SETTINGS_A_MAX_FLOWS, max);
	nla_nest_end(nl->req, nest);
	return nl_run(nl);
}

static void nl_expect_settings(struct nl *nl, u32 max, u32 room, u64 flows)
{
	nl_begin(nl, DSR_CMD_SETTINGS_GET, 0);
	KUNIT_EXPECT_EQ(nl->test, nl_run(nl), 0);
	KUNIT_EXPECT_EQ(nl->test, nl->settings.max, max);
	KUNIT_EXPECT_EQ(nl->test, nl->settings.room, room);
	KUNIT_EXPECT_EQ(nl->test, nl->settings.flows, flows);
}

static void nl_reset_max(void *data)
{
	struct dsr_net *dn = data;

	mutex_lock(&dn->lock);
	dsr_pernet_set_max_flows(dn, DSR_FLOWS_MAX, NULL);
	mutex_unlock(&dn->lock);
}

/* They are kept without a service, and bound the table of the next one. */
static void nl_settings(struct kunit *test)
{
	struct nl nl = {};

	nl_open(&nl, test);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, nl_reset_max,
							nl.lab->dn), 0);
	nl_expect_settings(&nl, DSR_FLOWS_MAX, 768, 0);
	KUNIT_EXPECT_EQ(test, nl.settings.memory, 256 * (128 + 224));
	nl_expect(&nl, nl_set_max(&nl, 0), -ERANGE, DSR_SETTINGS_A_MAX_FLOWS,
		  "max-flows must be 1 to 67108864");
	nl_expect(&nl, nl_set_max(&nl, (1 << 26) + 1), -ERANGE,
		  DSR_SETTINGS_A_MAX_FLOWS,
		  "max-flows must be 1 to 67108864");
	KUNIT_EXPECT_EQ(test, nl_set_max(&nl, 1 << 26), 0);
	nl_expect_settings(&nl, 1 << 26, 768, 0);

	nl_fill(&nl);
	nl_expect(&nl, nl_set_max(&nl, 14), -EBUSY, 0,
		  "max-flows is less than the flows there are: give more, or delete some first");
	nl_expect_settings(&nl, 1 << 26, 768, 15);
	KUNIT_EXPECT_EQ(test, nl_set_max(&nl, 30), 0);
	nl_expect_settings(&nl, 30, 30, 15);
	KUNIT_EXPECT_EQ(test, nl_active(&nl, &nl_tcp), 12);

	KUNIT_EXPECT_EQ(test, dsr_lab_del(nl.lab, &nl_tcp, nl.family), 0);
	KUNIT_EXPECT_EQ(test, dsr_lab_del(nl.lab, &nl_udp, nl.family), 0);
	nl_expect_settings(&nl, 30, 0, 0);
	KUNIT_EXPECT_EQ(test, nl_set_max(&nl, 60), 0);
	KUNIT_EXPECT_EQ(test, dsr_lab_add(nl.lab, &nl_tcp, nl.family), 0);
	nl_expect_settings(&nl, 60, 60, 0);
}

static struct kunit_case nl_cases[] = {
	KUNIT_CASE_PARAM(nl_selects, dsr_lab_families),
	KUNIT_CASE_PARAM(nl_one, dsr_lab_families),
	KUNIT_CASE_PARAM(nl_refuses, dsr_lab_families),
	KUNIT_CASE_PARAM(nl_refuses_selectors, dsr_lab_families),
	KUNIT_CASE_PARAM(nl_clients, dsr_lab_families),
	KUNIT_CASE_PARAM(nl_refuses_clients, dsr_lab_families),
	KUNIT_CASE_PARAM(nl_deleted_server, dsr_lab_families),
	KUNIT_CASE_PARAM(nl_many, dsr_lab_families),
	KUNIT_CASE_PARAM(nl_settings, dsr_lab_families),
	{}
};

static struct kunit_suite nl_suite = {
	.name		= "dsr_flow_netlink",
	.test_cases	= nl_cases,
};

kunit_test_suite(nl_suite);

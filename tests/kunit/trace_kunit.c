// SPDX-License-Identifier: GPL-2.0
/*
 * Asking where a packet would go: the answer is what the hook then does, and
 * asking changes nothing.
 */
#include <linux/net.h>
#include <net/genetlink.h>
#include <net/sock.h>
#include <net/tcp.h>
#include "kmod/netlink.h"
#include "kmod/netlink_gen.h"
#include "tests/kunit/lab.h"

#define TRACE_SERVERS	3
#define TRACE_SIZE	8192

/**
 * struct trace - a user who asks
 * @test: the test
 * @lab: the director
 * @sock: the user's socket
 * @family: of the packets
 * @buf: what comes back
 * @errno: what the request came to
 * @message: and what was said of it
 * @why: what was told, or -1
 * @server: index of the server, or -1
 * @mac: the last byte of its MAC address, or -1
 * @state: of the flow, or -1
 * @flow_prefix: bits of the client that stays, or 0
 * @fwmark: of the service
 * @prefix_len: of the service
 * @n_ports: of the service, or -1 for no service
 * @sched: its scheduler
 */
struct trace {
	struct kunit	*test;
	struct dsr_lab	*lab;
	struct socket	*sock;
	u8		family;
	u8		*buf;
	int		errno;
	char		message[128];
	int		why;
	int		server;
	int		mac;
	int		state;
	u8		flow_prefix;
	u32		fwmark;
	u8		prefix_len;
	int		n_ports;
	char		sched[16];
};

/* One packet. */
struct trace_packet {
	u8	protocol;
	__be32	vip;
	u16	dport;
	u32	mark;
	u32	client;
};

static const struct dsr_lab_service trace_web = {
	.protocol = IPPROTO_TCP, .vip = DSR_LAB_VIP, .ports = { { 80, 89 } },
	.servers = TRACE_SERVERS,
};

static void trace_close(void *sock)
{
	sock_release(sock);
}

static void trace_open(struct trace *t, struct kunit *test, u8 family)
{
	int on = 1;

	t->test = test;
	t->family = family;
	t->lab = dsr_lab_start(test);
	t->buf = kunit_kmalloc(test, TRACE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, t->buf);
	KUNIT_ASSERT_EQ(test, sock_create_kern(&init_net, AF_NETLINK, SOCK_RAW,
					       NETLINK_GENERIC, &t->sock), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, trace_close,
							t->sock), 0);
	KUNIT_ASSERT_EQ(test, t->sock->ops->setsockopt(t->sock, SOL_NETLINK,
						       NETLINK_EXT_ACK,
						       KERNEL_SOCKPTR(&on),
						       sizeof(on)), 0);
}

/* Reading the answer */

static void trace_take_service(struct trace *t, struct nlattr *nest)
{
	struct nlattr *tb[DSR_SERVICE_A_MAX + 1], *attr;
	int left;

	nla_parse_nested(tb, DSR_SERVICE_A_MAX, nest, NULL, NULL);
	t->n_ports = 0;
	nla_for_each_nested(attr, nest, left)
		t->n_ports += nla_type(attr) == DSR_SERVICE_A_PORTS;
	if (tb[DSR_SERVICE_A_FWMARK])
		t->fwmark = nla_get_u32(tb[DSR_SERVICE_A_FWMARK]);
	if (tb[DSR_SERVICE_A_PREFIX_LEN])
		t->prefix_len = nla_get_u8(tb[DSR_SERVICE_A_PREFIX_LEN]);
	nla_strscpy(t->sched, tb[DSR_SERVICE_A_SCHEDULER], sizeof(t->sched));
}

static void trace_take_server(struct trace *t, struct nlattr *nest,
			      struct nlattr *hop)
{
	struct nlattr *tb[DSR_SERVER_A_MAX + 1];
	struct nlattr *at[DSR_NEXTHOP_A_MAX + 1];

	nla_parse_nested(tb, DSR_SERVER_A_MAX, nest, NULL, NULL);
	nla_parse_nested(at, DSR_NEXTHOP_A_MAX, hop, NULL, NULL);
	t->server = (t->family == AF_INET ?
		     ((u8 *)nla_data(tb[DSR_SERVER_A_IPV4]))[3] :
		     ((u8 *)nla_data(tb[DSR_SERVER_A_IPV6]))[15]) - 11;
	if (at[DSR_NEXTHOP_A_MAC])
		t->mac = ((u8 *)nla_data(at[DSR_NEXTHOP_A_MAC]))[5];
	KUNIT_EXPECT_EQ(t->test, nla_get_u32(at[DSR_NEXTHOP_A_IFINDEX]),
			t->lab->out->ifindex);
}

static void trace_take_flow(struct trace *t, struct nlattr *nest)
{
	struct nlattr *tb[DSR_FLOW_A_MAX + 1];

	nla_parse_nested(tb, DSR_FLOW_A_MAX, nest, NULL, NULL);
	t->state = nla_get_u8(tb[DSR_FLOW_A_STATE]);
	if (tb[DSR_FLOW_A_CLIENT_PREFIX_LEN])
		t->flow_prefix = nla_get_u8(tb[DSR_FLOW_A_CLIENT_PREFIX_LEN]);
}

static void trace_take(struct trace *t, const struct nlmsghdr *nlh)
{
	struct nlattr *attrs[DSR_A_MAX + 1], *tb[DSR_TRACE_A_MAX + 1];

	nlmsg_parse(nlh, GENL_HDRLEN, attrs, DSR_A_MAX, NULL, NULL);
	nla_parse_nested(tb, DSR_TRACE_A_MAX, attrs[DSR_A_TRACE], NULL, NULL);
	t->why = nla_get_u8(tb[DSR_TRACE_A_WHY]);
	if (attrs[DSR_A_SERVICE])
		trace_take_service(t, attrs[DSR_A_SERVICE]);
	if (attrs[DSR_A_SERVER])
		trace_take_server(t, attrs[DSR_A_SERVER],
				  attrs[DSR_A_NEXTHOP]);
	if (attrs[DSR_A_FLOW])
		trace_take_flow(t, attrs[DSR_A_FLOW]);
}

static void trace_take_error(struct trace *t, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = nlmsg_data(nlh);
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1] = {};
	unsigned int off = sizeof(int) + NLMSG_ALIGN(e->msg.nlmsg_len);

	t->errno = e->error;
	if (!e->error || nlmsg_len(nlh) <= off)
		return;
	nla_parse(tb, NLMSGERR_ATTR_MAX, nlmsg_data(nlh) + off,
		  nlmsg_len(nlh) - off, NULL, NULL);
	if (tb[NLMSGERR_ATTR_MSG])
		nla_strscpy(t->message, tb[NLMSGERR_ATTR_MSG],
			    sizeof(t->message));
}

/* Until the acknowledgment. */
static void trace_receive(struct trace *t)
{
	struct kvec vec = { .iov_base = t->buf, .iov_len = TRACE_SIZE };
	const struct nlmsghdr *nlh;
	struct msghdr msg = {};
	int len, type;

	do {
		len = kernel_recvmsg(t->sock, &msg, &vec, 1, TRACE_SIZE,
				     MSG_DONTWAIT);
		KUNIT_ASSERT_GT(t->test, len, 0);
		nlh = (void *)t->buf;
		type = nlh->nlmsg_type;
		if (type == NLMSG_ERROR)
			trace_take_error(t, nlh);
		else
			trace_take(t, nlh);
	} while (type != NLMSG_ERROR);
}

/* Asking */

static void trace_put_flow(struct trace *t, struct sk_buff *req,
			   const struct trace_packet *p)
{
	union nf_inet_addr client = dsr_build_addr(t->family,
						   htonl(p->client));
	union nf_inet_addr vip = dsr_build_addr(t->family, p->vip);
	struct nlattr *nest = nla_nest_start(req, DSR_A_FLOW);

	nla_put_u8(req, DSR_FLOW_A_PROTOCOL, p->protocol);
	dsr_netlink_put_addr(req, DSR_FLOW_A_CLIENT_IPV4,
			     DSR_FLOW_A_CLIENT_IPV6, t->family, &client);
	nla_put_be16(req, DSR_FLOW_A_CLIENT_PORT, htons(1025));
	dsr_netlink_put_addr(req, DSR_FLOW_A_IPV4, DSR_FLOW_A_IPV6, t->family,
			     &vip);
	nla_put_be16(req, DSR_FLOW_A_PORT, htons(p->dport));
	nla_nest_end(req, nest);
	if (!p->mark)
		return;
	nest = nla_nest_start(req, DSR_A_TRACE);
	nla_put_u32(req, DSR_TRACE_A_FWMARK, p->mark);
	nla_nest_end(req, nest);
}

/* Returns why. */
static int trace_ask(struct trace *t, const struct trace_packet *p)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr msg = {
		.msg_name = &kernel, .msg_namelen = sizeof(kernel),
	};
	struct sk_buff *req = nlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	struct kvec vec;
	void *hdr;

	KUNIT_ASSERT_NOT_NULL(t->test, req);
	hdr = genlmsg_put(req, 0, 1, &dsr_netlink_family,
			  NLM_F_REQUEST | NLM_F_ACK, DSR_CMD_TRACE_GET);
	if (p->protocol)
		trace_put_flow(t, req, p);
	genlmsg_end(req, hdr);
	vec.iov_base = req->data;
	vec.iov_len = req->len;
	t->why = -1;
	t->server = -1;
	t->mac = -1;
	t->state = -1;
	t->n_ports = -1;
	t->flow_prefix = 0;
	t->fwmark = 0;
	t->prefix_len = 0;
	t->sched[0] = '\0';
	t->message[0] = '\0';
	KUNIT_EXPECT_EQ(t->test, kernel_sendmsg(t->sock, &msg, &vec, 1,
						vec.iov_len), req->len);
	kfree_skb(req);
	trace_receive(t);
	return t->why;
}

/* The packet comes; the server that it is sent to, or -1. */
static int trace_send(struct trace *t, const struct trace_packet *p)
{
	struct dsr_build b = {
		.family = t->family, .protocol = p->protocol,
		.saddr = htonl(p->client), .daddr = p->vip, .sport = 1025,
		.dport = p->dport, .mark = p->mark, .flags = TCPHDR_SYN,
	};

	dsr_lab_receive(t->test, t->lab, &b);
	return dsr_lab_sent_to(t->lab);
}

static struct trace_packet trace_from(u32 client)
{
	return (struct trace_packet) {
		.protocol = IPPROTO_TCP, .vip = DSR_LAB_VIP, .dport = 80,
		.client = 0xc6336400 + client,
	};
}

static void trace_weight(struct trace *t, const struct dsr_lab_service *s,
			 unsigned int i, u32 weight)
{
	struct dsr_service_key key = dsr_lab_key(s, t->family);
	struct dsr_server_conf conf = dsr_lab_server(t->lab, s, t->family, i);

	conf.set = DSR_SET_WEIGHT;
	conf.weight = weight;
	mutex_lock(&t->lab->dn->lock);
	KUNIT_EXPECT_EQ(t->test, dsr_pernet_server_set(t->lab->dn, &key, &conf,
						       NULL), 0);
	mutex_unlock(&t->lab->dn->lock);
}

/* Each scheduler, both families. */
struct trace_param {
	const struct dsr_sched_ops	*ops;
	u8				family;
};

static const void *trace_gen_params(const void *prev, char *desc)
{
	static struct trace_param param;
	static unsigned int i;

	i = prev ? i + 1 : 0;
	param.ops = dsr_scheds[i / 2];
	param.family = i % 2 ? AF_INET6 : AF_INET;
	if (!param.ops)
		return NULL;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s, IPv%u", param.ops->name,
		 param.family == AF_INET ? 4 : 6);
	return &param;
}

static enum dsr_why trace_why(const struct dsr_sched_ops *ops)
{
	return ops->by_hash ? DSR_WHY_HASH :
	       ops == &dsr_sched_random2 ? DSR_WHY_CHANCE : DSR_WHY_TURN;
}

/*
 * A new flow goes where it was said, however often that was asked; then it is
 * known, in its state. Random2 does not say.
 */
static void trace_schedulers(struct kunit *test)
{
	const struct trace_param *param = test->param_value;
	struct dsr_lab_service s = trace_web;
	u32 seen[TRACE_SERVERS] = {};
	struct dsr_stats_sum sum;
	struct trace_packet p;
	struct trace t = {};
	unsigned int i;
	int to, again;

	s.sched = param->ops;
	trace_open(&t, test, param->family);
	KUNIT_ASSERT_EQ(test, dsr_lab_add(t.lab, &s, t.family), 0);
	for (i = 0; i < 60; i++) {
		p = trace_from(i);
		again = -1;
		KUNIT_EXPECT_EQ(test, trace_ask(&t, &p),
				trace_why(param->ops));
		KUNIT_EXPECT_EQ(test, t.errno, 0);
		KUNIT_EXPECT_EQ(test, t.state, -1);
		KUNIT_EXPECT_STREQ(test, t.sched, param->ops->name);
		again = t.server;
		trace_ask(&t, &p);
		KUNIT_EXPECT_EQ(test, t.server, again);
		KUNIT_EXPECT_EQ(test, t.mac, again);
		dsr_lab_sum(t.lab, &s, t.family, &sum);
		KUNIT_EXPECT_EQ(test, sum.active, i);

		to = trace_send(&t, &p);
		KUNIT_ASSERT_GE(test, to, 0);
		KUNIT_ASSERT_LT(test, to, TRACE_SERVERS);
		seen[to]++;
		if (param->ops != &dsr_sched_random2)
			KUNIT_EXPECT_EQ_MSG(test, to, again, "flow %u", i);
		KUNIT_EXPECT_EQ(test, trace_ask(&t, &p), DSR_WHY_FLOW);
		KUNIT_EXPECT_EQ(test, t.server, to);
		KUNIT_EXPECT_EQ(test, t.state, DSR_FLOW_STATE_SYN);
	}
	for (i = 0; i < TRACE_SERVERS; i++)
		KUNIT_EXPECT_GT(test, seen[i], 0);
	dsr_lab_expect_counts(test, t.lab, DSR_REASON_FORWARDED, 60);
}

/* Which service: as the hook finds it, of those that overlap. */
static void trace_services(struct kunit *test)
{
	const struct dsr_lab_service narrow = {
		.protocol = IPPROTO_TCP, .vip = DSR_LAB_VIP,
		.ports = { { 80, 80 } }, .servers = 1,
	}, any = {
		.vip = DSR_IP(192, 0, 2, 0), .free_bits = 8, .servers = 1,
	}, marked = { .fwmark = 7, .servers = 1 };
	struct trace_packet p = trace_from(1);
	struct trace t = {};
	u8 bits;

	trace_open(&t, test, dsr_lab_family(test));
	bits = t.family == AF_INET ? 32 : 128;
	KUNIT_EXPECT_EQ(test, trace_ask(&t, &p), DSR_WHY_NO_SERVICE);
	KUNIT_EXPECT_EQ(test, t.n_ports, -1);
	KUNIT_EXPECT_EQ(test, t.server, -1);

	KUNIT_ASSERT_EQ(test, dsr_lab_add(t.lab, &trace_web, t.family), 0);
	KUNIT_ASSERT_EQ(test, dsr_lab_add(t.lab, &narrow, t.family), 0);
	KUNIT_ASSERT_EQ(test, dsr_lab_add(t.lab, &any, t.family), 0);
	KUNIT_ASSERT_EQ(test, dsr_lab_add(t.lab, &marked, t.family), 0);
	KUNIT_EXPECT_EQ(test, trace_ask(&t, &p), DSR_WHY_TURN);
	KUNIT_EXPECT_EQ(test, t.prefix_len, bits);
	KUNIT_EXPECT_EQ(test, t.n_ports, 1);
	KUNIT_EXPECT_EQ(test, trace_send(&t, &p), 0);
	dsr_lab_expect(test, t.lab, DSR_REASON_FORWARDED);
	p.dport = 443;
	trace_ask(&t, &p);
	KUNIT_EXPECT_EQ(test, t.prefix_len, bits - 8);
	KUNIT_EXPECT_EQ(test, t.n_ports, 0);
	p.mark = 8;
	trace_ask(&t, &p);
	KUNIT_EXPECT_EQ(test, t.fwmark, 0);
	KUNIT_EXPECT_EQ(test, t.prefix_len, bits - 8);
	p.mark = 7;
	trace_ask(&t, &p);
	KUNIT_EXPECT_EQ(test, t.fwmark, 7);
	p.mark = 0;
	p.vip = DSR_IP(192, 0, 3, 10);
	KUNIT_EXPECT_EQ(test, trace_ask(&t, &p), DSR_WHY_NO_SERVICE);
}

/* A client that stays, and one of its neighbours, but no others. */
static void trace_clients(struct kunit *test)
{
	struct trace_packet p = trace_from(8);
	struct dsr_service_conf conf;
	struct trace t = {};
	int to;

	trace_open(&t, test, dsr_lab_family(test));
	KUNIT_ASSERT_EQ(test, dsr_lab_add(t.lab, &trace_web, t.family), 0);
	conf = dsr_lab_conf(t.lab, &trace_web, t.family);
	conf.opt.timeout[DSR_FLOW_STATE_PERSIST] = 100;
	conf.opt.persist_prefix_len = t.family == AF_INET ? 29 : 125;
	KUNIT_ASSERT_EQ(test, dsr_lab_set(t.lab, &conf), 0);

	KUNIT_EXPECT_EQ(test, trace_ask(&t, &p), DSR_WHY_TURN);
	to = trace_send(&t, &p);
	KUNIT_EXPECT_EQ(test, to, t.server);
	KUNIT_EXPECT_EQ(test, trace_ask(&t, &p), DSR_WHY_FLOW);
	p = trace_from(15);
	KUNIT_EXPECT_EQ(test, trace_ask(&t, &p), DSR_WHY_CLIENT);
	KUNIT_EXPECT_EQ(test, t.server, to);
	KUNIT_EXPECT_EQ(test, t.state, DSR_FLOW_STATE_PERSIST);
	KUNIT_EXPECT_EQ(test, t.flow_prefix, t.family == AF_INET ? 29 : 125);
	KUNIT_EXPECT_EQ(test, trace_send(&t, &p), to);
	p = trace_from(16);
	KUNIT_EXPECT_EQ(test, trace_ask(&t, &p), DSR_WHY_TURN);
	KUNIT_EXPECT_EQ(test, t.state, -1);

	/* Weight 0: the client goes elsewhere, but its flow does not. */
	trace_weight(&t, &trace_web, to, 0);
	p = trace_from(8);
	KUNIT_EXPECT_EQ(test, trace_ask(&t, &p), DSR_WHY_FLOW);
	KUNIT_EXPECT_EQ(test, t.server, to);
	p = trace_from(9);
	KUNIT_EXPECT_EQ(test, trace_ask(&t, &p), DSR_WHY_TURN);
	KUNIT_EXPECT_NE(test, t.server, to);
	to = t.server;
	KUNIT_EXPECT_EQ(test, trace_send(&t, &p), to);
}

static void trace_sessionless(struct kunit *test)
{
	struct trace_packet p = trace_from(1);
	struct dsr_service_conf conf;
	struct trace t = {};
	unsigned int i;
	int to;

	trace_open(&t, test, dsr_lab_family(test));
	KUNIT_ASSERT_EQ(test, dsr_lab_add(t.lab, &trace_web, t.family), 0);
	conf = dsr_lab_conf(t.lab, &trace_web, t.family);
	conf.opt.sessionless = true;
	KUNIT_ASSERT_EQ(test, dsr_lab_set(t.lab, &conf), 0);
	for (i = 0; i < 6; i++) {
		KUNIT_EXPECT_EQ(test, trace_ask(&t, &p), DSR_WHY_SESSIONLESS);
		to = t.server;
		KUNIT_EXPECT_EQ(test, t.state, -1);
		KUNIT_EXPECT_EQ(test, trace_send(&t, &p), to);
	}
}

/* A flow that loses its server gets another one, or none, as is said. */
static void trace_lost(struct kunit *test)
{
	struct trace_packet p = trace_from(1);
	struct dsr_service_conf conf;
	struct dsr_server_conf server;
	struct trace t = {};
	int to;

	trace_open(&t, test, dsr_lab_family(test));
	KUNIT_ASSERT_EQ(test, dsr_lab_add(t.lab, &trace_web, t.family), 0);
	to = trace_send(&t, &p);
	conf = dsr_lab_conf(t.lab, &trace_web, t.family);
	server = dsr_lab_server(t.lab, &trace_web, t.family, to);
	mutex_lock(&t.lab->dn->lock);
	KUNIT_EXPECT_EQ(test, dsr_pernet_server_del(t.lab->dn, &conf.key,
						    &server, NULL), 0);
	mutex_unlock(&t.lab->dn->lock);

	KUNIT_EXPECT_EQ(test, trace_ask(&t, &p), DSR_WHY_TURN);
	KUNIT_EXPECT_EQ(test, t.state, DSR_FLOW_STATE_SYN);
	KUNIT_EXPECT_NE(test, t.server, to);
	KUNIT_EXPECT_GE(test, t.server, 0);
	conf.opt.lost = DSR_LOST_RESET;
	KUNIT_ASSERT_EQ(test, dsr_lab_set(t.lab, &conf), 0);
	KUNIT_EXPECT_EQ(test, trace_ask(&t, &p), DSR_WHY_LOST);
	KUNIT_EXPECT_EQ(test, t.server, -1);
	KUNIT_EXPECT_EQ(test, t.state, DSR_FLOW_STATE_SYN);
	/* Another flow is nobody's concern. */
	p = trace_from(2);
	KUNIT_EXPECT_EQ(test, trace_ask(&t, &p), DSR_WHY_TURN);
}

/* Asking of a full server does not make it one. */
static void trace_full(struct kunit *test)
{
	const struct dsr_lab_service *s = &trace_web;
	struct dsr_service_key key;
	struct dsr_server_conf conf;
	struct trace_packet p;
	struct dsr_server *server;
	struct trace t = {};
	unsigned int i;

	trace_open(&t, test, dsr_lab_family(test));
	KUNIT_ASSERT_EQ(test, dsr_lab_add(t.lab, s, t.family), 0);
	trace_weight(&t, s, 1, 0);
	trace_weight(&t, s, 2, 0);
	key = dsr_lab_key(s, t.family);
	conf = dsr_lab_server(t.lab, s, t.family, 0);
	conf.set = DSR_SET_MAX | DSR_SET_MIN;
	conf.max_flows = 2;
	conf.min_flows = 1;
	mutex_lock(&t.lab->dn->lock);
	KUNIT_EXPECT_EQ(test, dsr_pernet_server_set(t.lab->dn, &key, &conf,
						    NULL), 0);
	mutex_unlock(&t.lab->dn->lock);
	server = list_first_entry(&dsr_lab_find(t.lab, s, t.family)->servers,
				  struct dsr_server, list);

	for (i = 0; i < 2; i++) {
		p = trace_from(i);
		KUNIT_EXPECT_EQ(test, trace_ask(&t, &p), DSR_WHY_TURN);
		KUNIT_EXPECT_EQ(test, t.server, 0);
		KUNIT_EXPECT_EQ(test, trace_send(&t, &p), 0);
	}
	p = trace_from(2);
	KUNIT_EXPECT_EQ(test, trace_ask(&t, &p), DSR_WHY_NO_SERVER);
	KUNIT_EXPECT_EQ(test, t.server, -1);
	KUNIT_EXPECT_FALSE(test, server->full);
	KUNIT_EXPECT_EQ(test, trace_send(&t, &p), -1);
	KUNIT_EXPECT_TRUE(test, server->full);
	p = trace_from(0);
	KUNIT_EXPECT_EQ(test, trace_ask(&t, &p), DSR_WHY_FLOW);
}

static void trace_refuses(struct kunit *test)
{
	struct trace_packet p = trace_from(1);
	struct trace t = {};

	trace_open(&t, test, dsr_lab_family(test));
	KUNIT_ASSERT_EQ(test, dsr_lab_add(t.lab, &trace_web, t.family), 0);
	p.protocol = t.family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
	KUNIT_EXPECT_EQ(test, trace_ask(&t, &p), -1);
	KUNIT_EXPECT_EQ(test, t.errno, -EINVAL);
	KUNIT_EXPECT_STREQ(test, t.message,
			   "flow: ICMP cannot be traced: what becomes of pings, the option echo of a service tells");
	p.protocol = 0;
	KUNIT_EXPECT_EQ(test, trace_ask(&t, &p), -1);
	KUNIT_EXPECT_EQ(test, t.errno, -EINVAL);
	KUNIT_EXPECT_STREQ(test, t.message, "attribute flow is missing");
}

static struct kunit_case trace_kunit_cases[] = {
	KUNIT_CASE_PARAM(trace_schedulers, trace_gen_params),
	KUNIT_CASE_PARAM(trace_services, dsr_lab_families),
	KUNIT_CASE_PARAM(trace_clients, dsr_lab_families),
	KUNIT_CASE_PARAM(trace_sessionless, dsr_lab_families),
	KUNIT_CASE_PARAM(trace_lost, dsr_lab_families),
	KUNIT_CASE_PARAM(trace_full, dsr_lab_families),
	KUNIT_CASE_PARAM(trace_refuses, dsr_lab_families),
	{}
};

static struct kunit_suite trace_suite = {
	.name		= "dsr_trace",
	.test_cases	= trace_kunit_cases,
};

kunit_test_suite(trace_suite);

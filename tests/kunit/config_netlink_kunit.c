// SPDX-License-Identifier: GPL-2.0
/*
 * A whole configuration as users put it in place: requests by sockets of
 * generic netlink, and what comes back.
 */
#include <linux/net.h>
#include <net/genetlink.h>
#include <net/sock.h>
#include "kmod/config.h"
#include "kmod/netlink.h"
#include "kmod/netlink_gen.h"
#include "tests/kunit/lab.h"

#define STAGE_SIZE	32768

/**
 * struct stage - users
 * @test: the test
 * @lab: the director
 * @family: of its services
 * @sock: their sockets; NULL if closed
 * @buf: what comes back
 * @req: the request
 * @hdr: its header
 * @seq: its number
 * @errno: what the last one came to that is told of
 * @errseq: and which it was
 * @message: and what was said of it
 * @answers: how many answers there were
 * @config: the counts that came back
 */
struct stage {
	struct kunit	*test;
	struct dsr_lab	*lab;
	u8		family;
	struct socket	*sock[2];
	u8		*buf;
	struct sk_buff	*req;
	void		*hdr;
	u32		seq;
	int		errno;
	u32		errseq;
	char		message[128];
	unsigned int	answers;
	struct {
		u32	generation;
		u32	services;
		u32	servers;
	} config;
};

static const struct dsr_lab_service stage_web = {
	"web", IPPROTO_TCP, DSR_LAB_VIP, 0, { { 80, 80 } }, .servers = 2,
};

static const struct dsr_lab_service stage_dns = {
	"dns", IPPROTO_UDP, DSR_LAB_VIP, 0, { { 53, 53 } }, .servers = 2,
};

static void stage_close(struct stage *s, unsigned int i)
{
	if (s->sock[i])
		sock_release(s->sock[i]);
	s->sock[i] = NULL;
}

static void stage_end(void *data)
{
	stage_close(data, 0);
	stage_close(data, 1);
}

static struct stage *stage_start(struct kunit *test)
{
	struct stage *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	unsigned int i;
	int on = 1;

	KUNIT_ASSERT_NOT_NULL(test, s);
	s->test = test;
	s->lab = dsr_lab_start(test);
	s->family = dsr_lab_family(test);
	s->buf = kunit_kmalloc(test, STAGE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, s->buf);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, stage_end, s), 0);
	for (i = 0; i < 2; i++) {
		KUNIT_ASSERT_EQ(test, sock_create_kern(&init_net, AF_NETLINK,
						       SOCK_RAW,
						       NETLINK_GENERIC,
						       &s->sock[i]), 0);
		KUNIT_ASSERT_EQ(test, s->sock[i]->ops->setsockopt(s->sock[i],
				SOL_NETLINK, NETLINK_EXT_ACK,
				KERNEL_SOCKPTR(&on), sizeof(on)), 0);
	}
	return s;
}

/* Requests */

static void stage_request(struct stage *s, u8 command, u16 flags)
{
	s->req = nlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(s->test, s->req);
	s->hdr = genlmsg_put(s->req, 0, ++s->seq, &dsr_netlink_family,
			     NLM_F_REQUEST | flags, command);
}

static void stage_take_config(struct stage *s, struct nlattr *nest)
{
	struct nlattr *tb[DSR_CONFIG_A_MAX + 1];

	nla_parse_nested(tb, DSR_CONFIG_A_MAX, nest, NULL, NULL);
	s->config.generation = nla_get_u32(tb[DSR_CONFIG_A_GENERATION]);
	s->config.services = nla_get_u32(tb[DSR_CONFIG_A_SERVICES]);
	s->config.servers = nla_get_u32(tb[DSR_CONFIG_A_SERVERS]);
}

static void stage_take_error(struct stage *s, const struct nlmsghdr *nlh)
{
	struct nlattr *tb[NLMSGERR_ATTR_MAX + 1];
	const struct nlmsgerr *e = nlmsg_data(nlh);
	unsigned int off = sizeof(*e);

	s->errno = e->error;
	s->errseq = nlh->nlmsg_seq;
	s->message[0] = '\0';
	if (e->error)
		off = sizeof(int) + NLMSG_ALIGN(e->msg.nlmsg_len);
	if (nlmsg_len(nlh) <= off)
		return;
	nla_parse(tb, NLMSGERR_ATTR_MAX, nlmsg_data(nlh) + off,
		  nlmsg_len(nlh) - off, NULL, NULL);
	if (tb[NLMSGERR_ATTR_MSG])
		nla_strscpy(s->message, tb[NLMSGERR_ATTR_MSG],
			    sizeof(s->message));
}

static void stage_take(struct stage *s, const struct nlmsghdr *nlh)
{
	struct nlattr *attrs[DSR_A_MAX + 1];

	s->answers++;
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		stage_take_error(s, nlh);
		return;
	}
	nlmsg_parse(nlh, GENL_HDRLEN, attrs, DSR_A_MAX, NULL, NULL);
	KUNIT_ASSERT_NOT_NULL(s->test, attrs[DSR_A_CONFIG]);
	stage_take_config(s, attrs[DSR_A_CONFIG]);
}

/* All that a socket has got. */
static void stage_receive(struct stage *s, unsigned int i)
{
	struct kvec vec = { .iov_base = s->buf, .iov_len = STAGE_SIZE };
	const struct nlmsghdr *nlh;
	struct msghdr msg = {};
	int len;

	s->answers = 0;
	while ((len = kernel_recvmsg(s->sock[i], &msg, &vec, 1, STAGE_SIZE,
				     MSG_DONTWAIT)) > 0)
		for (nlh = (void *)s->buf; nlmsg_ok(nlh, len);
		     nlh = nlmsg_next(nlh, &len))
			stage_take(s, nlh);
}

static void stage_send(struct stage *s, unsigned int i)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr msg = {
		.msg_name = &kernel, .msg_namelen = sizeof(kernel),
	};
	struct kvec vec;

	genlmsg_end(s->req, s->hdr);
	vec.iov_base = s->req->data;
	vec.iov_len = s->req->len;
	KUNIT_EXPECT_EQ(s->test, kernel_sendmsg(s->sock[i], &msg, &vec, 1,
						vec.iov_len), s->req->len);
	kfree_skb(s->req);
}

/* With an acknowledgement: 0 or -errno. */
static int stage_run(struct stage *s, unsigned int i)
{
	stage_send(s, i);
	stage_receive(s, i);
	KUNIT_EXPECT_EQ(s->test, s->errseq, s->seq);
	return s->errno;
}

static int stage_begin(struct stage *s, unsigned int i)
{
	stage_request(s, DSR_CMD_CONFIG_BEGIN, NLM_F_ACK);
	return stage_run(s, i);
}

static int stage_commit(struct stage *s, unsigned int i, const u32 *generation)
{
	struct nlattr *nest;

	stage_request(s, DSR_CMD_CONFIG_COMMIT, NLM_F_ACK);
	if (generation) {
		nest = nla_nest_start(s->req, DSR_A_CONFIG);
		nla_put_u32(s->req, DSR_CONFIG_A_GENERATION, *generation);
		nla_nest_end(s->req, nest);
	}
	return stage_run(s, i);
}

static struct nlattr *stage_key(struct stage *s,
				const struct dsr_lab_service *service)
{
	struct dsr_service_key key = dsr_lab_key(service, s->family);
	struct nlattr *nest = nla_nest_start(s->req, DSR_A_SERVICE);

	dsr_netlink_put_key(s->req, &key);
	return nest;
}

/* Not acknowledged: only an error comes back. */
static void stage_service(struct stage *s, unsigned int i,
			  const struct dsr_lab_service *service)
{
	stage_request(s, DSR_CMD_CONFIG_SERVICE, 0);
	nla_nest_end(s->req, stage_key(s, service));
	stage_send(s, i);
}

static void stage_server(struct stage *s, unsigned int i,
			 const struct dsr_lab_service *service, __be32 addr)
{
	union nf_inet_addr server = dsr_build_addr(s->family, addr);
	struct nlattr *nest;

	stage_request(s, DSR_CMD_CONFIG_SERVER, 0);
	nla_nest_end(s->req, stage_key(s, service));
	nest = nla_nest_start(s->req, DSR_A_SERVER);
	dsr_netlink_put_addr(s->req, DSR_SERVER_A_IPV4, DSR_SERVER_A_IPV6,
			     s->family, &server);
	nla_nest_end(s->req, nest);
	stage_send(s, i);
}

static void stage_all(struct stage *s, unsigned int i,
		      const struct dsr_lab_service *service)
{
	unsigned int j;

	stage_service(s, i, service);
	for (j = 0; j < service->servers; j++)
		stage_server(s, i, service, htonl(0x0a00000b + j));
}

static void stage_expect(struct stage *s, int got, int want,
			 const char *message)
{
	KUNIT_EXPECT_EQ_MSG(s->test, got, want, "%s", s->message);
	KUNIT_EXPECT_STREQ(s->test, s->message, message);
}

static void stage_expect_config(struct stage *s, u32 generation, u32 services,
				u32 servers)
{
	KUNIT_EXPECT_EQ(s->test, s->config.generation, generation);
	KUNIT_EXPECT_EQ(s->test, s->config.services, services);
	KUNIT_EXPECT_EQ(s->test, s->config.servers, servers);
	memset(&s->config, 0, sizeof(s->config));
}

static void stage_get(struct stage *s)
{
	stage_request(s, DSR_CMD_CONFIG_GET, NLM_F_ACK);
	KUNIT_EXPECT_EQ(s->test, stage_run(s, 0), 0);
	KUNIT_EXPECT_EQ(s->test, s->answers, 2);
}

/* The cases */

/* Staged in silence, committed with an answer, and the same again. */
static void stage_commits(struct kunit *test)
{
	struct stage *s = stage_start(test);
	u32 generation = s->lab->dn->generation, round;
	const struct dsr_service *service;
	siphash_key_t key = {};

	stage_get(s);
	stage_expect_config(s, generation, 0, 0);
	for (round = 0; round < 2; round++) {
		KUNIT_EXPECT_EQ(test, stage_begin(s, 0), 0);
		stage_all(s, 0, &stage_web);
		stage_all(s, 0, &stage_dns);
		stage_receive(s, 0);
		KUNIT_EXPECT_EQ(test, s->answers, 0);
		generation += round;
		KUNIT_EXPECT_EQ(test, stage_commit(s, 0, &generation), 0);
		KUNIT_EXPECT_EQ(test, s->answers, 2);
		stage_expect_config(s, generation + !round, 2, 4);
		service = dsr_lab_find(s->lab, &stage_web, s->family);
		KUNIT_ASSERT_NOT_NULL(test, service);
		KUNIT_EXPECT_EQ(test, service->n_servers, 2);
		KUNIT_EXPECT_EQ(test, list_first_entry(&service->servers,
						       struct dsr_server,
						       list)->weight, 1);
		if (round)
			KUNIT_EXPECT_MEMEQ(test, &service->opt.hash_key, &key,
					   sizeof(key));
		key = service->opt.hash_key;
	}
	stage_get(s);
	stage_expect_config(s, generation, 2, 4);
	/* It is committed once. */
	stage_expect(s, stage_commit(s, 0, NULL), -ENOENT,
		     "this socket stages no configuration: send config-begin first");
}

/* Each refusal is told by the number of its request, and holds. */
static void stage_refuses(struct kunit *test)
{
	struct stage *s = stage_start(test);
	struct nlattr *nest;

	stage_service(s, 0, &stage_web);
	stage_receive(s, 0);
	stage_expect(s, s->errno, -ENOENT,
		     "this socket stages no configuration: send config-begin first");

	KUNIT_EXPECT_EQ(test, stage_begin(s, 0), 0);
	stage_all(s, 0, &stage_web);
	stage_server(s, 0, &stage_web, htonl(0x0a00000b));
	stage_all(s, 0, &stage_dns);
	stage_receive(s, 0);
	KUNIT_EXPECT_EQ(test, s->answers, 1);
	KUNIT_EXPECT_EQ(test, s->errseq, s->seq - 3);
	stage_expect(s, s->errno, -EEXIST,
		     "the service has this server already: use set to change it");
	stage_expect(s, stage_commit(s, 0, NULL), -ECANCELED,
		     "a part of this configuration was refused: nothing was changed, mend it and apply again");
	KUNIT_EXPECT_EQ(test, s->lab->dn->n_services, 0);

	/* What is wrong in itself is refused in the same way. */
	KUNIT_EXPECT_EQ(test, stage_begin(s, 0), 0);
	stage_request(s, DSR_CMD_CONFIG_SERVICE, 0);
	nest = stage_key(s, &stage_web);
	nla_put_u32(s->req, DSR_SERVICE_A_TIMEOUT_SYN, 0);
	nla_nest_end(s->req, nest);
	stage_send(s, 0);
	stage_receive(s, 0);
	stage_expect(s, s->errno, -ERANGE,
		     "a timeout must be 1 to 8388607 seconds");
	KUNIT_EXPECT_EQ(test, stage_commit(s, 0, NULL), -ECANCELED);
	/* To begin anew mends it. */
	KUNIT_EXPECT_EQ(test, stage_begin(s, 0), 0);
	stage_all(s, 0, &stage_web);
	KUNIT_EXPECT_EQ(test, stage_commit(s, 0, NULL), 0);
	stage_expect_config(s, s->lab->dn->generation, 1, 2);
}

/* Of two who began by the same generation the second is told. */
static void stage_two(struct kunit *test)
{
	struct stage *s = stage_start(test);
	u32 generation = s->lab->dn->generation;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, stage_begin(s, i), 0);
		stage_all(s, i, i ? &stage_dns : &stage_web);
	}
	KUNIT_EXPECT_EQ(test, stage_commit(s, 1, &generation), 0);
	stage_expect_config(s, generation + 1, 1, 2);
	stage_expect(s, stage_commit(s, 0, &generation), -EBUSY,
		     "the configuration was changed meanwhile: see what differs and apply again");
	KUNIT_EXPECT_NOT_NULL(test, dsr_lab_find(s->lab, &stage_dns,
						 s->family));
	KUNIT_EXPECT_NULL(test, dsr_lab_find(s->lab, &stage_web, s->family));
}

static u32 stage_port(struct stage *s, unsigned int i)
{
	struct sockaddr_nl addr;

	KUNIT_EXPECT_GT(s->test, kernel_getsockname(s->sock[i],
						    (struct sockaddr *)&addr),
			0);
	return addr.nl_pid;
}

/* Who closes its socket in the middle leaves nothing behind. */
static void stage_closes(struct kunit *test)
{
	struct stage *s = stage_start(test);
	struct dsr_net *dn = s->lab->dn;
	u32 portid[2];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, stage_begin(s, i), 0);
		stage_all(s, i, &stage_web);
		portid[i] = stage_port(s, i);
	}
	stage_close(s, 1);
	mutex_lock(&dn->lock);
	KUNIT_EXPECT_NOT_NULL(test, dsr_config_find(dn, portid[0]));
	KUNIT_EXPECT_NULL(test, dsr_config_find(dn, portid[1]));
	mutex_unlock(&dn->lock);
	KUNIT_EXPECT_EQ(test, dn->n_services, 0);
	KUNIT_EXPECT_EQ(test, stage_commit(s, 0, NULL), 0);
	KUNIT_EXPECT_EQ(test, dn->n_services, 1);
}

static struct kunit_case stage_cases[] = {
	KUNIT_CASE_PARAM(stage_commits, dsr_lab_families),
	KUNIT_CASE_PARAM(stage_refuses, dsr_lab_families),
	KUNIT_CASE_PARAM(stage_two, dsr_lab_families),
	KUNIT_CASE_PARAM(stage_closes, dsr_lab_families),
	{}
};

static struct kunit_suite stage_suite = {
	.name		= "dsr_config_netlink",
	.test_cases	= stage_cases,
};

kunit_test_suite(stage_suite);

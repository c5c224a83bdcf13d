// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP: errors find the server that has their flow, echo requests are
 * answered byte for byte.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/tcp.h>
#include "tests/kunit/lab.h"

static const struct dsr_lab_service icmp_web = {
	"web", IPPROTO_TCP, DSR_LAB_VIP, 0, { { 80, 80 } }, .servers = 3,
};

static const struct dsr_lab_service icmp_ftp = {
	"ftp", IPPROTO_TCP, DSR_LAB_VIP, 0, { { 21, 21 }, { 1024, 65535 } },
	.echo = DSR_ECHO_FORWARD, .servers = 3,
};

static const struct dsr_lab_service icmp_hash = {
	"hash", IPPROTO_TCP, DSR_LAB_VIP, 0, { { 80, 80 } },
	.sched = &dsr_sched_maglev, .servers = 3,
};

static struct dsr_lab *icmp_start(struct kunit *test,
				  const struct dsr_lab_service *s)
{
	struct dsr_lab *lab = dsr_lab_start(test);

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, s, dsr_lab_family(test)), 0);
	return lab;
}

static struct dsr_build icmp_packet(struct kunit *test, u16 sport, u16 dport)
{
	return (struct dsr_build) {
		.family = dsr_lab_family(test), .protocol = IPPROTO_TCP,
		.saddr = DSR_LAB_CLIENT, .daddr = DSR_LAB_VIP,
		.sport = sport, .dport = dport, .flags = TCPHDR_SYN,
	};
}

/* The server that a packet is sent to. */
static int icmp_flow(struct kunit *test, struct dsr_lab *lab,
		     const struct dsr_build *b)
{
	dsr_lab_receive(test, lab, b);
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
	return dsr_lab_sent_to(lab);
}

/* An error about what a server answered to a client's packet. */
static void icmp_error(struct kunit *test, struct dsr_lab *lab,
		       const struct dsr_build *b)
{
	struct dsr_build reply = *b, error;

	swap(reply.saddr, reply.daddr);
	swap(reply.sport, reply.dport);
	error = (struct dsr_build) {
		.family = b->family, .icmp = DSR_BUILD_TOO_BIG,
		.saddr = DSR_IP(198, 51, 100, 99), .daddr = b->daddr,
		.inner = &reply,
	};
	dsr_lab_receive(test, lab, &error);
}

static void icmp_expect_follows(struct kunit *test, struct dsr_lab *lab,
				const struct dsr_build *b, int server)
{
	icmp_error(test, lab, b);
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
	KUNIT_EXPECT_EQ(test, dsr_lab_sent_to(lab), server);
}

static void icmp_expect_unmatched(struct kunit *test, struct dsr_lab *lab,
				  const struct dsr_build *b)
{
	icmp_error(test, lab, b);
	dsr_lab_expect(test, lab, DSR_REASON_ICMP_UNMATCHED);
	KUNIT_EXPECT_EQ(test, dsr_lab_sent_to(lab), -1);
}

/* Flows of the flow table, each with its own server; and none. */
static void icmp_flow_table(struct kunit *test)
{
	struct dsr_lab *lab = icmp_start(test, &icmp_web);
	struct dsr_stats_sum sum;
	struct dsr_build b[6];
	unsigned int i;
	int to[6];

	for (i = 0; i < 6; i++) {
		b[i] = icmp_packet(test, 1025 + i, 80);
		to[i] = icmp_flow(test, lab, &b[i]);
	}
	for (i = 0; i < 6; i++)
		icmp_expect_follows(test, lab, &b[i], to[i]);
	dsr_lab_sum(lab, &icmp_web, dsr_lab_family(test), &sum);
	KUNIT_EXPECT_EQ(test, sum.flows, 6);
	KUNIT_EXPECT_EQ(test, sum.packets[DSR_REASON_FORWARDED], 12);

	b[0].sport = 999;
	icmp_expect_unmatched(test, lab, &b[0]);
	dsr_lab_sum(lab, &icmp_web, dsr_lab_family(test), &sum);
	KUNIT_EXPECT_EQ(test, sum.flows, 6);
}

/* A client's flows have one server: control, data, and errors about them. */
static void icmp_by_client(struct kunit *test)
{
	struct dsr_lab *lab = icmp_start(test, &icmp_ftp);
	struct dsr_build control = icmp_packet(test, 1025, 21);
	struct dsr_build data = icmp_packet(test, 1026, 2000);
	struct dsr_build other = control;
	int to;

	to = icmp_flow(test, lab, &control);
	KUNIT_EXPECT_EQ(test, icmp_flow(test, lab, &data), to);
	icmp_expect_follows(test, lab, &control, to);
	icmp_expect_follows(test, lab, &data, to);

	other.saddr = DSR_IP(198, 51, 100, 8);
	icmp_expect_unmatched(test, lab, &other);
	KUNIT_EXPECT_NE(test, icmp_flow(test, lab, &other), to);
	icmp_expect_follows(test, lab, &control, to);
}

/* Each client's echo requests go to one server. */
static void icmp_echo_forwarded(struct kunit *test)
{
	struct dsr_lab *lab = icmp_start(test, &icmp_ftp);
	struct dsr_build b = icmp_packet(test, 77, 0);
	int to;

	b.icmp = DSR_BUILD_ECHO;
	dsr_lab_receive(test, lab, &b);
	dsr_lab_expect_sent(test, lab, 0, &b);
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
	b.sport = 78;
	KUNIT_EXPECT_EQ(test, icmp_flow(test, lab, &b), 0);
	b.saddr = DSR_IP(198, 51, 100, 8);
	to = icmp_flow(test, lab, &b);
	KUNIT_EXPECT_NE(test, to, 0);
}

/* The schedule tells who has a flow that nobody remembers. */
static void icmp_by_hash(struct kunit *test)
{
	struct dsr_lab *lab = icmp_start(test, &icmp_hash);
	struct dsr_stats_sum sum;
	struct dsr_build b;
	unsigned int i;
	int to;

	for (i = 0; i < 10; i++) {
		b = icmp_packet(test, 1025 + i, 80);
		icmp_error(test, lab, &b);
		dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
		to = dsr_lab_sent_to(lab);
		dsr_lab_sum(lab, &icmp_hash, b.family, &sum);
		KUNIT_EXPECT_EQ(test, sum.flows, i);
		KUNIT_EXPECT_EQ(test, icmp_flow(test, lab, &b), to);
		icmp_expect_follows(test, lab, &b, to);
	}
	/* No service, no schedule. */
	b = icmp_packet(test, 1025, 81);
	icmp_expect_unmatched(test, lab, &b);
}

/* The owner is gone, or its next hop: nobody else gets the error. */
static void icmp_owner_gone(struct kunit *test)
{
	struct dsr_lab *lab = icmp_start(test, &icmp_web);
	struct dsr_build b = icmp_packet(test, 1025, 80);
	struct dsr_service_key key = dsr_lab_key(&icmp_web, b.family);
	struct dsr_server_conf conf;
	struct dsr_server *server;

	KUNIT_EXPECT_EQ(test, icmp_flow(test, lab, &b), 0);
	conf = dsr_lab_server(lab, &icmp_web, b.family, 0);
	mutex_lock(&lab->dn->lock);
	server = dsr_pernet_find_server(dsr_pernet_find(lab->dn, &key, NULL),
					&conf, NULL);
	KUNIT_EXPECT_TRUE(test, dsr_nexthop_leave(&server->nexthop, lab->out,
						  &lab->dn->lock));
	icmp_error(test, lab, &b);
	dsr_lab_expect(test, lab, DSR_REASON_NO_NEXTHOP);
	KUNIT_EXPECT_EQ(test, dsr_pernet_server_del(lab->dn, &key, &conf, NULL),
			0);
	mutex_unlock(&lab->dn->lock);
	icmp_expect_unmatched(test, lab, &b);
}

/* The ICMP message's checksum, which must be 0 when it is included. */
static u16 icmp_csum(const u8 *ip, const u8 *l4, unsigned int len, u8 family)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)ip;
	__wsum sum = csum_partial(l4, len, 0);

	return (__force u16)(family == AF_INET ? csum_fold(sum) :
			     csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, len,
					     IPPROTO_ICMPV6, sum));
}

/* A reply, in all its bytes. The kernel's hop limit is 64, as is ours. */
static void icmp_expect_reply(struct kunit *test, struct dsr_lab *lab,
			      const struct dsr_build *request)
{
	struct sk_buff *skb = dsr_build_sent(lab->in);
	struct dsr_build reply = *request;
	unsigned int l4;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_ASSERT_EQ(test, skb_linearize(skb), 0);
	l4 = request->family == AF_INET ? sizeof(struct iphdr) :
					  sizeof(struct ipv6hdr);
	skb_pull(skb, ETH_HLEN);
	KUNIT_EXPECT_EQ(test, icmp_csum(skb->data, skb->data + l4,
					skb->len - l4, request->family), 0);
	skb_push(skb, ETH_HLEN);

	reply.icmp = DSR_BUILD_ECHO_REPLY;
	swap(reply.saddr, reply.daddr);
	dsr_lab_expect_same(test, skb, &reply);
	dsr_lab_expect_nothing(test, lab);
}

static void icmp_echo_answered(struct kunit *test)
{
	static const unsigned int payloads[] = { 0, 1, 56, 1000 };
	struct dsr_lab *lab = icmp_start(test, &icmp_web);
	struct dsr_build b = icmp_packet(test, 77, 0);
	unsigned int i;

	b.icmp = DSR_BUILD_ECHO;
	b.id = 4711;
	for (i = 0; i < ARRAY_SIZE(payloads); i++) {
		b.payload = payloads[i];
		dsr_lab_receive(test, lab, &b);
		dsr_lab_expect(test, lab, DSR_REASON_ECHO_ANSWERED);
		icmp_expect_reply(test, lab, &b);
	}
}

/* A time of arrival is no time to leave at, which fq would take it for. */
static void icmp_echo_stamped(struct kunit *test)
{
	struct dsr_lab *lab = icmp_start(test, &icmp_web);
	struct dsr_build b = icmp_packet(test, 77, 0);
	struct sk_buff *skb;

	b.icmp = DSR_BUILD_ECHO;
	skb = dsr_build_skb(test, &b);
	skb->tstamp = 12345;
	dsr_lab_inject(lab, skb);
	dsr_lab_expect(test, lab, DSR_REASON_ECHO_ANSWERED);
	skb = dsr_build_sent(lab->in);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, skb->tstamp, 0);
	kfree_skb(skb);
}

/* A capture has a clone: it must go on seeing the request. */
static void icmp_echo_cloned(struct kunit *test)
{
	struct dsr_lab *lab = icmp_start(test, &icmp_web);
	struct dsr_build b = icmp_packet(test, 77, 0);
	struct sk_buff *skb, *clone;

	b.icmp = DSR_BUILD_ECHO;
	b.payload = 56;
	skb = dsr_build_skb(test, &b);
	clone = skb_clone(skb, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, clone);
	dsr_lab_inject(lab, skb);
	icmp_expect_reply(test, lab, &b);
	dsr_lab_expect_same(test, clone, &b);
}

/* The address is the director's own: the kernel answers. */
static void icmp_echo_local(struct kunit *test)
{
	static const struct dsr_lab_service local = {
		"local", IPPROTO_TCP, DSR_LAB_LOCAL, 0, { { 80, 80 } },
		.servers = 1,
	};
	struct dsr_lab *lab = icmp_start(test, &local);
	struct dsr_build b = icmp_packet(test, 77, 0);
	struct sk_buff *skb;

	b.icmp = DSR_BUILD_ECHO;
	b.daddr = DSR_LAB_LOCAL;
	lab->kernel = true;
	dsr_lab_receive(test, lab, &b);
	dsr_lab_expect(test, lab, DSR_REASON_NOT_OURS);
	skb = dsr_build_sent(lab->in);
	KUNIT_EXPECT_NOT_NULL(test, skb);
	kfree_skb(skb);
	dsr_lab_expect_nothing(test, lab);
}

/* Of several services of an address the first that says so gets it. */
static void icmp_echo_changed(struct kunit *test)
{
	struct dsr_lab *lab = icmp_start(test, &icmp_web);
	struct dsr_build b = icmp_packet(test, 77, 0);
	struct dsr_service_conf conf;

	b.icmp = DSR_BUILD_ECHO;
	dsr_lab_receive(test, lab, &b);
	dsr_lab_expect(test, lab, DSR_REASON_ECHO_ANSWERED);
	dsr_lab_flush(lab);
	conf = dsr_lab_conf(lab, &icmp_web, b.family);
	conf.opt.echo = DSR_ECHO_FORWARD;
	KUNIT_EXPECT_EQ(test, dsr_lab_set(lab, &conf), 0);
	dsr_lab_receive(test, lab, &b);
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
	dsr_lab_expect_sent(test, lab, 0, &b);
}

static struct kunit_case icmp_kunit_cases[] = {
	KUNIT_CASE_PARAM(icmp_flow_table, dsr_lab_families),
	KUNIT_CASE_PARAM(icmp_by_client, dsr_lab_families),
	KUNIT_CASE_PARAM(icmp_by_hash, dsr_lab_families),
	KUNIT_CASE_PARAM(icmp_owner_gone, dsr_lab_families),
	KUNIT_CASE_PARAM(icmp_echo_forwarded, dsr_lab_families),
	KUNIT_CASE_PARAM(icmp_echo_answered, dsr_lab_families),
	KUNIT_CASE_PARAM(icmp_echo_stamped, dsr_lab_families),
	KUNIT_CASE_PARAM(icmp_echo_cloned, dsr_lab_families),
	KUNIT_CASE_PARAM(icmp_echo_local, dsr_lab_families),
	KUNIT_CASE_PARAM(icmp_echo_changed, dsr_lab_families),
	{}
};

static struct kunit_suite icmp_suite = {
	.name		= "dsr_icmp",
	.test_cases	= icmp_kunit_cases,
};

kunit_test_suite(icmp_suite);

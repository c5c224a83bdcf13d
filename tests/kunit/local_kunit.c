// SPDX-License-Identifier: GPL-2.0
/*
 * This machine as a server of its own services, and as a client of them.
 */
#include <linux/etherdevice.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/netfilter.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/route.h>
#include <net/tcp.h>
#include "tests/kunit/lab.h"

/* The director's own address, towards the servers. */
#define OWN	DSR_IP(10, 0, 0, 1)

/* The address of the first is the director's, that of the second is not. */
static const struct dsr_lab_service local_web[] = {
	{ "local", IPPROTO_TCP, DSR_LAB_LOCAL, 0, { { 80, 80 } },
	  .servers = 1 },
	{ "web", IPPROTO_TCP, DSR_LAB_VIP, 0, { { 80, 80 } }, .servers = 1 },
};

static const struct dsr_lab_service local_echo = {
	"echo", IPPROTO_TCP, DSR_LAB_VIP, 0, { { 80, 80 } }, .servers = 1,
	.echo = DSR_ECHO_FORWARD,
};

static const struct dsr_lab_service local_dns = {
	"dns", IPPROTO_UDP, DSR_LAB_LOCAL, 0, { { 53, 53 } },
};

static const struct dsr_lab_service local_udp = {
	"udp", IPPROTO_UDP, DSR_LAB_LOCAL, 0, { { 53, 53 } }, .servers = 1,
};

static struct dsr_server_conf local_conf(u8 family)
{
	return (struct dsr_server_conf) {
		.family = family, .addr = dsr_build_addr(family, OWN),
		.weight = 1, .set = DSR_SET_WEIGHT,
	};
}

/* Make this machine a server; returns its state. */
static int local_enlist(struct kunit *test, struct dsr_lab *lab,
		     const struct dsr_lab_service *s)
{
	u8 family = dsr_lab_family(test);
	struct dsr_service_key key = dsr_lab_key(s, family);
	struct dsr_server_conf conf = local_conf(family);
	struct dsr_server *server;
	int state;

	mutex_lock(&lab->dn->lock);
	KUNIT_ASSERT_EQ(test, dsr_pernet_server_add(lab->dn, &key, &conf,
						    NULL), 0);
	server = dsr_pernet_find_server(dsr_pernet_find(lab->dn, &key, NULL),
					&conf, NULL);
	state = server->nexthop.state;
	mutex_unlock(&lab->dn->lock);
	return state;
}

static struct dsr_build local_packet(struct kunit *test, __be32 vip, u16 sport)
{
	return (struct dsr_build) {
		.family = dsr_lab_family(test), .protocol = IPPROTO_TCP,
		.saddr = DSR_LAB_CLIENT, .daddr = vip, .sport = sport,
		.dport = 80, .flags = TCPHDR_SYN, .payload = 10,
	};
}

static void local_expect_left(struct kunit *test, struct dsr_lab *lab,
			      const struct dsr_build *b)
{
	struct sk_buff *skb = skb_dequeue(&lab->left);

	KUNIT_EXPECT_NOT_NULL(test, skb);
	if (skb)
		dsr_lab_expect_same(test, skb, b);
	dsr_lab_expect_nothing(test, lab);
}

/* Two flows, one for each server; each packet counts for its server, once. */
static void local_flows(struct kunit *test, struct dsr_lab *lab)
{
	struct dsr_stats_sum before, sum;
	struct dsr_build b;
	unsigned int i;

	dsr_lab_sum(lab, &local_web[0], dsr_lab_family(test), &before);
	for (i = 0; i < 4; i++) {
		b = local_packet(test, DSR_LAB_LOCAL, 1000 + i % 2);
		dsr_lab_receive(test, lab, &b);
		if (i % 2) {
			dsr_lab_expect(test, lab, DSR_REASON_LOCAL);
			local_expect_left(test, lab, &b);
		} else {
			dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
			dsr_lab_expect_sent(test, lab, 0, &b);
		}
	}
	dsr_lab_sum(lab, &local_web[0], dsr_lab_family(test), &sum);
	KUNIT_EXPECT_EQ(test, sum.bytes - before.bytes,
			4 * (dsr_lab_family(test) == AF_INET ? 50 : 70));
}

static void local_serves(struct kunit *test)
{
	struct dsr_lab *lab = dsr_lab_start(test);

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &local_web[0],
					  dsr_lab_family(test)), 0);
	KUNIT_EXPECT_EQ(test, local_enlist(test, lab, &local_web[0]),
			DSR_NEXTHOP_STATE_LOCAL);
	local_flows(test, lab);
}

static void local_at_ingress(struct kunit *test)
{
	struct dsr_lab *lab = dsr_lab_start(test);

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &local_web[0],
					  dsr_lab_family(test)), 0);
	KUNIT_EXPECT_EQ(test, local_enlist(test, lab, &local_web[0]),
			DSR_NEXTHOP_STATE_LOCAL);
	KUNIT_ASSERT_EQ(test, dsr_lab_ingress(lab, lab->in->name), 0);
	local_flows(test, lab);
}

/* Without the virtual address the kernel would not take it. */
static void local_without_vip(struct kunit *test)
{
	struct dsr_lab *lab = dsr_lab_start(test);
	struct dsr_build b = local_packet(test, DSR_LAB_VIP, 1000);
	struct dsr_lab_service alone = local_web[1];

	alone.servers = 0;
	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &alone, dsr_lab_family(test)),
			0);
	KUNIT_EXPECT_EQ(test, local_enlist(test, lab, &alone),
			DSR_NEXTHOP_STATE_NO_VIP);
	dsr_lab_receive(test, lab, &b);
	dsr_lab_expect(test, lab, DSR_REASON_NO_SERVER);
	dsr_lab_expect_nothing(test, lab);
}

/* A datagram's fragments stay together, and errors find the flow. */
static void local_rest(struct kunit *test)
{
	struct dsr_lab *lab = dsr_lab_start(test);
	struct dsr_build reply, b = {
		.family = dsr_lab_family(test), .protocol = IPPROTO_UDP,
		.saddr = DSR_LAB_CLIENT, .daddr = DSR_LAB_LOCAL,
		.sport = 1025, .dport = 53, .id = 7, .frag_off = IP_MF,
		.payload = 392,
	};
	struct dsr_build later = b, error;

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &local_dns,
					  dsr_lab_family(test)), 0);
	KUNIT_EXPECT_EQ(test, local_enlist(test, lab, &local_dns),
			DSR_NEXTHOP_STATE_LOCAL);
	dsr_lab_receive(test, lab, &b);
	dsr_lab_expect(test, lab, DSR_REASON_LOCAL);
	local_expect_left(test, lab, &b);
	later.frag_off = 50;
	dsr_lab_receive(test, lab, &later);
	dsr_lab_expect(test, lab, DSR_REASON_LOCAL);
	local_expect_left(test, lab, &later);

	reply = b;
	reply.frag_off = 0;
	swap(reply.saddr, reply.daddr);
	swap(reply.sport, reply.dport);
	error = (struct dsr_build) {
		.family = b.family, .icmp = DSR_BUILD_UNREACHABLE,
		.saddr = DSR_LAB_CLIENT, .daddr = DSR_LAB_LOCAL,
		.inner = &reply,
	};
	dsr_lab_receive(test, lab, &error);
	dsr_lab_expect(test, lab, DSR_REASON_LOCAL);
	local_expect_left(test, lab, &error);
}

/* What this machine's programs send */

/* The kernel's route of a packet; without one, on the wire to the clients. */
static struct dst_entry *local_route(struct dsr_lab *lab,
				     const struct dsr_build *b)
{
	struct flowi4 fl4 = { .daddr = b->daddr };
	struct flowi6 fl6 = {
		.daddr = dsr_build_addr(AF_INET6, b->daddr).in6,
	};
	struct dst_entry *dst;
	struct rtable *rt;

	if (b->family == AF_INET) {
		rt = ip_route_output_key(&init_net, &fl4);
		if (!IS_ERR(rt))
			return &rt->dst;
		fl4 = (struct flowi4) {
			.daddr = b->daddr, .flowi4_oif = lab->in->ifindex,
		};
		rt = ip_route_output_key(&init_net, &fl4);
		return IS_ERR(rt) ? NULL : &rt->dst;
	}
	dst = ip6_route_output(&init_net, NULL, &fl6);
	if (!dst->error)
		return dst;
	dst_release(dst);
	fl6.daddr = dsr_build_addr(AF_INET6, DSR_LAB_CLIENT).in6;
	return ip6_route_output(&init_net, NULL, &fl6);
}

/* Send a packet as a program here would; whether it goes on by its route. */
static bool local_send(struct kunit *test, struct dsr_lab *lab,
		       const struct dsr_build *b)
{
	u8 pf = b->family == AF_INET ? NFPROTO_IPV4 : NFPROTO_IPV6;
	struct dst_entry *dst = local_route(lab, b);
	struct sk_buff *skb = dsr_build_skb(test, b);
	int verdict;

	KUNIT_ASSERT_NOT_NULL(test, dst);
	skb_dst_set(skb, dst);
	/* What an earlier life of the packet left must not be looked at. */
	memcpy(eth_hdr(skb)->h_source, "\2\0\0\0\1\0", ETH_ALEN);
	skb->mac_len = ETH_HLEN;
	verdict = nf_hook(pf, NF_INET_LOCAL_OUT, &init_net, NULL, skb, NULL,
			  lab->in, NULL);
	if (verdict == 1) {
		KUNIT_EXPECT_NULL(test, skb->dev);
		kfree_skb(skb);
	}
	return verdict == 1;
}

/**
 * struct local_out - a packet of this machine's, and what becomes of it
 * @saddr: its source address
 * @daddr: its destination address
 * @dport: its port
 * @reason: under which it counts; not-ours only if it is for a VIP
 */
struct local_out {
	__be32	saddr;
	__be32	daddr;
	u16	dport;
	u8	reason;
};

static const struct local_out local_outs[] = {
	{ OWN, DSR_LAB_VIP, 80, DSR_REASON_FORWARDED },
	{ OWN, DSR_LAB_LOCAL, 80, DSR_REASON_FORWARDED },
	{ DSR_LAB_LOCAL, DSR_LAB_VIP, 80, DSR_REASON_FORWARDED },
	{ DSR_LAB_LOCAL, DSR_LAB_LOCAL, 80, DSR_REASON_FROM_VIP },
	{ OWN, DSR_LAB_VIP, 81, DSR_REASON_NOT_OURS },
	{ OWN, DSR_LAB_CLIENT, 80, DSR_REASON_NOT_OURS },
};

static void local_client(struct kunit *test)
{
	struct dsr_lab *lab = dsr_lab_start(test);
	const struct local_out *out;
	unsigned int i, counts;
	struct dsr_build b;
	bool goes_on;

	for (i = 0; i < ARRAY_SIZE(local_web); i++)
		KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &local_web[i],
						  dsr_lab_family(test)), 0);
	for (i = 0; i < ARRAY_SIZE(local_outs); i++) {
		out = &local_outs[i];
		b = local_packet(test, out->daddr, 1000 + i);
		b.saddr = out->saddr;
		b.dport = out->dport;
		goes_on = local_send(test, lab, &b);
		counts = out->reason != DSR_REASON_NOT_OURS ||
			 out->daddr == DSR_LAB_VIP;
		KUNIT_EXPECT_EQ_MSG(test, goes_on,
				    out->reason != DSR_REASON_FORWARDED,
				    "case %u", i);
		dsr_lab_expect_counts(test, lab, out->reason, counts);
		if (out->reason == DSR_REASON_FORWARDED)
			dsr_lab_expect_sent(test, lab, 0, &b);
		dsr_lab_expect_nothing(test, lab);
	}
}

/* What LOCAL_OUT has counted comes by the loopback device. */
static void local_loopback(struct kunit *test)
{
	struct dsr_lab *lab = dsr_lab_start(test);
	struct dsr_build b = local_packet(test, DSR_LAB_LOCAL, 1000);

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &local_web[0],
					  dsr_lab_family(test)), 0);
	dsr_lab_inject_by(init_net.loopback_dev, dsr_build_skb(test, &b));
	dsr_lab_expect_counts(test, lab, DSR_REASON_NOT_OURS, 0);
	b.daddr = OWN;
	dsr_lab_inject_by(init_net.loopback_dev, dsr_build_skb(test, &b));
	dsr_lab_expect(test, lab, DSR_REASON_NOT_OURS);
	dsr_lab_flush(lab);
}

/* By a mark: but what is for this machine, or for a group, stays. */
static void local_marked(struct kunit *test)
{
	static const struct dsr_lab_service mark = {
		"mark", .fwmark = 7, .servers = 1,
	};
	static const struct local_out outs[] = {
		{ OWN, DSR_LAB_CLIENT, 80, DSR_REASON_FORWARDED },
		{ OWN, DSR_LAB_LOCAL, 80, DSR_REASON_NOT_OURS },
		{ OWN, OWN, 80, DSR_REASON_NOT_OURS },
	};
	struct dsr_lab *lab = dsr_lab_start(test);
	struct dsr_build b;
	unsigned int i;
	bool sent;

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &mark, dsr_lab_family(test)), 0);
	for (i = 0; i < ARRAY_SIZE(outs); i++) {
		b = local_packet(test, outs[i].daddr, 1000 + i);
		b.saddr = outs[i].saddr;
		b.mark = 7;
		sent = outs[i].reason == DSR_REASON_FORWARDED;
		KUNIT_EXPECT_EQ_MSG(test, local_send(test, lab, &b), !sent,
				    "case %u", i);
		dsr_lab_expect_counts(test, lab, outs[i].reason, sent);
		dsr_lab_flush(lab);
	}
}

/* From the virtual address, which this machine alone can answer. */
static void local_both(struct kunit *test)
{
	struct dsr_lab *lab = dsr_lab_start(test);
	struct dsr_build b;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &local_web[0],
					  dsr_lab_family(test)), 0);
	KUNIT_EXPECT_EQ(test, local_enlist(test, lab, &local_web[0]),
			DSR_NEXTHOP_STATE_LOCAL);
	for (i = 0; i < 4; i++) {
		b = local_packet(test, DSR_LAB_LOCAL, 1000 + i);
		b.saddr = DSR_LAB_LOCAL;
		KUNIT_EXPECT_TRUE(test, local_send(test, lab, &b));
		dsr_lab_expect(test, lab, DSR_REASON_LOCAL);
		dsr_lab_expect_nothing(test, lab);
	}
	/* Another source: turn by turn. */
	b.saddr = OWN;
	KUNIT_EXPECT_FALSE(test, local_send(test, lab, &b));
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
	dsr_lab_expect_sent(test, lab, 0, &b);
	b.sport++;
	KUNIT_EXPECT_TRUE(test, local_send(test, lab, &b));
	dsr_lab_expect(test, lab, DSR_REASON_LOCAL);
	dsr_lab_expect_nothing(test, lab);
}

/* ICMP errors that this machine has sent of packets that are too big. */
static long local_told(u8 family)
{
	return family == AF_INET ?
	       atomic_long_read(&init_net.mib.icmpmsg_statistics->mibs[
				0x100 | ICMP_DEST_UNREACH]) :
	       atomic_long_read(&init_net.mib.icmpv6msg_statistics->mibs[
				0x100 | ICMPV6_PKT_TOOBIG]);
}

/* Sizes that only the loopback device has: cut, or told to the program. */
static void local_sizes(struct kunit *test)
{
	long told;
	struct dsr_lab *lab = dsr_lab_start(test);
	struct dsr_build b = local_packet(test, DSR_LAB_VIP, 1000);

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &local_web[1],
					  dsr_lab_family(test)), 0);
	b.saddr = OWN;
	b.payload = 3000;
	b.gso_size = 1000;
	KUNIT_EXPECT_FALSE(test, local_send(test, lab, &b));
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
	dsr_lab_flush(lab);
	b.gso_size = 0;
	b.frag_off = b.family == AF_INET ? IP_DF : 0;
	told = local_told(b.family);
	KUNIT_EXPECT_FALSE(test, local_send(test, lab, &b));
	dsr_lab_expect(test, lab, DSR_REASON_TOO_BIG);
	KUNIT_EXPECT_EQ(test, local_told(b.family), told + 1);
	dsr_lab_flush(lab);
}

/**
 * struct local_gso - a datagram in segments, and what leaves
 * @payload: bytes of all of them
 * @gso_size: bytes of each
 * @frames: how many leave
 *
 * A header of 28 or 48 bytes goes before each segment; the MTU is 1500.
 */
struct local_gso {
	unsigned int	payload;
	u16		gso_size;
	unsigned int	frames;
};

static const struct local_gso local_gsos[] = {
	/* Two fragments each, the last one too. */
	{ 4000, 2000, 4 },
	/* The last segment fits, and is none. */
	{ 4100, 2000, 5 },
};

/* Segments larger than the MTU, of a socket that lets them be cut. */
static void local_segments(struct kunit *test)
{
	struct dsr_lab *lab = dsr_lab_start(test);
	struct dsr_build b = local_packet(test, DSR_LAB_LOCAL, 1000);
	struct sk_buff *skb, *last;
	unsigned int i, n;

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &local_udp,
					  dsr_lab_family(test)), 0);
	b.protocol = IPPROTO_UDP;
	b.saddr = OWN;
	b.dport = 53;
	b.ignore_df = true;
	for (i = 0; i < ARRAY_SIZE(local_gsos); i++) {
		b.payload = local_gsos[i].payload;
		b.gso_size = local_gsos[i].gso_size;
		KUNIT_EXPECT_FALSE(test, local_send(test, lab, &b));
		dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
		for (n = 0, last = NULL; (skb = dsr_build_sent(lab->out)); n++) {
			KUNIT_EXPECT_LE(test, skb->len, ETH_HLEN + 1500);
			kfree_skb(last);
			last = skb;
		}
		KUNIT_EXPECT_EQ(test, n, local_gsos[i].frames);
		KUNIT_ASSERT_NOT_NULL(test, last);
		if (i)
			KUNIT_EXPECT_EQ(test, last->len, ETH_HLEN + 100 +
					(b.family == AF_INET ? 28 : 48));
		kfree_skb(last);
	}
}

/* Pings, and what has no ports, are the kernel's to send. */
static void local_leaves(struct kunit *test)
{
	struct dsr_lab *lab = dsr_lab_start(test);
	struct dsr_build b = {
		.family = dsr_lab_family(test), .icmp = DSR_BUILD_ECHO,
		.saddr = OWN, .daddr = DSR_LAB_VIP, .sport = 5,
	};

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &local_echo,
					  dsr_lab_family(test)), 0);
	KUNIT_EXPECT_TRUE(test, local_send(test, lab, &b));
	dsr_lab_expect(test, lab, DSR_REASON_NOT_OURS);
	b = local_packet(test, DSR_LAB_VIP, 1000);
	b.saddr = OWN;
	b.frag_off = 50;
	KUNIT_EXPECT_TRUE(test, local_send(test, lab, &b));
	dsr_lab_expect(test, lab, DSR_REASON_NOT_OURS);
	dsr_lab_expect_nothing(test, lab);
}

static struct kunit_case local_kunit_cases[] = {
	KUNIT_CASE_PARAM(local_serves, dsr_lab_families),
	KUNIT_CASE_PARAM(local_at_ingress, dsr_lab_families),
	KUNIT_CASE_PARAM(local_without_vip, dsr_lab_families),
	KUNIT_CASE_PARAM(local_rest, dsr_lab_families),
	KUNIT_CASE_PARAM(local_client, dsr_lab_families),
	KUNIT_CASE_PARAM(local_loopback, dsr_lab_families),
	KUNIT_CASE_PARAM(local_marked, dsr_lab_families),
	KUNIT_CASE_PARAM(local_both, dsr_lab_families),
	KUNIT_CASE_PARAM(local_sizes, dsr_lab_families),
	KUNIT_CASE_PARAM(local_segments, dsr_lab_families),
	KUNIT_CASE_PARAM(local_leaves, dsr_lab_families),
	{}
};

static struct kunit_suite local_kunit_suite = {
	.name = "dsr_local",
	.test_cases = local_kunit_cases,
};

kunit_test_suite(local_kunit_suite);

// SPDX-License-Identifier: GPL-2.0
/*
 * The whole way of a packet: from a device through the hook, as the kernel
 * calls it, to another device.
 */
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <net/ip.h>
#include <net/net_namespace.h>
#include <net/tcp.h>
#include "kmod/pernet.h"
#include "tests/kunit/skb_build.h"

#define VIP	DSR_IP(192, 0, 2, 10)
#define SERVERS	3

static const u8 in_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 1 };
static const u8 out_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 2 };

struct hook_ctx {
	struct net_device	*in;
	struct net_device	*out;
	struct dsr_net		*dn;
	struct dsr_service_key	key;
	struct dsr_stats_sum	before;
};

static void hook_server(struct hook_ctx *ctx, unsigned int i,
			struct dsr_server_conf *conf)
{
	*conf = (struct dsr_server_conf) {
		.addr.ip = htonl(0x0a00000b + i), .family = AF_INET,
		.mac = { 2, 0, 0, 0, 1, i }, .weight = SERVERS - i,
		.ifindex = ctx->out->ifindex,
		.set = DSR_SET_WEIGHT | DSR_SET_MAC | DSR_SET_IFINDEX,
	};
}

static void hook_stop(void *data)
{
	struct hook_ctx *ctx = data;

	mutex_lock(&ctx->dn->lock);
	dsr_pernet_service_del(ctx->dn, &ctx->key, NULL);
	mutex_unlock(&ctx->dn->lock);
}

/* tcp VIP:80 with servers at 3:2:1, their MACs by hand. */
static struct hook_ctx *hook_start(struct kunit *test)
{
	struct hook_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	struct dsr_service_conf service = { .echo = -1 };
	struct dsr_server_conf conf;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	ctx->in = dsr_build_dev(test, in_mac);
	ctx->out = dsr_build_dev(test, out_mac);
	ctx->dn = dsr_pernet(&init_net);
	ctx->key = (struct dsr_service_key) {
		.addr.ip = VIP, .family = AF_INET, .protocol = IPPROTO_TCP,
		.prefix_len = 32, .n_ports = 1, .ports = { { 80, 80 } },
	};
	service.key = ctx->key;

	mutex_lock(&ctx->dn->lock);
	KUNIT_EXPECT_EQ(test, dsr_pernet_service_add(ctx->dn, &service, NULL),
			0);
	for (i = 0; i < SERVERS; i++) {
		hook_server(ctx, i, &conf);
		KUNIT_EXPECT_EQ(test, dsr_pernet_server_add(ctx->dn, &ctx->key,
							    &conf, NULL), 0);
	}
	mutex_unlock(&ctx->dn->lock);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, hook_stop, ctx),
			0);
	dsr_stats_sum(ctx->dn->stats, &ctx->before);
	return ctx;
}

/* Receive the packet on the first device. */
static void hook_receive(struct kunit *test, struct hook_ctx *ctx,
			 const struct dsr_build *b)
{
	struct sk_buff *skb = dsr_build_skb(test, b);

	ether_addr_copy(eth_hdr(skb)->h_dest, in_mac);
	skb->dev = ctx->in;
	local_bh_disable();
	netif_receive_skb(skb);
	local_bh_enable();
}

/* The last byte of the MAC that a packet was sent to, or -1. */
static int hook_sent_to(struct hook_ctx *ctx)
{
	struct sk_buff *skb = dsr_build_sent(ctx->out);
	int to;

	if (!skb)
		return -1;
	to = skb->data[ETH_ALEN - 1];
	kfree_skb(skb);
	return to;
}

/* Exactly one packet more for @reason than before, and for no other. */
static void hook_expect_reason(struct kunit *test, struct hook_ctx *ctx,
			       enum dsr_reason reason)
{
	struct dsr_stats_sum now;
	unsigned int i;

	dsr_stats_sum(ctx->dn->stats, &now);
	for (i = 0; i < DSR_REASON_COUNT; i++)
		KUNIT_EXPECT_EQ_MSG(test,
				    now.packets[i] - ctx->before.packets[i],
				    i == reason, "reason %u", i);
	ctx->before = now;
}

static struct dsr_build hook_packet(u16 sport)
{
	return (struct dsr_build) {
		.protocol = IPPROTO_TCP, .saddr = DSR_IP(198, 51, 100, 7),
		.daddr = VIP, .sport = sport, .dport = 80,
		.flags = TCPHDR_SYN,
	};
}

static void hook_sum(struct hook_ctx *ctx, struct dsr_stats_sum *sum)
{
	mutex_lock(&ctx->dn->lock);
	dsr_service_sum(dsr_pernet_find(ctx->dn, &ctx->key, NULL), sum);
	mutex_unlock(&ctx->dn->lock);
}

/* New flows go round; later packets of each go where its first one went. */
static void hook_balances(struct kunit *test)
{
	static const int order[] = { 0, 1, 0, 2, 0, 1 };
	struct hook_ctx *ctx = hook_start(test);
	struct dsr_stats_sum sum;
	struct dsr_build b;
	unsigned int i;

	for (i = 0; i < 12; i++) {
		b = hook_packet(1000 + i % 6);
		hook_receive(test, ctx, &b);
		KUNIT_EXPECT_EQ(test, hook_sent_to(ctx), order[i % 6]);
		hook_expect_reason(test, ctx, DSR_REASON_FORWARDED);
	}
	hook_sum(ctx, &sum);
	KUNIT_EXPECT_EQ(test, sum.packets[DSR_REASON_FORWARDED], 12);
	KUNIT_EXPECT_EQ(test, sum.bytes, 12 * 40);
	KUNIT_EXPECT_EQ(test, sum.flows, 6);
	KUNIT_EXPECT_EQ(test, sum.active, 6);
}

/* The server that a packet with these flags is sent to. */
static int hook_flags(struct kunit *test, struct hook_ctx *ctx,
		      struct dsr_build *b, u8 flags)
{
	b->flags = flags;
	hook_receive(test, ctx, b);
	hook_expect_reason(test, ctx, DSR_REASON_FORWARDED);
	return hook_sent_to(ctx);
}

/* A port that is used again after its connection was closed: a new flow. */
static void hook_port_reused(struct kunit *test)
{
	struct hook_ctx *ctx = hook_start(test);
	struct dsr_build b = hook_packet(1000);
	struct dsr_stats_sum sum;

	KUNIT_EXPECT_EQ(test, hook_flags(test, ctx, &b, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, hook_flags(test, ctx, &b, TCPHDR_ACK), 0);
	KUNIT_EXPECT_EQ(test, hook_flags(test, ctx, &b, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, hook_flags(test, ctx, &b, TCPHDR_FIN), 0);
	KUNIT_EXPECT_EQ(test, hook_flags(test, ctx, &b, TCPHDR_ACK), 0);
	hook_sum(ctx, &sum);
	KUNIT_EXPECT_EQ(test, sum.flows, 1);

	KUNIT_EXPECT_EQ(test, hook_flags(test, ctx, &b, TCPHDR_SYN), 1);
	KUNIT_EXPECT_EQ(test, hook_flags(test, ctx, &b, TCPHDR_SYN), 1);
	KUNIT_EXPECT_EQ(test, hook_flags(test, ctx, &b, TCPHDR_ACK), 1);
	hook_sum(ctx, &sum);
	KUNIT_EXPECT_EQ(test, sum.flows, 2);
	KUNIT_EXPECT_EQ(test, sum.active, 1);
}

/* The headers may lie outside of the linear part. */
static void hook_pulls(struct kunit *test)
{
	struct hook_ctx *ctx = hook_start(test);
	struct dsr_build b = hook_packet(1000);

	b.options = 8;
	b.linear = 28;
	hook_receive(test, ctx, &b);
	KUNIT_EXPECT_EQ(test, hook_sent_to(ctx), 0);
	hook_expect_reason(test, ctx, DSR_REASON_FORWARDED);
}

static void hook_leaves(struct kunit *test, struct hook_ctx *ctx,
			const struct dsr_build *b, enum dsr_reason reason)
{
	hook_receive(test, ctx, b);
	KUNIT_EXPECT_EQ(test, hook_sent_to(ctx), -1);
	hook_expect_reason(test, ctx, reason);
}

static void hook_not_ours(struct kunit *test)
{
	struct hook_ctx *ctx = hook_start(test);
	struct dsr_build b = hook_packet(1000);

	b.daddr = DSR_IP(192, 0, 2, 11);
	hook_leaves(test, ctx, &b, DSR_REASON_NOT_OURS);
	b = hook_packet(1000);
	b.dport = 81;
	hook_leaves(test, ctx, &b, DSR_REASON_NOT_OURS);
	b = hook_packet(1000);
	b.protocol = IPPROTO_UDP;
	hook_leaves(test, ctx, &b, DSR_REASON_NOT_OURS);
	b = hook_packet(1000);
	b.protocol = IPPROTO_ICMP;
	b.payload = 8;
	hook_leaves(test, ctx, &b, DSR_REASON_NOT_OURS);
}

/* Too short for a TCP header, although the IP header is right. */
static void hook_malformed(struct kunit *test)
{
	struct hook_ctx *ctx = hook_start(test);
	struct dsr_build b = hook_packet(1000);
	struct sk_buff *skb;

	b.protocol = IPPROTO_UDP;
	skb = dsr_build_skb(test, &b);
	ip_hdr(skb)->protocol = IPPROTO_TCP;
	ip_send_check(ip_hdr(skb));
	skb->dev = ctx->in;
	local_bh_disable();
	netif_receive_skb(skb);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, hook_sent_to(ctx), -1);
	hook_expect_reason(test, ctx, DSR_REASON_MALFORMED);
}

static int hook_change(struct hook_ctx *ctx, unsigned int i, u32 weight,
		       int (*change)(struct dsr_net *,
				     const struct dsr_service_key *,
				     const struct dsr_server_conf *,
				     struct netlink_ext_ack *))
{
	struct dsr_server_conf conf;
	int err;

	hook_server(ctx, i, &conf);
	conf.weight = weight;
	mutex_lock(&ctx->dn->lock);
	err = change(ctx->dn, &ctx->key, &conf, NULL);
	mutex_unlock(&ctx->dn->lock);
	return err;
}

/* Weight 0: the flow stays, a new one goes elsewhere. */
static void hook_drains(struct kunit *test)
{
	struct hook_ctx *ctx = hook_start(test);
	struct dsr_build b = hook_packet(1000);
	unsigned int i;

	hook_receive(test, ctx, &b);
	KUNIT_EXPECT_EQ(test, hook_sent_to(ctx), 0);
	KUNIT_EXPECT_EQ(test, hook_change(ctx, 0, 0, dsr_pernet_server_set),
			0);
	hook_receive(test, ctx, &b);
	KUNIT_EXPECT_EQ(test, hook_sent_to(ctx), 0);
	for (i = 1; i < 12; i++) {
		b = hook_packet(1000 + i);
		hook_receive(test, ctx, &b);
		KUNIT_EXPECT_GT(test, hook_sent_to(ctx), 0);
	}
}

/* A deleted server's flow goes to another one and stays there. */
static void hook_server_deleted(struct kunit *test)
{
	struct hook_ctx *ctx = hook_start(test);
	struct dsr_build b = hook_packet(1000);
	struct dsr_stats_sum sum;
	int to;

	hook_receive(test, ctx, &b);
	KUNIT_EXPECT_EQ(test, hook_sent_to(ctx), 0);
	KUNIT_EXPECT_EQ(test, hook_change(ctx, 0, 1, dsr_pernet_server_del),
			0);
	hook_receive(test, ctx, &b);
	hook_sum(ctx, &sum);
	KUNIT_EXPECT_EQ(test, sum.flows, 2);
	KUNIT_EXPECT_EQ(test, sum.active, 1);
	to = hook_sent_to(ctx);
	KUNIT_EXPECT_GT(test, to, 0);
	hook_receive(test, ctx, &b);
	KUNIT_EXPECT_EQ(test, hook_sent_to(ctx), to);
}

/*
 * A next hop is lost, and the view does not know yet: a flow waits for its
 * server, a new one goes to the next in turn.
 */
static void hook_waits(struct kunit *test)
{
	struct hook_ctx *ctx = hook_start(test);
	struct dsr_build b = hook_packet(1000), c = hook_packet(1006);
	struct dsr_server_conf conf;
	struct dsr_server *server;
	unsigned int i;

	for (i = 0; i < 6; i++) {
		b = hook_packet(1000 + i);
		hook_receive(test, ctx, &b);
		hook_sent_to(ctx);
		hook_expect_reason(test, ctx, DSR_REASON_FORWARDED);
	}
	b = hook_packet(1000);
	hook_server(ctx, 0, &conf);
	mutex_lock(&ctx->dn->lock);
	server = dsr_service_find_server(dsr_pernet_find(ctx->dn, &ctx->key,
							 NULL),
					 conf.family, &conf.addr);
	KUNIT_EXPECT_TRUE(test, dsr_nexthop_leave(&server->nexthop, ctx->out,
						  &ctx->dn->lock));
	hook_leaves(test, ctx, &b, DSR_REASON_NO_NEXTHOP);
	hook_receive(test, ctx, &c);
	KUNIT_EXPECT_EQ(test, hook_sent_to(ctx), 1);
	hook_expect_reason(test, ctx, DSR_REASON_FORWARDED);
	mutex_unlock(&ctx->dn->lock);

	KUNIT_EXPECT_EQ(test, hook_change(ctx, 0, 7, dsr_pernet_server_set),
			0);
	hook_receive(test, ctx, &b);
	KUNIT_EXPECT_EQ(test, hook_sent_to(ctx), 0);
}

static void hook_no_server(struct kunit *test)
{
	struct hook_ctx *ctx = hook_start(test);
	struct dsr_build b = hook_packet(1000);
	unsigned int i;

	for (i = 0; i < SERVERS; i++)
		KUNIT_EXPECT_EQ(test, hook_change(ctx, i, 0,
						  dsr_pernet_server_set), 0);
	hook_leaves(test, ctx, &b, DSR_REASON_NO_SERVER);
	KUNIT_EXPECT_EQ(test, hook_change(ctx, 1, 1, dsr_pernet_server_set),
			0);
	hook_receive(test, ctx, &b);
	KUNIT_EXPECT_EQ(test, hook_sent_to(ctx), 1);
}

/* Without a service the hook is gone and counts nothing. */
static void hook_idle(struct kunit *test)
{
	struct hook_ctx *ctx = hook_start(test);
	struct dsr_build b = hook_packet(1000);
	struct dsr_stats_sum now;

	hook_stop(ctx);
	hook_receive(test, ctx, &b);
	KUNIT_EXPECT_EQ(test, hook_sent_to(ctx), -1);
	dsr_stats_sum(ctx->dn->stats, &now);
	KUNIT_EXPECT_MEMEQ(test, now.packets, ctx->before.packets,
			   sizeof(now.packets));
}

/* The egress device goes down, and comes back: so do the servers. */
static void hook_device_down(struct kunit *test)
{
	struct hook_ctx *ctx = hook_start(test);
	struct dsr_build b = hook_packet(1000);

	hook_receive(test, ctx, &b);
	KUNIT_EXPECT_EQ(test, hook_sent_to(ctx), 0);
	hook_expect_reason(test, ctx, DSR_REASON_FORWARDED);
	rtnl_lock();
	dev_close(ctx->out);
	rtnl_unlock();
	flush_delayed_work(&ctx->dn->refresh);
	hook_leaves(test, ctx, &b, DSR_REASON_NO_SERVER);

	rtnl_lock();
	KUNIT_EXPECT_EQ(test, dev_open(ctx->out, NULL), 0);
	rtnl_unlock();
	flush_delayed_work(&ctx->dn->refresh);
	hook_receive(test, ctx, &b);
	KUNIT_EXPECT_EQ(test, hook_sent_to(ctx), 0);
}

static struct kunit_case hook_kunit_cases[] = {
	KUNIT_CASE(hook_balances),
	KUNIT_CASE(hook_port_reused),
	KUNIT_CASE(hook_pulls),
	KUNIT_CASE(hook_not_ours),
	KUNIT_CASE(hook_malformed),
	KUNIT_CASE(hook_drains),
	KUNIT_CASE(hook_server_deleted),
	KUNIT_CASE(hook_waits),
	KUNIT_CASE(hook_no_server),
	KUNIT_CASE(hook_idle),
	KUNIT_CASE(hook_device_down),
	{}
};

static struct kunit_suite hook_suite = {
	.name		= "dsr_hook",
	.test_cases	= hook_kunit_cases,
};

kunit_test_suite(hook_suite);

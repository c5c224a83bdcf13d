// SPDX-License-Identifier: GPL-2.0
/*
 * The rewrite: only the MAC addresses differ, whatever state the skb is in.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <net/sock.h>
#include <net/tcp_states.h>
#include "kmod/nexthop.h"
#include "kmod/xmit.h"
#include "tests/kunit/skb_build.h"

static const u8 own_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 1 };
static const u8 server_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 11 };

static const struct dsr_build xmit_packet = {
	.protocol = IPPROTO_UDP, .saddr = DSR_IP(198, 51, 100, 7),
	.daddr = DSR_IP(192, 0, 2, 10), .sport = 1025, .dport = 80,
	.payload = 100,
};

/* What every case has: a device, a path to a server, the packet's bytes. */
struct xmit_ctx {
	struct net_device	*dev;
	struct dsr_path		path;
	u8			bytes[2048];
	unsigned int		len;
};

static struct xmit_ctx *xmit_start(struct kunit *test)
{
	struct xmit_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	ctx->dev = dsr_build_dev(test, own_mac);
	ctx->path.dev = ctx->dev;
	ctx->path.resolved = true;
	ether_addr_copy(ctx->path.header, server_mac);
	ether_addr_copy(ctx->path.header + ETH_ALEN, own_mac);
	ctx->len = dsr_build_bytes(&xmit_packet, ctx->bytes,
				   sizeof(ctx->bytes));
	return ctx;
}

static enum dsr_reason xmit_send(struct sk_buff *skb, struct dsr_path *path)
{
	enum dsr_reason reason;

	local_bh_disable();
	rcu_read_lock();
	reason = dsr_xmit(skb, path);
	rcu_read_unlock();
	local_bh_enable();
	return reason;
}

/* The device sent one frame: the header for the server, then @bytes. */
static void xmit_expect(struct kunit *test, struct xmit_ctx *ctx)
{
	struct sk_buff *skb = dsr_build_sent(ctx->dev);
	struct ethhdr *eth;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, skb_linearize(skb), 0);
	KUNIT_ASSERT_EQ(test, skb->len, ETH_HLEN + ctx->len);
	eth = (struct ethhdr *)skb->data;
	KUNIT_EXPECT_MEMEQ(test, eth->h_dest, server_mac, ETH_ALEN);
	KUNIT_EXPECT_MEMEQ(test, eth->h_source, own_mac, ETH_ALEN);
	KUNIT_EXPECT_EQ(test, eth->h_proto, htons(ETH_P_IP));
	KUNIT_EXPECT_PTR_EQ(test, skb_mac_header(skb), skb->data);
	KUNIT_EXPECT_MEMEQ(test, skb->data + ETH_HLEN, ctx->bytes, ctx->len);
	kfree_skb(skb);
	KUNIT_EXPECT_NULL(test, dsr_build_sent(ctx->dev));
}

static void xmit_plain(struct kunit *test)
{
	struct xmit_ctx *ctx = xmit_start(test);
	struct sk_buff *skb = dsr_build_skb(test, &xmit_packet);

	KUNIT_EXPECT_EQ(test, xmit_send(skb, &ctx->path),
			DSR_REASON_FORWARDED);
	xmit_expect(test, ctx);
}

static void xmit_nonlinear(struct kunit *test)
{
	struct xmit_ctx *ctx = xmit_start(test);
	struct dsr_build b = xmit_packet;
	struct sk_buff *skb;

	b.linear = 28;
	skb = dsr_build_skb(test, &b);
	KUNIT_EXPECT_EQ(test, xmit_send(skb, &ctx->path),
			DSR_REASON_FORWARDED);
	xmit_expect(test, ctx);
}

/* A capture has a clone: it must go on seeing what came in. */
static void xmit_cloned(struct kunit *test)
{
	static const u8 zero_mac[ETH_ALEN];
	struct xmit_ctx *ctx = xmit_start(test);
	struct sk_buff *skb = dsr_build_skb(test, &xmit_packet), *clone;

	clone = skb_clone(skb, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, clone);
	KUNIT_EXPECT_EQ(test, xmit_send(skb, &ctx->path),
			DSR_REASON_FORWARDED);
	xmit_expect(test, ctx);
	KUNIT_EXPECT_MEMEQ(test, eth_hdr(clone)->h_dest, zero_mac, ETH_ALEN);
	KUNIT_EXPECT_MEMEQ(test, clone->data, ctx->bytes, ctx->len);
	kfree_skb(clone);
}

/* No room before the IP header. */
static void xmit_no_headroom(struct kunit *test)
{
	struct xmit_ctx *ctx = xmit_start(test);
	struct sk_buff *skb = alloc_skb(ctx->len, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put_data(skb, ctx->bytes, ctx->len);
	skb_reset_network_header(skb);
	skb->protocol = htons(ETH_P_IP);
	KUNIT_EXPECT_EQ(test, skb_headroom(skb), 0);
	KUNIT_EXPECT_EQ(test, xmit_send(skb, &ctx->path),
			DSR_REASON_FORWARDED);
	xmit_expect(test, ctx);
}

/* What belongs to the way in does not leave with the packet. */
static void xmit_forgets(struct kunit *test)
{
	struct xmit_ctx *ctx = xmit_start(test);
	struct sk_buff *skb = dsr_build_skb(test, &xmit_packet);
	struct sock *sk = kunit_kzalloc(test, sizeof(*sk), GFP_KERNEL);

	/* A socket as tc chooses one, which nobody holds. */
	KUNIT_ASSERT_NOT_NULL(test, sk);
	sk->sk_state = TCP_LISTEN;
	sock_set_flag(sk, SOCK_RCU_FREE);
	skb->sk = sk;
	skb->destructor = sock_pfree;
	__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), 10);
	skb->ip_summed = CHECKSUM_COMPLETE;
	skb->tstamp = 12345;
	KUNIT_EXPECT_EQ(test, dsr_xmit_prepare(skb, &ctx->path),
			DSR_REASON_FORWARDED);
	KUNIT_EXPECT_EQ(test, (u8)skb->ip_summed, CHECKSUM_NONE);
	KUNIT_EXPECT_EQ(test, skb->tstamp, 0);
	KUNIT_EXPECT_NULL(test, skb->sk);
	KUNIT_EXPECT_FALSE(test, skb_vlan_tag_present(skb));
	KUNIT_EXPECT_PTR_EQ(test, skb->dev, ctx->dev);
	kfree_skb(skb);

	/* A checksum that is still to be computed must stay so. */
	skb = dsr_build_skb(test, &xmit_packet);
	skb->ip_summed = CHECKSUM_PARTIAL;
	KUNIT_EXPECT_EQ(test, dsr_xmit_prepare(skb, &ctx->path),
			DSR_REASON_FORWARDED);
	KUNIT_EXPECT_EQ(test, (u8)skb->ip_summed, CHECKSUM_PARTIAL);
	kfree_skb(skb);
}

/* As large as the MTU, and a byte more; the latter is as it was. */
static void xmit_mtu(struct kunit *test)
{
	struct xmit_ctx *ctx = xmit_start(test);
	struct sk_buff *skb;

	ctx->dev->mtu = ctx->len;
	skb = dsr_build_skb(test, &xmit_packet);
	KUNIT_EXPECT_EQ(test, xmit_send(skb, &ctx->path),
			DSR_REASON_FORWARDED);
	xmit_expect(test, ctx);

	ctx->dev->mtu = ctx->len - 1;
	skb = dsr_build_skb(test, &xmit_packet);
	KUNIT_EXPECT_EQ(test, xmit_send(skb, &ctx->path), DSR_REASON_TOO_BIG);
	KUNIT_EXPECT_NULL(test, dsr_build_sent(ctx->dev));
	KUNIT_EXPECT_EQ(test, skb->len, ctx->len);
	KUNIT_EXPECT_MEMEQ(test, skb->data, ctx->bytes, ctx->len);
	kfree_skb(skb);
}

static struct kunit_case xmit_kunit_cases[] = {
	KUNIT_CASE(xmit_plain),
	KUNIT_CASE(xmit_nonlinear),
	KUNIT_CASE(xmit_cloned),
	KUNIT_CASE(xmit_no_headroom),
	KUNIT_CASE(xmit_forgets),
	KUNIT_CASE(xmit_mtu),
	{}
};

static struct kunit_suite xmit_suite = {
	.name		= "dsr_xmit",
	.test_cases	= xmit_kunit_cases,
};

kunit_test_suite(xmit_suite);

// SPDX-License-Identifier: GPL-2.0
/*
 * Larger than the egress MTU, or put together from fragments: the same that
 * the kernel's own forwarding would do, by its own functions. They expect a
 * route, so they are given one that says what they ask for, and no more.
 */
#include <linux/icmpv6.h>
#include <net/dst.h>
#include <net/dst_metadata.h>
#include <net/icmp.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include "kmod/nexthop.h"
#include "kmod/oversize.h"
#include "kmod/xmit.h"

/**
 * struct dsr_oversize_route - what the kernel's fragmentation takes for a route
 * @dst: the head that both have
 * @rt4: for IPv4
 * @rt6: for IPv6
 * @metrics: has the MTU
 * @path: where the fragments go
 *
 * On the stack: it all happens before the function returns.
 */
struct dsr_oversize_route {
	union {
		struct dst_entry	dst;
		struct rtable		rt4;
		struct rt6_info		rt6;
	};
	u32				metrics[RTAX_MAX];
	struct dsr_path			*path;
};

static unsigned int dsr_oversize_mtu(const struct dst_entry *dst)
{
	return dst_metric_raw(dst, RTAX_MTU);
}

static struct dst_ops dsr_oversize_dst_ops = {
	.family	= AF_UNSPEC,
	.mtu	= dsr_oversize_mtu,
};

static void dsr_oversize_route_init(struct dsr_oversize_route *route,
				    struct dsr_path *path,
				    unsigned int mtu)
{
	memset(route, 0, sizeof(*route));
	dsr_dst_init(&route->dst, &dsr_oversize_dst_ops, DST_NOCOUNT);
	route->metrics[RTAX_MTU - 1] = mtu;
	dst_init_metrics(&route->dst, route->metrics, true);
	route->dst.dev = path->dev;
	route->path = path;
}

/* A piece that fits is sent, and consumed. */
static int dsr_oversize_piece(struct sk_buff *skb, struct dsr_path *path)
{
	switch (dsr_xmit_frame(skb, path)) {
	case DSR_REASON_FORWARDED:
		return 0;
	case DSR_REASON_XMIT_FAILED:
		return -ENOBUFS;
	default:
		kfree_skb(skb);
		return -ENOMEM;
	}
}

/* One fragment. */
static int dsr_oversize_output(struct net *net, struct sock *sk,
			       struct sk_buff *skb)
{
	const struct dsr_oversize_route *route =
		container_of(skb_dst(skb), struct dsr_oversize_route, dst);

	return dsr_oversize_piece(skb, route->path);
}

/* Send a packet in fragments; it is consumed. */
static int dsr_oversize_cut(struct net *net, struct sk_buff *skb,
			    struct dsr_path *path, unsigned int mtu)
{
	struct dsr_oversize_route route;

	dsr_oversize_route_init(&route, path, mtu);
	skb_dst_drop(skb);
	skb_dst_set_noref(skb, &route.dst);
	if (skb->protocol == htons(ETH_P_IP))
		return ip_do_fragment(net, NULL, skb, dsr_oversize_output);
	return dsr_ip6_fragment(net, skb, dsr_oversize_output);
}

/*
 * The segments of a super-packet, each in fragments; but the last one may fit,
 * and one fragment alone is what RFC 8021 asks not to make.
 */
static enum dsr_reason dsr_oversize_segment(struct net *net,
					    struct sk_buff *skb,
					    struct dsr_path *path,
					    unsigned int mtu)
{
	enum dsr_reason reason = DSR_REASON_FORWARDED;
	struct sk_buff *segs, *next;
	int err;

	segs = skb_gso_segment(skb, 0);
	if (IS_ERR_OR_NULL(segs))
		return DSR_REASON_NO_MEMORY;
	consume_skb(skb);
	skb_list_walk_safe(segs, skb, next) {
		skb_mark_not_on_list(skb);
		err = skb->len > mtu ? dsr_oversize_cut(net, skb, path, mtu) :
				       dsr_oversize_piece(skb, path);
		if (err)
			reason = DSR_REASON_XMIT_FAILED;
	}
	return reason;
}

/* In pieces that fit; it is consumed, unless memory is short. */
static enum dsr_reason dsr_oversize_pieces(struct net *net, struct sk_buff *skb,
					   struct dsr_path *path,
					   unsigned int mtu)
{
	if (skb_is_gso(skb))
		return dsr_oversize_segment(net, skb, path, mtu);
	return dsr_oversize_cut(net, skb, path, mtu) ? DSR_REASON_XMIT_FAILED :
						       DSR_REASON_FORWARDED;
}

/* Whether a packet has a route by which this machine sends it. */
static bool dsr_oversize_is_own(const struct sk_buff *skb)
{
	return skb_valid_dst(skb) && rt_is_output_route(skb_rtable(skb));
}

/* Give a packet that came in a route that says where an answer to it goes. */
static bool dsr_oversize_turn(struct net *net, struct sk_buff *skb)
{
	struct flowi4 fl4 = {
		.daddr		= ip_hdr(skb)->saddr,
		.flowi4_oif	= l3mdev_master_ifindex_rcu(skb->dev),
	};
	struct rtable *rt = ip_route_output_key(net, &fl4);

	if (IS_ERR(rt))
		return false;
	skb_dst_drop(skb);
	skb_dst_set(skb, &rt->dst);
	return true;
}

/*
 * Fragmentation needed, RFC 1191. What this machine sends keeps its route, as
 * that tells whether the answer can come from the address it is for.
 */
static void dsr_oversize_tell4(struct net *net, struct sk_buff *skb,
			       unsigned int mtu)
{
	if (!dsr_oversize_is_own(skb) && !dsr_oversize_turn(net, skb))
		return;
	icmp_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, htonl(mtu));
}

/* The twin of dsr_oversize_tell4(): packet too big, RFC 8201. */
static void dsr_oversize_tell6(struct sk_buff *skb, unsigned int mtu)
{
	icmpv6_send(skb, ICMPV6_PKT_TOOBIG, 0, mtu);
}

/*
 * IPv4 may be cut by anybody unless it says no. One that says no and came in
 * fragments came so from its sender; if those fit, they leave so. And this
 * machine's own programs say by ignore_df that it is only for others.
 */
static enum dsr_reason dsr_oversize_ipv4(struct net *net, struct sk_buff *skb,
					 struct dsr_path *path,
					 unsigned int mtu)
{
	unsigned int merged = dsr_xmit_merged(skb);

	if (ip_hdr(skb)->frag_off & htons(IP_DF) &&
	    (merged ? merged > mtu : !skb->ignore_df)) {
		dsr_oversize_tell4(net, skb, mtu);
		return DSR_REASON_TOO_BIG;
	}
	return dsr_oversize_pieces(net, skb, path, mtu);
}

/* The twin of dsr_oversize_ipv4(): only a sender cuts, RFC 8200 5. */
static enum dsr_reason dsr_oversize_ipv6(struct net *net, struct sk_buff *skb,
					 struct dsr_path *path,
					 unsigned int mtu)
{
	unsigned int merged = dsr_xmit_merged(skb);

	if (merged ? merged > mtu : !skb->ignore_df) {
		dsr_oversize_tell6(skb, mtu);
		return DSR_REASON_TOO_BIG;
	}
	return dsr_oversize_pieces(net, skb, path, mtu);
}

/**
 * dsr_oversize_xmit() - send a packet that cannot leave as it is to a server
 * @net: the network namespace
 * @skb: the packet, from the IP header on, not shared, that dsr_xmit() has
 *	found to be DSR_REASON_TOO_BIG
 * @path: the server's path
 *
 * Context: bottom halves disabled, under RCU.
 * Return: as dsr_xmit_frame(), the packet being in pieces; or, it being still
 *	the caller's, DSR_REASON_TOO_BIG: its sender was told.
 */
enum dsr_reason dsr_oversize_xmit(struct net *net, struct sk_buff *skb,
				  struct dsr_path *path)
{
	unsigned int mtu = READ_ONCE(path->dev->mtu);

	if (skb->protocol == htons(ETH_P_IP))
		return dsr_oversize_ipv4(net, skb, path, mtu);
	return dsr_oversize_ipv6(net, skb, path, mtu);
}

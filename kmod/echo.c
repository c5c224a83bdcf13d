// SPDX-License-Identifier: GPL-2.0
/*
 * The request becomes the reply: the addresses change places, which no
 * checksum notices, and the type changes.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netfilter.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include "kmod/echo.h"
#include "kmod/local.h"

/* Turn the ICMP message, at @l4 and writable, from a request to a reply. */
static void dsr_echo_turn(struct sk_buff *skb, unsigned int l4, u8 reply)
{
	struct icmphdr *icmph = (struct icmphdr *)(skb->data + l4);
	__be16 request_word = htons(icmph->type << 8);

	icmph->type = reply;
	csum_replace2(&icmph->checksum, request_word, htons(reply << 8));
	skb->ip_summed = CHECKSUM_NONE;
	skb_clear_tstamp(skb);
	nf_reset_ct(skb);
}

static bool dsr_echo_answer4(struct net *net, struct sk_buff *skb,
			     const struct dsr_packet *pkt)
{
	struct flowi4 fl4 = {
		.daddr		= pkt->tuple.saddr.ip,
		.saddr		= pkt->tuple.daddr.ip,
		.flowi4_oif	= l3mdev_master_ifindex_rcu(skb->dev),
		.flowi4_flags	= FLOWI_FLAG_ANYSRC,
	};
	struct rtable *rt;
	struct iphdr *iph;

	if (dsr_local_has(net, skb->dev, AF_INET, &pkt->tuple.daddr))
		return false;
	rt = ip_route_output_key(net, &fl4);
	if (IS_ERR(rt))
		return false;
	if (rt->rt_type != RTN_UNICAST ||
	    skb_ensure_writable(skb, pkt->l4 + sizeof(struct icmphdr))) {
		ip_rt_put(rt);
		return false;
	}

	iph = ip_hdr(skb);
	swap(iph->saddr, iph->daddr);
	iph->ttl = ip4_dst_hoplimit(&rt->dst);
	ip_send_check(iph);
	dsr_echo_turn(skb, pkt->l4, ICMP_ECHOREPLY);
	skb_dst_drop(skb);
	skb_dst_set(skb, &rt->dst);
	ip_local_out(net, NULL, skb);
	return true;
}

/* The twin of dsr_echo_answer4(). */
static bool dsr_echo_answer6(struct net *net, struct sk_buff *skb,
			     const struct dsr_packet *pkt)
{
	struct flowi6 fl6 = {
		.daddr		= pkt->tuple.saddr.in6,
		.saddr		= pkt->tuple.daddr.in6,
		.flowi6_oif	= l3mdev_master_ifindex_rcu(skb->dev),
		.flowi6_proto	= IPPROTO_ICMPV6,
	};
	struct dst_entry *dst;
	struct ipv6hdr *ip6h;
	struct rt6_info *rt;

	if (dsr_local_has(net, skb->dev, AF_INET6, &pkt->tuple.daddr))
		return false;
	if (ipv6_addr_type(&fl6.daddr) & IPV6_ADDR_LINKLOCAL)
		fl6.flowi6_oif = skb->dev->ifindex;
	dst = ip6_route_output(net, NULL, &fl6);
	rt = container_of(dst, struct rt6_info, dst);
	if (dst->error || rt->rt6i_flags & RTF_LOCAL ||
	    skb_ensure_writable(skb, pkt->l4 + sizeof(struct icmp6hdr))) {
		dst_release(dst);
		return false;
	}

	ip6h = ipv6_hdr(skb);
	swap(ip6h->saddr, ip6h->daddr);
	ip6h->hop_limit = ip6_dst_hoplimit(dst);
	dsr_echo_turn(skb, pkt->l4, ICMPV6_ECHO_REPLY);
	skb_dst_drop(skb);
	skb_dst_set(skb, dst);
	ip6_local_out(net, NULL, skb);
	return true;
}

/**
 * dsr_echo_answer() - answer an echo request in a virtual address's name
 * @net: the network namespace
 * @skb: the request, from the IP header on, not shared
 * @pkt: the request
 *
 * Not if the director has the address; nor a request in fragments or with IP
 * options, which the kernel knows better how to treat.
 *
 * Context: bottom halves disabled, under RCU.
 * Return: true if it was answered and is consumed, false if it is still the
 *	caller's, as it was.
 */
bool dsr_echo_answer(struct net *net, struct sk_buff *skb,
		     const struct dsr_packet *pkt)
{
	if (pkt->first)
		return false;
	if (pkt->tuple.family == AF_INET)
		return pkt->l4 == sizeof(struct iphdr) &&
		       dsr_echo_answer4(net, skb, pkt);
	return pkt->l4 == sizeof(struct ipv6hdr) &&
	       dsr_echo_answer6(net, skb, pkt);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The director knows no sequence numbers: a reset gets its own from the packet
 * that it answers (RFC 9293 3.10.7.1). So it is as good as what the client
 * said. A client takes a reset that has exactly the number which it expects
 * next and answers others in its window with an ACK (RFC 5961 3.2), which the
 * director resets in turn, with the right number. Whoever forges the client's
 * packets has to guess that number, as he would have to for a reset of his own.
 */
#include <linux/netfilter.h>
#include <linux/tcp.h>
#include <net/addrconf.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include "kmod/reset.h"

/* The packet's length as its IP header has it, as it does in the hook. */
static unsigned int dsr_reset_len(const struct sk_buff *skb, u8 family)
{
	if (family == AF_INET)
		return ntohs(ip_hdr(skb)->tot_len) ?: skb->len;
	if (!ipv6_hdr(skb)->payload_len)
		return skb->len;
	return ntohs(ipv6_hdr(skb)->payload_len) + sizeof(struct ipv6hdr);
}

/* Make the TCP header of the reset that a packet gets, if it gets one. */
static bool dsr_reset_header(struct sk_buff *skb, const struct dsr_packet *pkt,
			     struct tcphdr *reset)
{
	u8 family = pkt->tuple.family;
	const struct tcphdr *tcph;
	struct tcphdr buf;

	/* What follows the packet is the link's. */
	if (pskb_trim_rcsum(skb, dsr_reset_len(skb, family)))
		return false;
	tcph = skb_header_pointer(skb, pkt->l4, sizeof(buf), &buf);
	if (!tcph || tcph->rst ||
	    nf_checksum(skb, NF_INET_PRE_ROUTING, pkt->l4, IPPROTO_TCP, family))
		return false;
	*reset = (struct tcphdr) {
		.source = tcph->dest, .dest = tcph->source,
		.doff = sizeof(*reset) / 4, .rst = 1,
	};
	if (tcph->ack) {
		reset->seq = tcph->ack_seq;
		return true;
	}
	reset->ack = 1;
	reset->ack_seq = htonl(ntohl(tcph->seq) + tcph->syn + tcph->fin +
			       skb->len - pkt->l4 - tcph->doff * 4);
	return true;
}

/* A packet with room for its headers, of which it has the IP header's bytes. */
static struct sk_buff *dsr_reset_alloc(unsigned int ip_len)
{
	struct sk_buff *skb;

	skb = alloc_skb(LL_MAX_HEADER + ip_len + sizeof(struct tcphdr),
			GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, LL_MAX_HEADER);
	skb_reset_network_header(skb);
	skb_put_zero(skb, ip_len);
	skb_reset_transport_header(skb);
	return skb;
}

static bool dsr_reset_send4(struct net *net, const struct net_device *in,
			    const struct dsr_tuple *tuple, struct tcphdr *tcph)
{
	struct flowi4 fl4 = {
		.daddr		= tuple->saddr.ip,
		.saddr		= tuple->daddr.ip,
		.fl4_sport	= tcph->source,
		.fl4_dport	= tcph->dest,
		.flowi4_oif	= l3mdev_master_ifindex_rcu(in),
		.flowi4_proto	= IPPROTO_TCP,
		.flowi4_flags	= FLOWI_FLAG_ANYSRC,
	};
	struct sk_buff *skb;
	struct rtable *rt;
	struct iphdr *iph;

	rt = ip_route_output_key(net, &fl4);
	if (IS_ERR(rt))
		return false;
	skb = rt->rt_type == RTN_UNICAST ? dsr_reset_alloc(sizeof(*iph)) : NULL;
	if (!skb) {
		ip_rt_put(rt);
		return false;
	}

	iph = ip_hdr(skb);
	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->frag_off = htons(IP_DF);
	iph->ttl = ip4_dst_hoplimit(&rt->dst);
	iph->protocol = IPPROTO_TCP;
	iph->saddr = tuple->daddr.ip;
	iph->daddr = tuple->saddr.ip;
	tcph->check = csum_tcpudp_magic(iph->saddr, iph->daddr, sizeof(*tcph),
					IPPROTO_TCP,
					csum_partial(tcph, sizeof(*tcph), 0));
	skb_put_data(skb, tcph, sizeof(*tcph));
	skb_dst_set(skb, &rt->dst);
	ip_local_out(net, NULL, skb);
	return true;
}

/* The twin of dsr_reset_send4(). */
static bool dsr_reset_send6(struct net *net, const struct net_device *in,
			    const struct dsr_tuple *tuple, struct tcphdr *tcph)
{
	struct flowi6 fl6 = {
		.daddr		= tuple->saddr.in6,
		.saddr		= tuple->daddr.in6,
		.fl6_sport	= tcph->source,
		.fl6_dport	= tcph->dest,
		.flowi6_oif	= l3mdev_master_ifindex_rcu(in),
		.flowi6_proto	= IPPROTO_TCP,
	};
	struct dst_entry *dst;
	struct ipv6hdr *ip6h;
	struct sk_buff *skb;
	bool local;

	if (ipv6_addr_type(&fl6.daddr) & IPV6_ADDR_LINKLOCAL)
		fl6.flowi6_oif = in->ifindex;
	dst = ip6_route_output(net, NULL, &fl6);
	local = container_of(dst, struct rt6_info, dst)->rt6i_flags & RTF_LOCAL;
	skb = dst->error || local ? NULL : dsr_reset_alloc(sizeof(*ip6h));
	if (!skb) {
		dst_release(dst);
		return false;
	}

	ip6h = ipv6_hdr(skb);
	ip6_flow_hdr(ip6h, 0, 0);
	ip6h->nexthdr = IPPROTO_TCP;
	ip6h->hop_limit = ip6_dst_hoplimit(dst);
	ip6h->saddr = tuple->daddr.in6;
	ip6h->daddr = tuple->saddr.in6;
	tcph->check = csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, sizeof(*tcph),
				      IPPROTO_TCP,
				      csum_partial(tcph, sizeof(*tcph), 0));
	skb_put_data(skb, tcph, sizeof(*tcph));
	skb->protocol = htons(ETH_P_IPV6);
	skb_dst_set(skb, dst);
	ip6_local_out(net, NULL, skb);
	return true;
}

/**
 * dsr_reset_send() - reset the connection that a packet is of
 * @net: the network namespace
 * @skb: the packet, from the IP header on, not shared, with the device that it
 *	came by; it stays the caller's, who drops it, as its end may be cut off
 * @pkt: the same, TCP
 *
 * No reset is answered, nor a packet with a wrong checksum or in fragments,
 * whose checksum is not known. The address that the reset comes from need not
 * be the director's.
 *
 * Context: bottom halves disabled, under RCU.
 * Return: true if a reset was sent.
 */
bool dsr_reset_send(struct net *net, struct sk_buff *skb,
		    const struct dsr_packet *pkt)
{
	struct tcphdr tcph;

	if (pkt->first || !dsr_reset_header(skb, pkt, &tcph))
		return false;
	if (pkt->tuple.family == AF_INET)
		return dsr_reset_send4(net, skb->dev, &pkt->tuple, &tcph);
	return dsr_reset_send6(net, skb->dev, &pkt->tuple, &tcph);
}

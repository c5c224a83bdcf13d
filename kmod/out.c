// SPDX-License-Identifier: GPL-2.0
/*
 * What this machine's own programs send to a virtual address.
 */
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ipv6.h>
#include <net/route.h>
#include "kmod/out.h"
#include "kmod/passage.h"

/*
 * A socket that has the virtual address at both ends: a reply to it would not
 * leave the server that has the address too.
 */
static enum dsr_reason dsr_out_own(struct dsr_passage *p,
				    const struct dsr_view *view)
{
	p->service = view->service;
	p->server = dsr_view_local(view);
	return p->server ? DSR_REASON_LOCAL : DSR_REASON_FROM_VIP;
}

static enum dsr_reason dsr_out_flow(struct dsr_passage *p,
					 const struct dsr_view *view,
					 struct sk_buff *skb)
{
	const struct dsr_tuple *tuple = &p->pkt.tuple;

	if (!view || p->pkt.first)
		return DSR_REASON_NOT_OURS;
	if (nf_inet_addr_cmp(&tuple->saddr, &tuple->daddr))
		return dsr_out_own(p, view);
	return dsr_hook_schedule(p, view, skb);
}

/*
 * An ICMP error about a reply that was to be routed on, in most cases. From the
 * virtual address itself its server would not take it.
 */
static enum dsr_reason dsr_out_error(struct dsr_passage *p,
				     struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);
	bool own = skb->protocol == htons(ETH_P_IP) ?
		   iph->saddr == iph->daddr :
		   ipv6_addr_equal(&ipv6_hdr(skb)->saddr,
				   &ipv6_hdr(skb)->daddr);

	return own ? DSR_REASON_FROM_VIP : dsr_hook_error(p, skb);
}

/* Datagrams are whole here, and pings are the kernel's to send. */
static enum dsr_reason dsr_out_passage(struct dsr_passage *p,
					    struct sk_buff *skb,
					    enum dsr_parse what)
{
	switch (what) {
	case DSR_PARSE_FLOW:
		return dsr_out_flow(p, dsr_hook_view(p), skb);
	case DSR_PARSE_ERROR:
		return dsr_out_error(p, skb);
	default:
		return DSR_REASON_NOT_OURS;
	}
}

/*
 * Whether a packet that is for no virtual address, but may have a mark, is for
 * another machine: as at PRE_ROUTING, what this one is to have is left alone.
 */
static bool dsr_out_leaves(const struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);

	if (skb->protocol == htons(ETH_P_IP))
		return !(container_of(dst, struct rtable, dst)->rt_flags &
			 (RTCF_LOCAL | RTCF_BROADCAST | RTCF_MULTICAST));
	return !ipv6_addr_is_multicast(&ipv6_hdr(skb)->daddr) &&
	       !(container_of(dst, struct rt6_info, dst)->rt6i_flags &
		 (RTF_LOCAL | RTF_ANYCAST));
}

/*
 * A packet of this machine's own that may be a service's. What is for a virtual
 * address is counted here, and not again when it comes by from the loopback
 * device; the rest there alone.
 */
static noinline unsigned int
dsr_out(struct dsr_net *dn, const struct dsr_map *map,
	     const struct dsr_vip *vip, struct sk_buff *skb,
	     const struct nf_hook_state *state)
{
	struct dsr_passage p __uninitialized;
	struct net_device *before = skb->dev;
	unsigned int verdict;
	enum dsr_reason reason;

	if (!vip && !dsr_out_leaves(skb))
		return NF_ACCEPT;
	/* For those who are to be told of an MTU; nobody received it. */
	skb->dev = state->out;
	skb->mac_len = 0;
	local_bh_disable();
	dsr_hook_enter(&p, dn, map, vip, skb);
	reason = dsr_out_passage(&p, skb, dsr_hook_parse(skb, &p.pkt,
							      state->pf));
	if (reason != DSR_REASON_NOT_OURS)
		dsr_hook_count(&p, reason);
	else if (vip)
		dsr_stats_packet(dn->stats, reason);
	local_bh_enable();
	verdict = dsr_hook_verdict(&p, skb, reason);
	/* POST_ROUTING would take it for the device that it came by. */
	if (verdict == NF_ACCEPT)
		skb->dev = before;
	return verdict;
}

static unsigned int dsr_out_ipv4(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	struct dsr_net *dn = priv;
	const struct dsr_map *map = rcu_dereference(dn->map);
	const struct dsr_vip *vip;

	if (unlikely(!map))
		return NF_ACCEPT;
	vip = dsr_map_vip4(map, ip_hdr(skb)->daddr);
	return likely(!vip && !map->n_marks) ? NF_ACCEPT :
	       dsr_out(dn, map, vip, skb, state);
}

/* The twin of dsr_out_ipv4(). */
static unsigned int dsr_out_ipv6(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	struct dsr_net *dn = priv;
	const struct dsr_map *map = rcu_dereference(dn->map);
	const struct dsr_vip *vip;

	if (unlikely(!map))
		return NF_ACCEPT;
	vip = dsr_map_vip6(map, &ipv6_hdr(skb)->daddr);
	return likely(!vip && !map->n_marks) ? NF_ACCEPT :
	       dsr_out(dn, map, vip, skb, state);
}

/**
 * dsr_out_register() - let a namespace's own packets in
 * @dn: the namespace
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: 0 or -errno.
 */
int dsr_out_register(struct dsr_net *dn)
{
	static const struct nf_hook_ops ops[DSR_HOOKS] = {
		{
			.hook		= dsr_out_ipv4,
			.pf		= NFPROTO_IPV4,
			.hooknum	= NF_INET_LOCAL_OUT,
			.priority	= DSR_HOOK_PRIORITY,
		}, {
			.hook		= dsr_out_ipv6,
			.pf		= NFPROTO_IPV6,
			.hooknum	= NF_INET_LOCAL_OUT,
			.priority	= DSR_HOOK_PRIORITY,
		},
	};
	unsigned int i;

	for (i = 0; i < DSR_HOOKS; i++) {
		dn->out_hooks[i] = ops[i];
		dn->out_hooks[i].priv = dn;
	}
	return nf_register_net_hooks(dn->net, dn->out_hooks, DSR_HOOKS);
}

/**
 * dsr_out_unregister() - let no more of them in
 * @dn: the namespace; packets that are on their way are so under RCU
 *
 * Context: process, may sleep, under the configuration mutex.
 */
void dsr_out_unregister(struct dsr_net *dn)
{
	nf_unregister_net_hooks(dn->net, dn->out_hooks, DSR_HOOKS);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The datapath: parse, find the service, find or make the flow, transmit.
 *
 * Everything here runs under RCU with bottom halves disabled, for each packet
 * that enters the namespace: no lock, no allocation, no message on the way of
 * a flow that is known. Each way out has one reason, counted in one place.
 */
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/netfilter_bridge.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/tcp.h>
#include "kmod/echo.h"
#include "kmod/gateway.h"
#include "kmod/hook.h"
#include "kmod/local.h"
#include "kmod/oversize.h"
#include "kmod/passage.h"
#include "kmod/reset.h"
#include "kmod/xmit.h"

/*
 * Parse with more of the packet in one piece, which it may want only after it
 * has seen that much.
 */
noinline enum dsr_parse dsr_hook_pull(struct sk_buff *skb,
				      struct dsr_packet *pkt, u8 pf)
{
	enum dsr_parse what;

	do {
		if (!pskb_may_pull(skb, pkt->need))
			return DSR_PARSE_MALFORMED;
		what = dsr_hook_classify(skb, pkt, pf);
	} while (what == DSR_PARSE_SHORT);
	return what;
}

/* No path: the server is this machine, or has been lost. */
static noinline enum dsr_reason dsr_hook_stay(const struct dsr_server *server)
{
	return READ_ONCE(server->nexthop.state) == DSR_NEXTHOP_STATE_LOCAL ?
	       DSR_REASON_LOCAL : DSR_REASON_NO_NEXTHOP;
}

/* Send a packet to the server that it goes to. */
static __always_inline enum dsr_reason dsr_hook_xmit(const struct dsr_passage *p,
				     struct sk_buff *skb)
{
	struct dsr_path *path = rcu_dereference(p->server->nexthop.path);
	enum dsr_reason reason;

	if (unlikely(!path))
		return dsr_hook_stay(p->server);
	reason = dsr_xmit(skb, path);
	if (unlikely(reason == DSR_REASON_TOO_BIG))
		reason = dsr_oversize_xmit(p->dn->net, skb, path);
	return reason;
}

/* What came back is the director's own, if the address is, or goes nowhere. */
static noinline unsigned int dsr_hook_returned(const struct dsr_passage *p,
					       const struct sk_buff *skb)
{
	const struct dsr_tuple *tuple = &p->pkt.tuple;

	return dsr_local_has(p->dn->net, skb->dev, tuple->family,
			     &tuple->daddr) ? NF_ACCEPT : NF_DROP;
}

/* What netfilter is told of a packet, which may have been consumed. */
unsigned int dsr_hook_verdict(const struct dsr_passage *p,
			      const struct sk_buff *skb, unsigned int reason)
{
	switch (reason) {
	case DSR_REASON_NOT_OURS:
	case DSR_REASON_ICMP_UNMATCHED:
	case DSR_REASON_LOCAL:
	case DSR_REASON_FROM_VIP:
	case DSR_REASON_REPLY:
		return NF_ACCEPT;
	case DSR_REASON_FORWARDED:
	case DSR_REASON_XMIT_FAILED:
	case DSR_REASON_ECHO_ANSWERED:
	case DSR_REASON_NEIGH_ANSWERED:
	case DSR_HOOK_HELD:
		return NF_STOLEN;
	case DSR_REASON_FROM_SERVER:
	case DSR_REASON_FROM_PEER:
		return dsr_hook_returned(p, skb);
	default:
		return NF_DROP;
	}
}

/*
 * A packet's sender may be one of those that are sent packets: see whether it
 * is, or only has a MAC address that falls on the same place.
 */
static noinline bool dsr_hook_from_us(struct dsr_passage *p,
				      const struct dsr_view *view,
				      const struct sk_buff *skb)
{
	u64 whose = dsr_guard_find(view->guard, eth_hdr(skb)->h_source);

	if (!whose)
		return false;
	p->why = whose & DSR_GUARD_PEER ? DSR_REASON_FROM_PEER :
					  DSR_REASON_FROM_SERVER;
	p->service = view->service;
	p->server = NULL;
	return true;
}

/* Whether a packet has been balanced before, by this director or another. */
static __always_inline bool dsr_hook_guarded(struct dsr_passage *p,
					     const struct dsr_view *view,
					     const struct sk_buff *skb)
{
	return unlikely(dsr_guard_suspects(view->guard, skb)) &&
	       dsr_hook_from_us(p, view, skb);
}

/* Send a packet to the server that is known of what it belongs to. */
static enum dsr_reason dsr_hook_send(struct dsr_passage *p,
				     struct sk_buff *skb)
{
	const struct dsr_view *view;

	p->service = p->server->service;
	view = rcu_dereference(p->service->seen);
	if (view && dsr_hook_guarded(p, view, skb))
		return p->why;
	return dsr_hook_xmit(p, skb);
}

/* Let a later fragment go where its datagram's first one went. */
static enum dsr_reason dsr_hook_follow(struct dsr_passage *p,
				       struct sk_buff *skb,
				       struct dsr_fate fate)
{
	p->bytes = skb->len;
	if (fate.reason != DSR_REASON_FORWARDED &&
	    fate.reason != DSR_REASON_REPLY)
		return fate.reason;
	p->server = dsr_server_lookup(&p->dn->servers, fate.server);
	if (fate.reason == DSR_REASON_REPLY) {
		p->service = p->server ? p->server->service : p->service;
		return dsr_gateway_route(p->dn->net, skb, p->server);
	}
	if (!p->server || READ_ONCE(p->server->down))
		return DSR_REASON_NO_SERVER;
	return dsr_hook_send(p, skb);
}

/*
 * Send on the fragments that waited for their datagram's first one, if the
 * device that they came by is still there, as the kernel's own do.
 */
static void dsr_hook_release(const struct dsr_passage *first,
			     struct sk_buff_head *held, struct dsr_fate fate)
{
	struct dsr_passage p = *first;
	enum dsr_reason reason;
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(held))) {
		p.service = first->service;
		p.server = NULL;
		skb->dev = dev_get_by_index_rcu(p.dn->net, skb->skb_iif);
		reason = skb->dev ? dsr_hook_follow(&p, skb, fate) :
				    DSR_REASON_FRAGMENT_TIMEOUT;
		dsr_hook_count(&p, reason);
		switch (dsr_hook_verdict(&p, skb, reason)) {
		case NF_ACCEPT:
			dsr_frag_cb(skb)->okfn(p.dn->net, NULL, skb);
			break;
		case NF_DROP:
			kfree_skb(skb);
			break;
		}
	}
}

/* What became of a first fragment becomes of the others. */
static noinline void dsr_hook_decide(const struct dsr_passage *p,
				     enum dsr_reason reason)
{
	struct dsr_frag_table *frags = rcu_dereference(p->dn->frags);
	struct dsr_fate fate = { .reason = reason };
	struct sk_buff_head held;

	if (!frags)
		return;
	if (p->server) {
		fate.server = p->server->id;
		if (reason != DSR_REASON_REPLY &&
		    reason != DSR_REASON_REPLY_LOST)
			fate.reason = DSR_REASON_FORWARDED;
	}
	fate.copy = reason == DSR_REASON_FROM_SERVER ||
		    reason == DSR_REASON_FROM_PEER;
	__skb_queue_head_init(&held);
	dsr_frag_decide(frags, &p->pkt, (u32)jiffies, fate, &held);
	dsr_hook_release(p, &held, fate);
}

/* Whether a packet is for a virtual address or has a service's mark. */
static bool dsr_hook_ours(const struct dsr_passage *p)
{
	return p->vip || p->marked;
}

/*
 * A later fragment. If it does not look like ours, its datagram may still be a
 * service's, by a firewall mark that only the first fragment had. @reply: it may
 * be a reply's.
 */
static noinline unsigned int dsr_hook_fragment(struct dsr_passage *p,
					       struct sk_buff *skb, bool reply)
{
	struct dsr_frag_table *frags = rcu_dereference(p->dn->frags);
	u32 now = (u32)jiffies;
	struct dsr_fate fate;

	if (!frags)
		return DSR_REASON_NOT_OURS;
	if (!dsr_hook_ours(p) && !reply)
		return dsr_frag_lookup(frags, &p->pkt, now, &fate) ?
		       dsr_hook_follow(p, skb, fate) : DSR_REASON_NOT_OURS;
	dsr_frag_cb(skb)->okfn = p->okfn;
	switch (dsr_frag_follow(frags, &p->pkt, now, skb, &fate)) {
	case DSR_FRAG_DECIDED:
		return dsr_hook_follow(p, skb, fate);
	case DSR_FRAG_HELD:
		return DSR_HOOK_HELD;
	default:
		return DSR_REASON_FRAGMENT_LIMIT;
	}
}

/* A packet that goes to no server; its sender may be told. */
static noinline enum dsr_reason dsr_hook_refuse(const struct dsr_passage *p,
						const struct dsr_view *view,
						struct sk_buff *skb)
{
	bool reset = p->why == DSR_REASON_FLOW_LOST ?
		     view->lost == DSR_LOST_RESET :
		     p->why == DSR_REASON_FLOW_UNKNOWN &&
		     view->midflow == DSR_MIDFLOW_RESET;

	return reset && dsr_reset_send(p->dn->net, skb, &p->pkt) ?
	       DSR_REASON_RESET : p->why;
}

/* A packet that has been balanced before, and so the rest of its datagram. */
static noinline enum dsr_reason dsr_hook_back(const struct dsr_passage *p)
{
	if (p->pkt.first)
		dsr_hook_decide(p, p->why);
	return p->why;
}

/* Send a packet of a service that nobody has balanced before. */
static __always_inline enum dsr_reason
dsr_hook_serve(struct dsr_passage *p, const struct dsr_view *view,
	       struct sk_buff *skb)
{
	enum dsr_reason reason;

	p->service = view->service;
	p->server = dsr_affinity_server(p->dn, view, &p->pkt, &p->why);
	if (likely(p->server)) {
		/* A flow that is older than the service keeps its own. */
		p->service = p->server->service;
		reason = dsr_hook_xmit(p, skb);
	} else {
		reason = dsr_hook_refuse(p, view, skb);
	}
	if (unlikely(p->pkt.first))
		dsr_hook_decide(p, reason);
	return reason;
}

/* The same, for those whose way this is not most of the time. */
enum dsr_reason dsr_hook_schedule(struct dsr_passage *p,
				  const struct dsr_view *view,
				  struct sk_buff *skb)
{
	return dsr_hook_serve(p, view, skb);
}

static __always_inline enum dsr_reason
dsr_hook_balance(struct dsr_passage *p, const struct dsr_view *view,
		 struct sk_buff *skb)
{
	return dsr_hook_guarded(p, view, skb) ? dsr_hook_back(p) :
						dsr_hook_serve(p, view, skb);
}

/*
 * A packet that is left to the kernel, and so the rest of its datagram; which
 * is not asked for if nothing of it looks like ours.
 */
static enum dsr_reason dsr_hook_leave(const struct dsr_passage *p,
				      const struct sk_buff *skb)
{
	if (unlikely(p->pkt.first) &&
	    (p->vip || p->map->n_marks || dsr_gateway_vip(p->map, skb)))
		dsr_hook_decide(p, DSR_REASON_NOT_OURS);
	return DSR_REASON_NOT_OURS;
}

/* ICMP that makes no flow; neighbours may ask the virtual address itself. */
static noinline enum dsr_reason dsr_hook_other(const struct dsr_passage *p,
					       struct sk_buff *skb)
{
	if (p->vip && p->vip->family == AF_INET6 &&
	    dsr_announce_solicited(&p->dn->announce, p->map, skb))
		return DSR_REASON_NEIGH_ANSWERED;
	return dsr_hook_leave(p, skb);
}

static enum dsr_reason dsr_hook_flow(struct dsr_passage *p, struct sk_buff *skb)
{
	const struct dsr_view *view = dsr_hook_view(p);

	return likely(view) ? dsr_hook_balance(p, view, skb) :
			      dsr_hook_leave(p, skb);
}

/* The service that an echo request goes to, NULL if it is to be answered. */
static const struct dsr_view *dsr_hook_echo_view(const struct dsr_passage *p)
{
	if (p->marked)
		return READ_ONCE(p->marked->service->opt.echo) ==
		       DSR_ECHO_FORWARD ? p->marked : NULL;
	return p->vip ? dsr_map_echo(p->map, p->vip) : NULL;
}

static noinline enum dsr_reason dsr_hook_echo(struct dsr_passage *p,
					      struct sk_buff *skb)
{
	const struct dsr_view *view = dsr_hook_echo_view(p);

	if (view)
		return dsr_hook_balance(p, view, skb);
	if (dsr_hook_ours(p) && dsr_echo_answer(p->dn->net, skb, &p->pkt))
		return DSR_REASON_ECHO_ANSWERED;
	return dsr_hook_leave(p, skb);
}

/* Whether a flow is made of echo requests: no other flow is of ICMP. */
static bool dsr_hook_is_echo(const struct dsr_tuple *tuple)
{
	return tuple->protocol == (tuple->family == AF_INET ? IPPROTO_ICMP :
							      IPPROTO_ICMPV6);
}

/* An ICMP error goes to the server that has the flow. */
noinline enum dsr_reason dsr_hook_error(struct dsr_passage *p,
					struct sk_buff *skb)
{
	const struct dsr_tuple *tuple = &p->pkt.tuple;

	p->server = dsr_affinity_owner(p->dn, dsr_hook_is_echo(tuple) ?
				       dsr_hook_echo_view(p) : dsr_hook_view(p),
				       tuple);
	if (!p->server || READ_ONCE(p->server->down))
		return dsr_hook_ours(p) ? DSR_REASON_ICMP_UNMATCHED :
					  DSR_REASON_NOT_OURS;
	return dsr_hook_send(p, skb);
}

/* A packet from a virtual address may be a reply; not-ours if it is not. */
static noinline unsigned int dsr_hook_reply(struct dsr_passage *p,
					    struct sk_buff *skb,
					    enum dsr_parse what)
{
	const struct dsr_vip *from = dsr_gateway_vip(p->map, skb);
	enum dsr_reason reason;

	if (!from)
		return DSR_REASON_NOT_OURS;
	if (nf_bridge_in_prerouting(skb)) {
		dsr_gateway_receive(skb);
		return DSR_HOOK_HELD;
	}
	if (what == DSR_PARSE_FRAGMENT)
		return dsr_hook_fragment(p, skb, true);
	if (!dsr_gateway_match(p->dn, p->map, from, skb, &p->pkt, what,
			       &p->service, &p->server))
		return DSR_REASON_NOT_OURS;
	reason = dsr_gateway_route(p->dn->net, skb, p->server);
	if (p->pkt.first)
		dsr_hook_decide(p, reason);
	return reason;
}

/* What happens to a packet that may be a service's. */
static unsigned int dsr_hook_passage(struct dsr_passage *p, struct sk_buff *skb,
				     enum dsr_parse what)
{
	switch (what) {
	case DSR_PARSE_FLOW:
		return dsr_hook_flow(p, skb);
	case DSR_PARSE_FRAGMENT:
		return dsr_hook_fragment(p, skb, false);
	case DSR_PARSE_ECHO:
		return dsr_hook_echo(p, skb);
	case DSR_PARSE_ERROR:
		return dsr_hook_error(p, skb);
	case DSR_PARSE_OTHER:
		return dsr_hook_other(p, skb);
	default:
		/* What the parser came to see of it is not told. */
		memset(&p->pkt.tuple, 0, sizeof(p->pkt.tuple));
		return dsr_hook_ours(p) ? DSR_REASON_MALFORMED :
					  DSR_REASON_NOT_OURS;
	}
}

/*
 * Whether what comes by a device without neighbours has been looked at before:
 * by LOCAL_OUT, or as it came by a device of the VRF that this one stands for.
 */
static noinline bool dsr_hook_repeats(const struct net_device *dev)
{
	return dev->flags & IFF_LOOPBACK || netif_is_l3_master(dev);
}

/*
 * A frame that was broadcast reached the other machines too, and what has been
 * looked at before was decided then: neither is balanced. Nor is what
 * br_netfilter shows us of a bridge's traffic between other machines: it is
 * marked as for this host, whosever MAC address it has.
 */
static bool dsr_hook_eligible(const struct sk_buff *skb)
{
	return skb->pkt_type == PACKET_HOST &&
	       likely(!(skb->dev->flags & (IFF_LOOPBACK | IFF_NOARP)) ||
		      !dsr_hook_repeats(skb->dev)) &&
	       (!nf_bridge_in_prerouting(skb) ||
		ether_addr_equal(eth_hdr(skb)->h_dest, skb->dev->dev_addr));
}

/* For a packet from a queue to userspace, which comes in process context. */
static noinline unsigned int dsr_hook_not_ours_queued(const struct dsr_net *dn)
{
	local_bh_disable();
	dsr_stats_packet(dn->stats, DSR_REASON_NOT_OURS);
	local_bh_enable();
	return NF_ACCEPT;
}

/* The way of all other traffic, with as little as can be. */
static __always_inline unsigned int dsr_hook_not_ours(const struct dsr_net *dn)
{
	if (unlikely(!softirq_count()))
		return dsr_hook_not_ours_queued(dn);
	dsr_stats_packet(dn->stats, DSR_REASON_NOT_OURS);
	return NF_ACCEPT;
}

/* Such a packet was counted then, if it was looked at by its address too. */
static noinline unsigned int dsr_hook_ineligible(const struct dsr_net *dn,
						 const struct dsr_vip *vip,
						 const struct sk_buff *skb)
{
	return dsr_hook_repeats(skb->dev) &&
	       (vip || !(skb->dev->flags & IFF_LOOPBACK)) ?
	       NF_ACCEPT : dsr_hook_not_ours(dn);
}

/*
 * A packet that may be a service's. A namespace that balances by firewall marks
 * has all its packets come here: fragments and ICMP errors have no mark. So has
 * one that routes replies.
 */
static noinline unsigned int
dsr_hook(struct dsr_net *dn, const struct dsr_map *map,
	 const struct dsr_vip *vip, struct sk_buff *skb,
	 const struct nf_hook_state *state)
{
	/* As a packet from a queue to userspace does. */
	const bool in_process = !softirq_count();
	struct dsr_passage p __uninitialized;
	unsigned int reason;
	enum dsr_parse what;

	if (unlikely(!dsr_hook_eligible(skb)))
		return dsr_hook_ineligible(dn, vip, skb);
	if (unlikely(in_process))
		local_bh_disable();
	dsr_hook_enter(&p, dn, map, vip, skb);
	p.okfn = state->okfn;

	what = dsr_hook_parse(skb, &p.pkt, state->pf);
	reason = DSR_REASON_NOT_OURS;
	if (unlikely(!vip && map->gateway))
		reason = dsr_hook_reply(&p, skb, what);
	if (likely(reason == DSR_REASON_NOT_OURS))
		reason = dsr_hook_passage(&p, skb, what);
	if (likely(reason != DSR_HOOK_HELD))
		dsr_hook_count(&p, reason);
	if (unlikely(in_process))
		local_bh_enable();
	return likely(reason == DSR_REASON_FORWARDED) ? NF_STOLEN :
	       dsr_hook_verdict(&p, skb, reason);
}

/**
 * dsr_hook_early() - a packet that may be a service's comes by another hook
 * @dn: the namespace
 * @map: its services
 * @vip: the virtual address that the packet is for, or NULL
 * @skb: the packet, not shared, as it would come to PRE_ROUTING
 * @pf: NFPROTO_IPV4 or NFPROTO_IPV6
 *
 * What plainly is a packet of a service is balanced, and counted; fragments and
 * ICMP, what has been balanced before, what may be for this machine, and what
 * there is no service for, are for PRE_ROUTING.
 *
 * Context: bottom halves disabled, under RCU.
 * Return: a verdict, NF_ACCEPT for a packet that was left alone.
 */
unsigned int dsr_hook_early(struct dsr_net *dn, const struct dsr_map *map,
			    const struct dsr_vip *vip, struct sk_buff *skb,
			    u8 pf)
{
	const struct dsr_view *view;
	struct dsr_passage p __uninitialized;
	enum dsr_reason reason;

	dsr_hook_enter(&p, dn, map, vip, skb);
	if (!dsr_hook_ours(&p) ||
	    dsr_hook_parse(skb, &p.pkt, pf) != DSR_PARSE_FLOW || p.pkt.first)
		return NF_ACCEPT;
	view = dsr_hook_view(&p);
	if (!view || view->local || dsr_hook_guarded(&p, view, skb))
		return NF_ACCEPT;
	reason = dsr_hook_serve(&p, view, skb);
	/* An older service's flow, which comes by PRE_ROUTING again. */
	if (unlikely(reason == DSR_REASON_LOCAL))
		return NF_ACCEPT;
	dsr_hook_count(&p, reason);
	return dsr_hook_verdict(&p, skb, reason);
}

static unsigned int dsr_hook_ipv4(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	struct dsr_net *dn = priv;
	const struct dsr_map *map = rcu_dereference(dn->map);
	const struct dsr_vip *vip;

	if (unlikely(!map))
		return dsr_hook_not_ours(dn);
	vip = dsr_map_vip4(map, ip_hdr(skb)->daddr);
	if (likely(!vip && !map->wide))
		return dsr_hook_not_ours(dn);
	return dsr_hook(dn, map, vip, skb, state);
}

/* The twin of dsr_hook_ipv4(). */
static unsigned int dsr_hook_ipv6(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	struct dsr_net *dn = priv;
	const struct dsr_map *map = rcu_dereference(dn->map);
	const struct dsr_vip *vip;

	if (unlikely(!map))
		return dsr_hook_not_ours(dn);
	vip = dsr_map_vip6(map, &ipv6_hdr(skb)->daddr);
	if (likely(!vip && !map->wide))
		return dsr_hook_not_ours(dn);
	return dsr_hook(dn, map, vip, skb, state);
}

/* Registration */

/**
 * dsr_hook_register() - let a namespace's packets in
 * @dn: the namespace
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: 0 or -errno.
 */
int dsr_hook_register(struct dsr_net *dn)
{
	static const struct nf_hook_ops ops[DSR_HOOKS] = {
		{
			.hook		= dsr_hook_ipv4,
			.pf		= NFPROTO_IPV4,
			.hooknum	= NF_INET_PRE_ROUTING,
			.priority	= DSR_HOOK_PRIORITY,
		}, {
			.hook		= dsr_hook_ipv6,
			.pf		= NFPROTO_IPV6,
			.hooknum	= NF_INET_PRE_ROUTING,
			.priority	= DSR_HOOK_PRIORITY,
		},
	};
	unsigned int i;

	BUILD_BUG_ON(NF_IP_PRI_RAW != (int)NF_IP6_PRI_RAW);
	for (i = 0; i < DSR_HOOKS; i++) {
		dn->hooks[i] = ops[i];
		dn->hooks[i].priv = dn;
	}
	return nf_register_net_hooks(dn->net, dn->hooks, DSR_HOOKS);
}

/**
 * dsr_hook_unregister() - let no more packets in
 * @dn: the namespace; packets that are on their way are so under RCU
 *
 * Context: process, may sleep, under the configuration mutex.
 */
void dsr_hook_unregister(struct dsr_net *dn)
{
	nf_unregister_net_hooks(dn->net, dn->hooks, DSR_HOOKS);
}

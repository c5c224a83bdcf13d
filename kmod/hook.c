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
#include "kmod/hook.h"
#include "kmod/parse.h"
#include "kmod/xmit.h"

/*
 * After the raw table, so that the administrator's rules there come first, and
 * before conntrack, which would keep half a connection for each flow.
 */
#define DSR_HOOK_PRIORITY	(NF_IP_PRI_RAW + 1)

/* Parse with as much of the packet in one piece as that takes. */
static enum dsr_parse dsr_hook_parse(struct sk_buff *skb,
				     struct dsr_packet *pkt)
{
	enum dsr_parse what;

	what = dsr_parse_ipv4(skb->data, skb_headlen(skb), skb->len, pkt);
	if (likely(what != DSR_PARSE_SHORT))
		return what;
	if (!pskb_may_pull(skb, pkt->need))
		return DSR_PARSE_MALFORMED;
	return dsr_parse_ipv4(skb->data, skb_headlen(skb), skb->len, pkt);
}

/* A server for a new flow, or NULL. */
static struct dsr_server *dsr_hook_pick(const struct dsr_view *view, u64 hash)
{
	unsigned int first, i;

	if (unlikely(!view->sched))
		return NULL;
	first = view->sched->ops->pick(view->sched, hash);
	if (likely(dsr_server_ready(view->server[first])))
		return view->server[first];

	/* A next hop has just been lost; the new view is on its way. */
	for (i = first + 1; i < first + view->n; i++)
		if (dsr_server_ready(view->server[i % view->n]))
			return view->server[i % view->n];
	return NULL;
}

/*
 * Whether a flow stays with its server, be it only to wait for it. It does not
 * if that is lost and the view knows: until then the other servers may be
 * about to be found lost too.
 */
static bool dsr_hook_keeps(const struct dsr_view *view,
			   const struct dsr_server *server)
{
	u8 state = READ_ONCE(server->nexthop.state);
	unsigned int i;

	if (likely(state == DSR_NEXTHOP_STATE_READY) ||
	    state == DSR_NEXTHOP_STATE_RESOLVING)
		return true;
	for (i = 0; i < view->n; i++)
		if (view->server[i] == server)
			return true;
	return false;
}

/* Give a flow a server; @old is the one that it cannot stay with, if any. */
static struct dsr_server *dsr_hook_assign(struct dsr_net *dn,
					  struct dsr_flow_table *flows,
					  const struct dsr_view *view,
					  const struct dsr_packet *pkt,
					  u64 hash, u32 now, u32 old)
{
	struct dsr_server *server = dsr_hook_pick(view, hash);
	u32 id;

	if (unlikely(!server))
		return NULL;
	id = server->id;
	if (unlikely(!dsr_flow_assign(flows, pkt, hash, now, old, &id)))
		return dsr_server_lookup(&dn->servers, id);
	dsr_stats_flow_begun(server->stats);
	dsr_stats_flow_begun(view->service->stats);
	return server;
}

/* The server of a packet's flow, which is made if there is none. */
static struct dsr_server *dsr_hook_server(struct dsr_net *dn,
					  const struct dsr_view *view,
					  const struct dsr_packet *pkt)
{
	struct dsr_flow_table *flows = rcu_dereference(dn->flows);
	struct dsr_server *server;
	u32 now = dsr_flow_now();
	u64 hash;
	u32 id;

	if (unlikely(!flows))
		return NULL;
	hash = dsr_tuple_hash(&pkt->tuple, &flows->key);
	id = dsr_flow_lookup(flows, pkt, hash, now);
	if (likely(id != DSR_SERVER_NONE)) {
		server = dsr_server_lookup(&dn->servers, id);
		if (likely(server && dsr_hook_keeps(view, server)))
			return server;
	}
	return dsr_hook_assign(dn, flows, view, pkt, hash, now, id);
}

/* Send a packet of a service; on return it is consumed or still the caller's. */
static enum dsr_reason dsr_hook_balance(struct dsr_net *dn,
					const struct dsr_view *view,
					const struct dsr_packet *pkt,
					struct sk_buff *skb)
{
	unsigned int bytes = skb->len;
	const struct dsr_path *path;
	struct dsr_server *server;
	enum dsr_reason reason;

	server = dsr_hook_server(dn, view, pkt);
	if (unlikely(!server))
		return DSR_REASON_NO_SERVER;
	path = rcu_dereference(server->nexthop.path);
	if (unlikely(!path))
		return DSR_REASON_NO_NEXTHOP;

	reason = dsr_xmit(skb, path);
	if (likely(reason == DSR_REASON_FORWARDED)) {
		dsr_stats_forwarded(server->stats, bytes);
		dsr_stats_forwarded(view->service->stats, bytes);
	}
	return reason;
}

/* What happens to a packet for a virtual address. */
static enum dsr_reason dsr_hook_vip(struct dsr_net *dn,
				    const struct dsr_map *map,
				    const struct dsr_vip *vip,
				    struct sk_buff *skb)
{
	const struct dsr_view *view;
	struct dsr_packet pkt;

	switch (dsr_hook_parse(skb, &pkt)) {
	case DSR_PARSE_FLOW:
		break;
	case DSR_PARSE_OTHER:
		return DSR_REASON_NOT_OURS;
	case DSR_PARSE_FRAGMENT:
		return DSR_REASON_FRAGMENT;
	default:
		return DSR_REASON_MALFORMED;
	}
	view = dsr_map_lookup(map, vip, &pkt.tuple);
	if (!view)
		return DSR_REASON_NOT_OURS;
	return dsr_hook_balance(dn, view, &pkt, skb);
}

static unsigned int dsr_hook_verdict(enum dsr_reason reason)
{
	switch (reason) {
	case DSR_REASON_NOT_OURS:
	case DSR_REASON_FRAGMENT:
		return NF_ACCEPT;
	case DSR_REASON_FORWARDED:
	case DSR_REASON_XMIT_FAILED:
		return NF_STOLEN;
	default:
		return NF_DROP;
	}
}

/*
 * A frame that was broadcast reached the other machines too, and what comes
 * by the loopback device is the director's own: neither is balanced. Nor is
 * what br_netfilter shows us of a bridge's traffic between other machines: it
 * is marked as for this host, whosever MAC address it has.
 */
static bool dsr_hook_eligible(const struct sk_buff *skb)
{
	return skb->pkt_type == PACKET_HOST &&
	       !(skb->dev->flags & IFF_LOOPBACK) &&
	       (!nf_bridge_in_prerouting(skb) ||
		ether_addr_equal(eth_hdr(skb)->h_dest, skb->dev->dev_addr));
}

static unsigned int dsr_hook_ipv4(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	union nf_inet_addr addr = { .ip = ip_hdr(skb)->daddr };
	enum dsr_reason reason = DSR_REASON_NOT_OURS;
	const struct dsr_vip *vip = NULL;
	const struct dsr_map *map;
	struct dsr_net *dn = priv;

	/* Not so when a packet comes back from a queue to userspace. */
	local_bh_disable();
	map = rcu_dereference(dn->map);
	if (likely(map && dsr_hook_eligible(skb)))
		vip = dsr_map_vip(map, AF_INET, &addr);
	if (vip)
		reason = dsr_hook_vip(dn, map, vip, skb);

	dsr_reasons_inc(dn->reasons, reason);
	local_bh_enable();
	return dsr_hook_verdict(reason);
}

/**
 * dsr_hook_register() - let a namespace's packets in
 * @dn: the namespace
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: 0 or -errno.
 */
int dsr_hook_register(struct dsr_net *dn)
{
	dn->hook = (struct nf_hook_ops) {
		.hook		= dsr_hook_ipv4,
		.priv		= dn,
		.pf		= NFPROTO_IPV4,
		.hooknum	= NF_INET_PRE_ROUTING,
		.priority	= DSR_HOOK_PRIORITY,
	};
	return nf_register_net_hook(dn->net, &dn->hook);
}

/**
 * dsr_hook_unregister() - let no more packets in
 * @dn: the namespace; packets that are on their way are so under RCU
 *
 * Context: process, may sleep, under the configuration mutex.
 */
void dsr_hook_unregister(struct dsr_net *dn)
{
	nf_unregister_net_hook(dn->net, &dn->hook);
}

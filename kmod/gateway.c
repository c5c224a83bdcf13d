// SPDX-License-Identifier: GPL-2.0
/*
 * A reply has the virtual address as its source. Where that is this machine's
 * own, the kernel drops it as a martian; where it is routed elsewhere, rp_filter
 * does. So the kernel is asked for its way by the address that its sender has
 * beside that one; all that a router does after it, the kernel does.
 */
#include <net/dst.h>
#include <net/flow_dissector.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>
#include "kmod/gateway.h"

/*
 * The service that a packet is a reply of, or NULL; @asked gets the tuple that
 * it replies to. An ICMP error of a server's quotes just that.
 */
static const struct dsr_view *
dsr_gateway_view(const struct dsr_map *map, const struct dsr_vip *from,
		 const struct dsr_packet *pkt, enum dsr_parse what,
		 struct dsr_packet *asked)
{
	*asked = *pkt;
	swap(asked->tuple.saddr, asked->tuple.daddr);
	swap(asked->tuple.sport, asked->tuple.dport);
	switch (what) {
	case DSR_PARSE_FLOW:
	case DSR_PARSE_ERROR:
		return dsr_map_lookup(map, from, &asked->tuple);
	case DSR_PARSE_OTHER:
		return dsr_map_echo(map, from);
	default:
		return NULL;
	}
}

/* The server that sent a reply: its flow's, or the one with its MAC address. */
static struct dsr_server *dsr_gateway_server(const struct dsr_net *dn,
					     const struct dsr_view *view,
					     const struct dsr_packet *asked,
					     const struct sk_buff *skb)
{
	struct dsr_flow_table *flows = rcu_dereference(dn->flows);
	u32 id = DSR_SERVER_NONE;

	if (flows)
		id = dsr_flow_answer(flows, asked,
				     dsr_tuple_hash_any(&asked->tuple,
							&flows->key),
				     dsr_flow_now());
	return dsr_server_lookup(&dn->servers, id) ?:
	       dsr_view_sender(view, eth_hdr(skb)->h_source);
}

/**
 * dsr_gateway_vip() - the virtual address that a packet is from
 * @map: the services
 * @skb: the packet, from the IP header on
 *
 * Context: under RCU.
 * Return: the longest virtual prefix that has its source, or NULL.
 */
const struct dsr_vip *dsr_gateway_vip(const struct dsr_map *map,
				      const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IPV6) ?
	       dsr_map_vip6(map, &ipv6_hdr(skb)->saddr) :
	       dsr_map_vip4(map, ip_hdr(skb)->saddr);
}

/**
 * dsr_gateway_match() - whether a packet is a reply, and whose
 * @dn: the namespace
 * @map: its services
 * @from: the virtual address that the packet is from
 * @skb: the packet
 * @pkt: the same
 * @what: what the parser found it to be
 * @service: on return, the service that it is of
 * @server: on return, its server, or NULL if it is not known which it is
 *
 * Its flow is followed.
 *
 * Context: bottom halves disabled, under RCU.
 * Return: true if it is a reply of a service whose gateway this machine is.
 */
bool dsr_gateway_match(struct dsr_net *dn, const struct dsr_map *map,
		       const struct dsr_vip *from, const struct sk_buff *skb,
		       const struct dsr_packet *pkt, enum dsr_parse what,
		       struct dsr_service **service, struct dsr_server **server)
{
	const struct dsr_view *view;
	struct dsr_packet asked;

	view = dsr_gateway_view(map, from, pkt, what, &asked);
	if (!view || !view->gateway || !dsr_guard_suspects(view->guard, skb) ||
	    !(dsr_guard_find(view->guard, eth_hdr(skb)->h_source) &
	      DSR_GUARD_SERVER))
		return false;
	*server = dsr_gateway_server(dn, view, &asked, skb);
	*service = *server ? (*server)->service : view->service;
	return true;
}

/**
 * dsr_gateway_receive() - have a bridge's device receive a packet
 * @skb: the packet, from the IP header on, for that device; consumed
 *
 * For what br_netfilter shows of a packet that may be a reply: it would lose
 * the route that it is given, and not be shown again. As if there were no
 * br_netfilter, it is received, and comes by PRE_ROUTING as any packet does.
 *
 * Context: bottom halves disabled.
 */
void dsr_gateway_receive(struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	skb_ext_del(skb, SKB_EXT_BRIDGE_NF);
#endif
	nf_reset_ct(skb);
	netif_receive_skb(skb);
}

/* Of a server that is known by an IPv6 address alone, the source is checked. */
static bool dsr_gateway_route4(struct sk_buff *skb,
			       const struct dsr_server *server)
{
	const struct iphdr *iph = ip_hdr(skb);
	__be32 saddr = iph->saddr;

	if (server && server->nexthop.family == AF_INET)
		saddr = server->nexthop.addr.ip;
	if (dsr_ip_route_input(skb, iph, saddr))
		return false;
	/* Whoever is told of a shorter way cannot take it with one arm. */
	IPCB(skb)->flags &= ~IPSKB_DOREDIRECT;
	return true;
}

static bool dsr_gateway_is_local6(const struct dst_entry *dst)
{
	return container_of(dst, struct rt6_info, dst)->rt6i_flags & RTF_LOCAL;
}

/* The twin of dsr_gateway_route4(): here no source is a martian. */
static void dsr_gateway_route6(struct net *net, struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	struct flowi6 fl6 = {
		.flowi6_iif	= skb->dev->ifindex,
		.daddr		= ip6h->daddr,
		.saddr		= ip6h->saddr,
		.flowlabel	= ip6_flowinfo(ip6h),
		.flowi6_mark	= skb->mark,
		.flowi6_proto	= ip6h->nexthdr,
	};
	struct flow_keys keys;

	/* Only if there are rules that go by ports. */
	fib6_rules_early_flow_dissect(net, skb, &fl6, &keys);
	skb_dst_set(skb, ip6_route_input_lookup(net, skb->dev, &fl6, skb,
						RT6_LOOKUP_F_HAS_SADDR));
	/*
	 * As if it were routed by its source, which is all that forwarding
	 * looks at before it redirects. A socket would believe it.
	 */
	if (!dsr_gateway_is_local6(skb_dst(skb)))
		IP6CB(skb)->srcrt = 1;
}

/* Whether the kernel goes on with a packet by the route that it has. */
static bool dsr_gateway_leads(struct net *net, const struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);

	if (dst->error)
		return false;
	return skb->protocol == htons(ETH_P_IP) || dsr_gateway_is_local6(dst) ||
	       READ_ONCE(net->ipv6.devconf_all->forwarding);
}

/**
 * dsr_gateway_route() - give a reply its way on to the client
 * @net: the network namespace
 * @skb: the reply, from the IP header on, not shared, by the device that it
 *	came by
 * @server: its server, or NULL if it is not known which it is
 *
 * Conntrack sees only these packets of the connection, and would call them
 * invalid, so it is told not to look.
 *
 * Context: bottom halves disabled, under RCU until the kernel has gone on.
 * Return: DSR_REASON_REPLY, or _REPLY_LOST if there is none.
 */
enum dsr_reason dsr_gateway_route(struct net *net, struct sk_buff *skb,
				  const struct dsr_server *server)
{
	skb_dst_drop(skb);
	nf_reset_ct(skb);
	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
	if (skb->protocol == htons(ETH_P_IPV6))
		dsr_gateway_route6(net, skb);
	else if (!dsr_gateway_route4(skb, server))
		return DSR_REASON_REPLY_LOST;
	return dsr_gateway_leads(net, skb) ? DSR_REASON_REPLY :
					     DSR_REASON_REPLY_LOST;
}

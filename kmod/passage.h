/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One packet's way, for the hooks that it may come by.
 */
#ifndef DSR_PASSAGE_H
#define DSR_PASSAGE_H

#include "kmod/affinity.h"
#include "kmod/trace.h"

/*
 * After the raw table, so that the administrator's rules there come first, and
 * before conntrack, which would keep half a connection for each flow. The same
 * number in both families.
 */
#define DSR_HOOK_PRIORITY	(NF_IP_PRI_RAW + 1)

/* Not a reason: the packet waits, or comes again, and is counted then. */
#define DSR_HOOK_HELD		DSR_REASON_COUNT

/**
 * struct dsr_passage - one packet's way through the hook
 * @dn: the namespace
 * @map: its services
 * @vip: the virtual address that the packet is for, or NULL
 * @marked: the service of its firewall mark, or NULL
 * @pkt: what the parser found
 * @service: the service that the packet is for, once it is known
 * @server: the server that it goes to, once it is known
 * @why: the reason, if it does not go to any
 * @bytes: its length when it came
 * @okfn: what the kernel would do with it next; unused at ingress, where no
 *	fragment is let go
 */
struct dsr_passage {
	struct dsr_net		*dn;
	const struct dsr_map	*map;
	const struct dsr_vip	*vip;
	const struct dsr_view	*marked;
	struct dsr_packet	pkt;
	struct dsr_service	*service;
	struct dsr_server	*server;
	enum dsr_reason		why;
	unsigned int		bytes;
	int			(*okfn)(struct net *net, struct sock *sk,
					struct sk_buff *skb);
};

/* Whose counters a packet's are: the innermost that is known. */
static inline struct dsr_stats __percpu *
dsr_hook_whose(const struct dsr_passage *p)
{
	return p->server ? p->server->stats :
	       p->service ? p->service->stats : p->dn->stats;
}

/* The one place where packets are counted, and each is once: see stats.h. */
static __always_inline void dsr_hook_count(const struct dsr_passage *p,
					   enum dsr_reason reason)
{
	if (likely(reason == DSR_REASON_FORWARDED))
		dsr_stats_served(p->server->stats, DSR_REASON_FORWARDED,
				 p->bytes);
	else if (reason == DSR_REASON_LOCAL)
		dsr_stats_served(p->server->stats, reason, p->bytes);
	else if (reason == DSR_REASON_REPLY)
		dsr_stats_reply(dsr_hook_whose(p), p->bytes);
	else
		dsr_stats_packet(dsr_hook_whose(p), reason);
	trace_dsr_packet(&p->pkt.tuple, p->server, reason);
}

/* The service of a packet of a flow, or NULL. */
static __always_inline const struct dsr_view *
dsr_hook_view(const struct dsr_passage *p)
{
	if (unlikely(p->marked || !p->vip))
		return p->marked;
	return dsr_map_lookup(p->map, p->vip, &p->pkt.tuple);
}

/*
 * A packet that may be a service's begins its way. All is set here, but what
 * the parser sets: the passage is not cleared, which would take as long.
 */
static __always_inline void dsr_hook_enter(struct dsr_passage *p,
					   struct dsr_net *dn,
					   const struct dsr_map *map,
					   const struct dsr_vip *vip,
					   const struct sk_buff *skb)
{
	p->dn = dn;
	p->map = map;
	p->vip = vip;
	p->marked = NULL;
	if (unlikely(map->n_marks && skb->mark))
		p->marked = dsr_map_mark(map, skb->mark);
	p->service = NULL;
	p->server = NULL;
	p->why = DSR_REASON_NO_SERVER;
	p->bytes = skb->len;
}

enum dsr_parse dsr_hook_pull(struct sk_buff *skb, struct dsr_packet *pkt,
			     u8 pf);
enum dsr_reason dsr_hook_schedule(struct dsr_passage *p,
				  const struct dsr_view *view,
				  struct sk_buff *skb);
enum dsr_reason dsr_hook_error(struct dsr_passage *p, struct sk_buff *skb);
unsigned int dsr_hook_verdict(const struct dsr_passage *p,
			      const struct sk_buff *skb, unsigned int reason);

static __always_inline enum dsr_parse
dsr_hook_classify(const struct sk_buff *skb, struct dsr_packet *pkt, u8 pf)
{
	return pf == NFPROTO_IPV4 ?
	       dsr_parse_ipv4(skb->data, skb_headlen(skb), skb->len, pkt) :
	       dsr_parse_ipv6(skb->data, skb_headlen(skb), skb->len, pkt);
}

/* What a packet is. */
static __always_inline enum dsr_parse
dsr_hook_parse(struct sk_buff *skb, struct dsr_packet *pkt, u8 pf)
{
	enum dsr_parse what = dsr_hook_classify(skb, pkt, pf);

	return unlikely(what == DSR_PARSE_SHORT) ?
	       dsr_hook_pull(skb, pkt, pf) : what;
}

#endif /* DSR_PASSAGE_H */

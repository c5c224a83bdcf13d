/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which server a packet's flow has, or gets.
 */
#ifndef DSR_AFFINITY_H
#define DSR_AFFINITY_H

#include "kmod/pernet.h"

/* What dsr_affinity_server() asks for a few times in a flow's life. */
struct dsr_server *dsr_affinity_assign(const struct dsr_net *dn,
				       struct dsr_flow_table *flows,
				       const struct dsr_view *view,
				       const struct dsr_packet *pkt, u64 hash,
				       u32 now, u32 old, enum dsr_reason *why);
/* And with each packet of a client that stays. */
void dsr_affinity_see_client(struct dsr_flow_table *flows,
			     const struct dsr_view *view,
			     const struct dsr_packet *pkt, u32 now);

struct dsr_server *dsr_affinity_owner(const struct dsr_net *dn,
				      const struct dsr_view *view,
				      const struct dsr_tuple *tuple);

/* The server with an id, if a flow can stay with it, or NULL. */
static __always_inline struct dsr_server *
dsr_affinity_kept(const struct dsr_net *dn, const struct dsr_view *view, u32 id)
{
	struct dsr_server *server = dsr_server_lookup(&dn->servers, id);

	return likely(server && dsr_view_keeps(view, server)) ? server : NULL;
}

/**
 * dsr_affinity_server() - the server of a packet's flow, which is made if there
 *	is none
 * @dn: the namespace
 * @view: the service that the packet is for
 * @pkt: the packet
 * @why: on return, the reason if the service does not want the packet; left as
 *	it is if no server takes it
 *
 * Context: bottom halves disabled, under RCU.
 * Return: the server, or NULL.
 */
static __always_inline struct dsr_server *
dsr_affinity_server(const struct dsr_net *dn, const struct dsr_view *view,
		    const struct dsr_packet *pkt, enum dsr_reason *why)
{
	struct dsr_flow_table *flows = rcu_dereference(dn->flows);
	struct dsr_server *server;
	u32 now = dsr_flow_now();
	u64 hash;
	u32 id;

	if (unlikely(!flows))
		return NULL;
	if (unlikely(view->sessionless))
		return dsr_view_pick(view, &pkt->tuple);
	hash = dsr_tuple_hash(&pkt->tuple, &flows->key);
	id = dsr_flow_lookup(flows, pkt, hash, now);
	if (likely(id != DSR_SERVER_NONE)) {
		server = dsr_affinity_kept(dn, view, id);
		if (likely(server)) {
			if (unlikely(view->persist))
				dsr_affinity_see_client(flows, view, pkt, now);
			return server;
		}
	}
	return dsr_affinity_assign(dn, flows, view, pkt, hash, now, id, why);
}

#endif /* DSR_AFFINITY_H */

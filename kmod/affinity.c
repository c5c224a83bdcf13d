// SPDX-License-Identifier: GPL-2.0
/*
 * Which server a flow gets: of a new flow, of one that has lost its server, of
 * one that is under way and that nobody knows; and of clients that stay.
 */
#include <linux/in.h>
#include <net/tcp.h>
#include "kmod/affinity.h"

/* Whether a packet is of a TCP connection that it does not begin. */
static bool dsr_affinity_midway(const struct dsr_packet *pkt)
{
	return pkt->tuple.protocol == IPPROTO_TCP &&
	       (pkt->tcp_flags & (TCPHDR_SYN | TCPHDR_ACK)) != TCPHDR_SYN;
}

static struct dsr_server *dsr_affinity_schedule(const struct dsr_view *view,
						const struct dsr_tuple *tuple,
						bool by_hash)
{
	return by_hash ? dsr_view_by_hash(view, tuple) :
			 dsr_view_pick(view, tuple);
}

/* Have a flow, or a client, be @server's; @old is the one that it had. */
static struct dsr_server *dsr_affinity_place(const struct dsr_net *dn,
					     struct dsr_flow_table *flows,
					     const struct dsr_view *view,
					     const struct dsr_packet *pkt,
					     u64 hash, u32 now, u32 old,
					     struct dsr_server *server)
{
	u32 id = server->id;

	switch (dsr_flow_assign(flows, pkt, hash, now, old, &id)) {
	case DSR_FLOW_FOUND:
		return dsr_server_lookup(&dn->servers, id);
	case DSR_FLOW_UNPLACED:
		if (!pkt->tuple.client)
			dsr_stats_flow_unplaced(view->service->stats);
		return dsr_view_by_hash(view, &pkt->tuple);
	default:
		return server;
	}
}

/* What names a packet's client; returns its hash. */
static u64 dsr_affinity_client(const struct dsr_flow_table *flows,
			       const struct dsr_view *view,
			       const struct dsr_packet *pkt,
			       struct dsr_packet *client)
{
	client->tcp_flags = 0;
	dsr_service_client(view->service, &pkt->tuple, &client->tuple);
	return dsr_tuple_hash_any(&client->tuple, &flows->key);
}

/* The server that a client stays with, which it gets if it has none. */
static struct dsr_server *
dsr_affinity_client_server(const struct dsr_net *dn,
			   struct dsr_flow_table *flows,
			   const struct dsr_view *view,
			   const struct dsr_packet *pkt, u32 now, bool by_hash)
{
	struct dsr_packet client;
	u64 hash = dsr_affinity_client(flows, view, pkt, &client);
	u32 id = dsr_flow_lookup(flows, &client, hash, now);
	struct dsr_server *server = dsr_server_lookup(&dn->servers, id);

	if (server && dsr_view_schedules(view, server))
		return server;
	server = dsr_affinity_schedule(view, &pkt->tuple, by_hash);
	return server ? dsr_affinity_place(dn, flows, view, &client, hash, now,
					   id, server) : NULL;
}

void dsr_affinity_see_client(struct dsr_flow_table *flows,
			     const struct dsr_view *view,
			     const struct dsr_packet *pkt, u32 now)
{
	struct dsr_packet client;
	u64 hash = dsr_affinity_client(flows, view, pkt, &client);

	dsr_flow_lookup(flows, &client, hash, now);
}

/*
 * A server for a flow without one, or NULL if the service does not want a
 * connection that is under way. @old is the server that it had and cannot stay
 * with, if any.
 */
static struct dsr_server *dsr_affinity_choose(const struct dsr_net *dn,
					      struct dsr_flow_table *flows,
					      const struct dsr_view *view,
					      const struct dsr_packet *pkt,
					      u32 now, u32 old,
					      enum dsr_reason *why)
{
	bool lost = old != DSR_SERVER_NONE, by_hash = false;

	if (unlikely(dsr_affinity_midway(pkt))) {
		if (lost ? view->lost != DSR_LOST_RESCHEDULE :
			   view->midflow != DSR_MIDFLOW_HASH) {
			*why = lost ? DSR_REASON_FLOW_LOST :
				      DSR_REASON_FLOW_UNKNOWN;
			return NULL;
		}
		by_hash = !lost;
	}
	if (unlikely(view->persist))
		return dsr_affinity_client_server(dn, flows, view, pkt, now,
						  by_hash);
	return dsr_affinity_schedule(view, &pkt->tuple, by_hash);
}

/* @old is the server that the flow has and cannot stay with, if any. */
struct dsr_server *dsr_affinity_assign(const struct dsr_net *dn,
				       struct dsr_flow_table *flows,
				       const struct dsr_view *view,
				       const struct dsr_packet *pkt, u64 hash,
				       u32 now, u32 old, enum dsr_reason *why)
{
	struct dsr_server *server;

	if (unlikely(old == DSR_SERVER_NONE && dsr_affinity_midway(pkt))) {
		/* The lookup may have missed a flow on its way. */
		old = dsr_flow_owner(flows, &pkt->tuple, hash, now);
		server = dsr_affinity_kept(dn, view, old);
		if (server)
			return server;
	}
	server = dsr_affinity_choose(dn, flows, view, pkt, now, old, why);
	return likely(server) ? dsr_affinity_place(dn, flows, view, pkt, hash,
						   now, old, server) : NULL;
}

/* The server of a flow, or of a client that stays, or NULL. */
static struct dsr_server *dsr_affinity_known(const struct dsr_net *dn,
					     struct dsr_flow_table *flows,
					     const struct dsr_tuple *tuple)
{
	u64 hash = dsr_tuple_hash_any(tuple, &flows->key);

	return dsr_server_lookup(&dn->servers,
				 dsr_flow_owner(flows, tuple, hash,
						dsr_flow_now()));
}

/**
 * dsr_affinity_owner() - the server that has a flow, which is left as it is
 * @dn: the namespace
 * @view: the service that its packets are for, or NULL
 * @tuple: the flow
 *
 * Or the one that a schedule would give it again, where it has been forgotten.
 *
 * Context: bottom halves disabled, under RCU.
 * Return: the server, or NULL if there is none.
 */
struct dsr_server *dsr_affinity_owner(const struct dsr_net *dn,
				      const struct dsr_view *view,
				      const struct dsr_tuple *tuple)
{
	struct dsr_flow_table *flows = rcu_dereference(dn->flows);
	struct dsr_server *server;
	struct dsr_tuple client;

	if (!flows)
		return NULL;
	server = dsr_affinity_known(dn, flows, tuple);
	if (!server && view && view->persist) {
		dsr_service_client(view->service, tuple, &client);
		server = dsr_affinity_known(dn, flows, &client);
	}
	if (!server && view && view->sched && view->sched->ops->by_hash)
		server = dsr_view_by_hash(view, tuple);
	return server;
}

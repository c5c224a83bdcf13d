/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Real servers, and the table that finds one by its id.
 */
#ifndef DSR_SERVER_H
#define DSR_SERVER_H

#include "kmod/nexthop.h"
#include "kmod/stats.h"

/* No server has this id. */
#define DSR_SERVER_NONE		0
/* Bits of an id that are a place in the table. */
#define DSR_SERVER_PLACE_BITS	18
#define DSR_SERVER_PLACES	(1 << DSR_SERVER_PLACE_BITS)
/*
 * Servers that a network namespace may have: place 0 aside, there is room for
 * those of two configurations, one of which takes the other's place.
 */
#define DSR_SERVERS_MAX		131071
/* And a service, so that a schedule names each of them in 16 bits. */
#define DSR_SERVICE_SERVERS_MAX	65535

struct dsr_service;

/**
 * struct dsr_server - a real server of one service
 * @id: its place in the table (the low DSR_SERVER_PLACE_BITS) and the
 *	generation of that place (the others); immutable. A flow names its
 *	server by it, so the flows of a deleted server are recognised without a
 *	walk over them.
 * @down: gets no packets; read by packets
 * @full: has reached @max_flows and not come below @min_flows since; written
 *	by packets
 * @stats: its counters for packets: those of @tally
 * @service: the service; immutable, which outlives the server
 * @nexthop: address and path, which is at its beginning; see there
 * @tally: its counters
 * @max_flows: with so many it gets no new ones; 0 for no limit. Read by
 *	packets.
 * @min_flows: with less it gets new ones again; 0 for @max_flows. Read by
 *	packets.
 * @weight: share of the new flows, under the configuration mutex
 * @share: the weight that it is scheduled by now, 0 if it is not, likewise
 * @since: second in which it came, or came back; 0 while it is not there,
 *	likewise
 * @fallback: gets flows only while no other server can, likewise
 * @list: in the service's list, under the configuration mutex
 * @rcu: frees it
 * @active: its flows in the flow table now; on a cache line of its own, as any
 *	CPU writes it while others read what stands above with each packet
 * @clients: its clients there, of which it is said that they stay with it
 *
 * All that a packet needs is in the first cache line.
 *
 * Reached by readers through a service's view or the server table, both under
 * RCU; freed a grace period after it left both.
 */
struct dsr_server {
	u32				id;
	bool				down;
	bool				full;
	struct dsr_stats __percpu	*stats;
	struct dsr_service		*service;
	struct dsr_nexthop		nexthop;

	struct dsr_tally		*tally;
	u32				max_flows;
	u32				min_flows;
	u32				weight;
	u32				share;
	time64_t			since;
	bool				fallback;
	struct list_head		list;
	struct rcu_head			rcu;
	atomic_t			active ____cacheline_aligned_in_smp;
	atomic_t			clients;
};

/**
 * struct dsr_server_table - the servers of a network namespace by id
 * @rcu: frees it
 * @size: places
 * @slot: server at each place or NULL. Place 0 stays empty.
 *
 * Replaced by a larger one as it fills up.
 */
struct dsr_server_table {
	struct rcu_head			rcu;
	unsigned int			size;
	struct dsr_server __rcu		*slot[];
};

/**
 * struct dsr_server_ids - the table and what hands out its places
 * @table: the table, NULL while it is empty
 * @lock: the namespace's configuration mutex, which guards all of it
 * @n: servers in it
 * @next: the place to try first, so that a place is not soon used again
 * @generation: goes up by one with each round through the places
 */
struct dsr_server_ids {
	struct dsr_server_table __rcu	*table;
	struct mutex			*lock;
	unsigned int			n;
	unsigned int			next;
	u32				generation;
};

struct dsr_server *dsr_server_create(struct dsr_server_ids *ids,
				     struct dsr_service *service,
				     struct dsr_tally *tally, u8 family,
				     const union nf_inet_addr *addr);
void dsr_server_retire(struct dsr_server_ids *ids, struct dsr_server *server);
void dsr_server_destroy(struct dsr_server_ids *ids, struct dsr_server *server);
void dsr_server_ids_exit(struct dsr_server_ids *ids);
void dsr_server_sum(const struct dsr_server *server,
		    struct dsr_stats_sum *sum);

/**
 * dsr_server_lookup() - the server with an id
 * @ids: the table
 * @id: the id
 *
 * Context: under RCU, which is all that keeps the result alive.
 * Return: the server, or NULL if it was deleted.
 */
static inline struct dsr_server *
dsr_server_lookup(const struct dsr_server_ids *ids, u32 id)
{
	struct dsr_server_table *table = rcu_dereference(ids->table);
	struct dsr_server *server;
	u32 place = id & (DSR_SERVER_PLACES - 1);

	if (!table || place >= table->size)
		return NULL;
	server = rcu_dereference(table->slot[place]);
	return server && server->id == id ? server : NULL;
}

/**
 * dsr_server_ready() - whether a server can get packets now
 * @server: the server
 *
 * Context: any.
 * Return: true if so.
 */
static inline bool dsr_server_ready(const struct dsr_server *server)
{
	return dsr_nexthop_usable(READ_ONCE(server->nexthop.state));
}

/**
 * dsr_server_resolving() - whether packets can wait for a server's MAC address
 * @server: the server
 *
 * Context: any.
 * Return: true if so.
 */
static inline bool dsr_server_resolving(const struct dsr_server *server)
{
	return READ_ONCE(server->nexthop.state) ==
	       DSR_NEXTHOP_STATE_RESOLVING;
}

/**
 * dsr_server_is_full() - whether a server would be found full now
 * @server: the server
 *
 * Context: any.
 * Return: true if so.
 */
static inline bool dsr_server_is_full(const struct dsr_server *server)
{
	u32 max = READ_ONCE(server->max_flows), min;

	if (likely(!max))
		return false;
	min = READ_ONCE(server->min_flows) ?: max;
	return (u32)atomic_read(&server->active) >=
	       (READ_ONCE(server->full) ? min(min, max) : max);
}

/**
 * dsr_server_full() - whether a server has all the flows that it may have
 * @server: the server
 *
 * CPUs that ask at one time may each let a flow more in.
 *
 * Context: any.
 * Return: true if so.
 */
static inline bool dsr_server_full(struct dsr_server *server)
{
	bool full;

	if (likely(!READ_ONCE(server->max_flows)))
		return false;
	full = dsr_server_is_full(server);
	if (full != READ_ONCE(server->full))
		WRITE_ONCE(server->full, full);
	return full;
}

/**
 * dsr_server_takes() - whether a server takes new flows now
 * @server: the server, which is in a view
 *
 * Context: any.
 * Return: true if so.
 */
static inline bool dsr_server_takes(struct dsr_server *server)
{
	return dsr_server_ready(server) && !dsr_server_full(server);
}

#endif /* DSR_SERVER_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Virtual services, and what the datapath sees of them.
 *
 * A service is configured through struct dsr_service, under the namespace's
 * configuration mutex. Packets see an immutable struct dsr_view of it, which is
 * replaced as a whole, so that no packet sees half of a change. Counters and
 * flows live outside and stay.
 */
#ifndef DSR_SERVICE_H
#define DSR_SERVICE_H

#include "kmod/role.h"
#include "kmod/peer.h"
#include "kmod/sched.h"
#include "kmod/server.h"

#define DSR_SERVICE_PORTS_MAX	16

/**
 * struct dsr_port_range - some ports of a service
 * @first: the first one, host byte order
 * @last: the last one
 */
struct dsr_port_range {
	u16	first;
	u16	last;
};

/**
 * struct dsr_service_key - what packets belong to a service
 * @addr: virtual address or prefix; an IPv4 address is followed by zeros, a
 *	prefix too
 * @family: AF_INET or AF_INET6; AF_UNSPEC with a firewall mark
 * @protocol: IPPROTO_TCP, _UDP or _SCTP, or 0 for any
 * @prefix_len: bits of @addr that count
 * @n_ports: ranges in @ports; 0 for any port
 * @fwmark: firewall mark in place of all others, or 0
 * @ports: sorted, none touching another, followed by zeros
 *
 * Compared as memory.
 */
struct dsr_service_key {
	union nf_inet_addr	addr;
	u8			family;
	u8			protocol;
	u8			prefix_len;
	u8			n_ports;
	u32			fwmark;
	struct dsr_port_range	ports[DSR_SERVICE_PORTS_MAX];
};

/* Ranges of a key: at least one, as any port is a range too. */
static inline unsigned int dsr_service_ranges(const struct dsr_service_key *key)
{
	return key->n_ports ?: 1;
}

static inline struct dsr_port_range
dsr_service_range(const struct dsr_service_key *key, unsigned int i)
{
	return key->n_ports ? key->ports[i] :
			      (struct dsr_port_range){ 0, U16_MAX };
}

/* Services that a network namespace may have. */
#define DSR_SERVICES_MAX	131071

/* A timeout is kept in 24 bits with a sign. */
#define DSR_TIMEOUT_MAX		8388607
#define DSR_SERVICE_TIMEOUTS	(DSR_FLOW_STATE_PERSIST + 1)

/* Seconds that a flow in each state may be silent unless a service says so. */
extern const u32 dsr_service_timeouts[DSR_SERVICE_TIMEOUTS];

/**
 * struct dsr_service_opt - what can be changed of a service
 * @hash_key: secret of every hash of its packets
 * @sched: its scheduler
 * @timeout: seconds that a flow in each state may be silent, 1 to
 *	DSR_TIMEOUT_MAX, or 0 for DSR_FLOW_STATE_PERSIST; read by packets
 * @echo: enum dsr_echo, read by packets
 * @hash_on: enum dsr_hash_on
 * @sessionless: each packet is scheduled by itself
 * @persist_prefix_len: bits of a client's address that make it this client,
 *	whose timeout is that of DSR_FLOW_STATE_PERSIST; if that is 0, clients
 *	do not stay
 * @lost: enum dsr_lost
 * @midflow: enum dsr_midflow
 * @slow_start: seconds in which a server's share grows to its weight
 * @group: name of its group, followed by zeros
 * @gateway: this machine routes the servers' replies; read by packets
 *
 * Compared as memory: begin with dsr_service_defaults().
 */
struct dsr_service_opt {
	siphash_key_t			hash_key;
	const struct dsr_sched_ops	*sched;
	u32				timeout[DSR_SERVICE_TIMEOUTS];
	u32				slow_start;
	u8				echo;
	u8				hash_on;
	bool				sessionless;
	u8				persist_prefix_len;
	u8				lost;
	u8				midflow;
	char				group[DSR_GROUP_MAX];
	bool				gateway;
};

/**
 * struct dsr_service - a virtual service
 * @key: immutable
 * @stats: its counters for packets that no server got: those of @tally
 * @tally: its counters, with those of its servers
 * @opt: see there
 * @servers: its servers, in the order they came
 * @n_servers: how many
 * @starting: a server has not got its whole share yet
 * @stale: its view could not be brought up to date for want of memory
 * @role: enum dsr_role, that of its group
 * @slot: index of its view in the namespace's map
 * @seen: that view, which packets read under RCU who know the service only by
 *	a server; NULL while it comes or goes
 * @list: in the namespace's list
 * @rcu: frees it
 *
 * What is not said to be otherwise is under the configuration mutex.
 */
struct dsr_service {
	struct dsr_service_key		key;
	struct dsr_stats __percpu	*stats;
	struct dsr_tally		*tally;
	struct dsr_service_opt		opt;
	struct list_head		servers;
	unsigned int			n_servers;
	bool				starting;
	bool				stale;
	u8				role;
	unsigned int			slot;
	struct dsr_view __rcu		*seen;
	struct list_head		list;
	struct rcu_head			rcu;
};

/**
 * struct dsr_view - what packets see of a service
 * @service: whose view this is
 * @sched: gives indexes into @server; NULL if no server takes new flows
 * @guard: who sends what is not balanced: the service's servers, whatever they
 *	are given, and the peers
 * @rcu: frees it
 * @persist: a client's flows go where its first one went
 * @sessionless: each packet is scheduled by itself
 * @lost: enum dsr_lost
 * @midflow: enum dsr_midflow
 * @echo: enum dsr_echo, for the map
 * @starting: a server has not got its whole share yet
 * @gateway: this machine routes the servers' replies
 * @local: a server is this machine, whatever it is given
 * @hash_key: the service's
 * @seed: of each server that is scheduled, for dsr_view_by_hash()
 * @share: the weight that each of them is scheduled by
 * @n: number of servers that are scheduled
 * @n_all: and of those after them, which get flows while none of these can
 * @sender: all servers, whatever they are given, if their replies are routed:
 *	at the end of @server
 * @n_senders: how many
 * @group: the service's, for the map
 * @server: those that have a weight, are up and ready, and then such fallback
 *	servers; the latter alone, if there are no others; or, if there are
 *	neither, those whose neighbour is being resolved
 *
 * Immutable, read under RCU.
 */
struct dsr_view {
	struct dsr_service	*service;
	struct dsr_sched	*sched;
	struct dsr_guard	*guard;
	struct rcu_head		rcu;
	bool			persist;
	bool			sessionless;
	u8			lost;
	u8			midflow;
	u8			echo;
	bool			starting;
	bool			gateway;
	bool			local;
	siphash_key_t		hash_key;
	u64			*seed;
	u32			*share;
	unsigned int		n;
	unsigned int		n_all;
	struct dsr_server	**sender;
	unsigned int		n_senders;
	char			group[DSR_GROUP_MAX];
	struct dsr_server	*server[];
};

/**
 * struct dsr_member - a server as a view is to have it
 * @server: the server
 * @weight: as in struct dsr_server, like those that follow
 * @fallback: likewise
 * @down: likewise
 * @nexthop: how it is reached
 */
struct dsr_member {
	struct dsr_server		*server;
	u32				weight;
	bool				fallback;
	bool				down;
	const struct dsr_nexthop	*nexthop;
};

void dsr_service_defaults(const struct dsr_service_key *key,
			  struct dsr_service_opt *opt);
struct dsr_service *dsr_service_create(const struct dsr_service_key *key,
				       const struct dsr_service_opt *opt,
				       struct dsr_tally *tally);
void dsr_service_configure(struct dsr_service *service,
			   const struct dsr_service_opt *opt);
void dsr_service_destroy(struct dsr_service *service);
void dsr_service_sum(const struct dsr_service *service,
		     struct dsr_stats_sum *sum);
struct dsr_server *dsr_service_find_server(const struct dsr_service *service,
					   u8 family,
					   const union nf_inet_addr *addr);

void dsr_service_client(const struct dsr_service *service,
			const struct dsr_tuple *tuple,
			struct dsr_tuple *client);

struct dsr_member dsr_view_member(struct dsr_server *server);
struct dsr_view *dsr_view_build(struct dsr_service *service,
				const struct dsr_service_opt *opt,
				const struct dsr_member *members,
				unsigned int n, const struct dsr_peers *peers,
				const struct dsr_view *old);
struct dsr_view *dsr_view_create(struct dsr_service *service,
				 const struct dsr_service_opt *opt,
				 const struct dsr_peers *peers,
				 const struct dsr_view *old);
void dsr_view_settle(struct dsr_view *view);
struct dsr_server *dsr_view_pick(const struct dsr_view *view,
				 const struct dsr_tuple *tuple);
struct dsr_server *dsr_view_peek(const struct dsr_view *view,
				 const struct dsr_tuple *tuple);
struct dsr_server *dsr_view_by_hash(const struct dsr_view *view,
				    const struct dsr_tuple *tuple);
bool dsr_view_schedules(const struct dsr_view *view,
			const struct dsr_server *server);
struct dsr_server *dsr_view_sender(const struct dsr_view *view, const u8 *mac);
struct dsr_server *dsr_view_local(const struct dsr_view *view);
bool dsr_view_awaits(const struct dsr_view *view,
		     const struct dsr_server *server);
void dsr_view_destroy(struct dsr_view *view);

/**
 * dsr_view_keeps() - whether a flow stays with its server
 * @view: the view of the service that the flow's packet is for
 * @server: the server
 *
 * Be it only to wait for it. It does not if that is down, or lost and the view
 * knows: until then the other servers may be about to be found lost too.
 *
 * Context: any, under RCU.
 * Return: true if so.
 */
static inline bool dsr_view_keeps(const struct dsr_view *view,
				  const struct dsr_server *server)
{
	if (likely(dsr_server_ready(server) && !READ_ONCE(server->down)))
		return true;
	return dsr_view_awaits(view, server);
}

#endif /* DSR_SERVICE_H */

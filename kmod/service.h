/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Virtual services, and what the datapath sees of them.
 *
 * A service is configured through struct dsr_service, under the namespace's
 * configuration mutex. Packets see an immutable struct dsr_view of it, reached
 * by a struct dsr_map of all services; both are replaced as a whole, so that
 * no packet sees half of a change. Counters and flows live outside and stay.
 */
#ifndef DSR_SERVICE_H
#define DSR_SERVICE_H

#include "kmod/sched.h"
#include "kmod/server.h"
#include "kmod/tuple.h"

/**
 * struct dsr_service_key - what packets belong to a service
 * @addr: virtual address; an IPv4 address is followed by zeros
 * @family: AF_INET
 * @protocol: IPPROTO_TCP or IPPROTO_UDP
 * @port: virtual port, network byte order
 *
 * Compared as memory, which orders keys by address first.
 */
struct dsr_service_key {
	union nf_inet_addr	addr;
	u8			family;
	u8			protocol;
	__be16			port;
};

/**
 * struct dsr_service - a virtual service
 * @key: immutable
 * @stats: counters, written by the hook
 * @sched: its scheduler
 * @servers: its servers, in the order they came
 * @n_servers: how many
 * @stale: its view could not be brought up to date for want of memory
 * @list: in the namespace's list
 * @rcu: frees it
 *
 * What is not said to be otherwise is under the configuration mutex.
 */
struct dsr_service {
	struct dsr_service_key		key;
	struct dsr_stats __percpu	*stats;
	const struct dsr_sched_ops	*sched;
	struct list_head		servers;
	unsigned int			n_servers;
	bool				stale;
	struct list_head		list;
	struct rcu_head			rcu;
};

/**
 * struct dsr_view - what packets see of a service
 * @service: whose view this is
 * @sched: gives indexes into @server; NULL if no server takes new flows
 * @rcu: frees it
 * @n: number of servers
 * @server: those that are ready and have a weight
 *
 * Immutable, read under RCU.
 */
struct dsr_view {
	struct dsr_service	*service;
	struct dsr_sched	*sched;
	struct rcu_head		rcu;
	unsigned int		n;
	struct dsr_server	*server[];
};

/**
 * struct dsr_vip - one virtual address
 * @addr: the address
 * @family: AF_INET, or 0 for a free place
 * @first: its first service in the map
 * @n: number of its services
 */
struct dsr_vip {
	union nf_inet_addr	addr;
	u8			family;
	u32			first;
	u32			n;
};

/**
 * struct dsr_map - all services of a network namespace
 * @rcu: frees it
 * @n: number of services
 * @vip_mask: number of places in @vip less one; at most half of them are taken
 * @vip: open-addressed hash table of the virtual addresses
 * @key: of each service, ordered, so that an address has its services
 *	together
 * @view: of each service. Replaced in place when only that service changes.
 *
 * Read under RCU. But for the views it is immutable.
 */
struct dsr_map {
	struct rcu_head		rcu;
	unsigned int		n;
	u32			vip_mask;
	struct dsr_vip		*vip;
	struct dsr_service_key	*key;
	struct dsr_view __rcu	*view[];
};

struct dsr_service *dsr_service_create(const struct dsr_service_key *key,
				       const struct dsr_sched_ops *sched);
void dsr_service_destroy(struct dsr_service *service);
void dsr_service_sum(const struct dsr_service *service,
		     struct dsr_stats_sum *sum);
struct dsr_server *dsr_service_find_server(const struct dsr_service *service,
					   u8 family,
					   const union nf_inet_addr *addr);

struct dsr_view *dsr_view_create(struct dsr_service *service,
				 const struct dsr_view *old);
void dsr_view_destroy(struct dsr_view *view);

struct dsr_map *dsr_map_create(const struct dsr_map *old,
			       struct dsr_view *add,
			       const struct dsr_service *del,
			       struct mutex *lock);
void dsr_map_destroy(struct dsr_map *map);
struct dsr_view __rcu **dsr_map_slot(struct dsr_map *map,
				     const struct dsr_service_key *key);
const struct dsr_vip *dsr_map_vip(const struct dsr_map *map, u8 family,
				  const union nf_inet_addr *addr);
struct dsr_view *dsr_map_lookup(const struct dsr_map *map,
				const struct dsr_vip *vip,
				const struct dsr_tuple *tuple);

#endif /* DSR_SERVICE_H */

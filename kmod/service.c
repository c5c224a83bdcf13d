// SPDX-License-Identifier: GPL-2.0
/*
 * Virtual services, their views, and the map that finds a packet's service.
 */
#include <linux/jhash.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include "kmod/service.h"

/**
 * dsr_service_create() - make a service without servers
 * @key: which packets are its
 * @sched: its scheduler
 *
 * Context: process, may sleep.
 * Return: the service or NULL.
 */
struct dsr_service *dsr_service_create(const struct dsr_service_key *key,
				       const struct dsr_sched_ops *sched)
{
	struct dsr_service *service = kzalloc(sizeof(*service), GFP_KERNEL_ACCOUNT);

	if (!service)
		return NULL;
	service->stats = dsr_stats_create();
	if (!service->stats) {
		kfree(service);
		return NULL;
	}
	service->key = *key;
	service->sched = sched;
	INIT_LIST_HEAD(&service->servers);
	return service;
}

static void dsr_service_free(struct rcu_head *rcu)
{
	struct dsr_service *service =
		container_of(rcu, struct dsr_service, rcu);

	free_percpu(service->stats);
	kfree(service);
}

/**
 * dsr_service_destroy() - give up a service
 * @service: the service, which has no servers and which no map has any more;
 *	freed after a grace period
 *
 * Context: any.
 */
void dsr_service_destroy(struct dsr_service *service)
{
	call_rcu(&service->rcu, dsr_service_free);
}

/**
 * dsr_service_sum() - add up the counters of a service
 * @service: the service
 * @sum: the result
 *
 * Flows are counted out where their server is known, and those of a deleted
 * one are nobody's: so what is active is what its servers have.
 *
 * Context: under the configuration mutex.
 */
void dsr_service_sum(const struct dsr_service *service,
		     struct dsr_stats_sum *sum)
{
	const struct dsr_server *server;
	struct dsr_stats_sum one;

	dsr_stats_sum(service->stats, sum);
	sum->active = 0;
	list_for_each_entry(server, &service->servers, list) {
		dsr_stats_sum(server->stats, &one);
		sum->active += one.active;
	}
}

/**
 * dsr_service_find_server() - the server of a service with an address
 * @service: the service
 * @family: the address's family
 * @addr: the address
 *
 * Context: under the configuration mutex.
 * Return: the server or NULL.
 */
struct dsr_server *dsr_service_find_server(const struct dsr_service *service,
					   u8 family,
					   const union nf_inet_addr *addr)
{
	struct dsr_server *server;

	list_for_each_entry(server, &service->servers, list)
		if (server->nexthop.family == family &&
		    nf_inet_addr_cmp(&server->nexthop.addr, addr))
			return server;
	return NULL;
}

/* Schedule over the servers of a view. */
static int dsr_view_schedule(struct dsr_view *view, const struct dsr_view *old)
{
	const struct dsr_sched_ops *ops = view->service->sched;
	const struct dsr_sched *before = NULL;
	unsigned int i;
	u32 *weights;

	if (!view->n)
		return 0;
	weights = kvmalloc_array(view->n, sizeof(*weights), GFP_KERNEL_ACCOUNT);
	if (!weights)
		return -ENOMEM;
	for (i = 0; i < view->n; i++)
		weights[i] = view->server[i]->weight;
	if (old && old->sched && old->sched->ops == ops)
		before = old->sched;
	view->sched = ops->build(weights, view->n, before);
	kvfree(weights);
	return view->sched ? 0 : -ENOMEM;
}

/**
 * dsr_view_create() - make a view of a service as it is now
 * @service: the service
 * @old: the view that the new one will replace, or NULL
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: the view or NULL.
 */
struct dsr_view *dsr_view_create(struct dsr_service *service,
				 const struct dsr_view *old)
{
	struct dsr_server *server;
	struct dsr_view *view;

	view = kvzalloc(struct_size(view, server, service->n_servers),
			GFP_KERNEL_ACCOUNT);
	if (!view)
		return NULL;
	view->service = service;
	list_for_each_entry(server, &service->servers, list)
		if (server->weight && dsr_server_ready(server))
			view->server[view->n++] = server;

	if (dsr_view_schedule(view, old)) {
		kvfree(view);
		return NULL;
	}
	return view;
}

static void dsr_view_free(struct rcu_head *rcu)
{
	struct dsr_view *view = container_of(rcu, struct dsr_view, rcu);

	if (view->sched)
		view->sched->ops->destroy(view->sched);
	kvfree(view);
}

/**
 * dsr_view_destroy() - give up a view
 * @view: the view, which new readers do not find any more; freed after a
 *	grace period
 *
 * Context: any.
 */
void dsr_view_destroy(struct dsr_view *view)
{
	call_rcu(&view->rcu, dsr_view_free);
}

/* Virtual addresses are the administrator's: no secret is needed. */
static u32 dsr_vip_hash(u8 family, const union nf_inet_addr *addr)
{
	if (family == AF_INET)
		return jhash_1word((__force u32)addr->ip, family);
	return jhash2((const u32 *)addr, sizeof(*addr) / sizeof(u32), family);
}

static bool dsr_vip_is(const struct dsr_vip *vip, u8 family,
		       const union nf_inet_addr *addr)
{
	return vip->family == family && nf_inet_addr_cmp(&vip->addr, addr);
}

/* The place of an address among the virtual ones, or the free one for it. */
static struct dsr_vip *dsr_map_vip_place(const struct dsr_map *map, u8 family,
					 const union nf_inet_addr *addr)
{
	u32 i = dsr_vip_hash(family, addr);

	for (;; i++) {
		struct dsr_vip *vip = &map->vip[i & map->vip_mask];

		if (!vip->family || dsr_vip_is(vip, family, addr))
			return vip;
	}
}

static void dsr_map_index(struct dsr_map *map)
{
	unsigned int i;

	for (i = 0; i < map->n; i++) {
		const struct dsr_service_key *key = &map->key[i];
		struct dsr_vip *vip = dsr_map_vip_place(map, key->family,
							&key->addr);

		if (!vip->family) {
			vip->addr = key->addr;
			vip->family = key->family;
			vip->first = i;
		}
		vip->n++;
	}
}

static struct dsr_map *dsr_map_alloc(unsigned int n)
{
	unsigned int places = roundup_pow_of_two(2 * n);
	struct dsr_map *map;

	map = kvzalloc(struct_size(map, view, n), GFP_KERNEL_ACCOUNT);
	if (!map)
		return NULL;
	map->vip_mask = places - 1;
	map->vip = kvcalloc(places, sizeof(*map->vip), GFP_KERNEL_ACCOUNT);
	map->key = kvmalloc_array(n, sizeof(*map->key), GFP_KERNEL_ACCOUNT);
	if (!map->vip || !map->key) {
		kvfree(map->key);
		kvfree(map->vip);
		kvfree(map);
		return NULL;
	}
	return map;
}

/**
 * dsr_map_create() - make a map from another one
 * @old: the map to start from, or NULL for an empty one
 * @add: view of a service to add, which @old does not have, or NULL
 * @del: service to leave out, or NULL
 * @lock: the configuration mutex, held
 *
 * At least one service must remain.
 *
 * Context: process, may sleep.
 * Return: the map, which shares its views with @old, or NULL.
 */
struct dsr_map *dsr_map_create(const struct dsr_map *old,
			       struct dsr_view *add,
			       const struct dsr_service *del,
			       struct mutex *lock)
{
	unsigned int i, n_old = old ? old->n : 0;
	struct dsr_view *view;
	struct dsr_map *map;

	map = dsr_map_alloc(n_old + !!add - !!del);
	if (!map)
		return NULL;
	for (i = 0; i < n_old; i++) {
		view = rcu_dereference_protected(old->view[i],
						 lockdep_is_held(lock));
		if (view->service == del)
			continue;
		if (add && memcmp(&add->service->key, &old->key[i],
				  sizeof(old->key[i])) < 0) {
			map->key[map->n] = add->service->key;
			RCU_INIT_POINTER(map->view[map->n++], add);
			add = NULL;
		}
		map->key[map->n] = old->key[i];
		RCU_INIT_POINTER(map->view[map->n++], view);
	}
	if (add) {
		map->key[map->n] = add->service->key;
		RCU_INIT_POINTER(map->view[map->n++], add);
	}
	dsr_map_index(map);
	return map;
}

static void dsr_map_free(struct rcu_head *rcu)
{
	struct dsr_map *map = container_of(rcu, struct dsr_map, rcu);

	kvfree(map->key);
	kvfree(map->vip);
	kvfree(map);
}

/**
 * dsr_map_destroy() - give up a map, but not its views
 * @map: the map, which new readers do not find any more, or NULL; freed after
 *	a grace period
 *
 * Context: any.
 */
void dsr_map_destroy(struct dsr_map *map)
{
	if (map)
		call_rcu(&map->rcu, dsr_map_free);
}

/**
 * dsr_map_vip() - whether an address is virtual
 * @map: the map
 * @family: the address's family
 * @addr: the address
 *
 * The question that all traffic through the director is asked.
 *
 * Context: under RCU.
 * Return: the virtual address or NULL.
 */
const struct dsr_vip *dsr_map_vip(const struct dsr_map *map, u8 family,
				  const union nf_inet_addr *addr)
{
	const struct dsr_vip *vip = dsr_map_vip_place(map, family, addr);

	return vip->family ? vip : NULL;
}

/* Orders the services of one address. */
static int dsr_map_cmp(const struct dsr_service_key *key, u8 protocol,
		       __be16 port)
{
	if (key->protocol != protocol)
		return key->protocol < protocol ? -1 : 1;
	return memcmp(&key->port, &port, sizeof(port));
}

/* The index of a service of a virtual address, or -1. */
static int dsr_map_search(const struct dsr_map *map, const struct dsr_vip *vip,
			  u8 protocol, __be16 port)
{
	u32 low = vip->first, high = vip->first + vip->n;

	while (low < high) {
		u32 mid = (low + high) / 2;
		int cmp = dsr_map_cmp(&map->key[mid], protocol, port);

		if (!cmp)
			return mid;
		if (cmp < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return -1;
}

/**
 * dsr_map_lookup() - the service that a packet is for
 * @map: the map
 * @vip: the packet's destination address in it
 * @tuple: the packet's tuple
 *
 * Context: under RCU.
 * Return: the service's view or NULL.
 */
struct dsr_view *dsr_map_lookup(const struct dsr_map *map,
				const struct dsr_vip *vip,
				const struct dsr_tuple *tuple)
{
	int i = dsr_map_search(map, vip, tuple->protocol, tuple->dport);

	return i < 0 ? NULL : rcu_dereference(map->view[i]);
}

/**
 * dsr_map_slot() - where a service's view is
 * @map: the map, or NULL
 * @key: the service
 *
 * Context: under the configuration mutex.
 * Return: the place of its view or NULL.
 */
struct dsr_view __rcu **dsr_map_slot(struct dsr_map *map,
				     const struct dsr_service_key *key)
{
	const struct dsr_vip *vip;
	int i;

	vip = map ? dsr_map_vip(map, key->family, &key->addr) : NULL;
	if (!vip)
		return NULL;
	i = dsr_map_search(map, vip, key->protocol, key->port);
	return i < 0 ? NULL : &map->view[i];
}

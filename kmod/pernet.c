// SPDX-License-Identifier: GPL-2.0
/*
 * The state of a network namespace: services, servers and their next hops,
 * and every operation that changes them.
 */
#include <linux/etherdevice.h>
#include <linux/jhash.h>
#include <linux/memcontrol.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <net/arp.h>
#include <net/ndisc.h>
#include <net/net_namespace.h>
#include <net/netevent.h>
#include <net/netns/generic.h>
#include "kmod/pernet.h"

/* How often next hops are looked at without being told of a change. */
#define DSR_REFRESH_DELAY	HZ

static unsigned int dsr_net_id __read_mostly;
static const struct dsr_pernet_ops *dsr_pernet_ops __read_mostly;

/**
 * dsr_pernet() - the state of a network namespace
 * @net: the namespace
 *
 * Context: any, while the namespace lives.
 * Return: its state.
 */
struct dsr_net *dsr_pernet(const struct net *net)
{
	return net_generic(net, dsr_net_id);
}

static struct dsr_map *dsr_pernet_map(const struct dsr_net *dn)
{
	return rcu_dereference_protected(dn->map, lockdep_is_held(&dn->lock));
}

/**
 * dsr_pernet_emit() - say that something changed
 * @dn: the namespace
 * @type: what
 * @service: the service, or the server's
 * @server: the server, or NULL
 *
 * Context: process, may sleep, under the configuration mutex.
 */
void dsr_pernet_emit(const struct dsr_net *dn, enum dsr_event_type type,
		     const struct dsr_service *service,
		     const struct dsr_server *server)
{
	struct dsr_event event = {
		.net = dn->net, .service = service, .server = server,
	};

	dsr_event_emit(type, &event);
}

/* Views */

/**
 * dsr_pernet_settle() - go by what a view that packets see now has decided
 * @dn: the namespace
 * @view: the view
 *
 * Context: process, under the configuration mutex.
 */
void dsr_pernet_settle(struct dsr_net *dn, struct dsr_view *view)
{
	dsr_view_settle(view);
	if (view->starting)
		dn->unsettled = true;
}

/* Publish a new view in place of a service's old one. */
static void dsr_pernet_publish(struct dsr_net *dn, struct dsr_view *view)
{
	struct dsr_view __rcu **slot;
	struct dsr_view *old;

	slot = &dsr_pernet_map(dn)->view[view->service->slot];
	old = rcu_replace_pointer(*slot, view, lockdep_is_held(&dn->lock));
	dsr_pernet_settle(dn, view);
	dsr_view_destroy(old);
}

/**
 * dsr_pernet_seen() - what packets see of a service now
 * @dn: the namespace
 * @service: the service
 *
 * Context: process, under the configuration mutex.
 * Return: its view.
 */
struct dsr_view *dsr_pernet_seen(const struct dsr_net *dn,
				 const struct dsr_service *service)
{
	return rcu_dereference_protected(dsr_pernet_map(dn)->view[service->slot],
					 lockdep_is_held(&dn->lock));
}

/* A view of a service as it is now, to be published. */
static struct dsr_view *dsr_pernet_view(const struct dsr_net *dn,
					struct dsr_service *service)
{
	return dsr_view_create(service, &service->opt, &dn->peers,
			       dsr_pernet_seen(dn, service));
}

/* Next hops */

/**
 * dsr_pernet_reach() - bring a server's next hop up to date
 * @dn: the namespace
 * @nh: the next hop
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: true if it changed.
 */
bool dsr_pernet_reach(struct dsr_net *dn, struct dsr_nexthop *nh)
{
	return dsr_nexthop_refresh(nh, dn->net,
				   dsr_peers_others(&dn->peers, nh), &dn->lock);
}

/*
 * Refresh the servers of one service, @all or those that are not ready.
 * Returns true if it has to be done again although nothing tells of a change.
 * A packet for a server that is not ready
 * any more gets another one, so a view that could not be made for want of
 * memory can wait.
 */
static bool dsr_pernet_refresh_service(struct dsr_net *dn,
				       struct dsr_service *service, bool all)
{
	struct dsr_server *server;
	struct dsr_view *view;
	bool again = false;

	list_for_each_entry(server, &service->servers, list) {
		if (!all && dsr_server_ready(server))
			continue;
		if (dsr_pernet_reach(dn, &server->nexthop)) {
			service->stale = true;
			dsr_pernet_emit(dn, DSR_EVENT_SERVER_SET, service,
					server);
		}
		again |= !dsr_server_ready(server);
		cond_resched();
	}
	if (!service->stale && !service->starting)
		return again;

	view = dsr_pernet_view(dn, service);
	service->stale = !view;
	if (view)
		dsr_pernet_publish(dn, view);
	return again || service->stale;
}

/* Have the kernel look for the servers whose MAC address it lacks. */
static void dsr_pernet_ask(const struct dsr_net *dn)
{
	const struct dsr_service *service;
	const struct dsr_server *server;

	dsr_peers_ask(&dn->peers);
	list_for_each_entry(service, &dn->services, list)
		list_for_each_entry(server, &service->servers, list)
			dsr_nexthop_ask(&server->nexthop, dn->net);
}

/* Changes with any change of a route. */
static u32 dsr_pernet_routes(const struct dsr_net *dn)
{
	return (u32)rt_genid_ipv4(dn->net) + (u32)rt_genid_ipv6(dn->net);
}

/* Every service has the peers' MAC addresses, and some server may have one. */
static void dsr_pernet_stale(struct dsr_net *dn)
{
	struct dsr_service *service;

	list_for_each_entry(service, &dn->services, list)
		service->stale = true;
}

static void dsr_pernet_refresh(struct dsr_net *dn, bool all)
{
	struct dsr_service *service;

	lockdep_assert_held(&dn->lock);
	/* First, so that what changes meanwhile is seen the next time. */
	dn->routes = dsr_pernet_routes(dn);
	dn->unsettled = false;
	if (dsr_peers_refresh(&dn->peers, &dn->unsettled)) {
		dsr_pernet_stale(dn);
		all = true;
	}
	list_for_each_entry(service, &dn->services, list)
		if (dsr_pernet_refresh_service(dn, service, all))
			dn->unsettled = true;
	if (dn->unsettled)
		dsr_pernet_ask(dn);
}

/* What memory is charged to, of whoever added the first service. */
static struct mem_cgroup *dsr_pernet_memcg(const struct dsr_net *dn)
{
	const struct dsr_flow_table *flows =
		rcu_dereference_protected(dn->flows, lockdep_is_held(&dn->lock));

	return flows ? flows->memcg : NULL;
}

/*
 * Once a second while there are services, and when a notifier says so. Routes
 * have a generation that tells of any change; a notifier of theirs could only
 * be registered under RTNL.
 */
static void dsr_pernet_refresh_work(struct work_struct *work)
{
	struct dsr_net *dn = container_of(work, struct dsr_net, refresh.work);
	struct mem_cgroup *workers;

	mutex_lock(&dn->lock);
	workers = set_active_memcg(dsr_pernet_memcg(dn));
	if (atomic_xchg(&dn->kicked, 0) ||
	    dn->routes != dsr_pernet_routes(dn))
		dsr_pernet_refresh(dn, true);
	else if (dn->unsettled)
		dsr_pernet_refresh(dn, false);
	dsr_peers_keep(&dn->peers);
	if (dn->n_services)
		queue_delayed_work(system_power_efficient_wq, &dn->refresh,
				   DSR_REFRESH_DELAY);
	set_active_memcg(workers);
	mutex_unlock(&dn->lock);
}

/* Have the next hops, if there are any, refreshed now. From any context. */
static void dsr_pernet_kick(struct dsr_net *dn)
{
	if (!rcu_access_pointer(dn->map))
		return;
	atomic_set(&dn->kicked, 1);
	mod_delayed_work(system_power_efficient_wq, &dn->refresh, 0);
}

/*
 * Let go of a device: whoever unregisters it waits for that, under RTNL. What
 * follows from it is left to the refresh.
 */
static void dsr_pernet_leave(struct dsr_net *dn, const struct net_device *dev)
{
	struct dsr_service *service;
	struct dsr_server *server;

	mutex_lock(&dn->lock);
	dsr_devices_leave(&dn->ingress.devices, dev);
	dsr_devices_leave(&dn->announce.devices, dev);
	dsr_peers_leave(&dn->peers, dev);
	list_for_each_entry(service, &dn->services, list) {
		list_for_each_entry(server, &service->servers, list) {
			if (!dsr_nexthop_leave(&server->nexthop, dev,
					       &dn->lock))
				continue;
			service->stale = true;
			dsr_pernet_emit(dn, DSR_EVENT_SERVER_SET, service,
					server);
		}
	}
	mutex_unlock(&dn->lock);
	dsr_pernet_kick(dn);
}

/* A device has come, or has another name. */
static void dsr_pernet_named(struct dsr_net *dn)
{
	mutex_lock(&dn->lock);
	dsr_devices_sync(&dn->ingress.devices);
	dsr_devices_sync(&dn->announce.devices);
	mutex_unlock(&dn->lock);
}

/* The bit of an address, given as in the neighbour table of its family. */
static u32 dsr_pernet_filter(u8 family, const void *addr)
{
	u32 words = family == AF_INET ? 1 : 4;

	return jhash2(addr, words, 0) & ((1 << DSR_FILTER_BITS) - 1);
}

static int dsr_pernet_netevent(struct notifier_block *nb, unsigned long event,
			       void *ptr)
{
	const struct neighbour *neigh = ptr;
	struct dsr_net *dn;

	if (event != NETEVENT_NEIGH_UPDATE ||
	    (neigh->tbl != &arp_tbl && neigh->tbl != &nd_tbl))
		return NOTIFY_DONE;
	/* Most neighbours are clients. */
	dn = dsr_pernet(dev_net(neigh->dev));
	if (test_bit(dsr_pernet_filter(neigh->tbl->family, neigh->primary_key),
		     dn->filter))
		dsr_pernet_kick(dn);
	return NOTIFY_DONE;
}

static struct notifier_block dsr_pernet_netevent_nb = {
	.notifier_call = dsr_pernet_netevent,
};

static int dsr_pernet_netdev(struct notifier_block *nb, unsigned long event,
			     void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct dsr_net *dn = dsr_pernet(dev_net(dev));

	switch (event) {
	case NETDEV_UNREGISTER:
		dsr_pernet_leave(dn, dev);
		break;
	case NETDEV_REGISTER:
	case NETDEV_CHANGENAME:
		dsr_pernet_named(dn);
		break;
	case NETDEV_UP:
	case NETDEV_CHANGE:
	case NETDEV_CHANGEADDR:
	case NETDEV_CHANGEMTU:
		dsr_announce_again(&dn->announce, dev);
		fallthrough;
	case NETDEV_DOWN:
		dsr_pernet_kick(dn);
		break;
	case NETDEV_NOTIFY_PEERS:
		dsr_announce_again(&dn->announce, dev);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block dsr_pernet_netdev_nb = {
	.notifier_call = dsr_pernet_netdev,
};

/* Start and stop with the first and the last service */

static u32 dsr_pernet_flow_timeout(void *data, u32 id,
				   enum dsr_flow_state state)
{
	struct dsr_net *dn = data;
	struct dsr_server *server = dsr_server_lookup(&dn->servers, id);

	return server ? READ_ONCE(server->service->opt.timeout[state]) :
			dsr_service_timeouts[state];
}

static void dsr_pernet_flow_begun(void *data, u32 id,
				  enum dsr_flow_state state)
{
	struct dsr_net *dn = data;
	struct dsr_server *server = dsr_server_lookup(&dn->servers, id);

	if (!server)
		return;
	if (state == DSR_FLOW_STATE_PERSIST) {
		atomic_inc(&server->clients);
		return;
	}
	atomic_inc(&server->active);
	dsr_stats_flow_begun(server->stats);
}

static void dsr_pernet_flow_ended(void *data, u32 id,
				  enum dsr_flow_state state)
{
	struct dsr_net *dn = data;
	struct dsr_server *server = dsr_server_lookup(&dn->servers, id);

	if (server)
		atomic_dec(state == DSR_FLOW_STATE_PERSIST ? &server->clients :
							     &server->active);
}

static bool dsr_pernet_flow_gateway(void *data, u32 id)
{
	struct dsr_net *dn = data;
	struct dsr_server *server = dsr_server_lookup(&dn->servers, id);

	return server && READ_ONCE(server->service->opt.gateway);
}

static const struct dsr_flow_ops dsr_pernet_flow_ops = {
	.timeout	= dsr_pernet_flow_timeout,
	.begun		= dsr_pernet_flow_begun,
	.ended		= dsr_pernet_flow_ended,
	.gateway	= dsr_pernet_flow_gateway,
};

/**
 * dsr_pernet_start() - let packets in, as there will be a service
 * @dn: the namespace, without a service
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: 0 or -errno.
 */
int dsr_pernet_start(struct dsr_net *dn)
{
	struct dsr_flow_table *flows;
	struct dsr_frag_table *frags;
	int err = -ENOMEM;

	flows = dsr_flow_table_create(dn->max_flows, &dsr_pernet_flow_ops, dn);
	if (!flows)
		return -ENOMEM;
	frags = dsr_frag_table_create(dn->stats);
	if (!frags)
		goto err_flows;
	err = dsr_pernet_ops->start(dn);
	if (err)
		goto err_frags;
	/* Packets that come by look for a map first; who lists flows does not. */
	rcu_assign_pointer(dn->flows, flows);
	rcu_assign_pointer(dn->frags, frags);
	/* Nobody has looked after the peers so far. */
	dn->unsettled = true;
	queue_delayed_work(system_power_efficient_wq, &dn->refresh,
			   DSR_REFRESH_DELAY);
	return 0;

err_frags:
	dsr_frag_table_destroy(frags);
err_flows:
	dsr_flow_table_destroy(flows);
	return err;
}

/**
 * dsr_pernet_stop() - let no more packets in, as the last service has gone
 * @dn: the namespace, without a map
 *
 * Context: process, may sleep, under the configuration mutex.
 */
void dsr_pernet_stop(struct dsr_net *dn)
{
	struct dsr_flow_table *flows;
	struct dsr_frag_table *frags;

	dsr_pernet_ops->stop(dn);
	flows = rcu_replace_pointer(dn->flows, NULL,
				    lockdep_is_held(&dn->lock));
	frags = rcu_replace_pointer(dn->frags, NULL,
				    lockdep_is_held(&dn->lock));
	/* A packet on its way may still leave a fragment there. */
	synchronize_rcu();
	dsr_frag_table_destroy(frags);
	dsr_flow_table_destroy(flows);
}

/**
 * dsr_pernet_set_max_flows() - change how many flows there may be
 * @dn: the namespace
 * @max: of each family, at least 1
 * @extack: told of a refusal
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: 0 or -EBUSY.
 */
int dsr_pernet_set_max_flows(struct dsr_net *dn, u32 max,
			     struct netlink_ext_ack *extack)
{
	struct dsr_flow_table *flows;

	flows = rcu_dereference_protected(dn->flows,
					  lockdep_is_held(&dn->lock));
	if (flows && dsr_flow_set_max(flows, max)) {
		NL_SET_ERR_MSG(extack,
			       "max-flows is less than the flows there are: give more, or delete some first");
		return -EBUSY;
	}
	dn->max_flows = max;
	return 0;
}

/* Services */

/**
 * dsr_pernet_find() - the service with a key
 * @dn: the namespace
 * @key: the key
 * @extack: told if there is none, unless NULL
 *
 * Context: process, under the configuration mutex.
 * Return: the service or NULL.
 */
struct dsr_service *dsr_pernet_find(const struct dsr_net *dn,
				    const struct dsr_service_key *key,
				    struct netlink_ext_ack *extack)
{
	const struct dsr_claim *claim = dsr_claims_find(dn->claims, key);

	if (claim)
		return claim->owner;
	NL_SET_ERR_MSG(extack,
		       "no such service: add it first, or see which there are");
	return NULL;
}

/*
 * A map of the services there are, with @view in place of what packets see of
 * its service, which may be a new one, and without @del. Either may be NULL. At
 * least one service must remain.
 */
static struct dsr_map *dsr_pernet_map_create(struct dsr_net *dn,
					     struct dsr_view *view,
					     const struct dsr_service *del)
{
	unsigned int n = 0, most = dn->n_services + 1;
	struct dsr_service *service;
	struct dsr_view **views;
	struct dsr_map *map;
	bool is_new = view;

	views = kvmalloc_array(most, sizeof(*views), GFP_KERNEL);
	if (!views)
		return NULL;
	list_for_each_entry(service, &dn->services, list) {
		if (service == del)
			continue;
		if (view && service == view->service)
			is_new = false;
		views[n++] = view && service == view->service ? view :
			     dsr_pernet_seen(dn, service);
	}
	if (is_new)
		views[n++] = view;
	map = dsr_map_create(views, n, dn->roles);
	kvfree(views);
	return map;
}

/**
 * dsr_pernet_map_of_all() - the map if every service were active
 * @dn: the namespace, with a service
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: it, for dsr_map_destroy(), or NULL.
 */
struct dsr_map *dsr_pernet_map_of_all(const struct dsr_net *dn)
{
	struct dsr_service *service;
	struct dsr_view **views;
	struct dsr_map *map;
	unsigned int n = 0;

	views = kvmalloc_array(dn->n_services, sizeof(*views), GFP_KERNEL);
	if (!views)
		return NULL;
	list_for_each_entry(service, &dn->services, list)
		views[n++] = dsr_pernet_seen(dn, service);
	map = dsr_map_create(views, n, NULL);
	kvfree(views);
	return map;
}

/**
 * dsr_pernet_replace_map() - put a map in place of the present one
 * @dn: the namespace
 * @map: the map; NULL if no service is left
 *
 * Context: process, under the configuration mutex.
 * Return: the former map, for dsr_map_destroy(), or NULL.
 */
struct dsr_map *dsr_pernet_replace_map(struct dsr_net *dn, struct dsr_map *map)
{
	struct dsr_view *view;
	unsigned int i;

	for (i = 0; map && i < map->n; i++) {
		view = rcu_dereference_protected(map->view[i],
						 lockdep_is_held(&dn->lock));
		view->service->slot = i;
		view->service->role = dsr_roles_find(dn->roles, view->group);
	}
	dn->generation++;
	map = rcu_replace_pointer(dn->map, map, lockdep_is_held(&dn->lock));
	dsr_announce_changed(&dn->announce);
	return map;
}

/**
 * dsr_pernet_meet() - bring the peers up to date before the first service
 * @dn: the namespace
 *
 * Nobody looks after them while there is none.
 *
 * Context: process, may sleep, under the configuration mutex.
 */
void dsr_pernet_meet(struct dsr_net *dn)
{
	bool again = false;

	if (dn->n_services)
		return;
	dsr_peers_refresh(&dn->peers, &again);
	dsr_peers_ask(&dn->peers);
}

static int dsr_pernet_service_insert(struct dsr_net *dn,
				     struct dsr_service *service)
{
	struct dsr_claim *claim;
	struct dsr_view *view;
	struct dsr_map *map;
	int err = -ENOMEM;

	claim = dsr_claims_add(dn->claims, &service->key, service);
	if (IS_ERR(claim))
		return PTR_ERR(claim);
	dsr_pernet_meet(dn);
	view = dsr_view_create(service, &service->opt, &dn->peers, NULL);
	if (!view)
		goto err_claim;
	map = dsr_pernet_map_create(dn, view, NULL);
	if (!map)
		goto err_view;
	if (!dn->n_services) {
		err = dsr_pernet_start(dn);
		if (err)
			goto err_map;
	}
	dsr_map_destroy(dsr_pernet_replace_map(dn, map));
	list_add_tail(&service->list, &dn->services);
	dn->n_services++;
	return 0;

err_map:
	dsr_map_destroy(map);
err_view:
	dsr_view_destroy(view);
err_claim:
	dsr_claims_del(dn->claims, &service->key);
	return err;
}

/**
 * dsr_pernet_service_add() - add a service
 * @dn: the namespace
 * @conf: the service
 * @extack: told of a refusal
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: 0, -EEXIST, -EAFNOSUPPORT, -ENOSPC or -ENOMEM.
 */
int dsr_pernet_service_add(struct dsr_net *dn,
			   const struct dsr_service_conf *conf,
			   struct netlink_ext_ack *extack)
{
	struct dsr_service *service;
	int err;

	err = dsr_check_service(dn->claims, dn->n_services, &conf->key,
				extack) ?:
	      dsr_check_gateway(dn->net, conf, extack);
	if (err)
		return err;
	service = dsr_service_create(&conf->key, &conf->opt, dn->tally);
	if (!service)
		return -ENOMEM;
	err = dsr_pernet_service_insert(dn, service);
	if (err) {
		dsr_service_destroy(service);
		return err;
	}
	dsr_pernet_emit(dn, DSR_EVENT_SERVICE_ADD, service, NULL);
	return 0;
}

/* Show packets a service with other options. */
static int dsr_pernet_service_apply(struct dsr_net *dn,
				    struct dsr_service *service,
				    const struct dsr_service_opt *opt)
{
	struct dsr_view *view, *old = dsr_pernet_seen(dn, service);
	struct dsr_map *map;

	view = dsr_view_create(service, opt, &dn->peers, old);
	if (!view)
		return -ENOMEM;
	map = dsr_pernet_map_create(dn, view, NULL);
	if (!map) {
		dsr_view_destroy(view);
		return -ENOMEM;
	}
	dsr_map_destroy(dsr_pernet_replace_map(dn, map));
	dsr_service_configure(service, opt);
	dsr_pernet_settle(dn, view);
	dsr_view_destroy(old);
	return 0;
}

/**
 * dsr_pernet_service_set() - change the options of a service
 * @dn: the namespace
 * @conf: the service and all of its options
 * @extack: told of a refusal
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: 0, -ENOENT or -ENOMEM.
 */
int dsr_pernet_service_set(struct dsr_net *dn,
			   const struct dsr_service_conf *conf,
			   struct netlink_ext_ack *extack)
{
	struct dsr_service *service;
	int err;

	service = dsr_pernet_find(dn, &conf->key, extack);
	if (!service)
		return -ENOENT;
	if (!memcmp(&service->opt, &conf->opt, sizeof(conf->opt)))
		return 0;
	/* What is on already may be about to be changed elsewhere. */
	err = service->opt.gateway ? 0 :
	      dsr_check_gateway(dn->net, conf, extack);
	if (!err)
		err = dsr_pernet_service_apply(dn, service, &conf->opt);
	if (err)
		return err;
	dsr_pernet_emit(dn, DSR_EVENT_SERVICE_SET, service, NULL);
	return 0;
}

/**
 * dsr_pernet_service_release() - take a service apart
 * @dn: the namespace
 * @service: the service, which no packet finds any more and which claims none
 * @view: what they saw of it
 *
 * Context: process, under the configuration mutex.
 */
void dsr_pernet_service_release(struct dsr_net *dn, struct dsr_service *service,
				struct dsr_view *view)
{
	struct dsr_server *server, *next;

	/* Before the view is given up: a fragment may know of a server still. */
	RCU_INIT_POINTER(service->seen, NULL);
	dsr_view_destroy(view);
	list_for_each_entry_safe(server, next, &service->servers, list) {
		list_del(&server->list);
		dsr_server_destroy(&dn->servers, server);
	}
	list_del(&service->list);
	dn->n_services--;
	dsr_service_destroy(service);
}

/**
 * dsr_pernet_service_del() - delete a service with its servers
 * @dn: the namespace
 * @key: the service
 * @extack: told of a refusal
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: 0, -ENOENT or -ENOMEM.
 */
int dsr_pernet_service_del(struct dsr_net *dn,
			   const struct dsr_service_key *key,
			   struct netlink_ext_ack *extack)
{
	struct dsr_map *map = NULL;
	struct dsr_service *service;
	struct dsr_view *view;

	service = dsr_pernet_find(dn, key, extack);
	if (!service)
		return -ENOENT;
	if (dn->n_services > 1) {
		map = dsr_pernet_map_create(dn, NULL, service);
		if (!map)
			return -ENOMEM;
	}
	dsr_pernet_emit(dn, DSR_EVENT_SERVICE_DEL, service, NULL);
	view = dsr_pernet_seen(dn, service);
	dsr_map_destroy(dsr_pernet_replace_map(dn, map));
	dsr_claims_del(dn->claims, &service->key);
	dsr_pernet_service_release(dn, service, view);
	if (!dn->n_services)
		dsr_pernet_stop(dn);
	return 0;
}

/* Servers */

/**
 * dsr_pernet_find_server() - the server of a service
 * @service: the service
 * @conf: the server; only its address counts
 * @extack: told if there is none
 *
 * Context: process, under the configuration mutex.
 * Return: the server or NULL.
 */
struct dsr_server *dsr_pernet_find_server(const struct dsr_service *service,
					  const struct dsr_server_conf *conf,
					  struct netlink_ext_ack *extack)
{
	struct dsr_server *server;

	server = dsr_service_find_server(service, conf->family, &conf->addr);
	if (!server)
		NL_SET_ERR_MSG(extack,
			       "the service has no such server: add it first, or see which it has");
	return server;
}

/**
 * dsr_pernet_server_diff() - what a user says of a server that is not so
 * @server: the server
 * @conf: what is said
 *
 * Context: process, under the configuration mutex.
 * Return: DSR_SET_*.
 */
unsigned int dsr_pernet_server_diff(const struct dsr_server *server,
				    const struct dsr_server_conf *conf)
{
	const struct dsr_nexthop *nh = &server->nexthop;
	unsigned int diff = 0;

	if (server->weight != conf->weight)
		diff |= DSR_SET_WEIGHT;
	if (!ether_addr_equal(nh->mac, conf->mac))
		diff |= DSR_SET_MAC;
	if (nh->ifindex != conf->ifindex)
		diff |= DSR_SET_IFINDEX;
	if (server->max_flows != conf->max_flows)
		diff |= DSR_SET_MAX;
	if (server->min_flows != conf->min_flows)
		diff |= DSR_SET_MIN;
	if (server->fallback != conf->fallback)
		diff |= DSR_SET_FALLBACK;
	if (server->down != conf->down)
		diff |= DSR_SET_DOWN;
	return diff & conf->set;
}

/**
 * dsr_pernet_server_conf() - make it so
 * @server: the server; its path stays as it is
 * @conf: what is said
 * @set: DSR_SET_*, what of it
 *
 * Context: process, under the configuration mutex.
 */
void dsr_pernet_server_conf(struct dsr_server *server,
			    const struct dsr_server_conf *conf,
			    unsigned int set)
{
	struct dsr_nexthop *nh = &server->nexthop;

	if (set & DSR_SET_WEIGHT)
		server->weight = conf->weight;
	if (set & DSR_SET_MAC)
		dsr_nexthop_give(nh, conf->mac);
	if (set & DSR_SET_IFINDEX) {
		nh->ifindex = conf->ifindex;
		nh->ifname[0] = '\0';
	}
	if (set & DSR_SET_MAX)
		WRITE_ONCE(server->max_flows, conf->max_flows);
	if (set & DSR_SET_MIN)
		WRITE_ONCE(server->min_flows, conf->min_flows);
	if (set & DSR_SET_FALLBACK)
		server->fallback = conf->fallback;
	if (set & DSR_SET_DOWN)
		WRITE_ONCE(server->down, conf->down);
}

/**
 * dsr_pernet_ask_server() - see to it that a server becomes ready
 * @dn: the namespace
 * @server: the server, refreshed
 *
 * Context: process, under the configuration mutex.
 */
void dsr_pernet_ask_server(struct dsr_net *dn, const struct dsr_server *server)
{
	if (!dsr_server_ready(server))
		dn->unsettled = true;
	dsr_nexthop_ask(&server->nexthop, dn->net);
}

/* After a change of a server: new path, new view, the news. */
static int dsr_pernet_server_apply(struct dsr_net *dn,
				   struct dsr_server *server,
				   enum dsr_event_type event)
{
	struct dsr_view *view;

	dsr_pernet_reach(dn, &server->nexthop);
	view = dsr_pernet_view(dn, server->service);
	if (!view)
		return -ENOMEM;
	dsr_pernet_publish(dn, view);
	dn->generation++;
	dsr_pernet_emit(dn, event, server->service, server);
	dsr_pernet_ask_server(dn, server);
	return 0;
}

/*
 * The server of a service that has no other one, or NULL. Those of the last
 * resort do not count.
 */
static const struct dsr_server *
dsr_pernet_only_server(const struct dsr_service *service)
{
	const struct dsr_server *server, *only = NULL;

	list_for_each_entry(server, &service->servers, list) {
		if (server->fallback)
			continue;
		if (only)
			return NULL;
		only = server;
	}
	return only;
}

/*
 * Whether a service has nobody but a peer to send packets to: then they would
 * go back and forth between the two directors, if that one does likewise. A
 * weight does not count: whoever drains the others is not to be stopped.
 */
static bool dsr_pernet_only_peer(const struct dsr_net *dn,
				 const struct dsr_service *service)
{
	const struct dsr_server *only = dsr_pernet_only_server(service);

	return only && dsr_peers_find(&dn->peers, only->nexthop.family,
				      &only->nexthop.addr);
}

static int dsr_pernet_check_peer(const struct dsr_net *dn,
				 const struct dsr_service *service,
				 struct netlink_ext_ack *extack)
{
	if (!dsr_pernet_only_peer(dn, service))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "a peer would be the service's only server: give it another one first");
	return -EINVAL;
}

/* Be told of what becomes of a neighbour entry. */
static void dsr_pernet_watch(struct dsr_net *dn, const struct dsr_nexthop *nh)
{
	set_bit(dsr_pernet_filter(nh->family, &nh->addr), dn->filter);
}

/**
 * dsr_pernet_server_create() - make a server with all that is said of it
 * @dn: the namespace
 * @service: its service, which need not be there for packets yet
 * @conf: the server; what is not given is as with a new one
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: as dsr_server_create().
 */
struct dsr_server *dsr_pernet_server_create(struct dsr_net *dn,
					    struct dsr_service *service,
					    const struct dsr_server_conf *conf)
{
	struct dsr_server *server;

	server = dsr_server_create(&dn->servers, service, service->tally,
				   conf->family, &conf->addr);
	if (IS_ERR(server))
		return server;
	server->nexthop.vip = service->key.addr;
	server->nexthop.vip_family = service->key.family;
	dsr_pernet_server_conf(server, conf, conf->set);
	dsr_pernet_watch(dn, &server->nexthop);
	return server;
}

/**
 * dsr_pernet_server_add() - add a server to a service
 * @dn: the namespace
 * @key: the service
 * @conf: the server
 * @extack: told of a refusal, and warned of a server that cannot be reached
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: 0, -ENOENT, -EEXIST, -EINVAL, -ENODEV, -ENOSPC or -ENOMEM.
 */
int dsr_pernet_server_add(struct dsr_net *dn,
			  const struct dsr_service_key *key,
			  const struct dsr_server_conf *conf,
			  struct netlink_ext_ack *extack)
{
	struct dsr_service *service;
	struct dsr_server *server;
	int err;

	service = dsr_pernet_find(dn, key, extack);
	if (!service)
		return -ENOENT;
	if (dsr_service_find_server(service, conf->family, &conf->addr)) {
		NL_SET_ERR_MSG(extack,
			       "the service has this server already: use set to change it");
		return -EEXIST;
	}
	err = dsr_check_server(dn->net, dn->servers.n, service->n_servers, key,
			       conf, extack);
	if (err)
		return err;

	server = dsr_pernet_server_create(dn, service, conf);
	if (IS_ERR(server))
		return PTR_ERR(server);
	list_add_tail(&server->list, &service->servers);
	service->n_servers++;

	err = dsr_pernet_check_peer(dn, service, extack) ?:
	      dsr_pernet_server_apply(dn, server, DSR_EVENT_SERVER_ADD);
	if (err)
		goto err_server;
	if (server->nexthop.state == DSR_NEXTHOP_STATE_GATEWAY)
		NL_SET_ERR_MSG(extack,
			       "the server is behind a gateway; it gets no traffic until it is on a directly connected network");
	else if (server->nexthop.state == DSR_NEXTHOP_STATE_NO_ROUTE)
		NL_SET_ERR_MSG(extack,
			       "no route to the server; it gets no traffic until there is one");
	else if (server->nexthop.state == DSR_NEXTHOP_STATE_NO_VIP)
		NL_SET_ERR_MSG(extack,
			       "the server is this machine, which does not have the virtual address; it gets no traffic until it does");
	return 0;

err_server:
	service->n_servers--;
	list_del(&server->list);
	dsr_server_destroy(&dn->servers, server);
	return err;
}

/* What there is, to be set again. */
static struct dsr_server_conf
dsr_pernet_server_before(const struct dsr_server *server)
{
	struct dsr_server_conf before = {
		.weight = server->weight,
		.ifindex = server->nexthop.ifindex,
		.max_flows = server->max_flows,
		.min_flows = server->min_flows,
		.fallback = server->fallback,
		.down = server->down,
		.set = DSR_SET_ALL,
	};

	ether_addr_copy(before.mac, server->nexthop.mac);
	return before;
}

/**
 * dsr_pernet_server_set() - change what is given of a server
 * @dn: the namespace
 * @key: the service
 * @conf: the server and what is given
 * @extack: told of a refusal
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: 0, -ENOENT, -ENODEV, -EINVAL or -ENOMEM.
 */
int dsr_pernet_server_set(struct dsr_net *dn,
			  const struct dsr_service_key *key,
			  const struct dsr_server_conf *conf,
			  struct netlink_ext_ack *extack)
{
	struct dsr_server_conf before;
	struct dsr_service *service;
	struct dsr_server *server;
	unsigned int set;
	int err;

	service = dsr_pernet_find(dn, key, extack);
	if (!service)
		return -ENOENT;
	server = dsr_pernet_find_server(service, conf, extack);
	if (!server)
		return -ENOENT;
	err = dsr_check_device(dn->net, conf, extack);
	if (err)
		return err;

	before = dsr_pernet_server_before(server);
	set = dsr_pernet_server_diff(server, conf);
	if (!set)
		return 0;
	/* No packet reads that, and it is all that can be refused. */
	dsr_pernet_server_conf(server, conf, set & DSR_SET_FALLBACK);
	err = dsr_pernet_check_peer(dn, service, extack);
	if (err) {
		dsr_pernet_server_conf(server, &before, DSR_SET_FALLBACK);
		return err;
	}
	dsr_pernet_server_conf(server, conf, set);
	err = dsr_pernet_server_apply(dn, server, DSR_EVENT_SERVER_SET);
	if (err) {
		dsr_pernet_server_conf(server, &before, set);
		dsr_pernet_reach(dn, &server->nexthop);
		/* For want of memory it may have lost its path. */
		service->stale = true;
		dn->unsettled = true;
	}
	return err;
}

/**
 * dsr_pernet_server_del() - delete a server
 * @dn: the namespace
 * @key: the service
 * @conf: the server; only its address counts
 * @extack: told of a refusal
 *
 * Its flows get another server with their next packet.
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: 0, -ENOENT, -EINVAL or -ENOMEM.
 */
int dsr_pernet_server_del(struct dsr_net *dn,
			  const struct dsr_service_key *key,
			  const struct dsr_server_conf *conf,
			  struct netlink_ext_ack *extack)
{
	struct dsr_service *service;
	struct dsr_view *view = NULL;
	struct dsr_server *server;
	struct list_head *before;
	int err;

	service = dsr_pernet_find(dn, key, extack);
	if (!service)
		return -ENOENT;
	server = dsr_pernet_find_server(service, conf, extack);
	if (!server)
		return -ENOENT;

	before = server->list.prev;
	list_del(&server->list);
	service->n_servers--;
	err = dsr_pernet_check_peer(dn, service, extack);
	if (!err)
		view = dsr_pernet_view(dn, service);
	if (!view) {
		list_add(&server->list, before);
		service->n_servers++;
		return err ?: -ENOMEM;
	}
	dsr_pernet_publish(dn, view);
	dn->generation++;
	dsr_pernet_emit(dn, DSR_EVENT_SERVER_DEL, service, server);
	dsr_server_destroy(&dn->servers, server);
	return 0;
}

/* Roles */

/**
 * dsr_pernet_find_group() - whether there is a group
 * @dn: the namespace
 * @group: its name
 * @extack: told if there is not
 *
 * There is one that a service is in, one that has a role of its own, and that
 * of services of which nothing is said.
 *
 * Context: process, under the configuration mutex.
 * Return: how many services are in it, or -ENOENT.
 */
int dsr_pernet_find_group(const struct dsr_net *dn, const char *group,
			  struct netlink_ext_ack *extack)
{
	const struct dsr_service *service;
	int n = 0;

	list_for_each_entry(service, &dn->services, list)
		n += !strcmp(service->opt.group, group);
	if (n || dsr_roles_own(dn->roles, group) ||
	    !strcmp(group, DSR_GROUP_USUAL))
		return n;
	NL_SET_ERR_MSG(extack,
		       "no service is in this group: add one first, or see which groups there are");
	return -ENOENT;
}

/* Show packets what roles make of the services. */
static int dsr_pernet_role_apply(struct dsr_net *dn, struct dsr_roles *roles)
{
	struct dsr_roles *before = dn->roles;
	struct dsr_map *map = NULL;

	dn->roles = roles;
	if (dn->n_services) {
		map = dsr_pernet_map_create(dn, NULL, NULL);
		if (!map) {
			dn->roles = before;
			return -ENOMEM;
		}
		dsr_map_destroy(dsr_pernet_replace_map(dn, map));
	}
	kvfree(before);
	return 0;
}

/**
 * dsr_pernet_role_set() - have services stand by, or serve them
 * @dn: the namespace
 * @group: those of this group; NULL for all of them and those to come
 * @role: what they are to be
 * @extack: told of a refusal
 *
 * Flows, counters and next hops stay. Who is active tells the neighbours, even
 * if it was before: another one may have been meanwhile.
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: 0, -ENOENT, -ENOSPC or -ENOMEM.
 */
int dsr_pernet_role_set(struct dsr_net *dn, const char *group,
			enum dsr_role role, struct netlink_ext_ack *extack)
{
	struct dsr_event event = {
		.net = dn->net, .group = group, .role = role,
	};
	struct dsr_roles *roles;
	int err;

	if (group && dsr_pernet_find_group(dn, group, extack) < 0)
		return -ENOENT;
	if (group && dn->roles && dn->roles->n == DSR_ROLES_MAX &&
	    !dsr_roles_own(dn->roles, group)) {
		NL_SET_ERR_MSG(extack,
			       "no more than 1024 groups can have a role of their own: give all of them one");
		return -ENOSPC;
	}
	roles = dsr_roles_with(dn->roles, group, role);
	if (!roles)
		return -ENOMEM;
	err = dsr_pernet_role_apply(dn, roles);
	if (err) {
		kvfree(roles);
		return err;
	}
	if (role == DSR_ROLE_ACTIVE)
		dsr_announce_again(&dn->announce, NULL);
	dsr_event_emit(DSR_EVENT_ROLE_SET, &event);
	return 0;
}

/* Peers */

/* Show packets the peers that there are. */
static void dsr_pernet_peers_apply(struct dsr_net *dn)
{
	dn->generation++;
	dsr_pernet_refresh(dn, true);
	dsr_peers_ask(&dn->peers);
}

static struct dsr_nexthop
dsr_pernet_peer_conf(const struct dsr_server_conf *conf)
{
	struct dsr_nexthop nh = {
		.family = conf->family, .addr = conf->addr,
		.ifindex = conf->ifindex,
	};

	ether_addr_copy(nh.mac, conf->mac);
	return nh;
}

static int dsr_pernet_check_servers(const struct dsr_net *dn,
				    const struct dsr_server_conf *peer,
				    struct netlink_ext_ack *extack)
{
	const struct dsr_service *service;
	const struct dsr_server *only;

	list_for_each_entry(service, &dn->services, list) {
		only = dsr_pernet_only_server(service);
		if (!only || only->nexthop.family != peer->family ||
		    !nf_inet_addr_cmp(&only->nexthop.addr, &peer->addr))
			continue;
		NL_SET_ERR_MSG(extack,
			       "the peer is the only server of a service: give that another one first");
		return -EINVAL;
	}
	return 0;
}

/**
 * dsr_pernet_peer_add() - add a peer
 * @dn: the namespace
 * @conf: the peer
 * @extack: told of a refusal
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: 0, -EAFNOSUPPORT, -EINVAL, -ENODEV, -EEXIST, -ENOSPC or -ENOMEM.
 */
int dsr_pernet_peer_add(struct dsr_net *dn, const struct dsr_server_conf *conf,
			struct netlink_ext_ack *extack)
{
	struct dsr_nexthop nh = dsr_pernet_peer_conf(conf);
	int err;

	err = dsr_check_peer(dn->net, conf, extack) ?:
	      dsr_pernet_check_servers(dn, conf, extack) ?:
	      dsr_peers_add(&dn->peers, &nh, extack);
	if (err)
		return err;
	dsr_pernet_watch(dn, &nh);
	dsr_pernet_peers_apply(dn);
	return 0;
}

/**
 * dsr_pernet_peer_del() - delete a peer
 * @dn: the namespace
 * @conf: the peer; only its address counts
 * @extack: told of a refusal
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: 0 or -ENOENT.
 */
int dsr_pernet_peer_del(struct dsr_net *dn, const struct dsr_server_conf *conf,
			struct netlink_ext_ack *extack)
{
	struct dsr_nexthop nh = dsr_pernet_peer_conf(conf);
	int err = dsr_peers_del(&dn->peers, &nh, extack);

	if (!err)
		dsr_pernet_peers_apply(dn);
	return err;
}

/* Devices at ingress */

/**
 * dsr_pernet_ingress_add() - serve a device at ingress
 * @dn: the namespace
 * @name: the device's name, which need not be there
 * @extack: told of a refusal
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: as dsr_ingress_add().
 */
int dsr_pernet_ingress_add(struct dsr_net *dn, const char *name,
			   struct netlink_ext_ack *extack)
{
	int err = dsr_ingress_add(&dn->ingress, name, extack);

	if (!err)
		dn->generation++;
	return err;
}

/**
 * dsr_pernet_ingress_del() - and no longer
 * @dn: the namespace
 * @name: the device's name
 * @extack: told of a refusal
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: as dsr_ingress_del().
 */
int dsr_pernet_ingress_del(struct dsr_net *dn, const char *name,
			   struct netlink_ext_ack *extack)
{
	int err = dsr_ingress_del(&dn->ingress, name, extack);

	if (!err)
		dn->generation++;
	return err;
}

/* Devices that are announced on */

/**
 * dsr_pernet_announce_add() - announce virtual addresses on a device
 * @dn: the namespace
 * @name: the device's name, which need not be there
 * @every: seconds after which all is announced again, or 0
 * @extack: told of a refusal
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: as dsr_announce_add().
 */
int dsr_pernet_announce_add(struct dsr_net *dn, const char *name, u32 every,
			    struct netlink_ext_ack *extack)
{
	int err = dsr_announce_add(&dn->announce, name, every, extack);

	if (!err)
		dn->generation++;
	return err;
}

/**
 * dsr_pernet_announce_del() - and no longer
 * @dn: the namespace
 * @name: the device's name
 * @extack: told of a refusal
 *
 * Context: process, may sleep, under RTNL and the configuration mutex.
 * Return: as dsr_announce_del().
 */
int dsr_pernet_announce_del(struct dsr_net *dn, const char *name,
			    struct netlink_ext_ack *extack)
{
	int err = dsr_announce_del(&dn->announce, name, extack);

	if (!err)
		dn->generation++;
	return err;
}

/* Namespaces */

static int __net_init dsr_pernet_net_init(struct net *net)
{
	struct dsr_net *dn = dsr_pernet(net);

	dn->tally = dsr_tally_create(NULL);
	if (!dn->tally)
		return -ENOMEM;
	dn->claims = dsr_claims_create();
	if (!dn->claims) {
		dsr_tally_destroy(dn->tally);
		return -ENOMEM;
	}
	dn->stats = dn->tally->stats;
	dn->net = net;
	dn->max_flows = DSR_FLOWS_MAX;
	mutex_init(&dn->lock);
	dn->servers.lock = &dn->lock;
	INIT_LIST_HEAD(&dn->services);
	dsr_ingress_init(&dn->ingress, net);
	dsr_announce_init(&dn->announce, net, &dn->map, &dn->lock);
	dsr_peers_init(&dn->peers, net, &dn->lock);
	INIT_DELAYED_WORK(&dn->refresh, dsr_pernet_refresh_work);
	return 0;
}

/* Stop packets first: one grace period then serves all dying namespaces. */
static void __net_exit dsr_pernet_net_pre_exit(struct net *net)
{
	struct dsr_net *dn = dsr_pernet(net);
	struct dsr_service *service, *next;
	struct dsr_view *view;
	struct dsr_map *map;

	mutex_lock(&dn->lock);
	dsr_announce_unhook(&dn->announce);
	map = rcu_replace_pointer(dn->map, NULL, lockdep_is_held(&dn->lock));
	if (!map)
		goto out;
	dsr_pernet_stop(dn);
	list_for_each_entry_safe(service, next, &dn->services, list) {
		view = rcu_dereference_protected(map->view[service->slot],
						 lockdep_is_held(&dn->lock));
		dsr_claims_del(dn->claims, &service->key);
		dsr_pernet_service_release(dn, service, view);
	}
	dsr_map_destroy(map);
out:
	mutex_unlock(&dn->lock);
}

static void __net_exit dsr_pernet_net_exit(struct net *net)
{
	struct dsr_net *dn = dsr_pernet(net);

	cancel_delayed_work_sync(&dn->refresh);
	cancel_delayed_work_sync(&dn->announce.work);
	mutex_lock(&dn->lock);
	dsr_ingress_exit(&dn->ingress);
	dsr_announce_exit(&dn->announce);
	dsr_peers_exit(&dn->peers);
	dsr_server_ids_exit(&dn->servers);
	dsr_tally_destroy(dn->tally);
	mutex_unlock(&dn->lock);
	dsr_claims_destroy(dn->claims);
	kvfree(dn->roles);
}

static struct pernet_operations dsr_pernet_net_ops = {
	.init		= dsr_pernet_net_init,
	.pre_exit	= dsr_pernet_net_pre_exit,
	.exit		= dsr_pernet_net_exit,
	.id		= &dsr_net_id,
	.size		= sizeof(struct dsr_net),
};

/**
 * dsr_pernet_init() - set up all network namespaces
 * @ops: what the upper layers do
 *
 * Context: process, may sleep.
 * Return: 0 or -errno.
 */
int dsr_pernet_init(const struct dsr_pernet_ops *ops)
{
	int err;

	dsr_pernet_ops = ops;
	err = register_pernet_subsys(&dsr_pernet_net_ops);
	if (err)
		goto err_rcu;
	err = register_netdevice_notifier(&dsr_pernet_netdev_nb);
	if (err)
		goto err_subsys;
	err = register_netevent_notifier(&dsr_pernet_netevent_nb);
	if (err)
		goto err_netdev;
	return 0;

err_netdev:
	unregister_netdevice_notifier(&dsr_pernet_netdev_nb);
err_subsys:
	unregister_pernet_subsys(&dsr_pernet_net_ops);
err_rcu:
	/* Namespaces that were set up have been given up. */
	rcu_barrier();
	return err;
}

/**
 * dsr_pernet_exit() - undo dsr_pernet_init(), for all that hangs from it
 *
 * The netdevice notifier is told on its way out that every device leaves, so
 * packets are dropped from there on. A refresh may find the devices again; the
 * namespaces' exit cancels it and lets go of them. What was given to RCU is
 * gone on return.
 *
 * Context: process, may sleep; netlink is gone.
 */
void dsr_pernet_exit(void)
{
	unregister_netevent_notifier(&dsr_pernet_netevent_nb);
	unregister_netdevice_notifier(&dsr_pernet_netdev_nb);
	unregister_pernet_subsys(&dsr_pernet_net_ops);
	rcu_barrier();
}

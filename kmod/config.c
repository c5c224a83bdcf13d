// SPDX-License-Identifier: GPL-2.0
/*
 * A whole configuration that is put in place of the running one.
 */
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include "kmod/config.h"

/**
 * struct dsr_configs - what is staged in a network namespace
 * @list: the configurations
 * @n: how many
 *
 * Under the configuration mutex.
 */
struct dsr_configs {
	struct list_head	list;
	unsigned int		n;
};

/**
 * struct dsr_config_service - a service that is staged
 * @list: in its configuration's list
 * @conf: what is said of it
 * @keyed: the hash key too; if not, it is that of the running service
 * @servers: struct dsr_config_server, in the order they came
 * @n_servers: how many
 * @claim: what it claims
 * @service: the running service of its key; or the new one, on its way
 * @fresh: it is a new one
 * @set: its options differ from those of the running one
 * @differs: these or its servers do, or it is new
 * @view: what packets will see of it, if it differs
 * @old: what they saw of it, if it is not new
 * @gone: the servers that the running service has and that are not staged
 *
 * From @service on it is of the commit alone.
 */
struct dsr_config_service {
	struct list_head	list;
	struct dsr_service_conf	conf;
	bool			keyed;
	struct list_head	servers;
	unsigned int		n_servers;
	struct dsr_claim	*claim;

	struct dsr_service	*service;
	bool			fresh;
	bool			set;
	bool			differs;
	struct dsr_view		*view;
	struct dsr_view		*old;
	struct list_head	gone;
};

/**
 * struct dsr_config_server_key - which server
 * @service: its service
 * @addr: its address
 * @family: the address's family, wide enough to leave no gap
 *
 * Compared as memory.
 */
struct dsr_config_server_key {
	const struct dsr_config_service	*service;
	union nf_inet_addr		addr;
	unsigned long			family;
};

/**
 * struct dsr_config_server - a server that is staged
 * @node: in its configuration's table
 * @key: which one
 * @list: in its service's list
 * @conf: all that can be said of it
 * @server: the running server; or the new one, on its way
 * @fresh: it is a new one
 * @set: DSR_SET_*, what of @conf differs from the running one
 * @nexthop: how the running one will be reached, if @set says otherwise
 *
 * From @server on it is of the commit alone.
 */
struct dsr_config_server {
	struct rhash_head		node;
	struct dsr_config_server_key	key;
	struct list_head		list;
	struct dsr_server_conf		conf;

	struct dsr_server		*server;
	bool				fresh;
	unsigned int			set;
	struct dsr_nexthop		*nexthop;
};

static const struct rhashtable_params dsr_config_params = {
	.head_offset	= offsetof(struct dsr_config_server, node),
	.key_offset	= offsetof(struct dsr_config_server, key),
	.key_len	= sizeof(struct dsr_config_server_key),
};

static unsigned int dsr_config_net_id __read_mostly;

static struct dsr_configs *dsr_configs(const struct dsr_net *dn)
{
	return net_generic(dn->net, dsr_config_net_id);
}

/* Staging */

/**
 * dsr_config_find() - what a socket stages
 * @dn: the namespace
 * @owner: port of the socket
 *
 * Context: process, under the configuration mutex.
 * Return: the configuration or NULL.
 */
struct dsr_config *dsr_config_find(const struct dsr_net *dn, u32 owner)
{
	struct dsr_config *config;

	list_for_each_entry(config, &dsr_configs(dn)->list, list)
		if (config->owner == owner)
			return config;
	return NULL;
}

static struct dsr_config *dsr_config_create(struct dsr_net *dn, u32 owner)
{
	struct dsr_config *config = kzalloc(sizeof(*config),
					    GFP_KERNEL_ACCOUNT);

	if (!config)
		return NULL;
	config->claims = dsr_claims_create();
	if (!config->claims)
		goto err;
	if (rhashtable_init(&config->servers, &dsr_config_params))
		goto err_claims;
	config->dn = dn;
	config->owner = owner;
	INIT_LIST_HEAD(&config->services);
	return config;

err_claims:
	dsr_claims_destroy(config->claims);
err:
	kfree(config);
	return NULL;
}

/**
 * dsr_config_begin() - begin to stage a configuration
 * @dn: the namespace
 * @owner: port of the socket that does; what it has staged before is given up
 * @extack: told of a refusal
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: 0, -EBUSY or -ENOMEM.
 */
int dsr_config_begin(struct dsr_net *dn, u32 owner,
		     struct netlink_ext_ack *extack)
{
	struct dsr_configs *configs = dsr_configs(dn);
	struct dsr_config *config;

	config = dsr_config_find(dn, owner);
	if (config)
		dsr_config_discard(config);
	if (configs->n == DSR_CONFIGS_MAX) {
		NL_SET_ERR_MSG(extack,
			       "16 configurations are being staged in this network namespace: try again when one of them is done");
		return -EBUSY;
	}
	config = dsr_config_create(dn, owner);
	if (!config)
		return -ENOMEM;
	list_add_tail(&config->list, &configs->list);
	configs->n++;
	return 0;
}

static void dsr_config_free_server(void *ptr, void *arg)
{
	struct dsr_config_server *staged = ptr;
	struct dsr_config *config = arg;

	if (staged->nexthop)
		dsr_nexthop_release(staged->nexthop, &config->dn->lock);
	kfree(staged->nexthop);
	kfree(staged);
}

/**
 * dsr_config_discard() - give up what is staged
 * @config: the configuration
 *
 * Context: process, may sleep, under the configuration mutex.
 */
void dsr_config_discard(struct dsr_config *config)
{
	struct dsr_config_service *staged, *next;

	list_del(&config->list);
	dsr_configs(config->dn)->n--;
	rhashtable_free_and_destroy(&config->servers, dsr_config_free_server,
				    config);
	list_for_each_entry_safe(staged, next, &config->services, list)
		kfree(staged);
	dsr_claims_destroy(config->claims);
	kfree(config);
}

/**
 * dsr_config_closed() - give up what a socket stages, which is closed
 * @dn: the namespace
 * @owner: port of the socket
 *
 * Context: process, may sleep; takes the configuration mutex.
 */
void dsr_config_closed(struct dsr_net *dn, u32 owner)
{
	struct dsr_config *config;

	/* Any generic netlink socket comes by here, and few stage anything. */
	if (list_empty(&dsr_configs(dn)->list))
		return;
	mutex_lock(&dn->lock);
	config = dsr_config_find(dn, owner);
	if (config)
		dsr_config_discard(config);
	mutex_unlock(&dn->lock);
}

/* What is on already may be about to be changed elsewhere. */
static bool dsr_config_is_gateway(const struct dsr_config *config,
				  const struct dsr_service_key *key)
{
	const struct dsr_service *service = dsr_pernet_find(config->dn, key,
							    NULL);

	return service && service->opt.gateway;
}

/**
 * dsr_config_add_service() - stage a service
 * @config: the configuration
 * @conf: the service and all of its options
 * @keyed: these have the hash key too; if not, a running service of this key
 *	keeps its own
 * @extack: told of a refusal
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: as dsr_check_service(), or -ENOMEM.
 */
int dsr_config_add_service(struct dsr_config *config,
			   const struct dsr_service_conf *conf, bool keyed,
			   struct netlink_ext_ack *extack)
{
	struct dsr_config_service *staged;
	struct dsr_claim *claim;
	int err;

	err = dsr_check_service(config->claims, config->n_services, &conf->key,
				extack);
	if (!err && !dsr_config_is_gateway(config, &conf->key))
		err = dsr_check_gateway(config->dn->net, conf, extack);
	if (err)
		return err;
	staged = kzalloc(sizeof(*staged), GFP_KERNEL_ACCOUNT);
	if (!staged)
		return -ENOMEM;
	claim = dsr_claims_add(config->claims, &conf->key, staged);
	if (IS_ERR(claim)) {
		kfree(staged);
		return PTR_ERR(claim);
	}
	staged->conf = *conf;
	staged->keyed = keyed;
	staged->claim = claim;
	INIT_LIST_HEAD(&staged->servers);
	INIT_LIST_HEAD(&staged->gone);
	list_add_tail(&staged->list, &config->services);
	config->n_services++;
	return 0;
}

static struct dsr_config_server *
dsr_config_server(struct dsr_config *config,
		  const struct dsr_config_service *service, u8 family,
		  const union nf_inet_addr *addr)
{
	struct dsr_config_server_key key = {
		.service = service, .addr = *addr, .family = family,
	};

	return rhashtable_lookup_fast(&config->servers, &key,
				      dsr_config_params);
}

static int dsr_config_insert(struct dsr_config *config,
			     struct dsr_config_service *service,
			     const struct dsr_server_conf *conf)
{
	struct dsr_config_server *staged;
	int err;

	staged = kzalloc(sizeof(*staged), GFP_KERNEL_ACCOUNT);
	if (!staged)
		return -ENOMEM;
	staged->key.service = service;
	staged->key.addr = conf->addr;
	staged->key.family = conf->family;
	staged->conf = *conf;
	if (!(conf->set & DSR_SET_WEIGHT))
		staged->conf.weight = 1;
	staged->conf.set = DSR_SET_ALL;
	err = rhashtable_insert_fast(&config->servers, &staged->node,
				     dsr_config_params);
	if (err) {
		kfree(staged);
		return err;
	}
	list_add_tail(&staged->list, &service->servers);
	service->n_servers++;
	config->n_servers++;
	return 0;
}

/**
 * dsr_config_add_server() - stage a server
 * @config: the configuration
 * @key: its service, which is staged
 * @conf: the server; what is not given is as with a new one
 * @extack: told of a refusal
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: as dsr_check_server(), -ENOENT, -EEXIST or -ENOMEM.
 */
int dsr_config_add_server(struct dsr_config *config,
			  const struct dsr_service_key *key,
			  const struct dsr_server_conf *conf,
			  struct netlink_ext_ack *extack)
{
	struct dsr_config_service *service;
	struct dsr_claim *claim;
	int err;

	claim = dsr_claims_find(config->claims, key);
	if (!claim) {
		NL_SET_ERR_MSG(extack,
			       "no such service: add it first, or see which there are");
		return -ENOENT;
	}
	service = claim->owner;
	if (dsr_config_server(config, service, conf->family, &conf->addr)) {
		NL_SET_ERR_MSG(extack,
			       "the service has this server already: use set to change it");
		return -EEXIST;
	}
	err = dsr_check_server(config->dn->net, config->n_servers,
			       service->n_servers, key, conf, extack);
	return err ?: dsr_config_insert(config, service, conf);
}

/* Comparing */

/* Find what runs already of what is staged. */
static void dsr_config_match(struct dsr_config *config)
{
	struct dsr_config_service *staged;
	struct dsr_config_server *item;
	struct dsr_service *service;
	struct dsr_server *server;
	struct dsr_claim *claim;

	list_for_each_entry(service, &config->dn->services, list) {
		claim = dsr_claims_find(config->claims, &service->key);
		if (!claim)
			continue;
		staged = claim->owner;
		staged->service = service;
		list_for_each_entry(server, &service->servers, list) {
			item = dsr_config_server(config, staged,
						 server->nexthop.family,
						 &server->nexthop.addr);
			if (item)
				item->server = server;
		}
		cond_resched();
	}
}

/* Whether a service that runs has the servers that are staged, as they are. */
static bool dsr_config_same_servers(struct dsr_config_service *staged)
{
	struct list_head *pos = &staged->service->servers;
	struct dsr_config_server *item;
	bool same = true;

	list_for_each_entry(item, &staged->servers, list) {
		pos = pos->next;
		if (!item->server || pos != &item->server->list)
			same = false;
		if (item->server)
			item->set = dsr_pernet_server_diff(item->server,
							   &item->conf);
		if (item->set)
			same = false;
	}
	return same && list_is_last(pos, &staged->service->servers);
}

/* Whether a service is to be other than it is. */
static bool dsr_config_service_differs(struct dsr_config_service *staged)
{
	struct dsr_service_opt *opt = &staged->conf.opt;

	if (!staged->service)
		return true;
	if (!staged->keyed)
		opt->hash_key = staged->service->opt.hash_key;
	staged->set = memcmp(opt, &staged->service->opt, sizeof(*opt));
	return !dsr_config_same_servers(staged) || staged->set;
}

/* Whether anything is to be other than it is, the order of services too. */
static bool dsr_config_differs(struct dsr_config *config)
{
	struct list_head *pos = &config->dn->services;
	struct dsr_config_service *staged;
	bool same = true;

	list_for_each_entry(staged, &config->services, list) {
		staged->differs = dsr_config_service_differs(staged);
		pos = pos->next;
		if (staged->differs || pos != &staged->service->list)
			same = false;
		cond_resched();
	}
	return !same || !list_is_last(pos, &config->dn->services);
}

/* Making ready */

/* How a server that runs will be reached by what is said now. */
static int dsr_config_reach(struct dsr_config *config,
			    struct dsr_config_server *item)
{
	const struct dsr_server_conf *conf = &item->conf;
	struct dsr_net *dn = config->dn;
	struct dsr_nexthop *nh;

	nh = kmemdup(&item->server->nexthop, sizeof(*nh), GFP_KERNEL_ACCOUNT);
	if (!nh)
		return -ENOMEM;
	item->nexthop = nh;
	RCU_INIT_POINTER(nh->path, NULL);
	dsr_nexthop_give(nh, conf->mac);
	if (item->set & DSR_SET_IFINDEX) {
		nh->ifindex = conf->ifindex;
		nh->ifname[0] = '\0';
	}
	dsr_pernet_reach(dn, nh);
	return 0;
}

static int dsr_config_prepare_server(struct dsr_config *config,
				     struct dsr_service *service,
				     struct dsr_config_server *item)
{
	struct dsr_net *dn = config->dn;
	struct dsr_server *server;

	if (item->server)
		return item->set & (DSR_SET_MAC | DSR_SET_IFINDEX) ?
		       dsr_config_reach(config, item) : 0;
	server = dsr_pernet_server_create(dn, service, &item->conf);
	if (IS_ERR(server))
		return PTR_ERR(server);
	item->server = server;
	item->fresh = true;
	dsr_pernet_reach(dn, &server->nexthop);
	return 0;
}

/* What packets will see of a service. */
static struct dsr_view *dsr_config_view(const struct dsr_config *config,
					struct dsr_config_service *staged)
{
	struct dsr_config_server *item;
	struct dsr_member *members;
	struct dsr_view *view;
	unsigned int n = 0;

	members = kvmalloc_array(staged->n_servers, sizeof(*members),
				 GFP_KERNEL);
	if (!members)
		return NULL;
	list_for_each_entry(item, &staged->servers, list)
		members[n++] = (struct dsr_member) {
			.server = item->server, .weight = item->conf.weight,
			.fallback = item->conf.fallback,
			.down = item->conf.down,
			.nexthop = item->nexthop ?: &item->server->nexthop,
		};
	view = dsr_view_build(staged->service, &staged->conf.opt, members, n,
			      &config->dn->peers, staged->old);
	kvfree(members);
	return view;
}

static int dsr_config_prepare_service(struct dsr_config *config,
				      struct dsr_config_service *staged)
{
	struct dsr_config_server *item;
	int err;

	if (staged->service) {
		staged->old = dsr_pernet_seen(config->dn, staged->service);
	} else {
		staged->service = dsr_service_create(&staged->conf.key,
						     &staged->conf.opt,
						     config->dn->tally);
		if (!staged->service)
			return -ENOMEM;
		staged->fresh = true;
	}
	list_for_each_entry(item, &staged->servers, list) {
		err = dsr_config_prepare_server(config, staged->service, item);
		if (err)
			return err;
		cond_resched();
	}
	staged->view = dsr_config_view(config, staged);
	return staged->view ? 0 : -ENOMEM;
}

/* The map of what is staged, whose views are there. */
static struct dsr_map *dsr_config_map(const struct dsr_config *config)
{
	struct dsr_config_service *staged;
	struct dsr_view **views;
	struct dsr_map *map;
	unsigned int n = 0;

	views = kvmalloc_array(config->n_services, sizeof(*views), GFP_KERNEL);
	if (!views)
		return NULL;
	list_for_each_entry(staged, &config->services, list)
		views[n++] = staged->view ?: dsr_pernet_seen(config->dn,
							     staged->service);
	map = dsr_map_create(views, n, config->dn->roles);
	kvfree(views);
	return map;
}

/* Have all ready that is needed; no packet sees anything of it. */
static int dsr_config_prepare(struct dsr_config *config, struct dsr_map **map)
{
	struct dsr_config_service *staged;
	int err;

	dsr_pernet_meet(config->dn);
	list_for_each_entry(staged, &config->services, list) {
		err = staged->differs ?
		      dsr_config_prepare_service(config, staged) : 0;
		if (err)
			return err;
		/* Others wait for the mutex meanwhile. */
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	if (!config->n_services)
		return 0;
	*map = dsr_config_map(config);
	if (!*map)
		return -ENOMEM;
	return config->dn->n_services ? 0 : dsr_pernet_start(config->dn);
}

/* Undo that. */
static void dsr_config_undo(struct dsr_config *config, struct dsr_map *map)
{
	struct dsr_config_service *staged;
	struct dsr_config_server *item;

	dsr_map_destroy(map);
	list_for_each_entry(staged, &config->services, list) {
		if (staged->view)
			dsr_view_destroy(staged->view);
		list_for_each_entry(item, &staged->servers, list)
			if (item->fresh)
				dsr_server_destroy(&config->dn->servers,
						   item->server);
		if (staged->fresh)
			dsr_service_destroy(staged->service);
		cond_resched();
	}
}

/* Putting in place: from here on nothing can fail */

/*
 * A server that comes up does so before packets are sent to it, and one that
 * goes down after: none is found down that has just been given a flow.
 */
static void dsr_config_up(struct dsr_config *config)
{
	struct dsr_config_service *staged;
	struct dsr_config_server *item;

	list_for_each_entry(staged, &config->services, list)
		list_for_each_entry(item, &staged->servers, list)
			if (item->set & DSR_SET_DOWN && !item->conf.down)
				WRITE_ONCE(item->server->down, false);
}

/* Flows of servers that are gone are not to find them any more. */
static void dsr_config_retire(struct dsr_net *dn, struct list_head *gone)
{
	struct dsr_server *server;

	list_for_each_entry(server, gone, list)
		dsr_server_retire(&dn->servers, server);
}

/* What is said of a service and its servers becomes what they are. */
static void dsr_config_settle_service(struct dsr_net *dn,
				      struct dsr_config_service *staged)
{
	struct dsr_service *service = staged->service;
	struct dsr_config_server *item;

	if (staged->set)
		dsr_service_configure(service, &staged->conf.opt);
	list_splice_init(&service->servers, &staged->gone);
	list_for_each_entry(item, &staged->servers, list) {
		if (!item->fresh)
			list_del(&item->server->list);
		list_add_tail(&item->server->list, &service->servers);
		dsr_pernet_server_conf(item->server, &item->conf, item->set);
		if (item->nexthop)
			dsr_nexthop_replace(&item->server->nexthop,
					    item->nexthop, &dn->lock);
	}
	dsr_config_retire(dn, &staged->gone);
	service->n_servers = staged->n_servers;
	service->stale = false;
	dsr_pernet_settle(dn, staged->view);
}

/* The lists become those that are staged; the services not in them are @gone. */
static void dsr_config_settle(struct dsr_config *config, struct list_head *gone)
{
	struct dsr_config_service *staged;
	struct dsr_net *dn = config->dn;
	struct dsr_service *service;

	list_splice_init(&dn->services, gone);
	list_for_each_entry(staged, &config->services, list) {
		if (staged->fresh)
			dn->n_services++;
		else
			list_del(&staged->service->list);
		list_add_tail(&staged->service->list, &dn->services);
		staged->claim->owner = staged->service;
		if (staged->differs)
			dsr_config_settle_service(dn, staged);
	}
	list_for_each_entry(service, gone, list)
		dsr_config_retire(dn, &service->servers);
	/* The former ones go with what was staged. */
	swap(dn->claims, config->claims);
}

/* Tell of a service that differs, and part with what it has lost. */
static void dsr_config_finish(struct dsr_net *dn,
			      struct dsr_config_service *staged)
{
	struct dsr_service *service = staged->service;
	struct dsr_server *server, *next;
	struct dsr_config_server *item;

	if (staged->fresh || staged->set)
		dsr_pernet_emit(dn, staged->fresh ? DSR_EVENT_SERVICE_ADD :
				DSR_EVENT_SERVICE_SET, service, NULL);
	list_for_each_entry_safe(server, next, &staged->gone, list) {
		dsr_pernet_emit(dn, DSR_EVENT_SERVER_DEL, service, server);
		list_del(&server->list);
		dsr_server_destroy(&dn->servers, server);
	}
	list_for_each_entry(item, &staged->servers, list) {
		if (!item->fresh && !item->set)
			continue;
		dsr_pernet_emit(dn, item->fresh ? DSR_EVENT_SERVER_ADD :
				DSR_EVENT_SERVER_SET, service, item->server);
		dsr_pernet_ask_server(dn, item->server);
		cond_resched();
	}
	if (staged->old)
		dsr_view_destroy(staged->old);
}

/* Put it in place: a packet sees all of it or nothing. */
static void dsr_config_switch(struct dsr_config *config, struct dsr_map *map)
{
	struct dsr_config_service *staged;
	struct dsr_service *service, *next;
	struct dsr_net *dn = config->dn;
	struct dsr_map *former;
	LIST_HEAD(gone);

	dsr_config_up(config);
	former = dsr_pernet_replace_map(dn, map);
	dsr_config_settle(config, &gone);

	list_for_each_entry_safe(service, next, &gone, list) {
		dsr_pernet_emit(dn, DSR_EVENT_SERVICE_DEL, service, NULL);
		dsr_pernet_service_release(dn, service,
			rcu_dereference_protected(former->view[service->slot],
						  lockdep_is_held(&dn->lock)));
		cond_resched();
	}
	list_for_each_entry(staged, &config->services, list)
		if (staged->differs)
			dsr_config_finish(dn, staged);
	dsr_map_destroy(former);
	if (!dn->n_services)
		dsr_pernet_stop(dn);
}

/* The twin of dsr_pernet_only_peer(). */
static bool dsr_config_only_peer(const struct dsr_config *config,
				 const struct dsr_config_service *staged)
{
	const struct dsr_server_conf *only = NULL;
	const struct dsr_config_server *item;

	list_for_each_entry(item, &staged->servers, list) {
		if (item->conf.fallback)
			continue;
		if (only)
			return false;
		only = &item->conf;
	}
	return only && dsr_peers_find(&config->dn->peers, only->family,
				      &only->addr);
}

static int dsr_config_check_peers(const struct dsr_config *config,
				  struct netlink_ext_ack *extack)
{
	const struct dsr_config_service *staged;

	list_for_each_entry(staged, &config->services, list) {
		if (!dsr_config_only_peer(config, staged))
			continue;
		NL_SET_ERR_MSG(extack,
			       "a peer would be a service's only server: give the service another one");
		return -EINVAL;
	}
	return 0;
}

static int dsr_config_apply(struct dsr_config *config)
{
	struct dsr_map *map = NULL;
	int err;

	dsr_config_match(config);
	if (!dsr_config_differs(config))
		return 0;
	err = dsr_config_prepare(config, &map);
	if (err)
		dsr_config_undo(config, map);
	else
		dsr_config_switch(config, map);
	return err;
}

/**
 * dsr_config_commit() - put what is staged in place of what runs
 * @config: the configuration, which is given up whatever comes of it
 * @generation: that of the running one it was made from, or NULL for any
 * @extack: told of a refusal
 *
 * All of it or, if it fails, nothing. Services and servers that run already
 * keep their counters and flows. If nothing differs, nothing is done.
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: 0, -EBUSY, -ECANCELED, -EINVAL, -ENOMEM or what the hooks fail by.
 */
int dsr_config_commit(struct dsr_config *config, const u32 *generation,
		      struct netlink_ext_ack *extack)
{
	int err;

	if (config->spoilt) {
		NL_SET_ERR_MSG(extack,
			       "a part of this configuration was refused: nothing was changed, mend it and apply again");
		err = -ECANCELED;
	} else if (generation && *generation != (u32)config->dn->generation) {
		NL_SET_ERR_MSG(extack,
			       "the configuration was changed meanwhile: see what differs and apply again");
		err = -EBUSY;
	} else {
		err = dsr_config_check_peers(config, extack) ?:
		      dsr_config_apply(config);
	}
	dsr_config_discard(config);
	return err;
}

/* Namespaces */

static int __net_init dsr_config_net_init(struct net *net)
{
	struct dsr_configs *configs = net_generic(net, dsr_config_net_id);

	INIT_LIST_HEAD(&configs->list);
	return 0;
}

/* Sockets keep their namespace: this is for the module's end. */
static void __net_exit dsr_config_net_exit(struct net *net)
{
	struct dsr_configs *configs = net_generic(net, dsr_config_net_id);
	struct dsr_net *dn = dsr_pernet(net);
	struct dsr_config *config, *next;

	mutex_lock(&dn->lock);
	list_for_each_entry_safe(config, next, &configs->list, list)
		dsr_config_discard(config);
	mutex_unlock(&dn->lock);
}

static struct pernet_operations dsr_config_net_ops = {
	.init	= dsr_config_net_init,
	.exit	= dsr_config_net_exit,
	.id	= &dsr_config_net_id,
	.size	= sizeof(struct dsr_configs),
};

/**
 * dsr_config_init() - set up all network namespaces for staging
 *
 * Context: process, may sleep, after dsr_pernet_init().
 * Return: 0 or -errno.
 */
int dsr_config_init(void)
{
	return register_pernet_subsys(&dsr_config_net_ops);
}

/**
 * dsr_config_exit() - give up all that is staged
 *
 * Context: process, may sleep, before dsr_pernet_exit(); netlink is gone.
 */
void dsr_config_exit(void)
{
	unregister_pernet_subsys(&dsr_config_net_ops);
}

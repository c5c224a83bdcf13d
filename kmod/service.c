// SPDX-License-Identifier: GPL-2.0
/*
 * Virtual services and their views.
 */
#include <linux/hash.h>
#include <linux/inetdevice.h>
#include <linux/jhash.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <net/ipv6.h>
#include "kmod/sched_table.h"
#include "kmod/service.h"

/* While a share grows each weight counts so many times, to have steps. */
#define DSR_SHARE_STEPS	16

/* How often a hash is asked again, if the server that it gives is full. */
#define DSR_VIEW_TRIES	8

/* As long as IPVS allows by default. */
const u32 dsr_service_timeouts[DSR_SERVICE_TIMEOUTS] = {
	[DSR_FLOW_STATE_SYN]		= 60,
	[DSR_FLOW_STATE_ESTABLISHED]	= 900,
	[DSR_FLOW_STATE_CLOSING]	= 120,
	[DSR_FLOW_STATE_UDP]		= 300,
	[DSR_FLOW_STATE_OTHER]		= 300,
	[DSR_FLOW_STATE_PERSIST]	= 300,
};

/**
 * dsr_service_defaults() - the options of a service of which nothing is said
 * @key: which packets are its
 * @opt: the result, with a key of its own
 *
 * With ports of several kinds, as FTP's for control and for data, clients stay
 * with their server.
 *
 * Context: any.
 */
void dsr_service_defaults(const struct dsr_service_key *key,
			  struct dsr_service_opt *opt)
{
	memset(opt, 0, sizeof(*opt));
	get_random_bytes(&opt->hash_key, sizeof(opt->hash_key));
	opt->sched = DSR_SCHED_DEFAULT;
	memcpy(opt->timeout, dsr_service_timeouts, sizeof(opt->timeout));
	if (key->n_ports <= 1)
		opt->timeout[DSR_FLOW_STATE_PERSIST] = 0;
	opt->persist_prefix_len = key->family == AF_INET ? 32 : 128;
	strscpy(opt->group, DSR_GROUP_USUAL, sizeof(opt->group));
}

/**
 * dsr_service_configure() - change a service's options
 * @service: the service
 * @opt: the options
 *
 * Packets see most of them with the next view only.
 *
 * Context: under the configuration mutex.
 */
void dsr_service_configure(struct dsr_service *service,
			   const struct dsr_service_opt *opt)
{
	unsigned int i;

	for (i = 0; i < DSR_SERVICE_TIMEOUTS; i++)
		WRITE_ONCE(service->opt.timeout[i], opt->timeout[i]);
	WRITE_ONCE(service->opt.echo, opt->echo);
	WRITE_ONCE(service->opt.persist_prefix_len, opt->persist_prefix_len);
	service->opt.hash_key = opt->hash_key;
	service->opt.sched = opt->sched;
	service->opt.hash_on = opt->hash_on;
	service->opt.slow_start = opt->slow_start;
	service->opt.sessionless = opt->sessionless;
	service->opt.lost = opt->lost;
	service->opt.midflow = opt->midflow;
	memcpy(service->opt.group, opt->group, sizeof(opt->group));
	WRITE_ONCE(service->opt.gateway, opt->gateway);
}

/**
 * dsr_service_create() - make a service without servers
 * @key: which packets are its
 * @opt: its options
 * @tally: its namespace's
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: the service or NULL.
 */
struct dsr_service *dsr_service_create(const struct dsr_service_key *key,
				       const struct dsr_service_opt *opt,
				       struct dsr_tally *tally)
{
	struct dsr_service *service = kzalloc(sizeof(*service), GFP_KERNEL_ACCOUNT);

	if (!service)
		return NULL;
	service->tally = dsr_tally_create(tally);
	if (!service->tally) {
		kfree(service);
		return NULL;
	}
	service->stats = service->tally->stats;
	service->key = *key;
	service->opt = *opt;
	INIT_LIST_HEAD(&service->servers);
	return service;
}

static void dsr_service_free(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct dsr_service, rcu));
}

/**
 * dsr_service_destroy() - give up a service
 * @service: the service, which has no servers and which no map has any more;
 *	freed after a grace period
 *
 * Context: process, under the configuration mutex.
 */
void dsr_service_destroy(struct dsr_service *service)
{
	dsr_tally_destroy(service->tally);
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

	dsr_tally_sum(service->tally, sum);
	list_for_each_entry(server, &service->servers, list) {
		sum->active += atomic_read(&server->active);
		sum->clients += atomic_read(&server->clients);
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

/* The bits of an address that count, of IPv4 all there are at most. */
static union nf_inet_addr dsr_service_prefix(u8 family,
					     const union nf_inet_addr *addr,
					     u8 bits)
{
	union nf_inet_addr prefix = {};

	if (family == AF_INET)
		prefix.ip = addr->ip & inet_make_mask(min_t(u8, bits, 32));
	else
		ipv6_addr_prefix(&prefix.in6, &addr->in6, bits);
	return prefix;
}

/**
 * dsr_service_client() - the name by which a client stays with its server
 * @service: the service
 * @tuple: a flow of the client's
 * @client: the result: the client's prefix, and in place of the ports and the
 *	virtual address what makes the service this one
 *
 * Context: any, under RCU or the configuration mutex.
 */
void dsr_service_client(const struct dsr_service *service,
			const struct dsr_tuple *tuple,
			struct dsr_tuple *client)
{
	u8 bits = READ_ONCE(service->opt.persist_prefix_len);
	const struct dsr_service_key *key = &service->key;
	u32 hash;

	BUILD_BUG_ON(sizeof(key->ports[0]) != sizeof(u32));
	hash = jhash2((const u32 *)key->ports, key->n_ports, key->fwmark);
	*client = (struct dsr_tuple) {
		.saddr		= dsr_service_prefix(tuple->family,
						     &tuple->saddr, bits),
		.daddr		= key->addr,
		.sport		= (__force __be16)(hash >> 16),
		.dport		= (__force __be16)hash,
		.protocol	= key->protocol,
		.family		= tuple->family,
		.client		= true,
	};
	if (key->fwmark)
		client->daddr.ip = (__force __be32)key->fwmark;
}

/* Not 0, which means that there is no such second. */
static time64_t dsr_view_now(void)
{
	return ktime_get_seconds() + 1;
}

/* How long a ready server has been there, up to @most seconds. */
static u32 dsr_view_age(const struct dsr_server *server, time64_t now, u32 most)
{
	return server->since ? min_t(u64, now - server->since, most) : 0;
}

/*
 * By what weight each ready server is scheduled: its own, which is there
 * already, or as much of it as the time that it has been there is of the slow
 * start.
 */
static void dsr_view_share(struct dsr_view *view, u32 slow)
{
	u32 heaviest = 1, steps, age, i;
	time64_t now = dsr_view_now();

	for (i = 0; i < view->n; i++) {
		heaviest = max(heaviest, view->share[i]);
		if (dsr_view_age(view->server[i], now, slow) < slow)
			view->starting = true;
	}
	if (!view->starting)
		return;
	steps = min_t(u32, DSR_SHARE_STEPS, DSR_WEIGHT_MAX / heaviest);
	for (i = 0; i < view->n; i++) {
		age = dsr_view_age(view->server[i], now, slow);
		view->share[i] = max_t(u64, 1,
				       div_u64((u64)view->share[i] * steps *
					       age, slow));
	}
}

/* What the scheduler is told of a view's servers. */
static struct dsr_sched_server *
dsr_view_sched_servers(const struct dsr_view *view)
{
	struct dsr_sched_server *servers;
	const struct dsr_server *server;
	unsigned int i;

	servers = kvmalloc_array(view->n, sizeof(*servers), GFP_KERNEL_ACCOUNT);
	if (!servers)
		return NULL;
	for (i = 0; i < view->n; i++) {
		server = view->server[i];
		servers[i] = (struct dsr_sched_server) {
			.weight = view->share[i],
			.active = &server->active,
			.family = server->nexthop.family,
			.addr = server->nexthop.addr,
		};
	}
	return servers;
}

/* Schedule over the servers of a view. */
static int dsr_view_schedule(struct dsr_view *view,
			     const struct dsr_service_opt *opt, unsigned int n,
			     const struct dsr_view *old)
{
	struct dsr_sched_conf conf = {
		.key = opt->hash_key, .hash_on = opt->hash_on, .servers = n,
	};
	const struct dsr_sched *before = NULL;
	struct dsr_sched_server *servers;

	if (!view->n)
		return 0;
	servers = dsr_view_sched_servers(view);
	if (!servers)
		return -ENOMEM;
	if (old && old->sched && old->sched->ops == opt->sched)
		before = old->sched;
	view->sched = opt->sched->build(servers, view->n, &conf, before);
	kvfree(servers);
	return view->sched ? 0 : -ENOMEM;
}

/* Have each server of the schedule know by what it bids for a packet. */
static int dsr_view_seed(struct dsr_view *view)
{
	const struct dsr_nexthop *nh;
	unsigned int i;

	if (!view->n)
		return 0;
	view->seed = kvmalloc_array(view->n, sizeof(*view->seed),
				    GFP_KERNEL_ACCOUNT);
	if (!view->seed)
		return -ENOMEM;
	for (i = 0; i < view->n; i++) {
		nh = &view->server[i]->nexthop;
		view->seed[i] = dsr_table_hash_addr(nh->family, &nh->addr,
						    &view->hash_key);
	}
	return 0;
}

static void dsr_view_fill(struct dsr_view *view,
			  const struct dsr_member *m, unsigned int n,
			  bool (*suits)(u8 state), bool fallback)
{
	for (; n; n--, m++) {
		if (!m->weight || m->down || m->fallback != fallback ||
		    !suits(m->nexthop->state))
			continue;
		view->share[view->n_all] = m->weight;
		view->server[view->n_all++] = m->server;
	}
	if (!view->n)
		view->n = view->n_all;
}

static bool dsr_view_may_wait(u8 state)
{
	return state == DSR_NEXTHOP_STATE_RESOLVING;
}

/* Who is scheduled, by what share, and who comes after them. */
static void dsr_view_enlist(struct dsr_view *view, const struct dsr_member *m,
			    unsigned int n, u32 slow)
{
	dsr_view_fill(view, m, n, dsr_nexthop_usable, false);
	dsr_view_fill(view, m, n, dsr_nexthop_usable, true);
	if (view->n) {
		dsr_view_share(view, slow);
		return;
	}
	dsr_view_fill(view, m, n, dsr_view_may_wait, false);
	if (!view->n)
		dsr_view_fill(view, m, n, dsr_view_may_wait, true);
}

/* The MAC addresses of all that are or were sent packets, and of the peers. */
static int dsr_view_protect(struct dsr_view *view, const struct dsr_member *m,
			    unsigned int n, const struct dsr_peers *peers)
{
	const u8 *mac;

	view->guard = dsr_guard_create(n + peers->n);
	if (!view->guard)
		return -ENOMEM;
	for (; n; n--, m++) {
		mac = dsr_nexthop_mac(m->nexthop);
		if (mac)
			dsr_guard_add(view->guard, mac, DSR_GUARD_SERVER);
		if (m->nexthop->state == DSR_NEXTHOP_STATE_LOCAL)
			view->local = true;
	}
	dsr_peers_protect(peers, view->guard);
	return 0;
}

/* Whoever was given a flow may reply, be it drained or down by now. */
static void dsr_view_senders(struct dsr_view *view, const struct dsr_member *m,
			     unsigned int n)
{
	view->sender = view->server + n;
	for (; view->n_senders < n; view->n_senders++)
		view->sender[view->n_senders] = m[view->n_senders].server;
}

static void dsr_view_release(struct dsr_view *view)
{
	if (view->sched)
		view->sched->ops->destroy(view->sched);
	kvfree(view->guard);
	kvfree(view->share);
	kvfree(view->seed);
	kvfree(view);
}

/**
 * dsr_view_member() - a server as it is now
 * @server: the server
 *
 * Context: under the configuration mutex.
 * Return: what a view is told of it.
 */
struct dsr_member dsr_view_member(struct dsr_server *server)
{
	return (struct dsr_member) {
		.server = server, .weight = server->weight,
		.fallback = server->fallback, .down = server->down,
		.nexthop = &server->nexthop,
	};
}

/**
 * dsr_view_build() - make a view of a service as it is to be
 * @service: the service, of which nothing is changed
 * @opt: its options
 * @members: its servers
 * @n: how many
 * @peers: the namespace's
 * @old: the view that the new one will replace, or NULL
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: the view, for dsr_view_settle() once packets see it, or NULL.
 */
struct dsr_view *dsr_view_build(struct dsr_service *service,
				const struct dsr_service_opt *opt,
				const struct dsr_member *members,
				unsigned int n, const struct dsr_peers *peers,
				const struct dsr_view *old)
{
	struct dsr_view *view;

	view = kvzalloc(struct_size(view, server, opt->gateway ? 2 * n : n),
			GFP_KERNEL_ACCOUNT);
	if (!view)
		return NULL;
	if (opt->gateway)
		dsr_view_senders(view, members, n);
	view->service = service;
	view->persist = opt->timeout[DSR_FLOW_STATE_PERSIST];
	view->sessionless = opt->sessionless;
	view->lost = opt->lost;
	view->midflow = opt->midflow;
	view->echo = opt->echo;
	memcpy(view->group, opt->group, sizeof(view->group));
	view->gateway = opt->gateway;
	view->hash_key = opt->hash_key;
	if (dsr_view_protect(view, members, n, peers))
		goto err;
	if (!n)
		return view;
	view->share = kvcalloc(n, sizeof(*view->share), GFP_KERNEL_ACCOUNT);
	if (!view->share)
		goto err;
	dsr_view_enlist(view, members, n, opt->slow_start);
	if (dsr_view_seed(view) || dsr_view_schedule(view, opt, n, old))
		goto err;
	return view;

err:
	dsr_view_release(view);
	return NULL;
}

/**
 * dsr_view_create() - make a view of a service with the servers it has
 * @service: the service, of which nothing is changed
 * @opt: its options
 * @peers: the namespace's
 * @old: the view that the new one will replace, or NULL
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: as dsr_view_build().
 */
struct dsr_view *dsr_view_create(struct dsr_service *service,
				 const struct dsr_service_opt *opt,
				 const struct dsr_peers *peers,
				 const struct dsr_view *old)
{
	struct dsr_server *server;
	struct dsr_member *members;
	struct dsr_view *view;
	unsigned int n = 0;

	members = kvmalloc_array(service->n_servers, sizeof(*members),
				 GFP_KERNEL);
	if (!members)
		return NULL;
	list_for_each_entry(server, &service->servers, list)
		members[n++] = dsr_view_member(server);
	view = dsr_view_build(service, opt, members, n, peers, old);
	kvfree(members);
	return view;
}

/**
 * dsr_view_settle() - note what a view that packets see now has decided
 * @view: the view
 *
 * What share each server has, and which of them have come and gone. The view
 * that it replaces may be given up after that.
 *
 * Context: under the configuration mutex.
 */
void dsr_view_settle(struct dsr_view *view)
{
	struct dsr_service *service = view->service;
	time64_t now = dsr_view_now();
	struct dsr_server *server;
	unsigned int i;

	rcu_assign_pointer(service->seen, view);
	service->starting = view->starting;
	list_for_each_entry(server, &service->servers, list) {
		server->share = 0;
		if (!dsr_server_ready(server) || server->down ||
		    !server->weight)
			server->since = 0;
		else if (!server->since)
			server->since = now;
	}
	for (i = 0; i < view->n; i++)
		view->server[i]->share = view->share[i];
}

/* That server, if packets can wait for its MAC address, or NULL. */
static struct dsr_server *dsr_view_resolving(struct dsr_server *server)
{
	return dsr_server_resolving(server) ? server : NULL;
}

/* As dsr_server_takes(), for those who change nothing. */
static bool dsr_view_would_take(struct dsr_server *server)
{
	return dsr_server_ready(server) && !dsr_server_is_full(server);
}

static bool dsr_view_takes(struct dsr_server *server)
{
	return dsr_server_takes(server);
}

/* Of the servers from @from to before @to the least loaded that takes a flow. */
static struct dsr_server *
dsr_view_least(const struct dsr_view *view, unsigned int from, unsigned int to,
	       bool (*takes)(struct dsr_server *server))
{
	const bool alike = view->sched->ops->unweighted;
	struct dsr_server *server, *least = NULL;
	u32 active = 0, share = 1, now, own;

	for (; from < to; from++) {
		server = view->server[from];
		now = atomic_read(&server->active);
		own = alike ? 1 : view->share[from];
		/* now / own < active / share */
		if ((least && (u64)now * share >= (u64)active * own) ||
		    !takes(server))
			continue;
		least = server;
		active = now;
		share = own;
	}
	return least;
}

/*
 * A schedule that goes by a hash is asked again, for what would be other
 * clients, so that each client gets the same server again.
 */
static struct dsr_server *
dsr_view_again(const struct dsr_view *view, const struct dsr_tuple *tuple,
	       bool (*takes)(struct dsr_server *server))
{
	struct dsr_tuple other = *tuple;
	struct dsr_server *server;
	u32 i;

	for (i = 1; i <= DSR_VIEW_TRIES; i++) {
		other.saddr.ip = tuple->saddr.ip ^ htonl(i);
		server = view->server[view->sched->ops->pick(view->sched,
							     &other)];
		if (takes(server))
			return server;
	}
	return NULL;
}

/*
 * A server for a new flow that the scheduled one does not take, or NULL. If all
 * that one does not take went to the next, some would get nothing.
 */
static struct dsr_server *
dsr_view_other(const struct dsr_view *view, const struct dsr_tuple *tuple,
	       unsigned int first, bool (*takes)(struct dsr_server *server))
{
	struct dsr_server *server = NULL;

	if (view->sched->ops->by_hash)
		server = dsr_view_again(view, tuple, takes);
	if (!server)
		server = dsr_view_least(view, 0, view->n, takes);
	if (!server)
		server = dsr_view_least(view, view->n, view->n_all, takes);
	/* Or none has been found yet: then packets wait for the first. */
	return server ?: dsr_view_resolving(view->server[first]);
}

/* What the view's schedule goes by: a flow, or its client. */
static const struct dsr_tuple *dsr_view_whom(const struct dsr_view *view,
					     const struct dsr_tuple *tuple,
					     struct dsr_tuple *client)
{
	if (likely(!view->persist))
		return tuple;
	dsr_service_client(view->service, tuple, client);
	return client;
}

/**
 * dsr_view_pick() - schedule a new flow
 * @view: the view
 * @tuple: the flow
 *
 * Context: any, under RCU.
 * Return: a server, or NULL if none takes it.
 */
struct dsr_server *dsr_view_pick(const struct dsr_view *view,
				 const struct dsr_tuple *tuple)
{
	struct dsr_tuple client;
	unsigned int i;

	if (unlikely(!view->sched))
		return NULL;
	tuple = dsr_view_whom(view, tuple, &client);
	i = view->sched->ops->pick(view->sched, tuple);
	if (likely(dsr_server_takes(view->server[i])))
		return view->server[i];
	/* It is full, or has just been lost and the new view is on its way. */
	return dsr_view_other(view, tuple, i, dsr_view_takes);
}

/**
 * dsr_view_peek() - what dsr_view_pick() would return now
 * @view: the view, whose schedule can be asked
 * @tuple: the flow
 *
 * Nothing is changed: it is nobody's turn, and nobody is noted to be full.
 *
 * Context: any, under RCU.
 * Return: a server or NULL.
 */
struct dsr_server *dsr_view_peek(const struct dsr_view *view,
				 const struct dsr_tuple *tuple)
{
	struct dsr_tuple client;
	unsigned int i;

	if (!view->sched)
		return NULL;
	tuple = dsr_view_whom(view, tuple, &client);
	i = view->sched->ops->peek(view->sched, tuple);
	if (dsr_view_would_take(view->server[i]))
		return view->server[i];
	return dsr_view_other(view, tuple, i, dsr_view_would_take);
}

/*
 * Each server bids for a packet and the highest bid wins: so a server that
 * comes or goes changes only what it wins. That takes a look at each server,
 * but no table that would be built with every change.
 */
static unsigned int dsr_view_auction(const struct dsr_view *view,
				     const struct dsr_tuple *tuple)
{
	u64 hash = dsr_table_hash_tuple(tuple, &view->hash_key), bid, best = 0;
	unsigned int i, winner = 0;

	for (i = 0; i < view->n; i++) {
		bid = (hash ^ view->seed[i]) * GOLDEN_RATIO_64;
		bid = (bid ^ bid >> 32) * GOLDEN_RATIO_64;
		if (bid >= best) {
			best = bid;
			winner = i;
		}
	}
	return winner;
}

/**
 * dsr_view_by_hash() - the server of a packet by nothing but its hash
 * @view: the view
 * @tuple: the packet's tuple
 *
 * For a flow that has no place in the flow table, or had one in another
 * director's: with the same key and servers each chooses alike. The server may
 * be full, as it is to know the flow. It is the scheduled one, if the schedule
 * goes by a hash.
 *
 * Context: any, under RCU.
 * Return: a server or NULL.
 */
struct dsr_server *dsr_view_by_hash(const struct dsr_view *view,
				    const struct dsr_tuple *tuple)
{
	struct dsr_tuple client;
	unsigned int i, first;

	if (unlikely(!view->sched))
		return NULL;
	tuple = dsr_view_whom(view, tuple, &client);
	first = view->sched->ops->by_hash ?
		view->sched->ops->pick(view->sched, tuple) :
		dsr_view_auction(view, tuple);
	for (i = first; i < first + view->n; i++)
		if (dsr_server_ready(view->server[i % view->n]))
			return view->server[i % view->n];
	return dsr_view_resolving(view->server[first]);
}

/**
 * dsr_view_schedules() - whether a client can stay with a server
 * @view: the view
 * @server: the server
 *
 * It is one of those that get new flows; that it is full does not count.
 *
 * Context: any, under RCU.
 * Return: true if so.
 */
bool dsr_view_schedules(const struct dsr_view *view,
			const struct dsr_server *server)
{
	unsigned int i;

	if (!dsr_server_ready(server) && !dsr_server_resolving(server))
		return false;
	for (i = 0; i < view->n; i++)
		if (view->server[i] == server)
			return true;
	return false;
}

/**
 * dsr_view_local() - the server that is this machine
 * @view: the view
 *
 * Context: any, under RCU.
 * Return: the server, or NULL if there is none that gets packets.
 */
struct dsr_server *dsr_view_local(const struct dsr_view *view)
{
	unsigned int i;

	for (i = 0; view->local && i < view->n_all; i++)
		if (READ_ONCE(view->server[i]->nexthop.state) ==
		    DSR_NEXTHOP_STATE_LOCAL)
			return view->server[i];
	return NULL;
}

/**
 * dsr_view_sender() - the server with a MAC address
 * @view: the view
 * @mac: the address
 *
 * Context: any, under RCU.
 * Return: the first of them, or NULL. Of a service without gateway none is
 *	known.
 */
struct dsr_server *dsr_view_sender(const struct dsr_view *view, const u8 *mac)
{
	const struct dsr_path *path;
	unsigned int i;

	for (i = 0; i < view->n_senders; i++) {
		path = rcu_dereference(view->sender[i]->nexthop.path);
		if (path && ether_addr_equal(path->header, mac))
			return view->sender[i];
	}
	return NULL;
}

/* Whether a flow waits for its server, which is not ready or down. */
bool dsr_view_awaits(const struct dsr_view *view,
		     const struct dsr_server *server)
{
	unsigned int i;

	if (READ_ONCE(server->down))
		return false;
	if (dsr_server_resolving(server))
		return true;
	for (i = 0; i < view->n_all; i++)
		if (view->server[i] == server)
			return true;
	return false;
}

static void dsr_view_free(struct rcu_head *rcu)
{
	dsr_view_release(container_of(rcu, struct dsr_view, rcu));
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

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All state of one network namespace, and the operations that change it.
 */
#ifndef DSR_PERNET_H
#define DSR_PERNET_H

#include <linux/bitmap.h>
#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/workqueue.h>
#include "kmod/announce.h"
#include "kmod/check.h"
#include "kmod/event.h"
#include "kmod/flow.h"
#include "kmod/frag.h"
#include "kmod/ingress.h"
#include "kmod/map.h"
#include "kmod/peer.h"

/* Flows of each family that a network namespace has room for, unless given. */
#define DSR_FLOWS_MAX	1048576
/* And how many that may be. */
#define DSR_FLOWS_LIMIT	(1 << 26)

#define DSR_FILTER_BITS	10

/* One of IPv4, one of IPv6. */
#define DSR_HOOKS	2

struct dsr_net;

/**
 * struct dsr_pernet_ops - what the upper layers do for a namespace
 * @start: the first service has come; let packets in
 * @stop: the last service has gone; let no more packets in. Some may still
 *	be on their way, under RCU.
 *
 * Context: process, may sleep, under the configuration mutex.
 */
struct dsr_pernet_ops {
	int	(*start)(struct dsr_net *dn);
	void	(*stop)(struct dsr_net *dn);
};

/**
 * struct dsr_net - state of a network namespace
 * @map: the services as packets see them; NULL without a service
 * @flows: which server each flow has; NULL without a service
 * @frags: where the fragments of each datagram go; NULL without a service
 * @servers: finds a server by the id in a flow
 * @stats: counts the ways out of the hook for packets of no service: that of
 *	@tally
 * @net: the namespace
 * @hooks: the registered hooks, of hook.c
 * @out_hooks: and of out.c
 * @ingress: the devices that are served at ingress; under the mutex
 * @announce: the devices that virtual addresses are announced on; likewise,
 *	but for their list
 * @peers: other directors; under the mutex
 * @tally: all that is counted
 * @lock: the configuration mutex: guards what follows, all that hangs from
 *	it, and the writing of what is above. It nests inside RTNL, which must
 *	not be taken under it.
 * @services: all services, in the order they came
 * @n_services: how many
 * @claims: which packets are theirs
 * @roles: which of them are active
 * @max_flows: flows of each family that there may be
 * @generation: goes up by one with each change, for dumps and for those who
 *	change what they have read
 * @refresh: brings the next hops up to date
 * @routes: generations of both families' routes, added up, at the last
 *	refresh
 * @unsettled: a next hop is not ready, to be tried again, or a server's share
 *	still grows
 * @kicked: a notifier asks for a refresh; written by anybody
 * @filter: a bit for the hash of each server's and peer's address, so that the
 *	updates of other neighbours, which are many, are passed over; read by
 *	anybody, never cleared
 *
 * The datapath reads only the first group, under RCU.
 */
struct dsr_net {
	struct dsr_map __rcu		*map;
	struct dsr_flow_table __rcu	*flows;
	struct dsr_frag_table __rcu	*frags;
	struct dsr_server_ids		servers;
	struct dsr_stats __percpu	*stats;

	struct net			*net;
	struct nf_hook_ops		hooks[DSR_HOOKS];
	struct nf_hook_ops		out_hooks[DSR_HOOKS];
	struct dsr_ingress_set		ingress;
	struct dsr_announce_set		announce;
	struct dsr_peers		peers;

	struct dsr_tally		*tally;
	struct mutex			lock;
	struct list_head		services;
	unsigned int			n_services;
	struct dsr_claims		*claims;
	struct dsr_roles		*roles;
	u32				max_flows;
	u64				generation;
	struct delayed_work		refresh;
	int				routes;
	bool				unsettled;
	atomic_t			kicked;
	DECLARE_BITMAP(filter, 1 << DSR_FILTER_BITS);
};

int dsr_pernet_init(const struct dsr_pernet_ops *ops);
void dsr_pernet_exit(void);
struct dsr_net *dsr_pernet(const struct net *net);
int dsr_pernet_set_max_flows(struct dsr_net *dn, u32 max,
			     struct netlink_ext_ack *extack);

struct dsr_service *dsr_pernet_find(const struct dsr_net *dn,
				    const struct dsr_service_key *key,
				    struct netlink_ext_ack *extack);
struct dsr_server *dsr_pernet_find_server(const struct dsr_service *service,
					  const struct dsr_server_conf *conf,
					  struct netlink_ext_ack *extack);
int dsr_pernet_service_add(struct dsr_net *dn,
			   const struct dsr_service_conf *conf,
			   struct netlink_ext_ack *extack);
int dsr_pernet_service_set(struct dsr_net *dn,
			   const struct dsr_service_conf *conf,
			   struct netlink_ext_ack *extack);
int dsr_pernet_service_del(struct dsr_net *dn,
			   const struct dsr_service_key *key,
			   struct netlink_ext_ack *extack);
int dsr_pernet_server_add(struct dsr_net *dn,
			  const struct dsr_service_key *key,
			  const struct dsr_server_conf *conf,
			  struct netlink_ext_ack *extack);
int dsr_pernet_server_set(struct dsr_net *dn,
			  const struct dsr_service_key *key,
			  const struct dsr_server_conf *conf,
			  struct netlink_ext_ack *extack);
int dsr_pernet_server_del(struct dsr_net *dn,
			  const struct dsr_service_key *key,
			  const struct dsr_server_conf *conf,
			  struct netlink_ext_ack *extack);
int dsr_pernet_peer_add(struct dsr_net *dn, const struct dsr_server_conf *conf,
			struct netlink_ext_ack *extack);
int dsr_pernet_peer_del(struct dsr_net *dn, const struct dsr_server_conf *conf,
			struct netlink_ext_ack *extack);
int dsr_pernet_ingress_add(struct dsr_net *dn, const char *name,
			   struct netlink_ext_ack *extack);
int dsr_pernet_ingress_del(struct dsr_net *dn, const char *name,
			   struct netlink_ext_ack *extack);
int dsr_pernet_announce_add(struct dsr_net *dn, const char *name, u32 every,
			    struct netlink_ext_ack *extack);
int dsr_pernet_announce_del(struct dsr_net *dn, const char *name,
			    struct netlink_ext_ack *extack);

int dsr_pernet_find_group(const struct dsr_net *dn, const char *group,
			  struct netlink_ext_ack *extack);
int dsr_pernet_role_set(struct dsr_net *dn, const char *group,
			enum dsr_role role, struct netlink_ext_ack *extack);
struct dsr_map *dsr_pernet_map_of_all(const struct dsr_net *dn);

/* For config.c, which changes all at once. */
void dsr_pernet_emit(const struct dsr_net *dn, enum dsr_event_type type,
		     const struct dsr_service *service,
		     const struct dsr_server *server);
void dsr_pernet_settle(struct dsr_net *dn, struct dsr_view *view);
bool dsr_pernet_reach(struct dsr_net *dn, struct dsr_nexthop *nh);
struct dsr_view *dsr_pernet_seen(const struct dsr_net *dn,
				 const struct dsr_service *service);
struct dsr_map *dsr_pernet_replace_map(struct dsr_net *dn, struct dsr_map *map);
void dsr_pernet_meet(struct dsr_net *dn);
int dsr_pernet_start(struct dsr_net *dn);
void dsr_pernet_stop(struct dsr_net *dn);
void dsr_pernet_service_release(struct dsr_net *dn, struct dsr_service *service,
				struct dsr_view *view);
unsigned int dsr_pernet_server_diff(const struct dsr_server *server,
				    const struct dsr_server_conf *conf);
struct dsr_server *dsr_pernet_server_create(struct dsr_net *dn,
					    struct dsr_service *service,
					    const struct dsr_server_conf *conf);
void dsr_pernet_server_conf(struct dsr_server *server,
			    const struct dsr_server_conf *conf,
			    unsigned int set);
void dsr_pernet_ask_server(struct dsr_net *dn, const struct dsr_server *server);

#endif /* DSR_PERNET_H */

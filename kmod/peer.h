/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Other directors: what they send to a virtual address is not sent on to a
 * server a second time.
 */
#ifndef DSR_PEER_H
#define DSR_PEER_H

#include <linux/list.h>
#include <linux/netlink.h>
#include "kmod/guard.h"
#include "kmod/nexthop.h"

/* Peers of one network namespace. */
#define DSR_PEERS_MAX	64

/**
 * struct dsr_peer - another director
 * @list: in dsr_peers.list
 * @nexthop: its address, and its MAC address; no packet is sent there
 */
struct dsr_peer {
	struct list_head	list;
	struct dsr_nexthop	nexthop;
};

/**
 * struct dsr_peers - the peers of a network namespace
 * @net: the namespace
 * @lock: its configuration mutex, which guards all of it
 * @list: the peers, in the order they came
 * @n: how many
 * @macs: the MAC addresses that are known of them, or NULL without peers
 * @stale: these are not up to date
 */
struct dsr_peers {
	struct net		*net;
	struct mutex		*lock;
	struct list_head	list;
	unsigned int		n;
	struct dsr_guard	*macs;
	bool			stale;
};

void dsr_peers_init(struct dsr_peers *peers, struct net *net,
		    struct mutex *lock);
void dsr_peers_exit(struct dsr_peers *peers);
struct dsr_peer *dsr_peers_find(const struct dsr_peers *peers, u8 family,
				const union nf_inet_addr *addr);
int dsr_peers_add(struct dsr_peers *peers, const struct dsr_nexthop *conf,
		  struct netlink_ext_ack *extack);
int dsr_peers_del(struct dsr_peers *peers, const struct dsr_nexthop *conf,
		  struct netlink_ext_ack *extack);
bool dsr_peers_refresh(struct dsr_peers *peers, bool *again);
void dsr_peers_protect(const struct dsr_peers *peers, struct dsr_guard *guard);
void dsr_peers_leave(struct dsr_peers *peers, const struct net_device *dev);
void dsr_peers_ask(const struct dsr_peers *peers);
void dsr_peers_keep(const struct dsr_peers *peers);
const struct dsr_guard *dsr_peers_others(const struct dsr_peers *peers,
					 const struct dsr_nexthop *nh);

#endif /* DSR_PEER_H */

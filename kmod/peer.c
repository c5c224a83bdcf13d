// SPDX-License-Identifier: GPL-2.0
/*
 * Other directors: addresses to MAC addresses, followed as servers' are.
 */
#include <linux/slab.h>
#include "kmod/event.h"
#include "kmod/peer.h"

/**
 * dsr_peers_init() - no peers
 * @peers: the peers
 * @net: their network namespace
 * @lock: its configuration mutex
 */
void dsr_peers_init(struct dsr_peers *peers, struct net *net,
		    struct mutex *lock)
{
	*peers = (struct dsr_peers) { .net = net, .lock = lock };
	INIT_LIST_HEAD(&peers->list);
}

static void dsr_peers_emit(const struct dsr_peers *peers,
			   enum dsr_event_type type,
			   const struct dsr_peer *peer)
{
	const struct dsr_event event = { .net = peers->net, .peer = peer };

	dsr_event_emit(type, &event);
}

static void dsr_peers_free(struct dsr_peers *peers, struct dsr_peer *peer)
{
	list_del(&peer->list);
	peers->n--;
	dsr_nexthop_release(&peer->nexthop, peers->lock);
	kfree(peer);
}

/**
 * dsr_peers_exit() - forget all peers
 * @peers: the peers
 *
 * Context: process, under the configuration mutex.
 */
void dsr_peers_exit(struct dsr_peers *peers)
{
	struct dsr_peer *peer, *next;

	list_for_each_entry_safe(peer, next, &peers->list, list)
		dsr_peers_free(peers, peer);
	kvfree(peers->macs);
	peers->macs = NULL;
}

/**
 * dsr_peers_find() - the peer with an address
 * @peers: the peers
 * @family: the address's family
 * @addr: the address
 *
 * Context: process, under the configuration mutex.
 * Return: the peer or NULL.
 */
struct dsr_peer *dsr_peers_find(const struct dsr_peers *peers, u8 family,
				const union nf_inet_addr *addr)
{
	struct dsr_peer *peer;

	list_for_each_entry(peer, &peers->list, list)
		if (peer->nexthop.family == family &&
		    nf_inet_addr_cmp(&peer->nexthop.addr, addr))
			return peer;
	return NULL;
}

/**
 * dsr_peers_protect() - put the MAC addresses that are known in a set
 * @peers: the peers
 * @guard: the set, with room for them
 *
 * Context: process, under the configuration mutex.
 */
void dsr_peers_protect(const struct dsr_peers *peers, struct dsr_guard *guard)
{
	const struct dsr_peer *peer;
	const u8 *mac;

	list_for_each_entry(peer, &peers->list, list) {
		mac = dsr_nexthop_mac(&peer->nexthop);
		if (mac)
			dsr_guard_add(guard, mac, DSR_GUARD_PEER);
	}
}

/* Gather the addresses that are known, unless memory is short. */
static void dsr_peers_gather(struct dsr_peers *peers)
{
	struct dsr_guard *macs = NULL;

	if (peers->n) {
		macs = dsr_guard_create(peers->n);
		if (!macs)
			return;
		dsr_peers_protect(peers, macs);
	}
	kvfree(peers->macs);
	peers->macs = macs;
	peers->stale = false;
}

/**
 * dsr_peers_add() - add a peer
 * @peers: the peers
 * @conf: a next hop with what is said of the peer
 * @extack: told of a refusal
 *
 * Servers' views know of it with the next dsr_peers_refresh().
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: 0, -EEXIST, -ENOSPC or -ENOMEM.
 */
int dsr_peers_add(struct dsr_peers *peers, const struct dsr_nexthop *conf,
		  struct netlink_ext_ack *extack)
{
	struct dsr_peer *peer;

	if (dsr_peers_find(peers, conf->family, &conf->addr)) {
		NL_SET_ERR_MSG(extack,
			       "this peer is there already: delete it first to change it");
		return -EEXIST;
	}
	if (peers->n == DSR_PEERS_MAX) {
		NL_SET_ERR_MSG(extack,
			       "a network namespace has room for 64 peers: delete some");
		return -ENOSPC;
	}
	peer = kzalloc(sizeof(*peer), GFP_KERNEL_ACCOUNT);
	if (!peer)
		return -ENOMEM;
	peer->nexthop = *conf;
	dsr_nexthop_refresh(&peer->nexthop, peers->net, NULL, peers->lock);
	list_add_tail(&peer->list, &peers->list);
	peers->n++;
	peers->stale = true;
	dsr_peers_emit(peers, DSR_EVENT_PEER_ADD, peer);
	return 0;
}

/**
 * dsr_peers_del() - delete a peer
 * @peers: the peers
 * @conf: a next hop, of which only the address counts
 * @extack: told of a refusal
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: 0 or -ENOENT.
 */
int dsr_peers_del(struct dsr_peers *peers, const struct dsr_nexthop *conf,
		  struct netlink_ext_ack *extack)
{
	struct dsr_peer *peer = dsr_peers_find(peers, conf->family,
					       &conf->addr);

	if (!peer) {
		NL_SET_ERR_MSG(extack,
			       "no such peer: add it first, or see which there are");
		return -ENOENT;
	}
	dsr_peers_emit(peers, DSR_EVENT_PEER_DEL, peer);
	dsr_peers_free(peers, peer);
	peers->stale = true;
	return 0;
}

/* A peer's next hop has changed. */
static void dsr_peers_changed(struct dsr_peers *peers,
			      const struct dsr_peer *peer)
{
	peers->stale = true;
	dsr_peers_emit(peers, DSR_EVENT_PEER_SET, peer);
}

/**
 * dsr_peers_refresh() - bring the peers' MAC addresses up to date
 * @peers: the peers
 * @again: set to true if it has to be done again although nothing tells of a
 *	change
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: true if one has changed, come or gone.
 */
bool dsr_peers_refresh(struct dsr_peers *peers, bool *again)
{
	struct dsr_peer *peer;

	list_for_each_entry(peer, &peers->list, list) {
		if (dsr_nexthop_refresh(&peer->nexthop, peers->net, NULL,
					peers->lock))
			dsr_peers_changed(peers, peer);
		*again |= peer->nexthop.state != DSR_NEXTHOP_STATE_READY;
	}
	if (!peers->stale)
		return false;
	dsr_peers_gather(peers);
	*again |= peers->stale;
	return true;
}

/**
 * dsr_peers_leave() - let go of a device that is being unregistered
 * @peers: the peers
 * @dev: the device
 *
 * Context: process, under the configuration mutex.
 */
void dsr_peers_leave(struct dsr_peers *peers, const struct net_device *dev)
{
	struct dsr_peer *peer;

	list_for_each_entry(peer, &peers->list, list)
		if (dsr_nexthop_leave(&peer->nexthop, dev, peers->lock))
			dsr_peers_changed(peers, peer);
}

/**
 * dsr_peers_ask() - have the kernel ask for MAC addresses that it lacks
 * @peers: the peers, refreshed
 *
 * Context: process, under the configuration mutex.
 */
void dsr_peers_ask(const struct dsr_peers *peers)
{
	const struct dsr_peer *peer;

	list_for_each_entry(peer, &peers->list, list)
		dsr_nexthop_ask(&peer->nexthop, peers->net);
}

/**
 * dsr_peers_keep() - have the kernel keep the MAC addresses current
 * @peers: the peers
 *
 * As no packet is sent there, nothing else would make it probe them.
 *
 * Context: process, under the configuration mutex.
 */
void dsr_peers_keep(const struct dsr_peers *peers)
{
	const struct dsr_peer *peer;

	list_for_each_entry(peer, &peers->list, list)
		dsr_nexthop_keep(&peer->nexthop, peers->lock);
}

/**
 * dsr_peers_others() - the MAC addresses that a server must not have
 * @peers: the peers
 * @nh: the server's next hop
 *
 * A server may be a peer: but then by the address that the peer is known by.
 *
 * Context: process, under the configuration mutex.
 * Return: the addresses, or NULL for none.
 */
const struct dsr_guard *dsr_peers_others(const struct dsr_peers *peers,
					 const struct dsr_nexthop *nh)
{
	return dsr_peers_find(peers, nh->family, &nh->addr) ? NULL :
							      peers->macs;
}

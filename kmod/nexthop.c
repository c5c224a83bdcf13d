// SPDX-License-Identifier: GPL-2.0
/*
 * Next hops: address to device and MAC.
 *
 * A refresh asks the kernel's routing table for the device and its neighbour
 * table for the MAC, checks both, and publishes the answer. It is done when a
 * server is added and whenever a notifier says that something changed; which
 * servers that concerns is not worked out, all of them are refreshed.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/slab.h>
#include <net/arp.h>
#include <net/ip6_route.h>
#include <net/ndisc.h>
#include <net/route.h>
#include "kmod/guard.h"
#include "kmod/local.h"
#include "kmod/nexthop.h"

/* What a refresh found; dev and neigh are held. */
struct dsr_nexthop_found {
	struct net_device	*dev;
	struct neighbour	*neigh;
	u8			mac[ETH_ALEN];
};

static void dsr_path_free(struct rcu_head *rcu)
{
	struct dsr_path *path = container_of(rcu, struct dsr_path, rcu);

	if (path->neigh)
		neigh_release(path->neigh);
	netdev_put(path->dev, &path->tracker);
	kfree(path);
}

static enum dsr_nexthop_state
dsr_nexthop_route4(const struct dsr_nexthop *nh, struct net *net,
		   struct dsr_nexthop_found *found)
{
	struct flowi4 fl4 = {
		.daddr		= nh->addr.ip,
		.flowi4_oif	= nh->ifindex,
	};
	enum dsr_nexthop_state state = DSR_NEXTHOP_STATE_READY;
	struct rtable *rt;

	rt = ip_route_output_key(net, &fl4);
	if (IS_ERR(rt))
		return DSR_NEXTHOP_STATE_NO_ROUTE;
	if (rt->rt_type == RTN_LOCAL)
		state = DSR_NEXTHOP_STATE_LOCAL;
	else if (rt->rt_type != RTN_UNICAST)
		state = DSR_NEXTHOP_STATE_NO_ROUTE;
	else if (rt->rt_uses_gateway)
		state = DSR_NEXTHOP_STATE_GATEWAY;

	if (state == DSR_NEXTHOP_STATE_READY) {
		found->dev = rt->dst.dev;
		dev_hold(found->dev);
	}
	ip_rt_put(rt);
	return state;
}

/* The twin of dsr_nexthop_route4(). */
static enum dsr_nexthop_state
dsr_nexthop_route6(const struct dsr_nexthop *nh, struct net *net,
		   struct dsr_nexthop_found *found)
{
	struct flowi6 fl6 = {
		.daddr		= nh->addr.in6,
		.flowi6_oif	= nh->ifindex,
	};
	enum dsr_nexthop_state state = DSR_NEXTHOP_STATE_READY;
	struct dst_entry *dst;
	struct rt6_info *rt;

	dst = ip6_route_output(net, NULL, &fl6);
	rt = container_of(dst, struct rt6_info, dst);
	if (rt->rt6i_flags & RTF_LOCAL)
		state = DSR_NEXTHOP_STATE_LOCAL;
	else if (dst->error || rt->rt6i_flags & (RTF_REJECT | RTF_ANYCAST))
		state = DSR_NEXTHOP_STATE_NO_ROUTE;
	else if (rt->rt6i_flags & RTF_GATEWAY)
		state = DSR_NEXTHOP_STATE_GATEWAY;

	if (state == DSR_NEXTHOP_STATE_READY) {
		found->dev = dst->dev;
		dev_hold(found->dev);
	}
	dst_release(dst);
	return state;
}

static struct neigh_table *dsr_nexthop_table(const struct dsr_nexthop *nh)
{
	return nh->family == AF_INET ? &arp_tbl : &nd_tbl;
}

/* A device that carries Ethernet frames and is up, all the way. */
static bool dsr_nexthop_dev_usable(const struct net_device *dev)
{
	return dev->type == ARPHRD_ETHER && !(dev->flags & IFF_LOOPBACK) &&
	       netif_running(dev) && netif_carrier_ok(dev);
}

/*
 * The device given by hand. One that was renamed is the same; one that was
 * removed is replaced by the next one of its name.
 */
static const struct net_device *dsr_nexthop_given(struct dsr_nexthop *nh,
						  struct net *net)
{
	const struct net_device *dev;

	dev = dev_get_by_index_rcu(net, nh->ifindex);
	if (!dev && *nh->ifname)
		dev = dev_get_by_name_rcu(net, nh->ifname);
	if (dev) {
		nh->ifindex = dev->ifindex;
		strscpy(nh->ifname, dev->name, sizeof(nh->ifname));
	}
	return dev;
}

static bool dsr_nexthop_given_usable(struct dsr_nexthop *nh, struct net *net)
{
	const struct net_device *dev;
	bool usable;

	rcu_read_lock();
	dev = dsr_nexthop_given(nh, net);
	usable = dev && dsr_nexthop_dev_usable(dev);
	rcu_read_unlock();
	return usable;
}

static bool dsr_nexthop_mac_is_own(struct net *net, const u8 *mac)
{
	struct net_device *dev;
	bool own = false;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev) {
		if (dev->type == ARPHRD_ETHER &&
		    ether_addr_equal(dev->dev_addr, mac)) {
			own = true;
			break;
		}
	}
	rcu_read_unlock();
	return own;
}

/* Whether frames may be sent to an address, or what forbids it. */
static enum dsr_nexthop_state
dsr_nexthop_judge(struct net *net, const struct dsr_guard *others,
		  const u8 *mac)
{
	if (!is_valid_ether_addr(mac))
		return DSR_NEXTHOP_STATE_BAD_MAC;
	if (dsr_nexthop_mac_is_own(net, mac))
		return DSR_NEXTHOP_STATE_OWN_MAC;
	if (others && dsr_guard_find(others, mac))
		return DSR_NEXTHOP_STATE_PEER_MAC;
	return DSR_NEXTHOP_STATE_READY;
}

/*
 * The MAC from the neighbour table. An entry without one has failed if it was
 * being probed or asked for when last seen here, even if a packet on its way
 * has made the kernel ask anew; then it stays failed until it answers. One
 * that was in order has only been flushed: its flows are to wait.
 */
static enum dsr_nexthop_state
dsr_nexthop_resolve(struct dsr_nexthop *nh, struct dsr_nexthop_found *found)
{
	struct neighbour *neigh;
	u8 before = nh->nud;

	if (found->dev->flags & IFF_NOARP)
		return DSR_NEXTHOP_STATE_BAD_DEVICE;
	neigh = __neigh_lookup(dsr_nexthop_table(nh), &nh->addr, found->dev, 1);
	if (!neigh)
		return DSR_NEXTHOP_STATE_RESOLVING;
	found->neigh = neigh;

	nh->nud = READ_ONCE(neigh->nud_state);
	if (nh->nud & NUD_VALID) {
		neigh_ha_snapshot(found->mac, neigh, found->dev);
		return DSR_NEXTHOP_STATE_READY;
	}
	if (nh->state == DSR_NEXTHOP_STATE_FAILED || before & NUD_PROBE ||
	    (before & NUD_INCOMPLETE && nh->nud & NUD_FAILED))
		return DSR_NEXTHOP_STATE_FAILED;
	return DSR_NEXTHOP_STATE_RESOLVING;
}

/* This machine takes the packets if it has the address that they are for. */
static enum dsr_nexthop_state dsr_nexthop_local(const struct dsr_nexthop *nh,
						struct net *net)
{
	return !nh->vip_family ||
	       dsr_local_has(net, NULL, nh->vip_family, &nh->vip) ?
	       DSR_NEXTHOP_STATE_LOCAL : DSR_NEXTHOP_STATE_NO_VIP;
}

static enum dsr_nexthop_state
dsr_nexthop_find(struct dsr_nexthop *nh, struct net *net,
		 const struct dsr_guard *others,
		 struct dsr_nexthop_found *found)
{
	enum dsr_nexthop_state state;

	if (nh->ifindex && !dsr_nexthop_given_usable(nh, net))
		return DSR_NEXTHOP_STATE_BAD_DEVICE;
	state = nh->family == AF_INET ? dsr_nexthop_route4(nh, net, found) :
					dsr_nexthop_route6(nh, net, found);
	if (state == DSR_NEXTHOP_STATE_LOCAL)
		return dsr_nexthop_local(nh, net);
	if (state != DSR_NEXTHOP_STATE_READY)
		return state;
	if (!dsr_nexthop_dev_usable(found->dev))
		return DSR_NEXTHOP_STATE_BAD_DEVICE;

	if (is_zero_ether_addr(nh->mac))
		state = dsr_nexthop_resolve(nh, found);
	else
		ether_addr_copy(found->mac, nh->mac);
	if (state == DSR_NEXTHOP_STATE_READY)
		state = dsr_nexthop_judge(net, others, found->mac);
	return state;
}

static bool dsr_path_is(const struct dsr_path *path,
			const struct dsr_nexthop_found *found)
{
	return path && path->dev == found->dev && path->neigh == found->neigh &&
	       path->resolved == !is_zero_ether_addr(found->mac) &&
	       ether_addr_equal(path->header, found->mac) &&
	       ether_addr_equal(path->header + ETH_ALEN, found->dev->dev_addr);
}

/* A path of what was found, whose references it takes over. */
static struct dsr_path *dsr_path_create(struct dsr_nexthop_found *found)
{
	struct dsr_path *path = kzalloc(sizeof(*path), GFP_KERNEL_ACCOUNT);

	if (!path)
		return NULL;
	path->dev = found->dev;
	netdev_hold(path->dev, &path->tracker, GFP_KERNEL);
	path->neigh = found->neigh;
	found->neigh = NULL;
	path->resolved = !is_zero_ether_addr(found->mac);
	ether_addr_copy(path->header, found->mac);
	ether_addr_copy(path->header + ETH_ALEN, found->dev->dev_addr);
	return path;
}

static void dsr_nexthop_publish(struct dsr_nexthop *nh, struct dsr_path *path,
				struct mutex *lock)
{
	struct dsr_path *old;

	old = rcu_replace_pointer(nh->path, path, lockdep_is_held(lock));
	if (old)
		call_rcu(&old->rcu, dsr_path_free);
}

/**
 * dsr_nexthop_refresh() - bring a next hop up to date
 * @nh: the next hop
 * @net: its network namespace
 * @others: MAC addresses that it must not have, or NULL
 * @lock: held; it guards @nh
 *
 * Does not take RTNL.
 *
 * Context: process, may sleep.
 * Return: true if state or path changed.
 */
bool dsr_nexthop_refresh(struct dsr_nexthop *nh, struct net *net,
			 const struct dsr_guard *others, struct mutex *lock)
{
	struct dsr_nexthop_found found = {};
	enum dsr_nexthop_state state;
	struct dsr_path *path, *old;
	bool changed;

	lockdep_assert_held(lock);
	old = rcu_dereference_protected(nh->path, lockdep_is_held(lock));
	state = dsr_nexthop_find(nh, net, others, &found);
	path = NULL;

	if (state == DSR_NEXTHOP_STATE_READY ||
	    (state == DSR_NEXTHOP_STATE_RESOLVING && found.neigh)) {
		path = dsr_path_is(old, &found) ? old : dsr_path_create(&found);
		/* Tried again, as everything that is not ready. */
		if (!path)
			state = DSR_NEXTHOP_STATE_RESOLVING;
	}
	changed = path != old || state != nh->state;
	if (path != old)
		dsr_nexthop_publish(nh, path, lock);
	WRITE_ONCE(nh->state, state);
	if (state == DSR_NEXTHOP_STATE_READY)
		ether_addr_copy(nh->last, found.mac);
	nh->egress = found.dev ? found.dev->ifindex : 0;

	if (found.neigh)
		neigh_release(found.neigh);
	if (found.dev)
		dev_put(found.dev);
	return changed;
}

/**
 * dsr_nexthop_leave() - let go of a device that is being unregistered
 * @nh: the next hop
 * @dev: the device
 * @lock: held; it guards @nh
 *
 * No new reference is taken: the device is not to be found any more.
 *
 * Context: process.
 * Return: true if the next hop was by that device.
 */
bool dsr_nexthop_leave(struct dsr_nexthop *nh, const struct net_device *dev,
		       struct mutex *lock)
{
	if (nh->egress != dev->ifindex)
		return false;
	dsr_nexthop_publish(nh, NULL, lock);
	WRITE_ONCE(nh->state, DSR_NEXTHOP_STATE_BAD_DEVICE);
	nh->egress = 0;
	return true;
}

/**
 * dsr_nexthop_ask() - have the kernel ask for a MAC address that it lacks
 * @nh: the next hop, refreshed
 * @net: its network namespace
 *
 * Not a part of the refresh: it makes an entry that has failed look like a new
 * one, and first all servers with the address must have seen that it failed.
 *
 * Context: process, under the lock that guards @nh.
 */
void dsr_nexthop_ask(const struct dsr_nexthop *nh, struct net *net)
{
	struct neighbour *neigh;
	struct net_device *dev;

	if (nh->state != DSR_NEXTHOP_STATE_RESOLVING &&
	    nh->state != DSR_NEXTHOP_STATE_FAILED)
		return;
	dev = dev_get_by_index(net, nh->egress);
	if (!dev)
		return;
	neigh = neigh_lookup(dsr_nexthop_table(nh), &nh->addr, dev);
	if (neigh) {
		neigh_event_send(neigh, NULL);
		neigh_release(neigh);
	}
	dev_put(dev);
}

/**
 * dsr_nexthop_keep() - tell the neighbour entry that it is in use
 * @nh: the next hop
 * @lock: held; it guards @nh
 *
 * Context: process.
 */
void dsr_nexthop_keep(const struct dsr_nexthop *nh, const struct mutex *lock)
{
	const struct dsr_path *path =
		rcu_dereference_protected(nh->path, lockdep_is_held(lock));

	if (path && path->neigh)
		neigh_event_send(path->neigh, NULL);
}

/**
 * dsr_nexthop_give() - give a next hop its MAC address by hand
 * @nh: the next hop, to be refreshed
 * @mac: the address; zeros for what the neighbour table has
 *
 * If that is a change, the address that it had was never its own, or is no more.
 *
 * Context: process, under the lock that guards @nh.
 */
void dsr_nexthop_give(struct dsr_nexthop *nh, const u8 *mac)
{
	if (ether_addr_equal(nh->mac, mac))
		return;
	ether_addr_copy(nh->mac, mac);
	eth_zero_addr(nh->last);
}

/**
 * dsr_nexthop_mac() - the MAC address that packets from there have
 * @nh: the next hop
 *
 * Context: process, under the lock that guards @nh.
 * Return: the last that was known, or NULL.
 */
const u8 *dsr_nexthop_mac(const struct dsr_nexthop *nh)
{
	return is_zero_ether_addr(nh->last) ? NULL : nh->last;
}

/**
 * dsr_nexthop_replace() - put a next hop in place of another one
 * @nh: the next hop that packets use
 * @by: one of the same address that no packet knows of; it loses its path
 * @lock: held; it guards both
 *
 * Context: process.
 */
void dsr_nexthop_replace(struct dsr_nexthop *nh, struct dsr_nexthop *by,
			 struct mutex *lock)
{
	dsr_nexthop_publish(nh, rcu_replace_pointer(by->path, NULL,
						    lockdep_is_held(lock)),
			    lock);
	WRITE_ONCE(nh->state, by->state);
	nh->nud = by->nud;
	ether_addr_copy(nh->mac, by->mac);
	nh->ifindex = by->ifindex;
	memcpy(nh->ifname, by->ifname, sizeof(nh->ifname));
	nh->egress = by->egress;
	ether_addr_copy(nh->last, by->last);
}

/**
 * dsr_nexthop_release() - let go of device and neighbour
 * @nh: the next hop, no longer to be refreshed
 * @lock: held; it guards @nh
 *
 * Readers under RCU may still use the path.
 *
 * Context: process.
 */
void dsr_nexthop_release(struct dsr_nexthop *nh, struct mutex *lock)
{
	dsr_nexthop_publish(nh, NULL, lock);
}

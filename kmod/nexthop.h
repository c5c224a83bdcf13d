/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a server is reached: egress device and MAC address, kept current from
 * the kernel's routing and neighbour tables, off the packets' way.
 */
#ifndef DSR_NEXTHOP_H
#define DSR_NEXTHOP_H

#include <linux/if_ether.h>
#include <linux/list.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <net/neighbour.h>
#include <uapi/linux/dsr.h>

struct dsr_guard;

/**
 * struct dsr_path - where to send a packet
 * @dev: egress device, held
 * @neigh: the server's neighbour entry, held, or NULL for a MAC by hand
 * @used: jiffies when @neigh was last told that it is used; any CPU
 * @resolved: @header is valid; if not, the kernel is asking for the MAC
 *	address, and packets can wait in the neighbour entry's queue
 * @header: destination and source address of the Ethernet header
 * @tracker: of the reference on @dev
 * @rcu: frees it
 *
 * But for @used it is immutable once published. A destination is unicast and not our own.
 */
struct dsr_path {
	struct net_device	*dev;
	struct neighbour	*neigh;
	unsigned long		used;
	bool			resolved;
	u8			header[2 * ETH_ALEN] __aligned(4);
	netdevice_tracker	tracker;
	struct rcu_head		rcu;
};

/**
 * struct dsr_nexthop - a server's address and the path to it
 * @path: the path, NULL unless @state is ready or resolving, and even then if
 *	memory was short. Read under RCU, written under the lock that the
 *	caller names.
 * @state: enum dsr_nexthop_state. Read by anybody with READ_ONCE(), written
 *	as @path.
 * @family: AF_INET or AF_INET6; immutable
 * @addr: the server's address; immutable
 * @mac: MAC address given by hand, or zeros
 * @last: the MAC address that it was last reached by, or zeros: who cannot be
 *	reached may still send. Under the same lock.
 * @ifindex: egress device given by hand, or 0
 * @ifname: its name when it was last there, for a new one of that name to take
 *	its place; empty if it was never seen
 * @nud: state of the neighbour entry at the last refresh; under the same lock
 * @egress: index of the egress device, 0 while it is not known; likewise
 * @vip: what its packets are for; of a server that is this machine, which must
 *	have that address too. Immutable.
 * @vip_family: the family of @vip, or 0 if it is not known
 */
struct dsr_nexthop {
	struct dsr_path __rcu	*path;
	u8			state;
	u8			family;
	u8			nud;
	u8			mac[ETH_ALEN];
	u8			last[ETH_ALEN];
	int			ifindex;
	char			ifname[IFNAMSIZ];
	int			egress;
	union nf_inet_addr	addr;
	union nf_inet_addr	vip;
	u8			vip_family;
};

/**
 * dsr_nexthop_usable() - whether packets have a way in a state
 * @state: enum dsr_nexthop_state
 *
 * Context: any.
 * Return: true if so: to another machine, or to this one.
 */
static inline bool dsr_nexthop_usable(u8 state)
{
	return likely(state == DSR_NEXTHOP_STATE_READY) ||
	       state == DSR_NEXTHOP_STATE_LOCAL;
}

bool dsr_nexthop_refresh(struct dsr_nexthop *nh, struct net *net,
			 const struct dsr_guard *others, struct mutex *lock);
bool dsr_nexthop_leave(struct dsr_nexthop *nh, const struct net_device *dev,
		       struct mutex *lock);
void dsr_nexthop_ask(const struct dsr_nexthop *nh, struct net *net);
void dsr_nexthop_keep(const struct dsr_nexthop *nh, const struct mutex *lock);
void dsr_nexthop_give(struct dsr_nexthop *nh, const u8 *mac);
const u8 *dsr_nexthop_mac(const struct dsr_nexthop *nh);
void dsr_nexthop_replace(struct dsr_nexthop *nh, struct dsr_nexthop *by,
			 struct mutex *lock);
void dsr_nexthop_release(struct dsr_nexthop *nh, struct mutex *lock);

#endif /* DSR_NEXTHOP_H */

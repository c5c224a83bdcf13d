/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Devices on which the director answers for its virtual addresses, and tells
 * of them unasked: at once when there is something new to tell, again twice,
 * and from time to time if that is wanted.
 */
#ifndef DSR_ANNOUNCE_H
#define DSR_ANNOUNCE_H

#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <linux/workqueue.h>
#include "kmod/device.h"
#include "kmod/map.h"

struct inet6_dev;

/* Seconds between announcements, at most: a day. */
#define DSR_ANNOUNCE_EVERY_MAX	86400

/**
 * struct dsr_announce - a name
 * @device: the name and its device
 * @set: whose it is
 * @arp: brings its ARP frames
 * @idev: the IPv6 side of its device whose groups have been joined, held; or
 *	NULL. Under RTNL.
 * @slot: its bit in &dsr_announce_vip.joined
 * @every: seconds after which all is announced again, or 0
 * @next: when that is, in jiffies
 * @left: how often everything is still to be announced, a second apart
 * @kicked: that is to begin anew; written by anybody
 * @announced: frames that were sent unasked
 * @answered: questions that were answered
 * @conflicts: frames by which others said to have a virtual address
 * @rcu: frees it
 */
struct dsr_announce {
	struct dsr_device	device;
	struct dsr_announce_set	*set;
	struct packet_type	arp;
	struct inet6_dev	*idev;
	unsigned int		slot;
	u32			every;
	unsigned long		next;
	unsigned int		left;
	atomic_t		kicked;
	atomic64_t		announced;
	atomic64_t		answered;
	atomic64_t		conflicts;
	struct rcu_head		rcu;
};

/**
 * struct dsr_announce_set - the names of a network namespace
 * @devices: the names
 * @map: where its services are
 * @lock: its configuration mutex, which guards what follows
 * @vips: struct dsr_announce_vip: what is announced
 * @n: how many
 * @todo: how many of them, from the first on, are still to be gone through
 * @next: when all are gone through again, in jiffies, if @again
 * @whole: that is being done; otherwise, only what is new
 * @again: an address or a device is to be told of again
 * @stale: the services have changed
 * @used: slots that are taken
 * @ops: the hook of neighbour discovery, registered while there is a name
 * @hooked: it is registered
 * @work: announces
 */
struct dsr_announce_set {
	struct dsr_device_set		devices;
	struct dsr_map __rcu *const	*map;
	struct mutex			*lock;
	struct list_head		vips;
	unsigned int			n;
	unsigned int			todo;
	unsigned long			next;
	bool				whole;
	bool				again;
	bool				stale;
	DECLARE_BITMAP(used, DSR_DEVICES_MAX);
	struct nf_hook_ops		ops;
	bool				hooked;
	struct delayed_work		work;
};

void dsr_announce_init(struct dsr_announce_set *set, struct net *net,
		       struct dsr_map __rcu *const *map, struct mutex *lock);
void dsr_announce_unhook(struct dsr_announce_set *set);
void dsr_announce_exit(struct dsr_announce_set *set);
struct dsr_announce *dsr_announce_find(const struct dsr_announce_set *set,
				       const char *name,
				       struct netlink_ext_ack *extack);
int dsr_announce_add(struct dsr_announce_set *set, const char *name, u32 every,
		     struct netlink_ext_ack *extack);
int dsr_announce_del(struct dsr_announce_set *set, const char *name,
		     struct netlink_ext_ack *extack);
void dsr_announce_changed(struct dsr_announce_set *set);
void dsr_announce_again(struct dsr_announce_set *set,
			const struct net_device *dev);
bool dsr_announce_solicited(const struct dsr_announce_set *set,
			    const struct dsr_map *map, struct sk_buff *skb);

#endif /* DSR_ANNOUNCE_H */

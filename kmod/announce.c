// SPDX-License-Identifier: GPL-2.0
/*
 * Devices on which virtual addresses are announced.
 *
 * A work does all that is not an answer. It keeps a list of the addresses that
 * are announced, goes through that in rounds, a few at a time, and joins the
 * groups that neighbour solicitations are sent to.
 */
#include <linux/bitmap.h>
#include <linux/netfilter_ipv6.h>
#include <linux/rculist.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/ipv6.h>
#include "kmod/announce.h"
#include "kmod/answer.h"

/* A frame may be lost: everything is told so often, */
#define DSR_ANNOUNCE_ROUNDS	3
/* so long apart; */
#define DSR_ANNOUNCE_DELAY	HZ
/* and many addresses so many at a time, */
#define DSR_ANNOUNCE_BURST	64
/* so long apart, which makes 16000 of them a second. */
#define DSR_ANNOUNCE_PAUSE	msecs_to_jiffies(4)

/**
 * struct dsr_announce_vip - a virtual address that is announced
 * @list: in the set's list, those to be gone through first in front
 * @addr: the address
 * @family: AF_INET or AF_INET6
 * @left: how often it is still to be announced on all devices, as it is new
 * @gone: no service has it any more
 * @joined: devices, by slot, on which its solicited-node group was joined
 */
struct dsr_announce_vip {
	struct list_head	list;
	union nf_inet_addr	addr;
	u8			family;
	u8			left;
	bool			gone;
	DECLARE_BITMAP(joined, DSR_DEVICES_MAX);
};

static struct dsr_announce *dsr_announce_of(struct dsr_device *device)
{
	return container_of(device, struct dsr_announce, device);
}

static const struct dsr_map *
dsr_announce_map(const struct dsr_announce_set *set)
{
	return rcu_dereference_protected(*set->map,
					 lockdep_is_held(set->lock));
}

static void dsr_announce_kick(struct dsr_announce_set *set)
{
	mod_delayed_work(system_power_efficient_wq, &set->work, 0);
}

/* Answers */

static void dsr_announce_count(struct dsr_announce *announce,
			       enum dsr_answer what)
{
	if (what == DSR_ANSWER_SENT)
		atomic64_inc(&announce->answered);
	else if (what == DSR_ANSWER_CONFLICT)
		atomic64_inc(&announce->conflicts);
}

static int dsr_announce_arp(struct sk_buff *skb, struct net_device *dev,
			    struct packet_type *pt, struct net_device *orig_dev)
{
	struct dsr_announce *announce = pt->af_packet_priv;
	const struct dsr_map *map = rcu_dereference(*announce->set->map);

	skb = skb_share_check(skb, GFP_ATOMIC);
	if (!skb)
		return NET_RX_DROP;
	if (map && skb->dev == READ_ONCE(announce->device.dev))
		dsr_announce_count(announce, dsr_answer_arp(map, skb->dev,
							    skb));
	consume_skb(skb);
	return NET_RX_SUCCESS;
}

/* What a packet is, if its device is announced on. */
static enum dsr_answer
dsr_announce_neigh(const struct dsr_announce_set *set,
		   const struct dsr_map *map, struct sk_buff *skb)
{
	struct dsr_device *device = dsr_devices_by_dev(&set->devices, skb->dev);
	enum dsr_answer what;

	if (!device)
		return DSR_ANSWER_NONE;
	what = dsr_answer_neigh(map, skb->dev, skb);
	dsr_announce_count(dsr_announce_of(device), what);
	return what;
}

/* Solicitations that were sent to a group; packets for servers never come. */
static unsigned int dsr_announce_hook(void *priv, struct sk_buff *skb,
				      const struct nf_hook_state *state)
{
	const struct dsr_announce_set *set = priv;
	const struct dsr_map *map = rcu_dereference(*set->map);

	if (likely(ipv6_hdr(skb)->nexthdr != IPPROTO_ICMPV6 || !map) ||
	    dsr_announce_neigh(set, map, skb) != DSR_ANSWER_SENT)
		return NF_ACCEPT;
	consume_skb(skb);
	return NF_STOLEN;
}

/**
 * dsr_announce_solicited() - answer one who asks a virtual address itself
 * @set: the devices
 * @map: the services
 * @skb: a packet of ICMPv6 for a virtual address, from the IPv6 header on, not
 *	shared
 *
 * So does one who has its MAC address already, to see that it is still there.
 *
 * Context: bottom halves disabled, under RCU.
 * Return: true if it was answered and is consumed.
 */
bool dsr_announce_solicited(const struct dsr_announce_set *set,
			    const struct dsr_map *map, struct sk_buff *skb)
{
	if (dsr_announce_neigh(set, map, skb) != DSR_ANSWER_SENT)
		return false;
	consume_skb(skb);
	return true;
}

/* What is announced */

static const struct dsr_vip *
dsr_announce_lookup(const struct dsr_map *map, const struct dsr_announce_vip *v)
{
	const struct dsr_vip *vip = NULL;

	if (map)
		vip = v->family == AF_INET ? dsr_map_vip4(map, v->addr.ip) :
					     dsr_map_vip6(map, &v->addr.in6);
	return dsr_answer_is_host(vip) ? vip : NULL;
}

/* It is told at once, and twice more. */
static int dsr_announce_new_vip(struct dsr_announce_set *set,
				const struct dsr_vip *vip)
{
	struct dsr_announce_vip *v = kzalloc(sizeof(*v), GFP_KERNEL_ACCOUNT);

	if (!v)
		return -ENOMEM;
	v->addr = vip->addr;
	v->family = vip->family;
	v->left = DSR_ANNOUNCE_ROUNDS;
	list_add(&v->list, &set->vips);
	set->n++;
	set->todo++;
	return 0;
}

/* Find the addresses of the map that are not in the list. */
static int dsr_announce_new_vips(struct dsr_announce_set *set,
				 const struct dsr_map *map,
				 unsigned long *known)
{
	const struct dsr_vip *vip;
	int err = 0;

	for (vip = map->vip; vip < map->vip_end && !err; vip++)
		if (vip->family && dsr_answer_is_host(vip) &&
		    !test_bit(vip - map->vip, known))
			err = dsr_announce_new_vip(set, vip);
	return err;
}

/* Bring the list up to date with the services; without memory, later. */
static void dsr_announce_update(struct dsr_announce_set *set)
{
	const struct dsr_map *map = dsr_announce_map(set);
	const struct dsr_vip *vip;
	struct dsr_announce_vip *v;
	unsigned long *known = NULL;

	set->stale = false;
	if (map) {
		known = bitmap_zalloc(map->vip_end - map->vip, GFP_KERNEL);
		set->stale = !known;
	}
	list_for_each_entry(v, &set->vips, list) {
		vip = dsr_announce_lookup(map, v);
		if (vip && v->gone)
			v->left = DSR_ANNOUNCE_ROUNDS;
		v->gone = !vip;
		if (vip && known)
			set_bit(vip - map->vip, known);
	}
	if (known && dsr_announce_new_vips(set, map, known))
		set->stale = true;
	bitmap_free(known);
}

/* Rounds */

static void dsr_announce_tell(struct dsr_announce_set *set,
			      struct dsr_announce_vip *v)
{
	struct dsr_announce *announce;

	list_for_each_entry(announce, &set->devices.names, device.list)
		if (announce->device.dev && (announce->left || v->left))
			atomic64_add(dsr_answer_tell(announce->device.dev,
						     v->family, &v->addr),
				     &announce->announced);
	if (v->left)
		v->left--;
	if (v->left)
		set->again = true;
}

/* Go on with a round. Returns true if that is all of it. */
static bool dsr_announce_go_on(struct dsr_announce_set *set)
{
	unsigned int burst = DSR_ANNOUNCE_BURST;
	struct dsr_announce_vip *v;

	for (; set->todo && burst; set->todo--, burst--) {
		v = list_first_entry(&set->vips, struct dsr_announce_vip, list);
		list_move_tail(&v->list, &set->vips);
		if (!v->gone)
			dsr_announce_tell(set, v);
	}
	return !set->todo;
}

/* What devices have asked for, or have to say from time to time. */
static void dsr_announce_begin(struct dsr_announce_set *set)
{
	bool begin = set->again && time_after_eq(jiffies, set->next);
	struct dsr_announce *announce;

	list_for_each_entry(announce, &set->devices.names, device.list) {
		if (atomic_xchg(&announce->kicked, 0)) {
			announce->left = DSR_ANNOUNCE_ROUNDS;
			announce->next = jiffies + announce->every * HZ;
			begin = true;
		} else if (announce->every &&
			   time_after_eq(jiffies, announce->next)) {
			announce->left = max(announce->left, 1U);
			announce->next = jiffies + announce->every * HZ;
			begin = true;
		}
	}
	if (!begin)
		return;
	set->todo = set->n;
	set->whole = true;
	set->again = false;
}

static void dsr_announce_end(struct dsr_announce_set *set)
{
	struct dsr_announce *announce;

	list_for_each_entry(announce, &set->devices.names, device.list) {
		if (announce->left && set->whole)
			announce->left--;
		if (announce->left)
			set->again = true;
	}
	set->whole = false;
	if (time_after_eq(jiffies, set->next))
		set->next = jiffies + DSR_ANNOUNCE_DELAY;
}

static unsigned long dsr_announce_until(unsigned long next)
{
	return time_after(next, jiffies) ? next - jiffies : 0;
}

/* Have the work run again when there is more to do. */
static void dsr_announce_requeue(struct dsr_announce_set *set)
{
	unsigned long delay = MAX_JIFFY_OFFSET;
	struct dsr_announce *announce;

	if (set->todo)
		delay = DSR_ANNOUNCE_PAUSE;
	else if (set->again)
		delay = dsr_announce_until(set->next);
	else if (set->stale)
		delay = DSR_ANNOUNCE_DELAY;
	list_for_each_entry(announce, &set->devices.names, device.list)
		if (announce->every)
			delay = min(delay, dsr_announce_until(announce->next));
	if (delay != MAX_JIFFY_OFFSET)
		queue_delayed_work(system_power_efficient_wq, &set->work,
				   delay);
}

/* Groups */

/*
 * Join a group, or leave it: switches that listen to MLD, and NICs that filter
 * by address, hold back what is not asked for. A device that has lost all its
 * groups, as it is going, has nothing to leave.
 */
static void dsr_announce_group(struct dsr_announce *announce,
			       struct dsr_announce_vip *v, bool join)
{
	struct net_device *dev = announce->device.dev;
	struct in6_addr group;

	if (v->family != AF_INET6 || !dev ||
	    test_bit(announce->slot, v->joined) == join)
		return;
	addrconf_addr_solict_mult(&v->addr.in6, &group);
	if (!join) {
		ipv6_dev_mc_dec(dev, &group);
		clear_bit(announce->slot, v->joined);
	} else if (!ipv6_dev_mc_inc(dev, &group)) {
		set_bit(announce->slot, v->joined);
	}
}

/*
 * A device may lose its IPv6 side, with all groups, and get another one, as when
 * its MTU is too small for a while.
 */
static void dsr_announce_rejoin(struct dsr_announce *announce,
				struct inet6_dev *idev)
{
	struct dsr_announce_vip *v;

	if (announce->idev == idev)
		return;
	list_for_each_entry(v, &announce->set->vips, list)
		clear_bit(announce->slot, v->joined);
	if (announce->idev)
		in6_dev_put(announce->idev);
	if (idev)
		in6_dev_hold(idev);
	WRITE_ONCE(announce->idev, idev);
}

static struct inet6_dev *dsr_announce_idev(const struct dsr_announce *announce)
{
	return announce->device.dev ? __in6_dev_get(announce->device.dev) : NULL;
}

/* Join the groups of new addresses and part with those that are gone. */
static void dsr_announce_groups(struct dsr_announce_set *set)
{
	struct dsr_announce_vip *v, *next;
	struct dsr_announce *announce;

	ASSERT_RTNL();
	list_for_each_entry(announce, &set->devices.names, device.list) {
		dsr_announce_rejoin(announce, dsr_announce_idev(announce));
		list_for_each_entry(v, &set->vips, list)
			dsr_announce_group(announce, v, !v->gone);
	}
	list_for_each_entry_safe(v, next, &set->vips, list) {
		if (!v->gone)
			continue;
		list_del(&v->list);
		kfree(v);
		set->n--;
	}
	set->todo = min(set->todo, set->n);
}

/* Whether that would change anything. */
static bool dsr_announce_groups_differ(const struct dsr_announce_set *set)
{
	const struct dsr_announce *announce;
	const struct dsr_announce_vip *v;

	list_for_each_entry(announce, &set->devices.names, device.list)
		if (announce->device.dev &&
		    rcu_access_pointer(announce->device.dev->ip6_ptr) !=
		    READ_ONCE(announce->idev))
			return true;
	list_for_each_entry(v, &set->vips, list) {
		if (v->gone)
			return true;
		if (v->family != AF_INET6)
			continue;
		list_for_each_entry(announce, &set->devices.names, device.list)
			if (announce->device.dev &&
			    !test_bit(announce->slot, v->joined))
				return true;
	}
	return false;
}

/*
 * What is to be told comes before the groups, for which RTNL has to be waited
 * for.
 */
static void dsr_announce_work(struct work_struct *work)
{
	struct dsr_announce_set *set = container_of(work,
						    struct dsr_announce_set,
						    work.work);
	bool changed = false;

	mutex_lock(set->lock);
	if (!set->devices.n)
		goto out;
	if (set->stale)
		dsr_announce_update(set);
	dsr_announce_begin(set);
	if (set->todo && dsr_announce_go_on(set))
		dsr_announce_end(set);
	dsr_announce_requeue(set);
	changed = !set->todo && dsr_announce_groups_differ(set);
out:
	mutex_unlock(set->lock);
	if (!changed)
		return;
	rtnl_lock();
	mutex_lock(set->lock);
	dsr_announce_groups(set);
	mutex_unlock(set->lock);
	rtnl_unlock();
}

/* Devices */

static int dsr_announce_attach(struct dsr_device *device)
{
	struct dsr_announce *announce = dsr_announce_of(device);

	announce->arp = (struct packet_type) {
		.type = htons(ETH_P_ARP), .dev = device->dev,
		.func = dsr_announce_arp, .af_packet_priv = announce,
	};
	dev_add_pack(&announce->arp);
	atomic_set(&announce->kicked, 1);
	dsr_announce_kick(announce->set);
	return 0;
}

static void dsr_announce_detach(struct dsr_device *device)
{
	struct dsr_announce *announce = dsr_announce_of(device);
	struct dsr_announce_vip *v;

	ASSERT_RTNL();
	dev_remove_pack(&announce->arp);
	dsr_announce_rejoin(announce, dsr_announce_idev(announce));
	list_for_each_entry(v, &announce->set->vips, list)
		dsr_announce_group(announce, v, false);
	dsr_announce_rejoin(announce, NULL);
}

static const struct dsr_device_ops dsr_announce_device_ops = {
	.attach	= dsr_announce_attach,
	.detach	= dsr_announce_detach,
};

/**
 * dsr_announce_init() - a set without names
 * @set: the set
 * @net: its network namespace
 * @map: where its services are
 * @lock: its configuration mutex
 */
void dsr_announce_init(struct dsr_announce_set *set, struct net *net,
		       struct dsr_map __rcu *const *map, struct mutex *lock)
{
	*set = (struct dsr_announce_set) {
		.map = map, .lock = lock, .next = jiffies,
		.ops = {
			.hook = dsr_announce_hook, .priv = set,
			.pf = NFPROTO_IPV6, .hooknum = NF_INET_LOCAL_IN,
			.priority = NF_IP6_PRI_FILTER + 1,
		},
	};
	dsr_devices_init(&set->devices, net, &dsr_announce_device_ops);
	INIT_LIST_HEAD(&set->vips);
	INIT_DELAYED_WORK(&set->work, dsr_announce_work);
}

/**
 * dsr_announce_unhook() - see no more packets of IPv6
 * @set: the set, which may be freed a grace period later; devices bring their
 *	ARP frames until they are detached
 *
 * Context: process, may sleep, under the configuration mutex.
 */
void dsr_announce_unhook(struct dsr_announce_set *set)
{
	if (set->hooked)
		nf_unregister_net_hook(set->devices.net, &set->ops);
	set->hooked = false;
}

static int dsr_announce_hook_up(struct dsr_announce_set *set)
{
	int err = nf_register_net_hook(set->devices.net, &set->ops);

	set->hooked = !err;
	return err;
}

/* The last name has gone: nothing is announced. */
static void dsr_announce_stop(struct dsr_announce_set *set)
{
	struct dsr_announce_vip *v, *next;

	dsr_announce_unhook(set);
	list_for_each_entry_safe(v, next, &set->vips, list)
		kfree(v);
	INIT_LIST_HEAD(&set->vips);
	set->n = 0;
	set->todo = 0;
	set->whole = false;
	set->again = false;
}

static void dsr_announce_free(struct dsr_announce *announce)
{
	struct dsr_announce_set *set = announce->set;

	dsr_devices_del(&set->devices, &announce->device);
	clear_bit(announce->slot, set->used);
	kfree_rcu(announce, rcu);
	if (!set->devices.n)
		dsr_announce_stop(set);
}

/**
 * dsr_announce_exit() - forget all names
 * @set: the set
 *
 * Its work is to be cancelled, with the mutex free, unless it may run on.
 *
 * Context: process, may sleep, under the configuration mutex; under RTNL too,
 *	unless all devices have gone.
 */
void dsr_announce_exit(struct dsr_announce_set *set)
{
	struct dsr_announce *announce, *next;

	list_for_each_entry_safe(announce, next, &set->devices.names,
				 device.list)
		dsr_announce_free(announce);
}

/**
 * dsr_announce_find() - a name of a set
 * @set: the set
 * @name: the name
 * @extack: told if it is not there
 *
 * Context: process, under the configuration mutex.
 * Return: it, or NULL.
 */
struct dsr_announce *dsr_announce_find(const struct dsr_announce_set *set,
				       const char *name,
				       struct netlink_ext_ack *extack)
{
	struct dsr_device *device = dsr_devices_find(&set->devices, name);

	if (device)
		return dsr_announce_of(device);
	NL_SET_ERR_MSG(extack,
		       "nothing is announced on this device: add it first, or see on which it is");
	return NULL;
}

static struct dsr_announce *dsr_announce_create(struct dsr_announce_set *set,
						u32 every)
{
	struct dsr_announce *announce = kzalloc(sizeof(*announce),
						GFP_KERNEL_ACCOUNT);

	if (!announce)
		return NULL;
	announce->set = set;
	announce->every = every;
	announce->next = jiffies + every * HZ;
	announce->slot = find_first_zero_bit(set->used, DSR_DEVICES_MAX);
	return announce;
}

static int dsr_announce_insert(struct dsr_announce_set *set,
			       struct dsr_announce *announce, const char *name)
{
	bool first = !set->devices.n;
	int err;

	if (first) {
		err = dsr_announce_hook_up(set);
		if (err)
			return err;
		set->stale = true;
	}
	err = dsr_devices_add(&set->devices, &announce->device, name);
	if (err && first)
		dsr_announce_unhook(set);
	if (!err)
		set_bit(announce->slot, set->used);
	return err;
}

/**
 * dsr_announce_add() - announce on a device, now or when it comes
 * @set: the set
 * @name: its name, a valid one
 * @every: seconds after which all is announced again, or 0
 * @extack: told of a refusal
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: 0, -EEXIST, -ENOSPC or -ENOMEM.
 */
int dsr_announce_add(struct dsr_announce_set *set, const char *name, u32 every,
		     struct netlink_ext_ack *extack)
{
	struct dsr_announce *announce = dsr_announce_create(set, every);
	int err;

	if (!announce)
		return -ENOMEM;
	err = dsr_announce_insert(set, announce, name);
	if (!err) {
		dsr_announce_kick(set);
		return 0;
	}
	kfree(announce);
	if (err == -EEXIST)
		NL_SET_ERR_MSG(extack,
			       "virtual addresses are announced on this device already");
	else if (err == -ENOSPC)
		NL_SET_ERR_MSG(extack,
			       "virtual addresses can be announced on no more than 64 devices: delete some");
	return err;
}

/**
 * dsr_announce_del() - announce nothing more on a device
 * @set: the set
 * @name: its name
 * @extack: told of a refusal
 *
 * Context: process, may sleep, under RTNL and the configuration mutex.
 * Return: 0 or -ENOENT.
 */
int dsr_announce_del(struct dsr_announce_set *set, const char *name,
		     struct netlink_ext_ack *extack)
{
	struct dsr_announce *announce = dsr_announce_find(set, name, extack);

	if (!announce)
		return -ENOENT;
	dsr_announce_free(announce);
	return 0;
}

/**
 * dsr_announce_changed() - there is another map
 * @set: the set
 *
 * Context: process, under the configuration mutex.
 */
void dsr_announce_changed(struct dsr_announce_set *set)
{
	if (!set->devices.n)
		return;
	set->stale = true;
	dsr_announce_kick(set);
}

/**
 * dsr_announce_again() - tell everything anew
 * @set: the set
 * @dev: on this device, or NULL for all of them
 *
 * Context: process.
 */
void dsr_announce_again(struct dsr_announce_set *set,
			const struct net_device *dev)
{
	struct dsr_announce *announce;
	bool any = false;

	rcu_read_lock();
	list_for_each_entry_rcu(announce, &set->devices.names, device.list) {
		if (dev && READ_ONCE(announce->device.dev) != dev)
			continue;
		atomic_set(&announce->kicked, 1);
		any = true;
	}
	if (any)
		dsr_announce_kick(set);
	rcu_read_unlock();
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Devices that are served at ingress: names to devices to hooks.
 */
#include <linux/netdevice.h>
#include <linux/netfilter_netdev.h>
#include <linux/slab.h>
#include "kmod/ingress.h"

/* After the administrator's own chains of the usual priority. */
#define DSR_INGRESS_PRIORITY	1

/* The device of this name, held, or NULL. An alternative name is none. */
static struct net_device *dsr_ingress_device(const struct dsr_ingress_set *set,
					     const char *name)
{
	struct net_device *dev = dev_get_by_name(set->net, name);

	if (!dev || !strcmp(dev->name, name))
		return dev;
	dev_put(dev);
	return NULL;
}

static int dsr_ingress_register(const struct dsr_ingress_set *set,
				struct dsr_ingress *ingress)
{
	ingress->ops.hook = set->hook;
	ingress->ops.priv = set->priv;
	return nf_register_net_hook(set->net, &ingress->ops);
}

static void dsr_ingress_detach(const struct dsr_ingress_set *set,
			       struct dsr_ingress *ingress)
{
	if (set->hook && ingress->ops.dev)
		nf_unregister_net_hook(set->net, &ingress->ops);
	ingress->ops.dev = NULL;
}

/* Bring a name up to date with the devices there are. */
static int dsr_ingress_attach(const struct dsr_ingress_set *set,
			      struct dsr_ingress *ingress)
{
	struct net_device *dev = dsr_ingress_device(set, ingress->name);
	int err = 0;

	if (dev == ingress->ops.dev)
		goto out;
	dsr_ingress_detach(set, ingress);
	ingress->ops.dev = dev;
	if (dev && set->hook)
		err = dsr_ingress_register(set, ingress);
	if (err)
		ingress->ops.dev = NULL;
out:
	dev_put(dev);
	return err;
}

/**
 * dsr_ingress_init() - a set without names
 * @set: the set
 * @net: its network namespace
 */
void dsr_ingress_init(struct dsr_ingress_set *set, struct net *net)
{
	*set = (struct dsr_ingress_set) { .net = net };
	INIT_LIST_HEAD(&set->names);
}

static void dsr_ingress_free(struct dsr_ingress_set *set,
			     struct dsr_ingress *ingress)
{
	dsr_ingress_detach(set, ingress);
	list_del(&ingress->list);
	set->n--;
	kfree_rcu(ingress, rcu);
}

/**
 * dsr_ingress_exit() - forget all names
 * @set: the set
 *
 * Context: process, may sleep, under the configuration mutex.
 */
void dsr_ingress_exit(struct dsr_ingress_set *set)
{
	struct dsr_ingress *ingress, *next;

	list_for_each_entry_safe(ingress, next, &set->names, list)
		dsr_ingress_free(set, ingress);
}

/**
 * dsr_ingress_start() - let packets in, by all devices there are
 * @set: the set, stopped
 * @hook: what they meet
 * @priv: for it
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: 0 or -errno.
 */
int dsr_ingress_start(struct dsr_ingress_set *set, nf_hookfn *hook, void *priv)
{
	struct dsr_ingress *ingress;
	int err;

	set->hook = hook;
	set->priv = priv;
	list_for_each_entry(ingress, &set->names, list) {
		err = ingress->ops.dev ? dsr_ingress_register(set, ingress) : 0;
		if (err)
			goto err_registered;
	}
	return 0;

err_registered:
	list_for_each_entry_continue_reverse(ingress, &set->names, list)
		if (ingress->ops.dev)
			nf_unregister_net_hook(set->net, &ingress->ops);
	set->hook = NULL;
	return err;
}

/**
 * dsr_ingress_stop() - let no more packets in
 * @set: the set; packets that are on their way are so under RCU
 *
 * Context: process, may sleep, under the configuration mutex.
 */
void dsr_ingress_stop(struct dsr_ingress_set *set)
{
	struct dsr_ingress *ingress;

	list_for_each_entry(ingress, &set->names, list)
		if (ingress->ops.dev)
			nf_unregister_net_hook(set->net, &ingress->ops);
	set->hook = NULL;
}

/**
 * dsr_ingress_sync() - see that a device has come, or has another name
 * @set: the set
 *
 * A device whose hook cannot be registered, for want of memory, is as one that
 * is not there.
 *
 * Context: process, may sleep, under RTNL and the configuration mutex.
 */
void dsr_ingress_sync(struct dsr_ingress_set *set)
{
	struct dsr_ingress *ingress;

	list_for_each_entry(ingress, &set->names, list)
		dsr_ingress_attach(set, ingress);
}

/**
 * dsr_ingress_leave() - let go of a device that is being unregistered
 * @set: the set
 * @dev: the device, which may still be found by its name if only our notifier
 *	is going
 *
 * Context: process, may sleep, under RTNL and the configuration mutex.
 */
void dsr_ingress_leave(struct dsr_ingress_set *set,
		       const struct net_device *dev)
{
	struct dsr_ingress *ingress;

	list_for_each_entry(ingress, &set->names, list)
		if (ingress->ops.dev == dev)
			dsr_ingress_detach(set, ingress);
}

static struct dsr_ingress *dsr_ingress_lookup(const struct dsr_ingress_set *set,
					      const char *name)
{
	struct dsr_ingress *ingress;

	list_for_each_entry(ingress, &set->names, list)
		if (!strcmp(ingress->name, name))
			return ingress;
	return NULL;
}

/**
 * dsr_ingress_find() - a name of a set
 * @set: the set
 * @name: the name
 * @extack: told if it is not there
 *
 * Context: process, under the configuration mutex.
 * Return: it, or NULL.
 */
struct dsr_ingress *dsr_ingress_find(const struct dsr_ingress_set *set,
				     const char *name,
				     struct netlink_ext_ack *extack)
{
	struct dsr_ingress *ingress = dsr_ingress_lookup(set, name);

	if (!ingress)
		NL_SET_ERR_MSG(extack,
			       "device is not served at ingress: add it first, or see which are");
	return ingress;
}

/**
 * dsr_ingress_add() - serve a device, now or when it comes
 * @set: the set
 * @name: its name, a valid one
 * @extack: told of a refusal
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: 0, -EEXIST, -ENOSPC, -ENOMEM or what a hook is refused with.
 */
int dsr_ingress_add(struct dsr_ingress_set *set, const char *name,
		    struct netlink_ext_ack *extack)
{
	struct dsr_ingress *ingress;
	int err;

	if (dsr_ingress_lookup(set, name)) {
		NL_SET_ERR_MSG(extack,
			       "device is served at ingress already");
		return -EEXIST;
	}
	if (set->n == DSR_INGRESS_MAX) {
		NL_SET_ERR_MSG(extack,
			       "no more than 64 devices can be served at ingress: delete some");
		return -ENOSPC;
	}
	ingress = kzalloc(sizeof(*ingress), GFP_KERNEL_ACCOUNT);
	if (!ingress)
		return -ENOMEM;
	strscpy(ingress->name, name, sizeof(ingress->name));
	ingress->ops.pf = NFPROTO_NETDEV;
	ingress->ops.hooknum = NF_NETDEV_INGRESS;
	ingress->ops.priority = DSR_INGRESS_PRIORITY;
	err = dsr_ingress_attach(set, ingress);
	if (err) {
		kfree(ingress);
		return err;
	}
	list_add_tail(&ingress->list, &set->names);
	set->n++;
	return 0;
}

/**
 * dsr_ingress_del() - leave a device's packets to the later hooks
 * @set: the set
 * @name: its name
 * @extack: told of a refusal
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: 0 or -ENOENT.
 */
int dsr_ingress_del(struct dsr_ingress_set *set, const char *name,
		    struct netlink_ext_ack *extack)
{
	struct dsr_ingress *ingress = dsr_ingress_find(set, name, extack);

	if (!ingress)
		return -ENOENT;
	dsr_ingress_free(set, ingress);
	return 0;
}

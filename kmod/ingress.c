// SPDX-License-Identifier: GPL-2.0
/*
 * Devices that are served at ingress: their hooks.
 */
#include <linux/netdevice.h>
#include <linux/netfilter_netdev.h>
#include <linux/slab.h>
#include "kmod/ingress.h"

/* After the administrator's own chains of the usual priority. */
#define DSR_INGRESS_PRIORITY	1

static int dsr_ingress_register(struct dsr_ingress *ingress)
{
	const struct dsr_ingress_set *set = ingress->set;

	ingress->ops.dev = ingress->device.dev;
	ingress->ops.hook = set->hook;
	ingress->ops.priv = set->priv;
	return nf_register_net_hook(set->devices.net, &ingress->ops);
}

static void dsr_ingress_unregister(struct dsr_ingress *ingress)
{
	nf_unregister_net_hook(ingress->set->devices.net, &ingress->ops);
}

static int dsr_ingress_attach(struct dsr_device *device)
{
	struct dsr_ingress *ingress = container_of(device, struct dsr_ingress,
						   device);

	return ingress->set->hook ? dsr_ingress_register(ingress) : 0;
}

static void dsr_ingress_detach(struct dsr_device *device)
{
	struct dsr_ingress *ingress = container_of(device, struct dsr_ingress,
						   device);

	if (ingress->set->hook)
		dsr_ingress_unregister(ingress);
}

static const struct dsr_device_ops dsr_ingress_device_ops = {
	.attach	= dsr_ingress_attach,
	.detach	= dsr_ingress_detach,
};

/**
 * dsr_ingress_init() - a set without names
 * @set: the set
 * @net: its network namespace
 */
void dsr_ingress_init(struct dsr_ingress_set *set, struct net *net)
{
	*set = (struct dsr_ingress_set) {};
	dsr_devices_init(&set->devices, net, &dsr_ingress_device_ops);
}

static void dsr_ingress_free(struct dsr_ingress *ingress)
{
	dsr_devices_del(&ingress->set->devices, &ingress->device);
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

	list_for_each_entry_safe(ingress, next, &set->devices.names,
				 device.list)
		dsr_ingress_free(ingress);
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
	list_for_each_entry(ingress, &set->devices.names, device.list) {
		err = ingress->device.dev ? dsr_ingress_register(ingress) : 0;
		if (err)
			goto err_registered;
	}
	return 0;

err_registered:
	list_for_each_entry_continue_reverse(ingress, &set->devices.names,
					     device.list)
		if (ingress->device.dev)
			dsr_ingress_unregister(ingress);
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

	list_for_each_entry(ingress, &set->devices.names, device.list)
		if (ingress->device.dev)
			dsr_ingress_unregister(ingress);
	set->hook = NULL;
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
	struct dsr_device *device = dsr_devices_find(&set->devices, name);

	if (device)
		return container_of(device, struct dsr_ingress, device);
	NL_SET_ERR_MSG(extack,
		       "device is not served at ingress: add it first, or see which are");
	return NULL;
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

	ingress = kzalloc(sizeof(*ingress), GFP_KERNEL_ACCOUNT);
	if (!ingress)
		return -ENOMEM;
	ingress->set = set;
	ingress->ops.pf = NFPROTO_NETDEV;
	ingress->ops.hooknum = NF_NETDEV_INGRESS;
	ingress->ops.priority = DSR_INGRESS_PRIORITY;
	err = dsr_devices_add(&set->devices, &ingress->device, name);
	if (!err)
		return 0;
	kfree(ingress);
	if (err == -EEXIST)
		NL_SET_ERR_MSG(extack,
			       "device is served at ingress already");
	else if (err == -ENOSPC)
		NL_SET_ERR_MSG(extack,
			       "no more than 64 devices can be served at ingress: delete some");
	return err;
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
	dsr_ingress_free(ingress);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Network devices by name.
 */
#include <linux/netdevice.h>
#include <linux/rculist.h>
#include "kmod/device.h"

/* The device of this name, held, or NULL. An alternative name is none. */
static struct net_device *dsr_devices_get(const struct dsr_device_set *set,
					  const char *name)
{
	struct net_device *dev = dev_get_by_name(set->net, name);

	if (!dev || !strcmp(dev->name, name))
		return dev;
	dev_put(dev);
	return NULL;
}

static void dsr_devices_detach(const struct dsr_device_set *set,
			       struct dsr_device *device)
{
	if (device->dev)
		set->ops->detach(device);
	WRITE_ONCE(device->dev, NULL);
}

/* Bring a name up to date with the devices there are. */
static int dsr_devices_attach(const struct dsr_device_set *set,
			      struct dsr_device *device)
{
	struct net_device *dev = dsr_devices_get(set, device->name);
	int err = 0;

	if (dev == device->dev)
		goto out;
	dsr_devices_detach(set, device);
	WRITE_ONCE(device->dev, dev);
	if (dev)
		err = set->ops->attach(device);
	if (err)
		WRITE_ONCE(device->dev, NULL);
out:
	dev_put(dev);
	return err;
}

/**
 * dsr_devices_init() - a set without names
 * @set: the set
 * @net: its network namespace
 * @ops: what is done with the devices
 */
void dsr_devices_init(struct dsr_device_set *set, struct net *net,
		      const struct dsr_device_ops *ops)
{
	*set = (struct dsr_device_set) { .net = net, .ops = ops };
	INIT_LIST_HEAD(&set->names);
}

/**
 * dsr_devices_sync() - see that a device has come, or has another name
 * @set: the set
 *
 * A device that cannot be attached, for want of memory, is as one that is not
 * there.
 *
 * Context: process, may sleep, under RTNL and the configuration mutex.
 */
void dsr_devices_sync(struct dsr_device_set *set)
{
	struct dsr_device *device;

	list_for_each_entry(device, &set->names, list)
		dsr_devices_attach(set, device);
}

/**
 * dsr_devices_leave() - let go of a device that is being unregistered
 * @set: the set
 * @dev: the device, which may still be found by its name if only our notifier
 *	is going
 *
 * Context: process, may sleep, under RTNL and the configuration mutex.
 */
void dsr_devices_leave(struct dsr_device_set *set,
		       const struct net_device *dev)
{
	struct dsr_device *device;

	list_for_each_entry(device, &set->names, list)
		if (device->dev == dev)
			dsr_devices_detach(set, device);
}

/**
 * dsr_devices_find() - a name of a set
 * @set: the set
 * @name: the name
 *
 * Context: process, under the configuration mutex.
 * Return: it, or NULL.
 */
struct dsr_device *dsr_devices_find(const struct dsr_device_set *set,
				    const char *name)
{
	struct dsr_device *device;

	list_for_each_entry(device, &set->names, list)
		if (!strcmp(device->name, name))
			return device;
	return NULL;
}

/**
 * dsr_devices_by_dev() - the name of a device
 * @set: the set
 * @dev: the device
 *
 * Context: any, under RCU.
 * Return: it, or NULL if it is not in the set.
 */
struct dsr_device *dsr_devices_by_dev(const struct dsr_device_set *set,
				      const struct net_device *dev)
{
	struct dsr_device *device;

	list_for_each_entry_rcu(device, &set->names, list)
		if (READ_ONCE(device->dev) == dev)
			return device;
	return NULL;
}

/**
 * dsr_devices_add() - add a name
 * @set: the set
 * @device: for it; all of it that is not struct dsr_device is ready
 * @name: a valid one
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: 0, -EEXIST, -ENOSPC or what it cannot be attached for.
 */
int dsr_devices_add(struct dsr_device_set *set, struct dsr_device *device,
		    const char *name)
{
	int err;

	if (dsr_devices_find(set, name))
		return -EEXIST;
	if (set->n == DSR_DEVICES_MAX)
		return -ENOSPC;
	strscpy(device->name, name, sizeof(device->name));
	device->dev = NULL;
	err = dsr_devices_attach(set, device);
	if (err)
		return err;
	list_add_tail_rcu(&device->list, &set->names);
	set->n++;
	return 0;
}

/**
 * dsr_devices_del() - take a name out
 * @set: the set
 * @device: the name, to be freed after a grace period
 *
 * Context: process, may sleep, under the configuration mutex.
 */
void dsr_devices_del(struct dsr_device_set *set, struct dsr_device *device)
{
	dsr_devices_detach(set, device);
	list_del_rcu(&device->list);
	set->n--;
}

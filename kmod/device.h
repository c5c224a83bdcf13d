/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Network devices by name: something is done with each, from when there is such
 * a device until there is none.
 */
#ifndef DSR_DEVICE_H
#define DSR_DEVICE_H

#include <linux/if.h>
#include <linux/list.h>

struct net;
struct net_device;

/* Names of one kind in one network namespace. */
#define DSR_DEVICES_MAX	64

/**
 * struct dsr_device - a name
 * @list: in dsr_device_set.names
 * @name: of a device, which need not be there
 * @dev: the device, not held; NULL while it is not there, or could not be used
 *	for want of memory
 */
struct dsr_device {
	struct list_head	list;
	char			name[IFNAMSIZ];
	struct net_device	*dev;
};

/**
 * struct dsr_device_ops - what is done with devices
 * @attach: there is a device, @dev of the name
 * @detach: it goes, or has another name
 *
 * Context: process, may sleep, under the configuration mutex. When a device
 * goes or is renamed, also under RTNL.
 */
struct dsr_device_ops {
	int	(*attach)(struct dsr_device *device);
	void	(*detach)(struct dsr_device *device);
};

/**
 * struct dsr_device_set - the names of a network namespace
 * @net: the namespace
 * @ops: what is done with the devices
 * @names: in the order they came; also read under RCU
 * @n: how many
 *
 * Under the configuration mutex. A device is looked up by name and attached
 * without letting go of that in between: so it is either not found any more,
 * or its NETDEV_UNREGISTER comes after.
 */
struct dsr_device_set {
	struct net			*net;
	const struct dsr_device_ops	*ops;
	struct list_head		names;
	unsigned int			n;
};

void dsr_devices_init(struct dsr_device_set *set, struct net *net,
		      const struct dsr_device_ops *ops);
void dsr_devices_sync(struct dsr_device_set *set);
void dsr_devices_leave(struct dsr_device_set *set,
		       const struct net_device *dev);
struct dsr_device *dsr_devices_find(const struct dsr_device_set *set,
				    const char *name);
struct dsr_device *dsr_devices_by_dev(const struct dsr_device_set *set,
				      const struct net_device *dev);
int dsr_devices_add(struct dsr_device_set *set, struct dsr_device *device,
		    const char *name);
void dsr_devices_del(struct dsr_device_set *set, struct dsr_device *device);

#endif /* DSR_DEVICE_H */

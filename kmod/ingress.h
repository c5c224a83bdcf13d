/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Devices that are served at ingress, by name: each has a hook of its own
 * while there is such a device and the namespace has a service.
 */
#ifndef DSR_INGRESS_H
#define DSR_INGRESS_H

#include <linux/netfilter.h>
#include <linux/netlink.h>
#include "kmod/device.h"

/**
 * struct dsr_ingress - a name
 * @device: the name and its device
 * @set: whose it is
 * @ops: the device's hook, registered if there is one and the set has a hook
 * @rcu: frees it, as whoever lists the kernel's hooks may look at @ops
 */
struct dsr_ingress {
	struct dsr_device	device;
	struct dsr_ingress_set	*set;
	struct nf_hook_ops	ops;
	struct rcu_head		rcu;
};

/**
 * struct dsr_ingress_set - the names of a network namespace
 * @devices: the names
 * @hook: what packets meet; NULL while there is no service
 * @priv: for it
 *
 * Under the configuration mutex.
 */
struct dsr_ingress_set {
	struct dsr_device_set	devices;
	nf_hookfn		*hook;
	void			*priv;
};

void dsr_ingress_init(struct dsr_ingress_set *set, struct net *net);
void dsr_ingress_exit(struct dsr_ingress_set *set);
int dsr_ingress_start(struct dsr_ingress_set *set, nf_hookfn *hook, void *priv);
void dsr_ingress_stop(struct dsr_ingress_set *set);
struct dsr_ingress *dsr_ingress_find(const struct dsr_ingress_set *set,
				     const char *name,
				     struct netlink_ext_ack *extack);
int dsr_ingress_add(struct dsr_ingress_set *set, const char *name,
		    struct netlink_ext_ack *extack);
int dsr_ingress_del(struct dsr_ingress_set *set, const char *name,
		    struct netlink_ext_ack *extack);

#endif /* DSR_INGRESS_H */

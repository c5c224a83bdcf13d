/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Devices that are served at ingress, by name: each has a hook of its own
 * while there is such a device and the namespace has a service.
 */
#ifndef DSR_INGRESS_H
#define DSR_INGRESS_H

#include <linux/if.h>
#include <linux/list.h>
#include <linux/netfilter.h>
#include <linux/netlink.h>

/* Names of one network namespace. */
#define DSR_INGRESS_MAX	64

/**
 * struct dsr_ingress - a name
 * @list: in dsr_ingress_set.names
 * @name: of a device, which need not be there
 * @ops: its hook; @ops.dev is the device, or NULL while it is not served for
 *	want of one. Registered if the set has a hook.
 * @rcu: frees it, as whoever lists the kernel's hooks may look at @ops
 */
struct dsr_ingress {
	struct list_head	list;
	char			name[IFNAMSIZ];
	struct nf_hook_ops	ops;
	struct rcu_head		rcu;
};

/**
 * struct dsr_ingress_set - the names of a network namespace
 * @net: the namespace
 * @names: in the order they came
 * @n: how many
 * @hook: what packets meet; NULL while there is no service
 * @priv: for it
 *
 * Under the configuration mutex. A device is looked up by name and its hook
 * registered without letting go of that in between: so it is either not found
 * any more, or its NETDEV_UNREGISTER comes after.
 */
struct dsr_ingress_set {
	struct net		*net;
	struct list_head	names;
	unsigned int		n;
	nf_hookfn		*hook;
	void			*priv;
};

void dsr_ingress_init(struct dsr_ingress_set *set, struct net *net);
void dsr_ingress_exit(struct dsr_ingress_set *set);
int dsr_ingress_start(struct dsr_ingress_set *set, nf_hookfn *hook, void *priv);
void dsr_ingress_stop(struct dsr_ingress_set *set);
void dsr_ingress_sync(struct dsr_ingress_set *set);
void dsr_ingress_leave(struct dsr_ingress_set *set,
		       const struct net_device *dev);
struct dsr_ingress *dsr_ingress_find(const struct dsr_ingress_set *set,
				     const char *name,
				     struct netlink_ext_ack *extack);
int dsr_ingress_add(struct dsr_ingress_set *set, const char *name,
		    struct netlink_ext_ack *extack);
int dsr_ingress_del(struct dsr_ingress_set *set, const char *name,
		    struct netlink_ext_ack *extack);

#endif /* DSR_INGRESS_H */

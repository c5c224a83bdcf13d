// SPDX-License-Identifier: GPL-2.0
/*
 * What users may not say of services and servers.
 */
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/net_namespace.h>
#include <net/route.h>
#include "kmod/check.h"

/**
 * dsr_check_service() - whether a service may be added to others
 * @claims: the others'
 * @n: how many there are
 * @key: the service
 * @extack: told of a refusal
 *
 * Context: process, under the configuration mutex.
 * Return: 0, -EAFNOSUPPORT, -EEXIST or -ENOSPC.
 */
int dsr_check_service(struct dsr_claims *claims, unsigned int n,
		      const struct dsr_service_key *key,
		      struct netlink_ext_ack *extack)
{
	if (key->family == AF_INET6 && !ipv6_mod_enabled()) {
		NL_SET_ERR_MSG(extack,
			       "IPv6 is switched off in this kernel: boot without ipv6.disable=1");
		return -EAFNOSUPPORT;
	}
	if (dsr_claims_find(claims, key)) {
		NL_SET_ERR_MSG(extack,
			       "this service is there already: use set to change it");
		return -EEXIST;
	}
	if (dsr_claims_ambiguous(claims, key)) {
		NL_SET_ERR_MSG(extack,
			       "ports overlap those of another service of this address: only a range inside of another one may");
		return -EEXIST;
	}
	if (n >= DSR_SERVICES_MAX) {
		NL_SET_ERR_MSG(extack,
			       "a network namespace has room for 131071 services: delete some");
		return -ENOSPC;
	}
	return 0;
}

/* IPv4 is forwarded by device, whatever is said for all of them together. */
static bool dsr_check_forwards4(struct net *net)
{
	struct in_device *in_dev;
	struct net_device *dev;
	bool forwards = false;

	rcu_read_lock();
	for_each_netdev_rcu(net, dev) {
		in_dev = __in_dev_get_rcu(dev);
		forwards |= in_dev && IN_DEV_FORWARD(in_dev);
	}
	rcu_read_unlock();
	return forwards;
}

static bool dsr_check_forwards(struct net *net, u8 family)
{
	return family == AF_INET ? dsr_check_forwards4(net) :
				   READ_ONCE(net->ipv6.devconf_all->forwarding);
}

/**
 * dsr_check_gateway() - whether this machine can be a service's gateway
 * @net: the namespace
 * @conf: the service
 * @extack: told of a refusal
 *
 * Context: process.
 * Return: 0 or -EINVAL.
 */
int dsr_check_gateway(struct net *net, const struct dsr_service_conf *conf,
		      struct netlink_ext_ack *extack)
{
	if (!conf->opt.gateway)
		return 0;
	if (conf->key.fwmark) {
		NL_SET_ERR_MSG(extack,
			       "gateway needs a virtual address, by which replies are known: a firewall mark has none");
		return -EINVAL;
	}
	if (!dsr_check_forwards(net, conf->key.family)) {
		NL_SET_ERR_MSG(extack,
			       "gateway: this machine does not forward: switch on net.ipv4.ip_forward or net.ipv6.conf.all.forwarding first");
		return -EINVAL;
	}
	return 0;
}

static int dsr_check_family(const struct dsr_server_conf *conf,
			    struct netlink_ext_ack *extack)
{
	if (conf->family != AF_INET6 || ipv6_mod_enabled())
		return 0;
	NL_SET_ERR_MSG(extack,
		       "IPv6 is switched off in this kernel: give an IPv4 address");
	return -EAFNOSUPPORT;
}

/* Of a family that dsr_check_family() lets by. */
static bool dsr_check_is_own(struct net *net,
			     const struct dsr_server_conf *conf)
{
	if (conf->family == AF_INET)
		return inet_addr_type(net, conf->addr.ip) == RTN_LOCAL;
	return ipv6_chk_addr(net, &conf->addr.in6, NULL, 0);
}

static int dsr_check_scope(const struct dsr_server_conf *conf,
			   struct netlink_ext_ack *extack)
{
	if (conf->family == AF_INET6 && !conf->ifindex &&
	    ipv6_addr_type(&conf->addr.in6) & IPV6_ADDR_LINKLOCAL) {
		NL_SET_ERR_MSG(extack,
			       "ifindex is missing: a link-local address needs its device");
		return -EINVAL;
	}
	return 0;
}

/*
 * Addresses that no server can have. What depends on routes and devices may
 * change later and is a state of the next hop, not a refusal.
 */
static int dsr_check_address(struct net *net, const struct dsr_service_key *key,
			     const struct dsr_server_conf *conf,
			     struct netlink_ext_ack *extack)
{
	int err = dsr_check_family(conf, extack);

	if (err)
		return err;
	if (conf->family == key->family &&
	    nf_inet_addr_cmp(&conf->addr, &key->addr)) {
		NL_SET_ERR_MSG(extack,
			       "server address is the virtual address: give the server's own");
		return -EINVAL;
	}
	if (conf->family == AF_INET && !dsr_check_is_own(net, conf) &&
	    inet_addr_type(net, conf->addr.ip) != RTN_UNICAST) {
		NL_SET_ERR_MSG(extack,
			       "server address must be unicast");
		return -EINVAL;
	}
	return dsr_check_scope(conf, extack);
}

/**
 * dsr_check_device() - whether the device given for a server is there
 * @net: the namespace
 * @conf: the server
 * @extack: told of a refusal
 *
 * Context: process.
 * Return: 0 or -ENODEV.
 */
int dsr_check_device(struct net *net, const struct dsr_server_conf *conf,
		     struct netlink_ext_ack *extack)
{
	struct net_device *dev;

	if (!(conf->set & DSR_SET_IFINDEX) || !conf->ifindex)
		return 0;
	rcu_read_lock();
	dev = dev_get_by_index_rcu(net, conf->ifindex);
	rcu_read_unlock();
	if (dev)
		return 0;
	NL_SET_ERR_MSG(extack,
		       "ifindex: no such device in this network namespace");
	return -ENODEV;
}

/**
 * dsr_check_peer() - whether a peer may be added
 * @net: the namespace
 * @conf: the peer
 * @extack: told of a refusal
 *
 * Context: process.
 * Return: 0, -EAFNOSUPPORT, -EINVAL or -ENODEV.
 */
int dsr_check_peer(struct net *net, const struct dsr_server_conf *conf,
		   struct netlink_ext_ack *extack)
{
	int err = dsr_check_family(conf, extack);

	if (err)
		return err;
	if (dsr_check_is_own(net, conf)) {
		NL_SET_ERR_MSG(extack,
			       "peer address is this director's own: give another director's");
		return -EINVAL;
	}
	return dsr_check_scope(conf, extack) ?:
	       dsr_check_device(net, conf, extack);
}

/**
 * dsr_check_server() - whether a server may be added to a service
 * @net: the namespace
 * @n: how many there are in it
 * @n_service: how many the service has
 * @key: the service, which does not have the server
 * @conf: the server
 * @extack: told of a refusal
 *
 * Context: process, under the configuration mutex.
 * Return: 0, -EAFNOSUPPORT, -EINVAL, -ENODEV or -ENOSPC.
 */
int dsr_check_server(struct net *net, unsigned int n, unsigned int n_service,
		     const struct dsr_service_key *key,
		     const struct dsr_server_conf *conf,
		     struct netlink_ext_ack *extack)
{
	int err;

	err = dsr_check_address(net, key, conf, extack) ?:
	      dsr_check_device(net, conf, extack);
	if (err)
		return err;
	if (n_service >= DSR_SERVICE_SERVERS_MAX) {
		NL_SET_ERR_MSG(extack,
			       "a service has room for 65535 servers: delete some");
		return -ENOSPC;
	}
	if (n >= DSR_SERVERS_MAX) {
		NL_SET_ERR_MSG(extack,
			       "a network namespace has room for 131071 servers: delete some");
		return -ENOSPC;
	}
	return 0;
}

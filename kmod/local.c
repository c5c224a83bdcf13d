// SPDX-License-Identifier: GPL-2.0
/*
 * Which addresses are the director's own.
 */
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include "kmod/local.h"

static bool dsr_local_has4(struct net *net, struct net_device *dev,
			   __be32 addr)
{
	struct flowi4 fl4 = {
		.daddr		= addr,
		.flowi4_oif	= l3mdev_master_ifindex(dev),
	};
	struct fib_result res;
	bool local;

	rcu_read_lock();
	local = !fib_lookup(net, &fl4, &res, 0) && res.type == RTN_LOCAL;
	rcu_read_unlock();
	return local;
}

/* The twin of dsr_local_has4(). */
static bool dsr_local_has6(struct net *net, struct net_device *dev,
			   const struct in6_addr *addr)
{
	struct flowi6 fl6 = {
		.daddr		= *addr,
		.flowi6_oif	= l3mdev_master_ifindex(dev),
	};
	struct dst_entry *dst = ip6_route_output(net, NULL, &fl6);
	bool local = !dst->error &&
		     container_of(dst, struct rt6_info, dst)->rt6i_flags &
		     RTF_LOCAL;

	dst_release(dst);
	return local;
}

/**
 * dsr_local_has() - whether the kernel takes packets for an address
 * @net: the network namespace
 * @dev: a device, in whose VRF it does; or NULL
 * @family: the address's family
 * @addr: the address
 *
 * Context: any but hard interrupts.
 * Return: true if so.
 */
bool dsr_local_has(struct net *net, struct net_device *dev, u8 family,
		   const union nf_inet_addr *addr)
{
	if (family == AF_INET)
		return dsr_local_has4(net, dev, addr->ip);
	return dsr_local_has6(net, dev, &addr->in6);
}

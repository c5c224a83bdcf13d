// SPDX-License-Identifier: GPL-2.0
/*
 * Which addresses are the director's own.
 */
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/route.h>
#include "kmod/local.h"

static bool dsr_local_has6(struct net *net, const struct in6_addr *addr)
{
	struct flowi6 fl6 = { .daddr = *addr };
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
 * @family: the address's family
 * @addr: the address
 *
 * Context: any but hard interrupts.
 * Return: true if so.
 */
bool dsr_local_has(struct net *net, u8 family, const union nf_inet_addr *addr)
{
	if (family == AF_INET)
		return inet_addr_type(net, addr->ip) == RTN_LOCAL;
	return dsr_local_has6(net, &addr->in6);
}

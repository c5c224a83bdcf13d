/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Newer kernel interfaces on older kernels. Included before everything else,
 * and the only file that may test a kernel version.
 *
 * Each block says in which version the kernel got what it supplies; it goes
 * when the floor reaches that version.
 */
#ifndef DSR_COMPAT_H
#define DSR_COMPAT_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "dsr needs Linux 6.1 or newer"
#endif

/* skb_gso_validate_network_len() moved from linux/skbuff.h in 6.5. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#endif

/*
 * What the compiler need not clear where a kernel is built to have it clear all
 * that stands on the stack. Named like this in newer kernels.
 */
#ifndef __uninitialized
#if __has_attribute(__uninitialized__)
#define __uninitialized	__attribute__((__uninitialized__))
#else
#define __uninitialized
#endif
#endif

/* A dump's attributes moved into a struct genl_info in 6.6. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#define dsr_genl_dump_attrs(cb)	(genl_dumpit_info(cb)->attrs)
#else
#define dsr_genl_dump_attrs(cb)	(genl_info_dump(cb)->attrs)
#endif

/* dst_init() lost the count of references that it begins with in 6.7. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
#define dsr_dst_init(dst, ops, flags) \
	dst_init(dst, ops, NULL, 1, DST_OBSOLETE_NONE, flags)
#else
#define dsr_dst_init(dst, ops, flags) \
	dst_init(dst, ops, NULL, DST_OBSOLETE_NONE, flags)
#endif

/* It takes a dscp_t since 6.13; what it returns is 0 if all is well. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define dsr_ip_route_input(skb, iph, saddr) \
	ip_route_input_noref(skb, (iph)->daddr, saddr, (iph)->tos, (skb)->dev)
#else
#define dsr_ip_route_input(skb, iph, saddr) \
	ip_route_input_noref(skb, (iph)->daddr, saddr, ip4h_dscp(iph), \
			     (skb)->dev)
#endif

/* IPv6 stopped being a module, and lost its table of functions, in 7.1. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 1, 0)
#include <net/ipv6_stubs.h>
#define dsr_ip6_fragment(net, skb, output) \
	ipv6_stub->ipv6_fragment(net, NULL, skb, output)
#define dsr_ndisc_send_na(dev, daddr, target, solicited) \
	ipv6_stub->ndisc_send_na(dev, daddr, target, false, solicited, true, \
				 true)
#else
#define dsr_ip6_fragment(net, skb, output) \
	ip6_fragment(net, NULL, skb, output)
#define dsr_ndisc_send_na(dev, daddr, target, solicited) \
	ndisc_send_na(dev, daddr, target, false, solicited, true, true)
#endif

#endif /* DSR_COMPAT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which addresses are the director's own, by its routes: so one that a prefix
 * makes local counts too.
 */
#ifndef DSR_LOCAL_H
#define DSR_LOCAL_H

#include <linux/netfilter.h>

bool dsr_local_has(struct net *net, struct net_device *dev, u8 family,
		   const union nf_inet_addr *addr);

#endif /* DSR_LOCAL_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP resets in the name of a virtual address.
 */
#ifndef DSR_RESET_H
#define DSR_RESET_H

#include <linux/skbuff.h>
#include <net/net_namespace.h>
#include "kmod/parse.h"

bool dsr_reset_send(struct net *net, struct sk_buff *skb,
		    const struct dsr_packet *pkt);

#endif /* DSR_RESET_H */

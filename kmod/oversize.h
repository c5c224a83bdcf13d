/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets that cannot leave as they are: cut to the egress MTU, or sent back
 * with the news of it.
 */
#ifndef DSR_OVERSIZE_H
#define DSR_OVERSIZE_H

#include <linux/skbuff.h>
#include <uapi/linux/dsr.h>

struct dsr_path;

enum dsr_reason dsr_oversize_xmit(struct net *net, struct sk_buff *skb,
				  struct dsr_path *path);

#endif /* DSR_OVERSIZE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rewrite and transmit: from a packet and a path to a frame on the wire.
 */
#ifndef DSR_XMIT_H
#define DSR_XMIT_H

#include <linux/skbuff.h>
#include <uapi/linux/dsr.h>

struct dsr_path;

enum dsr_reason dsr_xmit_prepare(struct sk_buff *skb,
				 const struct dsr_path *path);
enum dsr_reason dsr_xmit(struct sk_buff *skb, const struct dsr_path *path);

#endif /* DSR_XMIT_H */

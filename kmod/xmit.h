/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rewrite and transmit: from a packet and a path to a frame on the wire.
 */
#ifndef DSR_XMIT_H
#define DSR_XMIT_H

#include <linux/skbuff.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <uapi/linux/dsr.h>

struct dsr_path;

/**
 * dsr_xmit_merged() - whether a packet was put together from fragments
 * @skb: the packet
 *
 * Conntrack does that, where it is used, before the hook.
 *
 * Context: any.
 * Return: the size of the largest of them, 0 if there were none.
 */
static inline unsigned int dsr_xmit_merged(const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IP) ? IPCB(skb)->frag_max_size :
						  IP6CB(skb)->frag_max_size;
}

enum dsr_reason dsr_xmit_prepare(struct sk_buff *skb,
				 const struct dsr_path *path);
enum dsr_reason dsr_xmit_frame(struct sk_buff *skb,
			       struct dsr_path *path);
enum dsr_reason dsr_xmit(struct sk_buff *skb, struct dsr_path *path);

#endif /* DSR_XMIT_H */

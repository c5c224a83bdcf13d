/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ARP and neighbour discovery for virtual addresses that the director need not
 * have: what is asked, what is answered, what is told unasked.
 */
#ifndef DSR_ANSWER_H
#define DSR_ANSWER_H

#include <linux/skbuff.h>
#include "kmod/map.h"

/**
 * enum dsr_answer - what a frame that came in was
 * @DSR_ANSWER_NONE: none of ours
 * @DSR_ANSWER_SENT: a question, which was answered
 * @DSR_ANSWER_CONFLICT: somebody else says to have a virtual address
 */
enum dsr_answer {
	DSR_ANSWER_NONE,
	DSR_ANSWER_SENT,
	DSR_ANSWER_CONFLICT,
};

enum dsr_answer dsr_answer_arp(const struct dsr_map *map,
			       struct net_device *dev, struct sk_buff *skb);
enum dsr_answer dsr_answer_neigh(const struct dsr_map *map,
				 struct net_device *dev, struct sk_buff *skb);
unsigned int dsr_answer_tell(struct net_device *dev, u8 family,
			     const union nf_inet_addr *addr);

/**
 * dsr_answer_is_host() - whether an address is virtual by itself
 * @vip: what dsr_map_vip4() or dsr_map_vip6() found for it, or NULL
 *
 * The addresses of a prefix are routed to the director: nobody asks for them.
 *
 * Context: any.
 * Return: true if so.
 */
static inline bool dsr_answer_is_host(const struct dsr_vip *vip)
{
	return vip && vip->prefix_len == (vip->family == AF_INET ? 32 : 128);
}

#endif /* DSR_ANSWER_H */

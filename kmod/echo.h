/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Answers to ICMP echo requests for virtual addresses that the director does
 * not have. For those that it has the kernel answers by itself.
 */
#ifndef DSR_ECHO_H
#define DSR_ECHO_H

#include <linux/skbuff.h>
#include "kmod/parse.h"

bool dsr_echo_answer(struct net *net, struct sk_buff *skb,
		     const struct dsr_packet *pkt);

#endif /* DSR_ECHO_H */

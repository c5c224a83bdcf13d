/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Replies that pass by, as the director is their server's gateway.
 */
#ifndef DSR_GATEWAY_H
#define DSR_GATEWAY_H

#include <linux/skbuff.h>
#include "kmod/pernet.h"

const struct dsr_vip *dsr_gateway_vip(const struct dsr_map *map,
				      const struct sk_buff *skb);
bool dsr_gateway_match(struct dsr_net *dn, const struct dsr_map *map,
		       const struct dsr_vip *from, const struct sk_buff *skb,
		       const struct dsr_packet *pkt, enum dsr_parse what,
		       struct dsr_service **service,
		       struct dsr_server **server);
void dsr_gateway_receive(struct sk_buff *skb);
enum dsr_reason dsr_gateway_route(struct net *net, struct sk_buff *skb,
				  const struct dsr_server *server);

#endif /* DSR_GATEWAY_H */

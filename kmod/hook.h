/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The datapath.
 */
#ifndef DSR_HOOK_H
#define DSR_HOOK_H

#include "kmod/pernet.h"

int dsr_hook_register(struct dsr_net *dn);
void dsr_hook_unregister(struct dsr_net *dn);
unsigned int dsr_hook_early(struct dsr_net *dn, const struct dsr_map *map,
			    const struct dsr_vip *vip, struct sk_buff *skb,
			    u8 pf);

#endif /* DSR_HOOK_H */

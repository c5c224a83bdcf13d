/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The datapath.
 */
#ifndef DSR_HOOK_H
#define DSR_HOOK_H

#include "kmod/pernet.h"

int dsr_hook_register(struct dsr_net *dn);
void dsr_hook_unregister(struct dsr_net *dn);

#endif /* DSR_HOOK_H */

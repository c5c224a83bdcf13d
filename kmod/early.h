/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The datapath at ingress.
 */
#ifndef DSR_EARLY_H
#define DSR_EARLY_H

#include "kmod/pernet.h"

int dsr_early_register(struct dsr_net *dn);
void dsr_early_unregister(struct dsr_net *dn);

#endif /* DSR_EARLY_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The datapath of what this machine's own programs send.
 */
#ifndef DSR_OUT_H
#define DSR_OUT_H

struct dsr_net;

int dsr_out_register(struct dsr_net *dn);
void dsr_out_unregister(struct dsr_net *dn);

#endif /* DSR_OUT_H */

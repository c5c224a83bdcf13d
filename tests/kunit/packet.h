/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of packets, and the director that it is for, for other suites.
 */
#ifndef DSR_PACKET_H
#define DSR_PACKET_H

#include "tests/kunit/lab.h"

/* A director with a service of each kind, of both families. */
int dsr_packet_lab_init(struct dsr_lab *lab);

/* The packet of a row; false if there is no such row. */
bool dsr_packet_row(unsigned int i, u8 family, struct dsr_build *b);

#endif /* DSR_PACKET_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* How states of next hops and reasons are called. */
#ifndef DSRCTL_NAMES_H
#define DSRCTL_NAMES_H

#include "table.h"

struct name {
	const char *json;	/* the entry's name in uapi/dsr.yaml */
	const char *words;	/* for people */
	enum colour colour;
};

/* NULL for one that this program does not know. */
const char *names_event(unsigned int kind);
const struct name *names_state(unsigned int state);
const struct name *names_reason(unsigned int reason);

#endif

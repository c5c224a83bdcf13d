/* SPDX-License-Identifier: GPL-2.0 */
/* The model as a table for people or as JSON for programs. */
#ifndef DSRCTL_OUT_H
#define DSRCTL_OUT_H

#include <stdio.h>

#include "model.h"

struct out {
	FILE *to;
	bool json;
	bool stats;	/* counters in the table; JSON always has them */
	bool human;	/* 1.2k instead of 1234 in the table */
	bool colour;
};

/* Room for what out_human() writes. */
#define HUMAN_TEXT	24

/*
 * A count with two or three digits and k, M, G, … for thousands: "1.2k", and
 * with the unit "B": "1.2 kB".
 */
const char *out_human(uint64_t count, const char *unit, char text[HUMAN_TEXT]);

/* The name as the JSON has it, or NULL. */
const char *out_echo_name(unsigned int echo);
const char *out_state_name(unsigned int state);
const char *out_reason_name(unsigned int reason);

/* Each prints a sorted model. */
void out_services(const struct out *out, const struct model *model);
void out_servers(const struct out *out, const struct model *model);
void out_stats(const struct out *out, const struct model *model);
void out_version(const struct out *out, const char *version);

#endif

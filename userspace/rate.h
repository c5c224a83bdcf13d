/* SPDX-License-Identifier: GPL-2.0 */
/* How fast counters go, from two looks at them. Pure. */
#ifndef DSRCTL_RATE_H
#define DSRCTL_RATE_H

#include "model.h"

/*
 * How much a counter grew in a second, rounded, when it was @before and is
 * @now, @ns nanoseconds later. One that is less than it was has begun anew:
 * then, and if no time has passed, 0.
 */
uint64_t rate_of(uint64_t before, uint64_t now, uint64_t ns);

/* All of a second, but what is there now: @active. */
struct rates {
	uint64_t packets;
	uint64_t bits;
	uint64_t flows;
	uint64_t active;
};

/* @before is NULL for what was not there yet. */
struct rates rates_of(const struct stats *before, const struct stats *now,
		      uint64_t ns);

enum rate_order {
	BY_PACKETS,
	BY_BITS,
	BY_FLOWS,
	BY_ACTIVE,
	BY_NAME,
};

/* A service, or a server below its service. */
struct rate_row {
	const struct service *service;
	const struct server *server;	/* NULL: the service */
	struct rates rates;
	unsigned int share;		/* of the packets, in 1/1000 of what
					   all services, or all servers of its
					   service, have in this table */
};

struct rate_table {
	struct rate_row *rows;		/* pointers into the later model */
	size_t n_rows;
	struct rates total;
};

/*
 * The rates between two sorted models, each service with its servers, the
 * fastest first, those that are alike by name. No memory ends the program.
 */
void rate_table_fill(struct rate_table *table, const struct model *before,
		     const struct model *now, uint64_t ns,
		     enum rate_order order);
void rate_table_clear(struct rate_table *table);

#endif

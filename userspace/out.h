/* SPDX-License-Identifier: GPL-2.0 */
/* The model as a table for people or as JSON for programs. */
#ifndef DSRCTL_OUT_H
#define DSRCTL_OUT_H

#include <stdio.h>

#include "conf.h"
#include "model.h"
#include "rate.h"

struct out {
	FILE *to;
	bool json;
	bool stats;	/* counters in the table; JSON always has them */
	bool human;	/* 1.2k instead of 1234 in the table */
	bool colour;
};

/* Each prints a sorted model. */
void out_services(const struct out *out, const struct model *model);
void out_servers(const struct out *out, const struct model *model);
void out_stats(const struct out *out, const struct model *model);
void out_ingresses(const struct out *out, const struct model *model);
void out_announces(const struct out *out, const struct model *model);
void out_roles(const struct out *out, const struct model *model);
void out_peers(const struct out *out, const struct model *model);

/* The number of flows that were deleted. */
void out_forgotten(const struct out *out, const struct model *model);

void out_rates(const struct out *out, const struct rate_table *table);
void out_trace(const struct out *out, const struct trace *trace);

/* A line, with the time; NULL for events that were lost. */
void out_event(const struct out *out, const struct event *event);

void out_settings(const struct out *out, const struct settings *settings);
void out_config(const struct out *out, const struct config *config);

/* On standard error, unless as JSON; they get sorted. */
void out_problems(const struct out *out, struct conf *conf);
void out_version(const struct out *out, const char *version);

/* Flows, printed one by one; what is not known is zero at first. */
struct out_flows {
	const struct out *out;
	bool started;
};

void out_flow(struct out_flows *flows, const struct flow *flow);
void out_flows_end(struct out_flows *flows);

/* Changes, printed one by one; what is not known is zero at first. */
struct out_changes {
	const struct out *out;
	bool started;
};

void out_change(struct out_changes *changes, const struct change *change);
void out_changes_end(struct out_changes *changes);

/*
 * On a terminal, a line that is written anew each time: the server that is
 * drained, and for how long. NULL takes the line away.
 */
void out_progress(const struct out *out, const struct server *server,
		  uint32_t seconds);

#endif

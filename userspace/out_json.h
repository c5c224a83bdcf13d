/* SPDX-License-Identifier: GPL-2.0 */
/* JSON for programs; only for out.c. Each prints an array but json_flow(). */
#ifndef DSRCTL_OUT_JSON_H
#define DSRCTL_OUT_JSON_H

#include "out.h"

void json_services(const struct out *out, const struct model *model);
void json_servers(const struct out *out, const struct model *model);
void json_stats(const struct out *out, const struct model *model);
void json_forgotten(const struct out *out, const struct model *model);
void json_settings(const struct out *out, const struct settings *settings);
void json_ingresses(const struct out *out, const struct model *model);
void json_rates(const struct out *out, const struct rate_table *table);
void json_trace(const struct out *out, const struct trace *trace,
		const char *match);
void json_version(const struct out *out, const char *version);

/* Each is an object in one line, without its end. */
void json_event(const struct out *out, const struct event *event,
		const char *time);
void json_flow(const struct out *out, const struct flow *flow);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * JSON for programs; only for the out files. Each prints an array but
 * json_flow() and json_change().
 */
#ifndef DSRCTL_OUT_JSON_H
#define DSRCTL_OUT_JSON_H

#include <time.h>

#include "doctor_find.h"
#include "out.h"

/* Each prints an array. */
void json_services(const struct out *out, const struct model *model);
void json_servers(const struct out *out, const struct model *model);
void json_stats(const struct out *out, const struct model *model);
void json_forgotten(const struct out *out, const struct model *model);
void json_settings(const struct out *out, const struct settings *settings);
void json_ingresses(const struct out *out, const struct model *model);
void json_announces(const struct out *out, const struct model *model);
void json_roles(const struct out *out, const struct model *model);
void json_peers(const struct out *out, const struct model *model);
void json_rates(const struct out *out, const struct rate_table *table);
void json_trace(const struct out *out, const struct trace *trace,
		const char *match);
void json_version(const struct out *out, const char *version);

void json_config(const struct out *out, const struct config *config);
void json_problems(const struct out *out, const struct conf *conf);
void json_findings(const struct out *out, const struct report *report);

/* An object in a line. */
void json_finding_event(const struct out *out, const struct finding *finding,
			time_t time, bool over);

/* Each is an object in one line, without its end. */
void json_event(const struct out *out, const struct event *event,
		const char *time);
void json_flow(const struct out *out, const struct flow *flow);
void json_change(const struct out *out, const struct change *change);

/* Add text, null for NULL; print an array and free it. */
struct json_object;
void json_add_text(struct json_object *object, const char *key,
		   const char *text);
void json_print(const struct out *out, struct json_object *array);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* JSON for programs; only for out.c and doctor_out.c. */
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
void json_version(const struct out *out, const char *version);

void json_findings(const struct out *out, const struct report *report);

/* An object in a line. */
void json_finding_event(const struct out *out, const struct finding *finding,
			time_t time, bool over);

/* An object in one line, without its end. */
void json_flow(const struct out *out, const struct flow *flow);

#endif

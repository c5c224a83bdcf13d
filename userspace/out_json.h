/* SPDX-License-Identifier: GPL-2.0 */
/*
 * JSON for programs; only for out.c and out_*.c. Each prints an array but
 * json_flow().
 */
#ifndef DSRCTL_OUT_JSON_H
#define DSRCTL_OUT_JSON_H

#include "out.h"

void json_services(const struct out *out, const struct model *model);
void json_servers(const struct out *out, const struct model *model);
void json_stats(const struct out *out, const struct model *model);
void json_forgotten(const struct out *out, const struct model *model);
void json_settings(const struct out *out, const struct settings *settings);
void json_ingresses(const struct out *out, const struct model *model);
void json_version(const struct out *out, const char *version);

/* An object in one line, without its end. */
void json_flow(const struct out *out, const struct flow *flow);

/* Add text, null for NULL; print an array and free it. */
struct json_object;
void json_add_text(struct json_object *object, const char *key,
		   const char *text);
void json_print(const struct out *out, struct json_object *array);

#endif

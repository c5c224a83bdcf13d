/* SPDX-License-Identifier: GPL-2.0 */
/* What a command is; the table of all of them is in dsrctl.c. */
#ifndef DSRCTL_CMD_H
#define DSRCTL_CMD_H

#include "args.h"
#include "out.h"

struct cmd {
	const char *object;
	const char *verb;
	const char *help;
	struct grammar grammar;
	int (*run)(struct request *request, const struct out *out,
		   struct err *err);
};

extern const struct keyword service_keywords[];
extern const struct keyword server_keywords[];

int cmd_service_show(struct request *request, const struct out *out,
		     struct err *err);
int cmd_service_add(struct request *request, const struct out *out,
		    struct err *err);
int cmd_service_set(struct request *request, const struct out *out,
		    struct err *err);
int cmd_service_del(struct request *request, const struct out *out,
		    struct err *err);
int cmd_server_show(struct request *request, const struct out *out,
		    struct err *err);
int cmd_server_add(struct request *request, const struct out *out,
		   struct err *err);
int cmd_server_set(struct request *request, const struct out *out,
		   struct err *err);
int cmd_server_del(struct request *request, const struct out *out,
		   struct err *err);
int cmd_stats_show(struct request *request, const struct out *out,
		   struct err *err);

#endif

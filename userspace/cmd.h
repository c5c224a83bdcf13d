/* SPDX-License-Identifier: GPL-2.0 */
/* What a command is; the table of all of them is in dsrctl.c. */
#ifndef DSRCTL_CMD_H
#define DSRCTL_CMD_H

#include "args.h"
#include "out.h"

struct cmd {
	const char *object;
	const char *verb;		/* NULL: the object says it all */
	const char *help;
	struct grammar grammar;
	int (*run)(struct request *request, const struct out *out,
		   struct err *err);
};

extern const struct keyword service_keywords[];
extern const struct keyword server_keywords[];
extern const struct keyword drain_keywords[];
extern const struct keyword flow_keywords[];
extern const struct keyword flush_keywords[];
extern const struct keyword import_file;
extern const struct keyword settings_keywords[];
extern const struct keyword ingress_dev;
extern const struct keyword announce_keywords[];
extern const struct keyword role_keywords[];
extern const struct keyword peer_address;
extern const struct keyword peer_keywords[];
extern const struct keyword config_file;
extern const struct keyword save_file;
extern const struct keyword apply_keywords[];
extern const struct keyword import_source;

/*
 * What cannot be told by a keyword alone: a link-local address needs a device,
 * and the device must be there, whose index is then filled in.
 */
int server_needs_dev(const struct server *server, struct err *err);
int server_find_dev(struct server *server, struct err *err);
extern const struct keyword recipe_name;
extern const struct keyword recipe_keywords[];
extern const struct keyword realserver_keywords[];
extern const struct keyword doctor_keywords[];
extern const struct keyword top_keywords[];
extern const struct keyword trace_packet;
extern const struct keyword trace_keywords[];
extern const struct keyword metrics_file;

int cmd_service_show(struct request *request, const struct out *out,
		     struct err *err);
int cmd_service_change(struct request *request, const struct out *out,
		       struct err *err);
int cmd_server_show(struct request *request, const struct out *out,
		    struct err *err);
int cmd_server_change(struct request *request, const struct out *out,
		      struct err *err);
int cmd_server_drain(struct request *request, const struct out *out,
		     struct err *err);
int cmd_stats_show(struct request *request, const struct out *out,
		   struct err *err);
int cmd_flow_show(struct request *request, const struct out *out,
		  struct err *err);
int cmd_flow_flush(struct request *request, const struct out *out,
		   struct err *err);
int cmd_flow_export(struct request *request, const struct out *out,
		    struct err *err);
int cmd_flow_import(struct request *request, const struct out *out,
		    struct err *err);
int cmd_settings_show(struct request *request, const struct out *out,
		      struct err *err);
int cmd_settings_set(struct request *request, const struct out *out,
		     struct err *err);
int cmd_peer_show(struct request *request, const struct out *out,
		  struct err *err);
int cmd_peer_change(struct request *request, const struct out *out,
		    struct err *err);
int cmd_ingress_show(struct request *request, const struct out *out,
		     struct err *err);
int cmd_ingress_change(struct request *request, const struct out *out,
		       struct err *err);
int cmd_announce_show(struct request *request, const struct out *out,
		      struct err *err);
int cmd_announce_change(struct request *request, const struct out *out,
			struct err *err);
int cmd_role_show(struct request *request, const struct out *out,
		  struct err *err);
int cmd_role_active(struct request *request, const struct out *out,
		    struct err *err);
int cmd_role_standby(struct request *request, const struct out *out,
		     struct err *err);
int cmd_config_show(struct request *request, const struct out *out,
		    struct err *err);
int cmd_config_check(struct request *request, const struct out *out,
		     struct err *err);
int cmd_save(struct request *request, const struct out *out, struct err *err);
int cmd_apply(struct request *request, const struct out *out, struct err *err);
int cmd_import_ipvsadm(struct request *request, const struct out *out,
		       struct err *err);
int cmd_import_keepalived(struct request *request, const struct out *out,
			  struct err *err);
int cmd_recipe(struct request *request, const struct out *out,
	       struct err *err);
int cmd_realserver_check(struct request *request, const struct out *out,
			 struct err *err);
int cmd_realserver_up(struct request *request, const struct out *out,
		      struct err *err);
int cmd_realserver_down(struct request *request, const struct out *out,
			struct err *err);
int cmd_doctor(struct request *request, const struct out *out,
	       struct err *err);
int cmd_monitor(struct request *request, const struct out *out,
		struct err *err);
int cmd_top(struct request *request, const struct out *out, struct err *err);
int cmd_trace(struct request *request, const struct out *out,
	      struct err *err);
int cmd_metrics(struct request *request, const struct out *out,
		struct err *err);
int cmd_completion_bash(struct request *request, const struct out *out,
			struct err *err);
int cmd_completion_zsh(struct request *request, const struct out *out,
		       struct err *err);

#endif

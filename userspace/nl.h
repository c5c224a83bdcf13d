/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's generic netlink family; the only unit that knows libnl.
 * Every function returns DONE, or REFUSED with the message in @err. A warning
 * of the kernel's is printed on standard error.
 */
#ifndef DSRCTL_NL_H
#define DSRCTL_NL_H

#include "model.h"

struct dsr_nl;

/* In the network namespace of the calling thread. */
int dsr_nl_open(struct dsr_nl **nl, struct err *err);
void dsr_nl_close(struct dsr_nl *nl);

/* @op is DSR_CMD_SERVICE_ADD, _SET or _DEL. */
int dsr_nl_change_service(struct dsr_nl *nl, uint8_t op,
			  const struct service *service, struct err *err);

/* @op is DSR_CMD_SERVER_ADD, _SET or _DEL. */
int dsr_nl_change_server(struct dsr_nl *nl, uint8_t op,
			 const struct server *server, struct err *err);

/* Add to @model one service, or all of them if @only is NULL. */
int dsr_nl_get_services(struct dsr_nl *nl, const struct service_key *only,
			struct model *model, struct err *err);

/*
 * Add to @model the servers of one service, or of all if @only is NULL; of
 * that service the one server @addr unless that is NULL.
 */
int dsr_nl_get_servers(struct dsr_nl *nl, const struct service_key *only,
		       const struct addr *addr, struct model *model,
		       struct err *err);

/*
 * Add to @model the packets by reason: those of one service, or all of the
 * network namespace's if @only is NULL; of that service those of the one
 * server @addr unless that is NULL.
 */
int dsr_nl_get_stats(struct dsr_nl *nl, const struct service_key *only,
		     const struct addr *addr, struct model *model,
		     struct err *err);

int dsr_nl_set_settings(struct dsr_nl *nl, const struct settings *settings,
			struct err *err);
int dsr_nl_get_settings(struct dsr_nl *nl, struct model *model,
			struct err *err);

/* @op is DSR_CMD_INGRESS_ADD or _DEL. */
int dsr_nl_change_ingress(struct dsr_nl *nl, uint8_t op, const char *dev,
			  struct err *err);

/* Add to @model one device, or all of them if @only is NULL. */
int dsr_nl_get_ingresses(struct dsr_nl *nl, const char *only,
			 struct model *model, struct err *err);

/* @op is DSR_CMD_ANNOUNCE_ADD or _DEL. */
int dsr_nl_change_announce(struct dsr_nl *nl, uint8_t op,
			   const struct announce *announce, struct err *err);

/* Add to @model one device, or all of them if @only is NULL. */
int dsr_nl_get_announces(struct dsr_nl *nl, const struct announce *only,
			 struct model *model, struct err *err);

/* For @role->group, or all of them and those to come if it is empty. */
int dsr_nl_set_role(struct dsr_nl *nl, const struct role *role,
		    struct err *err);

/*
 * Add to @model the roles of all groups, and of those to come; or of one if
 * @only is not NULL.
 */
int dsr_nl_get_roles(struct dsr_nl *nl, const struct role *only,
		     struct model *model, struct err *err);

/* @op is DSR_CMD_PEER_ADD or _DEL. */
int dsr_nl_change_peer(struct dsr_nl *nl, uint8_t op, const struct server *peer,
		       struct err *err);

/* Add to @model one peer, or all of them if @only is NULL. */
int dsr_nl_get_peers(struct dsr_nl *nl, const struct addr *only,
		     struct model *model, struct err *err);

/* Call @on_flow for each flow that is selected, as it comes. */
typedef void dsr_nl_flow_fn(const struct flow *flow, void *arg);
int dsr_nl_get_flows(struct dsr_nl *nl, const struct flow_filter *filter,
		     dsr_nl_flow_fn *on_flow, void *arg, struct err *err);

/* Delete the flows that are selected; @model gets their number. */
int dsr_nl_forget_flows(struct dsr_nl *nl, const struct flow_filter *filter,
			struct model *model, struct err *err);

/* Which configuration runs; @model gets it. */
int dsr_nl_get_config(struct dsr_nl *nl, struct model *model,
		      struct err *err);
/* Ask where a packet would go; @trace is filled in. */
int dsr_nl_trace(struct dsr_nl *nl, struct trace *trace, struct err *err);

/*
 * Call @on_event for each change from now on, until it returns false; and with
 * NULL when changes came faster than they were read, and some were lost.
 */
typedef bool dsr_nl_event_fn(const struct event *event, void *arg);
int dsr_nl_monitor(struct dsr_nl *nl, dsr_nl_event_fn *on_event, void *arg,
		   struct err *err);

/*
 * Begin to stage a configuration, which is filled by a batch; and put it in
 * place of the one that runs, if that is still the one that @model tells of,
 * which gets the new one. What is not put in place is discarded when the
 * connection is closed.
 */
int dsr_nl_config_begin(struct dsr_nl *nl, struct err *err);
int dsr_nl_config_commit(struct dsr_nl *nl, struct model *model,
			 struct err *err);

/*
 * Add flows, or services and servers to what is staged, many in one go. Each
 * has a tag of the caller's, by which @refused is told of those that the kernel
 * does not take, and why; this may come as late as at the end, which also frees
 * the batch. Between the start and the end nothing else is to be asked of @nl.
 * An error is the connection's.
 */
struct dsr_nl_batch;
typedef void dsr_nl_refused_fn(uint64_t tag, const char *why, void *arg);
struct dsr_nl_batch *dsr_nl_batch_start(struct dsr_nl *nl,
					dsr_nl_refused_fn *refused, void *arg);
int dsr_nl_batch_flow(struct dsr_nl_batch *batch, const struct flow *flow,
		      uint64_t tag, struct err *err);
int dsr_nl_batch_service(struct dsr_nl_batch *batch,
			 const struct service *service, uint64_t tag,
			 struct err *err);
int dsr_nl_batch_server(struct dsr_nl_batch *batch,
			const struct server *server, uint64_t tag,
			struct err *err);
int dsr_nl_batch_end(struct dsr_nl_batch *batch, struct err *err);

#endif

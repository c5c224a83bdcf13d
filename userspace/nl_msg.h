/* SPDX-License-Identifier: GPL-2.0 */
/* What requests and replies are made of; only for nl.c. */
#ifndef DSRCTL_NL_MSG_H
#define DSRCTL_NL_MSG_H

#include <netlink/msg.h>

#include "model.h"

/* One request; all but @op and @flags may be missing. */
struct nl_request {
	uint8_t op;
	int flags;			/* NLM_F_DUMP or 0 */
	const struct service_key *service;
	const struct service *options;	/* what else is said of the service */
	const struct addr *server;
	const struct server *server_options;	/* and of the server */
	const struct flow_filter *filter;
	const struct flow *flow;
	const struct settings *settings;
	const struct trace *trace;
	const char *ingress;
	const struct announce *announce;
	const struct role *role;
	bool has_role;			/* or only its group is meant */
	const struct addr *peer;
	const struct server *peer_options;	/* what else is said of it */
	const uint32_t *generation;
};

/* NULL if there is no memory. */
struct nl_msg *msg_build(int family, const struct nl_request *request);

/* Add a reply to @model. Return: whether it is one that fits. */
bool msg_read(struct nlmsghdr *header, struct model *model);

/* The same of a flow, which is added to nothing. */
bool msg_read_flow_reply(struct nlmsghdr *header, struct flow *flow);

/* What is told of a trace. */
bool msg_read_trace(struct nlmsghdr *header, struct trace *trace);

/* An event, whose model is filled anew. */
bool msg_read_event(struct nlmsghdr *header, struct event *event);

/* Whether a message says that the family of this name has gone. */
bool msg_tells_end(struct nlmsghdr *header, const char *family);

#endif

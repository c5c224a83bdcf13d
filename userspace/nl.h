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

#endif

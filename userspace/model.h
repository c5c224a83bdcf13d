/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel holds, or is asked to hold, as plain structures. */
#ifndef DSRCTL_MODEL_H
#define DSRCTL_MODEL_H

#include <linux/dsr.h>
#include <net/if.h>
#include <stddef.h>

#include "key.h"

#define SCHEDULER_MAX	16

struct stats {
	uint64_t packets;
	uint64_t bytes;
	uint64_t flows;
	uint64_t active;
};

struct service {
	struct service_key key;
	char scheduler[SCHEDULER_MAX];	/* empty: not given */
	bool has_echo;			/* in a request: echo is sent */
	uint8_t echo;			/* enum dsr_echo, or a later one */
	struct stats stats;
};

/* How packets reach a server now. */
struct nexthop {
	enum dsr_nexthop_state state;
	bool has_mac;
	struct mac mac;
	uint32_t ifindex;		/* 0: not known */
	char dev[IF_NAMESIZE];
};

struct server {
	struct service_key service;
	struct addr addr;
	/* In a request: which of the next three are sent. */
	bool has_weight, has_mac, has_dev;
	uint32_t weight;
	struct mac mac;			/* zero: automatic */
	uint32_t ifindex;		/* 0: automatic */
	char dev[IF_NAMESIZE];		/* its name; empty: automatic */
	struct nexthop nexthop;
	struct stats stats;
};

struct reason {
	uint32_t reason;		/* enum dsr_reason, or a later one */
	uint64_t packets;
};

struct model {
	struct service *services;
	struct server *servers;
	struct reason *reasons;
	size_t n_services, n_servers, n_reasons;
};

/* Each adds a zeroed entry and returns it. No memory ends the program. */
struct service *model_add_service(struct model *model);
struct server *model_add_server(struct model *model);
struct reason *model_add_reason(struct model *model);

/* Services as key_compare() has them; servers by service and address. */
void model_sort(struct model *model);

/* The servers of a service in a sorted model, and how many. */
const struct server *model_servers(const struct model *model,
				   const struct service_key *key, size_t *n);

/* Forget everything; the model can be filled again. */
void model_clear(struct model *model);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel holds, or is asked to hold, as plain structures. */
#ifndef DSRCTL_MODEL_H
#define DSRCTL_MODEL_H

#include <linux/dsr.h>
#include <net/if.h>
#include <stddef.h>

#include "arena.h"
#include "key.h"

#define SCHEDULER_MAX	16
#define SCHEDULER_USUAL	"wrr"
#define GROUP_MAX	16
#define GROUP_USUAL	"default"
#define N_TIMEOUTS	(DSR_FLOW_STATE_OTHER + 1)

struct stats {
	uint64_t packets;
	uint64_t bytes;
	uint64_t flows;
	uint64_t active;
	uint64_t clients;
	uint64_t unplaced;
	uint64_t replies;
	uint64_t reply_bytes;
};

struct hash_key {
	uint8_t byte[16];
};

/* Where a file has something, from 1. */
struct place {
	uint32_t line, column;
};

/* The bit of an attribute in what is given of a service or a server. */
#define GIVEN(attr)	(1u << (attr))

/* Enums may have values of a later kernel; flags are 0 or 1. */
struct service {
	struct service_key key;
	uint32_t given;			/* which attributes are sent, or came */
	char scheduler[SCHEDULER_MAX];	/* empty: not given */
	uint8_t echo;			/* enum dsr_echo */
	uint8_t hash_on;		/* enum dsr_hash_on */
	struct hash_key hash_key;
	uint8_t sessionless;
	uint32_t persist;		/* seconds; 0: off */
	uint8_t persist_prefix_len;
	uint32_t timeouts[N_TIMEOUTS];	/* seconds, by enum dsr_flow_state */
	uint8_t lost;			/* enum dsr_lost */
	uint8_t midflow;		/* enum dsr_midflow */
	uint32_t slow_start;		/* seconds; 0: off */
	char group[GROUP_MAX];		/* up to its end with zeros */
	uint8_t role;			/* enum dsr_role */
	uint8_t gateway;
	struct stats stats;
	struct place at;
};

/* How packets reach a server now. */
struct nexthop {
	enum dsr_nexthop_state state;
	bool has_mac;
	struct mac mac;
	uint32_t ifindex;		/* 0: not known */
	char dev[IF_NAMESIZE];
};

/* What comes of a server. */
struct server_state {
	struct nexthop nexthop;
	struct stats stats;
};

/* There may be a hundred thousand of them: what is not needed is elsewhere. */
struct server {
	const struct service_key *service;	/* is in the same model */
	struct server_state *state;	/* likewise; NULL: not known */
	struct addr addr;
	uint32_t given;			/* which attributes are sent, or came */
	uint32_t weight;
	uint32_t share;			/* the weight it is scheduled by now */
	struct mac mac;			/* zero: automatic */
	uint32_t ifindex;		/* 0: automatic */
	char dev[IF_NAMESIZE];		/* its name; empty: automatic */
	uint32_t max_flows;		/* 0: no limit */
	uint32_t min_flows;
	uint8_t fallback;
	uint8_t down;
	bool runs;			/* in a model of what is wanted */
	struct place at;
};

struct reason {
	uint32_t reason;		/* enum dsr_reason, or a later one */
	uint64_t packets;
};

struct flow {
	struct service_key service;
	struct addr server;
	uint8_t protocol;
	uint8_t state;			/* enum dsr_flow_state, or a later one */
	struct endpoint client, vip;
	uint32_t idle, expires;		/* seconds */
};

/* Which flows; what is not there selects nothing away. */
struct flow_filter {
	const struct service_key *service;	/* or NULL */
	const struct addr *server;		/* or NULL */
	bool has_client, has_state;
	struct endpoint client;			/* without a port */
	uint8_t state;
};

/* Where a packet would go. */
struct trace {
	/* What is asked. */
	uint8_t protocol;
	struct endpoint client, vip;
	uint32_t fwmark;		/* 0: none */
	/* What is told. */
	uint8_t why;			/* enum dsr_why, or a later one */
	bool has_service, has_flow, has_server;
	struct service service;		/* its key and its scheduler */
	struct flow flow;		/* of the packet, or its client's */
	struct server server;
	struct server_state server_state;	/* without counters */
};

struct settings {
	uint32_t given;			/* which attributes are sent */
	uint32_t max_flows;
	uint32_t table_flows;
	uint64_t flows;
	uint64_t memory;		/* bytes */
};

/* A device whose packets are served as they come in. */
struct ingress {
	char dev[IF_NAMESIZE];
	uint8_t active;			/* there is such a device now */
	struct place at;
};

/* A device on which virtual addresses are announced. */
struct announce {
	char dev[IF_NAMESIZE];
	uint32_t every;			/* seconds; 0: only what is new */
	uint8_t active;			/* there is such a device now */
	uint64_t announced, answered, conflicts;
	struct place at;
};

/* What this director is to a group of services. */
struct role {
	char group[GROUP_MAX];		/* empty: those to come, or all */
	uint8_t role;			/* enum dsr_role, or a later one */
	uint32_t services;
};

/* Which configuration runs, and how large it is. */
struct config {
	uint32_t generation;
	uint32_t services;
	uint32_t servers;
};

struct model {
	struct service *services;
	struct server *servers;
	struct reason *reasons;
	struct ingress *ingresses;
	struct announce *announces;
	struct role *roles;
	struct server *peers;		/* address, mac, dev and state */
	size_t n_services, n_servers, n_reasons, n_ingresses, n_announces;
	size_t n_roles, n_peers;
	struct settings settings;
	struct config config;
	uint64_t n_forgotten;		/* flows that were deleted */
	bool stateless;			/* the servers' is not wanted */
	/*
	 * NULL; or sorted, with the indexes of devices: servers that are the
	 * same there are not added here, but noted there as running.
	 */
	struct model *wanted;
	struct arena arena;
	const struct service_key *last_key;
};

/* A change that the kernel tells of, with what was changed. */
struct event {
	uint8_t kind;			/* DSR_CMD_…_NTF */
	struct model model;		/* one service, server or role */
};

/*
 * The names of an enum's entries in uapi/dsr.yaml, by number, and NULL at the
 * end.
 */
extern const char *const model_echo[];
extern const char *const model_hash_on[];
extern const char *const model_lost[];
extern const char *const model_midflow[];
extern const char *const model_flow_state[];
extern const char *const model_why[];
extern const char *const model_role[];

/* The schedulers that the module of this version has. */
extern const char *const model_scheduler[];

/* The name of a number, or NULL if it has none. */
const char *model_name(const char *const *names, unsigned int number);

/* Whether packets have a way to a server, which may be this machine. */
bool model_reaches(const struct server *server);

/* Each adds a zeroed entry and returns it. No memory ends the program. */
struct service *model_add_service(struct model *model);
struct server *model_add_server(struct model *model,
				const struct service_key *service);
struct server_state *model_add_state(struct model *model,
				     struct server *server);
struct reason *model_add_reason(struct model *model);
struct ingress *model_add_ingress(struct model *model);
struct announce *model_add_announce(struct model *model);
struct role *model_add_role(struct model *model);
struct server *model_add_peer(struct model *model);

/* Set all that a service with its key has unless given, but the scheduler. */
void model_set_defaults(struct service *service);

/*
 * Services as key_compare() has them; servers by service and address; devices
 * by name; peers by address.
 */
void model_sort(struct model *model);

/* The service of a sorted model that has a key, or NULL. */
const struct service *model_service(const struct model *model,
				    const struct service_key *key);

/* The servers of a service in a sorted model, and how many. */
const struct server *model_servers(const struct model *model,
				   const struct service_key *key, size_t *n);

/* Note of none of the servers that are wanted that they run. */
void model_forget_running(struct model *model);

/*
 * The last server that was added is complete but for names: whether it is what
 * is wanted. Then it is gone.
 */
bool model_is_wanted(struct model *model);

/* Forget everything; the model can be filled again. */
void model_clear(struct model *model);

#endif

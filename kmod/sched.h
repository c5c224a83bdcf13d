/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Schedulers: which server a new flow gets. A schedule is built from an array
 * of servers and gives indexes into it.
 *
 * A schedule is immutable but for what its scheduler counts by atomics. It is
 * built under the configuration mutex, published inside a service's view and
 * freed with it after a grace period.
 */
#ifndef DSR_SCHED_H
#define DSR_SCHED_H

#include <linux/atomic.h>
#include "kmod/tuple.h"

#define DSR_WEIGHT_MAX	65535

struct dsr_sched;

/**
 * struct dsr_sched_server - what a scheduler is told of a server
 * @weight: 1 to DSR_WEIGHT_MAX
 * @active: how many flows it has now, changed by any CPU at any time; outlives
 *	the schedule
 * @family: of @addr
 * @addr: its address, by which every director knows it; an IPv4 address is
 *	followed by zeros
 */
struct dsr_sched_server {
	u32			weight;
	const atomic_t		*active;
	u8			family;
	union nf_inet_addr	addr;
};

/**
 * enum dsr_sched_hash_on - what of a packet a scheduler hashes, numbered as
 *	users do
 * @DSR_SCHED_HASH_DEFAULT: what is usual for the scheduler
 * @DSR_SCHED_HASH_FLOW: the whole tuple
 * @DSR_SCHED_HASH_SOURCE: the client's address alone
 */
enum dsr_sched_hash_on {
	DSR_SCHED_HASH_DEFAULT,
	DSR_SCHED_HASH_FLOW,
	DSR_SCHED_HASH_SOURCE,
};

/**
 * struct dsr_sched_conf - what a service says to its scheduler
 * @key: secret of the hash; the same on two directors makes them choose alike
 * @hash_on: enum dsr_sched_hash_on
 * @servers: how many servers the service has, those without weight or next hop
 *	too: what is sized by it does not change as a server fails
 */
struct dsr_sched_conf {
	siphash_key_t	key;
	u8		hash_on;
	unsigned int	servers;
};

/**
 * struct dsr_sched_ops - a scheduler
 * @name: what users call it
 * @build: makes a schedule for @n servers, at least one; @old is the schedule
 *	that it replaces, of the same scheduler, or NULL. Process context, may
 *	sleep. Returns NULL if there is no memory.
 * @pick: gives the index of the server for a new flow. Any context, under RCU,
 *	without a lock.
 * @peek: gives the index that @pick would give next, and changes nothing. NULL
 *	if that is left to chance. As @pick.
 * @unweighted: all servers are alike to it, whatever they weigh
 * @by_hash: @pick goes by the tuple alone and changes nothing, so that it can
 *	be asked again
 * @destroy: frees a schedule. Any context.
 */
struct dsr_sched_ops {
	const char	*name;
	struct dsr_sched *(*build)(const struct dsr_sched_server *servers,
				   unsigned int n,
				   const struct dsr_sched_conf *conf,
				   const struct dsr_sched *old);
	unsigned int	(*pick)(struct dsr_sched *sched,
				const struct dsr_tuple *tuple);
	unsigned int	(*peek)(struct dsr_sched *sched,
				const struct dsr_tuple *tuple);
	bool		unweighted;
	bool		by_hash;
	void		(*destroy)(struct dsr_sched *sched);
};

/**
 * struct dsr_sched - head of every schedule
 * @ops: its scheduler
 */
struct dsr_sched {
	const struct dsr_sched_ops *ops;
};

extern const struct dsr_sched_ops dsr_sched_wrr;
extern const struct dsr_sched_ops dsr_sched_rr;
extern const struct dsr_sched_ops dsr_sched_wlc;
extern const struct dsr_sched_ops dsr_sched_lc;
extern const struct dsr_sched_ops dsr_sched_random2;
extern const struct dsr_sched_ops dsr_sched_sh;
extern const struct dsr_sched_ops dsr_sched_maglev;

/* All of them, ended by NULL, and their names for users. */
extern const struct dsr_sched_ops * const dsr_scheds[];
#define DSR_SCHED_NAMES		"wrr, rr, wlc, lc, random2, sh, maglev"

#define DSR_SCHED_DEFAULT	(&dsr_sched_wrr)

const struct dsr_sched_ops *dsr_sched_find(const char *name);

#endif /* DSR_SCHED_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Schedules that are a table of slots, which a keyed hash of the packet picks
 * from. Its schedulers, sh and maglev, differ in how they fill it.
 *
 * What a table holds depends on the service's key and on its servers' addresses
 * and weights, on nothing else: not on the order of the servers, the machine or
 * its byte order. So two directors agree without a word.
 */
#ifndef DSR_SCHED_TABLE_H
#define DSR_SCHED_TABLE_H

#include "kmod/sched.h"

/* What a slot has that is nobody's yet; no server has this index. */
#define DSR_TABLE_EMPTY		U16_MAX

/**
 * struct dsr_table - a schedule
 * @sched: head
 * @key: of the hash of packets and addresses
 * @by_source: only the client's address is hashed
 * @size: number of slots
 * @slot: the server of each slot
 */
struct dsr_table {
	struct dsr_sched	sched;
	siphash_key_t		key;
	bool			by_source;
	u32			size;
	u16			slot[];
};

/**
 * struct dsr_claimant - a server, as it claims slots
 * @hash: keyed hash of its address
 * @index: among the servers of the schedule
 * @weight: its weight
 * @pace: how often it claims; the scheduler's, like those that follow
 * @clock: how near its next claim is
 * @next: the slot that it claims next
 * @skip: from there to the one after it
 */
struct dsr_claimant {
	u64	hash;
	u32	index;
	u32	weight;
	u64	pace;
	u64	clock;
	u32	next;
	u32	skip;
};

u64 dsr_table_hash_addr(u8 family, const union nf_inet_addr *addr,
			const siphash_key_t *key);
u64 dsr_table_hash_tuple(const struct dsr_tuple *tuple,
			 const siphash_key_t *key);
struct dsr_table *dsr_table_create(const struct dsr_sched_ops *ops,
				   const struct dsr_sched_conf *conf,
				   u8 hash_on, u32 size);
struct dsr_claimant *
dsr_table_claimants(const struct dsr_table *table,
		    const struct dsr_sched_server *servers, unsigned int n);
unsigned int dsr_table_pick(struct dsr_sched *sched,
			    const struct dsr_tuple *tuple);
void dsr_table_destroy(struct dsr_sched *sched);

#endif /* DSR_SCHED_TABLE_H */

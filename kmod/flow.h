/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Flow affinity: which server a flow has. Bounded memory, no timer per flow,
 * lookup without a lock.
 */
#ifndef DSR_FLOW_H
#define DSR_FLOW_H

#include <linux/jiffies.h>
#include <linux/seqlock.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include "kmod/parse.h"

#define DSR_FLOW_WAYS	8

/**
 * enum dsr_flow_state - what decides how long a flow may be silent
 * @DSR_FLOW_SYN: a TCP connection of which nothing came but its SYN
 * @DSR_FLOW_ESTABLISHED: a TCP connection of which more came
 * @DSR_FLOW_CLOSING: a TCP connection that the client has closed or reset; its
 *	next SYN is another one's, which uses the port again
 * @DSR_FLOW_OTHER: an exchange over another protocol
 * @DSR_FLOW_OVER: not a flow any more; never stored
 *
 * Told from what the client sends: the server's packets do not come by.
 */
enum dsr_flow_state {
	DSR_FLOW_SYN,
	DSR_FLOW_ESTABLISHED,
	DSR_FLOW_CLOSING,
	DSR_FLOW_OTHER,
	DSR_FLOW_OVER,
};

/**
 * struct dsr_flow - one flow
 * @tuple: who it is
 * @server: id of its server
 */
struct dsr_flow {
	struct dsr_tuple	tuple;
	u32			server;
} ____cacheline_aligned;

/**
 * struct dsr_flow_bucket - the flows of one hash value
 * @lock: taken to write @tag, @state and @flow
 * @seq: lets readers see that a writer came in between
 * @tag: 16 bits of each flow's hash, 0 where there is no flow
 * @seen: when each flow's last packet came, by dsr_flow_now(); read and
 *	written without the lock
 * @state: enum dsr_flow_state of each flow
 * @flow: the flows
 *
 * A lookup reads the first cache line and, where a tag matches, one flow.
 */
struct dsr_flow_bucket {
	spinlock_t		lock;
	seqcount_spinlock_t	seq;
	u16			tag[DSR_FLOW_WAYS];
	u32			seen[DSR_FLOW_WAYS];
	u8			state[DSR_FLOW_WAYS];
	struct dsr_flow		flow[DSR_FLOW_WAYS];
} ____cacheline_aligned;

/**
 * struct dsr_flow_table - the flows of a network namespace
 * @key: of the hash, random
 * @mask: number of buckets less one; a power of two
 * @ended: told the server of each flow that leaves; bottom halves disabled,
 *	under a bucket's lock
 * @data: passed to @ended
 * @sweep: removes flows that have timed out
 * @swept: the bucket that the sweep comes to next; of the sweep alone
 * @rcu: frees it
 * @bucket: the flows
 */
struct dsr_flow_table {
	siphash_key_t		key;
	u32			mask;
	void			(*ended)(void *data, u32 server);
	void			*data;
	struct delayed_work	sweep;
	u32			swept;
	struct rcu_head		rcu;
	struct dsr_flow_bucket	bucket[];
};

/**
 * dsr_flow_now() - the time, as flows keep it
 *
 * Context: any.
 * Return: jiffies, of which 32 bits are enough for a difference.
 */
static inline u32 dsr_flow_now(void)
{
	return (u32)jiffies;
}

struct dsr_flow_table *dsr_flow_table_create(u32 flows,
					     void (*ended)(void *data,
							   u32 server),
					     void *data);
void dsr_flow_table_destroy(struct dsr_flow_table *table);
u32 dsr_flow_lookup(struct dsr_flow_table *table, const struct dsr_packet *pkt,
		    u64 hash, u32 now);
u32 dsr_flow_owner(struct dsr_flow_table *table, const struct dsr_tuple *tuple,
		   u64 hash, u32 now);
bool dsr_flow_assign(struct dsr_flow_table *table, const struct dsr_packet *pkt,
		     u64 hash, u32 now, u32 old, u32 *server);
void dsr_flow_sweep(struct dsr_flow_table *table, u32 from, u32 to, u32 now);

#endif /* DSR_FLOW_H */

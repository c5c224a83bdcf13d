/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Flow affinity: which server a flow has. Bounded memory that grows with use,
 * no timer per flow, lookup without a lock in one or two cache lines.
 */
#ifndef DSR_FLOW_H
#define DSR_FLOW_H

#include <linux/atomic.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>
#include "kmod/parse.h"

#define DSR_FLOW_WAYS		4
/* One of IPv4, one of IPv6. */
#define DSR_FLOW_FAMILIES	2

/**
 * enum dsr_flow_state - what decides how long a flow may be silent
 * @DSR_FLOW_SYN: a TCP connection of which nothing came but its SYN
 * @DSR_FLOW_ESTABLISHED: a TCP connection of which more came
 * @DSR_FLOW_CLOSING: a TCP connection that the client has closed or reset; its
 *	next SYN is another one's, which uses the port again
 * @DSR_FLOW_UDP: a UDP exchange
 * @DSR_FLOW_OTHER: an exchange over another protocol
 * @DSR_FLOW_STATES: how many there are
 * @DSR_FLOW_OVER: not a flow any more; never stored
 *
 * Told from what the client sends: the server's packets do not come by.
 */
enum dsr_flow_state {
	DSR_FLOW_SYN,
	DSR_FLOW_ESTABLISHED,
	DSR_FLOW_CLOSING,
	DSR_FLOW_UDP,
	DSR_FLOW_OTHER,
	DSR_FLOW_STATES,
	DSR_FLOW_OVER = DSR_FLOW_STATES,
};

/**
 * struct dsr_flow_slot - place of a flow, as packets see it
 * @hash: all of dsr_tuple_hash(), which is the flow's name here; or
 *	DSR_FLOW_FREE or DSR_FLOW_BUSY
 * @server: id of its server
 * @meta: second of its last packet, 24 bits; DSR_FLOW_NEW; enum dsr_flow_state
 *
 * A reader takes @server and @meta for good if @hash is the same before and
 * after. What each may be written by is said in flow.c.
 */
struct dsr_flow_slot {
	u64	hash;
	u32	server;
	u32	meta;
};

/**
 * struct dsr_flow_bucket - a cache line of flows
 * @slot: the flows
 */
struct dsr_flow_bucket {
	struct dsr_flow_slot	slot[DSR_FLOW_WAYS];
} __aligned(64);

/**
 * struct dsr_flow_array - the flows of one family
 * @bucket: the flows
 * @n: number of buckets, any
 * @tuple_size: of the family's tuples
 * @tuple: the tuple of each slot, for those who list flows; packets do not
 *	look there
 * @old: the array that this one replaces, as long as flows are being moved
 */
struct dsr_flow_array {
	struct dsr_flow_bucket		*bucket;
	u32				n;
	u32				tuple_size;
	void				*tuple;
	struct dsr_flow_array __rcu	*old;
};

/**
 * struct dsr_flow_ops - what a flow table asks and tells
 * @timeout: seconds that a flow of this server may be silent in this state
 * @begun: a flow has come to this server
 * @ended: a flow of this server has gone
 *
 * Bottom halves disabled, under RCU; the latter two under a lock. The server
 * may have been deleted.
 */
struct dsr_flow_ops {
	u32	(*timeout)(void *data, u32 server, enum dsr_flow_state state);
	void	(*begun)(void *data, u32 server);
	void	(*ended)(void *data, u32 server);
};

/**
 * struct dsr_flow_family - the flows of one family, and how many there may be
 * @array: where they are; replaced by @resize alone
 * @count: how many there are
 * @grow_at: with so many it is time for a larger array
 * @max: buckets that the array may have
 * @swept: the bucket that the sweep comes to next; of the sweep alone
 * @resize: replaces the array
 * @table: whose family it is
 */
struct dsr_flow_family {
	struct dsr_flow_array __rcu	*array;
	atomic_t			count;
	u32				grow_at;
	u32				max;
	u32				swept;
	struct work_struct		resize;
	struct dsr_flow_table		*table;
};

/**
 * struct dsr_flow_table - the flows of a network namespace
 * @key: of the hash, random
 * @family: of IPv4 and of IPv6
 * @ops: what it asks and tells
 * @data: passed to @ops
 * @lock: for a flow to be written, the one of its hash
 * @lock_mask: number of locks less one; a power of two
 * @sweep: removes flows that have timed out
 */
struct dsr_flow_table {
	siphash_key_t			key;
	struct dsr_flow_family		family[DSR_FLOW_FAMILIES];
	const struct dsr_flow_ops	*ops;
	void				*data;
	spinlock_t			*lock;
	unsigned int			lock_mask;
	struct delayed_work		sweep;
};

/**
 * enum dsr_flow_assigned - what became of an attempt to give a flow a server
 * @DSR_FLOW_BEGUN: it has it
 * @DSR_FLOW_FOUND: it had got another one meanwhile, and has that
 * @DSR_FLOW_UNPLACED: there is no room for the flow
 */
enum dsr_flow_assigned {
	DSR_FLOW_BEGUN,
	DSR_FLOW_FOUND,
	DSR_FLOW_UNPLACED,
};

/**
 * dsr_flow_now() - the time, as flows keep it
 *
 * Context: any.
 * Return: seconds, of which 24 bits are enough for a difference.
 */
static inline u32 dsr_flow_now(void)
{
	return (u32)ktime_get_seconds();
}

struct dsr_flow_table *dsr_flow_table_create(u32 max,
					     const struct dsr_flow_ops *ops,
					     void *data);
void dsr_flow_table_destroy(struct dsr_flow_table *table);
u32 dsr_flow_lookup(struct dsr_flow_table *table, const struct dsr_packet *pkt,
		    u64 hash, u32 now);
u32 dsr_flow_owner(struct dsr_flow_table *table, const struct dsr_tuple *tuple,
		   u64 hash, u32 now);
enum dsr_flow_assigned dsr_flow_assign(struct dsr_flow_table *table,
				       const struct dsr_packet *pkt, u64 hash,
				       u32 now, u32 old, u32 *server);
void dsr_flow_sweep(struct dsr_flow_table *table, u32 now);

#endif /* DSR_FLOW_H */

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
#include <net/tcp.h>
#include "kmod/parse.h"
#include "kmod/server.h"

#define DSR_FLOW_WAYS		4
/* One of IPv4, one of IPv6. */
#define DSR_FLOW_FAMILIES	2

/* No hash. */
#define DSR_FLOW_FREE		0
#define DSR_FLOW_BUSY		1

#define DSR_FLOW_STATE_MASK	0x7
/* In meta: so far there has been one packet. These go first. */
#define DSR_FLOW_NEW		0x8
/*
 * In meta of a connection whose replies pass by: there was one; the client has
 * said that it is done, and so has the server.
 */
#define DSR_FLOW_ANSWERED	0x10
#define DSR_FLOW_CLIENT_FIN	0x20
#define DSR_FLOW_SERVER_FIN	0x40
#define DSR_FLOW_SEEN_OF_BOTH	(DSR_FLOW_ANSWERED | DSR_FLOW_CLIENT_FIN | \
				 DSR_FLOW_SERVER_FIN)
/*
 * In meta of a bucket's first slot: a flow whose first bucket this is may be in
 * its second one. Stays until the array is replaced.
 */
#define DSR_FLOW_SPILT		0x80
#define DSR_FLOW_SEEN_SHIFT	8

/*
 * States are those of enum dsr_flow_state, told from what the client sends, and
 * the server too where its packets come by. OVER is none, and never stored.
 */
#define DSR_FLOW_STATES		(DSR_FLOW_STATE_PERSIST + 1)
#define DSR_FLOW_STATE_OVER	DSR_FLOW_STATES

/**
 * struct dsr_flow_slot - place of a flow, as packets see it
 * @hash: all of dsr_tuple_hash(), which is the flow's name here; or
 *	DSR_FLOW_FREE or DSR_FLOW_BUSY
 * @server: id of its server
 * @meta: second of its last packet, 24 bits; DSR_FLOW_NEW; DSR_FLOW_SPILT;
 *	DSR_FLOW_SEEN_OF_BOTH; enum dsr_flow_state
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
 * @generation: how many arrays the family had before it
 * @tuple_size: of the family's tuples
 * @tuple: the tuple of each slot, for those who list flows; packets do not
 *	look there
 * @old: the array that this one replaces, as long as flows are being moved
 */
struct dsr_flow_array {
	struct dsr_flow_bucket		*bucket;
	u32				n;
	u32				generation;
	u32				tuple_size;
	void				*tuple;
	struct dsr_flow_array __rcu	*old;
};

/**
 * struct dsr_flow_ops - what a flow table asks and tells
 * @timeout: seconds that a flow of this server may be silent in this state
 * @begun: a flow has come to this server
 * @ended: a flow of this server has gone
 * @gateway: whether this server's replies may pass by
 *
 * A client that stays with its server is a flow in DSR_FLOW_STATE_PERSIST, from
 * begin to end.
 *
 * Bottom halves disabled, under RCU; the latter two under a lock. The server
 * may have been deleted.
 */
struct dsr_flow_ops {
	u32	(*timeout)(void *data, u32 server, enum dsr_flow_state state);
	void	(*begun)(void *data, u32 server, enum dsr_flow_state state);
	void	(*ended)(void *data, u32 server, enum dsr_flow_state state);
	bool	(*gateway)(void *data, u32 server);
};

/**
 * struct dsr_flow_family - the flows of one family, and how many there may be
 * @array: where they are; replaced by @resize alone
 * @grow_at: with so many it is time for a larger array
 * @max: buckets that the array may have
 * @table: whose family it is
 * @resize: replaces the array
 * @swept: the bucket that the sweep comes to next; of the sweep alone
 * @count: how many there are; on a cache line of its own, as any CPU writes it
 *	while others read @array with each packet
 */
struct dsr_flow_family {
	struct dsr_flow_array __rcu	*array;
	u32				grow_at;
	u32				max;
	struct dsr_flow_table		*table;
	struct work_struct		resize;
	u32				swept;
	atomic_t			count ____cacheline_aligned_in_smp;
};

/**
 * struct dsr_flow_table - the flows of a network namespace
 * @key: of the hash, random
 * @family: of IPv4 and of IPv6
 * @ops: what it asks and tells
 * @data: passed to @ops
 * @lock: for a flow to be written, the one of its hash
 * @lock_mask: number of locks less one; a power of two
 * @memcg: what memory is charged to, of whoever had it created; held
 * @sweep: removes flows that have timed out
 */
struct dsr_flow_table {
	siphash_key_t			key;
	struct dsr_flow_family		family[DSR_FLOW_FAMILIES];
	const struct dsr_flow_ops	*ops;
	void				*data;
	spinlock_t			*lock;
	unsigned int			lock_mask;
	struct mem_cgroup		*memcg;
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
 * struct dsr_flow_entry - a flow, as those see it who list flows
 * @tuple: its name
 * @server: id of its server
 * @state: enum dsr_flow_state
 * @idle: seconds since its last packet
 * @expires: seconds until it times out if nothing comes
 */
struct dsr_flow_entry {
	struct dsr_tuple	tuple;
	u32			server;
	u32			state;
	u32			idle;
	u32			expires;
};

/**
 * struct dsr_flow_cursor - where a walk over a table goes on; at first zeros
 * @generation: of the array that @slot is of
 * @slot: the next slot
 * @family: 0 for IPv4, 1 for IPv6
 * @second: on the second way through the array
 */
struct dsr_flow_cursor {
	u32	generation;
	u32	slot;
	u8	family;
	bool	second;
};

/**
 * struct dsr_flow_usage - what a table takes
 * @room: flows that the larger one of the families has room for now
 * @flows: how many there are, of both families
 * @memory: bytes
 */
struct dsr_flow_usage {
	u32	room;
	u64	flows;
	u64	memory;
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
u32 dsr_flow_owner(struct dsr_flow_table *table, const struct dsr_tuple *tuple,
		   u64 hash, u32 now);
enum dsr_flow_assigned dsr_flow_assign(struct dsr_flow_table *table,
				       const struct dsr_packet *pkt, u64 hash,
				       u32 now, u32 old, u32 *server);
u32 dsr_flow_answer(struct dsr_flow_table *table, const struct dsr_packet *pkt,
		    u64 hash, u32 now);
void dsr_flow_sweep(struct dsr_flow_table *table, u32 now);

int dsr_flow_walk(struct dsr_flow_table *table, struct dsr_flow_cursor *c,
		  u32 now, struct dsr_flow_entry *entry);
void dsr_flow_settle(struct dsr_flow_table *table);
bool dsr_flow_get(struct dsr_flow_table *table, u32 now,
		  struct dsr_flow_entry *entry);
int dsr_flow_put(struct dsr_flow_table *table, u32 now,
		 const struct dsr_flow_entry *entry);
bool dsr_flow_remove(struct dsr_flow_table *table,
		     const struct dsr_flow_entry *entry);
int dsr_flow_set_max(struct dsr_flow_table *table, u32 max);
void dsr_flow_usage(struct dsr_flow_table *table,
		    struct dsr_flow_usage *usage);

/* What a look for a flow asks for once a second, and a few times in all. */
bool dsr_flow_touch(const struct dsr_flow_table *table,
		    struct dsr_flow_slot *slot, u32 server, u32 meta, u32 now);
bool dsr_flow_follow(struct dsr_flow_family *f, const struct dsr_packet *pkt,
		     u64 hash);

static inline struct dsr_flow_family *
dsr_flow_family(struct dsr_flow_table *table, const struct dsr_tuple *tuple)
{
	return &table->family[tuple->family == AF_INET6];
}

/* A hash that is none of the numbers with a meaning. */
static inline u64 dsr_flow_name(u64 hash)
{
	return likely(hash > DSR_FLOW_BUSY) ? hash : ~hash;
}

static inline struct dsr_flow_bucket *
dsr_flow_first(const struct dsr_flow_array *a, u64 hash)
{
	return &a->bucket[reciprocal_scale(hash >> 32, a->n)];
}

static inline struct dsr_flow_bucket *
dsr_flow_second(const struct dsr_flow_array *a, u64 hash)
{
	return &a->bucket[reciprocal_scale((u32)hash, a->n)];
}

/*
 * Which way has a flow cannot be predicted: without a branch on that, a packet
 * goes on while its bucket is on its way from memory. A hash that is twice
 * there, as the flow moves, may be missed.
 */
static __always_inline struct dsr_flow_slot *
dsr_flow_find_in(struct dsr_flow_bucket *b, u64 hash)
{
	bool one = READ_ONCE(b->slot[1].hash) == hash;
	bool two = READ_ONCE(b->slot[2].hash) == hash;
	bool three = READ_ONCE(b->slot[3].hash) == hash;
	struct dsr_flow_slot *slot;

	BUILD_BUG_ON(DSR_FLOW_WAYS != 4);
	slot = &b->slot[(one | three) | (two | three) << 1];
	return likely(READ_ONCE(slot->hash) == hash) ? slot : NULL;
}

static __always_inline struct dsr_flow_slot *
dsr_flow_find(const struct dsr_flow_array *a, u64 hash)
{
	struct dsr_flow_bucket *first = dsr_flow_first(a, hash);
	struct dsr_flow_slot *slot = dsr_flow_find_in(first, hash);

	if (likely(slot || !(READ_ONCE(first->slot[0].meta) & DSR_FLOW_SPILT)))
		return slot;
	return dsr_flow_find_in(dsr_flow_second(a, hash), hash);
}

/*
 * Look for a flow and mark it as seen; false if there is none. @hash is its
 * name; @server and @meta are what was read of it. In its callers, one of which
 * is on the way of most packets.
 */
static __always_inline bool
dsr_flow_see(const struct dsr_flow_table *table,
	     const struct dsr_flow_family *f, u64 hash, u32 now, u32 *server,
	     u32 *meta)
{
	struct dsr_flow_array *a = rcu_dereference(f->array), *old;
	struct dsr_flow_slot *slot = dsr_flow_find(a, hash);

	if (unlikely(!slot)) {
		old = rcu_dereference(a->old);
		if (likely(!old))
			return false;
		slot = dsr_flow_find(old, hash);
		if (!slot)
			return false;
	}
	/* Pairs with dsr_flow_publish(), */
	smp_rmb();
	*server = READ_ONCE(slot->server);
	*meta = READ_ONCE(slot->meta);
	/* and this one with the barrier in dsr_flow_place(). */
	smp_rmb();
	if (unlikely(READ_ONCE(slot->hash) != hash))
		return false;
	return likely(*meta >> DSR_FLOW_SEEN_SHIFT == (now & 0xffffff)) ||
	       dsr_flow_touch(table, slot, *server, *meta, now);
}

/**
 * dsr_flow_lookup() - the server of a packet's flow
 * @table: the table
 * @pkt: the packet
 * @hash: its tuple's dsr_tuple_hash_any() by the table's key
 * @now: dsr_flow_now()
 *
 * Marks the flow as seen now, at most once a second, and follows its state. A
 * flow whose end the packet shows, as it begins another one, is removed.
 *
 * Context: bottom halves disabled, under RCU.
 * Return: the server's id, or DSR_SERVER_NONE if there is no such flow, it has
 *	timed out, or is on its way to another place, where dsr_flow_assign()
 *	and dsr_flow_owner() find it.
 */
static __always_inline u32
dsr_flow_lookup(struct dsr_flow_table *table, const struct dsr_packet *pkt,
		u64 hash, u32 now)
{
	struct dsr_flow_family *f = dsr_flow_family(table, &pkt->tuple);
	u32 server, meta;

	hash = dsr_flow_name(hash);
	if (unlikely(!dsr_flow_see(table, f, hash, now, &server, &meta)))
		return DSR_SERVER_NONE;
	if (unlikely(meta & DSR_FLOW_NEW || pkt->tcp_flags &
		     (TCPHDR_SYN | TCPHDR_FIN | TCPHDR_RST)) &&
	    !dsr_flow_follow(f, pkt, hash))
		return DSR_SERVER_NONE;
	return server;
}

#endif /* DSR_FLOW_H */

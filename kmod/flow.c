// SPDX-License-Identifier: GPL-2.0
/*
 * The flow table: for each address family an array of buckets of four flows,
 * a cache line each.
 *
 * A flow's name in it is its 64-bit keyed hash, and its place one of two
 * buckets that follow from it: the first unless that is full. So a packet of a
 * known flow reads one line, sometimes two. Nobody can aim at a hash whose key
 * is secret, and flows whose hashes are equal by chance share a server and a
 * timeout, nothing worse. The tuples are kept apart, for those who list flows.
 *
 * Readers take no lock. To write a flow takes the lock of its hash, of a few
 * hundred; only the second of its last packet, and a place that is free, are
 * taken by whoever comes first, with a compare and exchange. A flow whose two
 * buckets are full has one that is there move to its second one; if none
 * can, it takes the place of one that has timed out or of which there came a
 * single packet only; else there is no room for it.
 *
 * When an array is three quarters full, flows are moved to a larger one, one
 * by one, while packets come. Who finds a flow in neither may have missed it on
 * its way: dsr_flow_assign() and dsr_flow_owner(), under its lock, do not.
 *
 * Within an array a flow moves once at most, from its first bucket to its
 * second one. So those who list flows go through it twice, first for those that
 * are in their first bucket, then for the others, and miss none that is there
 * all the time. When the array has been replaced they begin again.
 */
#include <linux/in.h>
#include <linux/kernel.h>
#include <linux/memcontrol.h>
#include <linux/random.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <net/tcp.h>
#include "kmod/flow.h"
#include "kmod/server.h"

/* Buckets of the first array: 16 KiB. */
#define DSR_FLOW_BUCKETS_MIN	256
/* Buckets that do not take much yet: 1 MiB. */
#define DSR_FLOW_BUCKETS_SMALL	16384

/* What meta says of a flow but when it was seen. */
#define DSR_FLOW_STATES_ALL \
	(DSR_FLOW_STATE_MASK | DSR_FLOW_NEW | DSR_FLOW_SEEN_OF_BOTH)

/* All flows are swept in so many steps, one each quarter second. */
#define DSR_FLOW_SWEEP_STEPS	32
#define DSR_FLOW_SWEEP_DELAY	(HZ / 4)

/**
 * struct dsr_flow_tuple4 - what an IPv4 flow's tuple takes
 * @saddr: as in struct dsr_tuple, and so are the others
 * @daddr: likewise
 * @sport: likewise
 * @dport: likewise
 * @protocol: likewise
 * @client: likewise
 */
struct dsr_flow_tuple4 {
	__be32	saddr;
	__be32	daddr;
	__be16	sport;
	__be16	dport;
	u8	protocol;
	u8	client;
};

static spinlock_t *dsr_flow_lock(const struct dsr_flow_table *table, u64 hash)
{
	return &table->lock[(hash >> 16) & table->lock_mask];
}

static enum dsr_flow_state dsr_flow_state(u32 meta)
{
	return meta & DSR_FLOW_STATE_MASK;
}

static u32 dsr_flow_meta(u32 now, u32 state)
{
	return now << DSR_FLOW_SEEN_SHIFT | state;
}

/* Seconds of silence; less than none if another CPU's clock was ahead. */
static s32 dsr_flow_silent(u32 meta, u32 now)
{
	return (s32)((now << DSR_FLOW_SEEN_SHIFT) -
		     (meta & ~(BIT(DSR_FLOW_SEEN_SHIFT) - 1))) >>
	       DSR_FLOW_SEEN_SHIFT;
}

static bool dsr_flow_expired(const struct dsr_flow_table *table, u32 server,
			     u32 meta, u32 now)
{
	s32 silent = dsr_flow_silent(meta, now);

	return silent > 0 && silent > table->ops->timeout(table->data, server,
							  dsr_flow_state(meta));
}

/*
 * What a packet makes of the state of a connection of which both sides come by;
 * @reply: it is the server's. Unless it was established before its first
 * answer, it is when the client goes on after that; it is closing when both
 * have said that they are done, or one has reset it.
 */
static u32 dsr_flow_next_of_both(u32 meta, const struct dsr_packet *pkt,
				 bool reply)
{
	u32 seen = meta & DSR_FLOW_SEEN_OF_BOTH;
	u32 state = dsr_flow_state(meta);
	u32 new = meta & DSR_FLOW_NEW;

	if (pkt->tcp_flags & TCPHDR_RST)
		return DSR_FLOW_STATE_CLOSING | seen;
	if (pkt->tcp_flags & TCPHDR_FIN)
		seen |= reply ? DSR_FLOW_SERVER_FIN : DSR_FLOW_CLIENT_FIN;
	if (reply)
		seen |= DSR_FLOW_ANSWERED;
	else
		new = 0;
	if (!new && state == DSR_FLOW_STATE_SYN)
		state = DSR_FLOW_STATE_ESTABLISHED;
	if (seen == DSR_FLOW_SEEN_OF_BOTH)
		state = DSR_FLOW_STATE_CLOSING;
	return state | seen | new;
}

/*
 * What a packet makes of a flow's state. A SYN amid an established connection
 * is left to the server: its answer makes a client that does not know of the
 * connection reset it (RFC 9293 3.10.7.4), and the SYN after that is new.
 *
 * A server's replies may pass by or not, whatever its service says: it may be
 * this machine, have a way of its own, or the client for a neighbour. So what
 * has not been answered here goes by the client's side alone.
 */
static u32 dsr_flow_next(u32 state, const struct dsr_packet *pkt, bool gateway)
{
	if (pkt->tuple.protocol != IPPROTO_TCP || pkt->tuple.client)
		return state & ~DSR_FLOW_NEW;
	if ((pkt->tcp_flags & (TCPHDR_SYN | TCPHDR_ACK | TCPHDR_FIN |
			       TCPHDR_RST)) == TCPHDR_SYN)
		return dsr_flow_state(state) == DSR_FLOW_STATE_CLOSING ?
		       DSR_FLOW_STATE_OVER : state;
	if (gateway && state & DSR_FLOW_ANSWERED)
		return dsr_flow_next_of_both(state, pkt, false);
	if (pkt->tcp_flags & (TCPHDR_FIN | TCPHDR_RST))
		return DSR_FLOW_STATE_CLOSING;
	return dsr_flow_state(state) == DSR_FLOW_STATE_CLOSING ?
	       DSR_FLOW_STATE_CLOSING : DSR_FLOW_STATE_ESTABLISHED;
}

/* The state that a flow begins in. */
static u32 dsr_flow_begin(const struct dsr_packet *pkt)
{
	if (pkt->tuple.client)
		return DSR_FLOW_STATE_PERSIST | DSR_FLOW_NEW;
	switch (pkt->tuple.protocol) {
	case IPPROTO_TCP:
		if (pkt->tcp_flags & (TCPHDR_FIN | TCPHDR_RST))
			return DSR_FLOW_STATE_CLOSING | DSR_FLOW_NEW;
		if ((pkt->tcp_flags & (TCPHDR_SYN | TCPHDR_ACK)) == TCPHDR_SYN)
			return DSR_FLOW_STATE_SYN | DSR_FLOW_NEW;
		return DSR_FLOW_STATE_ESTABLISHED | DSR_FLOW_NEW;
	case IPPROTO_UDP:
		return DSR_FLOW_STATE_UDP | DSR_FLOW_NEW;
	default:
		return DSR_FLOW_STATE_OTHER | DSR_FLOW_NEW;
	}
}

/* Where a flow is */

/* The slot of a flow, or NULL. Under its lock. */
static struct dsr_flow_slot *dsr_flow_find_locked(struct dsr_flow_family *f,
						  u64 hash)
{
	struct dsr_flow_array *a = rcu_dereference(f->array);
	struct dsr_flow_array *old = rcu_dereference(a->old);
	struct dsr_flow_slot *slot = dsr_flow_find(a, hash);

	return !slot && old ? dsr_flow_find(old, hash) : slot;
}

/* What a slot gives room for is not seen before the slot has a hash again. */
static bool dsr_flow_claim(struct dsr_flow_slot *slot)
{
	return READ_ONCE(slot->hash) == DSR_FLOW_FREE &&
	       cmpxchg64(&slot->hash, DSR_FLOW_FREE, DSR_FLOW_BUSY) ==
	       DSR_FLOW_FREE;
}

static struct dsr_flow_slot *dsr_flow_claim_in(struct dsr_flow_bucket *b)
{
	unsigned int i;

	for (i = 0; i < DSR_FLOW_WAYS; i++)
		if (dsr_flow_claim(&b->slot[i]))
			return &b->slot[i];
	return NULL;
}

static void *dsr_flow_tuple(const struct dsr_flow_array *a,
			    const struct dsr_flow_slot *slot)
{
	return a->tuple + (slot - a->bucket->slot) * a->tuple_size;
}

/* Write down the tuple of a flow whose slot is claimed. */
static void dsr_flow_name_slot(const struct dsr_flow_array *a,
			       const struct dsr_flow_slot *slot,
			       const struct dsr_tuple *tuple)
{
	if (tuple->family == AF_INET)
		*(struct dsr_flow_tuple4 *)dsr_flow_tuple(a, slot) =
			(struct dsr_flow_tuple4) {
				.saddr		= tuple->saddr.ip,
				.daddr		= tuple->daddr.ip,
				.sport		= tuple->sport,
				.dport		= tuple->dport,
				.protocol	= tuple->protocol,
				.client		= tuple->client,
			};
	else
		memcpy(dsr_flow_tuple(a, slot), tuple, a->tuple_size);
}

/* Write all of a slot's meta but what it says of its bucket. */
static void dsr_flow_set_meta(struct dsr_flow_slot *slot, u32 meta)
{
	u32 old = READ_ONCE(slot->meta);

	while (!try_cmpxchg(&slot->meta, &old,
			    meta | (old & DSR_FLOW_SPILT)))
		;
}

/* A flow goes to this bucket: say so in its first one, if that is another. */
static void dsr_flow_spill(const struct dsr_flow_array *a, u64 hash,
			   const struct dsr_flow_slot *slot)
{
	struct dsr_flow_bucket *first = dsr_flow_first(a, hash);
	u32 meta = READ_ONCE(first->slot[0].meta);

	if (likely(slot >= first->slot && slot < first->slot + DSR_FLOW_WAYS))
		return;
	while (!try_cmpxchg(&first->slot[0].meta, &meta,
			    meta | DSR_FLOW_SPILT))
		;
}

/* Show readers a slot that is filled in. */
static void dsr_flow_publish(struct dsr_flow_slot *slot, u64 hash)
{
	/* Pairs with the barriers in dsr_flow_lookup(). */
	smp_store_release(&slot->hash, hash);
}

/*
 * Move a flow, if it is still there, to a claimed slot of @to. Under its lock.
 * A reader sees it in both, or misses it; the old slot stays claimed.
 */
static bool dsr_flow_move(const struct dsr_flow_array *from,
			  struct dsr_flow_slot *slot, u64 hash,
			  const struct dsr_flow_array *to,
			  struct dsr_flow_slot *place)
{
	if (slot->hash != hash)
		return false;
	memcpy(dsr_flow_tuple(to, place), dsr_flow_tuple(from, slot),
	       to->tuple_size);
	WRITE_ONCE(place->server, slot->server);
	dsr_flow_set_meta(place, READ_ONCE(slot->meta) & ~DSR_FLOW_SPILT);
	dsr_flow_spill(to, hash, place);
	dsr_flow_publish(place, hash);
	/* The new one is to be seen before the old one is not. */
	dsr_flow_publish(slot, DSR_FLOW_BUSY);
	return true;
}

/*
 * Have the flow in a slot, whose lock is free or @mine's, which is held, go to
 * a claimed slot.
 */
static bool dsr_flow_push_to(const struct dsr_flow_table *table,
			     const struct dsr_flow_array *a,
			     struct dsr_flow_slot *slot, u64 hash,
			     struct dsr_flow_slot *place, u64 mine)
{
	spinlock_t *lock = dsr_flow_lock(table, hash);
	bool done;

	if (lock == dsr_flow_lock(table, mine))
		return dsr_flow_move(a, slot, hash, a, place);
	if (!spin_trylock(lock))
		return false;
	done = dsr_flow_move(a, slot, hash, a, place);
	spin_unlock(lock);
	return done;
}

/*
 * Have the flow in a slot go to its second bucket; false if that is full, or
 * the flow is there already. To go back would help few flows to a place, and
 * nobody could list flows without missing some.
 */
static bool dsr_flow_push(const struct dsr_flow_table *table,
			  const struct dsr_flow_array *a,
			  const struct dsr_flow_bucket *b,
			  struct dsr_flow_slot *slot, u64 mine)
{
	u64 hash = READ_ONCE(slot->hash);
	struct dsr_flow_slot *place;

	if (hash <= DSR_FLOW_BUSY || dsr_flow_first(a, hash) != b)
		return false;
	place = dsr_flow_claim_in(dsr_flow_second(a, hash));
	if (!place)
		return false;
	if (dsr_flow_push_to(table, a, slot, hash, place, mine))
		return true;
	dsr_flow_publish(place, DSR_FLOW_FREE);
	return false;
}

/* Make room in a bucket that is full: a claimed slot, or NULL. */
static struct dsr_flow_slot *dsr_flow_push_in(const struct dsr_flow_table *table,
					      const struct dsr_flow_array *a,
					      struct dsr_flow_bucket *b,
					      u64 mine)
{
	unsigned int i;

	for (i = 0; i < DSR_FLOW_WAYS; i++)
		if (dsr_flow_push(table, a, b, &b->slot[i], mine))
			return &b->slot[i];
	return NULL;
}

/* Take a flow out, under its lock; its slot becomes @hash. */
static void dsr_flow_end(struct dsr_flow_family *f, struct dsr_flow_slot *slot,
			 u64 hash)
{
	f->table->ops->ended(f->table->data, slot->server,
			     dsr_flow_state(READ_ONCE(slot->meta)));
	atomic_dec(&f->count);
	dsr_flow_publish(slot, hash);
}

/* Whether a flow has to make room for a new one. */
static bool dsr_flow_yields(const struct dsr_flow_table *table,
			    const struct dsr_flow_slot *slot, u32 now)
{
	u32 meta = READ_ONCE(slot->meta);

	return meta & DSR_FLOW_NEW ||
	       dsr_flow_expired(table, READ_ONCE(slot->server), meta, now);
}

/* The flow of a bucket that is first to make room, or NULL. */
static struct dsr_flow_slot *
dsr_flow_victim(const struct dsr_flow_table *table, struct dsr_flow_bucket *b,
		u32 now)
{
	struct dsr_flow_slot *slot, *victim = NULL;
	s32 silent, longest = -1;

	for (slot = b->slot; slot < b->slot + DSR_FLOW_WAYS; slot++) {
		if (READ_ONCE(slot->hash) <= DSR_FLOW_BUSY ||
		    !dsr_flow_yields(table, slot, now))
			continue;
		silent = max(dsr_flow_silent(READ_ONCE(slot->meta), now), 0);
		if (silent > longest) {
			longest = silent;
			victim = slot;
		}
	}
	return victim;
}

/* End a flow if it is still there and has to make room. Under its lock. */
static bool dsr_flow_evict(struct dsr_flow_family *f,
			   struct dsr_flow_slot *slot, u64 hash, u32 now)
{
	if (slot->hash != hash || !dsr_flow_yields(f->table, slot, now))
		return false;
	dsr_flow_end(f, slot, DSR_FLOW_BUSY);
	return true;
}

/* Have a flow of a bucket make room: a claimed slot, or NULL. */
static struct dsr_flow_slot *dsr_flow_evict_in(struct dsr_flow_family *f,
					       struct dsr_flow_bucket *b,
					       u64 mine, u32 now)
{
	struct dsr_flow_slot *slot = dsr_flow_victim(f->table, b, now);
	spinlock_t *lock;
	bool done;
	u64 hash;

	if (!slot)
		return NULL;
	hash = READ_ONCE(slot->hash);
	if (hash <= DSR_FLOW_BUSY)
		return NULL;
	lock = dsr_flow_lock(f->table, hash);
	if (lock == dsr_flow_lock(f->table, mine))
		return dsr_flow_evict(f, slot, hash, now) ? slot : NULL;
	if (!spin_trylock(lock))
		return NULL;
	done = dsr_flow_evict(f, slot, hash, now);
	spin_unlock(lock);
	return done ? slot : NULL;
}

/* A claimed slot for a new flow, whose lock is held, or NULL. */
static struct dsr_flow_slot *dsr_flow_place(struct dsr_flow_family *f,
					    const struct dsr_flow_array *a,
					    u64 hash, u32 now)
{
	struct dsr_flow_bucket *first = dsr_flow_first(a, hash);
	struct dsr_flow_bucket *second = dsr_flow_second(a, hash);
	struct dsr_flow_slot *slot;

	slot = dsr_flow_claim_in(first) ?:
	       dsr_flow_claim_in(second) ?:
	       dsr_flow_push_in(f->table, a, first, hash) ?:
	       dsr_flow_push_in(f->table, a, second, hash) ?:
	       dsr_flow_evict_in(f, first, hash, now) ?:
	       dsr_flow_evict_in(f, second, hash, now);
	/* That it is busy is to be seen before what is written to it. */
	smp_wmb();
	return slot;
}

/* Lookup */

/* Note that a flow is seen, once a second; false if it has timed out. */
bool dsr_flow_touch(const struct dsr_flow_table *table,
		    struct dsr_flow_slot *slot, u32 server, u32 meta, u32 now)
{
	s32 silent = dsr_flow_silent(meta, now);

	/* No timeout is shorter than a second. */
	if (silent > 1 && dsr_flow_expired(table, server, meta, now))
		return false;
	/* If it is another flow's by now, that one is fresh too. */
	if (silent > 0)
		cmpxchg(&slot->meta, meta,
			dsr_flow_meta(now, meta & 0xff));
	return true;
}

/* Change the state of a flow, under its lock. */
static void dsr_flow_set_state(struct dsr_flow_slot *slot, u32 state)
{
	u32 meta = READ_ONCE(slot->meta), rest;

	/* The time may change meanwhile. */
	do {
		rest = meta & ~DSR_FLOW_STATES_ALL;
	} while (!try_cmpxchg(&slot->meta, &meta, rest | state));
}

/*
 * Note what a packet makes of its flow, a few times in a flow's life; false if
 * it begins another flow and this one is over.
 */
bool dsr_flow_follow(struct dsr_flow_family *f, const struct dsr_packet *pkt,
		     u64 hash)
{
	spinlock_t *lock = dsr_flow_lock(f->table, hash);
	struct dsr_flow_slot *slot;
	u32 next = DSR_FLOW_STATE_OTHER;

	spin_lock(lock);
	slot = dsr_flow_find_locked(f, hash);
	if (slot) {
		next = dsr_flow_next(READ_ONCE(slot->meta) &
				     DSR_FLOW_STATES_ALL, pkt,
				     f->table->ops->gateway(f->table->data,
							    slot->server));
		if (next == DSR_FLOW_STATE_OVER)
			dsr_flow_end(f, slot, DSR_FLOW_FREE);
		else
			dsr_flow_set_state(slot, next);
	}
	spin_unlock(lock);
	return next != DSR_FLOW_STATE_OVER;
}

/* Note what a reply makes of its flow, a few times in a flow's life. */
static noinline void dsr_flow_answered(struct dsr_flow_family *f,
				       const struct dsr_packet *pkt, u64 hash)
{
	spinlock_t *lock = dsr_flow_lock(f->table, hash);
	struct dsr_flow_slot *slot;

	spin_lock(lock);
	slot = dsr_flow_find_locked(f, hash);
	if (slot)
		dsr_flow_set_state(slot,
				   dsr_flow_next_of_both(READ_ONCE(slot->meta) &
							 DSR_FLOW_STATES_ALL,
							 pkt, true));
	spin_unlock(lock);
}

/**
 * dsr_flow_answer() - a reply comes by
 * @table: the table
 * @pkt: the reply, with the tuple of the flow: from the client's side
 * @hash: that tuple's dsr_tuple_hash_any() by the table's key
 * @now: dsr_flow_now()
 *
 * The flow is seen now, and its state followed.
 *
 * Context: bottom halves disabled, under RCU.
 * Return: as dsr_flow_lookup().
 */
u32 dsr_flow_answer(struct dsr_flow_table *table, const struct dsr_packet *pkt,
		    u64 hash, u32 now)
{
	struct dsr_flow_family *f = dsr_flow_family(table, &pkt->tuple);
	u32 server, meta;

	hash = dsr_flow_name(hash);
	if (!dsr_flow_see(table, f, hash, now, &server, &meta))
		return DSR_SERVER_NONE;
	/* An ICMP error about a connection has no flags of its. */
	if (pkt->tuple.protocol == IPPROTO_TCP && pkt->tcp_flags &&
	    (!(meta & DSR_FLOW_ANSWERED) ||
	     pkt->tcp_flags & (TCPHDR_FIN | TCPHDR_RST)))
		dsr_flow_answered(f, pkt, hash);
	return server;
}

/**
 * dsr_flow_owner() - the server of a flow, which is left as it is
 * @table: the table
 * @tuple: the flow
 * @hash: its dsr_tuple_hash_any() by the table's key
 * @now: dsr_flow_now()
 *
 * Context: any but hard interrupts, under RCU.
 * Return: the server's id, or DSR_SERVER_NONE if there is no such flow or it
 *	has timed out.
 */
u32 dsr_flow_owner(struct dsr_flow_table *table, const struct dsr_tuple *tuple,
		   u64 hash, u32 now)
{
	struct dsr_flow_family *f = dsr_flow_family(table, tuple);
	struct dsr_flow_slot *slot;
	u32 server = DSR_SERVER_NONE;
	spinlock_t *lock;

	hash = dsr_flow_name(hash);
	lock = dsr_flow_lock(table, hash);
	spin_lock_bh(lock);
	slot = dsr_flow_find_locked(f, hash);
	if (slot && !dsr_flow_expired(table, slot->server,
				      READ_ONCE(slot->meta), now))
		server = slot->server;
	spin_unlock_bh(lock);
	return server;
}

/* Change the server of a flow, and when and in which state it was seen. */
static void dsr_flow_change(const struct dsr_flow_table *table,
			    struct dsr_flow_slot *slot, u32 server, u32 meta)
{
	table->ops->ended(table->data, slot->server,
			  dsr_flow_state(READ_ONCE(slot->meta)));
	table->ops->begun(table->data, server, dsr_flow_state(meta));
	WRITE_ONCE(slot->server, server);
	dsr_flow_set_meta(slot, meta);
}

/* Give a flow that is there, if under another name of a server, this one. */
static enum dsr_flow_assigned
dsr_flow_reassign(struct dsr_flow_table *table, struct dsr_flow_slot *slot,
		  const struct dsr_packet *pkt, u32 now, u32 old, u32 *server)
{
	if (slot->server != old &&
	    !dsr_flow_expired(table, slot->server, READ_ONCE(slot->meta),
			      now)) {
		*server = slot->server;
		return DSR_FLOW_FOUND;
	}
	dsr_flow_change(table, slot, *server,
			dsr_flow_meta(now, dsr_flow_begin(pkt)));
	return DSR_FLOW_BEGUN;
}

static enum dsr_flow_assigned dsr_flow_insert(struct dsr_flow_family *f,
					      const struct dsr_tuple *tuple,
					      u64 hash, u32 now, u32 server,
					      u32 meta)
{
	struct dsr_flow_array *a = rcu_dereference(f->array);
	struct dsr_flow_slot *slot = dsr_flow_place(f, a, hash, now);

	if (unlikely(!slot))
		return DSR_FLOW_UNPLACED;
	dsr_flow_name_slot(a, slot, tuple);
	f->table->ops->begun(f->table->data, server, dsr_flow_state(meta));
	WRITE_ONCE(slot->server, server);
	dsr_flow_set_meta(slot, meta);
	dsr_flow_spill(a, hash, slot);
	dsr_flow_publish(slot, hash);
	if (unlikely(atomic_inc_return(&f->count) > READ_ONCE(f->grow_at)))
		queue_work(system_power_efficient_wq, &f->resize);
	return DSR_FLOW_BEGUN;
}

/**
 * dsr_flow_assign() - give a packet's flow a server
 * @table: the table
 * @pkt: the packet
 * @hash: its tuple's dsr_tuple_hash_any() by the table's key
 * @now: dsr_flow_now()
 * @old: the server that the caller found it to have, or DSR_SERVER_NONE
 * @server: the server that it shall have; on return the one that it has
 *
 * Changes nothing if the flow has meanwhile got another server than @old: of
 * two CPUs that do this for one flow at a time, the first one decides.
 *
 * Context: bottom halves disabled, under RCU.
 * Return: see enum dsr_flow_assigned.
 */
enum dsr_flow_assigned dsr_flow_assign(struct dsr_flow_table *table,
				       const struct dsr_packet *pkt, u64 hash,
				       u32 now, u32 old, u32 *server)
{
	struct dsr_flow_family *f = dsr_flow_family(table, &pkt->tuple);
	enum dsr_flow_assigned what;
	struct dsr_flow_slot *slot;
	spinlock_t *lock;

	hash = dsr_flow_name(hash);
	lock = dsr_flow_lock(table, hash);
	spin_lock(lock);
	slot = dsr_flow_find_locked(f, hash);
	if (slot)
		what = dsr_flow_reassign(table, slot, pkt, now, old, server);
	else
		what = dsr_flow_insert(f, &pkt->tuple, hash, now, *server,
				       dsr_flow_meta(now, dsr_flow_begin(pkt)));
	spin_unlock(lock);
	return what;
}

/* Arrays */

static void dsr_flow_array_free(struct dsr_flow_array *a)
{
	kvfree(a->tuple);
	kvfree(a->bucket);
	kfree(a);
}

/* Zeroed. There is more to be had than kvmalloc() gives. */
static void *dsr_flow_alloc(size_t size)
{
	const gfp_t gfp = GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN;

	return size > INT_MAX ? __vmalloc(size, gfp) : kvmalloc(size, gfp);
}

static struct dsr_flow_array *dsr_flow_array_create(u32 n, u32 tuple_size)
{
	struct dsr_flow_array *a = kzalloc(sizeof(*a), GFP_KERNEL_ACCOUNT);

	if (!a)
		return NULL;
	a->n = n;
	a->tuple_size = tuple_size;
	/* Used at random, so in one piece or in huge pages if there are any. */
	a->bucket = dsr_flow_alloc(array_size(n, sizeof(*a->bucket)));
	a->tuple = dsr_flow_alloc(array3_size(n, DSR_FLOW_WAYS, tuple_size));
	if (!a->bucket || !a->tuple) {
		dsr_flow_array_free(a);
		return NULL;
	}
	return a;
}

/* The Nth slot of all. */
static struct dsr_flow_slot *dsr_flow_slot(const struct dsr_flow_array *a,
					   u32 n)
{
	return &a->bucket[n / DSR_FLOW_WAYS].slot[n % DSR_FLOW_WAYS];
}

/* Move a flow to the array that replaces its own. */
static void dsr_flow_migrate(struct dsr_flow_family *f,
			     const struct dsr_flow_array *from,
			     struct dsr_flow_slot *slot,
			     const struct dsr_flow_array *to)
{
	u64 hash = READ_ONCE(slot->hash);
	struct dsr_flow_slot *place;
	spinlock_t *lock;

	if (hash <= DSR_FLOW_BUSY)
		return;
	lock = dsr_flow_lock(f->table, hash);
	spin_lock_bh(lock);
	if (slot->hash == hash) {
		place = dsr_flow_place(f, to, hash, dsr_flow_now());
		if (place)
			dsr_flow_move(from, slot, hash, to, place);
		else
			dsr_flow_end(f, slot, DSR_FLOW_BUSY);
	}
	spin_unlock_bh(lock);
}

/* With so many flows, an array of so many buckets is to be replaced. */
static u32 dsr_flow_grow_at(u32 n, u32 max)
{
	return n < max ? n * DSR_FLOW_WAYS / 4 * 3 : U32_MAX;
}

/*
 * Buckets to have instead of @n. To have fewer must cost no flow its place,
 * which half full is sure enough.
 */
static u32 dsr_flow_buckets(const struct dsr_flow_family *f, u32 n)
{
	u32 most = READ_ONCE(f->max), count = atomic_read(&f->count);

	if (n > most)
		return min(n, max(most, DIV_ROUND_UP(count, DSR_FLOW_WAYS / 2)));
	if (count <= READ_ONCE(f->grow_at))
		return n;
	return min(n < DSR_FLOW_BUCKETS_SMALL ? n * 4 : n * 2, most);
}

/* Nobody inserts into the old array any more; empty it. */
static void dsr_flow_migrate_all(struct dsr_flow_family *f,
				 struct dsr_flow_array *from,
				 const struct dsr_flow_array *to)
{
	u32 i;

	for (i = 0; i < from->n * DSR_FLOW_WAYS; i++) {
		rcu_read_lock();
		dsr_flow_migrate(f, from, dsr_flow_slot(from, i), to);
		rcu_read_unlock();
		if (i % 1024 == 0)
			cond_resched();
	}
}

static void dsr_flow_resize(struct dsr_flow_family *f)
{
	struct dsr_flow_array *old = rcu_dereference_raw(f->array), *new;
	u32 n = dsr_flow_buckets(f, old->n);

	if (n == old->n) {
		WRITE_ONCE(f->grow_at, dsr_flow_grow_at(n, READ_ONCE(f->max)));
		return;
	}
	new = dsr_flow_array_create(n, old->tuple_size);
	if (!new) {
		/* Not with each new flow, but when there are some more. */
		WRITE_ONCE(f->grow_at, atomic_read(&f->count) + old->n / 4);
		return;
	}
	new->generation = old->generation + 1;
	RCU_INIT_POINTER(new->old, old);
	rcu_assign_pointer(f->array, new);
	WRITE_ONCE(f->grow_at, dsr_flow_grow_at(n, READ_ONCE(f->max)));
	synchronize_rcu();
	dsr_flow_migrate_all(f, old, new);
	/* Who sees the end sees all flows moved: pairs with dsr_flow_walk(). */
	smp_wmb();
	RCU_INIT_POINTER(new->old, NULL);
	synchronize_rcu();
	dsr_flow_array_free(old);
}

/* Nobody's memory but that of who has the table, whoever sends the packets. */
static void dsr_flow_resize_work(struct work_struct *work)
{
	struct dsr_flow_family *f = container_of(work, struct dsr_flow_family,
						 resize);
	struct mem_cgroup *workers = set_active_memcg(f->table->memcg);

	dsr_flow_resize(f);
	set_active_memcg(workers);
}

/* Remove a flow if it has timed out. */
static void dsr_flow_sweep_slot(struct dsr_flow_family *f,
				struct dsr_flow_slot *slot, u32 now)
{
	u64 hash = READ_ONCE(slot->hash);
	spinlock_t *lock;

	if (hash <= DSR_FLOW_BUSY ||
	    !dsr_flow_expired(f->table, READ_ONCE(slot->server),
			      READ_ONCE(slot->meta), now))
		return;
	lock = dsr_flow_lock(f->table, hash);
	spin_lock_bh(lock);
	if (slot->hash == hash &&
	    dsr_flow_expired(f->table, slot->server, READ_ONCE(slot->meta),
			     now))
		dsr_flow_end(f, slot, DSR_FLOW_FREE);
	spin_unlock_bh(lock);
}

/* Sweep a share of the flows, and go on there the next time. */
static void dsr_flow_sweep_some(struct dsr_flow_family *f, u32 now, u32 steps)
{
	const struct dsr_flow_array *a;
	u32 i, left;

	rcu_read_lock();
	left = DIV_ROUND_UP(rcu_dereference(f->array)->n, steps);
	for (; left; left--) {
		a = rcu_dereference(f->array);
		f->swept = f->swept + 1 < a->n ? f->swept + 1 : 0;
		for (i = 0; i < DSR_FLOW_WAYS; i++)
			dsr_flow_sweep_slot(f, &a->bucket[f->swept].slot[i],
					    now);
		if (left % 1024)
			continue;
		rcu_read_unlock();
		cond_resched();
		rcu_read_lock();
	}
	rcu_read_unlock();
}

/**
 * dsr_flow_sweep() - remove all flows that have timed out
 * @table: the table
 * @now: dsr_flow_now()
 *
 * Not beside the table's own sweep.
 *
 * Context: process; sleeps where it may.
 */
void dsr_flow_sweep(struct dsr_flow_table *table, u32 now)
{
	unsigned int i;

	for (i = 0; i < DSR_FLOW_FAMILIES; i++)
		dsr_flow_sweep_some(&table->family[i], now, 1);
}

static void dsr_flow_sweep_work(struct work_struct *work)
{
	struct dsr_flow_table *table =
		container_of(work, struct dsr_flow_table, sweep.work);
	unsigned int i;

	for (i = 0; i < DSR_FLOW_FAMILIES; i++)
		dsr_flow_sweep_some(&table->family[i], dsr_flow_now(),
				    DSR_FLOW_SWEEP_STEPS);
	queue_delayed_work(system_power_efficient_wq, &table->sweep,
			   DSR_FLOW_SWEEP_DELAY);
}

/* Listing */

/* How much of an array is walked over without a break. */
#define DSR_FLOW_STRIDE		1024

static void dsr_flow_read_tuple(const struct dsr_flow_array *a,
				const struct dsr_flow_slot *slot,
				struct dsr_tuple *tuple)
{
	const struct dsr_flow_tuple4 *t = dsr_flow_tuple(a, slot);

	if (a->tuple_size == sizeof(*tuple)) {
		memcpy(tuple, t, sizeof(*tuple));
		return;
	}
	memset(tuple, 0, sizeof(*tuple));
	tuple->saddr.ip = t->saddr;
	tuple->daddr.ip = t->daddr;
	tuple->sport = t->sport;
	tuple->dport = t->dport;
	tuple->protocol = t->protocol;
	tuple->client = t->client;
	tuple->family = AF_INET;
}

/* Note what a slot says of its flow; false if that has timed out. */
static bool dsr_flow_describe(const struct dsr_flow_table *table,
			      const struct dsr_flow_slot *slot, u32 now,
			      struct dsr_flow_entry *entry)
{
	u32 meta = READ_ONCE(slot->meta), timeout;

	entry->server = READ_ONCE(slot->server);
	entry->state = dsr_flow_state(meta);
	entry->idle = max(dsr_flow_silent(meta, now), 0);
	timeout = table->ops->timeout(table->data, entry->server, entry->state);
	entry->expires = timeout - entry->idle;
	return entry->idle <= timeout;
}

/* The flow in a slot, if it is one that this way through looks for. */
static bool dsr_flow_read(const struct dsr_flow_table *table,
			  const struct dsr_flow_array *a,
			  const struct dsr_flow_cursor *c, u32 now,
			  struct dsr_flow_entry *entry)
{
	const struct dsr_flow_slot *slot = dsr_flow_slot(a, c->slot);
	/* Pairs with dsr_flow_publish(). */
	u64 hash = smp_load_acquire(&slot->hash);
	bool second, live;

	if (hash <= DSR_FLOW_BUSY)
		return false;
	second = dsr_flow_first(a, hash) !=
		 &a->bucket[c->slot / DSR_FLOW_WAYS];
	if (second != c->second)
		return false;
	dsr_flow_read_tuple(a, slot, &entry->tuple);
	live = dsr_flow_describe(table, slot, now, entry);
	/* Pairs with the barrier in dsr_flow_place(). */
	smp_rmb();
	return live && READ_ONCE(slot->hash) == hash;
}

/**
 * dsr_flow_walk() - go on to the next flow
 * @table: the table
 * @c: where to go on, zeros at first; on return where the flow is, and to be
 *	moved on by one slot before the next call
 * @now: dsr_flow_now()
 * @entry: the flow
 *
 * A flow that is there from the first call to the last one is found; more than
 * once if it moves meanwhile, as all do when their array is replaced.
 *
 * Context: process or bottom halves, under RCU, of which the caller takes leave
 *	between two calls.
 * Return: 1 for a flow, 0 at the end, -EAGAIN to be called again after a break,
 *	-EBUSY to be called again after dsr_flow_settle().
 */
int dsr_flow_walk(struct dsr_flow_table *table, struct dsr_flow_cursor *c,
		  u32 now, struct dsr_flow_entry *entry)
{
	const struct dsr_flow_array *a;
	u32 end;

	if (c->family >= DSR_FLOW_FAMILIES)
		return 0;
	a = rcu_dereference(table->family[c->family].array);
	if (rcu_access_pointer(a->old))
		return -EBUSY;
	/* Pairs with dsr_flow_resize(). */
	smp_rmb();
	if (c->generation != a->generation) {
		c->generation = a->generation;
		c->slot = 0;
		c->second = false;
	}
	end = min(a->n * DSR_FLOW_WAYS, c->slot + DSR_FLOW_STRIDE);
	for (; c->slot < end; c->slot++)
		if (dsr_flow_read(table, a, c, now, entry))
			return 1;
	if (c->slot < a->n * DSR_FLOW_WAYS)
		return -EAGAIN;
	c->slot = 0;
	c->family += c->second;
	c->second = !c->second;
	return -EAGAIN;
}

/**
 * dsr_flow_settle() - wait until no array is being replaced
 * @table: the table
 *
 * Context: process, sleeps; the table must not be destroyed meanwhile.
 */
void dsr_flow_settle(struct dsr_flow_table *table)
{
	unsigned int i;

	for (i = 0; i < DSR_FLOW_FAMILIES; i++)
		flush_work(&table->family[i].resize);
}

/**
 * dsr_flow_get() - find a flow by its tuple
 * @table: the table
 * @now: dsr_flow_now()
 * @entry: its tuple; the rest is filled in
 *
 * Context: any but hard interrupts, under RCU.
 * Return: true if there is one that has not timed out.
 */
bool dsr_flow_get(struct dsr_flow_table *table, u32 now,
		  struct dsr_flow_entry *entry)
{
	u64 hash = dsr_flow_name(dsr_tuple_hash_any(&entry->tuple,
						   &table->key));
	struct dsr_flow_family *f = dsr_flow_family(table, &entry->tuple);
	spinlock_t *lock = dsr_flow_lock(table, hash);
	struct dsr_flow_slot *slot;
	bool found;

	spin_lock_bh(lock);
	slot = dsr_flow_find_locked(f, hash);
	found = slot && dsr_flow_describe(table, slot, now, entry);
	spin_unlock_bh(lock);
	return found;
}

/* Have a larger array, if there may be one, however full this one is. */
static void dsr_flow_grow(struct dsr_flow_family *f)
{
	if (READ_ONCE(f->grow_at) == U32_MAX)
		return;
	WRITE_ONCE(f->grow_at, 0);
	queue_work(system_power_efficient_wq, &f->resize);
}

/**
 * dsr_flow_put() - insert or change a flow
 * @table: the table
 * @now: dsr_flow_now()
 * @entry: the flow; when it expires is not looked at
 *
 * If there is no room, but may be more, there will be after dsr_flow_settle().
 *
 * Context: any but hard interrupts, under RCU.
 * Return: 0, -ETIME if it would have timed out, -ENOSPC if there is no room.
 */
int dsr_flow_put(struct dsr_flow_table *table, u32 now,
		 const struct dsr_flow_entry *entry)
{
	u64 hash = dsr_flow_name(dsr_tuple_hash_any(&entry->tuple,
						   &table->key));
	struct dsr_flow_family *f = dsr_flow_family(table, &entry->tuple);
	u32 meta = dsr_flow_meta(now - entry->idle, entry->state);
	spinlock_t *lock = dsr_flow_lock(table, hash);
	struct dsr_flow_slot *slot;
	bool placed = true;

	if (entry->idle > table->ops->timeout(table->data, entry->server,
					      entry->state))
		return -ETIME;
	if (entry->state == DSR_FLOW_STATE_SYN)
		meta |= DSR_FLOW_NEW;
	spin_lock_bh(lock);
	slot = dsr_flow_find_locked(f, hash);
	if (slot)
		dsr_flow_change(table, slot, entry->server, meta);
	else
		placed = dsr_flow_insert(f, &entry->tuple, hash, now,
					 entry->server, meta) == DSR_FLOW_BEGUN;
	spin_unlock_bh(lock);
	if (placed)
		return 0;
	dsr_flow_grow(f);
	return -ENOSPC;
}

/**
 * dsr_flow_remove() - forget a flow
 * @table: the table
 * @entry: its tuple and server
 *
 * Context: any but hard interrupts, under RCU.
 * Return: true if it was there and had that server.
 */
bool dsr_flow_remove(struct dsr_flow_table *table,
		     const struct dsr_flow_entry *entry)
{
	u64 hash = dsr_flow_name(dsr_tuple_hash_any(&entry->tuple,
						   &table->key));
	struct dsr_flow_family *f = dsr_flow_family(table, &entry->tuple);
	spinlock_t *lock = dsr_flow_lock(table, hash);
	struct dsr_flow_slot *slot;
	bool found;

	spin_lock_bh(lock);
	slot = dsr_flow_find_locked(f, hash);
	found = slot && slot->server == entry->server;
	if (found)
		dsr_flow_end(f, slot, DSR_FLOW_FREE);
	spin_unlock_bh(lock);
	return found;
}

/* Tables */

/* Buckets for so many flows, three quarters full. */
static u32 dsr_flow_max_buckets(u32 max)
{
	return DIV_ROUND_UP_ULL(max * 4ULL, DSR_FLOW_WAYS * 3);
}

/**
 * dsr_flow_set_max() - change how many flows there may be
 * @table: the table
 * @max: of each family, at least 1
 *
 * Where more room was in use than that, there is less on return; but if then
 * flows might have lost their places, as much as makes that unlikely.
 *
 * Context: process, sleeps; one at a time.
 * Return: 0, or -EBUSY if a family has more flows than that.
 */
int dsr_flow_set_max(struct dsr_flow_table *table, u32 max)
{
	struct dsr_flow_family *f = table->family;
	unsigned int i;

	for (i = 0; i < DSR_FLOW_FAMILIES; i++)
		if (atomic_read(&f[i].count) > max)
			return -EBUSY;
	for (i = 0; i < DSR_FLOW_FAMILIES; i++) {
		WRITE_ONCE(f[i].max, dsr_flow_max_buckets(max));
		queue_work(system_power_efficient_wq, &f[i].resize);
	}
	dsr_flow_settle(table);
	return 0;
}

/**
 * dsr_flow_usage() - what a table takes now
 * @table: the table
 * @usage: the result
 *
 * Context: any.
 */
void dsr_flow_usage(struct dsr_flow_table *table, struct dsr_flow_usage *usage)
{
	const struct dsr_flow_array *a;
	unsigned int i;

	memset(usage, 0, sizeof(*usage));
	rcu_read_lock();
	for (i = 0; i < DSR_FLOW_FAMILIES; i++) {
		a = rcu_dereference(table->family[i].array);
		usage->room = max(usage->room, a->n * DSR_FLOW_WAYS / 4 * 3);
		usage->flows += atomic_read(&table->family[i].count);
		for (; a; a = rcu_dereference(a->old))
			usage->memory += (u64)a->n * (sizeof(*a->bucket) +
					 DSR_FLOW_WAYS * a->tuple_size);
	}
	rcu_read_unlock();
}

static int dsr_flow_family_init(struct dsr_flow_table *table, unsigned int i,
				u32 max)
{
	struct dsr_flow_family *f = &table->family[i];
	struct dsr_flow_array *a;
	u32 n;

	f->table = table;
	f->max = dsr_flow_max_buckets(max);
	n = min_t(u32, f->max, DSR_FLOW_BUCKETS_MIN);
	f->grow_at = dsr_flow_grow_at(n, f->max);
	INIT_WORK(&f->resize, dsr_flow_resize_work);
	a = dsr_flow_array_create(n, i ? sizeof(struct dsr_tuple) :
					 sizeof(struct dsr_flow_tuple4));
	RCU_INIT_POINTER(f->array, a);
	return a ? 0 : -ENOMEM;
}

static void dsr_flow_table_free(struct dsr_flow_table *table)
{
	struct dsr_flow_array *a;
	unsigned int i;

	for (i = 0; i < DSR_FLOW_FAMILIES; i++) {
		a = rcu_dereference_raw(table->family[i].array);
		if (a)
			dsr_flow_array_free(a);
	}
	free_bucket_spinlocks(table->lock);
	mem_cgroup_put(table->memcg);
	kfree(table);
}

/**
 * dsr_flow_table_create() - make an empty table
 * @max: how many flows of each family it may have, at least 1
 * @ops: see there
 * @data: passed to @ops
 *
 * Context: process, may sleep.
 * Return: the table or NULL.
 */
struct dsr_flow_table *dsr_flow_table_create(u32 max,
					     const struct dsr_flow_ops *ops,
					     void *data)
{
	struct dsr_flow_table *table = kzalloc(sizeof(*table),
					       GFP_KERNEL_ACCOUNT);

	if (!table)
		return NULL;
	get_random_bytes(&table->key, sizeof(table->key));
	table->ops = ops;
	table->data = data;
	table->memcg = get_mem_cgroup_from_mm(current->mm);
	if (alloc_bucket_spinlocks(&table->lock, &table->lock_mask, 4096, 64,
				   GFP_KERNEL_ACCOUNT))
		goto err_free;
	if (dsr_flow_family_init(table, 0, max) ||
	    dsr_flow_family_init(table, 1, max))
		goto err_free;
	INIT_DELAYED_WORK(&table->sweep, dsr_flow_sweep_work);
	queue_delayed_work(system_power_efficient_wq, &table->sweep,
			   DSR_FLOW_SWEEP_DELAY);
	return table;

err_free:
	dsr_flow_table_free(table);
	return NULL;
}

/**
 * dsr_flow_table_destroy() - free a table
 * @table: the table, which nobody finds any more and a grace period after
 *
 * Context: process, may sleep.
 */
void dsr_flow_table_destroy(struct dsr_flow_table *table)
{
	unsigned int i;

	cancel_delayed_work_sync(&table->sweep);
	for (i = 0; i < DSR_FLOW_FAMILIES; i++)
		cancel_work_sync(&table->family[i].resize);
	dsr_flow_table_free(table);
}

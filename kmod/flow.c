// SPDX-License-Identifier: GPL-2.0
/*
 * The flow table: an array of buckets of eight flows.
 *
 * Readers take no lock: they compare tags, then the one flow whose tag
 * matches, then look whether a writer was there meanwhile. Writers take the
 * bucket's lock. When a bucket is full, a new flow takes the place of one that
 * has timed out or else of the one that has been silent for longest.
 */
#include <linux/in.h>
#include <linux/log2.h>
#include <linux/random.h>
#include <linux/vmalloc.h>
#include <net/tcp.h>
#include "kmod/flow.h"
#include "kmod/server.h"

/* Silence after which a flow is over, as long as IPVS allows by default. */
static const s32 dsr_flow_timeout[] = {
	[DSR_FLOW_SYN]		= 60 * HZ,
	[DSR_FLOW_ESTABLISHED]	= 900 * HZ,
	[DSR_FLOW_CLOSING]	= 120 * HZ,
	[DSR_FLOW_OTHER]		= 300 * HZ,
};

/* The whole table is swept in so many steps, one each quarter second. */
#define DSR_FLOW_SWEEP_STEPS	32
#define DSR_FLOW_SWEEP_DELAY	(HZ / 4)

static struct dsr_flow_bucket *dsr_flow_bucket(struct dsr_flow_table *table,
					       u64 hash)
{
	return &table->bucket[(u32)hash & table->mask];
}

/* Bits that the bucket's index does not use; 0 stands for no flow. */
static u16 dsr_flow_tag(u64 hash)
{
	return (u16)(hash >> 48) ?: 1;
}

/*
 * What a packet makes of a flow's state. A SYN amid an established connection
 * is left to the server: its answer makes a client that does not know of the
 * connection reset it (RFC 9293 3.10.7.4), and the SYN after that is new.
 */
static enum dsr_flow_state dsr_flow_next(enum dsr_flow_state state,
					 const struct dsr_packet *pkt)
{
	if (pkt->tuple.protocol != IPPROTO_TCP)
		return DSR_FLOW_OTHER;
	if (unlikely(pkt->tcp_flags & (TCPHDR_FIN | TCPHDR_RST)))
		return DSR_FLOW_CLOSING;
	if (unlikely((pkt->tcp_flags & (TCPHDR_SYN | TCPHDR_ACK)) ==
		     TCPHDR_SYN))
		return state == DSR_FLOW_CLOSING ? DSR_FLOW_OVER : state;
	return state == DSR_FLOW_SYN ? DSR_FLOW_ESTABLISHED : state;
}

/* Signed, as another CPU may have written a later time than @now. */
static bool dsr_flow_expired(const struct dsr_flow_bucket *b, unsigned int i,
			     u32 now)
{
	s32 timeout = dsr_flow_timeout[READ_ONCE(b->state[i])];

	return (s32)(now - READ_ONCE(b->seen[i])) > timeout;
}

/* The place of a flow in its bucket, or DSR_FLOW_WAYS. */
static __always_inline unsigned int
dsr_flow_find(const struct dsr_flow_bucket *b, const struct dsr_tuple *tuple,
	      u16 tag)
{
	unsigned int i;

	for (i = 0; i < DSR_FLOW_WAYS; i++)
		if (READ_ONCE(b->tag[i]) == tag &&
		    dsr_tuple_equal(&b->flow[i].tuple, tuple))
			break;
	return i;
}

static void dsr_flow_end(struct dsr_flow_table *table,
			 const struct dsr_flow_bucket *b, unsigned int i)
{
	if (b->tag[i])
		table->ended(table->data, b->flow[i].server);
}

static void dsr_flow_remove(struct dsr_flow_table *table,
			    struct dsr_flow_bucket *b, unsigned int i)
{
	dsr_flow_end(table, b, i);
	write_seqcount_begin(&b->seq);
	WRITE_ONCE(b->tag[i], 0);
	write_seqcount_end(&b->seq);
}

/* Note what a packet makes of its flow, a few times in a flow's life. */
static void dsr_flow_follow(struct dsr_flow_table *table,
			    struct dsr_flow_bucket *b,
			    const struct dsr_packet *pkt, u16 tag)
{
	enum dsr_flow_state next;
	unsigned int i;

	spin_lock(&b->lock);
	i = dsr_flow_find(b, &pkt->tuple, tag);
	if (i < DSR_FLOW_WAYS) {
		next = dsr_flow_next(b->state[i], pkt);
		if (next == DSR_FLOW_OVER)
			dsr_flow_remove(table, b, i);
		else
			WRITE_ONCE(b->state[i], next);
	}
	spin_unlock(&b->lock);
}

/*
 * Read a flow's server and state while nobody writes; the flow's place, or
 * DSR_FLOW_WAYS if there is no such flow or it has timed out.
 */
static __always_inline unsigned int
dsr_flow_read(const struct dsr_flow_bucket *b, const struct dsr_tuple *tuple,
	      u16 tag, u32 now, u32 *server, enum dsr_flow_state *state)
{
	unsigned int seq, i;

	do {
		seq = read_seqcount_begin(&b->seq);
		i = dsr_flow_find(b, tuple, tag);
		if (i == DSR_FLOW_WAYS)
			continue;
		if (dsr_flow_expired(b, i, now)) {
			i = DSR_FLOW_WAYS;
			continue;
		}
		*server = READ_ONCE(b->flow[i].server);
		*state = READ_ONCE(b->state[i]);
	} while (read_seqcount_retry(&b->seq, seq));
	return i;
}

/**
 * dsr_flow_lookup() - the server of a packet's flow
 * @table: the table
 * @pkt: the packet
 * @hash: its tuple's dsr_tuple_hash() by the table's key
 * @now: dsr_flow_now()
 *
 * Marks the flow as seen now, at most once a second, and follows its state. A
 * flow whose end the packet shows, as it begins another one, is removed.
 *
 * Context: bottom halves disabled, under RCU.
 * Return: the server's id, or DSR_SERVER_NONE if there is no such flow or it
 *	has timed out.
 */
u32 dsr_flow_lookup(struct dsr_flow_table *table, const struct dsr_packet *pkt,
		    u64 hash, u32 now)
{
	struct dsr_flow_bucket *b = dsr_flow_bucket(table, hash);
	enum dsr_flow_state state, next;
	u16 tag = dsr_flow_tag(hash);
	unsigned int i;
	u32 server;

	i = dsr_flow_read(b, &pkt->tuple, tag, now, &server, &state);
	if (i == DSR_FLOW_WAYS)
		return DSR_SERVER_NONE;

	/* If the place has just been given away, its new flow is fresh too. */
	if ((s32)(now - READ_ONCE(b->seen[i])) >= HZ)
		WRITE_ONCE(b->seen[i], now);

	next = dsr_flow_next(state, pkt);
	if (unlikely(next != state))
		dsr_flow_follow(table, b, pkt, tag);
	return next == DSR_FLOW_OVER ? DSR_SERVER_NONE : server;
}

/**
 * dsr_flow_owner() - the server of a flow, which is left as it is
 * @table: the table
 * @tuple: the flow
 * @hash: its dsr_tuple_hash() by the table's key
 * @now: dsr_flow_now()
 *
 * Context: any, under RCU.
 * Return: as dsr_flow_lookup().
 */
u32 dsr_flow_owner(struct dsr_flow_table *table, const struct dsr_tuple *tuple,
		   u64 hash, u32 now)
{
	struct dsr_flow_bucket *b = dsr_flow_bucket(table, hash);
	enum dsr_flow_state state;
	u32 server;

	return dsr_flow_read(b, tuple, dsr_flow_tag(hash), now, &server,
			     &state) == DSR_FLOW_WAYS ? DSR_SERVER_NONE :
							server;
}

/* The place that a new flow takes: free, timed out, or longest silent. */
static unsigned int dsr_flow_place(const struct dsr_flow_bucket *b, u32 now)
{
	s32 silent, longest = S32_MIN;
	unsigned int i, place = 0;

	for (i = 0; i < DSR_FLOW_WAYS; i++) {
		if (!b->tag[i] || dsr_flow_expired(b, i, now))
			return i;
		silent = now - READ_ONCE(b->seen[i]);
		if (silent > longest) {
			longest = silent;
			place = i;
		}
	}
	return place;
}

/**
 * dsr_flow_assign() - give a packet's flow a server
 * @table: the table
 * @pkt: the packet
 * @hash: its tuple's dsr_tuple_hash() by the table's key
 * @now: dsr_flow_now()
 * @old: the server that the caller found it to have, or DSR_SERVER_NONE
 * @server: the server that it shall have; on return the one that it has
 *
 * Does nothing if the flow has meanwhile got another server than @old: of two
 * CPUs that do this for one flow at a time, the first one decides.
 *
 * Context: bottom halves disabled, under RCU.
 * Return: true if the flow got @server by this call.
 */
bool dsr_flow_assign(struct dsr_flow_table *table, const struct dsr_packet *pkt,
		     u64 hash, u32 now, u32 old, u32 *server)
{
	struct dsr_flow_bucket *b = dsr_flow_bucket(table, hash);
	u16 tag = dsr_flow_tag(hash);
	unsigned int i;

	spin_lock(&b->lock);
	i = dsr_flow_find(b, &pkt->tuple, tag);
	if (i < DSR_FLOW_WAYS && b->flow[i].server != old &&
	    !dsr_flow_expired(b, i, now)) {
		*server = b->flow[i].server;
		spin_unlock(&b->lock);
		return false;
	}

	if (i == DSR_FLOW_WAYS)
		i = dsr_flow_place(b, now);
	dsr_flow_end(table, b, i);

	write_seqcount_begin(&b->seq);
	WRITE_ONCE(b->tag[i], tag);
	WRITE_ONCE(b->seen[i], now);
	WRITE_ONCE(b->state[i], dsr_flow_next(DSR_FLOW_SYN, pkt));
	b->flow[i].tuple = pkt->tuple;
	WRITE_ONCE(b->flow[i].server, *server);
	write_seqcount_end(&b->seq);
	spin_unlock(&b->lock);
	return true;
}

static void dsr_flow_sweep_bucket(struct dsr_flow_table *table,
				  struct dsr_flow_bucket *b, u32 now)
{
	unsigned int i;

	for (i = 0; i < DSR_FLOW_WAYS; i++) {
		if (!READ_ONCE(b->tag[i]) || !dsr_flow_expired(b, i, now))
			continue;
		spin_lock_bh(&b->lock);
		if (b->tag[i] && dsr_flow_expired(b, i, now))
			dsr_flow_remove(table, b, i);
		spin_unlock_bh(&b->lock);
	}
}

/**
 * dsr_flow_sweep() - remove the flows that have timed out
 * @table: the table
 * @from: the first bucket to look at
 * @to: the bucket to stop before
 * @now: dsr_flow_now()
 *
 * Context: process; sleeps where it may.
 */
void dsr_flow_sweep(struct dsr_flow_table *table, u32 from, u32 to, u32 now)
{
	for (; from < to; from++) {
		rcu_read_lock();
		dsr_flow_sweep_bucket(table, &table->bucket[from], now);
		rcu_read_unlock();
		cond_resched();
	}
}

static void dsr_flow_sweep_work(struct work_struct *work)
{
	struct dsr_flow_table *table =
		container_of(work, struct dsr_flow_table, sweep.work);
	u32 buckets = table->mask + 1, from = table->swept, to;

	to = min(from + DIV_ROUND_UP(buckets, DSR_FLOW_SWEEP_STEPS), buckets);
	dsr_flow_sweep(table, from, to, dsr_flow_now());
	table->swept = to == buckets ? 0 : to;
	queue_delayed_work(system_power_efficient_wq, &table->sweep,
			   DSR_FLOW_SWEEP_DELAY);
}

/**
 * dsr_flow_table_create() - make an empty table
 * @flows: how many flows it has room for, rounded up to a power of two and to
 *	DSR_FLOW_WAYS at least
 * @ended: see struct dsr_flow_table
 * @data: passed to @ended
 *
 * Context: process, may sleep.
 * Return: the table or NULL.
 */
struct dsr_flow_table *dsr_flow_table_create(u32 flows,
					     void (*ended)(void *data,
							   u32 server),
					     void *data)
{
	u32 i, buckets = roundup_pow_of_two(DIV_ROUND_UP(flows, DSR_FLOW_WAYS));
	struct dsr_flow_table *table;

	/* Whole pages, so that buckets begin where cache lines do. */
	table = __vmalloc(struct_size(table, bucket, buckets),
			  GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	if (!table)
		return NULL;
	get_random_bytes(&table->key, sizeof(table->key));
	table->mask = buckets - 1;
	table->ended = ended;
	table->data = data;
	for (i = 0; i < buckets; i++) {
		spin_lock_init(&table->bucket[i].lock);
		seqcount_spinlock_init(&table->bucket[i].seq,
				       &table->bucket[i].lock);
	}
	INIT_DELAYED_WORK(&table->sweep, dsr_flow_sweep_work);
	queue_delayed_work(system_power_efficient_wq, &table->sweep,
			   DSR_FLOW_SWEEP_DELAY);
	return table;
}

/**
 * dsr_flow_table_destroy() - free a table
 * @table: the table, which new readers do not find any more; freed after a
 *	grace period
 *
 * Context: process, may sleep.
 */
void dsr_flow_table_destroy(struct dsr_flow_table *table)
{
	cancel_delayed_work_sync(&table->sweep);
	kvfree_rcu(table, rcu);
}

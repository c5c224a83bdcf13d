// SPDX-License-Identifier: GPL-2.0
/*
 * The table of fragmented datagrams: of fixed size, each bucket under a lock,
 * as fragments are few. A datagram that finds no place takes that of the one
 * which has been silent for longest.
 *
 * That a datagram is complete is not noticed. If its sender uses the
 * identification again within the timeout, the first fragment decides anew.
 */
#include <linux/jiffies.h>
#include <linux/random.h>
#include <linux/vmalloc.h>
#include <net/dst.h>
#include "kmod/frag.h"

#define DSR_FRAG_SWEEP_DELAY	HZ

static struct dsr_frag_bucket *dsr_frag_bucket(struct dsr_frag_table *table,
					       const struct dsr_packet *pkt)
{
	u64 hash = dsr_tuple_hash(&pkt->tuple, &table->key);

	hash ^= siphash_1u32((__force u32)pkt->id, &table->key);
	return &table->bucket[hash % DSR_FRAG_BUCKETS];
}

/*
 * What all fragments of a datagram have: addresses, and of IPv4 the protocol
 * (RFC 791 3.2). Of IPv6 it need not be the same (RFC 8200 4.5), and that of
 * the first one is known past all extension headers.
 */
static struct dsr_packet dsr_frag_key(const struct dsr_packet *pkt)
{
	struct dsr_packet key = *pkt;

	key.tuple.sport = 0;
	key.tuple.dport = 0;
	if (key.tuple.family == AF_INET6)
		key.tuple.protocol = 0;
	return key;
}

/* Give up the fragments that wait. Under the bucket's lock. */
static void dsr_frag_drop(struct dsr_frag_table *table, struct dsr_frag *frag,
			  enum dsr_reason reason)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(&frag->held))) {
		atomic_sub(skb->truesize, &table->held);
		dsr_stats_packet(table->stats, reason);
		kfree_skb(skb);
	}
}

static bool dsr_frag_expired(const struct dsr_frag *frag, u32 now)
{
	return (s32)(now - frag->seen) > DSR_FRAG_TIMEOUT;
}

/* The datagram, if it is known. Under the bucket's lock. */
static struct dsr_frag *dsr_frag_find(struct dsr_frag_bucket *b,
				      const struct dsr_packet *key, u32 now)
{
	struct dsr_frag *frag;

	for (frag = b->frag; frag < b->frag + DSR_FRAG_WAYS; frag++)
		if (frag->used && frag->id == key->id &&
		    dsr_tuple_equal(&frag->tuple, &key->tuple) &&
		    !dsr_frag_expired(frag, now))
			return frag;
	return NULL;
}

/* A place for a datagram that is not known. Under the bucket's lock. */
static struct dsr_frag *dsr_frag_place(struct dsr_frag_table *table,
				       struct dsr_frag_bucket *b,
				       const struct dsr_packet *key, u32 now)
{
	struct dsr_frag *frag, *place = b->frag;

	for (frag = b->frag; frag < b->frag + DSR_FRAG_WAYS; frag++) {
		if (!frag->used) {
			place = frag;
			break;
		}
		if ((s32)(frag->seen - place->seen) < 0)
			place = frag;
	}
	if (place->used)
		dsr_frag_drop(table, place, dsr_frag_expired(place, now) ?
			      DSR_REASON_FRAGMENT_TIMEOUT :
			      DSR_REASON_FRAGMENT_LIMIT);
	place->tuple = key->tuple;
	place->id = key->id;
	place->used = true;
	place->decided = false;
	return place;
}

/**
 * dsr_frag_decide() - note what became of a datagram's first fragment
 * @table: the table
 * @pkt: the first fragment
 * @now: jiffies
 * @fate: what became of it
 * @held: gets the fragments that waited for it, in the order they came; they
 *	are the caller's, and know their device by skb_iif only
 *
 * Context: bottom halves disabled.
 */
void dsr_frag_decide(struct dsr_frag_table *table, const struct dsr_packet *pkt,
		     u32 now, struct dsr_fate fate, struct sk_buff_head *held)
{
	const struct dsr_packet key = dsr_frag_key(pkt);
	struct dsr_frag_bucket *b = dsr_frag_bucket(table, &key);
	struct dsr_frag *frag;
	struct sk_buff *skb;

	spin_lock(&b->lock);
	frag = dsr_frag_find(b, &key, now) ?:
	       dsr_frag_place(table, b, &key, now);
	if (!frag->decided || !fate.copy)
		frag->fate = fate;
	frag->decided = true;
	frag->seen = now;
	skb_queue_splice_tail_init(&frag->held, held);
	spin_unlock(&b->lock);
	skb_queue_walk(held, skb)
		atomic_sub(skb->truesize, &table->held);
}

/* Have a fragment wait. Under the bucket's lock. */
static bool dsr_frag_hold(struct dsr_frag_table *table, struct dsr_frag *frag,
			  struct sk_buff *skb)
{
	if (atomic_add_return(skb->truesize, &table->held) >
	    DSR_FRAG_HELD_MAX) {
		atomic_sub(skb->truesize, &table->held);
		return false;
	}
	/* Its route, a socket that tc chose and its device may go meanwhile. */
	skb_dst_drop(skb);
	skb_orphan(skb);
	skb->skb_iif = skb->dev->ifindex;
	skb->dev = NULL;
	__skb_queue_tail(&frag->held, skb);
	return true;
}

/**
 * dsr_frag_follow() - what to do with a later fragment
 * @table: the table
 * @pkt: the fragment
 * @now: jiffies
 * @skb: the fragment
 * @fate: what became of the first one, for DSR_FRAG_DECIDED
 *
 * Context: bottom halves disabled.
 * Return: see enum dsr_frag_verdict.
 */
enum dsr_frag_verdict dsr_frag_follow(struct dsr_frag_table *table,
				      const struct dsr_packet *pkt, u32 now,
				      struct sk_buff *skb,
				      struct dsr_fate *fate)
{
	const struct dsr_packet key = dsr_frag_key(pkt);
	struct dsr_frag_bucket *b = dsr_frag_bucket(table, &key);
	enum dsr_frag_verdict verdict = DSR_FRAG_DECIDED;
	struct dsr_frag *frag;

	spin_lock(&b->lock);
	frag = dsr_frag_find(b, &key, now) ?:
	       dsr_frag_place(table, b, &key, now);
	frag->seen = now;
	if (frag->decided)
		*fate = frag->fate;
	else
		verdict = dsr_frag_hold(table, frag, skb) ? DSR_FRAG_HELD :
							    DSR_FRAG_LIMIT;
	spin_unlock(&b->lock);
	return verdict;
}

/**
 * dsr_frag_lookup() - whether a later fragment's datagram is known
 * @table: the table
 * @pkt: the fragment
 * @now: jiffies
 * @fate: what became of the first one
 *
 * For fragments that are not seen to be a service's.
 *
 * Context: bottom halves disabled.
 * Return: true if it is known and decided.
 */
bool dsr_frag_lookup(struct dsr_frag_table *table, const struct dsr_packet *pkt,
		     u32 now, struct dsr_fate *fate)
{
	const struct dsr_packet key = dsr_frag_key(pkt);
	struct dsr_frag_bucket *b = dsr_frag_bucket(table, &key);
	struct dsr_frag *frag;
	bool known;

	spin_lock(&b->lock);
	frag = dsr_frag_find(b, &key, now);
	known = frag && frag->decided;
	if (known)
		*fate = frag->fate;
	spin_unlock(&b->lock);
	return known;
}

/* Free the places that @now is too late for. */
static void dsr_frag_sweep_bucket(struct dsr_frag_table *table,
				  struct dsr_frag_bucket *b, u32 now)
{
	struct dsr_frag *frag;

	spin_lock_bh(&b->lock);
	for (frag = b->frag; frag < b->frag + DSR_FRAG_WAYS; frag++) {
		if (!frag->used || !dsr_frag_expired(frag, now))
			continue;
		dsr_frag_drop(table, frag, DSR_REASON_FRAGMENT_TIMEOUT);
		frag->used = false;
	}
	spin_unlock_bh(&b->lock);
}

/**
 * dsr_frag_sweep() - forget the datagrams that have timed out
 * @table: the table
 * @now: jiffies
 *
 * Context: process, may sleep.
 */
void dsr_frag_sweep(struct dsr_frag_table *table, u32 now)
{
	unsigned int i;

	for (i = 0; i < DSR_FRAG_BUCKETS; i++)
		dsr_frag_sweep_bucket(table, &table->bucket[i], now);
	cond_resched();
}

static void dsr_frag_sweep_work(struct work_struct *work)
{
	struct dsr_frag_table *table =
		container_of(work, struct dsr_frag_table, sweep.work);

	dsr_frag_sweep(table, (u32)jiffies);
	queue_delayed_work(system_power_efficient_wq, &table->sweep,
			   DSR_FRAG_SWEEP_DELAY);
}

/**
 * dsr_frag_flush() - give up all fragments that wait
 * @table: the table
 *
 * Context: process.
 */
void dsr_frag_flush(struct dsr_frag_table *table)
{
	struct dsr_frag_bucket *b;
	struct dsr_frag *frag;

	for (b = table->bucket; b < table->bucket + DSR_FRAG_BUCKETS; b++) {
		spin_lock_bh(&b->lock);
		for (frag = b->frag; frag < b->frag + DSR_FRAG_WAYS; frag++)
			dsr_frag_drop(table, frag,
				      DSR_REASON_FRAGMENT_TIMEOUT);
		spin_unlock_bh(&b->lock);
	}
}

/**
 * dsr_frag_table_create() - make an empty table
 * @stats: of the namespace, which outlives the table
 *
 * Context: process, may sleep.
 * Return: the table or NULL.
 */
struct dsr_frag_table *dsr_frag_table_create(struct dsr_stats __percpu *stats)
{
	struct dsr_frag_table *table;
	unsigned int i, j;

	table = __vmalloc(sizeof(*table), GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	if (!table)
		return NULL;
	get_random_bytes(&table->key, sizeof(table->key));
	table->stats = stats;
	for (i = 0; i < DSR_FRAG_BUCKETS; i++) {
		spin_lock_init(&table->bucket[i].lock);
		for (j = 0; j < DSR_FRAG_WAYS; j++)
			__skb_queue_head_init(&table->bucket[i].frag[j].held);
	}
	INIT_DELAYED_WORK(&table->sweep, dsr_frag_sweep_work);
	queue_delayed_work(system_power_efficient_wq, &table->sweep,
			   DSR_FRAG_SWEEP_DELAY);
	return table;
}

/**
 * dsr_frag_table_destroy() - free a table
 * @table: the table, which nobody finds any more and a grace period after
 *
 * Context: process, may sleep.
 */
void dsr_frag_table_destroy(struct dsr_frag_table *table)
{
	cancel_delayed_work_sync(&table->sweep);
	dsr_frag_flush(table);
	vfree(table);
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fragments: only a datagram's first one has ports. What becomes of it becomes
 * of the others; those that come before it wait for it. They are not put
 * together, so that they leave as they came.
 */
#ifndef DSR_FRAG_H
#define DSR_FRAG_H

#include <linux/atomic.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include "kmod/parse.h"
#include "kmod/stats.h"

#define DSR_FRAG_WAYS		4
#define DSR_FRAG_BUCKETS	1024
/* As long, and as much, as net.ipv4.ipfrag_time and ipfrag_high_thresh. */
#define DSR_FRAG_TIMEOUT	(30 * HZ)
#define DSR_FRAG_HELD_MAX	(4 << 20)

/**
 * struct dsr_fate - what becomes of a datagram's fragments
 * @server: id of the server that they go to, if @reason is
 *	DSR_REASON_FORWARDED
 * @reason: why they leave the hook
 * @copy: they have been here before, perhaps: what is decided already stays so
 */
struct dsr_fate {
	u32	server;
	u8	reason;
	bool	copy;
};

/**
 * struct dsr_frag - one datagram of which fragments come
 * @tuple: what all of them have, see dsr_frag_key()
 * @id: its identification, network byte order
 * @used: the place is taken
 * @decided: the first fragment has come; @fate is valid
 * @fate: what became of it
 * @seen: when its last fragment came
 * @held: the fragments that wait, while it is not decided
 */
struct dsr_frag {
	struct dsr_tuple	tuple;
	__be32			id;
	bool			used;
	bool			decided;
	struct dsr_fate		fate;
	u32			seen;
	struct sk_buff_head	held;
};

/**
 * struct dsr_frag_bucket - the datagrams of one hash value
 * @lock: guards @frag
 * @frag: the datagrams
 */
struct dsr_frag_bucket {
	spinlock_t	lock;
	struct dsr_frag	frag[DSR_FRAG_WAYS];
};

/**
 * struct dsr_frag_table - the datagrams of a network namespace
 * @key: of the hash, random
 * @stats: of the namespace: counts the fragments that are given up
 * @held: memory that waiting fragments take, bytes
 * @sweep: gives up those that have waited for too long
 * @bucket: the datagrams
 */
struct dsr_frag_table {
	siphash_key_t			key;
	struct dsr_stats __percpu	*stats;
	atomic_t			held;
	struct delayed_work		sweep;
	struct dsr_frag_bucket		bucket[DSR_FRAG_BUCKETS];
};

/**
 * struct dsr_frag_cb - what a fragment that waits has in its control block
 * @kernel: IP's and the bridge's, none of which is longer
 * @okfn: what the kernel would do with it next
 */
struct dsr_frag_cb {
	u8			kernel[40];
	int			(*okfn)(struct net *net, struct sock *sk,
					struct sk_buff *skb);
};

static inline struct dsr_frag_cb *dsr_frag_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct dsr_frag_cb) >
		     sizeof_field(struct sk_buff, cb));
	return (struct dsr_frag_cb *)skb->cb;
}

/**
 * enum dsr_frag_verdict - what to do with a later fragment
 * @DSR_FRAG_DECIDED: as the first one went
 * @DSR_FRAG_HELD: nothing, it is the table's now
 * @DSR_FRAG_LIMIT: there is no room for it to wait
 */
enum dsr_frag_verdict {
	DSR_FRAG_DECIDED,
	DSR_FRAG_HELD,
	DSR_FRAG_LIMIT,
};

struct dsr_frag_table *dsr_frag_table_create(struct dsr_stats __percpu *stats);
void dsr_frag_table_destroy(struct dsr_frag_table *table);
void dsr_frag_flush(struct dsr_frag_table *table);
void dsr_frag_sweep(struct dsr_frag_table *table, u32 now);

void dsr_frag_decide(struct dsr_frag_table *table, const struct dsr_packet *pkt,
		     u32 now, struct dsr_fate fate, struct sk_buff_head *held);
enum dsr_frag_verdict dsr_frag_follow(struct dsr_frag_table *table,
				      const struct dsr_packet *pkt, u32 now,
				      struct sk_buff *skb,
				      struct dsr_fate *fate);
bool dsr_frag_lookup(struct dsr_frag_table *table, const struct dsr_packet *pkt,
		     u32 now, struct dsr_fate *fate);

#endif /* DSR_FRAG_H */

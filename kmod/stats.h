/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters: 64 bit, per CPU, written by the hook without a lock or an atomic.
 *
 * A packet is counted once, by the innermost that is known of its server, its
 * service and its namespace; who asks for a service's counters or a
 * namespace's is told the sum of what there is in it.
 */
#ifndef DSR_STATS_H
#define DSR_STATS_H

#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/u64_stats_sync.h>
#include <uapi/linux/dsr.h>

#define DSR_REASON_COUNT	(DSR_REASON_REPLY_LOST + 1)

/**
 * struct dsr_stats - what one CPU did for a namespace, service or server
 * @bytes: bytes of those that went to a server, from the IP header on; beside
 *	the first of @packets, which each packet that is forwarded counts too
 * @packets: packets that left the hook, by reason
 * @flows: flows that got a server
 * @reply_bytes: bytes of the replies among @packets
 * @unplaced: packets of new flows for which the flow table had no room; not
 *	of servers
 * @syncp: makes a 64-bit read whole on 32-bit machines
 *
 * Written by its CPU with bottom halves disabled, read by anybody.
 */
struct dsr_stats {
	u64_stats_t		bytes;
	u64_stats_t		packets[DSR_REASON_COUNT];
	u64_stats_t		flows;
	u64_stats_t		reply_bytes;
	u64_stats_t		unplaced;
	struct u64_stats_sync	syncp;
};

/**
 * struct dsr_stats_sum - the counters of all CPUs
 * @packets: packets that left the hook, by reason
 * @bytes: bytes of those that went to a server, from the IP header on
 * @flows: flows that got a server
 * @reply_bytes: bytes of the replies among @packets
 * @unplaced: packets of new flows for which the flow table had no room
 * @active: flows in the flow table, set by those who know the servers
 * @clients: clients that stay with their server, likewise
 */
struct dsr_stats_sum {
	u64	packets[DSR_REASON_COUNT];
	u64	bytes;
	u64	flows;
	u64	reply_bytes;
	u64	unplaced;
	u64	active;
	u64	clients;
};

/**
 * struct dsr_tally - the counters of a namespace, service or server
 * @stats: of each CPU
 * @parent: the tally of what it belongs to, held; or NULL
 * @parts: the tallies of what belongs to it, under the configuration mutex
 * @list: in its parent's @parts
 * @handed: what the parent has got of it
 * @refs: of its owner, until a grace period after it is given up, and of each
 *	of its parts
 * @rcu: ends the owner's
 */
struct dsr_tally {
	struct dsr_stats __percpu	*stats;
	struct dsr_tally		*parent;
	struct list_head		parts;
	struct list_head		list;
	struct dsr_stats_sum		handed;
	refcount_t			refs;
	struct rcu_head			rcu;
};

struct dsr_tally *dsr_tally_create(struct dsr_tally *parent);
void dsr_tally_destroy(struct dsr_tally *tally);
void dsr_tally_sum(const struct dsr_tally *tally, struct dsr_stats_sum *sum);

/* Those below: bottom halves disabled. */
static inline void dsr_stats_served(struct dsr_stats __percpu *stats,
				    enum dsr_reason reason, unsigned int bytes)
{
	struct dsr_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->syncp);
	u64_stats_inc(&s->packets[reason]);
	u64_stats_add(&s->bytes, bytes);
	u64_stats_update_end(&s->syncp);
}

static inline void dsr_stats_reply(struct dsr_stats __percpu *stats,
				   unsigned int bytes)
{
	struct dsr_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->syncp);
	u64_stats_inc(&s->packets[DSR_REASON_REPLY]);
	u64_stats_add(&s->reply_bytes, bytes);
	u64_stats_update_end(&s->syncp);
}

static inline void dsr_stats_flow_begun(struct dsr_stats __percpu *stats)
{
	struct dsr_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->syncp);
	u64_stats_inc(&s->flows);
	u64_stats_update_end(&s->syncp);
}

static inline void dsr_stats_flow_unplaced(struct dsr_stats __percpu *stats)
{
	struct dsr_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->syncp);
	u64_stats_inc(&s->unplaced);
	u64_stats_update_end(&s->syncp);
}

static inline void dsr_stats_packet(struct dsr_stats __percpu *stats,
				    enum dsr_reason reason)
{
	struct dsr_stats *s = this_cpu_ptr(stats);

	u64_stats_update_begin(&s->syncp);
	u64_stats_inc(&s->packets[reason]);
	u64_stats_update_end(&s->syncp);
}

#endif /* DSR_STATS_H */

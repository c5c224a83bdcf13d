// SPDX-License-Identifier: GPL-2.0
/*
 * Counters: a tree of them; the hook's side is inline in stats.h.
 */
#include <linux/bottom_half.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include "kmod/stats.h"

/**
 * dsr_tally_create() - the counters of a namespace, service or server
 * @parent: the tally of what it belongs to, or NULL
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: counters at zero, or NULL.
 */
struct dsr_tally *dsr_tally_create(struct dsr_tally *parent)
{
	struct dsr_tally *tally = kzalloc(sizeof(*tally), GFP_KERNEL_ACCOUNT);

	if (!tally)
		return NULL;
	tally->stats = __netdev_alloc_pcpu_stats(struct dsr_stats,
						 GFP_KERNEL_ACCOUNT);
	if (!tally->stats) {
		kfree(tally);
		return NULL;
	}
	refcount_set(&tally->refs, 1);
	INIT_LIST_HEAD(&tally->parts);
	INIT_LIST_HEAD(&tally->list);
	tally->parent = parent;
	if (parent) {
		refcount_inc(&parent->refs);
		list_add_tail(&tally->list, &parent->parts);
	}
	return tally;
}

/* Add what is counted here, its parts aside. */
static void dsr_tally_add_own(const struct dsr_tally *tally,
			      struct dsr_stats_sum *sum)
{
	u64 packets[DSR_REASON_COUNT], bytes, flows, reply_bytes, unplaced;
	unsigned int start, i;
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct dsr_stats *s = per_cpu_ptr(tally->stats, cpu);

		do {
			start = u64_stats_fetch_begin(&s->syncp);
			for (i = 0; i < DSR_REASON_COUNT; i++)
				packets[i] = u64_stats_read(&s->packets[i]);
			bytes = u64_stats_read(&s->bytes);
			flows = u64_stats_read(&s->flows);
			reply_bytes = u64_stats_read(&s->reply_bytes);
			unplaced = u64_stats_read(&s->unplaced);
		} while (u64_stats_fetch_retry(&s->syncp, start));

		for (i = 0; i < DSR_REASON_COUNT; i++)
			sum->packets[i] += packets[i];
		sum->bytes += bytes;
		sum->flows += flows;
		sum->reply_bytes += reply_bytes;
		sum->unplaced += unplaced;
	}
}

/* Let the parent have what is counted here and was not given to it yet. */
static void dsr_tally_hand_over(struct dsr_tally *tally)
{
	struct dsr_stats_sum *handed = &tally->handed, now = {};
	struct dsr_stats *s;
	unsigned int i;

	dsr_tally_add_own(tally, &now);
	local_bh_disable();
	s = this_cpu_ptr(tally->parent->stats);
	u64_stats_update_begin(&s->syncp);
	for (i = 0; i < DSR_REASON_COUNT; i++)
		u64_stats_add(&s->packets[i],
			      now.packets[i] - handed->packets[i]);
	u64_stats_add(&s->bytes, now.bytes - handed->bytes);
	u64_stats_add(&s->flows, now.flows - handed->flows);
	u64_stats_add(&s->reply_bytes, now.reply_bytes - handed->reply_bytes);
	u64_stats_add(&s->unplaced, now.unplaced - handed->unplaced);
	u64_stats_update_end(&s->syncp);
	local_bh_enable();
	*handed = now;
}

/* Who was the last to hold a tally lets go of its parent. */
static void dsr_tally_put(struct dsr_tally *tally)
{
	struct dsr_tally *parent;

	while (tally && refcount_dec_and_test(&tally->refs)) {
		parent = tally->parent;
		if (parent)
			dsr_tally_hand_over(tally);
		free_percpu(tally->stats);
		kfree(tally);
		tally = parent;
	}
}

static void dsr_tally_free(struct rcu_head *rcu)
{
	dsr_tally_put(container_of(rcu, struct dsr_tally, rcu));
}

/**
 * dsr_tally_destroy() - give up the counters of what is deleted
 * @tally: the tally; packets on their way may still count here, under RCU
 *
 * What was counted becomes the parent's: now, so that its sum never goes back,
 * and what comes meanwhile after a grace period.
 *
 * Context: process, under the configuration mutex.
 */
void dsr_tally_destroy(struct dsr_tally *tally)
{
	list_del(&tally->list);
	if (tally->parent)
		dsr_tally_hand_over(tally);
	call_rcu(&tally->rcu, dsr_tally_free);
}

static void dsr_tally_add(const struct dsr_tally *tally,
			  struct dsr_stats_sum *sum)
{
	const struct dsr_tally *part;

	dsr_tally_add_own(tally, sum);
	/* Servers of services of a namespace: no deeper. */
	list_for_each_entry(part, &tally->parts, list)
		dsr_tally_add(part, sum);
}

/**
 * dsr_tally_sum() - add up the counters of all CPUs, and of all parts
 * @tally: the tally
 * @sum: the result, in which no flow is active
 *
 * Context: process, under the configuration mutex.
 */
void dsr_tally_sum(const struct dsr_tally *tally, struct dsr_stats_sum *sum)
{
	memset(sum, 0, sizeof(*sum));
	dsr_tally_add(tally, sum);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Counters: creation and summing; the hook's side is inline in stats.h.
 */
#include <linux/netdevice.h>
#include "kmod/stats.h"

/**
 * dsr_stats_create() - allocate the counters of a namespace, service
 *	or server
 *
 * Context: process, may sleep.
 * Return: counters at zero, to be freed by free_percpu(), or NULL.
 */
struct dsr_stats __percpu *dsr_stats_create(void)
{
	return __netdev_alloc_pcpu_stats(struct dsr_stats, GFP_KERNEL_ACCOUNT);
}

/**
 * dsr_stats_sum() - add up the counters of all CPUs
 * @stats: the counters
 * @sum: the result, in which no flow is active
 *
 * Context: any.
 */
void dsr_stats_sum(const struct dsr_stats __percpu *stats,
		   struct dsr_stats_sum *sum)
{
	u64 packets[DSR_REASON_COUNT], bytes, flows, unplaced;
	unsigned int start, i;
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct dsr_stats *s = per_cpu_ptr(stats, cpu);

		do {
			start = u64_stats_fetch_begin(&s->syncp);
			for (i = 0; i < DSR_REASON_COUNT; i++)
				packets[i] = u64_stats_read(&s->packets[i]);
			bytes = u64_stats_read(&s->bytes);
			flows = u64_stats_read(&s->flows);
			unplaced = u64_stats_read(&s->unplaced);
		} while (u64_stats_fetch_retry(&s->syncp, start));

		for (i = 0; i < DSR_REASON_COUNT; i++)
			sum->packets[i] += packets[i];
		sum->bytes += bytes;
		sum->flows += flows;
		sum->unplaced += unplaced;
	}
}

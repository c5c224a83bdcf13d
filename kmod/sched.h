/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Schedulers. They know weights and positions, nothing else: a schedule is
 * built from an array of weights and gives indexes into it.
 *
 * A schedule is immutable but for what its scheduler counts by atomics. It is
 * built under the configuration mutex, published inside a service's view and
 * freed with it after a grace period.
 */
#ifndef DSR_SCHED_H
#define DSR_SCHED_H

#include <linux/types.h>

#define DSR_WEIGHT_MAX	65535

struct dsr_sched;

/**
 * struct dsr_sched_ops - a scheduler
 * @name: what users call it
 * @build: makes a schedule from @n weights, at least one of them not 0 and
 *	all at most DSR_WEIGHT_MAX; @old is the schedule that it replaces, of
 *	the same scheduler, or NULL. Process context, may sleep. Returns NULL
 *	if there is no memory.
 * @pick: gives the index of the server for a new flow, whose weight is not
 *	0; @hash is the flow's. Any context, without a lock.
 * @by_hash: @pick goes by @hash alone and changes nothing, so that it can be
 *	asked again
 * @destroy: frees a schedule. Any context.
 */
struct dsr_sched_ops {
	const char	*name;
	struct dsr_sched *(*build)(const u32 *weights, unsigned int n,
				   const struct dsr_sched *old);
	unsigned int	(*pick)(struct dsr_sched *sched, u64 hash);
	bool		by_hash;
	void		(*destroy)(struct dsr_sched *sched);
};

/**
 * struct dsr_sched - head of every schedule
 * @ops: its scheduler
 */
struct dsr_sched {
	const struct dsr_sched_ops *ops;
};

extern const struct dsr_sched_ops dsr_sched_wrr;

#define DSR_SCHED_DEFAULT	(&dsr_sched_wrr)

const struct dsr_sched_ops *dsr_sched_find(const char *name);

#endif /* DSR_SCHED_H */

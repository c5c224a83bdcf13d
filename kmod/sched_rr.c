// SPDX-License-Identifier: GPL-2.0
/*
 * Round robin: the servers take turns, whatever their weights.
 */
#include <linux/slab.h>
#include "kmod/sched.h"
#include "kmod/sched_cursor.h"

/**
 * struct dsr_rr - a schedule
 * @sched: head
 * @cursor: whose turn it is
 */
struct dsr_rr {
	struct dsr_sched	sched;
	struct dsr_cursor	cursor;
};

static unsigned int dsr_rr_pick(struct dsr_sched *sched,
				const struct dsr_tuple *tuple)
{
	return dsr_cursor_next(&container_of(sched, struct dsr_rr,
					     sched)->cursor);
}

static unsigned int dsr_rr_peek(struct dsr_sched *sched,
				const struct dsr_tuple *tuple)
{
	return dsr_cursor_peek(&container_of(sched, struct dsr_rr,
					     sched)->cursor);
}

static void dsr_rr_destroy(struct dsr_sched *sched)
{
	kfree(container_of(sched, struct dsr_rr, sched));
}

static struct dsr_sched *dsr_rr_build(const struct dsr_sched_server *servers,
				      unsigned int n,
				      const struct dsr_sched_conf *conf,
				      const struct dsr_sched *old)
{
	struct dsr_rr *rr = kzalloc(sizeof(*rr), GFP_KERNEL_ACCOUNT);

	if (!rr)
		return NULL;
	rr->sched.ops = &dsr_sched_rr;
	dsr_cursor_init(&rr->cursor, n,
			old ? &container_of(old, struct dsr_rr, sched)->cursor :
			      NULL);
	return &rr->sched;
}

const struct dsr_sched_ops dsr_sched_rr = {
	.name		= "rr",
	.unweighted	= true,
	.build		= dsr_rr_build,
	.pick		= dsr_rr_pick,
	.peek		= dsr_rr_peek,
	.destroy	= dsr_rr_destroy,
};

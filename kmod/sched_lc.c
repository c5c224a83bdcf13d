// SPDX-License-Identifier: GPL-2.0
/*
 * Least connections: the server with the fewest flows, wlc of them per weight.
 *
 * A pick looks at every server. What would find the least of many sooner, a
 * heap or lists by load, every CPU would have to write under one lock for each
 * flow that begins or ends. A scan only reads, and as it goes over an array
 * the CPU fetches several counters at a time: 2 to 3 ns for each (lc_cost in
 * the unit test tells). Only new flows pay for it. Where there are too many
 * servers for that, random2 comes close at the price of two.
 */
#include <linux/mm.h>
#include <linux/overflow.h>
#include "kmod/sched.h"
#include "kmod/sched_cursor.h"

/* One server, as little as a scan needs. */
struct dsr_lc_server {
	const atomic_t	*active;
	u32		weight;
};

/**
 * struct dsr_lc - a schedule
 * @sched: head
 * @cursor: where the next scan begins: of equals its first one wins, so they
 *	take turns even if flows come faster than they are counted
 * @n: number of servers
 * @server: the servers
 */
struct dsr_lc {
	struct dsr_sched	sched;
	struct dsr_cursor	cursor;
	unsigned int		n;
	struct dsr_lc_server	server[];
};

/* The least loaded of the servers from @from to before @to, and of @best. */
static unsigned int dsr_lc_least(const struct dsr_lc *lc, unsigned int best,
				 unsigned int from, unsigned int to)
{
	u64 active = atomic_read(lc->server[best].active);
	u32 weight = lc->server[best].weight;
	unsigned int i;

	for (i = from; i < to; i++) {
		const struct dsr_lc_server *server = &lc->server[i];
		u32 now = atomic_read(server->active);

		/* now / server->weight < active / weight */
		if ((u64)now * weight < active * server->weight) {
			active = now;
			weight = server->weight;
			best = i;
		}
	}
	return best;
}

/* The least loaded of all servers, of equals the next one from @first on. */
static unsigned int dsr_lc_scan(const struct dsr_lc *lc, unsigned int first)
{
	unsigned int best = dsr_lc_least(lc, first, first + 1, lc->n);

	return dsr_lc_least(lc, best, 0, first);
}

static unsigned int dsr_lc_pick(struct dsr_sched *sched,
				const struct dsr_tuple *tuple)
{
	struct dsr_lc *lc = container_of(sched, struct dsr_lc, sched);

	return dsr_lc_scan(lc, dsr_cursor_next(&lc->cursor));
}

static unsigned int dsr_lc_peek(struct dsr_sched *sched,
				const struct dsr_tuple *tuple)
{
	struct dsr_lc *lc = container_of(sched, struct dsr_lc, sched);

	return dsr_lc_scan(lc, dsr_cursor_peek(&lc->cursor));
}

static void dsr_lc_destroy(struct dsr_sched *sched)
{
	kvfree(container_of(sched, struct dsr_lc, sched));
}

static struct dsr_lc *dsr_lc_create(const struct dsr_sched_ops *ops,
				    const struct dsr_sched_server *servers,
				    unsigned int n, const struct dsr_sched *old)
{
	struct dsr_lc *lc;
	unsigned int i;

	lc = kvzalloc(struct_size(lc, server, n), GFP_KERNEL_ACCOUNT);
	if (!lc)
		return NULL;
	lc->sched.ops = ops;
	lc->n = n;
	dsr_cursor_init(&lc->cursor, n,
			old ? &container_of(old, struct dsr_lc, sched)->cursor :
			      NULL);
	for (i = 0; i < n; i++) {
		lc->server[i].active = servers[i].active;
		lc->server[i].weight = servers[i].weight;
	}
	return lc;
}

static struct dsr_sched *dsr_wlc_build(const struct dsr_sched_server *servers,
				       unsigned int n,
				       const struct dsr_sched_conf *conf,
				       const struct dsr_sched *old)
{
	struct dsr_lc *lc = dsr_lc_create(&dsr_sched_wlc, servers, n, old);

	return lc ? &lc->sched : NULL;
}

static struct dsr_sched *dsr_lc_build(const struct dsr_sched_server *servers,
				      unsigned int n,
				      const struct dsr_sched_conf *conf,
				      const struct dsr_sched *old)
{
	struct dsr_lc *lc = dsr_lc_create(&dsr_sched_lc, servers, n, old);
	unsigned int i;

	if (!lc)
		return NULL;
	for (i = 0; i < n; i++)
		lc->server[i].weight = 1;
	return &lc->sched;
}

const struct dsr_sched_ops dsr_sched_wlc = {
	.name		= "wlc",
	.build		= dsr_wlc_build,
	.pick		= dsr_lc_pick,
	.peek		= dsr_lc_peek,
	.destroy	= dsr_lc_destroy,
};

const struct dsr_sched_ops dsr_sched_lc = {
	.name		= "lc",
	.unweighted	= true,
	.build		= dsr_lc_build,
	.pick		= dsr_lc_pick,
	.peek		= dsr_lc_peek,
	.destroy	= dsr_lc_destroy,
};

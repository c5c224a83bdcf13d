// SPDX-License-Identifier: GPL-2.0
/*
 * Weighted round robin, exact and smooth.
 *
 * The sequence is laid out once, when the weights change, and walked by a
 * cursor: one atomic add for a new flow, no lock. In each round every server
 * comes exactly as often as its weight says.
 *
 * The layout starts from the servers with the smallest weight, who take turns,
 * and spreads those of the next larger weight evenly into what is there, the
 * heaviest last: 3:2:1 gives c, then b c b, then a b a c a b. In any run of
 * consecutive picks a server is within three of its fair share, mostly within
 * one and three quarters (the unit test measures it over random weights).
 * Giving each pick to the server that is furthest behind is about as even, but
 * gives a b a c b a: two of a in a row where one round meets the next.
 *
 * Weights are divided by their greatest common divisor. If the round would
 * still be longer than DSR_WRR_SLOTS, each is scaled to a round of that length
 * and rounded to the nearest slot, but to one at least.
 */
#include <linux/gcd.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/sort.h>
#include "kmod/sched.h"
#include "kmod/sched_cursor.h"

/* Picks in the longest round that is kept exact: 128 KiB. */
#define DSR_WRR_SLOTS	65536

/**
 * struct dsr_wrr - a laid out round
 * @sched: head
 * @cursor: where in the round it is
 * @slot: the server of each pick of the round
 */
struct dsr_wrr {
	struct dsr_sched	sched;
	struct dsr_cursor	cursor;
	u16			slot[];
};

/* A server on the way to its slots. */
struct dsr_wrr_share {
	u32	index;
	u32	slots;
};

static unsigned int dsr_wrr_pick(struct dsr_sched *sched,
				 const struct dsr_tuple *tuple)
{
	struct dsr_wrr *wrr = container_of(sched, struct dsr_wrr, sched);

	return wrr->slot[dsr_cursor_next(&wrr->cursor)];
}

static unsigned int dsr_wrr_peek(struct dsr_sched *sched,
				 const struct dsr_tuple *tuple)
{
	struct dsr_wrr *wrr = container_of(sched, struct dsr_wrr, sched);

	return wrr->slot[dsr_cursor_peek(&wrr->cursor)];
}

static void dsr_wrr_destroy(struct dsr_sched *sched)
{
	kvfree(container_of(sched, struct dsr_wrr, sched));
}

/* Smallest first, equals in the order of the servers. */
static int dsr_wrr_cmp(const void *a, const void *b)
{
	const struct dsr_wrr_share *x = a, *y = b;

	if (x->slots != y->slots)
		return x->slots < y->slots ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

/* The slots of each server, smallest first. */
static void dsr_wrr_shares(struct dsr_wrr_share *share,
			   const struct dsr_sched_server *servers,
			   unsigned int n)
{
	unsigned long div = 0;
	unsigned int i;
	u64 sum = 0;

	for (i = 0; i < n; i++) {
		div = gcd(div, servers[i].weight);
		sum += servers[i].weight;
	}
	for (i = 0; i < n; i++) {
		u64 slots = servers[i].weight;

		if (div64_ul(sum, div) <= DSR_WRR_SLOTS)
			slots = servers[i].weight / div;
		else
			slots = max(1ULL, div64_u64(slots * DSR_WRR_SLOTS +
						    sum / 2, sum));
		share[i].index = i;
		share[i].slots = slots;
	}

	sort(share, n, sizeof(*share), dsr_wrr_cmp, NULL);
}

/* Where the k-th of @n picks goes in a round of @len: k * len / n, rounded. */
static u32 dsr_wrr_place(u32 k, u32 n, u32 len)
{
	return div_u64(2ULL * k * len + n, 2 * n);
}

/*
 * Spread the picks of @n servers of equal share, who take turns, evenly into
 * the @len that are there; returns how many there are then. Works backwards in
 * place: what is moved is never overwritten before.
 */
static u32 dsr_wrr_spread(u16 *slot, u32 len, const struct dsr_wrr_share *share,
			  u32 n)
{
	u32 picks = n * share->slots, total = len + picks;
	u32 k = picks - 1, next = dsr_wrr_place(k, picks, total), pos;

	for (pos = total; pos--;) {
		if (pos != next) {
			slot[pos] = slot[--len];
			continue;
		}
		slot[pos] = share[k % n].index;
		next = k ? dsr_wrr_place(--k, picks, total) : total;
	}
	return total;
}

/* How many of @n shares are as large as the first. */
static u32 dsr_wrr_equals(const struct dsr_wrr_share *share, u32 n)
{
	u32 i = 1;

	while (i < n && share[i].slots == share->slots)
		i++;
	return i;
}

static struct dsr_sched *dsr_wrr_build(const struct dsr_sched_server *servers,
				       unsigned int n,
				       const struct dsr_sched_conf *conf,
				       const struct dsr_sched *old)
{
	struct dsr_wrr_share *share;
	struct dsr_wrr *wrr = NULL;
	u32 len = 0, done = 0, equals;
	unsigned int i;

	share = kvcalloc(n, sizeof(*share), GFP_KERNEL_ACCOUNT);
	if (!share)
		return NULL;
	dsr_wrr_shares(share, servers, n);
	for (i = 0; i < n; i++)
		len += share[i].slots;

	wrr = kvzalloc(struct_size(wrr, slot, len), GFP_KERNEL_ACCOUNT);
	if (!wrr)
		goto out;
	wrr->sched.ops = &dsr_sched_wrr;
	dsr_cursor_init(&wrr->cursor, len,
			old ? &container_of(old, struct dsr_wrr, sched)->cursor :
			      NULL);
	for (i = 0; i < n; i += equals) {
		equals = dsr_wrr_equals(share + i, n - i);
		done = dsr_wrr_spread(wrr->slot, done, share + i, equals);
		cond_resched();
	}
out:
	kvfree(share);
	return wrr ? &wrr->sched : NULL;
}

const struct dsr_sched_ops dsr_sched_wrr = {
	.name		= "wrr",
	.build		= dsr_wrr_build,
	.pick		= dsr_wrr_pick,
	.peek		= dsr_wrr_peek,
	.destroy	= dsr_wrr_destroy,
};

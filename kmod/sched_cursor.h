/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Taking turns: a position in a round, moved on by one atomic add.
 */
#ifndef DSR_SCHED_CURSOR_H
#define DSR_SCHED_CURSOR_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/math64.h>
#include <linux/reciprocal_div.h>

/**
 * struct dsr_cursor - a position in a round
 * @len: positions in the round
 * @limit: the largest multiple of @len that @picks can reach
 * @recip: for the remainder of a division by @len without dividing
 * @picks: so far, on a cache line of its own: every CPU writes it
 */
struct dsr_cursor {
	u32			len;
	u32			limit;
	struct reciprocal_value	recip;
	atomic_t		picks ____cacheline_aligned_in_smp;
};

static inline u32 dsr_cursor_mod(const struct dsr_cursor *cursor, u32 picks)
{
	return picks - reciprocal_divide(picks, cursor->recip) * cursor->len;
}

/**
 * dsr_cursor_init() - begin a round
 * @cursor: the cursor
 * @len: positions in the round, at least one
 * @old: the cursor that it takes the place of, or NULL. It goes on where that
 *	was: starting over with each change would favour whoever is first.
 *
 * Context: process.
 */
static inline void dsr_cursor_init(struct dsr_cursor *cursor, u32 len,
				   const struct dsr_cursor *old)
{
	u32 pos = 0;

	if (old)
		pos = div_u64((u64)dsr_cursor_mod(old,
						  atomic_read(&old->picks)) *
			      len, old->len);
	cursor->len = len;
	cursor->limit = U32_MAX / 2 / len * len;
	cursor->recip = reciprocal_value(len);
	atomic_set(&cursor->picks, pos);
}

/**
 * dsr_cursor_next() - take the next position
 * @cursor: the cursor
 *
 * Context: any.
 * Return: 0 to @len - 1, each once in a round, whoever asks.
 */
static inline u32 dsr_cursor_next(struct dsr_cursor *cursor)
{
	u32 picks = atomic_fetch_inc(&cursor->picks);

	/*
	 * Exactly one pick sees the limit and takes it off again. Being a
	 * multiple of the round it does not disturb those in between.
	 */
	if (unlikely(picks == cursor->limit))
		atomic_sub(cursor->limit, &cursor->picks);
	return dsr_cursor_mod(cursor, picks);
}

/**
 * dsr_cursor_peek() - the next position, which is left to be taken
 * @cursor: the cursor
 *
 * Context: any.
 * Return: what dsr_cursor_next() would return now.
 */
static inline u32 dsr_cursor_peek(const struct dsr_cursor *cursor)
{
	return dsr_cursor_mod(cursor, atomic_read(&cursor->picks));
}

#endif /* DSR_SCHED_CURSOR_H */

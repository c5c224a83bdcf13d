// SPDX-License-Identifier: GPL-2.0
/*
 * Source hash: a client's address decides on the server, which changes as
 * seldom as can be.
 *
 * The slots of a table are raced for. A server of weight w claims one slot
 * after the other, drawn from all of them by its address, at times 1/w apart;
 * a slot is whose claim came first. So a slot changes hands only
 * - if its server has gone or weighs less now, or
 * - to a server that is new or weighs more now:
 * nothing moves between two servers that stay as they are. That is rendezvous
 * hashing for each slot; a race finds the same in far fewer steps than to ask
 * every server for every slot.
 *
 * A server that comes second does not try again, so shares are those of the
 * weights only on average: those of 100 servers of equal weight spread by
 * about 4 %, and a server whose share is a few slots may have none. Maglev has
 * it the other way round.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include "kmod/sched_table.h"

/* One size, so that the table moves nothing by growing. */
#define DSR_SH_SLOTS	65536

/* The time between two claims of weight 1. */
#define DSR_SH_STEP	(1ULL << 44)

/* Nothing won yet. */
#define DSR_SH_NEVER	U64_MAX

/*
 * The slot that a server claims next. A slot may come again: the first claims of
 * two servers to a slot are then in the ratio of their weights, as they would
 * not be by permutations. The high half of a linear congruential generator of
 * 64 bits (multiplier: Knuth, MMIX) is random enough.
 */
static u32 dsr_sh_claim(struct dsr_claimant *claimant)
{
	claimant->hash = claimant->hash * 6364136223846793005ULL + 1;
	return reciprocal_scale(claimant->hash >> 32, DSR_SH_SLOTS);
}

/*
 * Make a server's claims before @end. Returns how many slots it is the first
 * to claim.
 */
static u32 dsr_sh_run(struct dsr_table *table, u64 *won,
		      struct dsr_claimant *claimant, u64 end)
{
	u32 slot, first = 0;

	for (; claimant->clock < end; claimant->clock += claimant->pace) {
		slot = dsr_sh_claim(claimant);
		first += won[slot] == DSR_SH_NEVER;
		/* Of two at a time the first in the claimants' order wins. */
		if (claimant->clock < won[slot]) {
			won[slot] = claimant->clock;
			table->slot[slot] = claimant->index;
		}
	}
	return first;
}

/* Each server's step, and a start of its own within the first. */
static u64 dsr_sh_start(struct dsr_claimant *claimant, unsigned int n)
{
	unsigned int i;
	u64 sum = 0;

	for (i = 0; i < n; i++) {
		claimant[i].pace = div_u64(DSR_SH_STEP, claimant[i].weight);
		claimant[i].clock = mul_u64_u32_shr(claimant[i].pace,
						    claimant[i].hash >> 16, 32);
		sum += claimant[i].weight;
	}
	return sum;
}

/*
 * Until no slot is empty, for two claims to each slot at a time, or until the
 * clock ends, which is seen with a single server of weight 1 only: it claims
 * each slot 14 times by then, two of weight 1 would do so 30 times.
 */
static void dsr_sh_race(struct dsr_table *table, u64 *won,
			struct dsr_claimant *claimant, unsigned int n)
{
	u64 len = div64_u64(2 * DSR_SH_SLOTS * DSR_SH_STEP,
			    dsr_sh_start(claimant, n));
	u32 empty = DSR_SH_SLOTS, slot;
	unsigned int i;
	u64 end = 0;

	memset(won, 0xff, DSR_SH_SLOTS * sizeof(*won));
	while (empty && !check_add_overflow(end, len, &end)) {
		for (i = 0; i < n; i++) {
			empty -= dsr_sh_run(table, won, &claimant[i], end);
			cond_resched();
		}
	}
	for (slot = 0; empty && slot < DSR_SH_SLOTS; slot++)
		if (won[slot] == DSR_SH_NEVER)
			table->slot[slot] = claimant[slot % n].index;
}

static struct dsr_sched *dsr_sh_build(const struct dsr_sched_server *servers,
				      unsigned int n,
				      const struct dsr_sched_conf *conf,
				      const struct dsr_sched *old)
{
	struct dsr_claimant *claimant = NULL;
	struct dsr_table *table;
	u64 *won;

	table = dsr_table_create(&dsr_sched_sh, conf, DSR_SCHED_HASH_SOURCE,
				 DSR_SH_SLOTS);
	won = kvmalloc_array(DSR_SH_SLOTS, sizeof(*won),
			     GFP_KERNEL_ACCOUNT);
	if (table)
		claimant = dsr_table_claimants(table, servers, n);
	if (claimant && won) {
		dsr_sh_race(table, won, claimant, n);
	} else {
		kvfree(table);
		table = NULL;
	}
	kvfree(claimant);
	kvfree(won);
	return table ? &table->sched : NULL;
}

const struct dsr_sched_ops dsr_sched_sh = {
	.name		= "sh",
	.build		= dsr_sh_build,
	.pick		= dsr_table_pick,
	.peek		= dsr_table_pick,
	.by_hash	= true,
	.destroy	= dsr_table_destroy,
};

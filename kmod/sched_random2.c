// SPDX-License-Identifier: GPL-2.0
/*
 * The better of two random servers. Each of the two is drawn in proportion to
 * the weights; the one with fewer flows per weight gets the new one. Nearly as
 * even as to look at all servers, and as quick with 1000 as with two.
 *
 * A draw is from an alias table (Walker 1977, in integers): the weights are cut
 * and put together again into as many slots of equal size as there are servers,
 * so that each slot has a part of its own server and the rest of one other. A
 * uniform slot and a uniform place in it then make a draw by weight.
 */
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/random.h>
#include "kmod/sched.h"

/**
 * struct dsr_random2_slot - a slot of the alias table, and the server it is of
 * @active: the server's flows
 * @weight: its weight
 * @own: how much of the slot is its own, in 2^-32
 * @other: index of the server that has the rest
 */
struct dsr_random2_slot {
	const atomic_t	*active;
	u32		weight;
	u32		own;
	u32		other;
};

/**
 * struct dsr_random2 - a schedule
 * @sched: head
 * @n: number of slots, and of servers
 * @slot: the alias table
 */
struct dsr_random2 {
	struct dsr_sched	sched;
	unsigned int		n;
	struct dsr_random2_slot	slot[];
};

static unsigned int dsr_random2_draw(const struct dsr_random2 *random2)
{
	u64 random = get_random_u64();
	unsigned int i = reciprocal_scale(random, random2->n);
	const struct dsr_random2_slot *slot = &random2->slot[i];

	return upper_32_bits(random) < slot->own ? i : slot->other;
}

static unsigned int dsr_random2_pick(struct dsr_sched *sched,
				     const struct dsr_tuple *tuple)
{
	const struct dsr_random2 *random2 =
		container_of(sched, struct dsr_random2, sched);
	unsigned int a = dsr_random2_draw(random2);
	unsigned int b = dsr_random2_draw(random2);
	const struct dsr_random2_slot *first = &random2->slot[a];
	const struct dsr_random2_slot *second = &random2->slot[b];

	/* Of equals the first, so that without flows the weights decide. */
	return (u64)atomic_read(second->active) * first->weight <
	       (u64)atomic_read(first->active) * second->weight ? b : a;
}

static void dsr_random2_destroy(struct dsr_sched *sched)
{
	kvfree(container_of(sched, struct dsr_random2, sched));
}

/* Each slot its server's alone, which is right where all weights are equal. */
static u64 dsr_random2_fill(struct dsr_random2 *random2,
			    const struct dsr_sched_server *servers)
{
	unsigned int i;
	u64 sum = 0;

	for (i = 0; i < random2->n; i++) {
		random2->slot[i].active = servers[i].active;
		random2->slot[i].weight = servers[i].weight;
		random2->slot[i].own = U32_MAX;
		random2->slot[i].other = i;
		sum += servers[i].weight;
	}
	return sum;
}

/*
 * Fill up the slots of servers that have too little with what others have too
 * much. Amounts are in units in which a slot holds @sum. @amount and @todo have
 * room for all servers; @todo lists those with too little from its beginning
 * on, the others from its end.
 */
static void dsr_random2_share(struct dsr_random2 *random2, u64 sum, u64 *amount,
			      u32 *todo)
{
	u32 n = random2->n, poor = 0, rich = n, from, to, i;

	for (i = 0; i < n; i++) {
		amount[i] = (u64)random2->slot[i].weight * n;
		todo[amount[i] < sum ? poor++ : --rich] = i;
	}
	/* Nobody rich is left only when nobody is poor any more. */
	while (poor) {
		to = todo[--poor];
		from = todo[rich];
		random2->slot[to].own = div64_u64(amount[to] << 32, sum);
		random2->slot[to].other = from;
		amount[from] -= sum - amount[to];
		if (amount[from] < sum) {
			rich++;
			todo[poor++] = from;
		}
	}
}

static struct dsr_sched *
dsr_random2_build(const struct dsr_sched_server *servers, unsigned int n,
		  const struct dsr_sched_conf *conf,
		  const struct dsr_sched *old)
{
	struct dsr_random2 *random2;
	u64 *amount;
	u32 *todo;

	random2 = kvzalloc(struct_size(random2, slot, n), GFP_KERNEL_ACCOUNT);
	amount = kvmalloc_array(n, sizeof(*amount), GFP_KERNEL_ACCOUNT);
	todo = kvmalloc_array(n, sizeof(*todo), GFP_KERNEL_ACCOUNT);
	if (random2 && amount && todo) {
		random2->sched.ops = &dsr_sched_random2;
		random2->n = n;
		dsr_random2_share(random2, dsr_random2_fill(random2, servers),
				  amount, todo);
	} else {
		kvfree(random2);
		random2 = NULL;
	}
	kvfree(amount);
	kvfree(todo);
	return random2 ? &random2->sched : NULL;
}

const struct dsr_sched_ops dsr_sched_random2 = {
	.name		= "random2",
	.build		= dsr_random2_build,
	.pick		= dsr_random2_pick,
	.destroy	= dsr_random2_destroy,
};

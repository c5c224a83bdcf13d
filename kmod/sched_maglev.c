// SPDX-License-Identifier: GPL-2.0
/*
 * Maglev hashing (Eisenbud et al., "Maglev: A Fast and Reliable Software
 * Network Load Balancer", NSDI 2016, section 3.4): the shares are those of the
 * weights to the slot, and few flows move when a server comes or goes.
 *
 * The servers take turns. In its turn a server claims slots of its own
 * permutation until it finds one that is empty, and takes that. The paper gives
 * weights by the number of turns and leaves open how; here each server has a
 * quota of slots, and its turns are spread over the rounds evenly.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include "kmod/sched_table.h"

/* Prime numbers of slots, so that a server's claims come to every slot. */
#define DSR_MAGLEV_SMALL	4093
#define DSR_MAGLEV_MEDIUM	65537
#define DSR_MAGLEV_LARGE	131071

/* Slots for each server, as the paper has it, if there are so many. */
#define DSR_MAGLEV_SLOTS	100

/*
 * By the service's servers, not by those that are in the schedule, nor by their
 * weights: everything moves when the table changes its size, so that must not
 * come from a server that fails or starts slowly.
 */
static u32 dsr_maglev_size(unsigned int servers)
{
	if (servers <= DSR_MAGLEV_SMALL / DSR_MAGLEV_SLOTS)
		return DSR_MAGLEV_SMALL;
	if (servers <= DSR_MAGLEV_MEDIUM / DSR_MAGLEV_SLOTS)
		return DSR_MAGLEV_MEDIUM;
	return DSR_MAGLEV_LARGE;
}

/*
 * How many slots each server gets, all together the table's size; returns the
 * most. A share of the slots that is not whole is rounded up or down, so equal
 * weights differ by one at most.
 *
 * A weight that would get no slot is taken for the least that gets one. That
 * is @least: with it the weights come to no more than sum + n * least, which is
 * at most size * least.
 */
static u64 dsr_maglev_quotas(struct dsr_claimant *claimant, unsigned int n,
			     u32 size)
{
	u64 sum = 0, least, end = 0, begin = 0, slots, most = 0;
	unsigned int i;

	for (i = 0; i < n; i++)
		sum += claimant[i].weight;
	least = div64_u64(sum + size - n - 1, size - n);
	for (sum = 0, i = 0; i < n; i++)
		sum += max_t(u64, claimant[i].weight, least);
	for (i = 0; i < n; i++) {
		end += max_t(u64, claimant[i].weight, least);
		slots = div64_u64(end * size, sum);
		claimant[i].pace = slots - begin;
		most = max(most, claimant[i].pace);
		begin = slots;
	}
	return most;
}

static void dsr_maglev_turn(struct dsr_table *table,
			    struct dsr_claimant *claimant)
{
	u32 slot;

	do {
		slot = claimant->next;
		claimant->next += claimant->skip;
		if (claimant->next >= table->size)
			claimant->next -= table->size;
	} while (table->slot[slot] != DSR_TABLE_EMPTY);
	table->slot[slot] = claimant->index;
}

/* Where each server's permutation begins, and in what steps it goes round. */
static void dsr_maglev_start(struct dsr_claimant *claimant, unsigned int n,
			     u32 size)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		claimant[i].next = reciprocal_scale(claimant[i].hash, size);
		claimant[i].skip = 1 + reciprocal_scale(claimant[i].hash >> 32,
							size - 1);
	}
}

/*
 * As many rounds as the largest quota, so that nobody has two turns in one. If
 * one is far larger than the others that would be rounds of nearly nobody's
 * turn, and take long: then there are as many as are quick, and a large server
 * has several turns in each.
 */
static void dsr_maglev_fill(struct dsr_table *table,
			    struct dsr_claimant *claimant, unsigned int n)
{
	u64 rounds = min_t(u64, dsr_maglev_quotas(claimant, n, table->size),
			   4 * table->size / n);
	unsigned int i;
	u64 round;

	dsr_maglev_start(claimant, n, table->size);
	for (round = 0; round < rounds; round++) {
		for (i = 0; i < n; i++) {
			claimant[i].clock += claimant[i].pace;
			for (; claimant[i].clock >= rounds;
			     claimant[i].clock -= rounds)
				dsr_maglev_turn(table, &claimant[i]);
		}
		cond_resched();
	}
}

static struct dsr_sched *
dsr_maglev_build(const struct dsr_sched_server *servers, unsigned int n,
		 const struct dsr_sched_conf *conf,
		 const struct dsr_sched *old)
{
	struct dsr_claimant *claimant;
	struct dsr_table *table;

	table = dsr_table_create(&dsr_sched_maglev, conf, DSR_SCHED_HASH_FLOW,
				 dsr_maglev_size(conf->servers));
	if (!table)
		return NULL;
	claimant = dsr_table_claimants(table, servers, n);
	if (!claimant) {
		kvfree(table);
		return NULL;
	}
	dsr_maglev_fill(table, claimant, n);
	kvfree(claimant);
	return &table->sched;
}

const struct dsr_sched_ops dsr_sched_maglev = {
	.name		= "maglev",
	.build		= dsr_maglev_build,
	.pick		= dsr_table_pick,
	.peek		= dsr_table_pick,
	.by_hash	= true,
	.destroy	= dsr_table_destroy,
};

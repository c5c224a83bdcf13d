// SPDX-License-Identifier: GPL-2.0
/*
 * Sets of MAC addresses.
 */
#include <linux/log2.h>
#include <linux/mm.h>
#include "kmod/guard.h"

/* The place of an address, or the free one for it. */
static u64 *dsr_guard_slot(struct dsr_guard *guard, u64 key)
{
	u32 last = (u32)(U64_MAX >> guard->shift);
	u32 place = dsr_guard_place(guard, key);

	while (guard->slot[place] &&
	       (guard->slot[place] & (DSR_GUARD_SERVER - 1)) != key)
		place = place == last ? 0 : place + 1;
	return &guard->slot[place];
}

/**
 * dsr_guard_create() - make an empty set
 * @n: how many addresses there will be at most
 *
 * Context: process, may sleep.
 * Return: the set, for kvfree(), or NULL.
 */
struct dsr_guard *dsr_guard_create(unsigned int n)
{
	unsigned int order = ilog2(roundup_pow_of_two(4 * max(n, 1U)));
	struct dsr_guard *guard;

	guard = kvzalloc(struct_size(guard, slot, 1UL << order),
			 GFP_KERNEL_ACCOUNT);
	if (guard)
		guard->shift = 64 - order;
	return guard;
}

/**
 * dsr_guard_add() - put an address in a set
 * @guard: the set, which nobody reads yet
 * @mac: the address
 * @whose: DSR_GUARD_*, added to what is there of it
 *
 * Context: any.
 */
void dsr_guard_add(struct dsr_guard *guard, const u8 *mac, u64 whose)
{
	u64 key = dsr_guard_key(mac);

	*dsr_guard_slot(guard, key) |= key | whose;
}

/**
 * dsr_guard_find() - whose an address is
 * @guard: the set
 * @mac: the address
 *
 * Context: any.
 * Return: DSR_GUARD_*, or 0 if it is not in the set.
 */
u64 dsr_guard_find(const struct dsr_guard *guard, const u8 *mac)
{
	u64 key = dsr_guard_key(mac);

	return *dsr_guard_slot((struct dsr_guard *)guard, key) &
	       (DSR_GUARD_SERVER | DSR_GUARD_PEER);
}

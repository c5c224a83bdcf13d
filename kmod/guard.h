/* SPDX-License-Identifier: GPL-2.0 */
/*
 * MAC addresses of machines that are sent packets, and whose own are therefore
 * not balanced: what they send to a virtual address comes back from there.
 */
#ifndef DSR_GUARD_H
#define DSR_GUARD_H

#include <linux/etherdevice.h>
#include <linux/hash.h>
#include <linux/if_ether.h>
#include <linux/skbuff.h>

/* Whose address it is: bits that an address leaves free. */
#define DSR_GUARD_SERVER	BIT_ULL(48)
#define DSR_GUARD_PEER		BIT_ULL(49)

/**
 * struct dsr_guard - a set of MAC addresses
 * @shift: 64 less the logarithm of the number of places
 * @slot: open-addressed hash table of dsr_guard_key() and DSR_GUARD_*, at most
 *	a quarter of it taken; 0 is a free place
 *
 * Immutable once it is filled. So large that a sender who is not in it most
 * often falls on a free place: then a packet asks no more than that.
 */
struct dsr_guard {
	u32	shift;
	u64	slot[];
};

/* The bytes of a MAC address as a number. */
static inline u64 dsr_guard_key(const u8 *mac)
{
	return get_unaligned((const u32 *)mac) |
	       (u64)get_unaligned((const u16 *)(mac + sizeof(u32))) << 32;
}

static inline u32 dsr_guard_place(const struct dsr_guard *guard, u64 key)
{
	return key * GOLDEN_RATIO_64 >> guard->shift;
}

/**
 * dsr_guard_suspects() - whether a packet's sender may be in a set
 * @guard: the set
 * @skb: the packet as it was received; one that came without an Ethernet
 *	header was sent by nobody in the set
 *
 * Context: any.
 * Return: true if dsr_guard_find() is to be asked.
 */
static __always_inline bool dsr_guard_suspects(const struct dsr_guard *guard,
					       const struct sk_buff *skb)
{
	return likely(skb->mac_len >= ETH_HLEN) &&
	       guard->slot[dsr_guard_place(guard,
				dsr_guard_key(eth_hdr(skb)->h_source))];
}

struct dsr_guard *dsr_guard_create(unsigned int n);
void dsr_guard_add(struct dsr_guard *guard, const u8 *mac, u64 whose);
u64 dsr_guard_find(const struct dsr_guard *guard, const u8 *mac);

#endif /* DSR_GUARD_H */

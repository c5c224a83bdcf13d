/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From a packet to its service.
 *
 * The order in which services are asked: firewall marks first; then virtual
 * addresses, the longest prefix first; of an address a service of the packet's
 * protocol before one of any protocol; of these the one with the narrowest
 * range of ports. A map has all of it prepared: a hash table of the prefixes,
 * and for each a sorted array of disjoint ports.
 *
 * A map is replaced when a service comes or goes, and whole, so that no packet
 * sees half of a change. So it is when services begin or end to stand by: a map
 * has their views, but no packet is led to them.
 */
#ifndef DSR_MAP_H
#define DSR_MAP_H

#include <linux/hash.h>
#include "kmod/service.h"
#include "kmod/tuple.h"

#define DSR_MAP_NONE	U32_MAX

/**
 * struct dsr_segment - ports of one virtual address that one service has
 * @view: index of the service's view
 * @first: the first port, host byte order
 * @last: the last one
 * @protocol: their protocol, 0 for any
 *
 * Ordered by protocol and port.
 */
struct dsr_segment {
	u32	view;
	u16	first;
	u16	last;
	u8	protocol;
};

/**
 * struct dsr_vip - one virtual address or prefix
 * @addr: the address
 * @family: AF_INET or AF_INET6, or 0 for a free place
 * @prefix_len: bits of @addr that count
 * @mask4: the same as a mask; of IPv6 0, which no IPv4 prefix has
 * @echo: index of the view that ICMP echo requests go to, or DSR_MAP_NONE
 * @first: its first segment
 * @n: number of its segments, at least one
 * @head: the same as the first one, as most packets are for its ports
 */
struct dsr_vip {
	union nf_inet_addr	addr;
	u8			family;
	u8			prefix_len;
	__be32			mask4;
	u32			echo;
	u32			first;
	u32			n;
	struct dsr_segment	head;
};

/**
 * struct dsr_lengths4 - the prefix lengths of IPv4 in use, longest first
 * @n: how many
 * @mask: of each of them
 */
struct dsr_lengths4 {
	unsigned int	n;
	__be32		mask[33];
};

/**
 * struct dsr_lengths6 - the prefix lengths of IPv6 in use, longest first
 * @n: how many
 * @bits: each of them
 */
struct dsr_lengths6 {
	unsigned int	n;
	u8		bits[129];
};

/**
 * struct dsr_mark - the service of a firewall mark
 * @mark: the mark
 * @view: index of the service's view
 */
struct dsr_mark {
	u32	mark;
	u32	view;
};

/**
 * struct dsr_map - all services of a network namespace
 * @vip: open-addressed hash table of the virtual addresses
 * @vip_end: the end of @vip
 * @vip_shift: 32 less the logarithm of the number of places in @vip, of which
 *	at most half are taken
 * @n_marks: number of firewall marks
 * @gateway: an active service has this machine route its servers' replies
 * @wide: packets that are for no virtual address may be a service's, for one
 *	of these two
 * @lengths4: prefix lengths of IPv4
 * @lengths6: prefix lengths of IPv6
 * @segment: of all of them
 * @mark: ordered
 * @rcu: frees it
 * @n: number of services
 * @view: of each service, active or not. Replaced in place when only that
 *	service changes.
 *
 * Read under RCU. But for the views it is immutable.
 */
struct dsr_map {
	struct dsr_vip		*vip;
	const struct dsr_vip	*vip_end;
	u32			vip_shift;
	unsigned int		n_marks;
	bool			gateway;
	bool			wide;
	struct dsr_lengths4	lengths4;
	struct dsr_lengths6	lengths6;
	struct dsr_segment	*segment;
	struct dsr_mark		*mark;
	struct rcu_head		rcu;
	unsigned int		n;
	struct dsr_view __rcu	*view[];
};

struct dsr_map *dsr_map_create(struct dsr_view **views, unsigned int n,
			       const struct dsr_roles *roles);
void dsr_map_destroy(struct dsr_map *map);

const struct dsr_vip *dsr_map_vip6(const struct dsr_map *map,
				   const struct in6_addr *addr);
struct dsr_view *dsr_map_lookup_more(const struct dsr_map *map,
				     const struct dsr_vip *vip,
				     const struct dsr_tuple *tuple);
struct dsr_view *dsr_map_echo(const struct dsr_map *map,
			      const struct dsr_vip *vip);
struct dsr_view *dsr_map_mark(const struct dsr_map *map, u32 mark);

/*
 * Multiplication spreads the addresses well enough, which are the
 * administrator's choice: no secret is needed.
 */
static inline u32 dsr_vip_hash4(__be32 addr, __be32 mask)
{
	return ((__force u32)addr ^ (__force u32)mask) * GOLDEN_RATIO_32;
}

/* The place of a prefix among the virtual ones, or the free one for it. */
static inline struct dsr_vip *dsr_map_place4(const struct dsr_map *map,
					     __be32 addr, __be32 mask)
{
	struct dsr_vip *vip = &map->vip[dsr_vip_hash4(addr, mask) >>
					map->vip_shift];

	while (unlikely(vip->family &&
			!(vip->addr.ip == addr && vip->mask4 == mask)))
		if (++vip == map->vip_end)
			vip = map->vip;
	return vip;
}

/**
 * dsr_map_vip4() - whether an IPv4 address is virtual
 * @map: the map
 * @addr: the address
 *
 * The question that all traffic through the director is asked; inline, as it
 * is all that most of it sees of us.
 *
 * Context: under RCU.
 * Return: the longest virtual prefix that has the address, or NULL.
 */
static inline const struct dsr_vip *dsr_map_vip4(const struct dsr_map *map,
						 __be32 addr)
{
	const struct dsr_vip *vip;
	unsigned int i;

	for (i = 0; i < map->lengths4.n; i++) {
		__be32 mask = map->lengths4.mask[i];

		vip = dsr_map_place4(map, addr & mask, mask);
		if (unlikely(vip->family))
			return vip;
	}
	return NULL;
}

/**
 * dsr_map_lookup() - the service that a packet is for
 * @map: the map
 * @vip: what dsr_map_vip4() or dsr_map_vip6() found for it
 * @tuple: the packet's tuple
 *
 * Most often it is that of the address's first ports.
 *
 * Context: under RCU.
 * Return: the service's view or NULL.
 */
static inline struct dsr_view *dsr_map_lookup(const struct dsr_map *map,
					      const struct dsr_vip *vip,
					      const struct dsr_tuple *tuple)
{
	const struct dsr_segment *s = &vip->head;
	u16 port = ntohs(tuple->dport);

	if (likely(s->protocol == tuple->protocol && port >= s->first &&
		   port <= s->last))
		return rcu_dereference(map->view[s->view]);
	return dsr_map_lookup_more(map, vip, tuple);
}

#endif /* DSR_MAP_H */

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
 * sees half of a change.
 */
#ifndef DSR_MAP_H
#define DSR_MAP_H

#include "kmod/service.h"
#include "kmod/tuple.h"

#define DSR_MAP_NONE	U32_MAX

/**
 * struct dsr_vip - one virtual address or prefix
 * @addr: the address
 * @family: AF_INET or AF_INET6, or 0 for a free place
 * @prefix_len: bits of @addr that count
 * @echo: index of the view that ICMP echo requests go to, or DSR_MAP_NONE
 * @first: its first segment
 * @n: number of its segments
 */
struct dsr_vip {
	union nf_inet_addr	addr;
	u8			family;
	u8			prefix_len;
	u32			echo;
	u32			first;
	u32			n;
};

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
 * struct dsr_lengths - the prefix lengths that are in use, longest first
 * @n: how many
 * @bits: each of them
 */
struct dsr_lengths {
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
 * @rcu: frees it
 * @n: number of services
 * @n_marks: number of firewall marks
 * @vip_mask: number of places in @vip less one; at most half of them are taken
 * @vip: open-addressed hash table of the virtual addresses
 * @segment: of all of them
 * @mark: ordered
 * @lengths4: prefix lengths of IPv4
 * @lengths6: prefix lengths of IPv6
 * @view: of each service. Replaced in place when only that service changes.
 *
 * Read under RCU. But for the views it is immutable.
 */
struct dsr_map {
	struct rcu_head		rcu;
	unsigned int		n;
	unsigned int		n_marks;
	u32			vip_mask;
	struct dsr_vip		*vip;
	struct dsr_segment	*segment;
	struct dsr_mark		*mark;
	struct dsr_lengths	lengths4;
	struct dsr_lengths	lengths6;
	struct dsr_view __rcu	*view[];
};

bool dsr_map_ambiguous(const struct dsr_service_key *a,
		       const struct dsr_service_key *b);
struct dsr_map *dsr_map_create(struct dsr_view **views, unsigned int n);
void dsr_map_destroy(struct dsr_map *map);

const struct dsr_vip *dsr_map_vip(const struct dsr_map *map, u8 family,
				  const union nf_inet_addr *addr,
				  unsigned int bits);
struct dsr_view *dsr_map_lookup(const struct dsr_map *map,
				const struct dsr_vip *vip,
				const struct dsr_tuple *tuple);
struct dsr_view *dsr_map_echo(const struct dsr_map *map,
			      const struct dsr_vip *vip);
struct dsr_view *dsr_map_mark(const struct dsr_map *map, u32 mark);

#endif /* DSR_MAP_H */

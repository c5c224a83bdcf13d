// SPDX-License-Identifier: GPL-2.0
/*
 * The map of all services: lookup above, construction below.
 */
#include <linux/bitops.h>
#include <linux/bsearch.h>
#include <linux/inetdevice.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/ipv6.h>
#include "kmod/map.h"

static u32 dsr_vip_hash6(const struct in6_addr *addr, u8 bits)
{
	u32 words = (__force u32)(addr->s6_addr32[0] ^ addr->s6_addr32[1]) ^
		    rol32((__force u32)(addr->s6_addr32[2] ^
					addr->s6_addr32[3]), 16);

	return (words ^ bits) * GOLDEN_RATIO_32;
}

/* The twin of dsr_map_place4(). */
static struct dsr_vip *dsr_map_place6(const struct dsr_map *map,
				      const struct in6_addr *addr, u8 bits)
{
	struct dsr_vip *vip = &map->vip[dsr_vip_hash6(addr, bits) >>
					map->vip_shift];

	while (unlikely(vip->family &&
			!(vip->prefix_len == bits && !vip->mask4 &&
			  ipv6_addr_equal(&vip->addr.in6, addr))))
		if (++vip == map->vip_end)
			vip = map->vip;
	return vip;
}

static const struct dsr_vip *dsr_map_find6(const struct dsr_map *map,
					   const struct in6_addr *addr,
					   unsigned int i)
{
	const struct dsr_vip *vip;
	struct in6_addr prefix;

	for (; i < map->lengths6.n; i++) {
		ipv6_addr_prefix(&prefix, addr, map->lengths6.bits[i]);
		vip = dsr_map_place6(map, &prefix, map->lengths6.bits[i]);
		if (unlikely(vip->family))
			return vip;
	}
	return NULL;
}

/**
 * dsr_map_vip6() - whether an IPv6 address is virtual
 * @map: the map
 * @addr: the address
 *
 * The twin of dsr_map_vip4().
 *
 * Context: under RCU.
 * Return: the longest virtual prefix that has the address, or NULL.
 */
const struct dsr_vip *dsr_map_vip6(const struct dsr_map *map,
				   const struct in6_addr *addr)
{
	return dsr_map_find6(map, addr, 0);
}

/* The longest virtual prefix shorter than @vip that has an address, or NULL. */
static const struct dsr_vip *dsr_map_shorter(const struct dsr_map *map,
					     const struct dsr_vip *vip,
					     const union nf_inet_addr *addr)
{
	const struct dsr_vip *next;
	unsigned int i = 0;

	if (vip->family == AF_INET6) {
		while (map->lengths6.bits[i] >= vip->prefix_len)
			if (++i == map->lengths6.n)
				return NULL;
		return dsr_map_find6(map, &addr->in6, i);
	}
	for (; i < map->lengths4.n; i++) {
		__be32 mask = map->lengths4.mask[i];

		if (ntohl(mask) >= ntohl(vip->mask4))
			continue;
		next = dsr_map_place4(map, addr->ip & mask, mask);
		if (next->family)
			return next;
	}
	return NULL;
}

/* The segment that has a port, or NULL. */
static const struct dsr_segment *dsr_map_search(const struct dsr_map *map,
						const struct dsr_vip *vip,
						u8 protocol, u16 port)
{
	u32 low = vip->first, high = vip->first + vip->n;

	while (low < high) {
		u32 mid = (low + high) / 2;
		const struct dsr_segment *s = &map->segment[mid];

		if (s->protocol < protocol ||
		    (s->protocol == protocol && s->last < port))
			low = mid + 1;
		else if (s->protocol > protocol || s->first > port)
			high = mid;
		else
			return s;
	}
	return NULL;
}

/* The service of one virtual address that a packet is for, or NULL. */
static const struct dsr_segment *dsr_map_segment(const struct dsr_map *map,
						 const struct dsr_vip *vip,
						 const struct dsr_tuple *tuple)
{
	const struct dsr_segment *s;

	s = dsr_map_search(map, vip, tuple->protocol, ntohs(tuple->dport));
	return likely(s) ? s : dsr_map_search(map, vip, 0, 0);
}

/**
 * dsr_map_lookup_more() - dsr_map_lookup() for all cases
 * @map: the map
 * @vip: what dsr_map_vip4() or dsr_map_vip6() found for it
 * @tuple: the packet's tuple
 *
 * Context: under RCU.
 * Return: the service's view or NULL.
 */
struct dsr_view *dsr_map_lookup_more(const struct dsr_map *map,
				     const struct dsr_vip *vip,
				     const struct dsr_tuple *tuple)
{
	const struct dsr_segment *s = dsr_map_segment(map, vip, tuple);

	while (unlikely(!s)) {
		vip = dsr_map_shorter(map, vip, &tuple->daddr);
		if (!vip)
			return NULL;
		s = dsr_map_segment(map, vip, tuple);
	}
	return rcu_dereference(map->view[s->view]);
}

/**
 * dsr_map_echo() - the service that an address's ICMP echo requests go to
 * @map: the map
 * @vip: the virtual address
 *
 * Context: under RCU.
 * Return: the service's view, or NULL if the director answers.
 */
struct dsr_view *dsr_map_echo(const struct dsr_map *map,
			      const struct dsr_vip *vip)
{
	return vip->echo == DSR_MAP_NONE ? NULL :
	       rcu_dereference(map->view[vip->echo]);
}

static int dsr_mark_cmp(const void *a, const void *b)
{
	const struct dsr_mark *x = a, *y = b;

	return x->mark < y->mark ? -1 : x->mark > y->mark;
}

/**
 * dsr_map_mark() - the service of a firewall mark
 * @map: the map
 * @mark: the mark
 *
 * Context: under RCU.
 * Return: the service's view or NULL.
 */
struct dsr_view *dsr_map_mark(const struct dsr_map *map, u32 mark)
{
	const struct dsr_mark key = { .mark = mark }, *found;

	found = bsearch(&key, map->mark, map->n_marks, sizeof(key),
			dsr_mark_cmp);
	return found ? rcu_dereference(map->view[found->view]) : NULL;
}

/* Construction */

/**
 * struct dsr_map_range - a range of ports on its way to segments
 * @key: of its service
 * @view: index of the service's view
 * @first: the first port, host byte order
 * @last: the last one
 * @outer: the range that it lies in, or NULL
 */
struct dsr_map_range {
	const struct dsr_service_key	*key;
	u32				view;
	u16				first;
	u16				last;
	const struct dsr_map_range	*outer;
};

/* Ranges of one virtual address and protocol, outer before inner ones. */
static int dsr_map_range_cmp(const void *a, const void *b)
{
	const struct dsr_map_range *x = a, *y = b;
	int cmp;

	cmp = memcmp(&x->key->addr, &y->key->addr, sizeof(x->key->addr));
	if (cmp)
		return cmp;
	if (x->key->family != y->key->family)
		return x->key->family < y->key->family ? -1 : 1;
	if (x->key->prefix_len != y->key->prefix_len)
		return x->key->prefix_len < y->key->prefix_len ? -1 : 1;
	if (x->key->protocol != y->key->protocol)
		return x->key->protocol < y->key->protocol ? -1 : 1;
	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x->last > y->last ? -1 : x->last < y->last;
}

static bool dsr_map_same_vip(const struct dsr_service_key *a,
			     const struct dsr_service_key *b)
{
	return a->family == b->family && a->prefix_len == b->prefix_len &&
	       nf_inet_addr_cmp(&a->addr, &b->addr);
}

static void dsr_map_emit(struct dsr_map *map, struct dsr_vip *vip,
			 const struct dsr_map_range *range, u32 first, u32 last)
{
	if (first > last)
		return;
	map->segment[vip->first + vip->n++] = (struct dsr_segment) {
		.view = range->view, .first = first, .last = last,
		.protocol = range->key->protocol,
	};
}

/*
 * Make ranges that lie in one another, of one virtual address and protocol,
 * into segments that do not; returns the number of ranges. @from is the first
 * port that has not been given out.
 */
static unsigned int dsr_map_flatten(struct dsr_map *map, struct dsr_vip *vip,
				    struct dsr_map_range *range, unsigned int n)
{
	const struct dsr_map_range *top = NULL;
	unsigned int i;
	u32 from = 0;

	for (i = 0; i < n; i++) {
		if (range[i].key->protocol != range->key->protocol ||
		    !dsr_map_same_vip(range[i].key, range->key))
			break;
		for (; top && top->last < range[i].first; top = top->outer) {
			dsr_map_emit(map, vip, top, from, top->last);
			from = top->last + 1;
		}
		if (top)
			dsr_map_emit(map, vip, top, from, range[i].first - 1);
		from = range[i].first;
		range[i].outer = top;
		top = &range[i];
	}
	for (; top; top = top->outer) {
		dsr_map_emit(map, vip, top, from, top->last);
		from = top->last + 1;
	}
	return i;
}

/* The place of a range's virtual address, which is taken if it was free. */
static struct dsr_vip *dsr_map_take(struct dsr_map *map,
				    const struct dsr_service_key *key,
				    u32 segment)
{
	__be32 mask4 = key->family == AF_INET ?
		       inet_make_mask(key->prefix_len) : 0;
	struct dsr_vip *vip = mask4 ?
		dsr_map_place4(map, key->addr.ip, mask4) :
		dsr_map_place6(map, &key->addr.in6, key->prefix_len);

	if (!vip->family) {
		vip->addr = key->addr;
		vip->mask4 = mask4;
		vip->family = key->family;
		vip->prefix_len = key->prefix_len;
		vip->echo = DSR_MAP_NONE;
		vip->first = segment;
	}
	return vip;
}

static void dsr_map_add_ranges(struct dsr_map *map, struct dsr_map_range *range,
			       unsigned int n)
{
	unsigned int done = 0;
	u32 segments = 0;

	while (done < n) {
		struct dsr_vip *vip = dsr_map_take(map, range[done].key,
						   segments);

		done += dsr_map_flatten(map, vip, &range[done], n - done);
		vip->head = map->segment[vip->first];
		segments = vip->first + vip->n;
	}
}

/* Whether packets are to find a service. */
static bool dsr_map_active(const struct dsr_view *view,
			   const struct dsr_roles *roles)
{
	return dsr_roles_find(roles, view->group) == DSR_ROLE_ACTIVE;
}

static void dsr_map_add_echo(struct dsr_map *map, struct dsr_view **views,
			     const struct dsr_roles *roles)
{
	unsigned int i;

	for (i = 0; i < map->n; i++) {
		const struct dsr_service *service = views[i]->service;
		struct dsr_vip *vip;

		if (service->key.fwmark ||
		    views[i]->echo != DSR_ECHO_FORWARD ||
		    !dsr_map_active(views[i], roles))
			continue;
		vip = dsr_map_take(map, &service->key, 0);
		if (vip->echo == DSR_MAP_NONE)
			vip->echo = i;
	}
}

/* The prefix lengths of a family that active services have. */
static void dsr_map_lengths(struct dsr_view **views, unsigned int n, u8 family,
			    const struct dsr_roles *roles, unsigned long *used)
{
	unsigned int i;

	bitmap_zero(used, 129);
	for (i = 0; i < n; i++)
		if (views[i]->service->key.family == family &&
		    dsr_map_active(views[i], roles))
			set_bit(views[i]->service->key.prefix_len, used);
}

static void dsr_map_add_lengths(struct dsr_map *map, struct dsr_view **views,
				const struct dsr_roles *roles)
{
	DECLARE_BITMAP(used, 129);
	unsigned int i;

	dsr_map_lengths(views, map->n, AF_INET, roles, used);
	for (i = 129; i--;)
		if (test_bit(i, used))
			map->lengths4.mask[map->lengths4.n++] =
				inet_make_mask(i);
	dsr_map_lengths(views, map->n, AF_INET6, roles, used);
	for (i = 129; i--;)
		if (test_bit(i, used))
			map->lengths6.bits[map->lengths6.n++] = i;
}

/* The ranges of active services, and the marks of those that have one. */
static unsigned int dsr_map_collect(struct dsr_map *map,
				    struct dsr_view **views,
				    const struct dsr_roles *roles,
				    struct dsr_map_range *range)
{
	const struct dsr_service_key *key;
	unsigned int i, j, n = 0;

	for (i = 0; i < map->n; i++) {
		key = &views[i]->service->key;
		if (!dsr_map_active(views[i], roles))
			continue;
		if (key->fwmark) {
			map->mark[map->n_marks].mark = key->fwmark;
			map->mark[map->n_marks++].view = i;
			continue;
		}
		for (j = 0; j < dsr_service_ranges(key); j++)
			range[n++] = (struct dsr_map_range) {
				.key = key, .view = i,
				.first = dsr_service_range(key, j).first,
				.last = dsr_service_range(key, j).last,
			};
	}
	return n;
}

static void dsr_map_release(struct dsr_map *map)
{
	kvfree(map->mark);
	kvfree(map->segment);
	kvfree(map->vip);
	kvfree(map);
}

static struct dsr_map *dsr_map_alloc(unsigned int n, unsigned int ranges)
{
	unsigned int order = ilog2(roundup_pow_of_two(2 * n));
	struct dsr_map *map;

	map = kvzalloc(struct_size(map, view, n), GFP_KERNEL_ACCOUNT);
	if (!map)
		return NULL;
	map->n = n;
	map->vip_shift = 32 - order;
	map->vip = kvcalloc(1 << order, sizeof(*map->vip), GFP_KERNEL_ACCOUNT);
	/* Each range begins one segment, and may cut another in two. */
	map->segment = kvcalloc(2 * ranges, sizeof(*map->segment),
				GFP_KERNEL_ACCOUNT);
	map->mark = kvcalloc(n, sizeof(*map->mark), GFP_KERNEL_ACCOUNT);
	if (!map->vip || !map->segment || !map->mark) {
		dsr_map_release(map);
		return NULL;
	}
	map->vip_end = map->vip + (1 << order);
	return map;
}

/**
 * dsr_map_create() - make a map of services
 * @views: a view of each service; of the services no two are ambiguous
 * @n: how many, at least one
 * @roles: which of them are active; NULL if all are
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: the map or NULL.
 */
struct dsr_map *dsr_map_create(struct dsr_view **views, unsigned int n,
			       const struct dsr_roles *roles)
{
	struct dsr_map_range *range;
	unsigned int i, ranges = 0;
	struct dsr_map *map;

	for (i = 0; i < n; i++)
		ranges += dsr_service_ranges(&views[i]->service->key);
	range = kvmalloc_array(ranges, sizeof(*range), GFP_KERNEL);
	if (!range)
		return NULL;
	map = dsr_map_alloc(n, ranges);
	if (!map)
		goto out;

	for (i = 0; i < n; i++) {
		RCU_INIT_POINTER(map->view[i], views[i]);
		map->gateway |= views[i]->gateway &&
				dsr_map_active(views[i], roles);
	}
	ranges = dsr_map_collect(map, views, roles, range);
	sort(range, ranges, sizeof(*range), dsr_map_range_cmp, NULL);
	dsr_map_add_ranges(map, range, ranges);
	dsr_map_add_echo(map, views, roles);
	sort(map->mark, map->n_marks, sizeof(*map->mark), dsr_mark_cmp, NULL);
	dsr_map_add_lengths(map, views, roles);
	map->wide = map->n_marks || map->gateway;
out:
	kvfree(range);
	return map;
}

static void dsr_map_free(struct rcu_head *rcu)
{
	dsr_map_release(container_of(rcu, struct dsr_map, rcu));
}

/**
 * dsr_map_destroy() - give up a map, but not its views
 * @map: the map, which new readers do not find any more, or NULL; freed after
 *	a grace period
 *
 * Context: any.
 */
void dsr_map_destroy(struct dsr_map *map)
{
	if (map)
		call_rcu(&map->rcu, dsr_map_free);
}

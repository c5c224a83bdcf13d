// SPDX-License-Identifier: GPL-2.0
/*
 * Which packets each service of a configuration claims.
 */
#include <linux/interval_tree_generic.h>
#include <linux/slab.h>
#include "kmod/claim.h"

/**
 * struct dsr_claim_place - the claims of one address, prefix and protocol, or
 *	of one firewall mark
 * @node: in the table
 * @key: of them all, but without ports
 * @ranges: theirs
 */
struct dsr_claim_place {
	struct rhash_head	node;
	struct dsr_service_key	key;
	struct rb_root_cached	ranges;
};

static const struct rhashtable_params dsr_claim_params = {
	.head_offset		= offsetof(struct dsr_claim_place, node),
	.key_offset		= offsetof(struct dsr_claim_place, key),
	.key_len		= offsetof(struct dsr_service_key, ports),
	.automatic_shrinking	= true,
};

#define DSR_RANGE_FIRST(range)	((range)->first)
#define DSR_RANGE_LAST(range)	((range)->last)

INTERVAL_TREE_DEFINE(struct dsr_claim_range, node, u16, subtree_last,
		     DSR_RANGE_FIRST, DSR_RANGE_LAST, static,
		     dsr_claim_tree)

/* What of a key tells places apart. */
static struct dsr_service_key dsr_claim_place_key(const struct dsr_service_key *key)
{
	struct dsr_service_key place = *key;

	place.n_ports = 0;
	return place;
}

static struct dsr_claim_place *
dsr_claims_place(struct dsr_claims *claims, const struct dsr_service_key *key)
{
	struct dsr_service_key place = dsr_claim_place_key(key);

	return rhashtable_lookup_fast(&claims->places, &place,
				      dsr_claim_params);
}

/* The place of a key, which is made if it is not there, or an ERR_PTR. */
static struct dsr_claim_place *
dsr_claims_take(struct dsr_claims *claims, const struct dsr_service_key *key)
{
	struct dsr_claim_place *place = dsr_claims_place(claims, key);
	int err;

	if (place)
		return place;
	place = kzalloc(sizeof(*place), GFP_KERNEL_ACCOUNT);
	if (!place)
		return ERR_PTR(-ENOMEM);
	place->key = dsr_claim_place_key(key);
	place->ranges = RB_ROOT_CACHED;
	err = rhashtable_insert_fast(&claims->places, &place->node,
				     dsr_claim_params);
	if (!err)
		return place;
	kfree(place);
	return ERR_PTR(err);
}

static void dsr_claim_free(struct dsr_claim_place *place,
			   struct dsr_claim *claim)
{
	unsigned int i;

	for (i = 0; i < claim->n; i++)
		dsr_claim_tree_remove(&claim->range[i], &place->ranges);
	kfree(claim);
}

static void dsr_claim_place_free(void *ptr, void *arg)
{
	struct dsr_claim_place *place = ptr;
	struct rb_node *node;

	while ((node = rb_first_cached(&place->ranges)))
		dsr_claim_free(place, rb_entry(node, struct dsr_claim_range,
					       node)->claim);
	kfree(place);
}

/**
 * dsr_claims_create() - make room for the claims of a configuration
 *
 * Context: process, may sleep.
 * Return: no claims yet, or NULL.
 */
struct dsr_claims *dsr_claims_create(void)
{
	struct dsr_claims *claims = kzalloc(sizeof(*claims),
					    GFP_KERNEL_ACCOUNT);

	if (claims && rhashtable_init(&claims->places, &dsr_claim_params)) {
		kfree(claims);
		return NULL;
	}
	return claims;
}

/**
 * dsr_claims_destroy() - give up all claims
 * @claims: the claims
 *
 * Context: process, may sleep.
 */
void dsr_claims_destroy(struct dsr_claims *claims)
{
	rhashtable_free_and_destroy(&claims->places, dsr_claim_place_free,
				    NULL);
	kfree(claims);
}

/**
 * dsr_claims_find() - the claim of a key
 * @claims: the claims
 * @key: the key
 *
 * Context: process, under the configuration mutex.
 * Return: the claim or NULL.
 */
struct dsr_claim *dsr_claims_find(struct dsr_claims *claims,
				  const struct dsr_service_key *key)
{
	u16 port = dsr_service_range(key, 0).first;
	struct dsr_claim_place *place;
	struct dsr_claim_range *range;

	place = dsr_claims_place(claims, key);
	if (!place)
		return NULL;
	/* Those that have its first port lie in one another: they are few. */
	for (range = dsr_claim_tree_iter_first(&place->ranges, port, port);
	     range; range = dsr_claim_tree_iter_next(range, port, port))
		if (!memcmp(&range->claim->key, key, sizeof(*key)))
			return range->claim;
	return NULL;
}

/* One lies in the other and is narrower; both have ports in common. */
static bool dsr_claim_nested(struct dsr_port_range a,
			     const struct dsr_claim_range *b)
{
	if (a.first == b->first && a.last == b->last)
		return false;
	return (a.first <= b->first && b->last <= a.last) ||
	       (b->first <= a.first && a.last <= b->last);
}

/**
 * dsr_claims_ambiguous() - whether packets could be of either of two services
 * @claims: the claims of the others
 * @key: the one
 *
 * Context: process, under the configuration mutex.
 * Return: true if for some packet neither is the more specific one.
 */
bool dsr_claims_ambiguous(struct dsr_claims *claims,
			  const struct dsr_service_key *key)
{
	struct dsr_claim_place *place = dsr_claims_place(claims, key);
	struct dsr_claim_range *range;
	struct dsr_port_range ports;
	unsigned int i;

	for (i = 0; place && i < dsr_service_ranges(key); i++) {
		ports = dsr_service_range(key, i);
		for (range = dsr_claim_tree_iter_first(&place->ranges,
						       ports.first, ports.last);
		     range;
		     range = dsr_claim_tree_iter_next(range, ports.first,
						      ports.last))
			if (!dsr_claim_nested(ports, range))
				return true;
	}
	return false;
}

/**
 * dsr_claims_add() - claim the packets of a key
 * @claims: the claims, none of which is of this key or ambiguous with it
 * @key: the key
 * @owner: the service
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: the claim or an ERR_PTR.
 */
struct dsr_claim *dsr_claims_add(struct dsr_claims *claims,
				 const struct dsr_service_key *key,
				 void *owner)
{
	unsigned int i, n = dsr_service_ranges(key);
	struct dsr_claim_place *place;
	struct dsr_claim *claim;

	claim = kzalloc(struct_size(claim, range, n), GFP_KERNEL_ACCOUNT);
	if (!claim)
		return ERR_PTR(-ENOMEM);
	place = dsr_claims_take(claims, key);
	if (IS_ERR(place)) {
		kfree(claim);
		return ERR_CAST(place);
	}
	claim->owner = owner;
	claim->key = *key;
	claim->n = n;
	for (i = 0; i < n; i++) {
		claim->range[i].claim = claim;
		claim->range[i].first = dsr_service_range(key, i).first;
		claim->range[i].last = dsr_service_range(key, i).last;
		dsr_claim_tree_insert(&claim->range[i], &place->ranges);
	}
	return claim;
}

/**
 * dsr_claims_del() - claim the packets of a key no longer
 * @claims: the claims
 * @key: the key, which is one of them
 *
 * Context: process, under the configuration mutex.
 */
void dsr_claims_del(struct dsr_claims *claims,
		    const struct dsr_service_key *key)
{
	struct dsr_claim_place *place = dsr_claims_place(claims, key);

	dsr_claim_free(place, dsr_claims_find(claims, key));
	if (!RB_EMPTY_ROOT(&place->ranges.rb_root))
		return;
	rhashtable_remove_fast(&claims->places, &place->node,
			       dsr_claim_params);
	kfree(place);
}

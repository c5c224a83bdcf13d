/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which packets each service of a configuration claims: finds a service by its
 * key, and whether another one could claim the same packets, however many there
 * are.
 *
 * Services of one address or prefix and protocol, or of one firewall mark, have
 * a place; its ranges of ports are in an interval tree.
 */
#ifndef DSR_CLAIM_H
#define DSR_CLAIM_H

#include <linux/rbtree.h>
#include <linux/rhashtable.h>
#include "kmod/service.h"

struct dsr_claim;

/**
 * struct dsr_claims - the claims of a configuration
 * @places: by address, prefix and protocol, or mark
 *
 * Under the configuration mutex.
 */
struct dsr_claims {
	struct rhashtable	places;
};

/**
 * struct dsr_claim_range - ports that a service claims
 * @node: in its place's tree
 * @claim: whose they are
 * @first: the first port
 * @last: the last one
 * @subtree_last: the tree's
 */
struct dsr_claim_range {
	struct rb_node		node;
	struct dsr_claim	*claim;
	u16			first;
	u16			last;
	u16			subtree_last;
};

/**
 * struct dsr_claim - what one service claims
 * @owner: the service
 * @key: its key
 * @n: number of ranges
 * @range: its ports; all, if it claims any
 */
struct dsr_claim {
	void			*owner;
	struct dsr_service_key	key;
	unsigned int		n;
	struct dsr_claim_range	range[];
};

struct dsr_claims *dsr_claims_create(void);
void dsr_claims_destroy(struct dsr_claims *claims);
struct dsr_claim *dsr_claims_find(struct dsr_claims *claims,
				  const struct dsr_service_key *key);
bool dsr_claims_ambiguous(struct dsr_claims *claims,
			  const struct dsr_service_key *key);
struct dsr_claim *dsr_claims_add(struct dsr_claims *claims,
				 const struct dsr_service_key *key,
				 void *owner);
void dsr_claims_del(struct dsr_claims *claims,
		    const struct dsr_service_key *key);

#endif /* DSR_CLAIM_H */

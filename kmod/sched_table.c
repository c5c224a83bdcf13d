// SPDX-License-Identifier: GPL-2.0
/*
 * Schedules that are a table of slots.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sort.h>
#include "kmod/sched_table.h"

/**
 * dsr_table_hash_addr() - keyed hash of an address
 * @family: AF_INET or AF_INET6
 * @addr: the address
 * @key: the key
 *
 * Of a number or of bytes as they are in packets, so alike on every machine.
 *
 * Context: any.
 * Return: the hash.
 */
u64 dsr_table_hash_addr(u8 family, const union nf_inet_addr *addr,
			const siphash_key_t *key)
{
	if (family == AF_INET)
		return siphash_1u32(ntohl(addr->ip), key);
	return siphash(addr, sizeof(*addr), key);
}

/**
 * dsr_table_hash_tuple() - keyed hash of a tuple, alike on every machine
 * @tuple: the tuple
 * @key: the key
 *
 * Context: any.
 * Return: the hash.
 */
u64 dsr_table_hash_tuple(const struct dsr_tuple *tuple,
			 const siphash_key_t *key)
{
	if (tuple->family == AF_INET)
		return siphash_4u32(ntohl(tuple->saddr.ip),
				    ntohl(tuple->daddr.ip),
				    (u32)ntohs(tuple->sport) << 16 |
				    ntohs(tuple->dport),
				    tuple->protocol, key);
	return siphash(tuple, sizeof(*tuple), key);
}

/**
 * dsr_table_pick() - the server of a packet's slot
 * @sched: the schedule
 * @tuple: whose packet it is
 *
 * Context: any.
 * Return: its index.
 */
unsigned int dsr_table_pick(struct dsr_sched *sched,
			    const struct dsr_tuple *tuple)
{
	const struct dsr_table *table =
		container_of(sched, struct dsr_table, sched);
	u64 hash;

	hash = table->by_source ?
	       dsr_table_hash_addr(tuple->family, &tuple->saddr, &table->key) :
	       dsr_table_hash_tuple(tuple, &table->key);
	return table->slot[reciprocal_scale(hash, table->size)];
}

/**
 * dsr_table_create() - make a table of empty slots
 * @ops: its scheduler
 * @conf: what the service says
 * @hash_on: what is hashed if the service does not say
 * @size: number of slots
 *
 * Context: process, may sleep.
 * Return: the table or NULL.
 */
struct dsr_table *dsr_table_create(const struct dsr_sched_ops *ops,
				   const struct dsr_sched_conf *conf,
				   u8 hash_on, u32 size)
{
	struct dsr_table *table;

	table = kvmalloc(struct_size(table, slot, size), GFP_KERNEL_ACCOUNT);
	if (!table)
		return NULL;
	table->sched.ops = ops;
	table->key = conf->key;
	if (conf->hash_on != DSR_SCHED_HASH_DEFAULT)
		hash_on = conf->hash_on;
	table->by_source = hash_on == DSR_SCHED_HASH_SOURCE;
	table->size = size;
	memset(table->slot, 0xff, size * sizeof(*table->slot));
	return table;
}

static int dsr_claimant_cmp(const void *a, const void *b)
{
	const struct dsr_claimant *x = a, *y = b;

	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

/**
 * dsr_table_claimants() - the servers as they claim slots of a table
 * @table: the table
 * @servers: the servers
 * @n: how many
 *
 * Context: process, may sleep.
 * Return: all of them in an order that does not depend on that of @servers, to
 *	be freed by kvfree(), or NULL.
 */
struct dsr_claimant *
dsr_table_claimants(const struct dsr_table *table,
		    const struct dsr_sched_server *servers, unsigned int n)
{
	struct dsr_claimant *claimant;
	unsigned int i;

	claimant = kvmalloc_array(n, sizeof(*claimant), GFP_KERNEL_ACCOUNT);
	if (!claimant)
		return NULL;
	for (i = 0; i < n; i++) {
		claimant[i] = (struct dsr_claimant) {
			.hash = dsr_table_hash_addr(servers[i].family,
						    &servers[i].addr,
						    &table->key),
			.index = i,
			.weight = servers[i].weight,
		};
	}
	sort(claimant, n, sizeof(*claimant), dsr_claimant_cmp, NULL);
	return claimant;
}

/**
 * dsr_table_destroy() - free a table
 * @sched: the schedule
 *
 * Context: any.
 */
void dsr_table_destroy(struct dsr_sched *sched)
{
	kvfree(container_of(sched, struct dsr_table, sched));
}

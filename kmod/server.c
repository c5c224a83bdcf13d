// SPDX-License-Identifier: GPL-2.0
/*
 * Real servers: creation, ids, end.
 */
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include "kmod/server.h"

#define DSR_SERVER_TABLE_MIN	64

static struct dsr_server_table *dsr_server_table(struct dsr_server_ids *ids)
{
	return rcu_dereference_protected(ids->table,
					 lockdep_is_held(ids->lock));
}

/* The next free place, going round, or 0. */
static unsigned int dsr_server_place(struct dsr_server_ids *ids)
{
	struct dsr_server_table *table = dsr_server_table(ids);
	unsigned int i, place;

	if (!table)
		return 0;
	for (i = 0; i < table->size; i++) {
		place = ids->next + i;
		if (place >= table->size) {
			place -= table->size;
			/* Once a round: it passes here only from its end. */
			if (!place)
				ids->generation++;
		}
		if (place && !rcu_access_pointer(table->slot[place])) {
			ids->next = place + 1;
			return place;
		}
	}
	return 0;
}

/* Double the table; the old one stays readable for a grace period. */
static int dsr_server_table_grow(struct dsr_server_ids *ids)
{
	struct dsr_server_table *old = dsr_server_table(ids), *table;
	unsigned int size = old ? old->size * 2 : DSR_SERVER_TABLE_MIN;

	if (old && old->size == DSR_SERVER_PLACES)
		return -ENOSPC;
	table = kvzalloc(struct_size(table, slot, size), GFP_KERNEL_ACCOUNT);
	if (!table)
		return -ENOMEM;
	table->size = size;
	if (old) {
		memcpy(table->slot, old->slot, old->size * sizeof(*old->slot));
		ids->next = old->size;
	}
	rcu_assign_pointer(ids->table, table);
	if (old)
		kvfree_rcu(old, rcu);
	return 0;
}

/**
 * dsr_server_create() - make a server and give it an id
 * @ids: the namespace's servers
 * @service: its service
 * @tally: the service's
 * @family: AF_INET
 * @addr: its address
 *
 * Of weight 1, without a path, and in no list yet. It gets no packet before a
 * view of the service has it.
 *
 * Context: process, may sleep, under @ids->lock.
 * Return: the server, or an ERR_PTR: -ENOMEM, -ENOSPC if every place is taken.
 */
struct dsr_server *dsr_server_create(struct dsr_server_ids *ids,
				     struct dsr_service *service,
				     struct dsr_tally *tally, u8 family,
				     const union nf_inet_addr *addr)
{
	struct dsr_server *server;
	unsigned int place;
	int err;

	lockdep_assert_held(ids->lock);
	server = kzalloc(sizeof(*server), GFP_KERNEL_ACCOUNT);
	if (!server)
		return ERR_PTR(-ENOMEM);
	server->service = service;
	server->weight = 1;
	server->nexthop.family = family;
	server->nexthop.addr = *addr;
	server->nexthop.state = DSR_NEXTHOP_STATE_RESOLVING;
	server->tally = dsr_tally_create(tally);
	if (!server->tally) {
		err = -ENOMEM;
		goto err_free;
	}
	server->stats = server->tally->stats;

	place = dsr_server_place(ids);
	if (!place) {
		err = dsr_server_table_grow(ids);
		if (err)
			goto err_tally;
		place = dsr_server_place(ids);
	}
	server->id = ids->generation << DSR_SERVER_PLACE_BITS | place;
	rcu_assign_pointer(dsr_server_table(ids)->slot[place], server);
	ids->n++;
	return server;

err_tally:
	dsr_tally_destroy(server->tally);
err_free:
	kfree(server);
	return ERR_PTR(err);
}

static void dsr_server_free(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct dsr_server, rcu));
}

/**
 * dsr_server_retire() - have a server's flows find it no more
 * @ids: the namespace's servers
 * @server: the server, which no view has any more and which is soon destroyed
 *
 * Context: process, under @ids->lock.
 */
void dsr_server_retire(struct dsr_server_ids *ids, struct dsr_server *server)
{
	u32 place = server->id & (DSR_SERVER_PLACES - 1);
	struct dsr_server_table *table = dsr_server_table(ids);

	if (rcu_access_pointer(table->slot[place]) != server)
		return;
	RCU_INIT_POINTER(table->slot[place], NULL);
	ids->n--;
}

/**
 * dsr_server_destroy() - give up a server
 * @ids: the namespace's servers
 * @server: the server, which no view has any more; freed after a grace period
 *
 * Context: process, under @ids->lock.
 */
void dsr_server_destroy(struct dsr_server_ids *ids, struct dsr_server *server)
{
	dsr_server_retire(ids, server);
	dsr_nexthop_release(&server->nexthop, ids->lock);
	dsr_tally_destroy(server->tally);
	call_rcu(&server->rcu, dsr_server_free);
}

/**
 * dsr_server_ids_exit() - free the table, which is empty
 * @ids: the namespace's servers
 *
 * Context: process, no reader left, under @ids->lock.
 */
void dsr_server_ids_exit(struct dsr_server_ids *ids)
{
	kvfree(dsr_server_table(ids));
	RCU_INIT_POINTER(ids->table, NULL);
}

/**
 * dsr_server_sum() - add up the counters of a server
 * @server: the server
 * @sum: the result
 *
 * Context: under the configuration mutex.
 */
void dsr_server_sum(const struct dsr_server *server, struct dsr_stats_sum *sum)
{
	dsr_tally_sum(server->tally, sum);
	sum->active = atomic_read(&server->active);
	sum->clients = atomic_read(&server->clients);
}

// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rate.h"

#define NS_PER_S	1000000000u

uint64_t rate_of(uint64_t before, uint64_t now, uint64_t ns)
{
	unsigned __int128 rate;

	if (now <= before || !ns)
		return 0;
	rate = ((unsigned __int128)(now - before) * NS_PER_S + ns / 2) / ns;
	return rate > UINT64_MAX ? UINT64_MAX : rate;
}

struct rates rates_of(const struct stats *before, const struct stats *now,
		      uint64_t ns)
{
	static const struct stats nothing;
	uint64_t bytes;

	if (!before)
		before = &nothing;
	bytes = rate_of(before->bytes, now->bytes, ns);
	return (struct rates) {
		.packets = rate_of(before->packets, now->packets, ns),
		.bits = bytes > UINT64_MAX / 8 ? UINT64_MAX : bytes * 8,
		.flows = rate_of(before->flows, now->flows, ns),
		.active = now->active,
	};
}

/* --- What there was ------------------------------------------------------- */

static int rate_compare_service(const void *key, const void *service)
{
	return key_compare(key, &((const struct service *)service)->key);
}

static int rate_compare_server(const void *addr, const void *server)
{
	return addr_compare(addr, &((const struct server *)server)->addr);
}

static const struct stats *rate_service_before(const struct model *before,
					       const struct service_key *key)
{
	const struct service *service = NULL;

	if (before->n_services)
		service = bsearch(key, before->services, before->n_services,
				  sizeof(*service), rate_compare_service);
	return service ? &service->stats : NULL;
}

/* Of the @n servers that the service had. */
static const struct stats *rate_server_before(const struct server *before,
					      size_t n,
					      const struct addr *addr)
{
	const struct server *server = NULL;

	if (n)
		server = bsearch(addr, before, n, sizeof(*server),
				 rate_compare_server);
	return server ? &server->state->stats : NULL;
}

/* --- Rows ----------------------------------------------------------------- */

static uint64_t rate_value(const struct rates *rates, enum rate_order order)
{
	switch (order) {
	case BY_PACKETS:
		return rates->packets;
	case BY_BITS:
		return rates->bits;
	case BY_FLOWS:
		return rates->flows;
	case BY_ACTIVE:
		return rates->active;
	case BY_NAME:
		break;
	}
	return 0;
}

/* Of rows that are alike the first in the model comes first. */
static int rate_compare(const void *a, const void *b, void *arg)
{
	const struct rate_row *x = a, *y = b;
	enum rate_order order = *(enum rate_order *)arg;
	uint64_t of_x = rate_value(&x->rates, order);
	uint64_t of_y = rate_value(&y->rates, order);

	if (of_x != of_y)
		return of_x > of_y ? -1 : 1;
	if (x->server)
		return x->server < y->server ? -1 : 1;
	return x->service < y->service ? -1 : 1;
}

static void rate_share(struct rate_row *rows, size_t n)
{
	unsigned __int128 sum = 0;
	size_t i;

	for (i = 0; i < n; i++)
		sum += rows[i].rates.packets;
	for (i = 0; i < n && sum; i++)
		rows[i].share = ((unsigned __int128)rows[i].rates.packets *
				 1000 + sum / 2) / sum;
}

static struct rate_row *rate_alloc(size_t n)
{
	struct rate_row *rows = calloc(n + 1, sizeof(*rows));

	if (!rows) {
		perror("dsrctl");
		exit(REFUSED);
	}
	return rows;
}

static void rate_add_total(struct rates *total, const struct rates *rates)
{
	total->packets += rates->packets;
	total->bits += rates->bits;
	total->flows += rates->flows;
	total->active += rates->active;
}

/* The services, in their order. */
static struct rate_row *rate_services(struct rate_table *table,
				      const struct model *before,
				      const struct model *now, uint64_t ns,
				      enum rate_order order)
{
	struct rate_row *rows = rate_alloc(now->n_services);
	size_t i;

	for (i = 0; i < now->n_services; i++) {
		const struct service *service = &now->services[i];

		rows[i].service = service;
		rows[i].rates = rates_of(rate_service_before(before,
							     &service->key),
					 &service->stats, ns);
		rate_add_total(&table->total, &rows[i].rates);
	}
	rate_share(rows, now->n_services);
	qsort_r(rows, now->n_services, sizeof(*rows), rate_compare, &order);
	return rows;
}

/* The servers of the last row's service. */
static void rate_servers(struct rate_table *table, const struct model *before,
			 const struct model *now, uint64_t ns,
			 enum rate_order order)
{
	struct rate_row *rows = &table->rows[table->n_rows];
	const struct service *service = rows[-1].service;
	const struct server *servers, *old;
	size_t i, n, n_old;

	old = model_servers(before, &service->key, &n_old);
	servers = model_servers(now, &service->key, &n);
	for (i = 0; i < n; i++) {
		rows[i].service = service;
		rows[i].server = &servers[i];
		rows[i].rates = rates_of(rate_server_before(old, n_old,
							    &servers[i].addr),
					 &servers[i].state->stats, ns);
	}
	rate_share(rows, n);
	qsort_r(rows, n, sizeof(*rows), rate_compare, &order);
	table->n_rows += n;
}

void rate_table_fill(struct rate_table *table, const struct model *before,
		     const struct model *now, uint64_t ns,
		     enum rate_order order)
{
	struct rate_row *services;
	size_t i;

	memset(table, 0, sizeof(*table));
	services = rate_services(table, before, now, ns, order);
	table->rows = rate_alloc(now->n_services + now->n_servers);
	for (i = 0; i < now->n_services; i++) {
		table->rows[table->n_rows++] = services[i];
		rate_servers(table, before, now, ns, order);
	}
	free(services);
}

void rate_table_clear(struct rate_table *table)
{
	free(table->rows);
	memset(table, 0, sizeof(*table));
}

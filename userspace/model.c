// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

const char *const model_echo[] = {
	[DSR_ECHO_ANSWER] = "answer",
	[DSR_ECHO_FORWARD] = "forward",
	NULL
};

const char *const model_hash_on[] = {
	[DSR_HASH_ON_DEFAULT] = "default",
	[DSR_HASH_ON_FLOW] = "flow",
	[DSR_HASH_ON_SOURCE] = "source",
	NULL
};

const char *const model_lost[] = {
	[DSR_LOST_RESCHEDULE] = "reschedule",
	[DSR_LOST_RESET] = "reset",
	[DSR_LOST_DROP] = "drop",
	NULL
};

const char *const model_midflow[] = {
	[DSR_MIDFLOW_HASH] = "hash",
	[DSR_MIDFLOW_RESET] = "reset",
	[DSR_MIDFLOW_DROP] = "drop",
	NULL
};

const char *const model_flow_state[] = {
	[DSR_FLOW_STATE_SYN] = "syn",
	[DSR_FLOW_STATE_ESTABLISHED] = "established",
	[DSR_FLOW_STATE_CLOSING] = "closing",
	[DSR_FLOW_STATE_UDP] = "udp",
	[DSR_FLOW_STATE_OTHER] = "other",
	[DSR_FLOW_STATE_PERSIST] = "persist",
	NULL
};

const char *const model_scheduler[] = {
	"wrr", "rr", "wlc", "lc", "sh", "maglev", "random2", NULL
};

const char *const model_why[] = {
	[DSR_WHY_NO_SERVICE] = "no-service",
	[DSR_WHY_FLOW] = "flow",
	[DSR_WHY_CLIENT] = "client",
	[DSR_WHY_TURN] = "turn",
	[DSR_WHY_HASH] = "hash",
	[DSR_WHY_CHANCE] = "chance",
	[DSR_WHY_SESSIONLESS] = "sessionless",
	[DSR_WHY_LOST] = "lost",
	[DSR_WHY_NO_SERVER] = "no-server",
	[DSR_WHY_STANDBY] = "standby",
	NULL
};

const char *const model_role[] = {
	[DSR_ROLE_ACTIVE] = "active",
	[DSR_ROLE_STANDBY] = "standby",
	NULL
};

const char *model_name(const char *const *names, unsigned int number)
{
	while (*names && number--)
		names++;
	return *names;
}

bool model_reaches(const struct server *server)
{
	return server->state->nexthop.state == DSR_NEXTHOP_STATE_READY ||
	       server->state->nexthop.state == DSR_NEXTHOP_STATE_LOCAL;
}

/*
 * One more zeroed entry of @size bytes at the end of an array of @n, which has
 * room for the next power of two.
 */
static void *model_grow(void *array, size_t *n, size_t size)
{
	if (!(*n & (*n - 1)))
		array = reallocarray(array, *n ? 2 * *n : 1, size);
	if (!array) {
		perror("dsrctl");
		exit(REFUSED);
	}
	memset((char *)array + *n * size, 0, size);
	(*n)++;
	return array;
}

struct service *model_add_service(struct model *model)
{
	model->services = model_grow(model->services, &model->n_services,
				     sizeof(*model->services));
	return &model->services[model->n_services - 1];
}

/* Servers of a service mostly come one after the other. */
static const struct service_key *model_keep_key(struct model *model,
						const struct service_key *key)
{
	struct service_key *kept;

	if (model->last_key && !key_compare(model->last_key, key))
		return model->last_key;
	kept = arena_alloc(&model->arena, sizeof(*kept));
	*kept = *key;
	model->last_key = kept;
	return kept;
}

struct server *model_add_server(struct model *model,
				const struct service_key *service)
{
	struct server *server;

	model->servers = model_grow(model->servers, &model->n_servers,
				    sizeof(*model->servers));
	server = &model->servers[model->n_servers - 1];
	server->service = model_keep_key(model, service);
	return server;
}

struct server_state *model_add_state(struct model *model,
				     struct server *server)
{
	server->state = arena_alloc(&model->arena, sizeof(*server->state));
	return server->state;
}

struct reason *model_add_reason(struct model *model)
{
	model->reasons = model_grow(model->reasons, &model->n_reasons,
				    sizeof(*model->reasons));
	return &model->reasons[model->n_reasons - 1];
}

struct ingress *model_add_ingress(struct model *model)
{
	model->ingresses = model_grow(model->ingresses, &model->n_ingresses,
				      sizeof(*model->ingresses));
	return &model->ingresses[model->n_ingresses - 1];
}

struct announce *model_add_announce(struct model *model)
{
	model->announces = model_grow(model->announces, &model->n_announces,
				      sizeof(*model->announces));
	return &model->announces[model->n_announces - 1];
}

struct role *model_add_role(struct model *model)
{
	model->roles = model_grow(model->roles, &model->n_roles,
				  sizeof(*model->roles));
	return &model->roles[model->n_roles - 1];
}

struct server *model_add_peer(struct model *model)
{
	model->peers = model_grow(model->peers, &model->n_peers,
				  sizeof(*model->peers));
	return &model->peers[model->n_peers - 1];
}

void model_set_defaults(struct service *service)
{
	static const uint32_t timeouts[N_TIMEOUTS] = {
		[DSR_FLOW_STATE_SYN] = 60,
		[DSR_FLOW_STATE_ESTABLISHED] = 900,
		[DSR_FLOW_STATE_CLOSING] = 120,
		[DSR_FLOW_STATE_UDP] = 300,
		[DSR_FLOW_STATE_OTHER] = 300,
	};

	service->echo = DSR_ECHO_ANSWER;
	service->hash_on = DSR_HASH_ON_DEFAULT;
	service->sessionless = 0;
	service->persist = service->key.n_ports > 1 ? 300 : 0;
	service->persist_prefix_len = service->key.fwmark ? 128 :
				      addr_bits(&service->key.addr);
	memcpy(service->timeouts, timeouts, sizeof(timeouts));
	service->lost = DSR_LOST_RESCHEDULE;
	service->midflow = DSR_MIDFLOW_HASH;
	service->slow_start = 0;
	memset(service->group, 0, sizeof(service->group));
	strcpy(service->group, GROUP_USUAL);
	service->gateway = 0;
}

static int model_compare_services(const void *a, const void *b)
{
	const struct service *x = a, *y = b;

	return key_compare(&x->key, &y->key);
}

static int model_compare_servers(const void *a, const void *b)
{
	const struct server *x = a, *y = b;
	int order = 0;

	if (x->service != y->service)
		order = key_compare(x->service, y->service);
	return order ? order : addr_compare(&x->addr, &y->addr);
}

static int model_compare_ingresses(const void *a, const void *b)
{
	const struct ingress *x = a, *y = b;

	return strcmp(x->dev, y->dev);
}

static int model_compare_announces(const void *a, const void *b)
{
	const struct announce *x = a, *y = b;

	return strcmp(x->dev, y->dev);
}

static int model_compare_peers(const void *a, const void *b)
{
	const struct server *x = a, *y = b;

	return addr_compare(&x->addr, &y->addr);
}

/* What was saved, and what runs of it, is in order. */
static void model_sort_array(void *array, size_t n, size_t size,
			     int (*compare)(const void *a, const void *b))
{
	const char *entry = array;
	size_t i;

	for (i = 1; i < n; i++, entry += size) {
		if (compare(entry, entry + size) > 0) {
			qsort(array, n, size, compare);
			return;
		}
	}
}

void model_sort(struct model *model)
{
	model_sort_array(model->services, model->n_services,
			 sizeof(*model->services), model_compare_services);
	model_sort_array(model->servers, model->n_servers,
			 sizeof(*model->servers), model_compare_servers);
	model_sort_array(model->ingresses, model->n_ingresses,
			 sizeof(*model->ingresses), model_compare_ingresses);
	model_sort_array(model->announces, model->n_announces,
			 sizeof(*model->announces), model_compare_announces);
	model_sort_array(model->peers, model->n_peers, sizeof(*model->peers),
			 model_compare_peers);
}

const struct service *model_service(const struct model *model,
				    const struct service_key *key)
{
	const struct service wanted = { .key = *key };

	if (!model->n_services)
		return NULL;
	return bsearch(&wanted, model->services, model->n_services,
		       sizeof(wanted), model_compare_services);
}

const struct server *model_servers(const struct model *model,
				   const struct service_key *key, size_t *n)
{
	size_t first = 0, end = model->n_servers;

	while (first < end) {
		size_t middle = first + (end - first) / 2;

		if (key_compare(model->servers[middle].service, key) < 0)
			first = middle + 1;
		else
			end = middle;
	}
	while (end < model->n_servers &&
	       !key_compare(model->servers[end].service, key))
		end++;
	*n = end - first;
	return model->servers + first;
}

void model_forget_running(struct model *model)
{
	size_t i;

	for (i = 0; model->wanted && i < model->wanted->n_servers; i++)
		model->wanted->servers[i].runs = false;
}

/* The name of a device is as good as its index. */
static bool model_same_server(const struct server *a, const struct server *b)
{
	return a->weight == b->weight && a->ifindex == b->ifindex &&
	       !memcmp(&a->mac, &b->mac, sizeof(a->mac)) &&
	       a->max_flows == b->max_flows &&
	       a->min_flows == b->min_flows &&
	       a->fallback == b->fallback && a->down == b->down;
}

bool model_is_wanted(struct model *model)
{
	const struct server *server = &model->servers[model->n_servers - 1];
	struct model *wanted = model->wanted;
	struct server *same = NULL;

	if (wanted && wanted->n_servers)
		same = bsearch(server, wanted->servers, wanted->n_servers,
			       sizeof(*same), model_compare_servers);
	if (!same || !model_same_server(same, server))
		return false;
	same->runs = true;
	model->n_servers--;
	return true;
}

void model_clear(struct model *model)
{
	free(model->services);
	free(model->servers);
	free(model->reasons);
	free(model->ingresses);
	free(model->announces);
	free(model->roles);
	free(model->peers);
	arena_clear(&model->arena);
	memset(model, 0, sizeof(*model));
}

// SPDX-License-Identifier: GPL-2.0
/* What IPVS is told, by what this balancer is told. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "import.h"

#define WEIGHT_MAX	65535

struct import_scheduler {
	const char *name;
	const char *taken;
	bool by_source;			/* unless by_port */
	const char *told;		/* NULL: they are the same */
};

static const struct import_scheduler schedulers[] = {
	{ "wlc", "wlc", false, NULL },
	{ "wrr", "wrr", false, NULL },
	{ "rr", "rr", false, NULL },
	{ "lc", "lc", false, NULL },
	{ "sh", "sh", true, NULL },
	{ "mh", "maglev", true, NULL },
	{ "twos", "random2", false, NULL },
	{ "dh", "maglev", false,
	  "none goes by the virtual address alone: maglev is written, which "
	  "goes by the whole flow" },
	{ "lblc", "wlc", false,
	  "none keeps a virtual address with a server: wlc is written" },
	{ "lblcr", "wlc", false,
	  "none keeps a virtual address with servers: wlc is written" },
	{ "sed", "wlc", false, "wlc is written, which is nearest to it" },
	{ "nq", "wlc", false, "wlc is written, which is nearest to it" },
	{ "fo", "wlc", false,
	  "none takes the server of the highest weight alone: wlc is written; "
	  "for the servers that are to wait write fallback: on" },
	{ "ovf", "wlc", false,
	  "none fills one server after the other: wlc is written; for the "
	  "servers that are to wait write fallback: on, for the others max" },
};

#define N_SCHEDULERS (sizeof(schedulers) / sizeof(schedulers[0]))

/* --- Values --------------------------------------------------------------- */

static const char *last_text(const struct import *import,
			     struct import_words words)
{
	return import_text(import, words, words.n - 1);
}

void import_scheduler(struct import *import, struct import_words words,
		      struct import_service *service)
{
	const char *name = last_text(import, words);
	size_t i = 0;

	while (i < N_SCHEDULERS && strcmp(name, schedulers[i].name))
		i++;
	if (i == N_SCHEDULERS) {
		import_tell(import, words, "this scheduler is not known: wlc "
			    "is written");
		return;
	}
	service->scheduler = &schedulers[i];
	if (schedulers[i].told)
		import_tell(import, words, "%s", schedulers[i].told);
}

/* What the numbered flags mean is so of both schedulers that have any. */
static bool import_flag(const char *flag, size_t len,
			struct import_service *service)
{
	static const struct {
		const char *name;
		bool by_port;
	} flags[] = {
		{ "sh-port", true }, { "mh-port", true }, { "flag-2", true },
		/* Servers that take no flows are always passed over. */
		{ "sh-fallback", false }, { "mh-fallback", false },
		{ "flag-1", false },
	};
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (strlen(flags[i].name) == len &&
		    !strncmp(flag, flags[i].name, len)) {
			service->by_port |= flags[i].by_port;
			return true;
		}
	}
	return false;
}

void import_flags(struct import *import, struct import_words words,
		  struct import_service *service)
{
	const char *flag = last_text(import, words);
	size_t len;

	for (;; flag += len + 1) {
		len = strcspn(flag, ",");
		if (!import_flag(flag, len, service))
			import_tell(import, words, "no scheduler has the flag "
				    "\"%.*s\": it is left out",
				    len > 80 ? 80 : (int)len, flag);
		if (!flag[len])
			break;
	}
}

void import_number(struct import *import, struct import_words words,
		   uint32_t max, uint32_t *number)
{
	uint32_t value;

	if (addr_number(last_text(import, words), max, &value))
		*number = value;
	else
		import_tell(import, words, "this is not a number from 0 to "
			    "%u: it is left out", max);
}

void import_weight(struct import *import, struct import_words words,
		   uint32_t *weight)
{
	import_number(import, words, INT32_MAX, weight);
	if (*weight <= WEIGHT_MAX)
		return;
	import_tell(import, words, "a weight is at most %u, which is written: "
		    "divide the weights of all servers of the service",
		    WEIGHT_MAX);
	*weight = WEIGHT_MAX;
}

/* How many bits a mask has, if they are its first ones. */
static bool mask_bits(const char *word, uint32_t *len)
{
	struct in_addr mask;
	uint32_t rest;

	if (addr_number(word, 128, len))
		return true;
	if (inet_pton(AF_INET, word, &mask) != 1)
		return false;
	rest = ~ntohl(mask.s_addr);
	*len = 32 - __builtin_popcount(rest);
	return !(rest & (rest + 1));
}

void import_mask(struct import *import, struct import_words words,
		 struct import_service *service)
{
	uint32_t len;

	service->has_ipv4_mask = strchr(last_text(import, words), '.');
	if (mask_bits(last_text(import, words), &len) && len)
		service->persist_prefix_len = len;
	else
		import_tell(import, words, "clients are one by the first bits "
			    "of their addresses, 1 or more: each address is "
			    "written as one");
}

void import_refuse(struct import *import, struct import_words words,
		   const struct err *err)
{
	import_tell(import, words, "it is left out: %s", err->text);
}

/* --- Services ------------------------------------------------------------- */

/* Servers stand behind their service, so it is mostly the last one. */
bool import_has_service(const struct import *import,
			const struct service_key *key)
{
	size_t i = import->model.n_services;

	while (i--) {
		if (!key_compare(&import->model.services[i].key, key))
			return true;
	}
	return false;
}

static void set_hash_on(struct service *service,
			const struct import_service *from)
{
	const bool by_source = from->scheduler->by_source;
	const char *taken = from->scheduler->taken;

	if (!by_source)
		return;
	/* Each has one of these by itself. */
	if (from->by_port && !strcmp(taken, "sh"))
		service->hash_on = DSR_HASH_ON_FLOW;
	else if (!from->by_port && strcmp(taken, "sh"))
		service->hash_on = DSR_HASH_ON_SOURCE;
}

static void set_persist(struct import *import, struct import_words words,
			struct service *service,
			const struct import_service *from)
{
	const unsigned int bits = service->persist_prefix_len;
	const uint32_t len = from->persist_prefix_len;

	if (from->persist && from->sessionless) {
		import_tell(import, words, "what keeps no flows keeps no "
			    "clients: persistence is left out");
		return;
	}
	service->persist = from->persist;
	if (!from->persist || !len)
		return;
	if (len > bits || (from->has_ipv4_mask && !service->key.fwmark &&
			   service->key.addr.family == AF_INET6))
		import_tell(import, words, "its mask is one of the other "
			    "family: each address is written as one client");
	/* Of a mark, all bits of an IPv4 address are no fewer than all. */
	else if (!(service->key.fwmark && len == 32))
		service->persist_prefix_len = len;
}

bool import_add_service(struct import *import, struct import_words words,
			const struct import_service *from,
			const struct service_key *key)
{
	struct import_service with = *from;
	struct service *service;
	char text[SERVICE_TEXT];

	if (import_has_service(import, key)) {
		import_tell(import, words, "%s is there already%s: it is left "
			    "out", key_text(key, text), key->fwmark ?
			    ", and a mark is of both families" : "");
		return false;
	}
	if (key->n_ports && (key->n_ports > 1 ||
			     key->ports[0].first != key->ports[0].last)) {
		import_tell(import, words, "a service of IPVS has one port, or "
			    "every one: it is left out");
		return false;
	}
	if (!with.scheduler)
		with.scheduler = &schedulers[0];
	service = model_add_service(&import->model);
	service->key = *key;
	service->at = import->words[words.first].at;
	model_set_defaults(service);
	strcpy(service->scheduler, with.scheduler->taken);
	service->sessionless = with.sessionless;
	set_hash_on(service, &with);
	set_persist(import, words, service, &with);
	return true;
}

/* --- Servers -------------------------------------------------------------- */

static bool has_port(const struct service_key *key, uint32_t port)
{
	return key->fwmark || !key->n_ports || !port ||
	       (port >= key->ports[0].first && port <= key->ports[0].last);
}

/* With direct routing IPVS leaves the port as it is too. */
static void check_port(struct import *import, struct import_server *from,
		       const struct service_key *key)
{
	char text[SERVICE_TEXT];

	if (from->has_other_port || has_port(key, from->port))
		return;
	from->has_other_port = true;
	import_tell(import, from->words, "direct routing does not change the "
		    "port: the server must listen on that of %s",
		    key_text(key, text));
}

/*
 * What is for IPv4 and what is for IPv6 are two services in IPVS, even with
 * one mark; here only one has been taken.
 */
static bool is_of_taken_mark(const struct import *import,
			     const struct import_server *from,
			     const struct service_key *key)
{
	const struct server *server = import->model.servers;
	size_t i;

	if (!key->fwmark)
		return true;
	for (i = 0; i < import->model.n_servers; i++, server++) {
		if (server->service->fwmark == key->fwmark)
			return server->addr.family == from->addr.family;
	}
	return true;
}

static bool check_server(struct import *import, struct import_server *from,
			 const struct service_key *key)
{
	const struct server server = { .addr = from->addr };
	char text[ADDR_TEXT];
	struct err err;

	addr_text(&from->addr, text);
	if (key_parse_server(text, key, &from->addr, &err) ||
	    server_needs_dev(&server, &err)) {
		import_refuse(import, from->words, &err);
		return false;
	}
	if (addr_is_loopback(&from->addr)) {
		import_tell(import, from->words, "the director cannot be a "
			    "server too: it is left out");
		return false;
	}
	if (!is_of_taken_mark(import, from, key)) {
		import_tell(import, from->words, "fwmark %u is of both "
			    "families here, and has servers of the other "
			    "family: it is left out", key->fwmark);
		return false;
	}
	check_port(import, from, key);
	return true;
}

/* Unless told, IPVS gives new flows below three quarters of the most. */
static void set_limits(struct import *import, struct server *server,
		       const struct import_server *from)
{
	if (from->min_flows > from->max_flows) {
		import_tell(import, from->words, "its lower threshold is above "
			    "the upper one: the lower one is left out");
		server->max_flows = from->max_flows;
		return;
	}
	server->max_flows = from->max_flows;
	server->min_flows = from->min_flows;
	if (!from->min_flows && from->max_flows > 3)
		server->min_flows = from->max_flows - from->max_flows / 4;
}

void import_add_server(struct import *import, struct import_server *from,
		       const struct service_key *key)
{
	struct server *server;

	if (!check_server(import, from, key))
		return;
	server = model_add_server(&import->model, key);
	server->addr = from->addr;
	server->weight = from->weight;
	server->fallback = from->fallback;
	server->at = import->words[from->words.first].at;
	set_limits(import, server, from);
}

/* --- The end -------------------------------------------------------------- */

/* Of the same servers the first one in the file comes first. */
static int compare_servers(const void *a, const void *b)
{
	const struct server *x = a, *y = b;
	int order = key_compare(x->service, y->service);

	if (!order)
		order = addr_compare(&x->addr, &y->addr);
	if (order)
		return order;
	if (x->at.line != y->at.line)
		return x->at.line < y->at.line ? -1 : 1;
	return (int)x->at.column - (int)y->at.column;
}

static bool same_server(const struct server *a, const struct server *b)
{
	return !key_compare(a->service, b->service) &&
	       !addr_compare(&a->addr, &b->addr);
}

/* In IPVS they may differ by a port. */
static void leave_out_twins(struct import *import)
{
	struct model *model = &import->model;
	struct server *server = model->servers;
	char text[SERVICE_TEXT], addr[ADDR_TEXT];
	size_t i, n = 0;

	if (model->n_servers)
		qsort(server, model->n_servers, sizeof(*server),
		      compare_servers);
	for (i = 0; i < model->n_servers; i++) {
		if (!n || !same_server(&server[n - 1], &server[i])) {
			server[n++] = server[i];
			continue;
		}
		import_tell_at(import, server[i].at,
			       addr_text(&server[i].addr, addr),
			       "%s has this server already: it is left out",
			       key_text(server[i].service, text));
	}
	model->n_servers = n;
}

/* It would drop what IPVS, which may go on beside it, could still serve. */
static void leave_out_empty(struct import *import)
{
	struct model *model = &import->model;
	struct service *service = model->services;
	char text[SERVICE_TEXT];
	size_t i, n_servers, n = 0;

	for (i = 0; i < model->n_services; i++) {
		model_servers(model, &service[i].key, &n_servers);
		if (n_servers) {
			service[n++] = service[i];
			continue;
		}
		import_tell_at(import, service[i].at,
			       key_text(&service[i].key, text),
			       "no server of it is taken, and it would drop "
			       "its packets: it is left out");
	}
	model->n_services = n;
}

void import_end(struct import *import)
{
	model_sort(&import->model);
	leave_out_twins(import);
	leave_out_empty(import);
}

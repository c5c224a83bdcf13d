// SPDX-License-Identifier: GPL-2.0
/* What is wrong with a file between its lines. No step compares all pairs. */
#include <stdlib.h>
#include <string.h>

#include "conf.h"

static bool place_before(struct place a, struct place b)
{
	return a.line < b.line || (a.line == b.line && a.column < b.column);
}

/* The second of two that are the same has a problem. */
static void refuse_twice(struct conf *conf, const char *what, const char *text,
			 struct place a, struct place b)
{
	const struct place first = place_before(a, b) ? a : b;
	const struct place second = place_before(a, b) ? b : a;

	conf_problem(conf, second, WORD ": this %s is in line %u already: "
		     "leave one out", text, what, first.line);
}

/* --- Ports ---------------------------------------------------------------- */

/* Some ports of a service. */
struct claim {
	const struct service *service;
	uint16_t first, last;
	const struct claim *outer;	/* that this one lies in, or NULL */
};

/* Services that packets of one kind may be for. */
static int claim_compare_kinds(const struct service_key *a,
			       const struct service_key *b)
{
	int order = addr_compare(&a->addr, &b->addr);

	if (!order)
		order = (int)a->prefix_len - b->prefix_len;
	return order ? order : (int)a->protocol - b->protocol;
}

/* Outer ranges before inner ones. */
static int claim_compare(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int order = claim_compare_kinds(&x->service->key, &y->service->key);

	if (!order)
		order = (int)x->first - y->first;
	return order ? order : (int)y->last - x->last;
}

static size_t claim_add(struct claim *claims, const struct service *service)
{
	const struct service_key *key = &service->key;
	size_t i;

	if (key->fwmark)
		return 0;
	if (!key->n_ports)
		claims[0] = (struct claim){ service, 0, UINT16_MAX, NULL };
	for (i = 0; i < key->n_ports; i++)
		claims[i] = (struct claim){ service, key->ports[i].first,
					    key->ports[i].last, NULL };
	return key->n_ports ? key->n_ports : 1;
}

static void refuse_overlap(struct conf *conf, const struct service *a,
			   const struct service *b)
{
	const bool a_first = place_before(a->at, b->at);
	const struct service *first = a_first ? a : b;
	const struct service *second = a_first ? b : a;
	char text[SERVICE_TEXT], other[SERVICE_TEXT];

	conf_problem(conf, second->at, WORD ": its ports overlap those of "
		     WORD " in line %u: only a range inside of another one "
		     "may", key_text(&second->key, text),
		     key_text(&first->key, other), first->at.line);
}

/*
 * Whether a claim can stand beside those before it, of which @top is the
 * innermost: it must lie inside, and be smaller. The same service twice has
 * been told already.
 */
static bool claim_fits(struct conf *conf, const struct claim *top,
		       const struct claim *claim)
{
	if (!top || claim->last < top->last ||
	    (claim->last == top->last && claim->first > top->first))
		return true;
	if (key_compare(&top->service->key, &claim->service->key))
		refuse_overlap(conf, top->service, claim->service);
	return false;
}

/* The claims of one kind begin at @claim. Return: how many there are. */
static size_t check_claims(struct conf *conf, struct claim *claim, size_t n)
{
	const struct service *told = NULL;
	const struct claim *top = NULL;
	size_t i;

	for (i = 0; i < n && !claim_compare_kinds(&claim[i].service->key,
						  &claim->service->key); i++) {
		while (top && top->last < claim[i].first)
			top = top->outer;
		if (claim[i].service == told)
			continue;
		if (!claim_fits(conf, top, &claim[i])) {
			told = claim[i].service;
			continue;
		}
		claim[i].outer = top;
		top = &claim[i];
	}
	return i;
}

static void check_overlaps(struct conf *conf)
{
	const struct model *model = &conf->model;
	struct claim *claims;
	size_t i, n = 0;

	claims = calloc(model->n_services * MAX_PORT_RANGES + 1,
			sizeof(*claims));
	if (!claims) {
		perror("dsrctl");
		exit(REFUSED);
	}
	for (i = 0; i < model->n_services; i++)
		n += claim_add(claims + n, &model->services[i]);
	qsort(claims, n, sizeof(*claims), claim_compare);
	for (i = 0; i < n; i += check_claims(conf, claims + i, n - i))
		;
	free(claims);
}

/* --- What is there twice -------------------------------------------------- */

static void check_services(struct conf *conf)
{
	const struct service *service = conf->model.services;
	char text[SERVICE_TEXT];
	size_t i;

	for (i = 1; i < conf->model.n_services; i++, service++) {
		if (!key_compare(&service[0].key, &service[1].key))
			refuse_twice(conf, "service",
				     key_text(&service->key, text),
				     service[0].at, service[1].at);
	}
}

static void check_ingresses(struct conf *conf)
{
	const struct ingress *ingress = conf->model.ingresses;
	size_t i;

	for (i = 1; i < conf->model.n_ingresses; i++, ingress++) {
		if (!strcmp(ingress[0].dev, ingress[1].dev))
			refuse_twice(conf, "device", ingress->dev,
				     ingress[0].at, ingress[1].at);
	}
}

static void check_announces(struct conf *conf)
{
	const struct announce *announce = conf->model.announces;
	size_t i;

	for (i = 1; i < conf->model.n_announces; i++, announce++) {
		if (!strcmp(announce[0].dev, announce[1].dev))
			refuse_twice(conf, "device", announce->dev,
				     announce[0].at, announce[1].at);
	}
}

static void check_peers(struct conf *conf)
{
	const struct server *peer = conf->model.peers;
	char text[ADDR_TEXT];
	size_t i;

	for (i = 1; i < conf->model.n_peers; i++, peer++) {
		if (!addr_compare(&peer[0].addr, &peer[1].addr))
			refuse_twice(conf, "peer", addr_text(&peer->addr, text),
				     peer[0].at, peer[1].at);
	}
}

static const struct server *conf_peer(const struct conf *conf,
				      const struct addr *addr)
{
	size_t i;

	for (i = 0; i < conf->model.n_peers; i++) {
		if (!addr_compare(&conf->model.peers[i].addr, addr))
			return &conf->model.peers[i];
	}
	return NULL;
}

/* The server that is not alone a last resort, if there is but one, or NULL. */
static const struct server *conf_only_server(const struct server *server,
					     size_t n)
{
	const struct server *only = NULL;

	for (; n; n--, server++) {
		if (server->fallback)
			continue;
		if (only)
			return NULL;
		only = server;
	}
	return only;
}

/* Two directors that have only each other send all packets back and forth. */
static void check_only_peers(struct conf *conf)
{
	const struct model *model = &conf->model;
	char text[ADDR_TEXT], service[SERVICE_TEXT];
	const struct server *only, *servers;
	size_t i, n;

	for (i = 0; i < model->n_services && model->n_peers; i++) {
		servers = model_servers(model, &model->services[i].key, &n);
		only = conf_only_server(servers, n);
		if (only && conf_peer(conf, &only->addr))
			conf_problem(conf, only->at, WORD " is a peer and the "
				     "only server of " WORD ": give that "
				     "another one",
				     addr_text(&only->addr, text),
				     key_text(only->service, service));
	}
}

static int conf_compare_addresses(const void *a, const void *b)
{
	const struct server *x = a, *y = b;

	return addr_compare(&x->addr, &y->addr);
}

void conf_check_servers(struct conf *conf, size_t first)
{
	struct server *server = conf->model.servers + first;
	size_t i, n = conf->model.n_servers - first;
	char text[ADDR_TEXT];

	if (n)
		qsort(server, n, sizeof(*server), conf_compare_addresses);
	for (i = 1; i < n; i++, server++) {
		if (!addr_compare(&server[0].addr, &server[1].addr))
			refuse_twice(conf, "server",
				     addr_text(&server->addr, text),
				     server[0].at, server[1].at);
	}
}

void conf_check(struct conf *conf)
{
	model_sort(&conf->model);
	check_services(conf);
	check_overlaps(conf);
	check_ingresses(conf);
	check_announces(conf);
	check_peers(conf);
	check_only_peers(conf);
}

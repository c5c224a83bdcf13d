// SPDX-License-Identifier: GPL-2.0
#include <json.h>
#include <string.h>

#include "names.h"
#include "options.h"
#include "out_json.h"

/* The library's adders take what they are given, also when it is NULL. */
void json_add_text(struct json_object *object, const char *key,
		   const char *text)
{
	json_object_object_add(object, key,
			       text ? json_object_new_string(text) : NULL);
}

static void json_add_number(struct json_object *object, const char *key,
			    uint64_t number)
{
	json_object_object_add(object, key,
			       json_object_new_uint64(number));
}

static void json_add_flag(struct json_object *object, const char *key,
			  bool flag)
{
	json_object_object_add(object, key, json_object_new_boolean(flag));
}

/* The name, or "PREFIX-number" for one that this program does not know. */
static void json_add_name(struct json_object *object, const char *key,
			  const char *name, unsigned int number)
{
	char text[32];

	if (!name) {
		snprintf(text, sizeof(text), "%s-%u", key, number);
		name = text;
	}
	json_add_text(object, key, name);
}

static void json_add_ports(struct json_object *object,
			   const struct service_key *key)
{
	struct json_object *ports = json_object_new_array();
	size_t i;

	for (i = 0; i < key->n_ports; i++) {
		const struct port_range *range = &key->ports[i];
		struct json_object *pair = json_object_new_array();

		json_object_array_add(pair, json_object_new_int(range->first));
		json_object_array_add(pair, json_object_new_int(range->last));
		json_object_array_add(ports, pair);
	}
	json_object_object_add(object, "ports", ports);
}

/* A firewall mark has no protocol, address and prefix; the others no mark. */
static void json_add_key(struct json_object *object,
			 const struct service_key *key)
{
	char text[ADDR_TEXT];

	if (key->fwmark) {
		json_add_text(object, "protocol", NULL);
		json_add_text(object, "address", NULL);
		json_add_text(object, "prefix_len", NULL);
	} else {
		json_add_name(object, "protocol",
			      key_protocol_name(key->protocol), key->protocol);
		json_add_text(object, "address", addr_text(&key->addr, text));
		json_add_number(object, "prefix_len", key->prefix_len);
	}
	json_add_ports(object, key);
	if (key->fwmark)
		json_add_number(object, "fwmark", key->fwmark);
	else
		json_add_text(object, "fwmark", NULL);
}

static void json_add_stats(struct json_object *object,
			   const struct stats *stats)
{
	struct json_object *json = json_object_new_object();

	json_add_number(json, "packets", stats->packets);
	json_add_number(json, "bytes", stats->bytes);
	json_add_number(json, "flows", stats->flows);
	json_add_number(json, "active", stats->active);
	json_add_number(json, "clients", stats->clients);
	json_add_number(json, "unplaced", stats->unplaced);
	json_add_number(json, "replies", stats->replies);
	json_add_number(json, "reply_bytes", stats->reply_bytes);
	json_object_object_add(object, "stats", json);
}

static void json_add_nexthop(struct json_object *object,
			     const struct nexthop *nexthop)
{
	const struct name *state = names_state(nexthop->state);
	struct json_object *json = json_object_new_object();
	char text[MAC_TEXT];

	json_add_name(json, "state", state ? state->json : NULL,
		      nexthop->state);
	json_add_text(json, "mac", nexthop->has_mac ?
		      addr_mac_text(&nexthop->mac, text) : NULL);
	json_add_text(json, "dev", nexthop->ifindex ? nexthop->dev : NULL);
	json_object_object_add(object, "nexthop", json);
}

/* What is said of the way to a server. */
static void json_add_path(struct json_object *object,
			  const struct server *server)
{
	char mac[MAC_TEXT];

	json_add_text(object, "mac", addr_mac_is_zero(&server->mac) ? "auto" :
		      addr_mac_text(&server->mac, mac));
	json_add_text(object, "dev", server->ifindex ? server->dev : "auto");
}

static void json_add_server(struct json_object *object,
			    const struct server *server)
{
	char addr[ADDR_TEXT];

	json_add_text(object, "address", addr_text(&server->addr, addr));
	json_add_number(object, "weight", server->weight);
	json_add_number(object, "share", server->share);
	json_add_path(object, server);
	json_add_number(object, "max_flows", server->max_flows);
	json_add_number(object, "min_flows", server->min_flows);
	json_add_flag(object, "fallback", server->fallback);
	json_add_flag(object, "down", server->down);
	json_add_nexthop(object, &server->state->nexthop);
	json_add_stats(object, &server->state->stats);
}

/* Print the array and free it. */
void json_print(const struct out *out, struct json_object *array)
{
	const char *text;

	text = json_object_to_json_string_ext(array,
					      JSON_C_TO_STRING_PRETTY |
					      JSON_C_TO_STRING_SPACED |
					      JSON_C_TO_STRING_NOSLASHESCAPE);
	fprintf(out->to, "%s\n", text);
	json_object_put(array);
}

/* Print an object in one line, without its end, and free it. */
static void json_print_line(const struct out *out, struct json_object *json)
{
	fprintf(out->to, "%s",
		json_object_to_json_string_ext(json,
					       JSON_C_TO_STRING_SPACED |
					       JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(json);
}

/* Print an array of one object and free it. */
static void json_print_one(const struct out *out, struct json_object *json)
{
	struct json_object *array = json_object_new_array();

	json_object_array_add(array, json);
	json_print(out, array);
}

/* The key is shown to those only who may change it. */
static void json_add_hash_key(struct json_object *object,
			      const struct service *service)
{
	char text[2 * sizeof(struct hash_key) + 1];
	size_t i;

	for (i = 0; i < sizeof(service->hash_key); i++)
		snprintf(text + 2 * i, sizeof(text) - 2 * i, "%02x",
			 service->hash_key.byte[i]);
	json_add_text(object, "hash_key", service->given &
		      GIVEN(DSR_SERVICE_A_HASH_KEY) ? text : NULL);
}

static void json_add_timeouts(struct json_object *object,
			      const struct service *service)
{
	struct json_object *json = json_object_new_object();
	size_t i;

	for (i = 0; i < N_TIMEOUTS; i++)
		json_add_number(json, model_flow_state[i],
				service->timeouts[i]);
	json_object_object_add(object, "timeout", json);
}

static void json_add_options(struct json_object *object,
			     const struct service *service)
{
	json_add_name(object, "echo", model_name(model_echo, service->echo),
		      service->echo);
	json_add_name(object, "hash_on",
		      model_name(model_hash_on, service->hash_on),
		      service->hash_on);
	json_add_hash_key(object, service);
	json_add_flag(object, "sessionless", service->sessionless);
	json_add_number(object, "persist", service->persist);
	json_add_number(object, "persist_prefix_len",
			service->persist_prefix_len);
	json_add_timeouts(object, service);
	json_add_name(object, "lost", model_name(model_lost, service->lost),
		      service->lost);
	json_add_name(object, "midflow",
		      model_name(model_midflow, service->midflow),
		      service->midflow);
	json_add_number(object, "slow_start", service->slow_start);
	json_add_text(object, "group", service->group);
	json_add_name(object, "role", model_name(model_role, service->role),
		      service->role);
	json_add_flag(object, "gateway", service->gateway);
}

static struct json_object *json_service(const struct model *model,
					const struct service *service)
{
	struct json_object *json = json_object_new_object();
	struct json_object *servers = json_object_new_array();
	const struct server *server;
	size_t n;

	json_add_key(json, &service->key);
	json_add_text(json, "scheduler", service->scheduler);
	json_add_options(json, service);
	json_add_stats(json, &service->stats);
	server = model_servers(model, &service->key, &n);
	for (; n; n--, server++) {
		struct json_object *entry = json_object_new_object();

		json_add_server(entry, server);
		json_object_array_add(servers, entry);
	}
	json_object_object_add(json, "servers", servers);
	return json;
}

void json_services(const struct out *out,
			      const struct model *model)
{
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < model->n_services; i++)
		json_object_array_add(array,
				      json_service(model,
						   &model->services[i]));
	json_print(out, array);
}

void json_servers(const struct out *out, const struct model *model)
{
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < model->n_servers; i++) {
		struct json_object *json = json_object_new_object();
		struct json_object *service = json_object_new_object();

		json_add_key(service, model->servers[i].service);
		json_object_object_add(json, "service", service);
		json_add_server(json, &model->servers[i]);
		json_object_array_add(array, json);
	}
	json_print(out, array);
}

void json_stats(const struct out *out, const struct model *model)
{
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < model->n_reasons; i++) {
		const struct reason *entry = &model->reasons[i];
		const struct name *name = names_reason(entry->reason);
		struct json_object *json = json_object_new_object();

		json_add_name(json, "reason", name ? name->json : NULL,
			      entry->reason);
		json_add_number(json, "packets", entry->packets);
		json_object_array_add(array, json);
	}
	json_print(out, array);
}

/* The address, and with a prefix its length. */
static void json_add_client(struct json_object *object, const struct flow *flow)
{
	char text[ADDR_TEXT];

	json_add_text(object, "client", addr_text(&flow->client.addr, text));
	json_add_number(object, "client_prefix_len", flow->client.prefix_len);
	json_add_number(object, "client_port", flow->client.port);
}

void json_flow(const struct out *out, const struct flow *flow)
{
	const char *state = model_name(model_flow_state, flow->state);
	struct json_object *service = json_object_new_object();
	struct json_object *json = json_object_new_object();
	char vip[ADDR_TEXT], server[ADDR_TEXT];

	json_add_key(service, &flow->service);
	json_object_object_add(json, "service", service);
	json_add_text(json, "server", addr_text(&flow->server, server));
	json_add_name(json, "protocol", key_protocol_name(flow->protocol),
		      flow->protocol);
	json_add_client(json, flow);
	json_add_text(json, "address", flow->vip.addr.family ?
		      addr_text(&flow->vip.addr, vip) : NULL);
	json_add_number(json, "port", flow->vip.port);
	json_add_name(json, "state", state, flow->state);
	json_add_number(json, "idle", flow->idle);
	json_add_number(json, "expires", flow->expires);
	json_print_line(out, json);
}

/* A value that is to be set. */
struct json_values {
	struct json_object *array;
	const struct change *change;
};

static void json_add_value(const struct keyword *parent,
			   const struct keyword *keyword, void *arg)
{
	const struct json_values *values = arg;
	const struct change *change = values->change;
	struct json_object *json;
	char text[VALUE_TEXT];
	char name[64];

	if (!options_differ(keyword, change->before, change->after))
		return;
	snprintf(name, sizeof(name), "%s%s%s", parent ? parent->name : "",
		 parent ? " " : "", keyword->name);
	json = json_object_new_object();
	json_add_text(json, "keyword", name);
	json_add_text(json, "before", change->kind == CHANGE_ADD ? NULL :
		      options_value(keyword, change->before, text));
	json_add_text(json, "after",
		      options_value(keyword, change->after, text));
	json_object_array_add(values->array, json);
}

void json_change(const struct out *out, const struct change *change)
{
	static const char *const kinds[] = {
		[CHANGE_ADD] = "add", [CHANGE_DEL] = "del",
		[CHANGE_SET] = "set",
	};
	struct json_object *json = json_object_new_object();
	struct json_values values = {
		.array = json_object_new_array(), .change = change,
	};
	struct json_object *service = NULL;
	char text[ADDR_TEXT];

	if (change->service) {
		service = json_object_new_object();
		json_add_key(service, change->service);
	}
	if (change->keywords)
		args_each(change->keywords, json_add_value, &values);
	json_add_text(json, "change", kinds[change->kind]);
	json_add_text(json, "object", change->object);
	json_object_object_add(json, "service", service);
	json_add_text(json, "server", change->server ?
		      addr_text(change->server, text) : NULL);
	json_add_text(json, "dev", change->dev);
	json_object_object_add(json, "values", values.array);
	json_print_line(out, json);
}

/* Keys of rates, those of a service or a server. */
static void json_add_rates(struct json_object *json,
			   const struct rate_row *row)
{
	char share[sizeof("4294967.295")];

	json_add_number(json, "packets_per_second", row->rates.packets);
	json_add_number(json, "bits_per_second", row->rates.bits);
	json_add_number(json, "flows_per_second", row->rates.flows);
	json_add_number(json, "active", row->rates.active);
	snprintf(share, sizeof(share), "%u.%03u", row->share / 1000,
		 row->share % 1000);
	json_object_object_add(json, "share",
			       json_object_new_double_s(row->share / 1000.0,
							share));
}

void json_rates(const struct out *out, const struct rate_table *table)
{
	struct json_object *array = json_object_new_array();
	struct json_object *json, *servers = NULL;
	char text[ADDR_TEXT];
	size_t i;

	for (i = 0; i < table->n_rows; i++) {
		const struct rate_row *row = &table->rows[i];

		json = json_object_new_object();
		if (row->server)
			json_add_text(json, "address",
				      addr_text(&row->server->addr, text));
		else
			json_add_key(json, &row->service->key);
		json_add_rates(json, row);
		json_object_array_add(row->server ? servers : array, json);
		if (!row->server) {
			servers = json_object_new_array();
			json_object_object_add(json, "servers", servers);
		}
	}
	json_print(out, array);
}

static struct json_object *json_known_flow(const struct flow *flow)
{
	struct json_object *json = json_object_new_object();
	const char *state = model_name(model_flow_state, flow->state);

	json_add_client(json, flow);
	json_add_name(json, "state", state, flow->state);
	json_add_number(json, "idle", flow->idle);
	json_add_number(json, "expires", flow->expires);
	return json;
}

void json_trace(const struct out *out, const struct trace *trace,
		const char *match)
{
	struct json_object *json = json_object_new_object();
	struct json_object *service = NULL;
	char text[ADDR_TEXT];

	if (trace->has_service) {
		service = json_object_new_object();
		json_add_key(service, &trace->service.key);
	}
	json_object_object_add(json, "service", service);
	json_add_text(json, "match", match);
	json_add_text(json, "scheduler", trace->has_service ?
		      trace->service.scheduler : NULL);
	json_object_object_add(json, "flow", trace->has_flow ?
			       json_known_flow(&trace->flow) : NULL);
	json_add_text(json, "server", trace->has_server ?
		      addr_text(&trace->server.addr, text) : NULL);
	if (trace->has_server)
		json_add_nexthop(json, &trace->server.state->nexthop);
	else
		json_object_object_add(json, "nexthop", NULL);
	json_add_name(json, "why", model_name(model_why, trace->why),
		      trace->why);
	json_print_one(out, json);
}

static void json_add_role(struct json_object *object, const struct role *role)
{
	json_add_text(object, "group", *role->group ? role->group : NULL);
	json_add_name(object, "role", model_name(model_role, role->role),
		      role->role);
}

static void json_add_peer(struct json_object *object,
			  const struct server *peer)
{
	char text[ADDR_TEXT];

	json_add_text(object, "address", addr_text(&peer->addr, text));
	json_add_path(object, peer);
	json_add_nexthop(object, &peer->state->nexthop);
}

/* What a command that shows it would say of it, without counters. */
static void json_add_changed(struct json_object *json,
			     const struct model *model)
{
	struct json_object *service;

	if (model->n_services) {
		json_add_key(json, &model->services->key);
		json_add_text(json, "scheduler", model->services->scheduler);
		json_add_options(json, model->services);
	}
	if (model->n_servers) {
		service = json_object_new_object();
		json_add_key(service, model->servers->service);
		json_object_object_add(json, "service", service);
		json_add_server(json, model->servers);
	}
	if (model->n_roles)
		json_add_role(json, model->roles);
	if (model->n_peers)
		json_add_peer(json, model->peers);
}

void json_event(const struct out *out, const struct event *event,
		const char *time)
{
	struct json_object *json = json_object_new_object();

	json_add_text(json, "time", time);
	if (event) {
		json_add_name(json, "event", names_event(event->kind),
			      event->kind);
		json_add_changed(json, &event->model);
	} else {
		json_add_text(json, "event", "lost");
	}
	json_print_line(out, json);
}

void json_forgotten(const struct out *out, const struct model *model)
{
	struct json_object *json = json_object_new_object();

	json_add_number(json, "flows", model->n_forgotten);
	json_print_one(out, json);
}

void json_settings(const struct out *out, const struct settings *settings)
{
	struct json_object *json = json_object_new_object();

	json_add_number(json, "max_flows", settings->max_flows);
	json_add_number(json, "table_flows", settings->table_flows);
	json_add_number(json, "flows", settings->flows);
	json_add_number(json, "memory", settings->memory);
	json_print_one(out, json);
}

void json_ingresses(const struct out *out, const struct model *model)
{
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < model->n_ingresses; i++) {
		struct json_object *json = json_object_new_object();

		json_add_text(json, "dev", model->ingresses[i].dev);
		json_add_flag(json, "active", model->ingresses[i].active);
		json_object_array_add(array, json);
	}
	json_print(out, array);
}

void json_announces(const struct out *out, const struct model *model)
{
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < model->n_announces; i++) {
		const struct announce *announce = &model->announces[i];
		struct json_object *json = json_object_new_object();

		json_add_text(json, "dev", announce->dev);
		json_add_flag(json, "active", announce->active);
		json_add_number(json, "every", announce->every);
		json_add_number(json, "announced", announce->announced);
		json_add_number(json, "answered", announce->answered);
		json_add_number(json, "conflicts", announce->conflicts);
		json_object_array_add(array, json);
	}
	json_print(out, array);
}

void json_roles(const struct out *out, const struct model *model)
{
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < model->n_roles; i++) {
		struct json_object *json = json_object_new_object();

		json_add_role(json, &model->roles[i]);
		if (*model->roles[i].group)
			json_add_number(json, "services",
					model->roles[i].services);
		else
			json_object_object_add(json, "services", NULL);
		json_object_array_add(array, json);
	}
	json_print(out, array);
}

void json_peers(const struct out *out, const struct model *model)
{
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < model->n_peers; i++) {
		struct json_object *json = json_object_new_object();

		json_add_peer(json, &model->peers[i]);
		json_object_array_add(array, json);
	}
	json_print(out, array);
}

void json_config(const struct out *out, const struct config *config)
{
	struct json_object *json = json_object_new_object();

	json_add_number(json, "generation", config->generation);
	json_add_number(json, "services", config->services);
	json_add_number(json, "servers", config->servers);
	json_print_one(out, json);
}

void json_problems(const struct out *out, const struct conf *conf)
{
	struct json_object *array = json_object_new_array(), *json;
	size_t i;

	for (i = 0; i < conf->n_problems; i++) {
		json = json_object_new_object();
		json_add_text(json, "file", conf->name);
		json_add_number(json, "line", conf->problems[i].at.line);
		json_add_number(json, "column", conf->problems[i].at.column);
		json_add_text(json, "text", conf->problems[i].text);
		json_object_array_add(array, json);
	}
	json_print(out, array);
}

void json_version(const struct out *out, const char *version)
{
	struct json_object *json = json_object_new_object();

	json_add_text(json, "dsrctl", version);
	json_print_one(out, json);
}

/* --- Findings --------------------------------------------------------------- */

static void json_add_addr(struct json_object *object, const char *key,
			  const struct addr *addr)
{
	char text[ADDR_TEXT];

	json_add_text(object, key, addr->family ? addr_text(addr, text) :
						  NULL);
}

static void json_add_part(struct json_object *object, const char *key,
			  const struct finding *finding, enum find_part part)
{
	char text[FIND_TEXT];

	find_text(finding, part, text);
	json_add_text(object, key, *text ? text : NULL);
}

/* Where to mend it, and the commands. */
static void json_add_mend(struct json_object *object,
			  const struct finding *finding)
{
	struct json_object *commands = json_object_new_array();
	char text[FIND_TEXT], *rest, *line;

	find_text(finding, FIND_MEND, text);
	for (line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		json_object_array_add(commands, json_object_new_string(line));
	json_add_text(object, "mend_on", find_mends_server(finding) ?
		      "server" : "director");
	json_object_object_add(object, "mend", commands);
}

static void json_add_finding(struct json_object *object,
			     const struct finding *finding)
{
	struct json_object *service = NULL;
	char text[MAC_TEXT];

	if (finding->has_service) {
		service = json_object_new_object();
		json_add_key(service, &finding->service);
	}
	json_add_text(object, "severity", find_severity(finding->severity));
	json_add_text(object, "finding", find_name(finding->kind));
	json_add_part(object, "what", finding, FIND_WHAT);
	json_add_addr(object, "vip", &finding->vip);
	json_object_object_add(object, "service", service);
	json_add_addr(object, "server", &finding->server);
	json_add_text(object, "dev", *finding->dev ? finding->dev : NULL);
	json_add_text(object, "mac", finding->has_mac ?
		      addr_mac_text(&finding->mac, text) : NULL);
	json_add_text(object, "evidence", finding->evidence);
	json_add_part(object, "cause", finding, FIND_CAUSE);
	json_add_mend(object, finding);
}

void json_findings(const struct out *out, const struct report *report)
{
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < report->n_findings; i++) {
		struct json_object *json = json_object_new_object();

		json_add_finding(json, &report->findings[i]);
		json_object_array_add(array, json);
	}
	json_print(out, array);
}

void json_finding_event(const struct out *out, const struct finding *finding,
			time_t time, bool over)
{
	struct json_object *json = json_object_new_object();

	json_add_number(json, "time", time);
	json_add_text(json, "event", over ? "over" : "found");
	json_add_finding(json, finding);
	fprintf(out->to, "%s\n",
		json_object_to_json_string_ext(json,
					       JSON_C_TO_STRING_SPACED |
					       JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(json);
}

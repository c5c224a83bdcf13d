// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>

#include "cmd.h"
#include "names.h"
#include "options.h"
#include "out_json.h"
#include "table.h"

/* --- Options -------------------------------------------------------------- */

/* As service set takes them, but for what has a column, and the hash's key. */
static const char *options_of_service(struct options *options,
				      const struct service *service)
{
	struct service usual = *service;

	model_set_defaults(&usual);
	return options_text(options, service_keywords, &usual, service, false);
}

/* As server set takes them, likewise. */
static const char *options_of_server(struct options *options,
				     const struct server *server)
{
	struct server usual = *server;

	usual.max_flows = 0;
	if (server->min_flows != server->max_flows)
		usual.min_flows = 0;
	usual.fallback = usual.down = 0;
	return options_text(options, server_keywords, &usual, server, false);
}

/* --- Services and servers ------------------------------------------------- */

/* Columns of both tables. */
#define STATE_COLUMN	2
#define STATS_COLUMN	6

/* What a table of services and servers begins with, and may end with. */
struct columns {
	bool clients;
	bool unplaced;
	bool options;
	size_t clients_column;
	size_t unplaced_column;
	size_t options_column;
};

static void columns_need(struct columns *columns, const struct stats *stats,
			 const char *options)
{
	columns->clients |= stats->clients != 0;
	columns->unplaced |= stats->unplaced != 0;
	columns->options |= *options != '\0';
}

/* Columns that would be empty are left out. */
static void columns_start(struct columns *columns, struct table *table,
			  const struct out *out, const struct model *model,
			  const char *second)
{
	static const struct {
		const char *title;
		bool right;
	} state[] = {
		{ "WEIGHT", true }, { "STATE", false },
		{ "MAC", false }, { "DEVICE", false },
	};
	static const char *const stats[] = {
		"PACKETS", "BYTES", "FLOWS", "ACTIVE",
	};
	struct options options;
	size_t i;

	memset(columns, 0, sizeof(*columns));
	for (i = 0; i < model->n_services; i++)
		columns_need(columns, &model->services[i].stats,
			     options_of_service(&options,
						&model->services[i]));
	for (i = 0; i < model->n_servers; i++)
		columns_need(columns, &model->servers[i].stats,
			     options_of_server(&options, &model->servers[i]));
	table_start(table, out);
	table_column(table, "SERVICE", false);
	table_column(table, second, false);
	for (i = 0; i < sizeof(state) / sizeof(state[0]); i++)
		table_column(table, state[i].title, state[i].right);
	for (i = 0; out->stats && i < sizeof(stats) / sizeof(stats[0]); i++)
		table_column(table, stats[i], true);
	columns->clients = columns->clients && out->stats;
	columns->unplaced = columns->unplaced && out->stats;
	if (columns->clients)
		columns->clients_column = table_column(table, "CLIENTS", true);
	if (columns->unplaced)
		columns->unplaced_column = table_column(table, "UNPLACED",
							true);
	if (columns->options)
		columns->options_column = table_column(table, "OPTIONS",
						       false);
}

static void columns_set(const struct columns *columns, struct table *table,
			const struct stats *stats, const char *options)
{
	if (table->out->stats) {
		table_set_count(table, STATS_COLUMN, stats->packets, "");
		table_set_count(table, STATS_COLUMN + 1, stats->bytes, "B");
		table_set_count(table, STATS_COLUMN + 2, stats->flows, "");
		table_set_count(table, STATS_COLUMN + 3, stats->active, "");
	}
	if (columns->clients)
		table_set_count(table, columns->clients_column,
				stats->clients, "");
	if (columns->unplaced)
		table_set_count(table, columns->unplaced_column,
				stats->unplaced, "");
	if (columns->options)
		table_set(table, columns->options_column, PLAIN, "%s",
			  options);
}

/*
 * Trouble on the way comes first; weight 0 shows whether flows are left; and
 * a share of 0 is for one of two reasons.
 */
static void table_set_state(struct table *table, const struct server *server)
{
	const struct name *state = names_state(server->nexthop.state);
	const size_t column = STATE_COLUMN + 1;

	if (server->down)
		table_set(table, column, RED, "down");
	else if (!state)
		table_set(table, column, YELLOW, "state %u",
			  server->nexthop.state);
	else if (server->nexthop.state != DSR_NEXTHOP_STATE_READY)
		table_set(table, column, state->colour, "%s", state->words);
	else if (!server->weight)
		table_set(table, column, YELLOW, "%s", server->stats.active ?
			  "draining" : "drained");
	else if (!server->share && server->fallback)
		table_set(table, column, GREEN, "standby");
	else if (!server->share && server->max_flows)
		table_set(table, column, YELLOW, "full");
	else
		table_set(table, column, state->colour, "%s", state->words);
}

/* A share that is nothing, its state tells of. */
static void table_set_weight(struct table *table, const struct server *server)
{
	if (!server->share || server->share == server->weight)
		table_set(table, STATE_COLUMN, PLAIN, "%u", server->weight);
	else
		table_set(table, STATE_COLUMN, PLAIN, "%u of %u",
			  server->share, server->weight);
}

static void table_set_server(struct table *table, const struct server *server)
{
	const struct nexthop *nexthop = &server->nexthop;
	bool given = !addr_mac_is_zero(&server->mac);
	char text[MAC_TEXT];

	table_set_weight(table, server);
	table_set_state(table, server);
	if (given || nexthop->has_mac)
		table_set(table, STATE_COLUMN + 2, PLAIN, "%s%s",
			  addr_mac_text(given ? &server->mac : &nexthop->mac,
					text), given ? " (set)" : "");
	else
		table_set(table, STATE_COLUMN + 2, PLAIN, "-");
	if (server->ifindex)
		table_set(table, STATE_COLUMN + 3, PLAIN, "%s (set)",
			  server->dev);
	else
		table_set(table, STATE_COLUMN + 3, PLAIN, "%s",
			  nexthop->ifindex ? nexthop->dev : "-");
}

/* How many of the servers get new flows. */
static void table_set_health(struct table *table,
			     const struct server *servers, size_t n)
{
	size_t i, ready = 0;

	for (i = 0; i < n; i++)
		ready += servers[i].weight && !servers[i].down &&
			 servers[i].nexthop.state == DSR_NEXTHOP_STATE_READY;
	if (!n)
		table_set(table, STATE_COLUMN + 1, RED, "no server");
	else
		table_set(table, STATE_COLUMN + 1,
			  !ready ? RED : ready < n ? YELLOW : GREEN,
			  "%zu of %zu ready", ready, n);
}

static void out_services_table(const struct out *out,
			       const struct model *model)
{
	const struct server *servers;
	const struct service *service;
	char text[SERVICE_TEXT];
	struct columns columns;
	struct options options;
	struct table table;
	size_t i, j, n;

	columns_start(&columns, &table, out, model, "SCHEDULER");
	for (i = 0; i < model->n_services; i++) {
		service = &model->services[i];
		servers = model_servers(model, &service->key, &n);
		table_row(&table);
		table_set(&table, 0, BOLD, "%s",
			  key_text(&service->key, text));
		table_set(&table, 1, PLAIN, "%s", service->scheduler);
		table_set_health(&table, servers, n);
		columns_set(&columns, &table, &service->stats,
			    options_of_service(&options, service));
		for (j = 0; j < n; j++) {
			table_row(&table);
			table_set(&table, 0, PLAIN, "  %s",
				  addr_text(&servers[j].addr, text));
			table_set_server(&table, &servers[j]);
			columns_set(&columns, &table, &servers[j].stats,
				    options_of_server(&options, &servers[j]));
		}
	}
	table_end(&table);
}

static void out_servers_table(const struct out *out,
			      const struct model *model)
{
	const struct server *server;
	char text[SERVICE_TEXT];
	struct columns columns;
	struct options options;
	struct table table;
	size_t i;

	columns_start(&columns, &table, out, model, "SERVER");
	for (i = 0; i < model->n_servers; i++) {
		server = &model->servers[i];
		table_row(&table);
		table_set(&table, 0, PLAIN, "%s",
			  key_text(&server->service, text));
		table_set(&table, 1, PLAIN, "%s",
			  addr_text(&server->addr, text));
		table_set_server(&table, server);
		columns_set(&columns, &table, &server->stats,
			    options_of_server(&options, server));
	}
	table_end(&table);
}

/* --- Other tables --------------------------------------------------------- */

static void out_stats_table(const struct out *out, const struct model *model)
{
	struct table table;
	size_t i;

	table_start(&table, out);
	table_column(&table, "REASON", false);
	table_column(&table, "PACKETS", true);
	table_column(&table, "MEANING", false);
	for (i = 0; i < model->n_reasons; i++) {
		const struct reason *entry = &model->reasons[i];
		const struct name *name = names_reason(entry->reason);

		table_row(&table);
		if (name)
			table_set(&table, 0, entry->packets ? name->colour :
				  PLAIN, "%s", name->json);
		else
			table_set(&table, 0, PLAIN, "reason-%u",
				  entry->reason);
		table_set_count(&table, 1, entry->packets, "");
		table_set(&table, 2, PLAIN, "%s", name ? name->words : "");
	}
	table_end(&table);
}

static void out_setting(struct table *table, const char *name,
			const char *meaning)
{
	table_row(table);
	table_set(table, 0, PLAIN, "%s", name);
	table_set(table, 2, PLAIN, "%s", meaning);
}

/* What can be set must be readable to the digit. */
static void out_settings_table(const struct out *out,
			       const struct settings *settings)
{
	struct table table;

	table_start(&table, out);
	table_column(&table, "SETTING", false);
	table_column(&table, "VALUE", true);
	table_column(&table, "MEANING", false);
	out_setting(&table, "max-flows",
		    "flows of each address family there is room for at most");
	table_set(&table, 1, PLAIN, "%u", settings->max_flows);
	out_setting(&table, "table-flows", "and room for now");
	table_set(&table, 1, PLAIN, "%u", settings->table_flows);
	out_setting(&table, "flows", "flows that there are");
	table_set(&table, 1, PLAIN, "%" PRIu64, settings->flows);
	out_setting(&table, "memory", "what the tables take");
	table_set_count(&table, 1, settings->memory, "B");
	table_end(&table);
}

static void out_ingresses_table(const struct out *out,
				const struct model *model)
{
	struct table table;
	size_t i;

	table_start(&table, out);
	table_column(&table, "DEVICE", false);
	table_column(&table, "STATE", false);
	for (i = 0; i < model->n_ingresses; i++) {
		const struct ingress *ingress = &model->ingresses[i];

		table_row(&table);
		table_set(&table, 0, PLAIN, "%s", ingress->dev);
		table_set(&table, 1, ingress->active ? GREEN : RED, "%s",
			  ingress->active ? "active" : "no such device");
	}
	table_end(&table);
}

/* --- Flows ---------------------------------------------------------------- */

/* All widths are fixed, for no flow is kept; IPv6 may need more. */
#define FLOW_FORMAT	"%-5s  %-21s  %-21s  %-15s  %-11s  %6s  %7s"

static void out_flows_start(struct out_flows *flows)
{
	const struct out *out = flows->out;
	char title[128];

	flows->started = true;
	if (out->json) {
		fprintf(out->to, "[");
		return;
	}
	snprintf(title, sizeof(title), FLOW_FORMAT, "PROTO", "CLIENT", "VIP",
		 "SERVER", "STATE", "IDLE", "EXPIRES");
	out_paint(out, BOLD, title);
	fprintf(out->to, "\n");
}

static void out_flow_row(const struct out *out, const struct flow *flow)
{
	char protocol[PROTOCOL_TEXT], client[ENDPOINT_TEXT];
	char vip[ENDPOINT_TEXT], server[ADDR_TEXT], number[16];
	char idle[TIME_TEXT], expires[TIME_TEXT];
	const char *state = model_name(model_flow_state, flow->state);

	snprintf(number, sizeof(number), "state-%u", flow->state);
	snprintf(idle, sizeof(idle), "%us", flow->idle);
	snprintf(expires, sizeof(expires), "%us", flow->expires);
	fprintf(out->to, FLOW_FORMAT "\n",
		key_protocol_text(flow->protocol, protocol),
		key_endpoint_text(&flow->client, client),
		key_endpoint_text(&flow->vip, vip),
		addr_text(&flow->server, server), state ? state : number,
		idle, expires);
}

void out_flow(struct out_flows *flows, const struct flow *flow)
{
	const struct out *out = flows->out;
	const bool first = !flows->started;

	if (first)
		out_flows_start(flows);
	if (!out->json) {
		out_flow_row(out, flow);
		return;
	}
	fprintf(out->to, first ? "\n  " : ",\n  ");
	json_flow(out, flow);
}

void out_flows_end(struct out_flows *flows)
{
	const bool any = flows->started;

	if (!any)
		out_flows_start(flows);
	if (flows->out->json)
		fprintf(flows->out->to, any ? "\n]\n" : "]\n");
}

void out_progress(const struct out *out, const struct server *server,
		  uint32_t seconds)
{
	char address[ADDR_TEXT], flows[HUMAN_TEXT];

	if (!out->human)
		return;
	fprintf(out->to, "\r\033[K");
	if (server)
		fprintf(out->to, "%s: %s flow%s left after %us",
			addr_text(&server->addr, address),
			out_human(server->stats.active, "", flows),
			server->stats.active == 1 ? "" : "s", seconds);
	fflush(out->to);
}

/* --- Changes -------------------------------------------------------------- */

/* "+ server SERVICE ADDRESS weight 3" */
static void out_change_row(const struct out *out, const struct change *change)
{
	static const char marks[] = {
		[CHANGE_ADD] = '+', [CHANGE_DEL] = '-', [CHANGE_SET] = '~',
	};
	static const enum colour colours[] = {
		[CHANGE_ADD] = GREEN, [CHANGE_DEL] = RED, [CHANGE_SET] = YELLOW,
	};
	char service[SERVICE_TEXT] = "", server[ADDR_TEXT] = "";
	char row[SERVICE_TEXT + ADDR_TEXT + 1200];
	struct options options = { .len = 0 };
	size_t len;

	if (change->service)
		key_text(change->service, service);
	if (change->server)
		addr_text(change->server, server);
	if (change->keywords)
		options_text(&options, change->keywords, change->before,
			     change->after, change->kind == CHANGE_SET);
	len = snprintf(row, sizeof(row), "%c %s", marks[change->kind],
		       change->object);
	len += snprintf(row + len, sizeof(row) - len, "%s%s%s%s%s%s%s%s",
			*service ? " " : "", service, *server ? " " : "",
			server, change->dev ? " " : "",
			change->dev ? change->dev : "",
			*options.text ? " " : "", options.text);
	out_paint(out, colours[change->kind], row);
	fputc('\n', out->to);
}

void out_change(struct out_changes *changes, const struct change *change)
{
	const struct out *out = changes->out;

	if (out->json) {
		fprintf(out->to, changes->started ? ",\n  " : "[\n  ");
		json_change(out, change);
	} else {
		out_change_row(out, change);
	}
	changes->started = true;
}

void out_changes_end(struct out_changes *changes)
{
	const struct out *out = changes->out;

	if (out->json)
		fprintf(out->to, changes->started ? "\n]\n" : "[]\n");
}

/* --- Both ----------------------------------------------------------------- */

void out_services(const struct out *out, const struct model *model)
{
	if (out->json)
		json_services(out, model);
	else
		out_services_table(out, model);
}

void out_servers(const struct out *out, const struct model *model)
{
	if (out->json)
		json_servers(out, model);
	else
		out_servers_table(out, model);
}

void out_stats(const struct out *out, const struct model *model)
{
	if (out->json)
		json_stats(out, model);
	else
		out_stats_table(out, model);
}

void out_forgotten(const struct out *out, const struct model *model)
{
	if (out->json)
		json_forgotten(out, model);
	else
		fprintf(out->to, "%" PRIu64 "\n", model->n_forgotten);
}

void out_settings(const struct out *out, const struct settings *settings)
{
	if (out->json)
		json_settings(out, settings);
	else
		out_settings_table(out, settings);
}

void out_ingresses(const struct out *out, const struct model *model)
{
	if (out->json)
		json_ingresses(out, model);
	else
		out_ingresses_table(out, model);
}

static void out_config_table(const struct out *out,
			     const struct config *config)
{
	struct table table;

	table_start(&table, out);
	table_column(&table, "GENERATION", true);
	table_column(&table, "SERVICES", true);
	table_column(&table, "SERVERS", true);
	table_row(&table);
	table_set(&table, 0, PLAIN, "%u", config->generation);
	table_set(&table, 1, PLAIN, "%u", config->services);
	table_set(&table, 2, PLAIN, "%u", config->servers);
	table_end(&table);
}

void out_config(const struct out *out, const struct config *config)
{
	if (out->json)
		json_config(out, config);
	else
		out_config_table(out, config);
}

void out_version(const struct out *out, const char *version)
{
	if (out->json)
		json_version(out, version);
	else
		fprintf(out->to, "dsrctl %s\n", version);
}

// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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
	bool replies;
	bool options;
	size_t clients_column;
	size_t replies_column;
	size_t unplaced_column;
	size_t options_column;
};

static void columns_need(struct columns *columns, const struct stats *stats,
			 const char *options)
{
	columns->clients |= stats->clients != 0;
	columns->unplaced |= stats->unplaced != 0;
	columns->replies |= stats->replies != 0;
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
		columns_need(columns, &model->servers[i].state->stats,
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
	columns->replies = columns->replies && out->stats;
	if (columns->clients)
		columns->clients_column = table_column(table, "CLIENTS", true);
	if (columns->unplaced)
		columns->unplaced_column = table_column(table, "UNPLACED",
							true);
	if (columns->replies) {
		columns->replies_column = table_column(table, "REPLIES", true);
		table_column(table, "REPLIED", true);
	}
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
	if (columns->replies) {
		table_set_count(table, columns->replies_column,
				stats->replies, "");
		table_set_count(table, columns->replies_column + 1,
				stats->reply_bytes, "B");
	}
	if (columns->options)
		table_set(table, columns->options_column, PLAIN, "%s",
			  options);
}

/* How a server is called that can, or cannot, be used. */
struct state {
	char text[24];
	enum colour colour;
};

/*
 * Trouble on the way comes first; weight 0 shows whether flows are left; and
 * a share of 0 is for one of two reasons.
 */
static struct state state_of_nexthop(const struct nexthop *nexthop)
{
	const struct name *name = names_state(nexthop->state);
	struct state state;

	if (name) {
		state.colour = name->colour;
		snprintf(state.text, sizeof(state.text), "%s", name->words);
	} else {
		state.colour = YELLOW;
		snprintf(state.text, sizeof(state.text), "state %u",
			 nexthop->state);
	}
	return state;
}

static struct state state_of_server(const struct server *server)
{
	if (server->down)
		return (struct state){ "down", RED };
	if (model_reaches(server)) {
		if (!server->weight && server->state->stats.active)
			return (struct state){ "draining", YELLOW };
		if (!server->weight)
			return (struct state){ "drained", YELLOW };
		if (!server->share && server->fallback)
			return (struct state){ "standby", GREEN };
		if (!server->share && server->max_flows)
			return (struct state){ "full", YELLOW };
	}
	return state_of_nexthop(&server->state->nexthop);
}

static void table_set_state(struct table *table, const struct server *server)
{
	struct state state = state_of_server(server);

	table_set(table, STATE_COLUMN + 1, state.colour, "%s", state.text);
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

/* MAC address and device, in this column and the next one. */
static void table_set_path(struct table *table, size_t column,
			   const struct server *server)
{
	const struct nexthop *nexthop = &server->state->nexthop;
	bool given = !addr_mac_is_zero(&server->mac);
	char text[MAC_TEXT];

	if (given || nexthop->has_mac)
		table_set(table, column, PLAIN, "%s%s",
			  addr_mac_text(given ? &server->mac : &nexthop->mac,
					text), given ? " (set)" : "");
	else
		table_set(table, column, PLAIN, "-");
	if (server->ifindex)
		table_set(table, column + 1, PLAIN, "%s (set)", server->dev);
	else
		table_set(table, column + 1, PLAIN, "%s",
			  nexthop->ifindex ? nexthop->dev : "-");
}

static void table_set_server(struct table *table, const struct server *server)
{
	table_set_weight(table, server);
	table_set_state(table, server);
	table_set_path(table, STATE_COLUMN + 2, server);
}

/* How many of the servers get new flows, or would. */
static void table_set_health(struct table *table, const struct service *service,
			     const struct server *servers, size_t n)
{
	const bool standby = service->role == DSR_ROLE_STANDBY;

	size_t i, ready = 0;

	for (i = 0; i < n; i++)
		ready += servers[i].weight && !servers[i].down &&
			 model_reaches(&servers[i]);
	if (!n)
		table_set(table, STATE_COLUMN + 1, RED, "%sno server",
			  standby ? "standby, " : "");
	else
		table_set(table, STATE_COLUMN + 1,
			  !ready ? RED : ready < n || standby ? YELLOW : GREEN,
			  "%s%zu of %zu ready", standby ? "standby, " : "",
			  ready, n);
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
		table_set_health(&table, service, servers, n);
		columns_set(&columns, &table, &service->stats,
			    options_of_service(&options, service));
		for (j = 0; j < n; j++) {
			table_row(&table);
			table_set(&table, 0, PLAIN, "  %s",
				  addr_text(&servers[j].addr, text));
			table_set_server(&table, &servers[j]);
			columns_set(&columns, &table, &servers[j].state->stats,
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
			  key_text(server->service, text));
		table_set(&table, 1, PLAIN, "%s",
			  addr_text(&server->addr, text));
		table_set_server(&table, server);
		columns_set(&columns, &table, &server->state->stats,
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

static void out_announces_table(const struct out *out,
				const struct model *model)
{
	char every[TIME_TEXT];
	struct table table;
	size_t i;

	table_start(&table, out);
	table_column(&table, "DEVICE", false);
	table_column(&table, "STATE", false);
	table_column(&table, "EVERY", true);
	table_column(&table, "ANNOUNCED", true);
	table_column(&table, "ANSWERED", true);
	table_column(&table, "CONFLICTS", true);
	for (i = 0; i < model->n_announces; i++) {
		const struct announce *announce = &model->announces[i];

		table_row(&table);
		table_set(&table, 0, PLAIN, "%s", announce->dev);
		table_set(&table, 1, announce->active ? GREEN : RED, "%s",
			  announce->active ? "active" : "no such device");
		table_set(&table, 2, PLAIN, "%s", announce->every ?
			  addr_time_text(announce->every, every) : "-");
		table_set_count(&table, 3, announce->announced, "");
		table_set_count(&table, 4, announce->answered, "");
		table_set_count(&table, 5, announce->conflicts, "");
	}
	table_end(&table);
}

static void table_set_role(struct table *table, size_t column, uint8_t role)
{
	const char *name = model_name(model_role, role);

	if (name)
		table_set(table, column, role == DSR_ROLE_ACTIVE ? GREEN :
			  YELLOW, "%s", name);
	else
		table_set(table, column, YELLOW, "role %u", role);
}

/* Those to come have no services yet. */
static void out_roles_table(const struct out *out, const struct model *model)
{
	struct table table;
	size_t i;

	table_start(&table, out);
	table_column(&table, "GROUP", false);
	table_column(&table, "ROLE", false);
	table_column(&table, "SERVICES", true);
	for (i = 0; i < model->n_roles; i++) {
		const struct role *role = &model->roles[i];

		table_row(&table);
		table_set(&table, 0, PLAIN, "%s", *role->group ? role->group :
			  "(new ones)");
		table_set_role(&table, 1, role->role);
		if (*role->group)
			table_set_count(&table, 2, role->services, "");
		else
			table_set(&table, 2, PLAIN, "-");
	}
	table_end(&table);
}

static void out_peers_table(const struct out *out, const struct model *model)
{
	struct table table;
	size_t i;

	table_start(&table, out);
	table_column(&table, "PEER", false);
	table_column(&table, "STATE", false);
	table_column(&table, "MAC", false);
	table_column(&table, "DEV", false);
	for (i = 0; i < model->n_peers; i++) {
		const struct server *peer = &model->peers[i];
		struct state state = state_of_nexthop(&peer->state->nexthop);
		char text[ADDR_TEXT];

		table_row(&table);
		table_set(&table, 0, PLAIN, "%s", addr_text(&peer->addr, text));
		table_set(&table, 1, state.colour, "%s", state.text);
		table_set_path(&table, 2, peer);
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
			out_human(server->state->stats.active, "", flows),
			server->state->stats.active == 1 ? "" : "s", seconds);
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

/* --- Rates ---------------------------------------------------------------- */

static void out_rates_table(const struct out *out,
			    const struct rate_table *rates)
{
	static const char *const titles[] = {
		"PACKETS/S", "BITS/S", "FLOWS/S", "ACTIVE", "SHARE",
	};
	char text[SERVICE_TEXT];
	struct table table;
	size_t i;

	table_start(&table, out);
	table_column(&table, "SERVICE", false);
	for (i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		table_column(&table, titles[i], true);
	for (i = 0; i < rates->n_rows; i++) {
		const struct rate_row *row = &rates->rows[i];

		table_row(&table);
		if (row->server)
			table_set(&table, 0, PLAIN, "  %s",
				  addr_text(&row->server->addr, text));
		else
			table_set(&table, 0, BOLD, "%s",
				  key_text(&row->service->key, text));
		table_set_count(&table, 1, row->rates.packets, "");
		table_set_count(&table, 2, row->rates.bits, "");
		table_set_count(&table, 3, row->rates.flows, "");
		table_set_count(&table, 4, row->rates.active, "");
		table_set(&table, 5, PLAIN, "%u.%u%%", row->share / 10,
			  row->share % 10);
	}
	table_end(&table);
}

/* --- Events --------------------------------------------------------------- */

static void event_words_of_service(const struct out *out,
				   const struct service *service)
{
	char text[SERVICE_TEXT];
	struct options options;

	fprintf(out->to, " %s %s", key_text(&service->key, text),
		service->scheduler);
	if (*options_of_service(&options, service))
		fprintf(out->to, " %s", options.text);
}

static void event_words_of_nexthop(const struct out *out, struct state state,
				   const struct nexthop *nexthop)
{
	char mac[MAC_TEXT];

	fputc(' ', out->to);
	out_paint(out, state.colour, state.text);
	fprintf(out->to, " %s %s", nexthop->has_mac ?
		addr_mac_text(&nexthop->mac, mac) : "-",
		nexthop->ifindex ? nexthop->dev : "-");
}

static void event_words_of_server(const struct out *out,
				  const struct server *server)
{
	char service[SERVICE_TEXT], addr[ADDR_TEXT];
	struct options options;

	fprintf(out->to, " %s %s weight %u", key_text(server->service, service),
		addr_text(&server->addr, addr), server->weight);
	event_words_of_nexthop(out, state_of_server(server),
			       &server->state->nexthop);
	if (*options_of_server(&options, server))
		fprintf(out->to, " %s", options.text);
}

static void event_words_of_role(const struct out *out, const struct role *role)
{
	const char *name = model_name(model_role, role->role);

	if (*role->group)
		fprintf(out->to, " group %s", role->group);
	fputc(' ', out->to);
	if (name)
		out_paint(out, role->role == DSR_ROLE_ACTIVE ? GREEN : YELLOW,
			  name);
	else
		fprintf(out->to, "role %u", role->role);
}

static void event_words_of_peer(const struct out *out,
				const struct server *peer)
{
	const struct nexthop *nexthop = &peer->state->nexthop;
	char addr[ADDR_TEXT];

	fprintf(out->to, " %s", addr_text(&peer->addr, addr));
	event_words_of_nexthop(out, state_of_nexthop(nexthop), nexthop);
}

static void out_event_words(const struct out *out, const struct event *event)
{
	const char *name;

	if (!event) {
		out_paint(out, YELLOW, "lost");
		fprintf(out->to, " some events: see how things are now");
		return;
	}
	name = names_event(event->kind);
	if (name)
		fprintf(out->to, "%s", name);
	else
		fprintf(out->to, "event-%u", event->kind);
	if (event->model.n_services)
		event_words_of_service(out, event->model.services);
	if (event->model.n_servers)
		event_words_of_server(out, event->model.servers);
	if (event->model.n_roles)
		event_words_of_role(out, event->model.roles);
	if (event->model.n_peers)
		event_words_of_peer(out, event->model.peers);
}

/* RFC 3339, with milliseconds. */
#define EVENT_TIME	sizeof("2147483647-12-31T23:59:59.999+00:00")

static const char *event_time(char text[EVENT_TIME])
{
	struct timespec now;
	struct tm tm;
	size_t len;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	len = strftime(text, EVENT_TIME, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + len, EVENT_TIME - len, ".%03u%c%02u:%02u",
		 (unsigned int)(now.tv_nsec / 1000000),
		 tm.tm_gmtoff < 0 ? '-' : '+',
		 (unsigned int)(labs(tm.tm_gmtoff) / 3600),
		 (unsigned int)(labs(tm.tm_gmtoff) / 60 % 60));
	return text;
}

void out_event(const struct out *out, const struct event *event)
{
	char time[EVENT_TIME];

	event_time(time);
	if (out->json) {
		json_event(out, event, time);
	} else {
		/* A reader's clock is in the reader's zone. */
		fprintf(out->to, "%.23s ", time);
		out_event_words(out, event);
	}
	fputc('\n', out->to);
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

void out_rates(const struct out *out, const struct rate_table *table)
{
	if (out->json)
		json_rates(out, table);
	else
		out_rates_table(out, table);
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

void out_announces(const struct out *out, const struct model *model)
{
	if (out->json)
		json_announces(out, model);
	else
		out_announces_table(out, model);
}

void out_roles(const struct out *out, const struct model *model)
{
	if (out->json)
		json_roles(out, model);
	else
		out_roles_table(out, model);
}

void out_peers(const struct out *out, const struct model *model)
{
	if (out->json)
		json_peers(out, model);
	else
		out_peers_table(out, model);
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

void out_problems(const struct out *out, struct conf *conf)
{
	if (!out->json) {
		conf_print_problems(conf);
		return;
	}
	conf_sort_problems(conf);
	json_problems(out, conf);
}

void out_version(const struct out *out, const char *version)
{
	if (out->json)
		json_version(out, version);
	else
		fprintf(out->to, "dsrctl %s\n", version);
}

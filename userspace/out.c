// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <json.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"

/* --- Names --------------------------------------------------------------- */

enum colour {
	PLAIN,
	GREEN,
	YELLOW,
	RED,
	BOLD,
};

struct name {
	const char *json;	/* the entry's name in uapi/dsr.yaml */
	const char *words;	/* for people */
	enum colour colour;
};

static const char *const echoes[] = {
	[DSR_ECHO_ANSWER] = "answer",
	[DSR_ECHO_FORWARD] = "forward",
};

static const struct name states[] = {
	[DSR_NEXTHOP_STATE_READY] = { "ready", "ready", GREEN },
	[DSR_NEXTHOP_STATE_RESOLVING] = { "resolving", "resolving", YELLOW },
	[DSR_NEXTHOP_STATE_FAILED] = { "failed", "no answer", RED },
	[DSR_NEXTHOP_STATE_NO_ROUTE] = { "no-route", "no route", RED },
	[DSR_NEXTHOP_STATE_GATEWAY] = { "gateway", "behind gateway", RED },
	[DSR_NEXTHOP_STATE_LOCAL] = { "local", "own address", RED },
	[DSR_NEXTHOP_STATE_BAD_DEVICE] = { "bad-device", "bad device", RED },
	[DSR_NEXTHOP_STATE_BAD_MAC] = { "bad-mac", "bad MAC", RED },
};

static const struct name reasons[] = {
	[DSR_REASON_FORWARDED] = {
		"forwarded", "sent to a server", GREEN },
	[DSR_REASON_NOT_OURS] = {
		"not-ours", "for no service: left to the kernel", PLAIN },
	[DSR_REASON_ECHO_ANSWERED] = {
		"echo-answered", "ping to a VIP: answered", PLAIN },
	[DSR_REASON_ICMP_UNMATCHED] = {
		"icmp-unmatched",
		"ICMP error about no known flow: left to the kernel", YELLOW },
	[DSR_REASON_MALFORMED] = {
		"malformed", "bad header: dropped", YELLOW },
	[DSR_REASON_NO_SERVER] = {
		"no-server", "no server takes new flows: dropped", RED },
	[DSR_REASON_NO_NEXTHOP] = {
		"no-nexthop", "server cannot be reached: dropped", RED },
	[DSR_REASON_TOO_BIG] = {
		"too-big", "larger than the device's MTU: dropped, sender told",
		YELLOW },
	[DSR_REASON_LRO] = {
		"lro", "merged by LRO, switch it off: dropped", RED },
	[DSR_REASON_NO_MEMORY] = {
		"no-memory", "no memory: dropped", RED },
	[DSR_REASON_XMIT_FAILED] = {
		"xmit-failed", "refused by the device's queue", RED },
	[DSR_REASON_FRAGMENT_TIMEOUT] = {
		"fragment-timeout", "first fragment did not come: dropped",
		YELLOW },
	[DSR_REASON_FRAGMENT_LIMIT] = {
		"fragment-limit", "too many fragments were waiting: dropped",
		RED },
};

#define N_ECHOES	(sizeof(echoes) / sizeof(echoes[0]))
#define N_STATES	(sizeof(states) / sizeof(states[0]))
#define N_REASONS	(sizeof(reasons) / sizeof(reasons[0]))

const char *out_echo_name(unsigned int echo)
{
	return echo < N_ECHOES ? echoes[echo] : NULL;
}

const char *out_state_name(unsigned int state)
{
	return state < N_STATES ? states[state].json : NULL;
}

const char *out_reason_name(unsigned int reason)
{
	return reason < N_REASONS ? reasons[reason].json : NULL;
}

/* --- Tables -------------------------------------------------------------- */

#define MAX_COLUMNS	10

struct column {
	const char *title;
	bool right;		/* numbers */
};

struct cell {
	char *text;		/* NULL: empty */
	enum colour colour;
};

struct table {
	const struct out *out;
	const struct column *columns;
	size_t n_columns;
	struct cell (*rows)[MAX_COLUMNS];
	size_t n_rows;
};

/* Start a row; its cells are empty until set. */
static void table_row(struct table *table)
{
	table->rows = reallocarray(table->rows, table->n_rows + 1,
				   sizeof(*table->rows));
	if (!table->rows) {
		perror("dsrctl");
		exit(REFUSED);
	}
	memset(table->rows[table->n_rows++], 0, sizeof(*table->rows));
}

/* Set a cell of the last row, once. */
static void table_set(struct table *table, size_t column, enum colour colour,
		      const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static void table_set(struct table *table, size_t column, enum colour colour,
		      const char *fmt, ...)
{
	struct cell *cell = &table->rows[table->n_rows - 1][column];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vasprintf(&cell->text, fmt, args);
	va_end(args);
	if (len < 0) {
		perror("dsrctl");
		exit(REFUSED);
	}
	cell->colour = colour;
}

static void table_set_count(struct table *table, size_t column,
			    uint64_t count, const char *unit)
{
	char text[HUMAN_TEXT];

	if (table->out->human)
		table_set(table, column, PLAIN, "%s",
			  out_human(count, unit, text));
	else
		table_set(table, column, PLAIN, "%" PRIu64, count);
}

/* The titles are the first row. */
static void table_start(struct table *table, const struct out *out,
			const struct column *columns, size_t n_columns)
{
	size_t i;

	memset(table, 0, sizeof(*table));
	table->out = out;
	table->columns = columns;
	table->n_columns = n_columns;
	table_row(table);
	for (i = 0; i < n_columns; i++)
		table_set(table, i, BOLD, "%s", columns[i].title);
}

static size_t cell_len(const struct cell *cell)
{
	return cell->text ? strlen(cell->text) : 0;
}

static void table_print_cell(const struct table *table,
			     const struct cell *cell, size_t before,
			     size_t after)
{
	static const char *const codes[] = {
		[PLAIN] = "", [GREEN] = "\033[32m", [YELLOW] = "\033[33m",
		[RED] = "\033[31m", [BOLD] = "\033[1m",
	};
	const bool colour = table->out->colour && cell->colour;
	FILE *to = table->out->to;

	fprintf(to, "%*s%s%s%s%*s", (int)before, "",
		colour ? codes[cell->colour] : "", cell->text,
		colour ? "\033[0m" : "", (int)after, "");
}

/* Spaces are held back until text follows, so that no line ends with any. */
static void table_print_row(const struct table *table,
			    const struct cell *row, const size_t *widths)
{
	size_t i, gap = 0;

	for (i = 0; i < table->n_columns; i++) {
		size_t len = cell_len(&row[i]);
		size_t pad = widths[i] - len;
		bool right = table->columns[i].right;

		if (len) {
			table_print_cell(table, &row[i],
					 gap + (right ? pad : 0), 0);
			gap = right ? 0 : pad;
		} else {
			gap += pad;
		}
		gap += 2;
	}
	fputc('\n', table->out->to);
}

/* Print the table and free it. */
static void table_end(struct table *table)
{
	size_t widths[MAX_COLUMNS] = { 0 };
	size_t i, row;

	for (row = 0; row < table->n_rows; row++) {
		for (i = 0; i < table->n_columns; i++) {
			size_t len = cell_len(&table->rows[row][i]);

			if (len > widths[i])
				widths[i] = len;
		}
	}
	for (row = 0; row < table->n_rows; row++) {
		table_print_row(table, table->rows[row], widths);
		for (i = 0; i < table->n_columns; i++)
			free(table->rows[row][i].text);
	}
	free(table->rows);
}

static uint64_t out_divide_rounded(uint64_t count, uint64_t by)
{
	return count / by + (count % by >= by / 2);
}

const char *out_human(uint64_t count, const char *unit, char text[HUMAN_TEXT])
{
	const char *space = *unit ? " " : "";
	const char *prefix = "kMGTPE";
	uint64_t thousand = 1000;	/* to the power of the prefix */
	uint64_t tenths, whole;

	if (count < 1000) {
		snprintf(text, HUMAN_TEXT, "%" PRIu64 "%s%s", count, space,
			 unit);
		return text;
	}
	for (; count / thousand >= 1000; prefix++)
		thousand *= 1000;
	tenths = out_divide_rounded(count, thousand / 10);
	whole = out_divide_rounded(count, thousand);
	if (whole == 1000) {
		tenths = 10;
		prefix++;
	}
	if (tenths < 100)
		snprintf(text, HUMAN_TEXT, "%" PRIu64 ".%" PRIu64 "%s%c%s",
			 tenths / 10, tenths % 10, space, *prefix, unit);
	else
		snprintf(text, HUMAN_TEXT, "%" PRIu64 "%s%c%s", whole, space,
			 *prefix, unit);
	return text;
}

/* Columns that the tables of services and of servers end with. */
#define STATE_COLUMNS \
	{ "WEIGHT", true }, { "STATE", false }, \
	{ "MAC", false }, { "DEVICE", false }
#define STATS_COLUMNS \
	{ "PACKETS", true }, { "BYTES", true }, \
	{ "FLOWS", true }, { "ACTIVE", true }
#define N_STATE_COLUMNS	4
#define N_STATS_COLUMNS	4

static const struct column service_columns[] = {
	{ "SERVICE", false }, { "SCHEDULER", false },
	STATE_COLUMNS, STATS_COLUMNS,
};

static const struct column server_columns[] = {
	{ "SERVICE", false }, { "SERVER", false },
	STATE_COLUMNS, STATS_COLUMNS,
};

/* Where the columns that both tables have begin. */
#define STATE_COLUMN	2
#define STATS_COLUMN	(STATE_COLUMN + N_STATE_COLUMNS)

static void table_start_state(struct table *table, const struct out *out,
			      const struct column *columns)
{
	table_start(table, out, columns, STATS_COLUMN +
		    (out->stats ? N_STATS_COLUMNS : 0));
}

static void table_set_stats(struct table *table, const struct stats *stats)
{
	if (!table->out->stats)
		return;
	table_set_count(table, STATS_COLUMN, stats->packets, "");
	table_set_count(table, STATS_COLUMN + 1, stats->bytes, "B");
	table_set_count(table, STATS_COLUMN + 2, stats->flows, "");
	table_set_count(table, STATS_COLUMN + 3, stats->active, "");
}

/* Weight 0 shows whether flows are left; trouble on the way comes first. */
static void table_set_state(struct table *table, const struct server *server)
{
	const size_t column = STATE_COLUMN + 1;
	unsigned int state = server->nexthop.state;

	if (state >= N_STATES)
		table_set(table, column, YELLOW, "state %u", state);
	else if (state == DSR_NEXTHOP_STATE_READY && !server->weight)
		table_set(table, column, YELLOW, "%s", server->stats.active ?
			  "draining" : "drained");
	else
		table_set(table, column, states[state].colour, "%s",
			  states[state].words);
}

static void table_set_server(struct table *table, const struct server *server)
{
	const struct nexthop *nexthop = &server->nexthop;
	bool given = !addr_mac_is_zero(&server->mac);
	char text[MAC_TEXT];

	table_set(table, STATE_COLUMN, PLAIN, "%u", server->weight);
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
	table_set_stats(table, &server->stats);
}

/* How many of the servers get new flows. */
static void table_set_health(struct table *table,
			     const struct server *servers, size_t n)
{
	size_t i, ready = 0;

	for (i = 0; i < n; i++)
		ready += servers[i].weight &&
			 servers[i].nexthop.state == DSR_NEXTHOP_STATE_READY;
	if (!n)
		table_set(table, STATE_COLUMN + 1, RED, "no server");
	else
		table_set(table, STATE_COLUMN + 1,
			  !ready ? RED : ready < n ? YELLOW : GREEN,
			  "%zu of %zu ready", ready, n);
}

/* Echo is worth a word only where it is not as usual. */
static void table_set_options(struct table *table,
			      const struct service *service)
{
	const char *echo = out_echo_name(service->echo);

	if (service->echo == DSR_ECHO_ANSWER)
		table_set(table, 1, PLAIN, "%s", service->scheduler);
	else if (echo)
		table_set(table, 1, PLAIN, "%s, echo %s", service->scheduler,
			  echo);
	else
		table_set(table, 1, PLAIN, "%s, echo %u", service->scheduler,
			  service->echo);
}

static void out_services_table(const struct out *out,
			       const struct model *model)
{
	const struct server *servers;
	const struct service *service;
	char text[SERVICE_TEXT];
	struct table table;
	size_t i, j, n;

	table_start_state(&table, out, service_columns);
	for (i = 0; i < model->n_services; i++) {
		service = &model->services[i];
		servers = model_servers(model, &service->key, &n);
		table_row(&table);
		table_set(&table, 0, BOLD, "%s",
			  key_text(&service->key, text));
		table_set_options(&table, service);
		table_set_health(&table, servers, n);
		table_set_stats(&table, &service->stats);
		for (j = 0; j < n; j++) {
			table_row(&table);
			table_set(&table, 0, PLAIN, "  %s",
				  addr_text(&servers[j].addr, text));
			table_set_server(&table, &servers[j]);
		}
	}
	table_end(&table);
}

static void out_servers_table(const struct out *out,
			      const struct model *model)
{
	const struct server *server;
	char text[SERVICE_TEXT];
	struct table table;
	size_t i;

	table_start_state(&table, out, server_columns);
	for (i = 0; i < model->n_servers; i++) {
		server = &model->servers[i];
		table_row(&table);
		table_set(&table, 0, PLAIN, "%s",
			  key_text(&server->service, text));
		table_set(&table, 1, PLAIN, "%s",
			  addr_text(&server->addr, text));
		table_set_server(&table, server);
	}
	table_end(&table);
}

static void out_stats_table(const struct out *out, const struct model *model)
{
	static const struct column columns[] = {
		{ "REASON", false }, { "PACKETS", true }, { "MEANING", false },
	};
	struct table table;
	size_t i;

	table_start(&table, out, columns, 3);
	for (i = 0; i < model->n_reasons; i++) {
		const struct reason *entry = &model->reasons[i];
		const struct name *name = NULL;

		if (entry->reason < N_REASONS)
			name = &reasons[entry->reason];
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

/* --- JSON ---------------------------------------------------------------- */

/* The library's adders take what they are given, also when it is NULL. */
static void json_add_text(struct json_object *object, const char *key,
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
	json_object_object_add(object, "stats", json);
}

static void json_add_nexthop(struct json_object *object,
			     const struct nexthop *nexthop)
{
	struct json_object *json = json_object_new_object();
	char text[MAC_TEXT];

	json_add_name(json, "state", out_state_name(nexthop->state),
		      nexthop->state);
	json_add_text(json, "mac", nexthop->has_mac ?
		      addr_mac_text(&nexthop->mac, text) : NULL);
	json_add_text(json, "dev", nexthop->ifindex ? nexthop->dev : NULL);
	json_object_object_add(object, "nexthop", json);
}

static void json_add_server(struct json_object *object,
			    const struct server *server)
{
	char addr[ADDR_TEXT], mac[MAC_TEXT];

	json_add_text(object, "address", addr_text(&server->addr, addr));
	json_add_number(object, "weight", server->weight);
	json_add_text(object, "mac", addr_mac_is_zero(&server->mac) ? "auto" :
		      addr_mac_text(&server->mac, mac));
	json_add_text(object, "dev", server->ifindex ? server->dev : "auto");
	json_add_nexthop(object, &server->nexthop);
	json_add_stats(object, &server->stats);
}

/* Print the array and free it. */
static void json_print(const struct out *out, struct json_object *array)
{
	const char *text;

	text = json_object_to_json_string_ext(array,
					      JSON_C_TO_STRING_PRETTY |
					      JSON_C_TO_STRING_SPACED |
					      JSON_C_TO_STRING_NOSLASHESCAPE);
	fprintf(out->to, "%s\n", text);
	json_object_put(array);
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
	json_add_name(json, "echo", out_echo_name(service->echo),
		      service->echo);
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

static void out_services_json(const struct out *out,
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

static void out_servers_json(const struct out *out, const struct model *model)
{
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < model->n_servers; i++) {
		struct json_object *json = json_object_new_object();
		struct json_object *service = json_object_new_object();

		json_add_key(service, &model->servers[i].service);
		json_object_object_add(json, "service", service);
		json_add_server(json, &model->servers[i]);
		json_object_array_add(array, json);
	}
	json_print(out, array);
}

static void out_stats_json(const struct out *out, const struct model *model)
{
	struct json_object *array = json_object_new_array();
	size_t i;

	for (i = 0; i < model->n_reasons; i++) {
		const struct reason *entry = &model->reasons[i];
		struct json_object *json = json_object_new_object();

		json_add_name(json, "reason", out_reason_name(entry->reason),
			      entry->reason);
		json_add_number(json, "packets", entry->packets);
		json_object_array_add(array, json);
	}
	json_print(out, array);
}

/* --- Both ---------------------------------------------------------------- */

void out_services(const struct out *out, const struct model *model)
{
	if (out->json)
		out_services_json(out, model);
	else
		out_services_table(out, model);
}

void out_servers(const struct out *out, const struct model *model)
{
	if (out->json)
		out_servers_json(out, model);
	else
		out_servers_table(out, model);
}

void out_stats(const struct out *out, const struct model *model)
{
	if (out->json)
		out_stats_json(out, model);
	else
		out_stats_table(out, model);
}

void out_version(const struct out *out, const char *version)
{
	struct json_object *array, *json;

	if (!out->json) {
		fprintf(out->to, "dsrctl %s\n", version);
		return;
	}
	array = json_object_new_array();
	json = json_object_new_object();
	json_add_text(json, "dsrctl", version);
	json_object_array_add(array, json);
	json_print(out, array);
}

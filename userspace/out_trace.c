// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>

#include "names.h"
#include "out.h"
#include "out_json.h"
#include "table.h"

/* Which rule of the service the packet is for it by. */
#define MATCH_TEXT	(ADDR_TEXT + 64)

/* The range that has a port; the service has one. */
static const struct port_range *match_range(const struct service_key *key,
					    uint16_t port)
{
	size_t i;

	for (i = 0; i < key->n_ports; i++) {
		if (port >= key->ports[i].first && port <= key->ports[i].last)
			return &key->ports[i];
	}
	return NULL;
}

static const char *match_text(const struct trace *trace,
			      char text[MATCH_TEXT])
{
	const struct service_key *key = &trace->service.key;
	const struct port_range *range = match_range(key, trace->vip.port);
	char addr[ADDR_TEXT], protocol[PROTOCOL_TEXT];
	int len;

	if (key->fwmark) {
		snprintf(text, MATCH_TEXT, "mark %u", key->fwmark);
		return text;
	}
	addr_text(&key->addr, addr);
	if (key->prefix_len == addr_bits(&key->addr))
		len = snprintf(text, MATCH_TEXT, "address %s", addr);
	else
		len = snprintf(text, MATCH_TEXT, "prefix %s/%u", addr,
			       key->prefix_len);
	len += snprintf(text + len, MATCH_TEXT - len, ", %s%s",
			key_protocol_text(key->protocol, protocol),
			key->protocol ? "" : " protocol");
	if (!range)
		snprintf(text + len, MATCH_TEXT - len, ", any port");
	else if (range->first == range->last)
		snprintf(text + len, MATCH_TEXT - len, ", port %u",
			 range->first);
	else
		snprintf(text + len, MATCH_TEXT - len, ", ports %u-%u",
			 range->first, range->last);
	return text;
}

/* For people; a flow that has lost its server is scheduled once more. */
static const char *why_text(const struct trace *trace)
{
	static const char *const words[] = {
		[DSR_WHY_NO_SERVICE] =
			"it is for no service: left to the kernel",
		[DSR_WHY_FLOW] = "the flow is known and stays with its server",
		[DSR_WHY_CLIENT] =
			"a new flow, but its client stays with its server",
		[DSR_WHY_TURN] =
			"a new flow, and the scheduler's next turn is this "
			"server's",
		[DSR_WHY_HASH] = "a new flow, and its hash gives this server",
		[DSR_WHY_CHANCE] =
			"a new flow, for which the scheduler draws a server",
		[DSR_WHY_SESSIONLESS] =
			"no flow is kept: each packet is scheduled by itself",
		[DSR_WHY_LOST] =
			"the connection has lost its server, and the service "
			"gives it no other",
		[DSR_WHY_NO_SERVER] =
			"no server of the service takes a new flow: dropped",
		[DSR_WHY_STANDBY] =
			"the service stands by: left to the kernel",
	};
	const bool again = trace->has_flow && (trace->why == DSR_WHY_TURN ||
					       trace->why == DSR_WHY_HASH ||
					       trace->why == DSR_WHY_CHANCE);

	if (again)
		return "the flow has lost its server, and is scheduled again";
	if (trace->why >= sizeof(words) / sizeof(words[0]))
		return NULL;
	return words[trace->why];
}

/* A row whose second cell is to be set. */
static void trace_row(struct table *table, const char *name)
{
	table_row(table);
	table_set(table, 0, BOLD, "%s", name);
}

static void trace_flow(struct table *table, const struct flow *flow)
{
	const char *state = model_name(model_flow_state, flow->state);
	char client[ENDPOINT_TEXT], idle[TIME_TEXT], expires[TIME_TEXT];

	trace_row(table, flow->state == DSR_FLOW_STATE_PERSIST ? "client" :
		  "flow");
	table_set(table, 1, PLAIN, "%s %s, idle %s, expires in %s",
		  key_endpoint_text(&flow->client, client),
		  state ? state : "in an unknown state",
		  addr_time_text(flow->idle, idle),
		  addr_time_text(flow->expires, expires));
}

static void trace_server(struct table *table, const struct server *server)
{
	const struct name *state = names_state(server->state->nexthop.state);
	const struct nexthop *nexthop = &server->state->nexthop;
	char addr[ADDR_TEXT], mac[MAC_TEXT];

	trace_row(table, "server");
	table_set(table, 1, PLAIN, "%s", addr_text(&server->addr, addr));
	trace_row(table, "next hop");
	table_set(table, 1, state ? state->colour : YELLOW, "%s %s, %s",
		  nexthop->has_mac ? addr_mac_text(&nexthop->mac, mac) : "-",
		  nexthop->ifindex ? nexthop->dev : "-",
		  state ? state->words : "in an unknown state");
}

static void out_trace_table(const struct out *out, const struct trace *trace)
{
	char service[SERVICE_TEXT], match[MATCH_TEXT];
	const char *why = why_text(trace);
	struct table table;

	table_start(&table, out);
	table_column(&table, "service", false);
	table_column(&table, trace->has_service ?
		     key_text(&trace->service.key, service) : "-", false);
	if (trace->has_service) {
		trace_row(&table, "match");
		table_set(&table, 1, PLAIN, "%s", match_text(trace, match));
		trace_row(&table, "scheduler");
		table_set(&table, 1, PLAIN, "%s", trace->service.scheduler);
	}
	if (trace->has_flow)
		trace_flow(&table, &trace->flow);
	if (trace->has_server)
		trace_server(&table, &trace->server);
	trace_row(&table, "why");
	if (why)
		table_set(&table, 1, PLAIN, "%s", why);
	else
		table_set(&table, 1, PLAIN, "reason %u", trace->why);
	table_end(&table);
}

void out_trace(const struct out *out, const struct trace *trace)
{
	char match[MATCH_TEXT];

	if (out->json)
		json_trace(out, trace, trace->has_service ?
			   match_text(trace, match) : NULL);
	else
		out_trace_table(out, trace);
}

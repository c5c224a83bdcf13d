// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>

#include "metrics.h"
#include "names.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* A number in a structure that has one for each service, server, … */
struct metric {
	const char *name;
	const char *type;
	const char *help;
	uint64_t (*value)(const void *of);
};

static void metric_start(FILE *to, const char *name, const char *type,
			 const char *help)
{
	fprintf(to, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* Names of devices may have characters that end a label. */
static void metric_label(FILE *to, const char *before, const char *name,
			 const char *value)
{
	fprintf(to, "%s%s=\"", before, name);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			fputc('\\', to);
		fputc(*value, to);
	}
	fputc('"', to);
}

static void metric_value(FILE *to, uint64_t value)
{
	fprintf(to, "} %" PRIu64 "\n", value);
}

/* --- Services ------------------------------------------------------------- */

#define SERVICE_VALUE(name, member) \
	static uint64_t service_##name(const void *of) \
	{ \
		return ((const struct service *)of)->member; \
	}

SERVICE_VALUE(packets, stats.packets)
SERVICE_VALUE(bytes, stats.bytes)
SERVICE_VALUE(flows, stats.flows)
SERVICE_VALUE(unplaced, stats.unplaced)
SERVICE_VALUE(active, stats.active)
SERVICE_VALUE(clients, stats.clients)
SERVICE_VALUE(replies, stats.replies)
SERVICE_VALUE(reply_bytes, stats.reply_bytes)

static const struct metric service_metrics[] = {
	{ "dsr_service_packets_total", "counter",
	  "Packets of the service that were sent to a server.",
	  service_packets },
	{ "dsr_service_bytes_total", "counter",
	  "Bytes of these, from the IP header on.", service_bytes },
	{ "dsr_service_flows_total", "counter",
	  "Flows of the service that were given a server.", service_flows },
	{ "dsr_service_unplaced_flows_total", "counter",
	  "New flows for which the flow table had no room.",
	  service_unplaced },
	{ "dsr_service_replies_total", "counter",
	  "Replies that were routed on to clients, as their gateway.",
	  service_replies },
	{ "dsr_service_reply_bytes_total", "counter",
	  "Bytes of these, from the IP header on.", service_reply_bytes },
	{ "dsr_service_active_flows", "gauge",
	  "Flows of the service in the flow table.", service_active },
	{ "dsr_service_clients", "gauge",
	  "Clients of the service that stay with their server.",
	  service_clients },
};

static void metrics_services(FILE *to, const struct model *model)
{
	char text[SERVICE_TEXT];
	size_t i, j;

	for (i = 0; i < COUNT(service_metrics); i++) {
		const struct metric *metric = &service_metrics[i];

		metric_start(to, metric->name, metric->type, metric->help);
		for (j = 0; j < model->n_services; j++) {
			const struct service *service = &model->services[j];

			fprintf(to, "%s", metric->name);
			metric_label(to, "{", "service",
				     key_text(&service->key, text));
			metric_value(to, metric->value(service));
		}
	}
}

/* --- Servers -------------------------------------------------------------- */

#define SERVER_VALUE(name, member) \
	static uint64_t server_##name(const void *of) \
	{ \
		return ((const struct server *)of)->member; \
	}

SERVER_VALUE(packets, state->stats.packets)
SERVER_VALUE(bytes, state->stats.bytes)
SERVER_VALUE(flows, state->stats.flows)
SERVER_VALUE(active, state->stats.active)
SERVER_VALUE(clients, state->stats.clients)
SERVER_VALUE(replies, state->stats.replies)
SERVER_VALUE(reply_bytes, state->stats.reply_bytes)
SERVER_VALUE(weight, weight)
SERVER_VALUE(share, share)

static uint64_t server_ready(const void *of)
{
	const struct server *server = of;

	return !server->down && model_reaches(server);
}

static const struct metric server_metrics[] = {
	{ "dsr_server_packets_total", "counter",
	  "Packets that were sent to the server.", server_packets },
	{ "dsr_server_bytes_total", "counter",
	  "Bytes of these, from the IP header on.", server_bytes },
	{ "dsr_server_flows_total", "counter",
	  "Flows that the server was given.", server_flows },
	{ "dsr_server_replies_total", "counter",
	  "Replies of the server that were routed on, as its gateway.",
	  server_replies },
	{ "dsr_server_reply_bytes_total", "counter",
	  "Bytes of these, from the IP header on.", server_reply_bytes },
	{ "dsr_server_active_flows", "gauge",
	  "Flows of the server in the flow table.", server_active },
	{ "dsr_server_clients", "gauge",
	  "Clients that stay with the server.", server_clients },
	{ "dsr_server_weight", "gauge",
	  "The server's share of new flows; 0 if it is drained.",
	  server_weight },
	{ "dsr_server_scheduled_weight", "gauge",
	  "The weight that the server is scheduled by now.", server_share },
	{ "dsr_server_ready", "gauge",
	  "Whether packets can be sent to the server.", server_ready },
};

static void metric_server(FILE *to, const char *name,
			  const struct server *server)
{
	char service[SERVICE_TEXT], addr[ADDR_TEXT];

	fprintf(to, "%s", name);
	metric_label(to, "{", "service", key_text(server->service, service));
	metric_label(to, ",", "server", addr_text(&server->addr, addr));
}

/* What is no number stands in labels of one that is always 1. */
static void metrics_nexthops(FILE *to, const struct model *model)
{
	static const char name[] = "dsr_server_nexthop_info";
	char mac[MAC_TEXT], number[16];
	size_t i;

	metric_start(to, name, "gauge", "How the server is reached.");
	for (i = 0; i < model->n_servers; i++) {
		const struct nexthop *nexthop = &model->servers[i].state->nexthop;
		const struct name *state = names_state(nexthop->state);

		snprintf(number, sizeof(number), "state-%u", nexthop->state);
		metric_server(to, name, &model->servers[i]);
		metric_label(to, ",", "state", state ? state->json : number);
		metric_label(to, ",", "mac", nexthop->has_mac ?
			     addr_mac_text(&nexthop->mac, mac) : "");
		metric_label(to, ",", "device",
			     nexthop->ifindex ? nexthop->dev : "");
		metric_value(to, 1);
	}
}

static void metrics_servers(FILE *to, const struct model *model)
{
	size_t i, j;

	for (i = 0; i < COUNT(server_metrics); i++) {
		const struct metric *metric = &server_metrics[i];

		metric_start(to, metric->name, metric->type, metric->help);
		for (j = 0; j < model->n_servers; j++) {
			metric_server(to, metric->name, &model->servers[j]);
			metric_value(to, metric->value(&model->servers[j]));
		}
	}
	metrics_nexthops(to, model);
}

/* --- All together --------------------------------------------------------- */

static void metrics_reasons(FILE *to, const struct model *model)
{
	static const char name[] = "dsr_packets_total";
	char number[24];
	size_t i;

	metric_start(to, name, "counter",
		     "Packets that the module has seen, by what became of them.");
	for (i = 0; i < model->n_reasons; i++) {
		const struct reason *reason = &model->reasons[i];
		const struct name *known = names_reason(reason->reason);

		snprintf(number, sizeof(number), "reason-%u", reason->reason);
		fprintf(to, "%s", name);
		metric_label(to, "{", "reason", known ? known->json : number);
		metric_value(to, reason->packets);
	}
}

/* Of groups that there are. */
static void metrics_roles(FILE *to, const struct model *model)
{
	static const char name[] = "dsr_role";
	size_t i;

	metric_start(to, name, "gauge",
		     "Whether the group's services are active here: 1, or 0 "
		     "on standby.");
	for (i = 0; i < model->n_roles; i++) {
		const struct role *role = &model->roles[i];

		if (!*role->group)
			continue;
		fprintf(to, "%s", name);
		metric_label(to, "{", "group", role->group);
		metric_value(to, role->role == DSR_ROLE_ACTIVE);
	}
}

#define ANNOUNCE_VALUE(member) \
	static uint64_t announce_##member(const void *of) \
	{ \
		return ((const struct announce *)of)->member; \
	}

ANNOUNCE_VALUE(announced)
ANNOUNCE_VALUE(answered)
ANNOUNCE_VALUE(conflicts)

static const struct metric announce_metrics[] = {
	{ "dsr_announced_total", "counter",
	  "Frames that told of virtual addresses unasked.",
	  announce_announced },
	{ "dsr_announce_answers_total", "counter",
	  "Questions for virtual addresses that were answered.",
	  announce_answered },
	{ "dsr_announce_conflicts_total", "counter",
	  "Frames by which others said to have a virtual address.",
	  announce_conflicts },
};

static void metrics_announces(FILE *to, const struct model *model)
{
	size_t i, j;

	for (i = 0; i < COUNT(announce_metrics); i++) {
		const struct metric *metric = &announce_metrics[i];

		metric_start(to, metric->name, metric->type, metric->help);
		for (j = 0; j < model->n_announces; j++) {
			fprintf(to, "%s", metric->name);
			metric_label(to, "{", "device",
				     model->announces[j].dev);
			metric_value(to, metric->value(&model->announces[j]));
		}
	}
}

static void metric_alone(FILE *to, const char *name, const char *help,
			 uint64_t value)
{
	metric_start(to, name, "gauge", help);
	fprintf(to, "%s %" PRIu64 "\n", name, value);
}

static void metrics_settings(FILE *to, const struct settings *settings)
{
	metric_alone(to, "dsr_flow_table_flows",
		     "Flows that there are, of both address families.",
		     settings->flows);
	metric_alone(to, "dsr_flow_table_room",
		     "Flows of each address family that there is room for.",
		     settings->table_flows);
	metric_alone(to, "dsr_flow_table_limit",
		     "Flows of each address family that there may be.",
		     settings->max_flows);
	metric_alone(to, "dsr_flow_table_bytes",
		     "Memory that the flow tables take.", settings->memory);
}

void metrics_print(FILE *to, const struct model *model)
{
	metric_start(to, "dsr_build_info", "gauge",
		     "The version of what tells these.");
	fprintf(to, "dsr_build_info");
	metric_label(to, "{", "version", DSR_VERSION);
	metric_value(to, 1);
	metrics_reasons(to, model);
	metrics_settings(to, &model->settings);
	metrics_roles(to, model);
	metrics_announces(to, model);
	metrics_services(to, model);
	metrics_servers(to, model);
}

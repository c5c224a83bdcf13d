// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "cmd.h"
#include "nl.h"
#include "value.h"

#define WEIGHT_MAX	65535

/* Where the value of a keyword belongs; from now on it is given. */
static void *server_field(const struct keyword *keyword,
			  struct request *request)
{
	request->server.given |= GIVEN(keyword->attr);
	return (char *)&request->server + keyword->offset;
}

static int server_parse_weight(const struct keyword *keyword,
			       const char *word, struct request *request,
			       struct err *err)
{
	return value_number(keyword->name, word, 0, WEIGHT_MAX,
			    server_field(keyword, request), err);
}

static int server_parse_count(const struct keyword *keyword, const char *word,
			      struct request *request, struct err *err)
{
	return value_number(keyword->name, word, 0, UINT32_MAX,
			    server_field(keyword, request), err);
}

static int server_parse_flag(const struct keyword *keyword, const char *word,
			     struct request *request, struct err *err)
{
	return value_name(keyword->name, word, keyword->names,
			  server_field(keyword, request), err);
}

static int server_parse_mac(const struct keyword *keyword, const char *word,
			    struct request *request, struct err *err)
{
	return addr_parse_mac(word, server_field(keyword, request), err);
}

/* Only the name; the device is looked up when the words are all understood. */
static int server_parse_dev(const struct keyword *keyword, const char *word,
			    struct request *request, struct err *err)
{
	char *dev = server_field(keyword, request);
	size_t len = strlen(word);

	if (!len || len >= IF_NAMESIZE)
		return err_usage(err, "dev " WORD
				 " is not the name of a device", word);
	if (strcmp(word, "auto"))
		memcpy(dev, word, len + 1);
	return DONE;
}

static int drain_parse_wait(const struct keyword *keyword, const char *word,
			    struct request *request, struct err *err)
{
	(void)keyword;
	(void)word;
	(void)err;
	request->wait = true;
	return DONE;
}

static int drain_parse_timeout(const struct keyword *keyword, const char *word,
			       struct request *request, struct err *err)
{
	request->wait = true;
	return value_time(keyword->name, word, &request->timeout, err);
}

#define FIELD(what, member, type) \
	.attr = DSR_SERVER_A_##what, .text = value_##type##_text, \
	.offset = offsetof(struct server, member), \
	.size = sizeof(((struct server *)0)->member)

const struct keyword server_keywords[] = {
	{ "weight", "N",
	  "share of the new flows, 0 to 65535; 1 unless given; 0 gets none",
	  server_parse_weight, FIELD(WEIGHT, weight, number) },
	{ "mac", "MAC|auto",
	  "MAC address; auto, and unless given: the neighbour table's",
	  server_parse_mac, FIELD(MAC, mac, mac) },
	{ "dev", "NAME|auto",
	  "egress device; auto, and unless given: the routing table's",
	  server_parse_dev, FIELD(IFINDEX, dev, dev) },
	{ "max", "N",
	  "no new flows while it has so many; 0, and unless given: no limit",
	  server_parse_count, FIELD(MAX_FLOWS, max_flows, number) },
	{ "min", "N",
	  "after max, new flows again below so many; max unless given",
	  server_parse_count, FIELD(MIN_FLOWS, min_flows, number) },
	{ "fallback", "on|off",
	  "new flows only while no other server takes any; off unless given",
	  server_parse_flag, FIELD(FALLBACK, fallback, name),
	  .names = value_flag },
	{ "down", "on|off",
	  "no packets at all, its flows are lost; off unless given",
	  server_parse_flag, FIELD(DOWN, down, name),
	  .names = value_flag },
	{ 0 },
};

/* A peer is told in the place of a server, of which it has a part. */
const struct keyword peer_keywords[] = {
	{ "mac", "MAC|auto",
	  "MAC address; auto, and unless given: the neighbour table's",
	  server_parse_mac, FIELD(MAC, mac, mac) },
	{ "dev", "NAME|auto",
	  "device that leads there; auto, and unless given: the routing "
	  "table's",
	  server_parse_dev, FIELD(IFINDEX, dev, dev) },
	{ 0 },
};

const struct keyword drain_keywords[] = {
	{ "wait", NULL, "until its last flow has ended",
	  .parse = drain_parse_wait },
	{ "timeout", "TIME", "wait, but no longer than this",
	  .parse = drain_parse_timeout },
	{ 0 },
};

/* Every device has link-local addresses, so no route leads to one of them. */
int server_needs_dev(const struct server *server, struct err *err)
{
	char text[ADDR_TEXT];

	if (server->addr.family != AF_INET6 ||
	    !IN6_IS_ADDR_LINKLOCAL(&server->addr.v6) || server->dev[0])
		return DONE;
	return err_usage(err, WORD " is a link-local address: give its "
			 "device: dev NAME", addr_text(&server->addr, text));
}

int server_find_dev(struct server *server, struct err *err)
{
	if (!server->dev[0])
		return DONE;
	server->ifindex = if_nametoindex(server->dev);
	if (server->ifindex)
		return DONE;
	return err_refused(err, "dev " WORD ": no such device: see ip link",
			   server->dev);
}

int cmd_server_change(struct request *request, const struct out *out,
		      struct err *err)
{
	struct server *server = &request->server;
	struct dsr_nl *nl;
	int status = DONE;

	(void)out;
	if (request->op == DSR_CMD_SERVER_ADD ||
	    server->given & GIVEN(DSR_SERVER_A_IFINDEX))
		status = server_needs_dev(server, err);
	if (!status)
		status = server_find_dev(server, err);
	if (!status)
		status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	status = dsr_nl_change_server(nl, request->op, server, err);
	dsr_nl_close(nl);
	return status;
}

/* --- Drain -------------------------------------------------------------- */

/* A drain that is waited for. */
struct drain {
	const struct server *server;
	const struct out *out;
	uint32_t timeout;		/* seconds; 0: none */
	time_t start;
};

static time_t drain_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* Ask for the server as it is now. */
static int drain_poll(struct dsr_nl *nl, const struct server *server,
		      struct model *now, struct err *err)
{
	int status;

	model_clear(now);
	status = dsr_nl_get_servers(nl, server->service, &server->addr, now,
				    err);
	if (!status && !now->n_servers)
		status = err_refused(err, "the kernel tells nothing of the "
				     "server");
	return status;
}

/* Whether there is nothing more to wait for; @status tells how it ended. */
static bool drain_is_over(const struct drain *drain, const struct server *now,
			  uint32_t waited, int *status, struct err *err)
{
	char address[ADDR_TEXT], service[SERVICE_TEXT], time[TIME_TEXT];
	const uint64_t active = now->state->stats.active;

	addr_text(&drain->server->addr, address);
	key_text(drain->server->service, service);
	if (now->weight)
		*status = err_refused(err, "server %s of %s: is not drained any "
				      "more: its weight was set to %u",
				      address, service, now->weight);
	else if (active && drain->timeout && waited >= drain->timeout)
		*status = err_late(err, "server %s of %s: still has %" PRIu64
				   " flow%s after %s: wait longer, or forget "
				   "them: dsrctl flow flush", address, service,
				   active, active == 1 ? "" : "s",
				   addr_time_text(drain->timeout, time));
	return *status || !active;
}

/* Until its last flow has ended, looking once a second. */
static int drain_wait(struct dsr_nl *nl, const struct drain *drain,
		      struct err *err)
{
	const struct timespec second = { .tv_sec = 1 };
	struct model now = { 0 };
	int status = DONE;
	uint32_t waited;

	for (;;) {
		status = drain_poll(nl, drain->server, &now, err);
		waited = drain_clock() - drain->start;
		if (status ||
		    drain_is_over(drain, now.servers, waited, &status, err))
			break;
		out_progress(drain->out, now.servers, waited);
		nanosleep(&second, NULL);
	}
	out_progress(drain->out, NULL, 0);
	model_clear(&now);
	return status;
}

int cmd_server_drain(struct request *request, const struct out *out,
		     struct err *err)
{
	struct server *server = &request->server;
	const struct drain drain = {
		.server = server, .out = out, .timeout = request->timeout,
		.start = drain_clock(),
	};
	struct dsr_nl *nl;
	int status;

	server->given = GIVEN(DSR_SERVER_A_WEIGHT);
	server->weight = 0;
	status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	status = dsr_nl_change_server(nl, DSR_CMD_SERVER_SET, server, err);
	if (!status && request->wait)
		status = drain_wait(nl, &drain, err);
	dsr_nl_close(nl);
	return status;
}

/* --- Show ---------------------------------------------------------------- */

int cmd_server_show(struct request *request, const struct out *out,
		    struct err *err)
{
	struct model model = { 0 };
	struct dsr_nl *nl;
	int status;

	status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	status = dsr_nl_get_servers(nl,
				    request->has_service ?
				    &request->service.key : NULL,
				    request->has_server ?
				    &request->server.addr : NULL, &model, err);
	dsr_nl_close(nl);
	if (!status) {
		model_sort(&model);
		out_servers(out, &model);
	}
	model_clear(&model);
	return status;
}

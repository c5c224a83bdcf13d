// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "cmd.h"
#include "nl.h"

#define WEIGHT_MAX	65535

static int server_parse_weight(const char *word, struct request *request,
			       struct err *err)
{
	struct server *server = &request->server;

	if (!addr_number(word, WEIGHT_MAX, &server->weight))
		return err_usage(err, "weight " WORD
				 " is not a number from 0 to %u",
				 word, WEIGHT_MAX);
	server->has_weight = true;
	return DONE;
}

static int server_parse_mac(const char *word, struct request *request,
			    struct err *err)
{
	request->server.has_mac = true;
	return addr_parse_mac(word, &request->server.mac, err);
}

/* Only the name; the device is looked up when the words are all understood. */
static int server_parse_dev(const char *word, struct request *request,
			    struct err *err)
{
	struct server *server = &request->server;
	size_t len = strlen(word);

	if (!len || len >= sizeof(server->dev))
		return err_usage(err, "dev " WORD
				 " is not the name of a device", word);
	server->has_dev = true;
	if (strcmp(word, "auto"))
		memcpy(server->dev, word, len + 1);
	return DONE;
}

const struct keyword server_keywords[] = {
	{ "weight", "N",
	  "share of the new flows, 0 to 65535; 1 unless given; 0 gets none",
	  server_parse_weight },
	{ "mac", "MAC|auto",
	  "MAC address; auto, and unless given: the neighbour table's",
	  server_parse_mac },
	{ "dev", "NAME|auto",
	  "egress device; auto, and unless given: the routing table's",
	  server_parse_dev },
	{ 0 },
};

/* Every device has link-local addresses, so no route leads to one of them. */
static bool server_lacks_dev(uint8_t op, const struct server *server)
{
	return server->addr.family == AF_INET6 &&
	       IN6_IS_ADDR_LINKLOCAL(&server->addr.v6) && !server->dev[0] &&
	       (op == DSR_CMD_SERVER_ADD || server->has_dev);
}

static int server_change(uint8_t op, struct request *request,
			 struct err *err)
{
	struct server *server = &request->server;
	char text[ADDR_TEXT];
	struct dsr_nl *nl;
	int status;

	if (server_lacks_dev(op, server))
		return err_usage(err, WORD " is a link-local address: give "
				 "its device: dev NAME",
				 addr_text(&server->addr, text));
	if (server->dev[0]) {
		server->ifindex = if_nametoindex(server->dev);
		if (!server->ifindex)
			return err_refused(err, "dev " WORD
					   ": no such device: see ip link",
					   server->dev);
	}
	status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	status = dsr_nl_change_server(nl, op, server, err);
	dsr_nl_close(nl);
	return status;
}

int cmd_server_add(struct request *request, const struct out *out,
		   struct err *err)
{
	(void)out;
	return server_change(DSR_CMD_SERVER_ADD, request, err);
}

int cmd_server_set(struct request *request, const struct out *out,
		   struct err *err)
{
	(void)out;
	return server_change(DSR_CMD_SERVER_SET, request, err);
}

int cmd_server_del(struct request *request, const struct out *out,
		   struct err *err)
{
	(void)out;
	return server_change(DSR_CMD_SERVER_DEL, request, err);
}

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

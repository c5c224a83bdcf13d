// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "cmd.h"
#include "nl.h"
#include "value.h"

static int trace_parse_protocol(const struct keyword *keyword,
				const char *word, struct request *request,
				struct err *err)
{
	uint8_t *protocol = &request->trace.protocol;

	if (key_parse_protocol(word, protocol) && *protocol)
		return DONE;
	return err_usage(err, "%s " WORD ": a packet has one: give tcp, udp, "
			 "sctp or a number from 1 to 255", keyword->name,
			 word);
}

static bool trace_has_ports(uint8_t protocol)
{
	return key_protocol_name(protocol);
}

/* One address, and a port if the protocol has any. */
static int trace_parse_end(const struct keyword *keyword, const char *word,
			   struct request *request, struct endpoint *end,
			   struct err *err)
{
	const bool ports = trace_has_ports(request->trace.protocol);
	int status = key_parse_endpoint(word, end, err);

	if (status)
		return status;
	if (!end->addr.family)
		return addr_refuse(word, err);
	if (end->prefix_len != addr_bits(&end->addr))
		return err_usage(err, "%s " WORD ": give one address",
				 keyword->name, word);
	if (ports && !end->port)
		return err_usage(err, "%s " WORD ": the port is missing: write "
				 "%s", keyword->name, word,
				 end->addr.family == AF_INET6 ?
				 "[ADDRESS]:PORT" : "ADDRESS:PORT");
	if (!ports && end->port)
		return err_usage(err, "%s " WORD ": this protocol has no "
				 "ports: leave out the port", keyword->name,
				 word);
	return DONE;
}

static int trace_parse_client(const struct keyword *keyword, const char *word,
			      struct request *request, struct err *err)
{
	return trace_parse_end(keyword, word, request, &request->trace.client,
			       err);
}

static int trace_parse_vip(const struct keyword *keyword, const char *word,
			   struct request *request, struct err *err)
{
	struct trace *trace = &request->trace;
	int status;

	status = trace_parse_end(keyword, word, request, &trace->vip, err);
	if (!status && trace->vip.addr.family != trace->client.addr.family)
		return err_usage(err, "%s " WORD ": give an address of the "
				 "client's family, %s", keyword->name, word,
				 trace->client.addr.family == AF_INET6 ?
				 "IPv6" : "IPv4");
	return status;
}

static int trace_parse_mark(const struct keyword *keyword, const char *word,
			    struct request *request, struct err *err)
{
	uint32_t *mark = &request->trace.fwmark;

	if (addr_hex_number(word, mark) && *mark)
		return DONE;
	return value_number(keyword->name, word, 1, UINT32_MAX, mark, err);
}

static const struct keyword trace_vip = {
	"VIP", NULL, "the address that it is for, and the port",
	.parse = trace_parse_vip,
};

static const struct keyword trace_client = {
	"CLIENT", NULL, "the address that the packet is from, and the port; "
	"for IPv6 [ADDRESS]:PORT",
	.parse = trace_parse_client, .more = &trace_vip,
};

static const char *const trace_protocols[] = { "tcp", "udp", "sctp", NULL };

const struct keyword trace_packet = {
	"PROTOCOL", NULL, "tcp, udp, sctp or a number",
	.parse = trace_parse_protocol, .more = &trace_client,
	.names = trace_protocols,
};

const struct keyword trace_keywords[] = {
	{ "mark", "N", "firewall mark that the packet has",
	  .parse = trace_parse_mark },
	{ 0 },
};

int cmd_trace(struct request *request, const struct out *out,
	      struct err *err)
{
	struct dsr_nl *nl;
	int status;

	status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	status = dsr_nl_trace(nl, &request->trace, err);
	dsr_nl_close(nl);
	if (!status)
		out_trace(out, &request->trace);
	return status;
}

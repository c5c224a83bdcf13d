// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "cmd.h"
#include "doctor_host.h"
#include "nl.h"
#include "value.h"

static int service_parse_scheduler(const struct keyword *keyword,
				   const char *word, struct request *request,
				   struct err *err)
{
	size_t len = strlen(word);

	if (!len || len >= SCHEDULER_MAX)
		return err_usage(err, "unknown %s " WORD
				 ": give a name such as wrr", keyword->name,
				 word);
	memcpy(request->service.scheduler, word, len + 1);
	return DONE;
}

/* Where the value of a keyword belongs; from now on it is given. */
static void *service_field(const struct keyword *keyword,
			   struct request *request)
{
	request->service.given |= GIVEN(keyword->attr);
	return (char *)&request->service + keyword->offset;
}

static int service_parse_name(const struct keyword *keyword, const char *word,
			      struct request *request, struct err *err)
{
	return value_name(keyword->name, word, keyword->names,
			  service_field(keyword, request), err);
}

static int service_parse_time(const struct keyword *keyword, const char *word,
			      struct request *request, struct err *err)
{
	return value_time(keyword->name, word,
			  service_field(keyword, request), err);
}

static int service_parse_time_or_off(const struct keyword *keyword,
				     const char *word,
				     struct request *request, struct err *err)
{
	return value_time_or_off(keyword->name, word,
				 service_field(keyword, request), err);
}

static int service_parse_hash_key(const struct keyword *keyword,
				  const char *word, struct request *request,
				  struct err *err)
{
	return value_hash_key(keyword->name, word,
			      service_field(keyword, request), err);
}

static int service_parse_prefix(const struct keyword *keyword,
				const char *word, struct request *request,
				struct err *err)
{
	const struct service_key *key = &request->service.key;
	uint8_t *len = service_field(keyword, request);
	uint32_t number = 0;
	int status;

	status = value_number(keyword->name, word, 1,
			      key->fwmark ? 128 : addr_bits(&key->addr),
			      &number, err);
	*len = number;
	return status;
}

static int service_parse_group(const struct keyword *keyword,
			       const char *word, struct request *request,
			       struct err *err)
{
	return value_group(keyword->name, word,
			   service_field(keyword, request), err);
}

#define MEMBER(member) \
	.offset = offsetof(struct service, member), \
	.size = sizeof(((struct service *)0)->member)
#define FIELD(what, member, type) \
	.attr = DSR_SERVICE_A_##what, MEMBER(member), \
	.text = value_##type##_text

static const struct keyword persist_keywords[] = {
	{ "prefix", "LEN",
	  "bits of its address that make it this client; all unless given",
	  service_parse_prefix, FIELD(PERSIST_PREFIX_LEN, persist_prefix_len, number) },
	{ 0 },
};

static const struct keyword timeout_keywords[] = {
	{ "syn", "TIME", "nothing but SYN has come; 1m unless given",
	  service_parse_time,
	  FIELD(TIMEOUT_SYN, timeouts[DSR_FLOW_STATE_SYN], time) },
	{ "established", "TIME", "more has come; 15m unless given",
	  service_parse_time,
	  FIELD(TIMEOUT_ESTABLISHED, timeouts[DSR_FLOW_STATE_ESTABLISHED], time) },
	{ "closing", "TIME", "the client has closed it; 2m unless given",
	  service_parse_time,
	  FIELD(TIMEOUT_CLOSING, timeouts[DSR_FLOW_STATE_CLOSING], time) },
	{ "udp", "TIME", "UDP; 5m unless given",
	  service_parse_time,
	  FIELD(TIMEOUT_UDP, timeouts[DSR_FLOW_STATE_UDP], time) },
	{ "other", "TIME", "other protocols; 5m unless given",
	  service_parse_time,
	  FIELD(TIMEOUT_OTHER, timeouts[DSR_FLOW_STATE_OTHER], time) },
	{ 0 },
};

const struct keyword service_keywords[] = {
	{ "scheduler", "NAME",
	  "how a server is chosen for a new flow: wrr, unless given, rr, wlc, "
	  "lc, sh, maglev or random2",
	  service_parse_scheduler, MEMBER(scheduler),
	  .names = model_scheduler, .text = value_string_text },
	{ "echo", "answer|forward",
	  "who answers a ping to the VIP: the director, unless given, or a "
	  "server",
	  service_parse_name, FIELD(ECHO, echo, name), .names = model_echo },
	{ "hash-on", "default|flow|source",
	  "what is hashed: all of a flow, or the client's address; by default "
	  "the latter for sh, the former for maglev",
	  service_parse_name, FIELD(HASH_ON, hash_on, name),
	  .names = model_hash_on },
	{ "hash-key", "KEY",
	  "secret of the hash, 32 hexadecimal digits; random unless given",
	  service_parse_hash_key, FIELD(HASH_KEY, hash_key, hash_key) },
	{ "sessionless", "on|off",
	  "each packet is scheduled by itself; off unless given",
	  service_parse_name, FIELD(SESSIONLESS, sessionless, name),
	  .names = value_flag },
	{ "persist", "TIME|off",
	  "a client stays with its server; off unless given, 5m for several "
	  "port ranges",
	  service_parse_time_or_off, persist_keywords,
	  FIELD(PERSIST_TIMEOUT, persist, time) },
	{ "timeout", "STATE TIME...",
	  "how long a flow in a state may be silent:",
	  .more = timeout_keywords },
	{ "lost", "reschedule|reset|drop",
	  "what becomes of TCP connections that lose their server; reschedule "
	  "unless given",
	  service_parse_name, FIELD(LOST, lost, name), .names = model_lost },
	{ "midflow", "hash|reset|drop",
	  "what becomes of packets of unknown TCP connections; hash unless "
	  "given",
	  service_parse_name, FIELD(MIDFLOW, midflow, name),
	  .names = model_midflow },
	{ "slow-start", "TIME|off",
	  "how long a new server's share grows to its weight; off unless given",
	  service_parse_time_or_off, FIELD(SLOW_START, slow_start, time) },
	{ "group", "NAME",
	  "services that are active, or stand by, together; default unless "
	  "given",
	  service_parse_group, FIELD(GROUP, group, string) },
	{ "gateway", "on|off",
	  "this machine routes the replies that servers send by it; off unless "
	  "given",
	  service_parse_name, FIELD(GATEWAY, gateway, name),
	  .names = value_flag },
	{ "force", NULL, "gateway on even if replies have no way to clients",
	  .parse = args_parse_force },
	{ 0 },
};

/*
 * Refuse to be a gateway to nowhere: from their own network alone, servers answer
 * clients without one.
 */
static int service_check_way(const struct service *service, struct err *err)
{
	char text[SERVICE_TEXT];
	struct host host = { 0 };
	int status = host_read(&host, err);

	if (!status && !host_leads_on(&host, service->key.addr.family))
		status = err_refused(err, "service %s: gateway: this machine "
				     "has one network, and no route over a "
				     "router for the replies: add one first, "
				     "as ip route add default via ROUTER, or "
				     "add force",
				     key_text(&service->key, text));
	host_clear(&host);
	return status;
}

int cmd_service_change(struct request *request, const struct out *out,
		       struct err *err)
{
	struct dsr_nl *nl;
	int status;

	(void)out;
	if (request->service.gateway && !request->service.key.fwmark &&
	    !request->force) {
		status = service_check_way(&request->service, err);
		if (status)
			return status;
	}
	status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	status = dsr_nl_change_service(nl, request->op, &request->service, err);
	dsr_nl_close(nl);
	return status;
}

int cmd_service_show(struct request *request, const struct out *out,
		     struct err *err)
{
	const struct service_key *only = NULL;
	struct model model = { 0 };
	struct dsr_nl *nl;
	int status;

	if (request->has_service)
		only = &request->service.key;
	status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	status = dsr_nl_get_services(nl, only, &model, err);
	if (!status)
		status = dsr_nl_get_servers(nl, only, NULL, &model, err);
	dsr_nl_close(nl);
	if (!status) {
		model_sort(&model);
		out_services(out, &model);
	}
	model_clear(&model);
	return status;
}

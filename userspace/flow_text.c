// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "flow_text.h"
#include "value.h"

const char *flow_text(const struct flow *flow, char text[FLOW_TEXT])
{
	char service[SERVICE_TEXT], server[ADDR_TEXT], protocol[PROTOCOL_TEXT];
	char client[ENDPOINT_TEXT], vip[ENDPOINT_TEXT], idle[TIME_TEXT];
	const char *state = model_name(model_flow_state, flow->state);
	char number[16];

	snprintf(number, sizeof(number), "state-%u", flow->state);
	snprintf(text, FLOW_TEXT, "%s %s %s %s %s %s %s",
		 key_text(&flow->service, service),
		 addr_text(&flow->server, server),
		 key_protocol_text(flow->protocol, protocol),
		 key_endpoint_text(&flow->client, client),
		 key_endpoint_text(&flow->vip, vip), state ? state : number,
		 addr_time_text(flow->idle, idle));
	return text;
}

/* The words of a line, in their order. */
enum {
	KIND, KEY, SERVER, PROTOCOL, CLIENT, VIP, STATE, IDLE,
	N_WORDS
};

static int flow_split(char *line, char *words[N_WORDS], struct err *err)
{
	char *at = NULL;
	size_t n = 0;
	char *word;

	for (word = strtok_r(line, " \t\n", &at); word;
	     word = strtok_r(NULL, " \t\n", &at)) {
		if (n < N_WORDS)
			words[n] = word;
		n++;
	}
	if (n == N_WORDS)
		return DONE;
	return err_usage(err, "a flow has %u words, not %zu", N_WORDS, n);
}

/* No time at all is a good one here. */
static int flow_parse_idle(const char *word, uint32_t *seconds,
			   struct err *err)
{
	*seconds = 0;
	return strcmp(word, "0s") ? value_time("idle", word, seconds, err) :
	       DONE;
}

int flow_parse(char *line, struct flow *flow, struct err *err)
{
	char *words[N_WORDS];
	int status;

	memset(flow, 0, sizeof(*flow));
	status = flow_split(line, words, err);
	if (!status)
		status = key_parse(words[KIND], words[KEY], &flow->service,
				   err);
	if (!status)
		status = key_parse_server(words[SERVER], &flow->service,
					  &flow->server, err);
	if (!status && !key_parse_protocol(words[PROTOCOL], &flow->protocol))
		status = err_usage(err, "unknown protocol " WORD,
				   words[PROTOCOL]);
	if (!status)
		status = key_parse_endpoint(words[CLIENT], &flow->client, err);
	if (!status && !flow->client.addr.family)
		status = addr_refuse(words[CLIENT], err);
	if (!status)
		status = key_parse_endpoint(words[VIP], &flow->vip, err);
	if (!status)
		status = value_name("state", words[STATE], model_flow_state,
				    &flow->state, err);
	if (!status)
		status = flow_parse_idle(words[IDLE], &flow->idle, err);
	return status;
}

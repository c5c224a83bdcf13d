// SPDX-License-Identifier: GPL-2.0
/* What ipvsadm -Sn prints: a line for each service and each server. */
#include <string.h>

#include "import.h"

#define PERSIST_USUAL	300

enum option_kind {
	OPTION_KEY,
	OPTION_IPV6,
	OPTION_SCHEDULER,
	OPTION_FLAGS,
	OPTION_PERSIST,
	OPTION_MASK,
	OPTION_OPS,
	OPTION_SERVER,
	OPTION_WEIGHT,
	OPTION_MAX,
	OPTION_MIN,
	OPTION_DIRECT,
	OPTION_OTHER,
};

static const struct option {
	const char *letter, *name;
	enum option_kind kind;
	bool has_value;
	/* Of a key what it is called here, of others why they are not taken. */
	const char *text;
} options[] = {
	{ "-t", "--tcp-service", OPTION_KEY, true, "tcp" },
	{ "-u", "--udp-service", OPTION_KEY, true, "udp" },
	{ NULL, "--sctp-service", OPTION_KEY, true, "sctp" },
	{ "-f", "--fwmark-service", OPTION_KEY, true, "fwmark" },
	{ "-6", "--ipv6", OPTION_IPV6, false, NULL },
	{ "-s", "--scheduler", OPTION_SCHEDULER, true, NULL },
	{ "-b", "--sched-flags", OPTION_FLAGS, true, NULL },
	{ "-p", "--persistent", OPTION_PERSIST, false, NULL },
	{ "-M", "--netmask", OPTION_MASK, true, NULL },
	{ "-o", "--ops", OPTION_OPS, false, NULL },
	/* Old versions of ipvsadm print it so. */
	{ "ops", NULL, OPTION_OPS, false, NULL },
	{ NULL, "--pe", OPTION_OTHER, true,
	  "a client is known by its address alone: it is left out" },
	{ "-r", "--real-server", OPTION_SERVER, true, NULL },
	{ "-w", "--weight", OPTION_WEIGHT, true, NULL },
	{ "-x", "--u-threshold", OPTION_MAX, true, NULL },
	{ "-y", "--l-threshold", OPTION_MIN, true, NULL },
	{ "-g", "--gatewaying", OPTION_DIRECT, false, NULL },
	{ "-m", "--masquerading", OPTION_DIRECT, false,
	  "there is no NAT: the server is left out; it can be taken once it "
	  "has the VIP and answers the clients itself, see dsrctl recipe" },
	{ "-i", "--ipip", OPTION_DIRECT, false,
	  "there are no tunnels: the server is left out; it can be taken once "
	  "it is on a network of the director's" },
	{ NULL, "--tun-type", OPTION_OTHER, true,
	  "there are no tunnels: it is left out" },
	{ NULL, "--tun-port", OPTION_OTHER, true,
	  "there are no tunnels: it is left out" },
	{ NULL, "--tun-nocsum", OPTION_OTHER, false,
	  "there are no tunnels: it is left out" },
	{ NULL, "--tun-csum", OPTION_OTHER, false,
	  "there are no tunnels: it is left out" },
	{ NULL, "--tun-remcsum", OPTION_OTHER, false,
	  "there are no tunnels: it is left out" },
};

#define N_OPTIONS (sizeof(options) / sizeof(options[0]))

/* A line, as far as it is read. */
struct rule {
	struct import *import;
	struct import_words words;
	struct import_service service;
	struct import_server server;
	struct service_key key;
	bool has_key, has_server;
	bool bad;			/* which was told */
};

/* --- Words ---------------------------------------------------------------- */

/* Port 0 is every port, and then none is written here. */
static const char *without_port_0(const char *word, char *text, size_t size)
{
	const size_t len = strlen(word);
	const char *colon = strchr(word, ':');

	if (len < 3 || len >= size || strcmp(word + len - 2, ":0") ||
	    (colon != word + len - 2 && word[len - 3] != ']'))
		return word;
	memcpy(text, word, len - 2);
	text[len - 2] = '\0';
	return text;
}

/* ipvsadm prints the upper half of all marks as negative numbers. */
static const char *without_minus(const char *word, char *text, size_t size)
{
	uint32_t number;

	if (*word != '-' || !addr_number(word + 1, 1u << 31, &number))
		return word;
	snprintf(text, size, "%u", -number);
	return text;
}

static void rule_refuse(struct rule *rule, struct import_words words,
			const struct err *err)
{
	import_refuse(rule->import, words, err);
	rule->bad = true;
}

static void rule_key(struct rule *rule, const struct option *option,
		     struct import_words words)
{
	const char *word = import_text(rule->import, words, 1);
	char text[64];
	struct err err;

	rule->has_key = true;
	word = without_port_0(word, text, sizeof(text));
	if (key_parse(option->text, without_minus(word, text, sizeof(text)),
		      &rule->key, &err))
		rule_refuse(rule, words, &err);
}

static void rule_server(struct rule *rule, struct import_words words)
{
	const char *word = import_text(rule->import, words, 1);
	struct endpoint endpoint = { 0 };
	char text[64];
	struct err err;

	rule->has_server = true;
	rule->server.words = words;
	if (key_parse_endpoint(without_port_0(word, text, sizeof(text)),
			       &endpoint, &err)) {
		rule_refuse(rule, words, &err);
		return;
	}
	if (!endpoint.addr.family ||
	    endpoint.prefix_len != addr_bits(&endpoint.addr)) {
		import_tell(rule->import, words, "this is not the address of a "
			    "server: it is left out");
		rule->bad = true;
		return;
	}
	rule->server.addr = endpoint.addr;
	rule->server.port = endpoint.port;
}

static void rule_direct(struct rule *rule, const struct option *option,
			struct import_words words)
{
	if (!option->text)
		return;
	import_tell(rule->import, rule->words, "%s: %s",
		    import_text(rule->import, words, 0), option->text);
	rule->bad = true;
}

/* Whether the @i-th word of a line is the time that may follow -p. */
static bool rule_has_time(const struct rule *rule, size_t i)
{
	uint32_t ignored;

	return i < rule->words.n &&
	       addr_number(import_text(rule->import, rule->words, i),
			   UINT32_MAX, &ignored);
}

static void rule_persist(struct rule *rule, struct import_words words)
{
	rule->service.persist = PERSIST_USUAL;
	if (words.n > 1)
		import_number(rule->import, words, UINT32_MAX,
			      &rule->service.persist);
}

static void rule_apply(struct rule *rule, const struct option *option,
		       struct import_words words)
{
	struct import *import = rule->import;

	switch (option->kind) {
	case OPTION_KEY:
		rule_key(rule, option, words);
		break;
	case OPTION_SCHEDULER:
		import_scheduler(import, words, &rule->service);
		break;
	case OPTION_FLAGS:
		import_flags(import, words, &rule->service);
		break;
	case OPTION_PERSIST:
		rule_persist(rule, words);
		break;
	case OPTION_MASK:
		import_mask(import, words, &rule->service);
		break;
	case OPTION_OPS:
		rule->service.sessionless = true;
		break;
	case OPTION_SERVER:
		rule_server(rule, words);
		break;
	case OPTION_WEIGHT:
		import_weight(import, words, &rule->server.weight);
		break;
	case OPTION_MAX:
		import_number(import, words, UINT32_MAX,
			      &rule->server.max_flows);
		break;
	case OPTION_MIN:
		import_number(import, words, UINT32_MAX,
			      &rule->server.min_flows);
		break;
	case OPTION_DIRECT:
		rule_direct(rule, option, words);
		break;
	case OPTION_OTHER:
		import_tell(import, words, "%s", option->text);
		break;
	case OPTION_IPV6:
		/* A mark is of both families. */
		break;
	}
}

static const struct option *option_find(const char *word)
{
	size_t i;

	for (i = 0; i < N_OPTIONS; i++) {
		if ((options[i].letter && !strcmp(word, options[i].letter)) ||
		    (options[i].name && !strcmp(word, options[i].name)))
			return &options[i];
	}
	return NULL;
}

/* The option that begins at the @i-th word. Return: how many words it has. */
static size_t rule_option(struct rule *rule, size_t i)
{
	const struct option *option;
	size_t n = 1;

	option = option_find(import_text(rule->import, rule->words, i));
	if (option && option->has_value)
		n = 2;
	if (option && option->kind == OPTION_PERSIST)
		n = rule_has_time(rule, i + 1) ? 2 : 1;
	if (!option)
		import_tell(rule->import, import_part(rule->words, i, 1),
			    "ipvsadm -Sn prints no such word: it is left out");
	else if (i + n > rule->words.n)
		import_tell(rule->import, import_part(rule->words, i, 1),
			    "its value is missing: it is left out");
	else
		rule_apply(rule, option, import_part(rule->words, i, n));
	return n;
}

/* --- Lines ---------------------------------------------------------------- */

static void rule_add_service(struct rule *rule)
{
	if (!rule->has_key)
		import_tell(rule->import, rule->words, "it names no service: "
			    "give what ipvsadm -Sn prints");
	else if (!rule->bad)
		import_add_service(rule->import, rule->words, &rule->service,
				   &rule->key);
}

static void rule_add_server(struct rule *rule)
{
	if (!rule->has_key || !rule->has_server)
		import_tell(rule->import, rule->words, "it names no %s: give "
			    "what ipvsadm -Sn prints",
			    rule->has_key ? "server" : "service");
	else if (!rule->bad && !import_has_service(rule->import, &rule->key))
		import_tell(rule->import, rule->words, "its service is not "
			    "taken from a line above: it is left out");
	else if (!rule->bad)
		import_add_server(rule->import, &rule->server, &rule->key);
}

static bool is_one_of(const char *word, const char *letter, const char *name)
{
	return !strcmp(word, letter) || !strcmp(word, name);
}

static void import_rule(struct import *import, struct import_words words)
{
	struct rule rule = {
		.import = import, .words = words, .server = { .weight = 1 },
	};
	const char *word = import_text(import, words, 0);
	const bool service = is_one_of(word, "-A", "--add-service");
	size_t i = 1;

	if (!service && !is_one_of(word, "-a", "--add-server")) {
		import_tell(import, words, "this adds nothing: give what "
			    "ipvsadm -Sn prints");
		return;
	}
	while (i < words.n)
		i += rule_option(&rule, i);
	if (service)
		rule_add_service(&rule);
	else
		rule_add_server(&rule);
}

void import_ipvsadm(struct import *import, const char *text, size_t len)
{
	size_t i;

	import_split(import, text, len);
	for (i = 0; i < import->n_lines; i++)
		import_rule(import, import->lines[i].words);
	import_end(import);
}

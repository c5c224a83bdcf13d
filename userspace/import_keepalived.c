// SPDX-License-Identifier: GPL-2.0
/* The virtual servers of a keepalived.conf. */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

#define PERSIST_USUAL	360
#define RANGE_MAX	256

enum word_kind {
	WORD_SCHEDULER,
	WORD_METHOD,
	WORD_FLAG,
	WORD_OPS,
	WORD_PERSIST,
	WORD_MASK,
	WORD_PROTOCOL,
	WORD_FAMILY,
	WORD_WEIGHT,
	WORD_MAX,
	WORD_MIN,
	WORD_SORRY,
	WORD_SORRY_METHOD,
	WORD_REAL,
	WORD_OTHER,
};

#define CHECKS	"servers are not checked here: leave it to keepalived, which " \
		"tells dsr by dsr-checks, see dsrctl(8)"
#define TELLS	"nobody is told of servers: dsrctl monitor prints each change"
#define NAMES	"there is no SNMP, and no name for it: dsrctl metrics tells all"

static const struct import_keyword {
	const char *name;
	enum word_kind kind;
	const char *told;		/* of other words */
	bool has_value;			/* at least one */
} virtual_words[] = {
	{ "real_server", WORD_REAL, NULL, true },
	{ "lvs_sched", WORD_SCHEDULER, NULL, true },
	{ "lb_algo", WORD_SCHEDULER, NULL, true },
	{ "lvs_method", WORD_METHOD, NULL, true },
	{ "lb_kind", WORD_METHOD, NULL, true },
	{ "protocol", WORD_PROTOCOL, NULL, true },
	{ "persistence_timeout", WORD_PERSIST, NULL, false },
	{ "persistence_granularity", WORD_MASK, NULL, true },
	{ "sorry_server", WORD_SORRY, NULL, true },
	{ "sorry_server_lvs_method", WORD_SORRY_METHOD, NULL, true },
	{ "weight", WORD_WEIGHT, NULL, true },
	{ "ops", WORD_OPS, NULL, false },
	{ "ip_family", WORD_FAMILY, NULL, true },
	{ "sh-port", WORD_FLAG, NULL, false },
	{ "mh-port", WORD_FLAG, NULL, false },
	{ "sh-fallback", WORD_FLAG, NULL, false },
	{ "mh-fallback", WORD_FLAG, NULL, false },
	{ "flag-1", WORD_FLAG, NULL, false },
	{ "flag-2", WORD_FLAG, NULL, false },
	{ "flag-3", WORD_FLAG, NULL, false },
	{ "persistence_engine", WORD_OTHER,
	  "a client is known by its address alone: it is left out", true },
	{ "sorry_server_inhibit", WORD_OTHER, CHECKS, false },
	{ "alpha", WORD_OTHER, CHECKS, false },
	{ "omega", WORD_OTHER, CHECKS, false },
	{ "quorum", WORD_OTHER, CHECKS, false },
	{ "hysteresis", WORD_OTHER, CHECKS, false },
	{ "quorum_up", WORD_OTHER, TELLS, false },
	{ "quorum_down", WORD_OTHER, TELLS, false },
	{ "delay_loop", WORD_OTHER, CHECKS, false },
	{ "delay_before_retry", WORD_OTHER, CHECKS, false },
	{ "retry", WORD_OTHER, CHECKS, false },
	{ "warmup", WORD_OTHER, CHECKS, false },
	{ "connect_timeout", WORD_OTHER, CHECKS, false },
	{ "ha_suspend", WORD_OTHER, CHECKS, false },
	{ "inhibit_on_failure", WORD_OTHER, CHECKS, false },
	{ "virtualhost", WORD_OTHER, CHECKS, false },
	{ "snmp_name", WORD_OTHER, NAMES, false },
	{ "smtp_alert", WORD_OTHER, TELLS, false },
	{ 0 },
}, real_words[] = {
	{ "weight", WORD_WEIGHT, NULL, true },
	{ "uthreshold", WORD_MAX, NULL, true },
	{ "lthreshold", WORD_MIN, NULL, true },
	{ "lvs_method", WORD_METHOD, NULL, true },
	{ "lb_kind", WORD_METHOD, NULL, true },
	{ "HTTP_GET", WORD_OTHER, CHECKS, false },
	{ "SSL_GET", WORD_OTHER, CHECKS, false },
	{ "TCP_CHECK", WORD_OTHER, CHECKS, false },
	{ "SMTP_CHECK", WORD_OTHER, CHECKS, false },
	{ "DNS_CHECK", WORD_OTHER, CHECKS, false },
	{ "MISC_CHECK", WORD_OTHER, CHECKS, false },
	{ "BFD_CHECK", WORD_OTHER, CHECKS, false },
	{ "UDP_CHECK", WORD_OTHER, CHECKS, false },
	{ "PING_CHECK", WORD_OTHER, CHECKS, false },
	{ "FILE_CHECK", WORD_OTHER, CHECKS, false },
	{ "inhibit_on_failure", WORD_OTHER, CHECKS, false },
	{ "alpha", WORD_OTHER, CHECKS, false },
	{ "delay_loop", WORD_OTHER, CHECKS, false },
	{ "delay_before_retry", WORD_OTHER, CHECKS, false },
	{ "retry", WORD_OTHER, CHECKS, false },
	{ "warmup", WORD_OTHER, CHECKS, false },
	{ "connect_timeout", WORD_OTHER, CHECKS, false },
	{ "virtualhost", WORD_OTHER, CHECKS, false },
	{ "snmp_name", WORD_OTHER, NAMES, false },
	{ "notify_up", WORD_OTHER, TELLS, false },
	{ "notify_down", WORD_OTHER, TELLS, false },
	{ "smtp_alert", WORD_OTHER, TELLS, false },
	{ 0 },
};

/* A server as it is written. */
struct real {
	struct import_server server;
	const char *method;		/* NULL: the virtual server's */
	bool has_weight;
};

/* A block that names virtual servers, with what is in it. */
struct block {
	struct import *import;
	struct import_service service;
	const char *method, *sorry_method;	/* NULL: not given */
	const char *protocol;
	uint32_t weight;
	struct real *reals;
	size_t n_reals;
	struct real sorry;		/* no words: there is none */
};

/* --- Words ---------------------------------------------------------------- */

/* What keepalived would replace or leave out before it reads it. */
static bool is_conditional(struct import *import, struct import_words words)
{
	const char *word = import_text(import, words, 0);

	if (*word == '@')
		import_tell(import, words, "this is for some machines only: it "
			    "is left out; give the file as it is on one");
	else if (*word == '$' || *word == '~')
		import_tell(import, words, "variables are not known here: it "
			    "is left out; write what it stands for");
	else if (!strncmp(word, "include", 7))
		import_tell(import, words, "other files are not read: import "
			    "them by themselves");
	else
		return false;
	return true;
}

/* The row of @words for a line, if that is to be taken; or else it is told. */
static const struct import_keyword *find_word(struct import *import,
					      const struct import_keyword *words,
					      const struct import_line *at)
{
	const bool has_block = at->end > (size_t)(at - import->lines) + 1;
	const struct import_words line = at->words;
	const char *name = import_text(import, line, 0);

	if (is_conditional(import, line))
		return NULL;
	while (words->name && strcmp(words->name, name))
		words++;
	if (has_block && words->name && words->kind < WORD_REAL)
		import_tell(import, line, "it takes no block: what is in that "
			    "is left out");
	if (!words->name)
		import_tell(import, line, "there is nothing like it: it is "
			    "left out");
	else if (words->has_value && line.n < 2)
		import_tell(import, line, "its value is missing: it is left "
			    "out");
	else if (words->told)
		import_tell(import, line, "%s", words->told);
	else
		return words;
	return NULL;
}

/* The value is the first one behind the name; what follows is told. */
static struct import_words with_value(struct import *import,
				      struct import_words line, size_t n)
{
	if (line.n > n)
		import_tell(import, import_part(line, n, line.n - n),
			    "nothing is known to follow \"%.80s\": it is left "
			    "out", import_text(import, line, n - 1));
	return import_part(line, 0, line.n < n ? line.n : n);
}

/* ADDRESS [PORT]; false, and that is told, if it is none. */
static bool parse_address(struct import *import, struct import_words words,
			  struct import_server *server)
{
	const char *word = import_text(import, words, 1);
	struct err err;

	words = with_value(import, words, 3);
	server->words = words;
	if (!addr_parse(word, &server->addr)) {
		addr_refuse(word, &err);
		import_refuse(import, words, &err);
		return false;
	}
	if (words.n > 2)
		import_number(import, words, UINT16_MAX, &server->port);
	return true;
}

/* --- Servers -------------------------------------------------------------- */

static void parse_real_line(struct block *block,
			    const struct import_line *at, struct real *real)
{
	struct import *import = block->import;
	struct import_words line = at->words;
	const struct import_keyword *word;

	word = find_word(import, real_words, at);
	if (!word)
		return;
	/* A kind of tunnel may follow, of a server that is left out. */
	if (word->kind == WORD_METHOD) {
		real->method = import_text(import, line, 1);
		return;
	}
	line = with_value(import, line, 2);
	if (word->kind == WORD_MAX) {
		import_number(import, line, UINT32_MAX,
			      &real->server.max_flows);
	} else if (word->kind == WORD_MIN) {
		import_number(import, line, UINT32_MAX,
			      &real->server.min_flows);
	} else {
		real->has_weight = true;
		import_weight(import, line, &real->server.weight);
	}
}

static void parse_real(struct block *block, const struct import_line *line)
{
	const struct import_line *lines = block->import->lines;
	struct real real = { .server = { .weight = 1 } };
	size_t i = line - lines + 1;
	bool good;

	good = parse_address(block->import, line->words, &real.server);
	for (; i < line->end; i = lines[i].end)
		parse_real_line(block, &lines[i], &real);
	if (!good)
		return;
	block->reals = reallocarray(block->reals, block->n_reals + 1,
				    sizeof(real));
	if (!block->reals) {
		perror("dsrctl");
		exit(REFUSED);
	}
	block->reals[block->n_reals++] = real;
}

/* Whether a server is routed to directly. keepalived takes NAT unless told. */
static bool is_direct(struct block *block, const struct real *real)
{
	const char *method = real->method ? real->method : block->method;

	if (method && !strcasecmp(method, "DR"))
		return true;
	if (method && !strcasecmp(method, "TUN"))
		import_tell(block->import, real->server.words, "lvs_method %s: "
			    "there are no tunnels: the server is left out; it "
			    "can be taken once it is on a network of the "
			    "director's", method);
	else
		import_tell(block->import, real->server.words, "lvs_method "
			    "%.80s: there is no NAT: the server is left out; "
			    "it can be taken once it has the VIP and answers "
			    "the clients itself, see dsrctl recipe",
			    method ? method : "is not given, which is NAT");
	return false;
}

/* --- Virtual servers ------------------------------------------------------ */

static void parse_persist(struct block *block, struct import_words line)
{
	block->service.persist = PERSIST_USUAL;
	if (line.n > 1)
		import_number(block->import, with_value(block->import, line, 2),
			      UINT32_MAX, &block->service.persist);
}

static void parse_protocol(struct block *block, struct import_words line)
{
	static const char *const names[] = { "tcp", "udp", "sctp" };
	size_t i;

	for (i = 0; i < 3; i++) {
		if (!strcasecmp(import_text(block->import, line, 1),
				names[i])) {
			block->protocol = names[i];
			return;
		}
	}
	import_tell(block->import, line, "this is none of TCP, UDP and SCTP: "
		    "tcp is written");
}

static void parse_sorry(struct block *block, struct import_words line)
{
	struct real *sorry = &block->sorry;

	memset(sorry, 0, sizeof(*sorry));
	if (!parse_address(block->import, line, &sorry->server))
		sorry->server.words.n = 0;
	sorry->server.weight = 1;
	sorry->server.fallback = true;
	sorry->has_weight = true;
}

/* What has one value and nothing behind it. */
static void parse_virtual_value(struct block *block, enum word_kind kind,
				struct import_words line)
{
	struct import *import = block->import;

	line = with_value(import, line, 2);
	if (kind == WORD_SCHEDULER)
		import_scheduler(import, line, &block->service);
	else if (kind == WORD_MASK)
		import_mask(import, line, &block->service);
	else if (kind == WORD_WEIGHT)
		import_weight(import, line, &block->weight);
	else if (kind == WORD_PROTOCOL)
		parse_protocol(block, line);
}

static void parse_virtual_line(struct block *block,
			       const struct import_line *line)
{
	struct import *import = block->import;
	struct import_words words = line->words;
	const struct import_keyword *word;

	word = find_word(import, virtual_words, line);
	if (!word)
		return;
	switch (word->kind) {
	case WORD_REAL:
		parse_real(block, line);
		break;
	case WORD_SORRY:
		parse_sorry(block, words);
		break;
	case WORD_METHOD:
		block->method = import_text(import, words, 1);
		break;
	case WORD_SORRY_METHOD:
		block->sorry_method = import_text(import, words, 1);
		break;
	case WORD_PERSIST:
		parse_persist(block, words);
		break;
	case WORD_FLAG:
		import_flags(import, with_value(import, words, 1),
			     &block->service);
		break;
	case WORD_OPS:
		with_value(import, words, 1);
		block->service.sessionless = true;
		break;
	default:
		parse_virtual_value(block, word->kind, words);
		break;
	}
}

/* --- What it serves ------------------------------------------------------- */

static void add_service(struct block *block, struct import_words words,
			const struct service_key *key)
{
	size_t i;

	if (!import_add_service(block->import, words, &block->service, key))
		return;
	for (i = 0; i < block->n_reals; i++)
		import_add_server(block->import, &block->reals[i].server, key);
	if (block->sorry.server.words.n)
		import_add_server(block->import, &block->sorry.server, key);
}

/* The service of @vip, an address or a prefix, as the command line has it. */
static void add_vip(struct block *block, struct import_words words,
		    const char *vip, const char *port)
{
	const bool brackets = strchr(vip, ':');
	char text[ADDR_TEXT + 32];
	struct service_key key;
	struct err err;

	if (strcmp(port, "0"))
		snprintf(text, sizeof(text), brackets ? "[%.50s]:%.20s" :
			 "%.50s:%.20s", vip, port);
	else
		snprintf(text, sizeof(text), "%.50s", vip);
	if (key_parse(block->protocol, text, &key, &err))
		import_refuse(block->import, words, &err);
	else
		add_service(block, words, &key);
}

/* The last bits of an address, which a range counts up. */
static uint32_t addr_last(const struct addr *addr)
{
	return ntohl(addr->family == AF_INET ? addr->v4.s_addr :
		     addr->v6.s6_addr32[3]);
}

static void addr_set_last(struct addr *addr, uint32_t last)
{
	if (addr->family == AF_INET)
		addr->v4.s_addr = htonl(last);
	else
		addr->v6.s6_addr32[3] = htonl(last);
}

/* The end of a range is its last number alone, or all of an address. */
static bool range_end(const struct addr *first, const char *word,
		      struct addr *end)
{
	const bool is_ipv4 = first->family == AF_INET;
	const uint32_t mask = is_ipv4 ? UINT8_MAX : UINT16_MAX;
	char *rest;
	long last;

	if (addr_parse(word, end))
		return true;
	if (!isxdigit((unsigned char)*word))
		return false;
	last = strtol(word, &rest, is_ipv4 ? 10 : 16);
	*end = *first;
	addr_set_last(end, (addr_last(end) & ~mask) | (last & mask));
	return !*rest && last <= (long)mask;
}

static void add_range(struct block *block, struct import_words words,
		      const struct addr *first, const char *word,
		      const char *port)
{
	struct addr addr = *first, end;
	char text[ADDR_TEXT];
	uint32_t i, n;

	n = range_end(first, word, &end) ? addr_last(&end) - addr_last(first) :
	    RANGE_MAX;
	for (i = 0; n < RANGE_MAX && i < n; i++)
		addr_set_last(&addr, addr_last(&addr) + 1);
	if (n >= RANGE_MAX || addr_compare(&addr, &end)) {
		import_tell(block->import, words, "\"%.80s\" is not the last "
			    "of at most %u addresses: it is left out; a "
			    "service may have a prefix", word, RANGE_MAX);
		return;
	}
	for (i = 0; i <= n; i++) {
		addr_set_last(&addr, addr_last(first) + i);
		add_vip(block, words, addr_text(&addr, text), port);
	}
}

static void add_mark(struct block *block, struct import_words words)
{
	struct service_key key;
	struct err err;

	/* A mark is of both families. */
	if (words.n == 3 && !strncmp(import_text(block->import, words, 2),
				     "inet", 4))
		words.n = 2;
	words = with_value(block->import, words, 2);
	if (key_parse("fwmark", words.n > 1 ?
		      import_text(block->import, words, 1) : NULL, &key, &err))
		import_refuse(block->import, words, &err);
	else
		add_service(block, words, &key);
}

/* ADDRESS[-END] [PORT], ADDRESS/LEN [PORT] or fwmark N. */
static void add_entry(struct block *block, struct import_words words)
{
	const char *word, *port, *dash;
	char first[ADDR_TEXT];
	struct addr addr;

	word = import_text(block->import, words, 0);
	if (!strcmp(word, "fwmark")) {
		add_mark(block, words);
		return;
	}
	words = with_value(block->import, words, 2);
	port = words.n > 1 ? import_text(block->import, words, 1) : "0";
	dash = strchr(word, '-');
	snprintf(first, sizeof(first), "%.*s", dash ? (int)(dash - word) : 0,
		 word);
	if (addr_parse(first, &addr))
		add_range(block, words, &addr, dash + 1, port);
	else
		add_vip(block, words, word, port);
}

/* A group may stand anywhere; the first one of a name is it. */
static const struct import_line *find_group(const struct import *import,
					    const char *name)
{
	const struct import_line *line = import->lines;
	size_t i;

	for (i = 0; i < import->n_lines; i = line[i].end) {
		if (line[i].words.n == 2 &&
		    !strcmp(import_text(import, line[i].words, 0),
			    "virtual_server_group") &&
		    !strcmp(import_text(import, line[i].words, 1), name))
			return &line[i];
	}
	return NULL;
}

/* It is read where something refers to it. */
static void check_group(struct import *import, const struct import_line *line)
{
	if (line->words.n != 2)
		import_tell(import, line->words, "a group has one name: it is "
			    "left out");
	else if (find_group(import, import_text(import, line->words, 1)) !=
		 line)
		import_tell(import, line->words, "there is a group of this "
			    "name already: it is left out");
}

static void add_group(struct block *block, struct import_words words)
{
	const struct import_line *lines = block->import->lines, *group;
	size_t i;

	words = with_value(block->import, words, 3);
	group = words.n > 2 ? find_group(block->import,
					 import_text(block->import, words, 2)) :
		NULL;
	if (!group) {
		import_tell(block->import, words, "there is no "
			    "virtual_server_group of this name: it is left "
			    "out");
		return;
	}
	for (i = group - lines + 1; i < group->end; i = lines[i].end) {
		if (!is_conditional(block->import, lines[i].words))
			add_entry(block, lines[i].words);
	}
}

/* Servers that are not routed to directly are told once, and left out. */
static void drop_indirect(struct block *block)
{
	size_t i, n = 0;

	for (i = 0; i < block->n_reals; i++) {
		struct real *real = &block->reals[i];

		if (!real->has_weight)
			real->server.weight = block->weight;
		if (is_direct(block, real))
			block->reals[n++] = *real;
	}
	block->n_reals = n;
	block->sorry.method = block->sorry_method;
	if (block->sorry.server.words.n && !is_direct(block, &block->sorry))
		block->sorry.server.words.n = 0;
}

static void import_virtual(struct import *import,
			   const struct import_line *line)
{
	struct block block = {
		.import = import, .protocol = "tcp", .weight = 1,
	};
	const struct import_line *lines = import->lines;
	size_t i;

	for (i = line - lines + 1; i < line->end; i = lines[i].end)
		parse_virtual_line(&block, &lines[i]);
	drop_indirect(&block);
	if (line->words.n < 2)
		import_tell(import, line->words, "it has no address: write "
			    "virtual_server ADDRESS PORT");
	else if (!strcmp(import_text(import, line->words, 1), "group"))
		add_group(&block, line->words);
	else
		add_entry(&block, import_part(line->words, 1,
					      line->words.n - 1));
	free(block.reals);
}

static void import_top(struct import *import, const struct import_line *line)
{
	const char *word = import_text(import, line->words, 0);

	if (is_conditional(import, line->words))
		return;
	if (!strcmp(word, "virtual_server"))
		import_virtual(import, line);
	else if (!strcmp(word, "virtual_server_group"))
		check_group(import, line);
	else
		import_tell(import, line->words, "this is not about virtual "
			    "servers: leave it to keepalived");
}

void import_keepalived(struct import *import, const char *text, size_t len)
{
	size_t i;

	import_split(import, text, len);
	for (i = 0; i < import->n_lines; i = import->lines[i].end)
		import_top(import, &import->lines[i]);
	import_end(import);
}

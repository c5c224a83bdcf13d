// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd.h"
#include "conf_node.h"
#include "value.h"

#define MAX_KEYS	32

/* What a mapping may have: keywords, and keys that are none. */
struct schema {
	char text[MAX_KEYS][32];
	const char *names[MAX_KEYS + 1];
	const struct keyword *keywords[MAX_KEYS];
	size_t n;
};

/* The keys of a service and of a server that are no keywords. */
enum {
	SERVICE_KEY,
	SERVICE_SERVERS,
};

enum {
	SERVER_ADDRESS,
};

enum {
	ANNOUNCE_DEVICE,
};

enum {
	FILE_SETTINGS,
	FILE_INGRESS,
	FILE_ANNOUNCE,
	FILE_PEERS,
	FILE_SERVICES,
};

struct parser {
	struct conf *conf;
	struct reader *reader;
	struct schema file, settings, announce, service, server, peer;
	struct request request;		/* what is being read */
};

/* --- Keys ---------------------------------------------------------------- */

static void schema_add(struct schema *schema, const char *first,
		       const char *second, const struct keyword *keyword)
{
	const size_t i = schema->n++;

	if (schema->n > MAX_KEYS)
		abort();
	snprintf(schema->text[i], sizeof(schema->text[i]), "%s%s%s", first,
		 second ? "-" : "", second ? second : "");
	schema->names[i] = schema->text[i];
	schema->keywords[i] = keyword;
}

/*
 * A keyword that has only others behind it is a mapping of these; if it has a
 * value too, they are keys of their own: "persist" and "persist-prefix". What
 * is not kept is for the command line alone.
 */
static void schema_add_keywords(struct schema *schema,
				const struct keyword *keyword)
{
	const struct keyword *more;

	for (; keyword->name; keyword++) {
		if (keyword->parse && !keyword->text)
			continue;
		schema_add(schema, keyword->name, NULL, keyword);
		for (more = keyword->more; keyword->parse && more && more->name;
		     more++)
			schema_add(schema, keyword->name, more->name, more);
	}
}

static void parser_init(struct parser *parser, struct conf *conf)
{
	memset(parser, 0, sizeof(*parser));
	parser->conf = conf;
	schema_add(&parser->file, "settings", NULL, NULL);
	schema_add(&parser->file, "ingress", NULL, NULL);
	schema_add(&parser->file, "announce", NULL, NULL);
	schema_add(&parser->file, "peers", NULL, NULL);
	schema_add(&parser->file, "services", NULL, NULL);
	schema_add_keywords(&parser->settings, settings_keywords);
	schema_add(&parser->announce, "device", NULL, NULL);
	schema_add_keywords(&parser->announce, announce_keywords);
	schema_add(&parser->service, "service", NULL, NULL);
	schema_add(&parser->service, "servers", NULL, NULL);
	schema_add_keywords(&parser->service, service_keywords);
	schema_add(&parser->server, "address", NULL, NULL);
	schema_add_keywords(&parser->server, server_keywords);
	schema_add(&parser->peer, "address", NULL, NULL);
	schema_add_keywords(&parser->peer, peer_keywords);
}

/* --- Nodes --------------------------------------------------------------- */

/* @node, the value of @name or an item of it, is not what is wanted. */
static void refuse_type(struct parser *parser, const struct node *node,
			const char *name, const char *wanted)
{
	const char *word = *node->text ? node->text : name;

	conf_problem(parser->conf, node->at, WORD ": %s", word,
		     wanted);
}

/* A message of the command line's, which may not have the word. */
static void refuse_word(struct parser *parser, const struct node *node,
			const char *word, const struct err *err)
{
	if (strchr(err->text, '"'))
		conf_problem(parser->conf, node->at, "%s", err->text);
	else
		conf_problem(parser->conf, node->at, WORD ": %s", word,
			     err->text);
}

/* The text of a scalar; NULL, and that is a problem, if there is none. */
static const char *parse_text(struct parser *parser, const struct node *node,
			      const char *name, const char *wanted)
{
	const char *text = node->text;

	if (!*text) {
		refuse_type(parser, node, name, wanted);
		return NULL;
	}
	if (strlen(text) != node->len) {
		conf_problem(parser->conf, node->at,
			     WORD ": there is a zero byte behind it: leave it "
			     "out", text);
		return NULL;
	}
	return text;
}

/* Which key of the schema, or -1, and that is a problem. */
static int parse_key(struct parser *parser, const struct schema *schema,
		     const struct node *node)
{
	struct err err;
	const char *text;
	size_t i;

	text = parse_text(parser, node, "key", "a key is a word");
	for (i = 0; text && i < schema->n; i++) {
		if (!strcmp(text, schema->names[i]))
			return i;
	}
	if (text) {
		args_refuse_name("unknown key", text, schema->names, &err);
		conf_problem(parser->conf, node->at, "%s", err.text);
	}
	return -1;
}

static void refuse_twice(struct parser *parser, const struct node *key)
{
	conf_problem(parser->conf, key->at, WORD " is given twice: leave one "
		     "out", key->text);
}

/*
 * The values of a mapping, each where the schema has its key, and NULL where
 * there is none. Return: false, and that is a problem, if it is no mapping.
 */
static bool parse_mapping(struct parser *parser, const struct schema *schema,
			  const struct node *node, const char *name,
			  const char *wanted, const struct node *values[MAX_KEYS])
{
	const struct node *key;
	int i;

	memset(values, 0, MAX_KEYS * sizeof(*values));
	if (node->type != NODE_MAPPING) {
		refuse_type(parser, node, name, wanted);
		return false;
	}
	for (key = node->items; key; key = key->next->next) {
		i = parse_key(parser, schema, key);
		if (i >= 0 && values[i])
			refuse_twice(parser, key);
		else if (i >= 0)
			values[i] = key->next;
	}
	return true;
}

typedef void parse_item_fn(struct parser *parser, const struct node *node);

static void parse_list(struct parser *parser, const struct node *node,
		       const char *name, const char *wanted,
		       parse_item_fn *parse_item)
{
	const struct node *item;

	if (node->type != NODE_LIST) {
		refuse_type(parser, node, name, wanted);
		return;
	}
	for (item = node->items; item && !conf_has_enough(parser->conf);
	     item = item->next)
		parse_item(parser, item);
}

/* --- Values -------------------------------------------------------------- */

static void parse_keywords(struct parser *parser, const struct schema *schema,
			   const struct node *const values[MAX_KEYS]);

/* The keywords that can only be given behind this one. */
static void parse_more(struct parser *parser, const struct keyword *keyword,
		       const struct node *node)
{
	const struct node *values[MAX_KEYS];
	struct schema schema = { 0 };
	char wanted[128];

	schema_add_keywords(&schema, keyword->more);
	snprintf(wanted, sizeof(wanted), "%s is a mapping: write {%s: %s}",
		 keyword->name, keyword->more->name, keyword->more->value);
	if (parse_mapping(parser, &schema, node, keyword->name, wanted,
			  values))
		parse_keywords(parser, &schema, values);
}

/*
 * Programs that write YAML or JSON make "true" of what stood there as "on", as
 * YAML had it at first.
 */
static const char *parse_flag(const struct keyword *keyword,
			      const struct node *node, const char *word)
{
	if (!node->plain || !strstr(keyword->value, value_flag[0]))
		return word;
	if (!strcmp(word, "true"))
		return value_flag[1];
	return strcmp(word, "false") ? word : value_flag[0];
}

static void refuse_no_value(struct parser *parser,
			    const struct keyword *keyword,
			    const struct node *node)
{
	char wanted[128];

	snprintf(wanted, sizeof(wanted), "%s takes one value: write %s",
		 keyword->name, keyword->value);
	refuse_type(parser, node, keyword->name, wanted);
}

static void parse_value(struct parser *parser, const struct keyword *keyword,
			const struct node *node)
{
	struct err err;
	const char *word;
	uint8_t ignored;
	int status;

	if (!*node->text) {
		refuse_no_value(parser, keyword, node);
		return;
	}
	word = parse_text(parser, node, keyword->name, NULL);
	if (!word)
		return;
	word = parse_flag(keyword, node, word);
	status = keyword->parse(keyword, word, &parser->request, &err);
	/* The command line leaves schedulers to the kernel. */
	if (!status && keyword->names)
		status = value_name(keyword->name, word, keyword->names,
				    &ignored, &err);
	if (status)
		refuse_word(parser, node, word, &err);
}

static void parse_keywords(struct parser *parser, const struct schema *schema,
			   const struct node *const values[MAX_KEYS])
{
	const struct keyword *keyword;
	size_t i;

	for (i = 0; i < schema->n; i++) {
		keyword = schema->keywords[i];
		if (!keyword || !values[i])
			continue;
		if (keyword->parse)
			parse_value(parser, keyword, values[i]);
		else
			parse_more(parser, keyword, values[i]);
	}
}

/* --- Servers ------------------------------------------------------------- */

#define SERVER_MORE	"{address: ADDRESS, weight: N}"
#define PEER_MORE	"{address: ADDRESS, dev: NAME}"

/* Where an address stands, and what is said of it if there is anything. */
static const struct node *parse_parts(struct parser *parser,
				      const struct schema *schema,
				      const struct node *node,
				      const char *name, const char *wanted,
				      const char *more,
				      const struct node *values[MAX_KEYS])
{
	if (*node->text) {
		memset(values, 0, MAX_KEYS * sizeof(*values));
		return node;
	}
	if (!parse_mapping(parser, schema, node, name, wanted, values))
		return NULL;
	if (!values[SERVER_ADDRESS])
		conf_problem(parser->conf, node->at,
			     "\"address\" is missing: write %s", more);
	return values[SERVER_ADDRESS];
}

static bool parse_server_address(struct parser *parser,
				 const struct node *node, const char *more)
{
	struct request *request = &parser->request;
	const char *word;
	struct err err;

	word = parse_text(parser, node, "address", "write one address");
	if (!word)
		return false;
	if (strchr(word, ' ')) {
		conf_problem(parser->conf, node->at, WORD
			     " is not an IP address: what else there is to "
			     "say, say by %s", word, more);
		return false;
	}
	if (key_parse_server(word, &request->service.key,
			     &request->server.addr, &err)) {
		refuse_word(parser, node, word, &err);
		return false;
	}
	return true;
}

static void parse_server(struct parser *parser, const struct node *node)
{
	const struct service_key *service = &parser->request.service.key;
	struct server *server = &parser->request.server, *added;
	const struct node *values[MAX_KEYS];
	const struct node *address;
	struct err err;
	bool good;

	memset(server, 0, sizeof(*server));
	server->service = service;
	server->weight = 1;
	address = parse_parts(parser, &parser->server, node, "servers",
			      "a server is an ADDRESS or a mapping: "
			      SERVER_MORE, SERVER_MORE, values);
	good = address && parse_server_address(parser, address, SERVER_MORE);
	parse_keywords(parser, &parser->server, values);
	if (!good)
		return;
	server->at = address->at;
	if (server_needs_dev(server, &err))
		conf_problem(parser->conf, server->at, "%s", err.text);
	if (!parser->request.has_service)
		return;
	added = model_add_server(&parser->conf->model, service);
	server->service = added->service;
	*added = *server;
}

/* --- Services ------------------------------------------------------------ */

/* The two words of the command line. */
static int parse_key_words(const char *text, struct service_key *key,
			   struct err *err)
{
	char *copy = strdup(text), *at = NULL, *kind, *word, *more;
	int status;

	if (!copy) {
		perror("dsrctl");
		exit(REFUSED);
	}
	kind = strtok_r(copy, " ", &at);
	word = strtok_r(NULL, " ", &at);
	more = strtok_r(NULL, " ", &at);
	if (!kind)
		status = err_usage(err, WORD ": a service is written "
				   KEY_USAGE, text);
	else
		status = key_parse(kind, word, key, err);
	if (!status && more)
		status = err_usage(err, "unexpected word " WORD ": what is "
				   "said of a service has keys of its own",
				   more);
	free(copy);
	return status;
}

/* Without a good key, what else is said is only looked at. */
static void parse_service_key(struct parser *parser, const struct node *node,
			      const struct node *value)
{
	static const struct service_key unknown = { .fwmark = UINT32_MAX };
	struct request *request = &parser->request;
	const char *text = NULL;
	struct err err;

	memset(&request->service, 0, sizeof(request->service));
	if (!value)
		conf_problem(parser->conf, node->at,
			     "\"service\" is missing: write service: "
			     KEY_USAGE);
	else
		text = parse_text(parser, value, "service",
				  "a service is written " KEY_USAGE);
	request->has_service = text &&
		!parse_key_words(text, &request->service.key, &err);
	if (text && !request->has_service)
		refuse_word(parser, value, text, &err);
	if (request->has_service)
		request->service.at = value->at;
	else
		request->service.key = unknown;
	strcpy(request->service.scheduler, SCHEDULER_USUAL);
	model_set_defaults(&request->service);
}

/* What cannot be said at one time. */
static void parse_service_sense(struct parser *parser,
				const struct node *const values[MAX_KEYS])
{
	const struct service *service = &parser->request.service;
	size_t i = 0;

	if (!service->sessionless || !service->persist)
		return;
	while (strcmp(parser->service.names[i], "sessionless"))
		i++;
	conf_problem(parser->conf, values[i]->at,
		     "sessionless " WORD " keeps no clients: write "
		     "persist: off", values[i]->text);
}

static void parse_service(struct parser *parser, const struct node *node)
{
	const size_t first = parser->conf->model.n_servers;
	const struct node *values[MAX_KEYS];

	if (!parse_mapping(parser, &parser->service, node, "services",
			   "a service is a mapping: write service: "
			   "tcp VIP:PORT", values))
		return;
	parse_service_key(parser, node, values[SERVICE_KEY]);
	parse_keywords(parser, &parser->service, values);
	parse_service_sense(parser, values);
	if (parser->request.has_service)
		*model_add_service(&parser->conf->model) =
			parser->request.service;
	if (values[SERVICE_SERVERS])
		parse_list(parser, values[SERVICE_SERVERS], "servers",
			   "servers are a list: write - ADDRESS for each, or "
			   "[] for none", parse_server);
	conf_check_servers(parser->conf, first);
}

/* --- The rest of the file ------------------------------------------------ */

static void parse_ingress(struct parser *parser, const struct node *node)
{
	struct ingress *ingress;
	const char *word;
	struct err err;

	word = parse_text(parser, node, "ingress", "give names of devices");
	if (!word)
		return;
	if (ingress_dev.parse(&ingress_dev, word, &parser->request, &err)) {
		refuse_word(parser, node, word, &err);
		return;
	}
	ingress = model_add_ingress(&parser->conf->model);
	strcpy(ingress->dev, word);
	ingress->at = node->at;
}

#define ANNOUNCE_WANTED \
	"write the name of a device, or {device: DEV, every: TIME}"

/* Where the device's name stands, and what else is said if there is any. */
static const struct node *
parse_announce_parts(struct parser *parser, const struct node *node,
		     const struct node *values[MAX_KEYS])
{
	if (*node->text) {
		memset(values, 0, MAX_KEYS * sizeof(*values));
		return node;
	}
	if (!parse_mapping(parser, &parser->announce, node, "announce",
			   ANNOUNCE_WANTED, values))
		return NULL;
	if (!values[ANNOUNCE_DEVICE])
		conf_problem(parser->conf, node->at,
			     "\"device\" is missing: " ANNOUNCE_WANTED);
	return values[ANNOUNCE_DEVICE];
}

static void parse_announce(struct parser *parser, const struct node *node)
{
	struct announce *announce = &parser->request.announce;
	const struct node *values[MAX_KEYS];
	const struct node *device;
	const char *word = NULL;
	struct err err;

	memset(announce, 0, sizeof(*announce));
	device = parse_announce_parts(parser, node, values);
	if (!device)
		return;
	word = parse_text(parser, device, "device", ANNOUNCE_WANTED);
	parse_keywords(parser, &parser->announce, values);
	if (!word)
		return;
	if (ingress_dev.parse(&ingress_dev, word, &parser->request, &err)) {
		refuse_word(parser, device, word, &err);
		return;
	}
	strcpy(announce->dev, word);
	announce->at = device->at;
	*model_add_announce(&parser->conf->model) = *announce;
}

/* By the keys of a server, of a service that there is not. */
static void parse_peer(struct parser *parser, const struct node *node)
{
	struct server *peer = &parser->request.server;
	const struct node *values[MAX_KEYS];
	const struct node *address;
	struct err err;
	bool good;

	memset(&parser->request, 0, sizeof(parser->request));
	address = parse_parts(parser, &parser->peer, node, "peers",
			      "a peer is an ADDRESS or a mapping: "
			      PEER_MORE, PEER_MORE, values);
	good = address && parse_server_address(parser, address, PEER_MORE);
	parse_keywords(parser, &parser->peer, values);
	if (!good)
		return;
	peer->at = address->at;
	if (server_needs_dev(peer, &err))
		conf_problem(parser->conf, peer->at, "%s", err.text);
	*model_add_peer(&parser->conf->model) = *peer;
}

static void parse_settings(struct parser *parser, const struct node *node)
{
	const struct node *values[MAX_KEYS];

	if (!parse_mapping(parser, &parser->settings, node, "settings",
			   "settings are a mapping: write {max-flows: N}",
			   values))
		return;
	parse_keywords(parser, &parser->settings, values);
	parser->conf->settings_at = node->at;
	parser->conf->model.settings = parser->request.settings;
}

/* A service at a time, unless an alias may stand for all of them. */
static void parse_services(struct parser *parser)
{
	struct reader *reader = parser->reader;
	const struct node *node;

	if (reader_enter(reader, NODE_LIST, NULL)) {
		while ((node = reader_node(reader))) {
			parse_service(parser, node);
			reader_forget(reader);
		}
	} else if ((node = reader_node(reader))) {
		parse_list(parser, node, "services",
			   "services are a list: write - service: "
			   "tcp VIP:PORT for each, or [] for none",
			   parse_service);
	}
}

/* The value of one of the file's keys, or of none of them. */
static void parse_section(struct parser *parser, int key)
{
	const struct node *node;

	if (key == FILE_SERVICES) {
		parse_services(parser);
		return;
	}
	node = reader_node(parser->reader);
	if (node && key == FILE_SETTINGS) {
		parse_settings(parser, node);
	} else if (node && key == FILE_INGRESS) {
		parser->conf->has_ingresses = true;
		parse_list(parser, node, "ingress",
			   "ingress is a list: write [eth0], or [] for none",
			   parse_ingress);
	} else if (node && key == FILE_ANNOUNCE) {
		parser->conf->has_announces = true;
		parse_list(parser, node, "announce",
			   "announce is a list: write [eth0], or [] for none",
			   parse_announce);
	} else if (node && key == FILE_PEERS) {
		parser->conf->has_peers = true;
		parse_list(parser, node, "peers",
			   "peers are a list: write - ADDRESS for each, or [] "
			   "for none", parse_peer);
	}
}

/* Return: whether it says which services there are to be. */
static bool parse_sections(struct parser *parser)
{
	bool given[MAX_KEYS] = { false };
	const struct node *node;
	int key;

	while ((node = reader_node(parser->reader))) {
		key = parse_key(parser, &parser->file, node);
		if (key >= 0 && given[key]) {
			refuse_twice(parser, node);
			key = -1;
		} else if (key >= 0) {
			given[key] = true;
		}
		parse_section(parser, key);
		reader_forget(parser->reader);
	}
	return given[FILE_SERVICES];
}

/* Nothing said is a file that was cut off rather than one for no services. */
static void parse_file(struct parser *parser)
{
	struct place at = { 1, 1 };
	const struct node *node;

	if (!reader_enter(parser->reader, NODE_MAPPING, &at)) {
		node = reader_node(parser->reader);
		if (node) {
			refuse_type(parser, node, "file", "a file is a "
				    "mapping: begin with services:");
			return;
		}
	}
	if (!parse_sections(parser) && reader_is_good(parser->reader))
		conf_problem(parser->conf, at, "\"services\" is missing: "
			     "write services: [] if there are to be none");
}

void conf_parse(struct conf *conf, const char *text, size_t len)
{
	struct parser parser;
	bool good;

	parser_init(&parser, conf);
	parser.reader = reader_begin(conf, text, len);
	parse_file(&parser);
	good = reader_end(parser.reader);
	if (good)
		conf_check(conf);
}

/* Room for all of it, if its size is known. */
static size_t read_room(FILE *from)
{
	struct stat file;

	if (!fstat(fileno(from), &file) && file.st_size > 65535)
		return file.st_size + 1;
	return 65536;
}

static char *read_grow(char *text, size_t room)
{
	text = realloc(text, room);
	if (!text) {
		perror("dsrctl");
		exit(REFUSED);
	}
	return text;
}

bool conf_read_all(FILE *from, char **text, size_t *len)
{
	size_t room = read_room(from), got;

	*text = read_grow(NULL, room);
	*len = 0;
	while ((got = fread(*text + *len, 1, room - *len, from))) {
		*len += got;
		if (*len == room) {
			room *= 2;
			*text = read_grow(*text, room);
		}
	}
	return !ferror(from);
}

int conf_read(struct conf *conf, const char *path, struct err *err)
{
	const bool is_stdin = !strcmp(path, "-");
	FILE *from = is_stdin ? stdin : fopen(path, "re");
	int status = DONE;
	size_t len;
	char *text;

	conf->name = is_stdin ? "standard input" : path;
	if (!from)
		return err_refused(err, "%s: %s", path, strerror(errno));
	if (conf_read_all(from, &text, &len))
		conf_parse(conf, text, len);
	else
		status = err_refused(err, "%s: %s", conf->name,
				     strerror(errno));
	free(text);
	if (!is_stdin)
		fclose(from);
	return status;
}

void conf_clear(struct conf *conf)
{
	conf_forget_problems(conf);
	model_clear(&conf->model);
	memset(conf, 0, sizeof(*conf));
}

// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "cmd.h"
#include "conf.h"
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
	FILE_SETTINGS,
	FILE_INGRESS,
	FILE_SERVICES,
};

struct parser {
	struct conf *conf;
	yaml_document_t document;
	struct schema file, settings, service, server;
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
 * value too, they are keys of their own: "persist" and "persist-prefix".
 */
static void schema_add_keywords(struct schema *schema,
				const struct keyword *keyword)
{
	const struct keyword *more;

	for (; keyword->name; keyword++) {
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
	schema_add(&parser->file, "services", NULL, NULL);
	schema_add_keywords(&parser->settings, settings_keywords);
	schema_add(&parser->service, "service", NULL, NULL);
	schema_add(&parser->service, "servers", NULL, NULL);
	schema_add_keywords(&parser->service, service_keywords);
	schema_add(&parser->server, "address", NULL, NULL);
	schema_add_keywords(&parser->server, server_keywords);
}

/* --- Nodes --------------------------------------------------------------- */

static struct place mark_place(const yaml_mark_t *mark)
{
	return (struct place){ mark->line + 1, mark->column + 1 };
}

static struct place node_place(const yaml_node_t *node)
{
	return mark_place(&node->start_mark);
}

/* The text of a scalar, or "" of what is none. */
static const char *node_text(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE ?
	       (const char *)node->data.scalar.value : "";
}

/* @node, the value of @name or an item of it, is not what is wanted. */
static void refuse_type(struct parser *parser, const yaml_node_t *node,
			const char *name, const char *wanted)
{
	const char *word = *node_text(node) ? node_text(node) : name;

	conf_problem(parser->conf, node_place(node), WORD ": %s", word,
		     wanted);
}

/* A message of the command line's, which may not have the word. */
static void refuse_word(struct parser *parser, const yaml_node_t *node,
			const char *word, const struct err *err)
{
	if (strchr(err->text, '"'))
		conf_problem(parser->conf, node_place(node), "%s", err->text);
	else
		conf_problem(parser->conf, node_place(node), WORD ": %s", word,
			     err->text);
}

/* The text of a scalar; NULL, and that is a problem, if there is none. */
static const char *parse_text(struct parser *parser, const yaml_node_t *node,
			      const char *name, const char *wanted)
{
	const char *text = node_text(node);

	if (!*text) {
		refuse_type(parser, node, name, wanted);
		return NULL;
	}
	if (strlen(text) != node->data.scalar.length) {
		conf_problem(parser->conf, node_place(node),
			     WORD ": there is a zero byte behind it: leave it "
			     "out", text);
		return NULL;
	}
	return text;
}

/* Which key of the schema, or -1, and that is a problem. */
static int parse_key(struct parser *parser, const struct schema *schema,
		     const yaml_node_t *node)
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
		conf_problem(parser->conf, node_place(node), "%s", err.text);
	}
	return -1;
}

/*
 * The values of a mapping, each where the schema has its key, and NULL where
 * there is none. Return: false, and that is a problem, if it is no mapping.
 */
static bool parse_mapping(struct parser *parser, const struct schema *schema,
			  const yaml_node_t *node, const char *name,
			  const char *wanted, yaml_node_t *values[MAX_KEYS])
{
	yaml_document_t *document = &parser->document;
	const yaml_node_pair_t *pair;
	const yaml_node_t *key;
	int i;

	memset(values, 0, MAX_KEYS * sizeof(*values));
	if (node->type != YAML_MAPPING_NODE) {
		refuse_type(parser, node, name, wanted);
		return false;
	}
	for (pair = node->data.mapping.pairs.start;
	     pair < node->data.mapping.pairs.top; pair++) {
		key = yaml_document_get_node(document, pair->key);
		i = parse_key(parser, schema, key);
		if (i >= 0 && values[i])
			conf_problem(parser->conf, node_place(key), WORD
				     " is given twice: leave one out",
				     schema->names[i]);
		else if (i >= 0)
			values[i] = yaml_document_get_node(document,
							   pair->value);
	}
	return true;
}

typedef void parse_item_fn(struct parser *parser, const yaml_node_t *node);

static void parse_list(struct parser *parser, const yaml_node_t *node,
		       const char *name, const char *wanted,
		       parse_item_fn *parse_item)
{
	const yaml_node_item_t *item;

	if (node->type != YAML_SEQUENCE_NODE) {
		refuse_type(parser, node, name, wanted);
		return;
	}
	for (item = node->data.sequence.items.start;
	     item < node->data.sequence.items.top &&
	     !conf_has_enough(parser->conf); item++)
		parse_item(parser, yaml_document_get_node(&parser->document,
							  *item));
}

/* --- Values -------------------------------------------------------------- */

static void parse_keywords(struct parser *parser, const struct schema *schema,
			   yaml_node_t *const values[MAX_KEYS]);

/* The keywords that can only be given behind this one. */
static void parse_more(struct parser *parser, const struct keyword *keyword,
		       const yaml_node_t *node)
{
	yaml_node_t *values[MAX_KEYS];
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
			      const yaml_node_t *node, const char *word)
{
	if (node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE ||
	    !strstr(keyword->value, value_flag[0]))
		return word;
	if (!strcmp(word, "true"))
		return value_flag[1];
	return strcmp(word, "false") ? word : value_flag[0];
}

static void parse_value(struct parser *parser, const struct keyword *keyword,
			const yaml_node_t *node)
{
	struct err err;
	const char *word;
	char wanted[128];
	uint8_t ignored;
	int status;

	snprintf(wanted, sizeof(wanted), "%s takes one value: write %s",
		 keyword->name, keyword->value);
	word = parse_text(parser, node, keyword->name, wanted);
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
			   yaml_node_t *const values[MAX_KEYS])
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

#define SERVER_WANTED \
	"a server is an ADDRESS or a mapping: {address: ADDRESS, weight: N}"

/* Where a server's address stands, and its options if there are any. */
static const yaml_node_t *parse_server_parts(struct parser *parser,
					     const yaml_node_t *node,
					     yaml_node_t *values[MAX_KEYS])
{
	if (node->type == YAML_SCALAR_NODE && *node_text(node)) {
		memset(values, 0, MAX_KEYS * sizeof(*values));
		return node;
	}
	if (!parse_mapping(parser, &parser->server, node, "servers",
			   SERVER_WANTED, values))
		return NULL;
	if (!values[SERVER_ADDRESS])
		conf_problem(parser->conf, node_place(node),
			     "\"address\" is missing: write {address: "
			     "ADDRESS, weight: N}");
	return values[SERVER_ADDRESS];
}

static bool parse_server_address(struct parser *parser,
				 const yaml_node_t *node)
{
	struct request *request = &parser->request;
	const char *word;
	struct err err;

	word = parse_text(parser, node, "address", "write one address");
	if (!word)
		return false;
	if (strchr(word, ' ')) {
		conf_problem(parser->conf, node_place(node), WORD
			     " is not an IP address: what else there is to "
			     "say, say by {address: ADDRESS, weight: N}",
			     word);
		return false;
	}
	if (key_parse_server(word, &request->service.key,
			     &request->server.addr, &err)) {
		refuse_word(parser, node, word, &err);
		return false;
	}
	return true;
}

static void parse_server(struct parser *parser, const yaml_node_t *node)
{
	struct server *server = &parser->request.server;
	yaml_node_t *values[MAX_KEYS];
	const yaml_node_t *address;
	struct err err;
	bool good;

	memset(server, 0, sizeof(*server));
	server->service = parser->request.service.key;
	server->weight = 1;
	address = parse_server_parts(parser, node, values);
	good = address && parse_server_address(parser, address);
	parse_keywords(parser, &parser->server, values);
	if (!good)
		return;
	server->at = node_place(address);
	if (server_needs_dev(server, &err))
		conf_problem(parser->conf, server->at, "%s", err.text);
	if (parser->request.has_service)
		*model_add_server(&parser->conf->model) = *server;
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
static void parse_service_key(struct parser *parser, const yaml_node_t *node,
			      const yaml_node_t *value)
{
	static const struct service_key unknown = { .fwmark = UINT32_MAX };
	struct request *request = &parser->request;
	const char *text = NULL;
	struct err err;

	memset(&request->service, 0, sizeof(request->service));
	if (!value)
		conf_problem(parser->conf, node_place(node),
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
		request->service.at = node_place(value);
	else
		request->service.key = unknown;
	strcpy(request->service.scheduler, SCHEDULER_USUAL);
	model_set_defaults(&request->service);
}

/* What cannot be said at one time. */
static void parse_service_sense(struct parser *parser,
				yaml_node_t *const values[MAX_KEYS])
{
	const struct service *service = &parser->request.service;
	size_t i = 0;

	if (!service->sessionless || !service->persist)
		return;
	while (strcmp(parser->service.names[i], "sessionless"))
		i++;
	conf_problem(parser->conf, node_place(values[i]),
		     "sessionless " WORD " keeps no clients: write "
		     "persist: off", node_text(values[i]));
}

static void parse_service(struct parser *parser, const yaml_node_t *node)
{
	const size_t first = parser->conf->model.n_servers;
	yaml_node_t *values[MAX_KEYS];

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

static void parse_ingress(struct parser *parser, const yaml_node_t *node)
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
	ingress->at = node_place(node);
}

static void parse_settings(struct parser *parser, const yaml_node_t *node)
{
	yaml_node_t *values[MAX_KEYS];

	if (!parse_mapping(parser, &parser->settings, node, "settings",
			   "settings are a mapping: write {max-flows: N}",
			   values))
		return;
	parse_keywords(parser, &parser->settings, values);
	parser->conf->settings_at = node_place(node);
	parser->conf->model.settings = parser->request.settings;
}

/* Nothing said is a file that was cut off rather than one for no services. */
static void parse_file(struct parser *parser, const yaml_node_t *root)
{
	static const struct place top = { 1, 1 };
	yaml_node_t *values[MAX_KEYS] = { NULL };

	if (root && !parse_mapping(parser, &parser->file, root, "file",
				   "a file is a mapping: begin with services:",
				   values))
		return;
	if (values[FILE_SETTINGS])
		parse_settings(parser, values[FILE_SETTINGS]);
	if (values[FILE_INGRESS]) {
		parser->conf->has_ingresses = true;
		parse_list(parser, values[FILE_INGRESS], "ingress",
			   "ingress is a list: write [eth0], or [] for none",
			   parse_ingress);
	}
	if (values[FILE_SERVICES])
		parse_list(parser, values[FILE_SERVICES], "services",
			   "services are a list: write - service: "
			   "tcp VIP:PORT for each, or [] for none",
			   parse_service);
	else
		conf_problem(parser->conf, root ? node_place(root) : top,
			     "\"services\" is missing: write services: [] if "
			     "there are to be none");
}

/* --- What is not YAML ---------------------------------------------------- */

/* What may be meant by libyaml's words, of which the left are a part. */
static const struct {
	const char *problem;
	const char *meaning;
} meanings[] = {
	{ "tab character", "a tab: indent by spaces" },
	{ "mapping values are not allowed",
	  "this cannot be a key here: look at its indentation and at the line "
	  "above, and quote what has a colon" },
	{ "did not find expected key",
	  "this is neither a key nor the end: indent it as the lines above" },
	{ "did not find expected '-'",
	  "this is no item of the list: indent it as the items above" },
	{ "could not find expected ':'", "a key needs \":\" and a space" },
	{ "cannot start any token", "write it in quotes" },
	{ "escape character", "write a backslash twice, or use single quotes" },
	{ "expected ',' or ']'", "\",\" or \"]\" is missing before it" },
	{ "expected ',' or '}'", "\",\" or \"}\" is missing before it" },
	{ "expected node content",
	  "a value is missing, or a bracket is not closed" },
	{ "unexpected end of stream", "a quote is not closed" },
	{ "undefined alias", "there is no anchor of this name before it" },
	{ "UTF-8", "not UTF-8: save the file as such" },
	{ "control characters", "a control character: leave it out" },
};

static const char *syntax_meaning(const char *problem, char c)
{
	size_t i;

	if (c == '\t')
		return meanings[0].meaning;
	for (i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (strstr(problem, meanings[i].problem))
			return meanings[i].meaning;
	}
	return problem;
}

/* Where a place is, or the end of its line. */
static const char *syntax_find(const char *text, const char *end,
			       struct place at)
{
	const char *next;

	for (; at.line > 1; at.line--) {
		next = memchr(text, '\n', end - text);
		if (!next)
			return end;
		text = next + 1;
	}
	for (; at.column > 1 && text < end && *text != '\n'; at.column--) {
		do
			text++;
		while (text < end && (*text & 0xc0) == 0x80);
	}
	return text;
}

/* The place of a byte, whose column is counted in characters. */
static struct place syntax_place(const char *text, size_t offset)
{
	struct place at = { 1, 1 };

	for (; offset--; text++) {
		if (*text == '\n') {
			at.line++;
			at.column = 1;
		} else if ((*text & 0xc0) != 0x80) {
			at.column++;
		}
	}
	return at;
}

/* From the colon behind a key to the key. */
static const char *syntax_key(const char *from, struct place *at)
{
	while (at->column > 1 && !strchr(" \t", from[-1])) {
		from--;
		at->column -= (*from & 0xc0) != 0x80;
	}
	return from;
}

static void parse_refuse_syntax(struct conf *conf, const yaml_parser_t *yaml,
				const char *text, size_t len)
{
	struct place at = mark_place(&yaml->problem_mark);
	const char *end = text + len, *from, *to, *meaning;

	if (yaml->error == YAML_MEMORY_ERROR) {
		fprintf(stderr, "dsrctl: no memory for %s\n", conf->name);
		exit(REFUSED);
	}
	if (yaml->error == YAML_READER_ERROR)
		at = syntax_place(text, yaml->problem_offset < len ?
				  yaml->problem_offset : len);
	from = syntax_find(text, end, at);
	meaning = syntax_meaning(yaml->problem, from < end ? *from : '\0');
	if (from < end && *from == ':')
		from = syntax_key(from, &at);
	for (to = from; to < end && !strchr(" \t\r\n", *to); to++)
		;
	if (to > from)
		conf_problem(conf, at, "\"%.*s\": %s",
			     to - from > 80 ? 80 : (int)(to - from), from,
			     meaning);
	else
		conf_problem(conf, at, "%s: %s", from == end ? "end of file" :
			     *from == '\t' ? "\"\\t\"" : "end of line",
			     meaning);
}

/* --- All of it ----------------------------------------------------------- */

/* One file has one document. */
static bool parse_document(yaml_parser_t *yaml, struct parser *parser)
{
	const yaml_node_t *root;
	bool good;

	if (!yaml_parser_load(yaml, &parser->document))
		return false;
	parse_file(parser, yaml_document_get_root_node(&parser->document));
	yaml_document_delete(&parser->document);
	good = yaml_parser_load(yaml, &parser->document);
	if (!good)
		return false;
	root = yaml_document_get_root_node(&parser->document);
	if (root)
		conf_problem(parser->conf, node_place(root), "\"---\": a "
			     "second document begins: write one file for each");
	yaml_document_delete(&parser->document);
	return true;
}

void conf_parse(struct conf *conf, const char *text, size_t len)
{
	struct parser parser;
	yaml_parser_t yaml;

	parser_init(&parser, conf);
	if (!yaml_parser_initialize(&yaml)) {
		perror("dsrctl");
		exit(REFUSED);
	}
	yaml_parser_set_input_string(&yaml, (const unsigned char *)text, len);
	if (!parse_document(&yaml, &parser))
		parse_refuse_syntax(conf, &yaml, text, len);
	yaml_parser_delete(&yaml);
	conf_check(conf);
}

bool conf_read_all(FILE *from, char **text, size_t *len)
{
	size_t room = 0, got;

	*text = NULL;
	*len = 0;
	do {
		if (*len == room) {
			room = room ? 2 * room : 65536;
			*text = realloc(*text, room);
			if (!*text) {
				perror("dsrctl");
				exit(REFUSED);
			}
		}
		got = fread(*text + *len, 1, room - *len, from);
		*len += got;
	} while (got);
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
	size_t i;

	for (i = 0; i < conf->n_problems; i++)
		free(conf->problems[i].text);
	free(conf->problems);
	model_clear(&conf->model);
	memset(conf, 0, sizeof(*conf));
}

// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <string.h>

#include "cmd.h"
#include "conf.h"
#include "options.h"

/* Where values are written that differ from what is so unless given. */
struct writer {
	FILE *to;
	const void *usual, *from;
	const char *indent;		/* of lines; NULL: behind a comma */
	const struct keyword *inside;	/* whose mapping is open, or NULL */
};

/*
 * Whether a value must be in quotes, for YAML, or for such programs as take
 * digits and colons for a number to the base 60.
 */
static bool word_needs_quotes(const char *word)
{
	return !isalnum((unsigned char)word[0]) ||
	       word[strlen(word) - 1] == ':' ||
	       word[strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			   "abcdefghijklmnopqrstuvwxyz0123456789._-/:")] ||
	       (strchr(word, ':') && !word[strspn(word, "0123456789:")]);
}

static void write_word(FILE *to, const char *word)
{
	if (!word_needs_quotes(word)) {
		fputs(word, to);
		return;
	}
	fputc('"', to);
	for (; *word; word++) {
		const unsigned char c = *word;

		if (c < ' ' || c == 0x7f)
			fprintf(to, "\\x%02x", c);
		else
			fprintf(to, "%s%c", strchr("\"\\", c) ? "\\" : "", c);
	}
	fputc('"', to);
}

static void write_name(struct writer *writer, const struct keyword *parent,
		       const struct keyword *keyword)
{
	const bool mapping = parent && !parent->parse;

	if (writer->inside && writer->inside != parent) {
		fputs("}\n", writer->to);
		writer->inside = NULL;
	}
	if (!writer->indent || writer->inside)
		fprintf(writer->to, ", %s: ", keyword->name);
	else if (mapping)
		fprintf(writer->to, "%s%s: {%s: ", writer->indent,
			parent->name, keyword->name);
	else
		fprintf(writer->to, "%s%s%s%s: ", writer->indent,
			parent ? parent->name : "", parent ? "-" : "",
			keyword->name);
	if (mapping)
		writer->inside = parent;
}

static void write_value(const struct keyword *parent,
			const struct keyword *keyword, void *arg)
{
	struct writer *writer = arg;
	char text[VALUE_TEXT];

	if (!options_differ(keyword, writer->usual, writer->from))
		return;
	write_name(writer, parent, keyword);
	write_word(writer->to, options_value(keyword, writer->from, text));
	if (writer->indent && !writer->inside)
		fputc('\n', writer->to);
}

static void write_values(struct writer *writer, const struct keyword *keywords)
{
	args_each(keywords, write_value, writer);
	if (writer->inside)
		fputs("}\n", writer->to);
}

/* A server, or what else is an address with such keywords. */
static void write_machine(FILE *to, const char *indent,
			  const struct keyword *keywords,
			  const struct server *server)
{
	static const struct server usual = { .weight = 1 };
	struct options options;
	struct writer writer = {
		.to = to, .usual = &usual, .from = server,
	};
	char text[ADDR_TEXT];
	bool more;

	more = *options_text(&options, keywords, &usual, server, false);
	fprintf(to, "%s- %s", indent, more ? "{address: " : "");
	write_word(to, addr_text(&server->addr, text));
	write_values(&writer, keywords);
	fputs(more ? "}\n" : "\n", to);
}

static void write_service(FILE *to, const struct model *model,
			  const struct service *service)
{
	struct service usual = {
		.key = service->key, .scheduler = SCHEDULER_USUAL,
	};
	struct writer writer = {
		.to = to, .usual = &usual, .from = service, .indent = "    ",
	};
	const struct server *servers;
	char text[SERVICE_TEXT];
	const char *quote;
	size_t i, n;

	model_set_defaults(&usual);
	key_text(&service->key, text);
	/* "any 2001:db8::" would be a key. */
	quote = text[strlen(text) - 1] == ':' ? "\"" : "";
	fprintf(to, "  - service: %s%s%s\n", quote, text, quote);
	write_values(&writer, service_keywords);
	servers = model_servers(model, &service->key, &n);
	if (n)
		fputs("    servers:\n", to);
	for (i = 0; i < n; i++)
		write_machine(to, "      ", server_keywords, &servers[i]);
}

static void write_ingresses(FILE *to, const struct model *model)
{
	size_t i;

	fputs(model->n_ingresses ? "ingress:\n" : "ingress: []\n", to);
	for (i = 0; i < model->n_ingresses; i++) {
		fputs("  - ", to);
		write_word(to, model->ingresses[i].dev);
		fputc('\n', to);
	}
}

static void write_announces(FILE *to, const struct model *model)
{
	static const struct announce usual;
	struct writer writer = { .to = to, .usual = &usual };
	size_t i;

	fputs(model->n_announces ? "announce:\n" : "announce: []\n", to);
	for (i = 0; i < model->n_announces; i++) {
		writer.from = &model->announces[i];
		fputs(model->announces[i].every ? "  - {device: " : "  - ", to);
		write_word(to, model->announces[i].dev);
		write_values(&writer, announce_keywords);
		fputs(model->announces[i].every ? "}\n" : "\n", to);
	}
}

static void write_peers(FILE *to, const struct model *model)
{
	size_t i;

	fputs(model->n_peers ? "peers:\n" : "peers: []\n", to);
	for (i = 0; i < model->n_peers; i++)
		write_machine(to, "  ", peer_keywords, &model->peers[i]);
}

void conf_write_services(FILE *to, const struct model *model)
{
	size_t i;

	fputs(model->n_services ? "services:\n" : "services: []\n", to);
	for (i = 0; i < model->n_services; i++)
		write_service(to, model, &model->services[i]);
}

/*
 * Settings, devices and peers are always there: a file that does not name them
 * leaves them as they are.
 */
void conf_write(FILE *to, const struct model *model)
{
	static const struct settings none;
	struct writer writer = {
		.to = to, .usual = &none, .from = &model->settings,
		.indent = "  ",
	};

	fputs("# Written by dsrctl save; see dsr.yaml(5).\nsettings:\n", to);
	write_values(&writer, settings_keywords);
	write_ingresses(to, model);
	write_announces(to, model);
	write_peers(to, model);
	conf_write_services(to, model);
}

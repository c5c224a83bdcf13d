// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "complete.h"
#include "nl.h"

#define MAX_NAMES	32

/* The words before the one that is typed, as far as they are understood. */
struct complete {
	const struct grammar *grammar;
	char *const *words;
	size_t n;
	const char *word;
	bool has_service;
	struct service_key service;
};

static void complete_name(const char *name, const char *word)
{
	if (!strncmp(name, word, strlen(word)))
		puts(name);
}

void complete_names(const char *const *names, const char *word)
{
	for (; *names; names++)
		complete_name(*names, word);
}

void complete_files(const char *folder, const char *word)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (*entry->d_name != '.')
			complete_name(entry->d_name, word);
	}
	if (dir)
		closedir(dir);
}

/* --- What the kernel has -------------------------------------------------- */

/* The second words of services whose first one is @kind. */
static void complete_services(const char *kind, const char *word)
{
	struct model model = { 0 };
	char text[SERVICE_TEXT];
	struct dsr_nl *nl;
	struct err err;
	char *second;
	size_t i;

	if (dsr_nl_open(&nl, &err))
		return;
	dsr_nl_get_services(nl, NULL, &model, &err);
	dsr_nl_close(nl);
	model_sort(&model);
	for (i = 0; i < model.n_services; i++) {
		key_text(&model.services[i].key, text);
		second = strchr(text, ' ');
		*second++ = '\0';
		if (!strcmp(text, kind))
			complete_name(second, word);
	}
	model_clear(&model);
}

static void complete_servers(const struct service_key *service,
			     const char *word)
{
	struct model model = { 0 };
	char text[ADDR_TEXT];
	struct dsr_nl *nl;
	struct err err;
	size_t i;

	if (dsr_nl_open(&nl, &err))
		return;
	dsr_nl_get_servers(nl, service, NULL, &model, &err);
	dsr_nl_close(nl);
	model_sort(&model);
	for (i = 0; i < model.n_servers; i++)
		complete_name(addr_text(&model.servers[i].addr, text), word);
	model_clear(&model);
}

static void complete_peers(const char *word)
{
	struct model model = { 0 };
	char text[ADDR_TEXT];
	struct dsr_nl *nl;
	struct err err;
	size_t i;

	if (dsr_nl_open(&nl, &err))
		return;
	dsr_nl_get_peers(nl, NULL, &model, &err);
	dsr_nl_close(nl);
	model_sort(&model);
	for (i = 0; i < model.n_peers; i++)
		complete_name(addr_text(&model.peers[i].addr, text), word);
	model_clear(&model);
}

static void complete_devices(const char *word)
{
	struct if_nameindex *devices = if_nameindex(), *device;

	for (device = devices; device && device->if_index; device++)
		complete_name(device->if_name, word);
	if (devices)
		if_freenameindex(devices);
}

static void complete_groups(const char *word)
{
	struct model model = { 0 };
	struct dsr_nl *nl;
	struct err err;
	size_t i;

	if (dsr_nl_open(&nl, &err))
		return;
	dsr_nl_get_roles(nl, NULL, &model, &err);
	dsr_nl_close(nl);
	for (i = 0; i < model.n_roles; i++) {
		if (*model.roles[i].group)
			complete_name(model.roles[i].group, word);
	}
	model_clear(&model);
}

/* --- Values and keywords -------------------------------------------------- */

/* Those of "NAME|on|off" that are words as they stand. */
static void complete_choices(const char *value, const char *word)
{
	char *copy = strdup(value), *at = NULL, *choice;

	if (!copy)
		return;
	for (choice = strtok_r(copy, "|", &at); choice;
	     choice = strtok_r(NULL, "|", &at)) {
		if (islower((unsigned char)*choice))
			complete_name(choice, word);
	}
	free(copy);
}

/* An operand, or the value of a keyword. */
static void complete_value(const struct complete *complete,
			   const struct keyword *keyword)
{
	const char *word = complete->word;

	if (keyword->names)
		complete_names(keyword->names, word);
	else if (keyword->value)
		complete_choices(keyword->value, word);
	if (!strcasecmp(keyword->name, "dev"))
		complete_devices(word);
	if (!strcmp(keyword->name, "group"))
		complete_groups(word);
	if (keyword == &peer_address)
		complete_peers(word);
	if (!strcmp(keyword->name, "server") && complete->has_service)
		complete_servers(&complete->service, word);
}

static const struct keyword *complete_match(const struct keyword *keywords,
					    const char *word)
{
	const char *names[MAX_NAMES + 1] = { NULL };
	size_t i;
	int found;

	for (i = 0; keywords && keywords[i].name && i < MAX_NAMES; i++)
		names[i] = keywords[i].name;
	found = args_match(word, names);
	return found < 0 ? NULL : &keywords[found];
}

/* Those that have not been given yet, by these words. */
static void complete_keywords(const struct complete *complete,
			      const struct keyword *keywords, size_t from)
{
	size_t i;

	for (; keywords && keywords->name; keywords++) {
		for (i = from; i < complete->n; i++) {
			if (!strcmp(complete->words[i], keywords->name))
				break;
		}
		if (i == complete->n)
			complete_name(keywords->name, complete->word);
	}
}

/* Keywords and their values, from the word @from on. */
static void complete_rest(const struct complete *complete, size_t from)
{
	const struct keyword *keywords = complete->grammar->keywords;
	const struct keyword *keyword, *more = NULL;
	bool needed = false;
	size_t i = from;

	while (i < complete->n) {
		keyword = complete_match(more, complete->words[i]);
		needed = false;
		if (!keyword) {
			keyword = complete_match(keywords, complete->words[i]);
			more = keyword ? keyword->more : NULL;
			needed = more && !keyword->parse;
		}
		i++;
		if (!keyword || !keyword->value || !keyword->parse)
			continue;
		if (i++ == complete->n) {
			complete_value(complete, keyword);
			return;
		}
	}
	complete_keywords(complete, more, from);
	if (!needed)
		complete_keywords(complete, keywords, from);
}

/* --- In the order of words ------------------------------------------------ */

/* Whether a word that need not be there is the first keyword. */
static bool complete_skips(const struct complete *complete, size_t at)
{
	return at < complete->n &&
	       complete_match(complete->grammar->keywords,
			      complete->words[at]);
}

/* Return: whether the word that is typed is of the service. */
static bool complete_service(struct complete *complete, size_t *at)
{
	static const char *const kinds[] = {
		"tcp", "udp", "sctp", "any", "fwmark", NULL
	};
	struct err err;

	if (complete_skips(complete, *at))
		return false;
	if (complete->n == *at) {
		complete_names(kinds, complete->word);
		return complete->grammar->service == REQUIRED;
	}
	if (complete->n == *at + 1) {
		complete_services(complete->words[*at], complete->word);
		return true;
	}
	complete->has_service = !key_parse(complete->words[*at],
					   complete->words[*at + 1],
					   &complete->service, &err);
	*at += 2;
	return false;
}

/* The same of the server. */
static bool complete_server(struct complete *complete, size_t *at)
{
	if (!complete->has_service || complete_skips(complete, *at))
		return false;
	if (complete->n == *at) {
		complete_servers(&complete->service, complete->word);
		return true;
	}
	(*at)++;
	return false;
}

static bool complete_operands(struct complete *complete, size_t *at)
{
	const struct keyword *operand = complete->grammar->operand;

	for (; operand; operand = operand->more, (*at)++) {
		if (complete->n == *at) {
			complete_value(complete, operand);
			return true;
		}
	}
	return false;
}

void complete_grammar(const struct grammar *grammar, char *const *words,
		      size_t n, const char *word)
{
	struct complete complete = {
		.grammar = grammar, .words = words, .n = n, .word = word,
	};
	size_t at = 0;

	if ((grammar->service && complete_service(&complete, &at)) ||
	    (grammar->server && complete_server(&complete, &at)) ||
	    (grammar->needs_operand && complete_operands(&complete, &at)))
		return;
	complete_rest(&complete, at);
}

// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "args.h"

#define MAX_KEYWORDS	16
#define MAX_NAME	32

int args_match(const char *word, const char *const *names)
{
	size_t len = strlen(word);
	int i, first = -1;

	if (!len)
		return -1;
	for (i = 0; names[i]; i++) {
		if (!strcmp(word, names[i]))
			return i;
		if (first < 0 && !strncmp(word, names[i], len))
			first = i;
	}
	return first;
}

static int args_min(int a, int b)
{
	return a < b ? a : b;
}

/*
 * How many letters must be inserted, deleted, replaced or swapped with their
 * neighbour to make @b of @a. Three rows of the usual table are enough.
 */
static int args_distance(const char *a, const char *b)
{
	int row[3][MAX_NAME + 1];
	int *before = row[0], *last = row[1], *now = row[2];
	int n = strlen(a), m = strlen(b);
	int i, j, *spare;

	if (n > MAX_NAME || m > MAX_NAME)
		return MAX_NAME;
	for (j = 0; j <= m; j++)
		last[j] = j;
	for (i = 1; i <= n; i++) {
		now[0] = i;
		for (j = 1; j <= m; j++) {
			now[j] = args_min(last[j], now[j - 1]) + 1;
			now[j] = args_min(now[j], last[j - 1] +
					  (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				now[j] = args_min(now[j], before[j - 2] + 1);
		}
		spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[m];
}

const char *args_nearest(const char *word, const char *const *names)
{
	const char *nearest = NULL;
	int best = 3;

	for (; *names; names++) {
		int distance = args_distance(word, *names);

		/* "delete" for "del", "--scheduler" for "scheduler" */
		if (strlen(*names) > 2 && strstr(word, *names))
			distance = 1;
		if (distance < best && distance < (int)strlen(*names) - 1) {
			nearest = *names;
			best = distance;
		}
	}
	return nearest;
}

const char *args_list(const char *const *names, char *text, size_t size)
{
	size_t len = 0;

	text[0] = '\0';
	for (; *names && len < size; names++)
		len += snprintf(text + len, size - len, "%s%s", *names,
				!names[1] ? "" : names[2] ? ", " : " or ");
	return text;
}

const char *args_usage(const struct grammar *grammar, char text[ARGS_USAGE])
{
	static const char *const service[] = { "", "[SERVICE]", "SERVICE" };
	static const char *const server[] = { "", " [ADDRESS]", " ADDRESS" };
	const struct keyword *keyword = grammar->keywords;
	size_t len;

	if (grammar->service == OPTIONAL && grammar->server == OPTIONAL)
		len = snprintf(text, ARGS_USAGE, "[SERVICE [ADDRESS]]");
	else
		len = snprintf(text, ARGS_USAGE, "%s%s",
			       service[grammar->service],
			       server[grammar->server]);
	for (; keyword && keyword->name && len < ARGS_USAGE; keyword++)
		len += snprintf(text + len, ARGS_USAGE - len, " [%s %s]",
				keyword->name, keyword->value);
	return text;
}

/* The keywords as "weight N, mac MAC or …", written into @text and returned. */
static const char *args_keywords(const struct grammar *grammar,
				 char text[ARGS_USAGE])
{
	const struct keyword *keyword = grammar->keywords;
	size_t len = 0;

	for (; keyword->name && len < ARGS_USAGE; keyword++)
		len += snprintf(text + len, ARGS_USAGE - len, "%s %s%s",
				keyword->name, keyword->value,
				!keyword[1].name ? "" :
				keyword[2].name ? ", " : " or ");
	return text;
}

/* The words not read yet, and what reads them. */
struct args {
	const char *command;
	const struct grammar *grammar;
	char *const *word;
	char *const *end;
	struct request *request;
	struct err *err;
	const char *names[MAX_KEYWORDS + 1];
	bool given[MAX_KEYWORDS];
};

/* Whether @what is missing here: no word is left, or a keyword comes next. */
static bool args_missing(const struct args *args)
{
	const char *const *name = args->names;

	if (args->word == args->end)
		return true;
	while (*name && strcmp(*args->word, *name))
		name++;
	return *name;
}

static int args_refuse_missing(const struct args *args, const char *what)
{
	char usage[ARGS_USAGE];

	args_usage(args->grammar, usage);
	return err_usage(args->err, "%s is missing: dsrctl %s %s",
			 what, args->command, usage);
}

static int args_parse_service(struct args *args)
{
	const char *kind, *word;
	int status;

	if (args_missing(args)) {
		if (args->grammar->service == OPTIONAL)
			return DONE;
		return args_refuse_missing(args, "SERVICE (" KEY_USAGE ")");
	}
	kind = *args->word++;
	word = args_missing(args) ? NULL : *args->word;
	status = key_parse(kind, word, &args->request->service.key, args->err);
	if (status)
		return status;
	args->word++;
	args->request->has_service = true;
	return DONE;
}

static int args_parse_server(struct args *args)
{
	struct request *request = args->request;
	int status;

	if (args_missing(args)) {
		if (args->grammar->server == OPTIONAL)
			return DONE;
		return args_refuse_missing(args, "ADDRESS");
	}
	status = key_parse_server(*args->word, &request->service.key,
				  &request->server.addr, args->err);
	if (status)
		return status;
	args->word++;
	request->server.service = request->service.key;
	request->has_server = true;
	return DONE;
}

/* No keyword is called like the next word. */
static int args_refuse_word(const struct args *args)
{
	const char *nearest = args_nearest(*args->word, args->names);
	char list[ARGS_USAGE];

	if (!args->names[0])
		return err_usage(args->err, "unexpected word " WORD
				 ": dsrctl %s %s", *args->word, args->command,
				 args_usage(args->grammar, list));
	if (nearest)
		return err_usage(args->err, "unknown word " WORD
				 ": did you mean \"%s\"?",
				 *args->word, nearest);
	return err_usage(args->err, "unknown word " WORD ": %s takes %s",
			 *args->word, args->command,
			 args_keywords(args->grammar, list));
}

static int args_parse_keyword(struct args *args)
{
	int i = args_match(*args->word, args->names);
	const struct keyword *keyword;

	if (i < 0)
		return args_refuse_word(args);
	keyword = &args->grammar->keywords[i];
	if (args->given[i])
		return err_usage(args->err, "%s is given twice: leave one out",
				 keyword->name);
	args->given[i] = true;
	if (++args->word == args->end)
		return err_usage(args->err, "%s needs a value: %s %s",
				 keyword->name, keyword->name, keyword->value);
	return keyword->parse(*args->word++, args->request, args->err);
}

int args_parse(const char *command, const struct grammar *grammar,
	       char *const *words, size_t n, struct request *request,
	       struct err *err)
{
	const struct keyword *keyword = grammar->keywords;
	struct args args = {
		.command = command, .grammar = grammar, .word = words,
		.end = words + n, .request = request, .err = err,
	};
	char list[ARGS_USAGE];
	char *const *first;
	int status = DONE;
	int i;

	memset(request, 0, sizeof(*request));
	for (i = 0; keyword && keyword[i].name && i < MAX_KEYWORDS; i++)
		args.names[i] = keyword[i].name;
	if (grammar->service)
		status = args_parse_service(&args);
	if (!status && grammar->server && request->has_service)
		status = args_parse_server(&args);
	first = args.word;
	while (!status && args.word < args.end)
		status = args_parse_keyword(&args);
	if (!status && grammar->changes && args.word == first)
		return err_usage(err, "nothing to change: give %s",
				 args_keywords(grammar, list));
	return status;
}

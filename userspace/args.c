// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"

#define MAX_KEYWORDS	16
#define MAX_NAME	32

/* More keywords than this are not spelled out in a usage line. */
#define MANY_KEYWORDS	4

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
		bool closer;

		/* "delete" for "del", "--scheduler" for "scheduler" */
		if (strlen(*names) > 2 && strstr(word, *names))
			distance = 1;
		else if (distance > 1 && *word != **names)
			continue;	/* "port" for "lost" */
		/* "persist-prefx" is rather persist-prefix than persist */
		closer = distance < best ||
			 (nearest && distance == best &&
			  strlen(*names) > strlen(nearest));
		if (closer && distance < (int)strlen(*names) - 1) {
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

int args_refuse_name(const char *what, const char *word,
		     const char *const *names, struct err *err)
{
	const char *nearest = args_nearest(word, names);
	char list[ARGS_USAGE];

	if (nearest)
		return err_usage(err, "%s " WORD ": did you mean \"%s\"?",
				 what, word, nearest);
	return err_usage(err, "%s " WORD ": give %s", what, word,
			 args_list(names, list, sizeof(list)));
}

int args_parse_force(const struct keyword *keyword, const char *word,
		     struct request *request, struct err *err)
{
	(void)keyword;
	(void)word;
	(void)err;
	request->force = true;
	return DONE;
}

int args_keep_word(const struct keyword *keyword, const char *word,
		   struct request *request, struct err *err)
{
	(void)keyword;
	(void)err;
	request->operand = word;
	return DONE;
}

void args_each(const struct keyword *keyword, keyword_fn *fn, void *arg)
{
	const struct keyword *more;

	for (; keyword->name; keyword++) {
		if (keyword->text)
			fn(NULL, keyword, arg);
		for (more = keyword->more; more && more->name; more++)
			fn(keyword, more, arg);
	}
}

static size_t args_count(const struct keyword *keyword)
{
	size_t n = 0;

	while (keyword && keyword[n].name)
		n++;
	return n;
}

/* One after the other. */
static size_t args_operands(const struct keyword *operand,
			    char text[ARGS_USAGE])
{
	size_t len = 0;

	for (; operand && len < ARGS_USAGE; operand = operand->more)
		len += snprintf(text + len, ARGS_USAGE - len, "%s%s",
				len ? " " : "", operand->name);
	return len;
}

static size_t args_operand_usage(const struct grammar *grammar,
				 char text[ARGS_USAGE])
{
	static const char *const service[] = { "", "[SERVICE]", "SERVICE" };
	static const char *const server[] = { "", " [ADDRESS]", " ADDRESS" };
	static const char *const vips[] = { "", "[VIP...]", "VIP..." };

	if (grammar->needs_operand == OPTIONAL)
		return snprintf(text, ARGS_USAGE, "[%s%s%s]",
				grammar->operand->name,
				grammar->vips ? " " : "", vips[grammar->vips]);
	if (grammar->needs_operand)
		return args_operands(grammar->operand, text);
	if (grammar->vips)
		return snprintf(text, ARGS_USAGE, "%s", vips[grammar->vips]);
	if (grammar->service == OPTIONAL && grammar->server == OPTIONAL)
		return snprintf(text, ARGS_USAGE, "[SERVICE [ADDRESS]]");
	return snprintf(text, ARGS_USAGE, "%s%s", service[grammar->service],
			server[grammar->server]);
}

const char *args_usage(const struct grammar *grammar, char text[ARGS_USAGE])
{
	const struct keyword *keyword = grammar->keywords;
	size_t len = args_operand_usage(grammar, text);

	if (args_count(keyword) > MANY_KEYWORDS) {
		snprintf(text + len, ARGS_USAGE - len, " [KEYWORD VALUE]...");
		return text;
	}
	for (; keyword && keyword->name && len < ARGS_USAGE; keyword++)
		len += snprintf(text + len, ARGS_USAGE - len, "%s[%s%s%s]",
				len ? " " : "", keyword->name,
				keyword->value ? " " : "",
				keyword->value ? keyword->value : "");
	return text;
}

/* The keywords as "weight N, mac MAC or …", many without their values. */
static const char *args_keywords(const struct grammar *grammar,
				 char text[ARGS_USAGE])
{
	const struct keyword *keyword = grammar->keywords;
	const bool many = args_count(keyword) > MANY_KEYWORDS;
	size_t len = 0;

	for (; keyword->name && len < ARGS_USAGE; keyword++) {
		const bool value = keyword->value && !many;

		len += snprintf(text + len, ARGS_USAGE - len, "%s%s%s%s",
				keyword->name, value ? " " : "",
				value ? keyword->value : "",
				!keyword[1].name ? "" :
				keyword[2].name ? ", " : " or ");
	}
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
	return args->word == args->end ||
	       args_match(*args->word, args->names) >= 0;
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
	request->server.service = &request->service.key;
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

static void args_names(const struct keyword *keyword,
		       const char *names[MAX_KEYWORDS + 1])
{
	size_t i, n = args_count(keyword);

	for (i = 0; i < n && i < MAX_KEYWORDS; i++)
		names[i] = keyword[i].name;
	names[i] = NULL;
}

static int args_parse_more(struct args *args, const struct keyword *keyword);

/* What follows the keyword's name. */
static int args_parse_value(struct args *args, const struct keyword *keyword)
{
	const char *word = NULL;
	int status = DONE;

	if (keyword->value && args->word == args->end)
		return err_usage(args->err, "%s needs a value: %s %s",
				 keyword->name, keyword->name, keyword->value);
	if (keyword->value && keyword->parse)
		word = *args->word++;
	if (keyword->parse)
		status = keyword->parse(keyword, word, args->request,
					args->err);
	if (!status && keyword->more)
		status = args_parse_more(args, keyword);
	return status;
}

static int args_refuse_twice(const struct args *args,
			     const struct keyword *keyword)
{
	return err_usage(args->err, "%s is given twice: leave one out",
			 keyword->name);
}

/* An abbreviation is rather one of those that may come after all of these. */
static int args_match_more(const struct args *args, const char *const *names,
			   bool needed)
{
	int i = args_match(*args->word, names);

	if (i >= 0 && !needed && strcmp(*args->word, names[i]) &&
	    args_match(*args->word, args->names) >= 0)
		return -1;
	return i;
}

/* The keywords that belong to another one. */
static int args_parse_more(struct args *args, const struct keyword *keyword)
{
	const char *names[MAX_KEYWORDS + 1];
	bool given[MAX_KEYWORDS] = { false };
	bool needed = !keyword->parse;
	int i, status = DONE;

	args_names(keyword->more, names);
	while (!status && args->word < args->end) {
		i = args_match_more(args, names, needed);
		if (i < 0 && needed)
			return args_refuse_name(keyword->name, *args->word,
						names, args->err);
		if (i < 0)
			break;
		if (given[i])
			return args_refuse_twice(args, &keyword->more[i]);
		given[i] = true;
		needed = false;
		args->word++;
		status = args_parse_value(args, &keyword->more[i]);
	}
	return status;
}

static int args_parse_keyword(struct args *args)
{
	int i = args_match(*args->word, args->names);
	const struct keyword *keyword;

	if (i < 0)
		return args_refuse_word(args);
	keyword = &args->grammar->keywords[i];
	if (args->given[i])
		return args_refuse_twice(args, keyword);
	args->given[i] = true;
	args->word++;
	return args_parse_value(args, keyword);
}

static int args_parse_operand(struct args *args)
{
	const struct keyword *operand = args->grammar->operand;
	int status = DONE;

	for (; operand && !status; operand = operand->more) {
		if (args_missing(args)) {
			if (args->grammar->needs_operand == OPTIONAL)
				return DONE;
			return args_refuse_missing(args, operand->name);
		}
		status = operand->parse(operand, *args->word++, args->request,
					args->err);
	}
	return status;
}

static int args_parse_vip(struct args *args, struct service_key *key)
{
	const char *word = *args->word++;
	bool took_next;
	int status;

	status = key_parse_vip(word, args_missing(args) ? NULL : *args->word,
			       &took_next, key, args->err);
	args->word += took_next;
	return status;
}

static int args_parse_vips(struct args *args)
{
	struct request *request = args->request;
	int status = DONE;

	if (args_missing(args) && args->grammar->vips == REQUIRED)
		return args_refuse_missing(args, "VIP");
	request->vips = calloc(args->end - args->word + 1,
			       sizeof(*request->vips));
	if (!request->vips)
		return err_refused(args->err, "no memory");
	while (!status && !args_missing(args) &&
	       (!request->n_vips || key_begins_vip(*args->word)))
		status = args_parse_vip(args,
					&request->vips[request->n_vips++]);
	return status;
}

int args_parse(const char *command, const struct grammar *grammar,
	       char *const *words, size_t n, struct request *request,
	       struct err *err)
{
	struct args args = {
		.command = command, .grammar = grammar, .word = words,
		.end = words + n, .request = request, .err = err,
	};
	char list[ARGS_USAGE];
	char *const *first;
	int status = DONE;

	memset(request, 0, sizeof(*request));
	request->op = grammar->op;
	args_names(grammar->keywords, args.names);
	if (grammar->service)
		status = args_parse_service(&args);
	if (!status && grammar->server && request->has_service)
		status = args_parse_server(&args);
	if (!status && grammar->needs_operand)
		status = args_parse_operand(&args);
	if (!status && grammar->vips)
		status = args_parse_vips(&args);
	first = args.word;
	while (!status && args.word < args.end)
		status = args_parse_keyword(&args);
	if (!status && grammar->changes && args.word == first)
		return err_usage(err, "nothing to change: give %s",
				 args_keywords(grammar, list));
	return status;
}

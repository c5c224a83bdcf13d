/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The words of a command line, against a description of what a command takes.
 * Pure: the only thing that knows abbreviations and suggestions.
 */
#ifndef DSRCTL_ARGS_H
#define DSRCTL_ARGS_H

#include "model.h"

/* What the words say. */
struct request {
	bool has_service;
	struct service service;
	bool has_server;
	struct server server;
	const char *operand;		/* NULL: not given */
	struct flow_filter filter;
	bool all;			/* flows */
	struct settings settings;
	bool wait;
	uint32_t timeout;		/* seconds; 0: not given */
	struct trace trace;
	uint32_t interval;		/* seconds; 0: not given */
	uint32_t count;			/* 0: not given */
};

/*
 * "name VALUE": the value is parsed into the request. Without a value @parse
 * gets NULL, if it is there. Then those in @more may follow; at least one has
 * to if there is nothing to be parsed.
 */
struct keyword {
	const char *name;
	const char *value;		/* as help shows it, or NULL */
	const char *help;
	int (*parse)(const struct keyword *keyword, const char *word,
		     struct request *request, struct err *err);
	const struct keyword *more;	/* ends with an empty one, or NULL */
	/* What a parser for several of them needs to know. */
	uint16_t attr;
	size_t offset;
	const char *const *names;
};

enum need {
	NONE,
	OPTIONAL,
	REQUIRED,
};

/* What follows OBJECT VERB. */
struct grammar {
	enum need service;
	enum need server;
	const struct keyword *keywords;	/* ends with an empty one, or NULL */
	bool changes;			/* at least one keyword is needed */
	enum need needs_operand;
	const struct keyword *operand;	/* instead of a service; its "more" is
					   the next one */
};

/* Room for what args_usage() writes. */
#define ARGS_USAGE	320

/*
 * "SERVICE ADDRESS [weight N] …", written into @text and returned. Many
 * keywords are only "[KEYWORD VALUE]…".
 */
const char *args_usage(const struct grammar *grammar, char text[ARGS_USAGE]);

/*
 * Fill @request from the @n words that follow @command ("server add").
 * Return: DONE, or USAGE with the message in @err.
 */
int args_parse(const char *command, const struct grammar *grammar,
	       char *const *words, size_t n, struct request *request,
	       struct err *err);

/*
 * The name that @word stands for: the one it equals, or else the first that it
 * begins. @names ends with NULL.
 * Return: its index, or -1.
 */
int args_match(const char *word, const char *const *names);

/* @word is none of @names, @what it should be: say what could be meant. */
int args_refuse_name(const char *what, const char *word,
		     const char *const *names, struct err *err);

/* The name that @word is probably a misspelling of, or NULL. */
const char *args_nearest(const char *word, const char *const *names);

/* The names as "a, b or c", written into @text and returned. */
const char *args_list(const char *const *names, char *text, size_t size);

#endif

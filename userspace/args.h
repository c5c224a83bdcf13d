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
};

/* "name VALUE": the value is parsed into the request. */
struct keyword {
	const char *name;
	const char *value;	/* as help shows it */
	const char *help;
	int (*parse)(const char *word, struct request *request,
		     struct err *err);
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
};

/* Room for what args_usage() writes. */
#define ARGS_USAGE	160

/* "SERVICE ADDRESS [weight N] …", written into @text and returned. */
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

/* The name that @word is probably a misspelling of, or NULL. */
const char *args_nearest(const char *word, const char *const *names);

/* The names as "a, b or c", written into @text and returned. */
const char *args_list(const char *const *names, char *text, size_t size);

#endif

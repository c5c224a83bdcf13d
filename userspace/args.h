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
	uint8_t op;			/* the grammar's */
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
	bool dry_run;
	/* Of a real server; allocated, and each the key of one address. */
	struct service_key *vips;
	size_t n_vips;
	const char *dev, *own_address;	/* NULL: not given */
	bool undo;
	bool watch;
	uint32_t answer_time;		/* milliseconds; 0: not given */
	struct trace trace;
	uint32_t interval;		/* seconds; 0: not given */
	uint32_t count;			/* 0: not given */
	struct announce announce;	/* but for the device */
	bool force;
	struct role role;
};

/* Room for what the text functions of keywords write. */
#define VALUE_TEXT	40

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
	/*
	 * What @parse reads, of the @size bytes at @offset, @value; written
	 * into @text and returned. NULL if nothing keeps the value.
	 */
	const char *(*text)(const struct keyword *keyword, const void *value,
			    char text[VALUE_TEXT]);
	size_t size;
};

/*
 * Call @fn for each keyword whose value is kept, in the table's order; for one
 * that comes after another, @parent is that, and else NULL.
 */
typedef void keyword_fn(const struct keyword *parent,
			const struct keyword *keyword, void *arg);
void args_each(const struct keyword *keywords, keyword_fn *fn, void *arg);

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
	enum need vips;			/* after it */
	uint8_t op;			/* for commands of one function */
};

/* Room for what args_usage() writes. */
#define ARGS_USAGE	320

/*
 * "SERVICE ADDRESS [weight N] …", written into @text and returned. Many
 * keywords are only "[KEYWORD VALUE]…".
 */
const char *args_usage(const struct grammar *grammar, char text[ARGS_USAGE]);

/*
 * Fill @request from the @n words that follow @command ("server add"); its
 * vips are to be freed, whatever this returns.
 * Return: DONE, or USAGE with the message in @err.
 */
int args_parse(const char *command, const struct grammar *grammar,
	       char *const *words, size_t n, struct request *request,
	       struct err *err);

/* A parser of the keyword force: what speaks against it is not asked for. */
int args_parse_force(const struct keyword *keyword, const char *word,
		     struct request *request, struct err *err);

/* A parser of operands: the operand is the word itself. */
int args_keep_word(const struct keyword *keyword, const char *word,
		   struct request *request, struct err *err);

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

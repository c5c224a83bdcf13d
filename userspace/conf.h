/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration file, dsr.yaml(5): what it says, what is wrong with it, how
 * it is written, and how it differs from what runs. Its keys and values are the
 * keywords of the command line.
 */
#ifndef DSRCTL_CONF_H
#define DSRCTL_CONF_H

#include <stdio.h>

#include "args.h"

/* Something wrong, at a place of the file. */
struct problem {
	struct place at;
	char *text;
};

/* A file, all zero at first. */
struct conf {
	const char *name;		/* for messages */
	struct model model;		/* sorted, unless there is a problem */
	bool has_ingresses;		/* it says which there are to be */
	bool has_announces;		/* the same of these */
	bool has_peers;			/* and of these */
	struct place settings_at;	/* line 0: it says nothing of them */
	struct problem *problems;
	size_t n_problems;
};

/* --- conf_parse.c -------------------------------------------------------- */

/* What @text says; what is wrong with it are the problems. Pure. */
void conf_parse(struct conf *conf, const char *text, size_t len);

/*
 * The same of the file @path, of standard input if that is "-".
 * Return: DONE, though there may be problems; or REFUSED with the message in
 * @err if it cannot be read.
 */
int conf_read(struct conf *conf, const char *path, struct err *err);

void conf_clear(struct conf *conf);

/* All of a stream, to be freed; false if it cannot be read. */
bool conf_read_all(FILE *from, char **text, size_t *len);

/* --- conf_check.c -------------------------------------------------------- */

/* Sort the model and look for what is there twice, or contradicts another. */
void conf_check(struct conf *conf);

/* The same of the servers of one service, the last ones from @first on. */
void conf_check_servers(struct conf *conf, size_t first);

/* --- conf_problem.c ------------------------------------------------------ */

/* Note a problem; beyond a thousand they are let go. */
void conf_problem(struct conf *conf, struct place at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Whether there are so many that it is no use to look further. */
bool conf_has_enough(const struct conf *conf);

void conf_forget_problems(struct conf *conf);

/* In the order of the file, and each once. */
void conf_sort_problems(struct conf *conf);

/* Print "FILE:LINE:COLUMN: …" for each, in this order, on standard error. */
void conf_print_problems(struct conf *conf);

/* --- conf_write.c -------------------------------------------------------- */

/* A sorted model as a file, from which conf_parse() makes the same. */
void conf_write(FILE *to, const struct model *model);

/* Only the services with their servers; the rest is then left as it is. */
void conf_write_services(FILE *to, const struct model *model);

/* --- conf_diff.c --------------------------------------------------------- */

enum change_kind {
	CHANGE_ADD,
	CHANGE_DEL,
	CHANGE_SET,
};

/* What would have to be done; the command line has it in these words too. */
struct change {
	enum change_kind kind;
	const char *object;			/* "service", "server", … */
	const struct service_key *service;	/* or NULL */
	const struct addr *server;		/* or NULL */
	const char *dev;			/* or NULL */
	const struct announce *announce;	/* of that device, or NULL */
	/* What is to be set: the values by which the two differ; or NULL. */
	const struct keyword *keywords;
	const void *before, *after;
};

/*
 * Call @fn for each change that makes of the sorted model @now what the file,
 * which has no problem, says. Return: how many there are.
 */
typedef void conf_change_fn(const struct change *change, void *arg);
size_t conf_diff(const struct conf *conf, const struct model *now,
		 conf_change_fn *fn, void *arg);

#endif

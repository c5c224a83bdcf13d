/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What configured IPVS, as a model. What there is no equivalent of, or another
 * one than was written, is told with its place, and what can be taken is taken.
 */
#ifndef DSRCTL_IMPORT_H
#define DSRCTL_IMPORT_H

#include "conf.h"

struct import_word {
	const char *text;
	struct place at;
};

/* Words that stand beside each other, at least one, by their indices. */
struct import_words {
	size_t first, n;
};

/* The words of a line, or before a block; the lines of the block follow. */
struct import_line {
	struct import_words words;
	size_t parent;			/* 1 + index of the line around it; 0 */
	size_t end;			/* index of the line behind its block */
};

/* All zero at first but @name. */
struct import {
	const char *name;		/* of the file, for messages */
	struct problem *told;		/* what is not taken as it is */
	size_t n_told;
	struct model model;		/* sorted at the end */
	char *text;
	struct import_word *words;
	size_t n_words;
	struct import_line *lines;
	size_t n_lines;
};

/* A service but for what names it, all zero at first. */
struct import_service {
	const struct import_scheduler *scheduler;	/* NULL: wlc */
	bool by_port;			/* a hash goes by ports too */
	bool sessionless;
	uint32_t persist;		/* seconds; 0: off */
	uint32_t persist_prefix_len;	/* 0: all bits */
	bool has_ipv4_mask;		/* this came from one */
};

struct import_server {
	struct import_words words;	/* for messages */
	struct addr addr;
	uint32_t port;			/* 0: none */
	uint32_t weight, max_flows, min_flows;
	bool fallback;
	bool has_other_port;		/* which was told */
};

/* The parsers: everything of @text, which need not end with a zero. Pure. */
void import_ipvsadm(struct import *import, const char *text, size_t len);
void import_keepalived(struct import *import, const char *text, size_t len);

void import_clear(struct import *import);

/* --- import_text.c -------------------------------------------------------- */

/* Make lines of words: "#" and "!" begin comments, braces enclose blocks. */
void import_split(struct import *import, const char *text, size_t len);

/* The @i-th one of words. */
const char *import_text(const struct import *import, struct import_words words,
			size_t i);

/* The @n words from the @i-th one on. */
struct import_words import_part(struct import_words words, size_t i, size_t n);

/* Say that these words are not taken as they are, and why. */
void import_tell(struct import *import, struct import_words words,
		 const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The same of a quote that has no such words. */
void import_tell_at(struct import *import, struct place at, const char *quote,
		    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Print it all, in the order of the file. */
void import_print_told(struct import *import, FILE *to);

/* --- import.c ------------------------------------------------------------- */

/*
 * Each takes one value; the last one of @words is it. They tell what cannot be
 * taken.
 */
void import_scheduler(struct import *import, struct import_words words,
		      struct import_service *service);
void import_flags(struct import *import, struct import_words words,
		  struct import_service *service);
void import_number(struct import *import, struct import_words words,
		   uint32_t max, uint32_t *number);
void import_mask(struct import *import, struct import_words words,
		 struct import_service *service);
void import_weight(struct import *import, struct import_words words,
		   uint32_t *weight);

/* They are left out because of @err, a message of the command line's. */
void import_refuse(struct import *import, struct import_words words,
		   const struct err *err);

/* Add a service; false if it is not taken. */
bool import_add_service(struct import *import, struct import_words words,
			const struct import_service *service,
			const struct service_key *key);

/* Add a server, which is routed to directly, to a service that is there. */
void import_add_server(struct import *import, struct import_server *server,
		       const struct service_key *key);

/* Whether there is such a service. */
bool import_has_service(const struct import *import,
			const struct service_key *key);

/* Leave out what is there twice, and services without servers; sort. */
void import_end(struct import *import);

#endif

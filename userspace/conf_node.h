/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The text of a file as scalars, lists and mappings, an item at a time: a large
 * file is never in memory as a whole tree. The only unit that knows libyaml.
 */
#ifndef DSRCTL_CONF_NODE_H
#define DSRCTL_CONF_NODE_H

#include "arena.h"
#include "conf.h"

enum node_type {
	NODE_SCALAR,
	NODE_LIST,
	NODE_MAPPING,
};

struct node {
	enum node_type type;
	bool plain;			/* a scalar without quotes */
	struct place at;
	const char *text;		/* of a scalar, and else "" */
	size_t len;
	struct node *items;		/* of a mapping: key, value, key, … */
	struct node *next;		/* item beside this one */
	/* To read it. */
	struct node *last, *up, *next_anchor;
	const char *anchor;
};

struct reader;

/*
 * Begin to read a text, whose problems become those of @conf. When it is no
 * YAML, or there are enough problems, what is left of it reads as nothing.
 */
struct reader *reader_begin(struct conf *conf, const char *text, size_t len);

/*
 * Go into what comes next if it is of this type, of which @at is the place if
 * that is not NULL. Its items are read next, one by one. A list with an anchor
 * is left to reader_node(), so that an alias can stand for it.
 */
bool reader_enter(struct reader *reader, enum node_type type,
		  struct place *at);

/* The next item, or NULL, which leaves what has been gone into. */
const struct node *reader_node(struct reader *reader);

/* Items that were read are not needed any more, but for anchors. */
void reader_forget(struct reader *reader);

/* Whether all that was read was YAML. */
bool reader_is_good(const struct reader *reader);

/* Nothing is to follow; free it. Return: whether all that was read was YAML. */
bool reader_end(struct reader *reader);

#endif

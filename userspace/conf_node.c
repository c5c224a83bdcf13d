// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "conf_node.h"

struct reader {
	struct conf *conf;
	const char *text;
	size_t len;
	yaml_parser_t yaml;
	yaml_event_t event;		/* what comes next, */
	bool has_event;			/* if it is known */
	bool failed;
	struct arena arena;
	struct node *anchors;
};

static struct place mark_place(const yaml_mark_t *mark)
{
	return (struct place){ mark->line + 1, mark->column + 1 };
}

/* --- What is not YAML ---------------------------------------------------- */

/* What may be meant by libyaml's words, of which the left are a part. */
static const struct {
	const char *problem;
	const char *meaning;
} meanings[] = {
	{ "tab character", "a tab: indent by spaces" },
	{ "mapping values are not allowed",
	  "this cannot be a key here: look at its indentation and at the line "
	  "above, and quote what has a colon" },
	{ "did not find expected key",
	  "this is neither a key nor the end: indent it as the lines above" },
	{ "did not find expected '-'",
	  "this is no item of the list: indent it as the items above" },
	{ "could not find expected ':'", "a key needs \":\" and a space" },
	{ "cannot start any token", "write it in quotes" },
	{ "escape character", "write a backslash twice, or use single quotes" },
	{ "expected ',' or ']'", "\",\" or \"]\" is missing before it" },
	{ "expected ',' or '}'", "\",\" or \"}\" is missing before it" },
	{ "expected node content",
	  "a value is missing, or a bracket is not closed" },
	{ "unexpected end of stream", "a quote is not closed" },
	{ "UTF-8", "not UTF-8: save the file as such" },
	{ "control characters", "a control character: leave it out" },
};

static const char *syntax_meaning(const char *problem, char c)
{
	size_t i;

	if (c == '\t')
		return meanings[0].meaning;
	for (i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (strstr(problem, meanings[i].problem))
			return meanings[i].meaning;
	}
	return problem;
}

/* Where a place is, or the end of its line. */
static const char *syntax_find(const char *text, const char *end,
			       struct place at)
{
	const char *next;

	for (; at.line > 1; at.line--) {
		next = memchr(text, '\n', end - text);
		if (!next)
			return end;
		text = next + 1;
	}
	for (; at.column > 1 && text < end && *text != '\n'; at.column--) {
		do
			text++;
		while (text < end && (*text & 0xc0) == 0x80);
	}
	return text;
}

/* The place of a byte, whose column is counted in characters. */
static struct place syntax_place(const char *text, size_t offset)
{
	struct place at = { 1, 1 };

	for (; offset--; text++) {
		if (*text == '\n') {
			at.line++;
			at.column = 1;
		} else if ((*text & 0xc0) != 0x80) {
			at.column++;
		}
	}
	return at;
}

/* From the colon behind a key to the key. */
static const char *syntax_key(const char *from, struct place *at)
{
	while (at->column > 1 && !strchr(" \t", from[-1])) {
		from--;
		at->column -= (*from & 0xc0) != 0x80;
	}
	return from;
}

/*
 * There is nothing to be read any more. Problems before it may come of this
 * one: where a line does not belong, what is above is not what was meant.
 */
static void reader_refuse(struct reader *reader, struct place at,
			  const char *problem)
{
	const char *end = reader->text + reader->len, *from, *to, *meaning;
	struct conf *conf = reader->conf;

	reader->failed = true;
	conf_forget_problems(conf);
	from = syntax_find(reader->text, end, at);
	meaning = syntax_meaning(problem, from < end ? *from : '\0');
	if (from < end && *from == ':')
		from = syntax_key(from, &at);
	for (to = from; to < end && !strchr(" \t\r\n", *to); to++)
		;
	if (to > from)
		conf_problem(conf, at, "\"%.*s\": %s",
			     to - from > 80 ? 80 : (int)(to - from), from,
			     meaning);
	else
		conf_problem(conf, at, "%s: %s", from == end ? "end of file" :
			     *from == '\t' ? "\"\\t\"" : "end of line",
			     meaning);
}

/* What libyaml does not take. */
static void reader_refuse_syntax(struct reader *reader)
{
	const yaml_parser_t *yaml = &reader->yaml;
	struct place at = mark_place(&yaml->problem_mark);
	size_t offset = yaml->problem_offset;

	if (yaml->error == YAML_MEMORY_ERROR) {
		fprintf(stderr, "dsrctl: no memory for %s\n",
			reader->conf->name);
		exit(REFUSED);
	}
	if (yaml->error == YAML_READER_ERROR)
		at = syntax_place(reader->text, offset < reader->len ?
				  offset : reader->len);
	reader_refuse(reader, at, yaml->problem);
}

/* --- Events --------------------------------------------------------------- */

/* What comes next, or NULL. */
static const yaml_event_t *reader_peek(struct reader *reader)
{
	if (reader->failed || conf_has_enough(reader->conf))
		return NULL;
	if (!reader->has_event)
		reader->has_event = yaml_parser_parse(&reader->yaml,
						      &reader->event);
	if (reader->has_event)
		return &reader->event;
	reader_refuse_syntax(reader);
	return NULL;
}

static void reader_take(struct reader *reader)
{
	if (reader->has_event)
		yaml_event_delete(&reader->event);
	reader->has_event = false;
}

/* Whether what comes next is of this type, which is then taken. */
static bool reader_skip(struct reader *reader, yaml_event_type_t type)
{
	const yaml_event_t *event = reader_peek(reader);

	if (!event || event->type != type)
		return false;
	reader_take(reader);
	return true;
}

/* --- Nodes ---------------------------------------------------------------- */

static struct node *reader_find(const struct reader *reader, const char *name)
{
	struct node *node = reader->anchors;

	while (node && strcmp(node->anchor, name))
		node = node->next_anchor;
	return node;
}

/* From now on an alias can stand for it. Return: @node, or NULL. */
static struct node *reader_add_anchor(struct reader *reader, struct node *node)
{
	if (!node->anchor)
		return node;
	if (reader_find(reader, node->anchor)) {
		reader_refuse(reader, node->at, "there is an anchor of this "
			      "name already: give it another one");
		return NULL;
	}
	node->next_anchor = reader->anchors;
	reader->anchors = node;
	return node;
}

/* Its place is the anchor's, and its items are the same. */
static struct node *reader_copy(struct reader *reader,
				const yaml_event_t *event, struct node *node)
{
	const char *name = (const char *)event->data.alias.anchor;
	const struct node *from = reader_find(reader, name);

	if (!from) {
		reader_refuse(reader, mark_place(&event->start_mark),
			      "there is no anchor of this name before it");
		return NULL;
	}
	*node = *from;
	node->next = NULL;
	return node;
}

static void reader_set_anchor(struct reader *reader, struct node *node,
			      const yaml_char_t *name)
{
	if (name)
		node->anchor = arena_text(&reader->arena, name,
					  strlen((const char *)name));
}

/* What an event begins, or all of it; NULL if that cannot be. */
static struct node *reader_make(struct reader *reader,
				const yaml_event_t *event)
{
	struct node *node = arena_alloc(&reader->arena, sizeof(*node));

	if (event->type == YAML_ALIAS_EVENT)
		return reader_copy(reader, event, node);
	node->at = mark_place(&event->start_mark);
	node->text = "";
	if (event->type == YAML_SCALAR_EVENT) {
		node->len = event->data.scalar.length;
		node->text = arena_text(&reader->arena,
					event->data.scalar.value, node->len);
		node->plain = event->data.scalar.style ==
			      YAML_PLAIN_SCALAR_STYLE;
		reader_set_anchor(reader, node, event->data.scalar.anchor);
		return reader_add_anchor(reader, node);
	}
	if (event->type == YAML_SEQUENCE_START_EVENT) {
		node->type = NODE_LIST;
		reader_set_anchor(reader, node,
				  event->data.sequence_start.anchor);
	} else {
		node->type = NODE_MAPPING;
		reader_set_anchor(reader, node,
				  event->data.mapping_start.anchor);
	}
	return node;
}

static void node_append(struct node *to, struct node *node)
{
	if (to->last)
		to->last->next = node;
	else
		to->items = node;
	to->last = node;
}

static bool event_is_end(const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
	case YAML_STREAM_END_EVENT:
		return true;
	default:
		return false;
	}
}

/*
 * Take an event; @open is the innermost collection without an end, or NULL.
 * Return: the node that it begins or ends; NULL if that cannot be.
 */
static struct node *reader_step(struct reader *reader,
				const yaml_event_t *event, struct node **open)
{
	struct node *node = *open;

	if (event_is_end(event)) {
		*open = node->up;
		return reader_add_anchor(reader, node);
	}
	node = reader_make(reader, event);
	if (node && *open)
		node_append(*open, node);
	if (node && (event->type == YAML_SEQUENCE_START_EVENT ||
		     event->type == YAML_MAPPING_START_EVENT)) {
		node->up = *open;
		*open = node;
	}
	return node;
}

const struct node *reader_node(struct reader *reader)
{
	struct node *open = NULL, *node;
	const yaml_event_t *event;

	if (reader_skip(reader, YAML_SEQUENCE_END_EVENT) ||
	    reader_skip(reader, YAML_MAPPING_END_EVENT))
		return NULL;
	do {
		event = reader_peek(reader);
		if (!event || (!open && event_is_end(event)))
			return NULL;
		node = reader_step(reader, event, &open);
		reader_take(reader);
	} while (node && open);
	return node;
}

bool reader_enter(struct reader *reader, enum node_type type,
		  struct place *at)
{
	const yaml_event_t *event = reader_peek(reader);

	if (!event)
		return false;
	if (type == NODE_MAPPING ?
	    event->type != YAML_MAPPING_START_EVENT :
	    event->type != YAML_SEQUENCE_START_EVENT ||
	    event->data.sequence_start.anchor)
		return false;
	if (at)
		*at = mark_place(&event->start_mark);
	reader_take(reader);
	return true;
}

void reader_forget(struct reader *reader)
{
	if (!reader->anchors)
		arena_clear(&reader->arena);
}

/* --- The text ------------------------------------------------------------- */

struct reader *reader_begin(struct conf *conf, const char *text, size_t len)
{
	struct reader *reader = calloc(1, sizeof(*reader));

	if (!reader || !yaml_parser_initialize(&reader->yaml)) {
		perror("dsrctl");
		exit(REFUSED);
	}
	reader->conf = conf;
	reader->text = text;
	reader->len = len;
	yaml_parser_set_input_string(&reader->yaml,
				     (const unsigned char *)text, len);
	if (reader_skip(reader, YAML_STREAM_START_EVENT))
		reader_skip(reader, YAML_DOCUMENT_START_EVENT);
	return reader;
}

bool reader_is_good(const struct reader *reader)
{
	return !reader->failed;
}

bool reader_end(struct reader *reader)
{
	const yaml_event_t *event;
	bool good;

	reader_skip(reader, YAML_DOCUMENT_END_EVENT);
	event = reader_skip(reader, YAML_DOCUMENT_START_EVENT) ?
		reader_peek(reader) : NULL;
	if (event)
		conf_problem(reader->conf, mark_place(&event->start_mark),
			     "\"---\": a second document begins: write one "
			     "file for each");
	good = reader_is_good(reader);
	reader_take(reader);
	yaml_parser_delete(&reader->yaml);
	arena_clear(&reader->arena);
	free(reader);
	return good;
}

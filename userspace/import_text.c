// SPDX-License-Identifier: GPL-2.0
/* The words of a file, its blocks, and what is told of them. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

#define QUOTE_MAX	80

/* Where it is read. */
struct reader {
	struct import *import;
	const char *at, *end;
	struct place place;
	char *to;		/* where the next word goes */
	size_t parent;		/* as in a line */
	bool in_line;		/* words belong to the last line */
	bool may_open;		/* a brace opens the last line's block */
};

/* --- Messages ------------------------------------------------------------- */

const char *import_text(const struct import *import, struct import_words words,
			size_t i)
{
	return import->words[words.first + i].text;
}

struct import_words import_part(struct import_words words, size_t i, size_t n)
{
	return (struct import_words){ words.first + i, n };
}

/* Room for one more of an array of @n. No memory ends the program. */
static void *import_grow(void *array, size_t n, size_t size)
{
	if (!(n & (n - 1)))
		array = reallocarray(array, n ? 2 * n : 1, size);
	if (!array) {
		perror("dsrctl");
		exit(REFUSED);
	}
	return array;
}

static void tell(struct import *import, struct place at, const char *quote,
		 const char *fmt, va_list args)
	__attribute__((format(printf, 4, 0)));

static void tell(struct import *import, struct place at, const char *quote,
		 const char *fmt, va_list args)
{
	struct problem *problem;
	char text[1024];

	vsnprintf(text, sizeof(text), fmt, args);
	import->told = import_grow(import->told, import->n_told,
				   sizeof(*import->told));
	problem = &import->told[import->n_told++];
	problem->at = at;
	if (asprintf(&problem->text, "\"%s\": %s", quote, text) < 0) {
		perror("dsrctl");
		exit(REFUSED);
	}
	err_clean(problem->text);
}

void import_tell_at(struct import *import, struct place at, const char *quote,
		    const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tell(import, at, quote, fmt, args);
	va_end(args);
}

void import_tell(struct import *import, struct import_words words,
		 const char *fmt, ...)
{
	char quote[QUOTE_MAX + 1] = "";
	size_t i, len = 0;
	va_list args;

	for (i = 0; i < words.n && len < sizeof(quote); i++)
		len += snprintf(quote + len, sizeof(quote) - len, "%s%s",
				i ? " " : "", import_text(import, words, i));
	va_start(args, fmt);
	tell(import, import->words[words.first].at, quote, fmt, args);
	va_end(args);
}

static int compare_told(const void *a, const void *b)
{
	const struct problem *x = a, *y = b;

	if (x->at.line != y->at.line)
		return x->at.line < y->at.line ? -1 : 1;
	if (x->at.column != y->at.column)
		return x->at.column < y->at.column ? -1 : 1;
	return strcmp(x->text, y->text);
}

/* What a group holds is read for each that refers to it. */
void import_print_told(struct import *import, FILE *to)
{
	const struct problem *told = import->told;
	size_t i;

	if (import->n_told)
		qsort(import->told, import->n_told, sizeof(*told),
		      compare_told);
	for (i = 0; i < import->n_told; i++, told++) {
		if (!i || compare_told(told - 1, told))
			fprintf(to, "%s:%u:%u: %s\n", import->name,
				told->at.line, told->at.column, told->text);
	}
}

/* --- Words ---------------------------------------------------------------- */

static struct import_line *last_line(struct reader *reader)
{
	return &reader->import->lines[reader->import->n_lines - 1];
}

static void add_line(struct reader *reader)
{
	struct import *import = reader->import;

	import->lines = import_grow(import->lines, import->n_lines,
				    sizeof(*import->lines));
	import->lines[import->n_lines] = (struct import_line){
		.words = { import->n_words, 0 },
		.parent = reader->parent,
		.end = import->n_lines + 1,
	};
	import->n_lines++;
	reader->in_line = true;
	reader->may_open = true;
}

static void add_word(struct reader *reader, const char *text, struct place at)
{
	struct import *import = reader->import;

	if (!reader->in_line)
		add_line(reader);
	import->words = import_grow(import->words, import->n_words,
				    sizeof(*import->words));
	import->words[import->n_words++] = (struct import_word){ text, at };
	last_line(reader)->words.n++;
}

/* The next byte; columns count characters. */
static char take(struct reader *reader)
{
	const char c = *reader->at++;

	if (c == '\n') {
		reader->place.line++;
		reader->place.column = 1;
	} else if ((c & 0xc0) != 0x80) {
		reader->place.column++;
	}
	return c;
}

static bool is_one_of(const struct reader *reader, const char *bytes)
{
	return reader->at < reader->end && *reader->at &&
	       strchr(bytes, *reader->at);
}

static void read_word(struct reader *reader)
{
	const struct place at = reader->place;
	const char *const word = reader->to;
	bool quoted = false;

	while (reader->at < reader->end && !is_one_of(reader, "\n") &&
	       (quoted || !is_one_of(reader, " \t\r\v\f{}#!"))) {
		char c = take(reader);

		if (c == '"')
			quoted = !quoted;
		else
			*reader->to++ = c ? c : '?';
	}
	*reader->to++ = '\0';
	add_word(reader, word, at);
	if (quoted)
		import_tell(reader->import,
			    (struct import_words){ reader->import->n_words - 1,
						   1 },
			    "a quote is not closed: write \" at its end");
}

/* --- Blocks --------------------------------------------------------------- */

static void open_block(struct reader *reader)
{
	const struct place at = reader->place;

	take(reader);
	if (!reader->may_open) {
		reader->in_line = false;
		add_word(reader, "{", at);
	}
	reader->parent = reader->import->n_lines;
	reader->in_line = false;
	reader->may_open = false;
}

static void close_block(struct reader *reader)
{
	struct import *import = reader->import;
	const struct place at = reader->place;

	take(reader);
	reader->in_line = false;
	reader->may_open = false;
	if (!reader->parent) {
		import_tell_at(import, at, "}", "there is no block to be "
			       "closed: leave it out");
		return;
	}
	import->lines[reader->parent - 1].end = import->n_lines;
	reader->parent = import->lines[reader->parent - 1].parent;
}

/* What is open at the end of the file ends there. */
static void close_all(struct reader *reader)
{
	struct import *import = reader->import;
	struct import_line *line;

	for (; reader->parent; reader->parent = line->parent) {
		line = &import->lines[reader->parent - 1];
		line->end = import->n_lines;
		import_tell(import, line->words,
			    "its block is not closed: write } at its end");
	}
}

static void skip_comment(struct reader *reader)
{
	while (reader->at < reader->end && *reader->at != '\n')
		take(reader);
}

static void read_next(struct reader *reader)
{
	const bool continues = is_one_of(reader, "\\") &&
			       reader->end - reader->at > 1 &&
			       reader->at[1] == '\n';

	if (continues) {
		take(reader);
		take(reader);
	} else if (is_one_of(reader, "\n")) {
		take(reader);
		reader->in_line = false;
	} else if (is_one_of(reader, " \t\r\v\f")) {
		take(reader);
	} else if (is_one_of(reader, "#!")) {
		skip_comment(reader);
	} else if (is_one_of(reader, "{")) {
		open_block(reader);
	} else if (is_one_of(reader, "}")) {
		close_block(reader);
	} else {
		read_word(reader);
	}
}

/* A word needs no more room than itself and what ends it. */
void import_split(struct import *import, const char *text, size_t len)
{
	struct reader reader = {
		.import = import, .at = text, .end = text + len,
		.place = { 1, 1 },
	};

	import->text = malloc(len + 1);
	if (!import->text) {
		perror("dsrctl");
		exit(REFUSED);
	}
	reader.to = import->text;
	while (reader.at < reader.end)
		read_next(&reader);
	close_all(&reader);
}

void import_clear(struct import *import)
{
	size_t i;

	for (i = 0; i < import->n_told; i++)
		free(import->told[i].text);
	free(import->told);
	model_clear(&import->model);
	free(import->text);
	free(import->words);
	free(import->lines);
}

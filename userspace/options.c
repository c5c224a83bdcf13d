// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "options.h"

bool options_differ(const struct keyword *keyword, const void *before,
		    const void *after)
{
	return memcmp((const char *)before + keyword->offset,
		      (const char *)after + keyword->offset, keyword->size);
}

const char *options_value(const struct keyword *keyword, const void *from,
			  char text[VALUE_TEXT])
{
	return keyword->text(keyword, (const char *)from + keyword->offset,
			     text);
}

/* Two things that may differ, and where that is written. */
struct comparison {
	struct options *options;
	const void *before, *after;
	bool both;
	const struct keyword *last;	/* that is written already */
};

static void options_add(struct options *options, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void options_add(struct options *options, const char *fmt, ...)
{
	const size_t room = sizeof(options->text);
	va_list args;

	if (options->len && options->len < room)
		options->len += snprintf(options->text + options->len,
					 room - options->len, " ");
	if (options->len >= room)
		return;
	va_start(args, fmt);
	options->len += vsnprintf(options->text + options->len,
				  room - options->len, fmt, args);
	va_end(args);
}

static void options_add_value(const struct comparison *comparison,
			      const struct keyword *keyword)
{
	char before[VALUE_TEXT], after[VALUE_TEXT];

	options_value(keyword, comparison->before, before);
	options_value(keyword, comparison->after, after);
	if (comparison->both && strcmp(before, after))
		options_add(comparison->options, "%s %s -> %s", keyword->name,
			    before, after);
	else
		options_add(comparison->options, "%s %s", keyword->name,
			    after);
}

/* A keyword that comes after another one needs that one written, once. */
static void options_compare(const struct keyword *parent,
			    const struct keyword *keyword, void *arg)
{
	struct comparison *comparison = arg;

	if (!options_differ(keyword, comparison->before, comparison->after))
		return;
	if (parent && comparison->last != parent) {
		if (parent->text)
			options_add_value(comparison, parent);
		else
			options_add(comparison->options, "%s", parent->name);
	}
	options_add_value(comparison, keyword);
	comparison->last = parent ? parent : keyword;
}

const char *options_text(struct options *options,
			 const struct keyword *keywords, const void *before,
			 const void *after, bool both)
{
	struct comparison comparison = {
		.options = options, .before = before, .after = after,
		.both = both,
	};

	options->len = 0;
	options->text[0] = '\0';
	args_each(keywords, options_compare, &comparison);
	return options->text;
}

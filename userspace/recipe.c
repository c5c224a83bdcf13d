// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "recipe.h"

/* For which VIPs, if for any, a line or a part is there. */
struct mark {
	sa_family_t family;	/* AF_UNSPEC: both */
	bool each;		/* for each of them, or once for all */
	bool always;		/* no mark: once, whatever there is */
};

/* A recipe that is being filled. */
struct filling {
	const struct recipe_values *values;
	struct recipe *recipe;
	enum recipe_kind kind;
	const struct addr *vip;	/* the one that the part is for, or NULL */
	FILE *to;
	bool no_server;		/* its address is not given, but needed */
};

/* No memory ends the program. */
static void *recipe_need(void *memory)
{
	if (!memory) {
		perror("dsrctl");
		exit(REFUSED);
	}
	return memory;
}

#define MAX_RECIPES	64

int recipe_find(const char *word, const struct recipe_source **source,
		struct err *err)
{
	const char *names[MAX_RECIPES] = { NULL };
	int i;

	for (i = 0; recipe_sources[i].name && i < MAX_RECIPES - 1; i++)
		names[i] = recipe_sources[i].name;
	i = args_match(word, names);
	if (i < 0)
		return args_refuse_name("unknown recipe", word, names, err);
	*source = &recipe_sources[i];
	return DONE;
}

/* --- Marks ---------------------------------------------------------------- */

/* Read a mark, if there is one. Return: what follows it. */
static const char *mark_read(const char *text, struct mark *mark)
{
	static const char families[] = "46*";
	static const sa_family_t family[] = { AF_INET, AF_INET6, AF_UNSPEC };
	const char *at;

	*mark = (struct mark){ .always = true };
	if (text[0] != '@' || !text[1] || !(at = strchr(families, text[1])))
		return text;
	mark->always = false;
	mark->family = family[at - families];
	mark->each = text[2] != '?';
	text += mark->each ? 2 : 3;
	return *text == ' ' ? text + 1 : text;
}

static bool mark_fits(const struct mark *mark, const struct addr *vip)
{
	return mark->family == AF_UNSPEC || mark->family == vip->family;
}

static bool mark_fits_any(const struct mark *mark,
			  const struct recipe_values *values)
{
	size_t i;

	for (i = 0; i < values->n_vips; i++) {
		if (mark_fits(mark, &values->vips[i]))
			return true;
	}
	return false;
}

/* --- Lines ---------------------------------------------------------------- */

/* The value of a {name}, or NULL if there is none of this name. */
static const char *fill_value(struct filling *filling, const char *name,
			      size_t len, const struct addr *vip,
			      char text[ADDR_TEXT])
{
	const struct recipe_values *values = filling->values;

	if (len == 6 && !strncmp(name, "server", len)) {
		filling->no_server = !values->server;
		return values->server;
	}
	if (len == 9 && !strncmp(name, "interface", len))
		return values->interface ? values->interface :
		       filling->recipe->interface;
	if (vip && len == 3 && !strncmp(name, "vip", len))
		return addr_text(vip, text);
	if (vip && len == 6 && !strncmp(name, "prefix", len)) {
		snprintf(text, ADDR_TEXT, "%u", addr_bits(vip));
		return text;
	}
	if (vip && len == 1 && *name == 'n') {
		snprintf(text, ADDR_TEXT, "%zu", (size_t)(vip - values->vips));
		return text;
	}
	return NULL;
}

/* Print @len bytes of a text, with values in place of their names. */
static void fill_text(struct filling *filling, const char *text, size_t len,
		      const struct addr *vip)
{
	const char *end = text + len;

	while (text < end) {
		const char *close = *text == '{' ?
				    memchr(text, '}', end - text) : NULL;
		char room[ADDR_TEXT];
		const char *value = NULL;

		if (close)
			value = fill_value(filling, text + 1, close - text - 1,
					   vip, room);
		if (value)
			fputs(value, filling->to);
		else
			fputc(*text, filling->to);
		text = value ? close + 1 : text + 1;
	}
}

static void fill_line(struct filling *filling, const char *line, size_t len)
{
	const struct recipe_values *values = filling->values;
	const char *end = line + len;
	struct mark mark;
	size_t i;

	line = mark_read(line, &mark);
	if (!mark.each) {
		if (mark.always || mark_fits_any(&mark, values))
			fill_text(filling, line, end - line, filling->vip);
		return;
	}
	for (i = 0; i < values->n_vips; i++) {
		if (mark_fits(&mark, &values->vips[i]))
			fill_text(filling, line, end - line, &values->vips[i]);
	}
}

/* The lines of @len bytes of text. */
static void fill_lines(struct filling *filling, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		const char *next = (char *)memchr(text, '\n', end - text) + 1;

		fill_line(filling, text, next - text);
		text = next;
	}
}

/* --- Parts ---------------------------------------------------------------- */

/* Fill text that stands for itself. Return: the result, to be freed. */
static char *fill_string(struct filling *filling, const char *text, size_t len,
			 bool lines)
{
	char *result = NULL;
	size_t size;

	filling->to = recipe_need(open_memstream(&result, &size));
	if (lines)
		fill_lines(filling, text, len);
	else
		fill_text(filling, text, len, filling->vip);
	fclose(filling->to);
	return recipe_need(result);
}

/* Blank lines may be all that is left at the end. */
static void fill_trim(char *text)
{
	size_t len = strlen(text);

	while (len > 1 && text[len - 1] == '\n' && text[len - 2] == '\n')
		text[--len] = '\0';
	if (!strcmp(text, "\n"))
		*text = '\0';
}

static void fill_part(struct filling *filling, const char *file,
		      size_t file_len, const char *body, size_t len)
{
	struct recipe *recipe = filling->recipe;
	struct recipe_part part = { .kind = filling->kind };

	part.text = fill_string(filling, body, len, true);
	fill_trim(part.text);
	if (!*part.text) {
		free(part.text);
		return;
	}
	if (file_len)
		part.file = fill_string(filling, file, file_len, false);
	recipe->parts = recipe_need(reallocarray(recipe->parts,
						 recipe->n_parts + 1,
						 sizeof(part)));
	recipe->parts[recipe->n_parts++] = part;
}

/* A part that has a mark is there as often as a line would be. */
static void fill_parts(struct filling *filling, const char *rest,
		       const char *end, const char *body, size_t len)
{
	const struct recipe_values *values = filling->values;
	struct mark mark;
	size_t i;

	rest = mark_read(rest, &mark);
	if (mark.always || (!mark.each && mark_fits_any(&mark, values)))
		fill_part(filling, rest, end - rest, body, len);
	for (i = 0; mark.each && i < values->n_vips; i++) {
		filling->vip = &values->vips[i];
		if (mark_fits(&mark, filling->vip))
			fill_part(filling, rest, end - rest, body, len);
	}
	filling->vip = NULL;
}

/* One "%" line, which ends at @end, and the text that belongs to it. */
static void fill_directive(struct filling *filling, const char *line,
			   const char *end, const char *body, size_t len)
{
	struct recipe *recipe = filling->recipe;
	const size_t word = strcspn(line, " \n");
	const char *rest = line + word + (line[word] == ' ');

	if (!strncmp(line, "%title", word)) {
		recipe->title = recipe_need(strndup(rest, end - rest));
	} else if (!strncmp(line, "%comment", word)) {
		free(recipe->comment);
		recipe->comment = recipe_need(strndup(rest, end - rest));
	} else if (!strncmp(line, "%interface", word)) {
		recipe->interface = recipe_need(strndup(rest, end - rest));
	} else if (!strncmp(line, "%undo", word)) {
		filling->kind = RECIPE_UNDO;
	} else if (!strncmp(line, "%note", word)) {
		filling->kind = RECIPE_NOTE;
		fill_part(filling, NULL, 0, body, len);
	} else if (filling->values->n_vips) {
		fill_parts(filling, rest, end, body, len);
	}
}

int recipe_fill(const struct recipe_source *source,
		const struct recipe_values *values, struct recipe *recipe,
		struct err *err)
{
	struct filling filling = { .values = values, .recipe = recipe };
	const char *line = source->text;

	*recipe = (struct recipe){ .name = source->name };
	recipe->comment = recipe_need(strdup("#"));
	while (line) {
		const char *end = strchr(line, '\n');
		const char *next = strstr(end, "\n%");
		const char *stop = next ? next + 1 : end + strlen(end);

		fill_directive(&filling, line, end, end + 1, stop - end - 1);
		line = next ? next + 1 : NULL;
	}
	if (filling.no_server)
		return err_usage(err, "%s needs the server's own address: "
				 "add server ADDRESS", source->name);
	return DONE;
}

void recipe_clear(struct recipe *recipe)
{
	size_t i;

	for (i = 0; i < recipe->n_parts; i++) {
		free(recipe->parts[i].file);
		free(recipe->parts[i].text);
	}
	free(recipe->parts);
	free(recipe->title);
	free(recipe->comment);
	free(recipe->interface);
	*recipe = (struct recipe){ 0 };
}

bool recipe_has(const struct recipe *recipe, enum recipe_kind kind)
{
	size_t i;

	for (i = 0; i < recipe->n_parts; i++) {
		if (recipe->parts[i].kind == kind)
			return true;
	}
	return false;
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Recipes: how a real server is set up, as texts in recipes/ that become a part
 * of the program. Pure.
 *
 * A line that begins with "%" begins a part of a recipe, and the lines up to
 * the next such line are its text:
 *
 *   %title TEXT        what it is for
 *   %comment WORD      how a comment begins; "#" unless given
 *   %interface NAME    what the device on the network is called unless given
 *   %command [MARK]    commands
 *   %file [MARK] PATH  what is to be in a file
 *   %undo              the commands and files from here on take it back
 *   %note              a paragraph
 *   %include FILE      the lines of a file beside it
 *
 * A line of a text may begin with a MARK: @4, @6 or @* and a space for a line
 * that there is for each VIP of this family, or of both; @4? or @6? for one
 * that there is once if there is such a VIP. In it stand {vip}, {prefix} (the
 * length of a single address), {n} (the number of the VIP, from 0), {server}
 * (the real server's own address) and {interface}.
 */
#ifndef DSRCTL_RECIPE_H
#define DSRCTL_RECIPE_H

#include <stdbool.h>
#include <stddef.h>

#include "addr.h"

struct recipe_source {
	const char *name;
	const char *text;
};

/* By name; ends with an empty one. */
extern const struct recipe_source recipe_sources[];

/* What a recipe is filled with. */
struct recipe_values {
	const struct addr *vips;
	size_t n_vips;
	const char *server;		/* NULL: not given */
	const char *interface;		/* NULL: as the recipe has it */
};

enum recipe_kind {
	RECIPE_STEP,
	RECIPE_UNDO,
	RECIPE_NOTE,
};

struct recipe_part {
	enum recipe_kind kind;
	char *file;			/* NULL: the text is commands */
	char *text;			/* whole lines, one at least */
};

struct recipe {
	const char *name;
	char *title;
	char *comment;
	char *interface;
	struct recipe_part *parts;
	size_t n_parts;
};

/* The recipe of this name, which may be abbreviated. */
int recipe_find(const char *word, const struct recipe_source **source,
		struct err *err);

/*
 * Fill @recipe, which must be cleared also when this fails. Without VIPs the
 * title and notes are all there is.
 */
int recipe_fill(const struct recipe_source *source,
		const struct recipe_values *values, struct recipe *recipe,
		struct err *err);
void recipe_clear(struct recipe *recipe);

/* Whether there is any part of this kind. */
bool recipe_has(const struct recipe *recipe, enum recipe_kind kind);

#endif

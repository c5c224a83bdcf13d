/* SPDX-License-Identifier: GPL-2.0 */
/* Values that differ, as the words that a command line would have. */
#ifndef DSRCTL_OPTIONS_H
#define DSRCTL_OPTIONS_H

#include "args.h"

struct options {
	char text[1024];
	size_t len;
};

/*
 * The keywords by which @after differs from @before: "weight 3", and with
 * @both "weight 1 -> 3". Return: the text, empty if there are none.
 */
const char *options_text(struct options *options,
			 const struct keyword *keywords, const void *before,
			 const void *after, bool both);

/* Whether the member that a keyword means is another one. */
bool options_differ(const struct keyword *keyword, const void *before,
		    const void *after);

/* Its value, written into @text and returned. */
const char *options_value(const struct keyword *keyword, const void *from,
			  char text[VALUE_TEXT]);

#endif

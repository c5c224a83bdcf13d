/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a word that is being typed can become, one to a line: for the shells,
 * which ask by "dsrctl __complete WORD...", the last word being the one.
 */
#ifndef DSRCTL_COMPLETE_H
#define DSRCTL_COMPLETE_H

#include "args.h"

/* Print those of @names, which end with NULL, that begin with @word. */
void complete_names(const char *const *names, const char *word);

/* The same for what is in a folder. */
void complete_files(const char *folder, const char *word);

/* What may follow a command and the @n words after it. */
void complete_grammar(const struct grammar *grammar, char *const *words,
		      size_t n, const char *word);

#endif

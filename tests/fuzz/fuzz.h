/* SPDX-License-Identifier: GPL-2.0 */
/* A parser to be fed with what mutate.c makes of its seeds. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>

/* Texts to begin with, and words to put in; each ends with NULL. */
extern const char *const fuzz_seeds[];
extern const char *const fuzz_words[];

/* Parse @text, and abort() if what comes of it cannot be. */
void fuzz_one(const char *text, size_t len);

#endif

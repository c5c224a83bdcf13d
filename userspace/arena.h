/* SPDX-License-Identifier: GPL-2.0 */
/* Memory for many small things, which is freed all at once. */
#ifndef DSRCTL_ARENA_H
#define DSRCTL_ARENA_H

#include <stddef.h>

struct arena_chunk;

/* All zero at first. */
struct arena {
	struct arena_chunk *chunks;	/* the last one first */
};

/* @size zeroed bytes, aligned for everything. No memory ends the program. */
void *arena_alloc(struct arena *arena, size_t size);

/* A text of @len bytes with a zero byte behind it. */
char *arena_text(struct arena *arena, const void *text, size_t len);

/* Free everything; the arena can be used again. */
void arena_clear(struct arena *arena);

#endif

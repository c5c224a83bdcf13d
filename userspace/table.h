/* SPDX-License-Identifier: GPL-2.0 */
/* A table whose columns are as wide as they need to be. */
#ifndef DSRCTL_TABLE_H
#define DSRCTL_TABLE_H

#include "out.h"

#define MAX_COLUMNS	16

enum colour {
	PLAIN,
	GREEN,
	YELLOW,
	RED,
	BOLD,
};

struct cell {
	char *text;		/* NULL: empty */
	enum colour colour;
};

struct table {
	const struct out *out;
	bool right[MAX_COLUMNS];	/* numbers */
	size_t n_columns;
	struct cell (*rows)[MAX_COLUMNS];
	size_t n_rows;
};

/* In this order: start, all columns, rows and their cells, end. */
void table_start(struct table *table, const struct out *out);
size_t table_column(struct table *table, const char *title, bool right);

/* Start a row; its cells are empty until set. */
void table_row(struct table *table);

/* Set a cell of the last row, once. */
void table_set(struct table *table, size_t column, enum colour colour,
	       const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void table_set_count(struct table *table, size_t column, uint64_t count,
		     const char *unit);

/* Print the table and free it. */
void table_end(struct table *table);

/* Room for what out_human() writes. */
#define HUMAN_TEXT	24

/*
 * A count with two or three digits and k, M, G, … for thousands: "1.2k", and
 * with the unit "B": "1.2 kB".
 */
const char *out_human(uint64_t count, const char *unit, char text[HUMAN_TEXT]);

/* Print text in a colour, where there are colours. */
void out_paint(const struct out *out, enum colour colour, const char *text);

#endif

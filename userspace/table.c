// SPDX-License-Identifier: GPL-2.0
#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

void table_row(struct table *table)
{
	table->rows = reallocarray(table->rows, table->n_rows + 1,
				   sizeof(*table->rows));
	if (!table->rows) {
		perror("dsrctl");
		exit(REFUSED);
	}
	memset(table->rows[table->n_rows++], 0, sizeof(*table->rows));
}

void table_set(struct table *table, size_t column, enum colour colour,
	       const char *fmt, ...)
{
	struct cell *cell = &table->rows[table->n_rows - 1][column];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vasprintf(&cell->text, fmt, args);
	va_end(args);
	if (len < 0) {
		perror("dsrctl");
		exit(REFUSED);
	}
	cell->colour = colour;
}

void table_set_count(struct table *table, size_t column, uint64_t count,
		     const char *unit)
{
	char text[HUMAN_TEXT];

	if (table->out->human)
		table_set(table, column, PLAIN, "%s",
			  out_human(count, unit, text));
	else
		table_set(table, column, PLAIN, "%" PRIu64, count);
}

/* The titles are the first row. */
void table_start(struct table *table, const struct out *out)
{
	memset(table, 0, sizeof(*table));
	table->out = out;
	table_row(table);
}

size_t table_column(struct table *table, const char *title, bool right)
{
	const size_t column = table->n_columns++;

	assert(column < MAX_COLUMNS);

	table->right[column] = right;
	table_set(table, column, BOLD, "%s", title);
	return column;
}

static size_t cell_len(const struct cell *cell)
{
	return cell->text ? strlen(cell->text) : 0;
}

void out_paint(const struct out *out, enum colour colour, const char *text)
{
	static const char *const codes[] = {
		[PLAIN] = "", [GREEN] = "\033[32m", [YELLOW] = "\033[33m",
		[RED] = "\033[31m", [BOLD] = "\033[1m",
	};
	const bool paint = out->colour && colour;

	fprintf(out->to, "%s%s%s", paint ? codes[colour] : "", text,
		paint ? "\033[0m" : "");
}

/* Spaces are held back until text follows, so that no line ends with any. */
static void table_print_row(const struct table *table,
			    const struct cell *row, const size_t *widths)
{
	const struct out *out = table->out;
	size_t i, gap = 0;

	for (i = 0; i < table->n_columns; i++) {
		size_t len = cell_len(&row[i]);
		size_t pad = widths[i] - len;
		bool right = table->right[i];

		gap += right ? pad : 0;
		if (len) {
			fprintf(out->to, "%*s", (int)gap, "");
			out_paint(out, row[i].colour, row[i].text);
			gap = 0;
		}
		gap += right ? 0 : pad;
		gap += 2;
	}
	fputc('\n', out->to);
}

void table_end(struct table *table)
{
	size_t widths[MAX_COLUMNS] = { 0 };
	size_t i, row;

	for (row = 0; row < table->n_rows; row++) {
		for (i = 0; i < table->n_columns; i++) {
			size_t len = cell_len(&table->rows[row][i]);

			if (len > widths[i])
				widths[i] = len;
		}
	}
	for (row = 0; row < table->n_rows; row++) {
		table_print_row(table, table->rows[row], widths);
		for (i = 0; i < table->n_columns; i++)
			free(table->rows[row][i].text);
	}
	free(table->rows);
}

static uint64_t out_divide_rounded(uint64_t count, uint64_t by)
{
	return count / by + (count % by >= by / 2);
}

const char *out_human(uint64_t count, const char *unit, char text[HUMAN_TEXT])
{
	const char *space = *unit ? " " : "";
	const char *prefix = "kMGTPE";
	uint64_t thousand = 1000;	/* to the power of the prefix */
	uint64_t tenths, whole;

	if (count < 1000) {
		snprintf(text, HUMAN_TEXT, "%" PRIu64 "%s%s", count, space,
			 unit);
		return text;
	}
	for (; count / thousand >= 1000; prefix++)
		thousand *= 1000;
	tenths = out_divide_rounded(count, thousand / 10);
	whole = out_divide_rounded(count, thousand);
	if (whole == 1000) {
		tenths = 10;
		prefix++;
	}
	if (tenths < 100)
		snprintf(text, HUMAN_TEXT, "%" PRIu64 ".%" PRIu64 "%s%c%s",
			 tenths / 10, tenths % 10, space, *prefix, unit);
	else
		snprintf(text, HUMAN_TEXT, "%" PRIu64 "%s%c%s", whole, space,
			 *prefix, unit);
	return text;
}

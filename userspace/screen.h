/* SPDX-License-Identifier: GPL-2.0 */
/* The whole terminal, for top; the only unit that knows ncurses. */
#ifndef DSRCTL_SCREEN_H
#define DSRCTL_SCREEN_H

#include "rate.h"

/* What the user wants. */
enum screen_key {
	SCREEN_NONE,			/* the time is over */
	SCREEN_QUIT,
	SCREEN_ORDER,			/* another order, or another place */
};

struct screen {
	enum rate_order order;
	size_t first;			/* row at the top */
	size_t n_shown;			/* rows that fit */
	size_t n_rows;
};

/* Return: DONE, or REFUSED with the message in @err. */
int screen_open(struct screen *screen, struct err *err);
void screen_close(void);
void screen_draw(struct screen *screen, const struct rate_table *table,
		 uint32_t interval);

/* Wait for a key, but no longer than @ms. */
enum screen_key screen_wait(struct screen *screen, int ms);

#endif

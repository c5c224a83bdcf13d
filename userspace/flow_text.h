/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A flow as a line of text, by which one director gives it to another:
 *
 *	SERVICE ADDRESS PROTOCOL CLIENT VIP STATE IDLE
 *
 * The first line of a file says which version of this it holds. Pure.
 */
#ifndef DSRCTL_FLOW_TEXT_H
#define DSRCTL_FLOW_TEXT_H

#include "err.h"
#include "model.h"

#define FLOW_TEXT_FIRST_LINE	"dsr flows 1"

/* Room for what flow_text() writes. */
#define FLOW_TEXT	(SERVICE_TEXT + ADDR_TEXT + PROTOCOL_TEXT + \
			 2 * ENDPOINT_TEXT + 32 + TIME_TEXT)

/* The line without its end, written into @text and returned. */
const char *flow_text(const struct flow *flow, char text[FLOW_TEXT]);

/*
 * Fill @flow from @line, which is cut into pieces.
 * Return: DONE, or USAGE with the message in @err.
 */
int flow_parse(char *line, struct flow *flow, struct err *err);

#endif

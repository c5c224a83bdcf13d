/* SPDX-License-Identifier: GPL-2.0 */
/* Why a command failed: one line of text and the exit status. */
#ifndef DSRCTL_ERR_H
#define DSRCTL_ERR_H

/*
 * The exit status; every function that can fail returns one of these. The last
 * two have no message.
 */
enum {
	DONE = 0,
	REFUSED = 1,	/* the kernel or the system said no */
	USAGE = 2,	/* the command line is wrong; nothing was asked */
	LATE = 3,	/* what was waited for has not come in time */
	WARNED = 4,	/* doctor has found something, but no fault */
	ILL = 5,	/* doctor has found a fault */
};

struct err {
	char text[1024];
};

/* How a word of the user's is shown in a message. */
#define WORD "\"%.80s\""

/* Each sets the message and returns the exit status it is named after. */
int err_usage(struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int err_refused(struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int err_late(struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Make it one line of plain text, whatever words of the user's it has. */
void err_clean(char *text);

/* Each prints one line on standard error; an empty one was told already. */
void err_print(const struct err *err);
void err_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif

// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>

#include "err.h"

void err_clean(char *text)
{
	for (; *text; text++) {
		unsigned char c = *text;

		if (c < 0x20 || c == 0x7f)
			*text = '?';
	}
}

static void err_format(struct err *err, const char *fmt, va_list args)
	__attribute__((format(printf, 2, 0)));

static void err_format(struct err *err, const char *fmt, va_list args)
{
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	err_clean(err->text);
}

int err_usage(struct err *err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	err_format(err, fmt, args);
	va_end(args);
	return USAGE;
}

int err_refused(struct err *err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	err_format(err, fmt, args);
	va_end(args);
	return REFUSED;
}

int err_late(struct err *err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	err_format(err, fmt, args);
	va_end(args);
	return LATE;
}

void err_print(const struct err *err)
{
	if (err->text[0])
		fprintf(stderr, "dsrctl: %s\n", err->text);
}

void err_warn(const char *fmt, ...)
{
	struct err warning;
	va_list args;

	va_start(args, fmt);
	err_format(&warning, fmt, args);
	va_end(args);
	fprintf(stderr, "dsrctl: warning: %s\n", warning.text);
}

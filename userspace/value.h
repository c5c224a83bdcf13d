/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The values of keywords. Pure. Each function parses @word as the value of the
 * keyword @name and returns DONE, or USAGE with the message in @err.
 */
#ifndef DSRCTL_VALUE_H
#define DSRCTL_VALUE_H

#include "args.h"

/* A number from @min to @max. */
int value_number(const char *name, const char *word, uint32_t min,
		 uint32_t max, uint32_t *number, struct err *err);

/* One of @names, which end with NULL: its index. */
int value_name(const char *name, const char *word, const char *const *names,
	       uint8_t *value, struct err *err);

/* A time in seconds, with its unit. */
int value_time(const char *name, const char *word, uint32_t *seconds,
	       struct err *err);

/* The same, or "off", which is 0. */
int value_time_or_off(const char *name, const char *word, uint32_t *seconds,
		      struct err *err);

/* 32 hexadecimal digits. */
int value_hash_key(const char *name, const char *word, struct hash_key *key,
		   struct err *err);

/* The name of a group, filled up with zeros. */
int value_group(const char *name, const char *word, char group[GROUP_MAX],
		struct err *err);

/* The same way back, of the member of a structure: see struct keyword. */
const char *value_string_text(const struct keyword *keyword,
			      const void *value, char text[VALUE_TEXT]);
const char *value_number_text(const struct keyword *keyword,
			      const void *value, char text[VALUE_TEXT]);
const char *value_name_text(const struct keyword *keyword, const void *value,
			    char text[VALUE_TEXT]);
const char *value_time_text(const struct keyword *keyword, const void *value,
			    char text[VALUE_TEXT]);
const char *value_hash_key_text(const struct keyword *keyword,
				const void *value, char text[VALUE_TEXT]);
const char *value_mac_text(const struct keyword *keyword, const void *value,
			   char text[VALUE_TEXT]);
const char *value_dev_text(const struct keyword *keyword, const void *value,
			   char text[VALUE_TEXT]);

/* "off" and "on". */
extern const char *const value_flag[];

#endif

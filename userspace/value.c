// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "value.h"

const char *const value_flag[] = { "off", "on", NULL };

int value_number(const char *name, const char *word, uint32_t min,
		 uint32_t max, uint32_t *number, struct err *err)
{
	if (addr_number(word, max, number) && *number >= min)
		return DONE;
	return err_usage(err, "%s " WORD " is not a number from %u to %u",
			 name, word, min, max);
}

int value_name(const char *name, const char *word, const char *const *names,
	       uint8_t *value, struct err *err)
{
	uint8_t i;

	for (i = 0; names[i]; i++) {
		if (!strcmp(word, names[i])) {
			*value = i;
			return DONE;
		}
	}
	return args_refuse_name(name, word, names, err);
}

/* A number without a unit is the likely mistake. */
static int value_refuse_time(const char *name, const char *word,
			     const char *off, struct err *err)
{
	uint32_t number;

	if (addr_number(word, UINT32_MAX, &number) && number)
		return err_usage(err, "%s " WORD ": give the unit, as in %us, "
				 "%um, %uh or %ud", name, word, number, number,
				 number, number);
	return err_usage(err, "%s " WORD " is not a time such as 30s, 15m, 2h "
			 "or 1d%s", name, word, off);
}

int value_time(const char *name, const char *word, uint32_t *seconds,
	       struct err *err)
{
	if (addr_time(word, seconds))
		return DONE;
	return value_refuse_time(name, word, "", err);
}

int value_time_or_off(const char *name, const char *word, uint32_t *seconds,
		      struct err *err)
{
	if (!strcmp(word, value_flag[0])) {
		*seconds = 0;
		return DONE;
	}
	if (addr_time(word, seconds))
		return DONE;
	return value_refuse_time(name, word, ", or off", err);
}

int value_hash_key(const char *name, const char *word, struct hash_key *key,
		   struct err *err)
{
	if (addr_hex_bytes(word, key->byte, sizeof(key->byte)))
		return DONE;
	return err_usage(err, "%s " WORD " is not 32 hexadecimal digits: "
			 "openssl rand -hex 16 makes some", name, word);
}

int value_group(const char *name, const char *word, char group[GROUP_MAX],
		struct err *err)
{
	const size_t len = strlen(word);

	if (!len || len >= GROUP_MAX ||
	    word[strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			"abcdefghijklmnopqrstuvwxyz0123456789._-")])
		return err_usage(err, "%s " WORD " is not a name of 1 to %u "
				 "letters, digits, dots, dashes and "
				 "underscores", name, word, GROUP_MAX - 1);
	memset(group, 0, GROUP_MAX);
	memcpy(group, word, len);
	return DONE;
}

/* --- Back to text -------------------------------------------------------- */

const char *value_string_text(const struct keyword *keyword,
			      const void *value, char text[VALUE_TEXT])
{
	(void)keyword;
	snprintf(text, VALUE_TEXT, "%s", (const char *)value);
	return text;
}

const char *value_number_text(const struct keyword *keyword,
			      const void *value, char text[VALUE_TEXT])
{
	uint32_t number = *(const uint8_t *)value;

	if (keyword->size == sizeof(number))
		memcpy(&number, value, sizeof(number));
	snprintf(text, VALUE_TEXT, "%u", number);
	return text;
}

/* The number itself if it is of a later kernel. */
const char *value_name_text(const struct keyword *keyword, const void *value,
			    char text[VALUE_TEXT])
{
	const char *name = model_name(keyword->names, *(const uint8_t *)value);

	if (!name)
		return value_number_text(keyword, value, text);
	snprintf(text, VALUE_TEXT, "%s", name);
	return text;
}

const char *value_time_text(const struct keyword *keyword, const void *value,
			    char text[VALUE_TEXT])
{
	uint32_t seconds;

	(void)keyword;
	memcpy(&seconds, value, sizeof(seconds));
	if (seconds)
		return addr_time_text(seconds, text);
	return strcpy(text, value_flag[0]);
}

const char *value_hash_key_text(const struct keyword *keyword,
				const void *value, char text[VALUE_TEXT])
{
	const struct hash_key *key = value;
	size_t i;

	(void)keyword;
	for (i = 0; i < sizeof(key->byte); i++)
		snprintf(text + 2 * i, VALUE_TEXT - 2 * i, "%02x",
			 key->byte[i]);
	return text;
}

const char *value_mac_text(const struct keyword *keyword, const void *value,
			   char text[VALUE_TEXT])
{
	(void)keyword;
	if (addr_mac_is_zero(value))
		return strcpy(text, "auto");
	return addr_mac_text(value, text);
}

const char *value_dev_text(const struct keyword *keyword, const void *value,
			   char text[VALUE_TEXT])
{
	return value_string_text(keyword, *(const char *)value ? value : "auto",
				 text);
}

// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"

bool addr_number(const char *word, uint32_t max, uint32_t *number)
{
	uint64_t value = 0;
	const char *c;

	if (!*word || (word[0] == '0' && word[1]))
		return false;
	for (c = word; *c; c++) {
		if (!isdigit((unsigned char)*c))
			return false;
		value = value * 10 + (*c - '0');
		if (value > max)
			return false;
	}
	*number = value;
	return true;
}

bool addr_hex_number(const char *word, uint32_t *number)
{
	const char *digits;
	size_t len;

	if (strncmp(word, "0x", 2))
		return false;
	digits = word + 2;
	len = strspn(digits, "0123456789abcdefABCDEF");
	if (!len || len > 8 || digits[len])
		return false;
	*number = strtoul(digits, NULL, 16);
	return true;
}

/* The largest first. */
static const struct {
	char letter;
	uint32_t seconds;
} units[] = {
	{ 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 },
};

bool addr_time(const char *word, uint32_t *seconds)
{
	size_t len = strlen(word), unit = 0;
	char number[16];

	while (len && units[unit].letter != word[len - 1]) {
		if (++unit == sizeof(units) / sizeof(units[0]))
			return false;
	}
	if (!len || len > sizeof(number))
		return false;
	memcpy(number, word, len - 1);
	number[len - 1] = '\0';
	if (!addr_number(number, UINT32_MAX / units[unit].seconds, seconds))
		return false;
	*seconds *= units[unit].seconds;
	return *seconds;
}

bool addr_milliseconds(const char *word, uint32_t max, uint32_t *milliseconds)
{
	size_t len = strlen(word);
	char number[16];
	uint32_t seconds;

	if (len > 2 && len < sizeof(number) && !strcmp(word + len - 2, "ms")) {
		memcpy(number, word, len - 2);
		number[len - 2] = '\0';
		return addr_number(number, max, milliseconds) && *milliseconds;
	}
	if (!addr_time(word, &seconds) || seconds > max / 1000)
		return false;
	*milliseconds = seconds * 1000;
	return true;
}

const char *addr_time_text(uint32_t seconds, char text[TIME_TEXT])
{
	size_t unit = 0;

	while (!seconds || seconds % units[unit].seconds) {
		if (units[unit].seconds == 1)
			break;
		unit++;
	}
	snprintf(text, TIME_TEXT, "%u%c", seconds / units[unit].seconds,
		 units[unit].letter);
	return text;
}

bool addr_hex_bytes(const char *word, uint8_t *byte, size_t n)
{
	size_t i;

	if (strlen(word) != 2 * n ||
	    strspn(word, "0123456789abcdefABCDEF") != 2 * n)
		return false;
	for (i = 0; i < n; i++) {
		char pair[] = { word[2 * i], word[2 * i + 1], '\0' };

		byte[i] = strtoul(pair, NULL, 16);
	}
	return true;
}

bool addr_parse(const char *word, struct addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	addr->family = strchr(word, ':') ? AF_INET6 : AF_INET;
	if (addr->family == AF_INET6)
		return inet_pton(AF_INET6, word, &addr->v6) == 1;
	return inet_pton(AF_INET, word, &addr->v4) == 1;
}

/* A letter, and at most one colon, which would be a port's. */
static bool addr_looks_like_name(const char *word)
{
	const char *colon = strchr(word, ':');

	if (colon && strchr(colon + 1, ':'))
		return false;
	for (; *word && *word != ':'; word++) {
		if (isalpha((unsigned char)*word))
			return true;
	}
	return false;
}

int addr_refuse(const char *word, struct err *err)
{
	return err_usage(err, WORD " is not an IP address%s", word,
			 addr_looks_like_name(word) ?
			 "; names are not looked up" : "");
}

bool addr_mac_is_zero(const struct mac *mac)
{
	static const struct mac zero;

	return !memcmp(mac, &zero, sizeof(zero));
}

/* Six pairs of hexadecimal digits with colons between them. */
static bool addr_scan_mac(const char *word, struct mac *mac)
{
	size_t i;

	if (strlen(word) != MAC_TEXT - 1)
		return false;
	for (i = 0; i < sizeof(mac->byte); i++, word += 3) {
		if (!isxdigit((unsigned char)word[0]) ||
		    !isxdigit((unsigned char)word[1]) ||
		    word[2] != (i < sizeof(mac->byte) - 1 ? ':' : '\0'))
			return false;
		mac->byte[i] = strtoul(word, NULL, 16);
	}
	return true;
}

int addr_parse_mac(const char *word, struct mac *mac, struct err *err)
{
	memset(mac, 0, sizeof(*mac));
	if (!strcmp(word, "auto"))
		return DONE;
	if (!addr_scan_mac(word, mac))
		return err_usage(err, "mac " WORD " is not a MAC address: "
				 "write 02:00:00:00:00:0b, or auto", word);
	if (mac->byte[0] & 1)
		return err_usage(err, "mac " WORD " is a %s address: "
				 "give the MAC address of one server", word,
				 strcasecmp(word, "ff:ff:ff:ff:ff:ff") ?
				 "multicast" : "broadcast");
	if (addr_mac_is_zero(mac))
		return err_usage(err, "mac " WORD ": write auto to use the "
				 "neighbour table", word);
	return DONE;
}

unsigned int addr_bits(const struct addr *addr)
{
	return addr->family == AF_INET6 ? 128 : 32;
}

void addr_mask(struct addr *addr, unsigned int len)
{
	uint8_t *byte = addr->family == AF_INET6 ? addr->v6.s6_addr :
			(uint8_t *)&addr->v4;
	unsigned int i;

	for (i = len; i < addr_bits(addr); i++)
		byte[i / 8] &= ~(0x80 >> i % 8);
}

bool addr_is_loopback(const struct addr *addr)
{
	if (addr->family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&addr->v6);
	return ntohl(addr->v4.s_addr) >> IN_CLASSA_NSHIFT == IN_LOOPBACKNET;
}

int addr_compare(const struct addr *a, const struct addr *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	if (a->family == AF_INET)
		return memcmp(&a->v4, &b->v4, sizeof(a->v4));
	return memcmp(&a->v6, &b->v6, sizeof(a->v6));
}

const char *addr_text(const struct addr *addr, char text[ADDR_TEXT])
{
	const void *bytes = &addr->v4;

	if (addr->family == AF_INET6)
		bytes = &addr->v6;
	return inet_ntop(addr->family, bytes, text, ADDR_TEXT);
}

const char *addr_mac_text(const struct mac *mac, char text[MAC_TEXT])
{
	const uint8_t *b = mac->byte;

	snprintf(text, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x",
		 b[0], b[1], b[2], b[3], b[4], b[5]);
	return text;
}

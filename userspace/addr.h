/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text to and from IP addresses, MAC addresses and numbers.
 * Pure: no I/O, no lookup of names. A parser returns DONE or USAGE with the
 * message in @err; what it fills is undefined unless it returns DONE.
 */
#ifndef DSRCTL_ADDR_H
#define DSRCTL_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

struct addr {
	sa_family_t family;	/* AF_INET or AF_INET6 */
	union {
		struct in_addr v4;
		struct in6_addr v6;
	};
};

struct mac {
	uint8_t byte[6];
};

/* Room for what the *_text functions write. */
#define ADDR_TEXT	INET6_ADDRSTRLEN
#define MAC_TEXT	sizeof("00:00:00:00:00:00")
#define TIME_TEXT	sizeof("4294967295s")

/* A decimal number from 0 to @max: digits, no sign, no leading zero. */
bool addr_number(const char *word, uint32_t max, uint32_t *number);

/* A hexadecimal number of 32 bits that begins with 0x. */
bool addr_hex_number(const char *word, uint32_t *number);

/* A time with its unit, of a second or more: 30s, 15m, 2h or 1d. */
bool addr_time(const char *word, uint32_t *seconds);

/* The same, or from 1ms on, in milliseconds; at most @max. */
bool addr_milliseconds(const char *word, uint32_t max, uint32_t *milliseconds);

/* Exactly @n bytes in hexadecimal. */
bool addr_hex_bytes(const char *word, uint8_t *byte, size_t n);

/* An address and nothing else. */
bool addr_parse(const char *word, struct addr *addr);

/* @word is no address. Return: USAGE with the message in @err. */
int addr_refuse(const char *word, struct err *err);

/* A unicast MAC address, or "auto", which is all zeros. */
int addr_parse_mac(const char *word, struct mac *mac, struct err *err);

bool addr_mac_is_zero(const struct mac *mac);

/* How many bits an address of this family has. */
unsigned int addr_bits(const struct addr *addr);

/* Clear all but the first @len bits. */
void addr_mask(struct addr *addr, unsigned int len);

/* One of 127.0.0.0/8, or ::1. */
bool addr_is_loopback(const struct addr *addr);

/* Order: IPv4 before IPv6, then by number. */
int addr_compare(const struct addr *a, const struct addr *b);

/* Each writes into @text and returns it. */
const char *addr_text(const struct addr *addr, char text[ADDR_TEXT]);
const char *addr_mac_text(const struct mac *mac, char text[MAC_TEXT]);

/* In the largest unit that holds it exactly. */
const char *addr_time_text(uint32_t seconds, char text[TIME_TEXT]);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text to and from addresses, ports, protocols, MAC addresses and numbers.
 * Pure: no I/O, no lookup of names. A parser returns DONE or USAGE with the
 * message in @err; what it fills is undefined unless it returns DONE.
 */
#ifndef DSRCTL_ADDR_H
#define DSRCTL_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
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

/* What names a virtual service. */
struct service_key {
	uint8_t protocol;
	uint16_t port;		/* host byte order */
	struct addr addr;
};

/* Room for what the *_text functions write. */
#define ADDR_TEXT	INET6_ADDRSTRLEN
#define MAC_TEXT	sizeof("00:00:00:00:00:00")
#define SERVICE_TEXT	(ADDR_TEXT + sizeof("tcp []:65535"))

/* A decimal number from 0 to @max: digits, no sign, no leading zero. */
bool addr_number(const char *word, uint32_t max, uint32_t *number);

/* "tcp" or "udp". */
int addr_parse_protocol(const char *word, uint8_t *protocol, struct err *err);

/* VIP:PORT or [VIP6]:PORT. */
int addr_parse_virtual(const char *word, struct addr *addr, uint16_t *port,
		       struct err *err);

/* The address of a real server of @service: a bare one, and not the VIP. */
int addr_parse_server(const char *word, const struct service_key *service,
		      struct addr *addr, struct err *err);

/* A unicast MAC address, or "auto", which is all zeros. */
int addr_parse_mac(const char *word, struct mac *mac, struct err *err);

bool addr_mac_is_zero(const struct mac *mac);

/* Order: IPv4 before IPv6, then by number. For services: address, port. */
int addr_compare(const struct addr *a, const struct addr *b);
int addr_compare_service(const struct service_key *a,
			 const struct service_key *b);

/* NULL if the protocol has no name here. */
const char *addr_protocol_name(uint8_t protocol);

/* Each writes into @text and returns it. */
const char *addr_text(const struct addr *addr, char text[ADDR_TEXT]);
const char *addr_mac_text(const struct mac *mac, char text[MAC_TEXT]);
const char *addr_service_text(const struct service_key *key,
			      char text[SERVICE_TEXT]);

#endif

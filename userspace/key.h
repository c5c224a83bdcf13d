/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What names a virtual service, and a server of it, to and from text. Pure.
 * A parser returns DONE or USAGE with the message in @err; what it fills is
 * undefined unless it returns DONE.
 */
#ifndef DSRCTL_KEY_H
#define DSRCTL_KEY_H

#include "addr.h"

#define MAX_PORT_RANGES	16

struct port_range {
	uint16_t first, last;	/* host byte order */
};

/*
 * Either a firewall mark and nothing else, or a protocol, a virtual address
 * and ports. All unused bytes are zero.
 */
struct service_key {
	uint32_t fwmark;		/* 0: none */
	uint8_t protocol;		/* 0: any */
	uint8_t prefix_len;		/* addr_bits(): one address */
	uint8_t n_ports;		/* 0: any port */
	struct addr addr;
	struct port_range ports[MAX_PORT_RANGES];	/* sorted, apart */
};

/* One end of a flow, or a prefix of addresses. */
struct endpoint {
	struct addr addr;		/* family 0: none */
	uint8_t prefix_len;		/* addr_bits(): one address */
	uint16_t port;			/* host byte order; 0: none */
};

/* SERVICE, for help and messages. */
#define KEY_USAGE	"tcp|udp|sctp|any VIP[/LEN][:PORTS] or fwmark N"

/* Room for what the *_text functions write. */
#define PORTS_TEXT	(MAX_PORT_RANGES * sizeof("65535-65535"))
#define SERVICE_TEXT	(sizeof("protocol-255 [/128]:") + ADDR_TEXT + \
			 PORTS_TEXT)

#define ENDPOINT_TEXT	(sizeof("[/128]:65535") + ADDR_TEXT)
#define PROTOCOL_TEXT	sizeof("sctp")

/*
 * SERVICE from its two words: @kind is a protocol or "fwmark", @word the
 * virtual address and ports or the mark, NULL if it is missing.
 */
int key_parse(const char *kind, const char *word, struct service_key *key,
	      struct err *err);

/* The address of a real server of @service: a bare one, and not the VIP. */
int key_parse_server(const char *word, const struct service_key *service,
		     struct addr *addr, struct err *err);

/*
 * A single address that can be a VIP: alone, and then the key has neither
 * protocol nor ports, or as a service's, whose second word is @next or NULL.
 */
int key_parse_vip(const char *word, const char *next, bool *took_next,
		  struct service_key *key, struct err *err);

/* Whether a word is meant as the first one of a VIP. */
bool key_begins_vip(const char *word);

/* The addresses of keys, each once, to be freed. No memory ends the program. */
struct addr *key_addresses(const struct service_key *keys, size_t n,
			   size_t *n_addresses);

/* ADDRESS[/LEN][:PORT], for IPv6 with a port [ADDRESS[/LEN]]:PORT; - if none. */
int key_parse_endpoint(const char *word, struct endpoint *endpoint,
		       struct err *err);

/* A protocol by its name or its number. */
bool key_parse_protocol(const char *word, uint8_t *protocol);

/*
 * Order: firewall marks first; then by address, longer prefixes first, by
 * ports and by protocol, any port and any protocol last.
 */
int key_compare(const struct service_key *a, const struct service_key *b);

/* "tcp", …; NULL if the protocol has no name here. */
const char *key_protocol_name(uint8_t protocol);

/* Each is what a parser above reads, written into @text and returned. */
const char *key_text(const struct service_key *key, char text[SERVICE_TEXT]);
const char *key_endpoint_text(const struct endpoint *endpoint,
			      char text[ENDPOINT_TEXT]);
const char *key_protocol_text(uint8_t protocol, char text[PROTOCOL_TEXT]);

#endif

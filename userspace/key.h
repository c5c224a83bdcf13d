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

/* SERVICE, for help and messages. */
#define KEY_USAGE	"tcp|udp|sctp|any VIP[/LEN][:PORTS] or fwmark N"

/* Room for what the *_text functions write. */
#define PORTS_TEXT	(MAX_PORT_RANGES * sizeof("65535-65535"))
#define SERVICE_TEXT	(sizeof("protocol-255 [/128]:") + ADDR_TEXT + \
			 PORTS_TEXT)

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
 * Order: firewall marks first; then by address, longer prefixes first, by
 * ports and by protocol, any port and any protocol last.
 */
int key_compare(const struct service_key *a, const struct service_key *b);

/* "tcp", …; NULL if the protocol has no name here. */
const char *key_protocol_name(uint8_t protocol);

/* SERVICE as key_parse() reads it, written into @text and returned. */
const char *key_text(const struct service_key *key, char text[SERVICE_TEXT]);

#endif

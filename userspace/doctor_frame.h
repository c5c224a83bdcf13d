/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The Ethernet frames that doctor sends, and those that it reads something
 * from. Pure.
 */
#ifndef DSRCTL_DOCTOR_FRAME_H
#define DSRCTL_DOCTOR_FRAME_H

#include "addr.h"

/* Room for any of the frames that are sent. */
#define FRAME_BYTES	128

/* ICMP stands for an echo request of either family; its port is the id. */
struct packet {
	struct addr src, dst;
	uint8_t protocol;
	uint16_t sport, dport;
};

enum frame_kind {
	FRAME_ARP,
	FRAME_NEIGHBOUR,	/* neighbour solicitation or advertisement */
	FRAME_PACKET,
	FRAME_ECHO_REPLY,
	FRAME_ERROR,		/* of ICMP, about a packet of ours maybe */
};

/* What an ICMP error says. */
enum frame_error {
	ERROR_PORT,		/* nothing listens */
	ERROR_PROHIBITED,	/* by the administrator */
	ERROR_UNREACHABLE,
	ERROR_EXPIRED,		/* it was forwarded too often */
	ERROR_REDIRECT,		/* it was forwarded; better send it elsewhere */
};

struct frame {
	enum frame_kind kind;
	uint32_t ifindex;	/* where it came in; of the caller's making */
	struct mac from, to;	/* of the Ethernet header */

	/* ARP and neighbour discovery */
	bool answer;		/* not a question */
	struct addr sender, target;	/* family 0: no address */
	struct mac mac;		/* that the sender or the target has */
	bool solicited;		/* neighbour advertisement: somebody asked */

	/* FRAME_PACKET and _ECHO_REPLY; of FRAME_ERROR, what it is about */
	struct packet packet;
	uint8_t flags;		/* TCP's */
	uint32_t ack;		/* TCP's, host byte order */
	enum frame_error error;
	struct addr reporter;	/* of FRAME_ERROR */
};

#define FRAME_TCP_RST	0x04
#define FRAME_TCP_SYN	0x02
#define FRAME_TCP_ACK	0x10

/* Each writes a frame and returns its length. */

/*
 * Who has @vip? By ARP or neighbour solicitation: to @to, or to all if it is
 * NULL; from @source, or from nobody if that is NULL, which in IPv6 is for all.
 */
size_t frame_ask(uint8_t bytes[FRAME_BYTES], const struct mac *from,
		 const struct mac *to, const struct addr *source,
		 const struct addr *vip);

/* TCP: SYN; UDP: an empty datagram; ICMP: an echo request. */
size_t frame_probe(uint8_t bytes[FRAME_BYTES], const struct mac *from,
		   const struct mac *to, const struct packet *packet);

/* The RST that ends what a SYN-ACK has begun. */
size_t frame_reset(uint8_t bytes[FRAME_BYTES], const struct frame *syn_ack);

/* Return: whether it is one of the frames above. */
bool frame_parse(const uint8_t *bytes, size_t len, struct frame *frame);

#endif

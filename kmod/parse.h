/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the bytes of a packet to its tuple. Knows no sk_buff: the caller makes
 * the window, so that the same source serves the hook, its tests and others.
 */
#ifndef DSR_PARSE_H
#define DSR_PARSE_H

#include "kmod/tuple.h"

/**
 * enum dsr_parse - what a packet is
 * @DSR_PARSE_FLOW: belongs to a flow; the tuple is filled in
 * @DSR_PARSE_OTHER: of a protocol that is not balanced
 * @DSR_PARSE_FRAGMENT: one fragment of a datagram, the first ones too
 * @DSR_PARSE_SHORT: the window is too short to tell; dsr_packet.need says
 *	how much is wanted
 * @DSR_PARSE_MALFORMED: a header is cut short or contradicts itself
 */
enum dsr_parse {
	DSR_PARSE_FLOW,
	DSR_PARSE_OTHER,
	DSR_PARSE_FRAGMENT,
	DSR_PARSE_SHORT,
	DSR_PARSE_MALFORMED,
};

/**
 * struct dsr_packet - what the parser found
 * @tuple: filled in for DSR_PARSE_FLOW
 * @tcp_flags: for DSR_PARSE_FLOW the header's eight flags, TCPHDR_*; 0 if the
 *	packet is not TCP
 * @need: bytes from the IP header on that the window must have, for
 *	DSR_PARSE_SHORT; never more than the packet has
 */
struct dsr_packet {
	struct dsr_tuple	tuple;
	u8			tcp_flags;
	unsigned int		need;
};

enum dsr_parse dsr_parse_ipv4(const void *data, unsigned int window,
			      unsigned int len, struct dsr_packet *pkt);

#endif /* DSR_PARSE_H */

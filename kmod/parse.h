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
 * @DSR_PARSE_FLOW: belongs to a flow; of a protocol without ports these are 0
 * @DSR_PARSE_ECHO: an ICMP echo request, a flow whose source port is the
 *	request's identifier
 * @DSR_PARSE_ERROR: an ICMP error; the tuple is that of the flow it is about,
 *	as the client's own packets have it
 * @DSR_PARSE_FRAGMENT: a later fragment of a datagram: the tuple has no ports
 * @DSR_PARSE_OTHER: nothing that is balanced
 * @DSR_PARSE_SHORT: the window is too short to tell; dsr_packet.need says
 *	how much is wanted
 * @DSR_PARSE_MALFORMED: a header is cut short or contradicts itself
 */
enum dsr_parse {
	DSR_PARSE_FLOW,
	DSR_PARSE_ECHO,
	DSR_PARSE_ERROR,
	DSR_PARSE_FRAGMENT,
	DSR_PARSE_OTHER,
	DSR_PARSE_SHORT,
	DSR_PARSE_MALFORMED,
};

/**
 * struct dsr_packet - what the parser found
 * @tuple: filled in for the first four of enum dsr_parse
 * @id: what the fragments of a datagram have in common, network byte order; of
 *	fragments only
 * @need: bytes from the IP header on that the window must have, for
 *	DSR_PARSE_SHORT; never more than the packet has
 * @l4: where the transport header begins
 * @tcp_flags: for DSR_PARSE_FLOW the header's eight flags, TCPHDR_*; 0 if the
 *	packet is not TCP
 * @first: this is the first of several fragments
 */
struct dsr_packet {
	struct dsr_tuple	tuple;
	__be32			id;
	unsigned int		need;
	unsigned int		l4;
	u8			tcp_flags;
	bool			first;
};

enum dsr_parse dsr_parse_ipv4(const void *data, unsigned int window,
			      unsigned int len, struct dsr_packet *pkt);
enum dsr_parse dsr_parse_ipv6(const void *data, unsigned int window,
			      unsigned int len, struct dsr_packet *pkt);

#endif /* DSR_PARSE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the bytes of a packet to its tuple. It reads, never writes, and never
 * past the window. Knows no sk_buff: the caller makes the window, so that the
 * same source serves the hook, its tests and others.
 *
 * What an IPv4 packet of a flow passes is in the callers, one of which is on the
 * way of most packets. Functions for a header return DSR_PARSE_FLOW for "so far,
 * so good".
 */
#ifndef DSR_PARSE_H
#define DSR_PARSE_H

#include <linux/in.h>
#include <linux/ip.h>
#include <linux/sctp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/tcp.h>
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

/**
 * struct dsr_window - a packet, and how much of it can be seen
 * @data: its first bytes, from the IP header on
 * @seen: how many of them there are
 * @len: how long the packet is
 */
struct dsr_window {
	const u8	*data;
	unsigned int	seen;
	unsigned int	len;
};

/* @n bytes at @at, or NULL and in @what why not. */
static __always_inline const void *
dsr_window_at(const struct dsr_window *w, unsigned int at, unsigned int n,
	      struct dsr_packet *pkt, enum dsr_parse *what)
{
	if (likely(at + n <= w->seen))
		return w->data + at;
	pkt->need = at + n;
	*what = at + n <= w->len ? DSR_PARSE_SHORT : DSR_PARSE_MALFORMED;
	return NULL;
}

/* TCP, UDP and SCTP all begin with the ports: RFC 9293 3.1, 768, 9260 3.1. */
static __always_inline enum dsr_parse
dsr_parse_ports(const struct dsr_window *w, struct dsr_packet *pkt,
		unsigned int n)
{
	enum dsr_parse what = DSR_PARSE_FLOW;
	const __be16 *ports = dsr_window_at(w, pkt->l4, n, pkt, &what);

	if (unlikely(!ports))
		return what;
	pkt->tuple.sport = ports[0];
	pkt->tuple.dport = ports[1];
	return what;
}

static __always_inline enum dsr_parse
dsr_parse_tcp(const struct dsr_window *w, struct dsr_packet *pkt)
{
	enum dsr_parse what = dsr_parse_ports(w, pkt, sizeof(struct tcphdr));

	if (likely(what == DSR_PARSE_FLOW))
		pkt->tcp_flags = tcp_flag_byte(w->data + pkt->l4);
	return what;
}

/*
 * An IPv4 header at @at up to the transport header: addresses, protocol,
 * whether it is a fragment. A later fragment has no transport header.
 */
static __always_inline enum dsr_parse
dsr_parse_header4(const struct dsr_window *w, unsigned int at,
		  struct dsr_packet *pkt)
{
	enum dsr_parse what = DSR_PARSE_FLOW;
	const struct iphdr *iph;

	iph = dsr_window_at(w, at, sizeof(*iph), pkt, &what);
	if (unlikely(!iph))
		return what;
	if (unlikely(iph->version != 4 || iph->ihl * 4 < sizeof(*iph)))
		return DSR_PARSE_MALFORMED;

	pkt->tuple = (struct dsr_tuple) {
		.saddr.ip	= iph->saddr,
		.daddr.ip	= iph->daddr,
		.protocol	= iph->protocol,
		.family		= AF_INET,
	};
	pkt->l4 = at + iph->ihl * 4;
	pkt->tcp_flags = 0;
	pkt->first = false;
	if (likely(!ip_is_fragment(iph)))
		return what;
	pkt->id = (__force __be32)iph->id;
	if (iph->frag_off & htons(IP_OFFSET))
		return DSR_PARSE_FRAGMENT;
	pkt->first = true;
	return what;
}

/* The window is a copy, so that the caller's need not be in memory. */
enum dsr_parse dsr_parse_icmp4(struct dsr_window w, struct dsr_packet *pkt);
enum dsr_parse dsr_parse_icmp6(struct dsr_window w, struct dsr_packet *pkt);
enum dsr_parse dsr_parse_ipv6(const void *data, unsigned int window,
			      unsigned int len, struct dsr_packet *pkt);

/* A packet's transport header. */
static __always_inline enum dsr_parse
dsr_parse_transport(const struct dsr_window *w, struct dsr_packet *pkt)
{
	switch (pkt->tuple.protocol) {
	case IPPROTO_TCP:
		return dsr_parse_tcp(w, pkt);
	case IPPROTO_UDP:
		return dsr_parse_ports(w, pkt, sizeof(struct udphdr));
	case IPPROTO_SCTP:
		return dsr_parse_ports(w, pkt, sizeof(struct sctphdr));
	case IPPROTO_ICMP:
		return pkt->tuple.family == AF_INET ?
		       dsr_parse_icmp4(*w, pkt) : DSR_PARSE_FLOW;
	case IPPROTO_ICMPV6:
		return pkt->tuple.family == AF_INET6 ?
		       dsr_parse_icmp6(*w, pkt) : DSR_PARSE_FLOW;
	default:
		return DSR_PARSE_FLOW;
	}
}

/**
 * dsr_parse_ipv4() - classify an IPv4 packet
 * @data: its first bytes, from the IP header on
 * @window: how many of them there are
 * @len: how long the packet is, at least @window
 * @pkt: the result
 *
 * The length is the IP header's, not @len: what follows is padding of the
 * link. A length of 0 is a super-packet's that is too long for the field.
 *
 * Context: any.
 * Return: see enum dsr_parse.
 */
static __always_inline enum dsr_parse
dsr_parse_ipv4(const void *data, unsigned int window, unsigned int len,
	       struct dsr_packet *pkt)
{
	struct dsr_window w = { .data = data, .seen = window, .len = len };
	enum dsr_parse what = dsr_parse_header4(&w, 0, pkt);

	if (unlikely(what == DSR_PARSE_SHORT || what == DSR_PARSE_MALFORMED))
		return what;
	w.len = ntohs(((const struct iphdr *)data)->tot_len) ?: len;
	if (unlikely(w.len < pkt->l4 || w.len > len))
		return DSR_PARSE_MALFORMED;
	w.seen = min(window, w.len);
	if (unlikely(what == DSR_PARSE_FRAGMENT))
		return what;
	return dsr_parse_transport(&w, pkt);
}

#endif /* DSR_PARSE_H */

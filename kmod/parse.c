// SPDX-License-Identifier: GPL-2.0
/*
 * Header parsing, but for the way of most packets, which is in parse.h.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ipv6.h>
#include <net/ipv6.h>
#include "kmod/parse.h"

/* More extension headers than this are no honest packet's. */
#define DSR_PARSE_EXTENSIONS	8

static enum dsr_parse dsr_parse_fragment6(struct dsr_packet *pkt,
					  const struct frag_hdr *fh)
{
	pkt->id = fh->identification;
	if (fh->frag_off & htons(IP6_OFFSET))
		return DSR_PARSE_FRAGMENT;
	/* One that is whole is no fragment: RFC 6946. */
	pkt->first = fh->frag_off & htons(IP6_MF);
	return DSR_PARSE_FLOW;
}

/* Bytes that an extension header takes; 0 if @nexthdr is none: RFC 8200 4. */
static unsigned int dsr_parse_extension(u8 nexthdr,
					const struct ipv6_opt_hdr *ext)
{
	switch (nexthdr) {
	case NEXTHDR_HOP:
	case NEXTHDR_ROUTING:
	case NEXTHDR_DEST:
		return ipv6_optlen(ext);
	case NEXTHDR_AUTH:
		return ipv6_authlen(ext);
	case NEXTHDR_FRAGMENT:
		return sizeof(struct frag_hdr);
	default:
		return 0;
	}
}

static bool dsr_parse_is_extension(u8 nexthdr)
{
	static const struct ipv6_opt_hdr any;

	return dsr_parse_extension(nexthdr, &any);
}

/*
 * The extension headers from pkt->l4 on. With a routing header that has
 * segments left, the address is a stop on the packet's way and not its end.
 */
static enum dsr_parse dsr_parse_extensions(const struct dsr_window *w,
					   struct dsr_packet *pkt)
{
	enum dsr_parse what = DSR_PARSE_FLOW;
	const struct ipv6_opt_hdr *ext;
	unsigned int i;

	for (i = 0; dsr_parse_is_extension(pkt->tuple.protocol); i++) {
		if (i == DSR_PARSE_EXTENSIONS)
			return DSR_PARSE_MALFORMED;
		/* Each of them has eight bytes at least. */
		ext = dsr_window_at(w, pkt->l4, sizeof(struct frag_hdr), pkt,
				    &what);
		if (!ext)
			return what;
		if (pkt->tuple.protocol == NEXTHDR_FRAGMENT)
			what = dsr_parse_fragment6(pkt, (const void *)ext);
		else if (pkt->tuple.protocol == NEXTHDR_ROUTING &&
			 ((const struct ipv6_rt_hdr *)ext)->segments_left)
			what = DSR_PARSE_OTHER;
		pkt->l4 += dsr_parse_extension(pkt->tuple.protocol, ext);
		pkt->tuple.protocol = ext->nexthdr;
		if (what != DSR_PARSE_FLOW)
			return what;
	}
	return what;
}

/* The twin of dsr_parse_header4(). */
static enum dsr_parse dsr_parse_header6(const struct dsr_window *w,
					unsigned int at, struct dsr_packet *pkt)
{
	enum dsr_parse what = DSR_PARSE_FLOW;
	const struct ipv6hdr *ip6h;

	ip6h = dsr_window_at(w, at, sizeof(*ip6h), pkt, &what);
	if (unlikely(!ip6h))
		return what;
	if (unlikely(ip6h->version != 6))
		return DSR_PARSE_MALFORMED;

	pkt->tuple = (struct dsr_tuple) {
		.saddr.in6	= ip6h->saddr,
		.daddr.in6	= ip6h->daddr,
		.protocol	= ip6h->nexthdr,
		.family		= AF_INET6,
	};
	pkt->l4 = at + sizeof(*ip6h);
	pkt->tcp_flags = 0;
	pkt->first = false;
	return dsr_parse_extensions(w, pkt);
}

/*
 * What an ICMP error quotes of a packet of the real server's: eight bytes of
 * transport header at least (RFC 792), which have the ports, or the identifier
 * of an echo reply. It went from the virtual address, to which the error is
 * addressed, to the client; a flow's tuple is the other way round.
 */
static enum dsr_parse
dsr_parse_quoted(const struct dsr_window *w, struct dsr_packet *pkt,
		 enum dsr_parse (*header)(const struct dsr_window *w,
					  unsigned int at,
					  struct dsr_packet *pkt))
{
	const struct dsr_packet error = *pkt;
	enum dsr_parse what;
	const __be16 *l4;

	/* Errors are short, none is cut in fragments: RFC 1812 4.3.2.3. */
	if (unlikely(error.first))
		return DSR_PARSE_OTHER;
	what = header(w, pkt->l4 + sizeof(struct icmphdr), pkt);
	pkt->first = false;
	if (what == DSR_PARSE_FRAGMENT)
		return DSR_PARSE_OTHER;
	if (what != DSR_PARSE_FLOW)
		return what;
	if (!nf_inet_addr_cmp(&pkt->tuple.saddr, &error.tuple.daddr))
		return DSR_PARSE_MALFORMED;
	swap(pkt->tuple.saddr, pkt->tuple.daddr);

	l4 = dsr_window_at(w, pkt->l4, 8, pkt, &what);
	if (!l4)
		return what;
	switch (pkt->tuple.protocol) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_SCTP:
		pkt->tuple.sport = l4[1];
		pkt->tuple.dport = l4[0];
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		pkt->tuple.sport = l4[2];
		break;
	}
	return DSR_PARSE_ERROR;
}

enum dsr_parse dsr_parse_icmp4(struct dsr_window w, struct dsr_packet *pkt)
{
	enum dsr_parse what = DSR_PARSE_OTHER;
	const struct icmphdr *icmph;

	icmph = dsr_window_at(&w, pkt->l4, sizeof(*icmph), pkt, &what);
	if (!icmph)
		return what;
	switch (icmph->type) {
	case ICMP_ECHO:
		pkt->tuple.sport = icmph->un.echo.id;
		return DSR_PARSE_ECHO;
	case ICMP_DEST_UNREACH:
	case ICMP_SOURCE_QUENCH:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETERPROB:
		return dsr_parse_quoted(&w, pkt, dsr_parse_header4);
	default:
		return DSR_PARSE_OTHER;
	}
}

/* The twin of dsr_parse_icmp4(). What is no error is also how neighbours talk. */
enum dsr_parse dsr_parse_icmp6(struct dsr_window w, struct dsr_packet *pkt)
{
	enum dsr_parse what = DSR_PARSE_OTHER;
	const struct icmp6hdr *icmp6h;

	icmp6h = dsr_window_at(&w, pkt->l4, sizeof(*icmp6h), pkt, &what);
	if (!icmp6h)
		return what;
	if (icmp6h->icmp6_type == ICMPV6_ECHO_REQUEST) {
		pkt->tuple.sport = icmp6h->icmp6_identifier;
		return DSR_PARSE_ECHO;
	}
	if (icmp6h->icmp6_type & ICMPV6_INFOMSG_MASK)
		return DSR_PARSE_OTHER;
	return dsr_parse_quoted(&w, pkt, dsr_parse_header6);
}

/**
 * dsr_parse_ipv6() - classify an IPv6 packet
 * @data: its first bytes, from the IP header on
 * @window: how many of them there are
 * @len: how long the packet is, at least @window
 * @pkt: the result
 *
 * As dsr_parse_ipv4(). A later fragment's protocol is that which follows its
 * fragment header, be it an extension header of the datagram's.
 *
 * Context: any.
 * Return: see enum dsr_parse.
 */
enum dsr_parse dsr_parse_ipv6(const void *data, unsigned int window,
			      unsigned int len, struct dsr_packet *pkt)
{
	struct dsr_window w = { .data = data, .seen = window, .len = len };
	const struct ipv6hdr *ip6h;
	enum dsr_parse what;

	ip6h = dsr_window_at(&w, 0, sizeof(*ip6h), pkt, &what);
	if (unlikely(!ip6h))
		return what;
	if (ip6h->payload_len)
		w.len = sizeof(*ip6h) + ntohs(ip6h->payload_len);
	if (unlikely(w.len > len))
		return DSR_PARSE_MALFORMED;
	w.seen = min(window, w.len);

	what = dsr_parse_header6(&w, 0, pkt);
	if (unlikely(what != DSR_PARSE_FLOW))
		return what;
	return dsr_parse_transport(&w, pkt);
}

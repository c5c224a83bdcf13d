// SPDX-License-Identifier: GPL-2.0
/*
 * Header parsing. It reads, never writes, and never past the window.
 */
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/tcp.h>
#include "kmod/parse.h"

/* Bytes of the transport header that must be there, 0 if not balanced. */
static unsigned int dsr_parse_l4_len(u8 protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return sizeof(struct tcphdr);
	case IPPROTO_UDP:
		return sizeof(struct udphdr);
	default:
		return 0;
	}
}

/* True if the window does not reach @need although the packet does. */
static bool dsr_parse_short(struct dsr_packet *pkt, unsigned int window,
			    unsigned int need)
{
	pkt->need = need;
	return window < need;
}

/**
 * dsr_parse_ipv4() - classify an IPv4 packet
 * @data: its first bytes, from the IP header on
 * @window: how many of them there are
 * @len: how long the packet is, at least @window
 * @pkt: the result
 *
 * The length is the IP header's, not @len: what follows is padding of the
 * link. TCP and UDP both begin with the ports (RFC 9293 3.1, RFC 768), so one
 * reading serves both.
 *
 * Context: any.
 * Return: see enum dsr_parse.
 */
enum dsr_parse dsr_parse_ipv4(const void *data, unsigned int window,
			      unsigned int len, struct dsr_packet *pkt)
{
	unsigned int ihl, total, l4_len;
	const struct iphdr *iph = data;
	const void *l4;
	const __be16 *ports;

	if (len < sizeof(*iph))
		return DSR_PARSE_MALFORMED;
	if (dsr_parse_short(pkt, window, sizeof(*iph)))
		return DSR_PARSE_SHORT;

	ihl = iph->ihl * 4;
	total = ntohs(iph->tot_len);
	if (iph->version != 4 || ihl < sizeof(*iph) || total < ihl ||
	    len < total)
		return DSR_PARSE_MALFORMED;
	if (ip_is_fragment(iph))
		return DSR_PARSE_FRAGMENT;

	l4_len = dsr_parse_l4_len(iph->protocol);
	if (!l4_len)
		return DSR_PARSE_OTHER;
	if (total < ihl + l4_len)
		return DSR_PARSE_MALFORMED;
	if (dsr_parse_short(pkt, window, ihl + l4_len))
		return DSR_PARSE_SHORT;

	l4 = data + ihl;
	ports = l4;
	pkt->tcp_flags = iph->protocol == IPPROTO_TCP ? tcp_flag_byte(l4) : 0;
	pkt->tuple = (struct dsr_tuple) {
		.saddr.ip	= iph->saddr,
		.daddr.ip	= iph->daddr,
		.sport		= ports[0],
		.dport		= ports[1],
		.protocol	= iph->protocol,
		.family		= AF_INET,
	};
	return DSR_PARSE_FLOW;
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets and devices for the suites.
 */
#ifndef DSR_SKB_BUILD_H
#define DSR_SKB_BUILD_H

#include <kunit/test.h>
#include <linux/in.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <linux/skbuff.h>

/* 10.1.2.3, as a constant expression in network byte order */
#define DSR_IP(a, b, c, d)	cpu_to_be32((a) << 24 | (b) << 16 | (c) << 8 | (d))

/* The longest packet that can be built. */
#define DSR_BUILD_MAX	16384

/* ICMP messages, whose numbers are another family's. */
enum dsr_build_icmp {
	DSR_BUILD_NO_ICMP,
	DSR_BUILD_ECHO,
	DSR_BUILD_ECHO_REPLY,
	DSR_BUILD_TOO_BIG,
	DSR_BUILD_UNREACHABLE,
	DSR_BUILD_EXCEEDED,
	DSR_BUILD_PARAMETER,
	DSR_BUILD_ROUTER,	/* a router's solicitation, no error */
};

/**
 * struct dsr_build - a packet to be built
 * @family: AF_INET6, or anything else for IPv4
 * @protocol: of its payload; TCP, UDP and SCTP get a header
 * @icmp: an ICMP message, in place of @protocol
 * @saddr: source address; the last four bytes of an IPv6 address
 * @daddr: destination address, likewise
 * @sport: source port, host byte order; of an echo its identifier
 * @dport: destination port, host byte order
 * @flags: of the TCP header, TCPHDR_*
 * @options: bytes of IPv4 options, a multiple of 4
 * @ext: IPv6 extension headers, a letter each: h hop by hop, d destination,
 *	r routing, R routing with segments left, a authentication, f fragment
 * @frag_off: flags and offset as in the IPv4 header, host byte order. With an
 *	offset there is no transport header. IPv6: a fragment header at the end
 *	of @ext if that has none.
 * @id: identification of the datagram
 * @payload: bytes after the transport header
 * @inner: the packet that an ICMP error quotes, of the same family if it does
 *	not say
 * @quoted: bytes of it that are quoted, 0 for all
 * @lie: added to the length in the IP header
 * @version: in the IP header, if not 0
 * @ihl: in the IPv4 header, if not 0
 * @padding: bytes after the IP packet
 * @cut: bytes missing at the end
 * @mark: of the skb
 * @pkt_type: of the skb
 * @gso_size: of the skb, a super-packet then, its checksum to be computed
 * @ignore_df: of the skb: its socket lets it be cut
 * @lro: the super-packet was made by LRO; not all of it linear
 * @linear: bytes in the skb's linear part, 0 for all
 */
struct dsr_build {
	u8			family;
	u8			protocol;
	enum dsr_build_icmp	icmp;
	__be32			saddr;
	__be32			daddr;
	u16			sport;
	u16			dport;
	u8			flags;
	unsigned int		options;
	const char		*ext;
	u16			frag_off;
	u32			id;
	unsigned int		payload;
	const struct dsr_build	*inner;
	unsigned int		quoted;
	int			lie;
	u8			version;
	u8			ihl;
	unsigned int		padding;
	unsigned int		cut;
	u32			mark;
	u8			pkt_type;
	u16			gso_size;
	bool			ignore_df;
	bool			lro;
	unsigned int		linear;
};

union nf_inet_addr dsr_build_addr(u8 family, __be32 addr);
unsigned int dsr_build_bytes(const struct dsr_build *b, u8 *buf, size_t size);
struct sk_buff *dsr_build_from(const u8 *buf, unsigned int len,
			       unsigned int linear, u8 family);
struct sk_buff *dsr_build_skb(struct kunit *test, const struct dsr_build *b);

/* An Ethernet device that keeps what is sent to one MAC address. */
struct net_device *dsr_build_dev_create(const u8 *mac);
void dsr_build_dev_free(void *dev);
struct net_device *dsr_build_dev(struct kunit *test, const u8 *mac);
void dsr_build_refuse(struct net_device *dev, bool refuse);
void dsr_build_keep_all(struct net_device *dev);
struct sk_buff *dsr_build_sent(struct net_device *dev);

#endif /* DSR_SKB_BUILD_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets and devices for the suites.
 */
#ifndef DSR_SKB_BUILD_H
#define DSR_SKB_BUILD_H

#include <kunit/test.h>
#include <linux/in.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

/* 10.1.2.3, as a constant expression in network byte order */
#define DSR_IP(a, b, c, d)	cpu_to_be32((a) << 24 | (b) << 16 | (c) << 8 | (d))

/**
 * struct dsr_build - an IPv4 packet to be built
 * @protocol: of its payload; TCP and UDP get a header
 * @saddr: source address
 * @daddr: destination address
 * @sport: source port, host byte order
 * @dport: destination port, host byte order
 * @flags: of the TCP header, TCPHDR_*
 * @options: bytes of IP options, a multiple of 4
 * @frag_off: the header's field, host byte order
 * @payload: bytes after the transport header
 * @padding: bytes after the IP packet
 * @linear: bytes in the skb's linear part, 0 for all
 */
struct dsr_build {
	u8		protocol;
	__be32		saddr;
	__be32		daddr;
	u16		sport;
	u16		dport;
	u8		flags;
	unsigned int	options;
	u16		frag_off;
	unsigned int	payload;
	unsigned int	padding;
	unsigned int	linear;
};

unsigned int dsr_build_bytes(const struct dsr_build *b, u8 *buf, size_t size);
struct sk_buff *dsr_build_skb(struct kunit *test, const struct dsr_build *b);

/* An Ethernet device that keeps what is sent. */
struct net_device *dsr_build_dev(struct kunit *test, const u8 *mac);
struct sk_buff *dsr_build_sent(struct net_device *dev);

#endif /* DSR_SKB_BUILD_H */

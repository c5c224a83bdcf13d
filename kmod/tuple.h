/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The identity of a flow: who talks to which virtual address.
 */
#ifndef DSR_TUPLE_H
#define DSR_TUPLE_H

#include <linux/netfilter.h>
#include <linux/siphash.h>
#include <linux/socket.h>
#include <linux/string.h>

/**
 * struct dsr_tuple - addresses, ports and protocol of a flow
 * @saddr: the client's address; an IPv4 address is followed by zeros
 * @daddr: the virtual address, likewise
 * @sport: the client's port, network byte order
 * @dport: the virtual port, network byte order
 * @protocol: IPPROTO_TCP or IPPROTO_UDP
 * @family: AF_INET or AF_INET6
 * @zero: zero, so that tuples compare and hash as memory
 */
struct dsr_tuple {
	union nf_inet_addr	saddr;
	union nf_inet_addr	daddr;
	__be16			sport;
	__be16			dport;
	u8			protocol;
	u8			family;
	u16			zero;
} __aligned(SIPHASH_ALIGNMENT);

static inline bool dsr_tuple_equal(const struct dsr_tuple *a,
				   const struct dsr_tuple *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/**
 * dsr_tuple_hash() - keyed hash of a tuple
 * @t: the tuple
 * @key: secret, so that clients cannot aim at one bucket
 *
 * Context: any.
 * Return: 64 well mixed bits.
 */
static inline u64 dsr_tuple_hash(const struct dsr_tuple *t,
				 const siphash_key_t *key)
{
	if (t->family == AF_INET)
		return siphash_4u32((__force u32)t->saddr.ip,
				    (__force u32)t->daddr.ip,
				    (__force u32)t->sport << 16 |
				    (__force u32)t->dport,
				    t->protocol, key);
	return siphash(t, sizeof(*t), key);
}

#endif /* DSR_TUPLE_H */

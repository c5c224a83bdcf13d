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
 * @protocol: the IP protocol
 * @family: AF_INET or AF_INET6
 * @client: of no flow, but of a client that stays with its server: see
 *	dsr_service_client()
 * @zero: zero, so that tuples compare and hash as memory
 */
struct dsr_tuple {
	union nf_inet_addr	saddr;
	union nf_inet_addr	daddr;
	__be16			sport;
	__be16			dport;
	u8			protocol;
	u8			family;
	u8			client;
	u8			zero;
} __aligned(SIPHASH_ALIGNMENT);

static inline bool dsr_tuple_equal(const struct dsr_tuple *a,
				   const struct dsr_tuple *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/**
 * dsr_tuple_hash4() - keyed hash of an IPv4 tuple
 * @t: the tuple
 * @key: secret
 *
 * SipHash-1-3 of two words, as the kernel's hsiphash is on 64-bit machines, but
 * with all of its 64 bits: the kernel's siphash functions take half as long
 * again. The protocol takes the place of the length, which is always the same.
 *
 * Context: any.
 * Return: 64 well mixed bits.
 */
static __always_inline u64 dsr_tuple_hash4(const struct dsr_tuple *t,
					   const siphash_key_t *key)
{
	u64 m0 = (u64)(__force u32)t->daddr.ip << 32 | (__force u32)t->saddr.ip;
	u64 m1 = (u64)t->protocol << 32 | (u32)(__force u16)t->dport << 16 |
		 (__force u16)t->sport;
	u64 v0 = SIPHASH_CONST_0 ^ key->key[0];
	u64 v1 = SIPHASH_CONST_1 ^ key->key[1];
	u64 v2 = SIPHASH_CONST_2 ^ key->key[0];
	u64 v3 = SIPHASH_CONST_3 ^ key->key[1];

	v3 ^= m0;
	SIPHASH_PERMUTATION(v0, v1, v2, v3);
	v0 ^= m0;
	v3 ^= m1;
	SIPHASH_PERMUTATION(v0, v1, v2, v3);
	v0 ^= m1;
	v2 ^= 0xff;
	SIPHASH_PERMUTATION(v0, v1, v2, v3);
	SIPHASH_PERMUTATION(v0, v1, v2, v3);
	SIPHASH_PERMUTATION(v0, v1, v2, v3);
	return (v0 ^ v1) ^ (v2 ^ v3);
}

/**
 * dsr_tuple_hash() - keyed hash of a flow's tuple
 * @t: the tuple
 * @key: secret, so that clients cannot aim at one bucket
 *
 * Context: any.
 * Return: 64 well mixed bits.
 */
static __always_inline u64 dsr_tuple_hash(const struct dsr_tuple *t,
					  const siphash_key_t *key)
{
	if (t->family == AF_INET)
		return dsr_tuple_hash4(t, key);
	return siphash(t, sizeof(*t), key);
}

/**
 * dsr_tuple_hash_any() - keyed hash of a flow's or a client's tuple
 * @t: the tuple
 * @key: as for dsr_tuple_hash()
 *
 * Context: any.
 * Return: 64 well mixed bits.
 */
static inline u64 dsr_tuple_hash_any(const struct dsr_tuple *t,
				     const siphash_key_t *key)
{
	u64 hash = dsr_tuple_hash(t, key);

	return t->client ? ~hash : hash;
}

#endif /* DSR_TUPLE_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that do not fit: refused with the right MTU, or cut in pieces that
 * are the packet again when put together; and those that came in pieces.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/rtnetlink.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/netfilter/ipv4/nf_defrag_ipv4.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>
#include "tests/kunit/lab.h"

#define MTU	1300
/* Payload of each fragment, a multiple of eight. */
#define PART	400

static const struct dsr_lab_service oversize_dns = {
	"dns", IPPROTO_UDP, DSR_LAB_VIP, 0, { { 53, 53 } }, .servers = 1,
};

static const struct dsr_lab_service oversize_web = {
	"web", IPPROTO_TCP, DSR_LAB_VIP, 0, { { 80, 80 } }, .servers = 1,
};

static void oversize_mtu(struct kunit *test, struct dsr_lab *lab, int mtu)
{
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, dev_set_mtu(lab->out, mtu), 0);
	rtnl_unlock();
}

static struct dsr_lab *oversize_start(struct kunit *test, u8 family)
{
	struct dsr_lab *lab = dsr_lab_start(test);

	oversize_mtu(test, lab, MTU);
	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &oversize_dns, family), 0);
	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &oversize_web, family), 0);
	return lab;
}

static struct dsr_build oversize_packet(u8 family, unsigned int payload)
{
	return (struct dsr_build) {
		.family = family, .protocol = IPPROTO_UDP, .id = 4711,
		.saddr = DSR_LAB_CLIENT, .daddr = DSR_LAB_VIP,
		.sport = 1025, .dport = 53, .payload = payload,
	};
}

/**
 * struct oversize_piece - one of those that a packet was cut into
 * @off: where it belongs, from the end of the IP header on
 * @len: bytes there
 * @more: it is not the last one
 */
struct oversize_piece {
	unsigned int	off;
	unsigned int	len;
	bool		more;
};

/* Take a piece, which begins with its IP header, to its place in @whole. */
static struct oversize_piece oversize_take4(struct sk_buff *skb, u8 *whole)
{
	const struct iphdr *iph = (struct iphdr *)skb->data;
	u16 off = ntohs(iph->frag_off);
	struct oversize_piece p = {
		.off = (off & IP_OFFSET) * 8, .more = off & IP_MF,
		.len = ntohs(iph->tot_len) - iph->ihl * 4,
	};

	memcpy(whole + p.off, skb->data + iph->ihl * 4, p.len);
	return p;
}

static struct oversize_piece oversize_take6(struct sk_buff *skb, u8 *whole)
{
	const struct ipv6hdr *ip6h = (struct ipv6hdr *)skb->data;
	const struct frag_hdr *fh = (struct frag_hdr *)(ip6h + 1);
	u16 off = ntohs(fh->frag_off);
	struct oversize_piece p = {
		.off = off & IP6_OFFSET, .more = off & IP6_MF,
		.len = ntohs(ip6h->payload_len) - sizeof(*fh),
	};

	memcpy(whole + p.off, fh + 1, p.len);
	return p;
}

/* The next piece that was sent. */
static struct oversize_piece oversize_take(struct kunit *test,
					   struct dsr_lab *lab, u8 family,
					   u8 *whole)
{
	struct sk_buff *skb = dsr_build_sent(lab->out);
	struct oversize_piece p;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_ASSERT_EQ(test, skb_linearize(skb), 0);
	KUNIT_EXPECT_EQ(test, skb->data[4], 1);
	KUNIT_EXPECT_EQ(test, skb->data[5], 0);
	skb_pull(skb, ETH_HLEN);
	KUNIT_EXPECT_LE(test, skb->len, lab->out->mtu);
	p = family == AF_INET ? oversize_take4(skb, whole) :
				oversize_take6(skb, whole);
	kfree_skb(skb);
	return p;
}

/* What was sent is @b, in pieces that follow one another. */
static void oversize_expect_pieces(struct kunit *test, struct dsr_lab *lab,
				   const struct dsr_build *b)
{
	static u8 want[DSR_BUILD_MAX], got[DSR_BUILD_MAX];
	unsigned int hlen = sizeof(struct iphdr) + b->options, end = 0, len;
	struct oversize_piece p;

	len = dsr_build_bytes(b, want, sizeof(want)) - hlen;
	do {
		p = oversize_take(test, lab, b->family, got);
		KUNIT_EXPECT_EQ(test, p.off, end);
		end = p.off + p.len;
		KUNIT_EXPECT_EQ(test, p.more, end < len);
	} while (p.more && end < len);
	KUNIT_EXPECT_EQ(test, end, len);
	KUNIT_EXPECT_MEMEQ(test, got, want + hlen, len);
	dsr_lab_expect_nothing(test, lab);
}

/* IPv4 that may be cut is, with as many pieces as it takes. */
static void oversize_cut(struct kunit *test)
{
	static const unsigned int payloads[] = { MTU - 27, 3000, 9000 };
	struct dsr_lab *lab = oversize_start(test, AF_INET);
	struct dsr_build b;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(payloads); i++) {
		b = oversize_packet(AF_INET, payloads[i]);
		dsr_lab_receive(test, lab, &b);
		oversize_expect_pieces(test, lab, &b);
		b.linear = 60;
		b.options = 8;
		dsr_lab_receive(test, lab, &b);
		oversize_expect_pieces(test, lab, &b);
		dsr_lab_expect_counts(test, lab, DSR_REASON_FORWARDED, 2);
	}
	/* A byte less fits. */
	b = oversize_packet(AF_INET, MTU - 28);
	dsr_lab_receive(test, lab, &b);
	dsr_lab_expect_sent(test, lab, 0, &b);
}

/* A fragment may be cut again. */
static void oversize_cut_fragment(struct kunit *test)
{
	struct dsr_lab *lab = oversize_start(test, AF_INET);
	struct dsr_build b = oversize_packet(AF_INET, 1400);
	static u8 whole[DSR_BUILD_MAX];
	struct oversize_piece p;

	b.frag_off = IP_MF;
	dsr_lab_receive(test, lab, &b);
	p = oversize_take(test, lab, AF_INET, whole);
	KUNIT_EXPECT_EQ(test, p.off, 0);
	KUNIT_EXPECT_TRUE(test, p.more);
	KUNIT_EXPECT_EQ(test, p.len, 1280);
	p = oversize_take(test, lab, AF_INET, whole);
	KUNIT_EXPECT_EQ(test, p.off, 1280);
	KUNIT_EXPECT_TRUE(test, p.more);
	KUNIT_EXPECT_EQ(test, p.len, 1408 - 1280);
	dsr_lab_expect_nothing(test, lab);
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
}

/* Type, code and MTU of the answer, and whom it is for; returns the quote. */
static const u8 *oversize_expect_icmp4(struct kunit *test, struct sk_buff *skb)
{
	const struct iphdr *iph = (struct iphdr *)skb->data;
	const struct icmphdr *icmph = (struct icmphdr *)(iph + 1);

	KUNIT_EXPECT_EQ(test, iph->saddr, DSR_LAB_LOCAL);
	KUNIT_EXPECT_EQ(test, iph->daddr, DSR_LAB_CLIENT);
	KUNIT_EXPECT_EQ(test, iph->protocol, IPPROTO_ICMP);
	KUNIT_EXPECT_EQ(test, icmph->type, ICMP_DEST_UNREACH);
	KUNIT_EXPECT_EQ(test, icmph->code, ICMP_FRAG_NEEDED);
	KUNIT_EXPECT_EQ(test, ntohs(icmph->un.frag.mtu), MTU);
	return (const u8 *)(icmph + 1);
}

static const u8 *oversize_expect_icmp6(struct kunit *test, struct sk_buff *skb)
{
	const union nf_inet_addr from = dsr_build_addr(AF_INET6, DSR_LAB_LOCAL);
	const union nf_inet_addr to = dsr_build_addr(AF_INET6, DSR_LAB_CLIENT);
	const struct ipv6hdr *ip6h = (struct ipv6hdr *)skb->data;
	const struct icmp6hdr *icmp6h = (struct icmp6hdr *)(ip6h + 1);

	KUNIT_EXPECT_MEMEQ(test, &ip6h->saddr, &from, sizeof(from));
	KUNIT_EXPECT_MEMEQ(test, &ip6h->daddr, &to, sizeof(to));
	KUNIT_EXPECT_EQ(test, ip6h->nexthdr, IPPROTO_ICMPV6);
	KUNIT_EXPECT_EQ(test, icmp6h->icmp6_type, ICMPV6_PKT_TOOBIG);
	KUNIT_EXPECT_EQ(test, icmp6h->icmp6_code, 0);
	KUNIT_EXPECT_EQ(test, ntohl(icmp6h->icmp6_mtu), MTU);
	return (const u8 *)(icmp6h + 1);
}

/* The client was told; the answer quotes @b. */
static void oversize_expect_told(struct kunit *test, struct dsr_lab *lab,
				 const struct dsr_build *b)
{
	struct sk_buff *skb = dsr_build_sent(lab->in);
	static u8 want[DSR_BUILD_MAX];
	const u8 *quote;

	dsr_lab_expect(test, lab, DSR_REASON_TOO_BIG);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_ASSERT_EQ(test, skb_linearize(skb), 0);
	skb_pull(skb, ETH_HLEN);
	quote = b->family == AF_INET ? oversize_expect_icmp4(test, skb) :
				       oversize_expect_icmp6(test, skb);
	dsr_build_bytes(b, want, sizeof(want));
	KUNIT_EXPECT_GE(test, skb_tail_pointer(skb) - quote, 28);
	KUNIT_EXPECT_MEMEQ(test, quote, want, skb_tail_pointer(skb) - quote);
	kfree_skb(skb);
	dsr_lab_expect_nothing(test, lab);
}

static void oversize_refused(struct kunit *test)
{
	u8 family = dsr_lab_family(test);
	unsigned int headers = family == AF_INET ? 28 : 48;
	struct dsr_lab *lab = oversize_start(test, family);
	struct dsr_build b = oversize_packet(family, MTU - headers + 1);

	b.frag_off = IP_DF;
	dsr_lab_receive(test, lab, &b);
	oversize_expect_told(test, lab, &b);
	b.linear = 60;
	dsr_lab_receive(test, lab, &b);
	oversize_expect_told(test, lab, &b);
	b.payload--;
	dsr_lab_receive(test, lab, &b);
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
	dsr_lab_expect_sent(test, lab, 0, &b);
	dsr_lab_expect_nothing(test, lab);
}

static struct dsr_build oversize_super(u8 family, u16 segment)
{
	struct dsr_build b = oversize_packet(family, 5000);

	b.protocol = IPPROTO_TCP;
	b.dport = 80;
	b.gso_size = segment;
	b.frag_off = IP_DF;
	return b;
}

/* A super-packet is larger than the MTU; its segments must not be. */
static void oversize_gso(struct kunit *test)
{
	u8 family = dsr_lab_family(test);
	unsigned int headers = family == AF_INET ? 40 : 60;
	struct dsr_lab *lab = oversize_start(test, family);
	struct dsr_build b = oversize_super(family, MTU - headers);
	struct sk_buff *skb;

	dsr_lab_receive(test, lab, &b);
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
	dsr_lab_expect_sent(test, lab, 0, &b);
	dsr_lab_expect_nothing(test, lab);

	b.gso_size++;
	dsr_lab_receive(test, lab, &b);
	dsr_lab_expect(test, lab, DSR_REASON_TOO_BIG);
	skb = dsr_build_sent(lab->in);
	KUNIT_EXPECT_NOT_NULL(test, skb);
	kfree_skb(skb);
	dsr_lab_expect_nothing(test, lab);
}

/* Its segments do not fit but may be cut: each in pieces of its own. */
static void oversize_gso_cut(struct kunit *test)
{
	struct dsr_lab *lab = oversize_start(test, AF_INET);
	struct dsr_build b = oversize_super(AF_INET, 2000);
	static u8 segment[DSR_BUILD_MAX];
	unsigned int i, payload, at = 0;
	struct oversize_piece p;

	b.frag_off = 0;
	dsr_lab_receive(test, lab, &b);
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
	while (at < b.payload) {
		do
			p = oversize_take(test, lab, AF_INET, segment);
		while (p.more);
		payload = p.off + p.len - 20;
		KUNIT_EXPECT_EQ(test, payload, min(2000, b.payload - at));
		for (i = 0; i < payload; i++, at++)
			KUNIT_ASSERT_EQ(test, segment[20 + i], at % 251);
	}
	dsr_lab_expect_nothing(test, lab);
}

/* Conntrack's defragmentation */

static void oversize_defrag_off(void *unused)
{
	nf_defrag_ipv4_disable(&init_net);
	nf_defrag_ipv6_disable(&init_net);
}

static void oversize_defrag(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, nf_defrag_ipv4_enable(&init_net), 0);
	KUNIT_ASSERT_EQ(test, nf_defrag_ipv6_enable(&init_net), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test,
							oversize_defrag_off,
							NULL), 0);
}

/* The i-th of three fragments of @part bytes each. */
static struct dsr_build oversize_part(u8 family, unsigned int i,
				      unsigned int part)
{
	struct dsr_build b = oversize_packet(family, i ? part : part - 8);

	b.frag_off = i * part / 8 | (i < 2 ? IP_MF : 0);
	return b;
}

/* Receive three fragments, the last one first. */
static void oversize_receive(struct kunit *test, struct dsr_lab *lab,
			     u8 family, unsigned int part, u16 flags)
{
	struct dsr_build b;
	int i;

	for (i = 2; i >= 0; i--) {
		dsr_lab_expect_nothing(test, lab);
		dsr_lab_expect_counts(test, lab, DSR_REASON_FORWARDED, 0);
		b = oversize_part(family, i, part);
		b.frag_off |= flags;
		dsr_lab_receive(test, lab, &b);
	}
}

/*
 * Merged on their way in, they leave in the sizes in which they came, also if
 * they say not to fragment; IPv4's byte for byte, but that the kernel forgets
 * that bit.
 */
static void oversize_merged(struct kunit *test)
{
	static const u16 flags[] = { 0, IP_DF };
	u8 family = dsr_lab_family(test);
	struct dsr_lab *lab = oversize_start(test, family);
	static u8 whole[DSR_BUILD_MAX];
	struct oversize_piece p;
	struct dsr_build b;
	unsigned int i, j;

	oversize_defrag(test);
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		oversize_receive(test, lab, family, PART, flags[i]);
		dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
		for (j = 0; j < 3; j++) {
			b = oversize_part(family, j, PART);
			if (family == AF_INET) {
				dsr_lab_expect_sent(test, lab, 0, &b);
				continue;
			}
			p = oversize_take(test, lab, family, whole);
			KUNIT_EXPECT_EQ(test, p.off, j * PART);
			KUNIT_EXPECT_EQ(test, p.len, PART);
			KUNIT_EXPECT_EQ(test, p.more, j < 2);
		}
		dsr_lab_expect_nothing(test, lab);
	}
	for (i = 8; family == AF_INET6 && i < 3 * PART; i++)
		KUNIT_ASSERT_EQ(test, whole[i],
				(i < PART ? i - 8 : i % PART) % 251);
}

/* Each of them too large: the sender is told, or IPv4's are cut again. */
static void oversize_merged_refused(struct kunit *test)
{
	u8 family = dsr_lab_family(test);
	struct dsr_lab *lab = oversize_start(test, family);
	static u8 whole[DSR_BUILD_MAX];
	struct oversize_piece p;
	struct sk_buff *skb;

	oversize_defrag(test);
	oversize_receive(test, lab, family, 1400, IP_DF);
	dsr_lab_expect(test, lab, DSR_REASON_TOO_BIG);
	skb = dsr_build_sent(lab->in);
	KUNIT_EXPECT_NOT_NULL(test, skb);
	kfree_skb(skb);
	dsr_lab_expect_nothing(test, lab);
	if (family == AF_INET6)
		return;

	oversize_receive(test, lab, family, 1400, 0);
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
	do
		p = oversize_take(test, lab, family, whole);
	while (p.more);
	KUNIT_EXPECT_EQ(test, p.off + p.len, 3 * 1400);
	dsr_lab_expect_nothing(test, lab);
}

/* The egress device refuses what it is given. */
static void oversize_xmit_failed(struct kunit *test)
{
	struct dsr_lab *lab = oversize_start(test, AF_INET);
	struct dsr_build small = oversize_packet(AF_INET, 100);
	struct dsr_build large = oversize_packet(AF_INET, 3000);
	struct dsr_build super = oversize_super(AF_INET, 2000);

	super.frag_off = 0;
	dsr_build_refuse(lab->out, true);
	dsr_lab_receive(test, lab, &small);
	dsr_lab_expect(test, lab, DSR_REASON_XMIT_FAILED);
	dsr_lab_receive(test, lab, &large);
	dsr_lab_expect(test, lab, DSR_REASON_XMIT_FAILED);
	dsr_lab_receive(test, lab, &super);
	dsr_lab_expect(test, lab, DSR_REASON_XMIT_FAILED);
	dsr_lab_expect_nothing(test, lab);
	dsr_build_refuse(lab->out, false);
	dsr_lab_receive(test, lab, &small);
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
}

static struct kunit_case oversize_kunit_cases[] = {
	KUNIT_CASE(oversize_cut),
	KUNIT_CASE(oversize_cut_fragment),
	KUNIT_CASE_PARAM(oversize_refused, dsr_lab_families),
	KUNIT_CASE_PARAM(oversize_gso, dsr_lab_families),
	KUNIT_CASE(oversize_gso_cut),
	KUNIT_CASE_PARAM(oversize_merged, dsr_lab_families),
	KUNIT_CASE_PARAM(oversize_merged_refused, dsr_lab_families),
	KUNIT_CASE(oversize_xmit_failed),
	{}
};

static struct kunit_suite oversize_suite = {
	.name		= "dsr_oversize",
	.test_cases	= oversize_kunit_cases,
};

kunit_test_suite(oversize_suite);

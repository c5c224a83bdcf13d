// SPDX-License-Identifier: GPL-2.0
/*
 * The parser: what each kind of packet is, and that no byte after the window
 * is read.
 */
#include <linux/ip.h>
#include <net/ip.h>
#include <net/tcp.h>
#include "kmod/parse.h"
#include "tests/kunit/packet.h"

#define CLIENT	DSR_IP(198, 51, 100, 7)
#define VIP	DSR_IP(192, 0, 2, 10)

struct parse_case {
	const char		*desc;
	struct dsr_build	packet;
	unsigned int		cut;	/* bytes taken off the end */
	enum dsr_parse		what;
};

static const struct parse_case parse_cases[] = {
	{ "tcp", { .protocol = IPPROTO_TCP }, 0, DSR_PARSE_FLOW },
	{ "udp", { .protocol = IPPROTO_UDP }, 0, DSR_PARSE_FLOW },
	{ "udp with payload", { .protocol = IPPROTO_UDP, .payload = 100 }, 0,
	  DSR_PARSE_FLOW },
	{ "tcp with options of ip", { .protocol = IPPROTO_TCP, .options = 40 },
	  0, DSR_PARSE_FLOW },
	{ "tcp with padding of the link",
	  { .protocol = IPPROTO_TCP, .padding = 6 }, 0, DSR_PARSE_FLOW },
	{ "do not fragment is no fragment",
	  { .protocol = IPPROTO_TCP, .frag_off = IP_DF }, 0, DSR_PARSE_FLOW },
	{ "icmp", { .protocol = IPPROTO_ICMP, .payload = 8 }, 0,
	  DSR_PARSE_OTHER },
	{ "gre, without ports", { .protocol = IPPROTO_GRE, .payload = 8 }, 0,
	  DSR_PARSE_FLOW },
	{ "first fragment", { .protocol = IPPROTO_UDP, .frag_off = IP_MF }, 0,
	  DSR_PARSE_FLOW },
	{ "middle fragment",
	  { .protocol = IPPROTO_UDP, .frag_off = IP_MF | 185 }, 0,
	  DSR_PARSE_FRAGMENT },
	{ "last fragment", { .protocol = IPPROTO_UDP, .frag_off = 185 }, 0,
	  DSR_PARSE_FRAGMENT },
	{ "nothing", { .protocol = IPPROTO_TCP }, 40, DSR_PARSE_MALFORMED },
	{ "half an ip header", { .protocol = IPPROTO_TCP }, 21,
	  DSR_PARSE_MALFORMED },
	{ "shorter than it says",
	  { .protocol = IPPROTO_TCP, .payload = 10 }, 1,
	  DSR_PARSE_MALFORMED },
	{ "tcp cut in the padding only",
	  { .protocol = IPPROTO_TCP, .padding = 6 }, 5, DSR_PARSE_FLOW },
};

static void parse_desc(const struct parse_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(parse, parse_cases, parse_desc);

/* The bytes in memory of their very length, for KASAN to watch its end. */
static enum dsr_parse parse_family(struct kunit *test, u8 family,
				   const u8 *bytes, unsigned int window,
				   unsigned int len, struct dsr_packet *pkt)
{
	u8 *copy = kmemdup(bytes, window ?: 1, GFP_KERNEL);
	enum dsr_parse what;

	KUNIT_ASSERT_NOT_NULL(test, copy);
	what = family == AF_INET ? dsr_parse_ipv4(copy, window, len, pkt) :
				   dsr_parse_ipv6(copy, window, len, pkt);
	kfree(copy);
	return what;
}

static enum dsr_parse parse_exact(struct kunit *test, const u8 *bytes,
				  unsigned int window, unsigned int len,
				  struct dsr_packet *pkt)
{
	return parse_family(test, AF_INET, bytes, window, len, pkt);
}

static void parse_classifies(struct kunit *test)
{
	const struct parse_case *c = test->param_value;
	struct dsr_build b = c->packet;
	bool ports = b.protocol != IPPROTO_GRE;
	struct dsr_packet pkt = {};
	u8 buf[256];
	unsigned int len;

	b.saddr = CLIENT;
	b.daddr = VIP;
	b.sport = 1025;
	b.dport = 80;
	b.flags = TCPHDR_SYN | TCPHDR_CWR;
	len = dsr_build_bytes(&b, buf, sizeof(buf)) - c->cut;

	KUNIT_EXPECT_EQ(test, parse_exact(test, buf, len, len, &pkt), c->what);
	if (c->what != DSR_PARSE_FLOW)
		return;
	KUNIT_EXPECT_EQ(test, pkt.tuple.family, AF_INET);
	KUNIT_EXPECT_EQ(test, pkt.tuple.protocol, b.protocol);
	KUNIT_EXPECT_EQ(test, pkt.tuple.saddr.ip, CLIENT);
	KUNIT_EXPECT_EQ(test, pkt.tuple.daddr.ip, VIP);
	KUNIT_EXPECT_EQ(test, pkt.tuple.sport, htons(ports ? 1025 : 0));
	KUNIT_EXPECT_EQ(test, pkt.tuple.dport, htons(ports ? 80 : 0));
	KUNIT_EXPECT_EQ(test, pkt.first, !!(b.frag_off & IP_MF));
	KUNIT_EXPECT_EQ(test, pkt.tuple.saddr.all[1], 0);
	KUNIT_EXPECT_EQ(test, pkt.tuple.zero, 0);
	KUNIT_EXPECT_EQ(test, pkt.tcp_flags,
			b.protocol == IPPROTO_TCP ? b.flags : 0);
}

/* Every window either suffices or is told how much more it takes. */
static void parse_every_window(struct kunit *test)
{
	const struct dsr_build b = {
		.protocol = IPPROTO_TCP, .saddr = CLIENT, .daddr = VIP,
		.sport = 1025, .dport = 80, .options = 8, .payload = 4,
	};
	const unsigned int enough = 20 + 8 + 20;
	struct dsr_packet pkt;
	enum dsr_parse what;
	unsigned int len, window;
	u8 buf[128];

	len = dsr_build_bytes(&b, buf, sizeof(buf));
	for (window = 0; window <= len; window++) {
		what = parse_exact(test, buf, window, len, &pkt);
		if (window >= enough) {
			KUNIT_EXPECT_EQ(test, what, DSR_PARSE_FLOW);
			continue;
		}
		KUNIT_EXPECT_EQ(test, what, DSR_PARSE_SHORT);
		KUNIT_EXPECT_EQ(test, pkt.need, window < 20 ? 20 : enough);
	}
}

/*
 * Of every kind of packet: a part of it is enough for the same answer, or more
 * is wanted, which there is.
 */
static void parse_every_window_of_all(struct kunit *test)
{
	static u8 buf[DSR_BUILD_MAX];
	unsigned int i, len, window;
	struct dsr_packet pkt = {};
	enum dsr_parse what, whole;
	struct dsr_build b;

	for (i = 0; dsr_packet_row(i / 2, i % 2 ? AF_INET6 : AF_INET, &b);
	     i++) {
		len = dsr_build_bytes(&b, buf, sizeof(buf));
		whole = parse_family(test, b.family, buf, len, len, &pkt);
		KUNIT_EXPECT_NE(test, whole, DSR_PARSE_SHORT);
		for (window = 0; window < min(len, 250U); window++) {
			what = parse_family(test, b.family, buf, window, len,
					    &pkt);
			if (what == DSR_PARSE_SHORT) {
				KUNIT_EXPECT_GT(test, pkt.need, window);
				KUNIT_EXPECT_LE(test, pkt.need, len);
			} else {
				KUNIT_EXPECT_EQ(test, what, whole);
			}
		}
	}
	KUNIT_EXPECT_GE(test, i, 300);
}

/* One field wrong at a time, beside the packet that is right. */
static void parse_bad_fields(struct kunit *test)
{
	const struct dsr_build b = {
		.protocol = IPPROTO_UDP, .saddr = CLIENT, .daddr = VIP,
		.payload = 12,
	};
	struct dsr_packet pkt;
	struct iphdr iph;
	u8 buf[64];
	unsigned int len = dsr_build_bytes(&b, buf, sizeof(buf));

	memcpy(&iph, buf, sizeof(iph));
	KUNIT_EXPECT_EQ(test, parse_exact(test, buf, len, len, &pkt),
			DSR_PARSE_FLOW);

	((struct iphdr *)buf)->version = 6;
	KUNIT_EXPECT_EQ(test, parse_exact(test, buf, len, len, &pkt),
			DSR_PARSE_MALFORMED);
	memcpy(buf, &iph, sizeof(iph));
	((struct iphdr *)buf)->ihl = 4;
	KUNIT_EXPECT_EQ(test, parse_exact(test, buf, len, len, &pkt),
			DSR_PARSE_MALFORMED);
	memcpy(buf, &iph, sizeof(iph));
	((struct iphdr *)buf)->ihl = 15;
	KUNIT_EXPECT_EQ(test, parse_exact(test, buf, len, len, &pkt),
			DSR_PARSE_MALFORMED);
	memcpy(buf, &iph, sizeof(iph));
	((struct iphdr *)buf)->tot_len = htons(19);
	KUNIT_EXPECT_EQ(test, parse_exact(test, buf, len, len, &pkt),
			DSR_PARSE_MALFORMED);
	/* The length ends in the UDP header although there are more bytes. */
	((struct iphdr *)buf)->tot_len = htons(27);
	KUNIT_EXPECT_EQ(test, parse_exact(test, buf, len, len, &pkt),
			DSR_PARSE_MALFORMED);
	((struct iphdr *)buf)->tot_len = htons(28);
	KUNIT_EXPECT_EQ(test, parse_exact(test, buf, len, len, &pkt),
			DSR_PARSE_FLOW);
}

static struct kunit_case parse_kunit_cases[] = {
	KUNIT_CASE_PARAM(parse_classifies, parse_gen_params),
	KUNIT_CASE(parse_every_window),
	KUNIT_CASE(parse_every_window_of_all),
	KUNIT_CASE(parse_bad_fields),
	{}
};

static struct kunit_suite parse_suite = {
	.name		= "dsr_parse",
	.test_cases	= parse_kunit_cases,
};

kunit_test_suite(parse_suite);

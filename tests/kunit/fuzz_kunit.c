// SPDX-License-Identifier: GPL-2.0
/*
 * Random and mutated packets, through the parser and through the hook: nothing
 * is read past their end (KASAN watches), no packet leaves with a changed byte
 * after the Ethernet header, and each is counted once.
 *
 * dsr_kunit.fuzz_packets=N and dsr_kunit.fuzz_seed=N on the kernel's command
 * line say how many and which; a chunk of them is a test case.
 */
#include <linux/etherdevice.h>
#include <linux/icmp.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/moduleparam.h>
#include <linux/netfilter_ipv4.h>
#include <linux/prandom.h>
#include <linux/rtnetlink.h>
#include <linux/vmalloc.h>
#include <net/ip.h>
#include "kmod/parse.h"
#include "tests/kunit/packet.h"

static unsigned int fuzz_packets = 200000;
module_param(fuzz_packets, uint, 0444);

static unsigned int fuzz_seed = 1;
module_param(fuzz_seed, uint, 0444);

#define FUZZ_CHUNK	100000
#define FUZZ_LEN_MAX	4096
#define FUZZ_MTU	1300
#define FUZZ_HELD_BITS	18

/**
 * struct fuzz_origin - a packet to be mutated
 * @bytes: it
 * @len: how many
 * @family: its family
 */
struct fuzz_origin {
	u8	*bytes;
	u16	len;
	u8	family;
};

/**
 * struct fuzz - the state of the suite
 * @lab: the director
 * @ops: count what comes to the hooks
 * @seen: how many came from elsewhere
 * @told: how many this machine sent to a virtual address, which was the sender
 *	of what it had something to say about
 * @seen_len: length of the last one
 * @origin: packets to be mutated
 * @origins: how many
 * @held: hashes of fragments, which may leave later
 * @rnd: where chance comes from
 * @bytes: the present packet
 * @len: bytes of it
 * @family: its family
 * @mark: its mark
 * @what: what the parser says of it
 * @failed: the packet that is to blame has been shown
 */
static struct fuzz {
	struct dsr_lab		lab;
	struct nf_hook_ops	ops[2 * DSR_HOOKS];
	u64			seen;
	u64			told;
	unsigned int		seen_len;
	struct fuzz_origin	origin[512];
	unsigned int		origins;
	u64			*held;
	struct rnd_state	rnd;
	u8			bytes[FUZZ_LEN_MAX];
	unsigned int		len;
	u8			family;
	u32			mark;
	enum dsr_parse		what;
	bool			failed;
} fuzz;

static u32 fuzz_rnd(u32 below)
{
	return below ? prandom_u32_state(&fuzz.rnd) % below : 0;
}

static void fuzz_expect(struct kunit *test, bool good, const char *what)
{
	if (good || fuzz.failed)
		return;
	fuzz.failed = true;
	KUNIT_FAIL(test, "%s; the packet, of %u bytes, mark %u:", what,
		   fuzz.len, fuzz.mark);
	print_hex_dump(KERN_INFO, "# ", DUMP_PREFIX_OFFSET, 16, 1, fuzz.bytes,
		       fuzz.len, false);
}

/* Mutations */

/* A place in the packet, mostly in the headers. */
static unsigned int fuzz_at(void)
{
	return fuzz_rnd(fuzz_rnd(4) ? min(fuzz.len, 100U) : fuzz.len);
}

static void fuzz_flip(void)
{
	fuzz.bytes[fuzz_at()] ^= 1 << fuzz_rnd(8);
}

static void fuzz_extreme(void)
{
	static const u8 values[] = { 0, 1, 4, 5, 0x0f, 0x7f, 0x80, 0xff };

	fuzz.bytes[fuzz_at()] = values[fuzz_rnd(ARRAY_SIZE(values))];
}

/* A field that could be a length or an offset. */
static void fuzz_extreme16(void)
{
	const u16 values[] = { 0, 1, 8, fuzz.len - 1, fuzz.len, fuzz.len + 1,
			       0x1fff, 0x2000, 0x7fff, 0xffff };
	unsigned int at = fuzz_at() & ~1;

	if (at + 2 <= fuzz.len)
		put_unaligned_be16(values[fuzz_rnd(ARRAY_SIZE(values))],
				   fuzz.bytes + at);
}

static void fuzz_cut(void)
{
	fuzz.len = max(fuzz_at(), 1U);
}

static void fuzz_noise(void)
{
	unsigned int at = fuzz_at();

	prandom_bytes_state(&fuzz.rnd, fuzz.bytes + at, fuzz.len - at);
}

static void fuzz_extend(void)
{
	unsigned int more = fuzz_rnd(64);

	if (fuzz.len + more > FUZZ_LEN_MAX)
		return;
	prandom_bytes_state(&fuzz.rnd, fuzz.bytes + fuzz.len, more);
	fuzz.len += more;
}

/* A piece of another packet. */
static void fuzz_splice(void)
{
	const struct fuzz_origin *o = &fuzz.origin[fuzz_rnd(fuzz.origins)];
	unsigned int from = fuzz_rnd(o->len), at = fuzz_at();

	memcpy(fuzz.bytes + at, o->bytes + from,
	       min3(o->len - from, fuzz.len - at, 64U));
}

static void (* const fuzz_mutations[])(void) = {
	fuzz_flip, fuzz_flip, fuzz_extreme, fuzz_extreme16, fuzz_cut,
	fuzz_noise, fuzz_extend, fuzz_splice,
};

/* Mostly it is to get past the kernel's own checks, and to be for a service. */
static void fuzz_repair4(void)
{
	static const __be32 vips[] = {
		DSR_IP(192, 0, 2, 10), DSR_IP(192, 0, 2, 20),
		DSR_IP(192, 0, 2, 30), DSR_IP(192, 0, 2, 40),
		DSR_IP(203, 0, 113, 5), DSR_LAB_LOCAL,
	};
	struct iphdr *iph = (struct iphdr *)fuzz.bytes;

	if (fuzz.len < sizeof(*iph))
		return;
	if (fuzz_rnd(16))
		iph->version = 4;
	if (fuzz_rnd(8) && iph->ihl < 5)
		iph->ihl = 5;
	if (fuzz_rnd(8))
		iph->tot_len = htons(fuzz.len);
	if (fuzz_rnd(2))
		iph->daddr = vips[fuzz_rnd(ARRAY_SIZE(vips))];
	/* So that what is cut in pieces is the packet that has just come. */
	if (fuzz.len > FUZZ_MTU)
		iph->frag_off &= htons(IP_DF);
	if (fuzz_rnd(64) && iph->ihl * 4 <= fuzz.len && iph->ihl >= 5)
		ip_send_check(iph);
}

static void fuzz_repair6(void)
{
	struct ipv6hdr *ip6h = (struct ipv6hdr *)fuzz.bytes;

	if (fuzz.len < sizeof(*ip6h))
		return;
	if (fuzz_rnd(16))
		ip6h->version = 6;
	if (fuzz_rnd(8))
		ip6h->payload_len = htons(fuzz.len - sizeof(*ip6h));
	if (fuzz_rnd(4))
		ip6h->saddr = dsr_build_addr(AF_INET6, DSR_LAB_CLIENT).in6;
	if (fuzz_rnd(2))
		ip6h->daddr = dsr_build_addr(AF_INET6, DSR_LAB_VIP).in6;
}

static void fuzz_make(void)
{
	const struct fuzz_origin *o = &fuzz.origin[fuzz_rnd(fuzz.origins)];
	unsigned int n = fuzz_rnd(6);

	fuzz.len = o->len;
	fuzz.family = o->family;
	fuzz.mark = fuzz_rnd(16) ? 0 : fuzz_rnd(10);
	memcpy(fuzz.bytes, o->bytes, o->len);
	while (n--)
		fuzz_mutations[fuzz_rnd(ARRAY_SIZE(fuzz_mutations))]();
	if (fuzz.family == AF_INET)
		fuzz_repair4();
	else
		fuzz_repair6();
}

/* The parser */

static enum dsr_parse fuzz_parse(const u8 *data, unsigned int window,
				 struct dsr_packet *pkt)
{
	return fuzz.family == AF_INET ?
	       dsr_parse_ipv4(data, window, fuzz.len, pkt) :
	       dsr_parse_ipv6(data, window, fuzz.len, pkt);
}

/*
 * Of a packet of which all is seen the parser can tell; of which less is, the
 * same or how much more it takes. The copy ends where the window does.
 */
static void fuzz_parser(struct kunit *test)
{
	unsigned int window = fuzz_rnd(fuzz.len + 1);
	struct dsr_packet pkt = {};
	enum dsr_parse what;
	u8 *copy;

	fuzz.what = fuzz_parse(fuzz.bytes, fuzz.len, &pkt);
	fuzz_expect(test, fuzz.what != DSR_PARSE_SHORT, "short of itself");
	copy = kmemdup(fuzz.bytes, window ?: 1, GFP_KERNEL);
	if (!copy)
		return;
	what = fuzz_parse(copy, window, &pkt);
	if (what == DSR_PARSE_SHORT)
		fuzz_expect(test, pkt.need > window && pkt.need <= fuzz.len,
			    "wants a wrong length");
	else
		fuzz_expect(test, what == fuzz.what,
			    "says otherwise by less of it");
	kfree(copy);
}

/* The hook */

static unsigned int fuzz_see(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	fuzz.seen++;
	fuzz.seen_len = skb->len;
	return NF_ACCEPT;
}

static unsigned int fuzz_tell(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	const struct dsr_map *map = rcu_dereference(fuzz.lab.dn->map);

	if (state->pf == NFPROTO_IPV4 ?
	    dsr_map_vip4(map, ip_hdr(skb)->daddr) :
	    dsr_map_vip6(map, &ipv6_hdr(skb)->daddr))
		fuzz.told++;
	return NF_ACCEPT;
}

static u64 *fuzz_held(const u8 *bytes, unsigned int len)
{
	static const siphash_key_t key = { { 1, 2 } };
	u64 hash = siphash(bytes, len, &key);
	unsigned int i = hash >> (64 - FUZZ_HELD_BITS);

	while (fuzz.held[i] && fuzz.held[i] != hash)
		i = (i + 1) & ((1 << FUZZ_HELD_BITS) - 1);
	return &fuzz.held[i];
}

/* A fragment may leave when its datagram's first one has come. */
static void fuzz_remember(void)
{
	static const siphash_key_t key = { { 1, 2 } };

	if (fuzz.what == DSR_PARSE_FRAGMENT)
		*fuzz_held(fuzz.bytes, fuzz.seen_len) =
			siphash(fuzz.bytes, fuzz.seen_len, &key);
}

/* One of the pieces that an IPv4 packet larger than the MTU was cut into. */
static bool fuzz_is_piece(const u8 *bytes, unsigned int len)
{
	const struct iphdr *whole = (struct iphdr *)fuzz.bytes;
	const struct iphdr *iph = (struct iphdr *)bytes;
	unsigned int hlen = whole->ihl * 4, off;
	struct iphdr want;

	if (fuzz.family != AF_INET || fuzz.seen_len <= FUZZ_MTU ||
	    whole->frag_off & htons(IP_DF) || len < hlen || len > FUZZ_MTU)
		return false;
	want = *whole;
	want.tot_len = iph->tot_len;
	want.frag_off = iph->frag_off;
	want.check = iph->check;
	off = (ntohs(iph->frag_off) & IP_OFFSET) * 8;
	return ntohs(iph->tot_len) == len && !ip_fast_csum(bytes, iph->ihl) &&
	       !memcmp(&want, bytes, sizeof(want)) &&
	       !memcmp(whole + 1, iph + 1, hlen - sizeof(want)) &&
	       off + len <= fuzz.seen_len &&
	       !memcmp(bytes + hlen, fuzz.bytes + hlen + off, len - hlen);
}

/* From the IP header on; freed. */
static unsigned int fuzz_take(struct sk_buff *skb, u8 *bytes)
{
	unsigned int off = skb_network_offset(skb), len = skb->len - off;

	if (len > FUZZ_LEN_MAX || skb_copy_bits(skb, off, bytes, len))
		len = 0;
	kfree_skb(skb);
	return len;
}

static bool fuzz_is_same(const u8 *bytes, unsigned int len)
{
	return len == fuzz.seen_len && !memcmp(bytes, fuzz.bytes, len);
}

/* What goes to the servers; returns how many frames. */
static unsigned int fuzz_check_out(struct kunit *test)
{
	static u8 bytes[FUZZ_LEN_MAX];
	struct sk_buff *skb;
	unsigned int n = 0, len;

	for (; (skb = dsr_build_sent(fuzz.lab.out)); n++) {
		fuzz_expect(test, skb->data[0] == 2 && skb->data[4] == 1,
			    "goes to no server");
		len = fuzz_take(skb, bytes);
		fuzz_expect(test, fuzz_is_same(bytes, len) ||
			    fuzz_is_piece(bytes, len) ||
			    *fuzz_held(bytes, len), "leaves changed");
	}
	return n;
}

/* The director says nothing but ICMP. */
static void fuzz_check_in(struct kunit *test)
{
	static u8 bytes[FUZZ_LEN_MAX];
	struct sk_buff *skb;
	__be16 protocol;

	while ((skb = dsr_build_sent(fuzz.lab.in))) {
		protocol = skb->protocol;
		fuzz_take(skb, bytes);
		if (protocol == htons(ETH_P_IP))
			fuzz_expect(test, ((struct iphdr *)bytes)->protocol ==
				    IPPROTO_ICMP, "an answer is no ICMP");
		else
			fuzz_expect(test, bytes[6] == IPPROTO_ICMPV6 ||
				    bytes[6] == NEXTHDR_FRAGMENT,
				    "an answer is no ICMPv6");
	}
}

/* What is left to the kernel is the packet as it came. */
static unsigned int fuzz_check_left(struct kunit *test)
{
	static u8 bytes[FUZZ_LEN_MAX];
	struct sk_buff *skb;
	unsigned int n = 0, len;

	for (; (skb = skb_dequeue(&fuzz.lab.left)); n++) {
		len = fuzz_take(skb, bytes);
		fuzz_expect(test, fuzz_is_same(bytes, len), "is left changed");
	}
	return n;
}

static u64 fuzz_counted(struct dsr_stats_sum *sum)
{
	u64 all = 0;
	unsigned int i;

	dsr_tally_sum(fuzz.lab.dn->tally, sum);
	for (i = 0; i < DSR_REASON_COUNT; i++)
		all += sum->packets[i];
	return all;
}

static void fuzz_hook(struct kunit *test)
{
	static struct dsr_stats_sum before, now;
	u64 seen = fuzz.seen;
	struct sk_buff *skb;
	unsigned int out;

	fuzz_counted(&before);
	skb = dsr_build_from(fuzz.bytes, fuzz.len,
			     fuzz_rnd(2) ? fuzz.len : fuzz_rnd(fuzz.len + 1),
			     fuzz.family);
	if (!skb)
		return;
	skb->mark = fuzz.mark;
	dsr_lab_inject(&fuzz.lab, skb);
	if (seen == fuzz.seen)
		return;
	fuzz_remember();
	fuzz_counted(&now);
	out = fuzz_check_out(test);
	fuzz_expect(test, out >= now.packets[DSR_REASON_FORWARDED] -
		    before.packets[DSR_REASON_FORWARDED],
		    "counted as forwarded and is not");
	fuzz_expect(test, !out || now.packets[DSR_REASON_FORWARDED] !=
		    before.packets[DSR_REASON_FORWARDED],
		    "forwarded and not counted so");
	fuzz_check_in(test);
	fuzz_expect(test, fuzz_check_left(test) <= 1, "is left twice");
}

/* The suite */

static void fuzz_chunk(struct kunit *test)
{
	unsigned int i, n = (unsigned long)test->param_value - 1;
	u64 counted, seen = fuzz.seen, told = fuzz.told;
	struct dsr_stats_sum sum;

	fuzz.failed = false;
	prandom_seed_state(&fuzz.rnd, (u64)fuzz_seed << 32 | n);
	memset(fuzz.held, 0, sizeof(u64) << FUZZ_HELD_BITS);
	counted = fuzz_counted(&sum);
	for (i = 0; i < FUZZ_CHUNK && !fuzz.failed; i++) {
		fuzz_make();
		fuzz_parser(test);
		fuzz_hook(test);
		if (i % 64 == 0)
			cond_resched();
	}
	dsr_frag_flush(rcu_dereference_protected(fuzz.lab.dn->frags, true));
	KUNIT_EXPECT_EQ(test, fuzz_counted(&sum) - counted,
			fuzz.seen - seen + fuzz.told - told);
	KUNIT_EXPECT_GT(test, fuzz.seen - seen, FUZZ_CHUNK / 4);
	kunit_info(test, "%llu of them came to the hook, %llu forwarded so far",
		   fuzz.seen - seen, sum.packets[DSR_REASON_FORWARDED]);
}

/* The n-th chunk, as a number from 1 on. */
static const void *fuzz_gen_params(const void *prev, char *desc)
{
	unsigned long n = (unsigned long)prev;

	if (n * FUZZ_CHUNK >= fuzz_packets)
		return NULL;
	n++;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "seed %u, packets up to %lu",
		 fuzz_seed, n * FUZZ_CHUNK);
	return (const void *)n;
}

static int fuzz_add_origin(const struct dsr_build *b, u8 family)
{
	struct fuzz_origin *o = &fuzz.origin[fuzz.origins];
	static u8 bytes[DSR_BUILD_MAX];

	o->len = min(dsr_build_bytes(b, bytes, sizeof(bytes)),
		     FUZZ_LEN_MAX - 64U);
	o->family = family;
	o->bytes = kmemdup(bytes, o->len, GFP_KERNEL);
	if (!o->bytes)
		return -ENOMEM;
	fuzz.origins++;
	return 0;
}

static int fuzz_add_origins(void)
{
	struct dsr_build b;
	unsigned int i;
	int err = 0;

	for (i = 0; !err && dsr_packet_row(i / 2, i % 2 ? AF_INET6 : AF_INET,
					   &b); i++)
		if (fuzz.origins < ARRAY_SIZE(fuzz.origin))
			err = fuzz_add_origin(&b, b.family);
	return err;
}

static int fuzz_watch(void)
{
	static const u8 pf[DSR_HOOKS] = { NFPROTO_IPV4, NFPROTO_IPV6 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fuzz.ops); i++)
		fuzz.ops[i] = (struct nf_hook_ops) {
			.hook = i < DSR_HOOKS ? fuzz_see : fuzz_tell,
			.pf = pf[i % DSR_HOOKS],
			.hooknum = i < DSR_HOOKS ? NF_INET_PRE_ROUTING :
						   NF_INET_LOCAL_OUT,
			.priority = NF_IP_PRI_RAW,
		};
	return nf_register_net_hooks(&init_net, fuzz.ops,
				     ARRAY_SIZE(fuzz.ops));
}

static void fuzz_free(void)
{
	while (fuzz.origins)
		kfree(fuzz.origin[--fuzz.origins].bytes);
	vfree(fuzz.held);
}

static int fuzz_suite_init(struct kunit_suite *suite)
{
	int err;

	fuzz.held = vzalloc(sizeof(u64) << FUZZ_HELD_BITS);
	err = fuzz.held ? fuzz_add_origins() : -ENOMEM;
	if (err)
		goto err_free;
	err = dsr_packet_lab_init(&fuzz.lab);
	if (err)
		goto err_free;
	rtnl_lock();
	err = dev_set_mtu(fuzz.lab.out, FUZZ_MTU);
	rtnl_unlock();
	err = err ?: fuzz_watch();
	if (err)
		goto err_lab;
	return 0;

err_lab:
	dsr_lab_exit(&fuzz.lab);
err_free:
	fuzz_free();
	return err;
}

static void fuzz_suite_exit(struct kunit_suite *suite)
{
	nf_unregister_net_hooks(&init_net, fuzz.ops, ARRAY_SIZE(fuzz.ops));
	dsr_lab_exit(&fuzz.lab);
	fuzz_free();
}

static struct kunit_case fuzz_kunit_cases[] = {
	KUNIT_CASE_PARAM(fuzz_chunk, fuzz_gen_params),
	{}
};

static struct kunit_suite fuzz_suite = {
	.name		= "dsr_fuzz",
	.suite_init	= fuzz_suite_init,
	.suite_exit	= fuzz_suite_exit,
	.test_cases	= fuzz_kunit_cases,
};

kunit_test_suite(fuzz_suite);

// SPDX-License-Identifier: GPL-2.0
/*
 * Announcing: who asks for a virtual address is answered, byte for byte as the
 * RFCs have it, and nobody else is; neighbours are told unasked; groups are
 * joined and left.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/ip6_checksum.h>
#include <net/ndisc.h>
#include "tests/kunit/lab.h"

static const u8 asker[ETH_ALEN] = { 2, 0, 0, 0, 2, 2 };
static const u8 own[ETH_ALEN] = { 2, 0, 0, 0, 0, 2 };

/* The askers' address is of the device's network, so that it is a neighbour. */
#define ANNOUNCE_ASKER	DSR_IP(10, 0, 0, 9)
#define ANNOUNCE_OTHER	DSR_IP(192, 0, 2, 11)

static const struct dsr_lab_service announce_web = {
	"web", IPPROTO_TCP, DSR_LAB_VIP, 0, { { 80, 80 } }, .servers = 1,
};

static const struct dsr_lab_service announce_net = {
	"net", IPPROTO_TCP, DSR_IP(203, 0, 113, 0), 8, { { 80, 80 } },
	.servers = 1,
};

/* One of the director's own addresses, of the device. */
static const struct dsr_lab_service announce_local = {
	"local", IPPROTO_TCP, DSR_IP(10, 0, 0, 1), 0, { { 80, 80 } },
	.servers = 1,
};

static int announce_add(struct dsr_lab *lab, const char *name, u32 every)
{
	int err;

	mutex_lock(&lab->dn->lock);
	err = dsr_pernet_announce_add(lab->dn, name, every, NULL);
	mutex_unlock(&lab->dn->lock);
	return err;
}

static int announce_del(struct dsr_lab *lab, const char *name)
{
	int err;

	rtnl_lock();
	mutex_lock(&lab->dn->lock);
	err = dsr_pernet_announce_del(lab->dn, name, NULL);
	mutex_unlock(&lab->dn->lock);
	rtnl_unlock();
	return err;
}

static void announce_settle(struct dsr_lab *lab)
{
	flush_delayed_work(&lab->dn->announce.work);
}

static struct dsr_announce *announce_find(struct dsr_lab *lab)
{
	struct dsr_announce *announce;

	mutex_lock(&lab->dn->lock);
	announce = dsr_announce_find(&lab->dn->announce, lab->out->name, NULL);
	mutex_unlock(&lab->dn->lock);
	return announce;
}

/* Services of the family, announced towards the servers, all told once. */
static struct dsr_lab *announce_start(struct kunit *test)
{
	struct dsr_lab *lab = dsr_lab_start(test);
	u8 family = dsr_lab_family(test);

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &announce_web, family), 0);
	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &announce_net, family), 0);
	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &announce_local, family), 0);
	KUNIT_ASSERT_EQ(test, announce_add(lab, lab->out->name, 0), 0);
	announce_settle(lab);
	dsr_lab_flush(lab);
	return lab;
}

/* Frames */

/**
 * struct ask - a question, or what may be taken for one
 * @from: MAC address of the sender, by the Ethernet header and by the message;
 *	NULL for the asker's
 * @sender: its address, 0 for none
 * @target: the address that is asked for
 * @to_us: sent to the device's MAC address, not to all
 * @what: of ARP the operation, of IPv6 the ICMP type; 0 for a question
 * @bad: which byte of the message is spoilt, if not 0
 * @bytes: how long the message is, if not as it should be
 * @other_host: the frame is for another machine
 * @no_mac: IPv6: without the option
 */
struct ask {
	const u8	*from;
	__be32		sender;
	__be32		target;
	bool		to_us;
	u16		what;
	unsigned int	bad;
	unsigned int	bytes;
	bool		other_host;
	bool		no_mac;
};

static unsigned int ask_arp(const struct ask *a, u8 *at)
{
	const u8 *from = a->from ?: asker;
	struct arphdr *arp = (struct arphdr *)at;
	u8 *body = at + sizeof(*arp);

	*arp = (struct arphdr) {
		.ar_hrd = htons(ARPHRD_ETHER), .ar_pro = htons(ETH_P_IP),
		.ar_hln = ETH_ALEN, .ar_pln = 4,
		.ar_op = htons(a->what ?: ARPOP_REQUEST),
	};
	memcpy(body, from, ETH_ALEN);
	memcpy(body + 6, &a->sender, 4);
	memset(body + 10, 0, ETH_ALEN);
	memcpy(body + 16, &a->target, 4);
	return sizeof(*arp) + 20;
}

/* Of a solicitation, or what has its form. */
static unsigned int ask_nd(const struct ask *a, u8 *at)
{
	struct ipv6hdr *ip6h = (struct ipv6hdr *)at;
	struct nd_msg *msg = (struct nd_msg *)(ip6h + 1);
	unsigned int len = sizeof(*msg) + (a->no_mac ? 0 : 8);

	memset(at, 0, sizeof(*ip6h) + len);
	ip6h->version = 6;
	ip6h->payload_len = htons(len);
	ip6h->nexthdr = IPPROTO_ICMPV6;
	ip6h->hop_limit = 255;
	if (a->sender)
		ip6h->saddr = dsr_build_addr(AF_INET6, a->sender).in6;
	msg->target = dsr_build_addr(AF_INET6, a->target).in6;
	if (a->to_us)
		ip6h->daddr = msg->target;
	else
		addrconf_addr_solict_mult(&msg->target, &ip6h->daddr);
	msg->icmph.icmp6_type = a->what ?: NDISC_NEIGHBOUR_SOLICITATION;
	if (!a->no_mac) {
		msg->opt[0] = a->what == NDISC_NEIGHBOUR_ADVERTISEMENT ?
			      ND_OPT_TARGET_LL_ADDR : ND_OPT_SOURCE_LL_ADDR;
		msg->opt[1] = 1;
		memcpy(msg->opt + 2, a->from ?: asker, ETH_ALEN);
	}
	msg->icmph.icmp6_cksum = csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr,
						 len, IPPROTO_ICMPV6,
						 csum_partial(msg, len, 0));
	return sizeof(*ip6h) + len;
}

static void ask_header(const struct ask *a, u8 family, struct ethhdr *eth)
{
	struct in6_addr group;

	eth->h_proto = htons(family == AF_INET ? ETH_P_ARP : ETH_P_IPV6);
	ether_addr_copy(eth->h_source, a->from ?: asker);
	if (a->other_host) {
		ether_addr_copy(eth->h_dest, asker);
	} else if (a->to_us) {
		ether_addr_copy(eth->h_dest, own);
	} else if (family == AF_INET) {
		eth_broadcast_addr(eth->h_dest);
	} else {
		group = dsr_build_addr(AF_INET6, a->target).in6;
		addrconf_addr_solict_mult(&group, &group);
		ipv6_eth_mc_map(&group, eth->h_dest);
	}
}

static void ask(struct kunit *test, struct dsr_lab *lab, const struct ask *a)
{
	struct sk_buff *skb = alloc_skb(256, GFP_KERNEL);
	u8 family = dsr_lab_family(test);
	unsigned int len;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, NET_IP_ALIGN);
	ask_header(a, family, skb_put(skb, ETH_HLEN));
	len = family == AF_INET ? ask_arp(a, skb_tail_pointer(skb)) :
				  ask_nd(a, skb_tail_pointer(skb));
	if (a->bad)
		*(skb_tail_pointer(skb) + a->bad) ^= 0x40;
	skb_put(skb, a->bytes ?: len);
	skb->protocol = eth_type_trans(skb, lab->out);
	skb_reset_network_header(skb);
	local_bh_disable();
	netif_receive_skb(skb);
	local_bh_enable();
}

/* Answers */

static void expect_arp(struct kunit *test, struct dsr_lab *lab, __be32 sender)
{
	struct ask reply = {
		.from = own, .sender = DSR_LAB_VIP, .target = sender,
		.what = ARPOP_REPLY,
	};
	struct sk_buff *skb = dsr_build_sent(lab->out);
	u8 want[28];

	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_ASSERT_GE(test, skb->len, ETH_HLEN + 28U);
	ask_arp(&reply, want);
	memcpy(want + 18, asker, ETH_ALEN);
	KUNIT_EXPECT_MEMEQ(test, skb->data, asker, ETH_ALEN);
	KUNIT_EXPECT_MEMEQ(test, skb->data + ETH_ALEN, own, ETH_ALEN);
	KUNIT_EXPECT_MEMEQ(test, skb->data + ETH_HLEN, want, sizeof(want));
	kfree_skb(skb);
}

/* Flags of RFC 4861 4.4, with all others 0. */
#define NA_SOLICITED	htonl(0x40000000)
#define NA_OVERRIDE	htonl(0x20000000)

static void expect_na(struct kunit *test, struct dsr_lab *lab, const u8 *to,
		      const struct in6_addr *daddr, __be32 flags)
{
	struct sk_buff *skb = dsr_build_sent(lab->out);
	struct in6_addr vip = dsr_build_addr(AF_INET6, DSR_LAB_VIP).in6;
	static const u8 option[] = { 2, 1, 2, 0, 0, 0, 0, 2 };
	const struct ipv6hdr *ip6h;
	const struct nd_msg *msg;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_ASSERT_EQ(test, skb->len, ETH_HLEN + sizeof(*ip6h) +
			sizeof(*msg) + 8);
	ip6h = (struct ipv6hdr *)(skb->data + ETH_HLEN);
	msg = (struct nd_msg *)(ip6h + 1);
	KUNIT_EXPECT_MEMEQ(test, skb->data, to, ETH_ALEN);
	KUNIT_EXPECT_EQ(test, ip6h->hop_limit, 255);
	KUNIT_EXPECT_EQ(test, ip6h->nexthdr, IPPROTO_ICMPV6);
	KUNIT_EXPECT_TRUE(test, ipv6_addr_equal(&ip6h->daddr, daddr));
	KUNIT_EXPECT_FALSE(test, ipv6_addr_equal(&ip6h->saddr, &vip));
	KUNIT_EXPECT_EQ(test, msg->icmph.icmp6_type,
			NDISC_NEIGHBOUR_ADVERTISEMENT);
	KUNIT_EXPECT_EQ(test, msg->icmph.icmp6_dataun.un_data32[0], flags);
	KUNIT_EXPECT_TRUE(test, ipv6_addr_equal(&msg->target, &vip));
	KUNIT_EXPECT_MEMEQ(test, msg->opt, option, sizeof(option));
	KUNIT_EXPECT_EQ(test, csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr,
					      sizeof(*msg) + 8, IPPROTO_ICMPV6,
					      csum_partial(msg, sizeof(*msg) + 8,
							   0)), 0);
	kfree_skb(skb);
}

static void expect_answer(struct kunit *test, struct dsr_lab *lab,
			  const struct ask *a)
{
	struct in6_addr asked = dsr_build_addr(AF_INET6, a->sender).in6;

	if (dsr_lab_family(test) == AF_INET)
		expect_arp(test, lab, a->sender);
	else
		expect_na(test, lab, asker, &asked, NA_SOLICITED | NA_OVERRIDE);
}

/* Counters since the last look. */
static void expect_counts(struct kunit *test, struct dsr_lab *lab,
			  unsigned int answered, unsigned int conflicts)
{
	struct dsr_announce *announce = announce_find(lab);

	KUNIT_ASSERT_NOT_NULL(test, announce);
	KUNIT_EXPECT_EQ(test, atomic64_xchg(&announce->answered, 0), answered);
	KUNIT_EXPECT_EQ(test, atomic64_xchg(&announce->conflicts, 0),
			conflicts);
}

/* Nothing of this kind was sent; neighbours may be looked for. */
static void expect_silence(struct kunit *test, struct dsr_lab *lab,
			   unsigned int conflicts)
{
	struct sk_buff *skb = dsr_build_sent(lab->out);

	expect_counts(test, lab, 0, conflicts);
	KUNIT_EXPECT_NULL(test, skb);
	kfree_skb(skb);
}

/* Whether all are asked or one, and by whom. */
static void announce_answers(struct kunit *test)
{
	struct ask a = { .sender = ANNOUNCE_ASKER, .target = DSR_LAB_VIP };
	struct dsr_lab *lab = announce_start(test);

	ask(test, lab, &a);
	expect_answer(test, lab, &a);
	expect_counts(test, lab, 1, 0);
	a.to_us = true;
	dsr_tally_sum(lab->dn->tally, &lab->before);
	ask(test, lab, &a);
	expect_answer(test, lab, &a);
	expect_counts(test, lab, 1, 0);
	if (dsr_lab_family(test) == AF_INET6)
		dsr_lab_expect_counts(test, lab, DSR_REASON_NEIGH_ANSWERED, 1);
}

/* One who has no address yet, and wants to know whether it may take this. */
static void announce_probed(struct kunit *test)
{
	struct ask a = { .target = DSR_LAB_VIP, .no_mac = true };
	static const u8 all[ETH_ALEN] = { 0x33, 0x33, 0, 0, 0, 1 };
	struct dsr_lab *lab = announce_start(test);

	if (dsr_lab_family(test) == AF_INET6)
		dsr_build_keep_all(lab->out);
	ask(test, lab, &a);
	if (dsr_lab_family(test) == AF_INET)
		expect_arp(test, lab, 0);
	else
		expect_na(test, lab, all, &in6addr_linklocal_allnodes,
			  NA_OVERRIDE);
	expect_counts(test, lab, 1, 0);
	/* It would have no use for an answer to itself: RFC 4861 7.1.1. */
	if (dsr_lab_family(test) == AF_INET)
		return;
	a.no_mac = false;
	ask(test, lab, &a);
	expect_counts(test, lab, 0, 0);
	a.no_mac = true;
	a.to_us = true;
	ask(test, lab, &a);
	expect_counts(test, lab, 0, 0);
}

/* Questions for others, and what only looks like one. */
static void announce_ignores(struct kunit *test)
{
	static const u8 group[ETH_ALEN] = { 3, 0, 0, 0, 0, 1 };
	const struct ask good = {
		.sender = ANNOUNCE_ASKER, .target = DSR_LAB_VIP,
	};
	struct dsr_lab *lab = announce_start(test);
	bool v4 = dsr_lab_family(test) == AF_INET;
	/* The last byte of what says what kind it is. */
	const struct ask asks[] = {
		{ .target = ANNOUNCE_OTHER },
		{ .target = DSR_IP(203, 0, 113, 7) },
		{ .from = own },
		{ .other_host = true },
		{ .what = v4 ? ARPOP_REPLY : NDISC_ROUTER_SOLICITATION },
		{ .bytes = v4 ? 27 : 63 },
		{ .bad = v4 ? 4 : 7 },		/* hln; hop limit */
		{ .bad = v4 ? 5 : 41 },		/* pln; code */
		{ .bad = v4 ? 3 : 42 },		/* pro; checksum */
		{ .bad = v4 ? 1 : 6 },		/* hrd; next header */
		{ .from = v4 ? group : own },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(asks); i++) {
		struct ask a = asks[i];

		a.sender = good.sender;
		a.target = a.target ?: good.target;
		ask(test, lab, &a);
		kunit_info(test, "frame %u\n", i);
		expect_silence(test, lab, 0);
	}
	ask(test, lab, &good);
	expect_answer(test, lab, &good);
}

/* RFC 4861 4.6: an option of no length, and one that is longer than all. */
static void announce_bad_options(struct kunit *test)
{
	struct ask a = { .sender = ANNOUNCE_ASKER, .target = DSR_LAB_VIP };
	static const u8 lengths[] = { 0, 2, 255 };
	struct dsr_lab *lab = announce_start(test);
	unsigned int i;
	u8 frame[128];

	if (dsr_lab_family(test) == AF_INET)
		return;
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		struct ipv6hdr *ip6h = (struct ipv6hdr *)frame;
		struct nd_msg *msg = (struct nd_msg *)(ip6h + 1);
		unsigned int len = ask_nd(&a, frame);
		struct sk_buff *skb;

		msg->opt[1] = lengths[i];
		msg->icmph.icmp6_cksum = 0;
		msg->icmph.icmp6_cksum =
			csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr,
					len - sizeof(*ip6h), IPPROTO_ICMPV6,
					csum_partial(msg, len - sizeof(*ip6h),
						     0));
		skb = dsr_build_from(frame, len, len, AF_INET6);
		KUNIT_ASSERT_NOT_NULL(test, skb);
		skb->pkt_type = PACKET_MULTICAST;
		dsr_lab_inject_by(lab->out, skb);
		expect_silence(test, lab, 0);
	}
}

/* Others that say to have the address. */
static void announce_conflicts(struct kunit *test)
{
	struct dsr_lab *lab = announce_start(test);
	bool v4 = dsr_lab_family(test) == AF_INET;
	struct ask a = {
		.sender = v4 ? DSR_LAB_VIP : ANNOUNCE_ASKER,
		.target = DSR_LAB_VIP,
		.what = v4 ? ARPOP_REPLY : NDISC_NEIGHBOUR_ADVERTISEMENT,
	};

	ask(test, lab, &a);
	expect_silence(test, lab, 1);
	/* Asking in its name, for the director's own, which the kernel answers. */
	a.sender = DSR_LAB_VIP;
	a.target = DSR_IP(10, 0, 0, 1);
	a.what = 0;
	ask(test, lab, &a);
	expect_counts(test, lab, 0, 1);
	/* What we say ourselves is none. */
	a.from = own;
	ask(test, lab, &a);
	expect_counts(test, lab, 0, 0);
}

/* The kernel answers for what it has, once. */
static void announce_left_to_the_kernel(struct kunit *test)
{
	struct ask a = {
		.sender = ANNOUNCE_ASKER, .target = DSR_IP(10, 0, 0, 1),
	};
	struct dsr_lab *lab = announce_start(test);
	struct sk_buff *skb;

	ask(test, lab, &a);
	expect_counts(test, lab, 0, 0);
	skb = dsr_build_sent(lab->out);
	KUNIT_EXPECT_NOT_NULL(test, skb);
	kfree_skb(skb);
	skb = dsr_build_sent(lab->out);
	KUNIT_EXPECT_NULL(test, skb);
	kfree_skb(skb);
}

/* No service, no answer; nor on another device. */
static void announce_only(struct kunit *test)
{
	struct ask a = { .sender = ANNOUNCE_ASKER, .target = DSR_LAB_VIP };
	struct dsr_lab *lab = announce_start(test);

	KUNIT_EXPECT_EQ(test, dsr_lab_del(lab, &announce_web,
					  dsr_lab_family(test)), 0);
	ask(test, lab, &a);
	expect_silence(test, lab, 0);
	KUNIT_EXPECT_EQ(test, dsr_lab_add(lab, &announce_web,
					  dsr_lab_family(test)), 0);
	ask(test, lab, &a);
	expect_answer(test, lab, &a);
	KUNIT_EXPECT_EQ(test, announce_del(lab, lab->out->name), 0);
	KUNIT_EXPECT_EQ(test, announce_add(lab, "absent", 0), 0);
	ask(test, lab, &a);
	KUNIT_EXPECT_NULL(test, dsr_build_sent(lab->out));
}

static u64 announced(struct dsr_lab *lab)
{
	return atomic64_xchg(&announce_find(lab)->announced, 0);
}

/* A second goes by. */
static void announce_later(struct dsr_lab *lab)
{
	mutex_lock(&lab->dn->lock);
	lab->dn->announce.next = jiffies;
	mutex_unlock(&lab->dn->lock);
	mod_delayed_work(system_power_efficient_wq, &lab->dn->announce.work,
			 0);
	announce_settle(lab);
}

/* Everything three times, a second apart; a new address on its own. */
static void announce_tells(struct kunit *test)
{
	struct dsr_lab *lab = announce_start(test);
	u8 family = dsr_lab_family(test);
	/* Two forms of ARP; web and local, but not the prefix. */
	unsigned int frames = family == AF_INET ? 2 : 1, i;

	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, announced(lab), 2 * frames);
		announce_later(lab);
	}
	KUNIT_EXPECT_EQ(test, announced(lab), 0);

	KUNIT_EXPECT_EQ(test, dsr_lab_del(lab, &announce_web, family), 0);
	announce_settle(lab);
	KUNIT_EXPECT_EQ(test, announced(lab), 0);
	KUNIT_EXPECT_EQ(test, dsr_lab_add(lab, &announce_web, family), 0);
	announce_settle(lab);
	KUNIT_EXPECT_EQ(test, announced(lab), frames);

	rtnl_lock();
	call_netdevice_notifiers(NETDEV_NOTIFY_PEERS, lab->out);
	rtnl_unlock();
	announce_settle(lab);
	KUNIT_EXPECT_EQ(test, announced(lab), 2 * frames);

	rtnl_lock();
	dev_close(lab->out);
	call_netdevice_notifiers(NETDEV_NOTIFY_PEERS, lab->out);
	rtnl_unlock();
	announce_settle(lab);
	KUNIT_EXPECT_EQ(test, announced(lab), 0);
}

/* The bytes of what is told unasked: RFC 5227 3, RFC 4861 7.2.6. */
static void announce_bytes(struct kunit *test)
{
	static const u8 all6[ETH_ALEN] = { 0x33, 0x33, 0, 0, 0, 1 };
	struct ask a = {
		.from = own, .sender = DSR_LAB_VIP, .target = DSR_LAB_VIP,
	};
	struct dsr_lab *lab = dsr_lab_start(test);
	u8 family = dsr_lab_family(test), want[28];
	struct sk_buff *skb;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, announce_add(lab, lab->out->name, 0), 0);
	announce_settle(lab);
	dsr_lab_flush(lab);
	dsr_build_keep_all(lab->out);
	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &announce_web, family), 0);
	announce_settle(lab);
	if (family == AF_INET6) {
		expect_na(test, lab, all6, &in6addr_linklocal_allnodes,
			  NA_OVERRIDE);
		return;
	}
	for (i = 0; i < 2; i++) {
		a.what = i ? ARPOP_REPLY : ARPOP_REQUEST;
		ask_arp(&a, want);
		if (i)
			memcpy(want + 18, own, ETH_ALEN);
		skb = dsr_build_sent(lab->out);
		KUNIT_ASSERT_NOT_NULL(test, skb);
		KUNIT_EXPECT_TRUE(test, is_broadcast_ether_addr(skb->data));
		KUNIT_EXPECT_MEMEQ(test, skb->data + ETH_HLEN, want,
				   sizeof(want));
		kfree_skb(skb);
	}
}

static bool announce_joined(struct dsr_lab *lab)
{
	struct in6_addr group = dsr_build_addr(AF_INET6, DSR_LAB_VIP).in6;

	addrconf_addr_solict_mult(&group, &group);
	return ipv6_chk_mcast_addr(lab->out, &group, NULL);
}

/* The group of an address is joined as long as that is announced. */
static void announce_groups(struct kunit *test)
{
	struct dsr_lab *lab = announce_start(test);
	u8 family = dsr_lab_family(test);
	bool joins = family == AF_INET6;

	KUNIT_EXPECT_EQ(test, announce_joined(lab), joins);
	KUNIT_EXPECT_EQ(test, dsr_lab_del(lab, &announce_web, family), 0);
	announce_settle(lab);
	KUNIT_EXPECT_FALSE(test, announce_joined(lab));
	KUNIT_EXPECT_EQ(test, dsr_lab_add(lab, &announce_web, family), 0);
	announce_settle(lab);
	KUNIT_EXPECT_EQ(test, announce_joined(lab), joins);
	KUNIT_EXPECT_EQ(test, announce_del(lab, lab->out->name), 0);
	KUNIT_EXPECT_FALSE(test, announce_joined(lab));
	KUNIT_EXPECT_EQ(test, announce_add(lab, lab->out->name, 0), 0);
	announce_settle(lab);
	KUNIT_EXPECT_EQ(test, announce_joined(lab), joins);
}

static void announce_set_mtu(struct kunit *test, struct dsr_lab *lab, int mtu)
{
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, dev_set_mtu(lab->out, mtu), 0);
	rtnl_unlock();
}

/*
 * With an MTU too small for it a device loses its IPv6 side and all groups. What
 * is left when the announcing ends is what the kernel itself has joined.
 */
static void announce_rejoins(struct kunit *test)
{
	struct in6_addr group = dsr_build_addr(AF_INET6, DSR_LAB_VIP).in6;
	struct dsr_lab *lab = announce_start(test);

	if (dsr_lab_family(test) == AF_INET)
		return;
	addrconf_addr_solict_mult(&group, &group);
	announce_set_mtu(test, lab, 1000);
	announce_settle(lab);
	KUNIT_EXPECT_FALSE(test, announce_joined(lab));
	announce_set_mtu(test, lab, 1500);
	announce_settle(lab);
	KUNIT_EXPECT_TRUE(test, announce_joined(lab));

	announce_set_mtu(test, lab, 1000);
	announce_set_mtu(test, lab, 1500);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, ipv6_dev_mc_inc(lab->out, &group), 0);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, announce_del(lab, lab->out->name), 0);
	KUNIT_EXPECT_TRUE(test, announce_joined(lab));
}

/* Once each, 64 at most, and deleted ones make room. */
static void announce_list(struct kunit *test)
{
	struct dsr_lab *lab = announce_start(test);
	char name[IFNAMSIZ];
	unsigned int i;

	KUNIT_EXPECT_EQ(test, announce_add(lab, lab->out->name, 0), -EEXIST);
	for (i = 1; i < DSR_DEVICES_MAX; i++) {
		snprintf(name, sizeof(name), "absent%u", i);
		KUNIT_EXPECT_EQ(test, announce_add(lab, name, 0), 0);
	}
	KUNIT_EXPECT_EQ(test, announce_add(lab, "another", 0), -ENOSPC);
	KUNIT_EXPECT_EQ(test, announce_del(lab, "another"), -ENOENT);
	KUNIT_EXPECT_EQ(test, announce_del(lab, "absent1"), 0);
	KUNIT_EXPECT_EQ(test, announce_add(lab, "another", 0), 0);
	KUNIT_EXPECT_EQ(test, announce_del(lab, lab->out->name), 0);
}

/* A device goes, and its groups with it; a new one of its name comes. */
static void announce_device_goes(struct kunit *test)
{
	static const u8 mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 3 };
	struct dsr_lab *lab = announce_start(test);
	struct net_device *dev = dsr_build_dev_create(mac);
	struct dsr_device *device;
	char name[IFNAMSIZ];

	KUNIT_ASSERT_NOT_NULL(test, dev);
	strscpy(name, dev->name, sizeof(name));
	KUNIT_ASSERT_EQ(test, announce_add(lab, name, 0), 0);
	announce_settle(lab);
	dsr_build_dev_free(dev);
	mutex_lock(&lab->dn->lock);
	device = dsr_devices_find(&lab->dn->announce.devices, name);
	mutex_unlock(&lab->dn->lock);
	KUNIT_ASSERT_NOT_NULL(test, device);
	KUNIT_EXPECT_NULL(test, device->dev);
	dev = dsr_build_dev_create(mac);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	KUNIT_EXPECT_PTR_EQ(test, device->dev, dev);
	announce_settle(lab);
	dsr_build_dev_free(dev);
	KUNIT_EXPECT_NULL(test, device->dev);
}

static struct kunit_case announce_kunit_cases[] = {
	KUNIT_CASE_PARAM(announce_answers, dsr_lab_families),
	KUNIT_CASE_PARAM(announce_probed, dsr_lab_families),
	KUNIT_CASE_PARAM(announce_ignores, dsr_lab_families),
	KUNIT_CASE_PARAM(announce_bad_options, dsr_lab_families),
	KUNIT_CASE_PARAM(announce_conflicts, dsr_lab_families),
	KUNIT_CASE_PARAM(announce_left_to_the_kernel, dsr_lab_families),
	KUNIT_CASE_PARAM(announce_only, dsr_lab_families),
	KUNIT_CASE_PARAM(announce_tells, dsr_lab_families),
	KUNIT_CASE_PARAM(announce_bytes, dsr_lab_families),
	KUNIT_CASE_PARAM(announce_groups, dsr_lab_families),
	KUNIT_CASE_PARAM(announce_rejoins, dsr_lab_families),
	KUNIT_CASE_PARAM(announce_list, dsr_lab_families),
	KUNIT_CASE_PARAM(announce_device_goes, dsr_lab_families),
	{}
};

static struct kunit_suite announce_suite = {
	.name		= "dsr_announce",
	.test_cases	= announce_kunit_cases,
};

kunit_test_suite(announce_suite);

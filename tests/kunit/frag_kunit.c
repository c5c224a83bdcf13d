// SPDX-License-Identifier: GPL-2.0
/*
 * Fragments: all of a datagram go to one server, whatever the order in which
 * they come, and none waits for ever or takes more than its share of memory.
 */
#include <linux/ip.h>
#include <net/ip.h>
#include "tests/kunit/lab.h"

#define FRAGMENTS	3
/* Payload of each fragment, a multiple of eight. */
#define PART		400

static const struct dsr_lab_service frag_dns = {
	"dns", IPPROTO_UDP, DSR_LAB_VIP, 0, { { 53, 53 } }, .servers = 3,
};

static const struct dsr_lab_service frag_local = {
	"local", IPPROTO_UDP, DSR_LAB_LOCAL, 0, { { 53, 53 } }, .servers = 1,
};

static const struct dsr_lab_service frag_mark = {
	"mark", .fwmark = 7, .servers = 1,
};

static struct dsr_lab *frag_start(struct kunit *test,
				  const struct dsr_lab_service *s)
{
	struct dsr_lab *lab = dsr_lab_start(test);

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, s, s->fwmark ? AF_INET :
					  dsr_lab_family(test)), 0);
	return lab;
}

/* The i-th fragment of a datagram. */
static struct dsr_build frag_packet(struct kunit *test, u32 id, unsigned int i)
{
	struct dsr_build b = {
		.family = dsr_lab_family(test), .protocol = IPPROTO_UDP,
		.saddr = DSR_LAB_CLIENT, .daddr = DSR_LAB_VIP,
		.sport = 1025, .dport = 53, .id = id,
		.frag_off = i * PART / 8, .payload = PART,
	};

	if (i < FRAGMENTS - 1)
		b.frag_off |= IP_MF;
	/* The first one has a UDP header too. */
	if (!i)
		b.payload -= 8;
	return b;
}

static struct dsr_frag_table *frag_table(struct dsr_lab *lab)
{
	return rcu_dereference_protected(lab->dn->frags, true);
}

static void frag_receive(struct kunit *test, struct dsr_lab *lab, u32 id,
			 unsigned int i)
{
	struct dsr_build b = frag_packet(test, id, i);

	dsr_lab_receive(test, lab, &b);
}

static void frag_expect_sent(struct kunit *test, struct dsr_lab *lab, u32 id,
			     unsigned int i, unsigned int server)
{
	struct dsr_build b = frag_packet(test, id, i);

	dsr_lab_expect_sent(test, lab, server, &b);
}

static const u8 frag_orders[][FRAGMENTS] = {
	{ 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
	{ 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 },
};

/*
 * One order. Those before the first one wait, and leave after it in the order
 * in which they came; the first one gets what the scheduler picks.
 */
static void frag_order(struct kunit *test, struct dsr_lab *lab, u32 id,
		       const u8 *order, unsigned int server)
{
	unsigned int i, j, first = 0;

	while (order[first])
		first++;
	for (i = 0; i < first; i++) {
		frag_receive(test, lab, id, order[i]);
		dsr_lab_expect_nothing(test, lab);
		dsr_lab_expect_counts(test, lab, DSR_REASON_FORWARDED, 0);
	}
	frag_receive(test, lab, id, 0);
	dsr_lab_expect_counts(test, lab, DSR_REASON_FORWARDED, first + 1);
	frag_expect_sent(test, lab, id, 0, server);
	for (j = 0; j < first; j++)
		frag_expect_sent(test, lab, id, order[j], server);
	for (i = first + 1; i < FRAGMENTS; i++) {
		frag_receive(test, lab, id, order[i]);
		dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
		frag_expect_sent(test, lab, id, order[i], server);
	}
	dsr_lab_expect_nothing(test, lab);
	KUNIT_EXPECT_EQ(test, atomic_read(&frag_table(lab)->held), 0);
}

static void frag_every_order(struct kunit *test)
{
	struct dsr_lab *lab = frag_start(test, &frag_dns);
	struct dsr_stats_sum sum;
	unsigned int i;

	/* One flow all the time: the first server. */
	for (i = 0; i < ARRAY_SIZE(frag_orders); i++)
		frag_order(test, lab, 100 + i, frag_orders[i], 0);
	dsr_lab_sum(lab, &frag_dns, dsr_lab_family(test), &sum);
	KUNIT_EXPECT_EQ(test, sum.packets[DSR_REASON_FORWARDED],
			ARRAY_SIZE(frag_orders) * FRAGMENTS);
	KUNIT_EXPECT_EQ(test, sum.flows, 1);
}

/* Two datagrams of two flows, mixed: each has its own server. */
static void frag_interleaved(struct kunit *test)
{
	struct dsr_lab *lab = frag_start(test, &frag_dns);
	struct dsr_build b = frag_packet(test, 2, 0);

	frag_receive(test, lab, 2, 1);
	frag_receive(test, lab, 1, 1);
	frag_receive(test, lab, 1, 0);
	frag_expect_sent(test, lab, 1, 0, 0);
	frag_expect_sent(test, lab, 1, 1, 0);
	dsr_lab_expect_nothing(test, lab);
	b.sport++;
	dsr_lab_receive(test, lab, &b);
	dsr_lab_expect_sent(test, lab, 1, &b);
	frag_expect_sent(test, lab, 2, 1, 1);
	dsr_lab_expect_nothing(test, lab);
	dsr_lab_expect_counts(test, lab, DSR_REASON_FORWARDED, 4);
}

/* The sender uses an identification again: the new first one decides. */
static void frag_id_again(struct kunit *test)
{
	struct dsr_lab *lab = frag_start(test, &frag_dns);
	struct dsr_build b = frag_packet(test, 1, 0);

	frag_receive(test, lab, 1, 0);
	KUNIT_EXPECT_EQ(test, dsr_lab_sent_to(lab), 0);
	frag_receive(test, lab, 1, 2);
	KUNIT_EXPECT_EQ(test, dsr_lab_sent_to(lab), 0);
	b.sport++;
	dsr_lab_receive(test, lab, &b);
	KUNIT_EXPECT_EQ(test, dsr_lab_sent_to(lab), 1);
	frag_receive(test, lab, 1, 2);
	KUNIT_EXPECT_EQ(test, dsr_lab_sent_to(lab), 1);
	dsr_lab_expect_counts(test, lab, DSR_REASON_FORWARDED, 4);
}

/* Another protocol's, another client's or another id's are not its. */
static void frag_apart(struct kunit *test)
{
	struct dsr_lab *lab = frag_start(test, &frag_dns);
	struct dsr_build b;

	frag_receive(test, lab, 1, 0);
	KUNIT_EXPECT_EQ(test, dsr_lab_sent_to(lab), 0);
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);

	frag_receive(test, lab, 2, 1);
	b = frag_packet(test, 1, 1);
	b.saddr = DSR_IP(198, 51, 100, 8);
	dsr_lab_receive(test, lab, &b);
	if (dsr_lab_family(test) == AF_INET) {
		b = frag_packet(test, 1, 1);
		b.protocol = IPPROTO_TCP;
		dsr_lab_receive(test, lab, &b);
	}
	dsr_lab_expect_nothing(test, lab);
	dsr_lab_expect_counts(test, lab, DSR_REASON_FORWARDED, 0);
}

/* No server for the first one, none for the others. */
static void frag_no_server(struct kunit *test)
{
	static const struct dsr_lab_service empty = {
		"empty", IPPROTO_UDP, DSR_LAB_VIP, 0, { { 53, 53 } },
	};
	struct dsr_lab *lab = frag_start(test, &empty);

	frag_receive(test, lab, 1, 1);
	frag_receive(test, lab, 1, 0);
	frag_receive(test, lab, 1, 2);
	dsr_lab_expect_counts(test, lab, DSR_REASON_NO_SERVER, 3);
	dsr_lab_expect_nothing(test, lab);
}

/* The server is deleted after the first one has gone to it. */
static void frag_server_deleted(struct kunit *test)
{
	struct dsr_lab *lab = frag_start(test, &frag_local);
	u8 family = dsr_lab_family(test);
	struct dsr_build b = frag_packet(test, 1, 0);
	struct dsr_service_key key = dsr_lab_key(&frag_local, family);
	struct dsr_server_conf conf;

	b.daddr = DSR_LAB_LOCAL;
	dsr_lab_receive(test, lab, &b);
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
	KUNIT_EXPECT_EQ(test, dsr_lab_sent_to(lab), 0);

	conf = dsr_lab_server(lab, &frag_local, family, 0);
	mutex_lock(&lab->dn->lock);
	KUNIT_EXPECT_EQ(test, dsr_pernet_server_del(lab->dn, &key, &conf, NULL),
			0);
	mutex_unlock(&lab->dn->lock);
	b = frag_packet(test, 1, 1);
	b.daddr = DSR_LAB_LOCAL;
	dsr_lab_receive(test, lab, &b);
	dsr_lab_expect(test, lab, DSR_REASON_NO_SERVER);
	dsr_lab_expect_nothing(test, lab);
}

/*
 * Held back, as the address is a service's, until the first one shows that it
 * is for none: the kernel gets all of them, and refuses the protocol once.
 */
static void frag_left(struct kunit *test)
{
	static const u8 orders[][FRAGMENTS] = { { 1, 2, 0 }, { 0, 1, 2 } };
	struct dsr_lab *lab = frag_start(test, &frag_local);
	struct sk_buff *skb;
	struct dsr_build b;
	unsigned int i, j;

	lab->kernel = true;
	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		for (j = 0; j < FRAGMENTS; j++) {
			dsr_lab_expect_nothing(test, lab);
			b = frag_packet(test, 1 + i, orders[i][j]);
			b.daddr = DSR_LAB_LOCAL;
			b.protocol = 253;
			b.payload = PART;
			dsr_lab_receive(test, lab, &b);
		}
		dsr_lab_expect_counts(test, lab, DSR_REASON_NOT_OURS,
				      FRAGMENTS);
		skb = dsr_build_sent(lab->in);
		KUNIT_EXPECT_NOT_NULL(test, skb);
		kfree_skb(skb);
		dsr_lab_expect_nothing(test, lab);
	}
}

/* A reply to the director's own ping comes in fragments. */
static void frag_other(struct kunit *test)
{
	struct dsr_lab *lab = frag_start(test, &frag_local);
	struct dsr_build b = frag_packet(test, 1, 1), first;

	b.icmp = DSR_BUILD_ECHO_REPLY;
	b.daddr = DSR_LAB_LOCAL;
	dsr_lab_receive(test, lab, &b);
	dsr_lab_expect_nothing(test, lab);
	first = frag_packet(test, 1, 0);
	first.icmp = DSR_BUILD_ECHO_REPLY;
	first.daddr = DSR_LAB_LOCAL;
	lab->kernel = true;
	dsr_lab_receive(test, lab, &first);
	dsr_lab_expect_counts(test, lab, DSR_REASON_NOT_OURS, 2);
	dsr_lab_expect_nothing(test, lab);
	KUNIT_EXPECT_EQ(test, atomic_read(&frag_table(lab)->held), 0);
}

/* A firewall mark, which the rules gave to the first one only. */
static void frag_marked(struct kunit *test)
{
	struct dsr_lab *lab = frag_start(test, &frag_mark);
	struct dsr_build b = frag_packet(test, 1, 0);

	b.mark = 7;
	dsr_lab_receive(test, lab, &b);
	dsr_lab_expect_sent(test, lab, 0, &b);
	frag_receive(test, lab, 1, 2);
	frag_expect_sent(test, lab, 1, 2, 0);
	dsr_lab_expect_counts(test, lab, DSR_REASON_FORWARDED, 2);
	/* Too early it is nobody's. */
	frag_receive(test, lab, 2, 2);
	dsr_lab_expect(test, lab, DSR_REASON_NOT_OURS);
}

/*
 * What only the first one has: options that are not to be copied, or an
 * extension header that is a part of what was cut in pieces.
 */
static void frag_first_differs(struct kunit *test)
{
	struct dsr_lab *lab = frag_start(test, &frag_dns);
	struct dsr_build first = frag_packet(test, 1, 0), b;

	first.ext = "fd";
	first.options = 8;
	b = frag_packet(test, 1, 1);
	if (dsr_lab_family(test) == AF_INET6)
		b.protocol = IPPROTO_DSTOPTS;
	dsr_lab_receive(test, lab, &b);
	dsr_lab_receive(test, lab, &first);
	dsr_lab_expect_sent(test, lab, 0, &first);
	dsr_lab_expect_sent(test, lab, 0, &b);
	dsr_lab_receive(test, lab, &b);
	dsr_lab_expect_sent(test, lab, 0, &b);
	dsr_lab_expect_counts(test, lab, DSR_REASON_FORWARDED, 3);
}

/* One waits for as long as it may, and not longer. */
static void frag_timeout(struct kunit *test)
{
	struct dsr_lab *lab = frag_start(test, &frag_dns);
	u32 now = (u32)jiffies;

	frag_receive(test, lab, 1, 1);
	frag_receive(test, lab, 1, 2);
	dsr_frag_sweep(frag_table(lab), now + DSR_FRAG_TIMEOUT);
	dsr_lab_expect_counts(test, lab, DSR_REASON_FRAGMENT_TIMEOUT, 0);
	/* The clock may have gone on a little since. */
	dsr_frag_sweep(frag_table(lab), now + 2 * DSR_FRAG_TIMEOUT);
	dsr_lab_expect_counts(test, lab, DSR_REASON_FRAGMENT_TIMEOUT, 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&frag_table(lab)->held), 0);
	frag_receive(test, lab, 1, 0);
	frag_expect_sent(test, lab, 1, 0, 0);
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
	dsr_lab_expect_nothing(test, lab);
}

/* What became of a first one is forgotten too. */
static void frag_fate_timeout(struct kunit *test)
{
	struct dsr_lab *lab = frag_start(test, &frag_dns);

	frag_receive(test, lab, 1, 0);
	KUNIT_EXPECT_EQ(test, dsr_lab_sent_to(lab), 0);
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
	dsr_frag_sweep(frag_table(lab), (u32)jiffies + 2 * DSR_FRAG_TIMEOUT);
	frag_receive(test, lab, 1, 1);
	dsr_lab_expect_nothing(test, lab);
	dsr_lab_expect_counts(test, lab, DSR_REASON_FORWARDED, 0);
	/* The last service takes with it what still waits. */
	dsr_lab_del(lab, &frag_dns, dsr_lab_family(test));
	dsr_lab_expect(test, lab, DSR_REASON_FRAGMENT_TIMEOUT);
}

static u64 frag_counted(const struct dsr_lab *lab,
			const struct dsr_stats_sum *now, enum dsr_reason reason)
{
	return now->packets[reason] - lab->before.packets[reason];
}

/*
 * A device goes by which a fragment came that waits. That one does not go on;
 * one that came by another device does.
 */
static void frag_device_gone(struct kunit *test)
{
	static const u8 mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 9 };
	struct dsr_lab *lab = frag_start(test, &frag_dns);
	struct net_device *dev = dsr_build_dev_create(mac);
	struct dsr_build b = frag_packet(test, 1, 1);
	struct dsr_stats_sum now;

	KUNIT_ASSERT_NOT_NULL(test, dev);
	dsr_lab_inject_by(dev, dsr_build_skb(test, &b));
	frag_receive(test, lab, 1, 2);
	dsr_build_dev_free(dev);
	dsr_lab_expect_nothing(test, lab);
	frag_receive(test, lab, 1, 0);
	frag_expect_sent(test, lab, 1, 0, 0);
	frag_expect_sent(test, lab, 1, 2, 0);
	dsr_lab_expect_nothing(test, lab);
	dsr_tally_sum(lab->dn->tally, &now);
	KUNIT_EXPECT_EQ(test, frag_counted(lab, &now, DSR_REASON_FORWARDED), 2);
	KUNIT_EXPECT_EQ(test, frag_counted(lab, &now,
					   DSR_REASON_FRAGMENT_TIMEOUT), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&frag_table(lab)->held), 0);
}

/* Memory is bounded: what does not fit does not push out what waits. */
static void frag_memory(struct kunit *test)
{
	struct dsr_lab *lab = frag_start(test, &frag_dns);
	unsigned int i, held = 0;
	struct sk_buff *skb;
	struct dsr_build b;

	b = frag_packet(test, 1, 1);
	b.payload = 1400;
	skb = dsr_build_skb(test, &b);
	held = DSR_FRAG_HELD_MAX / skb->truesize;
	kfree_skb(skb);
	for (i = 0; i < held + 5; i++)
		dsr_lab_receive(test, lab, &b);
	dsr_lab_expect_counts(test, lab, DSR_REASON_FRAGMENT_LIMIT, 5);
	KUNIT_EXPECT_LE(test, atomic_read(&frag_table(lab)->held),
			DSR_FRAG_HELD_MAX);
	dsr_lab_expect_nothing(test, lab);

	frag_receive(test, lab, 1, 0);
	dsr_lab_expect_counts(test, lab, DSR_REASON_FORWARDED, held + 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&frag_table(lab)->held), 0);
}

/*
 * So is the number of datagrams: when a bucket is full the one that has been
 * silent for longest is given up. All those that have a place are counted.
 */
static void frag_datagrams(struct kunit *test)
{
	const unsigned int places = DSR_FRAG_BUCKETS * DSR_FRAG_WAYS;
	struct dsr_lab *lab = frag_start(test, &frag_dns);
	struct dsr_stats_sum now;
	struct dsr_build b;
	unsigned int i;
	u64 given_up;

	for (i = 0; i < places + 1; i++) {
		b = frag_packet(test, 1 + i, 1);
		b.payload = 8;
		dsr_lab_receive(test, lab, &b);
	}
	dsr_tally_sum(lab->dn->tally, &now);
	given_up = frag_counted(lab, &now, DSR_REASON_FRAGMENT_LIMIT);
	KUNIT_EXPECT_GE(test, given_up, 1);
	lab->before = now;

	dsr_frag_flush(frag_table(lab));
	dsr_lab_expect_counts(test, lab, DSR_REASON_FRAGMENT_TIMEOUT,
			      places + 1 - given_up);
	KUNIT_EXPECT_EQ(test, atomic_read(&frag_table(lab)->held), 0);
}

static struct kunit_case frag_kunit_cases[] = {
	KUNIT_CASE_PARAM(frag_every_order, dsr_lab_families),
	KUNIT_CASE_PARAM(frag_interleaved, dsr_lab_families),
	KUNIT_CASE_PARAM(frag_id_again, dsr_lab_families),
	KUNIT_CASE_PARAM(frag_apart, dsr_lab_families),
	KUNIT_CASE_PARAM(frag_no_server, dsr_lab_families),
	KUNIT_CASE_PARAM(frag_server_deleted, dsr_lab_families),
	KUNIT_CASE_PARAM(frag_left, dsr_lab_families),
	KUNIT_CASE_PARAM(frag_other, dsr_lab_families),
	KUNIT_CASE_PARAM(frag_marked, dsr_lab_families),
	KUNIT_CASE_PARAM(frag_first_differs, dsr_lab_families),
	KUNIT_CASE_PARAM(frag_timeout, dsr_lab_families),
	KUNIT_CASE_PARAM(frag_fate_timeout, dsr_lab_families),
	KUNIT_CASE_PARAM(frag_device_gone, dsr_lab_families),
	KUNIT_CASE_PARAM(frag_memory, dsr_lab_families),
	KUNIT_CASE_PARAM(frag_datagrams, dsr_lab_families),
	{}
};

static struct kunit_suite frag_suite = {
	.name		= "dsr_frag",
	.test_cases	= frag_kunit_cases,
};

kunit_test_suite(frag_suite);

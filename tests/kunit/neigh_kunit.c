// SPDX-License-Identifier: GPL-2.0
/*
 * Neighbours: packets wait in the kernel's own queue until the MAC address is
 * known, a changed one is followed, a failed one takes its server out.
 */
#include <linux/rtnetlink.h>
#include <net/arp.h>
#include <net/ip.h>
#include <net/ndisc.h>
#include "tests/kunit/lab.h"

static const struct dsr_lab_service neigh_dns = {
	"dns", IPPROTO_UDP, DSR_LAB_VIP, 0, { { 53, 53 } }, .servers = 1,
	.resolve = true,
};

static const struct dsr_lab_service neigh_cross = {
	"cross", IPPROTO_UDP, DSR_LAB_VIP, 0, { { 53, 53 } }, .servers = 1,
	.cross = true, .resolve = true,
};

static struct dsr_lab *neigh_start(struct kunit *test,
				   const struct dsr_lab_service *s)
{
	struct dsr_lab *lab = dsr_lab_start(test);

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, s, dsr_lab_family(test)), 0);
	return lab;
}

static struct dsr_build neigh_packet(struct kunit *test, unsigned int i)
{
	return (struct dsr_build) {
		.family = dsr_lab_family(test), .protocol = IPPROTO_UDP,
		.saddr = DSR_LAB_CLIENT, .daddr = DSR_LAB_VIP,
		.sport = 1025 + i, .dport = 53, .payload = 10 * i,
	};
}

static void neigh_receive(struct kunit *test, struct dsr_lab *lab,
			  unsigned int i)
{
	struct dsr_build b = neigh_packet(test, i);

	dsr_lab_receive(test, lab, &b);
}

static void neigh_expect_sent(struct kunit *test, struct dsr_lab *lab,
			      unsigned int server, unsigned int i)
{
	struct dsr_build b = neigh_packet(test, i);

	dsr_lab_expect_sent(test, lab, server, &b);
}

/* The server's neighbour entry, held. */
static struct neighbour *neigh_of(struct kunit *test, struct dsr_lab *lab,
				  const struct dsr_lab_service *s)
{
	struct dsr_server_conf conf;
	struct neighbour *neigh;

	conf = dsr_lab_server(lab, s, dsr_lab_family(test), 0);
	neigh = neigh_lookup(conf.family == AF_INET ? &arp_tbl : &nd_tbl,
			     &conf.addr, lab->out);
	KUNIT_ASSERT_NOT_NULL(test, neigh);
	return neigh;
}

/* The server tells its MAC address, of which @last is the last byte. */
static void neigh_tell(struct kunit *test, struct dsr_lab *lab,
		       const struct dsr_lab_service *s, u8 nud, u8 last)
{
	struct neighbour *neigh = neigh_of(test, lab, s);
	const u8 mac[ETH_ALEN] = { 2, 0, 0, 0, 1, last };

	neigh_update(neigh, nud & NUD_VALID ? mac : NULL, nud,
		     NEIGH_UPDATE_F_OVERRIDE | NEIGH_UPDATE_F_ADMIN, 0);
	neigh_release(neigh);
}

/* What the notifiers have asked for has been done. */
static void neigh_settle(struct dsr_lab *lab)
{
	flush_delayed_work(&lab->dn->refresh);
}

/* The first packets wait, and leave in order when the server answers. */
static void neigh_waits(struct kunit *test)
{
	struct dsr_lab *lab = neigh_start(test, &neigh_dns);
	unsigned int i;

	for (i = 0; i < 3; i++) {
		neigh_receive(test, lab, i);
		dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
		dsr_lab_expect_nothing(test, lab);
	}
	neigh_tell(test, lab, &neigh_dns, NUD_REACHABLE, 7);
	for (i = 0; i < 3; i++)
		neigh_expect_sent(test, lab, 7, i);
	dsr_lab_expect_nothing(test, lab);

	neigh_settle(lab);
	neigh_receive(test, lab, 1);
	neigh_expect_sent(test, lab, 7, 1);
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
}

/* The view does not know yet that the server has answered. */
static void neigh_answers_meanwhile(struct kunit *test)
{
	struct dsr_lab *lab = neigh_start(test, &neigh_dns);

	mutex_lock(&lab->dn->lock);
	neigh_tell(test, lab, &neigh_dns, NUD_REACHABLE, 7);
	neigh_receive(test, lab, 1);
	neigh_expect_sent(test, lab, 7, 1);
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
	mutex_unlock(&lab->dn->lock);
}

/* Packets that are cut in pieces wait too. */
static void neigh_pieces_wait(struct kunit *test)
{
	struct dsr_lab *lab = neigh_start(test, &neigh_dns);
	struct dsr_build b = neigh_packet(test, 0);
	unsigned int pieces = 0;
	struct sk_buff *skb;

	if (b.family == AF_INET6) {
		b.ext = "f";
		b.payload = 1000;
	} else {
		b.payload = 3000;
	}
	dsr_lab_receive(test, lab, &b);
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
	dsr_lab_expect_nothing(test, lab);
	neigh_tell(test, lab, &neigh_dns, NUD_REACHABLE, 7);
	while ((skb = dsr_build_sent(lab->out))) {
		KUNIT_EXPECT_EQ(test, skb->data[5], 7);
		KUNIT_EXPECT_LE(test, skb->len, ETH_HLEN + lab->out->mtu);
		kfree_skb(skb);
		pieces++;
	}
	KUNIT_EXPECT_EQ(test, pieces, b.family == AF_INET ? 3 : 1);
}

static void neigh_follows(struct kunit *test)
{
	struct dsr_lab *lab = neigh_start(test, &neigh_dns);

	neigh_tell(test, lab, &neigh_dns, NUD_REACHABLE, 7);
	neigh_settle(lab);
	neigh_receive(test, lab, 1);
	KUNIT_EXPECT_EQ(test, dsr_lab_sent_to(lab), 7);
	neigh_tell(test, lab, &neigh_dns, NUD_REACHABLE, 8);
	neigh_settle(lab);
	neigh_receive(test, lab, 1);
	KUNIT_EXPECT_EQ(test, dsr_lab_sent_to(lab), 8);
}

/* No answer: out of the schedule; an answer: back in it. */
static void neigh_fails(struct kunit *test)
{
	struct dsr_lab *lab = neigh_start(test, &neigh_dns);

	/* The kernel is seen to ask. */
	neigh_settle(lab);
	neigh_tell(test, lab, &neigh_dns, NUD_FAILED, 0);
	neigh_settle(lab);
	neigh_receive(test, lab, 1);
	dsr_lab_expect(test, lab, DSR_REASON_NO_SERVER);
	dsr_lab_expect_nothing(test, lab);
	neigh_tell(test, lab, &neigh_dns, NUD_REACHABLE, 7);
	neigh_settle(lab);
	neigh_receive(test, lab, 1);
	KUNIT_EXPECT_EQ(test, dsr_lab_sent_to(lab), 7);
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
}

/* Traffic has the kernel probe an entry that has grown old. */
static void neigh_is_used(struct kunit *test)
{
	struct dsr_lab *lab = neigh_start(test, &neigh_dns);
	struct neighbour *neigh;

	neigh_tell(test, lab, &neigh_dns, NUD_STALE, 7);
	neigh_settle(lab);
	neigh = neigh_of(test, lab, &neigh_dns);
	KUNIT_EXPECT_EQ(test, READ_ONCE(neigh->nud_state), NUD_STALE);
	neigh_receive(test, lab, 1);
	KUNIT_EXPECT_EQ(test, dsr_lab_sent_to(lab), 7);
	KUNIT_EXPECT_EQ(test, READ_ONCE(neigh->nud_state), NUD_DELAY);
	neigh_release(neigh);
}

/*
 * The other family's queue would look for headers of its own: nothing waits
 * there. With the MAC address it is as good as any.
 */
static void neigh_other_family(struct kunit *test)
{
	struct dsr_lab *lab = neigh_start(test, &neigh_cross);

	neigh_receive(test, lab, 1);
	dsr_lab_expect(test, lab, DSR_REASON_NO_NEXTHOP);
	neigh_tell(test, lab, &neigh_cross, NUD_REACHABLE, 7);
	dsr_lab_expect_nothing(test, lab);
	neigh_settle(lab);
	neigh_receive(test, lab, 1);
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
	neigh_expect_sent(test, lab, 7, 1);
}

static struct kunit_case neigh_kunit_cases[] = {
	KUNIT_CASE_PARAM(neigh_waits, dsr_lab_families),
	KUNIT_CASE_PARAM(neigh_answers_meanwhile, dsr_lab_families),
	KUNIT_CASE_PARAM(neigh_pieces_wait, dsr_lab_families),
	KUNIT_CASE_PARAM(neigh_follows, dsr_lab_families),
	KUNIT_CASE_PARAM(neigh_fails, dsr_lab_families),
	KUNIT_CASE_PARAM(neigh_is_used, dsr_lab_families),
	KUNIT_CASE_PARAM(neigh_other_family, dsr_lab_families),
	{}
};

static struct kunit_suite neigh_suite = {
	.name		= "dsr_neigh",
	.test_cases	= neigh_kunit_cases,
};

kunit_test_suite(neigh_suite);

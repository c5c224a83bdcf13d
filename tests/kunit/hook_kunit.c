// SPDX-License-Identifier: GPL-2.0
/*
 * The whole way of a flow: from a device through the hook, as the kernel
 * calls it, to another device; and what changes of its servers do to it.
 */
#include <linux/rtnetlink.h>
#include <net/ip.h>
#include <net/tcp.h>
#include "tests/kunit/lab.h"

#define SERVERS	3

/* Servers at 3:2:1. */
static const struct dsr_lab_service hook_web = {
	"web", IPPROTO_TCP, DSR_LAB_VIP, 0, { { 80, 80 } },
	.servers = SERVERS,
};

/* Every port of the same address. */
static const struct dsr_lab_service hook_wide = {
	"wide", IPPROTO_TCP, DSR_LAB_VIP, .servers = 1,
};

static struct dsr_lab *hook_start(struct kunit *test)
{
	struct dsr_lab *lab = dsr_lab_start(test);

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &hook_web,
					  dsr_lab_family(test)), 0);
	return lab;
}

static struct dsr_build hook_packet(struct kunit *test, u16 sport)
{
	return (struct dsr_build) {
		.family = dsr_lab_family(test), .protocol = IPPROTO_TCP,
		.saddr = DSR_LAB_CLIENT, .daddr = DSR_LAB_VIP, .sport = sport,
		.dport = 80, .flags = TCPHDR_SYN,
	};
}

static void hook_sum(struct kunit *test, struct dsr_lab *lab,
		     struct dsr_stats_sum *sum)
{
	dsr_lab_sum(lab, &hook_web, dsr_lab_family(test), sum);
}

/* The server that a packet with these flags is sent to. */
static int hook_flags(struct kunit *test, struct dsr_lab *lab,
		      struct dsr_build *b, u8 flags)
{
	b->flags = flags;
	dsr_lab_receive(test, lab, b);
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
	return dsr_lab_sent_to(lab);
}

/* The server that a new flow's first packet is sent to. */
static int hook_new(struct kunit *test, struct dsr_lab *lab, u16 sport)
{
	struct dsr_build b = hook_packet(test, sport);

	return hook_flags(test, lab, &b, TCPHDR_SYN);
}

static void hook_dropped(struct kunit *test, struct dsr_lab *lab,
			 const struct dsr_build *b, enum dsr_reason reason)
{
	dsr_lab_receive(test, lab, b);
	dsr_lab_expect(test, lab, reason);
	dsr_lab_expect_nothing(test, lab);
}

/* New flows go round; later packets of each go where its first one went. */
static void hook_balances(struct kunit *test)
{
	static const int order[] = { 0, 1, 0, 2, 0, 1 };
	struct dsr_lab *lab = hook_start(test);
	struct dsr_stats_sum sum;
	unsigned int i;

	for (i = 0; i < 12; i++)
		KUNIT_EXPECT_EQ(test, hook_new(test, lab, 1000 + i % 6),
				order[i % 6]);
	hook_sum(test, lab, &sum);
	KUNIT_EXPECT_EQ(test, sum.packets[DSR_REASON_FORWARDED], 12);
	KUNIT_EXPECT_EQ(test, sum.bytes, 12 * (dsr_lab_family(test) == AF_INET ?
					       40 : 60));
	KUNIT_EXPECT_EQ(test, sum.flows, 6);
	KUNIT_EXPECT_EQ(test, sum.active, 6);
}

/* What a server counted stays its service's, and then its namespace's. */
static void hook_counts_stay(struct kunit *test)
{
	struct dsr_lab *lab = hook_start(test);
	u8 family = dsr_lab_family(test);
	struct dsr_service_key key = dsr_lab_key(&hook_web, family);
	struct dsr_server_conf conf = dsr_lab_server(lab, &hook_web, family, 0);
	struct dsr_build b = hook_packet(test, 1000);
	struct dsr_stats_sum before, now;
	unsigned int i;

	for (i = 0; i < 6; i++)
		hook_new(test, lab, 1000 + i);
	hook_sum(test, lab, &before);
	mutex_lock(&lab->dn->lock);
	KUNIT_EXPECT_EQ(test, dsr_pernet_server_del(lab->dn, &key, &conf,
						    NULL), 0);
	mutex_unlock(&lab->dn->lock);
	hook_sum(test, lab, &now);
	KUNIT_EXPECT_MEMEQ(test, now.packets, before.packets,
			   sizeof(now.packets));
	KUNIT_EXPECT_EQ(test, now.bytes, before.bytes);
	KUNIT_EXPECT_EQ(test, now.flows, 6);
	rcu_barrier();
	hook_sum(test, lab, &now);
	KUNIT_EXPECT_MEMEQ(test, now.packets, before.packets,
			   sizeof(now.packets));

	mutex_lock(&lab->dn->lock);
	dsr_tally_sum(lab->dn->tally, &before);
	mutex_unlock(&lab->dn->lock);
	KUNIT_EXPECT_EQ(test, dsr_lab_del(lab, &hook_web, family), 0);
	dsr_lab_expect_counts(test, lab, DSR_REASON_FORWARDED, 0);
	rcu_barrier();
	dsr_lab_expect_counts(test, lab, DSR_REASON_FORWARDED, 0);
	mutex_lock(&lab->dn->lock);
	dsr_tally_sum(lab->dn->tally, &now);
	mutex_unlock(&lab->dn->lock);
	KUNIT_EXPECT_EQ(test, now.bytes, before.bytes);
	KUNIT_EXPECT_EQ(test, now.flows, before.flows);
	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &hook_web, family), 0);
	hook_flags(test, lab, &b, TCPHDR_SYN);
}

/* A port that is used again after its connection was closed: a new flow. */
static void hook_port_reused(struct kunit *test)
{
	struct dsr_lab *lab = hook_start(test);
	struct dsr_build b = hook_packet(test, 1000);
	struct dsr_stats_sum sum;

	KUNIT_EXPECT_EQ(test, hook_flags(test, lab, &b, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, hook_flags(test, lab, &b, TCPHDR_ACK), 0);
	KUNIT_EXPECT_EQ(test, hook_flags(test, lab, &b, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, hook_flags(test, lab, &b, TCPHDR_FIN), 0);
	KUNIT_EXPECT_EQ(test, hook_flags(test, lab, &b, TCPHDR_ACK), 0);
	hook_sum(test, lab, &sum);
	KUNIT_EXPECT_EQ(test, sum.flows, 1);

	KUNIT_EXPECT_EQ(test, hook_flags(test, lab, &b, TCPHDR_SYN), 1);
	KUNIT_EXPECT_EQ(test, hook_flags(test, lab, &b, TCPHDR_SYN), 1);
	KUNIT_EXPECT_EQ(test, hook_flags(test, lab, &b, TCPHDR_ACK), 1);
	hook_sum(test, lab, &sum);
	KUNIT_EXPECT_EQ(test, sum.flows, 2);
	KUNIT_EXPECT_EQ(test, sum.active, 1);
}

static int hook_change(struct kunit *test, struct dsr_lab *lab, unsigned int i,
		       u32 weight,
		       int (*change)(struct dsr_net *,
				     const struct dsr_service_key *,
				     const struct dsr_server_conf *,
				     struct netlink_ext_ack *))
{
	u8 family = dsr_lab_family(test);
	struct dsr_service_key key = dsr_lab_key(&hook_web, family);
	struct dsr_server_conf conf;
	int err;

	conf = dsr_lab_server(lab, &hook_web, family, i);
	conf.weight = weight;
	mutex_lock(&lab->dn->lock);
	err = change(lab->dn, &key, &conf, NULL);
	mutex_unlock(&lab->dn->lock);
	return err;
}

/* A more specific service comes: older flows stay where they are, and count. */
static void hook_older_flow(struct kunit *test)
{
	struct dsr_lab *lab = dsr_lab_start(test);
	struct dsr_build b = hook_packet(test, 1000);
	u8 family = dsr_lab_family(test);
	struct dsr_stats_sum wide, web;

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &hook_wide, family), 0);
	hook_flags(test, lab, &b, TCPHDR_SYN);
	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &hook_web, family), 0);
	hook_flags(test, lab, &b, TCPHDR_ACK);
	dsr_lab_sum(lab, &hook_wide, family, &wide);
	dsr_lab_sum(lab, &hook_web, family, &web);
	KUNIT_EXPECT_EQ(test, wide.packets[DSR_REASON_FORWARDED], 2);
	KUNIT_EXPECT_EQ(test, web.packets[DSR_REASON_FORWARDED], 0);

	hook_new(test, lab, 1001);
	dsr_lab_sum(lab, &hook_wide, family, &wide);
	dsr_lab_sum(lab, &hook_web, family, &web);
	KUNIT_EXPECT_EQ(test, wide.packets[DSR_REASON_FORWARDED], 2);
	KUNIT_EXPECT_EQ(test, web.packets[DSR_REASON_FORWARDED], 1);
}

/* Weight 0: the flow stays, a new one goes elsewhere. */
static void hook_drains(struct kunit *test)
{
	struct dsr_lab *lab = hook_start(test);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, hook_new(test, lab, 1000), 0);
	KUNIT_EXPECT_EQ(test, hook_change(test, lab, 0, 0,
					  dsr_pernet_server_set), 0);
	KUNIT_EXPECT_EQ(test, hook_new(test, lab, 1000), 0);
	for (i = 1; i < 12; i++)
		KUNIT_EXPECT_GT(test, hook_new(test, lab, 1000 + i), 0);
}

/* A deleted server's flow goes to another one and stays there. */
static void hook_server_deleted(struct kunit *test)
{
	struct dsr_lab *lab = hook_start(test);
	struct dsr_stats_sum sum;
	int to;

	KUNIT_EXPECT_EQ(test, hook_new(test, lab, 1000), 0);
	KUNIT_EXPECT_EQ(test, hook_change(test, lab, 0, 1,
					  dsr_pernet_server_del), 0);
	to = hook_new(test, lab, 1000);
	KUNIT_EXPECT_GT(test, to, 0);
	hook_sum(test, lab, &sum);
	KUNIT_EXPECT_EQ(test, sum.flows, 2);
	KUNIT_EXPECT_EQ(test, sum.active, 1);
	KUNIT_EXPECT_EQ(test, hook_new(test, lab, 1000), to);
}

/* Take a server's next hop away without a word to the view. Under the lock. */
static void hook_lose(struct kunit *test, struct dsr_lab *lab, unsigned int i)
{
	u8 family = dsr_lab_family(test);
	struct dsr_service_key key = dsr_lab_key(&hook_web, family);
	struct dsr_server_conf conf;
	struct dsr_server *server;

	conf = dsr_lab_server(lab, &hook_web, family, i);
	server = dsr_pernet_find_server(dsr_pernet_find(lab->dn, &key, NULL),
					&conf, NULL);
	KUNIT_EXPECT_TRUE(test, dsr_nexthop_leave(&server->nexthop, lab->out,
						  &lab->dn->lock));
}

/*
 * A next hop is lost, and the view does not know yet: a flow waits for its
 * server, a new one goes to the next in turn; without any it is dropped.
 */
static void hook_waits(struct kunit *test)
{
	struct dsr_lab *lab = hook_start(test);
	struct dsr_build b = hook_packet(test, 1000);
	unsigned int i;

	for (i = 0; i < 6; i++)
		hook_new(test, lab, 1000 + i);
	mutex_lock(&lab->dn->lock);
	hook_lose(test, lab, 0);
	hook_dropped(test, lab, &b, DSR_REASON_NO_NEXTHOP);
	KUNIT_EXPECT_EQ(test, hook_new(test, lab, 1006), 1);
	for (i = 1; i < SERVERS; i++)
		hook_lose(test, lab, i);
	b.sport = 1007;
	hook_dropped(test, lab, &b, DSR_REASON_NO_SERVER);
	mutex_unlock(&lab->dn->lock);

	KUNIT_EXPECT_EQ(test, hook_change(test, lab, 0, 7,
					  dsr_pernet_server_set), 0);
	KUNIT_EXPECT_EQ(test, hook_new(test, lab, 1000), 0);
}

static void hook_no_server(struct kunit *test)
{
	struct dsr_lab *lab = hook_start(test);
	struct dsr_build b = hook_packet(test, 1000);
	unsigned int i;

	for (i = 0; i < SERVERS; i++)
		KUNIT_EXPECT_EQ(test, hook_change(test, lab, i, 0,
						  dsr_pernet_server_set), 0);
	hook_dropped(test, lab, &b, DSR_REASON_NO_SERVER);
	KUNIT_EXPECT_EQ(test, hook_change(test, lab, 1, 1,
					  dsr_pernet_server_set), 0);
	KUNIT_EXPECT_EQ(test, hook_new(test, lab, 1000), 1);
}

/* Without a service the hook is gone and counts nothing. */
static void hook_idle(struct kunit *test)
{
	struct dsr_lab *lab = hook_start(test);
	struct dsr_build b = hook_packet(test, 1000);

	KUNIT_EXPECT_EQ(test, dsr_lab_del(lab, &hook_web,
					  dsr_lab_family(test)), 0);
	dsr_lab_receive(test, lab, &b);
	KUNIT_EXPECT_EQ(test, dsr_lab_sent_to(lab), -1);
	dsr_lab_expect_counts(test, lab, DSR_REASON_NOT_OURS, 0);
}

/* The egress device goes down, and comes back: so do the servers. */
static void hook_device_down(struct kunit *test)
{
	struct dsr_lab *lab = hook_start(test);
	struct dsr_build b = hook_packet(test, 1000);

	KUNIT_EXPECT_EQ(test, hook_new(test, lab, 1000), 0);
	rtnl_lock();
	dev_close(lab->out);
	rtnl_unlock();
	flush_delayed_work(&lab->dn->refresh);
	hook_dropped(test, lab, &b, DSR_REASON_NO_SERVER);

	rtnl_lock();
	KUNIT_EXPECT_EQ(test, dev_open(lab->out, NULL), 0);
	rtnl_unlock();
	/* IPv6 took them from the device. */
	KUNIT_EXPECT_EQ(test, dsr_lab_addresses(lab), 0);
	flush_delayed_work(&lab->dn->refresh);
	KUNIT_EXPECT_EQ(test, hook_new(test, lab, 1000), 0);
}

static struct kunit_case hook_kunit_cases[] = {
	KUNIT_CASE_PARAM(hook_balances, dsr_lab_families),
	KUNIT_CASE_PARAM(hook_counts_stay, dsr_lab_families),
	KUNIT_CASE_PARAM(hook_port_reused, dsr_lab_families),
	KUNIT_CASE_PARAM(hook_older_flow, dsr_lab_families),
	KUNIT_CASE_PARAM(hook_drains, dsr_lab_families),
	KUNIT_CASE_PARAM(hook_server_deleted, dsr_lab_families),
	KUNIT_CASE_PARAM(hook_waits, dsr_lab_families),
	KUNIT_CASE_PARAM(hook_no_server, dsr_lab_families),
	KUNIT_CASE_PARAM(hook_idle, dsr_lab_families),
	KUNIT_CASE_PARAM(hook_device_down, dsr_lab_families),
	{}
};

static struct kunit_suite hook_suite = {
	.name		= "dsr_hook",
	.test_cases	= hook_kunit_cases,
};

kunit_test_suite(hook_suite);

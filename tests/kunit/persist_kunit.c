// SPDX-License-Identifier: GPL-2.0
/*
 * Clients that stay with their server.
 */
#include <net/tcp.h>
#include "tests/kunit/lab.h"

#define SERVERS		3
#define SECONDS		100

/* FTP and its like: clients stay unless told otherwise. Servers at 3:2:1. */
static const struct dsr_lab_service persist_ftp = {
	"ftp", IPPROTO_TCP, DSR_LAB_VIP, 0, { { 20, 21 }, { 2000, 2999 } },
	.servers = SERVERS,
};

/* Of the same address, and from and to the same ports. */
static const struct dsr_lab_service persist_mail = {
	"mail", IPPROTO_TCP, DSR_LAB_VIP, 0, { { 110, 110 }, { 995, 995 } },
	.servers = SERVERS,
};

static const struct dsr_lab_service persist_web = {
	"web", IPPROTO_TCP, DSR_LAB_VIP, 0, { { 80, 80 } },
	.servers = SERVERS,
};

static const struct dsr_lab_service persist_mark = {
	"mark", .fwmark = 7, .servers = SERVERS,
};

/**
 * struct persist - a director of which clients are seen
 * @test: the test
 * @lab: the director
 * @service: the service under test
 */
struct persist {
	struct kunit			*test;
	struct dsr_lab			*lab;
	const struct dsr_lab_service	*service;
};

static u8 persist_family(const struct persist *t)
{
	return dsr_lab_family(t->test);
}

static struct persist persist_start(struct kunit *test,
				    const struct dsr_lab_service *s)
{
	struct persist t = { test, dsr_lab_start(test), s };

	KUNIT_ASSERT_EQ(test, dsr_lab_add(t.lab, s, persist_family(&t)), 0);
	return t;
}

/* Clients stay for so long; the last bits of their addresses do not count. */
static void persist_set(const struct persist *t, u32 seconds, u8 free_bits)
{
	struct dsr_service_conf conf;

	conf = dsr_lab_conf(t->lab, t->service, persist_family(t));
	conf.opt.timeout[DSR_FLOW_STATE_PERSIST] = seconds;
	conf.opt.persist_prefix_len -= free_bits;
	KUNIT_ASSERT_EQ(t->test, dsr_lab_set(t->lab, &conf), 0);
}

/* A packet of a client, of which the last byte of the address is said. */
static struct dsr_build persist_packet(const struct persist *t, u8 client,
				       u16 sport, u16 dport, u8 flags)
{
	return (struct dsr_build) {
		.family = persist_family(t), .protocol = IPPROTO_TCP,
		.saddr = htonl(0xc6336400 | client), .daddr = DSR_LAB_VIP,
		.sport = sport, .dport = dport, .flags = flags,
		.mark = t->service->fwmark,
	};
}

/* The server that it goes to. */
static int persist_send(const struct persist *t, u8 client, u16 sport,
			u16 dport, u8 flags)
{
	struct dsr_build b = persist_packet(t, client, sport, dport, flags);

	dsr_lab_receive(t->test, t->lab, &b);
	dsr_lab_expect(t->test, t->lab, DSR_REASON_FORWARDED);
	return dsr_lab_sent_to(t->lab);
}

static void persist_server(const struct persist *t, unsigned int i,
			   struct dsr_server_conf change)
{
	struct dsr_service_key key = dsr_lab_key(t->service, persist_family(t));
	struct dsr_server_conf conf;

	conf = dsr_lab_server(t->lab, t->service, persist_family(t), i);
	change.addr = conf.addr;
	change.family = conf.family;
	mutex_lock(&t->lab->dn->lock);
	KUNIT_EXPECT_EQ(t->test, dsr_pernet_server_set(t->lab->dn, &key,
						       &change, NULL), 0);
	mutex_unlock(&t->lab->dn->lock);
}

static void persist_expect(const struct persist *t, u64 flows, u64 clients)
{
	struct dsr_stats_sum sum;

	dsr_lab_sum(t->lab, t->service, persist_family(t), &sum);
	KUNIT_EXPECT_EQ(t->test, sum.active, flows);
	KUNIT_EXPECT_EQ(t->test, sum.clients, clients);
}

/* A client's flows go where its first one went, of whichever of its ports. */
static void persist_group(struct kunit *test)
{
	static const int order[] = { 0, 1, 0, 2, 0, 1 };
	struct persist t = persist_start(test, &persist_ftp);
	unsigned int i;

	for (i = 0; i < 6; i++)
		KUNIT_EXPECT_EQ(test, persist_send(&t, i, 1025, 21, TCPHDR_SYN),
				order[i]);
	persist_expect(&t, 6, 6);
	for (i = 0; i < 6; i++) {
		KUNIT_EXPECT_EQ(test, persist_send(&t, i, 1025, 21, TCPHDR_ACK),
				order[i]);
		KUNIT_EXPECT_EQ(test, persist_send(&t, i, 1026, 2000 + i,
						   TCPHDR_SYN), order[i]);
		KUNIT_EXPECT_EQ(test, persist_send(&t, i, 1027, 21, TCPHDR_SYN),
				order[i]);
	}
	persist_expect(&t, 18, 6);
}

/* Off, each flow has its turn, be it a service of several ports or of one. */
static void persist_off(struct kunit *test)
{
	static const int order[] = { 0, 1, 0, 2, 0, 1 };
	struct persist t = persist_start(test, &persist_web);
	unsigned int i;

	for (i = 0; i < 6; i++)
		KUNIT_EXPECT_EQ(test, persist_send(&t, 7, 1025 + i, 80,
						   TCPHDR_SYN), order[i]);
	persist_expect(&t, 6, 0);
	t.service = &persist_ftp;
	KUNIT_ASSERT_EQ(test, dsr_lab_add(t.lab, t.service, persist_family(&t)),
			0);
	persist_set(&t, 0, 0);
	for (i = 0; i < 6; i++)
		KUNIT_EXPECT_EQ(test, persist_send(&t, 7, 1025 + i, 21,
						   TCPHDR_SYN), order[i]);
	persist_expect(&t, 6, 0);
}

/* Who has the first bits of the address in common is one client. */
static void persist_prefix(struct kunit *test)
{
	struct persist t = persist_start(test, &persist_web);
	unsigned int i;

	persist_set(&t, SECONDS, 2);
	for (i = 4; i < 8; i++)
		KUNIT_EXPECT_EQ(test, persist_send(&t, i, 1025, 80, TCPHDR_SYN),
				0);
	KUNIT_EXPECT_EQ(test, persist_send(&t, 8, 1025, 80, TCPHDR_SYN), 1);
	KUNIT_EXPECT_EQ(test, persist_send(&t, 3, 1025, 80, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, persist_send(&t, 2, 1025, 80, TCPHDR_SYN), 0);
	persist_expect(&t, 7, 3);
}

/* A client is known until so long after its last packet, of any flow. */
static void persist_timeout(struct kunit *test)
{
	struct persist t = persist_start(test, &persist_web);

	persist_set(&t, SECONDS, 0);
	persist_send(&t, 7, 1025, 80, TCPHDR_SYN);
	persist_send(&t, 7, 1025, 80, TCPHDR_ACK);
	dsr_lab_sweep(t.lab, SECONDS - 10);
	persist_expect(&t, 1, 1);
	dsr_lab_sweep(t.lab, SECONDS + 10);
	persist_expect(&t, 1, 0);
	KUNIT_EXPECT_EQ(test, persist_send(&t, 7, 1026, 80, TCPHDR_SYN), 1);
	persist_expect(&t, 2, 1);
	/* Off, those that are known are forgotten. */
	persist_set(&t, 0, 0);
	dsr_lab_sweep(t.lab, 10);
	persist_expect(&t, 2, 0);
}

/* What one has seen in the flow table of a client's last packet. */
static u32 persist_idle(const struct persist *t, u8 client)
{
	struct dsr_service *service = dsr_lab_find(t->lab, t->service,
						   persist_family(t));
	struct dsr_tuple tuple = { .family = persist_family(t) };
	struct dsr_flow_entry entry = {};
	bool found;

	tuple.saddr = dsr_build_addr(tuple.family, htonl(0xc6336400 | client));
	dsr_service_client(service, &tuple, &entry.tuple);
	rcu_read_lock();
	found = dsr_flow_get(rcu_dereference(t->lab->dn->flows),
			     dsr_flow_now(), &entry);
	rcu_read_unlock();
	KUNIT_EXPECT_TRUE(t->test, found);
	KUNIT_EXPECT_EQ(t->test, entry.state, DSR_FLOW_STATE_PERSIST);
	return entry.idle;
}

/* It was last seen so long ago, at its server. */
static void persist_age(const struct persist *t, u8 client, u32 idle)
{
	struct dsr_service *service = dsr_lab_find(t->lab, t->service,
						   persist_family(t));
	struct dsr_tuple tuple = { .family = persist_family(t) };
	struct dsr_flow_entry entry = {};

	tuple.saddr = dsr_build_addr(tuple.family, htonl(0xc6336400 | client));
	dsr_service_client(service, &tuple, &entry.tuple);
	rcu_read_lock();
	dsr_flow_get(rcu_dereference(t->lab->dn->flows), dsr_flow_now(),
		     &entry);
	entry.idle = idle;
	KUNIT_EXPECT_EQ(t->test, dsr_flow_put(rcu_dereference(t->lab->dn->flows),
					      dsr_flow_now(), &entry), 0);
	rcu_read_unlock();
}

/* Every packet of a flow keeps its client, not only the first. */
static void persist_seen(struct kunit *test)
{
	struct persist t = persist_start(test, &persist_ftp);

	persist_send(&t, 7, 1025, 21, TCPHDR_SYN);
	persist_age(&t, 7, 200);
	KUNIT_EXPECT_GE(test, persist_idle(&t, 7), 200);
	persist_send(&t, 7, 1025, 21, TCPHDR_ACK);
	KUNIT_EXPECT_LE(test, persist_idle(&t, 7), 2);
	persist_expect(&t, 1, 1);
}

/* A server of weight 0 keeps the flows it has; the client moves on. */
static void persist_drain(struct kunit *test)
{
	struct persist t = persist_start(test, &persist_ftp);
	int to;

	KUNIT_EXPECT_EQ(test, persist_send(&t, 7, 1025, 21, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, persist_send(&t, 7, 1025, 21, TCPHDR_ACK), 0);
	persist_server(&t, 0, (struct dsr_server_conf) {
		.weight = 0, .set = DSR_SET_WEIGHT,
	});
	to = persist_send(&t, 7, 1026, 21, TCPHDR_SYN);
	KUNIT_EXPECT_GT(test, to, 0);
	KUNIT_EXPECT_EQ(test, persist_send(&t, 7, 1027, 2000, TCPHDR_SYN), to);
	KUNIT_EXPECT_EQ(test, persist_send(&t, 7, 1025, 21, TCPHDR_ACK), 0);
	persist_expect(&t, 3, 1);
	/* Nor does it come back to it. */
	persist_server(&t, 0, (struct dsr_server_conf) {
		.weight = 3, .set = DSR_SET_WEIGHT,
	});
	KUNIT_EXPECT_EQ(test, persist_send(&t, 7, 1028, 21, TCPHDR_SYN), to);
}

/* A client whose server goes down goes elsewhere with all its flows. */
static void persist_down(struct kunit *test)
{
	struct persist t = persist_start(test, &persist_ftp);
	int to;

	KUNIT_EXPECT_EQ(test, persist_send(&t, 7, 1025, 21, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, persist_send(&t, 7, 1026, 2000, TCPHDR_SYN), 0);
	persist_server(&t, 0, (struct dsr_server_conf) {
		.down = true, .set = DSR_SET_DOWN,
	});
	to = persist_send(&t, 7, 1025, 21, TCPHDR_ACK);
	KUNIT_EXPECT_GT(test, to, 0);
	KUNIT_EXPECT_EQ(test, persist_send(&t, 7, 1026, 2000, TCPHDR_ACK), to);
	KUNIT_EXPECT_EQ(test, persist_send(&t, 7, 1027, 21, TCPHDR_SYN), to);
	persist_expect(&t, 3, 1);
}

/* It stays although its server has all the flows that others may give it. */
static void persist_full(struct kunit *test)
{
	struct persist t = persist_start(test, &persist_ftp);

	persist_server(&t, 0, (struct dsr_server_conf) {
		.max_flows = 1, .set = DSR_SET_MAX,
	});
	KUNIT_EXPECT_EQ(test, persist_send(&t, 7, 1025, 21, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, persist_send(&t, 7, 1026, 2000, TCPHDR_SYN), 0);
	KUNIT_EXPECT_GT(test, persist_send(&t, 8, 1025, 21, TCPHDR_SYN), 0);
}

/* In each service a client is another one. */
static void persist_apart(struct kunit *test)
{
	struct persist t = persist_start(test, &persist_ftp);
	struct persist mail = { test, t.lab, &persist_mail };

	KUNIT_ASSERT_EQ(test, dsr_lab_add(t.lab, &persist_mail,
					  persist_family(&t)), 0);
	KUNIT_EXPECT_EQ(test, persist_send(&t, 6, 1025, 21, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, persist_send(&t, 7, 1025, 21, TCPHDR_SYN), 1);
	KUNIT_EXPECT_EQ(test, persist_send(&t, 7, 1025, 110, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, persist_send(&t, 7, 1025, 995, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, persist_send(&t, 7, 1026, 20, TCPHDR_SYN), 1);
	persist_expect(&t, 3, 2);
	persist_expect(&mail, 2, 1);
	/* Nor is it a flow that has the same numbers. */
	t.service = &persist_web;
	KUNIT_ASSERT_EQ(test, dsr_lab_add(t.lab, &persist_web,
					  persist_family(&t)), 0);
	persist_set(&t, SECONDS, 0);
	KUNIT_EXPECT_EQ(test, persist_send(&t, 7, 80, 80, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, persist_send(&t, 8, 80, 80, TCPHDR_SYN), 1);
	persist_expect(&t, 2, 2);
}

/* Whatever it talks to: the firewall mark is all that counts. */
static void persist_by_mark(struct kunit *test)
{
	struct persist t = persist_start(test, &persist_mark);
	struct dsr_build b;

	persist_set(&t, SECONDS, 0);
	KUNIT_EXPECT_EQ(test, persist_send(&t, 7, 1025, 80, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, persist_send(&t, 8, 1025, 80, TCPHDR_SYN), 1);
	b = persist_packet(&t, 7, 1025, 53, 0);
	b.protocol = IPPROTO_UDP;
	b.daddr = DSR_IP(203, 0, 113, 1);
	dsr_lab_receive(test, t.lab, &b);
	KUNIT_EXPECT_EQ(test, dsr_lab_sent_to(t.lab), 0);
	persist_expect(&t, 3, 2);
}

/* What nobody knows any more goes by the client's hash, all of it alike. */
static void persist_midway(struct kunit *test)
{
	struct persist t = persist_start(test, &persist_ftp);
	unsigned int i, n[SERVERS] = {};
	int to;

	for (i = 0; i < 24; i++) {
		to = persist_send(&t, i, 1025, 21, TCPHDR_ACK);
		KUNIT_ASSERT_GE(test, to, 0);
		KUNIT_EXPECT_EQ(test, persist_send(&t, i, 1026, 2000,
						   TCPHDR_ACK), to);
		KUNIT_EXPECT_EQ(test, persist_send(&t, i, 1027, 21,
						   TCPHDR_SYN), to);
		n[to]++;
	}
	for (i = 0; i < SERVERS; i++)
		KUNIT_EXPECT_GT(test, n[i], 0);
	persist_expect(&t, 72, 24);
}

/* With a schedule that goes by a hash, its ports do not count either. */
static void persist_by_hash(struct kunit *test)
{
	struct persist t = persist_start(test, &persist_ftp);
	struct dsr_service_conf conf;
	unsigned int i;
	int to;

	conf = dsr_lab_conf(t.lab, t.service, persist_family(&t));
	conf.opt.sched = &dsr_sched_maglev;
	KUNIT_ASSERT_EQ(test, dsr_lab_set(t.lab, &conf), 0);
	to = persist_send(&t, 7, 1025, 21, TCPHDR_SYN);
	dsr_lab_sweep(t.lab, 1000);
	persist_expect(&t, 0, 0);
	for (i = 0; i < 24; i++)
		KUNIT_EXPECT_EQ(test, persist_send(&t, 7, 1026 + i, 2000 + i,
						   TCPHDR_SYN), to);
}

static struct kunit_case persist_cases[] = {
	KUNIT_CASE_PARAM(persist_group, dsr_lab_families),
	KUNIT_CASE_PARAM(persist_off, dsr_lab_families),
	KUNIT_CASE_PARAM(persist_prefix, dsr_lab_families),
	KUNIT_CASE_PARAM(persist_timeout, dsr_lab_families),
	KUNIT_CASE_PARAM(persist_seen, dsr_lab_families),
	KUNIT_CASE_PARAM(persist_drain, dsr_lab_families),
	KUNIT_CASE_PARAM(persist_down, dsr_lab_families),
	KUNIT_CASE_PARAM(persist_full, dsr_lab_families),
	KUNIT_CASE_PARAM(persist_apart, dsr_lab_families),
	KUNIT_CASE_PARAM(persist_by_mark, dsr_lab_families),
	KUNIT_CASE_PARAM(persist_midway, dsr_lab_families),
	KUNIT_CASE_PARAM(persist_by_hash, dsr_lab_families),
	{}
};

static struct kunit_suite persist_suite = {
	.name		= "dsr_persist",
	.test_cases	= persist_cases,
};

kunit_test_suite(persist_suite);

// SPDX-License-Identifier: GPL-2.0
/*
 * The options of services and servers, by what becomes of packets.
 */
#include <net/tcp.h>
#include "tests/kunit/lab.h"

#define SERVERS	3
#define CLIENTS	24

/* Servers at 3:2:1. */
static const struct dsr_lab_service life_web = {
	"web", IPPROTO_TCP, DSR_LAB_VIP, 0, { { 80, 80 } },
	.servers = SERVERS,
};

static struct dsr_lab *life_start(struct kunit *test,
				  const struct dsr_lab_service *s)
{
	struct dsr_lab *lab = dsr_lab_start(test);

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, s, dsr_lab_family(test)), 0);
	return lab;
}

static struct dsr_service_conf life_conf(struct kunit *test,
					 struct dsr_lab *lab)
{
	return dsr_lab_conf(lab, &life_web, dsr_lab_family(test));
}

static void life_set(struct kunit *test, struct dsr_lab *lab,
		     const struct dsr_service_conf *conf)
{
	KUNIT_ASSERT_EQ(test, dsr_lab_set(lab, conf), 0);
}

static struct dsr_build life_packet(struct kunit *test, u16 sport, u8 flags)
{
	return (struct dsr_build) {
		.family = dsr_lab_family(test), .protocol = IPPROTO_TCP,
		.saddr = DSR_LAB_CLIENT, .daddr = DSR_LAB_VIP, .sport = sport,
		.dport = 80, .flags = flags,
	};
}

/* The server that a packet from a port is sent to. */
static int life_send(struct kunit *test, struct dsr_lab *lab, u16 sport,
		     u8 flags)
{
	struct dsr_build b = life_packet(test, sport, flags);

	dsr_lab_receive(test, lab, &b);
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
	return dsr_lab_sent_to(lab);
}

static u64 life_active(struct kunit *test, struct dsr_lab *lab)
{
	struct dsr_stats_sum sum;

	dsr_lab_sum(lab, &life_web, dsr_lab_family(test), &sum);
	return sum.active;
}

/* Flows that are left when so many seconds have gone by. */
static u64 life_left(struct kunit *test, struct dsr_lab *lab, u32 seconds)
{
	struct dsr_flow_table *flows;

	mutex_lock(&lab->dn->lock);
	flows = rcu_dereference_protected(lab->dn->flows,
					  lockdep_is_held(&lab->dn->lock));
	cancel_delayed_work_sync(&flows->sweep);
	dsr_flow_sweep(flows, dsr_flow_now() + seconds);
	mutex_unlock(&lab->dn->lock);
	return life_active(test, lab);
}

/* Each state's timeout is its own, and holds for flows that there are. */
static void life_timeouts(struct kunit *test)
{
	struct dsr_lab *lab = life_start(test, &life_web);
	struct dsr_service_conf conf = life_conf(test, lab);

	life_send(test, lab, 1000, TCPHDR_SYN);
	life_send(test, lab, 1001, TCPHDR_SYN);
	life_send(test, lab, 1001, TCPHDR_ACK);
	life_send(test, lab, 1002, TCPHDR_SYN);
	life_send(test, lab, 1002, TCPHDR_FIN);
	KUNIT_EXPECT_EQ(test, life_left(test, lab, 50), 3);
	conf.opt.timeout[DSR_FLOW_STATE_SYN] = 10;
	life_set(test, lab, &conf);
	KUNIT_EXPECT_EQ(test, life_left(test, lab, 9), 3);
	KUNIT_EXPECT_EQ(test, life_left(test, lab, 50), 2);
	conf.opt.timeout[DSR_FLOW_STATE_ESTABLISHED] = 20;
	life_set(test, lab, &conf);
	KUNIT_EXPECT_EQ(test, life_left(test, lab, 50), 1);
	conf.opt.timeout[DSR_FLOW_STATE_CLOSING] = 30;
	life_set(test, lab, &conf);
	KUNIT_EXPECT_EQ(test, life_left(test, lab, 50), 0);
}

/* Where the packets of so many new flows of one client go. */
static void life_spread(struct kunit *test, struct dsr_lab *lab, u16 first,
			int *to)
{
	unsigned int i;

	for (i = 0; i < CLIENTS; i++)
		to[i] = life_send(test, lab, first + i, TCPHDR_SYN);
}

static unsigned int life_equal(const int *a, const int *b)
{
	unsigned int i, n = 0;

	for (i = 0; i < CLIENTS; i++)
		n += a[i] == b[i];
	return n;
}

/* By the source a client has one server, by the flow it has several. */
static void life_hash_on(struct kunit *test)
{
	struct dsr_lab *lab = life_start(test, &life_web);
	struct dsr_service_conf conf = life_conf(test, lab);
	int first[CLIENTS], to[CLIENTS];
	unsigned int i;

	conf.opt.sched = &dsr_sched_sh;
	conf.opt.hash_on = DSR_HASH_ON_DEFAULT;
	life_set(test, lab, &conf);
	life_spread(test, lab, 1000, to);
	for (i = 0; i < CLIENTS; i++)
		first[i] = to[0];
	KUNIT_EXPECT_EQ(test, life_equal(to, first), CLIENTS);
	conf.opt.hash_on = DSR_HASH_ON_FLOW;
	life_set(test, lab, &conf);
	life_spread(test, lab, 2000, to);
	KUNIT_EXPECT_LT(test, life_equal(to, first), CLIENTS);
	conf.opt.hash_on = DSR_HASH_ON_SOURCE;
	life_set(test, lab, &conf);
	life_spread(test, lab, 3000, to);
	KUNIT_EXPECT_EQ(test, life_equal(to, first), CLIENTS);
}

/* The same key makes the same choices again, another one others. */
static void life_hash_key(struct kunit *test)
{
	struct dsr_lab *lab = life_start(test, &life_web);
	struct dsr_service_conf conf = life_conf(test, lab);
	int one[CLIENTS], other[CLIENTS], again[CLIENTS];

	conf.opt.sched = &dsr_sched_maglev;
	conf.opt.hash_key.key[0] = 1;
	life_set(test, lab, &conf);
	life_spread(test, lab, 1000, one);
	KUNIT_EXPECT_EQ(test, life_left(test, lab, 1000), 0);
	conf.opt.hash_key.key[0] = 2;
	life_set(test, lab, &conf);
	life_spread(test, lab, 1000, other);
	KUNIT_EXPECT_EQ(test, life_left(test, lab, 1000), 0);
	conf.opt.hash_key.key[0] = 1;
	life_set(test, lab, &conf);
	life_spread(test, lab, 1000, again);
	KUNIT_EXPECT_LT(test, life_equal(one, other), CLIENTS);
	KUNIT_EXPECT_EQ(test, life_equal(one, again), CLIENTS);
}

/* Change what @set says of a server, which has nothing else to change. */
static void life_server(struct kunit *test, struct dsr_lab *lab, unsigned int i,
			struct dsr_server_conf change)
{
	u8 family = dsr_lab_family(test);
	struct dsr_service_key key = dsr_lab_key(&life_web, family);
	struct dsr_server_conf conf;

	conf = dsr_lab_server(lab, &life_web, family, i);
	change.addr = conf.addr;
	change.family = conf.family;
	mutex_lock(&lab->dn->lock);
	KUNIT_EXPECT_EQ(test, dsr_pernet_server_set(lab->dn, &key, &change,
						    NULL), 0);
	mutex_unlock(&lab->dn->lock);
}

static void life_down(struct kunit *test, struct dsr_lab *lab, unsigned int i,
		      bool down)
{
	life_server(test, lab, i, (struct dsr_server_conf) {
		.down = down, .set = DSR_SET_DOWN,
	});
}

static u32 life_share(struct kunit *test, struct dsr_lab *lab, unsigned int i)
{
	u8 family = dsr_lab_family(test);
	struct dsr_server_conf conf = dsr_lab_server(lab, &life_web, family, i);
	struct dsr_service *service = dsr_lab_find(lab, &life_web, family);
	u32 share;

	mutex_lock(&lab->dn->lock);
	share = dsr_pernet_find_server(service, &conf, NULL)->share;
	mutex_unlock(&lab->dn->lock);
	return share;
}

static void life_refused(struct kunit *test, struct dsr_lab *lab, u16 sport,
			 u8 flags, enum dsr_reason reason)
{
	struct dsr_build b = life_packet(test, sport, flags);

	dsr_lab_receive(test, lab, &b);
	dsr_lab_expect(test, lab, reason);
	dsr_lab_expect_nothing(test, lab);
}

/* A server that is down gets nothing: its flows go elsewhere, and stay there. */
static void life_server_down(struct kunit *test)
{
	struct dsr_lab *lab = life_start(test, &life_web);
	unsigned int i;
	int to;

	KUNIT_EXPECT_EQ(test, life_send(test, lab, 1000, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, life_share(test, lab, 0), 3);
	life_down(test, lab, 0, true);
	KUNIT_EXPECT_EQ(test, life_share(test, lab, 0), 0);
	KUNIT_EXPECT_EQ(test, life_share(test, lab, 1), 2);
	to = life_send(test, lab, 1000, TCPHDR_ACK);
	KUNIT_EXPECT_GT(test, to, 0);
	for (i = 1; i < 12; i++)
		KUNIT_EXPECT_GT(test, life_send(test, lab, 1000 + i,
						TCPHDR_SYN), 0);
	life_down(test, lab, 0, false);
	KUNIT_EXPECT_EQ(test, life_send(test, lab, 1000, TCPHDR_ACK), to);
	KUNIT_EXPECT_EQ(test, life_share(test, lab, 0), 3);
}

/* With all the flows that it may have it gets none, until it has few enough. */
static void life_limits(struct kunit *test)
{
	struct dsr_lab *lab = life_start(test, &life_web);

	life_down(test, lab, 1, true);
	life_down(test, lab, 2, true);
	life_server(test, lab, 0, (struct dsr_server_conf) {
		.max_flows = 3, .min_flows = 2,
		.set = DSR_SET_MAX | DSR_SET_MIN,
	});
	life_send(test, lab, 1000, TCPHDR_SYN);
	life_send(test, lab, 1001, TCPHDR_SYN);
	life_send(test, lab, 1002, TCPHDR_SYN);
	life_refused(test, lab, 1003, TCPHDR_SYN, DSR_REASON_NO_SERVER);
	life_send(test, lab, 1000, TCPHDR_ACK);
	life_send(test, lab, 1001, TCPHDR_ACK);
	KUNIT_EXPECT_EQ(test, life_left(test, lab, 130), 2);
	life_refused(test, lab, 1003, TCPHDR_SYN, DSR_REASON_NO_SERVER);

	life_send(test, lab, 1001, TCPHDR_FIN);
	KUNIT_EXPECT_EQ(test, life_left(test, lab, 130), 1);
	life_send(test, lab, 1004, TCPHDR_SYN);
	KUNIT_EXPECT_EQ(test, life_active(test, lab), 2);
	life_send(test, lab, 1005, TCPHDR_SYN);
	life_refused(test, lab, 1006, TCPHDR_SYN, DSR_REASON_NO_SERVER);
	life_down(test, lab, 1, false);
	KUNIT_EXPECT_EQ(test, life_send(test, lab, 1006, TCPHDR_SYN), 1);
}

/* It gets flows when the others are full or gone, and only then. */
static void life_fallback(struct kunit *test)
{
	struct dsr_lab *lab = life_start(test, &life_web);
	unsigned int i;

	life_server(test, lab, 0, (struct dsr_server_conf) {
		.fallback = true, .set = DSR_SET_FALLBACK,
	});
	KUNIT_EXPECT_EQ(test, life_share(test, lab, 0), 0);
	for (i = 0; i < 12; i++)
		KUNIT_EXPECT_GT(test, life_send(test, lab, 1000 + i,
						TCPHDR_SYN), 0);
	for (i = 1; i < SERVERS; i++)
		life_server(test, lab, i, (struct dsr_server_conf) {
			.max_flows = 1, .set = DSR_SET_MAX,
		});
	KUNIT_EXPECT_EQ(test, life_send(test, lab, 1100, TCPHDR_SYN), 0);
	for (i = 1; i < SERVERS; i++)
		life_server(test, lab, i, (struct dsr_server_conf) {
			.max_flows = 0, .set = DSR_SET_MAX,
		});
	KUNIT_EXPECT_GT(test, life_send(test, lab, 1101, TCPHDR_SYN), 0);
	for (i = 1; i < SERVERS; i++)
		life_down(test, lab, i, true);
	KUNIT_EXPECT_EQ(test, life_send(test, lab, 1102, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, life_share(test, lab, 0), 3);
	life_down(test, lab, 1, false);
	KUNIT_EXPECT_EQ(test, life_send(test, lab, 1103, TCPHDR_SYN), 1);
	KUNIT_EXPECT_EQ(test, life_send(test, lab, 1102, TCPHDR_ACK), 0);
}

/* Each packet has its turn, and no flow comes of it; as those before it did. */
static void life_sessionless(struct kunit *test)
{
	static const int order[] = { 1, 0, 2, 0, 1, 0 };
	struct dsr_lab *lab = life_start(test, &life_web);
	struct dsr_service_conf conf = life_conf(test, lab);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, life_send(test, lab, 1000, TCPHDR_SYN), 0);
	conf.opt.sessionless = true;
	life_set(test, lab, &conf);
	for (i = 0; i < ARRAY_SIZE(order); i++)
		KUNIT_EXPECT_EQ(test, life_send(test, lab, 1000 + i % 2,
						TCPHDR_ACK), order[i]);
	KUNIT_EXPECT_EQ(test, life_active(test, lab), 1);

	conf.opt.sched = &dsr_sched_maglev;
	life_set(test, lab, &conf);
	for (i = 0; i < 6; i++)
		KUNIT_EXPECT_EQ(test, life_send(test, lab, 1001, TCPHDR_ACK),
				life_send(test, lab, 1001, TCPHDR_ACK));
	KUNIT_EXPECT_EQ(test, life_active(test, lab), 1);
	conf.opt.sessionless = false;
	life_set(test, lab, &conf);
	KUNIT_EXPECT_EQ(test, life_send(test, lab, 1000, TCPHDR_ACK), 0);
}

static struct kunit_case life_kunit_cases[] = {
	KUNIT_CASE_PARAM(life_timeouts, dsr_lab_families),
	KUNIT_CASE_PARAM(life_hash_on, dsr_lab_families),
	KUNIT_CASE_PARAM(life_hash_key, dsr_lab_families),
	KUNIT_CASE_PARAM(life_server_down, dsr_lab_families),
	KUNIT_CASE_PARAM(life_limits, dsr_lab_families),
	KUNIT_CASE_PARAM(life_fallback, dsr_lab_families),
	KUNIT_CASE_PARAM(life_sessionless, dsr_lab_families),
	{}
};

static struct kunit_suite life_suite = {
	.name		= "dsr_life",
	.test_cases	= life_kunit_cases,
};

kunit_test_suite(life_suite);

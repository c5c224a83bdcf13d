// SPDX-License-Identifier: GPL-2.0
/*
 * The flow table: affinity, the race for one flow, timeouts, a full bucket.
 */
#include <net/tcp.h>
#include "kmod/flow.h"
#include "kmod/server.h"
#include "tests/kunit/skb_build.h"

#define SYN_TIMEOUT	(60 * HZ)
#define TCP_TIMEOUT	(900 * HZ)
#define CLOSING_TIMEOUT	(120 * HZ)
#define UDP_TIMEOUT	(300 * HZ)

/* Which servers were told to have lost a flow, in order. */
struct flow_log {
	u32		server[64];
	unsigned int	n;
};

static void flow_ended(void *data, u32 server)
{
	struct flow_log *log = data;

	if (log->n < ARRAY_SIZE(log->server))
		log->server[log->n++] = server;
}

static void flow_destroy(void *data)
{
	dsr_flow_table_destroy(data);
}

static struct dsr_flow_table *flow_create(struct kunit *test, u32 flows,
					  struct flow_log *log)
{
	struct dsr_flow_table *table;

	table = dsr_flow_table_create(flows, flow_ended, log);
	KUNIT_ASSERT_NOT_NULL(test, table);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, flow_destroy,
							table), 0);
	return table;
}

static struct dsr_tuple flow_tuple(u8 protocol, u16 sport)
{
	return (struct dsr_tuple) {
		.saddr.ip	= DSR_IP(198, 51, 100, 7),
		.daddr.ip	= DSR_IP(192, 0, 2, 10),
		.sport		= htons(sport),
		.dport		= htons(80),
		.protocol	= protocol,
		.family		= AF_INET,
	};
}

static struct dsr_packet flow_packet(const struct dsr_tuple *tuple, u8 flags)
{
	return (struct dsr_packet) { .tuple = *tuple, .tcp_flags = flags };
}

/* The server of a flow by a packet of these TCP flags. */
static u32 flow_flags(struct dsr_flow_table *table,
		      const struct dsr_tuple *tuple, u8 flags, u32 now)
{
	struct dsr_packet pkt = flow_packet(tuple, flags);
	u64 hash = dsr_tuple_hash(tuple, &table->key);
	u32 server;

	local_bh_disable();
	rcu_read_lock();
	server = dsr_flow_lookup(table, &pkt, hash, now);
	rcu_read_unlock();
	local_bh_enable();
	return server;
}

static u32 flow_lookup(struct dsr_flow_table *table,
		       const struct dsr_tuple *tuple, u32 now)
{
	return flow_flags(table, tuple,
			  tuple->protocol == IPPROTO_TCP ? TCPHDR_ACK : 0, now);
}

static bool flow_assign(struct dsr_flow_table *table,
			const struct dsr_tuple *tuple, u32 now, u32 old,
			u32 *server)
{
	struct dsr_packet pkt = flow_packet(tuple, TCPHDR_SYN);
	u64 hash = dsr_tuple_hash(tuple, &table->key);
	bool done;

	local_bh_disable();
	rcu_read_lock();
	done = dsr_flow_assign(table, &pkt, hash, now, old, server);
	rcu_read_unlock();
	local_bh_enable();
	return done;
}

static void flow_add(struct kunit *test, struct dsr_flow_table *table,
		     const struct dsr_tuple *tuple, u32 now, u32 server)
{
	u32 got = server;

	KUNIT_EXPECT_TRUE(test, flow_assign(table, tuple, now,
					    DSR_SERVER_NONE, &got));
	KUNIT_EXPECT_EQ(test, got, server);
}

/* A flow is found by its whole tuple, and by nothing less. */
static void flow_affinity(struct kunit *test)
{
	struct dsr_tuple tuple = flow_tuple(IPPROTO_TCP, 1025), other;
	struct flow_log log = {};
	struct dsr_flow_table *table = flow_create(test, 1024, &log);
	u32 now = 1000 * HZ;

	KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple, now),
			DSR_SERVER_NONE);
	flow_add(test, table, &tuple, now, 11);
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple, now), 11);

	other = tuple;
	other.sport = htons(1026);
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &other, now), DSR_SERVER_NONE);
	other = tuple;
	other.dport = htons(81);
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &other, now), DSR_SERVER_NONE);
	other = tuple;
	other.protocol = IPPROTO_UDP;
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &other, now), DSR_SERVER_NONE);
	other = tuple;
	other.saddr.ip = DSR_IP(198, 51, 100, 8);
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &other, now), DSR_SERVER_NONE);
	other = tuple;
	other.daddr.ip = DSR_IP(192, 0, 2, 11);
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &other, now), DSR_SERVER_NONE);
	KUNIT_EXPECT_EQ(test, log.n, 0);
}

static void flow_ipv6(struct kunit *test)
{
	struct dsr_tuple tuple = flow_tuple(IPPROTO_TCP, 1025), other;
	struct flow_log log = {};
	struct dsr_flow_table *table = flow_create(test, 1024, &log);

	tuple.family = AF_INET6;
	memset(&tuple.saddr, 0x20, sizeof(tuple.saddr));
	flow_add(test, table, &tuple, 0, 11);
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple, 0), 11);
	other = tuple;
	other.saddr.all[3] ^= 1;
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &other, 0), DSR_SERVER_NONE);
}

/* Of two that want to give a flow a server, the first one does. */
static void flow_first_decides(struct kunit *test)
{
	struct dsr_tuple tuple = flow_tuple(IPPROTO_TCP, 1025);
	struct flow_log log = {};
	struct dsr_flow_table *table = flow_create(test, 1024, &log);
	u32 server = 12;

	flow_add(test, table, &tuple, 0, 11);
	KUNIT_EXPECT_FALSE(test, flow_assign(table, &tuple, 0, DSR_SERVER_NONE,
					     &server));
	KUNIT_EXPECT_EQ(test, server, 11);
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple, 0), 11);
	KUNIT_EXPECT_EQ(test, log.n, 0);
}

/* A flow moves only for one that knows which server it had. */
static void flow_moves(struct kunit *test)
{
	struct dsr_tuple tuple = flow_tuple(IPPROTO_TCP, 1025);
	struct flow_log log = {};
	struct dsr_flow_table *table = flow_create(test, 1024, &log);
	u32 server = 12;

	flow_add(test, table, &tuple, 0, 11);
	KUNIT_EXPECT_TRUE(test, flow_assign(table, &tuple, 0, 11, &server));
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple, 0), 12);
	KUNIT_EXPECT_EQ(test, log.n, 1);
	KUNIT_EXPECT_EQ(test, log.server[0], 11);

	server = 13;
	KUNIT_EXPECT_FALSE(test, flow_assign(table, &tuple, 0, 11, &server));
	KUNIT_EXPECT_EQ(test, server, 12);
	KUNIT_EXPECT_EQ(test, log.n, 1);
}

static void flow_times_out(struct kunit *test, u8 protocol, u32 timeout,
			   u32 start)
{
	struct dsr_tuple tuple = flow_tuple(protocol, 1025);
	struct flow_log log = {};
	struct dsr_flow_table *table = flow_create(test, 1024, &log);
	u32 now = start;

	flow_add(test, table, &tuple, now, 11);
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple, now), 11);
	/* Each packet gives it a whole timeout again. */
	now += timeout;
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple, now), 11);
	now += timeout;
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple, now), 11);
	now += timeout + 1;
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple, now),
			DSR_SERVER_NONE);
	/* Its place is given to a new flow without a word of the old server. */
	flow_add(test, table, &tuple, now, 12);
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple, now), 12);
	KUNIT_EXPECT_EQ(test, log.n, 1);
	KUNIT_EXPECT_EQ(test, log.server[0], 11);
}

/*
 * What comes of a connection, packet by packet: who has it then, and how long
 * it may be silent. 0 for nobody: the packet begins another connection.
 */
static const struct flow_life {
	const char	*desc;
	struct {
		u8	flags;
		u32	server;
	} step[8];
	u32		timeout;
} flow_lives[] = {
	{ "only its syn", { }, SYN_TIMEOUT },
	{ "its syn again", { { TCPHDR_SYN, 11 }, { TCPHDR_SYN, 11 } },
	  SYN_TIMEOUT },
	{ "established", { { TCPHDR_ACK, 11 } }, TCP_TIMEOUT },
	{ "a syn amid it is left to the server",
	  { { TCPHDR_ACK, 11 }, { TCPHDR_SYN, 11 } }, TCP_TIMEOUT },
	{ "a syn with an ack is no beginning",
	  { { TCPHDR_FIN | TCPHDR_ACK, 11 }, { TCPHDR_SYN | TCPHDR_ACK, 11 } },
	  CLOSING_TIMEOUT },
	{ "the client closes",
	  { { TCPHDR_ACK, 11 }, { TCPHDR_FIN | TCPHDR_ACK, 11 },
	    { TCPHDR_ACK, 11 }, { TCPHDR_ACK | TCPHDR_PSH, 11 } },
	  CLOSING_TIMEOUT },
	{ "closed and begun anew",
	  { { TCPHDR_ACK, 11 }, { TCPHDR_FIN | TCPHDR_ACK, 11 },
	    { TCPHDR_ACK, 11 }, { TCPHDR_SYN, 0 } }, 0 },
	{ "the client resets",
	  { { TCPHDR_ACK, 11 }, { TCPHDR_RST, 11 } }, CLOSING_TIMEOUT },
	{ "reset and begun anew",
	  { { TCPHDR_ACK, 11 }, { TCPHDR_RST | TCPHDR_ACK, 11 },
	    { TCPHDR_SYN, 0 } }, 0 },
	{ "refused and begun anew with ecn",
	  { { TCPHDR_RST, 11 }, { TCPHDR_SYN | TCPHDR_ECE | TCPHDR_CWR, 0 } },
	  0 },
};

static void flow_life_desc(const struct flow_life *life, char *desc)
{
	strscpy(desc, life->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(flow_life, flow_lives, flow_life_desc);

static void flow_follows_tcp(struct kunit *test)
{
	struct dsr_tuple tuple = flow_tuple(IPPROTO_TCP, 1025);
	const struct flow_life *life = test->param_value;
	struct flow_log log = {};
	struct dsr_flow_table *table = flow_create(test, 1024, &log);
	u32 now = 5000, got;
	unsigned int i;

	flow_add(test, table, &tuple, now, 11);
	for (i = 0; life->step[i].flags; i++) {
		KUNIT_EXPECT_EQ(test, log.n, 0);
		got = flow_flags(table, &tuple, life->step[i].flags, now);
		KUNIT_EXPECT_EQ_MSG(test, got,
				    life->step[i].server ?: DSR_SERVER_NONE,
				    "step %u", i);
	}
	if (life->timeout) {
		now += life->timeout;
		dsr_flow_sweep(table, 0, table->mask + 1, now);
		KUNIT_EXPECT_EQ(test, log.n, 0);
		dsr_flow_sweep(table, 0, table->mask + 1, now + 1);
	} else {
		KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple, now),
				DSR_SERVER_NONE);
	}
	KUNIT_EXPECT_EQ(test, log.n, 1);
	KUNIT_EXPECT_EQ(test, log.server[0], 11);
}

static void flow_timeouts(struct kunit *test)
{
	flow_times_out(test, IPPROTO_TCP, TCP_TIMEOUT, 1000);
	flow_times_out(test, IPPROTO_UDP, UDP_TIMEOUT, 1000);
}

/* The clock may pass its end in the middle. */
static void flow_clock_wraps(struct kunit *test)
{
	flow_times_out(test, IPPROTO_TCP, TCP_TIMEOUT, -TCP_TIMEOUT / 2);
	flow_times_out(test, IPPROTO_UDP, UDP_TIMEOUT, -1);
}

/* Another CPU's clock may be ahead: then a flow is fresh, not ancient. */
static void flow_clock_behind(struct kunit *test)
{
	struct dsr_tuple tuple = flow_tuple(IPPROTO_TCP, 1025);
	struct flow_log log = {};
	struct dsr_flow_table *table = flow_create(test, 1024, &log);

	flow_add(test, table, &tuple, 1000, 11);
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple, 999), 11);
}

static void flow_sweep(struct kunit *test)
{
	struct dsr_tuple tcp = flow_tuple(IPPROTO_TCP, 1025);
	struct dsr_tuple udp = flow_tuple(IPPROTO_UDP, 1025);
	struct flow_log log = {};
	struct dsr_flow_table *table = flow_create(test, 1024, &log);
	u32 now = 5000;

	flow_add(test, table, &tcp, now, 11);
	flow_add(test, table, &udp, now, 12);
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &tcp, now), 11);
	dsr_flow_sweep(table, 0, table->mask + 1, now + UDP_TIMEOUT);
	KUNIT_EXPECT_EQ(test, log.n, 0);
	dsr_flow_sweep(table, 0, table->mask + 1, now + UDP_TIMEOUT + 1);
	KUNIT_EXPECT_EQ(test, log.n, 1);
	KUNIT_EXPECT_EQ(test, log.server[0], 12);
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &udp, now), DSR_SERVER_NONE);
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &tcp, now), 11);
}

/* One bucket: eight flows fit, the ninth takes the longest silent's place. */
static void flow_full_bucket(struct kunit *test)
{
	struct dsr_tuple tuple[9];
	struct flow_log log = {};
	struct dsr_flow_table *table = flow_create(test, 1, &log);
	u32 now = 5000;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, table->mask, 0);
	for (i = 0; i < 9; i++)
		tuple[i] = flow_tuple(IPPROTO_TCP, 1025 + i);
	for (i = 0; i < 8; i++)
		flow_add(test, table, &tuple[i], now + i * HZ, 100 + i);
	for (i = 0; i < 8; i++)
		KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple[i],
						  now + i * HZ), 100 + i);

	/* The first one speaks again, so the second is silent for longest. */
	now += 10 * HZ;
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple[0], now), 100);
	flow_add(test, table, &tuple[8], now, 108);
	KUNIT_EXPECT_EQ(test, log.n, 1);
	KUNIT_EXPECT_EQ(test, log.server[0], 101);
	for (i = 0; i < 9; i++)
		KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple[i], now),
				i == 1 ? DSR_SERVER_NONE : 100 + i);
}

/* However many flows come, memory does not grow and none is counted twice. */
static void flow_bounded(struct kunit *test)
{
	struct flow_log log = {};
	struct dsr_flow_table *table = flow_create(test, 64, &log);
	unsigned int i, found = 0;
	struct dsr_tuple tuple;

	KUNIT_ASSERT_EQ(test, table->mask, 7);
	for (i = 0; i < 100; i++) {
		tuple = flow_tuple(IPPROTO_UDP, i);
		flow_add(test, table, &tuple, 5000, 1 + i);
	}
	for (i = 0; i < 100; i++) {
		tuple = flow_tuple(IPPROTO_UDP, i);
		found += flow_lookup(table, &tuple, 5000) == 1 + i;
	}
	KUNIT_EXPECT_LE(test, found, 64);
	KUNIT_EXPECT_EQ(test, found + log.n, 100);
}

static struct kunit_case flow_kunit_cases[] = {
	KUNIT_CASE(flow_affinity),
	KUNIT_CASE(flow_ipv6),
	KUNIT_CASE(flow_first_decides),
	KUNIT_CASE(flow_moves),
	KUNIT_CASE_PARAM(flow_follows_tcp, flow_life_gen_params),
	KUNIT_CASE(flow_timeouts),
	KUNIT_CASE(flow_clock_wraps),
	KUNIT_CASE(flow_clock_behind),
	KUNIT_CASE(flow_sweep),
	KUNIT_CASE(flow_full_bucket),
	KUNIT_CASE(flow_bounded),
	{}
};

static struct kunit_suite flow_suite = {
	.name		= "dsr_flow",
	.test_cases	= flow_kunit_cases,
};

kunit_test_suite(flow_suite);

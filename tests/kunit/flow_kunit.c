// SPDX-License-Identifier: GPL-2.0
/*
 * The flow table: affinity, the race for one flow, timeouts, who makes room
 * when it is full, that it grows and shrinks without losing a flow, and that
 * who lists flows misses none.
 */
#include <net/tcp.h>
#include "kmod/flow.h"
#include "kmod/server.h"
#include "tests/kunit/skb_build.h"

#define SYN_TIMEOUT	60
#define TCP_TIMEOUT	900
#define CLOSING_TIMEOUT	120
#define UDP_TIMEOUT	300

/* Which servers were told to have lost a flow, in order; and how many got one. */
struct flow_log {
	u32		server[64];
	unsigned int	n;
	unsigned int	begun;
};

static u32 flow_timeout(void *data, u32 server, enum dsr_flow_state state)
{
	static const u32 timeout[] = {
		SYN_TIMEOUT, TCP_TIMEOUT, CLOSING_TIMEOUT, UDP_TIMEOUT,
		UDP_TIMEOUT,
	};

	return timeout[state];
}

static void flow_begun(void *data, u32 server, enum dsr_flow_state state)
{
	struct flow_log *log = data;

	log->begun++;
}

static void flow_ended(void *data, u32 server, enum dsr_flow_state state)
{
	struct flow_log *log = data;

	if (log->n < ARRAY_SIZE(log->server))
		log->server[log->n] = server;
	log->n++;
}

static bool flow_gateway(void *data, u32 server)
{
	return false;
}

static const struct dsr_flow_ops flow_ops = {
	.timeout	= flow_timeout,
	.begun		= flow_begun,
	.ended		= flow_ended,
	.gateway	= flow_gateway,
};

static void flow_destroy(void *data)
{
	dsr_flow_table_destroy(data);
}

static struct dsr_flow_table *flow_create(struct kunit *test, u32 flows,
					  struct flow_log *log)
{
	struct dsr_flow_table *table;

	table = dsr_flow_table_create(flows, &flow_ops, log);
	KUNIT_ASSERT_NOT_NULL(test, table);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, flow_destroy,
							table), 0);
	/* A slow machine would come to it amid the test's own sweeps. */
	cancel_delayed_work_sync(&table->sweep);
	/* Not by chance: which flows meet in a bucket. */
	table->key = (siphash_key_t){ { 1, 2 } };
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

static enum dsr_flow_assigned flow_assign(struct dsr_flow_table *table,
					  const struct dsr_tuple *tuple,
					  u32 now, u32 old, u32 *server)
{
	struct dsr_packet pkt = flow_packet(tuple, TCPHDR_SYN);
	u64 hash = dsr_tuple_hash(tuple, &table->key);
	enum dsr_flow_assigned what;

	local_bh_disable();
	rcu_read_lock();
	what = dsr_flow_assign(table, &pkt, hash, now, old, server);
	rcu_read_unlock();
	local_bh_enable();
	return what;
}

static void flow_add(struct kunit *test, struct dsr_flow_table *table,
		     const struct dsr_tuple *tuple, u32 now, u32 server)
{
	u32 got = server;

	KUNIT_EXPECT_EQ(test, flow_assign(table, tuple, now, DSR_SERVER_NONE,
					  &got), DSR_FLOW_BEGUN);
	KUNIT_EXPECT_EQ(test, got, server);
}

/* A flow is found by its whole tuple, and by nothing less. */
static void flow_affinity(struct kunit *test)
{
	struct dsr_tuple tuple = flow_tuple(IPPROTO_TCP, 1025), other;
	struct flow_log log = {};
	struct dsr_flow_table *table = flow_create(test, 1024, &log);
	u32 now = 1000;

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
	KUNIT_EXPECT_EQ(test, flow_assign(table, &tuple, 0, DSR_SERVER_NONE,
					  &server), DSR_FLOW_FOUND);
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
	KUNIT_EXPECT_EQ(test, flow_assign(table, &tuple, 0, 11, &server),
			DSR_FLOW_BEGUN);
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple, 0), 12);
	KUNIT_EXPECT_EQ(test, log.n, 1);
	KUNIT_EXPECT_EQ(test, log.server[0], 11);

	server = 13;
	KUNIT_EXPECT_EQ(test, flow_assign(table, &tuple, 0, 11, &server),
			DSR_FLOW_FOUND);
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
		dsr_flow_sweep(table, now);
		KUNIT_EXPECT_EQ(test, log.n, 0);
		dsr_flow_sweep(table, now + 1);
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

/* The clock may pass its end in the middle: 24 bits, and 32. */
static void flow_clock_wraps(struct kunit *test)
{
	flow_times_out(test, IPPROTO_TCP, TCP_TIMEOUT, -TCP_TIMEOUT / 2);
	flow_times_out(test, IPPROTO_UDP, UDP_TIMEOUT, -1);
	flow_times_out(test, IPPROTO_TCP, TCP_TIMEOUT, 0xffffff - TCP_TIMEOUT);
	flow_times_out(test, IPPROTO_UDP, UDP_TIMEOUT, 0xffffff);
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
	dsr_flow_sweep(table, now + UDP_TIMEOUT);
	KUNIT_EXPECT_EQ(test, log.n, 0);
	dsr_flow_sweep(table, now + UDP_TIMEOUT + 1);
	KUNIT_EXPECT_EQ(test, log.n, 1);
	KUNIT_EXPECT_EQ(test, log.server[0], 12);
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &udp, now), DSR_SERVER_NONE);
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &tcp, now), 11);
}

/* A table of a single bucket, in which these four flows are established. */
static struct dsr_flow_table *flow_full(struct kunit *test,
					struct flow_log *log,
					struct dsr_tuple *tuple, u32 now)
{
	struct dsr_flow_table *table = flow_create(test, 3, log);
	unsigned int i;

	KUNIT_ASSERT_EQ(test, table->family[0].max, 1);
	for (i = 0; i < DSR_FLOW_WAYS; i++) {
		tuple[i] = flow_tuple(IPPROTO_TCP, 1025 + i);
		flow_add(test, table, &tuple[i], now + i, 100 + i);
		KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple[i], now + i),
				100 + i);
	}
	return table;
}

/* Established flows do not make room, and are not disturbed. */
static void flow_full_established(struct kunit *test)
{
	struct dsr_tuple tuple[DSR_FLOW_WAYS], other;
	struct flow_log log = {};
	struct dsr_flow_table *table = flow_full(test, &log, tuple, 5000);
	u32 server = 200;
	unsigned int i;

	for (i = 0; i < 100; i++) {
		other = flow_tuple(IPPROTO_TCP, 2000 + i);
		KUNIT_EXPECT_EQ(test, flow_assign(table, &other, 5010,
						  DSR_SERVER_NONE, &server),
				DSR_FLOW_UNPLACED);
		KUNIT_EXPECT_EQ(test, flow_lookup(table, &other, 5010),
				DSR_SERVER_NONE);
	}
	for (i = 0; i < DSR_FLOW_WAYS; i++)
		KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple[i], 5010),
				100 + i);
	KUNIT_EXPECT_EQ(test, log.n, 0);
	KUNIT_EXPECT_EQ(test, log.begun, DSR_FLOW_WAYS);
}

/* A flow of which there was one packet makes room, the oldest one first. */
static void flow_full_embryonic(struct kunit *test)
{
	static const u8 protocol[] = { IPPROTO_TCP, IPPROTO_UDP };
	struct dsr_tuple tuple[DSR_FLOW_WAYS], again, other;
	struct flow_log log = {};
	struct dsr_flow_table *table = flow_create(test, 3, &log);
	unsigned int i;

	for (i = 0; i < DSR_FLOW_WAYS; i++) {
		tuple[i] = flow_tuple(protocol[i % 2], 1025 + i);
		flow_add(test, table, &tuple[i], 5000 - i, 100 + i);
	}
	/* Two packets of one, and the same SYN again, which is no answer. */
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple[3], 4999), 103);
	KUNIT_EXPECT_EQ(test, flow_flags(table, &tuple[2], TCPHDR_SYN, 4998),
			102);

	other = flow_tuple(IPPROTO_UDP, 2000);
	flow_add(test, table, &other, 5010, 200);
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &other, 5010), 200);
	again = flow_tuple(IPPROTO_UDP, 2001);
	flow_add(test, table, &again, 5010, 201);
	KUNIT_EXPECT_EQ(test, log.n, 2);
	KUNIT_EXPECT_EQ(test, log.server[0], 102);
	KUNIT_EXPECT_EQ(test, log.server[1], 101);
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple[3], 5010), 103);
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &other, 5010), 200);
}

/* So does one that has timed out, though it was established. */
static void flow_full_expired(struct kunit *test)
{
	struct dsr_tuple tuple[DSR_FLOW_WAYS], other;
	struct flow_log log = {};
	struct dsr_flow_table *table = flow_full(test, &log, tuple, 5000);

	/* All but the second have been seen since. */
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple[0], 5500), 100);
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple[2], 5500), 102);
	KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple[3], 5500), 103);
	other = flow_tuple(IPPROTO_TCP, 2000);
	flow_add(test, table, &other, 5002 + TCP_TIMEOUT, 200);
	KUNIT_EXPECT_EQ(test, log.n, 1);
	KUNIT_EXPECT_EQ(test, log.server[0], 101);
}

static struct dsr_tuple flow_nth(u8 family, u32 i)
{
	struct dsr_tuple tuple = flow_tuple(IPPROTO_TCP, i % 50000);

	tuple.family = family;
	tuple.saddr.all[family == AF_INET6 ? 3 : 0] = htonl(1 + i / 50000);
	return tuple;
}

static u32 flow_buckets(const struct dsr_flow_table *table, unsigned int family)
{
	return rcu_dereference_raw(table->family[family].array)->n;
}

/*
 * As flows come the table grows, up to where it may, and each flow keeps its
 * server; counted once, however often it was moved.
 */
static void flow_grows(struct kunit *test)
{
	const u32 flows = 20000, now = 5000;
	struct flow_log log = {};
	struct dsr_flow_table *table = flow_create(test, flows, &log);
	unsigned int i, f, lost = 0, unplaced = 0;
	struct dsr_tuple tuple;
	u32 server;

	for (f = 0; f < DSR_FLOW_FAMILIES; f++) {
		KUNIT_EXPECT_EQ(test, flow_buckets(table, f), 256);
		for (i = 0; i < flows; i++) {
			tuple = flow_nth(f ? AF_INET6 : AF_INET, i);
			server = 1 + i;
			if (flow_assign(table, &tuple, now, DSR_SERVER_NONE,
					&server) != DSR_FLOW_BEGUN)
				unplaced++;
			/* Confirm it, so that it does not make room. */
			flow_lookup(table, &tuple, now);
			if (i % 100 == 0)
				dsr_flow_settle(table);
		}
		dsr_flow_settle(table);
		KUNIT_EXPECT_GE(test, flow_buckets(table, f), flows / 4);
		KUNIT_EXPECT_LE(test, flow_buckets(table, f),
				DIV_ROUND_UP(flows, 3));
		for (i = 0; i < flows; i++) {
			tuple = flow_nth(f ? AF_INET6 : AF_INET, i);
			server = flow_lookup(table, &tuple, now);
			lost += server != 1 + i;
		}
	}
	/* In a bucket here and there no room could be made. */
	KUNIT_EXPECT_LE(test, unplaced, 2 * flows / 1000);
	KUNIT_EXPECT_EQ(test, lost, unplaced);
	KUNIT_EXPECT_EQ(test, log.n, 0);
	KUNIT_EXPECT_EQ(test, log.begun, 2 * flows - unplaced);
	KUNIT_EXPECT_EQ(test, atomic_read(&table->family[0].count) +
			atomic_read(&table->family[1].count), log.begun);

	/* And what has grown is swept in the end. */
	dsr_flow_sweep(table, now + TCP_TIMEOUT + 1);
	KUNIT_EXPECT_EQ(test, log.n, log.begun);
}

/*
 * A flood of SYNs of clients that never answer. No established flow loses its
 * server, and memory does not grow past its bound.
 */
static void flow_flood(struct kunit *test)
{
	const u32 flows = 3000, now = 5000;
	struct flow_log log = {};
	struct dsr_flow_table *table = flow_create(test, flows, &log);
	struct dsr_tuple tuple;
	unsigned int i;
	u32 server;

	for (i = 0; i < 1000; i++) {
		tuple = flow_nth(AF_INET, i);
		flow_add(test, table, &tuple, now, 1 + i);
		KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple, now), 1 + i);
		if (i % 100 == 0)
			dsr_flow_settle(table);
	}
	for (i = 0; i < 100000; i++) {
		tuple = flow_nth(AF_INET, 100000 + i);
		server = 5000;
		flow_assign(table, &tuple, now + i / 10000, DSR_SERVER_NONE,
			    &server);
		if (i % 10000 == 0)
			dsr_flow_settle(table);
	}
	for (i = 0; i < 1000; i++) {
		tuple = flow_nth(AF_INET, i);
		KUNIT_EXPECT_EQ(test, flow_lookup(table, &tuple, now + 10),
				1 + i);
	}
	KUNIT_EXPECT_EQ(test, flow_buckets(table, 0), flows / 3);
	KUNIT_EXPECT_LE(test, atomic_read(&table->family[0].count),
			flows / 3 * DSR_FLOW_WAYS);
	KUNIT_EXPECT_EQ(test, atomic_read(&table->family[0].count),
			log.begun - log.n);
}

/* Listing */

/* How often a walk came by each flow, whose server is one more than its number. */
struct flow_seen {
	struct dsr_flow_cursor	cursor;
	u32			flows;
	u32			strange;
	u8			times[];
};

static struct flow_seen *flow_seen_alloc(struct kunit *test, u32 flows)
{
	struct flow_seen *seen;

	seen = kunit_kzalloc(test, struct_size(seen, times, flows), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, seen);
	seen->flows = flows;
	return seen;
}

/* Go on to @most flows more; false at the end. */
static bool flow_walk(struct dsr_flow_table *table, struct flow_seen *seen,
		      u32 now, u32 most)
{
	struct dsr_flow_entry entry;
	struct dsr_tuple tuple;
	int ret = 1;

	while (ret && most) {
		rcu_read_lock();
		ret = dsr_flow_walk(table, &seen->cursor, now, &entry);
		rcu_read_unlock();
		if (ret == -EBUSY)
			dsr_flow_settle(table);
		if (ret <= 0)
			continue;
		seen->cursor.slot++;
		most--;
		tuple = flow_nth(entry.tuple.family, entry.server - 1);
		if (!dsr_tuple_equal(&entry.tuple, &tuple))
			seen->strange++;
		else if (entry.server <= seen->flows)
			seen->times[entry.server - 1]++;
	}
	return ret;
}

/* How many of the first @n flows were seen at least, and at most, so often. */
static u32 flow_seen_count(const struct flow_seen *seen, u32 n, u8 least,
			   u8 most)
{
	u32 i, count = 0;

	for (i = 0; i < n; i++)
		count += seen->times[i] >= least && seen->times[i] <= most;
	return count;
}

/* Returns how many are there then: here and there one finds no place. */
static u32 flow_add_some(struct kunit *test, struct dsr_flow_table *table,
			 u8 family, u32 from, u32 to, u32 now)
{
	struct dsr_flow_entry entry = { .state = DSR_FLOW_STATE_ESTABLISHED };
	u32 i, placed = 0;

	rcu_read_lock();
	for (i = from; i < to; i++) {
		entry.tuple = flow_nth(family, i);
		entry.server = 1 + i;
		placed += !dsr_flow_put(table, now, &entry);
		if (i % 100)
			continue;
		rcu_read_unlock();
		dsr_flow_settle(table);
		rcu_read_lock();
	}
	rcu_read_unlock();
	dsr_flow_settle(table);
	KUNIT_ASSERT_GE(test, placed, (to - from) * 99 / 100);
	return placed;
}

static const u8 flow_families[] = { AF_INET, AF_INET6 };

static void flow_family_desc(const u8 *family, char *desc)
{
	strscpy(desc, *family == AF_INET ? "IPv4" : "IPv6",
		KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(flow_family, flow_families, flow_family_desc);

/* Nothing happens meanwhile: each flow comes once. */
static void flow_walk_all(struct kunit *test)
{
	const u32 flows = 10000, now = 5000;
	u8 family = *(const u8 *)test->param_value;
	struct flow_log log = {};
	struct dsr_flow_table *table = flow_create(test, 20000, &log);
	struct flow_seen *seen = flow_seen_alloc(test, flows);
	u32 placed;

	placed = flow_add_some(test, table, family, 0, flows, now);
	KUNIT_EXPECT_FALSE(test, flow_walk(table, seen, now, U32_MAX));
	KUNIT_EXPECT_EQ(test, flow_seen_count(seen, flows, 1, 1), placed);
	KUNIT_EXPECT_EQ(test, flow_seen_count(seen, flows, 2, U8_MAX), 0);
	KUNIT_EXPECT_EQ(test, seen->strange, 0);

	/* Nor does one that has timed out. */
	seen = flow_seen_alloc(test, flows);
	KUNIT_EXPECT_FALSE(test, flow_walk(table, seen, now + TCP_TIMEOUT + 1,
					   U32_MAX));
	KUNIT_EXPECT_EQ(test, flow_seen_count(seen, flows, 0, 0), flows);
}

/* The array is replaced at any point: no flow is missed, and few come thrice. */
static void flow_walk_resized(struct kunit *test)
{
	const u32 flows = 10000, more = 13000, now = 5000;
	u8 family = *(const u8 *)test->param_value;
	unsigned int part, f = family == AF_INET6;
	struct dsr_flow_table *table;
	struct flow_log log = {};
	struct flow_seen *seen;
	u32 placed;

	for (part = 0; part < 10; part++) {
		table = flow_create(test, 40000, &log);
		seen = flow_seen_alloc(test, flows);
		placed = flow_add_some(test, table, family, 0, flows, now);
		KUNIT_EXPECT_EQ(test, flow_buckets(table, f), 4096);
		KUNIT_EXPECT_TRUE(test, flow_walk(table, seen, now,
						  flows / 10 * part ?: 1));
		flow_add_some(test, table, family, flows, more, now);
		KUNIT_EXPECT_GT(test, flow_buckets(table, f), 4096);
		KUNIT_EXPECT_FALSE(test, flow_walk(table, seen, now, U32_MAX));
		KUNIT_EXPECT_EQ(test, flow_seen_count(seen, flows, 1, 2),
				placed);
		KUNIT_EXPECT_EQ(test, seen->strange, 0);
	}
}

/* Flows make room for others within the array: no flow is missed. */
static void flow_walk_pushed(struct kunit *test)
{
	const u32 flows = 7000, more = 11000, now = 5000;
	u8 family = *(const u8 *)test->param_value;
	struct flow_log log = {};
	struct dsr_flow_table *table = flow_create(test, 12288, &log);
	struct flow_seen *seen = flow_seen_alloc(test, flows);
	unsigned int f = family == AF_INET6;
	u32 i, placed;

	placed = flow_add_some(test, table, family, 0, flows, now);
	KUNIT_ASSERT_EQ(test, flow_buckets(table, f), 4096);
	for (i = flows; i < more; i += 100) {
		flow_walk(table, seen, now, 180);
		flow_add_some(test, table, family, i, i + 100, now);
	}
	KUNIT_EXPECT_EQ(test, flow_buckets(table, f), 4096);
	KUNIT_EXPECT_FALSE(test, flow_walk(table, seen, now, U32_MAX));
	KUNIT_EXPECT_EQ(test, flow_seen_count(seen, flows, 1, 2), placed);
	/* Some did move: the case is not an empty one. */
	KUNIT_EXPECT_GT(test, flow_seen_count(seen, flows, 2, 2), 0);
	KUNIT_EXPECT_EQ(test, seen->strange, 0);
}

/* A flow that is put there, looked at, changed and removed. */
static void flow_by_hand(struct kunit *test)
{
	u8 family = *(const u8 *)test->param_value;
	struct dsr_flow_entry entry = {
		.tuple = flow_nth(family, 1), .server = 11,
		.state = DSR_FLOW_STATE_CLOSING, .idle = 20,
	}, got = { .tuple = entry.tuple };
	struct flow_log log = {};
	struct dsr_flow_table *table = flow_create(test, 1024, &log);
	u32 now = 5000;

	rcu_read_lock();
	KUNIT_EXPECT_FALSE(test, dsr_flow_get(table, now, &got));
	KUNIT_EXPECT_EQ(test, dsr_flow_put(table, now, &entry), 0);
	KUNIT_EXPECT_TRUE(test, dsr_flow_get(table, now + 5, &got));
	KUNIT_EXPECT_EQ(test, got.server, 11);
	KUNIT_EXPECT_EQ(test, got.state, DSR_FLOW_STATE_CLOSING);
	KUNIT_EXPECT_EQ(test, got.idle, 25);
	KUNIT_EXPECT_EQ(test, got.expires, CLOSING_TIMEOUT - 25);
	KUNIT_EXPECT_EQ(test, log.begun, 1);

	entry.server = 12;
	entry.idle = CLOSING_TIMEOUT + 1;
	KUNIT_EXPECT_EQ(test, dsr_flow_put(table, now, &entry), -ETIME);
	entry.idle = CLOSING_TIMEOUT;
	KUNIT_EXPECT_EQ(test, dsr_flow_put(table, now, &entry), 0);
	KUNIT_EXPECT_TRUE(test, dsr_flow_get(table, now, &got));
	KUNIT_EXPECT_EQ(test, got.server, 12);
	KUNIT_EXPECT_EQ(test, got.expires, 0);
	KUNIT_EXPECT_FALSE(test, dsr_flow_get(table, now + 1, &got));
	KUNIT_EXPECT_EQ(test, log.begun, 2);
	KUNIT_EXPECT_EQ(test, log.n, 1);
	KUNIT_EXPECT_EQ(test, log.server[0], 11);

	/* Only from the server that it is said to have. */
	entry.server = 11;
	KUNIT_EXPECT_FALSE(test, dsr_flow_remove(table, &entry));
	entry.server = 12;
	KUNIT_EXPECT_TRUE(test, dsr_flow_remove(table, &entry));
	KUNIT_EXPECT_FALSE(test, dsr_flow_remove(table, &entry));
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, log.n, 2);
	KUNIT_EXPECT_EQ(test, log.server[1], 12);
	KUNIT_EXPECT_EQ(test, atomic_read(&table->family[0].count) +
			atomic_read(&table->family[1].count), 0);
}

/* What is put there always finds a place, if the table can still grow. */
static void flow_put_grows(struct kunit *test)
{
	const u32 flows = 50000, now = 5000;
	u8 family = *(const u8 *)test->param_value;
	struct dsr_flow_entry entry = { .server = 1 };
	struct flow_log log = {};
	struct dsr_flow_table *table = flow_create(test, 100000, &log);
	u32 i, unplaced = 0, refused = 0;
	int err;

	for (i = 0; i < flows; i++) {
		entry.tuple = flow_nth(family, i);
		entry.state = DSR_FLOW_STATE_ESTABLISHED;
		rcu_read_lock();
		err = dsr_flow_put(table, now, &entry);
		rcu_read_unlock();
		if (err != -ENOSPC)
			continue;
		unplaced++;
		dsr_flow_settle(table);
		rcu_read_lock();
		refused += dsr_flow_put(table, now, &entry) != 0;
		rcu_read_unlock();
	}
	KUNIT_EXPECT_GT(test, unplaced, 0);
	KUNIT_EXPECT_EQ(test, refused, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&table->family[family ==
							 AF_INET6].count),
			flows);
}

/* A lower maximum: not below the flows there are, none of which is lost. */
static void flow_shrinks(struct kunit *test)
{
	const u32 flows = 10000, now = 5000;
	u8 family = *(const u8 *)test->param_value;
	unsigned int f = family == AF_INET6;
	struct flow_log log = {};
	struct dsr_flow_table *table = flow_create(test, 100000, &log);
	struct dsr_flow_usage before, usage;
	struct dsr_tuple tuple;
	u32 i, placed, lost = 0;

	placed = flow_add_some(test, table, family, 0, flows, now);
	dsr_flow_usage(table, &before);
	KUNIT_EXPECT_EQ(test, before.flows, placed);
	KUNIT_EXPECT_EQ(test, before.room, 4096 * 3);
	KUNIT_EXPECT_EQ(test, before.memory,
			f ? 4096 * (64 + 160) + 256 * (64 + 64) :
			    4096 * (64 + 64) + 256 * (64 + 160));
	KUNIT_EXPECT_EQ(test, dsr_flow_set_max(table, placed - 1), -EBUSY);
	KUNIT_EXPECT_EQ(test, flow_buckets(table, f), 4096);
	/* Half full at most. */
	KUNIT_EXPECT_EQ(test, dsr_flow_set_max(table, placed), 0);
	KUNIT_EXPECT_EQ(test, flow_buckets(table, f), 4096);
	KUNIT_EXPECT_EQ(test, dsr_flow_set_max(table, 100000), 0);
	dsr_flow_sweep(table, now + TCP_TIMEOUT + 1);
	KUNIT_ASSERT_EQ(test, flow_add_some(test, table, family, 0, 5000, now),
			5000);
	KUNIT_EXPECT_EQ(test, dsr_flow_set_max(table, 5001), 0);
	KUNIT_EXPECT_EQ(test, flow_buckets(table, f), 2500);
	KUNIT_EXPECT_EQ(test, flow_buckets(table, !f), 256);
	for (i = 0; i < 5000; i++) {
		tuple = flow_nth(family, i);
		lost += flow_lookup(table, &tuple, now) != 1 + i;
	}
	KUNIT_EXPECT_EQ(test, lost, 0);
	KUNIT_EXPECT_EQ(test, log.n, placed);
	/* And with few flows it is what the maximum says. */
	dsr_flow_sweep(table, now + TCP_TIMEOUT + 1);
	KUNIT_EXPECT_EQ(test, dsr_flow_set_max(table, 3), 0);
	dsr_flow_usage(table, &usage);
	KUNIT_EXPECT_EQ(test, usage.room, 3);
	KUNIT_EXPECT_EQ(test, usage.flows, 0);
	KUNIT_EXPECT_EQ(test, usage.memory, (64 + 160) + (64 + 64));
}

/* A higher maximum lets a table grow that could not before. */
static void flow_max_rises(struct kunit *test)
{
	const u32 now = 5000;
	struct flow_log log = {};
	struct dsr_flow_table *table = flow_create(test, 768, &log);

	flow_add_some(test, table, AF_INET, 0, 700, now);
	KUNIT_EXPECT_EQ(test, flow_buckets(table, 0), 256);
	KUNIT_EXPECT_EQ(test, dsr_flow_set_max(table, 4000), 0);
	KUNIT_EXPECT_EQ(test, flow_buckets(table, 0), 256);
	flow_add_some(test, table, AF_INET, 700, 800, now);
	KUNIT_EXPECT_EQ(test, flow_buckets(table, 0), 1024);
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
	KUNIT_CASE(flow_full_established),
	KUNIT_CASE(flow_full_embryonic),
	KUNIT_CASE(flow_full_expired),
	KUNIT_CASE(flow_grows),
	KUNIT_CASE(flow_flood),
	KUNIT_CASE_PARAM(flow_walk_all, flow_family_gen_params),
	KUNIT_CASE_PARAM(flow_walk_resized, flow_family_gen_params),
	KUNIT_CASE_PARAM(flow_walk_pushed, flow_family_gen_params),
	KUNIT_CASE_PARAM(flow_by_hand, flow_family_gen_params),
	KUNIT_CASE_PARAM(flow_put_grows, flow_family_gen_params),
	KUNIT_CASE_PARAM(flow_shrinks, flow_family_gen_params),
	KUNIT_CASE(flow_max_rises),
	{}
};

static struct kunit_suite flow_suite = {
	.name		= "dsr_flow",
	.test_cases	= flow_kunit_cases,
};

kunit_test_suite(flow_suite);

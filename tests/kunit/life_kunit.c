// SPDX-License-Identifier: GPL-2.0
/*
 * The options of services and servers, by what becomes of packets.
 */
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/tcp.h>
#include "tests/kunit/lab.h"

#define SERVERS	3
#define CLIENTS	24

/* The numbers that packets carry here, and bytes of data. */
#define SEQ	0xfffffffeU
#define ACK	0x80000001U
#define DATA	5

static const struct dsr_lab_service life_dns = {
	"dns", IPPROTO_UDP, DSR_LAB_VIP, 0, { { 80, 80 } },
	.servers = SERVERS,
};

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
	dsr_lab_sweep(lab, seconds);
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

static u64 life_unplaced(struct kunit *test, struct dsr_lab *lab)
{
	struct dsr_stats_sum sum;

	dsr_lab_sum(lab, &life_web, dsr_lab_family(test), &sum);
	return sum.unplaced;
}

/*
 * A connection that the table has no room for goes by its hash, and each of its
 * packets is counted; those that are there keep their servers.
 */
static void life_table_full(struct kunit *test)
{
	struct dsr_lab *lab = life_start(test, &life_web);
	unsigned int placed, i;
	int server[16], by_hash;

	KUNIT_ASSERT_EQ(test, dsr_flow_set_max(rcu_access_pointer(lab->dn->flows),
					       3), 0);
	for (placed = 0; placed < ARRAY_SIZE(server); placed++) {
		server[placed] = life_send(test, lab, 1000 + placed,
					   TCPHDR_SYN);
		if (life_unplaced(test, lab))
			break;
		KUNIT_EXPECT_EQ(test, life_send(test, lab, 1000 + placed,
						TCPHDR_ACK), server[placed]);
	}
	KUNIT_ASSERT_GE(test, placed, 3);
	KUNIT_ASSERT_LT(test, placed, ARRAY_SIZE(server));
	/* Several, as the one whose turn it is may be the hash's, too. */
	for (i = 0; i < 8; i++) {
		by_hash = life_send(test, lab, 2000 + i, TCPHDR_SYN);
		KUNIT_EXPECT_EQ(test, life_send(test, lab, 2000 + i,
						TCPHDR_ACK), by_hash);
		KUNIT_EXPECT_EQ(test, life_unplaced(test, lab), 3 + 2 * i);
	}
	for (i = 0; i < placed; i++)
		KUNIT_EXPECT_EQ(test, life_send(test, lab, 1000 + i,
						TCPHDR_ACK), server[i]);
	KUNIT_EXPECT_EQ(test, life_active(test, lab), placed);
}

/* How many servers there may be, of a service and of all. */
static void life_room(struct kunit *test)
{
	static const struct {
		unsigned int n, n_service;
		int err;
	} cases[] = {
		{ 65534, 65534, 0 }, { 65535, 65535, -ENOSPC },
		{ 131070, 0, 0 }, { 131071, 0, -ENOSPC },
	};
	struct dsr_lab *lab = life_start(test, &life_web);
	u8 family = dsr_lab_family(test);
	struct dsr_service_key key = dsr_lab_key(&life_web, family);
	struct dsr_server_conf conf;
	unsigned int i;

	conf = dsr_lab_server(lab, &life_web, family, SERVERS);
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ(test, dsr_check_server(&init_net, cases[i].n,
						       cases[i].n_service, &key,
						       &conf, NULL),
				cases[i].err);
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

/*
 * What a full server does not take goes to all of the others, by whatever
 * scheduler; its turn may be every flow's, as with lc, which only counts.
 */
static void life_full(struct kunit *test)
{
	static const struct {
		const struct dsr_sched_ops *sched;
		u8 first, least;
	} cases[] = {
		{ &dsr_sched_lc, 6, 6 }, { &dsr_sched_wlc, 8, 4 },
		{ &dsr_sched_rr, 6, 6 }, { &dsr_sched_wrr, 8, 4 },
		{ &dsr_sched_random2, 8, 4 }, { &dsr_sched_maglev, 5, 2 },
	};
	struct dsr_lab *lab = life_start(test, &life_web);
	struct dsr_service_conf conf = life_conf(test, lab);
	unsigned int i, k;
	u16 port = 1000;

	conf.opt.hash_key = (siphash_key_t){ { 1, 2 } };
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u8 got[SERVERS] = { 0 };

		conf.opt.sched = cases[i].sched;
		life_set(test, lab, &conf);
		life_server(test, lab, 0, (struct dsr_server_conf) {
			.max_flows = 1, .set = DSR_SET_MAX,
		});
		for (k = 0; k < 13; k++)
			got[life_send(test, lab, port++, TCPHDR_SYN)]++;
		KUNIT_EXPECT_LE(test, got[0], 1);
		KUNIT_EXPECT_GE_MSG(test, got[1] + got[0], cases[i].first,
				    "%s", cases[i].sched->name);
		KUNIT_EXPECT_GE_MSG(test, got[2] + got[0], cases[i].least,
				    "%s", cases[i].sched->name);
		KUNIT_EXPECT_EQ(test, life_left(test, lab, 130), 0);
	}
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

/* Its checksum, as it has to be; 0 if it is that already. */
static __sum16 life_checksum(const struct sk_buff *skb, const void *tcp,
			     unsigned int len)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	const struct iphdr *iph = ip_hdr(skb);
	__wsum sum = csum_partial(tcp, len, 0);

	return iph->version == 4 ?
	       csum_tcpudp_magic(iph->saddr, iph->daddr, len, IPPROTO_TCP,
				 sum) :
	       csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, len, IPPROTO_TCP,
			       sum);
}

/* A packet with numbers, data and a checksum comes, which is @wrong or not. */
static void life_numbered(struct kunit *test, struct dsr_lab *lab, u16 sport,
			  u8 flags, bool wrong)
{
	struct dsr_build b = life_packet(test, sport, flags);
	struct tcphdr *tcph;
	struct sk_buff *skb;

	b.payload = DATA;
	skb = dsr_build_skb(test, &b);
	tcph = (struct tcphdr *)(skb_tail_pointer(skb) - DATA - sizeof(*tcph));
	tcph->seq = htonl(SEQ);
	tcph->ack_seq = htonl(ACK);
	tcph->check = life_checksum(skb, tcph, sizeof(*tcph) + DATA);
	if (wrong)
		tcph->check ^= htons(1);
	dsr_lab_inject(lab, skb);
}

/* The client has got a reset with these numbers, and nobody anything else. */
static void life_expect_reset(struct kunit *test, struct dsr_lab *lab,
			      u16 sport, u32 seq, u32 ack, u8 flags)
{
	struct dsr_build b = life_packet(test, sport, 0);
	struct sk_buff *skb = dsr_build_sent(lab->in);
	union nf_inet_addr from, to;
	struct tcphdr tcph;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_ASSERT_EQ(test, skb_linearize(skb), 0);
	from = dsr_build_addr(b.family, b.daddr);
	to = dsr_build_addr(b.family, b.saddr);
	memcpy(&tcph, skb_tail_pointer(skb) - sizeof(tcph), sizeof(tcph));
	if (b.family == AF_INET) {
		KUNIT_EXPECT_EQ(test, ip_hdr(skb)->saddr, from.ip);
		KUNIT_EXPECT_EQ(test, ip_hdr(skb)->daddr, to.ip);
		KUNIT_EXPECT_EQ(test, ntohs(ip_hdr(skb)->tot_len), 40);
		KUNIT_EXPECT_EQ(test, ip_fast_csum(ip_hdr(skb), 5), 0);
	} else {
		KUNIT_EXPECT_MEMEQ(test, &ipv6_hdr(skb)->saddr, &from, 16);
		KUNIT_EXPECT_MEMEQ(test, &ipv6_hdr(skb)->daddr, &to, 16);
		KUNIT_EXPECT_EQ(test, ntohs(ipv6_hdr(skb)->payload_len), 20);
		KUNIT_EXPECT_EQ(test, ipv6_hdr(skb)->nexthdr, IPPROTO_TCP);
	}
	KUNIT_EXPECT_EQ(test, ntohs(tcph.source), 80);
	KUNIT_EXPECT_EQ(test, ntohs(tcph.dest), sport);
	KUNIT_EXPECT_EQ(test, ntohl(tcph.seq), seq);
	KUNIT_EXPECT_EQ(test, ntohl(tcph.ack_seq), ack);
	KUNIT_EXPECT_EQ(test, tcp_flag_byte(&tcph), flags);
	KUNIT_EXPECT_EQ(test, __tcp_hdrlen(&tcph), sizeof(tcph));
	KUNIT_EXPECT_EQ(test, life_checksum(skb, &tcph, sizeof(tcph)), 0);
	kfree_skb(skb);
	dsr_lab_expect_nothing(test, lab);
}

/* Each kind of packet of an unknown connection, and what resets it or not. */
static void life_midflow_reset(struct kunit *test)
{
	struct dsr_lab *lab = life_start(test, &life_web);
	struct dsr_service_conf conf = life_conf(test, lab);

	conf.opt.midflow = DSR_MIDFLOW_RESET;
	life_set(test, lab, &conf);
	life_numbered(test, lab, 1000, TCPHDR_ACK, false);
	dsr_lab_expect(test, lab, DSR_REASON_RESET);
	life_expect_reset(test, lab, 1000, ACK, 0, TCPHDR_RST);
	life_numbered(test, lab, 1000, TCPHDR_SYN | TCPHDR_ACK, false);
	dsr_lab_expect(test, lab, DSR_REASON_RESET);
	life_expect_reset(test, lab, 1000, ACK, 0, TCPHDR_RST);
	life_numbered(test, lab, 1000, 0, false);
	dsr_lab_expect(test, lab, DSR_REASON_RESET);
	life_expect_reset(test, lab, 1000, 0, SEQ + DATA,
			  TCPHDR_RST | TCPHDR_ACK);
	life_numbered(test, lab, 1000, TCPHDR_FIN, false);
	dsr_lab_expect(test, lab, DSR_REASON_RESET);
	life_expect_reset(test, lab, 1000, 0, SEQ + DATA + 1,
			  TCPHDR_RST | TCPHDR_ACK);

	life_numbered(test, lab, 1000, TCPHDR_RST | TCPHDR_ACK, false);
	dsr_lab_expect(test, lab, DSR_REASON_FLOW_UNKNOWN);
	dsr_lab_expect_nothing(test, lab);
	life_numbered(test, lab, 1000, TCPHDR_ACK, true);
	dsr_lab_expect(test, lab, DSR_REASON_FLOW_UNKNOWN);
	dsr_lab_expect_nothing(test, lab);
	KUNIT_EXPECT_EQ(test, life_active(test, lab), 0);

	KUNIT_EXPECT_EQ(test, life_send(test, lab, 1000, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, life_send(test, lab, 1000, TCPHDR_ACK), 0);
}

static void life_midflow_drop(struct kunit *test)
{
	struct dsr_lab *lab = life_start(test, &life_web);
	struct dsr_service_conf conf = life_conf(test, lab);

	conf.opt.midflow = DSR_MIDFLOW_DROP;
	life_set(test, lab, &conf);
	life_refused(test, lab, 1000, TCPHDR_ACK, DSR_REASON_FLOW_UNKNOWN);
	KUNIT_EXPECT_EQ(test, life_send(test, lab, 1000, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, life_send(test, lab, 1000, TCPHDR_ACK), 0);
}

static void life_resume(struct kunit *test, struct dsr_lab *lab, int *to)
{
	unsigned int i;

	KUNIT_EXPECT_EQ(test, life_left(test, lab, 1000), 0);
	for (i = 0; i < CLIENTS; i++)
		to[i] = life_send(test, lab, 1000 + i, TCPHDR_ACK);
	KUNIT_EXPECT_EQ(test, life_active(test, lab), CLIENTS);
}

/*
 * With one key unknown connections go to one server each, whatever the turn
 * and the order of the servers; and of those of the others none moves when a
 * server goes.
 */
static void life_midflow_hash(struct kunit *test)
{
	u8 family = dsr_lab_family(test);
	struct dsr_lab *lab = life_start(test, &life_web);
	struct dsr_service_key key = dsr_lab_key(&life_web, family);
	struct dsr_service_conf conf = life_conf(test, lab);
	struct dsr_server_conf first;
	int one[CLIENTS], other[CLIENTS];
	unsigned int i, n[SERVERS] = {};

	conf.opt.hash_key = (siphash_key_t) { { 1, 2 } };
	life_set(test, lab, &conf);
	life_resume(test, lab, one);
	for (i = 0; i < CLIENTS; i++)
		n[one[i]]++;
	for (i = 0; i < SERVERS; i++)
		KUNIT_EXPECT_GT(test, n[i], 0);

	first = dsr_lab_server(lab, &life_web, family, 0);
	mutex_lock(&lab->dn->lock);
	KUNIT_EXPECT_EQ(test, dsr_pernet_server_del(lab->dn, &key, &first,
						    NULL), 0);
	KUNIT_EXPECT_EQ(test, dsr_pernet_server_add(lab->dn, &key, &first,
						    NULL), 0);
	mutex_unlock(&lab->dn->lock);
	life_left(test, lab, 1000);
	life_send(test, lab, 999, TCPHDR_SYN);
	life_resume(test, lab, other);
	KUNIT_EXPECT_EQ(test, life_equal(one, other), CLIENTS);

	life_down(test, lab, 0, true);
	life_resume(test, lab, other);
	KUNIT_EXPECT_EQ(test, life_equal(one, other), CLIENTS - n[0]);
}

/* A connection that has lost its server is reset; a new one is not. */
static void life_lost_reset(struct kunit *test)
{
	struct dsr_lab *lab = life_start(test, &life_web);
	struct dsr_service_conf conf = life_conf(test, lab);
	int to;

	conf.opt.lost = DSR_LOST_RESET;
	life_set(test, lab, &conf);
	KUNIT_EXPECT_EQ(test, life_send(test, lab, 1000, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, life_send(test, lab, 1000, TCPHDR_ACK), 0);
	life_down(test, lab, 0, true);
	life_numbered(test, lab, 1000, TCPHDR_ACK, false);
	dsr_lab_expect(test, lab, DSR_REASON_RESET);
	life_expect_reset(test, lab, 1000, ACK, 0, TCPHDR_RST);
	life_numbered(test, lab, 1000, TCPHDR_RST, false);
	dsr_lab_expect(test, lab, DSR_REASON_FLOW_LOST);
	dsr_lab_expect_nothing(test, lab);
	to = life_send(test, lab, 1000, TCPHDR_SYN);
	KUNIT_EXPECT_GT(test, to, 0);
	KUNIT_EXPECT_EQ(test, life_send(test, lab, 1000, TCPHDR_ACK), to);
}

/* Or it waits until its server is back. */
static void life_lost_drop(struct kunit *test)
{
	struct dsr_lab *lab = life_start(test, &life_web);
	struct dsr_service_conf conf = life_conf(test, lab);

	conf.opt.lost = DSR_LOST_DROP;
	life_set(test, lab, &conf);
	KUNIT_EXPECT_EQ(test, life_send(test, lab, 1000, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, life_send(test, lab, 1000, TCPHDR_ACK), 0);
	life_down(test, lab, 0, true);
	life_refused(test, lab, 1000, TCPHDR_ACK, DSR_REASON_FLOW_LOST);
	life_down(test, lab, 0, false);
	KUNIT_EXPECT_EQ(test, life_send(test, lab, 1000, TCPHDR_ACK), 0);
}

/* What is no connection gets another server, whatever the service says. */
static void life_lost_udp(struct kunit *test)
{
	u8 family = dsr_lab_family(test);
	struct dsr_lab *lab = life_start(test, &life_dns);
	struct dsr_service_key key = dsr_lab_key(&life_dns, family);
	struct dsr_build b = life_packet(test, 1000, 0);
	struct dsr_service_conf conf;
	struct dsr_server_conf first;

	conf = dsr_lab_conf(lab, &life_dns, family);
	conf.opt.lost = DSR_LOST_DROP;
	conf.opt.midflow = DSR_MIDFLOW_DROP;
	life_set(test, lab, &conf);
	b.protocol = IPPROTO_UDP;
	dsr_lab_receive(test, lab, &b);
	KUNIT_EXPECT_EQ(test, dsr_lab_sent_to(lab), 0);
	first = dsr_lab_server(lab, &life_dns, family, 0);
	mutex_lock(&lab->dn->lock);
	KUNIT_EXPECT_EQ(test, dsr_pernet_server_del(lab->dn, &key, &first,
						    NULL), 0);
	mutex_unlock(&lab->dn->lock);
	dsr_lab_receive(test, lab, &b);
	KUNIT_EXPECT_GT(test, dsr_lab_sent_to(lab), 0);
	dsr_lab_expect_counts(test, lab, DSR_REASON_FORWARDED, 2);
}

/* So many seconds go by since a server came; the next refresh sees it. */
static void life_age(struct kunit *test, struct dsr_lab *lab, unsigned int i,
		     unsigned int seconds)
{
	u8 family = dsr_lab_family(test);
	struct dsr_server_conf conf = dsr_lab_server(lab, &life_web, family, i);
	struct dsr_service *service = dsr_lab_find(lab, &life_web, family);

	mutex_lock(&lab->dn->lock);
	dsr_pernet_find_server(service, &conf, NULL)->since -= seconds;
	mutex_unlock(&lab->dn->lock);
}

static void life_refresh(struct dsr_lab *lab)
{
	mod_delayed_work(system_wq, &lab->dn->refresh, 0);
	flush_delayed_work(&lab->dn->refresh);
	cancel_delayed_work_sync(&lab->dn->refresh);
}

static void life_expect_shares(struct kunit *test, struct dsr_lab *lab,
			       u32 first, u32 second, u32 third)
{
	KUNIT_EXPECT_EQ(test, life_share(test, lab, 0), first);
	KUNIT_EXPECT_EQ(test, life_share(test, lab, 1), second);
	KUNIT_EXPECT_EQ(test, life_share(test, lab, 2), third);
}

/*
 * A server that comes back begins with a small part of its weight and gets all
 * of it in time. An hour is long enough for no second to count.
 */
static void life_slow_start(struct kunit *test)
{
	struct dsr_lab *lab = life_start(test, &life_web);
	struct dsr_service_conf conf = life_conf(test, lab);
	unsigned int i, n = 0;

	cancel_delayed_work_sync(&lab->dn->refresh);
	for (i = 0; i < SERVERS; i++)
		life_age(test, lab, i, 4000);
	conf.opt.slow_start = 3600;
	life_set(test, lab, &conf);
	life_expect_shares(test, lab, 3, 2, 1);
	life_down(test, lab, 0, true);
	life_expect_shares(test, lab, 0, 2, 1);

	life_down(test, lab, 0, false);
	life_expect_shares(test, lab, 1, 32, 16);
	for (i = 0; i < 49; i++)
		n += life_send(test, lab, 1000 + i, TCPHDR_SYN) == 0;
	KUNIT_EXPECT_EQ(test, n, 1);
	life_age(test, lab, 0, 1801);
	life_refresh(lab);
	life_expect_shares(test, lab, 24, 32, 16);
	for (i = 0, n = 0; i < 72; i++)
		n += life_send(test, lab, 2000 + i, TCPHDR_SYN) == 0;
	KUNIT_EXPECT_EQ(test, n, 24);
	life_age(test, lab, 0, 1800);
	life_refresh(lab);
	life_expect_shares(test, lab, 3, 2, 1);
}

static struct kunit_case life_kunit_cases[] = {
	KUNIT_CASE_PARAM(life_timeouts, dsr_lab_families),
	KUNIT_CASE_PARAM(life_hash_on, dsr_lab_families),
	KUNIT_CASE_PARAM(life_hash_key, dsr_lab_families),
	KUNIT_CASE_PARAM(life_server_down, dsr_lab_families),
	KUNIT_CASE_PARAM(life_limits, dsr_lab_families),
	KUNIT_CASE_PARAM(life_table_full, dsr_lab_families),
	KUNIT_CASE_PARAM(life_room, dsr_lab_families),
	KUNIT_CASE_PARAM(life_fallback, dsr_lab_families),
	KUNIT_CASE_PARAM(life_full, dsr_lab_families),
	KUNIT_CASE_PARAM(life_sessionless, dsr_lab_families),
	KUNIT_CASE_PARAM(life_midflow_reset, dsr_lab_families),
	KUNIT_CASE_PARAM(life_midflow_drop, dsr_lab_families),
	KUNIT_CASE_PARAM(life_midflow_hash, dsr_lab_families),
	KUNIT_CASE_PARAM(life_lost_reset, dsr_lab_families),
	KUNIT_CASE_PARAM(life_lost_drop, dsr_lab_families),
	KUNIT_CASE_PARAM(life_lost_udp, dsr_lab_families),
	KUNIT_CASE_PARAM(life_slow_start, dsr_lab_families),
	{}
};

static struct kunit_suite life_suite = {
	.name		= "dsr_life",
	.test_cases	= life_kunit_cases,
};

kunit_test_suite(life_suite);

// SPDX-License-Identifier: GPL-2.0
/*
 * No packet is balanced twice: what servers and other directors send to a
 * virtual address is told from what clients send.
 */
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/mm.h>
#include <linux/rtnetlink.h>
#include <net/arp.h>
#include <net/ip.h>
#include <net/ndisc.h>
#include <net/tcp.h>
#include "tests/kunit/lab.h"

#define PEER	DSR_IP(10, 0, 0, 99)

/* The address of a machine that is none of the director's. */
static const u8 peer_mac[ETH_ALEN] = { 2, 0, 0, 0, 2, 1 };
static const u8 client_mac[ETH_ALEN] = { 2, 0, 0, 0, 3, 1 };

/* Two addresses: one that the director has, and one that it does not. */
static const struct dsr_lab_service guard_web[] = {
	{ "web", IPPROTO_TCP, DSR_LAB_VIP, 0, { { 80, 80 } }, .servers = 2 },
	{ "local", IPPROTO_TCP, DSR_LAB_LOCAL, 0, { { 80, 80 } },
	  .servers = 2 },
};

/* Its one server is the first of the other's. */
static const struct dsr_lab_service guard_mail = {
	"mail", IPPROTO_TCP, DSR_LAB_VIP, 0, { { 25, 25 } }, .servers = 1,
};

static const struct dsr_lab_service guard_dns = {
	"dns", IPPROTO_UDP, DSR_LAB_VIP, 0, { { 53, 53 } }, .servers = 1,
};

/**
 * struct guard_case - who sends to a service, and what becomes of it
 * @sender: MAC address
 * @port: of the service
 * @reason: under which it counts
 *
 * What has been balanced before is left to the kernel where the address is the
 * director's.
 */
struct guard_case {
	const u8	*sender;
	u16		port;
	u8		reason;
};

static const u8 server_mac[2][ETH_ALEN] = {
	{ 2, 0, 0, 0, 1, 0 }, { 2, 0, 0, 0, 1, 1 },
};

static const struct guard_case guard_cases[] = {
	{ client_mac, 80, DSR_REASON_FORWARDED },
	{ server_mac[0], 80, DSR_REASON_FROM_SERVER },
	{ server_mac[1], 80, DSR_REASON_FROM_SERVER },
	{ server_mac[0], 25, DSR_REASON_FROM_SERVER },
	/* A server of the one is a client of the other. */
	{ server_mac[1], 25, DSR_REASON_FORWARDED },
	{ peer_mac, 80, DSR_REASON_FROM_PEER },
	{ peer_mac, 25, DSR_REASON_FROM_PEER },
};

static struct dsr_server_conf guard_peer_conf(struct dsr_lab *lab, u8 family)
{
	struct dsr_server_conf conf = {
		.family = family, .addr = dsr_build_addr(family, PEER),
		.ifindex = lab->out->ifindex,
		.set = DSR_SET_MAC | DSR_SET_IFINDEX,
	};

	ether_addr_copy(conf.mac, peer_mac);
	return conf;
}

static int guard_change(struct dsr_lab *lab,
			int (*change)(struct dsr_net *dn,
				      const struct dsr_server_conf *conf,
				      struct netlink_ext_ack *extack),
			const struct dsr_server_conf *conf)
{
	int err;

	mutex_lock(&lab->dn->lock);
	err = change(lab->dn, conf, NULL);
	mutex_unlock(&lab->dn->lock);
	return err;
}

static void guard_forget(void *data)
{
	struct dsr_lab *lab = data;

	mutex_lock(&lab->dn->lock);
	dsr_peers_exit(&lab->dn->peers);
	mutex_unlock(&lab->dn->lock);
}

/* A director with a peer. */
static struct dsr_lab *guard_start(struct kunit *test)
{
	struct dsr_lab *lab = dsr_lab_start(test);
	struct dsr_server_conf peer;

	peer = guard_peer_conf(lab, dsr_lab_family(test));
	KUNIT_ASSERT_EQ(test, guard_change(lab, dsr_pernet_peer_add, &peer), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, guard_forget,
							lab), 0);
	return lab;
}

static void guard_receive(struct kunit *test, struct dsr_lab *lab,
			  const struct dsr_build *b, const u8 *sender)
{
	struct sk_buff *skb = dsr_build_skb(test, b);

	ether_addr_copy(eth_hdr(skb)->h_source, sender);
	dsr_lab_inject(lab, skb);
}

static struct dsr_build guard_packet(struct kunit *test, __be32 vip, u16 sport,
				     u16 dport)
{
	return (struct dsr_build) {
		.family = dsr_lab_family(test), .protocol = IPPROTO_TCP,
		.saddr = DSR_LAB_CLIENT, .daddr = vip, .sport = sport,
		.dport = dport, .flags = TCPHDR_SYN,
	};
}

/* The packet was left to the kernel as it was, or is nowhere any more. */
static void guard_expect_left(struct kunit *test, struct dsr_lab *lab,
			      const struct dsr_build *b, bool left)
{
	struct sk_buff *skb = left ? skb_dequeue(&lab->left) : NULL;

	if (left)
		KUNIT_EXPECT_NOT_NULL(test, skb);
	if (skb)
		dsr_lab_expect_same(test, skb, b);
	dsr_lab_expect_nothing(test, lab);
}

static void guard_case_run(struct kunit *test, struct dsr_lab *lab,
			   const struct guard_case *c, __be32 vip, u16 sport)
{
	struct dsr_build b = guard_packet(test, vip, sport, c->port);

	guard_receive(test, lab, &b, c->sender);
	dsr_lab_expect(test, lab, c->reason);
	if (c->reason == DSR_REASON_FORWARDED)
		KUNIT_EXPECT_GE(test, dsr_lab_sent_to(lab), 0);
	else
		guard_expect_left(test, lab, &b, vip == DSR_LAB_LOCAL);
}

/* Every sender, and an address that is the director's and one that is not. */
static void guard_senders(struct kunit *test)
{
	u8 family = dsr_lab_family(test);
	struct dsr_lab *lab = guard_start(test);
	struct dsr_lab_service mail = guard_mail;
	unsigned int i, k;

	for (k = 0; k < ARRAY_SIZE(guard_web); k++) {
		mail.vip = guard_web[k].vip;
		KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &guard_web[k], family),
				0);
		KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &mail, family), 0);
		for (i = 0; i < ARRAY_SIZE(guard_cases); i++)
			guard_case_run(test, lab, &guard_cases[i],
				       guard_web[k].vip, 1000 + i);
	}
}

/* The same by the hook of a device, and each counts once. */
static void guard_at_ingress(struct kunit *test)
{
	u8 family = dsr_lab_family(test);
	struct dsr_lab *lab = guard_start(test);
	unsigned int i;

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &guard_web[0], family), 0);
	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &guard_mail, family), 0);
	KUNIT_ASSERT_EQ(test, dsr_lab_ingress(lab, lab->in->name), 0);
	for (i = 0; i < ARRAY_SIZE(guard_cases); i++)
		guard_case_run(test, lab, &guard_cases[i], DSR_LAB_VIP,
			       1000 + i);
}

/* A server that gets nothing may have got something before. */
static void guard_any_server(struct kunit *test)
{
	static const struct guard_case back = {
		server_mac[0], 80, DSR_REASON_FROM_SERVER,
	};
	u8 family = dsr_lab_family(test);
	struct dsr_lab *lab = guard_start(test);
	struct dsr_service_key key = dsr_lab_key(&guard_web[0], family);
	struct dsr_server_conf conf;

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &guard_web[0], family), 0);
	conf = dsr_lab_server(lab, &guard_web[0], family, 0);
	conf.weight = 0;
	conf.down = true;
	conf.set = DSR_SET_WEIGHT | DSR_SET_DOWN;
	mutex_lock(&lab->dn->lock);
	KUNIT_EXPECT_EQ(test, dsr_pernet_server_set(lab->dn, &key, &conf,
						    NULL), 0);
	mutex_unlock(&lab->dn->lock);
	guard_case_run(test, lab, &back, DSR_LAB_VIP, 1000);

	mutex_lock(&lab->dn->lock);
	KUNIT_EXPECT_EQ(test, dsr_pernet_server_del(lab->dn, &key, &conf,
						    NULL), 0);
	mutex_unlock(&lab->dn->lock);
	dsr_lab_expect_counts(test, lab, DSR_REASON_FORWARDED, 0);
	guard_case_run(test, lab, &(struct guard_case) {
		server_mac[0], 80, DSR_REASON_FORWARDED }, DSR_LAB_VIP, 1000);
}

/* A peer that has gone is a client. */
static void guard_peer_gone(struct kunit *test)
{
	u8 family = dsr_lab_family(test);
	struct dsr_lab *lab = guard_start(test);
	struct dsr_server_conf peer = guard_peer_conf(lab, family);

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &guard_web[0], family), 0);
	guard_case_run(test, lab, &(struct guard_case) {
		peer_mac, 80, DSR_REASON_FROM_PEER }, DSR_LAB_VIP, 1000);
	KUNIT_EXPECT_EQ(test, guard_change(lab, dsr_pernet_peer_del, &peer), 0);
	guard_case_run(test, lab, &(struct guard_case) {
		peer_mac, 80, DSR_REASON_FORWARDED }, DSR_LAB_VIP, 1000);
	KUNIT_EXPECT_EQ(test, guard_change(lab, dsr_pernet_peer_del, &peer),
			-ENOENT);
}

/* A peer or a server that cannot be reached may send all the same. */
static void guard_away(struct kunit *test)
{
	static const struct guard_case back = {
		peer_mac, 80, DSR_REASON_FROM_PEER,
	}, returned = {
		server_mac[0], 80, DSR_REASON_FROM_SERVER,
	};
	struct dsr_lab *lab = guard_start(test);
	const struct dsr_peer *peer;

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &guard_web[0],
					  dsr_lab_family(test)), 0);
	guard_case_run(test, lab, &back, DSR_LAB_VIP, 1000);
	rtnl_lock();
	dev_close(lab->out);
	rtnl_unlock();
	flush_delayed_work(&lab->dn->refresh);
	peer = list_first_entry(&lab->dn->peers.list, struct dsr_peer, list);
	KUNIT_EXPECT_NE(test, peer->nexthop.state, DSR_NEXTHOP_STATE_READY);
	guard_case_run(test, lab, &back, DSR_LAB_VIP, 1000);
	guard_case_run(test, lab, &returned, DSR_LAB_VIP, 1001);
}

/* Nobody follows a peer while there is no service. */
static void guard_peer_first(struct kunit *test)
{
	static const struct guard_case back = {
		peer_mac, 80, DSR_REASON_FROM_PEER,
	};
	u8 family = dsr_lab_family(test);
	struct dsr_lab *lab = dsr_lab_start(test);
	struct dsr_server_conf peer = guard_peer_conf(lab, family);
	struct neigh_table *tbl = family == AF_INET ? &arp_tbl : &nd_tbl;
	struct neighbour *neigh;

	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, guard_forget,
							lab), 0);
	peer.set &= ~DSR_SET_MAC;
	memset(peer.mac, 0, ETH_ALEN);
	KUNIT_ASSERT_EQ(test, guard_change(lab, dsr_pernet_peer_add, &peer), 0);
	neigh = neigh_lookup(tbl, &peer.addr, lab->out);
	KUNIT_ASSERT_NOT_NULL(test, neigh);
	KUNIT_EXPECT_EQ(test, neigh_update(neigh, peer_mac, NUD_REACHABLE,
					   NEIGH_UPDATE_F_OVERRIDE |
					   NEIGH_UPDATE_F_ADMIN, 0), 0);
	neigh_release(neigh);
	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &guard_web[0], family), 0);
	guard_case_run(test, lab, &back, DSR_LAB_VIP, 1000);
}

/* Fragments, of which only the first one tells the service */

static struct dsr_build guard_fragment(struct kunit *test, u32 id,
				       unsigned int i)
{
	return (struct dsr_build) {
		.family = dsr_lab_family(test), .protocol = IPPROTO_UDP,
		.saddr = DSR_LAB_CLIENT, .daddr = DSR_LAB_VIP,
		.sport = 1025, .dport = 53, .id = id,
		.frag_off = i * 50 | (i < 2 ? IP_MF : 0),
		.payload = i ? 400 : 392,
	};
}

static void guard_fragment_is(struct kunit *test, struct dsr_lab *lab, u32 id,
			      unsigned int i, const u8 *sender,
			      enum dsr_reason reason)
{
	struct dsr_build b = guard_fragment(test, id, i);

	guard_receive(test, lab, &b, sender);
	dsr_lab_expect(test, lab, reason);
	if (reason == DSR_REASON_FORWARDED)
		dsr_lab_expect_sent(test, lab, 0, &b);
	dsr_lab_expect_nothing(test, lab);
}

/* A server sends each fragment back: the client's go their way all the same. */
static void guard_fragments_back(struct kunit *test)
{
	struct dsr_lab *lab = guard_start(test);
	unsigned int i;

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &guard_dns,
					  dsr_lab_family(test)), 0);
	for (i = 0; i < 3; i++) {
		guard_fragment_is(test, lab, 1, i, client_mac,
				  DSR_REASON_FORWARDED);
		guard_fragment_is(test, lab, 1, i, server_mac[0],
				  DSR_REASON_FROM_SERVER);
	}
}

/* A peer's, of which the first one comes last. */
static void guard_fragments_wait(struct kunit *test)
{
	struct dsr_lab *lab = guard_start(test);
	struct dsr_build b = guard_fragment(test, 2, 1);

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &guard_dns,
					  dsr_lab_family(test)), 0);
	guard_receive(test, lab, &b, peer_mac);
	dsr_lab_expect_counts(test, lab, DSR_REASON_FORWARDED, 0);
	b = guard_fragment(test, 2, 0);
	guard_receive(test, lab, &b, peer_mac);
	dsr_lab_expect_counts(test, lab, DSR_REASON_FROM_PEER, 2);
	dsr_lab_expect_nothing(test, lab);
	guard_fragment_is(test, lab, 2, 2, peer_mac, DSR_REASON_FROM_PEER);
}

/* An ICMP error about a flow does not go back and forth either. */
static void guard_error_back(struct kunit *test)
{
	u8 family = dsr_lab_family(test);
	struct dsr_lab *lab = guard_start(test);
	struct dsr_build b = guard_packet(test, DSR_LAB_VIP, 1000, 80);
	struct dsr_build reply = b;
	struct dsr_build error = {
		.family = family, .icmp = DSR_BUILD_TOO_BIG,
		.saddr = DSR_IP(203, 0, 113, 1), .daddr = DSR_LAB_VIP,
		.inner = &reply,
	};

	swap(reply.saddr, reply.daddr);
	swap(reply.sport, reply.dport);
	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &guard_web[0], family), 0);
	guard_receive(test, lab, &b, client_mac);
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
	dsr_lab_expect_sent(test, lab, 0, &b);
	guard_receive(test, lab, &error, client_mac);
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
	dsr_lab_expect_sent(test, lab, 0, &error);
	guard_receive(test, lab, &error, server_mac[0]);
	dsr_lab_expect(test, lab, DSR_REASON_FROM_SERVER);
	dsr_lab_expect_nothing(test, lab);
}

/* What is refused, and what is a state */

static int guard_server(struct dsr_lab *lab, u8 family,
			const struct dsr_server_conf *conf,
			int (*change)(struct dsr_net *,
				      const struct dsr_service_key *,
				      const struct dsr_server_conf *,
				      struct netlink_ext_ack *))
{
	struct dsr_service_key key = dsr_lab_key(&guard_web[0], family);
	int err;

	mutex_lock(&lab->dn->lock);
	err = change(lab->dn, &key, conf, NULL);
	mutex_unlock(&lab->dn->lock);
	return err;
}

static const struct dsr_server *guard_find(struct dsr_lab *lab, u8 family,
					   const struct dsr_server_conf *conf)
{
	struct dsr_service *service = dsr_lab_find(lab, &guard_web[0], family);
	const struct dsr_server *server;

	mutex_lock(&lab->dn->lock);
	server = dsr_service_find_server(service, conf->family, &conf->addr);
	mutex_unlock(&lab->dn->lock);
	return server;
}

static int guard_state(struct kunit *test, struct dsr_lab *lab,
		       const struct dsr_server_conf *conf)
{
	const struct dsr_server *server = guard_find(lab, dsr_lab_family(test),
						     conf);

	return server ? server->nexthop.state : -1;
}

/* Which guard it was that a server's MAC address was stopped by. */
static void guard_states(struct kunit *test)
{
	static const struct {
		u8	mac[ETH_ALEN];
		u8	state;
	} states[] = {
		{ { 2, 0, 0, 0, 1, 9 }, DSR_NEXTHOP_STATE_READY },
		{ { 2, 0, 0, 0, 2, 1 }, DSR_NEXTHOP_STATE_PEER_MAC },
		{ { 2, 0, 0, 0, 0, 1 }, DSR_NEXTHOP_STATE_OWN_MAC },
		{ { 2, 0, 0, 0, 0, 2 }, DSR_NEXTHOP_STATE_OWN_MAC },
		{ { 1, 0, 0x5e, 0, 0, 1 }, DSR_NEXTHOP_STATE_BAD_MAC },
		{ { 255, 255, 255, 255, 255, 255 },
		  DSR_NEXTHOP_STATE_BAD_MAC },
	};
	u8 family = dsr_lab_family(test);
	struct dsr_lab *lab = guard_start(test);
	struct dsr_server_conf conf;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &guard_web[0], family), 0);
	conf = dsr_lab_server(lab, &guard_web[0], family, 1);
	for (i = 0; i < ARRAY_SIZE(states); i++) {
		ether_addr_copy(conf.mac, states[i].mac);
		KUNIT_EXPECT_EQ(test, guard_server(lab, family, &conf,
						   dsr_pernet_server_set), 0);
		KUNIT_EXPECT_EQ_MSG(test, guard_state(test, lab, &conf),
				    states[i].state, "case %u", i);
	}
}

/*
 * A client's MAC address, given to a server by mistake: once that is changed the
 * client is one again, though the server is not ready.
 */
static void guard_mac_mended(struct kunit *test)
{
	u8 family = dsr_lab_family(test);
	struct dsr_lab *lab = guard_start(test);
	struct dsr_server_conf conf;

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &guard_web[0], family), 0);
	conf = dsr_lab_server(lab, &guard_web[0], family, 1);
	ether_addr_copy(conf.mac, client_mac);
	KUNIT_EXPECT_EQ(test, guard_server(lab, family, &conf,
					   dsr_pernet_server_set), 0);
	guard_case_run(test, lab, &(struct guard_case) {
		client_mac, 80, DSR_REASON_FROM_SERVER }, DSR_LAB_VIP, 1000);
	eth_broadcast_addr(conf.mac);
	KUNIT_EXPECT_EQ(test, guard_server(lab, family, &conf,
					   dsr_pernet_server_set), 0);
	KUNIT_EXPECT_EQ(test, guard_state(test, lab, &conf),
			DSR_NEXTHOP_STATE_BAD_MAC);
	guard_case_run(test, lab, &(struct guard_case) {
		client_mac, 80, DSR_REASON_FORWARDED }, DSR_LAB_VIP, 1001);
}

/* A server that is a peer, by the peer's address; and its return. */
static void guard_peer_serves(struct kunit *test)
{
	u8 family = dsr_lab_family(test);
	struct dsr_lab *lab = guard_start(test);
	struct dsr_server_conf peer = guard_peer_conf(lab, family);
	struct dsr_server_conf own;

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &guard_web[0], family), 0);
	KUNIT_EXPECT_EQ(test, guard_server(lab, family, &peer,
					   dsr_pernet_server_add), 0);
	KUNIT_EXPECT_EQ(test, guard_state(test, lab, &peer),
			DSR_NEXTHOP_STATE_READY);
	guard_case_run(test, lab, &(struct guard_case) {
		peer_mac, 80, DSR_REASON_FROM_PEER }, DSR_LAB_VIP, 1000);

	/* The others cannot go, nor become the last resort. */
	own = dsr_lab_server(lab, &guard_web[0], family, 1);
	KUNIT_EXPECT_EQ(test, guard_server(lab, family, &own,
					   dsr_pernet_server_del), 0);
	own = dsr_lab_server(lab, &guard_web[0], family, 0);
	KUNIT_EXPECT_EQ(test, guard_server(lab, family, &own,
					   dsr_pernet_server_del), -EINVAL);
	own.fallback = true;
	own.down = true;
	own.set = DSR_SET_FALLBACK | DSR_SET_DOWN;
	KUNIT_EXPECT_EQ(test, guard_server(lab, family, &own,
					   dsr_pernet_server_set), -EINVAL);
	own.down = false;
	own.set = DSR_SET_DOWN;
	KUNIT_EXPECT_EQ(test, dsr_pernet_server_diff(guard_find(lab, family,
								&own), &own),
			0);
	/* But they can be drained. */
	own.weight = 0;
	own.set = DSR_SET_WEIGHT;
	KUNIT_EXPECT_EQ(test, guard_server(lab, family, &own,
					   dsr_pernet_server_set), 0);
	KUNIT_EXPECT_EQ(test, guard_state(test, lab, &own),
			DSR_NEXTHOP_STATE_READY);
	KUNIT_EXPECT_EQ(test, guard_server(lab, family, &peer,
					   dsr_pernet_server_del), 0);
	KUNIT_EXPECT_EQ(test, guard_server(lab, family, &own,
					   dsr_pernet_server_del), 0);
	/* Nor does it come first. */
	KUNIT_EXPECT_EQ(test, guard_server(lab, family, &peer,
					   dsr_pernet_server_add), -EINVAL);
	KUNIT_EXPECT_EQ(test, guard_state(test, lab, &peer), -1);
	peer.fallback = true;
	peer.set |= DSR_SET_FALLBACK;
	KUNIT_EXPECT_EQ(test, guard_server(lab, family, &peer,
					   dsr_pernet_server_add), 0);
}

/* A peer that is a service's only server already, or this director. */
static void guard_peer_refused(struct kunit *test)
{
	u8 family = dsr_lab_family(test);
	struct dsr_lab *lab = dsr_lab_start(test);
	struct dsr_server_conf peer = guard_peer_conf(lab, family);

	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, guard_forget,
							lab), 0);
	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &guard_mail, family), 0);
	peer.addr = dsr_build_addr(family, htonl(0x0a00000b));
	KUNIT_EXPECT_EQ(test, guard_change(lab, dsr_pernet_peer_add, &peer),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, lab->dn->peers.n, 0);
	peer.addr = dsr_build_addr(family, DSR_LAB_LOCAL);
	KUNIT_EXPECT_EQ(test, guard_change(lab, dsr_pernet_peer_add, &peer),
			-EINVAL);
	peer.addr = dsr_build_addr(family, PEER);
	peer.ifindex = INT_MAX;
	KUNIT_EXPECT_EQ(test, guard_change(lab, dsr_pernet_peer_add, &peer),
			-ENODEV);
	peer.ifindex = lab->out->ifindex;
	KUNIT_EXPECT_EQ(test, guard_change(lab, dsr_pernet_peer_add, &peer), 0);
	KUNIT_EXPECT_EQ(test, guard_change(lab, dsr_pernet_peer_add, &peer),
			-EEXIST);
	KUNIT_EXPECT_EQ(test, lab->dn->peers.n, 1);
}

/* Sets of any size have what was put in, and nothing else. */
static void guard_sets(struct kunit *test)
{
	static const unsigned int sizes[] = { 0, 1, 2, 7, 1000 };
	struct dsr_guard *guard;
	u8 mac[ETH_ALEN] = { 2 };
	unsigned int k, i;
	u64 whose;

	for (k = 0; k < ARRAY_SIZE(sizes); k++) {
		guard = dsr_guard_create(sizes[k]);
		KUNIT_ASSERT_NOT_NULL(test, guard);
		for (i = 0; i < sizes[k]; i++) {
			mac[4] = i >> 8;
			mac[5] = i;
			dsr_guard_add(guard, mac, i & 1 ? DSR_GUARD_PEER :
							  DSR_GUARD_SERVER);
			dsr_guard_add(guard, mac, i % 3 ? 0 : DSR_GUARD_PEER);
		}
		for (i = 0; i < 3000; i++) {
			mac[4] = i >> 8;
			mac[5] = i;
			whose = i >= sizes[k] ? 0 :
				i & 1 ? DSR_GUARD_PEER :
				i % 3 ? DSR_GUARD_SERVER :
					DSR_GUARD_SERVER | DSR_GUARD_PEER;
			KUNIT_EXPECT_EQ_MSG(test, dsr_guard_find(guard, mac),
					    whose, "%u of %u", i, sizes[k]);
		}
		kvfree(guard);
	}
}

static struct kunit_case guard_kunit_cases[] = {
	KUNIT_CASE_PARAM(guard_senders, dsr_lab_families),
	KUNIT_CASE_PARAM(guard_at_ingress, dsr_lab_families),
	KUNIT_CASE_PARAM(guard_any_server, dsr_lab_families),
	KUNIT_CASE_PARAM(guard_peer_gone, dsr_lab_families),
	KUNIT_CASE_PARAM(guard_away, dsr_lab_families),
	KUNIT_CASE_PARAM(guard_mac_mended, dsr_lab_families),
	KUNIT_CASE_PARAM(guard_peer_first, dsr_lab_families),
	KUNIT_CASE_PARAM(guard_fragments_back, dsr_lab_families),
	KUNIT_CASE_PARAM(guard_fragments_wait, dsr_lab_families),
	KUNIT_CASE_PARAM(guard_error_back, dsr_lab_families),
	KUNIT_CASE_PARAM(guard_states, dsr_lab_families),
	KUNIT_CASE_PARAM(guard_peer_serves, dsr_lab_families),
	KUNIT_CASE_PARAM(guard_peer_refused, dsr_lab_families),
	KUNIT_CASE(guard_sets),
	{}
};

static struct kunit_suite guard_kunit_suite = {
	.name = "dsr_guard",
	.test_cases = guard_kunit_cases,
};

kunit_test_suite(guard_kunit_suite);

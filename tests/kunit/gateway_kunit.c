// SPDX-License-Identifier: GPL-2.0
/*
 * This machine as its servers' gateway: replies are told from other packets,
 * counted, routed on, and make the state of a connection exact.
 */
#include <linux/etherdevice.h>
#include <linux/inetdevice.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/icmp.h>
#include <net/ip.h>
#include <net/ndisc.h>
#include <net/tcp.h>
#include "kmod/config.h"
#include "tests/kunit/lab.h"

/* The address of the first is the director's, that of the second is not. */
static const struct dsr_lab_service gateway_web[] = {
	{ "local", IPPROTO_TCP, DSR_LAB_LOCAL, 0, { { 80, 80 } },
	  .servers = 2 },
	{ "web", IPPROTO_TCP, DSR_LAB_VIP, 0, { { 80, 80 } }, .servers = 2 },
};

static const u8 server_mac[2][ETH_ALEN] = {
	{ 2, 0, 0, 0, 1, 0 }, { 2, 0, 0, 0, 1, 1 },
};
static const u8 other_mac[ETH_ALEN] = { 2, 0, 0, 0, 3, 1 };

static void gateway_forward(struct dsr_lab *lab, int on)
{
	struct inet6_dev *idev;

	rtnl_lock();
	IPV4_DEVCONF_ALL(&init_net, FORWARDING) = on;
	IN_DEV_CONF_SET(__in_dev_get_rtnl(lab->out), FORWARDING, on);
	WRITE_ONCE(init_net.ipv6.devconf_all->forwarding, on);
	idev = __in6_dev_get(lab->out);
	if (idev)
		WRITE_ONCE(idev->cnf.forwarding, on);
	rtnl_unlock();
}

static void gateway_off(void *lab)
{
	gateway_forward(lab, 0);
}

static int gateway_set(struct dsr_lab *lab, const struct dsr_lab_service *s,
		       u8 family, bool on)
{
	struct dsr_service_conf conf = dsr_lab_conf(lab, s, family);

	conf.opt.gateway = on;
	return dsr_lab_set(lab, &conf);
}

/* Services with replies, in a machine that forwards. */
static struct dsr_lab *gateway_start(struct kunit *test)
{
	u8 family = dsr_lab_family(test);
	struct dsr_lab *lab = dsr_lab_start(test);
	unsigned int i;

	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, gateway_off, lab),
			0);
	gateway_forward(lab, 1);
	for (i = 0; i < ARRAY_SIZE(gateway_web); i++) {
		KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &gateway_web[i], family),
				0);
		KUNIT_ASSERT_EQ(test, gateway_set(lab, &gateway_web[i], family,
						  true), 0);
	}
	return lab;
}

static struct dsr_build gateway_ask(struct kunit *test, __be32 vip, u8 flags)
{
	return (struct dsr_build) {
		.family = dsr_lab_family(test), .protocol = IPPROTO_TCP,
		.saddr = DSR_LAB_CLIENT, .daddr = vip, .sport = 1000,
		.dport = 80, .flags = flags,
	};
}

static void gateway_turn(struct dsr_build *b)
{
	swap(b->saddr, b->daddr);
	swap(b->sport, b->dport);
}

static void gateway_receive(struct kunit *test, struct dsr_lab *lab,
			    const struct dsr_build *b, const u8 *sender)
{
	struct sk_buff *skb = dsr_build_skb(test, b);

	ether_addr_copy(eth_hdr(skb)->h_source, sender);
	dsr_lab_inject_by(lab->out, skb);
}

/* It left towards the client, as a router sends it: nothing but the TTL less. */
static void gateway_expect_routed(struct kunit *test, struct dsr_lab *lab,
				  const struct dsr_build *b)
{
	struct sk_buff *skb = dsr_build_sent(lab->in);

	KUNIT_EXPECT_NOT_NULL(test, skb);
	if (!skb)
		return;
	skb_set_network_header(skb, ETH_HLEN);
	if (b->family == AF_INET) {
		ip_hdr(skb)->ttl++;
		ip_send_check(ip_hdr(skb));
	} else {
		ipv6_hdr(skb)->hop_limit++;
	}
	dsr_lab_expect_same(test, skb, b);
}

/* A client's packet, to the first server. */
static void gateway_client(struct kunit *test, struct dsr_lab *lab, __be32 vip,
			   u8 flags)
{
	struct dsr_build b = gateway_ask(test, vip, flags);

	dsr_lab_receive(test, lab, &b);
	dsr_lab_expect(test, lab, DSR_REASON_FORWARDED);
	dsr_lab_expect_sent(test, lab, 0, &b);
}

static void gateway_server(struct kunit *test, struct dsr_lab *lab, __be32 vip,
			   u8 flags)
{
	struct dsr_build b = gateway_ask(test, vip, flags);

	gateway_turn(&b);
	gateway_receive(test, lab, &b, server_mac[0]);
	dsr_lab_expect(test, lab, DSR_REASON_REPLY);
	gateway_expect_routed(test, lab, &b);
}

/* With the address local and not, and counted for service and server. */
static void gateway_routes(struct kunit *test)
{
	u8 family = dsr_lab_family(test);
	struct dsr_lab *lab = gateway_start(test);
	struct dsr_stats_sum sum;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(gateway_web); i++) {
		gateway_client(test, lab, gateway_web[i].vip, TCPHDR_SYN);
		gateway_server(test, lab, gateway_web[i].vip,
			       TCPHDR_SYN | TCPHDR_ACK);
		dsr_lab_sum(lab, &gateway_web[i], family, &sum);
		KUNIT_EXPECT_EQ(test, sum.packets[DSR_REASON_REPLY], 1);
		KUNIT_EXPECT_EQ(test, sum.reply_bytes,
				family == AF_INET ? 40 : 60);
		dsr_lab_flush(lab);
	}
}

/* A server that is given nothing any more, and whose flow is not known. */
static void gateway_drained(struct kunit *test)
{
	u8 family = dsr_lab_family(test);
	struct dsr_lab *lab = gateway_start(test);
	struct dsr_service_key key = dsr_lab_key(&gateway_web[0], family);
	struct dsr_server_conf conf = dsr_lab_server(lab, &gateway_web[0],
						     family, 0);

	conf.weight = 0;
	conf.down = true;
	conf.set = DSR_SET_WEIGHT | DSR_SET_DOWN;
	mutex_lock(&lab->dn->lock);
	KUNIT_EXPECT_EQ(test, dsr_pernet_server_set(lab->dn, &key, &conf,
						    NULL), 0);
	mutex_unlock(&lab->dn->lock);
	gateway_server(test, lab, DSR_LAB_LOCAL, TCPHDR_ACK);
}

/**
 * struct gateway_case - a packet from a virtual address
 * @sender: MAC address
 * @sport: its source port
 * @on: the service routes replies
 * @reason: under which it counts
 */
struct gateway_case {
	const u8	*sender;
	u16		sport;
	bool		on;
	u8		reason;
};

static const struct gateway_case gateway_cases[] = {
	{ server_mac[0], 80, true, DSR_REASON_REPLY },
	{ server_mac[1], 80, true, DSR_REASON_REPLY },
	{ other_mac, 80, true, DSR_REASON_NOT_OURS },
	{ server_mac[0], 81, true, DSR_REASON_NOT_OURS },
	{ server_mac[0], 80, false, DSR_REASON_NOT_OURS },
};

static void gateway_whose(struct kunit *test)
{
	u8 family = dsr_lab_family(test);
	struct dsr_lab *lab = gateway_start(test);
	const struct gateway_case *c;
	struct dsr_build b;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(gateway_cases); i++) {
		c = &gateway_cases[i];
		KUNIT_ASSERT_EQ(test, gateway_set(lab, &gateway_web[1], family,
						  c->on), 0);
		b = gateway_ask(test, DSR_LAB_VIP, TCPHDR_ACK);
		gateway_turn(&b);
		b.sport = c->sport;
		gateway_receive(test, lab, &b, c->sender);
		dsr_lab_expect(test, lab, c->reason);
		dsr_lab_flush(lab);
	}
}

/* No way on: counted, and dropped. */
static void gateway_lost(struct kunit *test)
{
	struct dsr_lab *lab = gateway_start(test);
	struct dsr_build b = gateway_ask(test, DSR_LAB_VIP, TCPHDR_ACK);

	gateway_turn(&b);
	b.daddr = DSR_IP(203, 0, 113, 9);
	gateway_receive(test, lab, &b, server_mac[0]);
	dsr_lab_expect(test, lab, DSR_REASON_REPLY_LOST);
	dsr_lab_expect_nothing(test, lab);

	gateway_forward(lab, 0);
	b.daddr = DSR_LAB_CLIENT;
	gateway_receive(test, lab, &b, server_mac[0]);
	dsr_lab_expect(test, lab, DSR_REASON_REPLY_LOST);
	dsr_lab_expect_nothing(test, lab);
}

/* Redirects that this machine has sent. */
static long gateway_redirects(u8 family)
{
	return family == AF_INET ?
	       atomic_long_read(&init_net.mib.icmpmsg_statistics->mibs[
				0x100 | ICMP_REDIRECT]) :
	       atomic_long_read(&init_net.mib.icmpv6msg_statistics->mibs[
				0x100 | NDISC_REDIRECT]);
}

/* A redirect comes from an address that has been found to be nobody else's. */
static void gateway_settle(struct kunit *test, struct net_device *dev)
{
	struct in6_addr addr;
	unsigned int i;

	for (i = 0; i < 500; i++) {
		if (!ipv6_get_lladdr(dev, &addr, IFA_F_TENTATIVE))
			return;
		schedule_timeout_uninterruptible(HZ / 100);
	}
	KUNIT_FAIL(test, "no link-local address");
}

/* One arm: the client is in the servers' network, but they are not told so. */
static void gateway_one_arm(struct kunit *test)
{
	/* Where an IPv6 redirect would find the address's neighbour. */
	static const struct dsr_lab_service web = {
		"near", IPPROTO_TCP, DSR_IP(10, 0, 0, 80), 0, { { 80, 80 } },
		.servers = 2,
	};
	u8 family = dsr_lab_family(test);
	struct dsr_lab *lab = gateway_start(test);
	struct dsr_build b = gateway_ask(test, web.vip, TCPHDR_ACK);
	long before;

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &web, family), 0);
	KUNIT_ASSERT_EQ(test, gateway_set(lab, &web, family, true), 0);
	if (family == AF_INET6)
		gateway_settle(test, lab->out);
	gateway_turn(&b);
	b.daddr = DSR_IP(10, 0, 0, 77);
	before = gateway_redirects(family);
	gateway_receive(test, lab, &b, server_mac[0]);
	dsr_lab_expect(test, lab, DSR_REASON_REPLY);
	KUNIT_EXPECT_EQ(test, gateway_redirects(family), before);
	/* Whoever is not a server is told, as by any router; at the VIP. */
	gateway_receive(test, lab, &b, other_mac);
	dsr_lab_expect_counts(test, lab, DSR_REASON_NOT_OURS, 2);
	KUNIT_EXPECT_EQ(test, gateway_redirects(family), before + 1);
}

/* Fragments of a reply, whose first one comes second. */
static void gateway_fragments(struct kunit *test)
{
	struct dsr_lab *lab = gateway_start(test);
	struct dsr_build b = gateway_ask(test, DSR_LAB_VIP, TCPHDR_ACK);
	struct dsr_build later;

	gateway_turn(&b);
	b.id = 9;
	b.frag_off = IP_MF;
	b.payload = 380;
	later = b;
	later.frag_off = 50;
	gateway_receive(test, lab, &later, server_mac[0]);
	dsr_lab_expect_counts(test, lab, DSR_REASON_REPLY, 0);
	gateway_receive(test, lab, &b, server_mac[0]);
	dsr_lab_expect_counts(test, lab, DSR_REASON_REPLY, 2);
	gateway_expect_routed(test, lab, &later);
	gateway_expect_routed(test, lab, &b);
}

/* Flow states */

static u32 gateway_state(struct dsr_lab *lab, u8 family)
{
	struct dsr_flow_table *flows =
		rcu_dereference_protected(lab->dn->flows, true);
	struct dsr_flow_entry entry = {
		.tuple = {
			.saddr = dsr_build_addr(family, DSR_LAB_CLIENT),
			.daddr = dsr_build_addr(family, DSR_LAB_VIP),
			.sport = htons(1000), .dport = htons(80),
			.protocol = IPPROTO_TCP, .family = family,
		},
	};
	bool found;

	rcu_read_lock();
	local_bh_disable();
	found = dsr_flow_get(flows, dsr_flow_now(), &entry);
	local_bh_enable();
	rcu_read_unlock();
	return found ? entry.state : DSR_FLOW_STATES;
}

/**
 * struct gateway_step - a packet of a connection, and its state after that
 * @flags: TCPHDR_*
 * @reply: it is the server's
 * @state: enum dsr_flow_state
 */
struct gateway_step {
	u8	flags;
	bool	reply;
	u8	state;
};

#define S	DSR_FLOW_STATE_SYN
#define E	DSR_FLOW_STATE_ESTABLISHED
#define C	DSR_FLOW_STATE_CLOSING

/* Each ends with no flags. */
static const struct gateway_step gateway_lives[][8] = {
	/* Both sides are done, in either order. */
	{ { TCPHDR_SYN, false, S }, { TCPHDR_SYN | TCPHDR_ACK, true, S },
	  { TCPHDR_ACK, false, E }, { TCPHDR_FIN | TCPHDR_ACK, false, E },
	  { TCPHDR_ACK, true, E }, { TCPHDR_FIN | TCPHDR_ACK, true, C },
	  { TCPHDR_ACK, false, C } },
	{ { TCPHDR_SYN, false, S }, { TCPHDR_SYN | TCPHDR_ACK, true, S },
	  { TCPHDR_ACK, false, E }, { TCPHDR_FIN | TCPHDR_ACK, true, E },
	  { TCPHDR_ACK, false, E }, { TCPHDR_FIN | TCPHDR_ACK, false, C },
	  { TCPHDR_ACK, true, C } },
	/* The replies go another way: all that is known is the client's side. */
	{ { TCPHDR_SYN, false, S }, { TCPHDR_ACK, false, E },
	  { TCPHDR_SYN, false, E }, { TCPHDR_FIN | TCPHDR_ACK, false, C },
	  { TCPHDR_ACK, false, C } },
	/* They come by from some time on. */
	{ { TCPHDR_SYN, false, S }, { TCPHDR_ACK, false, E },
	  { TCPHDR_ACK, true, E }, { TCPHDR_FIN | TCPHDR_ACK, false, E },
	  { TCPHDR_FIN | TCPHDR_ACK, true, C } },
	/* An answer alone establishes nothing. */
	{ { TCPHDR_SYN, false, S }, { TCPHDR_SYN | TCPHDR_ACK, true, S },
	  { TCPHDR_SYN, false, S }, { TCPHDR_SYN | TCPHDR_ACK, true, S },
	  { TCPHDR_ACK, false, E }, { TCPHDR_RST, false, C } },
	/* A reset of either side ends it. */
	{ { TCPHDR_SYN, false, S }, { TCPHDR_RST | TCPHDR_ACK, true, C } },
	{ { TCPHDR_SYN, false, S }, { TCPHDR_SYN | TCPHDR_ACK, true, S },
	  { TCPHDR_RST, false, C } },
};

static void gateway_life(struct kunit *test)
{
	struct dsr_lab *lab = gateway_start(test);
	const struct gateway_step *step;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(gateway_lives); i++) {
		for (step = gateway_lives[i]; step->flags; step++) {
			struct dsr_build b = gateway_ask(test, DSR_LAB_VIP,
							 step->flags);

			if (step->reply)
				gateway_turn(&b);
			if (step->reply)
				gateway_receive(test, lab, &b, server_mac[0]);
			else
				dsr_lab_receive(test, lab, &b);
			KUNIT_EXPECT_EQ_MSG(test,
				gateway_state(lab, dsr_lab_family(test)),
				step->state, "life %u, step %zu", i,
				step - gateway_lives[i]);
		}
		dsr_lab_flush(lab);
	}
}

static void gateway_active(void *data)
{
	struct dsr_lab *lab = data;

	mutex_lock(&lab->dn->lock);
	dsr_pernet_role_set(lab->dn, NULL, DSR_ROLE_ACTIVE, NULL);
	mutex_unlock(&lab->dn->lock);
}

static bool gateway_wide(struct dsr_lab *lab)
{
	return rcu_dereference_protected(lab->dn->map, true)->wide;
}

/* Who stands by does not look for replies. */
static void gateway_standby(struct kunit *test)
{
	struct dsr_lab *lab = gateway_start(test);
	int err;

	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, gateway_active,
							lab), 0);
	KUNIT_EXPECT_TRUE(test, gateway_wide(lab));
	mutex_lock(&lab->dn->lock);
	err = dsr_pernet_role_set(lab->dn, NULL, DSR_ROLE_STANDBY, NULL);
	mutex_unlock(&lab->dn->lock);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_FALSE(test, gateway_wide(lab));
	gateway_active(lab);
	KUNIT_EXPECT_TRUE(test, gateway_wide(lab));
}

/* What is refused: and nothing is changed by it. */
static void gateway_refused(struct kunit *test)
{
	static const struct dsr_lab_service mark = {
		"mark", .fwmark = 7, .servers = 1,
	};
	u8 family = dsr_lab_family(test);
	struct dsr_lab *lab = gateway_start(test);

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &mark, family), 0);
	KUNIT_EXPECT_EQ(test, gateway_set(lab, &mark, family, true), -EINVAL);
	KUNIT_EXPECT_EQ(test, gateway_set(lab, &gateway_web[1], family, false),
			0);
	gateway_forward(lab, 0);
	KUNIT_EXPECT_EQ(test, gateway_set(lab, &gateway_web[1], family, true),
			-EINVAL);
	KUNIT_EXPECT_FALSE(test, dsr_lab_find(lab, &gateway_web[1],
					      family)->opt.gateway);
}

static int gateway_stage(struct dsr_lab *lab, const struct dsr_lab_service *s,
			 u8 family)
{
	struct dsr_service_conf conf = { .key = dsr_lab_key(s, family) };
	int err;

	dsr_service_defaults(&conf.key, &conf.opt);
	conf.opt.gateway = true;
	mutex_lock(&lab->dn->lock);
	err = dsr_config_begin(lab->dn, 1, NULL);
	if (!err)
		err = dsr_config_add_service(dsr_config_find(lab->dn, 1), &conf,
					     false, NULL);
	mutex_unlock(&lab->dn->lock);
	dsr_config_closed(lab->dn, 1);
	return err;
}

/* What is on already stays, whoever applies what was saved. */
static void gateway_staged(struct kunit *test)
{
	static const struct dsr_lab_service mail = {
		"mail", IPPROTO_TCP, DSR_LAB_VIP, 0, { { 25, 25 } },
	};
	u8 family = dsr_lab_family(test);
	struct dsr_lab *lab = gateway_start(test);

	gateway_forward(lab, 0);
	KUNIT_EXPECT_EQ(test, gateway_stage(lab, &gateway_web[1], family), 0);
	KUNIT_EXPECT_EQ(test, gateway_stage(lab, &mail, family), -EINVAL);
}

static struct kunit_case gateway_kunit_cases[] = {
	KUNIT_CASE_PARAM(gateway_routes, dsr_lab_families),
	KUNIT_CASE_PARAM(gateway_drained, dsr_lab_families),
	KUNIT_CASE_PARAM(gateway_whose, dsr_lab_families),
	KUNIT_CASE_PARAM(gateway_lost, dsr_lab_families),
	KUNIT_CASE_PARAM(gateway_one_arm, dsr_lab_families),
	KUNIT_CASE_PARAM(gateway_fragments, dsr_lab_families),
	KUNIT_CASE_PARAM(gateway_life, dsr_lab_families),
	KUNIT_CASE_PARAM(gateway_standby, dsr_lab_families),
	KUNIT_CASE_PARAM(gateway_refused, dsr_lab_families),
	KUNIT_CASE_PARAM(gateway_staged, dsr_lab_families),
	{}
};

static struct kunit_suite gateway_kunit_suite = {
	.name = "dsr_gateway",
	.test_cases = gateway_kunit_cases,
};

kunit_test_suite(gateway_kunit_suite);

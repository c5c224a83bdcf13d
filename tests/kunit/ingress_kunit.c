// SPDX-License-Identifier: GPL-2.0
/*
 * The ingress hook: what it takes, what it leaves to the hook at PRE_ROUTING,
 * and which devices have it. That a packet's fate is the same by either hook is
 * shown by the suite dsr_packet_ingress.
 */
#include <linux/if_vlan.h>
#include <linux/netfilter_ipv4.h>
#include <linux/rtnetlink.h>
#include <net/ip.h>
#include <net/tcp.h>
#include "tests/kunit/lab.h"

static const struct dsr_lab_service ingress_web = {
	"web", IPPROTO_TCP, DSR_LAB_VIP, 0, { { 80, 80 } }, .servers = 1,
};

/**
 * struct ingress_test - a test
 * @lab: the director
 * @passed: packets that have come to PRE_ROUTING
 * @ops: see them
 */
struct ingress_test {
	struct dsr_lab		*lab;
	unsigned int		passed;
	struct nf_hook_ops	ops[DSR_HOOKS];
};

static unsigned int ingress_passes(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	struct ingress_test *t = priv;

	/* The kernel's own packets are IPv6 multicasts. */
	if (skb->pkt_type == PACKET_HOST)
		t->passed++;
	return NF_ACCEPT;
}

static void ingress_end(void *data)
{
	struct ingress_test *t = data;

	nf_unregister_net_hooks(&init_net, t->ops, DSR_HOOKS);
}

static struct ingress_test *ingress_start(struct kunit *test)
{
	static const u8 pf[DSR_HOOKS] = { NFPROTO_IPV4, NFPROTO_IPV6 };
	struct ingress_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->lab = dsr_lab_start(test);
	for (i = 0; i < DSR_HOOKS; i++)
		t->ops[i] = (struct nf_hook_ops) {
			.hook = ingress_passes, .priv = t, .pf = pf[i],
			.hooknum = NF_INET_PRE_ROUTING,
			.priority = NF_IP_PRI_FIRST,
		};
	KUNIT_ASSERT_EQ(test, nf_register_net_hooks(&init_net, t->ops,
						    DSR_HOOKS), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, ingress_end, t),
			0);
	KUNIT_ASSERT_EQ(test, dsr_lab_add(t->lab, &ingress_web,
					  dsr_lab_family(test)), 0);
	return t;
}

/* And the device towards the clients is served. */
static struct ingress_test *ingress_served(struct kunit *test)
{
	struct ingress_test *t = ingress_start(test);

	KUNIT_ASSERT_EQ(test, dsr_lab_ingress(t->lab, t->lab->in->name), 0);
	return t;
}

static struct dsr_build ingress_packet(struct kunit *test)
{
	return (struct dsr_build) {
		.family = dsr_lab_family(test), .protocol = IPPROTO_TCP,
		.saddr = DSR_LAB_CLIENT, .daddr = DSR_LAB_VIP, .sport = 1025,
		.dport = 80, .flags = TCPHDR_SYN, .payload = 10,
	};
}

/* A packet was counted once, for @reason, and came by PRE_ROUTING or not. */
static void ingress_expect(struct kunit *test, struct ingress_test *t,
			   enum dsr_reason reason, bool passed)
{
	dsr_lab_expect(test, t->lab, reason);
	KUNIT_EXPECT_EQ(test, t->passed, passed);
	t->passed = 0;
}

/* A packet that comes by @dev is forwarded, by the one hook or the other. */
static void ingress_by(struct kunit *test, struct ingress_test *t,
		       struct net_device *dev, bool passed)
{
	struct dsr_build b = ingress_packet(test);

	dsr_lab_inject_by(dev, dsr_build_skb(test, &b));
	ingress_expect(test, t, DSR_REASON_FORWARDED, passed);
	dsr_lab_expect_sent(test, t->lab, 0, &b);
}

/* Without a name the kernel sees the packet; with one it does not. */
static void ingress_takes(struct kunit *test)
{
	struct ingress_test *t = ingress_start(test);
	struct dsr_stats_sum sum;

	ingress_by(test, t, t->lab->in, true);
	KUNIT_ASSERT_EQ(test, dsr_lab_ingress(t->lab, t->lab->in->name), 0);
	ingress_by(test, t, t->lab->in, false);
	ingress_by(test, t, t->lab->in, false);

	/* The same table: three packets of one flow. */
	dsr_lab_sum(t->lab, &ingress_web, dsr_lab_family(test), &sum);
	KUNIT_EXPECT_EQ(test, sum.packets[DSR_REASON_FORWARDED], 3);
	KUNIT_EXPECT_EQ(test, sum.flows, 1);
}

/* What the kernel would have trimmed, pulled or counted is taken as it does. */
static void ingress_shapes(struct kunit *test)
{
	struct ingress_test *t = ingress_served(test);
	struct dsr_build b = ingress_packet(test), shapes[4] = { b, b, b, b };
	unsigned int i;

	shapes[1].padding = 6;
	shapes[2].linear = 1;
	shapes[3].gso_size = 1000;
	shapes[3].payload = 4000;
	for (i = 0; i < ARRAY_SIZE(shapes); i++) {
		dsr_lab_receive(test, t->lab, &shapes[i]);
		ingress_expect(test, t, DSR_REASON_FORWARDED, false);
		dsr_lab_expect_sent(test, t->lab, 0, &shapes[i]);
	}
}

/* Not of a service: it goes on, and is counted once. */
static void ingress_not_ours(struct kunit *test)
{
	struct ingress_test *t = ingress_served(test);
	struct dsr_build other[2] = { ingress_packet(test),
				      ingress_packet(test) };
	struct sk_buff *skb;
	unsigned int i;

	other[0].dport = 81;
	other[1].daddr = DSR_LAB_LOCAL;
	for (i = 0; i < ARRAY_SIZE(other); i++) {
		dsr_lab_receive(test, t->lab, &other[i]);
		ingress_expect(test, t, DSR_REASON_NOT_OURS, true);
		skb = skb_dequeue(&t->lab->left);
		KUNIT_ASSERT_NOT_NULL(test, skb);
		dsr_lab_expect_same(test, skb, &other[i]);
	}
}

/* Of a service, but left to PRE_ROUTING, which balances it. */
static void ingress_leaves(struct kunit *test)
{
	struct ingress_test *t = ingress_served(test);
	struct dsr_build b = ingress_packet(test), first = b;
	struct sk_buff *skb;

	first.frag_off = IP_MF;
	first.payload = 1000;
	first.id = 1;
	dsr_lab_receive(test, t->lab, &first);
	ingress_expect(test, t, DSR_REASON_FORWARDED, true);
	dsr_lab_expect_sent(test, t->lab, 0, &first);

	/* The kernel makes itself a copy of one that is shared. */
	skb = skb_get(dsr_build_skb(test, &b));
	dsr_lab_inject(t->lab, skb);
	kfree_skb(skb);
	ingress_expect(test, t, DSR_REASON_FORWARDED, true);
	dsr_lab_expect_sent(test, t->lab, 0, &b);

	/* A priority, but no VLAN. */
	skb = dsr_build_skb(test, &b);
	__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), VLAN_PRIO_MASK);
	dsr_lab_inject(t->lab, skb);
	ingress_expect(test, t, DSR_REASON_FORWARDED, true);
	dsr_lab_expect_sent(test, t->lab, 0, &b);

	if (dsr_lab_family(test) != AF_INET6)
		return;
	b.ext = "h";
	dsr_lab_receive(test, t->lab, &b);
	ingress_expect(test, t, DSR_REASON_FORWARDED, true);
	dsr_lab_expect_sent(test, t->lab, 0, &b);
}

/* What the kernel drops before PRE_ROUTING is not forwarded. */
static void ingress_kernel_drops(struct kunit *test)
{
	struct ingress_test *t = ingress_served(test);
	struct dsr_build b = ingress_packet(test), bad[4] = { b, b, b, b };
	struct sk_buff *skb;
	unsigned int i;

	bad[0].cut = 1;
	bad[1].version = 5;
	bad[2].pkt_type = PACKET_OTHERHOST;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		skb = dsr_build_skb(test, &bad[i]);
		if (i == 3 && b.family == AF_INET)
			ip_hdr(skb)->check ^= htons(1);
		else if (i == 3)
			ipv6_hdr(skb)->saddr = in6addr_loopback;
		dsr_lab_inject(t->lab, skb);
		dsr_lab_expect_counts(test, t->lab, DSR_REASON_FORWARDED, 0);
		KUNIT_EXPECT_EQ_MSG(test, t->passed, 0, "packet %u", i);
		dsr_lab_expect_nothing(test, t->lab);
	}

	/* A VLAN that the device has not. */
	skb = dsr_build_skb(test, &b);
	__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), 5);
	dsr_lab_inject(t->lab, skb);
	dsr_lab_expect_counts(test, t->lab, DSR_REASON_FORWARDED, 0);
	KUNIT_EXPECT_EQ(test, t->passed, 0);
	dsr_lab_expect_nothing(test, t->lab);
}

/* Dropped here, counted once; and what is too big is told to its sender. */
static void ingress_drops(struct kunit *test)
{
	struct ingress_test *t = ingress_served(test);
	struct dsr_build b = ingress_packet(test);
	struct sk_buff *told;

	b.payload = 1400;
	b.frag_off = b.family == AF_INET ? IP_DF : 0;
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, dev_set_mtu(t->lab->out, 1300), 0);
	rtnl_unlock();
	dsr_lab_receive(test, t->lab, &b);
	ingress_expect(test, t, DSR_REASON_TOO_BIG, false);
	told = dsr_build_sent(t->lab->in);
	KUNIT_EXPECT_NOT_NULL(test, told);
	kfree_skb(told);
	dsr_lab_expect_nothing(test, t->lab);

	rtnl_lock();
	dev_close(t->lab->out);
	rtnl_unlock();
	flush_delayed_work(&t->lab->dn->refresh);
	dsr_lab_receive(test, t->lab, &b);
	ingress_expect(test, t, DSR_REASON_NO_SERVER, false);
	dsr_lab_expect_nothing(test, t->lab);
}

static bool ingress_active(struct ingress_test *t, const char *name)
{
	struct dsr_ingress *ingress;
	bool active;

	mutex_lock(&t->lab->dn->lock);
	ingress = dsr_ingress_find(&t->lab->dn->ingress, name, NULL);
	active = ingress && ingress->device.dev;
	mutex_unlock(&t->lab->dn->lock);
	return active;
}

/* A device goes, and a new one of its name comes. */
static void ingress_device_goes(struct kunit *test)
{
	static const u8 mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 3 };
	struct ingress_test *t = ingress_start(test);
	struct net_device *dev = dsr_build_dev_create(mac);
	char name[IFNAMSIZ];

	KUNIT_ASSERT_NOT_NULL(test, dev);
	strscpy(name, dev->name, sizeof(name));
	KUNIT_ASSERT_EQ(test, dsr_lab_ingress(t->lab, name), 0);
	KUNIT_EXPECT_TRUE(test, ingress_active(t, name));
	ingress_by(test, t, dev, false);
	dsr_build_dev_free(dev);
	KUNIT_EXPECT_FALSE(test, ingress_active(t, name));

	dev = dsr_build_dev_create(mac);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	KUNIT_ASSERT_STREQ(test, dev->name, name);
	KUNIT_EXPECT_TRUE(test, ingress_active(t, name));
	ingress_by(test, t, dev, false);
	dsr_build_dev_free(dev);
}

/* Without a service the device has no hook; with the next one again. */
static void ingress_idle(struct kunit *test)
{
	struct ingress_test *t = ingress_served(test);
	u8 family = dsr_lab_family(test);

	KUNIT_EXPECT_TRUE(test,
			  rcu_access_pointer(t->lab->in->nf_hooks_ingress));
	KUNIT_EXPECT_EQ(test, dsr_lab_del(t->lab, &ingress_web, family), 0);
	KUNIT_EXPECT_FALSE(test,
			   rcu_access_pointer(t->lab->in->nf_hooks_ingress));
	KUNIT_EXPECT_TRUE(test, ingress_active(t, t->lab->in->name));
	KUNIT_EXPECT_EQ(test, dsr_lab_add(t->lab, &ingress_web, family), 0);
	ingress_by(test, t, t->lab->in, false);
}

static int ingress_delete(struct ingress_test *t, const char *name)
{
	int err;

	mutex_lock(&t->lab->dn->lock);
	err = dsr_pernet_ingress_del(t->lab->dn, name, NULL);
	mutex_unlock(&t->lab->dn->lock);
	return err;
}

/* Once each, 64 at most, and deleted ones make room. */
static void ingress_list(struct kunit *test)
{
	struct ingress_test *t = ingress_served(test);
	char name[IFNAMSIZ];
	unsigned int i;

	KUNIT_EXPECT_EQ(test, dsr_lab_ingress(t->lab, t->lab->in->name),
			-EEXIST);
	for (i = 1; i < DSR_DEVICES_MAX; i++) {
		snprintf(name, sizeof(name), "absent%u", i);
		KUNIT_EXPECT_EQ(test, dsr_lab_ingress(t->lab, name), 0);
	}
	KUNIT_EXPECT_EQ(test, dsr_lab_ingress(t->lab, "another"), -ENOSPC);
	KUNIT_EXPECT_EQ(test, ingress_delete(t, "another"), -ENOENT);
	KUNIT_EXPECT_EQ(test, ingress_delete(t, t->lab->in->name), 0);
	KUNIT_EXPECT_FALSE(test,
			   rcu_access_pointer(t->lab->in->nf_hooks_ingress));
	ingress_by(test, t, t->lab->in, true);
	KUNIT_EXPECT_EQ(test, dsr_lab_ingress(t->lab, "another"), 0);
}

static struct kunit_case ingress_kunit_cases[] = {
	KUNIT_CASE_PARAM(ingress_takes, dsr_lab_families),
	KUNIT_CASE_PARAM(ingress_shapes, dsr_lab_families),
	KUNIT_CASE_PARAM(ingress_not_ours, dsr_lab_families),
	KUNIT_CASE_PARAM(ingress_leaves, dsr_lab_families),
	KUNIT_CASE_PARAM(ingress_kernel_drops, dsr_lab_families),
	KUNIT_CASE_PARAM(ingress_drops, dsr_lab_families),
	KUNIT_CASE_PARAM(ingress_device_goes, dsr_lab_families),
	KUNIT_CASE_PARAM(ingress_idle, dsr_lab_families),
	KUNIT_CASE_PARAM(ingress_list, dsr_lab_families),
	{}
};

static struct kunit_suite ingress_suite = {
	.name		= "dsr_ingress",
	.test_cases	= ingress_kunit_cases,
};

kunit_test_suite(ingress_suite);

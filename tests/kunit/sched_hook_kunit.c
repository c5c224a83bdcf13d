// SPDX-License-Identifier: GPL-2.0
/*
 * Every scheduler behind the hook: what packets see of it.
 */
#include <net/tcp.h>
#include "tests/kunit/lab.h"

#define HOOK_SERVERS	3

/* A scheduler and a family. */
struct hook_param {
	const struct dsr_sched_ops	*ops;
	u8				family;
};

static const void *hook_gen_params(const void *prev, char *desc)
{
	static struct hook_param param;
	static unsigned int i;

	i = prev ? i + 1 : 0;
	param.ops = dsr_scheds[i / 2];
	param.family = i % 2 ? AF_INET6 : AF_INET;
	if (!param.ops)
		return NULL;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s, IPv%u", param.ops->name,
		 param.family == AF_INET ? 4 : 6);
	return &param;
}

static struct dsr_lab_service hook_service(struct kunit *test)
{
	const struct hook_param *param = test->param_value;

	return (struct dsr_lab_service) {
		.protocol = IPPROTO_TCP, .vip = DSR_LAB_VIP,
		.ports = { { 80, 80 } }, .sched = param->ops,
		.servers = HOOK_SERVERS,
	};
}

/* The server that a packet of the i-th client is sent to. */
static int hook_send(struct kunit *test, struct dsr_lab *lab, unsigned int i)
{
	const struct hook_param *param = test->param_value;
	struct dsr_build b = {
		.family = param->family, .protocol = IPPROTO_TCP,
		.saddr = htonl(0xc6336407 + i), .daddr = DSR_LAB_VIP,
		.sport = 1025 + i, .dport = 80, .flags = TCPHDR_SYN,
	};

	dsr_lab_receive(test, lab, &b);
	return dsr_lab_sent_to(lab);
}

/* Packets of so many clients: how many each server gets. */
static void hook_count(struct kunit *test, struct dsr_lab *lab,
		       unsigned int first, unsigned int n, u32 *count)
{
	unsigned int i;
	int to;

	memset(count, 0, HOOK_SERVERS * sizeof(*count));
	for (i = first; i < first + n; i++) {
		to = hook_send(test, lab, i);
		KUNIT_ASSERT_GE(test, to, 0);
		KUNIT_ASSERT_LT(test, to, HOOK_SERVERS);
		count[to]++;
	}
	dsr_lab_expect_counts(test, lab, DSR_REASON_FORWARDED, n);
}

static void hook_weight(struct kunit *test, struct dsr_lab *lab,
			const struct dsr_lab_service *s, unsigned int i,
			u32 weight)
{
	const struct hook_param *param = test->param_value;
	struct dsr_service_key key = dsr_lab_key(s, param->family);
	struct dsr_server_conf conf;

	conf = dsr_lab_server(lab, s, param->family, i);
	conf.set = DSR_SET_WEIGHT;
	conf.weight = weight;
	mutex_lock(&lab->dn->lock);
	KUNIT_EXPECT_EQ(test, dsr_pernet_server_set(lab->dn, &key, &conf, NULL),
			0);
	mutex_unlock(&lab->dn->lock);
}

/*
 * All servers get flows; one of weight 0 gets none from then on, another lives;
 * and the last one gets all.
 */
static void hook_weight_zero(struct kunit *test)
{
	const struct hook_param *param = test->param_value;
	struct dsr_lab_service s = hook_service(test);
	struct dsr_lab *lab = dsr_lab_start(test);
	u32 count[HOOK_SERVERS];
	unsigned int i;

	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &s, param->family), 0);
	hook_count(test, lab, 0, 100, count);
	for (i = 0; i < HOOK_SERVERS; i++)
		KUNIT_EXPECT_GT(test, count[i], 0);
	hook_weight(test, lab, &s, 0, 0);
	hook_count(test, lab, 100, 100, count);
	KUNIT_EXPECT_EQ(test, count[0], 0);
	KUNIT_EXPECT_GT(test, count[1], 0);
	KUNIT_EXPECT_GT(test, count[2], 0);
	hook_weight(test, lab, &s, 1, 0);
	hook_count(test, lab, 200, 100, count);
	KUNIT_EXPECT_EQ(test, count[2], 100);
	/* Time for the first to make up for what it has missed. */
	hook_weight(test, lab, &s, 0, 1);
	hook_count(test, lab, 300, 400, count);
	KUNIT_EXPECT_GT(test, count[0], 0);
	KUNIT_EXPECT_EQ(test, count[1], 0);
	KUNIT_EXPECT_GT(test, count[2], 0);
}

/* With flows on their way from wrr to this one: they stay where they are. */
static void hook_change(struct kunit *test)
{
	const struct hook_param *param = test->param_value;
	struct dsr_lab_service s = hook_service(test);
	struct dsr_lab *lab = dsr_lab_start(test);
	struct dsr_service_conf conf;
	u32 count[HOOK_SERVERS];
	unsigned int i;
	int to[12];

	s.sched = NULL;
	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &s, param->family), 0);
	for (i = 0; i < 12; i++) {
		to[i] = hook_send(test, lab, i);
		KUNIT_EXPECT_EQ(test, to[i], (int)("010201"[i % 6] - '0'));
	}
	conf = dsr_lab_conf(lab, &s, param->family);
	conf.opt.sched = param->ops;
	KUNIT_EXPECT_EQ(test, dsr_lab_set(lab, &conf), 0);
	KUNIT_EXPECT_PTR_EQ(test,
			    dsr_lab_find(lab, &s, param->family)->opt.sched,
			    param->ops);
	for (i = 0; i < 12; i++)
		KUNIT_EXPECT_EQ(test, hook_send(test, lab, i), to[i]);
	dsr_lab_expect_counts(test, lab, DSR_REASON_FORWARDED, 24);
	hook_count(test, lab, 100, 100, count);
	for (i = 0; i < HOOK_SERVERS; i++)
		KUNIT_EXPECT_GT(test, count[i], 0);
}

static struct kunit_case hook_kunit_cases[] = {
	KUNIT_CASE_PARAM(hook_weight_zero, hook_gen_params),
	KUNIT_CASE_PARAM(hook_change, hook_gen_params),
	{}
};

static struct kunit_suite hook_suite = {
	.name		= "dsr_sched_hook",
	.test_cases	= hook_kunit_cases,
};

kunit_test_suite(hook_suite);

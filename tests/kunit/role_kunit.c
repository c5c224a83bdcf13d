// SPDX-License-Identifier: GPL-2.0
/*
 * Roles: a service that stands by leaves its packets to the kernel and keeps
 * what it has; one step makes it active.
 */
#include "tests/kunit/lab.h"

static const struct dsr_lab_service role_web = {
	"web", IPPROTO_UDP, DSR_LAB_VIP, 0, { { 80, 80 } }, .servers = 2,
};

static const struct dsr_lab_service role_dns = {
	"dns", IPPROTO_UDP, DSR_LAB_VIP, 0, { { 53, 53 } }, .servers = 1,
	.echo = DSR_ECHO_FORWARD,
};

static const struct dsr_lab_service role_mark = {
	"mark", .fwmark = 7, .servers = 1,
};

static int role_set(struct dsr_lab *lab, const char *group, enum dsr_role role)
{
	int err;

	mutex_lock(&lab->dn->lock);
	err = dsr_pernet_role_set(lab->dn, group, role, NULL);
	mutex_unlock(&lab->dn->lock);
	return err;
}

static void role_group(struct kunit *test, struct dsr_lab *lab,
		       const struct dsr_lab_service *s, const char *group)
{
	struct dsr_service_conf conf = dsr_lab_conf(lab, s,
						    dsr_lab_family(test));

	memset(conf.opt.group, 0, sizeof(conf.opt.group));
	strscpy(conf.opt.group, group, sizeof(conf.opt.group));
	KUNIT_ASSERT_EQ(test, dsr_lab_set(lab, &conf), 0);
}

/* All are active again when the test ends: the namespace stays. */
static void role_end(void *lab)
{
	role_set(lab, NULL, DSR_ROLE_ACTIVE);
}

/* Web is in a group of its own. */
static struct dsr_lab *role_start(struct kunit *test)
{
	struct dsr_lab *lab = dsr_lab_start(test);
	u8 family = dsr_lab_family(test);

	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, role_end, lab),
			0);
	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &role_web, family), 0);
	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &role_dns, family), 0);
	KUNIT_ASSERT_EQ(test, dsr_lab_add(lab, &role_mark, family), 0);
	role_group(test, lab, &role_web, "web");
	return lab;
}

static struct dsr_build role_packet(struct kunit *test, u16 port)
{
	return (struct dsr_build) {
		.family = dsr_lab_family(test), .protocol = IPPROTO_UDP,
		.saddr = DSR_LAB_CLIENT, .daddr = DSR_LAB_VIP, .sport = 1025,
		.dport = port, .payload = 10,
	};
}

/* A packet is balanced, or left to the kernel. */
static void role_try(struct kunit *test, struct dsr_lab *lab,
		     const struct dsr_build *b, bool balanced)
{
	dsr_lab_receive(test, lab, b);
	dsr_lab_expect(test, lab, balanced ? DSR_REASON_FORWARDED :
					     DSR_REASON_NOT_OURS);
	KUNIT_EXPECT_EQ(test, dsr_lab_sent_to(lab) >= 0, balanced);
	dsr_lab_flush(lab);
}

/* Web alone has the director answer a ping to the address of both. */
static void role_expect(struct kunit *test, struct dsr_lab *lab, bool web,
			bool dns)
{
	struct dsr_build b = role_packet(test, 80);

	role_try(test, lab, &b, web);
	b = role_packet(test, 53);
	role_try(test, lab, &b, dns);
	b.protocol = 0;
	b.icmp = DSR_BUILD_ECHO;
	dsr_lab_receive(test, lab, &b);
	dsr_lab_expect(test, lab, dns ? DSR_REASON_FORWARDED :
		       web ? DSR_REASON_ECHO_ANSWERED : DSR_REASON_NOT_OURS);
	dsr_lab_flush(lab);
	b = role_packet(test, 99);
	b.mark = 7;
	role_try(test, lab, &b, dns);
}

/* By group, and all together. */
static void role_groups(struct kunit *test)
{
	struct dsr_lab *lab = role_start(test);

	role_expect(test, lab, true, true);
	KUNIT_EXPECT_EQ(test, role_set(lab, "web", DSR_ROLE_STANDBY), 0);
	role_expect(test, lab, false, true);
	KUNIT_EXPECT_EQ(test, role_set(lab, "default", DSR_ROLE_STANDBY), 0);
	role_expect(test, lab, false, false);
	KUNIT_EXPECT_EQ(test, role_set(lab, "web", DSR_ROLE_ACTIVE), 0);
	role_expect(test, lab, true, false);
	KUNIT_EXPECT_EQ(test, role_set(lab, NULL, DSR_ROLE_STANDBY), 0);
	role_expect(test, lab, false, false);
	KUNIT_EXPECT_EQ(test, role_set(lab, NULL, DSR_ROLE_ACTIVE), 0);
	role_expect(test, lab, true, true);
	KUNIT_EXPECT_EQ(test, role_set(lab, "nobody", DSR_ROLE_STANDBY),
			-ENOENT);
	role_expect(test, lab, true, true);
}

/* Flows go on where they were. */
static void role_keeps_flows(struct kunit *test)
{
	struct dsr_build b = role_packet(test, 80);
	struct dsr_lab *lab = role_start(test);
	struct dsr_stats_sum sum;
	unsigned int i;
	int server;

	dsr_lab_receive(test, lab, &b);
	server = dsr_lab_sent_to(lab);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ(test, role_set(lab, "web", DSR_ROLE_STANDBY),
				0);
		dsr_lab_sum(lab, &role_web, dsr_lab_family(test), &sum);
		KUNIT_EXPECT_EQ(test, sum.active, 1);
		KUNIT_EXPECT_EQ(test, role_set(lab, "web", DSR_ROLE_ACTIVE),
				0);
		dsr_lab_receive(test, lab, &b);
		KUNIT_EXPECT_EQ(test, dsr_lab_sent_to(lab), server);
	}
	dsr_lab_sum(lab, &role_web, dsr_lab_family(test), &sum);
	KUNIT_EXPECT_EQ(test, sum.packets[DSR_REASON_FORWARDED], 4);
	KUNIT_EXPECT_EQ(test, sum.flows, 1);
}

/* Changes meanwhile count when the service is active again. */
static void role_changes(struct kunit *test)
{
	struct dsr_build b = role_packet(test, 80);
	struct dsr_lab *lab = role_start(test);
	u8 family = dsr_lab_family(test);
	struct dsr_service_key key = dsr_lab_key(&role_web, family);
	struct dsr_server_conf conf;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, role_set(lab, "web", DSR_ROLE_STANDBY), 0);
	conf = dsr_lab_server(lab, &role_web, family, 0);
	mutex_lock(&lab->dn->lock);
	KUNIT_EXPECT_EQ(test, dsr_pernet_server_del(lab->dn, &key, &conf,
						    NULL), 0);
	mutex_unlock(&lab->dn->lock);
	role_try(test, lab, &b, false);
	KUNIT_EXPECT_EQ(test, role_set(lab, "web", DSR_ROLE_ACTIVE), 0);
	for (i = 0; i < 3; i++) {
		b.sport++;
		dsr_lab_receive(test, lab, &b);
		KUNIT_EXPECT_EQ(test, dsr_lab_sent_to(lab), 1);
	}
	/* Into a group that stands by, and out of it. */
	KUNIT_EXPECT_EQ(test, role_set(lab, "default", DSR_ROLE_STANDBY), 0);
	role_group(test, lab, &role_web, "default");
	dsr_tally_sum(lab->dn->tally, &lab->before);
	role_try(test, lab, &b, false);
	role_group(test, lab, &role_web, "another");
	role_try(test, lab, &b, true);
}

/* What comes later has the role that its group was told, or all were. */
static void role_to_come(struct kunit *test)
{
	struct dsr_build b = role_packet(test, 80);
	struct dsr_lab *lab = role_start(test);
	u8 family = dsr_lab_family(test);

	KUNIT_EXPECT_EQ(test, role_set(lab, "web", DSR_ROLE_STANDBY), 0);
	KUNIT_EXPECT_EQ(test, dsr_lab_del(lab, &role_web, family), 0);
	KUNIT_EXPECT_EQ(test, dsr_lab_add(lab, &role_web, family), 0);
	role_try(test, lab, &b, true);
	role_group(test, lab, &role_web, "web");
	role_try(test, lab, &b, false);
	KUNIT_EXPECT_EQ(test, dsr_lab_del(lab, &role_web, family), 0);
	KUNIT_EXPECT_EQ(test, dsr_lab_del(lab, &role_dns, family), 0);
	KUNIT_EXPECT_EQ(test, dsr_lab_del(lab, &role_mark, family), 0);
	KUNIT_EXPECT_EQ(test, role_set(lab, NULL, DSR_ROLE_STANDBY), 0);
	KUNIT_EXPECT_EQ(test, dsr_lab_add(lab, &role_web, family), 0);
	role_try(test, lab, &b, false);
	KUNIT_EXPECT_EQ(test, role_set(lab, NULL, DSR_ROLE_ACTIVE), 0);
	role_try(test, lab, &b, true);
}

/* 1024 groups can have roles, all of which are forgotten by one. */
static void role_limit(struct kunit *test)
{
	struct dsr_lab *lab = role_start(test);
	char group[DSR_GROUP_MAX];
	unsigned int i;

	for (i = 0; i < DSR_ROLES_MAX; i++) {
		snprintf(group, sizeof(group), "group%u", i);
		role_group(test, lab, &role_web, group);
		KUNIT_ASSERT_EQ(test, role_set(lab, group, DSR_ROLE_STANDBY),
				0);
	}
	KUNIT_EXPECT_EQ(test, role_set(lab, "default", DSR_ROLE_STANDBY),
			-ENOSPC);
	KUNIT_EXPECT_EQ(test, role_set(lab, "group7", DSR_ROLE_ACTIVE), 0);
	KUNIT_EXPECT_EQ(test, dsr_roles_find(lab->dn->roles, "group6"),
			DSR_ROLE_STANDBY);
	KUNIT_EXPECT_EQ(test, dsr_roles_find(lab->dn->roles, "group7"),
			DSR_ROLE_ACTIVE);
	KUNIT_EXPECT_EQ(test, role_set(lab, NULL, DSR_ROLE_ACTIVE), 0);
	KUNIT_EXPECT_EQ(test, role_set(lab, "default", DSR_ROLE_STANDBY), 0);
	KUNIT_EXPECT_EQ(test, lab->dn->roles->n, 1);
}

static struct kunit_case role_kunit_cases[] = {
	KUNIT_CASE_PARAM(role_groups, dsr_lab_families),
	KUNIT_CASE_PARAM(role_keeps_flows, dsr_lab_families),
	KUNIT_CASE_PARAM(role_changes, dsr_lab_families),
	KUNIT_CASE_PARAM(role_to_come, dsr_lab_families),
	KUNIT_CASE_PARAM(role_limit, dsr_lab_families),
	{}
};

static struct kunit_suite role_suite = {
	.name		= "dsr_role",
	.test_cases	= role_kunit_cases,
};

kunit_test_suite(role_suite);

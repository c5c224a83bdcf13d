// SPDX-License-Identifier: GPL-2.0
/*
 * The better of two: with what chance each server is picked.
 *
 * Chances are tried so often that a right one is farther than the bound from
 * what is expected once in 10^9 runs, a wrong one by a hundredth is not.
 */
#include <linux/ktime.h>
#include "tests/kunit/sched_lab.h"

#define RANDOM2_PICKS	(1 << 20)

/* Six times the square root of the variance, which is at most picks / 4. */
#define RANDOM2_BOUND	(6 * 512)

struct random2_case {
	const char	*desc;
	u32		weights[4];
	int		active[4];
	unsigned int	n;
	u32		chance[4];	/* times 2^20 / @of */
	u32		of;
};

static const struct random2_case random2_cases[] = {
	{ "one server", { 7 }, { 9 }, 1, { 1 }, 1 },
	{ "equal weights", { 5, 5, 5, 5 }, {}, 4, { 1, 1, 1, 1 }, 4 },
	{ "3 to 2 to 1", { 3, 2, 1 }, {}, 3, { 3, 2, 1 }, 6 },
	{ "1 to 2 to 3", { 1, 2, 3 }, {}, 3, { 1, 2, 3 }, 6 },
	{ "one heavy server", { 1, 65535, 1 }, {}, 3, { 1, 65535, 1 }, 65537 },
	{ "the greatest weights", { 65535, 65535 }, {}, 2, { 1, 1 }, 2 },
	{ "equal loads", { 3, 1 }, { 30, 10 }, 2, { 3, 1 }, 4 },
	/* The one with more is picked if it is drawn twice. */
	{ "one is ahead", { 1, 1 }, { 1, 2 }, 2, { 3, 1 }, 4 },
	{ "the heavy is ahead", { 3, 1 }, { 31, 10 }, 2, { 9, 7 }, 16 },
	{ "the light is ahead", { 3, 1 }, { 29, 10 }, 2, { 15, 1 }, 16 },
	{ "a row", { 1, 1, 1 }, { 3, 2, 1 }, 3, { 1, 3, 5 }, 9 },
	{ "the greatest of numbers", { 65535, 65534 }, { INT_MAX, INT_MAX }, 2,
	  { 3, 1 }, 4 },
};

static void random2_desc(const struct random2_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(random2, random2_cases, random2_desc);

static void random2_chances(struct kunit *test)
{
	const struct random2_case *c = test->param_value;
	struct dsr_sched_lab *lab;
	struct dsr_sched *sched;
	u32 count[4], expected;
	unsigned int i;

	lab = dsr_sched_lab(test, AF_INET, c->weights, c->n);
	for (i = 0; i < c->n; i++)
		atomic_set(&lab->load[i].active, c->active[i]);
	sched = dsr_sched_lab_build(test, &dsr_sched_random2, lab, NULL);
	dsr_sched_lab_count(sched, AF_INET, count, c->n, RANDOM2_PICKS);
	for (i = 0; i < c->n; i++) {
		expected = div_u64((u64)RANDOM2_PICKS * c->chance[i], c->of);
		KUNIT_EXPECT_LE(test, abs_diff(count[i], expected),
				RANDOM2_BOUND);
	}
	dsr_sched_lab_destroy(sched);
}

/* 1000 servers of weights 1 to 10: the shares of the weights, none forgotten. */
static void random2_many(struct kunit *test)
{
	static u32 weights[DSR_SCHED_LAB_MAX], count[DSR_SCHED_LAB_MAX];
	const unsigned int n = DSR_SCHED_LAB_MAX;
	u32 by_weight[10] = {}, expected, i;
	struct dsr_sched *sched;

	for (i = 0; i < n; i++)
		weights[i] = 1 + i % 10;
	sched = dsr_sched_lab_build(test, &dsr_sched_random2,
				    dsr_sched_lab(test, AF_INET, weights, n),
				    NULL);
	dsr_sched_lab_count(sched, AF_INET, count, n, RANDOM2_PICKS);
	for (i = 0; i < n; i++) {
		KUNIT_EXPECT_GT(test, count[i], 0);
		by_weight[i % 10] += count[i];
	}
	for (i = 0; i < 10; i++) {
		expected = RANDOM2_PICKS / 55 * (1 + i);
		KUNIT_EXPECT_LE(test, abs_diff(by_weight[i], expected),
				RANDOM2_BOUND);
	}
	dsr_sched_lab_destroy(sched);
}

/*
 * As flows begin, each server has nearly its share of them: the most that one
 * has over it grows with the number of servers like the logarithm of the
 * logarithm, not with the number of flows as by a single choice.
 */
static void random2_even(struct kunit *test)
{
	const unsigned int n = DSR_SCHED_LAB_MAX, each = 500;
	struct dsr_sched_lab *lab = dsr_sched_lab(test, AF_INET, NULL, n);
	struct dsr_sched *sched;
	unsigned int i, most = 0;
	u64 begin;

	sched = dsr_sched_lab_build(test, &dsr_sched_random2, lab, NULL);
	begin = ktime_get_ns();
	for (i = 0; i < each * n; i++)
		dsr_sched_lab_begin(sched, lab, NULL);
	kunit_info(test, "a pick among %u servers takes %llu ns", n,
		   div_u64(ktime_get_ns() - begin, each * n));
	for (i = 0; i < n; i++)
		most = max_t(unsigned int, most,
			     atomic_read(&lab->load[i].active));
	kunit_info(test, "of %u flows each the most are %u", each, most);
	KUNIT_EXPECT_LE(test, most, each + 5);
	dsr_sched_lab_destroy(sched);
}

static struct kunit_case random2_kunit_cases[] = {
	KUNIT_CASE_PARAM(random2_chances, random2_gen_params),
	KUNIT_CASE(random2_many),
	KUNIT_CASE(random2_even),
	{}
};

static struct kunit_suite random2_suite = {
	.name		= "dsr_sched_random2",
	.test_cases	= random2_kunit_cases,
};

kunit_test_suite(random2_suite);

// SPDX-License-Identifier: GPL-2.0
/*
 * Least connections, with and without weights.
 */
#include <linux/ktime.h>
#include "tests/kunit/sched_lab.h"

struct lc_case {
	const char			*desc;
	const struct dsr_sched_ops	*ops;
	u32				weights[4];
	int				active[4];
	unsigned int			n;
	bool				counted;	/* as they come */
	const char			*picks;
};

static const struct lc_case lc_cases[] = {
	{ "wlc: one server", &dsr_sched_wlc, { 7 }, { 9 }, 1, true, "aaaa" },
	{ "wlc: the weights, twice", &dsr_sched_wlc, { 3, 2, 1 }, {}, 3, true,
	  "abcabaabcaba" },
	{ "wlc: equals in a burst", &dsr_sched_wlc, { 1, 1, 1, 1 }, {}, 4,
	  false, "abcdabcdab" },
	{ "wlc: equal loads in a burst", &dsr_sched_wlc, { 3, 2, 1 },
	  { 9, 6, 3 }, 3, false, "abcabc" },
	{ "wlc: one is ahead", &dsr_sched_wlc, { 10, 1, 1 }, { 11, 5, 1 }, 3,
	  false, "ccc" },
	{ "wlc: a new server catches up", &dsr_sched_wlc, { 1, 1, 1 },
	  { 3, 3, 0 }, 3, true, "cccabc" },
	{ "wlc: the greatest of numbers", &dsr_sched_wlc,
	  { 65534, 65535, 65534 }, { INT_MAX, INT_MAX, INT_MAX }, 3, false,
	  "bbb" },
	{ "wlc: by one in the greatest", &dsr_sched_wlc,
	  { 65535, 65535, 65535 }, { INT_MAX, INT_MAX, INT_MAX - 1 }, 3, false,
	  "ccc" },
	{ "lc: one server", &dsr_sched_lc, { 7 }, { 9 }, 1, true, "aaaa" },
	{ "lc: whatever the weights", &dsr_sched_lc, { 3, 2, 1 }, {}, 3, true,
	  "abcabcabc" },
	{ "lc: one is behind", &dsr_sched_lc, { 10, 1, 1 }, { 3, 2, 1 }, 3,
	  true, "cbcabcabc" },
};

static void lc_desc(const struct lc_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(lc, lc_cases, lc_desc);

static void lc_sequence(struct kunit *test)
{
	const struct lc_case *c = test->param_value;
	struct dsr_sched_lab *lab;
	struct dsr_sched *sched;
	unsigned int i;
	char got[16] = {};

	lab = dsr_sched_lab(test, AF_INET, c->weights, c->n);
	for (i = 0; i < c->n; i++)
		atomic_set(&lab->load[i].active, c->active[i]);
	sched = dsr_sched_lab_build(test, c->ops, lab, NULL);
	for (i = 0; c->picks[i]; i++) {
		if (c->counted)
			got[i] = 'a' + dsr_sched_lab_begin(sched, lab, NULL);
		else
			got[i] = 'a' + sched->ops->pick(sched, NULL);
	}
	KUNIT_EXPECT_STREQ(test, got, c->picks);
	dsr_sched_lab_destroy(sched);
}

/* Equals go on taking turns where the old schedule was. */
static void lc_rebuild(struct kunit *test)
{
	struct dsr_sched_lab *lab = dsr_sched_lab(test, AF_INET, NULL, 3);
	struct dsr_sched *old, *new;
	char got[8];

	old = dsr_sched_lab_build(test, &dsr_sched_wlc, lab, NULL);
	dsr_sched_lab_letters(old, AF_INET, got, 4);
	KUNIT_EXPECT_STREQ(test, got, "abca");
	new = dsr_sched_lab_build(test, &dsr_sched_wlc, lab, old);
	dsr_sched_lab_destroy(old);
	dsr_sched_lab_letters(new, AF_INET, got, 3);
	KUNIT_EXPECT_STREQ(test, got, "bca");
	dsr_sched_lab_destroy(new);
}

/* Wherever the least loaded is, and wherever a scan begins. */
static void lc_finds(struct kunit *test)
{
	static const unsigned int places[] = { 0, 1, 499, 998, 999 };
	const unsigned int n = DSR_SCHED_LAB_MAX;
	struct dsr_sched_lab *lab = dsr_sched_lab(test, AF_INET, NULL, n);
	struct dsr_sched *sched;
	unsigned int i, k;

	for (i = 0; i < n; i++)
		atomic_set(&lab->load[i].active, 10);
	sched = dsr_sched_lab_build(test, &dsr_sched_wlc, lab, NULL);
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		atomic_set(&lab->load[places[i]].active, 9);
		for (k = 0; k < n; k++)
			KUNIT_EXPECT_EQ(test, sched->ops->pick(sched, NULL),
					places[i]);
		atomic_set(&lab->load[places[i]].active, 10);
	}
	dsr_sched_lab_destroy(sched);
}

/* Nobody would have been better off to take another's last flow. */
static void lc_expect_fair(struct kunit *test, const struct dsr_sched_lab *lab)
{
	unsigned int i, k, unfair = 0;

	for (i = 0; i < lab->n; i++)
		for (k = 0; k < lab->n; k++)
			unfair += (u64)(atomic_read(&lab->load[i].active) - 1) *
					  lab->server[k].weight >
				  (u64)atomic_read(&lab->load[k].active) *
					  lab->server[i].weight;
	KUNIT_EXPECT_EQ(test, unfair, 0);
}

static void lc_fair(struct kunit *test)
{
	static u32 weights[DSR_SCHED_LAB_MAX];
	const unsigned int n = DSR_SCHED_LAB_MAX;
	struct dsr_sched_lab *lab;
	struct dsr_sched *sched;
	unsigned int i;

	for (i = 0; i < n; i++)
		weights[i] = 1 + i % 10;
	lab = dsr_sched_lab(test, AF_INET, weights, n);
	sched = dsr_sched_lab_build(test, &dsr_sched_wlc, lab, NULL);
	for (i = 0; i < 20 * n; i++)
		dsr_sched_lab_begin(sched, lab, NULL);
	lc_expect_fair(test, lab);
	dsr_sched_lab_destroy(sched);
}

/* A note, and nothing that could fail: how long a scan takes. */
static void lc_cost(struct kunit *test)
{
	static const unsigned int sizes[] = { 2, 10, 100, 1000 };
	const unsigned int picks = 10000;
	struct dsr_sched *sched;
	unsigned int i, k;
	u64 begin;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		sched = dsr_sched_lab_build(test, &dsr_sched_wlc,
					    dsr_sched_lab(test, AF_INET, NULL,
							  sizes[i]), NULL);
		begin = ktime_get_ns();
		for (k = 0; k < picks; k++)
			sched->ops->pick(sched, NULL);
		kunit_info(test, "a pick among %u servers takes %llu ns",
			   sizes[i], div_u64(ktime_get_ns() - begin, picks));
		dsr_sched_lab_destroy(sched);
	}
}

static struct kunit_case lc_kunit_cases[] = {
	KUNIT_CASE_PARAM(lc_sequence, lc_gen_params),
	KUNIT_CASE(lc_rebuild),
	KUNIT_CASE(lc_finds),
	KUNIT_CASE(lc_fair),
	KUNIT_CASE(lc_cost),
	{}
};

static struct kunit_suite lc_suite = {
	.name		= "dsr_sched_lc",
	.test_cases	= lc_kunit_cases,
};

kunit_test_suite(lc_suite);

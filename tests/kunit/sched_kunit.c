// SPDX-License-Identifier: GPL-2.0
/*
 * Round robin: the sequence itself, its evenness, its exactness.
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include "kmod/sched_cursor.h"
#include "tests/kunit/sched_lab.h"

struct sched_case {
	const char	*desc;
	u32		weights[8];
	unsigned int	n;
	const char	*round;		/* a for the first server, … */
};

static const struct sched_case sched_cases[] = {
	{ "one server", { 7 }, 1, "a" },
	{ "equal weights", { 1, 1, 1 }, 3, "abc" },
	{ "equal larger weights", { 50, 50 }, 2, "ab" },
	{ "3 to 2 to 1", { 3, 2, 1 }, 3, "abacab" },
	{ "1 to 2 to 3", { 1, 2, 3 }, 3, "cbcacb" },
	{ "a common divisor", { 300, 200, 100 }, 3, "abacab" },
	{ "one heavy server", { 5, 1, 1 }, 3, "aabaaca" },
	{ "two to one", { 2, 1 }, 2, "aba" },
	{ "equals take turns", { 2, 2, 1 }, 3, "abcab" },
	{ "all that there is", { 65535, 65535 }, 2, "ab" },
};

static void sched_desc(const struct sched_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(sched, sched_cases, sched_desc);

static struct dsr_sched *sched_build(struct kunit *test, const u32 *weights,
				     unsigned int n,
				     const struct dsr_sched *old)
{
	struct dsr_sched_lab *lab = dsr_sched_lab(test, AF_INET, weights, n);
	struct dsr_sched *sched;

	sched = dsr_sched_lab_build(test, &dsr_sched_wrr, lab, old);
	kunit_kfree(test, lab);
	return sched;
}

static void sched_picks(struct dsr_sched *sched, char *out, unsigned int n)
{
	dsr_sched_lab_letters(sched, AF_INET, out, n);
}

/* Round robin does not look at the packet. */
static unsigned int sched_pick(struct dsr_sched *sched)
{
	return sched->ops->pick(sched, NULL);
}

/* Three rounds, so that the step from one to the next is seen too. */
static void sched_sequence(struct kunit *test)
{
	const struct sched_case *c = test->param_value;
	unsigned int len = strlen(c->round), i;
	struct dsr_sched *sched;
	char got[32];

	sched = sched_build(test, c->weights, c->n, NULL);
	for (i = 0; i < 3; i++) {
		sched_picks(sched, got, len);
		KUNIT_EXPECT_STREQ(test, got, c->round);
	}
	dsr_sched_lab_destroy(sched);
}

/* 16.16 fixed point: how far counts wander from fair over two rounds. */
static s64 sched_wander(struct dsr_sched *sched, const u32 *weights,
			unsigned int n, u64 sum)
{
	s64 count[32] = {}, high[32] = {}, low[32] = {}, most = 0;
	unsigned int i;
	u64 pick;

	for (pick = 1; pick <= 2 * sum; pick++) {
		count[sched_pick(sched)] += 1 << 16;
		for (i = 0; i < n; i++) {
			s64 off = count[i] -
				  div64_u64((pick * weights[i]) << 16, sum);

			high[i] = max(high[i], off);
			low[i] = min(low[i], off);
		}
	}
	for (i = 0; i < n; i++)
		most = max(most, high[i] - low[i]);
	return most;
}

/*
 * In every run of consecutive picks, of whatever length and start, a server
 * is within three picks of its share, on average over the weights
 * within one and three quarters: that is by how much its count less its share
 * rises and falls.
 */
static void sched_smooth(struct kunit *test)
{
	struct dsr_sched *sched;
	struct rnd_state rnd;
	s64 wander, total = 0;
	unsigned int run, i, n;
	u32 weights[32];
	u64 sum;

	prandom_seed_state(&rnd, 42);
	for (run = 0; run < 200; run++) {
		n = 2 + prandom_u32_state(&rnd) % 31;
		for (sum = 0, i = 0; i < n; i++) {
			weights[i] = 1 + prandom_u32_state(&rnd) % 40;
			sum += weights[i];
		}
		sched = sched_build(test, weights, n, NULL);
		wander = sched_wander(sched, weights, n, sum);
		KUNIT_EXPECT_LE(test, wander, 3 << 16);
		total += wander;
		dsr_sched_lab_destroy(sched);
	}
	KUNIT_EXPECT_LE(test, total, 200 * (7 << 14));
}

static void sched_count(struct dsr_sched *sched, u32 *count, unsigned int n,
			u64 picks)
{
	memset(count, 0, n * sizeof(*count));
	while (picks--)
		count[sched_pick(sched)]++;
}

/* 600 picks at 3:2:1, from wherever the cursor is. */
static void sched_exact(struct kunit *test)
{
	static const u32 weights[] = { 3, 2, 1 };
	struct dsr_sched *sched = sched_build(test, weights, 3, NULL);
	u32 count[3];
	unsigned int start;

	for (start = 0; start < 6; start++) {
		sched_count(sched, count, 3, 600);
		KUNIT_EXPECT_EQ(test, count[0], 300);
		KUNIT_EXPECT_EQ(test, count[1], 200);
		KUNIT_EXPECT_EQ(test, count[2], 100);
		sched_pick(sched);
	}
	dsr_sched_lab_destroy(sched);
}

/* The largest sum that is kept exact, and one that is not. */
static void sched_large(struct kunit *test)
{
	static const u32 exact[] = { 65534, 1, 1 };
	static const u32 scaled[] = { 65535, 32767, 1 };
	struct dsr_sched *sched;
	u32 count[3];

	sched = sched_build(test, exact, 3, NULL);
	sched_count(sched, count, 3, 65536);
	KUNIT_EXPECT_EQ(test, count[0], 65534);
	KUNIT_EXPECT_EQ(test, count[1], 1);
	KUNIT_EXPECT_EQ(test, count[2], 1);
	dsr_sched_lab_destroy(sched);

	/* 43690.4, 21844.9 and 0.7 slots of 65536 */
	sched = sched_build(test, scaled, 3, NULL);
	sched_count(sched, count, 3, 65536);
	KUNIT_EXPECT_EQ(test, count[0], 43690);
	KUNIT_EXPECT_EQ(test, count[1], 21845);
	KUNIT_EXPECT_EQ(test, count[2], 1);
	dsr_sched_lab_destroy(sched);
}

/* A server that is next to nothing beside the others still gets its turn. */
static void sched_starves_nobody(struct kunit *test)
{
	const unsigned int n = 1000;
	u32 *weights = kunit_kcalloc(test, n, sizeof(*weights), GFP_KERNEL);
	u32 *count = kunit_kcalloc(test, n, sizeof(*count), GFP_KERNEL);
	struct dsr_sched *sched;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, weights);
	KUNIT_ASSERT_NOT_NULL(test, count);
	for (i = 0; i < n; i++)
		weights[i] = i % 10 ? DSR_WEIGHT_MAX : 1;
	sched = sched_build(test, weights, n, NULL);
	sched_count(sched, count, n, 2 * 65536);
	for (i = 0; i < n; i++)
		KUNIT_EXPECT_GE(test, count[i], 1);
	dsr_sched_lab_destroy(sched);
}

/* A rebuilt schedule goes on where the old one was. */
static void sched_rebuild(struct kunit *test)
{
	static const u32 weights[] = { 3, 2, 1 };
	static const u32 longer[] = { 1, 1, 1, 1 };
	struct dsr_sched *old, *new;
	char got[8];

	old = sched_build(test, weights, 3, NULL);
	sched_picks(old, got, 3);
	KUNIT_EXPECT_STREQ(test, got, "aba");
	new = sched_build(test, weights, 3, old);
	sched_picks(new, got, 3);
	KUNIT_EXPECT_STREQ(test, got, "cab");
	dsr_sched_lab_destroy(old);

	/* Half way stays half way when the round gets longer. */
	sched_picks(new, got, 3);
	old = sched_build(test, longer, 4, new);
	sched_picks(old, got, 4);
	KUNIT_EXPECT_STREQ(test, got, "cdab");
	dsr_sched_lab_destroy(old);
	dsr_sched_lab_destroy(new);
}

#define SCHED_TEN	10
#define SCHED_TEN_SUM	55

static const u32 sched_ten[SCHED_TEN] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };

/* Wherever 55 picks in a row begin, they hold exactly the weights. */
static void sched_windows(struct kunit *test)
{
	struct dsr_sched *sched = sched_build(test, sched_ten, SCHED_TEN, NULL);
	unsigned int first[SCHED_TEN_SUM], i, pick;
	u32 count[SCHED_TEN] = {};

	for (i = 0; i < SCHED_TEN_SUM; i++) {
		first[i] = sched_pick(sched);
		count[first[i]]++;
	}
	KUNIT_EXPECT_MEMEQ(test, count, sched_ten, sizeof(count));
	/* One leaves the window and the same comes into it. */
	for (i = 0; i < 3 * SCHED_TEN_SUM; i++) {
		pick = sched_pick(sched);
		KUNIT_EXPECT_EQ(test, pick, first[i % SCHED_TEN_SUM]);
	}
	dsr_sched_lab_destroy(sched);
}

#define SCHED_PICKERS		4
#define SCHED_PICKER_ROUNDS	100

struct sched_picker {
	struct dsr_sched	*sched;
	unsigned int		run;	/* picks between two pauses */
	u32			count[SCHED_TEN];
	struct completion	done;
};

/* With pauses, so that others come in between if there is but one CPU. */
static int sched_picker(void *data)
{
	struct sched_picker *picker = data;
	unsigned int i;

	for (i = 0; i < SCHED_PICKER_ROUNDS * SCHED_TEN_SUM; i++) {
		picker->count[sched_pick(picker->sched)]++;
		if (i % picker->run == 0)
			schedule_timeout_uninterruptible(1);
	}
	complete(&picker->done);
	return 0;
}

/* Several at once: each has what it has, together they have the weights. */
static void sched_pickers(struct kunit *test)
{
	struct dsr_sched *sched = sched_build(test, sched_ten, SCHED_TEN, NULL);
	unsigned int i, k, cpu = 0, uneven = 0;
	struct sched_picker *picker;
	struct task_struct *task;
	u32 sum[SCHED_TEN] = {}, alone[SCHED_TEN];

	picker = kunit_kcalloc(test, SCHED_PICKERS, sizeof(*picker),
			       GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, picker);
	for (k = 0; k < SCHED_TEN; k++)
		alone[k] = SCHED_PICKER_ROUNDS * sched_ten[k];
	for (i = 0; i < SCHED_PICKERS; i++) {
		picker[i].sched = sched;
		picker[i].run = 301 + 6 * i;
		init_completion(&picker[i].done);
		task = kthread_create(sched_picker, &picker[i], "picker");
		KUNIT_ASSERT_FALSE(test, IS_ERR(task));
		kthread_bind(task, cpu);
		cpu = cpumask_next(cpu, cpu_online_mask);
		if (cpu >= nr_cpu_ids)
			cpu = cpumask_first(cpu_online_mask);
		wake_up_process(task);
	}
	for (i = 0; i < SCHED_PICKERS; i++) {
		wait_for_completion(&picker[i].done);
		for (k = 0; k < SCHED_TEN; k++)
			sum[k] += picker[i].count[k];
		uneven += memcmp(picker[i].count, alone, sizeof(alone)) != 0;
	}
	/* They did come in between. */
	KUNIT_EXPECT_GT(test, uneven, 0);
	for (k = 0; k < SCHED_TEN; k++)
		KUNIT_EXPECT_EQ(test, sum[k], SCHED_PICKERS * alone[k]);
	dsr_sched_lab_destroy(sched);
}

/* Turns, whatever the weights; a change goes on with the next one. */
static void sched_rr(struct kunit *test)
{
	static const u32 weights[] = { 1, 65535, 7 };
	struct dsr_sched_lab *lab = dsr_sched_lab(test, AF_INET, weights, 3);
	struct dsr_sched *old, *new;
	char got[8];

	old = dsr_sched_lab_build(test, &dsr_sched_rr, lab, NULL);
	sched_picks(old, got, 7);
	KUNIT_EXPECT_STREQ(test, got, "abcabca");
	new = dsr_sched_lab_build(test, &dsr_sched_rr, lab, old);
	dsr_sched_lab_destroy(old);
	sched_picks(new, got, 4);
	KUNIT_EXPECT_STREQ(test, got, "bcab");
	dsr_sched_lab_destroy(new);
}

/* The numbers of servers that a round can have, and the cursor's end. */
static void sched_rr_sizes(struct kunit *test)
{
	static const unsigned int sizes[] = { 1, 2, 3, 7, 1000 };
	struct dsr_cursor cursor;
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		dsr_cursor_init(&cursor, sizes[i], NULL);
		for (k = 0; k < 3 * sizes[i]; k++)
			KUNIT_EXPECT_EQ(test, dsr_cursor_next(&cursor),
					k % sizes[i]);
		atomic_set(&cursor.picks, cursor.limit - sizes[i]);
		for (k = 0; k < 3 * sizes[i]; k++)
			KUNIT_EXPECT_EQ(test, dsr_cursor_next(&cursor),
					k % sizes[i]);
		KUNIT_EXPECT_EQ(test, atomic_read(&cursor.picks),
				2 * sizes[i]);
	}
}

/* Users are told of all schedulers, and by these names they are found. */
static void sched_names(struct kunit *test)
{
	char names[128] = "";
	unsigned int i;

	for (i = 0; dsr_scheds[i]; i++) {
		if (i)
			strlcat(names, ", ", sizeof(names));
		strlcat(names, dsr_scheds[i]->name, sizeof(names));
		KUNIT_EXPECT_PTR_EQ(test, dsr_sched_find(dsr_scheds[i]->name),
				    dsr_scheds[i]);
	}
	KUNIT_EXPECT_STREQ(test, names, DSR_SCHED_NAMES);
	KUNIT_EXPECT_PTR_EQ(test, dsr_sched_find("wrr"), &dsr_sched_wrr);
	KUNIT_EXPECT_NULL(test, dsr_sched_find("wr"));
	KUNIT_EXPECT_NULL(test, dsr_sched_find(""));
}

static struct kunit_case sched_kunit_cases[] = {
	KUNIT_CASE_PARAM(sched_sequence, sched_gen_params),
	KUNIT_CASE(sched_smooth),
	KUNIT_CASE(sched_exact),
	KUNIT_CASE(sched_large),
	KUNIT_CASE(sched_starves_nobody),
	KUNIT_CASE(sched_rebuild),
	KUNIT_CASE(sched_windows),
	KUNIT_CASE(sched_pickers),
	KUNIT_CASE(sched_rr),
	KUNIT_CASE(sched_rr_sizes),
	KUNIT_CASE(sched_names),
	{}
};

static struct kunit_suite sched_suite = {
	.name		= "dsr_sched",
	.test_cases	= sched_kunit_cases,
};

kunit_test_suite(sched_suite);

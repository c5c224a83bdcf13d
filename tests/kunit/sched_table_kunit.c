// SPDX-License-Identifier: GPL-2.0
/*
 * Source hash and maglev: vectors, shares, and what a change moves.
 */
#include <linux/ktime.h>
#include <linux/mm.h>
#include "kmod/sched_table.h"
#include "tests/kunit/lab.h"
#include "tests/kunit/sched_lab.h"

static const struct dsr_table *table_of(const struct dsr_sched *sched)
{
	return container_of(sched, struct dsr_table, sched);
}

static struct dsr_sched *table_build(struct kunit *test,
				     const struct dsr_sched_ops *ops,
				     const struct dsr_sched_lab *lab)
{
	return dsr_sched_lab_build(test, ops, lab, NULL);
}

/* Slots of each server. */
static void table_count(const struct dsr_sched *sched, u32 *count,
			unsigned int n)
{
	const struct dsr_table *table = table_of(sched);
	u32 i;

	memset(count, 0, n * sizeof(*count));
	for (i = 0; i < table->size; i++)
		count[table->slot[i]]++;
}

/*
 * The same on every machine, kernel and day. The vectors come from another
 * program, in another language and with a SipHash of its own.
 */
struct table_vector {
	const char			*desc;
	const struct dsr_sched_ops	*ops;
	u8				family;
	u8				hash_on;
	const char			*picks;
	u64				hash;	/* of the table */
};

static const struct table_vector table_vectors[] = {
	{ "sh, IPv4", &dsr_sched_sh, AF_INET, DSR_SCHED_HASH_DEFAULT,
	  "aadbddcaabdeddaaddaaeaacadbcdeee", 0x23c86d6eb858e93b },
	{ "sh, IPv6", &dsr_sched_sh, AF_INET6, DSR_SCHED_HASH_DEFAULT,
	  "beaddcdcadecebcddcbebdbdddbdbdba", 0x41d14024d0f6f1ea },
	{ "sh, IPv4, by flow", &dsr_sched_sh, AF_INET, DSR_SCHED_HASH_FLOW,
	  "badbebbdbddddeaaddbdebadcdaddbaa", 0x23c86d6eb858e93b },
	{ "sh, IPv6, by flow", &dsr_sched_sh, AF_INET6, DSR_SCHED_HASH_FLOW,
	  "bddceedbddaabbabdedadddbaabcdbab", 0x41d14024d0f6f1ea },
	{ "maglev, IPv4", &dsr_sched_maglev, AF_INET, DSR_SCHED_HASH_DEFAULT,
	  "dadaabddaddbdeabaddecedadaceadbd", 0x285bd083406b936a },
	{ "maglev, IPv6", &dsr_sched_maglev, AF_INET6, DSR_SCHED_HASH_DEFAULT,
	  "ccbedadeddedaaddcedbdaaddadabadd", 0xbfecd85e101d3668 },
	{ "maglev, IPv4, by source", &dsr_sched_maglev, AF_INET,
	  DSR_SCHED_HASH_SOURCE,
	  "adaddddddbdeddbddadddcdacaedadee", 0x285bd083406b936a },
	{ "maglev, IPv6, by source", &dsr_sched_maglev, AF_INET6,
	  DSR_SCHED_HASH_SOURCE,
	  "dddddbdbaabdabdbdaadbbdaadaaddec", 0xbfecd85e101d3668 },
};

static void table_vector_desc(const struct table_vector *v, char *desc)
{
	strscpy(desc, v->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(table_vector, table_vectors, table_vector_desc);

/* FNV-1a of all slots: a vector of the whole table that fits on a line. */
static u64 table_fnv(const struct dsr_sched *sched)
{
	const struct dsr_table *table = table_of(sched);
	u64 hash = 0xcbf29ce484222325;
	u32 i;

	for (i = 0; i < table->size; i++)
		hash = (hash ^ table->slot[i]) * 0x100000001b3;
	return hash;
}

static void table_fixed(struct kunit *test)
{
	static const u32 weights[] = { 3, 2, 1, 4, 1 };
	const struct table_vector *v = test->param_value;
	struct dsr_sched_lab *lab;
	struct dsr_sched *sched;
	char got[33];

	lab = dsr_sched_lab(test, v->family, weights, ARRAY_SIZE(weights));
	lab->conf.hash_on = v->hash_on;
	sched = table_build(test, v->ops, lab);
	dsr_sched_lab_letters(sched, v->family, got, 32);
	KUNIT_EXPECT_STREQ(test, got, v->picks);
	KUNIT_EXPECT_EQ(test, table_fnv(sched), v->hash);
	dsr_sched_lab_destroy(sched);
}

/* Both schedulers, of both families. */
struct table_kind {
	const char			*desc;
	const struct dsr_sched_ops	*ops;
	u8				family;
};

static const struct table_kind table_kinds[] = {
	{ "sh, IPv4", &dsr_sched_sh, AF_INET },
	{ "sh, IPv6", &dsr_sched_sh, AF_INET6 },
	{ "maglev, IPv4", &dsr_sched_maglev, AF_INET },
	{ "maglev, IPv6", &dsr_sched_maglev, AF_INET6 },
};

static void table_kind_desc(const struct table_kind *k, char *desc)
{
	strscpy(desc, k->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(table_kind, table_kinds, table_kind_desc);

/* What counts in the tuple, and what does not. */
static void table_hash_on(struct kunit *test)
{
	const struct table_kind *k = test->param_value;
	struct dsr_sched_lab *lab = dsr_sched_lab(test, k->family, NULL, 100);
	struct dsr_tuple tuple = dsr_sched_lab_tuple(k->family, 0);
	unsigned int source, flow, i, moved = 0;
	struct dsr_sched *by_source, *by_flow;

	lab->conf.hash_on = DSR_SCHED_HASH_SOURCE;
	by_source = table_build(test, k->ops, lab);
	lab->conf.hash_on = DSR_SCHED_HASH_FLOW;
	by_flow = table_build(test, k->ops, lab);
	source = by_source->ops->pick(by_source, &tuple);
	flow = by_flow->ops->pick(by_flow, &tuple);
	for (i = 0; i < 4; i++) {
		struct dsr_tuple other = tuple;

		if (i == 0)
			other.sport = htons(1);
		else if (i == 1)
			other.dport = htons(443);
		else if (i == 2)
			other.protocol = IPPROTO_UDP;
		else
			other.daddr = dsr_build_addr(k->family, 1);
		KUNIT_EXPECT_EQ(test, by_source->ops->pick(by_source, &other),
				source);
		moved += by_flow->ops->pick(by_flow, &other) != flow;
	}
	KUNIT_EXPECT_GE(test, moved, 3);
	dsr_sched_lab_destroy(by_source);
	dsr_sched_lab_destroy(by_flow);
}

/* Another key, another table and other picks. */
static void table_key(struct kunit *test)
{
	const struct table_kind *k = test->param_value;
	struct dsr_sched_lab *lab = dsr_sched_lab(test, k->family, NULL, 100);
	struct dsr_sched *one = table_build(test, k->ops, lab), *other;
	u32 same = 0, i;

	lab->conf.key.key[1]++;
	other = table_build(test, k->ops, lab);
	for (i = 0; i < table_of(one)->size; i++)
		same += table_of(one)->slot[i] == table_of(other)->slot[i];
	KUNIT_EXPECT_LE(test, same, table_of(one)->size / 50);
	dsr_sched_lab_destroy(one);
	dsr_sched_lab_destroy(other);
}

static void table_single(struct kunit *test)
{
	const struct table_kind *k = test->param_value;
	struct dsr_sched *sched;
	u32 count[1];

	sched = table_build(test, k->ops,
			    dsr_sched_lab(test, k->family, NULL, 1));
	dsr_sched_lab_count(sched, k->family, count, 1, 1000);
	KUNIT_EXPECT_EQ(test, count[0], 1000);
	dsr_sched_lab_destroy(sched);
}

/* Servers by another order in the array: the same address has each slot. */
static void table_order(struct kunit *test)
{
	static u32 weights[100];
	const struct table_kind *k = test->param_value;
	struct dsr_sched_lab *lab, *turned;
	struct dsr_sched *one, *other;
	u32 i, differ = 0;

	for (i = 0; i < 100; i++)
		weights[i] = 1 + i % 3;
	lab = dsr_sched_lab(test, k->family, weights, 100);
	turned = dsr_sched_lab(test, k->family, weights, 100);
	for (i = 0; i < 100; i++)
		turned->server[i] = lab->server[99 - i];
	one = table_build(test, k->ops, lab);
	other = table_build(test, k->ops, turned);
	for (i = 0; i < table_of(one)->size; i++)
		differ += table_of(one)->slot[i] !=
			  99 - table_of(other)->slot[i];
	KUNIT_EXPECT_EQ(test, differ, 0);
	dsr_sched_lab_destroy(one);
	dsr_sched_lab_destroy(other);
}

/*
 * Flows, not slots: servers of weight 1 to 10 in turn get by weight what they
 * should, within 2 % of all.
 */
static void table_proportions(struct kunit *test)
{
	static u32 weights[100], count[100];
	const struct table_kind *k = test->param_value;
	const u32 flows = 550000;
	struct dsr_sched *sched;
	u32 by_weight[10] = {}, i;

	for (i = 0; i < 100; i++)
		weights[i] = 1 + i % 10;
	sched = table_build(test, k->ops,
			    dsr_sched_lab(test, k->family, weights, 100));
	dsr_sched_lab_count(sched, k->family, count, 100, flows);
	for (i = 0; i < 100; i++)
		by_weight[i % 10] += count[i];
	for (i = 0; i < 10; i++)
		KUNIT_EXPECT_LE(test, abs_diff(by_weight[i],
					       flows / 55 * (1 + i)),
				flows / 50);
	dsr_sched_lab_destroy(sched);
}

/* A change of the servers, and what it moves. */
struct table_change {
	unsigned int	n;		/* servers before */
	unsigned int	at;		/* the one that changes */
	u32		weight;		/* its new weight, 0 to remove it */
};

/*
 * Slots that go from one server to another though neither changes, of those
 * that the changing one did not have before and has not after.
 */
static u32 table_moved(struct kunit *test, const struct table_kind *k,
		       const struct table_change *c, u32 *others)
{
	struct dsr_sched_lab *lab = dsr_sched_lab(test, k->family, NULL, c->n);
	struct dsr_sched *before, *after;
	const struct dsr_table *b, *a;
	u32 moved = 0, i, now;

	before = table_build(test, k->ops, lab);
	lab->server[c->at].weight = c->weight;
	if (!c->weight)
		lab->server[c->at] = lab->server[--lab->n];
	after = table_build(test, k->ops, lab);
	b = table_of(before);
	a = table_of(after);
	KUNIT_ASSERT_EQ(test, a->size, b->size);
	for (*others = 0, i = 0; i < b->size; i++) {
		now = a->slot[i];
		if (!c->weight && now == c->at)
			now = c->n - 1;
		if (b->slot[i] == c->at || (c->weight && now == c->at))
			continue;
		++*others;
		moved += b->slot[i] != now;
	}
	dsr_sched_lab_destroy(before);
	dsr_sched_lab_destroy(after);
	kunit_kfree(test, lab);
	return moved;
}

/* Source hash: nothing. To remove and to add are the same, seen backwards. */
static void table_sh_moves(struct kunit *test)
{
	static const struct table_change changes[] = {
		{ 2, 0, 0 }, { 3, 1, 0 }, { 10, 9, 0 }, { 100, 50, 0 },
		{ 1000, 0, 0 }, { 1000, 999, 0 },
		{ 2, 0, 2 }, { 10, 3, 7 }, { 100, 99, 65535 },
		{ 1000, 500, 10 },
	};
	u32 i, others, moved;

	for (i = 0; i < ARRAY_SIZE(changes); i++) {
		moved = table_moved(test, &table_kinds[i % 2], &changes[i],
				    &others);
		KUNIT_EXPECT_EQ(test, moved, 0);
		if (changes[i].weight < 100)
			KUNIT_EXPECT_GT(test, others, 65536 / 4);
	}
}

/* Source hash: each server's slots of its fair share, in percent. */
static void table_sh_shares(struct kunit *test)
{
	static const struct {
		unsigned int n, low, high;
	} rows[] = {
		{ 2, 98, 102 }, { 10, 95, 105 }, { 100, 83, 117 },
		{ 1000, 50, 150 },
	};
	static u32 count[DSR_SCHED_LAB_MAX];
	struct dsr_sched *sched;
	unsigned int i, k;
	u32 low, high;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		sched = table_build(test, &dsr_sched_sh,
				    dsr_sched_lab(test, AF_INET, NULL,
						  rows[i].n));
		table_count(sched, count, rows[i].n);
		for (low = high = count[0], k = 1; k < rows[i].n; k++) {
			low = min(low, count[k]);
			high = max(high, count[k]);
		}
		low = low * rows[i].n * 100 / 65536;
		high = high * rows[i].n * 100 / 65536;
		kunit_info(test, "%u servers: %u to %u %% of a fair share",
			   rows[i].n, low, high);
		KUNIT_EXPECT_GE(test, low, rows[i].low);
		KUNIT_EXPECT_LE(test, high, rows[i].high);
		dsr_sched_lab_destroy(sched);
	}
}

/*
 * A server that is alone has every slot, also by a key with which it has not
 * claimed them all when the clock ends: one in twenty is such a key.
 */
static void table_sh_alone(struct kunit *test)
{
	struct dsr_sched_lab *lab = dsr_sched_lab(test, AF_INET, NULL, 1);
	struct dsr_sched *sched;
	u32 count[1];

	lab->conf.key = (siphash_key_t) { { 47 } };
	sched = table_build(test, &dsr_sched_sh, lab);
	table_count(sched, count, 1);
	KUNIT_EXPECT_EQ(test, count[0], 65536);
	dsr_sched_lab_destroy(sched);
}

/* Source hash: shares by weight, of few servers too, in slots of 65536. */
static void table_sh_weights(struct kunit *test)
{
	static const struct {
		u32 weights[10];
		unsigned int n;
	} rows[] = {
		{ { 2, 1 }, 2 }, { { 1, 9 }, 2 }, { { 1, 2, 3 }, 3 },
		{ { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, 10 },
		{ { 65535, 1 }, 2 },
	};
	u32 count[10], sum, fair;
	struct dsr_sched *sched;
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		sched = table_build(test, &dsr_sched_sh,
				    dsr_sched_lab(test, AF_INET,
						  rows[i].weights, rows[i].n));
		table_count(sched, count, rows[i].n);
		for (sum = 0, k = 0; k < rows[i].n; k++)
			sum += rows[i].weights[k];
		/* Within four times the square root of the fair share. */
		for (k = 0; k < rows[i].n; k++) {
			fair = div_u64(65536ULL * rows[i].weights[k], sum);
			KUNIT_EXPECT_LE(test, abs_diff(count[k], fair),
					4 * int_sqrt(fair));
		}
		dsr_sched_lab_destroy(sched);
	}
}

/* Maglev: one of 100 servers goes, at most 1.7 % of the others' slots move. */
static void table_maglev_moves(struct kunit *test)
{
	struct table_change c = { .n = 100 };
	u32 moved, others, most = 0;

	for (c.at = 0; c.at < 100; c.at += 3) {
		moved = table_moved(test, &table_kinds[2 + c.at % 2], &c,
				    &others);
		KUNIT_EXPECT_LE(test, moved * 1000, others * 17);
		most = max(most, moved);
	}
	kunit_info(test, "one of 100 servers moves up to %u of %u slots", most,
		   65537);
	/* It does move some: this is what source hash does without. */
	KUNIT_EXPECT_GT(test, most, 0);
}

/* Maglev: in the smallest table, with as many servers as it is for, 3 %. */
static void table_maglev_moves_small(struct kunit *test)
{
	struct table_change c = { .n = 40 };
	u32 moved, others, most = 0;

	for (c.at = 0; c.at < 40; c.at++) {
		moved = table_moved(test, &table_kinds[2 + c.at % 2], &c,
				    &others);
		KUNIT_EXPECT_LE(test, moved * 100, others * 3);
		most = max(most, moved);
	}
	kunit_info(test, "one of 40 servers moves up to %u of %u slots", most,
		   4093);
}

/* Maglev: servers that are not in the schedule count for the table's size. */
static void table_maglev_size(struct kunit *test)
{
	struct dsr_sched_lab *lab = dsr_sched_lab(test, AF_INET, NULL, 40);
	struct dsr_sched *sched;

	sched = table_build(test, &dsr_sched_maglev, lab);
	KUNIT_EXPECT_EQ(test, table_of(sched)->size, 4093);
	dsr_sched_lab_destroy(sched);
	lab->conf.servers = 41;
	sched = table_build(test, &dsr_sched_maglev, lab);
	KUNIT_EXPECT_EQ(test, table_of(sched)->size, 65537);
	dsr_sched_lab_destroy(sched);
}

/* Maglev: equal weights have an equal number of slots, or one more. */
static void table_maglev_equal(struct kunit *test)
{
	static const unsigned int sizes[] = { 2, 3, 40, 41, 100, 655, 656,
					      1000 };
	static u32 count[DSR_SCHED_LAB_MAX];
	unsigned int i, k, n, uneven;
	struct dsr_sched *sched;
	u32 slots;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		n = sizes[i];
		sched = table_build(test, &dsr_sched_maglev,
				    dsr_sched_lab(test, AF_INET, NULL, n));
		slots = table_of(sched)->size;
		KUNIT_EXPECT_EQ(test, slots, n <= 40 ? 4093 :
				n <= 655 ? 65537 : 131071);
		table_count(sched, count, n);
		for (uneven = 0, k = 0; k < n; k++)
			uneven += count[k] != slots / n &&
				  count[k] != slots / n + 1;
		KUNIT_EXPECT_EQ(test, uneven, 0);
		dsr_sched_lab_destroy(sched);
	}
}

/* Maglev: the slots are the weights', to within one. */
static void table_maglev_weights(struct kunit *test)
{
	static u32 weights[1000], count[1000];
	struct dsr_sched *sched;
	u32 wrong = 0, fair, i;

	for (i = 0; i < 1000; i++)
		weights[i] = 1 + i % 10;
	sched = table_build(test, &dsr_sched_maglev,
			    dsr_sched_lab(test, AF_INET, weights, 1000));
	table_count(sched, count, 1000);
	for (i = 0; i < 1000; i++) {
		fair = 131071 * weights[i] / 5500;
		wrong += count[i] != fair && count[i] != fair + 1;
	}
	KUNIT_EXPECT_EQ(test, wrong, 0);
	dsr_sched_lab_destroy(sched);
}

/* Maglev: the lightest beside the heaviest still have a slot each. */
static void table_maglev_starves_nobody(struct kunit *test)
{
	static const unsigned int heavy[] = { 1, 2, 500, 998, 999 };
	static u32 weights[1000], count[1000];
	u32 light, empty, i, k, most, least;
	struct dsr_sched *sched;

	for (i = 0; i < ARRAY_SIZE(heavy); i++) {
		for (k = 0; k < 1000; k++)
			weights[k] = k < heavy[i] ? DSR_WEIGHT_MAX : 1;
		sched = table_build(test, &dsr_sched_maglev,
				    dsr_sched_lab(test, AF_INET, weights,
						  1000));
		table_count(sched, count, 1000);
		for (light = 0, empty = 0, k = 0; k < 1000; k++) {
			empty += !count[k];
			light += k < heavy[i] ? 0 : count[k];
		}
		for (most = least = count[0], k = 1; k < heavy[i]; k++) {
			most = max(most, count[k]);
			least = min(least, count[k]);
		}
		KUNIT_EXPECT_EQ(test, empty, 0);
		KUNIT_EXPECT_LE(test, light, 3 * (1000 - heavy[i]));
		KUNIT_EXPECT_LE(test, most - least, 1);
		dsr_sched_lab_destroy(sched);
	}
}

/*
 * How long tables take to build. The bound is a generous one, for a machine
 * that does something else besides; the best of several is told.
 */
static void table_time(struct kunit *test)
{
	static const struct {
		const struct dsr_sched_ops *ops;
		unsigned int n, servers;
		u32 heavy;
	} rows[] = {
		{ &dsr_sched_maglev, 10, 10, 1 },
		{ &dsr_sched_maglev, 100, 100, 1 },
		/* On purpose in the smaller table. */
		{ &dsr_sched_maglev, 1000, 655, 1 },
		{ &dsr_sched_maglev, 1000, 1000, 1 },
		{ &dsr_sched_maglev, 1000, 1000, DSR_WEIGHT_MAX },
		{ &dsr_sched_sh, 10, 10, 1 },
		{ &dsr_sched_sh, 1000, 1000, 1 },
		{ &dsr_sched_sh, 1000, 1000, DSR_WEIGHT_MAX },
	};
	struct dsr_sched_lab *lab;
	struct dsr_sched *sched;
	unsigned int i, k;
	u64 begin, best;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		lab = dsr_sched_lab(test, AF_INET, NULL, rows[i].n);
		lab->conf.servers = rows[i].servers;
		lab->server[0].weight = rows[i].heavy;
		for (best = U64_MAX, k = 0; k < 5; k++) {
			begin = ktime_get_ns();
			sched = table_build(test, rows[i].ops, lab);
			best = min(best, ktime_get_ns() - begin);
			if (k == 4)
				kunit_info(test, "%s: %u slots for %u servers, the first of weight %u: %llu us",
					   rows[i].ops->name,
					   table_of(sched)->size, rows[i].n,
					   rows[i].heavy, div_u64(best, 1000));
			dsr_sched_lab_destroy(sched);
		}
		KUNIT_EXPECT_LE(test, best, 20 * NSEC_PER_MSEC);
	}
}

static struct kunit_case table_kunit_cases[] = {
	KUNIT_CASE_PARAM(table_fixed, table_vector_gen_params),
	KUNIT_CASE_PARAM(table_hash_on, table_kind_gen_params),
	KUNIT_CASE_PARAM(table_key, table_kind_gen_params),
	KUNIT_CASE_PARAM(table_single, table_kind_gen_params),
	KUNIT_CASE_PARAM(table_order, table_kind_gen_params),
	KUNIT_CASE_PARAM(table_proportions, table_kind_gen_params),
	KUNIT_CASE(table_sh_moves),
	KUNIT_CASE(table_sh_shares),
	KUNIT_CASE(table_sh_alone),
	KUNIT_CASE(table_sh_weights),
	KUNIT_CASE(table_maglev_moves),
	KUNIT_CASE(table_maglev_moves_small),
	KUNIT_CASE(table_maglev_size),
	KUNIT_CASE(table_maglev_equal),
	KUNIT_CASE(table_maglev_weights),
	KUNIT_CASE(table_maglev_starves_nobody),
	KUNIT_CASE(table_time),
	{}
};

static struct kunit_suite table_suite = {
	.name		= "dsr_sched_table",
	.test_cases	= table_kunit_cases,
};

kunit_test_suite(table_suite);

// SPDX-License-Identifier: GPL-2.0
/*
 * Servers, tuples and a key for the suites of the schedulers.
 */
#include <linux/in.h>
#include "tests/kunit/sched_lab.h"
#include "tests/kunit/skb_build.h"

struct dsr_sched_lab *dsr_sched_lab(struct kunit *test, u8 family,
				    const u32 *weights, unsigned int n)
{
	struct dsr_sched_lab *lab;
	unsigned int i;

	lab = kunit_kzalloc(test, sizeof(*lab), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, lab);
	lab->conf.key.key[0] = 0x0706050403020100;
	lab->conf.key.key[1] = 0x0f0e0d0c0b0a0908;
	lab->conf.servers = n;
	lab->n = n;
	for (i = 0; i < n; i++)
		lab->server[i] = (struct dsr_sched_server) {
			.weight = weights ? weights[i] : 1,
			.active = &lab->load[i].active,
			.family = family,
			.addr = dsr_build_addr(family, htonl(0x0a000001 + i)),
		};
	return lab;
}

struct dsr_sched *dsr_sched_lab_build(struct kunit *test,
				      const struct dsr_sched_ops *ops,
				      const struct dsr_sched_lab *lab,
				      const struct dsr_sched *old)
{
	struct dsr_sched *sched = ops->build(lab->server, lab->n, &lab->conf,
					     old);

	KUNIT_ASSERT_NOT_NULL(test, sched);
	KUNIT_ASSERT_PTR_EQ(test, sched->ops, ops);
	return sched;
}

void dsr_sched_lab_destroy(struct dsr_sched *sched)
{
	sched->ops->destroy(sched);
}

struct dsr_tuple dsr_sched_lab_tuple(u8 family, u32 i)
{
	return (struct dsr_tuple) {
		.saddr = dsr_build_addr(family, htonl(0xc6336400 + i)),
		.daddr = dsr_build_addr(family, DSR_IP(192, 0, 2, 10)),
		.sport = htons(1024 + i % 60000),
		.dport = htons(80),
		.protocol = IPPROTO_TCP,
		.family = family,
	};
}

unsigned int dsr_sched_lab_begin(struct dsr_sched *sched,
				 struct dsr_sched_lab *lab,
				 const struct dsr_tuple *tuple)
{
	unsigned int pick = sched->ops->pick(sched, tuple);

	atomic_inc(&lab->load[pick].active);
	return pick;
}

void dsr_sched_lab_count(struct dsr_sched *sched, u8 family, u32 *count,
			 unsigned int n, u32 picks)
{
	struct dsr_tuple tuple;
	u32 i;

	memset(count, 0, n * sizeof(*count));
	for (i = 0; i < picks; i++) {
		tuple = dsr_sched_lab_tuple(family, i);
		count[sched->ops->pick(sched, &tuple)]++;
	}
}

void dsr_sched_lab_letters(struct dsr_sched *sched, u8 family, char *out,
			   unsigned int picks)
{
	struct dsr_tuple tuple;
	unsigned int i;

	for (i = 0; i < picks; i++) {
		tuple = dsr_sched_lab_tuple(family, i);
		out[i] = 'a' + sched->ops->pick(sched, &tuple);
	}
	out[picks] = 0;
}

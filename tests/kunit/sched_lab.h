/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Servers, tuples and a key for the suites of the schedulers.
 */
#ifndef DSR_SCHED_LAB_H
#define DSR_SCHED_LAB_H

#include <kunit/test.h>
#include <linux/cache.h>
#include "kmod/sched.h"

#define DSR_SCHED_LAB_MAX	1000

/* On a cache line of its own, as in struct dsr_server. */
struct dsr_sched_lab_load {
	atomic_t	active;
} ____cacheline_aligned;

/**
 * struct dsr_sched_lab - a service as its scheduler sees it
 * @conf: its key is that of no other test vector
 * @n: number of servers
 * @server: the servers; that at i has the i-th address after 10.0.0.0
 * @load: the flows of each
 */
struct dsr_sched_lab {
	struct dsr_sched_conf	conf;
	unsigned int		n;
	struct dsr_sched_server	server[DSR_SCHED_LAB_MAX];
	struct dsr_sched_lab_load load[DSR_SCHED_LAB_MAX];
};

/* @weights: NULL for 1 each. Freed with the test. */
struct dsr_sched_lab *dsr_sched_lab(struct kunit *test, u8 family,
				    const u32 *weights, unsigned int n);

struct dsr_sched *dsr_sched_lab_build(struct kunit *test,
				      const struct dsr_sched_ops *ops,
				      const struct dsr_sched_lab *lab,
				      const struct dsr_sched *old);
void dsr_sched_lab_destroy(struct dsr_sched *sched);

/* The i-th flow of all: another client, another port. */
struct dsr_tuple dsr_sched_lab_tuple(u8 family, u32 i);

/* A flow begins: it is counted by the server that it gets. */
unsigned int dsr_sched_lab_begin(struct dsr_sched *sched,
				 struct dsr_sched_lab *lab,
				 const struct dsr_tuple *tuple);

/* Picks for so many flows from the first on: how many each server gets. */
void dsr_sched_lab_count(struct dsr_sched *sched, u8 family, u32 *count,
			 unsigned int n, u32 picks);

/* And which: a for the first server, …, ended by a zero. */
void dsr_sched_lab_letters(struct dsr_sched *sched, u8 family, char *out,
			   unsigned int picks);

#endif /* DSR_SCHED_LAB_H */

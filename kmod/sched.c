// SPDX-License-Identifier: GPL-2.0
/*
 * The list of schedulers.
 */
#include <linux/string.h>
#include "kmod/sched.h"

const struct dsr_sched_ops * const dsr_scheds[] = {
	&dsr_sched_wrr,
	&dsr_sched_rr,
	&dsr_sched_wlc,
	&dsr_sched_lc,
	&dsr_sched_random2,
	&dsr_sched_sh,
	&dsr_sched_maglev,
	NULL
};

/**
 * dsr_sched_find() - look a scheduler up by its name
 * @name: its name
 *
 * Context: any.
 * Return: the scheduler or NULL.
 */
const struct dsr_sched_ops *dsr_sched_find(const char *name)
{
	unsigned int i;

	for (i = 0; dsr_scheds[i]; i++)
		if (!strcmp(dsr_scheds[i]->name, name))
			break;
	return dsr_scheds[i];
}

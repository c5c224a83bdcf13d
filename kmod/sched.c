// SPDX-License-Identifier: GPL-2.0
/*
 * The list of schedulers.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include "kmod/sched.h"

#define DSR_SCHED_ENTRY(name)	&dsr_sched_##name,

static const struct dsr_sched_ops * const dsr_scheds[] = {
	DSR_SCHEDS(DSR_SCHED_ENTRY)
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

	for (i = 0; i < ARRAY_SIZE(dsr_scheds); i++)
		if (!strcmp(dsr_scheds[i]->name, name))
			return dsr_scheds[i];
	return NULL;
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What realserver up has changed and down can take back, kept in /run/dsrctl
 * for each network namespace.
 */
#ifndef DSRCTL_SAVED_H
#define DSRCTL_SAVED_H

#include <net/if.h>
#include <stddef.h>

#include "sysctl.h"

struct saved_setting {
	char name[SYSCTL_NAME];
	int before, after;
};

struct saved {
	struct saved_setting *settings;
	size_t n_settings;
	char dummy[IF_NAMESIZE];	/* the device that was added, or empty */
	int dir;			/* locked while it is open */
};

/* Wait for others that are at it, and read what they left. */
int saved_open(struct saved *saved, struct err *err);

/* Change a setting, unless it is so already, and remember what it was. */
int saved_set(struct saved *saved, const char *name, int value,
	      struct err *err);

/* Take all settings back that nobody has changed since. */
int saved_restore(struct saved *saved, struct err *err);

/* Write what is to be remembered, if anything, and end. */
int saved_close(struct saved *saved, struct err *err);

#endif

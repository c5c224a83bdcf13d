/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's settings below /proc/sys, of the network namespace. */
#ifndef DSRCTL_SYSCTL_H
#define DSRCTL_SYSCTL_H

#include <stdbool.h>

#include "err.h"

#define SYSCTL_NAME	128

/*
 * "net.ipv4.conf.DEV.KEY", with slashes if the device's name has dots, as
 * sysctl(8) reads it; written into @name and returned.
 */
const char *sysctl_conf(const char *family, const char *dev, const char *key,
			char name[SYSCTL_NAME]);

/* By such a name. Reading what is not there gives 0. */
int sysctl_read(const char *name);
int sysctl_write(const char *name, int value, struct err *err);

#endif

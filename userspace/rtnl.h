/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel tells of this machine's network, and what it is told. */
#ifndef DSRCTL_RTNL_H
#define DSRCTL_RTNL_H

#include "machine.h"

/* Fill an empty @machine, which must be cleared also when this fails. */
int rtnl_read(struct machine *machine, struct err *err);

/*
 * Add or delete an address of a device. What is there already, or is not there
 * to be deleted, is no error.
 */
int rtnl_add_addr(const struct addr *addr, const struct device *device,
		  struct err *err);
int rtnl_del_addr(const struct holding *holding, const struct device *device,
		  struct err *err);

/* Add a dummy device, delete a device, bring one up. */
int rtnl_add_dummy(const char *name, struct err *err);
int rtnl_del_device(const struct device *device, struct err *err);
int rtnl_set_up(const struct device *device, struct err *err);

#endif

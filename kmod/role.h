/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which groups of services are served here, and which stand by while another
 * director serves them. Apart from the services, as it is no configuration: it
 * changes when a director fails.
 */
#ifndef DSR_ROLE_H
#define DSR_ROLE_H

#include <linux/types.h>
#include <uapi/linux/dsr.h>

/* The name of a group, with the zero at its end. */
#define DSR_GROUP_MAX	16
#define DSR_GROUP_USUAL	"default"

/* Groups that can have a role of their own. */
#define DSR_ROLES_MAX	1024

/**
 * struct dsr_group_role - a group that has a role of its own
 * @group: its name
 * @role: its role
 */
struct dsr_group_role {
	char	group[DSR_GROUP_MAX];
	u8	role;
};

/**
 * struct dsr_roles - the roles of a network namespace
 * @role: of all groups that are not in @own, those to come too
 * @n: how many are
 * @own: ordered by name
 *
 * Immutable, replaced as a whole. NULL stands for roles by which all are
 * active.
 */
struct dsr_roles {
	u8			role;
	unsigned int		n;
	struct dsr_group_role	own[];
};

const struct dsr_group_role *dsr_roles_own(const struct dsr_roles *roles,
					   const char *group);
enum dsr_role dsr_roles_find(const struct dsr_roles *roles, const char *group);
struct dsr_roles *dsr_roles_with(const struct dsr_roles *roles,
				 const char *group, enum dsr_role role);

#endif /* DSR_ROLE_H */

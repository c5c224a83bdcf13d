// SPDX-License-Identifier: GPL-2.0
/*
 * The roles of groups.
 */
#include <linux/bsearch.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "kmod/role.h"

static int dsr_roles_cmp(const void *group, const void *own)
{
	return strcmp(group, ((const struct dsr_group_role *)own)->group);
}

/**
 * dsr_roles_own() - the role that a group has of its own
 * @roles: the roles, or NULL
 * @group: its name
 *
 * Context: process, under the configuration mutex.
 * Return: it, or NULL.
 */
const struct dsr_group_role *dsr_roles_own(const struct dsr_roles *roles,
					   const char *group)
{
	if (!roles)
		return NULL;
	return bsearch(group, roles->own, roles->n, sizeof(*roles->own),
		       dsr_roles_cmp);
}

/**
 * dsr_roles_find() - the role of a group
 * @roles: the roles, or NULL
 * @group: its name; NULL for groups that there are not yet
 *
 * Context: process, under the configuration mutex.
 * Return: its role.
 */
enum dsr_role dsr_roles_find(const struct dsr_roles *roles, const char *group)
{
	const struct dsr_group_role *own = NULL;

	if (!roles)
		return DSR_ROLE_ACTIVE;
	if (group)
		own = dsr_roles_own(roles, group);
	return own ? own->role : roles->role;
}

/**
 * dsr_roles_with() - roles as they are to be
 * @roles: those that there are, or NULL
 * @group: the group that gets a role; NULL for all of them, which then have
 *	none of their own any more
 * @role: that role
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: the new roles, to be given to kvfree(), or NULL.
 */
struct dsr_roles *dsr_roles_with(const struct dsr_roles *roles,
				 const char *group, enum dsr_role role)
{
	unsigned int n = group && roles ? roles->n : 0, i = 0;
	struct dsr_roles *with;

	with = kvzalloc(struct_size(with, own, n + 1), GFP_KERNEL_ACCOUNT);
	if (!with)
		return NULL;
	with->role = role;
	if (!group)
		return with;

	with->role = dsr_roles_find(roles, NULL);
	for (; i < n && strcmp(roles->own[i].group, group) < 0; i++)
		with->own[i] = roles->own[i];
	strscpy(with->own[i].group, group, DSR_GROUP_MAX);
	with->own[i].role = role;
	with->n = i + 1;
	if (i < n && !strcmp(roles->own[i].group, group))
		i++;
	for (; i < n; i++)
		with->own[with->n++] = roles->own[i];
	return with;
}

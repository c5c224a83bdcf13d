// SPDX-License-Identifier: GPL-2.0
/*
 * The roles of groups of services.
 */
#include <linux/mm.h>
#include <linux/sort.h>
#include <net/genetlink.h>
#include <net/sock.h>
#include "kmod/netlink.h"
#include "kmod/netlink_gen.h"
#include "kmod/pernet.h"

/* What a request says; @group is empty if it names none. */
static int dsr_netlink_parse_role(struct genl_info *info, struct nlattr **tb,
				  char *group)
{
	struct nlattr *nest = info->attrs[DSR_A_ROLE];
	int err;

	memset(group, 0, DSR_GROUP_MAX);
	memset(tb, 0, (DSR_ROLE_A_MAX + 1) * sizeof(*tb));
	if (!nest)
		return 0;
	err = nla_parse_nested(tb, DSR_ROLE_A_MAX, nest, dsr_role_nl_policy,
			       info->extack);
	return err ?: dsr_netlink_parse_group(tb[DSR_ROLE_A_GROUP], group,
					      info->extack);
}

static int dsr_netlink_put_role_of(struct sk_buff *msg, const char *group,
				   u8 role, const u32 *services)
{
	struct nlattr *nest = nla_nest_start(msg, DSR_A_ROLE);

	if (!nest || (group && nla_put_string(msg, DSR_ROLE_A_GROUP, group)) ||
	    nla_put_u8(msg, DSR_ROLE_A_ROLE, role) ||
	    (services && nla_put_u32(msg, DSR_ROLE_A_SERVICES, *services)))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/**
 * dsr_netlink_put_role() - append a role to a message
 * @msg: the message
 * @group: the group, or NULL
 * @role: enum dsr_role
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int dsr_netlink_put_role(struct sk_buff *msg, const char *group, u8 role)
{
	return dsr_netlink_put_role_of(msg, group, role, NULL);
}

static int dsr_netlink_fill_role(struct sk_buff *msg, const struct dsr_net *dn,
				 const char *group,
				 struct netlink_ext_ack *extack)
{
	int n = dsr_pernet_find_group(dn, group, extack);
	u32 services = n;

	if (n < 0)
		return n;
	return dsr_netlink_put_role_of(msg, group,
				       dsr_roles_find(dn->roles, group),
				       &services);
}

int dsr_nl_role_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_pernet(genl_info_net(info));
	struct nlattr *tb[DSR_ROLE_A_MAX + 1];
	char group[DSR_GROUP_MAX];
	struct sk_buff *msg;
	void *hdr;
	int err;

	err = dsr_netlink_parse_role(info, tb, group);
	if (err)
		return err;
	msg = dsr_netlink_reply(info, DSR_CMD_ROLE_GET, &hdr);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&dn->lock);
	if (*group)
		err = dsr_netlink_fill_role(msg, dn, group, info->extack);
	else
		err = dsr_netlink_put_role(msg, NULL,
					   dsr_roles_find(dn->roles, NULL));
	mutex_unlock(&dn->lock);
	return dsr_netlink_send(msg, info, hdr, err);
}

/* Dumps */

static int dsr_netlink_dump_role(struct sk_buff *skb,
				 struct netlink_callback *cb,
				 const char *group, u8 role,
				 const u32 *services)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &dsr_netlink_family,
				NLM_F_MULTI, DSR_CMD_ROLE_GET);

	if (!hdr || dsr_netlink_put_role_of(skb, group, role, services)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genl_dump_check_consistent(cb, hdr);
	genlmsg_end(skb, hdr);
	return 0;
}

static int dsr_netlink_group_cmp(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

/*
 * The groups, in order: each as often as it has services, and once more if it
 * would be there without.
 */
static unsigned int dsr_netlink_groups(const struct dsr_net *dn,
				       const char **groups)
{
	const struct dsr_service *service;
	unsigned int i, n = 0;

	groups[n++] = DSR_GROUP_USUAL;
	for (i = 0; dn->roles && i < dn->roles->n; i++)
		if (strcmp(dn->roles->own[i].group, DSR_GROUP_USUAL))
			groups[n++] = dn->roles->own[i].group;
	list_for_each_entry(service, &dn->services, list)
		groups[n++] = service->opt.group;
	sort(groups, n, sizeof(*groups), dsr_netlink_group_cmp, NULL);
	return n;
}

/* Whether a group would be there without a service. */
static bool dsr_netlink_group_stays(const struct dsr_net *dn, const char *group)
{
	return dsr_roles_own(dn->roles, group) ||
	       !strcmp(group, DSR_GROUP_USUAL);
}

/* How many were told is in cb->args[0]: those to come are the first. */
static void dsr_netlink_dump_groups(struct sk_buff *skb,
				    struct netlink_callback *cb,
				    const struct dsr_net *dn,
				    const char **groups, unsigned int n)
{
	unsigned int i, j;
	u32 services;
	long told = 1;

	if (!cb->args[0] &&
	    !dsr_netlink_dump_role(skb, cb, NULL,
				   dsr_roles_find(dn->roles, NULL), NULL))
		cb->args[0]++;
	for (i = 0; i < n; i = j) {
		for (j = i; j < n && !strcmp(groups[i], groups[j]); j++)
			;
		if (told++ < cb->args[0])
			continue;
		services = j - i - dsr_netlink_group_stays(dn, groups[i]);
		if (dsr_netlink_dump_role(skb, cb, groups[i],
					  dsr_roles_find(dn->roles, groups[i]),
					  &services))
			return;
		cb->args[0]++;
	}
}

int dsr_nl_role_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dsr_net *dn = dsr_pernet(sock_net(skb->sk));
	const char **groups;
	unsigned int most;

	mutex_lock(&dn->lock);
	cb->seq = dn->generation;
	most = dn->n_services + (dn->roles ? dn->roles->n : 0) + 1;
	groups = kvmalloc_array(most, sizeof(*groups), GFP_KERNEL);
	if (groups)
		dsr_netlink_dump_groups(skb, cb, dn, groups,
					dsr_netlink_groups(dn, groups));
	mutex_unlock(&dn->lock);
	kvfree(groups);
	return groups ? skb->len : -ENOMEM;
}

int dsr_nl_role_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_pernet(genl_info_net(info));
	struct nlattr *tb[DSR_ROLE_A_MAX + 1];
	char group[DSR_GROUP_MAX];
	int err;

	err = dsr_netlink_parse_role(info, tb, group);
	if (err)
		return err;
	if (!tb[DSR_ROLE_A_ROLE]) {
		NL_SET_ERR_MSG(info->extack,
			       "role is missing from attribute role");
		return -EINVAL;
	}
	mutex_lock(&dn->lock);
	err = dsr_pernet_role_set(dn, *group ? group : NULL,
				  nla_get_u8(tb[DSR_ROLE_A_ROLE]),
				  info->extack);
	mutex_unlock(&dn->lock);
	return err;
}

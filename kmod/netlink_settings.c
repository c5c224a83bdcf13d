// SPDX-License-Identifier: GPL-2.0
/*
 * The settings of a network namespace.
 */
#include <net/genetlink.h>
#include "kmod/netlink.h"
#include "kmod/netlink_gen.h"
#include "kmod/pernet.h"

static int dsr_netlink_put_settings(struct sk_buff *msg, u32 max_flows,
				    const struct dsr_flow_usage *usage)
{
	struct nlattr *nest = nla_nest_start(msg, DSR_A_SETTINGS);

	if (!nest || nla_put_u32(msg, DSR_SETTINGS_A_MAX_FLOWS, max_flows) ||
	    nla_put_u32(msg, DSR_SETTINGS_A_TABLE_FLOWS, usage->room) ||
	    nla_put_u64_64bit(msg, DSR_SETTINGS_A_FLOWS, usage->flows,
			      DSR_SETTINGS_A_PAD) ||
	    nla_put_u64_64bit(msg, DSR_SETTINGS_A_MEMORY, usage->memory,
			      DSR_SETTINGS_A_PAD))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

int dsr_nl_settings_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_pernet(genl_info_net(info));
	struct dsr_flow_usage usage = {};
	struct dsr_flow_table *flows;
	struct sk_buff *msg;
	u32 max_flows;
	void *hdr;

	msg = dsr_netlink_reply(info, DSR_CMD_SETTINGS_GET, &hdr);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&dn->lock);
	max_flows = dn->max_flows;
	flows = rcu_dereference_protected(dn->flows,
					  lockdep_is_held(&dn->lock));
	if (flows)
		dsr_flow_usage(flows, &usage);
	/* Buckets come in whole numbers. */
	usage.room = min(usage.room, max_flows);
	mutex_unlock(&dn->lock);
	return dsr_netlink_send(msg, info, hdr,
				dsr_netlink_put_settings(msg, max_flows,
							 &usage));
}

int dsr_nl_settings_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_pernet(genl_info_net(info));
	struct nlattr *tb[DSR_SETTINGS_A_MAX + 1] = {};
	struct nlattr *nest = info->attrs[DSR_A_SETTINGS];
	struct netlink_ext_ack *extack = info->extack;
	struct nlattr *max;
	int err;

	if (!nest) {
		NL_SET_ERR_MSG(extack, "attribute settings is missing");
		return -EINVAL;
	}
	err = nla_parse_nested(tb, DSR_SETTINGS_A_MAX, nest,
			       dsr_settings_nl_policy, extack);
	if (err)
		return err;
	max = tb[DSR_SETTINGS_A_MAX_FLOWS];
	if (!max)
		return dsr_netlink_refuse(extack, nest, -EINVAL,
					  "settings: attribute max-flows is missing, the only one to be set");
	if (!nla_get_u32(max) || nla_get_u32(max) > DSR_FLOWS_LIMIT)
		return dsr_netlink_refuse(extack, max, -ERANGE,
					  "max-flows must be 1 to 67108864");
	mutex_lock(&dn->lock);
	err = dsr_pernet_set_max_flows(dn, nla_get_u32(max), extack);
	mutex_unlock(&dn->lock);
	return err;
}

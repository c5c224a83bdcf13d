// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on flows.
 */
#include <net/genetlink.h>
#include "kmod/netlink_gen.h"

int dsr_nl_flow_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return -EOPNOTSUPP;
}

int dsr_nl_flow_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return -EOPNOTSUPP;
}

int dsr_nl_flow_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	return -EOPNOTSUPP;
}

int dsr_nl_flow_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return -EOPNOTSUPP;
}

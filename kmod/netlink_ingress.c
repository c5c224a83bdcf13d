// SPDX-License-Identifier: GPL-2.0
/*
 * Devices that are served at ingress.
 */
#include <net/genetlink.h>
#include "kmod/netlink_gen.h"

int dsr_nl_ingress_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return -EOPNOTSUPP;
}

int dsr_nl_ingress_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	return -EOPNOTSUPP;
}

int dsr_nl_ingress_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	return -EOPNOTSUPP;
}

int dsr_nl_ingress_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return -EOPNOTSUPP;
}

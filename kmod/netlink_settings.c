// SPDX-License-Identifier: GPL-2.0
/*
 * The settings of a network namespace.
 */
#include <net/genetlink.h>
#include "kmod/netlink_gen.h"

int dsr_nl_settings_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return -EOPNOTSUPP;
}

int dsr_nl_settings_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return -EOPNOTSUPP;
}

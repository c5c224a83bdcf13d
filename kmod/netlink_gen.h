/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	uapi/dsr.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_DSR_GEN_H
#define _LINUX_DSR_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/dsr.h>

/* Common nested types */
extern const struct nla_policy dsr_port_range_nl_policy[DSR_PORT_RANGE_A_LAST + 1];
extern const struct nla_policy dsr_server_nl_policy[DSR_SERVER_A_IFINDEX + 1];
extern const struct nla_policy dsr_service_nl_policy[DSR_SERVICE_A_SCHEDULER + 1];

extern const struct nla_policy dsr_service_get_nl_policy[DSR_A_SERVICE + 1];

extern const struct nla_policy dsr_service_add_nl_policy[DSR_A_SERVICE + 1];

extern const struct nla_policy dsr_service_set_nl_policy[DSR_A_SERVICE + 1];

extern const struct nla_policy dsr_service_del_nl_policy[DSR_A_SERVICE + 1];

extern const struct nla_policy dsr_server_get_nl_policy[DSR_A_SERVER + 1];

extern const struct nla_policy dsr_server_add_nl_policy[DSR_A_SERVER + 1];

extern const struct nla_policy dsr_server_set_nl_policy[DSR_A_SERVER + 1];

extern const struct nla_policy dsr_server_del_nl_policy[DSR_A_SERVER + 1];

extern const struct nla_policy dsr_stats_get_nl_policy[DSR_A_SERVER + 1];

/* Ops table for dsr */
extern const struct genl_ops dsr_nl_ops[9];

int dsr_nl_service_get_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_service_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int dsr_nl_service_add_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_service_set_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_service_del_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_server_get_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_server_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int dsr_nl_server_add_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_server_set_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_server_del_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	DSR_NLGRP_CONFIG,
};

#endif /* _LINUX_DSR_GEN_H */

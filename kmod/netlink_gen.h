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
extern const struct nla_policy dsr_announce_nl_policy[DSR_ANNOUNCE_A_CONFLICTS + 1];
extern const struct nla_policy dsr_config_nl_policy[DSR_CONFIG_A_SERVERS + 1];
extern const struct nla_policy dsr_flow_nl_policy[DSR_FLOW_A_COUNT + 1];
extern const struct nla_policy dsr_ingress_nl_policy[DSR_INGRESS_A_ACTIVE + 1];
extern const struct nla_policy dsr_peer_nl_policy[DSR_PEER_A_IFINDEX + 1];
extern const struct nla_policy dsr_port_range_nl_policy[DSR_PORT_RANGE_A_LAST + 1];
extern const struct nla_policy dsr_role_nl_policy[DSR_ROLE_A_SERVICES + 1];
extern const struct nla_policy dsr_server_nl_policy[DSR_SERVER_A_SHARE + 1];
extern const struct nla_policy dsr_service_nl_policy[DSR_SERVICE_A_GATEWAY + 1];
extern const struct nla_policy dsr_settings_nl_policy[DSR_SETTINGS_A_MEMORY + 1];
extern const struct nla_policy dsr_trace_nl_policy[DSR_TRACE_A_WHY + 1];

extern const struct nla_policy dsr_service_get_nl_policy[DSR_A_SERVICE + 1];

extern const struct nla_policy dsr_service_add_nl_policy[DSR_A_SERVICE + 1];

extern const struct nla_policy dsr_service_set_nl_policy[DSR_A_SERVICE + 1];

extern const struct nla_policy dsr_service_del_nl_policy[DSR_A_SERVICE + 1];

extern const struct nla_policy dsr_server_get_nl_policy[DSR_A_SERVER + 1];

extern const struct nla_policy dsr_server_add_nl_policy[DSR_A_SERVER + 1];

extern const struct nla_policy dsr_server_set_nl_policy[DSR_A_SERVER + 1];

extern const struct nla_policy dsr_server_del_nl_policy[DSR_A_SERVER + 1];

extern const struct nla_policy dsr_stats_get_nl_policy[DSR_A_SERVER + 1];

extern const struct nla_policy dsr_flow_get_nl_policy[DSR_A_FLOW + 1];

extern const struct nla_policy dsr_flow_add_nl_policy[DSR_A_FLOW + 1];

extern const struct nla_policy dsr_flow_del_nl_policy[DSR_A_FLOW + 1];

extern const struct nla_policy dsr_settings_get_nl_policy[DSR_A_SETTINGS + 1];

extern const struct nla_policy dsr_settings_set_nl_policy[DSR_A_SETTINGS + 1];

extern const struct nla_policy dsr_ingress_get_nl_policy[DSR_A_INGRESS + 1];

extern const struct nla_policy dsr_ingress_add_nl_policy[DSR_A_INGRESS + 1];

extern const struct nla_policy dsr_ingress_del_nl_policy[DSR_A_INGRESS + 1];

extern const struct nla_policy dsr_config_get_nl_policy[DSR_A_CONFIG + 1];

extern const struct nla_policy dsr_config_begin_nl_policy[DSR_A_CONFIG + 1];

extern const struct nla_policy dsr_config_service_nl_policy[DSR_A_SERVICE + 1];

extern const struct nla_policy dsr_config_server_nl_policy[DSR_A_SERVER + 1];

extern const struct nla_policy dsr_config_commit_nl_policy[DSR_A_CONFIG + 1];

extern const struct nla_policy dsr_trace_get_nl_policy[DSR_A_TRACE + 1];

extern const struct nla_policy dsr_announce_get_nl_policy[DSR_A_ANNOUNCE + 1];

extern const struct nla_policy dsr_announce_add_nl_policy[DSR_A_ANNOUNCE + 1];

extern const struct nla_policy dsr_announce_del_nl_policy[DSR_A_ANNOUNCE + 1];

extern const struct nla_policy dsr_role_get_nl_policy[DSR_A_ROLE + 1];

extern const struct nla_policy dsr_role_set_nl_policy[DSR_A_ROLE + 1];

extern const struct nla_policy dsr_peer_get_nl_policy[DSR_A_PEER + 1];

extern const struct nla_policy dsr_peer_add_nl_policy[DSR_A_PEER + 1];

extern const struct nla_policy dsr_peer_del_nl_policy[DSR_A_PEER + 1];

/* Ops table for dsr */
extern const struct genl_ops dsr_nl_ops[31];

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
int dsr_nl_flow_get_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_flow_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int dsr_nl_flow_add_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_flow_del_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_settings_get_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_settings_set_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_ingress_get_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_ingress_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int dsr_nl_ingress_add_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_ingress_del_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_config_get_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_config_begin_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_config_service_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_config_server_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_config_commit_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_trace_get_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_announce_get_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_announce_get_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int dsr_nl_announce_add_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_announce_del_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_role_get_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_role_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int dsr_nl_role_set_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_peer_get_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_peer_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int dsr_nl_peer_add_doit(struct sk_buff *skb, struct genl_info *info);
int dsr_nl_peer_del_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	DSR_NLGRP_CONFIG,
};

#endif /* _LINUX_DSR_GEN_H */

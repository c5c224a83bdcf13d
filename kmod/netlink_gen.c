// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	uapi/dsr.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink_gen.h"

#include <uapi/linux/dsr.h>

/* Common nested types */
const struct nla_policy dsr_announce_nl_policy[DSR_ANNOUNCE_A_CONFLICTS + 1] = {
	[DSR_ANNOUNCE_A_NAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[DSR_ANNOUNCE_A_EVERY] = { .type = NLA_U32, },
	[DSR_ANNOUNCE_A_ACTIVE] = { .type = NLA_U8, },
	[DSR_ANNOUNCE_A_ANNOUNCED] = { .type = NLA_U64, },
	[DSR_ANNOUNCE_A_ANSWERED] = { .type = NLA_U64, },
	[DSR_ANNOUNCE_A_CONFLICTS] = { .type = NLA_U64, },
};

const struct nla_policy dsr_config_nl_policy[DSR_CONFIG_A_SERVERS + 1] = {
	[DSR_CONFIG_A_GENERATION] = { .type = NLA_U32, },
	[DSR_CONFIG_A_SERVICES] = { .type = NLA_U32, },
	[DSR_CONFIG_A_SERVERS] = { .type = NLA_U32, },
};

const struct nla_policy dsr_flow_nl_policy[DSR_FLOW_A_COUNT + 1] = {
	[DSR_FLOW_A_PROTOCOL] = { .type = NLA_U8, },
	[DSR_FLOW_A_CLIENT_IPV4] = { .type = NLA_U32, },
	[DSR_FLOW_A_CLIENT_IPV6] = NLA_POLICY_EXACT_LEN(16),
	[DSR_FLOW_A_CLIENT_PREFIX_LEN] = { .type = NLA_U8, },
	[DSR_FLOW_A_CLIENT_PORT] = { .type = NLA_U16, },
	[DSR_FLOW_A_IPV4] = { .type = NLA_U32, },
	[DSR_FLOW_A_IPV6] = NLA_POLICY_EXACT_LEN(16),
	[DSR_FLOW_A_PORT] = { .type = NLA_U16, },
	[DSR_FLOW_A_STATE] = NLA_POLICY_MAX(NLA_U8, 5),
	[DSR_FLOW_A_IDLE] = { .type = NLA_U32, },
	[DSR_FLOW_A_EXPIRES] = { .type = NLA_U32, },
	[DSR_FLOW_A_COUNT] = { .type = NLA_U64, },
};

const struct nla_policy dsr_ingress_nl_policy[DSR_INGRESS_A_ACTIVE + 1] = {
	[DSR_INGRESS_A_NAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[DSR_INGRESS_A_ACTIVE] = { .type = NLA_U8, },
};

const struct nla_policy dsr_peer_nl_policy[DSR_PEER_A_IFINDEX + 1] = {
	[DSR_PEER_A_IPV4] = { .type = NLA_U32, },
	[DSR_PEER_A_IPV6] = NLA_POLICY_EXACT_LEN(16),
	[DSR_PEER_A_MAC] = NLA_POLICY_EXACT_LEN(6),
	[DSR_PEER_A_IFINDEX] = { .type = NLA_U32, },
};

const struct nla_policy dsr_port_range_nl_policy[DSR_PORT_RANGE_A_LAST + 1] = {
	[DSR_PORT_RANGE_A_FIRST] = { .type = NLA_U16, },
	[DSR_PORT_RANGE_A_LAST] = { .type = NLA_U16, },
};

const struct nla_policy dsr_role_nl_policy[DSR_ROLE_A_SERVICES + 1] = {
	[DSR_ROLE_A_GROUP] = { .type = NLA_NUL_STRING, .len = 15, },
	[DSR_ROLE_A_ROLE] = NLA_POLICY_MAX(NLA_U8, 1),
	[DSR_ROLE_A_SERVICES] = { .type = NLA_U32, },
};

const struct nla_policy dsr_server_nl_policy[DSR_SERVER_A_SHARE + 1] = {
	[DSR_SERVER_A_IPV4] = { .type = NLA_U32, },
	[DSR_SERVER_A_IPV6] = NLA_POLICY_EXACT_LEN(16),
	[DSR_SERVER_A_WEIGHT] = { .type = NLA_U32, },
	[DSR_SERVER_A_MAC] = NLA_POLICY_EXACT_LEN(6),
	[DSR_SERVER_A_IFINDEX] = { .type = NLA_U32, },
	[DSR_SERVER_A_MAX_FLOWS] = { .type = NLA_U32, },
	[DSR_SERVER_A_MIN_FLOWS] = { .type = NLA_U32, },
	[DSR_SERVER_A_FALLBACK] = NLA_POLICY_MAX(NLA_U8, 1),
	[DSR_SERVER_A_DOWN] = NLA_POLICY_MAX(NLA_U8, 1),
	[DSR_SERVER_A_SHARE] = { .type = NLA_U32, },
};

const struct nla_policy dsr_service_nl_policy[DSR_SERVICE_A_GATEWAY + 1] = {
	[DSR_SERVICE_A_PROTOCOL] = { .type = NLA_U8, },
	[DSR_SERVICE_A_IPV4] = { .type = NLA_U32, },
	[DSR_SERVICE_A_IPV6] = NLA_POLICY_EXACT_LEN(16),
	[DSR_SERVICE_A_PREFIX_LEN] = { .type = NLA_U8, },
	[DSR_SERVICE_A_PORTS] = NLA_POLICY_NESTED(dsr_port_range_nl_policy),
	[DSR_SERVICE_A_FWMARK] = { .type = NLA_U32, },
	[DSR_SERVICE_A_ECHO] = NLA_POLICY_MAX(NLA_U8, 1),
	[DSR_SERVICE_A_SCHEDULER] = { .type = NLA_NUL_STRING, .len = 15, },
	[DSR_SERVICE_A_HASH_ON] = NLA_POLICY_MAX(NLA_U8, 2),
	[DSR_SERVICE_A_HASH_KEY] = NLA_POLICY_EXACT_LEN(16),
	[DSR_SERVICE_A_SESSIONLESS] = NLA_POLICY_MAX(NLA_U8, 1),
	[DSR_SERVICE_A_PERSIST_TIMEOUT] = { .type = NLA_U32, },
	[DSR_SERVICE_A_PERSIST_PREFIX_LEN] = { .type = NLA_U8, },
	[DSR_SERVICE_A_TIMEOUT_SYN] = { .type = NLA_U32, },
	[DSR_SERVICE_A_TIMEOUT_ESTABLISHED] = { .type = NLA_U32, },
	[DSR_SERVICE_A_TIMEOUT_CLOSING] = { .type = NLA_U32, },
	[DSR_SERVICE_A_TIMEOUT_UDP] = { .type = NLA_U32, },
	[DSR_SERVICE_A_TIMEOUT_OTHER] = { .type = NLA_U32, },
	[DSR_SERVICE_A_LOST] = NLA_POLICY_MAX(NLA_U8, 2),
	[DSR_SERVICE_A_MIDFLOW] = NLA_POLICY_MAX(NLA_U8, 2),
	[DSR_SERVICE_A_SLOW_START] = { .type = NLA_U32, },
	[DSR_SERVICE_A_GROUP] = { .type = NLA_NUL_STRING, .len = 15, },
	[DSR_SERVICE_A_ROLE] = NLA_POLICY_MAX(NLA_U8, 1),
	[DSR_SERVICE_A_GATEWAY] = NLA_POLICY_MAX(NLA_U8, 1),
};

const struct nla_policy dsr_settings_nl_policy[DSR_SETTINGS_A_MEMORY + 1] = {
	[DSR_SETTINGS_A_MAX_FLOWS] = { .type = NLA_U32, },
	[DSR_SETTINGS_A_TABLE_FLOWS] = { .type = NLA_U32, },
	[DSR_SETTINGS_A_FLOWS] = { .type = NLA_U64, },
	[DSR_SETTINGS_A_MEMORY] = { .type = NLA_U64, },
};

const struct nla_policy dsr_trace_nl_policy[DSR_TRACE_A_WHY + 1] = {
	[DSR_TRACE_A_FWMARK] = { .type = NLA_U32, },
	[DSR_TRACE_A_WHY] = NLA_POLICY_MAX(NLA_U8, 9),
};

/* DSR_CMD_SERVICE_GET - do */
const struct nla_policy dsr_service_get_nl_policy[DSR_A_SERVICE + 1] = {
	[DSR_A_SERVICE] = NLA_POLICY_NESTED(dsr_service_nl_policy),
};

/* DSR_CMD_SERVICE_ADD - do */
const struct nla_policy dsr_service_add_nl_policy[DSR_A_SERVICE + 1] = {
	[DSR_A_SERVICE] = NLA_POLICY_NESTED(dsr_service_nl_policy),
};

/* DSR_CMD_SERVICE_SET - do */
const struct nla_policy dsr_service_set_nl_policy[DSR_A_SERVICE + 1] = {
	[DSR_A_SERVICE] = NLA_POLICY_NESTED(dsr_service_nl_policy),
};

/* DSR_CMD_SERVICE_DEL - do */
const struct nla_policy dsr_service_del_nl_policy[DSR_A_SERVICE + 1] = {
	[DSR_A_SERVICE] = NLA_POLICY_NESTED(dsr_service_nl_policy),
};

/* DSR_CMD_SERVER_GET - do */
const struct nla_policy dsr_server_get_nl_policy[DSR_A_SERVER + 1] = {
	[DSR_A_SERVICE] = NLA_POLICY_NESTED(dsr_service_nl_policy),
	[DSR_A_SERVER] = NLA_POLICY_NESTED(dsr_server_nl_policy),
};

/* DSR_CMD_SERVER_ADD - do */
const struct nla_policy dsr_server_add_nl_policy[DSR_A_SERVER + 1] = {
	[DSR_A_SERVICE] = NLA_POLICY_NESTED(dsr_service_nl_policy),
	[DSR_A_SERVER] = NLA_POLICY_NESTED(dsr_server_nl_policy),
};

/* DSR_CMD_SERVER_SET - do */
const struct nla_policy dsr_server_set_nl_policy[DSR_A_SERVER + 1] = {
	[DSR_A_SERVICE] = NLA_POLICY_NESTED(dsr_service_nl_policy),
	[DSR_A_SERVER] = NLA_POLICY_NESTED(dsr_server_nl_policy),
};

/* DSR_CMD_SERVER_DEL - do */
const struct nla_policy dsr_server_del_nl_policy[DSR_A_SERVER + 1] = {
	[DSR_A_SERVICE] = NLA_POLICY_NESTED(dsr_service_nl_policy),
	[DSR_A_SERVER] = NLA_POLICY_NESTED(dsr_server_nl_policy),
};

/* DSR_CMD_STATS_GET - do */
const struct nla_policy dsr_stats_get_nl_policy[DSR_A_SERVER + 1] = {
	[DSR_A_SERVICE] = NLA_POLICY_NESTED(dsr_service_nl_policy),
	[DSR_A_SERVER] = NLA_POLICY_NESTED(dsr_server_nl_policy),
};

/* DSR_CMD_FLOW_GET - do */
const struct nla_policy dsr_flow_get_nl_policy[DSR_A_FLOW + 1] = {
	[DSR_A_SERVICE] = NLA_POLICY_NESTED(dsr_service_nl_policy),
	[DSR_A_SERVER] = NLA_POLICY_NESTED(dsr_server_nl_policy),
	[DSR_A_FLOW] = NLA_POLICY_NESTED(dsr_flow_nl_policy),
};

/* DSR_CMD_FLOW_ADD - do */
const struct nla_policy dsr_flow_add_nl_policy[DSR_A_FLOW + 1] = {
	[DSR_A_SERVICE] = NLA_POLICY_NESTED(dsr_service_nl_policy),
	[DSR_A_SERVER] = NLA_POLICY_NESTED(dsr_server_nl_policy),
	[DSR_A_FLOW] = NLA_POLICY_NESTED(dsr_flow_nl_policy),
};

/* DSR_CMD_FLOW_DEL - do */
const struct nla_policy dsr_flow_del_nl_policy[DSR_A_FLOW + 1] = {
	[DSR_A_SERVICE] = NLA_POLICY_NESTED(dsr_service_nl_policy),
	[DSR_A_SERVER] = NLA_POLICY_NESTED(dsr_server_nl_policy),
	[DSR_A_FLOW] = NLA_POLICY_NESTED(dsr_flow_nl_policy),
};

/* DSR_CMD_SETTINGS_GET - do */
const struct nla_policy dsr_settings_get_nl_policy[DSR_A_SETTINGS + 1] = {
	[DSR_A_SETTINGS] = NLA_POLICY_NESTED(dsr_settings_nl_policy),
};

/* DSR_CMD_SETTINGS_SET - do */
const struct nla_policy dsr_settings_set_nl_policy[DSR_A_SETTINGS + 1] = {
	[DSR_A_SETTINGS] = NLA_POLICY_NESTED(dsr_settings_nl_policy),
};

/* DSR_CMD_INGRESS_GET - do */
const struct nla_policy dsr_ingress_get_nl_policy[DSR_A_INGRESS + 1] = {
	[DSR_A_INGRESS] = NLA_POLICY_NESTED(dsr_ingress_nl_policy),
};

/* DSR_CMD_INGRESS_ADD - do */
const struct nla_policy dsr_ingress_add_nl_policy[DSR_A_INGRESS + 1] = {
	[DSR_A_INGRESS] = NLA_POLICY_NESTED(dsr_ingress_nl_policy),
};

/* DSR_CMD_INGRESS_DEL - do */
const struct nla_policy dsr_ingress_del_nl_policy[DSR_A_INGRESS + 1] = {
	[DSR_A_INGRESS] = NLA_POLICY_NESTED(dsr_ingress_nl_policy),
};

/* DSR_CMD_CONFIG_GET - do */
const struct nla_policy dsr_config_get_nl_policy[DSR_A_CONFIG + 1] = {
	[DSR_A_CONFIG] = NLA_POLICY_NESTED(dsr_config_nl_policy),
};

/* DSR_CMD_CONFIG_BEGIN - do */
const struct nla_policy dsr_config_begin_nl_policy[DSR_A_CONFIG + 1] = {
	[DSR_A_CONFIG] = NLA_POLICY_NESTED(dsr_config_nl_policy),
};

/* DSR_CMD_CONFIG_SERVICE - do */
const struct nla_policy dsr_config_service_nl_policy[DSR_A_SERVICE + 1] = {
	[DSR_A_SERVICE] = NLA_POLICY_NESTED(dsr_service_nl_policy),
};

/* DSR_CMD_CONFIG_SERVER - do */
const struct nla_policy dsr_config_server_nl_policy[DSR_A_SERVER + 1] = {
	[DSR_A_SERVICE] = NLA_POLICY_NESTED(dsr_service_nl_policy),
	[DSR_A_SERVER] = NLA_POLICY_NESTED(dsr_server_nl_policy),
};

/* DSR_CMD_CONFIG_COMMIT - do */
const struct nla_policy dsr_config_commit_nl_policy[DSR_A_CONFIG + 1] = {
	[DSR_A_CONFIG] = NLA_POLICY_NESTED(dsr_config_nl_policy),
};

/* DSR_CMD_TRACE_GET - do */
const struct nla_policy dsr_trace_get_nl_policy[DSR_A_TRACE + 1] = {
	[DSR_A_FLOW] = NLA_POLICY_NESTED(dsr_flow_nl_policy),
	[DSR_A_TRACE] = NLA_POLICY_NESTED(dsr_trace_nl_policy),
};

/* DSR_CMD_ANNOUNCE_GET - do */
const struct nla_policy dsr_announce_get_nl_policy[DSR_A_ANNOUNCE + 1] = {
	[DSR_A_ANNOUNCE] = NLA_POLICY_NESTED(dsr_announce_nl_policy),
};

/* DSR_CMD_ANNOUNCE_ADD - do */
const struct nla_policy dsr_announce_add_nl_policy[DSR_A_ANNOUNCE + 1] = {
	[DSR_A_ANNOUNCE] = NLA_POLICY_NESTED(dsr_announce_nl_policy),
};

/* DSR_CMD_ANNOUNCE_DEL - do */
const struct nla_policy dsr_announce_del_nl_policy[DSR_A_ANNOUNCE + 1] = {
	[DSR_A_ANNOUNCE] = NLA_POLICY_NESTED(dsr_announce_nl_policy),
};

/* DSR_CMD_ROLE_GET - do */
const struct nla_policy dsr_role_get_nl_policy[DSR_A_ROLE + 1] = {
	[DSR_A_ROLE] = NLA_POLICY_NESTED(dsr_role_nl_policy),
};

/* DSR_CMD_ROLE_SET - do */
const struct nla_policy dsr_role_set_nl_policy[DSR_A_ROLE + 1] = {
	[DSR_A_ROLE] = NLA_POLICY_NESTED(dsr_role_nl_policy),
};

/* DSR_CMD_PEER_GET - do */
const struct nla_policy dsr_peer_get_nl_policy[DSR_A_PEER + 1] = {
	[DSR_A_PEER] = NLA_POLICY_NESTED(dsr_peer_nl_policy),
};

/* DSR_CMD_PEER_ADD - do */
const struct nla_policy dsr_peer_add_nl_policy[DSR_A_PEER + 1] = {
	[DSR_A_PEER] = NLA_POLICY_NESTED(dsr_peer_nl_policy),
};

/* DSR_CMD_PEER_DEL - do */
const struct nla_policy dsr_peer_del_nl_policy[DSR_A_PEER + 1] = {
	[DSR_A_PEER] = NLA_POLICY_NESTED(dsr_peer_nl_policy),
};

/* Ops table for dsr */
const struct genl_ops dsr_nl_ops[31] = {
	{
		.cmd		= DSR_CMD_SERVICE_GET,
		.doit		= dsr_nl_service_get_doit,
		.dumpit		= dsr_nl_service_get_dumpit,
		.policy		= dsr_service_get_nl_policy,
		.maxattr	= DSR_A_SERVICE,
	},
	{
		.cmd		= DSR_CMD_SERVICE_ADD,
		.doit		= dsr_nl_service_add_doit,
		.policy		= dsr_service_add_nl_policy,
		.maxattr	= DSR_A_SERVICE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_SERVICE_SET,
		.doit		= dsr_nl_service_set_doit,
		.policy		= dsr_service_set_nl_policy,
		.maxattr	= DSR_A_SERVICE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_SERVICE_DEL,
		.doit		= dsr_nl_service_del_doit,
		.policy		= dsr_service_del_nl_policy,
		.maxattr	= DSR_A_SERVICE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_SERVER_GET,
		.doit		= dsr_nl_server_get_doit,
		.dumpit		= dsr_nl_server_get_dumpit,
		.policy		= dsr_server_get_nl_policy,
		.maxattr	= DSR_A_SERVER,
	},
	{
		.cmd		= DSR_CMD_SERVER_ADD,
		.doit		= dsr_nl_server_add_doit,
		.policy		= dsr_server_add_nl_policy,
		.maxattr	= DSR_A_SERVER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_SERVER_SET,
		.doit		= dsr_nl_server_set_doit,
		.policy		= dsr_server_set_nl_policy,
		.maxattr	= DSR_A_SERVER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_SERVER_DEL,
		.doit		= dsr_nl_server_del_doit,
		.policy		= dsr_server_del_nl_policy,
		.maxattr	= DSR_A_SERVER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_STATS_GET,
		.doit		= dsr_nl_stats_get_doit,
		.policy		= dsr_stats_get_nl_policy,
		.maxattr	= DSR_A_SERVER,
	},
	{
		.cmd		= DSR_CMD_FLOW_GET,
		.doit		= dsr_nl_flow_get_doit,
		.dumpit		= dsr_nl_flow_get_dumpit,
		.policy		= dsr_flow_get_nl_policy,
		.maxattr	= DSR_A_FLOW,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_FLOW_ADD,
		.doit		= dsr_nl_flow_add_doit,
		.policy		= dsr_flow_add_nl_policy,
		.maxattr	= DSR_A_FLOW,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_FLOW_DEL,
		.doit		= dsr_nl_flow_del_doit,
		.policy		= dsr_flow_del_nl_policy,
		.maxattr	= DSR_A_FLOW,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_SETTINGS_GET,
		.doit		= dsr_nl_settings_get_doit,
		.policy		= dsr_settings_get_nl_policy,
		.maxattr	= DSR_A_SETTINGS,
	},
	{
		.cmd		= DSR_CMD_SETTINGS_SET,
		.doit		= dsr_nl_settings_set_doit,
		.policy		= dsr_settings_set_nl_policy,
		.maxattr	= DSR_A_SETTINGS,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_INGRESS_GET,
		.doit		= dsr_nl_ingress_get_doit,
		.dumpit		= dsr_nl_ingress_get_dumpit,
		.policy		= dsr_ingress_get_nl_policy,
		.maxattr	= DSR_A_INGRESS,
	},
	{
		.cmd		= DSR_CMD_INGRESS_ADD,
		.doit		= dsr_nl_ingress_add_doit,
		.policy		= dsr_ingress_add_nl_policy,
		.maxattr	= DSR_A_INGRESS,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_INGRESS_DEL,
		.doit		= dsr_nl_ingress_del_doit,
		.policy		= dsr_ingress_del_nl_policy,
		.maxattr	= DSR_A_INGRESS,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_CONFIG_GET,
		.doit		= dsr_nl_config_get_doit,
		.policy		= dsr_config_get_nl_policy,
		.maxattr	= DSR_A_CONFIG,
	},
	{
		.cmd		= DSR_CMD_CONFIG_BEGIN,
		.doit		= dsr_nl_config_begin_doit,
		.policy		= dsr_config_begin_nl_policy,
		.maxattr	= DSR_A_CONFIG,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_CONFIG_SERVICE,
		.doit		= dsr_nl_config_service_doit,
		.policy		= dsr_config_service_nl_policy,
		.maxattr	= DSR_A_SERVICE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_CONFIG_SERVER,
		.doit		= dsr_nl_config_server_doit,
		.policy		= dsr_config_server_nl_policy,
		.maxattr	= DSR_A_SERVER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_CONFIG_COMMIT,
		.doit		= dsr_nl_config_commit_doit,
		.policy		= dsr_config_commit_nl_policy,
		.maxattr	= DSR_A_CONFIG,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_TRACE_GET,
		.doit		= dsr_nl_trace_get_doit,
		.policy		= dsr_trace_get_nl_policy,
		.maxattr	= DSR_A_TRACE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_ANNOUNCE_GET,
		.doit		= dsr_nl_announce_get_doit,
		.dumpit		= dsr_nl_announce_get_dumpit,
		.policy		= dsr_announce_get_nl_policy,
		.maxattr	= DSR_A_ANNOUNCE,
	},
	{
		.cmd		= DSR_CMD_ANNOUNCE_ADD,
		.doit		= dsr_nl_announce_add_doit,
		.policy		= dsr_announce_add_nl_policy,
		.maxattr	= DSR_A_ANNOUNCE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_ANNOUNCE_DEL,
		.doit		= dsr_nl_announce_del_doit,
		.policy		= dsr_announce_del_nl_policy,
		.maxattr	= DSR_A_ANNOUNCE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_ROLE_GET,
		.doit		= dsr_nl_role_get_doit,
		.dumpit		= dsr_nl_role_get_dumpit,
		.policy		= dsr_role_get_nl_policy,
		.maxattr	= DSR_A_ROLE,
	},
	{
		.cmd		= DSR_CMD_ROLE_SET,
		.doit		= dsr_nl_role_set_doit,
		.policy		= dsr_role_set_nl_policy,
		.maxattr	= DSR_A_ROLE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_PEER_GET,
		.doit		= dsr_nl_peer_get_doit,
		.dumpit		= dsr_nl_peer_get_dumpit,
		.policy		= dsr_peer_get_nl_policy,
		.maxattr	= DSR_A_PEER,
	},
	{
		.cmd		= DSR_CMD_PEER_ADD,
		.doit		= dsr_nl_peer_add_doit,
		.policy		= dsr_peer_add_nl_policy,
		.maxattr	= DSR_A_PEER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= DSR_CMD_PEER_DEL,
		.doit		= dsr_nl_peer_del_doit,
		.policy		= dsr_peer_del_nl_policy,
		.maxattr	= DSR_A_PEER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
};

static const struct genl_multicast_group dsr_nl_mcgrps[] = {
	[DSR_NLGRP_CONFIG] = { "config", },
};

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Configuration by generic netlink; the contract is uapi/dsr.yaml.
 */
#ifndef DSR_NETLINK_H
#define DSR_NETLINK_H

#include <linux/netfilter.h>
#include <linux/netlink.h>
#include <linux/skbuff.h>

struct dsr_flow_entry;
struct dsr_net;
struct dsr_nexthop;
struct dsr_peer;
struct dsr_server;
struct dsr_server_conf;
struct dsr_service;
struct dsr_service_key;
struct dsr_service_opt;
struct dsr_tally;
struct dsr_tuple;
struct genl_info;

/* A refusal: what is wrong and what would be right, and where. */
#define dsr_netlink_refuse(extack, attr, err, msg) ({		\
	NL_SET_ERR_MSG_ATTR(extack, attr, msg);			\
	(err);							\
})

extern struct genl_family dsr_netlink_family;

int dsr_netlink_init(void);
void dsr_netlink_exit(void);
struct sk_buff *dsr_netlink_reply(struct genl_info *info, u8 command,
				  void **hdr);
int dsr_netlink_send(struct sk_buff *msg, struct genl_info *info, void *hdr,
		     int err);
int dsr_netlink_parse_service(struct nlattr *nest, struct nlattr **tb,
			      struct dsr_service_key *key,
			      struct netlink_ext_ack *extack);
int dsr_netlink_parse_opt(struct nlattr **tb, const struct dsr_service_key *key,
			  struct dsr_service_opt *opt,
			  struct netlink_ext_ack *extack);
int dsr_netlink_parse_group(struct nlattr *attr, char *group,
			    struct netlink_ext_ack *extack);
int dsr_netlink_parse_key(struct nlattr *attr, struct dsr_service_key *key,
			  struct netlink_ext_ack *extack);
int dsr_netlink_parse_conf(struct nlattr *nest, struct dsr_server_conf *conf,
			   struct netlink_ext_ack *extack);
int dsr_netlink_parse_addr(struct nlattr *nest, struct nlattr *ipv4,
			   struct nlattr *ipv6, u8 *family,
			   union nf_inet_addr *addr,
			   struct netlink_ext_ack *extack);
int dsr_netlink_parse_mac(struct nlattr *attr, struct dsr_server_conf *conf,
			  struct netlink_ext_ack *extack);
int dsr_netlink_parse_ifindex(struct nlattr *attr, struct dsr_server_conf *conf,
			      struct netlink_ext_ack *extack);

/* netlink_dump.c */
bool dsr_netlink_may_set(const struct sk_buff *request);
int dsr_netlink_put_addr(struct sk_buff *msg, int ipv4, int ipv6, u8 family,
			 const union nf_inet_addr *addr);
int dsr_netlink_put_key(struct sk_buff *msg, const struct dsr_service_key *key);
int dsr_netlink_put_service(struct sk_buff *msg,
			    const struct dsr_service *service, bool secrets);
int dsr_netlink_put_conf(struct sk_buff *msg, const struct dsr_server *server);
int dsr_netlink_put_nexthop(struct sk_buff *msg, const struct dsr_nexthop *nh);
int dsr_netlink_put_server(struct sk_buff *msg,
			   const struct dsr_server *server);
int dsr_netlink_put_reasons(struct sk_buff *msg,
			    const struct dsr_tally *tally);

/* netlink_config.c */
int dsr_netlink_config_init(void);
void dsr_netlink_config_exit(void);

/* netlink_peer.c */
int dsr_netlink_put_peer(struct sk_buff *msg, const struct dsr_peer *peer);

/* netlink_role.c */
int dsr_netlink_put_role(struct sk_buff *msg, const char *group, u8 role);

/* netlink_flow.c */
int dsr_netlink_parse_tuple(struct nlattr *nest, struct dsr_tuple *tuple,
			    struct netlink_ext_ack *extack);
int dsr_netlink_put_flow(struct sk_buff *msg,
			 const struct dsr_flow_entry *entry,
			 const struct dsr_server *server);

#endif /* DSR_NETLINK_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Configuration by generic netlink; the contract is uapi/dsr.yaml.
 */
#ifndef DSR_NETLINK_H
#define DSR_NETLINK_H

#include <linux/netlink.h>
#include <linux/skbuff.h>

struct dsr_net;
struct dsr_server;
struct dsr_service;
struct dsr_service_key;
struct dsr_stats;
struct genl_info;

extern struct genl_family dsr_netlink_family;

int dsr_netlink_init(void);
void dsr_netlink_exit(void);
struct sk_buff *dsr_netlink_reply(struct genl_info *info, u8 command,
				  void **hdr);
int dsr_netlink_send(struct sk_buff *msg, struct genl_info *info, void *hdr,
		     int err);
int dsr_netlink_parse_key(struct nlattr *attr, struct dsr_service_key *key,
			  struct netlink_ext_ack *extack);

/* netlink_dump.c */
bool dsr_netlink_may_set(const struct sk_buff *request);
int dsr_netlink_put_service(struct sk_buff *msg,
			    const struct dsr_service *service, bool secrets);
int dsr_netlink_put_server(struct sk_buff *msg,
			   const struct dsr_server *server);
int dsr_netlink_put_reasons(struct sk_buff *msg,
			    const struct dsr_stats __percpu *stats);

#endif /* DSR_NETLINK_H */

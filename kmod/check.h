/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What users say of services and servers, and what of it is refused: whether it
 * is to be a part of the running configuration or of one that is staged.
 */
#ifndef DSR_CHECK_H
#define DSR_CHECK_H

#include <linux/netlink.h>
#include "kmod/claim.h"

#define DSR_SET_WEIGHT	BIT(0)
#define DSR_SET_MAC	BIT(1)
#define DSR_SET_IFINDEX	BIT(2)
#define DSR_SET_MAX	BIT(3)
#define DSR_SET_MIN	BIT(4)
#define DSR_SET_FALLBACK	BIT(5)
#define DSR_SET_DOWN	BIT(6)
#define DSR_SET_ALL	(BIT(7) - 1)

/**
 * struct dsr_service_conf - what a user says of a service
 * @key: which packets are its
 * @opt: all of its options, those that are not given too
 */
struct dsr_service_conf {
	struct dsr_service_key	key;
	struct dsr_service_opt	opt;
};

/**
 * struct dsr_server_conf - what a user says of a server, or of a peer
 * @addr: its address
 * @family: the address's family
 * @mac: MAC address by hand, or zeros
 * @weight: share of the new flows, at most DSR_WEIGHT_MAX
 * @ifindex: egress device by hand, or 0; the last of those that a peer has
 * @max_flows: as in struct dsr_server, like those that follow
 * @min_flows: likewise
 * @fallback: likewise
 * @down: likewise
 * @set: DSR_SET_*, which of these are given
 */
struct dsr_server_conf {
	union nf_inet_addr	addr;
	u8			family;
	u8			mac[ETH_ALEN];
	u32			weight;
	int			ifindex;
	u32			max_flows;
	u32			min_flows;
	bool			fallback;
	bool			down;
	unsigned int		set;
};

int dsr_check_service(struct dsr_claims *claims, unsigned int n,
		      const struct dsr_service_key *key,
		      struct netlink_ext_ack *extack);
int dsr_check_gateway(struct net *net, const struct dsr_service_conf *conf,
		      struct netlink_ext_ack *extack);
int dsr_check_device(struct net *net, const struct dsr_server_conf *conf,
		     struct netlink_ext_ack *extack);
int dsr_check_peer(struct net *net, const struct dsr_server_conf *conf,
		   struct netlink_ext_ack *extack);
int dsr_check_server(struct net *net, unsigned int n, unsigned int n_service,
		     const struct dsr_service_key *key,
		     const struct dsr_server_conf *conf,
		     struct netlink_ext_ack *extack);

#endif /* DSR_CHECK_H */

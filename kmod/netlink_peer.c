// SPDX-License-Identifier: GPL-2.0
/*
 * Other directors.
 */
#include <net/genetlink.h>
#include <net/sock.h>
#include "kmod/netlink.h"
#include "kmod/netlink_gen.h"
#include "kmod/pernet.h"

/* What an attribute says of a peer. */
static int dsr_netlink_parse_peer(struct genl_info *info,
				  struct dsr_server_conf *conf)
{
	struct nlattr *nest = info->attrs[DSR_A_PEER];
	struct nlattr *tb[DSR_PEER_A_MAX + 1];
	int err;

	memset(conf, 0, sizeof(*conf));
	if (!nest) {
		NL_SET_ERR_MSG(info->extack, "attribute peer is missing");
		return -EINVAL;
	}
	err = nla_parse_nested(tb, DSR_PEER_A_MAX, nest, dsr_peer_nl_policy,
			       info->extack);
	if (err)
		return err;
	return dsr_netlink_parse_addr(nest, tb[DSR_PEER_A_IPV4],
				      tb[DSR_PEER_A_IPV6], &conf->family,
				      &conf->addr, info->extack) ?:
	       dsr_netlink_parse_mac(tb[DSR_PEER_A_MAC], conf,
				     info->extack) ?:
	       dsr_netlink_parse_ifindex(tb[DSR_PEER_A_IFINDEX], conf,
					 info->extack);
}

/**
 * dsr_netlink_put_peer() - say all of a peer
 * @msg: the message
 * @peer: the peer
 *
 * Context: process, under the configuration mutex.
 * Return: 0 or -EMSGSIZE.
 */
int dsr_netlink_put_peer(struct sk_buff *msg, const struct dsr_peer *peer)
{
	const struct dsr_nexthop *nh = &peer->nexthop;
	struct nlattr *nest = nla_nest_start(msg, DSR_A_PEER);

	if (!nest ||
	    dsr_netlink_put_addr(msg, DSR_PEER_A_IPV4, DSR_PEER_A_IPV6,
				 nh->family, &nh->addr) ||
	    nla_put(msg, DSR_PEER_A_MAC, ETH_ALEN, nh->mac) ||
	    nla_put_u32(msg, DSR_PEER_A_IFINDEX, nh->ifindex))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return dsr_netlink_put_nexthop(msg, nh);
}

static int dsr_netlink_fill_peer(struct sk_buff *msg, const struct dsr_net *dn,
				 const struct dsr_server_conf *conf,
				 struct netlink_ext_ack *extack)
{
	const struct dsr_peer *peer = dsr_peers_find(&dn->peers, conf->family,
						     &conf->addr);

	if (peer)
		return dsr_netlink_put_peer(msg, peer);
	NL_SET_ERR_MSG(extack,
		       "no such peer: add it first, or see which there are");
	return -ENOENT;
}

int dsr_nl_peer_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_pernet(genl_info_net(info));
	struct dsr_server_conf conf;
	struct sk_buff *msg;
	void *hdr;
	int err;

	err = dsr_netlink_parse_peer(info, &conf);
	if (err)
		return err;
	msg = dsr_netlink_reply(info, DSR_CMD_PEER_GET, &hdr);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&dn->lock);
	err = dsr_netlink_fill_peer(msg, dn, &conf, info->extack);
	mutex_unlock(&dn->lock);
	return dsr_netlink_send(msg, info, hdr, err);
}

static int dsr_netlink_dump_peer(struct sk_buff *skb,
				 struct netlink_callback *cb,
				 const struct dsr_peer *peer)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &dsr_netlink_family,
				NLM_F_MULTI, DSR_CMD_PEER_GET);

	if (!hdr || dsr_netlink_put_peer(skb, peer)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genl_dump_check_consistent(cb, hdr);
	genlmsg_end(skb, hdr);
	return 0;
}

int dsr_nl_peer_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dsr_net *dn = dsr_pernet(sock_net(skb->sk));
	const struct dsr_peer *peer;
	long i = 0;

	/* How many were told is in cb->args[0]. */
	mutex_lock(&dn->lock);
	cb->seq = dn->generation;
	list_for_each_entry(peer, &dn->peers.list, list) {
		if (i++ < cb->args[0])
			continue;
		if (dsr_netlink_dump_peer(skb, cb, peer))
			break;
		cb->args[0]++;
	}
	mutex_unlock(&dn->lock);
	return skb->len;
}

static int dsr_netlink_peer_doit(struct genl_info *info,
				 int (*change)(struct dsr_net *dn,
					       const struct dsr_server_conf *conf,
					       struct netlink_ext_ack *extack))
{
	struct dsr_net *dn = dsr_pernet(genl_info_net(info));
	struct dsr_server_conf conf;
	int err;

	err = dsr_netlink_parse_peer(info, &conf);
	if (err)
		return err;
	mutex_lock(&dn->lock);
	err = change(dn, &conf, info->extack);
	mutex_unlock(&dn->lock);
	return err;
}

int dsr_nl_peer_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	return dsr_netlink_peer_doit(info, dsr_pernet_peer_add);
}

int dsr_nl_peer_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return dsr_netlink_peer_doit(info, dsr_pernet_peer_del);
}

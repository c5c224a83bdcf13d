// SPDX-License-Identifier: GPL-2.0
/*
 * Devices that virtual addresses are announced on.
 */
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/sock.h>
#include "kmod/netlink.h"
#include "kmod/netlink_gen.h"
#include "kmod/pernet.h"

/* The attributes of a request, whose name is one; or -errno. */
static int dsr_netlink_parse_announce(struct genl_info *info,
				      struct nlattr **tb)
{
	struct nlattr *nest = info->attrs[DSR_A_ANNOUNCE];
	struct nlattr *name, *every;

	if (!nest || nla_parse_nested(tb, DSR_ANNOUNCE_A_MAX, nest,
				      dsr_announce_nl_policy, info->extack) ||
	    !tb[DSR_ANNOUNCE_A_NAME]) {
		NL_SET_ERR_MSG(info->extack,
			       "name of the device is missing from attribute announce");
		return -EINVAL;
	}
	name = tb[DSR_ANNOUNCE_A_NAME];
	if (!dev_valid_name(nla_data(name)))
		return dsr_netlink_refuse(info->extack, name, -EINVAL,
					  "no device can have this name");
	every = tb[DSR_ANNOUNCE_A_EVERY];
	if (every && nla_get_u32(every) > DSR_ANNOUNCE_EVERY_MAX)
		return dsr_netlink_refuse(info->extack, every, -ERANGE,
					  "every must be at most 86400 seconds");
	return 0;
}

static int dsr_netlink_put_announce(struct sk_buff *msg,
				    const struct dsr_announce *announce)
{
	struct nlattr *nest = nla_nest_start(msg, DSR_A_ANNOUNCE);

	if (!nest ||
	    nla_put_string(msg, DSR_ANNOUNCE_A_NAME, announce->device.name) ||
	    nla_put_u32(msg, DSR_ANNOUNCE_A_EVERY, announce->every) ||
	    nla_put_u8(msg, DSR_ANNOUNCE_A_ACTIVE, !!announce->device.dev) ||
	    nla_put_u64_64bit(msg, DSR_ANNOUNCE_A_ANNOUNCED,
			      atomic64_read(&announce->announced),
			      DSR_ANNOUNCE_A_PAD) ||
	    nla_put_u64_64bit(msg, DSR_ANNOUNCE_A_ANSWERED,
			      atomic64_read(&announce->answered),
			      DSR_ANNOUNCE_A_PAD) ||
	    nla_put_u64_64bit(msg, DSR_ANNOUNCE_A_CONFLICTS,
			      atomic64_read(&announce->conflicts),
			      DSR_ANNOUNCE_A_PAD))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

int dsr_nl_announce_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_pernet(genl_info_net(info));
	struct nlattr *tb[DSR_ANNOUNCE_A_MAX + 1];
	const struct dsr_announce *announce;
	struct sk_buff *msg;
	void *hdr;
	int err;

	err = dsr_netlink_parse_announce(info, tb);
	if (err)
		return err;
	msg = dsr_netlink_reply(info, DSR_CMD_ANNOUNCE_GET, &hdr);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&dn->lock);
	announce = dsr_announce_find(&dn->announce,
				     nla_data(tb[DSR_ANNOUNCE_A_NAME]),
				     info->extack);
	err = announce ? dsr_netlink_put_announce(msg, announce) : -ENOENT;
	mutex_unlock(&dn->lock);
	return dsr_netlink_send(msg, info, hdr, err);
}

static int dsr_netlink_dump_announce(struct sk_buff *skb,
				     struct netlink_callback *cb,
				     const struct dsr_announce *announce)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &dsr_netlink_family,
				NLM_F_MULTI, DSR_CMD_ANNOUNCE_GET);

	if (!hdr || dsr_netlink_put_announce(skb, announce)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genl_dump_check_consistent(cb, hdr);
	genlmsg_end(skb, hdr);
	return 0;
}

int dsr_nl_announce_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dsr_net *dn = dsr_pernet(sock_net(skb->sk));
	const struct dsr_announce *announce;
	long i = 0;

	/* How many were told is in cb->args[0]. */
	mutex_lock(&dn->lock);
	cb->seq = dn->generation;
	list_for_each_entry(announce, &dn->announce.devices.names,
			    device.list) {
		if (i++ < cb->args[0])
			continue;
		if (dsr_netlink_dump_announce(skb, cb, announce))
			break;
		cb->args[0]++;
	}
	mutex_unlock(&dn->lock);
	return skb->len;
}

int dsr_nl_announce_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_pernet(genl_info_net(info));
	struct nlattr *tb[DSR_ANNOUNCE_A_MAX + 1];
	struct nlattr *every;
	int err;

	err = dsr_netlink_parse_announce(info, tb);
	if (err)
		return err;
	every = tb[DSR_ANNOUNCE_A_EVERY];
	mutex_lock(&dn->lock);
	err = dsr_pernet_announce_add(dn, nla_data(tb[DSR_ANNOUNCE_A_NAME]),
				      every ? nla_get_u32(every) : 0,
				      info->extack);
	mutex_unlock(&dn->lock);
	return err;
}

/* RTNL comes first, for the groups that are left. */
int dsr_nl_announce_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_pernet(genl_info_net(info));
	struct nlattr *tb[DSR_ANNOUNCE_A_MAX + 1];
	int err;

	err = dsr_netlink_parse_announce(info, tb);
	if (err)
		return err;
	rtnl_lock();
	mutex_lock(&dn->lock);
	err = dsr_pernet_announce_del(dn, nla_data(tb[DSR_ANNOUNCE_A_NAME]),
				      info->extack);
	mutex_unlock(&dn->lock);
	rtnl_unlock();
	return err;
}

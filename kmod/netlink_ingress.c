// SPDX-License-Identifier: GPL-2.0
/*
 * Devices that are served at ingress.
 */
#include <linux/netdevice.h>
#include <net/genetlink.h>
#include <net/sock.h>
#include "kmod/netlink.h"
#include "kmod/netlink_gen.h"
#include "kmod/pernet.h"

/* The name that a request is about, or NULL. */
static const char *dsr_netlink_ingress_name(struct genl_info *info)
{
	struct nlattr *nest = info->attrs[DSR_A_INGRESS];
	struct nlattr *tb[DSR_INGRESS_A_MAX + 1];
	struct nlattr *name;

	if (!nest || nla_parse_nested(tb, DSR_INGRESS_A_MAX, nest,
				      dsr_ingress_nl_policy, info->extack) ||
	    !tb[DSR_INGRESS_A_NAME]) {
		NL_SET_ERR_MSG(info->extack,
			       "name of the device is missing from attribute ingress");
		return NULL;
	}
	name = tb[DSR_INGRESS_A_NAME];
	if (dev_valid_name(nla_data(name)))
		return nla_data(name);
	NL_SET_ERR_MSG_ATTR(info->extack, name,
			    "no device can have this name");
	return NULL;
}

static int dsr_netlink_put_ingress(struct sk_buff *msg,
				   const struct dsr_ingress *ingress)
{
	struct nlattr *nest = nla_nest_start(msg, DSR_A_INGRESS);

	if (!nest ||
	    nla_put_string(msg, DSR_INGRESS_A_NAME, ingress->device.name) ||
	    nla_put_u8(msg, DSR_INGRESS_A_ACTIVE, !!ingress->device.dev))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

int dsr_nl_ingress_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_pernet(genl_info_net(info));
	const char *name = dsr_netlink_ingress_name(info);
	const struct dsr_ingress *ingress;
	struct sk_buff *msg;
	void *hdr;
	int err;

	if (!name)
		return -EINVAL;
	msg = dsr_netlink_reply(info, DSR_CMD_INGRESS_GET, &hdr);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&dn->lock);
	ingress = dsr_ingress_find(&dn->ingress, name, info->extack);
	err = ingress ? dsr_netlink_put_ingress(msg, ingress) : -ENOENT;
	mutex_unlock(&dn->lock);
	return dsr_netlink_send(msg, info, hdr, err);
}

static int dsr_netlink_dump_ingress(struct sk_buff *skb,
				    struct netlink_callback *cb,
				    const struct dsr_ingress *ingress)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &dsr_netlink_family,
				NLM_F_MULTI, DSR_CMD_INGRESS_GET);

	if (!hdr || dsr_netlink_put_ingress(skb, ingress)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genl_dump_check_consistent(cb, hdr);
	genlmsg_end(skb, hdr);
	return 0;
}

int dsr_nl_ingress_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dsr_net *dn = dsr_pernet(sock_net(skb->sk));
	const struct dsr_ingress *ingress;
	long i = 0;

	/* How many were told is in cb->args[0]. */
	mutex_lock(&dn->lock);
	cb->seq = dn->generation;
	list_for_each_entry(ingress, &dn->ingress.devices.names,
			    device.list) {
		if (i++ < cb->args[0])
			continue;
		if (dsr_netlink_dump_ingress(skb, cb, ingress))
			break;
		cb->args[0]++;
	}
	mutex_unlock(&dn->lock);
	return skb->len;
}

static int dsr_netlink_ingress_doit(struct genl_info *info,
				    int (*change)(struct dsr_net *dn,
						  const char *name,
						  struct netlink_ext_ack *extack))
{
	struct dsr_net *dn = dsr_pernet(genl_info_net(info));
	const char *name = dsr_netlink_ingress_name(info);
	int err;

	if (!name)
		return -EINVAL;
	mutex_lock(&dn->lock);
	err = change(dn, name, info->extack);
	mutex_unlock(&dn->lock);
	return err;
}

int dsr_nl_ingress_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	if (!IS_ENABLED(CONFIG_NETFILTER_INGRESS)) {
		NL_SET_ERR_MSG(info->extack,
			       "this kernel has no ingress hook: it was built without CONFIG_NETFILTER_INGRESS");
		return -EOPNOTSUPP;
	}
	return dsr_netlink_ingress_doit(info, dsr_pernet_ingress_add);
}

int dsr_nl_ingress_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return dsr_netlink_ingress_doit(info, dsr_pernet_ingress_del);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * A whole configuration by netlink: staged item by item, committed at once.
 */
#include <net/genetlink.h>
#include "kmod/config.h"
#include "kmod/netlink.h"
#include "kmod/netlink_gen.h"

/* What runs. */
static int dsr_netlink_put_config(struct sk_buff *msg, const struct dsr_net *dn)
{
	struct nlattr *nest = nla_nest_start(msg, DSR_A_CONFIG);

	if (!nest ||
	    nla_put_u32(msg, DSR_CONFIG_A_GENERATION, dn->generation) ||
	    nla_put_u32(msg, DSR_CONFIG_A_SERVICES, dn->n_services) ||
	    nla_put_u32(msg, DSR_CONFIG_A_SERVERS, dn->servers.n))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

int dsr_nl_config_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_pernet(genl_info_net(info));
	struct sk_buff *msg;
	void *hdr;
	int err;

	msg = dsr_netlink_reply(info, DSR_CMD_CONFIG_GET, &hdr);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&dn->lock);
	err = dsr_netlink_put_config(msg, dn);
	mutex_unlock(&dn->lock);
	return dsr_netlink_send(msg, info, hdr, err);
}

int dsr_nl_config_begin_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_pernet(genl_info_net(info));
	int err;

	mutex_lock(&dn->lock);
	err = dsr_config_begin(dn, info->snd_portid, info->extack);
	mutex_unlock(&dn->lock);
	return err;
}

/* What the asking socket stages, or NULL, which it is told. */
static struct dsr_config *dsr_netlink_staged(const struct dsr_net *dn,
					     struct genl_info *info)
{
	struct dsr_config *config = dsr_config_find(dn, info->snd_portid);

	if (!config)
		NL_SET_ERR_MSG(info->extack,
			       "this socket stages no configuration: send config-begin first");
	return config;
}

static int dsr_netlink_stage_service(struct dsr_config *config,
				     struct genl_info *info)
{
	struct nlattr *tb[DSR_SERVICE_A_MAX + 1];
	struct dsr_service_conf conf;
	int err;

	err = dsr_netlink_parse_service(info->attrs[DSR_A_SERVICE], tb,
					&conf.key, info->extack);
	if (err)
		return err;
	dsr_service_defaults(&conf.key, &conf.opt);
	return dsr_netlink_parse_opt(tb, &conf.key, &conf.opt, info->extack) ?:
	       dsr_config_add_service(config, &conf,
				      tb[DSR_SERVICE_A_HASH_KEY], info->extack);
}

static int dsr_netlink_stage_server(struct dsr_config *config,
				    struct genl_info *info)
{
	struct dsr_service_key key;
	struct dsr_server_conf conf;

	return dsr_netlink_parse_key(info->attrs[DSR_A_SERVICE], &key,
				     info->extack) ?:
	       dsr_netlink_parse_conf(info->attrs[DSR_A_SERVER], &conf,
				      info->extack) ?:
	       dsr_config_add_server(config, &key, &conf, info->extack);
}

/* Who asks for no acknowledgement and does not look is told by the commit. */
static int dsr_netlink_stage(struct genl_info *info,
			     int (*stage)(struct dsr_config *config,
					  struct genl_info *info))
{
	struct dsr_net *dn = dsr_pernet(genl_info_net(info));
	struct dsr_config *config;
	int err = -ENOENT;

	mutex_lock(&dn->lock);
	config = dsr_netlink_staged(dn, info);
	if (config) {
		err = stage(config, info);
		if (err)
			config->spoilt = true;
	}
	mutex_unlock(&dn->lock);
	return err;
}

int dsr_nl_config_service_doit(struct sk_buff *skb, struct genl_info *info)
{
	return dsr_netlink_stage(info, dsr_netlink_stage_service);
}

int dsr_nl_config_server_doit(struct sk_buff *skb, struct genl_info *info)
{
	return dsr_netlink_stage(info, dsr_netlink_stage_server);
}

static int dsr_netlink_commit(struct sk_buff *msg, struct dsr_net *dn,
			      const u32 *generation, struct genl_info *info)
{
	struct dsr_config *config = dsr_netlink_staged(dn, info);

	if (!config)
		return -ENOENT;
	return dsr_config_commit(config, generation, info->extack) ?:
	       dsr_netlink_put_config(msg, dn);
}

int dsr_nl_config_commit_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_pernet(genl_info_net(info));
	struct nlattr *tb[DSR_CONFIG_A_MAX + 1] = {};
	struct nlattr *nest = info->attrs[DSR_A_CONFIG];
	struct sk_buff *msg;
	u32 generation = 0;
	void *hdr;
	int err;

	err = nest ? nla_parse_nested(tb, DSR_CONFIG_A_MAX, nest,
				      dsr_config_nl_policy, info->extack) : 0;
	if (err)
		return err;
	if (tb[DSR_CONFIG_A_GENERATION])
		generation = nla_get_u32(tb[DSR_CONFIG_A_GENERATION]);
	msg = dsr_netlink_reply(info, DSR_CMD_CONFIG_COMMIT, &hdr);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&dn->lock);
	err = dsr_netlink_commit(msg, dn, tb[DSR_CONFIG_A_GENERATION] ?
				 &generation : NULL, info);
	mutex_unlock(&dn->lock);
	return dsr_netlink_send(msg, info, hdr, err);
}

/* Who was stopped on the way leaves nothing behind. */
static int dsr_netlink_released(struct notifier_block *nb, unsigned long event,
				void *data)
{
	const struct netlink_notify *notify = data;

	if (event == NETLINK_URELEASE && notify->protocol == NETLINK_GENERIC)
		dsr_config_closed(dsr_pernet(notify->net), notify->portid);
	return NOTIFY_DONE;
}

static struct notifier_block dsr_netlink_released_nb = {
	.notifier_call = dsr_netlink_released,
};

/**
 * dsr_netlink_config_init() - have an eye on sockets that are closed
 *
 * Context: process, may sleep.
 * Return: 0 or -errno.
 */
int dsr_netlink_config_init(void)
{
	return netlink_register_notifier(&dsr_netlink_released_nb);
}

/**
 * dsr_netlink_config_exit() - and no longer
 *
 * Context: process, may sleep.
 */
void dsr_netlink_config_exit(void)
{
	netlink_unregister_notifier(&dsr_netlink_released_nb);
}

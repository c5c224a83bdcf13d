// SPDX-License-Identifier: GPL-2.0
/*
 * Module init and exit.
 */
#include <linux/module.h>
#include <net/genetlink.h>
#include "kmod/config.h"
#include "kmod/early.h"
#include "kmod/netlink.h"
#include "kmod/pernet.h"

static const struct dsr_pernet_ops dsr_main_pernet_ops = {
	.start	= dsr_early_register,
	.stop	= dsr_early_unregister,
};

static int __init dsr_main_init(void)
{
	int err;

	err = dsr_pernet_init(&dsr_main_pernet_ops);
	if (err)
		return err;
	err = dsr_config_init();
	if (err)
		goto err_pernet;
	/* Last: from here on there are users. */
	err = dsr_netlink_init();
	if (err)
		goto err_config;
	return 0;

err_config:
	dsr_config_exit();
err_pernet:
	dsr_pernet_exit();
	return err;
}

static void __exit dsr_main_exit(void)
{
	/* First: from here on there are no users, then no packets. */
	dsr_netlink_exit();
	dsr_config_exit();
	dsr_pernet_exit();
}

module_init(dsr_main_init);
module_exit(dsr_main_exit);
MODULE_LICENSE("GPL");
MODULE_VERSION(DSR_VERSION);
MODULE_DESCRIPTION("Layer-4 load balancer for direct routing");
MODULE_ALIAS_GENL_FAMILY("dsr");

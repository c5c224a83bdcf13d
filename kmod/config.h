/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A whole configuration that is put in place of the running one.
 *
 * It is staged first, item by item, where no packet sees it, each item being
 * checked against those before it. Then it is compared with what runs; what is
 * new in it is made ready beside that; and one pointer is changed.
 */
#ifndef DSR_CONFIG_H
#define DSR_CONFIG_H

#include "kmod/pernet.h"

/* So many may stage at once in a network namespace. */
#define DSR_CONFIGS_MAX	16

/**
 * struct dsr_config - a configuration that is staged
 * @dn: its namespace
 * @owner: port of the socket that stages it
 * @list: in the namespace's list
 * @services: struct dsr_config_service, in the order they came
 * @n_services: how many
 * @n_servers: how many they have, all of them
 * @claims: which packets are theirs
 * @servers: struct dsr_config_server, by service and address
 * @spoilt: an item of it was refused
 *
 * Under the configuration mutex.
 */
struct dsr_config {
	struct dsr_net		*dn;
	u32			owner;
	struct list_head	list;
	struct list_head	services;
	unsigned int		n_services;
	unsigned int		n_servers;
	struct dsr_claims	*claims;
	struct rhashtable	servers;
	bool			spoilt;
};

int dsr_config_init(void);
void dsr_config_exit(void);
int dsr_config_begin(struct dsr_net *dn, u32 owner,
		     struct netlink_ext_ack *extack);
struct dsr_config *dsr_config_find(const struct dsr_net *dn, u32 owner);
void dsr_config_discard(struct dsr_config *config);
void dsr_config_closed(struct dsr_net *dn, u32 owner);
int dsr_config_add_service(struct dsr_config *config,
			   const struct dsr_service_conf *conf, bool keyed,
			   struct netlink_ext_ack *extack);
int dsr_config_add_server(struct dsr_config *config,
			  const struct dsr_service_key *key,
			  const struct dsr_server_conf *conf,
			  struct netlink_ext_ack *extack);
int dsr_config_commit(struct dsr_config *config, const u32 *generation,
		      struct netlink_ext_ack *extack);

#endif /* DSR_CONFIG_H */

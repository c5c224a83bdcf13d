/* SPDX-License-Identifier: GPL-2.0 */
/*
 * "Something changed": told by whoever changes it, without knowing who listens.
 */
#ifndef DSR_EVENT_H
#define DSR_EVENT_H

#include <linux/notifier.h>

struct dsr_peer;
struct dsr_server;
struct dsr_service;
struct net;

enum dsr_event_type {
	DSR_EVENT_SERVICE_ADD,
	DSR_EVENT_SERVICE_SET,
	DSR_EVENT_SERVICE_DEL,
	DSR_EVENT_SERVER_ADD,
	DSR_EVENT_SERVER_SET,
	DSR_EVENT_SERVER_DEL,
	DSR_EVENT_ROLE_SET,
	DSR_EVENT_PEER_ADD,
	DSR_EVENT_PEER_SET,
	DSR_EVENT_PEER_DEL,
};

/**
 * struct dsr_event - what changed
 * @net: the network namespace
 * @service: the service, or the one that the server belongs to; NULL if it is
 *	a peer or a role that changed
 * @server: the server, or NULL
 * @peer: the peer, or NULL
 * @group: the group that has got @role; NULL for all of them
 * @role: enum dsr_role
 *
 * Valid only during the call: the namespace's configuration mutex is held.
 */
struct dsr_event {
	struct net			*net;
	const struct dsr_service	*service;
	const struct dsr_server		*server;
	const struct dsr_peer		*peer;
	const char			*group;
	u8				role;
};

void dsr_event_emit(enum dsr_event_type type, const struct dsr_event *event);
void dsr_event_subscribe(struct notifier_block *nb);
void dsr_event_unsubscribe(struct notifier_block *nb);

#endif /* DSR_EVENT_H */

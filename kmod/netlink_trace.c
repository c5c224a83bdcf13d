// SPDX-License-Identifier: GPL-2.0
/*
 * Where a packet would go, and why: the datapath's questions in its order, by
 * such of its parts as change nothing. The hook is in hook.c.
 */
#include <net/genetlink.h>
#include "kmod/netlink.h"
#include "kmod/netlink_gen.h"
#include "kmod/pernet.h"

/**
 * struct dsr_netlink_trace - a packet and its way
 * @dn: the namespace
 * @all: its map if none of its services stood by; NULL if none does
 * @flows: its flows
 * @mark: firewall mark of the packet
 * @view: of its service, or NULL
 * @service: the service that counts it: its flow's, or the view's
 * @server: where it goes, or NULL
 * @why: what decides that
 * @known: its flow, or its client that stays, is @entry
 * @owner: the server of @entry, NULL if it was deleted
 * @entry: the packet's tuple; if @known also what else there is
 */
struct dsr_netlink_trace {
	struct dsr_net			*dn;
	struct dsr_map			*all;
	struct dsr_flow_table		*flows;
	u32				mark;
	const struct dsr_view		*view;
	const struct dsr_service	*service;
	const struct dsr_server		*server;
	enum dsr_why			why;
	bool				known;
	const struct dsr_server		*owner;
	struct dsr_flow_entry		entry;
};

/* The service of a packet, as dsr_hook_view() has it, or NULL. */
static const struct dsr_view *
dsr_netlink_trace_view(const struct dsr_map *map, u32 mark,
		       const struct dsr_tuple *tuple)
{
	const struct dsr_view *marked = NULL;
	const struct dsr_vip *vip;

	if (mark)
		marked = dsr_map_mark(map, mark);
	if (marked)
		return marked;
	vip = tuple->family == AF_INET ?
	      dsr_map_vip4(map, tuple->daddr.ip) :
	      dsr_map_vip6(map, &tuple->daddr.in6);
	return vip ? dsr_map_lookup(map, vip, tuple) : NULL;
}

/* Whether there is the flow of @entry, and who has it. */
static bool dsr_netlink_trace_find(const struct dsr_netlink_trace *t,
				   struct dsr_flow_entry *entry,
				   const struct dsr_server **owner)
{
	if (!t->flows || !dsr_flow_get(t->flows, dsr_flow_now(), entry))
		return false;
	*owner = dsr_server_lookup(&t->dn->servers, entry->server);
	return true;
}

/* A flow that is known: whether that is all there is to say. */
static bool dsr_netlink_trace_flow(struct dsr_netlink_trace *t)
{
	t->known = dsr_netlink_trace_find(t, &t->entry, &t->owner);
	if (!t->known)
		return false;
	if (t->owner && dsr_view_keeps(t->view, t->owner)) {
		t->server = t->owner;
		t->service = t->owner->service;
		t->why = DSR_WHY_FLOW;
		return true;
	}
	if (t->entry.tuple.protocol != IPPROTO_TCP ||
	    t->view->lost == DSR_LOST_RESCHEDULE)
		return false;
	t->why = DSR_WHY_LOST;
	return true;
}

/* A new flow whose client stays: likewise. */
static bool dsr_netlink_trace_client(struct dsr_netlink_trace *t)
{
	struct dsr_flow_entry client;
	const struct dsr_server *owner;

	dsr_service_client(t->view->service, &t->entry.tuple, &client.tuple);
	if (!dsr_netlink_trace_find(t, &client, &owner) || !owner ||
	    !dsr_view_schedules(t->view, owner))
		return false;
	t->known = true;
	t->entry = client;
	t->owner = owner;
	t->server = owner;
	t->why = DSR_WHY_CLIENT;
	return true;
}

/* A flow that is to be scheduled. */
static void dsr_netlink_trace_schedule(struct dsr_netlink_trace *t)
{
	const struct dsr_sched *sched = t->view->sched;

	t->why = DSR_WHY_NO_SERVER;
	if (!sched)
		return;
	if (sched->ops->peek)
		t->server = dsr_view_peek(t->view, &t->entry.tuple);
	if (sched->ops->peek && !t->server)
		return;
	t->why = t->view->sessionless ? DSR_WHY_SESSIONLESS :
		 sched->ops->by_hash ? DSR_WHY_HASH :
		 sched->ops->peek ? DSR_WHY_TURN : DSR_WHY_CHANCE;
}

/* Nothing takes the packet: a service that stands by may be why. */
static void dsr_netlink_trace_standby(struct dsr_netlink_trace *t)
{
	const struct dsr_view *view;

	if (!t->all)
		return;
	view = dsr_netlink_trace_view(t->all, t->mark, &t->entry.tuple);
	if (!view)
		return;
	t->service = view->service;
	t->why = DSR_WHY_STANDBY;
}

/* Under RCU and the configuration mutex, which keeps what is found. */
static void dsr_netlink_trace_run(struct dsr_netlink_trace *t)
{
	const struct dsr_map *map = rcu_dereference(t->dn->map);

	t->why = DSR_WHY_NO_SERVICE;
	if (!map)
		return;
	t->view = dsr_netlink_trace_view(map, t->mark, &t->entry.tuple);
	if (!t->view) {
		dsr_netlink_trace_standby(t);
		return;
	}
	t->flows = rcu_dereference(t->dn->flows);
	t->service = t->view->service;
	if (!t->view->sessionless &&
	    (dsr_netlink_trace_flow(t) ||
	     (t->view->persist && dsr_netlink_trace_client(t))))
		return;
	dsr_netlink_trace_schedule(t);
}

static int dsr_netlink_put_service_of(struct sk_buff *msg,
				      const struct dsr_service *service)
{
	struct nlattr *nest = nla_nest_start(msg, DSR_A_SERVICE);

	if (!nest || dsr_netlink_put_key(msg, &service->key) ||
	    nla_put_string(msg, DSR_SERVICE_A_SCHEDULER,
			   service->opt.sched->name))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int dsr_netlink_put_why(struct sk_buff *msg, enum dsr_why why)
{
	struct nlattr *nest = nla_nest_start(msg, DSR_A_TRACE);

	if (!nest || nla_put_u8(msg, DSR_TRACE_A_WHY, why))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int dsr_netlink_put_trace(struct sk_buff *msg,
				 const struct dsr_netlink_trace *t)
{
	int err = dsr_netlink_put_why(msg, t->why);

	if (!err && t->service)
		err = dsr_netlink_put_service_of(msg, t->service);
	if (!err && t->known)
		err = dsr_netlink_put_flow(msg, &t->entry, t->owner);
	if (!err && t->server)
		err = dsr_netlink_put_conf(msg, t->server) ?:
		      dsr_netlink_put_nexthop(msg, &t->server->nexthop);
	return err;
}

/* Echo requests make flows too, but by rules of their own. */
static int dsr_netlink_check_trace(struct nlattr *nest,
				   const struct dsr_tuple *tuple,
				   struct netlink_ext_ack *extack)
{
	if (tuple->protocol == IPPROTO_ICMP ||
	    tuple->protocol == IPPROTO_ICMPV6)
		return dsr_netlink_refuse(extack, nest, -EINVAL,
					  "flow: ICMP cannot be traced: what becomes of pings, the option echo of a service tells");
	return 0;
}

/* A mark and no mark are alike to a request without it. */
static int dsr_netlink_parse_trace(struct nlattr *nest, u32 *mark,
				   struct netlink_ext_ack *extack)
{
	struct nlattr *tb[DSR_TRACE_A_MAX + 1];
	int err;

	if (!nest)
		return 0;
	err = nla_parse_nested(tb, DSR_TRACE_A_MAX, nest, dsr_trace_nl_policy,
			       extack);
	if (!err && tb[DSR_TRACE_A_FWMARK])
		*mark = nla_get_u32(tb[DSR_TRACE_A_FWMARK]);
	return err;
}

int dsr_nl_trace_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_netlink_trace t = {
		.dn = dsr_pernet(genl_info_net(info)),
	};
	struct nlattr *flow = info->attrs[DSR_A_FLOW];
	struct sk_buff *msg;
	void *hdr;
	int err;

	err = dsr_netlink_parse_tuple(flow, &t.entry.tuple, info->extack) ?:
	      dsr_netlink_check_trace(flow, &t.entry.tuple, info->extack) ?:
	      dsr_netlink_parse_trace(info->attrs[DSR_A_TRACE], &t.mark,
				      info->extack);
	if (err)
		return err;
	msg = dsr_netlink_reply(info, DSR_CMD_TRACE_GET, &hdr);
	if (!msg)
		return -ENOMEM;
	mutex_lock(&t.dn->lock);
	if (t.dn->roles && t.dn->n_services)
		t.all = dsr_pernet_map_of_all(t.dn);
	rcu_read_lock();
	dsr_netlink_trace_run(&t);
	err = dsr_netlink_put_trace(msg, &t);
	rcu_read_unlock();
	dsr_map_destroy(t.all);
	mutex_unlock(&t.dn->lock);
	return dsr_netlink_send(msg, info, hdr, err);
}

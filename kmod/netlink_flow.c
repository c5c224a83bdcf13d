// SPDX-License-Identifier: GPL-2.0
/*
 * Operations on flows: to list, find, add and delete them.
 *
 * Those that go through all flows hold no lock while they do, and give others
 * their turn after each flow that they find.
 */
#include <linux/inetdevice.h>
#include <net/genetlink.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include "kmod/netlink.h"
#include "kmod/netlink_gen.h"
#include "kmod/pernet.h"

/* What flows can be selected by, of their attributes. */
#define DSR_FLOW_SELECTORS						\
	(BIT(DSR_FLOW_A_CLIENT_IPV4) | BIT(DSR_FLOW_A_CLIENT_IPV6) |	\
	 BIT(DSR_FLOW_A_CLIENT_PREFIX_LEN) | BIT(DSR_FLOW_A_STATE))

/**
 * struct dsr_netlink_flows - which flows are meant
 * @client: of clients in this prefix
 * @service: of this service, or NULL; only compared, as it may be gone
 * @server: of the server with this id, or DSR_SERVER_NONE
 * @family: AF_INET or AF_INET6 of @client, or AF_UNSPEC for all clients
 * @prefix_len: bits of @client that count
 * @states: a bit for each enum dsr_flow_state
 */
struct dsr_netlink_flows {
	union nf_inet_addr		client;
	const struct dsr_service	*service;
	u32				server;
	u8				family;
	u8				prefix_len;
	u8				states;
};

/**
 * struct dsr_netlink_flow_dump - a dump of flows
 * @which: those it shows
 * @cursor: where it goes on
 * @begun: the two are filled in
 */
struct dsr_netlink_flow_dump {
	struct dsr_netlink_flows	which;
	struct dsr_flow_cursor		cursor;
	bool				begun;
};

static bool dsr_netlink_in_prefix(u8 family, const union nf_inet_addr *addr,
				  const union nf_inet_addr *prefix, u8 len)
{
	if (family == AF_INET)
		return !((addr->ip ^ prefix->ip) & inet_make_mask(len));
	return ipv6_prefix_equal(&addr->in6, &prefix->in6, len);
}

/* Reading attributes */

static int dsr_netlink_parse_flow(struct nlattr *nest, struct nlattr **tb,
				  struct netlink_ext_ack *extack)
{
	if (!nest) {
		NL_SET_ERR_MSG(extack, "attribute flow is missing");
		return -EINVAL;
	}
	return nla_parse_nested(tb, DSR_FLOW_A_MAX, nest, dsr_flow_nl_policy,
				extack);
}

/* One of a flow's addresses; AF_UNSPEC if it is not given. */
static int dsr_netlink_flow_addr(struct nlattr *ipv4, struct nlattr *ipv6,
				 u8 *family, union nf_inet_addr *addr,
				 struct netlink_ext_ack *extack)
{
	if (ipv4 && ipv6)
		return dsr_netlink_refuse(extack, ipv6, -EINVAL,
					  "give an address of IPv4 or one of IPv6, not both");
	memset(addr, 0, sizeof(*addr));
	*family = AF_UNSPEC;
	if (ipv4) {
		*family = AF_INET;
		addr->ip = nla_get_in_addr(ipv4);
	} else if (ipv6) {
		*family = AF_INET6;
		addr->in6 = nla_get_in6_addr(ipv6);
	}
	return 0;
}

/* The tuple of a flow. Ports and virtual address are zeros unless given. */
static int dsr_netlink_flow_tuple(struct nlattr *nest, struct nlattr **tb,
				  struct dsr_tuple *tuple,
				  struct netlink_ext_ack *extack)
{
	struct nlattr *vip = tb[DSR_FLOW_A_IPV4] ?: tb[DSR_FLOW_A_IPV6];
	u8 family;
	int err;

	memset(tuple, 0, sizeof(*tuple));
	if (!tb[DSR_FLOW_A_PROTOCOL])
		return dsr_netlink_refuse(extack, nest, -EINVAL,
					  "flow: attribute protocol is missing");
	tuple->protocol = nla_get_u8(tb[DSR_FLOW_A_PROTOCOL]);
	err = dsr_netlink_flow_addr(tb[DSR_FLOW_A_IPV4], tb[DSR_FLOW_A_IPV6],
				    &family, &tuple->daddr, extack) ?:
	      dsr_netlink_flow_addr(tb[DSR_FLOW_A_CLIENT_IPV4],
				    tb[DSR_FLOW_A_CLIENT_IPV6], &tuple->family,
				    &tuple->saddr, extack);
	if (err)
		return err;
	if (!tuple->family)
		return dsr_netlink_refuse(extack, nest, -EINVAL,
					  "flow: give one of the attributes client-ipv4 and client-ipv6");
	if (vip && family != tuple->family)
		return dsr_netlink_refuse(extack, vip, -EINVAL,
					  "the virtual address must be of the client's family");
	if (tb[DSR_FLOW_A_CLIENT_PORT])
		tuple->sport = nla_get_be16(tb[DSR_FLOW_A_CLIENT_PORT]);
	if (tb[DSR_FLOW_A_PORT])
		tuple->dport = nla_get_be16(tb[DSR_FLOW_A_PORT]);
	return 0;
}

/**
 * dsr_netlink_parse_tuple() - read the attributes of a flow to look for
 * @nest: them all, or NULL
 * @tuple: the flow; ports and virtual address are zeros unless given
 * @extack: for the reason of a refusal
 *
 * Context: process.
 * Return: 0 or -errno.
 */
int dsr_netlink_parse_tuple(struct nlattr *nest, struct dsr_tuple *tuple,
			    struct netlink_ext_ack *extack)
{
	struct nlattr *tb[DSR_FLOW_A_MAX + 1];

	return dsr_netlink_parse_flow(nest, tb, extack) ?:
	       dsr_netlink_flow_tuple(nest, tb, tuple, extack);
}

/* Nothing may be given that would not be looked at. */
static int dsr_netlink_check_selectors(struct nlattr **tb,
				       struct netlink_ext_ack *extack)
{
	unsigned int i;

	for (i = 1; i <= DSR_FLOW_A_MAX; i++)
		if (tb[i] && !(DSR_FLOW_SELECTORS & BIT(i)))
			return dsr_netlink_refuse(extack, tb[i], -EINVAL,
						  "flows are selected by client, client-prefix-len and state: leave this out");
	return 0;
}

static int dsr_netlink_select_client(struct nlattr **tb,
				     struct dsr_netlink_flows *which,
				     struct netlink_ext_ack *extack)
{
	struct nlattr *len = tb[DSR_FLOW_A_CLIENT_PREFIX_LEN];
	u8 bits;
	int err;

	err = dsr_netlink_flow_addr(tb[DSR_FLOW_A_CLIENT_IPV4],
				    tb[DSR_FLOW_A_CLIENT_IPV6], &which->family,
				    &which->client, extack);
	if (err)
		return err;
	if (len && !which->family)
		return dsr_netlink_refuse(extack, len, -EINVAL,
					  "client-prefix-len needs a client: give client-ipv4 or client-ipv6");
	bits = which->family == AF_INET ? 32 : 128;
	which->prefix_len = len ? nla_get_u8(len) : bits;
	if (which->prefix_len > bits)
		return dsr_netlink_refuse(extack, len, -ERANGE,
					  "client-prefix-len must be at most 32 for IPv4 and 128 for IPv6");
	return 0;
}

static int dsr_netlink_select_flow(struct nlattr *nest,
				   struct dsr_netlink_flows *which,
				   struct netlink_ext_ack *extack)
{
	struct nlattr *tb[DSR_FLOW_A_MAX + 1];
	int err;

	which->states = U8_MAX;
	if (!nest)
		return 0;
	err = dsr_netlink_parse_flow(nest, tb, extack) ?:
	      dsr_netlink_check_selectors(tb, extack);
	if (err)
		return err;
	if (tb[DSR_FLOW_A_STATE])
		which->states = BIT(nla_get_u8(tb[DSR_FLOW_A_STATE]));
	return dsr_netlink_select_client(tb, which, extack);
}

static int dsr_netlink_find_owner(const struct dsr_net *dn,
				  const struct dsr_service_key *key,
				  const struct dsr_server_conf *conf,
				  struct dsr_netlink_flows *which,
				  struct netlink_ext_ack *extack)
{
	const struct dsr_server *server;

	which->service = dsr_pernet_find(dn, key, extack);
	if (!which->service)
		return -ENOENT;
	if (!conf)
		return 0;
	server = dsr_pernet_find_server(which->service, conf, extack);
	if (!server)
		return -ENOENT;
	which->server = server->id;
	return 0;
}

static int dsr_netlink_select_owner(struct dsr_net *dn, struct nlattr **attrs,
				    struct dsr_netlink_flows *which,
				    struct netlink_ext_ack *extack)
{
	struct nlattr *server = attrs[DSR_A_SERVER];
	struct dsr_service_key key;
	struct dsr_server_conf conf;
	int err;

	if (!attrs[DSR_A_SERVICE] && !server)
		return 0;
	err = dsr_netlink_parse_key(attrs[DSR_A_SERVICE], &key, extack);
	if (!err && server)
		err = dsr_netlink_parse_conf(server, &conf, extack);
	if (err)
		return err;
	mutex_lock(&dn->lock);
	err = dsr_netlink_find_owner(dn, &key, server ? &conf : NULL, which,
				     extack);
	mutex_unlock(&dn->lock);
	return err;
}

/* Which flows a request means. */
static int dsr_netlink_select(struct dsr_net *dn, struct nlattr **attrs,
			      struct dsr_netlink_flows *which,
			      struct netlink_ext_ack *extack)
{
	memset(which, 0, sizeof(*which));
	return dsr_netlink_select_flow(attrs[DSR_A_FLOW], which, extack) ?:
	       dsr_netlink_select_owner(dn, attrs, which, extack);
}

/* Going through the flows */

/* How much of its address makes a client this one. */
static u8 dsr_netlink_client_bits(const struct dsr_tuple *tuple,
				  const struct dsr_server *server)
{
	return min_t(u8, READ_ONCE(server->service->opt.persist_prefix_len),
		     tuple->family == AF_INET ? 32 : 128);
}

/* @server is the flow's, NULL if it was deleted. */
static bool dsr_netlink_is_meant(const struct dsr_netlink_flows *which,
				 const struct dsr_flow_entry *entry,
				 const struct dsr_server *server)
{
	const struct dsr_tuple *tuple = &entry->tuple;
	u8 bits = which->prefix_len;

	if (!(which->states & BIT(entry->state)))
		return false;
	if (which->server && which->server != entry->server)
		return false;
	if (which->service && (!server || server->service != which->service))
		return false;
	if (tuple->client && server)
		bits = min(bits, dsr_netlink_client_bits(tuple, server));
	return !which->family ||
	       (which->family == tuple->family &&
		dsr_netlink_in_prefix(tuple->family, &tuple->saddr,
				      &which->client, bits));
}

/*
 * What is done with each flow, under RCU: 0 or an error, with which the walk
 * stays at this flow. @server is NULL if it was deleted.
 */
typedef int (*dsr_netlink_flow_fn)(struct dsr_flow_table *flows,
				   const struct dsr_flow_entry *entry,
				   const struct dsr_server *server, void *data);

/* Go on to the next flow; returns as dsr_flow_walk() does, or @fn's error. */
static int dsr_netlink_step(struct dsr_net *dn, struct dsr_flow_cursor *cursor,
			    const struct dsr_netlink_flows *which,
			    dsr_netlink_flow_fn fn, void *data)
{
	struct dsr_flow_table *flows = rcu_dereference(dn->flows);
	const struct dsr_server *server;
	struct dsr_flow_entry entry;
	int ret;

	if (!flows)
		return 0;
	ret = dsr_flow_walk(flows, cursor, dsr_flow_now(), &entry);
	if (ret <= 0)
		return ret;
	server = dsr_server_lookup(&dn->servers, entry.server);
	if (dsr_netlink_is_meant(which, &entry, server)) {
		ret = fn(flows, &entry, server, data);
		if (ret)
			return ret;
	}
	cursor->slot++;
	return 1;
}

/* Wait for the end of a resize. */
static void dsr_netlink_settle(struct dsr_net *dn)
{
	struct dsr_flow_table *flows;

	mutex_lock(&dn->lock);
	flows = rcu_dereference_protected(dn->flows,
					  lockdep_is_held(&dn->lock));
	if (flows)
		dsr_flow_settle(flows);
	mutex_unlock(&dn->lock);
}

/* Do something with each flow that is meant; 0 or @fn's error. */
static int dsr_netlink_each(struct dsr_net *dn, struct dsr_flow_cursor *cursor,
			    const struct dsr_netlink_flows *which,
			    dsr_netlink_flow_fn fn, void *data)
{
	int ret;

	do {
		rcu_read_lock();
		ret = dsr_netlink_step(dn, cursor, which, fn, data);
		rcu_read_unlock();
		if (ret == -EBUSY)
			dsr_netlink_settle(dn);
		cond_resched();
	} while (ret > 0 || ret == -EAGAIN || ret == -EBUSY);
	return ret;
}

/* Telling of flows */

static int dsr_netlink_put_ports_of(struct sk_buff *msg,
				    const struct dsr_tuple *tuple)
{
	if (tuple->sport &&
	    nla_put_be16(msg, DSR_FLOW_A_CLIENT_PORT, tuple->sport))
		return -EMSGSIZE;
	if (tuple->dport && nla_put_be16(msg, DSR_FLOW_A_PORT, tuple->dport))
		return -EMSGSIZE;
	return 0;
}

/* A client that stays is told by its prefix: its service is told anyway. */
static int dsr_netlink_put_ends(struct sk_buff *msg,
				const struct dsr_tuple *tuple,
				const struct dsr_server *server)
{
	if (nla_put_u8(msg, DSR_FLOW_A_PROTOCOL, tuple->protocol) ||
	    dsr_netlink_put_addr(msg, DSR_FLOW_A_CLIENT_IPV4,
				 DSR_FLOW_A_CLIENT_IPV6, tuple->family,
				 &tuple->saddr))
		return -EMSGSIZE;
	if (tuple->client)
		return nla_put_u8(msg, DSR_FLOW_A_CLIENT_PREFIX_LEN,
				  dsr_netlink_client_bits(tuple, server));
	return dsr_netlink_put_addr(msg, DSR_FLOW_A_IPV4, DSR_FLOW_A_IPV6,
				    tuple->family, &tuple->daddr) ?:
	       dsr_netlink_put_ports_of(msg, tuple);
}

/**
 * dsr_netlink_put_flow() - append a flow to a message
 * @msg: the message
 * @entry: the flow
 * @server: its server, which may be NULL unless it is a client that stays
 *
 * Context: under RCU or the configuration mutex.
 * Return: 0 or -EMSGSIZE.
 */
int dsr_netlink_put_flow(struct sk_buff *msg,
			 const struct dsr_flow_entry *entry,
			 const struct dsr_server *server)
{
	struct nlattr *nest = nla_nest_start(msg, DSR_A_FLOW);

	if (!nest || dsr_netlink_put_ends(msg, &entry->tuple, server) ||
	    nla_put_u8(msg, DSR_FLOW_A_STATE, entry->state) ||
	    nla_put_u32(msg, DSR_FLOW_A_IDLE, entry->idle) ||
	    nla_put_u32(msg, DSR_FLOW_A_EXPIRES, entry->expires))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/* A flow with what it belongs to. */
static int dsr_netlink_put_owned(struct sk_buff *msg,
				 const struct dsr_flow_entry *entry,
				 const struct dsr_server *server)
{
	const struct dsr_nexthop *nh = &server->nexthop;
	struct nlattr *nest = nla_nest_start(msg, DSR_A_SERVICE);

	if (!nest || dsr_netlink_put_key(msg, &server->service->key))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	nest = nla_nest_start(msg, DSR_A_SERVER);
	if (!nest ||
	    dsr_netlink_put_addr(msg, DSR_SERVER_A_IPV4, DSR_SERVER_A_IPV6,
				 nh->family, &nh->addr))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return dsr_netlink_put_flow(msg, entry, server);
}

/* What a part of a dump is written to, and what asked for it. */
struct dsr_netlink_dump_msg {
	struct sk_buff		*skb;
	struct netlink_callback	*cb;
};

/* The flows of a deleted server are passed over: they are about to go. */
static int dsr_netlink_dump_flow(struct dsr_flow_table *flows,
				 const struct dsr_flow_entry *entry,
				 const struct dsr_server *server, void *data)
{
	struct dsr_netlink_dump_msg *msg = data;
	struct netlink_callback *cb = msg->cb;
	void *hdr;

	if (!server)
		return 0;
	hdr = genlmsg_put(msg->skb, NETLINK_CB(cb->skb).portid,
			  cb->nlh->nlmsg_seq, &dsr_netlink_family, NLM_F_MULTI,
			  DSR_CMD_FLOW_GET);
	if (!hdr || dsr_netlink_put_owned(msg->skb, entry, server)) {
		genlmsg_cancel(msg->skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg->skb, hdr);
	return 0;
}

int dsr_nl_flow_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dsr_netlink_flow_dump *dump = (void *)cb->ctx;
	struct dsr_net *dn = dsr_pernet(sock_net(skb->sk));
	struct dsr_netlink_dump_msg msg = { skb, cb };
	int err;

	BUILD_BUG_ON(sizeof(*dump) > sizeof(cb->ctx));
	if (!dump->begun) {
		err = dsr_netlink_select(dn, dsr_genl_dump_attrs(cb),
					 &dump->which, cb->extack);
		if (err)
			return err;
		dump->begun = true;
	}
	/* That a message is full is no error. */
	dsr_netlink_each(dn, &dump->cursor, &dump->which,
			 dsr_netlink_dump_flow, &msg);
	return skb->len;
}

/* Append a flow, whose tuple is given, to a message. */
static int dsr_netlink_fill_flow(struct sk_buff *msg, struct dsr_net *dn,
				 struct dsr_flow_entry *entry,
				 struct netlink_ext_ack *extack)
{
	const struct dsr_server *server = NULL;
	struct dsr_flow_table *flows;
	int err = -ENOENT;

	rcu_read_lock();
	flows = rcu_dereference(dn->flows);
	if (flows && dsr_flow_get(flows, dsr_flow_now(), entry))
		server = dsr_server_lookup(&dn->servers, entry->server);
	if (server)
		err = dsr_netlink_put_owned(msg, entry, server);
	else
		NL_SET_ERR_MSG(extack,
			       "no such flow: see by a dump which there are");
	rcu_read_unlock();
	return err;
}

int dsr_nl_flow_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_pernet(genl_info_net(info));
	struct nlattr *nest = info->attrs[DSR_A_FLOW];
	struct nlattr *tb[DSR_FLOW_A_MAX + 1];
	struct dsr_flow_entry entry;
	struct sk_buff *msg;
	void *hdr;
	int err;

	err = dsr_netlink_parse_flow(nest, tb, info->extack) ?:
	      dsr_netlink_flow_tuple(nest, tb, &entry.tuple, info->extack);
	if (err)
		return err;
	msg = dsr_netlink_reply(info, DSR_CMD_FLOW_GET, &hdr);
	if (!msg)
		return -ENOMEM;
	err = dsr_netlink_fill_flow(msg, dn, &entry, info->extack);
	return dsr_netlink_send(msg, info, hdr, err);
}

/* Deleting flows */

static int dsr_netlink_del_flow(struct dsr_flow_table *flows,
				const struct dsr_flow_entry *entry,
				const struct dsr_server *server, void *data)
{
	u64 *count = data;

	*count += dsr_flow_remove(flows, entry);
	return 0;
}

static int dsr_netlink_put_count(struct sk_buff *msg, u64 count)
{
	struct nlattr *nest = nla_nest_start(msg, DSR_A_FLOW);

	if (!nest || nla_put_u64_64bit(msg, DSR_FLOW_A_COUNT, count,
				       DSR_FLOW_A_PAD))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

int dsr_nl_flow_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_pernet(genl_info_net(info));
	struct dsr_flow_cursor cursor = {};
	struct dsr_netlink_flows which;
	struct sk_buff *msg;
	u64 count = 0;
	void *hdr;
	int err;

	err = dsr_netlink_select(dn, info->attrs, &which, info->extack);
	if (err)
		return err;
	msg = dsr_netlink_reply(info, DSR_CMD_FLOW_DEL, &hdr);
	if (!msg)
		return -ENOMEM;
	dsr_netlink_each(dn, &cursor, &which, dsr_netlink_del_flow, &count);
	return dsr_netlink_send(msg, info, hdr,
				dsr_netlink_put_count(msg, count));
}

/* Adding flows */

static bool dsr_netlink_has_port(const struct dsr_service_key *key, u16 port)
{
	unsigned int i;

	for (i = 0; i < key->n_ports; i++)
		if (port >= key->ports[i].first && port <= key->ports[i].last)
			return true;
	return !key->n_ports;
}

/* A flow must be one that packets for the service can have. */
static int dsr_netlink_check_tuple(const struct dsr_service_key *key,
				   struct nlattr **tb,
				   const struct dsr_tuple *tuple,
				   struct netlink_ext_ack *extack)
{
	struct nlattr *vip = tb[DSR_FLOW_A_IPV4] ?: tb[DSR_FLOW_A_IPV6];

	if (key->family && key->family != tuple->family)
		return dsr_netlink_refuse(extack,
					  tb[DSR_FLOW_A_CLIENT_IPV4] ?:
					  tb[DSR_FLOW_A_CLIENT_IPV6], -EINVAL,
					  "the client must be of the service's family");
	if (key->protocol && tuple->protocol &&
	    key->protocol != tuple->protocol)
		return dsr_netlink_refuse(extack, tb[DSR_FLOW_A_PROTOCOL],
					  -EINVAL,
					  "protocol must be the service's");
	if (key->family && vip &&
	    !dsr_netlink_in_prefix(key->family, &tuple->daddr, &key->addr,
				   key->prefix_len))
		return dsr_netlink_refuse(extack, vip, -EINVAL,
					  "the virtual address must be one of the service's");
	if (tuple->dport && !dsr_netlink_has_port(key, ntohs(tuple->dport)))
		return dsr_netlink_refuse(extack, tb[DSR_FLOW_A_PORT], -EINVAL,
					  "port must be one of the service's");
	return 0;
}

/* If it is a client that is meant, who stays, name it as its service does. */
static int dsr_netlink_name_client(const struct dsr_service *service,
				   struct nlattr **tb, struct dsr_tuple *tuple,
				   struct netlink_ext_ack *extack)
{
	struct nlattr *more = tb[DSR_FLOW_A_CLIENT_PORT] ?:
			      tb[DSR_FLOW_A_PORT] ?:
			      tb[DSR_FLOW_A_IPV4] ?: tb[DSR_FLOW_A_IPV6];
	struct nlattr *state = tb[DSR_FLOW_A_STATE];
	const struct dsr_tuple given = *tuple;

	if (!state || nla_get_u8(state) != DSR_FLOW_STATE_PERSIST)
		return 0;
	if (more)
		return dsr_netlink_refuse(extack, more, -EINVAL,
					  "a client in state persist has no ports and no virtual address: leave this out");
	if (!service->opt.timeout[DSR_FLOW_STATE_PERSIST])
		return dsr_netlink_refuse(extack, state, -EINVAL,
					  "clients of this service do not stay: give it persist-timeout first");
	dsr_service_client(service, &given, tuple);
	return 0;
}

/* A flow's state, by default that of one that goes on. */
static int dsr_netlink_flow_state(struct nlattr *attr, u8 protocol, u32 *state,
				  struct netlink_ext_ack *extack)
{
	u32 usual = protocol == IPPROTO_TCP ? DSR_FLOW_STATE_ESTABLISHED :
		    protocol == IPPROTO_UDP ? DSR_FLOW_STATE_UDP :
					      DSR_FLOW_STATE_OTHER;

	*state = attr ? nla_get_u8(attr) : usual;
	if (*state == usual || *state == DSR_FLOW_STATE_PERSIST ||
	    (protocol == IPPROTO_TCP && *state <= DSR_FLOW_STATE_CLOSING))
		return 0;
	return dsr_netlink_refuse(extack, attr, -EINVAL,
				  "state must be one that flows of this protocol have");
}

static int dsr_netlink_try_entry(struct dsr_flow_table *flows,
				 const struct dsr_flow_entry *entry)
{
	int err;

	rcu_read_lock();
	err = dsr_flow_put(flows, dsr_flow_now(), entry);
	rcu_read_unlock();
	return err;
}

static int dsr_netlink_put_entry(struct dsr_net *dn, struct nlattr *idle,
				 const struct dsr_flow_entry *entry,
				 struct netlink_ext_ack *extack)
{
	struct dsr_flow_table *flows;
	int err;

	flows = rcu_dereference_protected(dn->flows,
					  lockdep_is_held(&dn->lock));
	err = dsr_netlink_try_entry(flows, entry);
	if (err == -ENOSPC) {
		/* There is if the table can still grow. */
		dsr_flow_settle(flows);
		err = dsr_netlink_try_entry(flows, entry);
	}
	if (err == -ETIME)
		return dsr_netlink_refuse(extack, idle, err,
					  "idle is longer than the service keeps such a flow");
	if (err)
		NL_SET_ERR_MSG(extack,
			       "no room for the flow: raise the setting max-flows");
	return err;
}

/* Under the configuration mutex, so that the server stays. */
static int dsr_netlink_add_flow(struct dsr_net *dn, struct nlattr **tb,
				const struct dsr_service_key *key,
				const struct dsr_server_conf *conf,
				struct dsr_flow_entry *entry,
				struct netlink_ext_ack *extack)
{
	struct dsr_netlink_flows owner;
	int err;

	err = dsr_netlink_find_owner(dn, key, conf, &owner, extack) ?:
	      dsr_netlink_check_tuple(key, tb, &entry->tuple, extack) ?:
	      dsr_netlink_name_client(owner.service, tb, &entry->tuple, extack);
	if (err)
		return err;
	entry->server = owner.server;
	return dsr_netlink_put_entry(dn, tb[DSR_FLOW_A_IDLE], entry, extack);
}

int dsr_nl_flow_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_pernet(genl_info_net(info));
	struct netlink_ext_ack *extack = info->extack;
	struct nlattr *nest = info->attrs[DSR_A_FLOW];
	struct nlattr *tb[DSR_FLOW_A_MAX + 1];
	struct dsr_flow_entry entry = {};
	struct dsr_service_key key;
	struct dsr_server_conf conf;
	int err;

	err = dsr_netlink_parse_key(info->attrs[DSR_A_SERVICE], &key, extack) ?:
	      dsr_netlink_parse_conf(info->attrs[DSR_A_SERVER], &conf,
				     extack) ?:
	      dsr_netlink_parse_flow(nest, tb, extack) ?:
	      dsr_netlink_flow_tuple(nest, tb, &entry.tuple, extack) ?:
	      dsr_netlink_flow_state(tb[DSR_FLOW_A_STATE],
				     entry.tuple.protocol, &entry.state,
				     extack);
	if (err)
		return err;
	if (tb[DSR_FLOW_A_IDLE])
		entry.idle = nla_get_u32(tb[DSR_FLOW_A_IDLE]);
	mutex_lock(&dn->lock);
	err = dsr_netlink_add_flow(dn, tb, &key, &conf, &entry, extack);
	mutex_unlock(&dn->lock);
	return err;
}

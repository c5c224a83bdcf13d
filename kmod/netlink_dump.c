// SPDX-License-Identifier: GPL-2.0
/*
 * What is told by netlink: services, servers and counters, alone and in dumps.
 */
#include <net/genetlink.h>
#include <net/sock.h>
#include "kmod/netlink.h"
#include "kmod/netlink_gen.h"
#include "kmod/pernet.h"

/**
 * dsr_netlink_put_addr() - append an address to a message
 * @msg: the message
 * @ipv4: the attribute of an IPv4 address, which every set numbers otherwise
 * @ipv6: likewise
 * @family: the address's family
 * @addr: the address
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int dsr_netlink_put_addr(struct sk_buff *msg, int ipv4, int ipv6, u8 family,
			 const union nf_inet_addr *addr)
{
	if (family == AF_INET)
		return nla_put_in_addr(msg, ipv4, addr->ip);
	return nla_put_in6_addr(msg, ipv6, &addr->in6);
}

static int dsr_netlink_put_stats(struct sk_buff *msg,
				 const struct dsr_stats_sum *sum)
{
	struct nlattr *nest = nla_nest_start(msg, DSR_A_STATS);

	if (!nest ||
	    nla_put_u64_64bit(msg, DSR_STATS_A_PACKETS,
			      sum->packets[DSR_REASON_FORWARDED] +
			      sum->packets[DSR_REASON_LOCAL],
			      DSR_STATS_A_PAD) ||
	    nla_put_u64_64bit(msg, DSR_STATS_A_BYTES, sum->bytes,
			      DSR_STATS_A_PAD) ||
	    nla_put_u64_64bit(msg, DSR_STATS_A_FLOWS, sum->flows,
			      DSR_STATS_A_PAD) ||
	    nla_put_u64_64bit(msg, DSR_STATS_A_ACTIVE, sum->active,
			      DSR_STATS_A_PAD) ||
	    nla_put_u64_64bit(msg, DSR_STATS_A_CLIENTS, sum->clients,
			      DSR_STATS_A_PAD) ||
	    nla_put_u64_64bit(msg, DSR_STATS_A_UNPLACED, sum->unplaced,
			      DSR_STATS_A_PAD) ||
	    nla_put_u64_64bit(msg, DSR_STATS_A_REPLIES,
			      sum->packets[DSR_REASON_REPLY],
			      DSR_STATS_A_PAD) ||
	    nla_put_u64_64bit(msg, DSR_STATS_A_REPLY_BYTES, sum->reply_bytes,
			      DSR_STATS_A_PAD))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int dsr_netlink_put_ports(struct sk_buff *msg,
				 const struct dsr_service_key *key)
{
	struct nlattr *nest;
	unsigned int i;

	for (i = 0; i < key->n_ports; i++) {
		nest = nla_nest_start(msg, DSR_SERVICE_A_PORTS);
		if (!nest ||
		    nla_put_be16(msg, DSR_PORT_RANGE_A_FIRST,
				 cpu_to_be16(key->ports[i].first)) ||
		    nla_put_be16(msg, DSR_PORT_RANGE_A_LAST,
				 cpu_to_be16(key->ports[i].last)))
			return -EMSGSIZE;
		nla_nest_end(msg, nest);
	}
	return 0;
}

/**
 * dsr_netlink_put_key() - append what tells a service from others
 * @msg: the message, within DSR_A_SERVICE
 * @key: the service
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int dsr_netlink_put_key(struct sk_buff *msg, const struct dsr_service_key *key)
{
	if (key->fwmark)
		return nla_put_u32(msg, DSR_SERVICE_A_FWMARK, key->fwmark);
	if (nla_put_u8(msg, DSR_SERVICE_A_PROTOCOL, key->protocol) ||
	    dsr_netlink_put_addr(msg, DSR_SERVICE_A_IPV4, DSR_SERVICE_A_IPV6,
				 key->family, &key->addr) ||
	    nla_put_u8(msg, DSR_SERVICE_A_PREFIX_LEN, key->prefix_len))
		return -EMSGSIZE;
	return dsr_netlink_put_ports(msg, key);
}

/**
 * dsr_netlink_may_set() - whether who sent a request may change services
 * @request: the request
 *
 * Context: process.
 * Return: true if so.
 */
bool dsr_netlink_may_set(const struct sk_buff *request)
{
	return netlink_net_capable(request, CAP_NET_ADMIN);
}

static int dsr_netlink_put_hash_key(struct sk_buff *msg,
				    const siphash_key_t *key)
{
	__le64 word[] = { cpu_to_le64(key->key[0]), cpu_to_le64(key->key[1]) };

	return nla_put(msg, DSR_SERVICE_A_HASH_KEY, sizeof(word), word);
}

static int dsr_netlink_put_opt(struct sk_buff *msg,
			       const struct dsr_service_opt *opt)
{
	unsigned int i;

	for (i = 0; i <= DSR_FLOW_STATE_OTHER; i++)
		if (nla_put_u32(msg, DSR_SERVICE_A_TIMEOUT_SYN + i,
				opt->timeout[i]))
			return -EMSGSIZE;
	if (nla_put_u8(msg, DSR_SERVICE_A_ECHO, opt->echo) ||
	    nla_put_string(msg, DSR_SERVICE_A_SCHEDULER, opt->sched->name) ||
	    nla_put_u8(msg, DSR_SERVICE_A_HASH_ON, opt->hash_on) ||
	    nla_put_u8(msg, DSR_SERVICE_A_SESSIONLESS, opt->sessionless) ||
	    nla_put_u8(msg, DSR_SERVICE_A_LOST, opt->lost) ||
	    nla_put_u8(msg, DSR_SERVICE_A_MIDFLOW, opt->midflow) ||
	    nla_put_u8(msg, DSR_SERVICE_A_GATEWAY, opt->gateway) ||
	    nla_put_u32(msg, DSR_SERVICE_A_SLOW_START, opt->slow_start) ||
	    nla_put_string(msg, DSR_SERVICE_A_GROUP, opt->group) ||
	    nla_put_u32(msg, DSR_SERVICE_A_PERSIST_TIMEOUT,
			opt->timeout[DSR_FLOW_STATE_PERSIST]) ||
	    nla_put_u8(msg, DSR_SERVICE_A_PERSIST_PREFIX_LEN,
		       opt->persist_prefix_len))
		return -EMSGSIZE;
	return 0;
}

/**
 * dsr_netlink_put_service() - append a service to a message
 * @msg: the message
 * @service: the service
 * @secrets: also what only those may know who may change it
 *
 * Context: under the configuration mutex.
 * Return: 0 or -EMSGSIZE.
 */
int dsr_netlink_put_service(struct sk_buff *msg,
			    const struct dsr_service *service, bool secrets)
{
	struct nlattr *nest = nla_nest_start(msg, DSR_A_SERVICE);
	struct dsr_stats_sum sum;

	if (!nest || dsr_netlink_put_key(msg, &service->key) ||
	    dsr_netlink_put_opt(msg, &service->opt) ||
	    nla_put_u8(msg, DSR_SERVICE_A_ROLE, service->role) ||
	    (secrets && dsr_netlink_put_hash_key(msg, &service->opt.hash_key)))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	dsr_service_sum(service, &sum);
	return dsr_netlink_put_stats(msg, &sum);
}

static int dsr_netlink_put_limits(struct sk_buff *msg,
				  const struct dsr_server *server)
{
	if (nla_put_u32(msg, DSR_SERVER_A_MAX_FLOWS, server->max_flows) ||
	    nla_put_u32(msg, DSR_SERVER_A_MIN_FLOWS, server->min_flows) ||
	    nla_put_u8(msg, DSR_SERVER_A_FALLBACK, server->fallback) ||
	    nla_put_u8(msg, DSR_SERVER_A_DOWN, server->down) ||
	    nla_put_u32(msg, DSR_SERVER_A_SHARE, server->share))
		return -EMSGSIZE;
	return 0;
}

/**
 * dsr_netlink_put_conf() - append what a user says of a server to a message
 * @msg: the message
 * @server: the server
 *
 * Context: under the configuration mutex.
 * Return: 0 or -EMSGSIZE.
 */
int dsr_netlink_put_conf(struct sk_buff *msg, const struct dsr_server *server)
{
	const struct dsr_nexthop *nh = &server->nexthop;
	struct nlattr *nest = nla_nest_start(msg, DSR_A_SERVER);

	if (!nest ||
	    dsr_netlink_put_addr(msg, DSR_SERVER_A_IPV4, DSR_SERVER_A_IPV6,
				 nh->family, &nh->addr) ||
	    nla_put_u32(msg, DSR_SERVER_A_WEIGHT, server->weight) ||
	    nla_put(msg, DSR_SERVER_A_MAC, ETH_ALEN, nh->mac) ||
	    nla_put_u32(msg, DSR_SERVER_A_IFINDEX, nh->ifindex) ||
	    dsr_netlink_put_limits(msg, server))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/**
 * dsr_netlink_put_nexthop() - append how a server is reached to a message
 * @msg: the message
 * @nh: the server's next hop
 *
 * Context: under the configuration mutex.
 * Return: 0 or -EMSGSIZE.
 */
int dsr_netlink_put_nexthop(struct sk_buff *msg, const struct dsr_nexthop *nh)
{
	struct nlattr *nest = nla_nest_start(msg, DSR_A_NEXTHOP);
	const struct dsr_path *path;
	int err;

	if (!nest || nla_put_u8(msg, DSR_NEXTHOP_A_STATE, READ_ONCE(nh->state)))
		return -EMSGSIZE;
	if (nh->egress && nla_put_u32(msg, DSR_NEXTHOP_A_IFINDEX, nh->egress))
		return -EMSGSIZE;
	rcu_read_lock();
	path = rcu_dereference(nh->path);
	err = path && path->resolved &&
	      nla_put(msg, DSR_NEXTHOP_A_MAC, ETH_ALEN, path->header);
	rcu_read_unlock();
	if (err)
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/**
 * dsr_netlink_put_server() - append a server to a message
 * @msg: the message
 * @server: the server
 *
 * Context: under the configuration mutex.
 * Return: 0 or -EMSGSIZE.
 */
int dsr_netlink_put_server(struct sk_buff *msg, const struct dsr_server *server)
{
	struct nlattr *nest = nla_nest_start(msg, DSR_A_SERVICE);
	struct dsr_stats_sum sum;

	if (!nest || dsr_netlink_put_key(msg, &server->service->key))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	dsr_server_sum(server, &sum);
	return dsr_netlink_put_conf(msg, server) ?:
	       dsr_netlink_put_nexthop(msg, &server->nexthop) ?:
	       dsr_netlink_put_stats(msg, &sum);
}

/**
 * dsr_netlink_put_reasons() - append the count of each reason to a message
 * @msg: the message
 * @tally: whose counters
 *
 * Context: under the configuration mutex.
 * Return: 0 or -EMSGSIZE.
 */
int dsr_netlink_put_reasons(struct sk_buff *msg,
			    const struct dsr_tally *tally)
{
	struct dsr_stats_sum sum;
	struct nlattr *nest;
	u32 reason;

	dsr_tally_sum(tally, &sum);
	for (reason = 0; reason < DSR_REASON_COUNT; reason++) {
		nest = nla_nest_start(msg, DSR_A_REASON);
		if (!nest || nla_put_u32(msg, DSR_REASON_A_REASON, reason) ||
		    nla_put_u64_64bit(msg, DSR_REASON_A_PACKETS,
				      sum.packets[reason], DSR_REASON_A_PAD))
			return -EMSGSIZE;
		nla_nest_end(msg, nest);
	}
	return 0;
}

/*
 * Where a dump goes on: how many services are done, and servers of the next
 * one; and that one, which is there as long as the generation is the same. All
 * of it, as users see half of it and could bring that round to the same again.
 */
struct dsr_netlink_cursor {
	unsigned int		service;
	unsigned int		server;
	u64			generation;
	struct dsr_service	*next;
};

static struct dsr_netlink_cursor *
dsr_netlink_cursor(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct dsr_netlink_cursor) >
		     sizeof_field(struct netlink_callback, ctx));
	return (struct dsr_netlink_cursor *)cb->ctx;
}

/* The service to go on with, or the list's head as if it were one. */
static struct dsr_service *
dsr_netlink_resume(const struct dsr_net *dn,
		   const struct dsr_netlink_cursor *cursor)
{
	struct dsr_service *service;
	unsigned int i = 0;

	if (cursor->next && cursor->generation == dn->generation)
		return cursor->next;
	list_for_each_entry(service, &dn->services, list)
		if (i++ == cursor->service)
			break;
	return service;
}

static void dsr_netlink_pause(const struct dsr_net *dn,
			      struct dsr_netlink_cursor *cursor,
			      struct dsr_service *next)
{
	cursor->generation = dn->generation;
	cursor->next = next;
}

static int dsr_netlink_dump_service(struct sk_buff *skb,
				    struct netlink_callback *cb,
				    const struct dsr_service *service)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &dsr_netlink_family,
				NLM_F_MULTI, DSR_CMD_SERVICE_GET);

	if (!hdr || dsr_netlink_put_service(skb, service,
					     dsr_netlink_may_set(cb->skb))) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genl_dump_check_consistent(cb, hdr);
	genlmsg_end(skb, hdr);
	return 0;
}

int dsr_nl_service_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dsr_netlink_cursor *cursor = dsr_netlink_cursor(cb);
	struct dsr_net *dn = dsr_pernet(sock_net(skb->sk));
	struct nlattr *attr = dsr_genl_dump_attrs(cb)[DSR_A_SERVICE];
	struct dsr_service *service;

	if (attr) {
		NL_SET_ERR_MSG_ATTR(cb->extack, attr,
				    "service: a dump has all services, leave it out");
		return -EINVAL;
	}
	mutex_lock(&dn->lock);
	cb->seq = dn->generation;
	service = dsr_netlink_resume(dn, cursor);
	list_for_each_entry_from(service, &dn->services, list) {
		if (dsr_netlink_dump_service(skb, cb, service))
			break;
		cursor->service++;
	}
	dsr_netlink_pause(dn, cursor, service);
	mutex_unlock(&dn->lock);
	return skb->len;
}

static int dsr_netlink_dump_server(struct sk_buff *skb,
				   struct netlink_callback *cb,
				   const struct dsr_server *server)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &dsr_netlink_family,
				NLM_F_MULTI, DSR_CMD_SERVER_GET);

	if (!hdr || dsr_netlink_put_server(skb, server)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genl_dump_check_consistent(cb, hdr);
	genlmsg_end(skb, hdr);
	return 0;
}

/* The servers of a service that are still to come. */
static int dsr_netlink_dump_servers(struct sk_buff *skb,
				    struct netlink_callback *cb,
				    const struct dsr_service *service)
{
	struct dsr_netlink_cursor *cursor = dsr_netlink_cursor(cb);
	const struct dsr_server *server;
	unsigned int i = 0;

	list_for_each_entry(server, &service->servers, list) {
		if (i++ < cursor->server)
			continue;
		if (dsr_netlink_dump_server(skb, cb, server))
			return -EMSGSIZE;
		cursor->server++;
	}
	cursor->server = 0;
	return 0;
}

/* The service whose servers are asked for, NULL for all. */
static int dsr_netlink_dump_filter(struct dsr_net *dn,
				   struct netlink_callback *cb,
				   const struct dsr_service **only)
{
	struct nlattr *attr = dsr_genl_dump_attrs(cb)[DSR_A_SERVICE];
	struct nlattr *server = dsr_genl_dump_attrs(cb)[DSR_A_SERVER];
	struct dsr_service_key key;
	int err;

	*only = NULL;
	if (server) {
		NL_SET_ERR_MSG_ATTR(cb->extack, server,
				    "server: a dump has all servers of the service, leave it out");
		return -EINVAL;
	}
	if (!attr)
		return 0;
	err = dsr_netlink_parse_key(attr, &key, cb->extack);
	if (err)
		return err;
	*only = dsr_pernet_find(dn, &key, cb->extack);
	return *only ? 0 : -ENOENT;
}

int dsr_nl_server_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dsr_netlink_cursor *cursor = dsr_netlink_cursor(cb);
	struct dsr_net *dn = dsr_pernet(sock_net(skb->sk));
	const struct dsr_service *only;
	struct dsr_service *service;
	int err;

	mutex_lock(&dn->lock);
	cb->seq = dn->generation;
	err = dsr_netlink_dump_filter(dn, cb, &only);
	if (err)
		goto out;
	service = dsr_netlink_resume(dn, cursor);
	list_for_each_entry_from(service, &dn->services, list) {
		if ((!only || service == only) &&
		    dsr_netlink_dump_servers(skb, cb, service))
			break;
		cursor->service++;
	}
	dsr_netlink_pause(dn, cursor, service);
	err = skb->len;
out:
	mutex_unlock(&dn->lock);
	return err;
}

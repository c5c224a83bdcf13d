// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration by generic netlink: each handler reads the attributes, has the
 * namespace do it under its mutex, and says why not if it does not. Changes
 * are announced to the multicast group as they happen, whoever makes them.
 */
#include <linux/ctype.h>
#include <linux/etherdevice.h>
#include <linux/inetdevice.h>
#include <linux/sort.h>
#include <net/genetlink.h>
#include <net/ipv6.h>
#include "kmod/event.h"
#include "kmod/netlink.h"
#include "kmod/netlink_gen.h"
#include "kmod/pernet.h"

/* Reading attributes */

/* Whether an address can be that of one machine, for others to reach. */
static bool dsr_netlink_unicast4(__be32 addr)
{
	return !ipv4_is_zeronet(addr) && !ipv4_is_loopback(addr) &&
	       !ipv4_is_multicast(addr) && !ipv4_is_lbcast(addr);
}

static bool dsr_netlink_unicast6(const struct in6_addr *addr)
{
	int type = ipv6_addr_type(addr);

	return type & IPV6_ADDR_UNICAST &&
	       !(type & (IPV6_ADDR_LOOPBACK | IPV6_ADDR_MAPPED));
}

/**
 * dsr_netlink_parse_addr() - the address that one of two attributes has
 * @nest: the attribute that they are in
 * @ipv4: one of them, or NULL
 * @ipv6: the other one
 * @family: the result: the address's family
 * @addr: the result
 * @extack: told of a refusal
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int dsr_netlink_parse_addr(struct nlattr *nest, struct nlattr *ipv4,
			   struct nlattr *ipv6, u8 *family,
			   union nf_inet_addr *addr,
			   struct netlink_ext_ack *extack)
{
	if (!ipv4 == !ipv6)
		return dsr_netlink_refuse(extack, nest, -EINVAL,
					  "give exactly one of the attributes ipv4 and ipv6");
	memset(addr, 0, sizeof(*addr));
	if (ipv4) {
		*family = AF_INET;
		addr->ip = nla_get_in_addr(ipv4);
		if (!dsr_netlink_unicast4(addr->ip))
			return dsr_netlink_refuse(extack, ipv4, -EINVAL,
						  "ipv4 must be a unicast address that others can reach");
		return 0;
	}
	*family = AF_INET6;
	addr->in6 = nla_get_in6_addr(ipv6);
	if (!dsr_netlink_unicast6(&addr->in6))
		return dsr_netlink_refuse(extack, ipv6, -EINVAL,
					  "ipv6 must be a unicast address that others can reach");
	return 0;
}

/* The prefix length, and that the address has no bit after it. */
static int dsr_netlink_parse_prefix(struct nlattr *attr,
				    struct dsr_service_key *key,
				    struct netlink_ext_ack *extack)
{
	u8 bits = key->family == AF_INET ? 32 : 128;
	struct in6_addr prefix6;

	key->prefix_len = attr ? nla_get_u8(attr) : bits;
	if (key->prefix_len < 1 || key->prefix_len > bits)
		return dsr_netlink_refuse(extack, attr, -ERANGE,
					  "prefix-len must be 1 to 32 for IPv4 and 1 to 128 for IPv6");
	ipv6_addr_prefix(&prefix6, &key->addr.in6, key->prefix_len);
	if (key->family == AF_INET ?
	    !!(key->addr.ip & ~inet_make_mask(key->prefix_len)) :
	    !ipv6_addr_equal(&prefix6, &key->addr.in6))
		return dsr_netlink_refuse(extack, attr, -EINVAL,
					  "address has bits after the prefix: clear them, or give a longer prefix-len");
	return 0;
}

static int dsr_netlink_parse_range(struct nlattr *nest,
				   struct dsr_port_range *range,
				   struct netlink_ext_ack *extack)
{
	struct nlattr *tb[DSR_PORT_RANGE_A_MAX + 1];
	struct nlattr *first, *last;
	int err;

	err = nla_parse_nested(tb, DSR_PORT_RANGE_A_MAX, nest,
			       dsr_port_range_nl_policy, extack);
	if (err)
		return err;
	first = tb[DSR_PORT_RANGE_A_FIRST];
	last = tb[DSR_PORT_RANGE_A_LAST] ?: first;
	if (!first)
		return dsr_netlink_refuse(extack, nest, -EINVAL,
					  "ports: attribute first is missing");
	range->first = be16_to_cpu(nla_get_be16(first));
	range->last = be16_to_cpu(nla_get_be16(last));
	if (!range->first)
		return dsr_netlink_refuse(extack, first, -ERANGE,
					  "first must be 1 to 65535");
	if (range->last < range->first)
		return dsr_netlink_refuse(extack, last, -ERANGE,
					  "last must not be less than first");
	return 0;
}

static int dsr_netlink_range_cmp(const void *a, const void *b)
{
	const struct dsr_port_range *x = a, *y = b;

	return (int)x->first - y->first;
}

/* Sort the ranges and join those that touch, so that equal keys look equal. */
static void dsr_netlink_join_ranges(struct dsr_service_key *key)
{
	struct dsr_port_range *range = key->ports;
	unsigned int i, n = 0;

	sort(range, key->n_ports, sizeof(*range), dsr_netlink_range_cmp, NULL);
	for (i = 0; i < key->n_ports; i++) {
		if (n && range[i].first <= range[n - 1].last + 1)
			range[n - 1].last = max(range[n - 1].last,
						range[i].last);
		else
			range[n++] = range[i];
	}
	memset(range + n, 0, (key->n_ports - n) * sizeof(*range));
	key->n_ports = n;
}

static int dsr_netlink_parse_ports(struct nlattr *nest,
				   struct dsr_service_key *key,
				   struct netlink_ext_ack *extack)
{
	struct nlattr *attr;
	int rem, err;

	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) != DSR_SERVICE_A_PORTS)
			continue;
		if (!key->protocol)
			return dsr_netlink_refuse(extack, attr, -EINVAL,
						  "ports need a protocol that has them: give 6, 17 or 132");
		if (key->n_ports == DSR_SERVICE_PORTS_MAX)
			return dsr_netlink_refuse(extack, attr, -E2BIG,
						  "ports: a service has room for 16 ranges");
		err = dsr_netlink_parse_range(attr,
					      &key->ports[key->n_ports++],
					      extack);
		if (err)
			return err;
	}
	dsr_netlink_join_ranges(key);
	return 0;
}

/* A key of a firewall mark, which has nothing else. */
static int dsr_netlink_read_mark(struct nlattr *nest, struct nlattr **tb,
				 struct dsr_service_key *key,
				 struct netlink_ext_ack *extack)
{
	if (tb[DSR_SERVICE_A_PROTOCOL] || tb[DSR_SERVICE_A_IPV4] ||
	    tb[DSR_SERVICE_A_IPV6] || tb[DSR_SERVICE_A_PREFIX_LEN] ||
	    tb[DSR_SERVICE_A_PORTS])
		return dsr_netlink_refuse(extack, nest, -EINVAL,
					  "fwmark stands alone: leave out protocol, address and ports");
	key->fwmark = nla_get_u32(tb[DSR_SERVICE_A_FWMARK]);
	if (!key->fwmark)
		return dsr_netlink_refuse(extack, tb[DSR_SERVICE_A_FWMARK],
					  -ERANGE,
					  "fwmark must not be 0, which unmarked packets have");
	return 0;
}

/* A service's key from its already parsed attributes. */
static int dsr_netlink_read_key(struct nlattr *nest, struct nlattr **tb,
				struct dsr_service_key *key,
				struct netlink_ext_ack *extack)
{
	struct nlattr *protocol = tb[DSR_SERVICE_A_PROTOCOL];

	memset(key, 0, sizeof(*key));
	if (tb[DSR_SERVICE_A_FWMARK])
		return dsr_netlink_read_mark(nest, tb, key, extack);
	if (!protocol)
		return dsr_netlink_refuse(extack, nest, -EINVAL,
					  "service: attribute protocol is missing");
	key->protocol = nla_get_u8(protocol);
	switch (key->protocol) {
	case 0:
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_SCTP:
		break;
	default:
		return dsr_netlink_refuse(extack, protocol, -EPROTONOSUPPORT,
					  "protocol must be 6 (TCP), 17 (UDP), 132 (SCTP) or 0 for any");
	}
	return dsr_netlink_parse_addr(nest, tb[DSR_SERVICE_A_IPV4],
				      tb[DSR_SERVICE_A_IPV6], &key->family,
				      &key->addr, extack) ?:
	       dsr_netlink_parse_prefix(tb[DSR_SERVICE_A_PREFIX_LEN], key,
					extack) ?:
	       dsr_netlink_parse_ports(nest, key, extack);
}

/**
 * dsr_netlink_parse_service() - which service an attribute means, and more
 * @nest: DSR_A_SERVICE or NULL
 * @tb: the result: its attributes
 * @key: the result: the service
 * @extack: told of a refusal
 *
 * Context: any.
 * Return: 0 or -errno.
 */
int dsr_netlink_parse_service(struct nlattr *nest, struct nlattr **tb,
			      struct dsr_service_key *key,
			      struct netlink_ext_ack *extack)
{
	int err;

	if (!nest) {
		NL_SET_ERR_MSG(extack, "attribute service is missing");
		return -EINVAL;
	}
	err = nla_parse_nested(tb, DSR_SERVICE_A_MAX, nest,
			       dsr_service_nl_policy, extack);
	return err ?: dsr_netlink_read_key(nest, tb, key, extack);
}

/**
 * dsr_netlink_parse_key() - which service an attribute means
 * @attr: DSR_A_SERVICE or NULL
 * @key: the result
 * @extack: told of a refusal
 *
 * Context: any.
 * Return: 0 or -errno.
 */
int dsr_netlink_parse_key(struct nlattr *attr, struct dsr_service_key *key,
			  struct netlink_ext_ack *extack)
{
	struct nlattr *tb[DSR_SERVICE_A_MAX + 1];

	return dsr_netlink_parse_service(attr, tb, key, extack);
}

/* The scheduler that is asked for, if any is. */
static int dsr_netlink_parse_sched(struct nlattr *attr,
				   struct dsr_service_opt *opt,
				   struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	opt->sched = dsr_sched_find(nla_data(attr));
	if (!opt->sched)
		return dsr_netlink_refuse(extack, attr, -EINVAL,
					  "scheduler is not known: the module has " DSR_SCHED_NAMES);
	return 0;
}

static void dsr_netlink_parse_hash_key(struct nlattr *attr,
				       struct dsr_service_opt *opt)
{
	__le64 word[2];

	if (!attr)
		return;
	nla_memcpy(word, attr, sizeof(word));
	opt->hash_key.key[0] = le64_to_cpu(word[0]);
	opt->hash_key.key[1] = le64_to_cpu(word[1]);
}

/* The timeouts that are given: their attributes are in the states' order. */
static int dsr_netlink_parse_timeouts(struct nlattr **tb,
				      struct dsr_service_opt *opt,
				      struct netlink_ext_ack *extack)
{
	struct nlattr *attr;
	unsigned int i;

	BUILD_BUG_ON(DSR_SERVICE_A_TIMEOUT_OTHER -
		     DSR_SERVICE_A_TIMEOUT_SYN != DSR_FLOW_STATE_OTHER);
	for (i = 0; i <= DSR_FLOW_STATE_OTHER; i++) {
		attr = tb[DSR_SERVICE_A_TIMEOUT_SYN + i];
		if (!attr)
			continue;
		opt->timeout[i] = nla_get_u32(attr);
		if (!opt->timeout[i] || opt->timeout[i] > DSR_TIMEOUT_MAX)
			return dsr_netlink_refuse(extack, attr, -ERANGE,
						  "a timeout must be 1 to 8388607 seconds");
	}
	return 0;
}

/* Whether clients stay, and how much of their addresses counts. */
static int dsr_netlink_parse_persist(struct nlattr **tb,
				     const struct dsr_service_key *key,
				     struct dsr_service_opt *opt,
				     struct netlink_ext_ack *extack)
{
	struct nlattr *len = tb[DSR_SERVICE_A_PERSIST_PREFIX_LEN];
	struct nlattr *timeout = tb[DSR_SERVICE_A_PERSIST_TIMEOUT];
	struct nlattr *sessionless = tb[DSR_SERVICE_A_SESSIONLESS];
	u32 *seconds = &opt->timeout[DSR_FLOW_STATE_PERSIST];

	if (timeout)
		*seconds = nla_get_u32(timeout);
	if (*seconds > DSR_TIMEOUT_MAX)
		return dsr_netlink_refuse(extack, timeout, -ERANGE,
					  "persist-timeout must be at most 8388607 seconds");
	if (len)
		opt->persist_prefix_len = nla_get_u8(len);
	if (opt->persist_prefix_len > (key->family == AF_INET ? 32 : 128))
		return dsr_netlink_refuse(extack, len, -ERANGE,
					  "persist-prefix-len must be at most 32 for IPv4 and 128 for IPv6");
	if (opt->sessionless && *seconds)
		return dsr_netlink_refuse(extack, timeout ?: sessionless,
					  -EINVAL,
					  "sessionless keeps no clients: give persist-timeout 0, or sessionless 0");
	return 0;
}

/**
 * dsr_netlink_parse_group() - the group that is named, if one is
 * @attr: its name or NULL
 * @group: the result, of DSR_GROUP_MAX bytes
 * @extack: told of a refusal
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int dsr_netlink_parse_group(struct nlattr *attr, char *group,
			    struct netlink_ext_ack *extack)
{
	const char *c;

	if (!attr)
		return 0;
	nla_strscpy(group, attr, DSR_GROUP_MAX);
	for (c = group; isascii(*c) && (isalnum(*c) || strchr("._-", *c)) &&
	     *c; c++)
		;
	if (*c || c == group)
		return dsr_netlink_refuse(extack, attr, -EINVAL,
					  "group must be 1 to 15 letters, digits, dots, dashes and underscores");
	return 0;
}

/**
 * dsr_netlink_parse_opt() - put the options given in place of those there are
 * @tb: a service's attributes
 * @key: the service
 * @opt: its options
 * @extack: told of a refusal
 *
 * Context: any.
 * Return: 0 or -errno.
 */
int dsr_netlink_parse_opt(struct nlattr **tb, const struct dsr_service_key *key,
			  struct dsr_service_opt *opt,
			  struct netlink_ext_ack *extack)
{
	if (tb[DSR_SERVICE_A_ECHO])
		opt->echo = nla_get_u8(tb[DSR_SERVICE_A_ECHO]);
	if (tb[DSR_SERVICE_A_HASH_ON])
		opt->hash_on = nla_get_u8(tb[DSR_SERVICE_A_HASH_ON]);
	if (tb[DSR_SERVICE_A_SESSIONLESS])
		opt->sessionless = nla_get_u8(tb[DSR_SERVICE_A_SESSIONLESS]);
	if (tb[DSR_SERVICE_A_SLOW_START])
		opt->slow_start = nla_get_u32(tb[DSR_SERVICE_A_SLOW_START]);
	if (tb[DSR_SERVICE_A_LOST])
		opt->lost = nla_get_u8(tb[DSR_SERVICE_A_LOST]);
	if (tb[DSR_SERVICE_A_MIDFLOW])
		opt->midflow = nla_get_u8(tb[DSR_SERVICE_A_MIDFLOW]);
	if (tb[DSR_SERVICE_A_GATEWAY])
		opt->gateway = nla_get_u8(tb[DSR_SERVICE_A_GATEWAY]);
	dsr_netlink_parse_hash_key(tb[DSR_SERVICE_A_HASH_KEY], opt);
	return dsr_netlink_parse_sched(tb[DSR_SERVICE_A_SCHEDULER], opt,
				       extack) ?:
	       dsr_netlink_parse_group(tb[DSR_SERVICE_A_GROUP], opt->group,
				       extack) ?:
	       dsr_netlink_parse_timeouts(tb, opt, extack) ?:
	       dsr_netlink_parse_persist(tb, key, opt, extack);
}

static int dsr_netlink_parse_weight(struct nlattr *attr,
				    struct dsr_server_conf *conf,
				    struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	conf->weight = nla_get_u32(attr);
	conf->set |= DSR_SET_WEIGHT;
	if (conf->weight > DSR_WEIGHT_MAX)
		return dsr_netlink_refuse(extack, attr, -ERANGE,
					  "weight must be 0 to 65535");
	return 0;
}

/**
 * dsr_netlink_parse_mac() - a MAC address that is given by hand
 * @attr: the attribute, or NULL
 * @conf: whose it is
 * @extack: told of a refusal
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int dsr_netlink_parse_mac(struct nlattr *attr, struct dsr_server_conf *conf,
			  struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	ether_addr_copy(conf->mac, nla_data(attr));
	conf->set |= DSR_SET_MAC;
	if (is_multicast_ether_addr(conf->mac))
		return dsr_netlink_refuse(extack, attr, -EINVAL,
					  "mac must be a unicast address, or zeros for the neighbour table's");
	return 0;
}

/**
 * dsr_netlink_parse_ifindex() - a device that is given by hand
 * @attr: the attribute, or NULL
 * @conf: whose it is
 * @extack: told of a refusal
 *
 * Context: any.
 * Return: 0 or -ERANGE.
 */
int dsr_netlink_parse_ifindex(struct nlattr *attr, struct dsr_server_conf *conf,
			      struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	if (nla_get_u32(attr) > INT_MAX)
		return dsr_netlink_refuse(extack, attr, -ERANGE,
					  "ifindex must be that of a device, or 0 for the routing table's");
	conf->ifindex = nla_get_u32(attr);
	conf->set |= DSR_SET_IFINDEX;
	return 0;
}

/* What a server may be given, and whether it gets any packets. */
static void dsr_netlink_parse_limits(struct nlattr **tb,
				     struct dsr_server_conf *conf)
{
	if (tb[DSR_SERVER_A_MAX_FLOWS]) {
		conf->max_flows = nla_get_u32(tb[DSR_SERVER_A_MAX_FLOWS]);
		conf->set |= DSR_SET_MAX;
	}
	if (tb[DSR_SERVER_A_MIN_FLOWS]) {
		conf->min_flows = nla_get_u32(tb[DSR_SERVER_A_MIN_FLOWS]);
		conf->set |= DSR_SET_MIN;
	}
	if (tb[DSR_SERVER_A_FALLBACK]) {
		conf->fallback = nla_get_u8(tb[DSR_SERVER_A_FALLBACK]);
		conf->set |= DSR_SET_FALLBACK;
	}
	if (tb[DSR_SERVER_A_DOWN]) {
		conf->down = nla_get_u8(tb[DSR_SERVER_A_DOWN]);
		conf->set |= DSR_SET_DOWN;
	}
}

/**
 * dsr_netlink_parse_conf() - what an attribute says of a server
 * @nest: DSR_A_SERVER or NULL
 * @conf: the result
 * @extack: told of a refusal
 *
 * Context: any.
 * Return: 0 or -errno.
 */
int dsr_netlink_parse_conf(struct nlattr *nest, struct dsr_server_conf *conf,
			   struct netlink_ext_ack *extack)
{
	struct nlattr *tb[DSR_SERVER_A_MAX + 1];
	int err;

	memset(conf, 0, sizeof(*conf));
	if (!nest) {
		NL_SET_ERR_MSG(extack, "attribute server is missing");
		return -EINVAL;
	}
	err = nla_parse_nested(tb, DSR_SERVER_A_MAX, nest,
			       dsr_server_nl_policy, extack);
	if (err)
		return err;
	dsr_netlink_parse_limits(tb, conf);
	return dsr_netlink_parse_addr(nest, tb[DSR_SERVER_A_IPV4],
				      tb[DSR_SERVER_A_IPV6], &conf->family,
				      &conf->addr, extack) ?:
	       dsr_netlink_parse_weight(tb[DSR_SERVER_A_WEIGHT], conf,
					extack) ?:
	       dsr_netlink_parse_mac(tb[DSR_SERVER_A_MAC], conf, extack) ?:
	       dsr_netlink_parse_ifindex(tb[DSR_SERVER_A_IFINDEX], conf,
					 extack);
}

/* Handlers of services: add and set differ in one call. */

static int dsr_netlink_service_doit(struct genl_info *info,
				    int (*change)(struct dsr_net *dn,
						  const struct dsr_service_conf *conf,
						  struct netlink_ext_ack *extack))
{
	struct dsr_net *dn = dsr_pernet(genl_info_net(info));
	struct nlattr *tb[DSR_SERVICE_A_MAX + 1];
	const struct dsr_service *service;
	struct dsr_service_conf conf;
	int err;

	err = dsr_netlink_parse_service(info->attrs[DSR_A_SERVICE], tb,
					&conf.key, info->extack);
	if (err)
		return err;
	mutex_lock(&dn->lock);
	service = dsr_pernet_find(dn, &conf.key, NULL);
	if (service)
		conf.opt = service->opt;
	else
		dsr_service_defaults(&conf.key, &conf.opt);
	err = dsr_netlink_parse_opt(tb, &conf.key, &conf.opt, info->extack) ?:
	      change(dn, &conf, info->extack);
	mutex_unlock(&dn->lock);
	return err;
}

int dsr_nl_service_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	return dsr_netlink_service_doit(info, dsr_pernet_service_add);
}

int dsr_nl_service_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return dsr_netlink_service_doit(info, dsr_pernet_service_set);
}

int dsr_nl_service_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_pernet(genl_info_net(info));
	struct dsr_service_key key;
	int err;

	err = dsr_netlink_parse_key(info->attrs[DSR_A_SERVICE], &key,
				    info->extack);
	if (err)
		return err;
	mutex_lock(&dn->lock);
	err = dsr_pernet_service_del(dn, &key, info->extack);
	mutex_unlock(&dn->lock);
	return err;
}

/* Handlers of servers: they differ in one call. */

static int dsr_netlink_server_doit(struct genl_info *info,
				   int (*change)(struct dsr_net *dn,
						 const struct dsr_service_key *key,
						 const struct dsr_server_conf *conf,
						 struct netlink_ext_ack *extack))
{
	struct dsr_net *dn = dsr_pernet(genl_info_net(info));
	struct dsr_service_key key;
	struct dsr_server_conf conf;
	int err;

	err = dsr_netlink_parse_key(info->attrs[DSR_A_SERVICE], &key,
				    info->extack) ?:
	      dsr_netlink_parse_conf(info->attrs[DSR_A_SERVER], &conf,
				     info->extack);
	if (err)
		return err;
	mutex_lock(&dn->lock);
	err = change(dn, &key, &conf, info->extack);
	mutex_unlock(&dn->lock);
	return err;
}

int dsr_nl_server_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	return dsr_netlink_server_doit(info, dsr_pernet_server_add);
}

int dsr_nl_server_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	return dsr_netlink_server_doit(info, dsr_pernet_server_set);
}

int dsr_nl_server_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	return dsr_netlink_server_doit(info, dsr_pernet_server_del);
}

/* Handlers that tell */

/**
 * dsr_netlink_reply() - begin a reply
 * @info: the request
 * @command: of the reply, DSR_CMD_*
 * @hdr: its header, for which a new message always has room
 *
 * Context: process, may sleep.
 * Return: the reply, for dsr_netlink_send(), or NULL.
 */
struct sk_buff *dsr_netlink_reply(struct genl_info *info, u8 command,
				  void **hdr)
{
	struct sk_buff *msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);

	if (!msg)
		return NULL;
	*hdr = genlmsg_put_reply(msg, info, &dsr_netlink_family, 0, command);
	return msg;
}

/**
 * dsr_netlink_send() - end a reply
 * @msg: the reply; it is consumed
 * @info: the request
 * @hdr: the reply's header
 * @err: why there is none after all, or 0
 *
 * Context: process, may sleep.
 * Return: @err, or 0 or -errno.
 */
int dsr_netlink_send(struct sk_buff *msg, struct genl_info *info, void *hdr,
		     int err)
{
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

int dsr_nl_service_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_pernet(genl_info_net(info));
	const struct dsr_service *service;
	struct dsr_service_key key;
	struct sk_buff *msg;
	void *hdr;
	int err;

	err = dsr_netlink_parse_key(info->attrs[DSR_A_SERVICE], &key,
				    info->extack);
	if (err)
		return err;
	msg = dsr_netlink_reply(info, DSR_CMD_SERVICE_GET, &hdr);
	if (!msg)
		return -ENOMEM;

	mutex_lock(&dn->lock);
	service = dsr_pernet_find(dn, &key, info->extack);
	err = service ? dsr_netlink_put_service(msg, service,
						dsr_netlink_may_set(skb)) :
			-ENOENT;
	mutex_unlock(&dn->lock);
	return dsr_netlink_send(msg, info, hdr, err);
}

static int dsr_netlink_fill_server(struct sk_buff *msg, struct dsr_net *dn,
				   const struct dsr_service_key *key,
				   const struct dsr_server_conf *conf,
				   struct netlink_ext_ack *extack)
{
	const struct dsr_service *service;
	const struct dsr_server *server;

	service = dsr_pernet_find(dn, key, extack);
	if (!service)
		return -ENOENT;
	server = dsr_pernet_find_server(service, conf, extack);
	return server ? dsr_netlink_put_server(msg, server) : -ENOENT;
}

int dsr_nl_server_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_pernet(genl_info_net(info));
	struct dsr_service_key key;
	struct dsr_server_conf conf;
	struct sk_buff *msg;
	void *hdr;
	int err;

	err = dsr_netlink_parse_key(info->attrs[DSR_A_SERVICE], &key,
				    info->extack) ?:
	      dsr_netlink_parse_conf(info->attrs[DSR_A_SERVER], &conf,
				     info->extack);
	if (err)
		return err;
	msg = dsr_netlink_reply(info, DSR_CMD_SERVER_GET, &hdr);
	if (!msg)
		return -ENOMEM;

	mutex_lock(&dn->lock);
	err = dsr_netlink_fill_server(msg, dn, &key, &conf, info->extack);
	mutex_unlock(&dn->lock);
	return dsr_netlink_send(msg, info, hdr, err);
}

/* Whose counters are asked for; NULL if there is no such service or server. */
static const struct dsr_tally *
dsr_netlink_find_tally(const struct dsr_net *dn,
		       const struct dsr_service_key *key,
		       const struct dsr_server_conf *conf,
		       struct netlink_ext_ack *extack)
{
	const struct dsr_service *service;
	const struct dsr_server *server;

	if (!key)
		return dn->tally;
	service = dsr_pernet_find(dn, key, extack);
	if (!service)
		return NULL;
	if (!conf)
		return service->tally;
	server = dsr_pernet_find_server(service, conf, extack);
	return server ? server->tally : NULL;
}

static int dsr_netlink_fill_stats(struct sk_buff *msg, struct dsr_net *dn,
				  const struct dsr_service_key *key,
				  const struct dsr_server_conf *conf,
				  struct netlink_ext_ack *extack)
{
	const struct dsr_tally *tally;
	int err = -ENOENT;

	mutex_lock(&dn->lock);
	tally = dsr_netlink_find_tally(dn, key, conf, extack);
	if (tally)
		err = dsr_netlink_put_reasons(msg, tally);
	mutex_unlock(&dn->lock);
	return err;
}

int dsr_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *service = info->attrs[DSR_A_SERVICE];
	struct nlattr *server = info->attrs[DSR_A_SERVER];
	struct dsr_net *dn = dsr_pernet(genl_info_net(info));
	struct dsr_service_key key;
	struct dsr_server_conf conf;
	struct sk_buff *msg;
	void *hdr;
	int err = 0;

	if (service || server)
		err = dsr_netlink_parse_key(service, &key, info->extack);
	if (!err && server)
		err = dsr_netlink_parse_conf(server, &conf, info->extack);
	if (err)
		return err;
	msg = dsr_netlink_reply(info, DSR_CMD_STATS_GET, &hdr);
	if (!msg)
		return -ENOMEM;
	err = dsr_netlink_fill_stats(msg, dn, service ? &key : NULL,
				     server ? &conf : NULL, info->extack);
	return dsr_netlink_send(msg, info, hdr, err);
}

/* Events */

static const struct genl_multicast_group dsr_netlink_groups[] = {
	[DSR_NLGRP_CONFIG] = { .name = DSR_MCGRP_CONFIG },
};

static const u8 dsr_netlink_event_command[] = {
	[DSR_EVENT_SERVICE_ADD]	= DSR_CMD_SERVICE_ADD_NTF,
	[DSR_EVENT_SERVICE_SET]	= DSR_CMD_SERVICE_SET_NTF,
	[DSR_EVENT_SERVICE_DEL]	= DSR_CMD_SERVICE_DEL_NTF,
	[DSR_EVENT_SERVER_ADD]	= DSR_CMD_SERVER_ADD_NTF,
	[DSR_EVENT_SERVER_SET]	= DSR_CMD_SERVER_SET_NTF,
	[DSR_EVENT_SERVER_DEL]	= DSR_CMD_SERVER_DEL_NTF,
	[DSR_EVENT_ROLE_SET]	= DSR_CMD_ROLE_SET_NTF,
	[DSR_EVENT_PEER_ADD]	= DSR_CMD_PEER_ADD_NTF,
	[DSR_EVENT_PEER_SET]	= DSR_CMD_PEER_SET_NTF,
	[DSR_EVENT_PEER_DEL]	= DSR_CMD_PEER_DEL_NTF,
};

static int dsr_netlink_put_event(struct sk_buff *msg,
				 const struct dsr_event *event)
{
	if (event->server)
		return dsr_netlink_put_server(msg, event->server);
	if (event->service)
		return dsr_netlink_put_service(msg, event->service, false);
	if (event->peer)
		return dsr_netlink_put_peer(msg, event->peer);
	return dsr_netlink_put_role(msg, event->group, event->role);
}

static int dsr_netlink_event(struct notifier_block *nb, unsigned long type,
			     void *data)
{
	const struct dsr_event *event = data;
	struct sk_buff *msg;
	void *hdr;

	if (!genl_has_listeners(&dsr_netlink_family, event->net,
				DSR_NLGRP_CONFIG))
		return NOTIFY_DONE;
	msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!msg)
		return NOTIFY_DONE;
	hdr = genlmsg_put(msg, 0, 0, &dsr_netlink_family, 0,
			  dsr_netlink_event_command[type]);
	if (dsr_netlink_put_event(msg, event)) {
		nlmsg_free(msg);
		return NOTIFY_DONE;
	}
	genlmsg_end(msg, hdr);
	genlmsg_multicast_netns(&dsr_netlink_family, event->net, msg, 0,
				DSR_NLGRP_CONFIG, GFP_KERNEL);
	return NOTIFY_DONE;
}

static struct notifier_block dsr_netlink_event_nb = {
	.notifier_call = dsr_netlink_event,
};

/* The mutex is the namespace's, so the handlers need no other. */
struct genl_family dsr_netlink_family __ro_after_init = {
	.name		= DSR_FAMILY_NAME,
	.version	= DSR_GENL_VERSION,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.ops		= dsr_nl_ops,
	.n_ops		= ARRAY_SIZE(dsr_nl_ops),
	.mcgrps		= dsr_netlink_groups,
	.n_mcgrps	= ARRAY_SIZE(dsr_netlink_groups),
};

/**
 * dsr_netlink_init() - open the module to its users
 *
 * Context: process, may sleep.
 * Return: 0 or -errno.
 */
int __init dsr_netlink_init(void)
{
	int err;

	/* Before anybody can change what events are about. */
	dsr_event_subscribe(&dsr_netlink_event_nb);
	err = dsr_netlink_config_init();
	if (err)
		goto err_event;
	err = genl_register_family(&dsr_netlink_family);
	if (err)
		goto err_config;
	return 0;

err_config:
	dsr_netlink_config_exit();
err_event:
	dsr_event_unsubscribe(&dsr_netlink_event_nb);
	return err;
}

/**
 * dsr_netlink_exit() - undo dsr_netlink_init()
 *
 * No handler runs any more on return.
 *
 * Context: process, may sleep.
 */
void dsr_netlink_exit(void)
{
	dsr_event_unsubscribe(&dsr_netlink_event_nb);
	genl_unregister_family(&dsr_netlink_family);
	dsr_netlink_config_exit();
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/genetlink.h>
#include <netlink/genl/genl.h>
#include <string.h>

#include "nl_msg.h"

/* --- Fields ------------------------------------------------------------- */

/* An attribute that holds the bytes of a member of a structure. */
struct field {
	uint16_t attr;
	uint16_t size;
	size_t offset;
};

#define FIELD(what, type, member) \
	{ DSR_##what, sizeof(((struct type *)0)->member), \
	  offsetof(struct type, member) }

static const struct field service_fields[] = {
	FIELD(SERVICE_A_ECHO, service, echo),
	FIELD(SERVICE_A_HASH_ON, service, hash_on),
	FIELD(SERVICE_A_HASH_KEY, service, hash_key),
	FIELD(SERVICE_A_SESSIONLESS, service, sessionless),
	FIELD(SERVICE_A_PERSIST_TIMEOUT, service, persist),
	FIELD(SERVICE_A_PERSIST_PREFIX_LEN, service, persist_prefix_len),
	FIELD(SERVICE_A_TIMEOUT_SYN, service,
	      timeouts[DSR_FLOW_STATE_SYN]),
	FIELD(SERVICE_A_TIMEOUT_ESTABLISHED, service,
	      timeouts[DSR_FLOW_STATE_ESTABLISHED]),
	FIELD(SERVICE_A_TIMEOUT_CLOSING, service,
	      timeouts[DSR_FLOW_STATE_CLOSING]),
	FIELD(SERVICE_A_TIMEOUT_UDP, service,
	      timeouts[DSR_FLOW_STATE_UDP]),
	FIELD(SERVICE_A_TIMEOUT_OTHER, service,
	      timeouts[DSR_FLOW_STATE_OTHER]),
	FIELD(SERVICE_A_LOST, service, lost),
	FIELD(SERVICE_A_MIDFLOW, service, midflow),
	FIELD(SERVICE_A_SLOW_START, service, slow_start),
	FIELD(SERVICE_A_GATEWAY, service, gateway),
};

/* Those that are only told. */
static const struct field service_told_fields[] = {
	FIELD(SERVICE_A_ROLE, service, role),
};

static const struct field server_fields[] = {
	FIELD(SERVER_A_WEIGHT, server, weight),
	FIELD(SERVER_A_MAC, server, mac),
	FIELD(SERVER_A_IFINDEX, server, ifindex),
	FIELD(SERVER_A_MAX_FLOWS, server, max_flows),
	FIELD(SERVER_A_MIN_FLOWS, server, min_flows),
	FIELD(SERVER_A_FALLBACK, server, fallback),
	FIELD(SERVER_A_DOWN, server, down),
	FIELD(SERVER_A_SHARE, server, share),
};

static const struct field stats_fields[] = {
	FIELD(STATS_A_PACKETS, stats, packets),
	FIELD(STATS_A_BYTES, stats, bytes),
	FIELD(STATS_A_FLOWS, stats, flows),
	FIELD(STATS_A_ACTIVE, stats, active),
	FIELD(STATS_A_CLIENTS, stats, clients),
	FIELD(STATS_A_UNPLACED, stats, unplaced),
	FIELD(STATS_A_REPLIES, stats, replies),
	FIELD(STATS_A_REPLY_BYTES, stats, reply_bytes),
};

static const struct field reason_fields[] = {
	FIELD(REASON_A_REASON, reason, reason),
	FIELD(REASON_A_PACKETS, reason, packets),
};

static const struct field flow_fields[] = {
	FIELD(FLOW_A_PROTOCOL, flow, protocol),
	FIELD(FLOW_A_STATE, flow, state),
	FIELD(FLOW_A_IDLE, flow, idle),
	FIELD(FLOW_A_EXPIRES, flow, expires),
};

static const struct field settings_fields[] = {
	FIELD(SETTINGS_A_MAX_FLOWS, settings, max_flows),
	FIELD(SETTINGS_A_TABLE_FLOWS, settings, table_flows),
	FIELD(SETTINGS_A_FLOWS, settings, flows),
	FIELD(SETTINGS_A_MEMORY, settings, memory),
};

static const struct field ingress_fields[] = {
	FIELD(INGRESS_A_ACTIVE, ingress, active),
};

static const struct field announce_fields[] = {
	FIELD(ANNOUNCE_A_EVERY, announce, every),
	FIELD(ANNOUNCE_A_ACTIVE, announce, active),
	FIELD(ANNOUNCE_A_ANNOUNCED, announce, announced),
	FIELD(ANNOUNCE_A_ANSWERED, announce, answered),
	FIELD(ANNOUNCE_A_CONFLICTS, announce, conflicts),
};

static const struct field role_fields[] = {
	FIELD(ROLE_A_ROLE, role, role),
	FIELD(ROLE_A_SERVICES, role, services),
};

static const struct field peer_fields[] = {
	FIELD(PEER_A_MAC, server, mac),
	FIELD(PEER_A_IFINDEX, server, ifindex),
};

static const struct field config_fields[] = {
	FIELD(CONFIG_A_GENERATION, config, generation),
	FIELD(CONFIG_A_SERVICES, config, services),
	FIELD(CONFIG_A_SERVERS, config, servers),
};

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* Those of the fields of @from that are @given. */
static int put_fields(struct nl_msg *msg, const struct field *field, size_t n,
		      const void *from, uint32_t given)
{
	for (; n; n--, field++) {
		if (given & GIVEN(field->attr) &&
		    nla_put(msg, field->attr, field->size,
			    (const char *)from + field->offset))
			return -1;
	}
	return 0;
}

/*
 * The fields that came, which are noted in @given unless that is NULL.
 * Return: false if one is too short.
 */
static bool read_fields(struct nlattr **attr, const struct field *field,
			size_t n, void *to, uint32_t *given)
{
	for (; n; n--, field++) {
		const struct nlattr *from = attr[field->attr];

		if (!from)
			continue;
		if (nla_len(from) < field->size)
			return false;
		memcpy((char *)to + field->offset, nla_data(from),
		       field->size);
		if (given)
			*given |= GIVEN(field->attr);
	}
	return true;
}

/* --- Requests ----------------------------------------------------------- */

static int msg_put_addr(struct nl_msg *msg, const struct addr *addr,
			   int ipv4, int ipv6)
{
	if (addr->family == AF_INET6)
		return nla_put(msg, ipv6, sizeof(addr->v6), &addr->v6);
	return nla_put(msg, ipv4, sizeof(addr->v4), &addr->v4);
}

static int msg_put_ports(struct nl_msg *msg,
			    const struct port_range *range)
{
	struct nlattr *nest;

	nest = nla_nest_start(msg, DSR_SERVICE_A_PORTS | NLA_F_NESTED);
	if (!nest ||
	    nla_put_u16(msg, DSR_PORT_RANGE_A_FIRST, htons(range->first)) ||
	    nla_put_u16(msg, DSR_PORT_RANGE_A_LAST, htons(range->last)))
		return -1;
	return nla_nest_end(msg, nest);
}

static int msg_put_key(struct nl_msg *msg, const struct service_key *key)
{
	size_t i;

	if (key->fwmark)
		return nla_put_u32(msg, DSR_SERVICE_A_FWMARK, key->fwmark);
	if (nla_put_u8(msg, DSR_SERVICE_A_PROTOCOL, key->protocol) ||
	    msg_put_addr(msg, &key->addr, DSR_SERVICE_A_IPV4,
			    DSR_SERVICE_A_IPV6))
		return -1;
	if (key->prefix_len != addr_bits(&key->addr) &&
	    nla_put_u8(msg, DSR_SERVICE_A_PREFIX_LEN, key->prefix_len))
		return -1;
	for (i = 0; i < key->n_ports; i++) {
		if (msg_put_ports(msg, &key->ports[i]))
			return -1;
	}
	return 0;
}

static int msg_put_service(struct nl_msg *msg,
			   const struct service_key *key,
			   const struct service *options)
{
	struct nlattr *nest;

	nest = nla_nest_start(msg, DSR_A_SERVICE | NLA_F_NESTED);
	if (!nest || msg_put_key(msg, key))
		return -1;
	if (options && put_fields(msg, service_fields, COUNT(service_fields),
				  options, options->given))
		return -1;
	if (options && options->scheduler[0] &&
	    nla_put_string(msg, DSR_SERVICE_A_SCHEDULER, options->scheduler))
		return -1;
	if (options && options->given & GIVEN(DSR_SERVICE_A_GROUP) &&
	    nla_put_string(msg, DSR_SERVICE_A_GROUP, options->group))
		return -1;
	return nla_nest_end(msg, nest);
}

static int msg_put_server(struct nl_msg *msg, const struct addr *addr,
			  const struct server *options)
{
	struct nlattr *nest;

	nest = nla_nest_start(msg, DSR_A_SERVER | NLA_F_NESTED);
	if (!nest ||
	    msg_put_addr(msg, addr, DSR_SERVER_A_IPV4, DSR_SERVER_A_IPV6))
		return -1;
	if (options && put_fields(msg, server_fields, COUNT(server_fields),
				  options, options->given))
		return -1;
	return nla_nest_end(msg, nest);
}

static int msg_put_client(struct nl_msg *msg, const struct endpoint *client)
{
	if (msg_put_addr(msg, &client->addr, DSR_FLOW_A_CLIENT_IPV4,
			 DSR_FLOW_A_CLIENT_IPV6))
		return -1;
	if (client->prefix_len == addr_bits(&client->addr))
		return 0;
	return nla_put_u8(msg, DSR_FLOW_A_CLIENT_PREFIX_LEN,
			  client->prefix_len);
}

/* What selects flows and is neither their service nor their server. */
static int msg_put_filter(struct nl_msg *msg, const struct flow_filter *filter)
{
	struct nlattr *nest;

	if (!filter->has_client && !filter->has_state)
		return 0;
	nest = nla_nest_start(msg, DSR_A_FLOW | NLA_F_NESTED);
	if (!nest ||
	    (filter->has_client && msg_put_client(msg, &filter->client)) ||
	    (filter->has_state &&
	     nla_put_u8(msg, DSR_FLOW_A_STATE, filter->state)))
		return -1;
	return nla_nest_end(msg, nest);
}

/* What is said of a flow that is added. */
#define MSG_FLOW_ADD	(GIVEN(DSR_FLOW_A_PROTOCOL) | \
			 GIVEN(DSR_FLOW_A_STATE) | GIVEN(DSR_FLOW_A_IDLE))

static int msg_put_port(struct nl_msg *msg, int type, uint16_t port)
{
	return port ? nla_put_u16(msg, type, htons(port)) : 0;
}

static int msg_put_flow(struct nl_msg *msg, const struct flow *flow,
			uint32_t given)
{
	const struct endpoint *vip = &flow->vip;
	struct nlattr *nest;

	nest = nla_nest_start(msg, DSR_A_FLOW | NLA_F_NESTED);
	if (!nest ||
	    put_fields(msg, flow_fields, COUNT(flow_fields), flow, given) ||
	    msg_put_client(msg, &flow->client) ||
	    msg_put_port(msg, DSR_FLOW_A_CLIENT_PORT, flow->client.port) ||
	    (vip->addr.family && msg_put_addr(msg, &vip->addr, DSR_FLOW_A_IPV4,
					      DSR_FLOW_A_IPV6)) ||
	    msg_put_port(msg, DSR_FLOW_A_PORT, vip->port))
		return -1;
	return nla_nest_end(msg, nest);
}

/* A packet's ends, and its mark. */
static int msg_put_trace(struct nl_msg *msg, const struct trace *trace)
{
	const struct flow flow = {
		.protocol = trace->protocol, .client = trace->client,
		.vip = trace->vip,
	};
	struct nlattr *nest;

	if (msg_put_flow(msg, &flow, GIVEN(DSR_FLOW_A_PROTOCOL)))
		return -1;
	if (!trace->fwmark)
		return 0;
	nest = nla_nest_start(msg, DSR_A_TRACE | NLA_F_NESTED);
	if (!nest || nla_put_u32(msg, DSR_TRACE_A_FWMARK, trace->fwmark))
		return -1;
	return nla_nest_end(msg, nest);
}

static int msg_put_settings(struct nl_msg *msg,
			    const struct settings *settings)
{
	struct nlattr *nest;

	nest = nla_nest_start(msg, DSR_A_SETTINGS | NLA_F_NESTED);
	if (!nest || put_fields(msg, settings_fields, COUNT(settings_fields),
				settings, settings->given))
		return -1;
	return nla_nest_end(msg, nest);
}

static int msg_put_ingress(struct nl_msg *msg, const char *dev)
{
	struct nlattr *nest;

	nest = nla_nest_start(msg, DSR_A_INGRESS | NLA_F_NESTED);
	if (!nest || nla_put_string(msg, DSR_INGRESS_A_NAME, dev))
		return -1;
	return nla_nest_end(msg, nest);
}

static int msg_put_announce(struct nl_msg *msg,
			    const struct announce *announce)
{
	struct nlattr *nest;

	nest = nla_nest_start(msg, DSR_A_ANNOUNCE | NLA_F_NESTED);
	if (!nest || nla_put_string(msg, DSR_ANNOUNCE_A_NAME, announce->dev) ||
	    (announce->every &&
	     nla_put_u32(msg, DSR_ANNOUNCE_A_EVERY, announce->every)))
		return -1;
	return nla_nest_end(msg, nest);
}

static int msg_put_role(struct nl_msg *msg, const struct role *role,
			bool has_role)
{
	struct nlattr *nest;

	nest = nla_nest_start(msg, DSR_A_ROLE | NLA_F_NESTED);
	if (!nest ||
	    (*role->group &&
	     nla_put_string(msg, DSR_ROLE_A_GROUP, role->group)) ||
	    (has_role && nla_put_u8(msg, DSR_ROLE_A_ROLE, role->role)))
		return -1;
	return nla_nest_end(msg, nest);
}

/* What is not said is as zeros say. */
static int msg_put_peer(struct nl_msg *msg, const struct addr *addr,
			const struct server *options)
{
	struct nlattr *nest;

	nest = nla_nest_start(msg, DSR_A_PEER | NLA_F_NESTED);
	if (!nest ||
	    msg_put_addr(msg, addr, DSR_PEER_A_IPV4, DSR_PEER_A_IPV6))
		return -1;
	if (options && put_fields(msg, peer_fields, COUNT(peer_fields),
				  options, ~0u))
		return -1;
	return nla_nest_end(msg, nest);
}

static int msg_put_generation(struct nl_msg *msg, uint32_t generation)
{
	struct nlattr *nest;

	nest = nla_nest_start(msg, DSR_A_CONFIG | NLA_F_NESTED);
	if (!nest || nla_put_u32(msg, DSR_CONFIG_A_GENERATION, generation))
		return -1;
	return nla_nest_end(msg, nest);
}

struct nl_msg *msg_build(int family, const struct nl_request *request)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (!msg)
		return NULL;
	if (!genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0,
			 request->flags, request->op, DSR_GENL_VERSION) ||
	    (request->service &&
	     msg_put_service(msg, request->service, request->options)) ||
	    (request->server &&
	     msg_put_server(msg, request->server, request->server_options)) ||
	    (request->filter && msg_put_filter(msg, request->filter)) ||
	    (request->flow && msg_put_flow(msg, request->flow,
					   MSG_FLOW_ADD)) ||
	    (request->trace && msg_put_trace(msg, request->trace)) ||
	    (request->settings && msg_put_settings(msg, request->settings)) ||
	    (request->ingress && msg_put_ingress(msg, request->ingress)) ||
	    (request->announce && msg_put_announce(msg, request->announce)) ||
	    (request->role && msg_put_role(msg, request->role,
					   request->has_role)) ||
	    (request->peer &&
	     msg_put_peer(msg, request->peer, request->peer_options)) ||
	    (request->generation &&
	     msg_put_generation(msg, *request->generation))) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/* --- Replies ------------------------------------------------------------ */

/* Fields are checked where they are read. */
static const struct nla_policy msg_service_policy[DSR_SERVICE_A_MAX + 1] = {
	[DSR_SERVICE_A_PROTOCOL] = { .type = NLA_U8 },
	[DSR_SERVICE_A_IPV4] = { .type = NLA_U32 },
	[DSR_SERVICE_A_IPV6] = { .minlen = sizeof(struct in6_addr) },
	[DSR_SERVICE_A_PREFIX_LEN] = { .type = NLA_U8 },
	[DSR_SERVICE_A_PORTS] = { .type = NLA_NESTED },
	[DSR_SERVICE_A_FWMARK] = { .type = NLA_U32 },
	[DSR_SERVICE_A_SCHEDULER] = { .type = NLA_STRING },
	[DSR_SERVICE_A_GROUP] = { .type = NLA_STRING },
};

static const struct nla_policy msg_ports_policy[DSR_PORT_RANGE_A_MAX + 1] = {
	[DSR_PORT_RANGE_A_FIRST] = { .type = NLA_U16 },
	[DSR_PORT_RANGE_A_LAST] = { .type = NLA_U16 },
};

static const struct nla_policy msg_server_policy[DSR_SERVER_A_MAX + 1] = {
	[DSR_SERVER_A_IPV4] = { .type = NLA_U32 },
	[DSR_SERVER_A_IPV6] = { .minlen = sizeof(struct in6_addr) },
};

static const struct nla_policy msg_nexthop_policy[DSR_NEXTHOP_A_MAX + 1] = {
	[DSR_NEXTHOP_A_STATE] = { .type = NLA_U8 },
	[DSR_NEXTHOP_A_IFINDEX] = { .type = NLA_U32 },
	[DSR_NEXTHOP_A_MAC] = { .minlen = sizeof(struct mac) },
};

static const struct nla_policy msg_flow_policy[DSR_FLOW_A_MAX + 1] = {
	[DSR_FLOW_A_CLIENT_IPV4] = { .type = NLA_U32 },
	[DSR_FLOW_A_CLIENT_IPV6] = { .minlen = sizeof(struct in6_addr) },
	[DSR_FLOW_A_CLIENT_PREFIX_LEN] = { .type = NLA_U8 },
	[DSR_FLOW_A_CLIENT_PORT] = { .type = NLA_U16 },
	[DSR_FLOW_A_IPV4] = { .type = NLA_U32 },
	[DSR_FLOW_A_IPV6] = { .minlen = sizeof(struct in6_addr) },
	[DSR_FLOW_A_PORT] = { .type = NLA_U16 },
	[DSR_FLOW_A_COUNT] = { .type = NLA_U64 },
};

static const struct nla_policy msg_peer_policy[DSR_PEER_A_MAX + 1] = {
	[DSR_PEER_A_IPV4] = { .type = NLA_U32 },
	[DSR_PEER_A_IPV6] = { .minlen = sizeof(struct in6_addr) },
};

static const struct nla_policy msg_ingress_policy[DSR_INGRESS_A_MAX + 1] = {
	[DSR_INGRESS_A_NAME] = { .type = NLA_STRING },
};

static const struct nla_policy msg_role_policy[DSR_ROLE_A_MAX + 1] = {
	[DSR_ROLE_A_GROUP] = { .type = NLA_STRING },
};

static const struct nla_policy msg_announce_policy[DSR_ANNOUNCE_A_MAX + 1] = {
	[DSR_ANNOUNCE_A_NAME] = { .type = NLA_STRING },
};

static void msg_dev_name(uint32_t ifindex, char name[IF_NAMESIZE])
{
	if (ifindex && !if_indextoname(ifindex, name))
		snprintf(name, IF_NAMESIZE, "if%u", ifindex);
}

/* False if neither address is there. */
static bool msg_read_addr(struct nlattr *ipv4, struct nlattr *ipv6,
			      struct addr *addr)
{
	if (ipv4) {
		addr->family = AF_INET;
		memcpy(&addr->v4, nla_data(ipv4), sizeof(addr->v4));
	} else if (ipv6) {
		addr->family = AF_INET6;
		memcpy(&addr->v6, nla_data(ipv6), sizeof(addr->v6));
	}
	return ipv4 || ipv6;
}

/* One more range of ports; false if there are too many. */
static bool msg_read_range(struct nlattr *nest, struct service_key *key)
{
	struct nlattr *attr[DSR_PORT_RANGE_A_MAX + 1];
	struct port_range *range = &key->ports[key->n_ports];

	if (key->n_ports == MAX_PORT_RANGES ||
	    nla_parse_nested(attr, DSR_PORT_RANGE_A_MAX, nest,
			     msg_ports_policy) ||
	    !attr[DSR_PORT_RANGE_A_FIRST])
		return false;
	range->first = ntohs(nla_get_u16(attr[DSR_PORT_RANGE_A_FIRST]));
	range->last = range->first;
	if (attr[DSR_PORT_RANGE_A_LAST])
		range->last = ntohs(nla_get_u16(attr[DSR_PORT_RANGE_A_LAST]));
	key->n_ports++;
	return true;
}

static bool msg_read_ports(struct nlattr *service, struct service_key *key)
{
	struct nlattr *attr;
	int left;

	nla_for_each_nested(attr, service, left) {
		if (nla_type(attr) == DSR_SERVICE_A_PORTS &&
		    !msg_read_range(attr, key))
			return false;
	}
	return true;
}

/* False if the key is not complete. */
static bool msg_read_key(struct nlattr *nest, struct nlattr **attr,
			     struct service_key *key)
{
	if (attr[DSR_SERVICE_A_FWMARK]) {
		key->fwmark = nla_get_u32(attr[DSR_SERVICE_A_FWMARK]);
		return true;
	}
	if (!attr[DSR_SERVICE_A_PROTOCOL] ||
	    !msg_read_addr(attr[DSR_SERVICE_A_IPV4],
			       attr[DSR_SERVICE_A_IPV6], &key->addr))
		return false;
	key->protocol = nla_get_u8(attr[DSR_SERVICE_A_PROTOCOL]);
	key->prefix_len = addr_bits(&key->addr);
	if (attr[DSR_SERVICE_A_PREFIX_LEN])
		key->prefix_len = nla_get_u8(attr[DSR_SERVICE_A_PREFIX_LEN]);
	return msg_read_ports(nest, key);
}

/* Filled up with zeros, so that groups compare as memory. */
static void msg_read_group(const struct nlattr *attr, char group[GROUP_MAX])
{
	memset(group, 0, GROUP_MAX);
	nla_strlcpy(group, attr, GROUP_MAX);
}

/* @options, which may be NULL, takes what is not the key. */
static bool msg_read_service(struct nlattr *nest, struct service_key *key,
			     struct service *options)
{
	struct nlattr *attr[DSR_SERVICE_A_MAX + 1];

	if (!nest || nla_parse_nested(attr, DSR_SERVICE_A_MAX, nest,
				      msg_service_policy) ||
	    !msg_read_key(nest, attr, key))
		return false;
	if (!options)
		return true;
	if (attr[DSR_SERVICE_A_SCHEDULER])
		nla_strlcpy(options->scheduler, attr[DSR_SERVICE_A_SCHEDULER],
			    SCHEDULER_MAX);
	model_set_defaults(options);
	if (attr[DSR_SERVICE_A_GROUP])
		msg_read_group(attr[DSR_SERVICE_A_GROUP], options->group);
	return read_fields(attr, service_fields, COUNT(service_fields),
			   options, &options->given) &&
	       read_fields(attr, service_told_fields,
			   COUNT(service_told_fields), options, NULL);
}

/* @options, which may be NULL, takes what is not the address. */
static bool msg_read_server(struct nlattr *nest, struct addr *addr,
			    struct server *options)
{
	struct nlattr *attr[DSR_SERVER_A_MAX + 1];

	if (!nest || nla_parse_nested(attr, DSR_SERVER_A_MAX, nest,
				      msg_server_policy) ||
	    !msg_read_addr(attr[DSR_SERVER_A_IPV4], attr[DSR_SERVER_A_IPV6],
			   addr))
		return false;
	if (!options)
		return true;
	if (!attr[DSR_SERVER_A_WEIGHT] ||
	    !read_fields(attr, server_fields, COUNT(server_fields), options,
			 &options->given))
		return false;
	if (!attr[DSR_SERVER_A_SHARE])
		options->share = options->weight;
	return true;
}

static bool msg_read_nexthop(struct nlattr *nest, struct nexthop *nexthop)
{
	struct nlattr *attr[DSR_NEXTHOP_A_MAX + 1];

	if (!nest || nla_parse_nested(attr, DSR_NEXTHOP_A_MAX, nest,
				      msg_nexthop_policy))
		return false;
	if (!attr[DSR_NEXTHOP_A_STATE])
		return false;
	nexthop->state = nla_get_u8(attr[DSR_NEXTHOP_A_STATE]);
	if (attr[DSR_NEXTHOP_A_IFINDEX])
		nexthop->ifindex = nla_get_u32(attr[DSR_NEXTHOP_A_IFINDEX]);
	if (attr[DSR_NEXTHOP_A_MAC]) {
		nexthop->has_mac = true;
		memcpy(&nexthop->mac, nla_data(attr[DSR_NEXTHOP_A_MAC]),
		       sizeof(nexthop->mac));
	}
	return true;
}

static bool msg_read_stats(struct nlattr *nest, struct stats *stats)
{
	struct nlattr *attr[DSR_STATS_A_MAX + 1];

	return nest && !nla_parse_nested(attr, DSR_STATS_A_MAX, nest, NULL) &&
	       read_fields(attr, stats_fields, COUNT(stats_fields), stats,
			   NULL);
}

static bool msg_read_reason(struct nlattr *nest, struct reason *reason)
{
	struct nlattr *attr[DSR_REASON_A_MAX + 1];

	return !nla_parse_nested(attr, DSR_REASON_A_MAX, nest, NULL) &&
	       attr[DSR_REASON_A_REASON] &&
	       read_fields(attr, reason_fields, COUNT(reason_fields), reason,
			   NULL);
}

static bool msg_reply_service(struct nlattr **attr, struct model *model)
{
	struct service *service = model_add_service(model);

	return msg_read_service(attr[DSR_A_SERVICE], &service->key,
				    service) &&
	       msg_read_stats(attr[DSR_A_STATS], &service->stats);
}

/* Most servers' devices are those of the one before, and asking takes time. */
static void msg_name_dev(struct server *server, const struct server *last)
{
	if (last && last->ifindex == server->ifindex)
		memcpy(server->dev, last->dev, IF_NAMESIZE);
	else
		msg_dev_name(server->ifindex, server->dev);
}

/* Likewise; @last may have none. */
static void msg_name_nexthop(struct nexthop *nexthop,
			     const struct server_state *last)
{
	if (last && last->nexthop.ifindex == nexthop->ifindex)
		memcpy(nexthop->dev, last->nexthop.dev, IF_NAMESIZE);
	else
		msg_dev_name(nexthop->ifindex, nexthop->dev);
}

static bool msg_reply_server(struct nlattr **attr, struct model *model)
{
	const struct server *last = NULL;
	struct service_key key = { 0 };
	struct server_state *state;
	struct server *server;

	if (!msg_read_service(attr[DSR_A_SERVICE], &key, NULL))
		return false;
	server = model_add_server(model, &key);
	if (model->n_servers > 1)
		last = server - 1;
	if (!msg_read_server(attr[DSR_A_SERVER], &server->addr, server))
		return false;
	if (model_is_wanted(model))
		return true;
	msg_name_dev(server, last);
	if (model->stateless)
		return true;
	state = model_add_state(model, server);
	if (!msg_read_nexthop(attr[DSR_A_NEXTHOP], &state->nexthop) ||
	    !msg_read_stats(attr[DSR_A_STATS], &state->stats))
		return false;
	msg_name_nexthop(&state->nexthop, last ? last->state : NULL);
	return true;
}

static bool msg_reply_stats(struct genlmsghdr *header, struct model *model)
{
	struct nlattr *attr;
	int left;

	nla_for_each_attr(attr, genlmsg_attrdata(header, 0),
			  genlmsg_attrlen(header, 0), left) {
		if (nla_type(attr) == DSR_A_REASON &&
		    !msg_read_reason(attr, model_add_reason(model)))
			return false;
	}
	return true;
}

static void msg_read_port(struct nlattr *attr, struct endpoint *endpoint)
{
	endpoint->prefix_len = addr_bits(&endpoint->addr);
	if (attr)
		endpoint->port = ntohs(nla_get_u16(attr));
}

static bool msg_read_flow(struct nlattr *nest, struct flow *flow)
{
	struct nlattr *attr[DSR_FLOW_A_MAX + 1];

	if (!nest ||
	    nla_parse_nested(attr, DSR_FLOW_A_MAX, nest, msg_flow_policy) ||
	    !msg_read_addr(attr[DSR_FLOW_A_CLIENT_IPV4],
			   attr[DSR_FLOW_A_CLIENT_IPV6], &flow->client.addr))
		return false;
	msg_read_addr(attr[DSR_FLOW_A_IPV4], attr[DSR_FLOW_A_IPV6],
		      &flow->vip.addr);
	msg_read_port(attr[DSR_FLOW_A_CLIENT_PORT], &flow->client);
	msg_read_port(attr[DSR_FLOW_A_PORT], &flow->vip);
	if (attr[DSR_FLOW_A_CLIENT_PREFIX_LEN])
		flow->client.prefix_len =
			nla_get_u8(attr[DSR_FLOW_A_CLIENT_PREFIX_LEN]);
	return read_fields(attr, flow_fields, COUNT(flow_fields), flow, NULL);
}

static bool msg_reply_count(struct nlattr *nest, struct model *model)
{
	struct nlattr *attr[DSR_FLOW_A_MAX + 1];

	if (!nest ||
	    nla_parse_nested(attr, DSR_FLOW_A_MAX, nest, msg_flow_policy) ||
	    !attr[DSR_FLOW_A_COUNT])
		return false;
	model->n_forgotten = nla_get_u64(attr[DSR_FLOW_A_COUNT]);
	return true;
}

static bool msg_reply_settings(struct nlattr *nest, struct model *model)
{
	struct nlattr *attr[DSR_SETTINGS_A_MAX + 1];

	return nest &&
	       !nla_parse_nested(attr, DSR_SETTINGS_A_MAX, nest, NULL) &&
	       read_fields(attr, settings_fields, COUNT(settings_fields),
			   &model->settings, NULL);
}

static bool msg_reply_config(struct nlattr *nest, struct model *model)
{
	struct nlattr *attr[DSR_CONFIG_A_MAX + 1];

	return nest && !nla_parse_nested(attr, DSR_CONFIG_A_MAX, nest, NULL) &&
	       attr[DSR_CONFIG_A_GENERATION] &&
	       read_fields(attr, config_fields, COUNT(config_fields),
			   &model->config, NULL);
}

static bool msg_reply_ingress(struct nlattr *nest, struct model *model)
{
	struct ingress *ingress = model_add_ingress(model);
	struct nlattr *attr[DSR_INGRESS_A_MAX + 1];

	if (!nest || nla_parse_nested(attr, DSR_INGRESS_A_MAX, nest,
				      msg_ingress_policy) ||
	    !attr[DSR_INGRESS_A_NAME])
		return false;
	nla_strlcpy(ingress->dev, attr[DSR_INGRESS_A_NAME], IF_NAMESIZE);
	return read_fields(attr, ingress_fields, COUNT(ingress_fields),
			   ingress, NULL);
}

static bool msg_reply_announce(struct nlattr *nest, struct model *model)
{
	struct announce *announce = model_add_announce(model);
	struct nlattr *attr[DSR_ANNOUNCE_A_MAX + 1];

	if (!nest || nla_parse_nested(attr, DSR_ANNOUNCE_A_MAX, nest,
				      msg_announce_policy) ||
	    !attr[DSR_ANNOUNCE_A_NAME])
		return false;
	nla_strlcpy(announce->dev, attr[DSR_ANNOUNCE_A_NAME], IF_NAMESIZE);
	return read_fields(attr, announce_fields, COUNT(announce_fields),
			   announce, NULL);
}

static bool msg_reply_role(struct nlattr *nest, struct model *model)
{
	struct role *role = model_add_role(model);
	struct nlattr *attr[DSR_ROLE_A_MAX + 1];

	if (!nest ||
	    nla_parse_nested(attr, DSR_ROLE_A_MAX, nest, msg_role_policy) ||
	    !attr[DSR_ROLE_A_ROLE])
		return false;
	if (attr[DSR_ROLE_A_GROUP])
		msg_read_group(attr[DSR_ROLE_A_GROUP], role->group);
	return read_fields(attr, role_fields, COUNT(role_fields), role, NULL);
}

static bool msg_reply_peer(struct nlattr **attr, struct model *model)
{
	struct nlattr *part[DSR_PEER_A_MAX + 1], *nest = attr[DSR_A_PEER];
	struct server *peer = model_add_peer(model);

	if (!nest || nla_parse_nested(part, DSR_PEER_A_MAX, nest,
				      msg_peer_policy) ||
	    !msg_read_addr(part[DSR_PEER_A_IPV4], part[DSR_PEER_A_IPV6],
			   &peer->addr) ||
	    !read_fields(part, peer_fields, COUNT(peer_fields), peer, NULL) ||
	    !msg_read_nexthop(attr[DSR_A_NEXTHOP],
			      &model_add_state(model, peer)->nexthop))
		return false;
	msg_name_dev(peer, NULL);
	msg_name_nexthop(&peer->state->nexthop, NULL);
	return true;
}

/* The attributes of a message; NULL if there are none to be understood. */
static struct genlmsghdr *msg_parse(struct nlmsghdr *header,
				    struct nlattr *attr[DSR_A_MAX + 1])
{
	if (!genlmsg_valid_hdr(header, 0) ||
	    genlmsg_parse(header, 0, attr, DSR_A_MAX, NULL))
		return NULL;
	return genlmsg_hdr(header);
}

/* A reply's command is that of its request. */
bool msg_read(struct nlmsghdr *header, struct model *model)
{
	struct nlattr *attr[DSR_A_MAX + 1];
	struct genlmsghdr *genl = msg_parse(header, attr);

	if (!genl)
		return false;
	switch (genl->cmd) {
	case DSR_CMD_SERVICE_GET:
		return msg_reply_service(attr, model);
	case DSR_CMD_SERVER_GET:
		return msg_reply_server(attr, model);
	case DSR_CMD_STATS_GET:
		return msg_reply_stats(genl, model);
	case DSR_CMD_FLOW_DEL:
		return msg_reply_count(attr[DSR_A_FLOW], model);
	case DSR_CMD_SETTINGS_GET:
		return msg_reply_settings(attr[DSR_A_SETTINGS], model);
	case DSR_CMD_INGRESS_GET:
		return msg_reply_ingress(attr[DSR_A_INGRESS], model);
	case DSR_CMD_ANNOUNCE_GET:
		return msg_reply_announce(attr[DSR_A_ANNOUNCE], model);
	case DSR_CMD_ROLE_GET:
		return msg_reply_role(attr[DSR_A_ROLE], model);
	case DSR_CMD_PEER_GET:
		return msg_reply_peer(attr, model);
	case DSR_CMD_CONFIG_GET:
	case DSR_CMD_CONFIG_COMMIT:
		return msg_reply_config(attr[DSR_A_CONFIG], model);
	}
	return false;
}

bool msg_read_flow_reply(struct nlmsghdr *header, struct flow *flow)
{
	struct nlattr *attr[DSR_A_MAX + 1];

	memset(flow, 0, sizeof(*flow));
	return genlmsg_valid_hdr(header, 0) &&
	       !genlmsg_parse(header, 0, attr, DSR_A_MAX, NULL) &&
	       genlmsg_hdr(header)->cmd == DSR_CMD_FLOW_GET &&
	       msg_read_service(attr[DSR_A_SERVICE], &flow->service, NULL) &&
	       msg_read_server(attr[DSR_A_SERVER], &flow->server, NULL) &&
	       msg_read_flow(attr[DSR_A_FLOW], flow);
}

static bool msg_read_why(struct nlattr *nest, struct trace *trace)
{
	struct nlattr *attr[DSR_TRACE_A_MAX + 1];

	if (!nest || nla_parse_nested(attr, DSR_TRACE_A_MAX, nest, NULL) ||
	    !attr[DSR_TRACE_A_WHY])
		return false;
	trace->why = nla_get_u8(attr[DSR_TRACE_A_WHY]);
	return true;
}

bool msg_read_trace(struct nlmsghdr *header, struct trace *trace)
{
	struct nlattr *attr[DSR_A_MAX + 1];
	const struct genlmsghdr *genl = msg_parse(header, attr);

	if (!genl || genl->cmd != DSR_CMD_TRACE_GET ||
	    !msg_read_why(attr[DSR_A_TRACE], trace))
		return false;
	trace->has_service = attr[DSR_A_SERVICE];
	trace->has_flow = attr[DSR_A_FLOW];
	trace->has_server = attr[DSR_A_SERVER];
	if (trace->has_service &&
	    !msg_read_service(attr[DSR_A_SERVICE], &trace->service.key,
			      &trace->service))
		return false;
	if (trace->has_flow &&
	    !msg_read_flow(attr[DSR_A_FLOW], &trace->flow))
		return false;
	if (!trace->has_server)
		return true;
	if (!msg_read_server(attr[DSR_A_SERVER], &trace->server.addr,
			     &trace->server) ||
	    !msg_read_nexthop(attr[DSR_A_NEXTHOP],
			      &trace->server_state.nexthop))
		return false;
	trace->server.state = &trace->server_state;
	msg_name_dev(&trace->server, NULL);
	msg_name_nexthop(&trace->server_state.nexthop, NULL);
	return true;
}

bool msg_read_event(struct nlmsghdr *header, struct event *event)
{
	struct nlattr *attr[DSR_A_MAX + 1];
	const struct genlmsghdr *genl = msg_parse(header, attr);

	model_clear(&event->model);
	if (!genl)
		return false;
	event->kind = genl->cmd;
	if (attr[DSR_A_ROLE])
		return msg_reply_role(attr[DSR_A_ROLE], &event->model);
	if (attr[DSR_A_PEER])
		return msg_reply_peer(attr, &event->model);
	return attr[DSR_A_SERVER] ? msg_reply_server(attr, &event->model) :
				    msg_reply_service(attr, &event->model);
}

bool msg_tells_end(struct nlmsghdr *header, const char *family)
{
	struct nlattr *attr[CTRL_ATTR_MAX + 1];

	return header->nlmsg_type == GENL_ID_CTRL &&
	       genlmsg_valid_hdr(header, 0) &&
	       genlmsg_hdr(header)->cmd == CTRL_CMD_DELFAMILY &&
	       !genlmsg_parse(header, 0, attr, CTRL_ATTR_MAX, NULL) &&
	       attr[CTRL_ATTR_FAMILY_NAME] &&
	       !nla_strcmp(attr[CTRL_ATTR_FAMILY_NAME], family);
}

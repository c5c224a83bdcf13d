// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "nl.h"

/* How often a dump is begun again when a change cut into it. */
#define DUMP_TRIES	10

/* "server ADDRESS of SERVICE" */
#define SUBJECT_TEXT	(ADDR_TEXT + SERVICE_TEXT + 16)

struct dsr_nl {
	struct nl_sock *sock;
	int family;

	/* The call under way. */
	struct model *model;		/* where replies go */
	bool done;
	bool interrupted;		/* a change cut into the dump */
	int error;			/* 0, or the kernel's errno */
	char message[256];		/* the kernel's words, or empty */
};

/* One request; service and server may be missing. */
struct dsr_nl_request {
	uint8_t op;
	int flags;			/* NLM_F_DUMP or 0 */
	const struct service_key *service;
	const struct service *options;	/* what else is said of the service */
	const struct server *server;
};

/* --- Requests ----------------------------------------------------------- */

static int dsr_nl_put_addr(struct nl_msg *msg, const struct addr *addr,
			   int ipv4, int ipv6)
{
	if (addr->family == AF_INET6)
		return nla_put(msg, ipv6, sizeof(addr->v6), &addr->v6);
	return nla_put(msg, ipv4, sizeof(addr->v4), &addr->v4);
}

static int dsr_nl_put_ports(struct nl_msg *msg,
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

static int dsr_nl_put_key(struct nl_msg *msg, const struct service_key *key)
{
	size_t i;

	if (key->fwmark)
		return nla_put_u32(msg, DSR_SERVICE_A_FWMARK, key->fwmark);
	if (nla_put_u8(msg, DSR_SERVICE_A_PROTOCOL, key->protocol) ||
	    dsr_nl_put_addr(msg, &key->addr, DSR_SERVICE_A_IPV4,
			    DSR_SERVICE_A_IPV6))
		return -1;
	if (key->prefix_len != addr_bits(&key->addr) &&
	    nla_put_u8(msg, DSR_SERVICE_A_PREFIX_LEN, key->prefix_len))
		return -1;
	for (i = 0; i < key->n_ports; i++) {
		if (dsr_nl_put_ports(msg, &key->ports[i]))
			return -1;
	}
	return 0;
}

static int dsr_nl_put_service(struct nl_msg *msg,
			      const struct dsr_nl_request *request)
{
	const struct service *options = request->options;
	struct nlattr *nest;

	nest = nla_nest_start(msg, DSR_A_SERVICE | NLA_F_NESTED);
	if (!nest || dsr_nl_put_key(msg, request->service))
		return -1;
	if (options && options->has_echo &&
	    nla_put_u8(msg, DSR_SERVICE_A_ECHO, options->echo))
		return -1;
	if (options && options->scheduler[0] &&
	    nla_put_string(msg, DSR_SERVICE_A_SCHEDULER, options->scheduler))
		return -1;
	return nla_nest_end(msg, nest);
}

static int dsr_nl_put_server(struct nl_msg *msg, const struct server *server)
{
	struct nlattr *nest;

	nest = nla_nest_start(msg, DSR_A_SERVER | NLA_F_NESTED);
	if (!nest || dsr_nl_put_addr(msg, &server->addr, DSR_SERVER_A_IPV4,
				     DSR_SERVER_A_IPV6))
		return -1;
	if (server->has_weight &&
	    nla_put_u32(msg, DSR_SERVER_A_WEIGHT, server->weight))
		return -1;
	if (server->has_mac &&
	    nla_put(msg, DSR_SERVER_A_MAC, sizeof(server->mac), &server->mac))
		return -1;
	if (server->has_dev &&
	    nla_put_u32(msg, DSR_SERVER_A_IFINDEX, server->ifindex))
		return -1;
	return nla_nest_end(msg, nest);
}

/* NULL if there is no memory. */
static struct nl_msg *dsr_nl_build(const struct dsr_nl *nl,
				   const struct dsr_nl_request *request)
{
	struct nl_msg *msg = nlmsg_alloc();

	if (!msg)
		return NULL;
	if (!genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, nl->family, 0,
			 request->flags, request->op, DSR_GENL_VERSION) ||
	    (request->service && dsr_nl_put_service(msg, request)) ||
	    (request->server && dsr_nl_put_server(msg, request->server))) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

/* --- Replies ------------------------------------------------------------ */

static const struct nla_policy dsr_nl_service_policy[DSR_SERVICE_A_MAX + 1] = {
	[DSR_SERVICE_A_PROTOCOL] = { .type = NLA_U8 },
	[DSR_SERVICE_A_IPV4] = { .type = NLA_U32 },
	[DSR_SERVICE_A_IPV6] = { .minlen = sizeof(struct in6_addr) },
	[DSR_SERVICE_A_PREFIX_LEN] = { .type = NLA_U8 },
	[DSR_SERVICE_A_PORTS] = { .type = NLA_NESTED },
	[DSR_SERVICE_A_FWMARK] = { .type = NLA_U32 },
	[DSR_SERVICE_A_ECHO] = { .type = NLA_U8 },
	[DSR_SERVICE_A_SCHEDULER] = { .type = NLA_STRING },
};

static const struct nla_policy dsr_nl_ports_policy[DSR_PORT_RANGE_A_MAX + 1] = {
	[DSR_PORT_RANGE_A_FIRST] = { .type = NLA_U16 },
	[DSR_PORT_RANGE_A_LAST] = { .type = NLA_U16 },
};

static const struct nla_policy dsr_nl_server_policy[DSR_SERVER_A_MAX + 1] = {
	[DSR_SERVER_A_IPV4] = { .type = NLA_U32 },
	[DSR_SERVER_A_IPV6] = { .minlen = sizeof(struct in6_addr) },
	[DSR_SERVER_A_WEIGHT] = { .type = NLA_U32 },
	[DSR_SERVER_A_MAC] = { .minlen = sizeof(struct mac) },
	[DSR_SERVER_A_IFINDEX] = { .type = NLA_U32 },
};

static const struct nla_policy dsr_nl_nexthop_policy[DSR_NEXTHOP_A_MAX + 1] = {
	[DSR_NEXTHOP_A_STATE] = { .type = NLA_U8 },
	[DSR_NEXTHOP_A_IFINDEX] = { .type = NLA_U32 },
	[DSR_NEXTHOP_A_MAC] = { .minlen = sizeof(struct mac) },
};

static const struct nla_policy dsr_nl_stats_policy[DSR_STATS_A_MAX + 1] = {
	[DSR_STATS_A_PACKETS] = { .type = NLA_U64 },
	[DSR_STATS_A_BYTES] = { .type = NLA_U64 },
	[DSR_STATS_A_FLOWS] = { .type = NLA_U64 },
	[DSR_STATS_A_ACTIVE] = { .type = NLA_U64 },
};

static const struct nla_policy dsr_nl_reason_policy[DSR_REASON_A_MAX + 1] = {
	[DSR_REASON_A_REASON] = { .type = NLA_U32 },
	[DSR_REASON_A_PACKETS] = { .type = NLA_U64 },
};

static uint64_t dsr_nl_u64(struct nlattr *attr)
{
	return attr ? nla_get_u64(attr) : 0;
}

static void dsr_nl_dev_name(uint32_t ifindex, char name[IF_NAMESIZE])
{
	if (ifindex && !if_indextoname(ifindex, name))
		snprintf(name, IF_NAMESIZE, "if%u", ifindex);
}

/* False if neither address is there. */
static bool dsr_nl_parse_addr(struct nlattr *ipv4, struct nlattr *ipv6,
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
static bool dsr_nl_parse_range(struct nlattr *nest, struct service_key *key)
{
	struct nlattr *attr[DSR_PORT_RANGE_A_MAX + 1];
	struct port_range *range = &key->ports[key->n_ports];

	if (key->n_ports == MAX_PORT_RANGES ||
	    nla_parse_nested(attr, DSR_PORT_RANGE_A_MAX, nest,
			     dsr_nl_ports_policy) ||
	    !attr[DSR_PORT_RANGE_A_FIRST])
		return false;
	range->first = ntohs(nla_get_u16(attr[DSR_PORT_RANGE_A_FIRST]));
	range->last = range->first;
	if (attr[DSR_PORT_RANGE_A_LAST])
		range->last = ntohs(nla_get_u16(attr[DSR_PORT_RANGE_A_LAST]));
	key->n_ports++;
	return true;
}

static bool dsr_nl_parse_ports(struct nlattr *service, struct service_key *key)
{
	struct nlattr *attr;
	int left;

	nla_for_each_nested(attr, service, left) {
		if (nla_type(attr) == DSR_SERVICE_A_PORTS &&
		    !dsr_nl_parse_range(attr, key))
			return false;
	}
	return true;
}

/* False if the key is not complete. */
static bool dsr_nl_parse_key(struct nlattr *nest, struct nlattr **attr,
			     struct service_key *key)
{
	if (attr[DSR_SERVICE_A_FWMARK]) {
		key->fwmark = nla_get_u32(attr[DSR_SERVICE_A_FWMARK]);
		return true;
	}
	if (!attr[DSR_SERVICE_A_PROTOCOL] ||
	    !dsr_nl_parse_addr(attr[DSR_SERVICE_A_IPV4],
			       attr[DSR_SERVICE_A_IPV6], &key->addr))
		return false;
	key->protocol = nla_get_u8(attr[DSR_SERVICE_A_PROTOCOL]);
	key->prefix_len = addr_bits(&key->addr);
	if (attr[DSR_SERVICE_A_PREFIX_LEN])
		key->prefix_len = nla_get_u8(attr[DSR_SERVICE_A_PREFIX_LEN]);
	return dsr_nl_parse_ports(nest, key);
}

/* @options, which may be NULL, takes what is not the key. */
static bool dsr_nl_parse_service(struct nlattr *nest, struct service_key *key,
				 struct service *options)
{
	struct nlattr *attr[DSR_SERVICE_A_MAX + 1];

	if (!nest || nla_parse_nested(attr, DSR_SERVICE_A_MAX, nest,
				      dsr_nl_service_policy) ||
	    !dsr_nl_parse_key(nest, attr, key))
		return false;
	if (options && attr[DSR_SERVICE_A_ECHO])
		options->echo = nla_get_u8(attr[DSR_SERVICE_A_ECHO]);
	if (options && attr[DSR_SERVICE_A_SCHEDULER])
		nla_strlcpy(options->scheduler, attr[DSR_SERVICE_A_SCHEDULER],
			    SCHEDULER_MAX);
	return true;
}

static bool dsr_nl_parse_server(struct nlattr *nest, struct server *server)
{
	struct nlattr *attr[DSR_SERVER_A_MAX + 1];

	if (!nest || nla_parse_nested(attr, DSR_SERVER_A_MAX, nest,
				      dsr_nl_server_policy))
		return false;
	if (!attr[DSR_SERVER_A_WEIGHT] ||
	    !dsr_nl_parse_addr(attr[DSR_SERVER_A_IPV4], attr[DSR_SERVER_A_IPV6],
			       &server->addr))
		return false;
	server->weight = nla_get_u32(attr[DSR_SERVER_A_WEIGHT]);
	if (attr[DSR_SERVER_A_MAC])
		memcpy(&server->mac, nla_data(attr[DSR_SERVER_A_MAC]),
		       sizeof(server->mac));
	if (attr[DSR_SERVER_A_IFINDEX])
		server->ifindex = nla_get_u32(attr[DSR_SERVER_A_IFINDEX]);
	dsr_nl_dev_name(server->ifindex, server->dev);
	return true;
}

static bool dsr_nl_parse_nexthop(struct nlattr *nest, struct nexthop *nexthop)
{
	struct nlattr *attr[DSR_NEXTHOP_A_MAX + 1];

	if (!nest || nla_parse_nested(attr, DSR_NEXTHOP_A_MAX, nest,
				      dsr_nl_nexthop_policy))
		return false;
	if (!attr[DSR_NEXTHOP_A_STATE])
		return false;
	nexthop->state = nla_get_u8(attr[DSR_NEXTHOP_A_STATE]);
	if (attr[DSR_NEXTHOP_A_IFINDEX])
		nexthop->ifindex = nla_get_u32(attr[DSR_NEXTHOP_A_IFINDEX]);
	dsr_nl_dev_name(nexthop->ifindex, nexthop->dev);
	if (attr[DSR_NEXTHOP_A_MAC]) {
		nexthop->has_mac = true;
		memcpy(&nexthop->mac, nla_data(attr[DSR_NEXTHOP_A_MAC]),
		       sizeof(nexthop->mac));
	}
	return true;
}

static bool dsr_nl_parse_stats(struct nlattr *nest, struct stats *stats)
{
	struct nlattr *attr[DSR_STATS_A_MAX + 1];

	if (!nest || nla_parse_nested(attr, DSR_STATS_A_MAX, nest,
				      dsr_nl_stats_policy))
		return false;
	stats->packets = dsr_nl_u64(attr[DSR_STATS_A_PACKETS]);
	stats->bytes = dsr_nl_u64(attr[DSR_STATS_A_BYTES]);
	stats->flows = dsr_nl_u64(attr[DSR_STATS_A_FLOWS]);
	stats->active = dsr_nl_u64(attr[DSR_STATS_A_ACTIVE]);
	return true;
}

static bool dsr_nl_parse_reason(struct nlattr *nest, struct reason *reason)
{
	struct nlattr *attr[DSR_REASON_A_MAX + 1];

	if (nla_parse_nested(attr, DSR_REASON_A_MAX, nest,
			     dsr_nl_reason_policy))
		return false;
	if (!attr[DSR_REASON_A_REASON])
		return false;
	reason->reason = nla_get_u32(attr[DSR_REASON_A_REASON]);
	reason->packets = dsr_nl_u64(attr[DSR_REASON_A_PACKETS]);
	return true;
}

static bool dsr_nl_reply_service(struct nlattr **attr, struct model *model)
{
	struct service *service = model_add_service(model);

	return dsr_nl_parse_service(attr[DSR_A_SERVICE], &service->key,
				    service) &&
	       dsr_nl_parse_stats(attr[DSR_A_STATS], &service->stats);
}

static bool dsr_nl_reply_server(struct nlattr **attr, struct model *model)
{
	struct server *server = model_add_server(model);

	return dsr_nl_parse_service(attr[DSR_A_SERVICE], &server->service,
				    NULL) &&
	       dsr_nl_parse_server(attr[DSR_A_SERVER], server) &&
	       dsr_nl_parse_nexthop(attr[DSR_A_NEXTHOP], &server->nexthop) &&
	       dsr_nl_parse_stats(attr[DSR_A_STATS], &server->stats);
}

static bool dsr_nl_reply_stats(struct genlmsghdr *header, struct model *model)
{
	struct nlattr *attr;
	int left;

	nla_for_each_attr(attr, genlmsg_attrdata(header, 0),
			  genlmsg_attrlen(header, 0), left) {
		if (nla_type(attr) == DSR_A_REASON &&
		    !dsr_nl_parse_reason(attr, model_add_reason(model)))
			return false;
	}
	return true;
}

/* A reply's command is that of its request. */
static bool dsr_nl_reply(struct dsr_nl *nl, struct nlmsghdr *header)
{
	struct nlattr *attr[DSR_A_MAX + 1];
	struct genlmsghdr *genl;

	if (!genlmsg_valid_hdr(header, 0) ||
	    genlmsg_parse(header, 0, attr, DSR_A_MAX, NULL))
		return false;
	genl = genlmsg_hdr(header);
	switch (genl->cmd) {
	case DSR_CMD_SERVICE_GET:
		return dsr_nl_reply_service(attr, nl->model);
	case DSR_CMD_SERVER_GET:
		return dsr_nl_reply_server(attr, nl->model);
	case DSR_CMD_STATS_GET:
		return dsr_nl_reply_stats(genl, nl->model);
	}
	return false;
}

/* --- What libnl calls ---------------------------------------------------- */

/* Keep the kernel's words, which follow @skip bytes of payload. */
static void dsr_nl_read_message(struct dsr_nl *nl, struct nlmsghdr *header,
				int skip)
{
	struct nlattr *attr[NLMSGERR_ATTR_MAX + 1];

	if (!(header->nlmsg_flags & NLM_F_ACK_TLVS) ||
	    nlmsg_datalen(header) < skip ||
	    nlmsg_parse(header, skip, attr, NLMSGERR_ATTR_MAX, NULL))
		return;
	if (attr[NLMSGERR_ATTR_MSG])
		nla_strlcpy(nl->message, attr[NLMSGERR_ATTR_MSG],
			    sizeof(nl->message));
}

/* The whole request comes back with an error, unless the kernel capped it. */
static int dsr_nl_error_size(struct nlmsghdr *header)
{
	struct nlmsgerr *error = nlmsg_data(header);

	if (header->nlmsg_flags & NLM_F_CAPPED)
		return sizeof(*error);
	return sizeof(error->error) + error->msg.nlmsg_len;
}

static int dsr_nl_on_valid(struct nl_msg *msg, void *arg)
{
	struct dsr_nl *nl = arg;

	if (dsr_nl_reply(nl, nlmsg_hdr(msg)))
		return NL_OK;
	nl->error = EBADMSG;
	return NL_STOP;
}

static int dsr_nl_on_interrupted(struct nl_msg *msg, void *arg)
{
	struct dsr_nl *nl = arg;

	(void)msg;
	nl->interrupted = true;
	return NL_OK;
}

static int dsr_nl_on_ack(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *header = nlmsg_hdr(msg);
	struct dsr_nl *nl = arg;

	dsr_nl_read_message(nl, header, dsr_nl_error_size(header));
	nl->done = true;
	return NL_STOP;
}

/* The end of a dump tells how it went. */
static int dsr_nl_on_finish(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *header = nlmsg_hdr(msg);
	struct dsr_nl *nl = arg;
	int result = 0;

	if (nlmsg_datalen(header) >= (int)sizeof(result))
		memcpy(&result, nlmsg_data(header), sizeof(result));
	if (result < 0)
		nl->error = -result;
	dsr_nl_read_message(nl, header, sizeof(result));
	nl->done = true;
	return NL_STOP;
}

static int dsr_nl_on_error(struct sockaddr_nl *from, struct nlmsgerr *error,
			   void *arg)
{
	struct nlmsghdr *header = (void *)((char *)error - NLMSG_HDRLEN);
	struct dsr_nl *nl = arg;

	(void)from;
	nl->error = -error->error;
	dsr_nl_read_message(nl, header, dsr_nl_error_size(header));
	nl->done = true;
	return NL_STOP;
}

/* --- Calls --------------------------------------------------------------- */

/* Send one request and read all of its answer. Return: 0 or libnl's error. */
static int dsr_nl_exchange(struct dsr_nl *nl,
			   const struct dsr_nl_request *request)
{
	struct nl_msg *msg = dsr_nl_build(nl, request);
	int result;

	if (!msg)
		return -NLE_NOMEM;
	nl->done = nl->interrupted = false;
	nl->error = 0;
	nl->message[0] = '\0';
	result = nl_send_auto(nl->sock, msg);
	nlmsg_free(msg);
	while (result >= 0 && !nl->done && !nl->error)
		result = nl_recvmsgs_default(nl->sock);
	return nl->error || result > 0 ? 0 : result;
}

/* What is being talked about, in front of a message: "service …: " */
static const char *dsr_nl_subject(const struct dsr_nl_request *request,
				  char text[SUBJECT_TEXT])
{
	char service[SERVICE_TEXT], server[ADDR_TEXT];

	text[0] = '\0';
	if (request->service)
		key_text(request->service, service);
	if (request->server)
		snprintf(text, SUBJECT_TEXT, "server %s of %s: ",
			 addr_text(&request->server->addr, server), service);
	else if (request->service)
		snprintf(text, SUBJECT_TEXT, "service %s: ", service);
	return text;
}

static const char *dsr_nl_error_text(int error)
{
	switch (error) {
	case EPERM:
		return "not permitted: this needs root (CAP_NET_ADMIN)";
	case EEXIST:
		return "exists already";
	case ENOENT:
		return "does not exist";
	case EOPNOTSUPP:
		return "the loaded dsr module cannot do this";
	case EBADMSG:
		return "the loaded dsr module and dsrctl do not fit together";
	}
	return strerror(error);
}

/* Return: DONE, or REFUSED with the message in @err. */
static int dsr_nl_call(struct dsr_nl *nl, const struct dsr_nl_request *request,
		       struct err *err)
{
	char subject[SUBJECT_TEXT];
	int result;

	result = dsr_nl_exchange(nl, request);
	dsr_nl_subject(request, subject);
	if (result < 0)
		return err_refused(err, "%snetlink: %s", subject,
				   nl_geterror(result));
	if (nl->error)
		return err_refused(err, "%s%s", subject, nl->message[0] ?
				   nl->message : dsr_nl_error_text(nl->error));
	if (nl->message[0])
		err_warn("%s%s", subject, nl->message);
	return DONE;
}

/* A dump that a change cut into is not consistent: begin again. */
static int dsr_nl_dump(struct dsr_nl *nl, const struct dsr_nl_request *request,
		       struct err *err)
{
	const size_t n_services = nl->model->n_services;
	const size_t n_servers = nl->model->n_servers;
	int status, tries;

	for (tries = 0; tries < DUMP_TRIES; tries++) {
		nl->model->n_services = n_services;
		nl->model->n_servers = n_servers;
		status = dsr_nl_call(nl, request, err);
		if (status || !nl->interrupted)
			return status;
	}
	return err_refused(err, "the configuration changes too fast to be "
			   "read: try again");
}

int dsr_nl_change_service(struct dsr_nl *nl, uint8_t op,
			  const struct service *service, struct err *err)
{
	const struct dsr_nl_request request = {
		.op = op,
		.service = &service->key,
		.options = service,
	};

	return dsr_nl_call(nl, &request, err);
}

int dsr_nl_change_server(struct dsr_nl *nl, uint8_t op,
			 const struct server *server, struct err *err)
{
	const struct dsr_nl_request request = {
		.op = op,
		.service = &server->service,
		.server = server,
	};

	return dsr_nl_call(nl, &request, err);
}

int dsr_nl_get_services(struct dsr_nl *nl, const struct service_key *only,
			struct model *model, struct err *err)
{
	struct dsr_nl_request request = {
		.op = DSR_CMD_SERVICE_GET,
		.service = only,
	};

	nl->model = model;
	if (only)
		return dsr_nl_call(nl, &request, err);
	request.flags = NLM_F_DUMP;
	return dsr_nl_dump(nl, &request, err);
}

int dsr_nl_get_servers(struct dsr_nl *nl, const struct service_key *only,
		       const struct addr *addr, struct model *model,
		       struct err *err)
{
	struct dsr_nl_request request = {
		.op = DSR_CMD_SERVER_GET,
		.service = only,
	};
	struct server server = { 0 };

	nl->model = model;
	if (!addr) {
		request.flags = NLM_F_DUMP;
		return dsr_nl_dump(nl, &request, err);
	}
	server.addr = *addr;
	request.server = &server;
	return dsr_nl_call(nl, &request, err);
}

int dsr_nl_get_stats(struct dsr_nl *nl, const struct service_key *only,
		     const struct addr *addr, struct model *model,
		     struct err *err)
{
	struct dsr_nl_request request = {
		.op = DSR_CMD_STATS_GET,
		.service = only,
	};
	struct server server = { 0 };

	nl->model = model;
	if (addr) {
		server.addr = *addr;
		request.server = &server;
	}
	return dsr_nl_call(nl, &request, err);
}

/* --- The socket ---------------------------------------------------------- */

/* Ask for the kernel's words, and not to have the whole request back. */
static int dsr_nl_want_messages(struct nl_sock *sock)
{
	int on = 1;

	if (setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_EXT_ACK,
		       &on, sizeof(on)) ||
	    setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_CAP_ACK,
		       &on, sizeof(on)))
		return -nl_syserr2nlerr(errno);
	return 0;
}

static void dsr_nl_set_callbacks(struct dsr_nl *nl)
{
	nl_socket_modify_cb(nl->sock, NL_CB_VALID, NL_CB_CUSTOM,
			    dsr_nl_on_valid, nl);
	nl_socket_modify_cb(nl->sock, NL_CB_DUMP_INTR, NL_CB_CUSTOM,
			    dsr_nl_on_interrupted, nl);
	nl_socket_modify_cb(nl->sock, NL_CB_ACK, NL_CB_CUSTOM,
			    dsr_nl_on_ack, nl);
	nl_socket_modify_cb(nl->sock, NL_CB_FINISH, NL_CB_CUSTOM,
			    dsr_nl_on_finish, nl);
	nl_socket_modify_err_cb(nl->sock, NL_CB_CUSTOM, dsr_nl_on_error, nl);
}

/* Return: 0 or libnl's error. */
static int dsr_nl_connect_family(struct dsr_nl *nl)
{
	int result;

	nl->sock = nl_socket_alloc();
	if (!nl->sock)
		return -NLE_NOMEM;
	result = genl_connect(nl->sock);
	if (result >= 0)
		result = dsr_nl_want_messages(nl->sock);
	if (result < 0)
		return result;
	nl->family = genl_ctrl_resolve(nl->sock, DSR_FAMILY_NAME);
	if (nl->family < 0)
		return nl->family;
	dsr_nl_set_callbacks(nl);
	return 0;
}

int dsr_nl_open(struct dsr_nl **nl, struct err *err)
{
	int result = -NLE_NOMEM;

	*nl = calloc(1, sizeof(**nl));
	if (*nl)
		result = dsr_nl_connect_family(*nl);
	if (!result)
		return DONE;
	dsr_nl_close(*nl);
	if (result == -NLE_OBJ_NOTFOUND)
		return err_refused(err, "the dsr module is not loaded: "
				   "modprobe dsr");
	return err_refused(err, "netlink: %s", nl_geterror(result));
}

void dsr_nl_close(struct dsr_nl *nl)
{
	if (!nl)
		return;
	nl_socket_free(nl->sock);
	free(nl);
}

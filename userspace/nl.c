// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "nl.h"
#include "nl_msg.h"

/* How often a dump is begun again when a change cut into it. */
#define DUMP_TRIES	10

/* "server ADDRESS of SERVICE" */
#define SUBJECT_TEXT	(ADDR_TEXT + SERVICE_TEXT + 16)

struct dsr_nl {
	struct nl_sock *sock;
	int family;

	/* The call under way. */
	struct model *model;		/* where replies go, */
	dsr_nl_flow_fn *on_flow;	/* but for flows */
	void *on_flow_arg;
	struct trace *trace;		/* and traces */
	struct dsr_nl_monitor *monitor;
	struct dsr_nl_batch *batch;
	bool done;
	bool interrupted;		/* a change cut into the dump */
	int error;			/* 0, or the kernel's errno */
	char message[256];		/* the kernel's words, or empty */
};

/* Listening for events. */
struct dsr_nl_monitor {
	dsr_nl_event_fn *on_event;
	void *arg;
	struct event event;
};

/*
 * Only the last message of a batch asks for an acknowledgement; before that
 * come the errors of the others, which all fit into the socket's buffer.
 */
#define BATCH_MESSAGES	64
#define BATCH_BYTES	32768

struct dsr_nl_batch {
	struct dsr_nl *nl;
	dsr_nl_refused_fn *refused;
	void *arg;
	char bytes[BATCH_BYTES] __attribute__((aligned(NLMSG_ALIGNTO)));
	size_t len;
	struct nlmsghdr *last;
	uint32_t first_seq;		/* the others' follow */
	uint64_t tags[BATCH_MESSAGES];
	size_t n;
};

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

/* No answer but an event, or word that the module has gone. */
static bool dsr_nl_read_event(struct dsr_nl *nl, struct nlmsghdr *header)
{
	struct dsr_nl_monitor *monitor = nl->monitor;

	if (header->nlmsg_type == nl->family &&
	    !msg_read_event(header, &monitor->event))
		return false;
	if (header->nlmsg_type == nl->family)
		nl->done = !monitor->on_event(&monitor->event, monitor->arg);
	else if (msg_tells_end(header, DSR_FAMILY_NAME))
		nl->error = ENODEV;
	return true;
}

static bool dsr_nl_read(struct dsr_nl *nl, struct nlmsghdr *header)
{
	struct flow flow;

	if (nl->monitor)
		return dsr_nl_read_event(nl, header);
	if (nl->trace)
		return msg_read_trace(header, nl->trace);
	if (!nl->on_flow)
		return msg_read(header, nl->model);
	if (!msg_read_flow_reply(header, &flow))
		return false;
	nl->on_flow(&flow, nl->on_flow_arg);
	return true;
}

static int dsr_nl_on_valid(struct nl_msg *msg, void *arg)
{
	struct dsr_nl *nl = arg;

	if (dsr_nl_read(nl, nlmsg_hdr(msg)))
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
	case ENODEV:
		return "the dsr module was unloaded";
	case EBADMSG:
		return "the loaded dsr module and dsrctl do not fit together";
	}
	return strerror(error);
}

/* Why the kernel has refused something. */
static const char *dsr_nl_why(const struct dsr_nl *nl)
{
	return nl->message[0] ? nl->message : dsr_nl_error_text(nl->error);
}

/* One message of a batch is refused; the answer to the last one ends it. */
static int dsr_nl_on_refused(struct dsr_nl *nl, uint32_t seq)
{
	const struct dsr_nl_batch *batch = nl->batch;
	size_t i = seq - batch->first_seq;

	if (i < batch->n)
		batch->refused(batch->tags[i], dsr_nl_why(nl), batch->arg);
	nl->error = 0;
	nl->message[0] = '\0';
	nl->done = i + 1 == batch->n;
	return nl->done ? NL_STOP : NL_SKIP;
}

static int dsr_nl_on_error(struct sockaddr_nl *from, struct nlmsgerr *error,
			   void *arg)
{
	struct nlmsghdr *header = (void *)((char *)error - NLMSG_HDRLEN);
	struct dsr_nl *nl = arg;

	(void)from;
	nl->error = -error->error;
	dsr_nl_read_message(nl, header, dsr_nl_error_size(header));
	if (nl->batch)
		return dsr_nl_on_refused(nl, error->msg.nlmsg_seq);
	nl->done = true;
	return NL_STOP;
}

/* --- Calls --------------------------------------------------------------- */

/* Send one request and read all of its answer. Return: 0 or libnl's error. */
static int dsr_nl_exchange(struct dsr_nl *nl,
			   const struct nl_request *request)
{
	struct nl_msg *msg = msg_build(nl->family, request);
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
static const char *dsr_nl_subject(const struct nl_request *request,
				  char text[SUBJECT_TEXT])
{
	char service[SERVICE_TEXT], server[ADDR_TEXT];

	text[0] = '\0';
	if (request->service)
		key_text(request->service, service);
	if (request->server)
		snprintf(text, SUBJECT_TEXT, "server %s of %s: ",
			 addr_text(request->server, server), service);
	else if (request->service)
		snprintf(text, SUBJECT_TEXT, "service %s: ", service);
	else if (request->ingress)
		snprintf(text, SUBJECT_TEXT, "ingress %s: ", request->ingress);
	else if (request->announce)
		snprintf(text, SUBJECT_TEXT, "announce %s: ",
			 request->announce->dev);
	else if (request->role && *request->role->group)
		snprintf(text, SUBJECT_TEXT, "role group %s: ",
			 request->role->group);
	else if (request->peer)
		snprintf(text, SUBJECT_TEXT, "peer %s: ",
			 addr_text(request->peer, server));
	return text;
}

/* Return: DONE, or REFUSED with the message in @err. */
static int dsr_nl_call(struct dsr_nl *nl, const struct nl_request *request,
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
		return err_refused(err, "%s%s", subject, dsr_nl_why(nl));
	if (nl->message[0])
		err_warn("%s%s", subject, nl->message);
	return DONE;
}

/* A dump that a change cut into is not consistent: begin again. */
static int dsr_nl_dump(struct dsr_nl *nl, const struct nl_request *request,
		       struct err *err)
{
	const size_t n_services = nl->model->n_services;
	const size_t n_servers = nl->model->n_servers;
	const size_t n_ingresses = nl->model->n_ingresses;
	const size_t n_announces = nl->model->n_announces;
	const size_t n_roles = nl->model->n_roles;
	const size_t n_peers = nl->model->n_peers;
	int status, tries;

	for (tries = 0; tries < DUMP_TRIES; tries++) {
		nl->model->n_services = n_services;
		nl->model->n_servers = n_servers;
		nl->model->n_ingresses = n_ingresses;
		nl->model->n_announces = n_announces;
		nl->model->n_roles = n_roles;
		nl->model->n_peers = n_peers;
		if (request->op == DSR_CMD_SERVER_GET)
			model_forget_running(nl->model);
		status = dsr_nl_call(nl, request, err);
		if (status || !nl->interrupted)
			return status;
	}
	return err_refused(err, "the configuration changes too fast to be "
			   "read: try again");
}

/* The one that a request names, @only, or all if that is NULL. */
static int dsr_nl_get(struct dsr_nl *nl, struct nl_request *request,
		      const void *only, struct model *model, struct err *err)
{
	nl->model = model;
	if (only)
		return dsr_nl_call(nl, request, err);
	request->flags = NLM_F_DUMP;
	return dsr_nl_dump(nl, request, err);
}

int dsr_nl_change_service(struct dsr_nl *nl, uint8_t op,
			  const struct service *service, struct err *err)
{
	const struct nl_request request = {
		.op = op,
		.service = &service->key,
		.options = service,
	};

	return dsr_nl_call(nl, &request, err);
}

int dsr_nl_change_server(struct dsr_nl *nl, uint8_t op,
			 const struct server *server, struct err *err)
{
	const struct nl_request request = {
		.op = op,
		.service = server->service,
		.server = &server->addr,
		.server_options = server,
	};

	return dsr_nl_call(nl, &request, err);
}

int dsr_nl_get_services(struct dsr_nl *nl, const struct service_key *only,
			struct model *model, struct err *err)
{
	struct nl_request request = {
		.op = DSR_CMD_SERVICE_GET,
		.service = only,
	};

	return dsr_nl_get(nl, &request, only, model, err);
}

int dsr_nl_get_servers(struct dsr_nl *nl, const struct service_key *only,
		       const struct addr *addr, struct model *model,
		       struct err *err)
{
	struct nl_request request = {
		.op = DSR_CMD_SERVER_GET,
		.service = only,
		.server = addr,
	};

	return dsr_nl_get(nl, &request, addr, model, err);
}

int dsr_nl_get_stats(struct dsr_nl *nl, const struct service_key *only,
		     const struct addr *addr, struct model *model,
		     struct err *err)
{
	const struct nl_request request = {
		.op = DSR_CMD_STATS_GET,
		.service = only,
		.server = addr,
	};

	nl->model = model;
	return dsr_nl_call(nl, &request, err);
}

int dsr_nl_set_settings(struct dsr_nl *nl, const struct settings *settings,
			struct err *err)
{
	const struct nl_request request = {
		.op = DSR_CMD_SETTINGS_SET,
		.settings = settings,
	};

	return dsr_nl_call(nl, &request, err);
}

int dsr_nl_get_settings(struct dsr_nl *nl, struct model *model,
			struct err *err)
{
	const struct nl_request request = { .op = DSR_CMD_SETTINGS_GET };

	nl->model = model;
	return dsr_nl_call(nl, &request, err);
}

int dsr_nl_change_ingress(struct dsr_nl *nl, uint8_t op, const char *dev,
			  struct err *err)
{
	const struct nl_request request = { .op = op, .ingress = dev };

	return dsr_nl_call(nl, &request, err);
}

int dsr_nl_get_ingresses(struct dsr_nl *nl, const char *only,
			 struct model *model, struct err *err)
{
	struct nl_request request = {
		.op = DSR_CMD_INGRESS_GET,
		.ingress = only,
	};

	return dsr_nl_get(nl, &request, only, model, err);
}

int dsr_nl_change_announce(struct dsr_nl *nl, uint8_t op,
			   const struct announce *announce, struct err *err)
{
	const struct nl_request request = { .op = op, .announce = announce };

	return dsr_nl_call(nl, &request, err);
}

int dsr_nl_get_announces(struct dsr_nl *nl, const struct announce *only,
			 struct model *model, struct err *err)
{
	struct nl_request request = {
		.op = DSR_CMD_ANNOUNCE_GET,
		.announce = only,
	};

	return dsr_nl_get(nl, &request, only, model, err);
}

int dsr_nl_set_role(struct dsr_nl *nl, const struct role *role,
		    struct err *err)
{
	const struct nl_request request = {
		.op = DSR_CMD_ROLE_SET, .role = role, .has_role = true,
	};

	return dsr_nl_call(nl, &request, err);
}

int dsr_nl_get_roles(struct dsr_nl *nl, const struct role *only,
		     struct model *model, struct err *err)
{
	struct nl_request request = {
		.op = DSR_CMD_ROLE_GET, .role = only,
	};

	return dsr_nl_get(nl, &request, only, model, err);
}

int dsr_nl_change_peer(struct dsr_nl *nl, uint8_t op, const struct server *peer,
		       struct err *err)
{
	const struct nl_request request = {
		.op = op,
		.peer = &peer->addr,
		.peer_options = op == DSR_CMD_PEER_ADD ? peer : NULL,
	};

	return dsr_nl_call(nl, &request, err);
}

int dsr_nl_get_peers(struct dsr_nl *nl, const struct addr *only,
		     struct model *model, struct err *err)
{
	struct nl_request request = {
		.op = DSR_CMD_PEER_GET,
		.peer = only,
	};

	return dsr_nl_get(nl, &request, only, model, err);
}

/* --- The whole configuration --------------------------------------------- */

int dsr_nl_get_config(struct dsr_nl *nl, struct model *model, struct err *err)
{
	const struct nl_request request = { .op = DSR_CMD_CONFIG_GET };

	nl->model = model;
	return dsr_nl_call(nl, &request, err);
}

int dsr_nl_config_begin(struct dsr_nl *nl, struct err *err)
{
	const struct nl_request request = { .op = DSR_CMD_CONFIG_BEGIN };

	return dsr_nl_call(nl, &request, err);
}

int dsr_nl_config_commit(struct dsr_nl *nl, struct model *model,
			 struct err *err)
{
	const uint32_t generation = model->config.generation;
	const struct nl_request request = {
		.op = DSR_CMD_CONFIG_COMMIT,
		.generation = &generation,
	};

	nl->model = model;
	return dsr_nl_call(nl, &request, err);
}

/* --- Traces and events ---------------------------------------------------- */

int dsr_nl_trace(struct dsr_nl *nl, struct trace *trace, struct err *err)
{
	const struct nl_request request = {
		.op = DSR_CMD_TRACE_GET, .trace = trace,
	};
	int status;

	nl->trace = trace;
	status = dsr_nl_call(nl, &request, err);
	nl->trace = NULL;
	return status;
}

/*
 * What the kernel says of the module too: from a module that has gone nothing
 * would come any more. Return: 0 or libnl's error.
 */
static int dsr_nl_listen(struct dsr_nl *nl)
{
	int group = genl_ctrl_resolve_grp(nl->sock, DSR_FAMILY_NAME,
					  DSR_MCGRP_CONFIG);

	if (group < 0)
		return group;
	nl_socket_disable_seq_check(nl->sock);
	return nl_socket_add_memberships(nl->sock, group, GENL_ID_CTRL, 0);
}

/* Until the caller has enough. Return: 0 or libnl's error. */
static int dsr_nl_hear(struct dsr_nl *nl)
{
	int result = 0;

	while (!nl->done && !nl->error && result >= 0) {
		result = nl_recvmsgs_default(nl->sock);
		/* This is what libnl makes of ENOBUFS. */
		if (result == -NLE_NOMEM) {
			nl->done = !nl->monitor->on_event(NULL,
							  nl->monitor->arg);
			result = 0;
		}
	}
	return result;
}

int dsr_nl_monitor(struct dsr_nl *nl, dsr_nl_event_fn *on_event, void *arg,
		   struct err *err)
{
	struct dsr_nl_monitor monitor = { .on_event = on_event, .arg = arg };
	int result = dsr_nl_listen(nl);

	nl->monitor = &monitor;
	nl->done = false;
	nl->error = 0;
	if (result >= 0)
		result = dsr_nl_hear(nl);
	nl->monitor = NULL;
	model_clear(&monitor.event.model);
	if (nl->error)
		return err_refused(err, "%s", dsr_nl_error_text(nl->error));
	if (result < 0)
		return err_refused(err, "netlink: %s", nl_geterror(result));
	return DONE;
}

/* --- Flows --------------------------------------------------------------- */

int dsr_nl_get_flows(struct dsr_nl *nl, const struct flow_filter *filter,
		     dsr_nl_flow_fn *on_flow, void *arg, struct err *err)
{
	const struct nl_request request = {
		.op = DSR_CMD_FLOW_GET,
		.flags = NLM_F_DUMP,
		.service = filter->service,
		.server = filter->server,
		.filter = filter,
	};
	int status;

	nl->on_flow = on_flow;
	nl->on_flow_arg = arg;
	status = dsr_nl_call(nl, &request, err);
	nl->on_flow = NULL;
	if (!status && nl->interrupted)
		err_warn("a change came in between: some flows may be missing "
			 "or be there twice");
	return status;
}

int dsr_nl_forget_flows(struct dsr_nl *nl, const struct flow_filter *filter,
			struct model *model, struct err *err)
{
	const struct nl_request request = {
		.op = DSR_CMD_FLOW_DEL,
		.service = filter->service,
		.server = filter->server,
		.filter = filter,
	};

	nl->model = model;
	return dsr_nl_call(nl, &request, err);
}

/* --- Batches ------------------------------------------------------------- */

struct dsr_nl_batch *dsr_nl_batch_start(struct dsr_nl *nl,
					dsr_nl_refused_fn *refused, void *arg)
{
	struct dsr_nl_batch *batch = calloc(1, sizeof(*batch));

	if (!batch) {
		perror("dsrctl");
		exit(REFUSED);
	}
	/* Answers are told apart by their numbers, which are not in turn. */
	nl_socket_disable_seq_check(nl->sock);
	batch->nl = nl;
	batch->refused = refused;
	batch->arg = arg;
	return batch;
}

/* Send what is gathered and read all answers. Return: 0 or libnl's error. */
static int dsr_nl_batch_exchange(struct dsr_nl_batch *batch)
{
	struct dsr_nl *nl = batch->nl;
	int result;

	nl->batch = batch;
	nl->done = false;
	nl->error = 0;
	nl->message[0] = '\0';
	batch->last->nlmsg_flags |= NLM_F_ACK;
	result = nl_sendto(nl->sock, batch->bytes, batch->len);
	while (result >= 0 && !nl->done && !nl->error)
		result = nl_recvmsgs_default(nl->sock);
	nl->batch = NULL;
	batch->len = batch->n = 0;
	return nl->done ? 0 : result;
}

static int dsr_nl_batch_send(struct dsr_nl_batch *batch, struct err *err)
{
	int result;

	if (!batch->n)
		return DONE;
	result = dsr_nl_batch_exchange(batch);
	if (result < 0)
		return err_refused(err, "netlink: %s", nl_geterror(result));
	if (batch->nl->error)
		return err_refused(err, "%s", dsr_nl_why(batch->nl));
	return DONE;
}

static void dsr_nl_batch_append(struct dsr_nl_batch *batch, struct nl_msg *msg,
				uint64_t tag)
{
	struct nlmsghdr *header = nlmsg_hdr(msg);

	nl_complete_msg(batch->nl->sock, msg);
	header->nlmsg_flags &= ~NLM_F_ACK;
	if (!batch->n)
		batch->first_seq = header->nlmsg_seq;
	batch->tags[batch->n++] = tag;
	batch->last = (void *)(batch->bytes + batch->len);
	memcpy(batch->last, header, header->nlmsg_len);
	batch->len += NLMSG_ALIGN(header->nlmsg_len);
}

static int dsr_nl_batch_add(struct dsr_nl_batch *batch,
			    const struct nl_request *request, uint64_t tag,
			    struct err *err)
{
	struct nl_msg *msg = msg_build(batch->nl->family, request);
	int status = DONE;

	if (!msg)
		return err_refused(err, "netlink: %s",
				   nl_geterror(-NLE_NOMEM));
	if (batch->n == BATCH_MESSAGES ||
	    batch->len + nlmsg_total_size(nlmsg_datalen(nlmsg_hdr(msg))) >
	    BATCH_BYTES)
		status = dsr_nl_batch_send(batch, err);
	if (!status)
		dsr_nl_batch_append(batch, msg, tag);
	nlmsg_free(msg);
	return status;
}

int dsr_nl_batch_flow(struct dsr_nl_batch *batch, const struct flow *flow,
		      uint64_t tag, struct err *err)
{
	const struct nl_request request = {
		.op = DSR_CMD_FLOW_ADD,
		.service = &flow->service,
		.server = &flow->server,
		.flow = flow,
	};

	return dsr_nl_batch_add(batch, &request, tag, err);
}

int dsr_nl_batch_service(struct dsr_nl_batch *batch,
			 const struct service *service, uint64_t tag,
			 struct err *err)
{
	const struct nl_request request = {
		.op = DSR_CMD_CONFIG_SERVICE,
		.service = &service->key,
		.options = service,
	};

	return dsr_nl_batch_add(batch, &request, tag, err);
}

int dsr_nl_batch_server(struct dsr_nl_batch *batch,
			const struct server *server, uint64_t tag,
			struct err *err)
{
	const struct nl_request request = {
		.op = DSR_CMD_CONFIG_SERVER,
		.service = server->service,
		.server = &server->addr,
		.server_options = server,
	};

	return dsr_nl_batch_add(batch, &request, tag, err);
}

int dsr_nl_batch_end(struct dsr_nl_batch *batch, struct err *err)
{
	int status = dsr_nl_batch_send(batch, err);

	free(batch);
	return status;
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

/*
 * As much of a dump at a time as the kernel hands out, and room for the errors
 * of a batch. Return: 0 or libnl's error.
 */
static int dsr_nl_want_room(struct nl_sock *sock)
{
	int result = nl_socket_set_msg_buf_size(sock, 32768);

	return result < 0 ? result :
	       nl_socket_set_buffer_size(sock, 1 << 18, 1 << 18);
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
	if (result >= 0)
		result = dsr_nl_want_room(nl->sock);
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

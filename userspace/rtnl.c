// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/inet_diag.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <string.h>

#include "rtnl.h"
#include "sysctl.h"

/* A client somewhere: of a prefix that is no machine's (RFC 5737). */
#define ELSEWHERE	"198.51.100.1"

#define TCP_LISTEN_STATE	(1 << 10)
#define UDP_UNCONNECTED_STATE	(1 << 7)

/* A connection for one request, and where its replies go. */
struct talk {
	struct nl_sock *sock;
	struct nl_msg *msg;
	struct machine *machine;
	uint8_t protocol;
};

typedef int talk_fn(struct nl_msg *msg, void *arg);

/* Begin a request of @type whose header is @header. Return: libnl's error. */
static int talk_start(struct talk *talk, int protocol, int type, int flags,
		      const void *header, size_t len)
{
	void *room;
	int error;

	talk->sock = nl_socket_alloc();
	talk->msg = nlmsg_alloc_simple(type, flags);
	if (!talk->sock || !talk->msg)
		return -NLE_NOMEM;
	error = nl_connect(talk->sock, protocol);
	if (error)
		return error;
	room = nlmsg_reserve(talk->msg, len, NLMSG_ALIGNTO);
	if (!room)
		return -NLE_NOMEM;
	memcpy(room, header, len);
	return 0;
}

/* Send it, and call @on_reply, if any, for each reply. */
static int talk_finish(struct talk *talk, talk_fn *on_reply)
{
	const bool dump = nlmsg_hdr(talk->msg)->nlmsg_flags & NLM_F_DUMP;
	int error;

	if (on_reply)
		nl_socket_modify_cb(talk->sock, NL_CB_VALID, NL_CB_CUSTOM,
				    on_reply, talk);
	error = nl_send_auto(talk->sock, talk->msg);
	if (error < 0)
		return error;
	return dump ? nl_recvmsgs_default(talk->sock) :
	       nl_wait_for_ack(talk->sock);
}

static void talk_end(struct talk *talk)
{
	nlmsg_free(talk->msg);
	nl_socket_free(talk->sock);
}

/* A request without attributes whose replies go to the machine. */
static int talk_ask(struct machine *machine, int protocol, int type, int flags,
		    const void *header, size_t len, talk_fn *on_reply)
{
	struct talk talk = { .machine = machine };
	int error;

	error = talk_start(&talk, protocol, type, flags, header, len);
	if (!error)
		error = talk_finish(&talk, on_reply);
	talk_end(&talk);
	return error;
}

/* --- Reading -------------------------------------------------------------- */

static void rtnl_read_kind(struct nlattr *info, struct device *device)
{
	struct nlattr *attr[IFLA_INFO_MAX + 1];

	if (!nla_parse_nested(attr, IFLA_INFO_MAX, info, NULL) &&
	    attr[IFLA_INFO_KIND])
		nla_strlcpy(device->kind, attr[IFLA_INFO_KIND],
			    sizeof(device->kind));
}

static int rtnl_on_link(struct nl_msg *msg, void *arg)
{
	const struct ifinfomsg *info = nlmsg_data(nlmsg_hdr(msg));
	struct nlattr *attr[IFLA_MAX + 1];
	struct talk *talk = arg;
	struct device *device;

	if (nlmsg_parse(nlmsg_hdr(msg), sizeof(*info), attr, IFLA_MAX, NULL) ||
	    !attr[IFLA_IFNAME])
		return NL_OK;
	device = machine_add_device(talk->machine);
	device->index = info->ifi_index;
	device->flags = info->ifi_flags;
	nla_strlcpy(device->name, attr[IFLA_IFNAME], sizeof(device->name));
	if (attr[IFLA_MASTER])
		device->master = nla_get_u32(attr[IFLA_MASTER]);
	if (attr[IFLA_LINKINFO])
		rtnl_read_kind(attr[IFLA_LINKINFO], device);
	return NL_OK;
}

static bool rtnl_read_addr(struct nlattr *attr, sa_family_t family,
			   struct addr *addr)
{
	const int len = family == AF_INET6 ? sizeof(addr->v6) :
					     sizeof(addr->v4);

	if (!attr || nla_len(attr) != len)
		return false;
	addr->family = family;
	memcpy(&addr->v6, nla_data(attr), len);
	return true;
}

static int rtnl_on_addr(struct nl_msg *msg, void *arg)
{
	const struct ifaddrmsg *info = nlmsg_data(nlmsg_hdr(msg));
	struct nlattr *attr[IFA_MAX + 1];
	struct holding holding = { 0 };
	struct talk *talk = arg;

	if (nlmsg_parse(nlmsg_hdr(msg), sizeof(*info), attr, IFA_MAX, NULL) ||
	    (info->ifa_family != AF_INET && info->ifa_family != AF_INET6) ||
	    !rtnl_read_addr(attr[IFA_LOCAL] ? attr[IFA_LOCAL] :
			    attr[IFA_ADDRESS], info->ifa_family,
			    &holding.addr))
		return NL_OK;
	holding.prefix_len = info->ifa_prefixlen;
	holding.index = info->ifa_index;
	holding.flags = attr[IFA_FLAGS] ? nla_get_u32(attr[IFA_FLAGS]) :
					  info->ifa_flags;
	*machine_add_holding(talk->machine) = holding;
	return NL_OK;
}

static int rtnl_on_route(struct nl_msg *msg, void *arg)
{
	struct nlattr *attr[RTA_MAX + 1];
	struct talk *talk = arg;

	if (!nlmsg_parse(nlmsg_hdr(msg), sizeof(struct rtmsg), attr, RTA_MAX,
			 NULL) && attr[RTA_OIF])
		talk->machine->way_out = nla_get_u32(attr[RTA_OIF]);
	return NL_OK;
}

/* The device by which a client elsewhere is answered, if it can be. */
static void rtnl_read_way_out(struct machine *machine)
{
	const struct rtmsg route = {
		.rtm_family = AF_INET, .rtm_dst_len = 32,
	};
	struct talk talk = { .machine = machine };
	struct in_addr to;

	inet_pton(AF_INET, ELSEWHERE, &to);
	if (!talk_start(&talk, NETLINK_ROUTE, RTM_GETROUTE, 0, &route,
			sizeof(route)) &&
	    !nla_put(talk.msg, RTA_DST, sizeof(to), &to))
		talk_finish(&talk, rtnl_on_route);
	talk_end(&talk);
}

static int rtnl_on_socket(struct nl_msg *msg, void *arg)
{
	const struct inet_diag_msg *info = nlmsg_data(nlmsg_hdr(msg));
	struct nlattr *attr[INET_DIAG_MAX + 1];
	struct listener listener = { 0 };
	struct talk *talk = arg;

	if (nlmsg_parse(nlmsg_hdr(msg), sizeof(*info), attr, INET_DIAG_MAX,
			NULL))
		return NL_OK;
	listener.protocol = talk->protocol;
	listener.port = ntohs(info->id.idiag_sport);
	listener.addr.family = info->idiag_family;
	if (info->idiag_family == AF_INET)
		memcpy(&listener.addr.v4, info->id.idiag_src,
		       sizeof(listener.addr.v4));
	else
		memcpy(&listener.addr.v6, info->id.idiag_src,
		       sizeof(listener.addr.v6));
	listener.only_v6 = attr[INET_DIAG_SKV6ONLY] &&
			   nla_get_u8(attr[INET_DIAG_SKV6ONLY]);
	*machine_add_listener(talk->machine) = listener;
	return NL_OK;
}

static bool rtnl_read_listeners(struct machine *machine, uint8_t family,
				uint8_t protocol)
{
	const struct inet_diag_req_v2 request = {
		.sdiag_family = family, .sdiag_protocol = protocol,
		.idiag_states = protocol == IPPROTO_TCP ?
				TCP_LISTEN_STATE : UDP_UNCONNECTED_STATE,
	};
	struct talk talk = { .machine = machine, .protocol = protocol };
	int error;

	error = talk_start(&talk, NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY,
			   NLM_F_DUMP, &request, sizeof(request));
	if (!error)
		error = talk_finish(&talk, rtnl_on_socket);
	talk_end(&talk);
	return !error;
}

static int read_conf(const char *dev, const char *key)
{
	char name[SYSCTL_NAME];

	return sysctl_read(sysctl_conf("ipv4", dev, key, name));
}

static void rtnl_read_settings(struct machine *machine)
{
	size_t i;

	machine->arp_ignore = read_conf("all", "arp_ignore");
	machine->arp_announce = read_conf("all", "arp_announce");
	machine->rp_filter = read_conf("all", "rp_filter");
	for (i = 0; i < machine->n_devices; i++) {
		struct device *device = &machine->devices[i];

		device->arp_ignore = read_conf(device->name, "arp_ignore");
		device->arp_announce = read_conf(device->name, "arp_announce");
		device->rp_filter = read_conf(device->name, "rp_filter");
	}
	machine->nonlocal_bind[0] = sysctl_read("net.ipv4.ip_nonlocal_bind");
	machine->nonlocal_bind[1] = sysctl_read("net.ipv6.ip_nonlocal_bind");
	machine->forward[0] = sysctl_read("net.ipv4.ip_forward");
	machine->forward[1] = sysctl_read("net.ipv6.conf.all.forwarding");
}

int rtnl_read(struct machine *machine, struct err *err)
{
	const struct ifinfomsg link = { .ifi_family = AF_UNSPEC };
	const struct ifaddrmsg addr = { .ifa_family = AF_UNSPEC };
	int error;

	error = talk_ask(machine, NETLINK_ROUTE, RTM_GETLINK, NLM_F_DUMP,
			 &link, sizeof(link), rtnl_on_link);
	if (!error)
		error = talk_ask(machine, NETLINK_ROUTE, RTM_GETADDR,
				 NLM_F_DUMP, &addr, sizeof(addr),
				 rtnl_on_addr);
	if (error)
		return err_refused(err, "cannot read the network devices: %s",
				   nl_geterror(error));
	rtnl_read_way_out(machine);
	machine->knows_listeners =
		rtnl_read_listeners(machine, AF_INET, IPPROTO_TCP) &&
		rtnl_read_listeners(machine, AF_INET6, IPPROTO_TCP) &&
		rtnl_read_listeners(machine, AF_INET, IPPROTO_UDP) &&
		rtnl_read_listeners(machine, AF_INET6, IPPROTO_UDP);
	rtnl_read_settings(machine);
	return DONE;
}

/* --- Changing ------------------------------------------------------------- */

static int rtnl_refuse(int error, const char *dev, struct err *err)
{
	if (error == -NLE_PERM)
		return err_refused(err, "changing %s needs root "
				   "(CAP_NET_ADMIN)", dev);
	if (error == -NLE_NOACCESS)
		return err_refused(err, "IPv6 is disabled on %s: sysctl -w "
				   "net.ipv6.conf.%s.disable_ipv6=0", dev, dev);
	return err_refused(err, "%s: %s", dev, nl_geterror(error));
}

static int rtnl_change_addr(int type, int flags, const struct addr *addr,
			    unsigned int prefix_len,
			    const struct device *device)
{
	const struct ifaddrmsg info = {
		.ifa_family = addr->family, .ifa_prefixlen = prefix_len,
		.ifa_index = device->index,
		.ifa_flags = machine_v6(addr) ? IFA_F_NODAD : 0,
	};
	struct talk talk = { 0 };
	int error;

	error = talk_start(&talk, NETLINK_ROUTE, type, flags, &info,
			   sizeof(info));
	if (!error)
		error = nla_put(talk.msg, IFA_LOCAL, addr_bits(addr) / 8,
				&addr->v6);
	if (!error)
		error = nla_put(talk.msg, IFA_ADDRESS, addr_bits(addr) / 8,
				&addr->v6);
	if (!error)
		error = talk_finish(&talk, NULL);
	talk_end(&talk);
	return error;
}

int rtnl_add_addr(const struct addr *addr, const struct device *device,
		  struct err *err)
{
	int error;

	error = rtnl_change_addr(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, addr,
				 addr_bits(addr), device);
	if (error && error != -NLE_EXIST)
		return rtnl_refuse(error, device->name, err);
	return DONE;
}

int rtnl_del_addr(const struct holding *holding, const struct device *device,
		  struct err *err)
{
	int error;

	error = rtnl_change_addr(RTM_DELADDR, 0, &holding->addr,
				 holding->prefix_len, device);
	if (error && error != -NLE_NOADDR)
		return rtnl_refuse(error, device->name, err);
	return DONE;
}

static int rtnl_put_dummy(struct nl_msg *msg, const char *name)
{
	struct nlattr *info;

	if (nla_put_string(msg, IFLA_IFNAME, name))
		return -NLE_NOMEM;
	info = nla_nest_start(msg, IFLA_LINKINFO);
	if (!info || nla_put_string(msg, IFLA_INFO_KIND, "dummy"))
		return -NLE_NOMEM;
	nla_nest_end(msg, info);
	return 0;
}

int rtnl_add_dummy(const char *name, struct err *err)
{
	const struct ifinfomsg info = {
		.ifi_family = AF_UNSPEC, .ifi_flags = IFF_UP,
		.ifi_change = IFF_UP,
	};
	struct talk talk = { 0 };
	int error;

	error = talk_start(&talk, NETLINK_ROUTE, RTM_NEWLINK,
			   NLM_F_CREATE | NLM_F_EXCL, &info, sizeof(info));
	if (!error)
		error = rtnl_put_dummy(talk.msg, name);
	if (!error)
		error = talk_finish(&talk, NULL);
	talk_end(&talk);
	return error ? rtnl_refuse(error, name, err) : DONE;
}

static int rtnl_change_device(int type, const struct ifinfomsg *info,
			      const char *name, struct err *err)
{
	int error;

	error = talk_ask(NULL, NETLINK_ROUTE, type, 0, info, sizeof(*info),
			 NULL);
	return error ? rtnl_refuse(error, name, err) : DONE;
}

int rtnl_del_device(const struct device *device, struct err *err)
{
	const struct ifinfomsg info = { .ifi_index = device->index };

	return rtnl_change_device(RTM_DELLINK, &info, device->name, err);
}

int rtnl_set_up(const struct device *device, struct err *err)
{
	const struct ifinfomsg info = {
		.ifi_index = device->index, .ifi_flags = IFF_UP,
		.ifi_change = IFF_UP,
	};

	return rtnl_change_device(RTM_NEWLINK, &info, device->name, err);
}

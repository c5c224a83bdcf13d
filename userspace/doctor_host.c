// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_hook.h>
#include <linux/netfilter_ipv4.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "doctor_host.h"

/* Of linux/if.h, which does not go together with net/if.h. */
#define LOWER_UP	(1 << 16)

/* As much as the kernel puts into one part of a dump, and more. */
#define DUMP_BYTES	65536

void *host_grow(void *array, size_t *n, size_t size)
{
	/* At powers of two, as nobody keeps how much room there is. */
	if (!(*n & (*n - 1))) {
		array = reallocarray(array, *n ? 2 * *n : 1, size);
		if (!array) {
			perror("dsrctl");
			exit(REFUSED);
		}
	}
	memset((char *)array + *n * size, 0, size);
	(*n)++;
	return array;
}

/* --- What netlink tells ---------------------------------------------------- */

/* The attributes of a message, by their number. */
struct attrs {
	const struct rtattr *by[64];
};

static void attrs_read(struct attrs *attrs, const struct rtattr *attr, int len)
{
	memset(attrs, 0, sizeof(*attrs));
	for (; RTA_OK(attr, len); attr = RTA_NEXT(attr, len)) {
		unsigned int type = attr->rta_type & NLA_TYPE_MASK;

		if (type < sizeof(attrs->by) / sizeof(attrs->by[0]))
			attrs->by[type] = attr;
	}
}

/* Return: whether there is one and it is of this size. */
static bool attrs_get(const struct attrs *attrs, unsigned int type, void *to,
		      size_t size)
{
	const struct rtattr *attr = attrs->by[type];

	if (!attr || RTA_PAYLOAD(attr) != size)
		return false;
	memcpy(to, RTA_DATA(attr), size);
	return true;
}

static bool attrs_get_addr(const struct attrs *attrs, unsigned int type,
			   uint8_t family, struct addr *addr)
{
	addr->family = family;
	if (family == AF_INET)
		return attrs_get(attrs, type, &addr->v4, sizeof(addr->v4));
	return family == AF_INET6 &&
	       attrs_get(attrs, type, &addr->v6, sizeof(addr->v6));
}

static bool host_is_vrf(const struct attrs *attrs)
{
	const struct rtattr *info = attrs->by[IFLA_LINKINFO];
	const struct rtattr *kind;
	struct attrs inner;

	if (!info)
		return false;
	attrs_read(&inner, RTA_DATA(info), RTA_PAYLOAD(info));
	kind = inner.by[IFLA_INFO_KIND];
	return kind && RTA_PAYLOAD(kind) >= 3 &&
	       !strncmp(RTA_DATA(kind), "vrf", 3);
}

static bool host_has_xdp(const struct attrs *attrs)
{
	const struct rtattr *xdp = attrs->by[IFLA_XDP];
	struct attrs inner;
	uint8_t mode = XDP_ATTACHED_NONE;

	if (!xdp)
		return false;
	attrs_read(&inner, RTA_DATA(xdp), RTA_PAYLOAD(xdp));
	attrs_get(&inner, IFLA_XDP_ATTACHED, &mode, sizeof(mode));
	return mode != XDP_ATTACHED_NONE;
}

static void host_read_link(struct host *host, const struct nlmsghdr *header)
{
	const unsigned int works = IFF_UP | LOWER_UP;
	const struct ifinfomsg *info = NLMSG_DATA(header);
	struct host_link *link;
	struct attrs attrs;

	link = GROW(host->links, host->n_links);
	attrs_read(&attrs, IFLA_RTA(info), IFLA_PAYLOAD(header));
	link->index = info->ifi_index;
	if (attrs.by[IFLA_IFNAME])
		snprintf(link->name, sizeof(link->name), "%s",
			 (const char *)RTA_DATA(attrs.by[IFLA_IFNAME]));
	attrs_get(&attrs, IFLA_ADDRESS, &link->mac, sizeof(link->mac));
	attrs_get(&attrs, IFLA_MTU, &link->mtu, sizeof(link->mtu));
	attrs_get(&attrs, IFLA_MASTER, &link->master, sizeof(link->master));
	link->vrf = host_is_vrf(&attrs);
	link->xdp = host_has_xdp(&attrs);
	link->segment = info->ifi_type == ARPHRD_ETHER &&
			(info->ifi_flags & works) == works &&
			!(info->ifi_flags & (IFF_LOOPBACK | IFF_NOARP));
}

static void host_read_addr(struct host *host, const struct nlmsghdr *header)
{
	const struct ifaddrmsg *info = NLMSG_DATA(header);
	uint32_t flags = info->ifa_flags;
	struct host_addr *entry;
	struct attrs attrs;
	struct addr addr;

	attrs_read(&attrs, IFA_RTA(info), IFA_PAYLOAD(header));
	attrs_get(&attrs, IFA_FLAGS, &flags, sizeof(flags));
	/* Of a point-to-point link IFA_ADDRESS is the other end. */
	if (!attrs_get_addr(&attrs, IFA_LOCAL, info->ifa_family, &addr) &&
	    !attrs_get_addr(&attrs, IFA_ADDRESS, info->ifa_family, &addr))
		return;
	entry = GROW(host->addrs, host->n_addrs);
	entry->ifindex = info->ifa_index;
	entry->addr = addr;
	entry->prefix_len = info->ifa_prefixlen;
	entry->duplicate = flags & IFA_F_DADFAILED;
	entry->tentative = flags & IFA_F_TENTATIVE;
}

static void host_read_neigh(struct host *host, const struct nlmsghdr *header)
{
	const struct ndmsg *info = NLMSG_DATA(header);
	struct host_neigh *neigh;
	struct attrs attrs;
	struct addr addr;
	struct mac mac;

	attrs_read(&attrs, (const void *)((const char *)info +
					  NLMSG_ALIGN(sizeof(*info))),
		   NLMSG_PAYLOAD(header, sizeof(*info)));
	if (!attrs_get_addr(&attrs, NDA_DST, info->ndm_family, &addr) ||
	    !attrs_get(&attrs, NDA_LLADDR, &mac, sizeof(mac)))
		return;
	neigh = GROW(host->neighs, host->n_neighs);
	neigh->addr = addr;
	neigh->mac = mac;
}

static void host_read_route(struct host *host, const struct nlmsghdr *header)
{
	const struct rtmsg *info = NLMSG_DATA(header);
	struct attrs attrs;

	attrs_read(&attrs, RTM_RTA(info), RTM_PAYLOAD(header));
	if (info->rtm_type != RTN_UNICAST ||
	    (info->rtm_dst_len && !attrs.by[RTA_GATEWAY] && !attrs.by[RTA_VIA] &&
	     !attrs.by[RTA_MULTIPATH] && !attrs.by[RTA_NH_ID]))
		return;
	if (info->rtm_family == AF_INET)
		host->beyond4 = true;
	else if (info->rtm_family == AF_INET6)
		host->beyond6 = true;
}

/* A string of the kernel's, "" if there is none. */
static const char *attrs_text(const struct attrs *attrs, unsigned int type)
{
	const struct rtattr *attr = attrs->by[type];
	const char *text = attr ? RTA_DATA(attr) : "";

	return attr && memchr(text, '\0', RTA_PAYLOAD(attr)) ? text : "";
}

/* "chain inet filter raw", if it is one. */
static void host_read_chain(struct host_hook *hook, const struct attrs *attrs)
{
	static const char *const families[] = {
		[NFPROTO_INET] = "inet", [NFPROTO_IPV4] = "ip",
		[NFPROTO_NETDEV] = "netdev", [NFPROTO_IPV6] = "ip6",
	};
	const struct rtattr *attr = attrs->by[NFNLA_HOOK_CHAIN_INFO];
	struct attrs info, chain;
	uint8_t family = 0;

	if (attr) {
		attrs_read(&info, RTA_DATA(attr), RTA_PAYLOAD(attr));
		attr = info.by[NFNLA_HOOK_INFO_DESC];
	}
	if (!attr)
		return;
	attrs_read(&chain, RTA_DATA(attr), RTA_PAYLOAD(attr));
	attrs_get(&chain, NFNLA_CHAIN_FAMILY, &family, sizeof(family));
	if (family >= sizeof(families) / sizeof(families[0]) ||
	    !families[family])
		return;
	hook->rules = true;
	snprintf(hook->name, sizeof(hook->name), "chain %s %.48s %.48s",
		 families[family], attrs_text(&chain, NFNLA_CHAIN_TABLE),
		 attrs_text(&chain, NFNLA_CHAIN_NAME));
}

static void host_read_hook(struct host *host, const struct nlmsghdr *header)
{
	const struct nfgenmsg *info = NLMSG_DATA(header);
	const char *function, *module;
	struct host_hook *hook;
	struct attrs attrs;
	uint32_t priority;

	attrs_read(&attrs, (const void *)(info + 1),
		   NLMSG_PAYLOAD(header, sizeof(*info)));
	if (!attrs_get(&attrs, NFNLA_HOOK_PRIORITY, &priority,
		       sizeof(priority)))
		return;
	hook = GROW(host->hooks, host->n_hooks);
	if (info->nfgen_family != NFPROTO_NETDEV)
		hook->family = info->nfgen_family;
	hook->priority = ntohl(priority);
	function = attrs_text(&attrs, NFNLA_HOOK_FUNCTION_NAME);
	module = attrs_text(&attrs, NFNLA_HOOK_MODULE_NAME);
	hook->ours = !strcmp(module, "dsr");
	/* The administrator's too: iptables, and flow tables of nft. */
	hook->rules = strstr(function, "t_do_table") ||
		      strstr(function, "nf_flow_offload");
	snprintf(hook->name, sizeof(hook->name), "%.48s%s%.48s", function,
		 *module ? " of " : "", module);
	host_read_chain(hook, &attrs);
}

static void host_read_msg(struct host *host, const struct nlmsghdr *header)
{
	switch (header->nlmsg_type) {
	case RTM_NEWLINK:
		host_read_link(host, header);
		break;
	case RTM_NEWADDR:
		host_read_addr(host, header);
		break;
	case RTM_NEWNEIGH:
		host_read_neigh(host, header);
		break;
	case RTM_NEWROUTE:
		host_read_route(host, header);
		break;
	case NFNL_SUBSYS_HOOK << 8 | NFNL_MSG_HOOK_GET:
		host_read_hook(host, header);
		break;
	}
}

/* Read an answer. Return: whether it has come to its end. */
static bool host_dump(struct host *host, int fd)
{
	static char bytes[DUMP_BYTES] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct nlmsghdr *header;
	ssize_t len;

	for (;;) {
		len = recv(fd, bytes, DUMP_BYTES, 0);
		if (len <= 0)
			return false;
		for (header = (const void *)bytes; NLMSG_OK(header, len);
		     header = NLMSG_NEXT(header, len)) {
			if (header->nlmsg_type == NLMSG_DONE)
				return true;
			if (header->nlmsg_type == NLMSG_ERROR)
				return false;
			host_read_msg(host, header);
		}
	}
}

/* @size: of the table's own header, beyond which the kernel sees attributes. */
static bool host_read_table(struct host *host, int fd, uint16_t type,
			    size_t size)
{
	const struct {
		struct nlmsghdr header;
		struct ifinfomsg info;	/* the longest of them */
	} request = {
		.header = {
			.nlmsg_len = NLMSG_LENGTH(size),
			.nlmsg_type = type,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
	};

	return send(fd, &request, NLMSG_LENGTH(size), 0) ==
		       (ssize_t)NLMSG_LENGTH(size) &&
	       host_dump(host, fd);
}

static bool host_read_tables(struct host *host)
{
	bool done;
	int fd;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0)
		return false;
	done = host_read_table(host, fd, RTM_GETLINK,
			       sizeof(struct ifinfomsg)) &&
	       host_read_table(host, fd, RTM_GETADDR,
			       sizeof(struct ifaddrmsg)) &&
	       host_read_table(host, fd, RTM_GETNEIGH, sizeof(struct ndmsg)) &&
	       host_read_table(host, fd, RTM_GETROUTE, sizeof(struct rtmsg));
	close(fd);
	return done;
}

/* Of prerouting of a family, or of a device's ingress. */
static void host_read_hooks_of(struct host *host, int fd, uint8_t family,
			       const char *dev)
{
	struct {
		struct nlmsghdr header;
		struct nfgenmsg info;
		struct rtattr number_attr;
		uint32_t number;
		struct rtattr dev_attr;
		char dev[IF_NAMESIZE];
	} request = {
		.header = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = NFNL_SUBSYS_HOOK << 8 | NFNL_MSG_HOOK_GET,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
		.info = { .nfgen_family = family },
		.number_attr = { RTA_LENGTH(sizeof(uint32_t)),
				 NFNLA_HOOK_HOOKNUM },
		.number = htonl(family == NFPROTO_NETDEV ?
				(uint32_t)NF_NETDEV_INGRESS :
				(uint32_t)NF_INET_PRE_ROUTING),
		.dev_attr = { RTA_LENGTH(IF_NAMESIZE), NFNLA_HOOK_DEV },
	};
	size_t i = host->n_hooks;

	memcpy(request.dev, dev, strlen(dev) + 1);
	if (send(fd, &request, sizeof(request), 0) == sizeof(request))
		host_dump(host, fd);
	for (; i < host->n_hooks; i++)
		memcpy(host->hooks[i].dev, request.dev, IF_NAMESIZE);
}

/* A kernel that cannot tell has told nothing. */
static void host_read_hooks(struct host *host)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	size_t i;

	if (fd < 0)
		return;
	host_read_hooks_of(host, fd, NFPROTO_IPV4, "");
	host_read_hooks_of(host, fd, NFPROTO_IPV6, "");
	for (i = 0; i < host->n_links; i++)
		host_read_hooks_of(host, fd, NFPROTO_NETDEV,
				   host->links[i].name);
	close(fd);
}

/* --- Other sources ---------------------------------------------------------- */

/* A port of a bridge or a bond is no segment, one of a VRF is. */
static void host_leave_out_ports(struct host *host)
{
	const struct host_link *master;
	size_t i;

	for (i = 0; i < host->n_links; i++) {
		struct host_link *link = &host->links[i];

		master = host_link(host, link->master);
		if (link->master && !(master && master->vrf))
			link->segment = false;
	}
}

static bool host_has_lro(int fd, const char *name)
{
	struct ethtool_value value = { .cmd = ETHTOOL_GFLAGS };
	struct ifreq request = { .ifr_data = (void *)&value };

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	return !ioctl(fd, SIOCETHTOOL, &request) && value.data & ETH_FLAG_LRO;
}

static void host_read_lro(struct host *host)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	size_t i;

	for (i = 0; fd >= 0 && i < host->n_links; i++)
		host->links[i].lro = host_has_lro(fd, host->links[i].name);
	if (fd >= 0)
		close(fd);
}

/* The first line of a file without its end; empty if there is none. */
static const char *host_line(const char *path, char *line, size_t size)
{
	FILE *file = fopen(path, "re");

	if (!file || !fgets(line, size, file))
		line[0] = '\0';
	if (file)
		fclose(file);
	line[strcspn(line, "\n")] = '\0';
	return line;
}

static uint32_t host_number(const char *path)
{
	char line[16];

	return strtoul(host_line(path, line, sizeof(line)), NULL, 10);
}

static bool host_forwards(const char *path)
{
	char line[8];

	return strcmp(host_line(path, line, sizeof(line)), "1") == 0;
}

bool host_parse_ipvs(const char *line, struct endpoint *endpoint)
{
	char protocol[8], text[ADDR_TEXT];
	unsigned int v4, port;

	memset(endpoint, 0, sizeof(*endpoint));
	if (sscanf(line, "%7s %8x:%4x", protocol, &v4, &port) == 3) {
		endpoint->addr.family = AF_INET;
		endpoint->addr.v4.s_addr = htonl(v4);
	} else if (sscanf(line, "%7s [%45[0-9a-fA-F:]]:%4x", protocol, text,
			  &port) != 3 || !addr_parse(text, &endpoint->addr)) {
		return false;
	}
	endpoint->prefix_len = addr_bits(&endpoint->addr);
	endpoint->port = port;
	return strcmp(protocol, "->") != 0;
}

static void host_read_ipvs(struct host *host)
{
	FILE *file = fopen("/proc/net/ip_vs", "re");
	struct endpoint endpoint;
	char line[256];

	while (file && fgets(line, sizeof(line), file)) {
		if (host_parse_ipvs(line, &endpoint))
			*GROW(host->ipvs, host->n_ipvs) = endpoint;
	}
	if (file)
		fclose(file);
}

int host_read(struct host *host, struct err *err)
{
	memset(host, 0, sizeof(*host));
	if (!host_read_tables(host))
		return err_refused(err, "cannot read the devices, addresses, "
				   "neighbours and routes: %s", strerror(errno));
	host_leave_out_ports(host);
	host_read_lro(host);
	host_read_hooks(host);
	host_read_ipvs(host);
	host->forwards4 = host_forwards("/proc/sys/net/ipv4/ip_forward");
	host->forwards6 =
		host_forwards("/proc/sys/net/ipv6/conf/all/forwarding");
	host->tracked =
		host_number("/proc/sys/net/netfilter/nf_conntrack_count");
	host->tracked_max =
		host_number("/proc/sys/net/netfilter/nf_conntrack_max");
	host_line("/sys/module/dsr/version", host->module,
		  sizeof(host->module));
	return DONE;
}

void host_clear(struct host *host)
{
	free(host->links);
	free(host->addrs);
	free(host->neighs);
	free(host->ipvs);
	free(host->hooks);
	memset(host, 0, sizeof(*host));
}

/* --- Looking up ------------------------------------------------------------- */

const struct host_link *host_link(const struct host *host, uint32_t index)
{
	size_t i;

	for (i = 0; i < host->n_links; i++) {
		if (host->links[i].index == index)
			return &host->links[i];
	}
	return NULL;
}

const struct host_addr *host_addr(const struct host *host,
				  const struct addr *addr)
{
	size_t i;

	for (i = 0; i < host->n_addrs; i++) {
		if (!addr_compare(&host->addrs[i].addr, addr))
			return &host->addrs[i];
	}
	return NULL;
}

const struct host_neigh *host_neigh(const struct host *host,
				    const struct mac *mac)
{
	size_t i;

	for (i = 0; i < host->n_neighs; i++) {
		if (!memcmp(&host->neighs[i].mac, mac, sizeof(*mac)))
			return &host->neighs[i];
	}
	return NULL;
}

/* The network that an address is of; false if it is of none. */
static bool host_network(const struct host_addr *at, sa_family_t family,
			 struct addr *network)
{
	*network = at->addr;
	addr_mask(network, at->prefix_len);
	return network->family == family &&
	       at->prefix_len < addr_bits(network) &&
	       !addr_is_loopback(&at->addr) &&
	       !(family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&network->v6));
}

bool host_leads_on(const struct host *host, sa_family_t family)
{
	struct addr first, network;
	bool found = false;
	size_t i;

	if (family == AF_INET6 ? host->beyond6 : host->beyond4)
		return true;
	for (i = 0; i < host->n_addrs; i++) {
		if (!host_network(&host->addrs[i], family, &network))
			continue;
		if (found && addr_compare(&first, &network))
			return true;
		first = network;
		found = true;
	}
	return false;
}

bool host_has_mac(const struct host *host, const struct mac *mac)
{
	size_t i;

	for (i = 0; i < host->n_links; i++) {
		if (!memcmp(&host->links[i].mac, mac, sizeof(*mac)))
			return true;
	}
	return false;
}

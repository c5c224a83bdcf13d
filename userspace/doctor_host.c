// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
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

/* --- What rtnetlink tells -------------------------------------------------- */

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
	}
}

static bool host_ask(int fd, uint16_t type)
{
	const struct {
		struct nlmsghdr header;
		struct ifinfomsg info;	/* the longest of the three */
	} request = {
		.header = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = type,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
		},
	};

	return send(fd, &request, sizeof(request), 0) == sizeof(request);
}

/* Return: whether the dump has come to its end. */
static bool host_dump(struct host *host, int fd, uint16_t type, char *bytes)
{
	const struct nlmsghdr *header;
	ssize_t len;

	if (!host_ask(fd, type))
		return false;
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

static bool host_read_tables(struct host *host)
{
	static char bytes[DUMP_BYTES] __attribute__((aligned(NLMSG_ALIGNTO)));
	bool done;
	int fd;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0)
		return false;
	done = host_dump(host, fd, RTM_GETLINK, bytes) &&
	       host_dump(host, fd, RTM_GETADDR, bytes) &&
	       host_dump(host, fd, RTM_GETNEIGH, bytes);
	close(fd);
	return done;
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
		return err_refused(err, "cannot read the devices, addresses "
				   "and neighbours: %s", strerror(errno));
	host_leave_out_ports(host);
	host_read_lro(host);
	host_read_ipvs(host);
	host->forwards4 = host_forwards("/proc/sys/net/ipv4/ip_forward");
	host->forwards6 =
		host_forwards("/proc/sys/net/ipv6/conf/all/forwarding");
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

bool host_has_mac(const struct host *host, const struct mac *mac)
{
	size_t i;

	for (i = 0; i < host->n_links; i++) {
		if (!memcmp(&host->links[i].mac, mac, sizeof(*mac)))
			return true;
	}
	return false;
}

/* SPDX-License-Identifier: GPL-2.0 */
/* What doctor has to know of the machine it runs on, the director. */
#ifndef DSRCTL_DOCTOR_HOST_H
#define DSRCTL_DOCTOR_HOST_H

#include "model.h"

struct host_link {
	uint32_t index;
	char name[IF_NAMESIZE];
	struct mac mac;
	uint32_t mtu;
	uint32_t master;	/* the device that it is a port of, or 0 */
	bool vrf;		/* its ports are devices of their own */
	bool segment;		/* Ethernet that works, and no port */
	bool lro;
	bool xdp;		/* a program sees packets first */
};

/* What sees packets as they come in; of one place, the first one first. */
struct host_hook {
	uint8_t family;		/* at prerouting; or 0: of a device */
	char dev[IF_NAMESIZE];
	int32_t priority;
	bool ours;
	bool rules;		/* the administrator's, as a chain of nft */
	char name[128];		/* what, in words */
};

struct host_addr {
	uint32_t ifindex;
	struct addr addr;
	uint8_t prefix_len;
	bool duplicate;		/* another machine was found to have it */
	bool tentative;
};

struct host_neigh {
	struct addr addr;
	struct mac mac;
};

struct host {
	struct host_link *links;
	struct host_addr *addrs;
	struct host_neigh *neighs;
	struct endpoint *ipvs;		/* what IPVS balances */
	struct host_hook *hooks;
	size_t n_links, n_addrs, n_neighs, n_ipvs, n_hooks;
	bool forwards4, forwards6;
	bool beyond4, beyond6;		/* a route leads over a router */
	uint32_t tracked, tracked_max;	/* connections; 0: none are tracked */
	char module[32];		/* its version, or empty */
};

/* Return: DONE, or REFUSED with the message in @err. */
int host_read(struct host *host, struct err *err);
void host_clear(struct host *host);

/* Each finds one, or NULL. */
const struct host_link *host_link(const struct host *host, uint32_t index);
const struct host_addr *host_addr(const struct host *host,
				  const struct addr *addr);
const struct host_neigh *host_neigh(const struct host *host,
				    const struct mac *mac);

/*
 * Whether packets of a family can leave the network that they came from: there is
 * a second one, or a route over a router.
 */
bool host_leads_on(const struct host *host, sa_family_t family);

/* Whether a device of this machine has it. */
bool host_has_mac(const struct host *host, const struct mac *mac);

/* A line of /proc/net/ip_vs that names a service. */
bool host_parse_ipvs(const char *line, struct endpoint *endpoint);

/* Add a zeroed entry to an array and point to it. No memory ends the program. */
#define GROW(array, n) \
	((array) = host_grow((array), &(n), sizeof(*(array))), \
	 &(array)[(n) - 1])
void *host_grow(void *array, size_t *n, size_t size);

#endif

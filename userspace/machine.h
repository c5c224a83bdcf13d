/* SPDX-License-Identifier: GPL-2.0 */
/* What matters of this machine to a real server, as plain structures. */
#ifndef DSRCTL_MACHINE_H
#define DSRCTL_MACHINE_H

#include <net/if.h>

#include "addr.h"

struct device {
	unsigned int index, master;	/* master 0: none */
	unsigned int flags;		/* IFF_… */
	char name[IF_NAMESIZE];
	char kind[16];			/* "bridge", …; empty: a real one */
	int arp_ignore, arp_announce, rp_filter;
};

/* An address that a device has. */
struct holding {
	struct addr addr;
	unsigned int prefix_len;
	unsigned int index;		/* the device's */
	uint32_t flags;			/* IFA_F_… */
};

struct listener {
	struct addr addr;
	uint16_t port;			/* host byte order */
	uint8_t protocol;
	bool only_v6;
};

struct machine {
	struct device *devices;
	struct holding *holdings;
	struct listener *listeners;
	size_t n_devices, n_holdings, n_listeners;
	bool knows_listeners;
	/* net.ipv4.conf.all.… */
	int arp_ignore, arp_announce, rp_filter;
	/* By family; see machine_v6(). */
	int nonlocal_bind[2], forward[2];
	unsigned int way_out;	/* to clients elsewhere; 0: there is none */
};

static inline bool machine_v6(const struct addr *addr)
{
	return addr->family == AF_INET6;
}

/* Each adds a zeroed entry and returns it. No memory ends the program. */
struct device *machine_add_device(struct machine *machine);
struct holding *machine_add_holding(struct machine *machine);
struct listener *machine_add_listener(struct machine *machine);

/* By its index or name, or NULL. */
const struct device *machine_device(const struct machine *machine,
				    unsigned int index);
const struct device *machine_device_named(const struct machine *machine,
					  const char *name);

/*
 * Whether a device is on a network and answers there for the addresses that it
 * has: not a loopback, a dummy, a bridge without ports or a port of a bridge.
 */
bool machine_on_wire(const struct machine *machine,
		     const struct device *device);

void machine_clear(struct machine *machine);

#endif

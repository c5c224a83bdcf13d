/* SPDX-License-Identifier: GPL-2.0 */
/* What is wrong with a real server: from a machine to its faults. Pure. */
#ifndef DSRCTL_REALSERVER_H
#define DSRCTL_REALSERVER_H

#include "key.h"
#include "machine.h"

/* One thing that is wrong. */
struct fault {
	const char *name;
	bool has_vip;		/* or it concerns every IPv4 VIP */
	struct addr vip;
	char *where;		/* devices, or NULL */
	char *seen;		/* the evidence */
	char *mend;		/* the command that mends it */
};

struct faults {
	struct fault *faults;
	size_t n;
};

/*
 * A rule of ARP, which the larger of the settings of "all" and of the device
 * that is asked decides.
 */
struct arp_rule {
	const char *fault, *key;
	int want;
	const char *otherwise;		/* what happens on a device */
	size_t of_all, of_device;	/* offsets of the settings */
};

extern const struct arp_rule arp_rules[];	/* ends with an empty one */

/* The setting of a rule for all devices, and of one. */
int arp_setting(const struct arp_rule *rule, const struct machine *machine);
int arp_setting_of(const struct arp_rule *rule, const struct device *device);

/* Whether a device keeps a rule when the setting of all is @all. */
bool arp_keeps(const struct arp_rule *rule, const struct device *device,
	       int all);

/* A device on a network that asks for and answers ARP. */
bool realserver_asks_arp(const struct machine *machine,
			 const struct device *device);

/* A device by which requests may come in and are dropped by rp_filter. */
bool realserver_filters(const struct machine *machine,
			const struct device *device);

/* The device, off the network, that has a VIP as it should be, or NULL. */
const struct device *realserver_holder(const struct machine *machine,
				       const struct addr *vip);

/* Find the faults; they are to be cleared. */
void realserver_check(const struct machine *machine,
		      const struct service_key *vips, size_t n_vips,
		      struct faults *faults);
void faults_clear(struct faults *faults);

#endif

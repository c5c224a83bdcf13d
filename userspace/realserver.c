// SPDX-License-Identifier: GPL-2.0
#include <linux/if_addr.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "realserver.h"
#include "sysctl.h"

const struct arp_rule arp_rules[] = {
	{ "arp-ignore", "arp_ignore", 1, "ARP for the VIPs is answered on",
	  offsetof(struct machine, arp_ignore),
	  offsetof(struct device, arp_ignore) },
	{ "arp-announce", "arp_announce", 2, "ARP requests are sent in the VIPs' name on",
	  offsetof(struct machine, arp_announce),
	  offsetof(struct device, arp_announce) },
	{ 0 },
};

/* What is being checked. */
struct check {
	const struct machine *machine;
	struct faults *faults;
};

/* --- Text ----------------------------------------------------------------- */

static char *text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Formatted, to be freed. No memory ends the program. */
static char *text(const char *fmt, ...)
{
	va_list args;
	char *result;
	int len;

	va_start(args, fmt);
	len = vasprintf(&result, fmt, args);
	va_end(args);
	if (len < 0) {
		perror("dsrctl");
		exit(REFUSED);
	}
	return result;
}

/* Add to a list that is NULL at first. */
static void text_list(char **list, const char *word)
{
	char *longer = *list ? text("%s, %s", *list, word) : text("%s", word);

	free(*list);
	*list = longer;
}

/* A fault with texts that it takes over. */
static void fault_add(struct check *check, const char *name,
		      const struct addr *vip, char *where, char *seen,
		      char *mend)
{
	struct faults *faults = check->faults;
	struct fault *fault;

	faults->faults = reallocarray(faults->faults, faults->n + 1,
				      sizeof(*faults->faults));
	if (!faults->faults) {
		perror("dsrctl");
		exit(REFUSED);
	}
	fault = &faults->faults[faults->n++];
	*fault = (struct fault){
		.name = name, .has_vip = vip, .where = where, .seen = seen,
		.mend = mend,
	};
	if (vip)
		fault->vip = *vip;
}

void faults_clear(struct faults *faults)
{
	size_t i;

	for (i = 0; i < faults->n; i++) {
		free(faults->faults[i].where);
		free(faults->faults[i].seen);
		free(faults->faults[i].mend);
	}
	free(faults->faults);
	*faults = (struct faults){ 0 };
}

/* --- The VIPs ------------------------------------------------------------- */

static bool holding_is_good(const struct machine *machine,
			    const struct holding *holding)
{
	const struct device *device = machine_device(machine, holding->index);

	return device && device->flags & IFF_UP &&
	       !machine_on_wire(machine, device) &&
	       holding->prefix_len == addr_bits(&holding->addr) &&
	       !(holding->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED));
}

const struct device *realserver_holder(const struct machine *machine,
				       const struct addr *vip)
{
	size_t i;

	for (i = 0; i < machine->n_holdings; i++) {
		const struct holding *holding = &machine->holdings[i];

		if (!addr_compare(&holding->addr, vip) &&
		    holding_is_good(machine, holding))
			return machine_device(machine, holding->index);
	}
	return NULL;
}

/* The command that gives this machine a VIP. */
static char *mend_add(const struct addr *vip)
{
	char addr[ADDR_TEXT];

	return text("ip addr add %s/%u dev lo%s", addr_text(vip, addr),
		    addr_bits(vip), machine_v6(vip) ? " nodad" : "");
}

/* The one that puts it right, if it is not right elsewhere. */
static char *mend_move(const struct check *check,
		       const struct holding *holding,
		       const struct device *device)
{
	const struct addr *vip = &holding->addr;
	char *add = NULL, *result;
	char addr[ADDR_TEXT];

	if (!realserver_holder(check->machine, vip))
		add = mend_add(vip);
	result = text("ip addr del %s/%u dev %s%s%s", addr_text(vip, addr),
		      holding->prefix_len, device->name, add ? " && " : "",
		      add ? add : "");
	free(add);
	return result;
}

static void check_missing(struct check *check, const struct addr *vip)
{
	const bool v6 = machine_v6(vip);

	fault_add(check, "vip-missing", vip, NULL,
		  text("no device has it, so its packets are %s",
		       check->machine->forward[v6] ?
		       "routed back to the director, as this machine forwards" :
		       "dropped"), mend_add(vip));
	if (check->machine->nonlocal_bind[v6])
		fault_add(check, "nonlocal-bind", vip, NULL,
			  text("net.ipv%d.ip_nonlocal_bind=1 lets a program "
			       "bind to it, but its packets are not taken",
			       v6 ? 6 : 4),
			  text("sysctl -w net.ipv%d.ip_nonlocal_bind=0",
			       v6 ? 6 : 4));
}

static void check_mask(struct check *check, const struct holding *holding,
		       const struct device *device)
{
	struct addr network = holding->addr;
	char addr[ADDR_TEXT];

	if (holding->prefix_len == addr_bits(&holding->addr))
		return;
	addr_mask(&network, holding->prefix_len);
	fault_add(check, "vip-mask", &holding->addr, text("%s", device->name),
		  text("its mask is /%u, so this machine takes all of %s/%u "
		       "for its own and answers nobody there",
		       holding->prefix_len, addr_text(&network, addr),
		       holding->prefix_len),
		  mend_move(check, holding, device));
}

static void check_state(struct check *check, const struct holding *holding,
			const struct device *device)
{
	const bool failed = holding->flags & IFA_F_DADFAILED;

	if (!failed && !(holding->flags & IFA_F_TENTATIVE))
		return;
	fault_add(check, failed ? "vip-dadfailed" : "vip-tentative",
		  &holding->addr, text("%s", device->name),
		  text("it is not used, as %s", failed ?
		       "another machine was found to have it" :
		       "it is not known whether another machine has it"),
		  mend_move(check, holding, device));
}

static void check_holding(struct check *check, const struct holding *holding)
{
	const struct device *device;

	device = machine_device(check->machine, holding->index);
	if (!device)
		return;
	if (machine_on_wire(check->machine, device))
		fault_add(check, "vip-on-wire", &holding->addr,
			  text("%s", device->name),
			  text("%s is on a network and answers %s there, in "
			       "the director's place", device->name,
			       machine_v6(&holding->addr) ?
			       "neighbour solicitations for it" :
			       "ARP for it"),
			  mend_move(check, holding, device));
	else
		check_mask(check, holding, device);
	check_state(check, holding, device);
	if (!(device->flags & IFF_UP))
		fault_add(check, "device-down", &holding->addr,
			  text("%s", device->name),
			  text("%s is down, so its addresses are not used",
			       device->name),
			  text("ip link set %s up", device->name));
}

static void check_vip(struct check *check, const struct addr *vip)
{
	const struct machine *machine = check->machine;
	bool missing = true;
	size_t i;

	for (i = 0; i < machine->n_holdings; i++) {
		if (addr_compare(&machine->holdings[i].addr, vip))
			continue;
		missing = false;
		check_holding(check, &machine->holdings[i]);
	}
	if (missing)
		check_missing(check, vip);
}

/* --- ARP ------------------------------------------------------------------ */

int arp_setting(const struct arp_rule *rule, const struct machine *machine)
{
	return *(const int *)((const char *)machine + rule->of_all);
}

int arp_setting_of(const struct arp_rule *rule, const struct device *device)
{
	return *(const int *)((const char *)device + rule->of_device);
}

static int larger(int a, int b)
{
	return a > b ? a : b;
}

/* arp_ignore=2 is stricter than 1; what is above 2 means something else. */
bool arp_keeps(const struct arp_rule *rule, const struct device *device,
	       int all)
{
	const int value = larger(arp_setting_of(rule, device), all);

	return value == rule->want || value == 2;
}

bool realserver_asks_arp(const struct machine *machine,
			 const struct device *device)
{
	return device->flags & IFF_UP && machine_on_wire(machine, device);
}

/* A device that does not keep the rule whatever the setting of all is. */
static void check_arp_own(struct check *check, const struct arp_rule *rule,
			  const struct device *device)
{
	char name[SYSCTL_NAME];

	sysctl_conf("ipv4", device->name, rule->key, name);
	fault_add(check, rule->fault, NULL, text("%s", device->name),
		  text("%s %s: %s=%d, and the larger of this and that of all "
		       "counts", rule->otherwise, device->name, name,
		       arp_setting_of(rule, device)),
		  text("sysctl -w net.ipv4.conf.all.%s=%d %s=%d", rule->key,
		       rule->want, name, rule->want));
}

/* Someone has set the rule for a device that no request comes in by. */
static void check_arp_aside(struct check *check, const struct arp_rule *rule)
{
	const struct machine *machine = check->machine;
	char *where = NULL;
	size_t i;

	for (i = 0; i < machine->n_devices; i++) {
		const struct device *device = &machine->devices[i];

		if (arp_setting_of(rule, device) &&
		    !machine_on_wire(machine, device) && !device->master)
			text_list(&where, device->name);
	}
	if (!where)
		return;
	fault_add(check, !strcmp(rule->key, "arp_ignore") ?
		  "arp-ignore-aside" : "arp-announce-aside", NULL,
		  where, text("%s is set of %s, which does nothing: what "
			      "counts is the device that is on the network",
			      rule->key, where),
		  text("sysctl -w net.ipv4.conf.all.%s=%d", rule->key,
		       rule->want));
}

static void check_arp(struct check *check, const struct arp_rule *rule)
{
	const struct machine *machine = check->machine;
	const int all = arp_setting(rule, machine);
	char *where = NULL;
	size_t i;

	for (i = 0; i < machine->n_devices; i++) {
		const struct device *device = &machine->devices[i];

		if (!realserver_asks_arp(machine, device) ||
		    arp_keeps(rule, device, all))
			continue;
		if (arp_keeps(rule, device, rule->want))
			text_list(&where, device->name);
		else
			check_arp_own(check, rule, device);
	}
	if (!where)
		return;
	fault_add(check, rule->fault, NULL, where,
		  text("%s %s: net.ipv4.conf.all.%s=%d, and that of the device "
		       "is no larger", rule->otherwise, where, rule->key, all),
		  text("sysctl -w net.ipv4.conf.all.%s=%d", rule->key,
		       rule->want));
	check_arp_aside(check, rule);
}

/* --- Reverse path --------------------------------------------------------- */

static bool has_ipv4(const struct machine *machine,
		     const struct device *device)
{
	size_t i;

	for (i = 0; i < machine->n_holdings; i++) {
		if (machine->holdings[i].index == device->index &&
		    !machine_v6(&machine->holdings[i].addr))
			return true;
	}
	return false;
}

/* Bridges carry containers and virtual machines rather than requests. */
bool realserver_filters(const struct machine *machine,
			const struct device *device)
{
	return realserver_asks_arp(machine, device) &&
	       strcmp(device->kind, "bridge") && has_ipv4(machine, device) &&
	       larger(machine->rp_filter, device->rp_filter) == 1 &&
	       machine->way_out && machine->way_out != device->index;
}

static void check_rp_filter(struct check *check, const struct device *device)
{
	const struct device *out = machine_device(check->machine,
						  check->machine->way_out);
	char name[SYSCTL_NAME];

	if (!out || !realserver_filters(check->machine, device))
		return;
	sysctl_conf("ipv4", device->name, "rp_filter", name);
	fault_add(check, "rp-filter", NULL, text("%s", device->name),
		  text("%s drops requests of clients that are answered by %s: "
		       "%s=%d, of all %d", device->name, out->name, name,
		       device->rp_filter, check->machine->rp_filter),
		  text("sysctl -w %s=2", name));
}

/* --- Programs ------------------------------------------------------------- */

static bool is_any(const struct addr *addr)
{
	static const struct in6_addr any;

	return !memcmp(&addr->v6, &any, addr_bits(addr) / 8);
}

static bool listens(const struct listener *listener, const struct addr *vip)
{
	if (!is_any(&listener->addr))
		return !addr_compare(&listener->addr, vip);
	return listener->addr.family == vip->family ||
	       (machine_v6(&listener->addr) && !listener->only_v6);
}

static void check_port(struct check *check, const struct service_key *key,
		       uint16_t port)
{
	const struct machine *machine = check->machine;
	const char *protocol = key_protocol_name(key->protocol);
	char addr[ADDR_TEXT], *others = NULL;
	size_t i;

	for (i = 0; i < machine->n_listeners; i++) {
		const struct listener *listener = &machine->listeners[i];

		if (listener->protocol != key->protocol ||
		    listener->port != port)
			continue;
		if (listens(listener, &key->addr)) {
			free(others);
			return;
		}
		text_list(&others, addr_text(&listener->addr, addr));
	}
	fault_add(check, "not-listening", &key->addr, NULL,
		  text("no program listens on %s port %u of it%s%s", protocol,
		       port, others ? ", but of " : "", others ? others : ""),
		  text("have the program listen on port %u of %s or of all "
		       "addresses", port, addr_text(&key->addr, addr)));
	free(others);
}

/* Of a range of ports, as that of passive FTP, not all need be in use. */
static void check_ports(struct check *check, const struct service_key *key)
{
	size_t i;

	if (!check->machine->knows_listeners ||
	    (key->protocol != IPPROTO_TCP && key->protocol != IPPROTO_UDP))
		return;
	for (i = 0; i < key->n_ports; i++) {
		if (key->ports[i].first == key->ports[i].last)
			check_port(check, key, key->ports[i].first);
	}
}

/* -------------------------------------------------------------------------- */

static void check_ipv4(struct check *check)
{
	const struct machine *machine = check->machine;
	const struct arp_rule *rule;
	size_t i;

	for (rule = arp_rules; rule->fault; rule++)
		check_arp(check, rule);
	for (i = 0; i < machine->n_devices; i++)
		check_rp_filter(check, &machine->devices[i]);
}

void realserver_check(const struct machine *machine,
		      const struct service_key *vips, size_t n_vips,
		      struct faults *faults)
{
	struct check check = { .machine = machine, .faults = faults };
	struct addr *addresses;
	bool ipv4 = false;
	size_t i, n;

	*faults = (struct faults){ 0 };
	addresses = key_addresses(vips, n_vips, &n);
	for (i = 0; i < n; i++) {
		check_vip(&check, &addresses[i]);
		ipv4 |= !machine_v6(&addresses[i]);
	}
	for (i = 0; i < n_vips; i++)
		check_ports(&check, &vips[i]);
	if (ipv4)
		check_ipv4(&check);
	free(addresses);
}

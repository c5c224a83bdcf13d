// SPDX-License-Identifier: GPL-2.0
/* What realserver check finds of machines that are made up. */
#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "realserver.h"

#define VIP	"192.0.2.10"
#define VIP6	"2001:db8::10"

enum { LO = 1, ETH0, ETH1, DOCKER0, DUMMY };

static int failures;

static struct addr addr(const char *text)
{
	struct addr result;

	if (!addr_parse(text, &result))
		abort();
	return result;
}

static struct device *device(struct machine *machine, unsigned int index,
			     const char *name, unsigned int flags)
{
	struct device *new = machine_add_device(machine);

	new->index = index;
	new->flags = IFF_UP | flags;
	snprintf(new->name, sizeof(new->name), "%s", name);
	return new;
}

static struct holding *hold(struct machine *machine, unsigned int index,
			    const char *text, unsigned int len)
{
	struct holding *new = machine_add_holding(machine);

	new->addr = addr(text);
	new->prefix_len = len;
	new->index = index;
	return new;
}

static void listen_at(struct machine *machine, uint8_t protocol,
		      const char *text, uint16_t port, bool only_v6)
{
	struct listener *new = machine_add_listener(machine);

	new->addr = addr(text);
	new->protocol = protocol;
	new->port = port;
	new->only_v6 = only_v6;
}

/* The devices by their index; the VIPs, once they are there, in this order. */
static struct device *dev(struct machine *machine, unsigned int index)
{
	return (struct device *)machine_device(machine, index);
}

enum { OWN, HAS_VIP, HAS_VIP6 };

static void healthy(struct machine *machine)
{
	*machine = (struct machine){ .arp_ignore = 1, .arp_announce = 2 };
	device(machine, LO, "lo", IFF_LOOPBACK);
	device(machine, ETH0, "eth0", IFF_BROADCAST);
	device(machine, ETH1, "eth1", IFF_BROADCAST);
	hold(machine, ETH0, "10.0.0.11", 24);
	hold(machine, LO, VIP, 32);
	hold(machine, LO, VIP6, 128);
	machine->way_out = ETH0;
	machine->knows_listeners = true;
	listen_at(machine, IPPROTO_TCP, "0.0.0.0", 80, false);
	listen_at(machine, IPPROTO_TCP, "::", 80, true);
}

/* --- What can be wrong ---------------------------------------------------- */

static void nothing(struct machine *machine)
{
	(void)machine;
}

static void no_vip(struct machine *machine)
{
	machine->holdings[HAS_VIP].addr = addr("192.0.2.11");
}

static void no_vip6(struct machine *machine)
{
	machine->holdings[HAS_VIP6].addr = addr("2001:db8::11");
}

static void nonlocal(struct machine *machine)
{
	machine->nonlocal_bind[0] = machine->nonlocal_bind[1] = 1;
}

static void no_vip_but_nonlocal(struct machine *machine)
{
	no_vip(machine);
	nonlocal(machine);
}

static void mask(struct machine *machine)
{
	machine->holdings[HAS_VIP].prefix_len = 24;
	machine->holdings[HAS_VIP6].prefix_len = 64;
}

static void on_eth0(struct machine *machine)
{
	machine->holdings[HAS_VIP].index = ETH0;
	machine->holdings[HAS_VIP].prefix_len = 24;
}

static void on_both(struct machine *machine)
{
	hold(machine, ETH0, VIP, 32);
}

static void dadfailed_on_eth0(struct machine *machine)
{
	machine->holdings[HAS_VIP6].index = ETH0;
	machine->holdings[HAS_VIP6].flags = IFA_F_DADFAILED | IFA_F_TENTATIVE;
}

static void tentative(struct machine *machine)
{
	machine->holdings[HAS_VIP6].flags = IFA_F_TENTATIVE;
}

static void lo_down(struct machine *machine)
{
	dev(machine, LO)->flags = IFF_LOOPBACK;
}

static void on_dummy(struct machine *machine)
{
	device(machine, DUMMY, "dsr0", IFF_NOARP);
	machine->holdings[HAS_VIP].index = DUMMY;
	machine->holdings[HAS_VIP6].index = DUMMY;
}

static void on_empty_bridge(struct machine *machine)
{
	strcpy(device(machine, DOCKER0, "br0", 0)->kind, "bridge");
	machine->holdings[HAS_VIP].index = DOCKER0;
}

static void on_bridge_with_port(struct machine *machine)
{
	on_empty_bridge(machine);
	dev(machine, ETH1)->master = DOCKER0;
}

static void no_rules(struct machine *machine)
{
	machine->arp_ignore = machine->arp_announce = 0;
}

static void rules_of_lo_only(struct machine *machine)
{
	no_rules(machine);
	dev(machine, LO)->arp_ignore = 1;
	dev(machine, LO)->arp_announce = 2;
}

static void rules_of_eth0_only(struct machine *machine)
{
	no_rules(machine);
	dev(machine, ETH0)->arp_ignore = 1;
	dev(machine, ETH0)->arp_announce = 2;
}

static void rules_of_each_device(struct machine *machine)
{
	rules_of_eth0_only(machine);
	dev(machine, ETH1)->arp_ignore = 2;
	dev(machine, ETH1)->arp_announce = 2;
}

static void ignore_3(struct machine *machine)
{
	dev(machine, ETH1)->arp_ignore = 3;
}

static void ignore_8(struct machine *machine)
{
	machine->arp_ignore = 8;
}

static void announce_1(struct machine *machine)
{
	machine->arp_announce = 1;
}

static void eth1_down_no_rules(struct machine *machine)
{
	no_rules(machine);
	dev(machine, ETH1)->flags = 0;
}

static void strict(struct machine *machine)
{
	machine->rp_filter = 1;
}

static void strict_two_networks(struct machine *machine)
{
	strict(machine);
	hold(machine, ETH1, "10.0.1.11", 24);
}

static void loose_two_networks(struct machine *machine)
{
	strict_two_networks(machine);
	dev(machine, ETH1)->rp_filter = 2;
}

static void strict_no_way_out(struct machine *machine)
{
	strict_two_networks(machine);
	machine->way_out = 0;
}

static void strict_containers(struct machine *machine)
{
	strict(machine);
	strcpy(device(machine, DOCKER0, "docker0", 0)->kind, "bridge");
	dev(machine, ETH1)->master = DOCKER0;
	hold(machine, DOCKER0, "172.17.0.1", 16);
}

static void not_listening(struct machine *machine)
{
	machine->n_listeners = 0;
}

static void listening_own(struct machine *machine)
{
	not_listening(machine);
	listen_at(machine, IPPROTO_TCP, "10.0.0.11", 80, false);
	listen_at(machine, IPPROTO_UDP, "0.0.0.0", 80, false);
}

static void listening_vips(struct machine *machine)
{
	not_listening(machine);
	listen_at(machine, IPPROTO_TCP, VIP, 80, false);
	listen_at(machine, IPPROTO_TCP, VIP6, 80, false);
}

static void listening_v6_for_both(struct machine *machine)
{
	not_listening(machine);
	listen_at(machine, IPPROTO_TCP, "::", 80, false);
}

static void listening_v6_alone(struct machine *machine)
{
	not_listening(machine);
	listen_at(machine, IPPROTO_TCP, "::", 80, true);
}

static void listeners_unknown(struct machine *machine)
{
	not_listening(machine);
	machine->knows_listeners = false;
}

/* --- And what is found ---------------------------------------------------- */

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *name;
	void (*break_it)(struct machine *machine);
	const char *found;	/* "fault where|…" */
} cases[] = {
	{ "nothing", nothing, "" },
	{ "no VIP", no_vip, "vip-missing -|" },
	{ "no IPv6 VIP", no_vip6, "vip-missing -|" },
	{ "ip_nonlocal_bind beside the VIP", nonlocal, "" },
	{ "ip_nonlocal_bind for the VIP", no_vip_but_nonlocal,
	  "vip-missing -|nonlocal-bind -|" },
	{ "masks", mask, "vip-mask lo|vip-mask lo|" },
	{ "on eth0", on_eth0, "vip-on-wire eth0|" },
	{ "on lo and eth0", on_both, "vip-on-wire eth0|" },
	{ "failed on eth0", dadfailed_on_eth0,
	  "vip-on-wire eth0|vip-dadfailed eth0|" },
	{ "tentative", tentative, "vip-tentative lo|" },
	{ "lo down", lo_down, "device-down lo|device-down lo|" },
	{ "on a dummy", on_dummy, "" },
	{ "on a bridge without ports", on_empty_bridge, "" },
	{ "on a bridge with a port", on_bridge_with_port,
	  "vip-on-wire br0|" },
	{ "no rules", no_rules,
	  "arp-ignore eth0, eth1|arp-announce eth0, eth1|" },
	{ "rules of lo only", rules_of_lo_only,
	  "arp-ignore eth0, eth1|arp-ignore-aside lo|"
	  "arp-announce eth0, eth1|arp-announce-aside lo|" },
	{ "rules of eth0 only", rules_of_eth0_only,
	  "arp-ignore eth1|arp-announce eth1|" },
	{ "rules of each device", rules_of_each_device, "" },
	{ "arp_ignore=3 of eth1", ignore_3, "arp-ignore eth1|" },
	{ "arp_ignore=8", ignore_8, "arp-ignore eth0, eth1|" },
	{ "arp_announce=1", announce_1, "arp-announce eth0, eth1|" },
	{ "no rules, eth1 down", eth1_down_no_rules,
	  "arp-ignore eth0|arp-announce eth0|" },
	{ "strict, one network", strict, "" },
	{ "strict, two networks", strict_two_networks, "rp-filter eth1|" },
	{ "loose, two networks", loose_two_networks, "" },
	{ "strict, no way out", strict_no_way_out, "" },
	{ "strict, containers", strict_containers, "" },
	{ "not listening", not_listening,
	  "not-listening -|not-listening -|" },
	{ "listening on the own address", listening_own,
	  "not-listening -|not-listening -|" },
	{ "listening on the VIPs", listening_vips, "" },
	{ "listening on :: for both", listening_v6_for_both, "" },
	{ "listening on :: alone", listening_v6_alone, "not-listening -|" },
	{ "listeners not known", listeners_unknown, "" },
};

static void found_text(const struct faults *faults, char *text, size_t size)
{
	size_t i, len = 0;

	text[0] = '\0';
	for (i = 0; i < faults->n; i++) {
		const struct fault *fault = &faults->faults[i];

		len += snprintf(text + len, size - len, "%s %s|", fault->name,
				fault->where ? fault->where : "-");
	}
}

static void vip_key(const char *word, struct service_key *key)
{
	struct err err;
	bool took_next;

	if (key_parse_vip("tcp", word, &took_next, key, &err))
		abort();
}

int main(void)
{
	struct service_key vips[2];
	size_t i;

	/* A range of ports need not be in use. */
	vip_key(VIP ":80,7000-7010", &vips[0]);
	vip_key("[" VIP6 "]:80", &vips[1]);
	for (i = 0; i < COUNT(cases); i++) {
		struct machine machine;
		struct faults faults;
		char text[256];

		healthy(&machine);
		cases[i].break_it(&machine);
		realserver_check(&machine, vips, 2, &faults);
		found_text(&faults, text, sizeof(text));
		if (strcmp(text, cases[i].found)) {
			printf("%s: found %s, not %s\n", cases[i].name, text,
			       cases[i].found);
			failures++;
		}
		faults_clear(&faults);
		machine_clear(&machine);
	}
	return failures > 0;
}

// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_find.h"

/*
 * All that is said, with words in braces for what find_put() puts there.
 * Commands are what a shell takes; what follows # on their line is for people.
 */
static const struct {
	const char *name;
	enum severity severity;
	const char *what;
	const char *cause;
	bool there;		/* it is mended on the real server */
	const char *mend;	/* for IPv4, and for IPv6 unless that differs */
	const char *mend6;
} kinds[] = {
	[FIND_NEIGHBOUR_ANSWER] = {
		"neighbour-answer", FAULT,
		"{server} answers {asking} for {vip}", NULL, true,
		"dsrctl realserver up {vip}\n"
		"sysctl -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2\n"
		"ip address show to {vip}  # must be on lo, not on a network card",
		"dsrctl realserver up {vip}\n"
		"ip address show to {vip}  # must be on lo, not on a network card\n"
		"ip -6 neighbour show proxy  # must not list it" },
	[FIND_ANNOUNCEMENT] = {
		"announcement", FAULT,
		"{server} announces {vip} as its own", NULL, true,
		"dsrctl realserver up {vip}\n"
		"sysctl -w net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2",
		"dsrctl realserver up {vip}" },
	[FIND_NEIGHBOUR_SOURCE] = {
		"neighbour-source", FAULT,
		"{server} asks for its neighbours in the name of {vip}",
		NULL, true,
		"dsrctl realserver up {vip}\n"
		"sysctl -w net.ipv4.conf.all.arp_announce=2",
		"dsrctl realserver up {vip}" },
	[FIND_DUPLICATE] = {
		"duplicate", FAULT, "{owner} has {vip} too",
		"a machine that was given the address; a server's other "
		"network card; another director that believes it is alone",
		false, "ip neighbour | grep {mac}  # which machine is it?",
		NULL },
	[FIND_HOLDER] = {
		"holder", NOTE, "{owner} has {vip}, this machine has not",
		"the director that is active now, or a router", false,
		NULL, NULL },
	[FIND_STANDBY] = {
		"standby", NOTE,
		"{vip} is left to another director: its services stand by",
		NULL, false,
		"dsrctl role active  # if there is no other one", NULL },
	[FIND_FORWARDED] = {
		"forwarded", FAULT,
		"{server} forwards packets for {vip} instead of taking them",
		"the VIP is missing, and the server is a router "
		"(net.ipv4.ip_forward)", true,
		"dsrctl realserver up {vip}\n"
		"ip address add {vip}/{len} dev lo",
		"dsrctl realserver up {vip}\n"
		"ip address add {vip}/{len} dev lo nodad" },
	[FIND_VIP_MISSING] = {
		"vip-missing", FAULT, "{server} does not know {vip}",
		"the VIP is missing", true,
		"dsrctl realserver up {vip}\n"
		"ip address add {vip}/{len} dev lo",
		"dsrctl realserver up {vip}\n"
		"ip address add {vip}/{len} dev lo nodad" },
	[FIND_CLOSED] = {
		"closed", FAULT, "nothing on {server} listens for {service}",
		NULL, true,
		"ss -lntu 'sport = :{port}'  # start what is to listen", NULL },
	[FIND_OWN_ADDRESS_ONLY] = {
		"own-address-only", FAULT,
		"{server} listens on its own address only, not for {service}",
		NULL, true,
		"ss -lntu 'sport = :{port}'  # have it listen on {vip}, or on every address",
		NULL },
	[FIND_WRONG_SOURCE] = {
		"wrong-source", FAULT,
		"{server} replies to {vip} from another address",
		"a UDP service on every address that does not reply from the "
		"one that was asked; NAT on the server", true,
		"ss -lntu 'sport = :{port}'  # have it listen on {vip}", NULL },
	[FIND_REJECTED] = {
		"rejected", FAULT, "a firewall on {server} rejects {service}",
		NULL, true,
		"nft insert rule inet filter input ip daddr {vip} accept",
		"nft insert rule inet filter input ip6 daddr {vip} accept" },
	[FIND_DROPPED] = {
		"dropped", FAULT,
		"{server} has {vip} but does not answer for {service}",
		"a firewall drops the packets; the service's queue is full",
		true,
		"nft insert rule inet filter input ip daddr {vip} accept\n"
		"ss -lntu 'sport = :{port}'  # Recv-Q at Send-Q: it is full",
		"nft insert rule inet filter input ip6 daddr {vip} accept\n"
		"ss -lntu 'sport = :{port}'  # Recv-Q at Send-Q: it is full" },
	[FIND_SILENT] = {
		"silent", FAULT,
		"{server} answers for its own address but not for {vip}",
		"the VIP is missing; a firewall drops the packets; rp_filter, "
		"or on Windows the strong host model, does", true,
		"dsrctl realserver check {vip}\n"
		"ip address add {vip}/{len} dev lo\n"
		"nft list ruleset  # does a rule drop {vip}?\n"
		"sysctl -w net.ipv4.conf.all.rp_filter=0  # and of the network card",
		"dsrctl realserver check {vip}\n"
		"ip address add {vip}/{len} dev lo nodad\n"
		"nft list ruleset  # does a rule drop {vip}?" },
	[FIND_UNANSWERED] = {
		"unanswered", FAULT,
		"{server} answers nothing, for {vip} or for its own address",
		"rp_filter, if its route back to this machine is another "
		"device's; a firewall drops the packets; it has no route back",
		true,
		"ip route get {source}  # the device that packets come by?\n"
		"sysctl -w net.ipv4.conf.all.rp_filter=0  # and of the network card\n"
		"nft list ruleset  # does a rule drop them?",
		"ip route get {source}  # is there a route?\n"
		"nft list ruleset  # does a rule drop them?" },
	[FIND_DETOUR] = {
		"detour", FAULT,
		"{server} sends replies from {vip} to this machine",
		"this machine is its gateway, but drops what comes from an "
		"address of its own", true,
		"ip route get {source} from {vip}  # by a router, not by this machine",
		NULL },
	[FIND_NEXTHOP] = {
		"nexthop", FAULT, "{server} of {service} cannot be reached",
		NULL, false,
		"ip route get {server}  # a network connected to this machine?\n"
		"ping -c 1 {server}  # does it live?", NULL },
	[FIND_SAME_MAC] = {
		"same-mac", WARNING,
		"servers of {service} have the same MAC address",
		"two addresses of one machine; a router or a proxy that "
		"answers ARP for it", false,
		"ip neighbour | grep {mac}", NULL },
	[FIND_NO_SOURCE] = {
		"no-source", NOTE,
		"{server} was not asked for {vip}: this machine has no "
		"address to ask from", NULL, false,
		"ip address add ADDRESS/LEN dev {dev}  # any but a VIP", NULL },
	[FIND_NO_ADDRESS] = {
		"no-address", NOTE,
		"{service} was not examined: it names no address", NULL, false,
		NULL, NULL },
	[FIND_NO_SERVICE] = {
		"no-service", NOTE, "there is no service", NULL, false,
		"dsrctl service add tcp VIP:PORT", NULL },
	[FIND_NO_SERVER] = {
		"no-server", WARNING, "{service} has no server", NULL, false,
		"dsrctl server add {service} ADDRESS", NULL },
	[FIND_NO_WAY_BACK] = {
		"no-way-back", NOTE,
		"replies of {service} reach connected networks only, and pass "
		"this machine", NULL, false,
		"ip route add default via ROUTER  # by which clients come",
		NULL },
	[FIND_VERSION] = {
		"version", WARNING,
		"the dsr module that is loaded is of another version than "
		"dsrctl", NULL, false,
		"rmmod dsr && modprobe dsr  # see dsrctl(8) for how to keep flows",
		NULL },
	[FIND_DAD_FAILED] = {
		"dad-failed", FAULT,
		"the director's own {vip} was found to be a duplicate",
		"another machine has answered for it", false,
		"ip address del {vip}/{len} dev {dev} && ip address add {vip}/{len} dev {dev} nodad",
		NULL },
	[FIND_MTU] = {
		"mtu", WARNING,
		"packets for {vip} may be larger than {dev} to its servers takes",
		NULL, false,
		"ip link set {dev} mtu {number}", NULL },
	[FIND_LRO] = {
		"lro", WARNING, "LRO of {dev} merges packets, which are dropped",
		NULL, false, "ethtool -K {dev} lro off", NULL },
	[FIND_FORWARDING] = {
		"forwarding", NOTE,
		"packets for {vip} that no service takes are forwarded",
		NULL, false,
		"ip route add blackhole {vip}/{len}", NULL },
	[FIND_IPVS] = {
		"ipvs", WARNING, "IPVS balances {vip} too", NULL, false,
		"ipvsadm -Ln  # delete it there: ipvsadm -D", NULL },
	[FIND_EARLIER_HOOK] = {
		"earlier-hook", NOTE,
		"packets are seen before dsr gets them, and may be dropped or taken",
		NULL, false,
		"nft list hooks\n"
		"nft list ruleset  # does an earlier rule concern a VIP?", NULL },
	[FIND_XDP] = {
		"xdp", NOTE,
		"an XDP program of {dev} sees packets first, and may drop or take them",
		NULL, false,
		"ip -details link show dev {dev}  # which program?", NULL },
	[FIND_CONNTRACK] = {
		"conntrack", WARNING,
		"this machine tracks as many connections as it may, and drops "
		"packets that are for no service",
		NULL, false,
		"sysctl -w net.netfilter.nf_conntrack_max={number}  # more", NULL },
};

static const char *const severities[] = {
	[HEALTHY] = "healthy", [NOTE] = "note", [WARNING] = "warning",
	[FAULT] = "fault",
};

const char *find_name(enum find_kind kind)
{
	return kinds[kind].name;
}

enum severity find_usual_severity(enum find_kind kind)
{
	return kinds[kind].severity;
}

const char *find_severity(enum severity severity)
{
	return severities[severity];
}

bool find_mends_server(const struct finding *finding)
{
	return kinds[finding->kind].there;
}

/* --- Text ------------------------------------------------------------------- */

/* Who has a MAC address, as far as it is known. */
static void find_owner(const struct finding *finding, char text[SERVICE_TEXT])
{
	char mac[MAC_TEXT], addr[ADDR_TEXT];

	addr_mac_text(&finding->mac, mac);
	if (finding->other.family)
		snprintf(text, SERVICE_TEXT, "%s (%s)", mac,
			 addr_text(&finding->other, addr));
	else
		snprintf(text, SERVICE_TEXT, "%s", mac);
}

/* What a word in braces stands for, written into @text and returned. */
static const char *find_word(const struct finding *finding, const char *word,
			     char text[SERVICE_TEXT])
{
	text[0] = '\0';
	if (!strcmp(word, "vip"))
		addr_text(&finding->vip, text);
	else if (!strcmp(word, "server"))
		addr_text(&finding->server, text);
	else if (!strcmp(word, "source"))
		addr_text(&finding->other, text);
	else if (!strcmp(word, "service"))
		key_text(&finding->service, text);
	else if (!strcmp(word, "port"))
		snprintf(text, SERVICE_TEXT, "%u",
			 finding->service.ports[0].first);
	else if (!strcmp(word, "owner"))
		find_owner(finding, text);
	else if (!strcmp(word, "mac"))
		addr_mac_text(&finding->mac, text);
	else if (!strcmp(word, "dev"))
		snprintf(text, SERVICE_TEXT, "%s", finding->dev);
	else if (!strcmp(word, "number"))
		snprintf(text, SERVICE_TEXT, "%u", finding->number);
	else if (!strcmp(word, "len"))
		snprintf(text, SERVICE_TEXT, "%u", addr_bits(&finding->vip));
	else if (!strcmp(word, "asking"))
		snprintf(text, SERVICE_TEXT, "%s",
			 finding->vip.family == AF_INET6 ?
			 "neighbour solicitations" : "ARP");
	return text;
}

/* The template, with its words in braces replaced. */
static void find_put(const struct finding *finding, const char *template,
		     char text[FIND_TEXT])
{
	char value[SERVICE_TEXT], word[16];
	size_t len = 0;
	int used;

	while (*template && len < FIND_TEXT - 1) {
		if (sscanf(template, "{%15[a-z]}%n", word, &used) == 1) {
			len += snprintf(text + len, FIND_TEXT - len, "%s",
					find_word(finding, word, value));
			template += used;
		} else {
			text[len++] = *template++;
		}
	}
	text[len < FIND_TEXT ? len : FIND_TEXT - 1] = '\0';
}

const char *find_text(const struct finding *finding, enum find_part part,
		      char text[FIND_TEXT])
{
	const char *template = NULL;

	switch (part) {
	case FIND_WHAT:
		template = kinds[finding->kind].what;
		break;
	case FIND_CAUSE:
		template = kinds[finding->kind].cause;
		break;
	case FIND_MEND:
		template = kinds[finding->kind].mend;
		if (finding->vip.family == AF_INET6 &&
		    kinds[finding->kind].mend6)
			template = kinds[finding->kind].mend6;
		break;
	}
	find_put(finding, template ? template : "", text);
	return text;
}

/* --- Reports ---------------------------------------------------------------- */

bool find_same(const struct finding *a, const struct finding *b)
{
	return a->kind == b->kind && !addr_compare(&a->vip, &b->vip) &&
	       a->has_service == b->has_service &&
	       !key_compare(&a->service, &b->service) &&
	       !addr_compare(&a->server, &b->server) &&
	       !memcmp(&a->mac, &b->mac, sizeof(a->mac)) &&
	       !strcmp(a->dev, b->dev);
}

static int find_compare(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int order = (int)y->severity - (int)x->severity;

	if (!order)
		order = (int)x->kind - (int)y->kind;
	if (!order)
		order = addr_compare(&x->vip, &y->vip);
	if (!order)
		order = key_compare(&x->service, &y->service);
	return order ? order : addr_compare(&x->server, &y->server);
}

void report_sort(struct report *report)
{
	if (report->n_findings)
		qsort(report->findings, report->n_findings,
		      sizeof(*report->findings), find_compare);
}

enum severity report_severity(const struct report *report)
{
	enum severity worst = HEALTHY;
	size_t i;

	for (i = 0; i < report->n_findings; i++) {
		if (report->findings[i].severity > worst)
			worst = report->findings[i].severity;
	}
	return worst;
}

void report_clear(struct report *report)
{
	size_t i;

	for (i = 0; i < report->n_findings; i++)
		free(report->findings[i].evidence);
	for (i = 0; i < report->n_verdicts; i++)
		free(report->verdicts[i].evidence);
	free(report->findings);
	free(report->verdicts);
	memset(report, 0, sizeof(*report));
}

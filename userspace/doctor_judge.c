// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_judge.h"
#include "names.h"

/* --- Adding ----------------------------------------------------------------- */

static char *judge_text(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

static char *judge_text(const char *fmt, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, fmt);
	len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0) {
		perror("dsrctl");
		exit(REFUSED);
	}
	return text;
}

/* @evidence is the finding's from now on. */
static struct finding *judge_add(struct report *report, enum find_kind kind,
				 char *evidence)
{
	struct finding *finding = GROW(report->findings, report->n_findings);

	finding->kind = kind;
	finding->severity = find_usual_severity(kind);
	finding->evidence = evidence;
	return finding;
}

static void judge_set_service(struct finding *finding,
			      const struct service_key *key)
{
	finding->has_service = true;
	finding->service = *key;
	exam_address(key, &finding->vip);
}

static void judge_set_mac(struct finding *finding, const struct mac *mac)
{
	finding->has_mac = true;
	finding->mac = *mac;
}

static void judge_set_dev(const struct exam *exam, char dev[IF_NAMESIZE],
			  uint32_t ifindex)
{
	const struct host_link *link = host_link(exam->host, ifindex);

	if (link)
		memcpy(dev, link->name, IF_NAMESIZE);
}

/* --- Claims ----------------------------------------------------------------- */

/* "ARP answer to a request, to a probe (without a sender's address); …" */
static char *judge_claim_text(const struct exam_claim *claim, bool v6)
{
	static const struct {
		uint32_t how;
		const char *v4, *v6;
	} ways[] = {
		{ CLAIM_ANSWER, "ARP reply to a request",
		  "neighbour advertisement that was asked for" },
		{ CLAIM_PROBE, "ARP reply to a probe", "" },
		{ CLAIM_ANNOUNCE, "gratuitous ARP",
		  "neighbour advertisement to all" },
		{ CLAIM_NAME, "ARP request from it",
		  "neighbour solicitation from it" },
	};
	char text[160] = "", mac[MAC_TEXT];
	size_t i, len = 0;

	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (claim->how & ways[i].how)
			len += snprintf(text + len, sizeof(text) - len,
					"%s%s", len ? ", " : "",
					v6 ? ways[i].v6 : ways[i].v4);
	}
	return judge_text("%s by %s", text, addr_mac_text(&claim->mac, mac));
}

/* The address that all routers of a VRRP group share the MAC address of. */
static bool judge_is_vrrp(const struct mac *mac)
{
	static const uint8_t first[] = { 0x00, 0x00, 0x5e, 0x00 };

	return !memcmp(mac->byte, first, sizeof(first)) &&
	       (mac->byte[4] == 1 || mac->byte[4] == 2);
}

/* Whether none but this one, and no server, claims the VIP. */
static bool judge_is_alone(const struct exam *exam,
			   const struct exam_claim *claim)
{
	size_t i;

	for (i = 0; i < exam->n_claims; i++) {
		const struct exam_claim *other = &exam->claims[i];

		if (other->vip == claim->vip &&
		    memcmp(&other->mac, &claim->mac, sizeof(other->mac)))
			return false;
	}
	return true;
}

static void judge_claim_of_server(const struct exam *exam,
				  const struct exam_claim *claim,
				  const struct exam_target *target,
				  struct report *report)
{
	const struct addr *vip = &exam->vips[claim->vip].addr;
	enum find_kind kind = FIND_NEIGHBOUR_SOURCE;
	struct finding *finding;

	if (claim->how & (CLAIM_ANSWER | CLAIM_PROBE))
		kind = FIND_NEIGHBOUR_ANSWER;
	else if (claim->how & CLAIM_ANNOUNCE)
		kind = FIND_ANNOUNCEMENT;
	finding = judge_add(report, kind,
			    judge_claim_text(claim, vip->family == AF_INET6));
	finding->vip = *vip;
	finding->server = target->addr;
	judge_set_mac(finding, &claim->mac);
	judge_set_dev(exam, finding->dev, claim->ifindex);
}

static void judge_claim_of_other(const struct exam *exam,
				 const struct exam_claim *claim,
				 struct report *report)
{
	const struct exam_vip *vip = &exam->vips[claim->vip];
	enum find_kind kind = FIND_DUPLICATE;
	const struct host_neigh *neigh;
	struct finding *finding;

	if (judge_is_vrrp(&claim->mac) ||
	    (!vip->held && judge_is_alone(exam, claim)))
		kind = FIND_HOLDER;
	finding = judge_add(report, kind,
			    judge_claim_text(claim,
					     vip->addr.family == AF_INET6));
	finding->vip = vip->addr;
	judge_set_mac(finding, &claim->mac);
	judge_set_dev(exam, finding->dev, claim->ifindex);
	neigh = host_neigh(exam->host, &claim->mac);
	if (neigh)
		finding->other = neigh->addr;
}

void judge_claims(const struct exam *exam, struct report *report)
{
	const struct exam_target *target;
	size_t i;

	for (i = 0; i < exam->n_claims; i++) {
		target = exam_target_of(exam, &exam->claims[i].mac);
		if (target)
			judge_claim_of_server(exam, &exam->claims[i], target,
					      report);
		else
			judge_claim_of_other(exam, &exam->claims[i], report);
	}
}

/* Whether what a VIP's servers send by this machine is routed on. */
static bool judge_is_gateway(const struct exam *exam, const struct addr *vip)
{
	const struct model *model = exam->model;
	size_t i;

	for (i = 0; i < model->n_services; i++) {
		if (model->services[i].gateway &&
		    !addr_compare(&model->services[i].key.addr, vip))
			return true;
	}
	return false;
}

void judge_detours(const struct exam *exam, struct report *report)
{
	char client[ADDR_TEXT];
	struct finding *finding;
	size_t i;

	for (i = 0; i < exam->n_detours; i++) {
		const struct exam_detour *detour = &exam->detours[i];
		const struct exam_target *to = &exam->targets[detour->target];

		if (judge_is_gateway(exam, &exam->vips[detour->vip].addr))
			continue;
		finding = judge_add(report, FIND_DETOUR,
				    judge_text("a packet to %s",
					       addr_text(&detour->client,
							 client)));
		finding->vip = exam->vips[detour->vip].addr;
		finding->server = to->addr;
		finding->other = detour->client;
		judge_set_mac(finding, &to->mac);
		judge_set_dev(exam, finding->dev, to->ifindex);
		/* Without the VIP it can forward them, if it does. */
		if (!exam->vips[detour->vip].local)
			finding->severity = WARNING;
	}
}

/* The worst that is known of a VIP as such, or NULL. */
static const struct finding *judge_worst(const struct report *report,
					 const struct addr *vip)
{
	const struct finding *worst = NULL;
	size_t i;

	for (i = 0; i < report->n_findings; i++) {
		const struct finding *finding = &report->findings[i];

		if (addr_compare(&finding->vip, vip) || finding->has_service)
			continue;
		if (!worst || finding->severity > worst->severity)
			worst = finding;
	}
	return worst;
}

void judge_vips(const struct exam *exam, struct report *report)
{
	const struct finding *worst;
	struct verdict *verdict;
	size_t i;

	for (i = 0; i < exam->n_vips; i++) {
		const struct addr *vip = &exam->vips[i].addr;

		verdict = GROW(report->verdicts, report->n_verdicts);
		verdict->vip = *vip;
		worst = judge_worst(report, vip);
		if (worst) {
			verdict->result = find_name(worst->kind);
			verdict->severity = worst->severity;
			verdict->evidence = judge_text("%s", worst->evidence);
			verdict->has_mac = worst->has_mac;
			verdict->mac = worst->mac;
			memcpy(verdict->dev, worst->dev, IF_NAMESIZE);
		} else {
			verdict->result = find_severity(HEALTHY);
			verdict->evidence =
				judge_text("nobody else answers %s",
					   vip->family == AF_INET6 ?
					   "neighbour solicitations" : "ARP");
		}
	}
}

/* --- Servers ---------------------------------------------------------------- */

/* What has come back of all probes of a server of a service. */
struct answers {
	uint32_t service, echo;		/* for the VIP */
	uint32_t own_service, own_echo;	/* for its own address */
	bool asked;			/* the service, and not by ping */
	bool own_asked;			/* the same by its own address */
	bool several;			/* not all of its ports */
	struct addr from;		/* of what is no reply */
};

static uint32_t answers_get(struct answers *answers, const struct exam *exam,
			    uint32_t target, bool own, uint8_t protocol,
			    uint16_t port, uint32_t vip)
{
	const struct exam_probe *probe;

	probe = exam_find_probe(exam, target, own, protocol, port, vip);
	if (!probe)
		return 0;
	if (own && protocol != IPPROTO_ICMP)
		answers->own_asked = true;
	if (!own && probe->from.family)
		answers->from = probe->from;
	return probe->answers;
}

static void answers_read(struct answers *answers, const struct exam *exam,
			 const struct service_key *key, uint32_t target,
			 uint32_t vip)
{
	size_t i;

	memset(answers, 0, sizeof(*answers));
	answers->echo = answers_get(answers, exam, target, false,
				    IPPROTO_ICMP, 0, vip);
	answers->own_echo = answers_get(answers, exam, target, true,
					IPPROTO_ICMP, 0, vip);
	answers->asked = key->n_ports && (key->protocol == IPPROTO_TCP ||
					  key->protocol == IPPROTO_UDP);
	if (!answers->asked) {
		answers->service = answers->echo;
		return;
	}
	answers->several = key->n_ports > 1 ||
			   key->ports[0].first != key->ports[0].last;
	for (i = 0; i < key->n_ports; i++) {
		answers->service |= answers_get(answers, exam, target, false,
						key->protocol,
						key->ports[i].first, vip);
		answers->own_service |=
			answers_get(answers, exam, target, true,
				    key->protocol, key->ports[i].first, vip);
	}
}

/* What is the matter with it; N_FIND_KINDS if nothing is. */
static enum find_kind answers_judge(const struct answers *answers,
				    uint8_t protocol)
{
	const uint32_t all = answers->service | answers->echo;
	const bool tcp = answers->asked && protocol == IPPROTO_TCP;

	if (answers->service & ANSWER_REPLY)
		return N_FIND_KINDS;
	if (all & (ANSWER_BACK | ANSWER_FORWARDED))
		return FIND_FORWARDED;
	if (answers->service & ANSWER_OTHER_SOURCE)
		return FIND_WRONG_SOURCE;
	/* No program rejects a ping. */
	if (answers->echo & (ANSWER_PROHIBITED | ANSWER_PORT))
		return FIND_REJECTED;
	if (answers->service & (tcp ? ANSWER_RESET : ANSWER_PORT))
		return answers->own_service & ANSWER_REPLY ?
		       FIND_OWN_ADDRESS_ONLY : FIND_CLOSED;
	if (answers->service & (ANSWER_PROHIBITED | ANSWER_PORT))
		return FIND_REJECTED;
	if (all & ANSWER_UNREACHABLE)
		return FIND_VIP_MISSING;
	if (answers->echo & ANSWER_REPLY)
		return tcp ? FIND_DROPPED : N_FIND_KINDS;
	if (answers->own_service || answers->own_echo)
		return FIND_SILENT;
	return tcp ? FIND_UNANSWERED : N_FIND_KINDS;
}

/* In words what has come back of a probe. */
static const char *answers_word(uint32_t answers, bool tcp)
{
	if (answers & ANSWER_REPLY)
		return tcp ? "SYN-ACK" : "reply";
	if (answers & ANSWER_BACK)
		return "comes back to us";
	if (answers & ANSWER_FORWARDED)
		return "ICMP: forwarded";
	if (answers & ANSWER_OTHER_SOURCE)
		return "reply";
	if (answers & ANSWER_RESET)
		return "RST";
	if (answers & ANSWER_PORT)
		return "ICMP: port unreachable";
	if (answers & ANSWER_PROHIBITED)
		return "ICMP: prohibited";
	if (answers & ANSWER_UNREACHABLE)
		return "ICMP: unreachable";
	return "no answer";
}

/* "SYN: RST; ping: reply; …"; what has only been answered well is enough. */
static char *answers_text(const struct answers *answers, uint8_t protocol)
{
	const bool tcp = answers->asked && protocol == IPPROTO_TCP;
	const char *name = tcp ? "SYN" : answers->asked ? "UDP" : "ping";
	char from[16 + ADDR_TEXT] = "", addr[ADDR_TEXT];

	if (answers->service & ANSWER_REPLY)
		return judge_text("%s: %s", name,
				  answers_word(answers->service, tcp));
	if (answers->service && answers->from.family &&
	    !(answers->service & ANSWER_BACK))
		snprintf(from, sizeof(from), " from %s",
			 addr_text(&answers->from, addr));
	if (!answers->asked)
		return judge_text("ping: %s%s; to its own address: %s",
				  answers_word(answers->service, false), from,
				  answers_word(answers->own_echo, false));
	return judge_text("%s: %s%s; ping: %s; to its own address: %s%s%s",
			  name, answers_word(answers->service, tcp), from,
			  answers_word(answers->echo, false),
			  answers->own_asked ?
			  answers_word(answers->own_service, tcp) : "",
			  answers->own_asked ? ", " : "",
			  answers_word(answers->own_echo, false));
}

/* Of one that nothing is found about: no answer has to come of UDP. */
static const char *answers_result(const struct answers *answers)
{
	return (answers->service | answers->echo) & ANSWER_REPLY ?
	       find_severity(HEALTHY) : "not known";
}

static struct finding *judge_server_add(const struct exam *exam,
					const struct server *server,
					struct verdict *verdict,
					enum find_kind kind,
					struct report *report)
{
	struct finding *finding;

	finding = judge_add(report, kind,
			    judge_text("%s", verdict->evidence));
	judge_set_service(finding, server->service);
	finding->server = server->addr;
	finding->has_mac = verdict->has_mac;
	finding->mac = verdict->mac;
	judge_set_dev(exam, finding->dev, server->state->nexthop.ifindex);
	verdict->result = find_name(kind);
	verdict->severity = finding->severity;
	return finding;
}

/*
 * Whether it asks in the name of the VIP, as it does for us too: then it does
 * not learn our MAC address, and its silence means no more than that.
 */
static bool judge_is_deaf(const struct exam *exam,
			  const struct exam_target *target, uint32_t vip)
{
	size_t i;

	for (i = 0; i < exam->n_claims; i++) {
		const struct exam_claim *claim = &exam->claims[i];

		if (claim->vip == vip && claim->how & CLAIM_NAME &&
		    !memcmp(&claim->mac, &target->mac, sizeof(claim->mac)))
			return true;
	}
	return false;
}

static void judge_answers(const struct exam *exam, const struct server *server,
			  uint32_t target, uint32_t vip,
			  struct verdict *verdict, struct report *report)
{
	const struct exam_target *to = &exam->targets[target];
	const uint8_t protocol = server->service->protocol;
	struct finding *finding;
	struct answers answers;
	enum find_kind kind;

	answers_read(&answers, exam, server->service, target, vip);
	verdict->evidence = answers_text(&answers, protocol);
	verdict->result = answers_result(&answers);
	kind = answers_judge(&answers, protocol);
	if (kind == N_FIND_KINDS)
		return;
	if ((kind == FIND_SILENT || kind == FIND_UNANSWERED) &&
	    judge_is_deaf(exam, to, vip)) {
		verdict->result = find_name(FIND_NEIGHBOUR_SOURCE);
		verdict->severity = FAULT;
		return;
	}
	finding = judge_server_add(exam, server, verdict, kind, report);
	finding->other = finding->vip.family == AF_INET6 ? to->source6 :
							   to->source4;
	/* Of several ports some may be there to be used at times. */
	if (answers.several && (kind == FIND_CLOSED || kind == FIND_REJECTED ||
				kind == FIND_OWN_ADDRESS_ONLY ||
				kind == FIND_DROPPED))
		verdict->severity = finding->severity = WARNING;
}

/* A server that nothing can be sent to. */
static void judge_unreached(const struct exam *exam,
			    const struct server *server,
			    struct verdict *verdict, struct report *report)
{
	const struct name *state = names_state(server->state->nexthop.state);

	if (server->down) {
		verdict->result = "down";
		verdict->severity = NOTE;
		verdict->evidence = judge_text("not asked");
		return;
	}
	verdict->evidence = judge_text("next hop: %s",
				       state ? state->words : "not known");
	judge_server_add(exam, server, verdict, FIND_NEXTHOP, report);
}

static void judge_server(const struct exam *exam, const struct server *server,
			 struct report *report)
{
	struct verdict *verdict = GROW(report->verdicts, report->n_verdicts);
	uint32_t target, vip = EXAM_NONE;
	struct addr addr;

	target = exam_find_target(exam, server);
	if (exam_address(server->service, &addr))
		vip = exam_find_vip(exam, &addr);
	verdict->service = *server->service;
	verdict->server = server->addr;
	judge_set_dev(exam, verdict->dev, server->state->nexthop.ifindex);
	if (target != EXAM_NONE) {
		verdict->has_mac = true;
		verdict->mac = exam->targets[target].mac;
	}
	if (!server->down &&
	    server->state->nexthop.state == DSR_NEXTHOP_STATE_LOCAL) {
		verdict->result = "this machine";
		verdict->evidence = judge_text("its kernel takes them");
	} else if (server->down || target == EXAM_NONE ||
		   server->state->nexthop.state != DSR_NEXTHOP_STATE_READY) {
		judge_unreached(exam, server, verdict, report);
	} else if (vip == EXAM_NONE) {
		verdict->result = "not known";
		verdict->evidence = judge_text("the service names no address");
	} else if (exam_find_probe(exam, target, false, IPPROTO_ICMP, 0,
				   vip)) {
		judge_answers(exam, server, target, vip, verdict, report);
	} else {
		verdict->evidence = judge_text("not asked");
		judge_server_add(exam, server, verdict, FIND_NO_SOURCE,
				 report);
	}
}

static void judge_same_mac(const struct exam *exam,
			   const struct server *servers, size_t n,
			   struct report *report)
{
	char a[ADDR_TEXT], b[ADDR_TEXT];
	struct finding *finding;
	size_t i, j;

	for (i = 0; i < n; i++) {
		uint32_t x = exam_find_target(exam, &servers[i]);

		for (j = 0; x != EXAM_NONE && j < i; j++) {
			uint32_t y = exam_find_target(exam, &servers[j]);

			if (y == EXAM_NONE || x == y ||
			    memcmp(&exam->targets[x].mac,
				   &exam->targets[y].mac, sizeof(struct mac)))
				continue;
			finding = judge_add(report, FIND_SAME_MAC,
				judge_text("%s and %s",
					   addr_text(&servers[j].addr, a),
					   addr_text(&servers[i].addr, b)));
			judge_set_service(finding, servers[i].service);
			judge_set_mac(finding, &exam->targets[x].mac);
		}
	}
}

static void judge_service(const struct exam *exam,
			  const struct service *service,
			  struct report *report)
{
	const struct server *servers;
	struct finding *finding;
	struct addr addr;
	size_t i, n;

	servers = model_servers(exam->model, &service->key, &n);
	for (i = 0; i < n; i++)
		judge_server(exam, &servers[i], report);
	judge_same_mac(exam, servers, n, report);
	if (!n) {
		finding = judge_add(report, FIND_NO_SERVER,
				    judge_text("none is configured"));
		judge_set_service(finding, &service->key);
	}
	if (service->gateway &&
	    !(service->key.addr.family == AF_INET6 ?
	      exam->host->beyond6 : exam->host->beyond4)) {
		finding = judge_add(report, FIND_NO_WAY_BACK,
				    judge_text("gateway on, and no route over "
					       "a router"));
		judge_set_service(finding, &service->key);
	}
	if (!exam_address(&service->key, &addr)) {
		finding = judge_add(report, FIND_NO_ADDRESS,
				    judge_text("a firewall mark"));
		judge_set_service(finding, &service->key);
	}
}

void judge_servers(const struct exam *exam, struct report *report)
{
	size_t i;

	for (i = 0; i < exam->model->n_services; i++)
		judge_service(exam, &exam->model->services[i], report);
	if (!exam->model->n_services)
		judge_add(report, FIND_NO_SERVICE,
			  judge_text("the module has none"));
}

/* --- The director ----------------------------------------------------------- */

static void judge_version(const struct exam *exam, const char *version,
			  struct report *report)
{
	if (exam->host->module[0] && strcmp(exam->host->module, version))
		judge_add(report, FIND_VERSION,
			  judge_text("the module is %s, dsrctl %s",
				     exam->host->module, version));
}

static void judge_local_vip(const struct exam *exam,
			    const struct exam_vip *vip, struct report *report)
{
	const struct host_addr *own = host_addr(exam->host, &vip->addr);
	const bool forwards = vip->addr.family == AF_INET6 ?
			      exam->host->forwards6 : exam->host->forwards4;
	struct finding *finding;

	if (own && own->duplicate) {
		finding = judge_add(report, FIND_DAD_FAILED,
				    judge_text("the address is marked dadfailed"));
		finding->vip = vip->addr;
		judge_set_dev(exam, finding->dev, own->ifindex);
	}
	if (!own && forwards) {
		finding = judge_add(report, FIND_FORWARDING,
				    judge_text("forwarding is on, and this "
					       "machine has not the address"));
		finding->vip = vip->addr;
	}
}

static void judge_ipvs(const struct exam *exam, struct report *report)
{
	struct finding *finding;
	char text[ENDPOINT_TEXT];
	size_t i;

	for (i = 0; i < exam->host->n_ipvs; i++) {
		const struct endpoint *ipvs = &exam->host->ipvs[i];

		if (exam_find_vip(exam, &ipvs->addr) == EXAM_NONE)
			continue;
		finding = judge_add(report, FIND_IPVS,
				    judge_text("/proc/net/ip_vs: %s",
					       key_endpoint_text(ipvs, text)));
		finding->vip = ipvs->addr;
	}
}

/* What puts fragments together, or knows bridges, takes nothing away. */
static bool judge_is_harmless(const struct host_hook *hook)
{
	return strstr(hook->name, "defrag") || strstr(hook->name, "sabotage");
}

static bool judge_same_place(const struct host_hook *a,
			     const struct host_hook *b)
{
	return a->family == b->family && !strcmp(a->dev, b->dev);
}

/* Our hook in the place of this one, or NULL. */
static const struct host_hook *judge_own_hook(const struct host *host,
					      const struct host_hook *hook)
{
	size_t i;

	for (i = 0; i < host->n_hooks; i++) {
		if (host->hooks[i].ours &&
		    judge_same_place(&host->hooks[i], hook))
			return &host->hooks[i];
	}
	return NULL;
}

/* Whether it comes before ours; all at ingress comes before prerouting. */
static bool judge_is_earlier(const struct host *host,
			     const struct host_hook *hook)
{
	const struct host_hook *own = judge_own_hook(host, hook);

	return !judge_is_harmless(hook) && (own ? hook < own : !hook->family);
}

/* Whether one before it says the same, as of a chain of both families. */
static bool judge_is_told(const struct host *host,
			  const struct host_hook *hook)
{
	const struct host_hook *other;

	for (other = host->hooks; other < hook; other++) {
		if (other->family && !strcmp(other->name, hook->name))
			return true;
	}
	return false;
}

/* "chain inet filter raw (priority -310, dsr -299), …", or NULL. */
static char *judge_hook_text(const struct host *host, const char *dev,
			     bool *only_rules)
{
	char *text = NULL, *more;
	size_t i;

	*only_rules = true;
	for (i = 0; i < host->n_hooks; i++) {
		const struct host_hook *hook = &host->hooks[i];

		if (strcmp(hook->dev, dev) || !judge_is_earlier(host, hook) ||
		    judge_is_told(host, hook))
			continue;
		more = judge_text("%s%s%s (%s, priority %d)", text ? text : "",
				  text ? ", " : "", hook->name,
				  hook->family ? "prerouting" : "ingress",
				  hook->priority);
		free(text);
		text = more;
		*only_rules &= hook->rules;
	}
	return text;
}

/* Of a device, or of prerouting. */
static void judge_hooks(const struct exam *exam, const char *dev,
			struct report *report)
{
	struct finding *finding;
	bool only_rules;
	char *text;

	text = judge_hook_text(exam->host, dev, &only_rules);
	if (!text)
		return;
	finding = judge_add(report, FIND_EARLIER_HOOK, text);
	snprintf(finding->dev, sizeof(finding->dev), "%s", dev);
	if (!only_rules)
		finding->severity = WARNING;
}

/* Of every device, as a port of a bridge has hooks of its own. */
static void judge_links(const struct exam *exam, struct report *report)
{
	struct finding *finding;
	size_t i;

	judge_hooks(exam, "", report);
	for (i = 0; i < exam->host->n_links; i++) {
		const struct host_link *link = &exam->host->links[i];

		judge_hooks(exam, link->name, report);
		if (!link->xdp)
			continue;
		finding = judge_add(report, FIND_XDP,
				    judge_text("ip link: a program is attached"));
		memcpy(finding->dev, link->name, IF_NAMESIZE);
	}
}

static void judge_conntrack(const struct exam *exam, struct report *report)
{
	const struct host *host = exam->host;
	struct finding *finding;

	if (!host->tracked || host->tracked < host->tracked_max)
		return;
	finding = judge_add(report, FIND_CONNTRACK,
			    judge_text("nf_conntrack_count is %u, "
				       "nf_conntrack_max %u", host->tracked,
				       host->tracked_max));
	finding->number = 2 * host->tracked;
}

static bool judge_is_egress(const struct exam *exam, uint32_t ifindex)
{
	size_t i;

	for (i = 0; i < exam->n_targets; i++) {
		if (exam->targets[i].ifindex == ifindex)
			return true;
	}
	return false;
}

/* Where packets for a VIP come in, as far as it tells: the device with it. */
static void judge_mtu(const struct exam *exam, const struct exam_vip *vip,
		      struct report *report)
{
	const struct host_addr *own = host_addr(exam->host, &vip->addr);
	const struct host_link *in, *link;
	struct finding *finding;
	size_t i;

	in = own ? host_link(exam->host, own->ifindex) : NULL;
	for (i = 0; in && in->segment && i < exam->n_segments; i++) {
		link = host_link(exam->host, exam->segments[i].ifindex);
		if (link->mtu >= in->mtu ||
		    !judge_is_egress(exam, link->index))
			continue;
		finding = judge_add(report, FIND_MTU,
				    judge_text("MTU of %s is %u, of %s %u",
					       in->name, in->mtu, link->name,
					       link->mtu));
		finding->vip = vip->addr;
		finding->number = in->mtu;
		judge_set_dev(exam, finding->dev, link->index);
	}
}

static void judge_roles(const struct exam *exam, struct report *report)
{
	struct finding *finding;
	size_t i;

	for (i = 0; i < exam->n_vips; i++) {
		if (!exam->vips[i].standby)
			continue;
		finding = judge_add(report, FIND_STANDBY,
				    judge_text("dsrctl role show"));
		finding->vip = exam->vips[i].addr;
	}
}

void judge_host(const struct exam *exam, const char *version,
		struct report *report)
{
	const struct host_link *link;
	struct finding *finding;
	size_t i;

	judge_version(exam, version, report);
	judge_roles(exam, report);
	for (i = 0; i < exam->n_vips; i++) {
		judge_local_vip(exam, &exam->vips[i], report);
		judge_mtu(exam, &exam->vips[i], report);
	}
	for (i = 0; i < exam->n_segments; i++) {
		link = host_link(exam->host, exam->segments[i].ifindex);
		if (!link->lro)
			continue;
		finding = judge_add(report, FIND_LRO,
				    judge_text("ethtool: "
					       "large-receive-offload: on"));
		judge_set_dev(exam, finding->dev, link->index);
	}
	judge_ipvs(exam, report);
	judge_links(exam, report);
	judge_conntrack(exam, report);
}

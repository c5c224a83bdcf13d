// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "doctor_exam.h"

/* --- What there is to ask --------------------------------------------------- */

bool exam_address(const struct service_key *key, struct addr *addr)
{
	if (key->fwmark)
		return false;
	*addr = key->addr;
	/* The first address of a network means the network. */
	if (addr_bits(addr) - key->prefix_len > 1) {
		if (addr->family == AF_INET6)
			addr->v6.s6_addr[15]++;
		else
			addr->v4.s_addr += htonl(1);
	}
	return true;
}

static int exam_compare_vips(const void *a, const void *b)
{
	const struct exam_vip *x = a, *y = b;

	return addr_compare(&x->addr, &y->addr);
}

static int exam_compare_targets(const void *a, const void *b)
{
	const struct exam_target *x = a, *y = b;
	int order = addr_compare(&x->addr, &y->addr);

	if (!order)
		order = memcmp(&x->mac, &y->mac, sizeof(x->mac));
	if (!order && x->ifindex != y->ifindex)
		order = x->ifindex < y->ifindex ? -1 : 1;
	return order;
}

/* Those for VIPs before those for comparison; an echo request comes first. */
static int exam_compare_probes(const void *a, const void *b)
{
	const struct exam_probe *x = a, *y = b;

	if (x->target != y->target)
		return x->target < y->target ? -1 : 1;
	if (x->own != y->own)
		return x->own < y->own ? -1 : 1;
	if (x->protocol != y->protocol)
		return x->protocol < y->protocol ? -1 : 1;
	if (x->port != y->port)
		return x->port < y->port ? -1 : 1;
	if (x->vip != y->vip)
		return x->vip < y->vip ? -1 : 1;
	return 0;
}

/* Sort an array and leave out what comes twice. Return: how much is left. */
static size_t exam_unique(void *array, size_t n, size_t size,
			  int (*compare)(const void *a, const void *b))
{
	char *bytes = array;
	size_t i, kept = 0;

	if (n)
		qsort(array, n, size, compare);
	for (i = 0; i < n; i++) {
		if (kept && !compare(bytes + (kept - 1) * size,
				     bytes + i * size))
			continue;
		memmove(bytes + kept++ * size, bytes + i * size, size);
	}
	return kept;
}

static uint32_t exam_index(const void *key, const void *array, size_t n,
			   size_t size,
			   int (*compare)(const void *a, const void *b))
{
	const char *found = n ? bsearch(key, array, n, size, compare) : NULL;

	return found ? (found - (const char *)array) / size : EXAM_NONE;
}

uint32_t exam_find_vip(const struct exam *exam, const struct addr *addr)
{
	const struct exam_vip key = { .addr = *addr };

	return exam_index(&key, exam->vips, exam->n_vips, sizeof(key),
			  exam_compare_vips);
}

/* Return: whether packets can reach it. */
static bool exam_target(const struct server *server,
			struct exam_target *target)
{
	const bool given = !addr_mac_is_zero(&server->mac);

	memset(target, 0, sizeof(*target));
	target->addr = server->addr;
	target->mac = given ? server->mac : server->state->nexthop.mac;
	target->ifindex = server->state->nexthop.ifindex;
	return !server->down && target->ifindex &&
	       (given || server->state->nexthop.has_mac);
}

uint32_t exam_find_target(const struct exam *exam, const struct server *server)
{
	struct exam_target key;

	if (!exam_target(server, &key))
		return EXAM_NONE;
	return exam_index(&key, exam->targets, exam->n_targets, sizeof(key),
			  exam_compare_targets);
}

const struct exam_target *exam_target_of(const struct exam *exam,
					 const struct mac *mac)
{
	size_t i;

	for (i = 0; i < exam->n_targets; i++) {
		if (!memcmp(&exam->targets[i].mac, mac, sizeof(*mac)))
			return &exam->targets[i];
	}
	return NULL;
}

struct exam_probe *exam_find_probe(const struct exam *exam, uint32_t target,
				   bool own, uint8_t protocol, uint16_t port,
				   uint32_t vip)
{
	const struct exam_probe key = {
		.target = target, .own = own, .protocol = protocol,
		.port = port, .vip = own ? EXAM_NONE : vip,
	};
	uint32_t i;

	i = exam_index(&key, exam->probes, exam->n_probes, sizeof(key),
		       exam_compare_probes);
	return i == EXAM_NONE ? NULL : &exam->probes[i];
}

static bool addr_is_link_local(const struct addr *addr)
{
	return addr->family == AF_INET6 &&
	       IN6_IS_ADDR_LINKLOCAL(&addr->v6);
}

static bool addr_same_net(const struct addr *a, const struct addr *b,
			  uint8_t prefix_len)
{
	struct addr x = *a, y = *b;

	addr_mask(&x, prefix_len);
	addr_mask(&y, prefix_len);
	return !addr_compare(&x, &y);
}

/* How good an address of ours is to ask from, over a device; 0: not at all. */
static int exam_rate(const struct exam *exam, const struct host_addr *own,
		     uint32_t ifindex, const struct addr *near)
{
	const bool here = own->ifindex == ifindex;

	/* A server would take what comes from a VIP for its own. */
	if (own->duplicate || own->tentative ||
	    addr_is_loopback(&own->addr) ||
	    exam_find_vip(exam, &own->addr) != EXAM_NONE)
		return 0;
	if (here && near && near->family == own->addr.family &&
	    addr_same_net(&own->addr, near, own->prefix_len))
		return 4;
	if (addr_is_link_local(&own->addr))
		return here ? 1 : 0;
	return here ? 3 : 2;
}

/*
 * The address of ours to ask from, over a device; @near is the server, or NULL
 * if only the device's own will do. Family 0 if there is none.
 */
static struct addr exam_source(const struct exam *exam, sa_family_t family,
			       uint32_t ifindex, const struct addr *near)
{
	struct addr best = { 0 };
	int rate, best_rate = 0;
	size_t i;

	for (i = 0; i < exam->host->n_addrs; i++) {
		const struct host_addr *own = &exam->host->addrs[i];

		if (own->addr.family != family ||
		    (!near && own->ifindex != ifindex))
			continue;
		rate = exam_rate(exam, own, ifindex, near);
		if (rate > best_rate) {
			best_rate = rate;
			best = own->addr;
		}
	}
	return best;
}

static uint32_t exam_find_segment(const struct exam *exam, uint32_t ifindex)
{
	size_t i;

	for (i = 0; i < exam->n_segments; i++) {
		if (exam->segments[i].ifindex == ifindex)
			return i;
	}
	return EXAM_NONE;
}

static void exam_add_segment(struct exam *exam, const struct host_link *link)
{
	struct exam_segment *segment;

	if (exam_find_segment(exam, link->index) != EXAM_NONE)
		return;
	segment = GROW(exam->segments, exam->n_segments);
	segment->ifindex = link->index;
	segment->mac = link->mac;
	segment->source4 = exam_source(exam, AF_INET, link->index, NULL);
	segment->source6 = exam_source(exam, AF_INET6, link->index, NULL);
}

/* Whether all services of a VIP are left to another director. */
static bool exam_standby(const struct exam *exam, const struct addr *vip)
{
	const struct model *model = exam->model;
	struct addr addr;
	size_t i;

	for (i = 0; i < model->n_services; i++) {
		if (model->services[i].role != DSR_ROLE_STANDBY &&
		    exam_address(&model->services[i].key, &addr) &&
		    !addr_compare(&addr, vip))
			return false;
	}
	return true;
}

static void exam_plan_vip(const struct exam *exam, struct exam_vip *vip)
{
	vip->local = host_addr(exam->host, &vip->addr);
	vip->standby = exam_standby(exam, &vip->addr);
	vip->held = !vip->standby && (vip->local || exam->model->n_announces);
}

static void exam_plan_vips(struct exam *exam)
{
	const struct model *model = exam->model;
	struct addr addr;
	size_t i;

	for (i = 0; i < model->n_services; i++) {
		if (exam_address(&model->services[i].key, &addr))
			GROW(exam->vips, exam->n_vips)->addr = addr;
	}
	exam->n_vips = exam_unique(exam->vips, exam->n_vips,
				   sizeof(*exam->vips), exam_compare_vips);
	for (i = 0; i < exam->n_vips; i++)
		exam_plan_vip(exam, &exam->vips[i]);
}

static void exam_plan_targets(struct exam *exam)
{
	const struct model *model = exam->model;
	const struct host_link *link;
	struct exam_target target;
	size_t i;

	for (i = 0; i < model->n_servers; i++) {
		if (!exam_target(&model->servers[i], &target))
			continue;
		link = host_link(exam->host, target.ifindex);
		if (!link)
			continue;
		exam_add_segment(exam, link);
		*GROW(exam->targets, exam->n_targets) = target;
	}
	exam->n_targets = exam_unique(exam->targets, exam->n_targets,
				      sizeof(target), exam_compare_targets);
	for (i = 0; i < exam->n_targets; i++) {
		struct exam_target *to = &exam->targets[i];

		to->segment = exam_find_segment(exam, to->ifindex);
		to->source4 = exam_source(exam, AF_INET, to->ifindex,
					  &to->addr);
		to->source6 = exam_source(exam, AF_INET6, to->ifindex,
					  &to->addr);
	}
}

/* Clients may come by any; those of the servers are there already. */
static void exam_plan_segments(struct exam *exam)
{
	size_t i;

	for (i = 0; i < exam->host->n_links; i++) {
		if (exam->host->links[i].segment)
			exam_add_segment(exam, &exam->host->links[i]);
	}
}

/* The one of two addresses that is of a family, or NULL. */
static const struct addr *exam_pick(const struct addr *v4,
				    const struct addr *v6, sa_family_t family)
{
	const struct addr *addr = family == AF_INET6 ? v6 : v4;

	return addr->family ? addr : NULL;
}

/*
 * One for the VIP, and the same for the server's own address; of the other
 * family only a ping, as programs may listen on one alone.
 */
static void exam_add_probes(struct exam *exam, uint32_t target, uint32_t vip,
			    uint8_t protocol, uint16_t port)
{
	const sa_family_t family = exam->vips[vip].addr.family;
	const struct exam_target *to = &exam->targets[target];
	struct exam_probe probe = {
		.target = target, .vip = vip, .protocol = protocol,
		.port = port,
	};

	if (!exam_pick(&to->source4, &to->source6, family))
		return;
	*GROW(exam->probes, exam->n_probes) = probe;
	if (!exam_pick(&to->source4, &to->source6, to->addr.family) ||
	    (to->addr.family != family && protocol != IPPROTO_ICMP))
		return;
	probe.own = true;
	probe.vip = EXAM_NONE;
	*GROW(exam->probes, exam->n_probes) = probe;
}

static void exam_plan_probes(struct exam *exam, const struct server *server)
{
	const struct service_key *key = server->service;
	uint32_t target, vip;
	struct addr addr;
	size_t i;

	target = exam_find_target(exam, server);
	if (target == EXAM_NONE || !exam_address(key, &addr))
		return;
	vip = exam_find_vip(exam, &addr);
	if (vip == EXAM_NONE)
		return;
	exam_add_probes(exam, target, vip, IPPROTO_ICMP, 0);
	if (key->protocol != IPPROTO_TCP && key->protocol != IPPROTO_UDP)
		return;
	for (i = 0; i < key->n_ports; i++)
		exam_add_probes(exam, target, vip, key->protocol,
				key->ports[i].first);
}

void exam_plan(struct exam *exam, const struct model *model,
	       const struct host *host)
{
	size_t i;

	memset(exam, 0, sizeof(*exam));
	exam->model = model;
	exam->host = host;
	exam_plan_vips(exam);
	exam_plan_targets(exam);
	exam_plan_segments(exam);
	for (i = 0; i < model->n_servers; i++)
		exam_plan_probes(exam, &model->servers[i]);
	exam->n_probes = exam_unique(exam->probes, exam->n_probes,
				     sizeof(*exam->probes),
				     exam_compare_probes);
}

void exam_clear(struct exam *exam)
{
	free(exam->vips);
	free(exam->targets);
	free(exam->probes);
	free(exam->claims);
	free(exam->detours);
	free(exam->segments);
	memset(exam, 0, sizeof(*exam));
}

/* --- Asking ----------------------------------------------------------------- */

/*
 * All that there is on a segment, or the server @to, as somebody would who
 * knows its MAC address already. In IPv6 one server wants an address to answer.
 */
static void exam_ask_for(const struct exam_segment *segment,
			 const struct mac *to, const struct addr *vip,
			 exam_send_fn *send, void *arg)
{
	const struct addr *source;
	uint8_t bytes[FRAME_BYTES];
	size_t len;

	source = exam_pick(&segment->source4, &segment->source6, vip->family);
	if (source) {
		len = frame_ask(bytes, &segment->mac, to, source, vip);
		send(bytes, len, segment->ifindex, arg);
	}
	if (vip->family == AF_INET6 && to)
		return;
	len = frame_ask(bytes, &segment->mac, to, NULL, vip);
	send(bytes, len, segment->ifindex, arg);
}

static void exam_ask_probe(const struct exam *exam,
			   const struct exam_probe *probe, exam_send_fn *send,
			   void *arg)
{
	const struct exam_target *to = &exam->targets[probe->target];
	const struct addr *dst = probe->own ? &to->addr :
				 &exam->vips[probe->vip].addr;
	const struct packet packet = {
		.src = *exam_pick(&to->source4, &to->source6, dst->family),
		.dst = *dst,
		.protocol = probe->protocol,
		.sport = exam->port + 2 * probe->target + probe->own,
		.dport = probe->port,
	};
	uint8_t bytes[FRAME_BYTES];
	size_t len;

	len = frame_probe(bytes, &exam->segments[to->segment].mac, &to->mac,
			  &packet);
	send(bytes, len, to->ifindex, arg);
}

void exam_ask(const struct exam *exam, exam_send_fn *send, void *arg)
{
	const struct exam_target *to;
	const struct exam_probe *probe;
	size_t i, j;

	for (i = 0; i < exam->n_segments; i++) {
		for (j = 0; j < exam->n_vips; j++)
			exam_ask_for(&exam->segments[i], NULL,
				     &exam->vips[j].addr, send, arg);
	}
	for (i = 0; i < exam->n_probes; i++) {
		probe = &exam->probes[i];
		to = &exam->targets[probe->target];
		/* There is one echo request for each server of a VIP. */
		if (probe->protocol == IPPROTO_ICMP && !probe->own)
			exam_ask_for(&exam->segments[to->segment], &to->mac,
				     &exam->vips[probe->vip].addr, send, arg);
		if (!probe->answers)
			exam_ask_probe(exam, probe, send, arg);
	}
}

/* --- Being answered --------------------------------------------------------- */

static unsigned int exam_claim(struct exam *exam, const struct frame *frame,
			       const struct addr *addr, uint32_t how)
{
	struct exam_claim *claim;
	uint32_t vip;
	size_t i;

	vip = exam_find_vip(exam, addr);
	if (vip == EXAM_NONE || host_has_mac(exam->host, &frame->mac))
		return 0;
	for (i = 0; i < exam->n_claims; i++) {
		claim = &exam->claims[i];
		if (claim->vip == vip && claim->ifindex == frame->ifindex &&
		    !memcmp(&claim->mac, &frame->mac, sizeof(frame->mac)))
			break;
	}
	if (i == exam->n_claims) {
		claim = GROW(exam->claims, exam->n_claims);
		claim->vip = vip;
		claim->ifindex = frame->ifindex;
		claim->mac = frame->mac;
	}
	if ((claim->how & how) == how)
		return 0;
	claim->how |= how;
	return SEEN_CLAIM;
}

static unsigned int exam_see_arp(struct exam *exam, const struct frame *frame)
{
	uint32_t how = CLAIM_NAME;

	if (!frame->sender.family)
		return 0;
	if (frame->target.family &&
	    !addr_compare(&frame->sender, &frame->target))
		how = CLAIM_ANNOUNCE;
	else if (frame->answer)
		how = frame->target.family ? CLAIM_ANSWER : CLAIM_PROBE;
	return exam_claim(exam, frame, &frame->sender, how);
}

/* One who asks from nobody's address is told by telling all. */
static unsigned int exam_see_neighbour(struct exam *exam,
				       const struct frame *frame)
{
	if (frame->answer && frame->target.family)
		return exam_claim(exam, frame, &frame->target,
				  frame->solicited ? CLAIM_ANSWER :
				  CLAIM_ANNOUNCE);
	if (!frame->answer && frame->sender.family)
		return exam_claim(exam, frame, &frame->sender, CLAIM_NAME);
	return 0;
}

/* Whether it is a port that probes come from; whose, and for which address. */
static bool exam_is_port(const struct exam *exam, uint16_t port,
			 uint32_t *target, bool *own)
{
	const uint16_t offset = port - exam->port;

	*target = offset / 2;
	*own = offset % 2;
	return *target < exam->n_targets;
}

/* Also a probe that comes back reaches the other servers. */
static bool exam_is_other(const struct exam *exam, uint32_t target,
			  const struct mac *mac)
{
	return memcmp(&exam->targets[target].mac, mac, sizeof(*mac)) &&
	       exam_target_of(exam, mac);
}

static void exam_answer(struct exam_probe *probe, uint32_t answer,
			const struct addr *from)
{
	if (!probe)
		return;
	probe->answers |= answer;
	if (answer != ANSWER_REPLY)
		probe->from = *from;
}

/* A reply of no address that was asked is one to any probe of this port. */
static void exam_answer_any(struct exam *exam, uint32_t target,
			    const struct packet *reply)
{
	size_t i;

	for (i = 0; i < exam->n_probes; i++) {
		struct exam_probe *probe = &exam->probes[i];

		if (probe->target == target && !probe->own &&
		    probe->protocol == reply->protocol &&
		    probe->port == reply->sport)
			exam_answer(probe, ANSWER_OTHER_SOURCE, &reply->src);
	}
}

static unsigned int exam_see_reply(struct exam *exam,
				   const struct frame *frame)
{
	const uint8_t opened = FRAME_TCP_SYN | FRAME_TCP_ACK;
	const struct packet *reply = &frame->packet;
	uint32_t target, answer = ANSWER_REPLY;
	struct exam_probe *probe;
	unsigned int seen = 0;
	bool own;

	if (!exam_is_port(exam, reply->dport, &target, &own))
		return 0;
	if (reply->protocol == IPPROTO_TCP) {
		if (frame->flags & FRAME_TCP_RST)
			answer = ANSWER_RESET;
		else if ((frame->flags & opened) == opened)
			seen = SEEN_OPENED;
		else
			return 0;
	}
	if (exam_is_other(exam, target, &frame->from))
		return seen;
	probe = exam_find_probe(exam, target, own, reply->protocol,
				reply->sport,
				exam_find_vip(exam, &reply->src));
	if (probe)
		exam_answer(probe, answer, &reply->src);
	else if (!own)
		exam_answer_any(exam, target, reply);
	return seen;
}

/* What became of a packet of ours. */
static void exam_see_own(struct exam *exam, const struct frame *frame,
			 uint32_t answer, const struct addr *from)
{
	const struct packet *packet = &frame->packet;
	uint32_t target;
	bool own;

	if (!exam_is_port(exam, packet->sport, &target, &own) ||
	    exam_is_other(exam, target, &frame->from))
		return;
	exam_answer(exam_find_probe(exam, target, own, packet->protocol,
				    packet->dport,
				    exam_find_vip(exam, &packet->dst)),
		    answer, from);
}

/* A reply from a VIP to somebody else, which should not come by here. */
static void exam_see_detour(struct exam *exam, const struct frame *frame)
{
	const struct packet *packet = &frame->packet;
	const struct exam_target *target;
	struct exam_detour *detour;
	uint32_t vip;
	size_t i;

	vip = exam_find_vip(exam, &packet->src);
	target = exam_target_of(exam, &frame->from);
	if (vip == EXAM_NONE || !target || frame->to.byte[0] & 1 ||
	    !host_has_mac(exam->host, &frame->to) ||
	    host_addr(exam->host, &packet->dst))
		return;
	for (i = 0; i < exam->n_detours; i++) {
		if (exam->detours[i].vip == vip &&
		    exam->detours[i].target == target - exam->targets)
			return;
	}
	detour = GROW(exam->detours, exam->n_detours);
	detour->vip = vip;
	detour->target = target - exam->targets;
	detour->client = packet->dst;
}

unsigned int exam_see(struct exam *exam, const struct frame *frame)
{
	static const uint32_t answers[] = {
		[ERROR_PORT] = ANSWER_PORT,
		[ERROR_PROHIBITED] = ANSWER_PROHIBITED,
		[ERROR_UNREACHABLE] = ANSWER_UNREACHABLE,
		[ERROR_EXPIRED] = ANSWER_FORWARDED,
		[ERROR_REDIRECT] = ANSWER_FORWARDED,
	};

	if (exam_find_segment(exam, frame->ifindex) == EXAM_NONE)
		return 0;
	switch (frame->kind) {
	case FRAME_ARP:
		return exam_see_arp(exam, frame);
	case FRAME_NEIGHBOUR:
		return exam_see_neighbour(exam, frame);
	case FRAME_ERROR:
		exam_see_own(exam, frame, answers[frame->error],
			     &frame->reporter);
		return 0;
	case FRAME_ECHO_REPLY:
		return exam_see_reply(exam, frame);
	case FRAME_PACKET:
		exam_see_own(exam, frame, ANSWER_BACK, &frame->packet.dst);
		exam_see_detour(exam, frame);
		return exam_see_reply(exam, frame);
	}
	return 0;
}

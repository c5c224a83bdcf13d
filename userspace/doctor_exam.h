/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What doctor asks the network, and what it is answered. Pure: frames go out
 * by a function of the caller's and come in by exam_see().
 */
#ifndef DSRCTL_DOCTOR_EXAM_H
#define DSRCTL_DOCTOR_EXAM_H

#include "doctor_frame.h"
#include "doctor_host.h"

#define EXAM_NONE	UINT32_MAX

struct exam_vip {
	struct addr addr;	/* of a prefix, one address */
	bool local;		/* this machine has it */
	bool standby;		/* another one is to have it now */
	bool held;		/* this one is to: it has it, or answers for it */
};

/* A server, as packets reach it. */
struct exam_target {
	struct addr addr;
	struct mac mac;
	uint32_t ifindex;
	uint32_t segment;		/* of that device */
	struct addr source4, source6;	/* that probes come from, or family 0 */
};

/* A network to ask in, by its device. */
struct exam_segment {
	uint32_t ifindex;
	struct mac mac;			/* the device's */
	struct addr source4, source6;	/* and its addresses, or family 0 */
};

/* What has come back; bits. */
enum {
	ANSWER_REPLY = 1 << 0,		/* as a service replies */
	ANSWER_RESET = 1 << 1,		/* TCP */
	ANSWER_PORT = 1 << 2,		/* ICMP: nothing listens */
	ANSWER_PROHIBITED = 1 << 3,
	ANSWER_UNREACHABLE = 1 << 4,
	ANSWER_FORWARDED = 1 << 5,	/* ICMP: expired on its way, redirect */
	ANSWER_BACK = 1 << 6,		/* the probe itself */
	ANSWER_OTHER_SOURCE = 1 << 7,	/* a reply from another address */
};

/*
 * A packet straight to a server's MAC address: for a VIP, or for comparison to
 * its own address. One of ICMP is an echo request, without a port.
 */
struct exam_probe {
	uint32_t target;
	bool own;
	uint8_t protocol;
	uint16_t port;
	uint32_t vip;			/* EXAM_NONE if @own */
	uint32_t answers;
	struct addr from;		/* who sent the last but a reply */
};

/* How somebody has claimed a VIP; bits. */
enum {
	CLAIM_ANSWER = 1 << 0,		/* answered us, or whoever asked */
	CLAIM_PROBE = 1 << 1,		/* one who asks without an address */
	CLAIM_ANNOUNCE = 1 << 2,	/* told all */
	CLAIM_NAME = 1 << 3,		/* asked for others in its name */
};

struct exam_claim {
	uint32_t vip;
	uint32_t ifindex;
	struct mac mac;
	uint32_t how;
};

/* A server whose reply to somebody else came to us. */
struct exam_detour {
	uint32_t vip;
	uint32_t target;
	struct addr client;
};

struct exam {
	const struct model *model;	/* sorted */
	const struct host *host;
	uint16_t port;			/* the first of two of each target's */
	struct exam_vip *vips;
	struct exam_target *targets;
	struct exam_probe *probes;
	struct exam_claim *claims;
	struct exam_detour *detours;
	struct exam_segment *segments;
	size_t n_vips, n_targets, n_probes, n_claims, n_detours;
	size_t n_segments;
};

/* Plan what to ask; @exam->port is still to be set. */
void exam_plan(struct exam *exam, const struct model *model,
	       const struct host *host);
void exam_clear(struct exam *exam);

/* Send all questions, but for probes that have been answered. */
typedef void exam_send_fn(const uint8_t *bytes, size_t len, uint32_t ifindex,
			  void *arg);
void exam_ask(const struct exam *exam, exam_send_fn *send, void *arg);

/* What a frame that came in was; bits. */
enum {
	SEEN_CLAIM = 1 << 0,		/* one that was not known */
	SEEN_OPENED = 1 << 1,		/* a SYN-ACK, which wants a RST */
};

unsigned int exam_see(struct exam *exam, const struct frame *frame);

/* The address that stands for a service's VIP; a firewall mark has none. */
bool exam_address(const struct service_key *key, struct addr *addr);

/* Each finds one, or returns EXAM_NONE or NULL. */
uint32_t exam_find_vip(const struct exam *exam, const struct addr *addr);
uint32_t exam_find_target(const struct exam *exam,
			  const struct server *server);
const struct exam_target *exam_target_of(const struct exam *exam,
					 const struct mac *mac);
struct exam_probe *exam_find_probe(const struct exam *exam, uint32_t target,
				   bool own, uint8_t protocol, uint16_t port,
				   uint32_t vip);

#endif

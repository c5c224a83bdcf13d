/* SPDX-License-Identifier: GPL-2.0 */
/* What doctor finds, and what mends it. Pure. */
#ifndef DSRCTL_DOCTOR_FIND_H
#define DSRCTL_DOCTOR_FIND_H

#include "model.h"

enum severity {
	HEALTHY,
	NOTE,
	WARNING,
	FAULT,
};

enum find_kind {
	FIND_NEIGHBOUR_ANSWER,
	FIND_ANNOUNCEMENT,
	FIND_NEIGHBOUR_SOURCE,
	FIND_DUPLICATE,
	FIND_HOLDER,
	FIND_STANDBY,
	FIND_FORWARDED,
	FIND_VIP_MISSING,
	FIND_CLOSED,
	FIND_OWN_ADDRESS_ONLY,
	FIND_WRONG_SOURCE,
	FIND_REJECTED,
	FIND_DROPPED,
	FIND_SILENT,
	FIND_UNANSWERED,
	FIND_DETOUR,
	FIND_NEXTHOP,
	FIND_SAME_MAC,
	FIND_NO_SOURCE,
	FIND_NO_ADDRESS,
	FIND_NO_SERVICE,
	FIND_NO_SERVER,
	FIND_NO_WAY_BACK,
	FIND_VERSION,
	FIND_DAD_FAILED,
	FIND_MTU,
	FIND_LRO,
	FIND_FORWARDING,
	FIND_IPVS,
	FIND_EARLIER_HOOK,
	FIND_XDP,
	FIND_CONNTRACK,
	N_FIND_KINDS,
};

/* What does not apply is zero. */
struct finding {
	enum find_kind kind;
	enum severity severity;
	struct addr vip;
	bool has_service;
	struct service_key service;
	struct addr server;
	bool has_mac;
	struct mac mac;
	char dev[IF_NAMESIZE];
	struct addr other;		/* another address that it is about */
	uint32_t number;		/* that is needed, as an MTU */
	char *evidence;
};

/* How one VIP, or one server of a service, is; a row of the table. */
struct verdict {
	struct addr vip;		/* or else a service and its server */
	struct service_key service;
	struct addr server;
	bool has_mac;
	struct mac mac;
	char dev[IF_NAMESIZE];
	const char *result;		/* a word */
	enum severity severity;
	char *evidence;
};

struct report {
	struct finding *findings;
	struct verdict *verdicts;
	size_t n_findings, n_verdicts;
};

void report_clear(struct report *report);

/* The worst that there is. */
enum severity report_severity(const struct report *report);

/* Worst first. */
void report_sort(struct report *report);

/* Whether both tell of the same thing, whatever the evidence. */
bool find_same(const struct finding *a, const struct finding *b);

const char *find_name(enum find_kind kind);
const char *find_severity(enum severity severity);

/* How bad it is unless there is more to say. */
enum severity find_usual_severity(enum find_kind kind);

/* Room for what find_text() writes. */
#define FIND_TEXT	512

/* Parts of what is said about a finding. */
enum find_part {
	FIND_WHAT,
	FIND_CAUSE,		/* what it may come from, most likely first */
	FIND_MEND,		/* commands, one to a line; any of them helps */
};

/* Written into @text and returned; empty if there is nothing to say. */
const char *find_text(const struct finding *finding, enum find_part part,
		      char text[FIND_TEXT]);

/* Whether the commands are for the real server, not for this machine. */
bool find_mends_server(const struct finding *finding);

#endif

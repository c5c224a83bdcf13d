/* SPDX-License-Identifier: GPL-2.0 */
/* What the answers mean. Pure. Each adds to @report. */
#ifndef DSRCTL_DOCTOR_JUDGE_H
#define DSRCTL_DOCTOR_JUDGE_H

#include "doctor_exam.h"
#include "doctor_find.h"

/* Others that claim a VIP. */
void judge_claims(const struct exam *exam, struct report *report);

/* Replies that come by here. */
void judge_detours(const struct exam *exam, struct report *report);

/* The VIPs, one by one, once the claims are judged. */
void judge_vips(const struct exam *exam, struct report *report);

/* The servers, one by one, once they had time to answer. */
void judge_servers(const struct exam *exam, struct report *report);

/* This machine; @version is what the module should be of. */
void judge_host(const struct exam *exam, const char *version,
		struct report *report);

#endif

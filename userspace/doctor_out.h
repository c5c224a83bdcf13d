/* SPDX-License-Identifier: GPL-2.0 */
/* What doctor has found, as text for people or as JSON for programs. */
#ifndef DSRCTL_DOCTOR_OUT_H
#define DSRCTL_DOCTOR_OUT_H

#include "doctor_find.h"
#include "out.h"

/* A table of what was examined, then the findings; in JSON only these. */
void out_report(const struct out *out, const struct report *report);

/* One finding as it comes or, if it is @over, goes; in JSON a line. */
void out_finding_event(const struct out *out, const struct finding *finding,
	       bool over);

#endif

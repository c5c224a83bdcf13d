/* SPDX-License-Identifier: GPL-2.0 */
/* What realserver check finds, for people or as JSON. */
#ifndef DSRCTL_OUT_FAULTS_H
#define DSRCTL_OUT_FAULTS_H

#include "out.h"
#include "realserver.h"

/* The faults, and in the text also the VIPs that have none. */
void out_faults(const struct out *out, const struct machine *machine,
		const struct service_key *vips, size_t n_vips,
		const struct faults *faults);

#endif

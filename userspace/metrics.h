/* SPDX-License-Identifier: GPL-2.0 */
/* The model as Prometheus reads it. */
#ifndef DSRCTL_METRICS_H
#define DSRCTL_METRICS_H

#include <stdio.h>

#include "model.h"

/* Print a sorted model with everything in it. */
void metrics_print(FILE *to, const struct model *model);

#endif

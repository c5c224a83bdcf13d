/* SPDX-License-Identifier: GPL-2.0 */
/* Frames of an examination, out to the network and in from it. */
#ifndef DSRCTL_DOCTOR_WIRE_H
#define DSRCTL_DOCTOR_WIRE_H

#include "doctor_exam.h"

struct wire {
	int fd;
	uint16_t port;		/* the first of the source ports of probes */
	size_t n_ports;
};

/* For examinations in the network namespace of the calling thread. */
int wire_open(struct wire *wire, const struct exam *exam, struct err *err);
void wire_close(struct wire *wire);

/* Whether it is open for as many servers as these. */
bool wire_is_enough(const struct wire *wire, const struct exam *exam);

/* Send what there is to ask. */
int wire_ask(struct wire *wire, struct exam *exam, struct err *err);

/* Now, in milliseconds since some time. */
uint64_t wire_now(void);

/*
 * Read what comes until then. Return: whether it has ended early, for a claim
 * that was not known, as it does if @until_claim.
 */
bool wire_listen(struct wire *wire, struct exam *exam, uint64_t until,
		 bool until_claim);

#endif

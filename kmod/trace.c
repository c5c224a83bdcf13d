// SPDX-License-Identifier: GPL-2.0
/*
 * Makes the tracepoints of trace.h.
 */
#include <net/ipv6.h>
#include "kmod/server.h"
#include "kmod/tuple.h"

/* Used where the kernel has tracing. */
static void __maybe_unused dsr_trace_addr(u8 *to, u8 family,
					  const union nf_inet_addr *addr)
{
	struct in6_addr in6;

	if (family == AF_INET)
		ipv6_addr_set_v4mapped(addr->ip, &in6);
	else
		in6 = addr->in6;
	memcpy(to, &in6, sizeof(in6));
}

#define CREATE_TRACE_POINTS
#include "kmod/trace.h"

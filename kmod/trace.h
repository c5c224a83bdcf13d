/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tracepoint dsr:dsr_packet: each packet as it leaves the hook.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM dsr

#if !defined(DSR_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define DSR_TRACE_H

#include <linux/tracepoint.h>
#include <uapi/linux/dsr.h>
#include "kmod/server.h"
#include "kmod/tuple.h"

/* For tools that read the event's format. */
TRACE_DEFINE_ENUM(DSR_REASON_FORWARDED);
TRACE_DEFINE_ENUM(DSR_REASON_NOT_OURS);
TRACE_DEFINE_ENUM(DSR_REASON_ECHO_ANSWERED);
TRACE_DEFINE_ENUM(DSR_REASON_ICMP_UNMATCHED);
TRACE_DEFINE_ENUM(DSR_REASON_MALFORMED);
TRACE_DEFINE_ENUM(DSR_REASON_RESET);
TRACE_DEFINE_ENUM(DSR_REASON_FLOW_UNKNOWN);
TRACE_DEFINE_ENUM(DSR_REASON_FLOW_LOST);
TRACE_DEFINE_ENUM(DSR_REASON_NO_SERVER);
TRACE_DEFINE_ENUM(DSR_REASON_NO_NEXTHOP);
TRACE_DEFINE_ENUM(DSR_REASON_TOO_BIG);
TRACE_DEFINE_ENUM(DSR_REASON_LRO);
TRACE_DEFINE_ENUM(DSR_REASON_NO_MEMORY);
TRACE_DEFINE_ENUM(DSR_REASON_XMIT_FAILED);
TRACE_DEFINE_ENUM(DSR_REASON_FRAGMENT_TIMEOUT);
TRACE_DEFINE_ENUM(DSR_REASON_FRAGMENT_LIMIT);
TRACE_DEFINE_ENUM(DSR_REASON_NEIGH_ANSWERED);
TRACE_DEFINE_ENUM(DSR_REASON_FROM_SERVER);
TRACE_DEFINE_ENUM(DSR_REASON_FROM_PEER);
TRACE_DEFINE_ENUM(DSR_REASON_LOCAL);
TRACE_DEFINE_ENUM(DSR_REASON_FROM_VIP);
TRACE_DEFINE_ENUM(DSR_REASON_REPLY);
TRACE_DEFINE_ENUM(DSR_REASON_REPLY_LOST);

/* Addresses are kept as 16 bytes each, an IPv4 address as ::ffff:a.b.c.d. */
TRACE_EVENT(dsr_packet,
	TP_PROTO(const struct dsr_tuple *tuple, const struct dsr_server *server,
		 enum dsr_reason reason),

	TP_ARGS(tuple, server, reason),

	TP_STRUCT__entry(
		__field(u8, reason)
		__field(u8, protocol)
		__field(u16, sport)
		__field(u16, dport)
		__array(u8, saddr, sizeof(struct in6_addr))
		__array(u8, daddr, sizeof(struct in6_addr))
		__array(u8, server, sizeof(struct in6_addr))
	),

	TP_fast_assign(
		__entry->reason = reason;
		__entry->protocol = tuple->protocol;
		__entry->sport = ntohs(tuple->sport);
		__entry->dport = ntohs(tuple->dport);
		dsr_trace_addr(__entry->saddr, tuple->family, &tuple->saddr);
		dsr_trace_addr(__entry->daddr, tuple->family, &tuple->daddr);
		memset(__entry->server, 0, sizeof(__entry->server));
		if (server)
			dsr_trace_addr(__entry->server, server->nexthop.family,
				       &server->nexthop.addr);
	),

	TP_printk("%s protocol=%u saddr=%pI6c sport=%u daddr=%pI6c dport=%u server=%pI6c",
		  __print_symbolic(__entry->reason,
				   { DSR_REASON_FORWARDED, "forwarded" },
				   { DSR_REASON_NOT_OURS, "not-ours" },
				   { DSR_REASON_ECHO_ANSWERED, "echo-answered" },
				   { DSR_REASON_ICMP_UNMATCHED, "icmp-unmatched" },
				   { DSR_REASON_MALFORMED, "malformed" },
				   { DSR_REASON_RESET, "reset" },
				   { DSR_REASON_FLOW_UNKNOWN, "flow-unknown" },
				   { DSR_REASON_FLOW_LOST, "flow-lost" },
				   { DSR_REASON_NO_SERVER, "no-server" },
				   { DSR_REASON_NO_NEXTHOP, "no-nexthop" },
				   { DSR_REASON_TOO_BIG, "too-big" },
				   { DSR_REASON_LRO, "lro" },
				   { DSR_REASON_NO_MEMORY, "no-memory" },
				   { DSR_REASON_XMIT_FAILED, "xmit-failed" },
				   { DSR_REASON_FRAGMENT_TIMEOUT, "fragment-timeout" },
				   { DSR_REASON_FRAGMENT_LIMIT, "fragment-limit" },
				   { DSR_REASON_NEIGH_ANSWERED, "neigh-answered" },
				   { DSR_REASON_FROM_SERVER, "from-server" },
				   { DSR_REASON_FROM_PEER, "from-peer" },
				   { DSR_REASON_LOCAL, "local" },
				   { DSR_REASON_FROM_VIP, "from-vip" },
				   { DSR_REASON_REPLY, "reply" },
				   { DSR_REASON_REPLY_LOST, "reply-lost" }),
		  __entry->protocol, __entry->saddr, __entry->sport,
		  __entry->daddr, __entry->dport, __entry->server)
);

#endif /* DSR_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH kmod
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>

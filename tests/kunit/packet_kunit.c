// SPDX-License-Identifier: GPL-2.0
/*
 * Every kind of packet: what becomes of it, why, for which service, and that
 * its bytes are those that came. Each row is run for both families unless it
 * says otherwise.
 */
#include <linux/ip.h>
#include <linux/if_packet.h>
#include <net/ip.h>
#include <net/tcp.h>
#include "tests/kunit/packet.h"

#define CLIENT	DSR_LAB_CLIENT
#define WEB	DSR_LAB_VIP
#define ANY	DSR_IP(192, 0, 2, 20)
#define FTP	DSR_IP(192, 0, 2, 30)
#define RANGE	DSR_IP(192, 0, 2, 40)
#define EMPTY	DSR_IP(192, 0, 2, 50)
#define CROSS	DSR_IP(192, 0, 2, 60)
#define FOREIGN	DSR_IP(192, 0, 2, 99)
#define NET(x)	DSR_IP(203, 0, 113, (x))
#define MARK	7

#define TCP	.protocol = IPPROTO_TCP
#define UDP	.protocol = IPPROTO_UDP
#define SCTP	.protocol = IPPROTO_SCTP

static const struct dsr_lab_service packet_services[] = {
	{ "web", IPPROTO_TCP, WEB, 0, { { 80, 80 } }, .servers = 1 },
	{ "dns", IPPROTO_UDP, WEB, 0, { { 53, 53 } }, .servers = 1 },
	{ "sctp", IPPROTO_SCTP, WEB, 0, { { 9899, 9899 } }, .servers = 1 },
	{ "any", 0, ANY, .servers = 1 },
	{ "https", IPPROTO_TCP, ANY, 0, { { 443, 443 } }, .servers = 1 },
	{ "ftp", IPPROTO_TCP, FTP, 0, { { 21, 21 }, { 1024, 65535 } },
	  .echo = DSR_ECHO_FORWARD, .servers = 1 },
	{ "range", IPPROTO_TCP, RANGE, 0, { { 1000, 2000 } }, .servers = 1 },
	{ "inner", IPPROTO_TCP, RANGE, 0, { { 1500, 1599 } }, .servers = 1 },
	{ "net", IPPROTO_UDP, NET(0), 8, .servers = 1 },
	{ "host", IPPROTO_UDP, NET(5), 0, { { 53, 53 } }, .servers = 1 },
	{ "mark", .fwmark = MARK, .servers = 1 },
	{ "empty", IPPROTO_TCP, EMPTY, 0, { { 80, 80 } } },
	{ "cross", IPPROTO_TCP, CROSS, 0, { { 80, 80 } }, .servers = 1,
	  .cross = true },
	{ "local", IPPROTO_TCP, DSR_LAB_LOCAL, 0, { { 80, 80 } },
	  .servers = 1 },
};

/* The kernel drops it before the hook sees it. */
#define UNSEEN	DSR_REASON_COUNT

enum { BOTH, ONLY4, ONLY6 };

/**
 * struct packet_row - a packet and what becomes of it
 * @desc: what is special about it
 * @b: the packet. Without source address or port it has the client's, and a
 *	port and an identification of its own.
 * @reason: why it leaves the hook; or UNSEEN
 * @service: the service that it is for
 * @families: both or one
 * @before: a packet that comes first
 */
struct packet_row {
	const char		*desc;
	struct dsr_build	b;
	unsigned int		reason;
	const char		*service;
	int			families;
	const struct dsr_build	*before;
};

/* What the real servers sent, as ICMP errors quote it. */
static const struct dsr_build quoted_tcp = {
	TCP, .saddr = WEB, .daddr = CLIENT, .sport = 80, .dport = 3001,
};

static const struct dsr_build quoted_udp = {
	UDP, .saddr = WEB, .daddr = CLIENT, .sport = 53, .dport = 3002,
	.payload = 40,
};

static const struct dsr_build quoted_sctp = {
	SCTP, .saddr = WEB, .daddr = CLIENT, .sport = 9899, .dport = 3003,
	.payload = 40,
};

static const struct dsr_build quoted_gre = {
	.protocol = IPPROTO_GRE, .saddr = ANY, .daddr = CLIENT, .payload = 40,
};

static const struct dsr_build quoted_echo = {
	.icmp = DSR_BUILD_ECHO_REPLY, .saddr = FTP, .daddr = CLIENT,
	.sport = 3005, .payload = 40,
};

static const struct dsr_build quoted_ftp = {
	TCP, .saddr = FTP, .daddr = CLIENT, .sport = 2000, .dport = 3006,
};

static const struct dsr_build quoted_unknown = {
	TCP, .saddr = WEB, .daddr = CLIENT, .sport = 80, .dport = 2999,
};

static const struct dsr_build quoted_lie = {
	TCP, .saddr = FOREIGN, .daddr = CLIENT, .sport = 80, .dport = 3001,
};

static const struct dsr_build quoted_fragment = {
	TCP, .saddr = WEB, .daddr = CLIENT, .frag_off = 100, .payload = 40,
};

static const struct dsr_build quoted_first = {
	UDP, .saddr = WEB, .daddr = CLIENT, .sport = 53, .dport = 3002,
	.frag_off = IP_MF, .payload = 40,
};

static const struct dsr_build quoted_version = {
	TCP, .version = 5, .saddr = WEB, .daddr = CLIENT, .sport = 80,
	.dport = 3001,
};

static const struct dsr_build quoted_ihl = {
	TCP, .ihl = 4, .saddr = WEB, .daddr = CLIENT, .sport = 80,
	.dport = 3001,
};

static const struct dsr_build quoted_long_ihl = {
	TCP, .ihl = 15, .saddr = WEB, .daddr = CLIENT, .sport = 80,
	.dport = 3001,
};

static const struct dsr_build quoted_options = {
	TCP, .options = 12, .saddr = WEB, .daddr = CLIENT, .sport = 80,
	.dport = 3001,
};

static const struct dsr_build quoted_extensions = {
	TCP, .ext = "hd", .saddr = WEB, .daddr = CLIENT, .sport = 80,
	.dport = 3001,
};

static const struct dsr_build quoted_routed = {
	TCP, .ext = "R", .saddr = WEB, .daddr = CLIENT, .sport = 80,
	.dport = 3001,
};

static const struct dsr_build quoted_ipv4 = {
	TCP, .family = AF_INET, .saddr = WEB, .daddr = CLIENT, .sport = 80,
	.dport = 3001, .payload = 40,
};

static const struct dsr_build quoted_ipv6 = {
	TCP, .family = AF_INET6, .saddr = WEB, .daddr = CLIENT, .sport = 80,
	.dport = 3001,
};

/* What the client sent before the errors came. */
static const struct dsr_build flow_tcp = {
	TCP, .saddr = CLIENT, .daddr = WEB, .sport = 3001, .dport = 80,
};

static const struct dsr_build flow_udp = {
	UDP, .saddr = CLIENT, .daddr = WEB, .sport = 3002, .dport = 53,
};

static const struct dsr_build flow_sctp = {
	SCTP, .saddr = CLIENT, .daddr = WEB, .sport = 3003, .dport = 9899,
};

static const struct dsr_build flow_gre = {
	.protocol = IPPROTO_GRE, .saddr = CLIENT, .daddr = ANY, .payload = 8,
};

static const struct dsr_build flow_echo = {
	.icmp = DSR_BUILD_ECHO, .saddr = CLIENT, .daddr = FTP, .sport = 3005,
};

static const struct dsr_build flow_ftp = {
	TCP, .saddr = CLIENT, .daddr = FTP, .sport = 3006, .dport = 21,
};

#define FORWARDED	DSR_REASON_FORWARDED
#define NOT_OURS	DSR_REASON_NOT_OURS
#define ANSWERED	DSR_REASON_ECHO_ANSWERED
#define UNMATCHED	DSR_REASON_ICMP_UNMATCHED
#define MALFORMED	DSR_REASON_MALFORMED
#define NO_SERVER	DSR_REASON_NO_SERVER
#define TOO_BIG		DSR_REASON_TOO_BIG
#define LRO		DSR_REASON_LRO

#define TO_WEB(...)	{ TCP, .daddr = WEB, .dport = 80, __VA_ARGS__ }
#define TO_DNS(...)	{ UDP, .daddr = WEB, .dport = 53, __VA_ARGS__ }
#define TO_SCTP(...)	{ SCTP, .daddr = WEB, .dport = 9899, __VA_ARGS__ }
#define TCP_TO(vip, port) { TCP, .daddr = (vip), .dport = (port) }
#define UDP_TO(vip, port) { UDP, .daddr = (vip), .dport = (port) }
#define TO_ANY(...)	{ .daddr = ANY, __VA_ARGS__ }
#define ECHO(vip, ...)	{ .icmp = DSR_BUILD_ECHO, .daddr = (vip), __VA_ARGS__ }
#define ERROR(kind, vip, ...) \
	{ .icmp = DSR_BUILD_##kind, .daddr = (vip), __VA_ARGS__ }

static const struct packet_row packet_rows[] = {
	/* TCP */
	{ "tcp syn", TO_WEB(.flags = TCPHDR_SYN), FORWARDED, "web" },
	{ "tcp ack", TO_WEB(.flags = TCPHDR_ACK), FORWARDED, "web" },
	{ "tcp fin", TO_WEB(.flags = TCPHDR_FIN), FORWARDED, "web" },
	{ "tcp rst", TO_WEB(.flags = TCPHDR_RST), FORWARDED, "web" },
	{ "tcp without a flag", TO_WEB(), FORWARDED, "web" },
	{ "tcp with all flags", TO_WEB(.flags = 0xff), FORWARDED, "web" },
	{ "tcp with data", TO_WEB(.payload = 700), FORWARDED, "web" },
	{ "tcp, padded by the link", TO_WEB(.padding = 6), FORWARDED, "web" },
	{ "tcp, only its ip header linear", TO_WEB(.linear = 41, .payload = 9),
	  FORWARDED, "web" },
	{ "tcp, nearly nothing linear", TO_WEB(.linear = 1), FORWARDED, "web" },
	{ "tcp to another port", TCP_TO(WEB, 81), NOT_OURS },
	{ "tcp to the port before", TCP_TO(WEB, 79), NOT_OURS },
	{ "tcp to another service's port", TCP_TO(WEB, 53), NOT_OURS },
	{ "tcp to another address", TCP_TO(FOREIGN, 80), NOT_OURS },
	{ "tcp header a byte short", TO_WEB(.cut = 1, .lie = -1), MALFORMED },
	{ "tcp header missing", TO_WEB(.cut = 20, .lie = -20), MALFORMED },
	{ "tcp header missing, to another address",
	  { TCP, .daddr = FOREIGN, .cut = 20, .lie = -20 }, NOT_OURS },
	{ "tcp header in the padding only",
	  TO_WEB(.padding = 20, .lie = -20), MALFORMED },

	/* UDP, SCTP */
	{ "udp", TO_DNS(.payload = 30), FORWARDED, "dns" },
	{ "udp without payload", TO_DNS(), FORWARDED, "dns" },
	{ "udp, nearly nothing linear", TO_DNS(.linear = 1), FORWARDED, "dns" },
	{ "udp to another port", UDP_TO(WEB, 54), NOT_OURS },
	{ "udp to a tcp service's port", UDP_TO(WEB, 80), NOT_OURS },
	{ "udp header a byte short", TO_DNS(.cut = 1, .lie = -1), MALFORMED },
	{ "udp header missing", TO_DNS(.cut = 8, .lie = -8), MALFORMED },
	{ "sctp", TO_SCTP(.payload = 16), FORWARDED, "sctp" },
	{ "sctp without a chunk", TO_SCTP(), FORWARDED, "sctp" },
	{ "sctp to another port",
	  { SCTP, .daddr = WEB, .dport = 9898 }, NOT_OURS },
	{ "sctp header a byte short", TO_SCTP(.cut = 1, .lie = -1), MALFORMED },

	/* Any protocol */
	{ "any: gre", TO_ANY(.protocol = IPPROTO_GRE, .payload = 8),
	  FORWARDED, "any" },
	{ "any: esp", TO_ANY(.protocol = IPPROTO_ESP, .payload = 32),
	  FORWARDED, "any" },
	{ "any: a tunnel", TO_ANY(.protocol = IPPROTO_IPIP, .payload = 40),
	  FORWARDED, "any" },
	{ "any: dccp", TO_ANY(.protocol = IPPROTO_DCCP, .payload = 16),
	  FORWARDED, "any" },
	{ "any: the last protocol", TO_ANY(.protocol = 255, .payload = 1),
	  FORWARDED, "any" },
	{ "any: nothing after the header", TO_ANY(.protocol = IPPROTO_GRE),
	  FORWARDED, "any" },
	{ "any: udp", UDP_TO(ANY, 443), FORWARDED, "any" },
	{ "any: sctp", { SCTP, .daddr = ANY, .dport = 1 }, FORWARDED, "any" },
	{ "any: tcp", TCP_TO(ANY, 444), FORWARDED, "any" },
	{ "any: tcp to port 0", TCP_TO(ANY, 0), FORWARDED, "any" },
	{ "any: tcp to the last port", TCP_TO(ANY, 65535), FORWARDED, "any" },
	{ "tcp's own service before any's", TCP_TO(ANY, 443),
	  FORWARDED, "https" },
	{ "gre to services of other protocols",
	  { .protocol = IPPROTO_GRE, .daddr = WEB, .payload = 8 }, NOT_OURS },
	{ "any: protocol 0", TO_ANY(.protocol = 0, .payload = 8),
	  FORWARDED, "any", ONLY4 },
	{ "any: ah", TO_ANY(.protocol = IPPROTO_AH, .payload = 24),
	  FORWARDED, "any", ONLY4 },
	{ "any: icmpv6", TO_ANY(.protocol = IPPROTO_ICMPV6, .payload = 8),
	  FORWARDED, "any", ONLY4 },
	{ "any: icmp", TO_ANY(.protocol = IPPROTO_ICMP, .payload = 8),
	  FORWARDED, "any", ONLY6 },
	{ "any: no next header", TO_ANY(.protocol = NEXTHDR_NONE),
	  FORWARDED, "any", ONLY6 },

	/* Several ports, ranges, prefixes */
	{ "ftp's control", TCP_TO(FTP, 21), FORWARDED, "ftp" },
	{ "ftp's first port", TCP_TO(FTP, 1024), FORWARDED, "ftp" },
	{ "ftp's last port", TCP_TO(FTP, 65535), FORWARDED, "ftp" },
	{ "before ftp's control", TCP_TO(FTP, 20), NOT_OURS },
	{ "after ftp's control", TCP_TO(FTP, 22), NOT_OURS },
	{ "before ftp's range", TCP_TO(FTP, 1023), NOT_OURS },
	{ "before a range", TCP_TO(RANGE, 999), NOT_OURS },
	{ "first of a range", TCP_TO(RANGE, 1000), FORWARDED, "range" },
	{ "last before the inner range", TCP_TO(RANGE, 1499),
	  FORWARDED, "range" },
	{ "first of the inner range", TCP_TO(RANGE, 1500),
	  FORWARDED, "inner" },
	{ "last of the inner range", TCP_TO(RANGE, 1599), FORWARDED, "inner" },
	{ "first after the inner range", TCP_TO(RANGE, 1600),
	  FORWARDED, "range" },
	{ "last of a range", TCP_TO(RANGE, 2000), FORWARDED, "range" },
	{ "after a range", TCP_TO(RANGE, 2001), NOT_OURS },
	{ "first of a prefix", UDP_TO(NET(0), 53), FORWARDED, "net" },
	{ "last of a prefix", UDP_TO(NET(255), 53), FORWARDED, "net" },
	{ "a longer prefix in it", UDP_TO(NET(5), 53), FORWARDED, "host" },
	{ "other ports of the longer prefix", UDP_TO(NET(5), 54),
	  FORWARDED, "net" },
	{ "another protocol in a prefix", TCP_TO(NET(5), 53), NOT_OURS },
	{ "before a prefix", UDP_TO(DSR_IP(203, 0, 112, 255), 53), NOT_OURS },
	{ "after a prefix", UDP_TO(DSR_IP(203, 0, 114, 0), 53), NOT_OURS },

	/* Firewall marks */
	{ "mark", { TCP, .daddr = FOREIGN, .mark = MARK }, FORWARDED, "mark" },
	{ "mark of udp", { UDP, .daddr = FOREIGN, .mark = MARK },
	  FORWARDED, "mark" },
	{ "mark of gre",
	  { .protocol = IPPROTO_GRE, .daddr = FOREIGN, .mark = MARK },
	  FORWARDED, "mark" },
	{ "mark before address", TO_WEB(.mark = MARK), FORWARDED, "mark" },
	{ "another mark", { TCP, .daddr = FOREIGN, .mark = 8 }, NOT_OURS },
	{ "another mark, an address of ours", TO_WEB(.mark = 8),
	  FORWARDED, "web" },
	{ "mark, malformed",
	  { TCP, .daddr = FOREIGN, .mark = MARK, .cut = 1, .lie = -1 },
	  MALFORMED },

	/* Servers */
	{ "no server", TCP_TO(EMPTY, 80), NO_SERVER, "empty" },
	{ "a server of the other family", TCP_TO(CROSS, 80),
	  FORWARDED, "cross" },
	{ "an address of the director's", TCP_TO(DSR_LAB_LOCAL, 80),
	  FORWARDED, "local" },
	{ "another port of the director's", TCP_TO(DSR_LAB_LOCAL, 22),
	  NOT_OURS },

	/* Not for this host alone */
	{ "broadcast by the link", TO_WEB(.pkt_type = PACKET_BROADCAST),
	  NOT_OURS },
	{ "multicast by the link", TO_WEB(.pkt_type = PACKET_MULTICAST),
	  NOT_OURS },
	{ "for another host", TO_WEB(.pkt_type = PACKET_OTHERHOST), UNSEEN },

	/* Echo */
	{ "echo", ECHO(WEB), ANSWERED },
	{ "echo with payload", ECHO(WEB, .payload = 1000), ANSWERED },
	{ "echo, nearly nothing linear", ECHO(WEB, .payload = 8, .linear = 1),
	  ANSWERED },
	{ "echo to a service of any protocol", ECHO(ANY), ANSWERED },
	{ "echo to a prefix", ECHO(NET(77)), ANSWERED },
	{ "echo with a mark", ECHO(FOREIGN, .mark = MARK), ANSWERED },
	{ "echo to be forwarded", ECHO(FTP, .payload = 56), FORWARDED, "ftp" },
	{ "echo to the director's address", ECHO(DSR_LAB_LOCAL), NOT_OURS },
	{ "echo to another address", ECHO(FOREIGN), NOT_OURS },
	{ "echo from nowhere", ECHO(WEB, .saddr = DSR_IP(9, 9, 9, 9)),
	  NOT_OURS },
	{ "echo from the director's address",
	  ECHO(WEB, .saddr = DSR_LAB_LOCAL), NOT_OURS },
	{ "echo in fragments", ECHO(WEB, .payload = 800, .frag_off = IP_MF),
	  NOT_OURS },
	{ "echo in fragments to be forwarded",
	  ECHO(FTP, .payload = 800, .frag_off = IP_MF), FORWARDED, "ftp" },
	{ "echo header a byte short", ECHO(WEB, .cut = 1, .lie = -1),
	  MALFORMED },
	{ "echo with ip options", ECHO(WEB, .options = 4), NOT_OURS, NULL,
	  ONLY4 },
	{ "echo from everybody", ECHO(WEB, .saddr = cpu_to_be32(0xffffffff)),
	  NOT_OURS, NULL, ONLY4 },
	{ "echo with an extension header", ECHO(WEB, .ext = "h"), NOT_OURS,
	  NULL, ONLY6 },
	{ "echo reply", ERROR(ECHO_REPLY, WEB), NOT_OURS },
	{ "echo reply to a service of any protocol", ERROR(ECHO_REPLY, ANY),
	  NOT_OURS },
	{ "router solicitation", ERROR(ROUTER, WEB), NOT_OURS },

	/* ICMP errors about a flow that is known */
	{ "too big about tcp", ERROR(TOO_BIG, WEB, .inner = &quoted_tcp),
	  FORWARDED, "web", BOTH, &flow_tcp },
	{ "unreachable about tcp",
	  ERROR(UNREACHABLE, WEB, .inner = &quoted_tcp),
	  FORWARDED, "web", BOTH, &flow_tcp },
	{ "time exceeded about tcp",
	  ERROR(EXCEEDED, WEB, .inner = &quoted_tcp),
	  FORWARDED, "web", BOTH, &flow_tcp },
	{ "parameter problem about tcp",
	  ERROR(PARAMETER, WEB, .inner = &quoted_tcp),
	  FORWARDED, "web", BOTH, &flow_tcp },
	{ "too big from a router",
	  ERROR(TOO_BIG, WEB, .inner = &quoted_tcp,
		.saddr = DSR_IP(9, 9, 9, 9)),
	  FORWARDED, "web", BOTH, &flow_tcp },
	{ "too big, nearly nothing linear",
	  ERROR(TOO_BIG, WEB, .inner = &quoted_tcp, .linear = 1),
	  FORWARDED, "web", BOTH, &flow_tcp },
	{ "too big about udp", ERROR(TOO_BIG, WEB, .inner = &quoted_udp),
	  FORWARDED, "dns", BOTH, &flow_udp },
	{ "too big about a first fragment",
	  ERROR(TOO_BIG, WEB, .inner = &quoted_first),
	  FORWARDED, "dns", BOTH, &flow_udp },
	{ "too big about sctp", ERROR(TOO_BIG, WEB, .inner = &quoted_sctp),
	  FORWARDED, "sctp", BOTH, &flow_sctp },
	{ "too big about gre", ERROR(TOO_BIG, ANY, .inner = &quoted_gre),
	  FORWARDED, "any", BOTH, &flow_gre },
	{ "too big about an echo reply",
	  ERROR(TOO_BIG, FTP, .inner = &quoted_echo),
	  FORWARDED, "ftp", BOTH, &flow_echo },
	{ "too big about a port of several",
	  ERROR(TOO_BIG, FTP, .inner = &quoted_ftp),
	  FORWARDED, "ftp", BOTH, &flow_ftp },
	{ "eight bytes of tcp",
	  ERROR(TOO_BIG, WEB, .inner = &quoted_tcp, .quoted = 28),
	  FORWARDED, "web", ONLY4, &flow_tcp },
	{ "seven bytes of tcp",
	  ERROR(TOO_BIG, WEB, .inner = &quoted_tcp, .quoted = 27),
	  MALFORMED, NULL, ONLY4, &flow_tcp },
	{ "eight bytes of tcp",
	  ERROR(TOO_BIG, WEB, .inner = &quoted_tcp, .quoted = 48),
	  FORWARDED, "web", ONLY6, &flow_tcp },
	{ "seven bytes of tcp",
	  ERROR(TOO_BIG, WEB, .inner = &quoted_tcp, .quoted = 47),
	  MALFORMED, NULL, ONLY6, &flow_tcp },
	{ "eight bytes of gre",
	  ERROR(TOO_BIG, ANY, .inner = &quoted_gre, .quoted = 28),
	  FORWARDED, "any", ONLY4, &flow_gre },
	{ "too big about tcp with ip options",
	  ERROR(TOO_BIG, WEB, .inner = &quoted_options),
	  FORWARDED, "web", ONLY4, &flow_tcp },
	{ "too big with ip options about tcp",
	  ERROR(TOO_BIG, WEB, .inner = &quoted_tcp, .options = 8),
	  FORWARDED, "web", ONLY4, &flow_tcp },
	{ "too big about tcp with extension headers",
	  ERROR(TOO_BIG, WEB, .inner = &quoted_extensions),
	  FORWARDED, "web", ONLY6, &flow_tcp },
	{ "too big with extension headers about tcp",
	  ERROR(TOO_BIG, WEB, .inner = &quoted_tcp, .ext = "hd"),
	  FORWARDED, "web", ONLY6, &flow_tcp },

	/* ICMP errors about no flow, or that lie */
	{ "too big about no flow",
	  ERROR(TOO_BIG, WEB, .inner = &quoted_unknown), UNMATCHED },
	{ "unreachable about no flow",
	  ERROR(UNREACHABLE, WEB, .inner = &quoted_unknown), UNMATCHED },
	{ "too big to another address about no flow",
	  ERROR(TOO_BIG, FOREIGN, .inner = &quoted_lie), NOT_OURS },
	{ "too big about another address's flow",
	  ERROR(TOO_BIG, WEB, .inner = &quoted_lie), MALFORMED, NULL, BOTH,
	  &flow_tcp },
	{ "too big about a later fragment",
	  ERROR(TOO_BIG, WEB, .inner = &quoted_fragment), NOT_OURS },
	{ "too big of a wrong version",
	  ERROR(TOO_BIG, WEB, .inner = &quoted_version), MALFORMED },
	{ "too big about the other family",
	  ERROR(TOO_BIG, WEB, .inner = &quoted_ipv6), MALFORMED, NULL, ONLY4 },
	{ "too big about the other family",
	  ERROR(TOO_BIG, WEB, .inner = &quoted_ipv4), MALFORMED, NULL, ONLY6 },
	{ "too big about a header too short",
	  ERROR(TOO_BIG, WEB, .inner = &quoted_ihl), MALFORMED, NULL, ONLY4 },
	{ "too big about a header too long",
	  ERROR(TOO_BIG, WEB, .inner = &quoted_long_ihl), MALFORMED, NULL,
	  ONLY4 },
	{ "too big about a packet on its way",
	  ERROR(TOO_BIG, WEB, .inner = &quoted_routed), NOT_OURS, NULL,
	  ONLY6 },
	{ "too big about half an ip header",
	  ERROR(TOO_BIG, WEB, .inner = &quoted_tcp, .quoted = 19), MALFORMED },
	{ "too big about nothing", ERROR(TOO_BIG, WEB), MALFORMED },
	{ "too big, its header a byte short",
	  ERROR(TOO_BIG, WEB, .cut = 1, .lie = -1), MALFORMED },
	{ "too big, malformed, to another address", ERROR(TOO_BIG, FOREIGN),
	  NOT_OURS },
	{ "too big in fragments",
	  ERROR(TOO_BIG, WEB, .inner = &quoted_tcp, .frag_off = IP_MF),
	  NOT_OURS, NULL, BOTH, &flow_tcp },

	/* Fragments; those that must wait are in another suite */
	{ "first fragment", TO_DNS(.payload = 800, .frag_off = IP_MF),
	  FORWARDED, "dns" },
	{ "first fragment of tcp", TO_WEB(.payload = 4, .frag_off = IP_MF),
	  FORWARDED, "web" },
	{ "first fragment without ports",
	  TO_ANY(.protocol = IPPROTO_GRE, .payload = 8, .frag_off = IP_MF),
	  FORWARDED, "any" },
	{ "first fragment with half a tcp header",
	  TO_WEB(.frag_off = IP_MF, .cut = 4, .lie = -4), MALFORMED },
	{ "first fragment to another port",
	  { UDP, .daddr = WEB, .dport = 54, .payload = 8, .frag_off = IP_MF },
	  NOT_OURS },
	{ "first fragment with a mark",
	  { UDP, .daddr = FOREIGN, .mark = MARK, .payload = 8,
	    .frag_off = IP_MF }, FORWARDED, "mark" },
	{ "later fragment to another address",
	  { UDP, .daddr = FOREIGN, .payload = 8, .frag_off = 100 }, NOT_OURS },
	{ "middle fragment to another address",
	  { UDP, .daddr = FOREIGN, .payload = 8, .frag_off = IP_MF | 100 },
	  NOT_OURS },
	{ "do not fragment", TO_WEB(.frag_off = IP_DF), FORWARDED, "web",
	  ONLY4 },

	/* Size */
	{ "as large as the mtu", TO_WEB(.payload = 1460), FORWARDED, "web",
	  ONLY4 },
	{ "as large as the mtu", TO_WEB(.payload = 1440), FORWARDED, "web",
	  ONLY6 },
	{ "larger than the mtu", TO_WEB(.payload = 1461, .frag_off = IP_DF),
	  TOO_BIG, "web", ONLY4 },
	{ "larger than the mtu", TO_WEB(.payload = 1441), TOO_BIG, "web",
	  ONLY6 },
	{ "super-packet of tcp",
	  TO_WEB(.payload = 4200, .gso_size = 1400, .frag_off = IP_DF),
	  FORWARDED, "web" },
	{ "super-packet of tcp in pages",
	  TO_WEB(.payload = 9000, .gso_size = 1400, .linear = 100),
	  FORWARDED, "web" },
	{ "super-packet of udp", TO_DNS(.payload = 3000, .gso_size = 1000),
	  FORWARDED, "dns" },
	{ "super-packet, segments larger than the mtu",
	  TO_WEB(.payload = 4500, .gso_size = 1500, .frag_off = IP_DF),
	  TOO_BIG, "web" },
	{ "super-packet of lro",
	  TO_WEB(.payload = 4200, .gso_size = 1400, .lro = true, .linear = 99),
	  LRO, "web" },

	/* IPv4's own */
	{ "ip options", TO_WEB(.options = 4), FORWARDED, "web", ONLY4 },
	{ "ip options to the brim", TO_WEB(.options = 40), FORWARDED, "web",
	  ONLY4 },
	{ "ip options, nearly nothing linear",
	  TO_WEB(.options = 40, .linear = 1), FORWARDED, "web", ONLY4 },
	{ "ip options in place of a tcp header", TO_WEB(.ihl = 10), MALFORMED,
	  NULL, ONLY4 },
	{ "ip header too short", TO_WEB(.ihl = 4), UNSEEN, NULL, ONLY4 },
	{ "ip header longer than the packet", TO_WEB(.ihl = 15), UNSEEN, NULL,
	  ONLY4 },

	/* IPv6's own */
	{ "hop by hop", TO_WEB(.ext = "h"), FORWARDED, "web", ONLY6 },
	{ "destination options", TO_WEB(.ext = "d"), FORWARDED, "web", ONLY6 },
	{ "routing at its end", TO_WEB(.ext = "r"), FORWARDED, "web", ONLY6 },
	{ "routing on its way", TO_WEB(.ext = "R"), NOT_OURS, NULL, ONLY6 },
	{ "authentication", TO_WEB(.ext = "a"), FORWARDED, "web", ONLY6 },
	{ "all of them", TO_WEB(.ext = "hdrad"), FORWARDED, "web", ONLY6 },
	{ "all of them, nearly nothing linear",
	  TO_WEB(.ext = "hdrad", .linear = 1), FORWARDED, "web", ONLY6 },
	{ "eight of them", TO_WEB(.ext = "dddddddd"), FORWARDED, "web",
	  ONLY6 },
	{ "nine of them", TO_WEB(.ext = "ddddddddd"), MALFORMED, NULL, ONLY6 },
	{ "extension header a byte short",
	  TO_WEB(.ext = "d", .cut = 21, .lie = -21), MALFORMED, NULL, ONLY6 },
	{ "a fragment that is whole", TO_WEB(.ext = "f"), FORWARDED, "web",
	  ONLY6 },
	{ "first fragment after other headers",
	  TO_DNS(.ext = "hrf", .payload = 8, .frag_off = IP_MF),
	  FORWARDED, "dns", ONLY6 },
	{ "first fragment before other headers",
	  TO_DNS(.ext = "fd", .payload = 8, .frag_off = IP_MF),
	  FORWARDED, "dns", ONLY6 },
	{ "no length, and no jumbogram", TO_WEB(.lie = -20), MALFORMED, NULL,
	  ONLY6 },

	/* Both */
	{ "ip of a wrong version", TO_WEB(.version = 5), UNSEEN },
	{ "shorter than it says", TO_WEB(.lie = 1), UNSEEN },
};

/* The row and family that come next. */
struct packet_param {
	const struct packet_row	*row;
	u8			family;
};

static struct dsr_lab packet_lab;

static bool packet_has(const struct packet_row *row, u8 family)
{
	return row->families == BOTH ||
	       (row->families == ONLY6) == (family == AF_INET6);
}

static const void *packet_gen_params(const void *prev, char *desc)
{
	static struct packet_param param;
	static unsigned int n;

	if (!prev)
		n = 0;
	do {
		if (n == 2 * ARRAY_SIZE(packet_rows))
			return NULL;
		param.row = &packet_rows[n / 2];
		param.family = n++ % 2 ? AF_INET6 : AF_INET;
	} while (!packet_has(param.row, param.family));
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s: %s",
		 param.family == AF_INET ? "IPv4" : "IPv6", param.row->desc);
	return &param;
}

/* What a row leaves open. */
static struct dsr_build packet_of(const struct dsr_build *b, u8 family)
{
	static u16 own = 20000;
	struct dsr_build packet = *b;

	own++;
	packet.family = family;
	packet.id = packet.id ?: own;
	packet.saddr = packet.saddr ?: CLIENT;
	packet.sport = packet.sport ?: own;
	return packet;
}

/* The counters of all services, of the family. */
struct packet_sums {
	struct dsr_stats_sum	service[ARRAY_SIZE(packet_services)];
	struct dsr_stats_sum	server[ARRAY_SIZE(packet_services)];
};

static void packet_sums(struct packet_sums *sums, u8 family)
{
	const struct dsr_lab_service *s = packet_services;
	struct dsr_service *service;
	struct dsr_server *server;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(packet_services); i++, s++) {
		service = dsr_lab_find(&packet_lab, s, family);
		dsr_tally_sum(service->tally, &sums->service[i]);
		server = list_first_entry_or_null(&service->servers,
						  struct dsr_server, list);
		if (server)
			dsr_tally_sum(server->tally, &sums->server[i]);
	}
}

/* @now has one packet more than @before if @reason is not UNSEEN. */
static void packet_expect_sum(struct kunit *test,
			      const struct dsr_stats_sum *before,
			      const struct dsr_stats_sum *now,
			      unsigned int reason, unsigned int len)
{
	unsigned int i;

	for (i = 0; i < DSR_REASON_COUNT; i++)
		KUNIT_EXPECT_EQ_MSG(test, now->packets[i] - before->packets[i],
				    i == reason, "reason %u", i);
	KUNIT_EXPECT_EQ(test, now->bytes - before->bytes,
			reason == FORWARDED ? len : 0);
}

/* The packet was counted for the row's service, if any, and for no other. */
static void packet_expect_sums(struct kunit *test, const struct packet_row *row,
			       const struct packet_sums *before,
			       const struct packet_sums *now, unsigned int len)
{
	const struct dsr_lab_service *s = packet_services;
	unsigned int i, reason;

	for (i = 0; i < ARRAY_SIZE(packet_services); i++, s++) {
		reason = row->service && !strcmp(row->service, s->name) ?
			 row->reason : UNSEEN;
		packet_expect_sum(test, &before->service[i], &now->service[i],
				  reason, len);
		if (s->servers)
			packet_expect_sum(test, &before->server[i],
					  &now->server[i], reason, len);
	}
}

/* What became of the packet itself. */
static void packet_expect_fate(struct kunit *test, unsigned int reason,
			       const struct dsr_build *b)
{
	struct sk_buff *skb;

	switch (reason) {
	case FORWARDED:
		dsr_lab_expect_sent(test, &packet_lab, 0, b);
		break;
	case NOT_OURS:
	case UNMATCHED:
		skb = skb_dequeue(&packet_lab.left);
		KUNIT_EXPECT_NOT_NULL(test, skb);
		if (skb)
			dsr_lab_expect_same(test, skb, b);
		break;
	case ANSWERED:
	case TOO_BIG:
		skb = dsr_build_sent(packet_lab.in);
		KUNIT_EXPECT_NOT_NULL(test, skb);
		kfree_skb(skb);
		break;
	}
	dsr_lab_expect_nothing(test, &packet_lab);
}

/* Bytes of the IP packet. */
static unsigned int packet_len(const struct dsr_build *b)
{
	static u8 buf[DSR_BUILD_MAX];

	return dsr_build_bytes(b, buf, sizeof(buf)) - b->padding;
}

static void packet_row(struct kunit *test)
{
	const struct packet_param *param = test->param_value;
	const struct packet_row *row = param->row;
	static struct packet_sums before, now;
	struct dsr_build b;

	if (row->before) {
		b = packet_of(row->before, param->family);
		dsr_lab_receive(test, &packet_lab, &b);
		dsr_lab_expect(test, &packet_lab, FORWARDED);
		dsr_lab_flush(&packet_lab);
	}
	b = packet_of(&row->b, param->family);
	packet_sums(&before, param->family);
	dsr_lab_receive(test, &packet_lab, &b);
	packet_sums(&now, param->family);

	dsr_lab_expect_counts(test, &packet_lab, row->reason, 1);
	packet_expect_sums(test, row, &before, &now, packet_len(&b));
	packet_expect_fate(test, row->reason, &b);
}

int dsr_packet_lab_init(struct dsr_lab *lab)
{
	const struct dsr_lab_service *s = packet_services;
	unsigned int i;
	int err;

	err = dsr_lab_init(lab);
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(packet_services) && !err; i++, s++) {
		err = dsr_lab_add(lab, s, AF_INET);
		if (!err && !s->fwmark)
			err = dsr_lab_add(lab, s, AF_INET6);
	}
	if (err)
		dsr_lab_exit(lab);
	return err;
}

bool dsr_packet_row(unsigned int i, u8 family, struct dsr_build *b)
{
	if (i >= ARRAY_SIZE(packet_rows))
		return false;
	*b = packet_of(&packet_rows[i].b, family);
	return true;
}

static int packet_suite_init(struct kunit_suite *suite)
{
	return dsr_packet_lab_init(&packet_lab);
}

/* The same from the device's ingress hook on. */
static int packet_suite_ingress(struct kunit_suite *suite)
{
	int err = dsr_packet_lab_init(&packet_lab);

	if (err)
		return err;
	err = dsr_lab_ingress(&packet_lab, packet_lab.in->name);
	if (err)
		dsr_lab_exit(&packet_lab);
	return err;
}

static void packet_suite_exit(struct kunit_suite *suite)
{
	dsr_lab_exit(&packet_lab);
}

static struct kunit_case packet_kunit_cases[] = {
	KUNIT_CASE_PARAM(packet_row, packet_gen_params),
	{}
};

static struct kunit_suite packet_suite = {
	.name		= "dsr_packet",
	.suite_init	= packet_suite_init,
	.suite_exit	= packet_suite_exit,
	.test_cases	= packet_kunit_cases,
};

static struct kunit_suite packet_ingress_suite = {
	.name		= "dsr_packet_ingress",
	.suite_init	= packet_suite_ingress,
	.suite_exit	= packet_suite_exit,
	.test_cases	= packet_kunit_cases,
};

kunit_test_suites(&packet_suite, &packet_ingress_suite);

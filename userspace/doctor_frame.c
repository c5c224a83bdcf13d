// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <string.h>

#include "doctor_frame.h"

/* A server takes it, one that forwards it sends it back just once. */
#define HOP_LIMIT	2

#define NEIGHBOUR_HOP_LIMIT	255

#define ETHER_LEN	14
#define ARP_LEN		28
#define IPV4_LEN	20
#define IPV6_LEN	40
#define TCP_LEN		20
#define ICMP_LEN	8
#define NEIGHBOUR_LEN	24

#define ICMPV4_ECHO_REPLY	0
#define ICMPV4_UNREACHABLE	3
#define ICMPV4_REDIRECT		5
#define ICMPV4_ECHO		8
#define ICMPV4_EXPIRED		11
#define ICMPV6_UNREACHABLE	1
#define ICMPV6_EXPIRED		3
#define ICMPV6_ECHO		128
#define ICMPV6_ECHO_REPLY	129
#define ICMPV6_SOLICITATION	135
#define ICMPV6_ADVERTISEMENT	136
#define ICMPV6_REDIRECT		137

#define OPTION_SOURCE_MAC	1
#define OPTION_TARGET_MAC	2

/* --- Writing ---------------------------------------------------------------- */

/* A frame that grows. */
struct writer {
	uint8_t *bytes;
	size_t len;
};

static void put8(struct writer *w, uint8_t value)
{
	w->bytes[w->len++] = value;
}

static void put16(struct writer *w, uint16_t value)
{
	put8(w, value >> 8);
	put8(w, value);
}

static void put32(struct writer *w, uint32_t value)
{
	put16(w, value >> 16);
	put16(w, value);
}

static void put_bytes(struct writer *w, const void *bytes, size_t len)
{
	memcpy(w->bytes + w->len, bytes, len);
	w->len += len;
}

static void put_zeros(struct writer *w, size_t len)
{
	memset(w->bytes + w->len, 0, len);
	w->len += len;
}

static void put_mac(struct writer *w, const struct mac *mac)
{
	put_bytes(w, mac->byte, sizeof(mac->byte));
}

static void put_addr(struct writer *w, const struct addr *addr)
{
	if (addr->family == AF_INET6)
		put_bytes(w, &addr->v6, sizeof(addr->v6));
	else
		put_bytes(w, &addr->v4, sizeof(addr->v4));
}

static void put_ethernet(struct writer *w, const struct mac *from,
			 const struct mac *to, uint16_t type)
{
	put_mac(w, to);
	put_mac(w, from);
	put16(w, type);
}

static uint32_t sum(const uint8_t *bytes, size_t len, uint32_t start)
{
	size_t i;

	for (i = 0; i < len; i++)
		start += i & 1 ? bytes[i] : bytes[i] << 8;
	return start;
}

static uint16_t folded(uint32_t value)
{
	while (value >> 16)
		value = (value & 0xffff) + (value >> 16);
	return ~value;
}

/* The header before a payload of @len bytes, which is still to be written. */
static void put_ip(struct writer *w, const struct addr *src,
		   const struct addr *dst, uint8_t protocol, size_t len,
		   uint8_t hop_limit)
{
	uint8_t *header = w->bytes + w->len;
	uint16_t checksum;

	if (src->family == AF_INET6) {
		put32(w, 0x60000000);
		put16(w, len);
		put8(w, protocol);
		put8(w, hop_limit);
		put_addr(w, src);
		put_addr(w, dst);
		return;
	}
	put16(w, 0x4500);
	put16(w, IPV4_LEN + len);
	put32(w, 0x00004000);	/* not to be fragmented */
	put8(w, hop_limit);
	put8(w, protocol);
	put16(w, 0);
	put_addr(w, src);
	put_addr(w, dst);
	checksum = folded(sum(header, IPV4_LEN, 0));
	header[10] = checksum >> 8;
	header[11] = checksum;
}

/* Fill in the checksum of a payload, at @at in it, all of which is written. */
static void put_checksum(struct writer *w, const struct addr *src,
			 uint8_t protocol, size_t len, size_t at)
{
	const size_t addrs = 2 * addr_bits(src) / 8;
	uint8_t *payload = w->bytes + w->len - len;
	uint32_t start = 0;
	uint16_t checksum;

	/* ICMP of IPv4 covers nothing but itself. */
	if (protocol != IPPROTO_ICMP)
		start = sum(payload - addrs, addrs, len + protocol);
	checksum = folded(sum(payload, len, start));
	if (!checksum && protocol == IPPROTO_UDP)
		checksum = 0xffff;
	payload[at] = checksum >> 8;
	payload[at + 1] = checksum;
}

static const struct mac broadcast = {
	{ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
};

static size_t frame_ask_arp(struct writer *w, const struct mac *from,
			    const struct mac *to, const struct addr *source,
			    const struct addr *vip)
{
	put_ethernet(w, from, to ? to : &broadcast, ETHERTYPE_ARP);
	put16(w, 1);			/* Ethernet */
	put16(w, ETHERTYPE_IP);
	put16(w, 0x0604);		/* lengths of the addresses */
	put16(w, 1);			/* request */
	put_mac(w, from);
	if (source)
		put_addr(w, source);
	else
		put_zeros(w, 4);
	put_zeros(w, 6);
	put_addr(w, vip);
	return w->len;
}

static size_t frame_ask_neighbour(struct writer *w, const struct mac *from,
				  const struct mac *to,
				  const struct addr *source,
				  const struct addr *vip)
{
	static const struct addr nobody = { .family = AF_INET6 };
	const size_t len = NEIGHBOUR_LEN + (source ? 8 : 0);
	struct addr group = { .family = AF_INET6 };
	struct mac group_mac = { { 0x33, 0x33, 0xff } };

	inet_pton(AF_INET6, "ff02::1:ff00:0", &group.v6);
	memcpy(group.v6.s6_addr + 13, vip->v6.s6_addr + 13, 3);
	memcpy(group_mac.byte + 3, vip->v6.s6_addr + 13, 3);
	put_ethernet(w, from, to ? to : &group_mac, ETHERTYPE_IPV6);
	put_ip(w, source ? source : &nobody, to ? vip : &group,
	       IPPROTO_ICMPV6, len, NEIGHBOUR_HOP_LIMIT);
	put8(w, ICMPV6_SOLICITATION);
	put_zeros(w, 7);
	put_addr(w, vip);
	if (source) {
		put8(w, OPTION_SOURCE_MAC);
		put8(w, 1);		/* of 8 bytes */
		put_mac(w, from);
	}
	put_checksum(w, vip, IPPROTO_ICMPV6, len, 2);
	return w->len;
}

size_t frame_ask(uint8_t bytes[FRAME_BYTES], const struct mac *from,
		 const struct mac *to, const struct addr *source,
		 const struct addr *vip)
{
	struct writer w = { .bytes = bytes };

	return vip->family == AF_INET6 ?
	       frame_ask_neighbour(&w, from, to, source, vip) :
	       frame_ask_arp(&w, from, to, source, vip);
}

static size_t frame_tcp(struct writer *w, const struct mac *from,
			const struct mac *to, const struct packet *packet,
			uint32_t seq, uint8_t flags)
{
	put_ethernet(w, from, to, packet->src.family == AF_INET6 ?
		     ETHERTYPE_IPV6 : ETHERTYPE_IP);
	put_ip(w, &packet->src, &packet->dst, IPPROTO_TCP, TCP_LEN, HOP_LIMIT);
	put16(w, packet->sport);
	put16(w, packet->dport);
	put32(w, seq);
	put32(w, 0);
	put8(w, TCP_LEN / 4 << 4);
	put8(w, flags);
	put16(w, flags & FRAME_TCP_SYN ? 1024 : 0);	/* the window */
	put32(w, 0);
	put_checksum(w, &packet->src, IPPROTO_TCP, TCP_LEN, 16);
	return w->len;
}

static size_t frame_udp(struct writer *w, const struct mac *from,
			const struct mac *to, const struct packet *packet)
{
	put_ethernet(w, from, to, packet->src.family == AF_INET6 ?
		     ETHERTYPE_IPV6 : ETHERTYPE_IP);
	put_ip(w, &packet->src, &packet->dst, IPPROTO_UDP, 8, HOP_LIMIT);
	put16(w, packet->sport);
	put16(w, packet->dport);
	put16(w, 8);
	put16(w, 0);
	put_checksum(w, &packet->src, IPPROTO_UDP, 8, 6);
	return w->len;
}

static size_t frame_echo(struct writer *w, const struct mac *from,
			 const struct mac *to, const struct packet *packet)
{
	const bool v6 = packet->src.family == AF_INET6;
	const uint8_t protocol = v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;

	put_ethernet(w, from, to, v6 ? ETHERTYPE_IPV6 : ETHERTYPE_IP);
	put_ip(w, &packet->src, &packet->dst, protocol, ICMP_LEN, HOP_LIMIT);
	put8(w, v6 ? ICMPV6_ECHO : ICMPV4_ECHO);
	put8(w, 0);
	put16(w, 0);
	put16(w, packet->sport);
	put16(w, 0);
	put_checksum(w, &packet->src, protocol, ICMP_LEN, 2);
	return w->len;
}

size_t frame_probe(uint8_t bytes[FRAME_BYTES], const struct mac *from,
		   const struct mac *to, const struct packet *packet)
{
	struct writer w = { .bytes = bytes };

	switch (packet->protocol) {
	case IPPROTO_TCP:
		return frame_tcp(&w, from, to, packet, 0, FRAME_TCP_SYN);
	case IPPROTO_UDP:
		return frame_udp(&w, from, to, packet);
	default:
		return frame_echo(&w, from, to, packet);
	}
}

size_t frame_reset(uint8_t bytes[FRAME_BYTES], const struct frame *syn_ack)
{
	const struct packet reset = {
		.src = syn_ack->packet.dst,
		.dst = syn_ack->packet.src,
		.protocol = IPPROTO_TCP,
		.sport = syn_ack->packet.dport,
		.dport = syn_ack->packet.sport,
	};
	struct writer w = { .bytes = bytes };

	return frame_tcp(&w, &syn_ack->to, &syn_ack->from, &reset,
			 syn_ack->ack, FRAME_TCP_RST);
}

/* --- Reading ---------------------------------------------------------------- */

/* What is left of a frame. */
struct reader {
	const uint8_t *bytes;
	size_t len;
};

static uint16_t get16(const uint8_t *bytes)
{
	return bytes[0] << 8 | bytes[1];
}

static uint32_t get32(const uint8_t *bytes)
{
	return (uint32_t)get16(bytes) << 16 | get16(bytes + 2);
}

/* The next @len bytes, or NULL. */
static const uint8_t *take(struct reader *r, size_t len)
{
	const uint8_t *bytes = r->bytes;

	if (r->len < len)
		return NULL;
	r->bytes += len;
	r->len -= len;
	return bytes;
}

static void get_addr(struct addr *addr, sa_family_t family,
		     const uint8_t *bytes)
{
	memset(addr, 0, sizeof(*addr));
	addr->family = family;
	if (family == AF_INET6)
		memcpy(&addr->v6, bytes, sizeof(addr->v6));
	else
		memcpy(&addr->v4, bytes, sizeof(addr->v4));
}

/* No address at all is left out. */
static void get_some_addr(struct addr *addr, sa_family_t family,
			  const uint8_t *bytes)
{
	static const uint8_t none[16];

	memset(addr, 0, sizeof(*addr));
	if (memcmp(bytes, none, family == AF_INET6 ? 16 : 4))
		get_addr(addr, family, bytes);
}

static bool parse_arp(struct reader *r, struct frame *frame)
{
	static const uint8_t ipv4[] = { 0, 1, 8, 0, 6, 4 };
	const uint8_t *arp = take(r, ARP_LEN);

	if (!arp || memcmp(arp, ipv4, sizeof(ipv4)) ||
	    get16(arp + 6) < 1 || get16(arp + 6) > 2)
		return false;
	frame->kind = FRAME_ARP;
	frame->answer = get16(arp + 6) == 2;
	memcpy(&frame->mac, arp + 8, sizeof(frame->mac));
	get_some_addr(&frame->sender, AF_INET, arp + 14);
	get_some_addr(&frame->target, AF_INET, arp + 24);
	return true;
}

/*
 * The header of IP; what follows it is left, and @payload its protocol. Of a
 * quoted packet not all of it need be there.
 */
static bool parse_ip(struct reader *r, struct packet *packet, bool quoted,
		     uint8_t *payload)
{
	const uint8_t *ip = r->bytes;
	size_t header, len;

	if (r->len < 1)
		return false;
	if (*ip >> 4 == 6) {
		if (!take(r, IPV6_LEN))
			return false;
		len = get16(ip + 4);
		*payload = ip[6];
		get_addr(&packet->src, AF_INET6, ip + 8);
		get_addr(&packet->dst, AF_INET6, ip + 24);
	} else {
		header = (*ip & 15) * 4;
		if (*ip >> 4 != 4 || header < IPV4_LEN || !take(r, header) ||
		    get16(ip + 2) < header || get16(ip + 6) & 0x1fff)
			return false;
		len = get16(ip + 2) - header;
		*payload = ip[9];
		get_addr(&packet->src, AF_INET, ip + 12);
		get_addr(&packet->dst, AF_INET, ip + 16);
	}
	if (r->len < len && !quoted)
		return false;
	if (r->len > len)
		r->len = len;
	return true;
}

/* The ports, which also the shortest quote has; of an echo, its id. */
static bool parse_ports(struct reader *r, struct packet *packet,
			uint8_t protocol)
{
	const uint8_t *payload = r->bytes;

	packet->protocol = protocol;
	if (r->len < ICMP_LEN)
		return false;
	if (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP) {
		packet->sport = get16(payload);
		packet->dport = get16(payload + 2);
		return true;
	}
	packet->protocol = IPPROTO_ICMP;
	packet->sport = get16(payload + 4);
	packet->dport = 0;
	return (protocol == IPPROTO_ICMP && *payload == ICMPV4_ECHO) ||
	       (protocol == IPPROTO_ICMPV6 && *payload == ICMPV6_ECHO);
}

static bool parse_error_v4(uint8_t type, uint8_t code, enum frame_error *error)
{
	switch (type) {
	case ICMPV4_REDIRECT:
		*error = ERROR_REDIRECT;
		return true;
	case ICMPV4_EXPIRED:
		*error = ERROR_EXPIRED;
		return true;
	case ICMPV4_UNREACHABLE:
		if (code == 3)
			*error = ERROR_PORT;
		else if (code == 9 || code == 10 || code == 13)
			*error = ERROR_PROHIBITED;
		else
			*error = ERROR_UNREACHABLE;
		return true;
	}
	return false;
}

static bool parse_error_v6(uint8_t type, uint8_t code, enum frame_error *error)
{
	switch (type) {
	case ICMPV6_REDIRECT:
		*error = ERROR_REDIRECT;
		return true;
	case ICMPV6_EXPIRED:
		*error = ERROR_EXPIRED;
		return true;
	case ICMPV6_UNREACHABLE:
		if (code == 4)
			*error = ERROR_PORT;
		else if (code == 1 || code == 5)
			*error = ERROR_PROHIBITED;
		else
			*error = ERROR_UNREACHABLE;
		return true;
	}
	return false;
}

/* The redirect of IPv6 has its packet in an option, after two addresses. */
static bool parse_redirected(struct reader *r)
{
	const uint8_t *option;

	if (!take(r, 32))
		return false;
	while (r->len >= 8 && r->bytes[1]) {
		if (r->bytes[0] == 4)
			return take(r, 8);
		option = take(r, r->bytes[1] * 8);
		if (!option)
			return false;
	}
	return false;
}

static bool parse_error(struct reader *r, bool v6, struct frame *frame)
{
	const uint8_t *icmp = take(r, ICMP_LEN);
	uint8_t payload;

	if (!icmp ||
	    !(v6 ? parse_error_v6 : parse_error_v4)(icmp[0], icmp[1],
						    &frame->error))
		return false;
	frame->kind = FRAME_ERROR;
	frame->reporter = frame->packet.src;
	if (v6 && frame->error == ERROR_REDIRECT && !parse_redirected(r))
		return false;
	return parse_ip(r, &frame->packet, true, &payload) &&
	       parse_ports(r, &frame->packet, payload);
}

/* The MAC address that an option tells of stands; if none does, the sender's. */
static void parse_mac_option(struct reader *r, uint8_t type, struct mac *mac)
{
	const uint8_t *option;

	while (r->len >= 8 && r->bytes[1]) {
		option = take(r, r->bytes[1] * 8);
		if (!option)
			return;
		if (option[0] == type)
			memcpy(mac, option + 2, sizeof(*mac));
	}
}

static bool parse_neighbour(struct reader *r, struct frame *frame)
{
	const uint8_t *icmp = take(r, NEIGHBOUR_LEN);

	if (!icmp)
		return false;
	frame->kind = FRAME_NEIGHBOUR;
	frame->answer = icmp[0] == ICMPV6_ADVERTISEMENT;
	frame->solicited = frame->answer && icmp[4] & 0x40;
	frame->mac = frame->from;
	get_some_addr(&frame->sender, AF_INET6,
		      frame->packet.src.v6.s6_addr);
	get_some_addr(&frame->target, AF_INET6, icmp + 8);
	parse_mac_option(r, frame->answer ? OPTION_TARGET_MAC :
			 OPTION_SOURCE_MAC, &frame->mac);
	return true;
}

static bool parse_icmp(struct reader *r, bool v6, struct frame *frame)
{
	const uint8_t type = r->len ? *r->bytes : 0;

	if (r->len < ICMP_LEN)
		return false;
	if (v6 && (type == ICMPV6_SOLICITATION ||
		   type == ICMPV6_ADVERTISEMENT))
		return parse_neighbour(r, frame);
	if (type == (v6 ? ICMPV6_ECHO_REPLY : ICMPV4_ECHO_REPLY)) {
		frame->kind = FRAME_ECHO_REPLY;
		frame->packet.protocol = IPPROTO_ICMP;
		frame->packet.sport = 0;
		frame->packet.dport = get16(r->bytes + 4);
		return true;
	}
	if (type == (v6 ? ICMPV6_ECHO : ICMPV4_ECHO)) {
		frame->kind = FRAME_PACKET;
		return parse_ports(r, &frame->packet,
				   v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
	}
	return parse_error(r, v6, frame);
}

static bool parse_packet(struct reader *r, struct frame *frame)
{
	uint8_t protocol;
	bool v6;

	if (!parse_ip(r, &frame->packet, false, &protocol))
		return false;
	v6 = frame->packet.src.family == AF_INET6;
	if (protocol == (v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP))
		return parse_icmp(r, v6, frame);
	if (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP)
		return false;
	frame->kind = FRAME_PACKET;
	if (!parse_ports(r, &frame->packet, protocol))
		return false;
	if (protocol == IPPROTO_UDP)
		return true;
	if (r->len < TCP_LEN)
		return false;
	frame->ack = get32(r->bytes + 8);
	frame->flags = r->bytes[13];
	return true;
}

bool frame_parse(const uint8_t *bytes, size_t len, struct frame *frame)
{
	struct reader r = { .bytes = bytes, .len = len };
	const uint8_t *ethernet = take(&r, ETHER_LEN);

	memset(frame, 0, sizeof(*frame));
	if (!ethernet)
		return false;
	memcpy(&frame->to, ethernet, sizeof(frame->to));
	memcpy(&frame->from, ethernet + 6, sizeof(frame->from));
	switch (get16(ethernet + 12)) {
	case ETHERTYPE_ARP:
		return parse_arp(&r, frame);
	case ETHERTYPE_IP:
	case ETHERTYPE_IPV6:
		return parse_packet(&r, frame);
	}
	return false;
}

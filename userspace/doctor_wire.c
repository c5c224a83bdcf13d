// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "doctor_wire.h"

/* Below those that the kernel gives to connections unless told otherwise. */
#define FIRST_PORT	16384
#define END_PORT	32768
#define PORT_TRIES	100

/* Room for the answers of many servers. */
#define RECEIVE_BYTES	(8 << 20)

/* More than there is of interest in any. */
#define RECEIVE_FRAME	2048

/*
 * After so many frames answers are looked for, so many milliseconds: a large
 * configuration must not be a flood.
 */
#define SEND_BURST	32
#define SEND_PAUSE	2

/* So many VIPs' replies are looked for; a jump reaches no further. */
#define FILTER_VIPS	128

/* --- Opening ---------------------------------------------------------------- */

static bool port_is_free(uint16_t port, int type)
{
	const struct sockaddr_in addr = {
		.sin_family = AF_INET, .sin_port = htons(port),
	};
	bool is_free;
	int fd;

	fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	is_free = fd >= 0 && !bind(fd, (const void *)&addr, sizeof(addr));
	if (fd >= 0)
		close(fd);
	return is_free;
}

/* Ports in a row that nothing on this machine listens on. */
static bool wire_find_ports(struct wire *wire)
{
	const size_t room = END_PORT - FIRST_PORT;
	uint32_t random;
	int tries;
	size_t i;

	if (wire->n_ports >= room)
		return false;
	for (tries = 0; tries < PORT_TRIES; tries++) {
		if (getrandom(&random, sizeof(random), 0) < 0)
			return false;
		wire->port = FIRST_PORT + random % (room - wire->n_ports);
		for (i = 0; i < wire->n_ports; i++) {
			if (!port_is_free(wire->port + i, SOCK_STREAM) ||
			    !port_is_free(wire->port + i, SOCK_DGRAM))
				break;
		}
		if (i == wire->n_ports)
			return true;
	}
	return false;
}

/* The instructions of the filter. */
enum {
	TAG, IS_TAGGED, TYPE, IS_OUTGOING, ETHER, IS_ARP, IS_V4, IS_V6,
	V4, V4_ICMP, V4_TCP, V4_UDP, V4_HEADER, V4_PORTS, V4_END,
	V6, V6_ICMP, V6_TCP, V6_UDP, V6_PORTS,
	PORTS, SOURCE, SOURCE_FIRST, SOURCE_END,
	TARGET, TARGET_PORT, TARGET_FIRST, TARGET_END,
	REPLY, REPLY_V6, REPLY_V4_VIP, REPLY_V4_END, REPLY_V6_VIP,
	VIPS,
	DROP = VIPS + FILTER_VIPS, ACCEPT,
	N_INSTRUCTIONS,
};

#define GET(at, how, from) \
	[at] = BPF_STMT((how) | BPF_ABS, from)
#define TEST(at, how, value, yes, no) \
	[at] = BPF_JUMP(BPF_JMP | (how), value, (yes) - (at) - 1, \
			(no) - (at) - 1)

/* What tells a VIP from others well enough for the filter. */
static uint32_t wire_last_word(const struct addr *addr)
{
	return ntohl(addr->family == AF_INET6 ? addr->v6.s6_addr32[3] :
						addr->v4.s_addr);
}

/*
 * The kernel wakes us for ARP, ICMP, TCP and UDP of our ports, and what comes
 * from a VIP, but not for the traffic of the director; nor for frames of a
 * VLAN before they come in by its own device.
 */
static bool wire_filter(const struct wire *wire, const struct exam *exam)
{
	const uint32_t first = wire->port, end = wire->port + wire->n_ports;
	size_t i;

	struct sock_filter code[N_INSTRUCTIONS] = {
		GET(TAG, BPF_LD | BPF_W, SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT),
		TEST(IS_TAGGED, BPF_JEQ, 0, TYPE, DROP),
		GET(TYPE, BPF_LD | BPF_W, SKF_AD_OFF + SKF_AD_PKTTYPE),
		TEST(IS_OUTGOING, BPF_JEQ, PACKET_OUTGOING, DROP, ETHER),
		GET(ETHER, BPF_LD | BPF_H, 12),
		TEST(IS_ARP, BPF_JEQ, ETH_P_ARP, ACCEPT, IS_V4),
		TEST(IS_V4, BPF_JEQ, ETH_P_IP, V4, IS_V6),
		TEST(IS_V6, BPF_JEQ, ETH_P_IPV6, V6, DROP),

		GET(V4, BPF_LD | BPF_B, 23),
		TEST(V4_ICMP, BPF_JEQ, IPPROTO_ICMP, ACCEPT, V4_TCP),
		TEST(V4_TCP, BPF_JEQ, IPPROTO_TCP, V4_HEADER, V4_UDP),
		TEST(V4_UDP, BPF_JEQ, IPPROTO_UDP, V4_HEADER, DROP),
		[V4_HEADER] = BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 14),
		[V4_PORTS] = BPF_STMT(BPF_LD | BPF_W | BPF_IND, 14),
		[V4_END] = BPF_STMT(BPF_JMP | BPF_JA, PORTS - V4_END - 1),

		GET(V6, BPF_LD | BPF_B, 20),
		TEST(V6_ICMP, BPF_JEQ, IPPROTO_ICMPV6, ACCEPT, V6_TCP),
		TEST(V6_TCP, BPF_JEQ, IPPROTO_TCP, V6_PORTS, V6_UDP),
		TEST(V6_UDP, BPF_JEQ, IPPROTO_UDP, V6_PORTS, DROP),
		GET(V6_PORTS, BPF_LD | BPF_W, 54),

		[PORTS] = BPF_STMT(BPF_MISC | BPF_TAX, 0),
		[SOURCE] = BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 16),
		TEST(SOURCE_FIRST, BPF_JGE, first, SOURCE_END, TARGET),
		TEST(SOURCE_END, BPF_JGE, end, TARGET, ACCEPT),
		[TARGET] = BPF_STMT(BPF_MISC | BPF_TXA, 0),
		[TARGET_PORT] = BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xffff),
		TEST(TARGET_FIRST, BPF_JGE, first, TARGET_END, REPLY),
		TEST(TARGET_END, BPF_JGE, end, REPLY, ACCEPT),

		GET(REPLY, BPF_LD | BPF_H, 12),
		TEST(REPLY_V6, BPF_JEQ, ETH_P_IPV6, REPLY_V6_VIP,
		     REPLY_V4_VIP),
		GET(REPLY_V4_VIP, BPF_LD | BPF_W, 26),
		[REPLY_V4_END] = BPF_STMT(BPF_JMP | BPF_JA,
					  VIPS - REPLY_V4_END - 1),
		GET(REPLY_V6_VIP, BPF_LD | BPF_W, 34),

		[DROP] = BPF_STMT(BPF_RET | BPF_K, 0),
		[ACCEPT] = BPF_STMT(BPF_RET | BPF_K, RECEIVE_FRAME),
	};
	const struct sock_fprog program = {
		.len = N_INSTRUCTIONS, .filter = code,
	};

	for (i = 0; i < FILTER_VIPS; i++) {
		const bool one = i < exam->n_vips;

		code[VIPS + i] = (struct sock_filter)
			BPF_JUMP(BPF_JMP | BPF_JEQ,
				 one ? wire_last_word(&exam->vips[i].addr) : 0,
				 one ? ACCEPT - (VIPS + i) - 1 : 0, 0);
	}
	return !setsockopt(wire->fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
			   sizeof(program));
}

static bool wire_start(const struct wire *wire, const struct exam *exam)
{
	const struct sockaddr_ll all = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
	};
	const int bytes = RECEIVE_BYTES;

	setsockopt(wire->fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes,
		   sizeof(bytes));
	return wire_filter(wire, exam) &&
	       !bind(wire->fd, (const void *)&all, sizeof(all));
}

static size_t wire_ports(const struct exam *exam)
{
	return exam->n_targets ? 2 * exam->n_targets : 1;
}

bool wire_is_enough(const struct wire *wire, const struct exam *exam)
{
	return wire_ports(exam) <= wire->n_ports;
}

int wire_open(struct wire *wire, const struct exam *exam, struct err *err)
{
	wire->n_ports = wire_ports(exam);
	/* Nothing comes in before there is a filter. */
	wire->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			  0);
	if (wire->fd < 0)
		return err_refused(err, "cannot send frames: %s",
				   errno == EPERM ?
				   "this needs root (CAP_NET_RAW)" :
				   strerror(errno));
	if (!wire_find_ports(wire)) {
		close(wire->fd);
		return err_refused(err, "no %zu free ports in a row from %u to "
				   "%u: examine one service", wire->n_ports,
				   FIRST_PORT, END_PORT - 1);
	}
	if (!wire_start(wire, exam)) {
		close(wire->fd);
		return err_refused(err, "cannot receive frames: %s",
				   strerror(errno));
	}
	return DONE;
}

void wire_close(struct wire *wire)
{
	close(wire->fd);
}

/* --- Sending and receiving -------------------------------------------------- */

static int wire_send(const struct wire *wire, const uint8_t *bytes, size_t len,
		     uint32_t ifindex)
{
	const struct sockaddr_ll to = {
		.sll_family = AF_PACKET, .sll_ifindex = ifindex,
		.sll_halen = ETH_ALEN,
	};

	if (sendto(wire->fd, bytes, len, 0, (const void *)&to, sizeof(to)) < 0)
		return errno;
	return 0;
}

static unsigned int wire_see(struct wire *wire, struct exam *exam,
			     const uint8_t *bytes, size_t len,
			     uint32_t ifindex)
{
	uint8_t reset[FRAME_BYTES];
	struct frame frame;
	unsigned int seen;

	if (!frame_parse(bytes, len, &frame))
		return 0;
	frame.ifindex = ifindex;
	seen = exam_see(exam, &frame);
	if (seen & SEEN_OPENED)
		wire_send(wire, reset, frame_reset(reset, &frame), ifindex);
	return seen;
}

/* Read what is there. Return: what was seen, all together. */
static unsigned int wire_receive(struct wire *wire, struct exam *exam)
{
	uint8_t bytes[RECEIVE_FRAME];
	unsigned int seen = 0;
	struct sockaddr_ll from;
	ssize_t len;

	for (;;) {
		socklen_t size = sizeof(from);

		len = recvfrom(wire->fd, bytes, sizeof(bytes), 0,
			       (void *)&from, &size);
		if (len < 0)
			return seen;
		seen |= wire_see(wire, exam, bytes, len, from.sll_ifindex);
	}
}

uint64_t wire_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool wire_listen(struct wire *wire, struct exam *exam, uint64_t until,
		 bool until_claim)
{
	struct pollfd ready = { .fd = wire->fd, .events = POLLIN };
	unsigned int seen;
	uint64_t now;

	for (now = wire_now(); now < until; now = wire_now()) {
		if (poll(&ready, 1, until - now) <= 0)
			continue;
		seen = wire_receive(wire, exam);
		if (until_claim && seen & SEEN_CLAIM)
			return true;
	}
	return false;
}

/* What exam_ask() sends by. */
struct asking {
	struct wire *wire;
	struct exam *exam;
	size_t n;
	int error;
};

/* A full queue empties; a device may go down meanwhile. */
static void wire_ask_one(const uint8_t *bytes, size_t len, uint32_t ifindex,
			 void *arg)
{
	struct asking *asking = arg;
	struct pollfd ready = { .fd = asking->wire->fd, .events = POLLOUT };
	int tries, error = 0;

	for (tries = 0; tries < 100; tries++) {
		error = wire_send(asking->wire, bytes, len, ifindex);
		if (error != EAGAIN && error != ENOBUFS)
			break;
		poll(&ready, 1, 10);
	}
	if (error && error != ENETDOWN && error != ENXIO)
		asking->error = error;
	if (++asking->n % SEND_BURST == 0)
		wire_listen(asking->wire, asking->exam,
			    wire_now() + SEND_PAUSE, false);
}

int wire_ask(struct wire *wire, struct exam *exam, struct err *err)
{
	struct asking asking = { .wire = wire, .exam = exam };

	exam->port = wire->port;
	if (!wire_filter(wire, exam))
		return err_refused(err, "cannot receive frames: %s",
				   strerror(errno));
	exam_ask(exam, wire_ask_one, &asking);
	if (asking.error)
		return err_refused(err, "cannot send frames: %s",
				   strerror(asking.error));
	return DONE;
}

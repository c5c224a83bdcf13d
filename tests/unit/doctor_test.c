// SPDX-License-Identifier: GPL-2.0
/* What doctor sends, what it reads, and what it makes of it; by tables. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor_exam.h"
#include "doctor_judge.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* Where the source ports of the lab's first server begin. */
#define PORT		20000

static int failures;

static void expect(const char *what, const char *got, const char *want)
{
	if (!strcmp(got, want))
		return;
	printf("%s:\n  got  %s\n  want %s\n", what, got, want);
	failures++;
}

/* --- The lab ---------------------------------------------------------------- */

static const char director[] = "10.0.0.1", director6[] = "2001:db8:0:1::1";
static const char vip[] = "192.0.2.10", vip6[] = "2001:db8::10";

static const struct mac director_mac = { { 2, 0, 0, 0, 0, 0x01 } };
static const struct mac r1_mac = { { 2, 0, 0, 0, 0, 0x11 } };
static const struct mac r2_mac = { { 2, 0, 0, 0, 0, 0x12 } };

static struct addr address(const char *text)
{
	struct addr addr;

	if (!addr_parse(text, &addr))
		abort();
	return addr;
}

static size_t bytes_of(const char *hex, uint8_t *bytes)
{
	size_t n = strlen(hex) / 2;

	if (!addr_hex_bytes(hex, bytes, n))
		abort();
	return n;
}

/* What a packet sniffer showed: frames that came in, made with scapy. */
static const struct recorded {
	const char *name;
	const char *hex;
} recorded[] = {
	{ "arp reply",
	  "02000000000102000000001108060001080006040002020000000011c000020a"
	  "0200000000010a000001" },
	{ "arp reply to a probe",
	  "02000000000102000000001108060001080006040002020000000011c000020a"
	  "02000000000100000000" },
	{ "arp gratuitous",
	  "ffffffffffff02000000001108060001080006040001020000000011c000020a"
	  "000000000000c000020a" },
	{ "arp in its name",
	  "ffffffffffff02000000001108060001080006040001020000000011c000020a"
	  "0000000000000a000001" },
	{ "arp request of others",
	  "ffffffffffff020000000011080600010800060400010200000000110a00000b"
	  "000000000000c000020a" },
	{ "arp reply of the director",
	  "ffffffffffff02000000000108060001080006040002020000000001c000020a"
	  "020000000001c000020a" },
	{ "arp reply of a stranger",
	  "02000000000102000000009908060001080006040002020000000099c000020a"
	  "0200000000010a000001" },
	{ "arp reply by vrrp",
	  "02000000000100005e0001070806000108000604000200005e000107c000020a"
	  "0200000000010a000001" },
	{ "na solicited",
	  "02000000000102000000001186dd6000000000203aff20010db8000000000000"
	  "00000000001020010db800000001000000000000000188008a45600000002001"
	  "0db80000000000000000000000100201020000000011" },
	{ "na solicited, no option",
	  "02000000000102000000001186dd6000000000183aff20010db8000000000000"
	  "00000000001020010db800000001000000000000000188008e5f600000002001"
	  "0db8000000000000000000000010" },
	{ "na to all",
	  "33330000000102000000001186dd6000000000203aff20010db8000000000000"
	  "000000000010ff0200000000000000000000000000018800f8fc200000002001"
	  "0db80000000000000000000000100201020000000011" },
	{ "ns in its name",
	  "3333ff00000102000000001186dd6000000000203aff20010db8000000000000"
	  "000000000010ff0200000000000000000001ff00000187001c09000000002001"
	  "0db80000000100000000000000010101020000000011" },
	{ "syn-ack",
	  "0200000000010200000000110800450000280000400040066ec5c000020a0a00"
	  "000100504e20000003e80000000150122000716e0000" },
	{ "syn-ack of the other server",
	  "0200000000010200000000120800450000280000400040066ec5c000020a0a00"
	  "000100504e20000003e80000000150122000716e0000" },
	{ "rst",
	  "0200000000010200000000110800450000280000400040066ec5c000020a0a00"
	  "000100504e20000003e80000000150142000716c0000" },
	{ "syn-ack from its own address",
	  "02000000000102000000001108004500002800004000400626c50a00000b0a00"
	  "000100504e20000003e80000000150122000296e0000" },
	{ "syn-ack to the comparison",
	  "02000000000102000000001108004500002800004000400626c50a00000b0a00"
	  "000100504e21000003e80000000150122000296d0000" },
	{ "rst to the comparison",
	  "02000000000102000000001108004500002800004000400626c50a00000b0a00"
	  "000100504e21000003e80000000150142000296b0000" },
	{ "syn-ack by a router",
	  "0200000000010200000000990800450000280000400040066ec5c000020a0a00"
	  "000100504e20000003e80000000150122000716e0000" },
	{ "ack to nobody",
	  "0200000000010200000000110800450000280000400040066ec5c000020a0a00"
	  "000100504e20000003e8000000015010200071700000" },
	{ "syn-ack for another port",
	  "0200000000010200000000110800450000280000400040066ec5c000020a0a00"
	  "000100504e29000003e8000000015012200071650000" },
	{ "syn-ack6",
	  "02000000000102000000001186dd600000000014064020010db8000000000000"
	  "00000000001020010db800000001000000000000000100504e24000003e80000"
	  "000150122000e1f10000" },
	{ "rst6",
	  "02000000000102000000001186dd600000000014064020010db8000000000000"
	  "00000000001020010db800000001000000000000000100504e24000003e80000"
	  "000150142000e1ef0000" },
	{ "udp reply",
	  "02000000000102000000001108004500001d0000400040116ec5c000020a0a00"
	  "000100354e2000096d7b78" },
	{ "udp reply to a client",
	  "02000000000102000000001108004500001d0000400040116ec4c000020a0a00"
	  "00020035270f0009948878" },
	{ "udp reply to a client by its gateway",
	  "02000000009902000000001108004500001d0000400040116ec4c000020a0a00"
	  "00020035270f0009948878" },
	{ "udp reply from its own address",
	  "02000000000102000000001108004500001d00004000401126c50a00000b0a00"
	  "000100354e200009257b78" },
	{ "udp reply to the comparison",
	  "02000000000102000000001108004500001d00004000401126c50a00000b0a00"
	  "000100354e210009257a78" },
	{ "echo reply",
	  "02000000000102000000001108004500001c0000400040016ed6c000020a0a00"
	  "00010000b1df4e200000" },
	{ "echo reply to the comparison",
	  "02000000000102000000001108004500001c00004000400126d60a00000b0a00"
	  "00010000b1de4e210000" },
	{ "echo reply6",
	  "02000000000102000000001186dd6000000000083a4020010db8000000000000"
	  "00000000001020010db80000000100000000000000018100d5144e240000" },
	{ "echo reply6 to the comparison",
	  "02000000000102000000001186dd6000000000083a4020010db8000000010000"
	  "00000000001120010db80000000100000000000000018100d5144e210000" },
	{ "syn back",
	  "020000000001020000000011080045000028000040000106adc50a000001c000"
	  "020a4e20005000000000000000005002040091670000" },
	{ "syn6 back",
	  "02000000000102000000001186dd600000000014060120010db8000000010000"
	  "00000000000120010db80000000000000000000000104e240050000000000000"
	  "00005002040001eb0000" },
	{ "echo back",
	  "02000000000102000000001108004500001c000040000101add60a000001c000"
	  "020a0800a9df4e200000" },
	{ "icmp port, syn",
	  "0200000000010200000000110800450000380000400040016ebac000020a0a00"
	  "00010303ae8c0000000045000028000040000106adc50a000001c000020a4e20"
	  "005000000000" },
	{ "icmp port, udp",
	  "0200000000010200000000110800450000380000400040016ebac000020a0a00"
	  "00010303c921000000004500001c000040000111adc60a000001c000020a4e20"
	  "00350008e57d" },
	{ "icmp port, udp to the comparison",
	  "02000000000102000000001108004500003800004000400126ba0a00000b0a00"
	  "000103031122000000004500001c000000000111a5c60a0000010a00000b4e21"
	  "003500089d7c" },
	{ "icmp net, syn",
	  "02000000000102000000001108004500003800004000400126ba0a00000b0a00"
	  "00010300ae8f0000000045000028000040000106adc50a000001c000020a4e20"
	  "005000000000" },
	{ "icmp host, udp",
	  "02000000000102000000001108004500003800004000400126ba0a00000b0a00"
	  "00010301c923000000004500001c000040000111adc60a000001c000020a4e20"
	  "00350008e57d" },
	{ "icmp prohibited, syn",
	  "02000000000102000000001108004500003800004000400126ba0a00000b0a00"
	  "0001030dae820000000045000028000040000106adc50a000001c000020a4e20"
	  "005000000000" },
	{ "icmp net, echo",
	  "02000000000102000000001108004500003800004000400126ba0a00000b0a00"
	  "00010300fcff000000004500001c000040000101add60a000001c000020a0800"
	  "a9df4e200000" },
	{ "icmp port, echo",
	  "02000000000102000000001108004500003800004000400126ba0a00000b0a00"
	  "00010303fcfc000000004500001c000040000101add60a000001c000020a0800"
	  "a9df4e200000" },
	{ "icmp expired, syn",
	  "02000000000102000000001108004500003800004000400126ba0a00000b0a00"
	  "00010b00a68f0000000045000028000040000106adc50a000001c000020a4e20"
	  "005000000000" },
	{ "icmp redirect, syn",
	  "02000000000102000000001108004500003800004000400126ba0a00000b0a00"
	  "00010501a28d0a00000145000028000040000106adc50a000001c000020a4e20"
	  "005000000000" },
	{ "icmp of another packet",
	  "02000000000102000000001108004500003800004000400126ba0a00000b0a00"
	  "00010300c924000000004500001c000100004011aec50a000001c000020a03e7"
	  "003500082fb7" },
	{ "icmp6 no route, syn",
	  "02000000000102000000001186dd6000000000443a4020010db8000000010000"
	  "00000000001120010db800000001000000000000000101003d00000000006000"
	  "00000014060120010db800000001000000000000000120010db8000000000000"
	  "0000000000104e24005000000000000000005002040001eb0000" },
	{ "icmp6 prohibited, syn",
	  "02000000000102000000001186dd6000000000443a4020010db8000000010000"
	  "00000000001120010db800000001000000000000000101013cff000000006000"
	  "00000014060120010db800000001000000000000000120010db8000000000000"
	  "0000000000104e24005000000000000000005002040001eb0000" },
	{ "icmp6 port, syn",
	  "02000000000102000000001186dd6000000000443a4020010db8000000010000"
	  "00000000001120010db800000001000000000000000101043cfc000000006000"
	  "00000014060120010db800000001000000000000000120010db8000000000000"
	  "0000000000104e24005000000000000000005002040001eb0000" },
	{ "icmp6 expired, syn",
	  "02000000000102000000001186dd6000000000443a4020010db8000000010000"
	  "00000000001120010db800000001000000000000000103003b00000000006000"
	  "00000014060120010db800000001000000000000000120010db8000000000000"
	  "0000000000104e24005000000000000000005002040001eb0000" },
	{ "icmp6 redirect, syn",
	  "02000000000102000000001186dd6000000000703aff20010db8000000010000"
	  "00000000001120010db800000001000000000000000189005330000000002001"
	  "0db800000001000000000000000120010db80000000000000000000000100201"
	  "0200000000010408000000000000600000000014060120010db8000000010000"
	  "00000000000120010db80000000000000000000000104e240050000000000000"
	  "000050020400" },
};

static const struct recorded *recorded_frame(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(recorded); i++) {
		if (!strcmp(recorded[i].name, name))
			return &recorded[i];
	}
	printf("there is no frame \"%s\"\n", name);
	abort();
}

/* --- Frames out ------------------------------------------------------------- */

static void expect_bytes(const char *what, const uint8_t *bytes, size_t len,
			 const char *want)
{
	char got[2 * FRAME_BYTES + 1] = "";
	size_t i;

	for (i = 0; i < len; i++)
		snprintf(got + 2 * i, 3, "%02x", bytes[i]);
	expect(what, got, want);
}

static void test_ask(void)
{
	static const struct {
		const char *name;
		bool to_one;
		const char *source, *vip;
		const char *want;
	} cases[] = {
		{ "ARP", false, director, vip,
		  "ffffffffffff02000000000108060001080006040001020000000001"
		  "0a000001000000000000c000020a" },
		{ "ARP probe to one", true, NULL, vip,
		  "02000000001102000000000108060001080006040001020000000001"
		  "00000000000000000000c000020a" },
		{ "solicitation", false, director6, vip6,
		  "3333ff00001002000000000186dd6000000000203aff20010db80000"
		  "00010000000000000001ff0200000000000000000001ff0000108700"
		  "1c0a0000000020010db8000000000000000000000010010102000000"
		  "0001" },
		{ "solicitation from nobody", false, NULL, vip6,
		  "3333ff00001002000000000186dd6000000000183aff000000000000"
		  "00000000000000000000ff0200000000000000000001ff0000108700"
		  "4ccf0000000020010db8000000000000000000000010" },
		{ "solicitation to one", true, director6, vip6,
		  "02000000001102000000000186dd6000000000203aff20010db80000"
		  "0001000000000000000120010db80000000000000000000000108700"
		  "ec550000000020010db8000000000000000000000010010102000000"
		  "0001" },
	};
	uint8_t bytes[FRAME_BYTES];
	size_t i, len;

	for (i = 0; i < COUNT(cases); i++) {
		struct addr to = address(cases[i].vip), from;

		if (cases[i].source)
			from = address(cases[i].source);
		len = frame_ask(bytes, &director_mac,
				cases[i].to_one ? &r1_mac : NULL,
				cases[i].source ? &from : NULL, &to);
		expect_bytes(cases[i].name, bytes, len, cases[i].want);
	}
}

static void test_probe(void)
{
	static const struct {
		const char *name;
		uint8_t protocol;
		uint16_t port;
		bool v6;
		const char *want;
	} cases[] = {
		{ "SYN", IPPROTO_TCP, 80, false,
		  "020000000011020000000001080045000028000040000206acc50a00"
		  "0001c000020a4e200050000000000000000050020400" "91670000" },
		{ "SYN by IPv6", IPPROTO_TCP, 80, true,
		  "02000000001102000000000186dd600000000014060220010db80000"
		  "0001000000000000000120010db80000000000000000000000104e20"
		  "005000000000000000005002040001ef0000" },
		{ "UDP", IPPROTO_UDP, 53, false,
		  "02000000001102000000000108004500001c000040000211acc60a00"
		  "0001c000020a4e2000350008e57d" },
		{ "UDP by IPv6", IPPROTO_UDP, 53, true,
		  "02000000001102000000000186dd600000000008110220010db80000"
		  "0001000000000000000120010db80000000000000000000000104e20"
		  "003500085605" },
		{ "echo", IPPROTO_ICMP, 0, false,
		  "02000000001102000000000108004500001c000040000201acd60a00"
		  "0001c000020a0800a9df4e200000" },
		{ "echo by IPv6", IPPROTO_ICMP, 0, true,
		  "02000000001102000000000186dd6000000000083a0220010db80000"
		  "0001000000000000000120010db80000000000000000000000108000"
		  "d6184e200000" },
	};
	uint8_t bytes[FRAME_BYTES];
	size_t i, len;

	for (i = 0; i < COUNT(cases); i++) {
		const struct packet packet = {
			.src = address(cases[i].v6 ? director6 : director),
			.dst = address(cases[i].v6 ? vip6 : vip),
			.protocol = cases[i].protocol,
			.sport = PORT, .dport = cases[i].port,
		};

		len = frame_probe(bytes, &director_mac, &r1_mac, &packet);
		expect_bytes(cases[i].name, bytes, len, cases[i].want);
	}
}

static void test_reset(void)
{
	uint8_t bytes[FRAME_BYTES];
	struct frame frame;
	size_t len;

	len = bytes_of(recorded_frame("syn-ack")->hex, bytes);
	if (!frame_parse(bytes, len, &frame))
		abort();
	len = frame_reset(bytes, &frame);
	expect_bytes("RST", bytes, len,
		     "020000000011020000000001080045000028000040000206acc50a00"
		     "0001c000020a4e20005000000001000000005004000095640000");
}

/* --- Frames in -------------------------------------------------------------- */

/*
 * Of each frame every beginning, in memory of its own, for the sanitizer to
 * see whoever reads on.
 */
static void test_short_frames(void)
{
	struct frame frame;
	size_t i, len, n;
	uint8_t *bytes;

	for (i = 0; i < COUNT(recorded); i++) {
		n = strlen(recorded[i].hex) / 2;
		for (len = 0; len <= n; len++) {
			uint8_t all[512];

			bytes_of(recorded[i].hex, all);
			bytes = malloc(len ? len : 1);
			memcpy(bytes, all, len);
			if (frame_parse(bytes, len, &frame) != (len == n)) {
				printf("%s: %zu of %zu bytes are %sa frame\n",
				       recorded[i].name, len, n,
				       len == n ? "not " : "");
				failures++;
			}
			free(bytes);
		}
	}
}

/* Any byte may be anything. */
static void test_odd_frames(void)
{
	uint32_t random = 1;
	struct frame frame;
	uint8_t *bytes;
	size_t i, len;
	int round;

	for (i = 0; i < COUNT(recorded); i++) {
		len = strlen(recorded[i].hex) / 2;
		for (round = 0; round < 2000; round++) {
			bytes = malloc(len);
			bytes_of(recorded[i].hex, bytes);
			random = random * 1664525 + 1013904223;
			bytes[12 + random / 7 % (len - 12)] = random >> 24;
			frame_parse(bytes, len, &frame);
			free(bytes);
		}
	}
}

static void test_ipvs(void)
{
	static const struct {
		const char *line;
		const char *want;	/* NULL: it is no service */
	} cases[] = {
		{ "TCP  C000020A:0050 wrr  \n", "192.0.2.10:80" },
		{ "UDP  0A000001:1F90 rr  \n", "10.0.0.1:8080" },
		{ "TCP  [2001:0db8:0000:0000:0000:0000:0000:0010]:01BB rr\n",
		  "[2001:db8::10]:443" },
		{ "FWM  00000007 wrr  \n", NULL },
		{ "  -> 0A00000B:0050      Route   1      0          0\n", NULL },
		{ "Prot LocalAddress:Port Scheduler Flags\n", NULL },
		{ "IP Virtual Server version 1.2.1 (size=4096)\n", NULL },
		{ "", NULL },
	};
	char text[ENDPOINT_TEXT];
	struct endpoint endpoint;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		bool good = host_parse_ipvs(cases[i].line, &endpoint);

		expect(cases[i].line, good ?
		       key_endpoint_text(&endpoint, text) : "nothing",
		       cases[i].want ? cases[i].want : "nothing");
	}
}

/* --- What it means ---------------------------------------------------------- */

/* "SERVICE SERVER…" */
static void add_service(struct model *model, const char *words)
{
	char *copy = strdup(words), *rest, *kind, *word;
	struct service *service = model_add_service(model);
	struct service_key key;
	struct err err;

	kind = strtok_r(copy, " ", &rest);
	if (key_parse(kind, strtok_r(NULL, " ", &rest), &key, &err))
		abort();
	service->key = key;
	while ((word = strtok_r(NULL, " ", &rest))) {
		struct server *server = model_add_server(model, &key);
		struct nexthop *nexthop;

		nexthop = &model_add_state(model, server)->nexthop;
		server->addr = address(word);
		server->weight = server->share = 1;
		nexthop->state = DSR_NEXTHOP_STATE_READY;
		nexthop->has_mac = true;
		nexthop->mac = word[strlen(word) - 1] == '2' ? r2_mac : r1_mac;
		nexthop->ifindex = 2;
	}
	free(copy);
}

static void add_addr(struct host *host, const char *text, uint8_t prefix_len)
{
	struct host_addr *addr = GROW(host->addrs, host->n_addrs);

	addr->addr = address(text);
	addr->ifindex = 2;
	addr->prefix_len = prefix_len;
}

static struct host_link *add_link(struct host *host, const char *name,
				  uint32_t index, const struct mac *mac)
{
	struct host_link *link = GROW(host->links, host->n_links);

	link->index = index;
	snprintf(link->name, sizeof(link->name), "%s", name);
	link->mac = *mac;
	link->mtu = 1500;
	link->segment = true;
	return link;
}

static void make_host(struct host *host)
{
	memset(host, 0, sizeof(*host));
	add_link(host, "eth0", 2, &director_mac);
	add_addr(host, "127.0.0.1", 8);
	add_addr(host, "fe80::1", 64);
	add_addr(host, director, 24);
	add_addr(host, vip, 32);
	add_addr(host, director6, 64);
	add_addr(host, vip6, 128);
	snprintf(host->module, sizeof(host->module), "1");
}

/* "KIND SEVERITY SERVER; …" */
static void findings_text(const struct report *report, char *text, size_t size)
{
	char name[ADDR_TEXT + MAC_TEXT];
	size_t i, len = 0;

	text[0] = '\0';
	for (i = 0; i < report->n_findings; i++) {
		const struct finding *finding = &report->findings[i];

		if (finding->server.family)
			addr_text(&finding->server, name);
		else if (finding->has_mac)
			addr_mac_text(&finding->mac, name);
		else
			snprintf(name, sizeof(name), "-");
		len += snprintf(text + len, size - len, "%s%s %s %s",
				len ? "; " : "", find_name(finding->kind),
				find_severity(finding->severity), name);
	}
}

static void see(struct exam *exam, const char *name)
{
	uint8_t bytes[512];
	struct frame frame;
	size_t len;

	len = bytes_of(recorded_frame(name)->hex, bytes);
	if (!frame_parse(bytes, len, &frame))
		return;
	frame.ifindex = 2;
	exam_see(exam, &frame);
}

static void judge(const struct exam *exam, const char *what, const char *want)
{
	struct report report = { 0 };
	char text[1024];

	judge_claims(exam, &report);
	judge_detours(exam, &report);
	judge_host(exam, "1", &report);
	judge_vips(exam, &report);
	judge_servers(exam, &report);
	report_sort(&report);
	findings_text(&report, text, sizeof(text));
	expect(what, text, want);
	report_clear(&report);
}

#define WEB	"tcp 192.0.2.10:80 10.0.0.11"
#define WEB2	"tcp 192.0.2.10:80 10.0.0.11 10.0.0.12"
#define PORTS	"tcp 192.0.2.10:80,443 10.0.0.11"
#define WEB6	"tcp [2001:db8::10]:80 2001:db8:0:1::11"
#define MIXED	"tcp 192.0.2.10:80 2001:db8:0:1::11"
#define DNS	"udp 192.0.2.10:53 10.0.0.11"
#define ANY	"any 192.0.2.10 10.0.0.11"

static const struct {
	const char *service;
	const char *frames[6];
	const char *want;
} answered[] = {
	{ WEB, { "syn-ack" }, "" },
	{ WEB, { "syn-ack by a router" }, "" },
	{ WEB6, { "syn-ack6" }, "" },
	{ PORTS, { "syn-ack" }, "" },

	/* Neighbours. */
	{ WEB, { "syn-ack", "arp reply" },
	  "neighbour-answer fault 10.0.0.11" },
	{ WEB, { "syn-ack", "arp reply to a probe" },
	  "neighbour-answer fault 10.0.0.11" },
	{ WEB, { "syn-ack", "arp gratuitous" },
	  "announcement fault 10.0.0.11" },
	{ WEB, { "syn-ack", "arp in its name" },
	  "neighbour-source fault 10.0.0.11" },
	{ WEB, { "syn-ack", "arp in its name", "arp reply", "arp reply" },
	  "neighbour-answer fault 10.0.0.11" },
	{ WEB, { "syn-ack", "arp request of others" }, "" },
	{ WEB, { "syn-ack", "arp reply of the director" }, "" },
	{ WEB, { "syn-ack", "arp reply of a stranger" },
	  "duplicate fault 02:00:00:00:00:99" },
	{ WEB, { "syn-ack", "arp reply by vrrp" },
	  "holder note 00:00:5e:00:01:07" },
	{ WEB, { "syn-ack", "na solicited" }, "" },
	{ WEB6, { "syn-ack6", "na solicited" },
	  "neighbour-answer fault 2001:db8:0:1::11" },
	{ WEB6, { "syn-ack6", "na solicited, no option" },
	  "neighbour-answer fault 2001:db8:0:1::11" },
	{ WEB6, { "syn-ack6", "na to all" },
	  "announcement fault 2001:db8:0:1::11" },
	{ WEB6, { "syn-ack6", "ns in its name" },
	  "neighbour-source fault 2001:db8:0:1::11" },

	/* TCP. */
	{ WEB, { "rst", "echo reply" }, "closed fault 10.0.0.11" },
	{ WEB, { "rst", "rst to the comparison" }, "closed fault 10.0.0.11" },
	{ WEB, { "rst", "syn-ack to the comparison" },
	  "own-address-only fault 10.0.0.11" },
	{ PORTS, { "rst" }, "closed warning 10.0.0.11" },
	{ WEB6, { "rst6" }, "closed fault 2001:db8:0:1::11" },
	{ WEB, { "syn back" }, "forwarded fault 10.0.0.11" },
	{ WEB6, { "syn6 back" }, "forwarded fault 2001:db8:0:1::11" },
	{ WEB, { "echo back" }, "forwarded fault 10.0.0.11" },
	{ WEB, { "icmp expired, syn" }, "forwarded fault 10.0.0.11" },
	{ WEB6, { "icmp6 expired, syn" }, "forwarded fault 2001:db8:0:1::11" },
	{ WEB, { "icmp redirect, syn" }, "forwarded fault 10.0.0.11" },
	{ WEB6, { "icmp6 redirect, syn" },
	  "forwarded fault 2001:db8:0:1::11" },
	{ WEB, { "icmp net, syn", "icmp net, echo" },
	  "vip-missing fault 10.0.0.11" },
	{ WEB6, { "icmp6 no route, syn" },
	  "vip-missing fault 2001:db8:0:1::11" },
	{ WEB, { "icmp prohibited, syn" }, "rejected fault 10.0.0.11" },
	{ WEB, { "icmp port, syn" }, "rejected fault 10.0.0.11" },
	{ WEB, { "icmp port, echo" }, "rejected fault 10.0.0.11" },
	{ DNS, { "icmp port, echo", "icmp port, udp" },
	  "rejected fault 10.0.0.11" },
	{ WEB6, { "icmp6 prohibited, syn" },
	  "rejected fault 2001:db8:0:1::11" },
	{ WEB6, { "icmp6 port, syn" }, "rejected fault 2001:db8:0:1::11" },
	{ WEB, { "syn-ack from its own address" },
	  "wrong-source fault 10.0.0.11" },
	{ WEB, { "echo reply" }, "dropped fault 10.0.0.11" },
	{ WEB, { "echo reply to the comparison" },
	  "silent fault 10.0.0.11" },
	{ WEB, { "rst to the comparison" }, "silent fault 10.0.0.11" },
	{ WEB, { NULL }, "unanswered fault 10.0.0.11" },
	{ WEB, { "arp in its name" }, "neighbour-source fault 10.0.0.11" },
	{ WEB, { "arp in its name", "rst" },
	  "neighbour-source fault 10.0.0.11; closed fault 10.0.0.11" },
	{ WEB, { "ack to nobody", "syn-ack for another port",
		 "icmp of another packet", "echo reply6" },
	  "unanswered fault 10.0.0.11" },

	/* A server is known by an address of the other family. */
	{ MIXED, { "syn-ack" }, "" },
	{ MIXED, { "echo reply6 to the comparison" },
	  "silent fault 2001:db8:0:1::11" },
	{ MIXED, { NULL }, "unanswered fault 2001:db8:0:1::11" },

	/* The first is a router; what it sends back, the other answers. */
	{ WEB2, { "syn back", "syn-ack of the other server" },
	  "forwarded fault 10.0.0.11; unanswered fault 10.0.0.12" },
	{ WEB2, { "syn-ack of the other server" },
	  "unanswered fault 10.0.0.11; unanswered fault 10.0.0.12" },

	/* UDP: no answer is no evidence. */
	{ DNS, { NULL }, "" },
	{ DNS, { "udp reply" }, "" },
	{ DNS, { "udp reply to a client" }, "detour fault 10.0.0.11" },
	{ DNS, { "udp reply to a client by its gateway" }, "" },
	{ DNS, { "echo reply", "echo reply to the comparison" }, "" },
	{ DNS, { "udp reply from its own address" },
	  "wrong-source fault 10.0.0.11" },
	{ DNS, { "icmp port, udp" }, "closed fault 10.0.0.11" },
	{ DNS, { "icmp port, udp", "udp reply to the comparison" },
	  "own-address-only fault 10.0.0.11" },
	{ DNS, { "icmp host, udp" }, "vip-missing fault 10.0.0.11" },
	{ DNS, { "echo reply to the comparison" },
	  "silent fault 10.0.0.11" },
	{ DNS, { "icmp port, udp to the comparison" },
	  "silent fault 10.0.0.11" },

	/* Without ports there is only the ping. */
	{ ANY, { "echo reply" }, "" },
	{ ANY, { NULL }, "" },
	{ ANY, { "echo reply to the comparison" }, "silent fault 10.0.0.11" },
	{ ANY, { "echo back" }, "forwarded fault 10.0.0.11" },
	{ ANY, { "icmp net, echo" }, "vip-missing fault 10.0.0.11" },

	{ "tcp 192.0.2.10:80", { NULL }, "no-server warning -" },
	{ "fwmark 7 10.0.0.11", { NULL }, "no-address note -" },
};

static void test_answers(void)
{
	struct model model = { 0 };
	char what[256];
	struct host host;
	struct exam exam;
	size_t i, j;

	for (i = 0; i < COUNT(answered); i++) {
		make_host(&host);
		add_service(&model, answered[i].service);
		model_sort(&model);
		exam_plan(&exam, &model, &host);
		/* The frames are of a lab with three servers. */
		exam.port = strchr(answered[i].service, '[') ? PORT + 4 : PORT;
		for (j = 0; j < 6 && answered[i].frames[j]; j++)
			see(&exam, answered[i].frames[j]);
		snprintf(what, sizeof(what), "%s, %s, …", answered[i].service,
			 j ? answered[i].frames[j - 1] : "no answer");
		judge(&exam, what, answered[i].want);
		exam_clear(&exam);
		host_clear(&host);
		model_clear(&model);
	}
}

/* A healthy service but for what a function does to the machine or its model. */
static void spoil_version(struct model *model, struct host *host)
{
	(void)model;
	snprintf(host->module, sizeof(host->module), "2");
}

static void spoil_no_version(struct model *model, struct host *host)
{
	(void)model;
	host->module[0] = '\0';
}

static void spoil_mtu(struct model *model, struct host *host)
{
	static const struct mac mac = { { 2, 0, 0, 0, 1, 0x01 } };

	(void)model;
	add_link(host, "eth1", 3, &mac)->mtu = 9000;
	host->addrs[3].ifindex = 3;
}

static void spoil_other_mtu(struct model *model, struct host *host)
{
	static const struct mac mac = { { 2, 0, 0, 0, 1, 0x01 } };

	(void)model;
	add_link(host, "eth1", 3, &mac)->mtu = 9000;
}

static void spoil_lro(struct model *model, struct host *host)
{
	(void)model;
	host->links[0].lro = true;
}

static void spoil_dad(struct model *model, struct host *host)
{
	(void)model;
	host->addrs[3].duplicate = true;
}

static void spoil_forwarding(struct model *model, struct host *host)
{
	(void)model;
	host->forwards4 = true;
}

static void spoil_vip(struct model *model, struct host *host)
{
	(void)model;
	host->addrs[3].addr = address("192.0.2.99");
	host->forwards6 = true;
}

static void spoil_vip_forwarding(struct model *model, struct host *host)
{
	spoil_vip(model, host);
	host->forwards4 = true;
}

static void spoil_way_back(struct model *model, struct host *host)
{
	(void)host;
	model->services[0].gateway = 1;
}

static void spoil_way_back_beyond(struct model *model, struct host *host)
{
	spoil_way_back(model, host);
	host->beyond4 = true;
}

static void spoil_ipvs(struct model *model, struct host *host)
{
	(void)model;
	GROW(host->ipvs, host->n_ipvs)->addr = address(vip);
	GROW(host->ipvs, host->n_ipvs)->addr = address("192.0.2.77");
}

static void spoil_xdp(struct model *model, struct host *host)
{
	(void)model;
	host->links[0].xdp = true;
}

static void spoil_tracked(struct model *model, struct host *host)
{
	(void)model;
	host->tracked = host->tracked_max = 65536;
}

static void spoil_almost_tracked(struct model *model, struct host *host)
{
	spoil_tracked(model, host);
	host->tracked--;
}

/* What sees packets, of which "dsr" is ours, in this order. */
static void add_hook(struct host *host, uint8_t family, const char *dev,
		     const char *name)
{
	struct host_hook *hook = GROW(host->hooks, host->n_hooks);

	hook->family = family;
	snprintf(hook->dev, sizeof(hook->dev), "%s", dev);
	snprintf(hook->name, sizeof(hook->name), "%s", name);
	hook->ours = !strcmp(name, "dsr");
	hook->rules = !strncmp(name, "chain", 5);
}

static void spoil_chain(struct model *model, struct host *host)
{
	(void)model;
	add_hook(host, AF_INET, "", "ipv4_conntrack_defrag of nf_defrag_ipv4");
	add_hook(host, AF_INET, "", "chain inet a early");
	add_hook(host, AF_INET, "", "dsr");
	add_hook(host, AF_INET, "", "chain ip a late");
	add_hook(host, AF_INET6, "", "chain inet a early");
	add_hook(host, AF_INET6, "", "dsr");
}

static void spoil_hook(struct model *model, struct host *host)
{
	spoil_chain(model, host);
	memcpy(host->hooks[4].name, "lb_in of lb", sizeof("lb_in of lb"));
	host->hooks[4].rules = false;
}

static void spoil_ingress(struct model *model, struct host *host)
{
	(void)model;
	add_hook(host, 0, "eth0", "chain netdev a early");
	add_hook(host, 0, "eth0", "dsr");
	add_hook(host, 0, "eth1", "chain netdev a b");
}

static void spoil_late_hook(struct model *model, struct host *host)
{
	(void)model;
	add_hook(host, AF_INET, "", "dsr");
	add_hook(host, AF_INET, "", "chain ip a late");
	/* Nothing of ours is here. */
	add_hook(host, AF_INET6, "", "chain ip6 a early");
}

static void spoil_nexthop(struct model *model, struct host *host)
{
	(void)host;
	model->servers[0].state->nexthop.state = DSR_NEXTHOP_STATE_FAILED;
	model->servers[0].state->nexthop.has_mac = false;
}

static void spoil_down(struct model *model, struct host *host)
{
	spoil_nexthop(model, host);
	model->servers[0].down = 1;
}

static void spoil_source(struct model *model, struct host *host)
{
	(void)model;
	host->addrs[2].tentative = true;
}

static void spoil_same_mac(struct model *model, struct host *host)
{
	(void)host;
	add_service(model, WEB2);
	model->n_services = 1;
	model->servers[0] = model->servers[1];
	model->servers[1] = model->servers[2];
	model->servers[1].state->nexthop.mac = r1_mac;
	model->n_servers = 2;
}

static void test_host(void)
{
	static const struct {
		const char *name;
		void (*spoil)(struct model *model, struct host *host);
		const char *want;
	} cases[] = {
		{ "module", spoil_version, "version warning -" },
		{ "module without version", spoil_no_version, "" },
		{ "VIP on a device of larger MTU", spoil_mtu,
		  "mtu warning -" },
		{ "another device of larger MTU", spoil_other_mtu, "" },
		{ "LRO", spoil_lro, "lro warning -" },
		{ "DAD", spoil_dad, "dad-failed fault -" },
		{ "forwarding with the VIP", spoil_forwarding, "" },
		{ "no VIP", spoil_vip, "" },
		{ "forwarding without the VIP", spoil_vip_forwarding,
		  "forwarding note -" },
		{ "gateway without a route", spoil_way_back,
		  "no-way-back note -" },
		{ "gateway with one", spoil_way_back_beyond, "" },
		{ "IPVS", spoil_ipvs, "ipvs warning -" },
		{ "XDP", spoil_xdp, "xdp note -" },
		{ "full conntrack", spoil_tracked, "conntrack warning -" },
		{ "one connection less", spoil_almost_tracked, "" },
		{ "earlier rules", spoil_chain, "earlier-hook note -" },
		{ "an earlier module", spoil_hook, "earlier-hook warning -" },
		{ "rules at ingress", spoil_ingress, "earlier-hook note -" },
		{ "rules after ours", spoil_late_hook, "" },
		{ "next hop", spoil_nexthop, "nexthop fault 10.0.0.11" },
		{ "down", spoil_down, "" },
		{ "no source", spoil_source, "no-source note 10.0.0.11" },
		{ "same MAC", spoil_same_mac,
		  "unanswered fault 10.0.0.12; same-mac warning "
		  "02:00:00:00:00:11" },
	};
	struct model model = { 0 };
	struct host host;
	struct exam exam;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		make_host(&host);
		add_service(&model, WEB);
		cases[i].spoil(&model, &host);
		model_sort(&model);
		exam_plan(&exam, &model, &host);
		exam.port = PORT;
		see(&exam, "syn-ack");
		judge(&exam, cases[i].name, cases[i].want);
		exam_clear(&exam);
		host_clear(&host);
		model_clear(&model);
	}
}

/* Whether packets can leave the network that they came from, by its addresses. */
static void test_leads_on(void)
{
	static const struct {
		const char *addrs[4];
		uint8_t len[4];
		bool v4, v6;
	} cases[] = {
		{ { 0 }, { 0 }, false, false },
		{ { "127.0.0.1", "10.0.0.1" }, { 8, 24 }, false, false },
		{ { "::1", "10.0.0.1", "10.0.0.2" }, { 128, 24, 24 },
		  false, false },
		{ { "10.0.0.1", "192.0.2.10" }, { 24, 32 }, false, false },
		{ { "10.0.0.1", "10.0.1.1" }, { 24, 24 }, true, false },
		{ { "10.0.0.1", "2001:db8::1", "fe80::1" }, { 24, 64, 64 },
		  false, false },
		{ { "2001:db8::1", "fe80::1", "2001:db8:0:1::1" },
		  { 64, 64, 64 }, false, true },
	};
	struct host host;
	size_t i, k;

	for (i = 0; i < COUNT(cases); i++) {
		memset(&host, 0, sizeof(host));
		for (k = 0; k < 4 && cases[i].addrs[k]; k++)
			add_addr(&host, cases[i].addrs[k], cases[i].len[k]);
		if (host_leads_on(&host, AF_INET) != cases[i].v4 ||
		    host_leads_on(&host, AF_INET6) != cases[i].v6) {
			printf("leads on: case %zu\n", i);
			failures++;
		}
		host.beyond6 = true;
		if (host_leads_on(&host, AF_INET) != cases[i].v4 ||
		    !host_leads_on(&host, AF_INET6)) {
			printf("leads on by a router: case %zu\n", i);
			failures++;
		}
		host_clear(&host);
	}
}

/* Without the VIP one other machine may have it, but not two. */
static void test_holders(void)
{
	struct model model = { 0 };
	struct host host;
	struct exam exam;

	make_host(&host);
	spoil_vip(&model, &host);
	add_service(&model, WEB);
	model_sort(&model);
	exam_plan(&exam, &model, &host);
	exam.port = PORT;
	see(&exam, "syn-ack");
	see(&exam, "arp reply of a stranger");
	judge(&exam, "one holder", "holder note 02:00:00:00:00:99");
	see(&exam, "udp reply to a client");
	judge(&exam, "replies that may be forwarded",
	      "detour warning 10.0.0.11; holder note 02:00:00:00:00:99");
	exam.n_detours = 0;
	see(&exam, "arp reply");
	judge(&exam, "a holder and a server",
	      "neighbour-answer fault 10.0.0.11; "
	      "duplicate fault 02:00:00:00:00:99");
	exam_clear(&exam);
	host_clear(&host);
	model_clear(&model);
}

/* Who announces a VIP has it; who stands by leaves it to one other. */
static void test_roles(void)
{
	struct model model = { 0 };
	struct host host;
	struct exam exam;
	size_t i;

	make_host(&host);
	spoil_vip(&model, &host);
	add_service(&model, WEB);
	model_add_announce(&model);
	model_sort(&model);
	exam_plan(&exam, &model, &host);
	exam.port = PORT;
	see(&exam, "syn-ack");
	see(&exam, "arp reply of a stranger");
	judge(&exam, "announced, and another has it",
	      "duplicate fault 02:00:00:00:00:99");
	exam_clear(&exam);

	for (i = 0; i < model.n_services; i++)
		model.services[i].role = DSR_ROLE_STANDBY;
	exam_plan(&exam, &model, &host);
	exam.port = PORT;
	see(&exam, "syn-ack");
	see(&exam, "arp reply of a stranger");
	judge(&exam, "on standby", "holder note 02:00:00:00:00:99; "
	      "standby note -");
	exam_clear(&exam);
	host_clear(&host);
	model_clear(&model);
}

/* How many frames are sent, and to whom. */
struct sent {
	size_t asks, probes, to_all;
};

static void count_sent(const uint8_t *bytes, size_t len, uint32_t ifindex,
		       void *arg)
{
	struct sent *sent = arg;
	struct frame frame;

	if (ifindex != 2 || !frame_parse(bytes, len, &frame))
		abort();
	if (frame.kind == FRAME_PACKET)
		sent->probes++;
	else
		sent->asks++;
	sent->to_all += frame.to.byte[0] & 1;
}

static void expect_sent(const struct exam *exam, const char *what,
			const char *want)
{
	struct sent sent = { 0 };
	char text[64];

	exam_ask(exam, count_sent, &sent);
	snprintf(text, sizeof(text), "%zu asks, %zu to all, %zu probes",
		 sent.asks, sent.to_all, sent.probes);
	expect(what, text, want);
}

static void test_asking(void)
{
	struct model model = { 0 };
	struct host host;
	struct exam exam;

	make_host(&host);
	add_service(&model, WEB2);
	add_service(&model, DNS);
	add_service(&model, WEB6);
	model_sort(&model);
	exam_plan(&exam, &model, &host);
	exam.port = PORT;
	/* VIPs: 2 × 2 to all; 2 × 2 and 1 to servers; each probe twice. */
	expect_sent(&exam, "asked", "9 asks, 4 to all, 14 probes");
	see(&exam, "syn-ack");
	see(&exam, "echo reply to the comparison");
	expect_sent(&exam, "asked again", "9 asks, 4 to all, 12 probes");
	exam_clear(&exam);
	host_clear(&host);
	model_clear(&model);
}

/* Every kind has a name and its words; all in braces are replaced. */
static void test_texts(void)
{
	struct finding finding = {
		.vip = address(vip), .server = address("10.0.0.11"),
		.other = address(director), .number = 9000, .has_mac = true,
		.mac = r1_mac, .dev = "eth0", .has_service = true,
	};
	char text[FIND_TEXT];
	struct err err;
	int kind, part;

	if (key_parse("tcp", "192.0.2.10:80", &finding.service, &err))
		abort();
	for (kind = 0; kind < N_FIND_KINDS; kind++) {
		finding.kind = kind;
		for (part = FIND_WHAT; part <= FIND_MEND; part++) {
			find_text(&finding, part, text);
			if (strpbrk(text, "{}") ||
			    (part == FIND_WHAT && !*text)) {
				printf("%s: \"%s\"\n", find_name(kind), text);
				failures++;
			}
		}
	}
	finding.kind = FIND_FORWARDED;
	expect("what", find_text(&finding, FIND_WHAT, text),
	       "10.0.0.11 forwards packets for 192.0.2.10 instead of taking "
	       "them");
	expect("mend", find_text(&finding, FIND_MEND, text),
	       "dsrctl realserver up 192.0.2.10\n"
	       "ip address add 192.0.2.10/32 dev lo");
	finding.vip = address(vip6);
	expect("mend by IPv6", find_text(&finding, FIND_MEND, text),
	       "dsrctl realserver up 2001:db8::10\n"
	       "ip address add 2001:db8::10/128 dev lo nodad");
}

int main(void)
{
	test_ask();
	test_probe();
	test_reset();
	test_short_frames();
	test_odd_frames();
	test_ipvs();
	test_answers();
	test_host();
	test_leads_on();
	test_holders();
	test_roles();
	test_asking();
	test_texts();
	return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}

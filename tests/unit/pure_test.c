// SPDX-License-Identifier: GPL-2.0
/* The functions of dsrctl that need neither kernel nor terminal, by tables. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "args.h"
#include "model.h"
#include "flow_text.h"
#include "rate.h"
#include "table.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static int failures;

static void expect_text(const char *what, const char *in, const char *got,
			const char *want)
{
	got = got ? got : "(none)";
	want = want ? want : "(none)";
	if (!strcmp(got, want))
		return;
	printf("%s of \"%s\" is \"%s\", not \"%s\"\n", what, in, got, want);
	failures++;
}

static void expect_number(const char *what, const char *in, uint64_t got,
			  uint64_t want)
{
	if (got == want)
		return;
	printf("%s of \"%s\" is %" PRIu64 ", not %" PRIu64 "\n",
	       what, in, got, want);
	failures++;
}

static void test_number(void)
{
	static const struct {
		const char *word;
		uint32_t max;
		bool good;
		uint32_t number;
	} cases[] = {
		{ "0", 0, true, 0 },
		{ "1", 0, false, 0 },
		{ "65535", 65535, true, 65535 },
		{ "65536", 65535, false, 0 },
		{ "4294967295", UINT32_MAX, true, UINT32_MAX },
		{ "4294967296", UINT32_MAX, false, 0 },
		{ "18446744073709551616", UINT32_MAX, false, 0 },
		{ "99999999999999999999999999", UINT32_MAX, false, 0 },
		{ "", 9, false, 0 },
		{ "00", 9, false, 0 },
		{ "07", 9, false, 0 },
		{ " 7", 9, false, 0 },
		{ "7 ", 9, false, 0 },
		{ "+7", 9, false, 0 },
		{ "-0", 9, false, 0 },
		{ "7a", 9, false, 0 },
	};
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		uint32_t number = 0;
		bool good = addr_number(cases[i].word, cases[i].max, &number);

		expect_number("being a number", cases[i].word, good,
			      cases[i].good);
		if (good)
			expect_number("number", cases[i].word, number,
				      cases[i].number);
	}
}

static void test_hex_number(void)
{
	static const struct {
		const char *word;
		bool good;
		uint32_t number;
	} cases[] = {
		{ "0x0", true, 0 },
		{ "0x1f", true, 0x1f },
		{ "0xFFFFFFFF", true, UINT32_MAX },
		{ "0x00000001", true, 1 },
		{ "0x000000001", false, 0 },
		{ "0x100000000", false, 0 },
		{ "0x", false, 0 },
		{ "0", false, 0 },
		{ "1f", false, 0 },
		{ "0X1", false, 0 },
		{ "0x1g", false, 0 },
		{ "0x 1", false, 0 },
		{ "0x-1", false, 0 },
		{ "0x0x1", false, 0 },
		{ "", false, 0 },
	};
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		uint32_t number = 0;
		bool good = addr_hex_number(cases[i].word, &number);

		expect_number("being a hexadecimal number", cases[i].word,
			      good, cases[i].good);
		if (good)
			expect_number("hexadecimal number", cases[i].word,
				      number, cases[i].number);
	}
}

static void test_time(void)
{
	static const struct {
		const char *word;
		bool good;
		uint32_t seconds;
		const char *text;
	} cases[] = {
		{ "1s", true, 1, "1s" },
		{ "60s", true, 60, "1m" },
		{ "90s", true, 90, "90s" },
		{ "15m", true, 900, "15m" },
		{ "90m", true, 5400, "90m" },
		{ "120m", true, 7200, "2h" },
		{ "25h", true, 90000, "25h" },
		{ "48h", true, 172800, "2d" },
		{ "49710d", true, 4294944000, "49710d" },
		{ "49711d", false, 0, NULL },
		{ "4294967295s", true, UINT32_MAX, "4294967295s" },
		{ "4294967296s", false, 0, NULL },
		{ "71582789m", false, 0, NULL },
		{ "99999999999999999999s", false, 0, NULL },
		{ "0s", false, 0, NULL },
		{ "0d", false, 0, NULL },
		{ "01s", false, 0, NULL },
		{ "60", false, 0, NULL },
		{ "s", false, 0, NULL },
		{ "", false, 0, NULL },
		{ "1S", false, 0, NULL },
		{ "1 s", false, 0, NULL },
		{ "1.5h", false, 0, NULL },
		{ "-1s", false, 0, NULL },
		{ "1h30m", false, 0, NULL },
		{ "1w", false, 0, NULL },
	};
	char text[TIME_TEXT];
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		uint32_t seconds = 0;
		bool good = addr_time(cases[i].word, &seconds);

		expect_number("being a time", cases[i].word, good,
			      cases[i].good);
		if (!good)
			continue;
		expect_number("seconds", cases[i].word, seconds,
			      cases[i].seconds);
		expect_text("time", cases[i].word,
			    addr_time_text(seconds, text), cases[i].text);
	}
	expect_text("time", "nothing", addr_time_text(0, text), "0s");
}

static void test_hex_bytes(void)
{
	static const struct {
		const char *word;
		bool good;
	} cases[] = {
		{ "00fFa5", true },
		{ "00ffa", false },
		{ "00ffa50", false },
		{ "00ffag", false },
		{ "0x00ff", false },
		{ " 0ffa5", false },
		{ "", false },
	};
	uint8_t byte[3] = { 1, 2, 3 };
	size_t i;

	for (i = 0; i < COUNT(cases); i++)
		expect_number("being three bytes", cases[i].word,
			      addr_hex_bytes(cases[i].word, byte, 3),
			      cases[i].good);
	expect_number("first byte", "00fFa5", byte[0], 0);
	expect_number("second byte", "00fFa5", byte[1], 0xff);
	expect_number("third byte", "00fFa5", byte[2], 0xa5);
}

static void test_mask(void)
{
	static const struct {
		const char *addr;
		unsigned int len;
		const char *masked;
	} cases[] = {
		{ "255.255.255.255", 0, "0.0.0.0" },
		{ "255.255.255.255", 1, "128.0.0.0" },
		{ "255.255.255.255", 23, "255.255.254.0" },
		{ "255.255.255.255", 24, "255.255.255.0" },
		{ "255.255.255.255", 31, "255.255.255.254" },
		{ "255.255.255.255", 32, "255.255.255.255" },
		{ "ffff::ffff", 0, "::" },
		{ "ffff::ffff", 15, "fffe::" },
		{ "ffff::ffff", 112, "ffff::" },
		{ "ffff::ffff", 127, "ffff::fffe" },
		{ "ffff::ffff", 128, "ffff::ffff" },
	};
	char text[ADDR_TEXT];
	struct addr addr;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		addr_parse(cases[i].addr, &addr);
		addr_mask(&addr, cases[i].len);
		expect_text("masked address", cases[i].addr,
			    addr_text(&addr, text), cases[i].masked);
	}
}

/* A list of 16 ranges, and of 17. */
#define PORTS_16	"1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31"
#define PORTS_17	PORTS_16 ",33"

/*
 * What is understood is written back in the canonical form, which is
 * understood to mean the same.
 */
static void test_service(void)
{
	static const struct {
		const char *kind, *word, *text;
	} cases[] = {
		{ "tcp", "192.0.2.10:80", "tcp 192.0.2.10:80" },
		{ "udp", "192.0.2.10:80", "udp 192.0.2.10:80" },
		{ "sctp", "192.0.2.10:80", "sctp 192.0.2.10:80" },
		{ "tcp", "192.0.2.10:80 ", NULL },
		{ "TCP", "192.0.2.10:80", NULL },
		{ "icmp", "192.0.2.10", NULL },
		{ "6", "192.0.2.10:80", NULL },
		{ "", "192.0.2.10:80", NULL },
		{ "tcp", NULL, NULL },
		{ "any", NULL, NULL },
		{ "fwmark", NULL, NULL },
		/* addresses */
		{ "tcp", "192.0.2.10", "tcp 192.0.2.10" },
		{ "any", "192.0.2.10", "any 192.0.2.10" },
		{ "any", "192.0.2.10:80", NULL },
		{ "any", "192.0.2.10:", NULL },
		{ "any", "192.0.2.0/24:80", NULL },
		{ "any", "[2001:db8::1]:80", NULL },
		{ "tcp", "2001:db8::1", "tcp 2001:db8::1" },
		{ "tcp", "[2001:db8::1]", "tcp 2001:db8::1" },
		{ "any", "[2001:db8::1]", "any 2001:db8::1" },
		{ "tcp", "[2001:db8::1]:80", "tcp [2001:db8::1]:80" },
		{ "tcp", "[2001:0DB8:0:0::0001]:1", "tcp [2001:db8::1]:1" },
		{ "tcp", "[::]:80", "tcp [::]:80" },
		{ "tcp", "[::ffff:192.0.2.1]:80",
		  "tcp [::ffff:192.0.2.1]:80" },
		{ "tcp", "2001:db8::1:80", "tcp 2001:db8::1:80" },
		{ "tcp", "1:2:3:4:5:6:7:8:80", NULL },
		{ "tcp", "2001:db8::1:80-90", NULL },
		{ "tcp", "2001:db8::1:http", NULL },
		{ "tcp", "[2001:db8::1", NULL },
		{ "tcp", "2001:db8::1]", NULL },
		{ "tcp", "[[2001:db8::1]]:80", NULL },
		{ "tcp", "[2001:db8::1]80", NULL },
		{ "tcp", "[2001:db8::1]80:80", NULL },
		{ "tcp", "[2001:db8::1]:", NULL },
		{ "tcp", "[192.0.2.10]:80", NULL },
		{ "tcp", "[192.0.2.10]", NULL },
		{ "tcp", "[]:80", NULL },
		{ "tcp", "[", NULL },
		{ "tcp", ":", NULL },
		{ "tcp", "/", NULL },
		{ "tcp", "", NULL },
		/* prefixes */
		{ "tcp", "192.0.2.0/24", "tcp 192.0.2.0/24" },
		{ "tcp", "192.0.2.0/24:80", "tcp 192.0.2.0/24:80" },
		{ "any", "192.0.2.0/24", "any 192.0.2.0/24" },
		{ "tcp", "192.0.2.10/32:80", "tcp 192.0.2.10:80" },
		{ "tcp", "192.0.2.10/31:80", "tcp 192.0.2.10/31:80" },
		{ "tcp", "192.0.2.11/31:80", NULL },
		{ "tcp", "192.0.2.10/24", NULL },
		{ "tcp", "0.0.0.0/0", "tcp 0.0.0.0/0" },
		{ "tcp", "128.0.0.0/1", "tcp 128.0.0.0/1" },
		{ "tcp", "128.0.0.0/0", NULL },
		{ "tcp", "192.0.2.10/33", NULL },
		{ "tcp", "192.0.2.10/-1", NULL },
		{ "tcp", "192.0.2.0/024", NULL },
		{ "tcp", "192.0.2.0/", NULL },
		{ "tcp", "192.0.2.0/:80", NULL },
		{ "tcp", "192.0.2.0/24/24", NULL },
		{ "tcp", "192.0.2.0/24:80:81", NULL },
		{ "tcp", "192.0.2.0/255.255.255.0", NULL },
		{ "tcp", "192.0.2.0:80/24", NULL },
		{ "tcp", "2001:db8::/64", "tcp 2001:db8::/64" },
		{ "tcp", "[2001:db8::/64]", "tcp 2001:db8::/64" },
		{ "tcp", "[2001:db8::]/64", "tcp 2001:db8::/64" },
		{ "tcp", "[2001:db8::/64]:80", "tcp [2001:db8::/64]:80" },
		{ "tcp", "[2001:db8::]/64:80", "tcp [2001:db8::/64]:80" },
		{ "tcp", "[2001:db8::1/128]:80", "tcp [2001:db8::1]:80" },
		{ "tcp", "2001:db8::1/128", "tcp 2001:db8::1" },
		{ "tcp", "2001:db8::/127", "tcp 2001:db8::/127" },
		{ "tcp", "2001:db8::1/127", NULL },
		{ "tcp", "2001:db8::/129", NULL },
		{ "tcp", "2001:db8::/64:80", NULL },
		{ "tcp", "[2001:db8::/64]/64:80", NULL },
		{ "tcp", "[2001:db8::]/:80", NULL },
		{ "tcp", "[2001:db8::/]:80", NULL },
		{ "tcp", "[2001:db8::/64:80]", NULL },
		/* ports */
		{ "tcp", "192.0.2.10:1", "tcp 192.0.2.10:1" },
		{ "tcp", "192.0.2.10:65535", "tcp 192.0.2.10:65535" },
		{ "tcp", "192.0.2.10:0", NULL },
		{ "tcp", "192.0.2.10:65536", NULL },
		{ "tcp", "192.0.2.10:80-90", "tcp 192.0.2.10:80-90" },
		{ "tcp", "192.0.2.10:1-65535", "tcp 192.0.2.10:1-65535" },
		{ "tcp", "192.0.2.10:80-80", "tcp 192.0.2.10:80" },
		{ "tcp", "192.0.2.10:80-79", NULL },
		{ "tcp", "192.0.2.10:0-80", NULL },
		{ "tcp", "192.0.2.10:80-65536", NULL },
		{ "tcp", "192.0.2.10:80-", NULL },
		{ "tcp", "192.0.2.10:-80", NULL },
		{ "tcp", "192.0.2.10:80-81-82", NULL },
		{ "tcp", "192.0.2.10:80,443", "tcp 192.0.2.10:80,443" },
		{ "tcp", "192.0.2.10:443,80", "tcp 192.0.2.10:80,443" },
		{ "tcp", "192.0.2.10:80,80", "tcp 192.0.2.10:80" },
		{ "tcp", "192.0.2.10:80,81", "tcp 192.0.2.10:80-81" },
		{ "tcp", "192.0.2.10:80,82", "tcp 192.0.2.10:80,82" },
		{ "tcp", "192.0.2.10:82,80,81", "tcp 192.0.2.10:80-82" },
		{ "tcp", "192.0.2.10:80-90,85-95,96", "tcp 192.0.2.10:80-96" },
		{ "tcp", "192.0.2.10:1-100,50-60", "tcp 192.0.2.10:1-100" },
		{ "tcp", "[2001:db8::1]:50000-50999,20-21",
		  "tcp [2001:db8::1]:20-21,50000-50999" },
		{ "tcp", "192.0.2.10:", NULL },
		{ "tcp", "192.0.2.10:,", NULL },
		{ "tcp", "192.0.2.10:80,", NULL },
		{ "tcp", "192.0.2.10:,80", NULL },
		{ "tcp", "192.0.2.10:80,,81", NULL },
		{ "tcp", "192.0.2.10:80, 81", NULL },
		{ "tcp", "192.0.2.10:80;81", NULL },
		{ "tcp", "192.0.2.10:" PORTS_16, "tcp 192.0.2.10:" PORTS_16 },
		{ "tcp", "192.0.2.10:" PORTS_17, NULL },
		{ "tcp", "192.0.2.10:" PORTS_17 ",30,32",
		  "tcp 192.0.2.10:1,3,5,7,9,11,13,15,17,19,21,23,25,27,"
		  "29-33" },
		{ "sctp", "[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.254/127]:"
		  "10000-10001,10003-10004,10006-10007,10009-10010,"
		  "10012-10013,10015-10016,10018-10019,10021-10022,"
		  "10024-10025,10027-10028,10030-10031,10033-10034,"
		  "10036-10037,10039-10040,10042-10043,10045-10046",
		  "sctp [ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127]:"
		  "10000-10001,10003-10004,10006-10007,10009-10010,"
		  "10012-10013,10015-10016,10018-10019,10021-10022,"
		  "10024-10025,10027-10028,10030-10031,10033-10034,"
		  "10036-10037,10039-10040,10042-10043,10045-10046" },
		/* firewall marks */
		{ "fwmark", "1", "fwmark 1" },
		{ "fwmark", "0x1", "fwmark 1" },
		{ "fwmark", "4294967295", "fwmark 4294967295" },
		{ "fwmark", "0xffffffff", "fwmark 4294967295" },
		{ "fwmark", "0", NULL },
		{ "fwmark", "0x0", NULL },
		{ "fwmark", "4294967296", NULL },
		{ "fwmark", "0x100000000", NULL },
		{ "fwmark", "-1", NULL },
		{ "fwmark", "1/1", NULL },
		{ "fwmark", "", NULL },
		{ "fwmark", "192.0.2.10:80", NULL },
	};
	struct service_key key, again;
	char text[SERVICE_TEXT];
	struct err err;
	size_t i;
	char *word;

	for (i = 0; i < COUNT(cases); i++) {
		const char *in = cases[i].word ? cases[i].word : cases[i].kind;

		if (key_parse(cases[i].kind, cases[i].word, &key, &err)) {
			expect_text("service", in, NULL, cases[i].text);
			continue;
		}
		expect_text("service", in, key_text(&key, text),
			    cases[i].text);
		word = strchr(text, ' ');
		*word++ = '\0';
		expect_number("reading again", in,
			      key_parse(text, word, &again, &err), DONE);
		expect_number("the same bytes again", in,
			      memcmp(&key, &again, sizeof(key)), 0);
	}
}

/* Each service comes before all that follow it, and equals only itself. */
static void test_order(void)
{
	static const char *const services[][2] = {
		{ "fwmark", "1" },
		{ "fwmark", "4294967295" },
		{ "any", "0.0.0.0/0" },
		{ "any", "192.0.2.0" },
		{ "any", "192.0.2.0/25" },
		{ "tcp", "192.0.2.0/24:80" },
		{ "tcp", "192.0.2.10:20-21" },
		{ "tcp", "192.0.2.10:20-21,80" },
		{ "tcp", "192.0.2.10:20-21,443" },
		{ "tcp", "192.0.2.10:20-22" },
		{ "tcp", "192.0.2.10:80" },
		{ "udp", "192.0.2.10:80" },
		{ "sctp", "192.0.2.10:80" },
		{ "tcp", "192.0.2.10:443" },
		{ "tcp", "192.0.2.10" },
		{ "udp", "192.0.2.10" },
		{ "any", "192.0.2.10" },
		{ "any", "::/0" },
		{ "any", "2001:db8::/64" },
		{ "any", "2001:db8::1" },
	};
	struct service_key key[COUNT(services)];
	size_t i, j;
	struct err err;

	for (i = 0; i < COUNT(services); i++)
		expect_number("parsing", services[i][1],
			      key_parse(services[i][0], services[i][1],
					&key[i], &err), DONE);
	for (i = 0; i < COUNT(services); i++) {
		for (j = 0; j < COUNT(services); j++) {
			int order = key_compare(&key[i], &key[j]);

			expect_number(services[j][1], services[i][1],
				      (order > 0) - (order < 0) + 1,
				      (i > j) - (i < j) + 1);
		}
	}
}

static void test_server(void)
{
	static const struct {
		const char *kind, *service, *word;
		bool good;
	} cases[] = {
		{ "tcp", "192.0.2.10:80", "10.0.0.11", true },
		{ "tcp", "192.0.2.10:80", "2001:db8::2", true },
		{ "tcp", "192.0.2.10:80", "fe80::2", true },
		{ "tcp", "[2001:db8::1]:80", "10.0.0.11", true },
		{ "tcp", "192.0.2.10:80", "192.0.2.10", false },
		{ "any", "192.0.2.10", "192.0.2.10", false },
		{ "any", "2001:db8::1", "2001:db8::1", false },
		{ "any", "192.0.2.0/24", "192.0.2.0", true },
		{ "fwmark", "1", "192.0.2.10", true },
		{ "fwmark", "1", "0.0.0.0", true },
		{ "fwmark", "1", "10.0.0.11:80", false },
		{ "tcp", "192.0.2.10", "10.0.0.11:80", false },
		{ "tcp", "192.0.2.10:80", "10.0.0.11/32", false },
		{ "tcp", "192.0.2.10:80", "[2001:db8::2]", false },
		{ "tcp", "192.0.2.10:80", "[2001:db8::2", false },
		{ "tcp", "192.0.2.10:80", "[2001:db8::2/128]", false },
		{ "tcp", "192.0.2.10:80", "fe80::2%eth1", false },
	};
	struct service_key key;
	struct addr addr;
	struct err err;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		key_parse(cases[i].kind, cases[i].service, &key, &err);
		expect_number("being a server", cases[i].word,
			      !key_parse_server(cases[i].word, &key, &addr,
						&err), cases[i].good);
	}
}

static void test_endpoint(void)
{
	static const struct {
		const char *word, *text;
	} cases[] = {
		{ "198.51.100.7:40000", "198.51.100.7:40000" },
		{ "198.51.100.7", "198.51.100.7" },
		{ "198.51.100.7/32", "198.51.100.7" },
		{ "198.51.100.0/24", "198.51.100.0/24" },
		{ "198.51.100.0/24:5", "198.51.100.0/24:5" },
		{ "[2001:db8::7]:65535", "[2001:db8::7]:65535" },
		{ "2001:db8::7", "2001:db8::7" },
		{ "2001:db8::/64", "2001:db8::/64" },
		{ "-", "-" },
		{ "198.51.100.7:0", NULL },
		{ "198.51.100.7:65536", NULL },
		{ "198.51.100.7:1-2", NULL },
		{ "198.51.100.7:1,3", NULL },
		{ "198.51.100.7/24", NULL },
		{ "198.51.100.7:", NULL },
		{ "198.51.100", NULL },
		{ "", NULL },
		{ "--", NULL },
	};
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		char text[ENDPOINT_TEXT];
		struct endpoint endpoint;
		struct err err;
		int status = key_parse_endpoint(cases[i].word, &endpoint,
						&err);

		expect_text("endpoint", cases[i].word, status ? NULL :
			    key_endpoint_text(&endpoint, text), cases[i].text);
	}
}

/* What one director writes another one reads, to the byte. */
static void test_flow(void)
{
	static const char *const lines[] = {
		"tcp 192.0.2.10:80 10.0.0.11 tcp 198.51.100.7:1 192.0.2.10:80 "
		"established 59s",
		"udp [2001:db8::1]:53 fe80::2 udp [2001:db8::7]:65535 "
		"[2001:db8::1]:53 udp 0s",
		"fwmark 4294967295 2001:db8::2 255 198.51.100.7 192.0.2.10 "
		"other 2h",
		"any 192.0.2.0/24 10.0.0.11 any 198.51.100.0/24 - persist 1d",
		"sctp 192.0.2.10:1,3-4 10.0.0.11 sctp 198.51.100.7:1 "
		"192.0.2.10:3 closing 4294967295s",
	};
	static const char *const bad[] = {
		"",
		"tcp",
		"tcp 192.0.2.10:80 10.0.0.11 tcp 198.51.100.7:1 192.0.2.10:80 "
		"syn",
		"tcp 192.0.2.10:80 10.0.0.11 tcp 198.51.100.7:1 192.0.2.10:80 "
		"syn 0",
		"tcp 192.0.2.10:80 10.0.0.11 tcp 198.51.100.7:1 192.0.2.10:80 "
		"syn 0s 0s",
		"tcp 192.0.2.10:80 192.0.2.10 tcp 198.51.100.7:1 192.0.2.10:80 "
		"syn 0s",
		"icmp 192.0.2.10 10.0.0.11 1 198.51.100.7 192.0.2.10 other 0s",
		"any 192.0.2.10 10.0.0.11 icmp 198.51.100.7 192.0.2.10 other "
		"0s",
		"any 192.0.2.10 10.0.0.11 1 - 192.0.2.10 other 0s",
		"any 192.0.2.10 10.0.0.11 1 198.51.100.7 192.0.2.10 6 0s",
	};
	char line[FLOW_TEXT], text[FLOW_TEXT];
	struct flow flow;
	struct err err;
	size_t i;

	for (i = 0; i < COUNT(lines); i++) {
		snprintf(line, sizeof(line), "%s", lines[i]);
		expect_number("status", lines[i],
			      flow_parse(line, &flow, &err), DONE);
		expect_text("flow", lines[i], flow_text(&flow, text),
			    lines[i]);
	}
	for (i = 0; i < COUNT(bad); i++) {
		snprintf(line, sizeof(line), "%s", bad[i]);
		expect_number("status", bad[i],
			      flow_parse(line, &flow, &err), USAGE);
	}
}

static void test_mac(void)
{
	static const struct {
		const char *word, *text;
	} cases[] = {
		{ "02:00:00:00:00:0b", "02:00:00:00:00:0b" },
		{ "FE:DC:BA:98:76:54", "fe:dc:ba:98:76:54" },
		{ "auto", "00:00:00:00:00:00" },
		{ "AUTO", NULL },
		{ "03:00:00:00:00:0b", NULL },
		{ "02:00:00:00:00:0", NULL },
		{ "02:00:00:00:00:-1", NULL },
		{ "02:00:00:00:00: 1", NULL },
		{ "0x:00:00:00:00:01", NULL },
	};
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		char text[MAC_TEXT];
		struct mac mac;
		struct err err;
		int status = addr_parse_mac(cases[i].word, &mac, &err);

		expect_text("MAC address", cases[i].word, status ? NULL :
			    addr_mac_text(&mac, text), cases[i].text);
	}
}

/* An exact name is never taken for the beginning of an earlier one. */
static void test_match(void)
{
	static const char *const names[] = {
		"service", "server", "set", "show", "se", NULL
	};
	static const struct {
		const char *word, *match, *nearest;
	} cases[] = {
		{ "service", "service", "service" },
		{ "server", "server", "server" },
		{ "s", "service", NULL },
		{ "se", "se", "se" },
		{ "serv", "service", "server" },
		{ "serve", "server", "server" },
		{ "set", "set", "set" },
		{ "sh", "show", "show" },
		{ "", NULL, NULL },
		{ "servers", NULL, "server" },
		{ "services", NULL, "service" },
		{ "sevrice", NULL, "service" },
		{ "srevre", NULL, "server" },
		{ "shov", NULL, "show" },
		{ "settings", NULL, "set" },
		{ "Set", NULL, "set" },
		{ "xxxxxxx", NULL, NULL },
		{ "a word that is longer than any name can be", NULL, NULL },
	};
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		int match = args_match(cases[i].word, names);

		expect_text("match", cases[i].word,
			    match < 0 ? NULL : names[match], cases[i].match);
		expect_text("nearest", cases[i].word,
			    args_nearest(cases[i].word, names),
			    cases[i].nearest);
	}
}

static void test_human(void)
{
	static const struct {
		uint64_t count;
		const char *text, *bytes;
	} cases[] = {
		{ 0, "0", "0 B" },
		{ 999, "999", "999 B" },
		{ 1000, "1.0k", "1.0 kB" },
		{ 1049, "1.0k", "1.0 kB" },
		{ 1050, "1.1k", "1.1 kB" },
		{ 9949, "9.9k", "9.9 kB" },
		{ 9950, "10k", "10 kB" },
		{ 999499, "999k", "999 kB" },
		{ 999500, "1.0M", "1.0 MB" },
		{ 1234567, "1.2M", "1.2 MB" },
		{ 3400000000, "3.4G", "3.4 GB" },
		{ 999500000000000, "1.0P", "1.0 PB" },
		{ UINT64_MAX, "18E", "18 EB" },
	};
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		char number[32], text[HUMAN_TEXT];

		snprintf(number, sizeof(number), "%" PRIu64, cases[i].count);
		expect_text("short form", number,
			    out_human(cases[i].count, "", text),
			    cases[i].text);
		expect_text("bytes", number,
			    out_human(cases[i].count, "B", text),
			    cases[i].bytes);
	}
}

static void add_server(struct model *model, uint8_t protocol, uint16_t port,
		       const char *address)
{
	const struct service_key key = {
		.protocol = protocol,
		.n_ports = 1,
		.addr.family = AF_INET,
		.ports = { { port, port } },
	};
	struct server *server = model_add_server(model, &key);

	server->addr.family = AF_INET;
	server->addr.v4.s_addr = inet_addr(address);
}

/* Servers of services that are sorted by port and then by protocol. */
static void test_model(void)
{
	static const struct {
		const char *name;
		uint8_t protocol;
		uint16_t port;
		size_t n;
		const char *first;
	} cases[] = {
		{ "before all", 6, 79, 0, NULL },
		{ "first", 6, 80, 2, "10.0.0.9" },
		{ "middle", 17, 80, 1, "10.0.0.1" },
		{ "none of this", 6, 81, 0, NULL },
		{ "last", 6, 443, 1, "10.0.0.7" },
		{ "after all", 17, 443, 0, NULL },
	};
	struct model model = { 0 };
	char text[ADDR_TEXT];
	size_t i, n;

	add_server(&model, 6, 443, "10.0.0.7");
	add_server(&model, 6, 80, "10.0.0.10");
	add_server(&model, 17, 80, "10.0.0.1");
	add_server(&model, 6, 80, "10.0.0.9");
	model_sort(&model);
	for (i = 0; i < COUNT(cases); i++) {
		const struct server *server;
		struct service_key key = {
			.protocol = cases[i].protocol,
			.n_ports = 1,
			.ports = { { cases[i].port, cases[i].port } },
			.addr = { .family = AF_INET },
		};

		server = model_servers(&model, &key, &n);
		expect_number("servers", cases[i].name, n, cases[i].n);
		if (n)
			expect_text("server", cases[i].name,
				    addr_text(&server->addr, text),
				    cases[i].first);
	}
	model_clear(&model);
	expect_number("servers", "nothing", model.n_servers, 0);
}

static void test_rate(void)
{
	static const uint64_t s = 1000000000;
	static const struct {
		const char *name;
		uint64_t before, now, ns, rate;
	} cases[] = {
		{ "nothing", 0, 0, s, 0 },
		{ "a second", 100, 350, s, 250 },
		{ "two seconds", 100, 350, 2 * s, 125 },
		{ "a third of one", 0, 1, s / 3, 3 },
		{ "rounded down", 0, 10, 4 * s + s / 4, 2 },
		{ "rounded up", 0, 10, 4 * s - s / 4, 3 },
		{ "a half", 0, 1, 2 * s, 1 },
		{ "less than a half", 0, 1, 2 * s + 1, 0 },
		{ "begun anew", 350, 100, s, 0 },
		{ "begun anew from the top", UINT64_MAX, 0, s, 0 },
		{ "no time", 100, 350, 0, 0 },
		{ "all there is", 0, UINT64_MAX, s, UINT64_MAX },
		{ "no overflow", 1, UINT64_MAX, 2 * s, INT64_MAX },
		{ "too much", 0, UINT64_MAX, s / 2, UINT64_MAX },
		{ "a year", 0, 31536000, 31536000 * s, 1 },
	};
	size_t i;

	for (i = 0; i < COUNT(cases); i++)
		expect_number("rate", cases[i].name,
			      rate_of(cases[i].before, cases[i].now,
				      cases[i].ns), cases[i].rate);
}

static void test_rates(void)
{
	const struct stats before = {
		.packets = 10, .bytes = 1000, .flows = 5, .active = 9,
	}, now = {
		.packets = 30, .bytes = 5000, .flows = 4, .active = 3,
	}, huge = { .bytes = UINT64_MAX };
	struct rates rates = rates_of(&before, &now, 2000000000);

	expect_number("rates", "packets", rates.packets, 10);
	expect_number("rates", "bits", rates.bits, 16000);
	expect_number("rates", "flows", rates.flows, 0);
	expect_number("rates", "active", rates.active, 3);
	rates = rates_of(NULL, &now, 1000000000);
	expect_number("rates", "packets of a new one", rates.packets, 30);
	rates = rates_of(NULL, &huge, 1000000000);
	expect_number("rates", "too many bits", rates.bits, UINT64_MAX);
}

/* A model of services whose ports and packets these are. */
static void rate_model(struct model *model, const uint64_t (*service)[2],
		       size_t n)
{
	for (; n; n--, service++) {
		struct service *s = model_add_service(model);

		s->key = (struct service_key) {
			.protocol = 6, .n_ports = 1,
			.ports = { { (*service)[0], (*service)[0] } },
			.addr = { .family = AF_INET },
		};
		s->stats.packets = (*service)[1];
		s->stats.active = (*service)[0];
	}
	model_sort(model);
}

/* In their order, which services come and go between. */
static void test_rate_table(void)
{
	static const uint64_t then[][2] = {
		{ 1, 100 }, { 2, 100 }, { 3, 100 }, { 5, 7 },
	}, later[][2] = {
		{ 1, 110 }, { 2, 130 }, { 3, 110 }, { 4, 50 },
	};
	static const struct {
		enum rate_order order;
		const char *ports;
	} cases[] = {
		{ BY_PACKETS, "4 2 1 3" }, { BY_BITS, "1 2 3 4" },
		{ BY_ACTIVE, "4 3 2 1" }, { BY_NAME, "1 2 3 4" },
	};
	struct model before = { 0 }, now = { 0 };
	struct rate_table table;
	char ports[32];
	size_t i, j;

	rate_model(&before, then, COUNT(then));
	rate_model(&now, later, COUNT(later));
	for (i = 0; i < COUNT(cases); i++) {
		rate_table_fill(&table, &before, &now, 1000000000,
				cases[i].order);
		for (j = 0; j < table.n_rows; j++)
			snprintf(ports + 2 * j, sizeof(ports) - 2 * j, "%u ",
				 table.rows[j].service->key.ports[0].first);
		ports[2 * j - 1] = '\0';
		expect_text("order", cases[i].ports, ports, cases[i].ports);
		expect_number("total", cases[i].ports, table.total.packets,
			      100);
		rate_table_clear(&table);
	}
	rate_table_fill(&table, &before, &now, 1000000000, BY_PACKETS);
	expect_number("share", "of the first", table.rows[0].share, 500);
	expect_number("share", "of the last", table.rows[3].share, 100);
	rate_table_clear(&table);
	model_clear(&before);
	model_clear(&now);
}

int main(void)
{
	test_rate();
	test_rates();
	test_rate_table();
	test_number();
	test_hex_number();
	test_time();
	test_hex_bytes();
	test_mask();
	test_service();
	test_order();
	test_server();
	test_endpoint();
	test_flow();
	test_mac();
	test_match();
	test_human();
	test_model();
	return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}

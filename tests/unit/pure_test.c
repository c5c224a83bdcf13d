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
#include "out.h"

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

/* What is understood is written back as it is usually written. */
static void test_service(void)
{
	static const struct {
		const char *word, *text;
	} cases[] = {
		{ "192.0.2.10:80", "tcp 192.0.2.10:80" },
		{ "255.255.255.255:65535", "tcp 255.255.255.255:65535" },
		{ "[2001:db8::1]:80", "tcp [2001:db8::1]:80" },
		{ "[2001:0DB8:0:0::0001]:1", "tcp [2001:db8::1]:1" },
		{ "[::]:80", "tcp [::]:80" },
		{ "[::ffff:192.0.2.1]:80", "tcp [::ffff:192.0.2.1]:80" },
		{ "[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]:65535",
		  "tcp [ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535" },
		{ "192.0.2.10", NULL },
		{ "192.0.2.10:80 ", NULL },
		{ "[2001:db8::1]:", NULL },
	};
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		struct service_key key = { .protocol = IPPROTO_TCP };
		char text[SERVICE_TEXT];
		struct err err;
		int status;

		status = addr_parse_virtual(cases[i].word, &key.addr,
					    &key.port, &err);
		expect_text("service", cases[i].word, status ? NULL :
			    addr_service_text(&key, text), cases[i].text);
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
	struct server *server = model_add_server(model);

	server->service.protocol = protocol;
	server->service.port = port;
	server->service.addr.family = AF_INET;
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
			.port = cases[i].port,
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

int main(void)
{
	test_number();
	test_service();
	test_mac();
	test_match();
	test_human();
	test_model();
	return failures ? EXIT_FAILURE : EXIT_SUCCESS;
}

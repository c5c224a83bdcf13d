// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration file without a kernel:
 *
 *   conf_test N [SEED]   what is written of N configurations made at random is
 *                        read as the same, and written alike again
 *   conf_test speed      ten thousand services with ten servers each: how long
 *                        each step takes
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd.h"
#include "conf.h"
#include "nl_msg.h"

#define MAX_SERVICES	24
#define MAX_SERVERS	12

/* --- A configuration at random -------------------------------------------- */

static uint64_t state;

/* A number from 0 to @n - 1. */
static uint32_t any(uint32_t n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (state >> 33) % n;
}

static bool maybe(void)
{
	return any(3) == 0;
}

static void any_bytes(void *to, size_t n)
{
	uint8_t *byte = to;

	while (n--)
		*byte++ = any(256);
}

static struct addr any_addr(void)
{
	struct addr addr = { .family = maybe() ? AF_INET6 : AF_INET };

	if (addr.family == AF_INET) {
		any_bytes(&addr.v4, sizeof(addr.v4));
		return addr;
	}
	any_bytes(&addr.v6, sizeof(addr.v6));
	/* "2001::", "::1" and the like must be quoted. */
	if (maybe())
		memset(&addr.v6.s6_addr[any(2) * 8], 0, 8);
	addr.v6.s6_addr[maybe() ? 0 : 15] |= 1;
	if (addr.v6.s6_addr[0] == 0xfe)	/* link-local ones need a device */
		addr.v6.s6_addr[0] = 0xfd;
	return addr;
}

static void any_ports(struct service_key *key)
{
	uint32_t port = 1 + any(3000);
	uint32_t last;

	while (key->n_ports < MAX_PORT_RANGES && maybe() + !key->n_ports) {
		last = port + (maybe() ? any(500) : 0);
		key->ports[key->n_ports++] = (struct port_range){ port, last };
		port = last + 2 + any(2000);
	}
}

static struct service_key any_key(void)
{
	static const uint8_t protocols[] = { 6, 17, 132, 0 };
	struct service_key key = { 0 };

	if (any(8) == 0) {
		key.fwmark = 1 + any(UINT32_MAX);
		return key;
	}
	key.protocol = protocols[any(4)];
	key.addr = any_addr();
	key.prefix_len = addr_bits(&key.addr);
	if (maybe()) {
		key.prefix_len = 8 + any(key.prefix_len - 8);
		addr_mask(&key.addr, key.prefix_len);
	}
	if (key.protocol && !maybe())
		any_ports(&key);
	return key;
}

static void any_name(char name[IF_NAMESIZE])
{
	static const char *const names[] = {
		"eth0", "br-lan", "true", "off", "null", "~", "3", "1e5", "-",
		"#1", "a \"b\"", "\\", "a: b", "b:", "[c]", "{d}", "*e", "&f",
		"\xc3\xbc", "\x01\x7f", "'g'", "wan.100@x", "a,b", "!h", "%i",
	};

	memset(name, 0, IF_NAMESIZE);
	strcpy(name, names[any(sizeof(names) / sizeof(names[0]))]);
}

/* What cannot be is left out: clients do not stay without sessions. */
static void any_options(struct service *service)
{
	size_t i;

	strcpy(service->scheduler, model_scheduler[maybe() ? any(7) : 0]);
	model_set_defaults(service);
	service->given = GIVEN(DSR_SERVICE_A_HASH_KEY);
	any_bytes(&service->hash_key, sizeof(service->hash_key));
	if (maybe())
		service->echo = any(2);
	if (maybe())
		service->hash_on = any(3);
	if (maybe())
		service->persist = maybe() ? 0 : 1 + any(1000000);
	if (maybe())
		service->persist_prefix_len =
			1 + any(service->persist_prefix_len);
	for (i = 0; i < N_TIMEOUTS; i++) {
		if (maybe())
			service->timeouts[i] = 1 + any(1000000);
	}
	service->sessionless = !service->persist && maybe();
	service->lost = any(3);
	service->midflow = any(3);
	if (maybe())
		service->slow_start = any(100000);
}

static void any_server(struct server *server)
{
	server->addr = any_addr();
	if (maybe()) {
		server->addr.family = AF_INET6;
		inet_pton(AF_INET6, "fe80::1", &server->addr.v6);
		any_bytes(&server->addr.v6.s6_addr[8], 8);
		any_name(server->dev);
	} else if (maybe()) {
		any_name(server->dev);
	}
	server->weight = maybe() ? any(65536) : 1;
	if (maybe()) {
		any_bytes(&server->mac, sizeof(server->mac));
		server->mac.byte[0] = (server->mac.byte[0] & 0xfe) | 2;
	}
	if (maybe())
		server->max_flows = any(UINT32_MAX);
	if (maybe())
		server->min_flows = any(UINT32_MAX);
	server->fallback = maybe();
	server->down = maybe();
}

/* A service for a port inside of another one's range. */
static bool narrow(const struct service_key *outer, struct service_key *key)
{
	const struct port_range *range = &outer->ports[0];

	if (!outer->n_ports || range->last - range->first < 2)
		return false;
	*key = *outer;
	memset(key->ports, 0, sizeof(key->ports));
	key->n_ports = 1;
	key->ports[0].first = key->ports[0].last = range->first + 1;
	return true;
}

/* There are so many addresses that none is met twice. */
static void any_model(struct model *model)
{
	size_t i, j, n_servers, n = any(MAX_SERVICES + 1);
	struct service_key key;
	struct service *service;

	model->settings.max_flows = 1 + any(UINT32_MAX - 1);
	for (i = 0; i < n; i++) {
		if (!i || !maybe() ||
		    !narrow(&model->services[i - 1].key, &key))
			key = any_key();
		service = model_add_service(model);
		service->key = key;
		any_options(service);
		n_servers = maybe() ? 0 : any(MAX_SERVERS + 1);
		for (j = 0; j < n_servers; j++)
			any_server(model_add_server(model, &service->key));
	}
	if (maybe())
		strcpy(model_add_ingress(model)->dev, "eth0");
	if (maybe())
		strcpy(model_add_ingress(model)->dev, "*: \"x\"");
	model_sort(model);
}

/* --- The identity --------------------------------------------------------- */

static char *written(const struct model *model, size_t *len)
{
	char *text = NULL;
	FILE *to = open_memstream(&text, len);

	conf_write(to, model);
	fclose(to);
	return text;
}

static void count(const struct change *change, void *arg)
{
	(void)change;
	(void)arg;
}

static bool fail(uint64_t seed, const char *what, const char *text)
{
	printf("seed %" PRIu64 ": %s:\n%s\n", seed, what, text);
	return false;
}

/* One other value is one change. */
static bool tells_change(struct conf *conf, const struct model *model)
{
	struct server *server = conf->model.servers;

	if (!conf->model.n_servers)
		return true;
	server += any(conf->model.n_servers);
	server->weight ^= 1;
	if (conf_diff(conf, model, count, NULL) != 1)
		return false;
	server->weight ^= 1;
	server->down ^= 1;
	server->max_flows ^= 1;
	return conf_diff(conf, model, count, NULL) == 1;
}

static bool check(uint64_t seed)
{
	struct conf conf = { .name = "generated" };
	struct model model = { 0 };
	char *first, *second;
	size_t len, second_len;
	bool good = true;

	state = seed;
	any_model(&model);
	first = written(&model, &len);
	conf_parse(&conf, first, len);
	conf_print_problems(&conf);
	if (conf.n_problems) {
		good = fail(seed, "is not read", first);
	} else {
		second = written(&conf.model, &second_len);
		if (strcmp(first, second))
			good = fail(seed, "is written otherwise", second);
		else if (conf_diff(&conf, &model, count, NULL))
			good = fail(seed, "is read as something else", first);
		else if (!tells_change(&conf, &model))
			good = fail(seed, "one change is not one", first);
		free(second);
	}
	free(first);
	conf_clear(&conf);
	model_clear(&model);
	return good;
}

/* --- Speed ---------------------------------------------------------------- */

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static double lap(const char *what, double since)
{
	printf("%-8s %6.0f ms\n", what, (now() - since) * 1000);
	return now();
}

static void large_model(struct model *model)
{
	struct service *service;
	struct server *server;
	uint32_t i, j;

	model->settings.max_flows = 1048576;
	for (i = 0; i < 10000; i++) {
		service = model_add_service(model);
		service->key = (struct service_key){
			.protocol = 6, .prefix_len = 32, .n_ports = 1,
			.addr = { .family = AF_INET },
			.ports = { { 80 + i % 7, 80 + i % 7 } },
		};
		service->key.addr.v4.s_addr = htonl(0xc0a80000 + i);
		any_options(service);
		for (j = 0; j < 10; j++) {
			server = model_add_server(model, &service->key);
			server->addr.family = AF_INET;
			server->addr.v4.s_addr = htonl(0x0a000001 + i * 10 + j);
			server->weight = j;
		}
	}
}

/* What goes over netlink, without the kernel's part. */
static size_t encode(const struct model *model)
{
	struct nl_request request = { .op = DSR_CMD_CONFIG_SERVER };
	const struct server *server;
	size_t i, bytes = 0;

	for (i = 0; i < model->n_servers; i++) {
		struct nl_msg *msg;

		server = &model->servers[i];
		request.service = server->service;
		request.server = &server->addr;
		request.server_options = server;
		msg = msg_build(31, &request);
		bytes += nlmsg_hdr(msg)->nlmsg_len;
		nlmsg_free(msg);
	}
	return bytes;
}

static bool speed(void)
{
	struct conf conf = { .name = "large" };
	struct model model = { 0 };
	size_t len, n;
	double since;
	char *text;

	large_model(&model);
	since = now();
	model_sort(&model);
	since = lap("sort", since);
	text = written(&model, &len);
	since = lap("write", since);
	conf_parse(&conf, text, len);
	since = lap("check", since);
	n = conf_diff(&conf, &model, count, NULL);
	since = lap("compare", since);
	n += !encode(&conf.model);
	lap("encode", since);
	printf("%zu bytes, %zu problems, %zu changes\n", len, conf.n_problems,
	       n);
	n += conf.n_problems;
	free(text);
	conf_clear(&conf);
	model_clear(&model);
	return !n;
}

int main(int argc, char **argv)
{
	uint64_t i, n, seed;
	bool good = true;

	if (argc > 1 && !strcmp(argv[1], "speed"))
		return speed() ? EXIT_SUCCESS : EXIT_FAILURE;
	n = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000;
	seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	for (i = 0; i < n && good; i++)
		good = check(seed + i);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The configuration file. What has no mistake can be written, and what is
 * written is read as the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "fuzz.h"

const char *const fuzz_seeds[] = {
	"services: []\n",
	"settings: {max-flows: 1048576}\ningress: [eth0]\nservices:\n"
	"  - service: tcp 192.0.2.10:80\n    scheduler: wlc\n"
	"    timeout: {syn: 30s, established: 2h}\n    persist: 5m\n"
	"    persist-prefix: 24\n    servers:\n      - 10.0.0.11\n"
	"      - {address: 10.0.0.12, weight: 3, max: 9, min: 5}\n",
	"services:\n  - service: udp [2001:db8::1]:53\n    sessionless: on\n"
	"    hash-on: source\n    hash-key: 000102030405060708090a0b0c0d0e0f\n"
	"    servers:\n      - address: fe80::11\n        dev: eth1\n"
	"        mac: \"02:00:00:00:00:0b\"\n        fallback: on\n",
	"{\"services\": [{\"service\": \"fwmark 0x7\", \"echo\": \"forward\",\n"
	"\t\"lost\": \"reset\", \"midflow\": \"drop\", \"slow-start\": \"45s\",\n"
	"\t\"servers\": [\"10.0.0.11\", {\"address\": \"10.0.0.12\", "
	"\"down\": true}]}]}\n",
	"services:\n  - service: tcp 192.0.2.10:21,50000-50999\n"
	"    servers: &web\n      - 10.0.0.11\n      - 10.0.0.12\n"
	"  - service: tcp 192.0.2.10:50010\n    servers: *web\n"
	"  - service: any 2001:db8::/48\n    servers: *web\n",
	NULL
};

const char *const fuzz_words[] = {
	"services:", "service: ", "servers:", "address: ", "settings:",
	"ingress:", "scheduler: ", "echo: ", "hash-on: ", "hash-key: ",
	"sessionless: ", "persist: ", "persist-prefix: ", "timeout: ",
	"{syn: 1s}", "lost: ", "midflow: ", "slow-start: ", "weight: ",
	"mac: ", "dev: ", "max: ", "min: ", "fallback: ", "down: ", "tcp ",
	"udp ", "any ", "fwmark ", "192.0.2.10", "2001:db8::1", "::", "off",
	"auto", "true", "65536", "4294967296", "&a ", "*a", "&web", "*web",
	"<<: ", "---\n", "...\n", "\n  - ", "\n    ", "? ", "!!str ", "\xc3",
	"\xef\xbb\xbf", "\xff\xfe", "\\x00", "\\u0000", "|\n", ">-\n", "[[[[",
	"{{{{", "%YAML 1.1\n", "0x", "~", "null", "1-65535", ":1,2,3-4",
	NULL
};

static void never(const struct change *change, void *arg)
{
	(void)change;
	(void)arg;
	abort();
}

static void check_written(const struct conf *conf)
{
	struct conf again = { .name = "written" };
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	conf_write(to, &conf->model);
	fclose(to);
	conf_parse(&again, text, len);
	conf_print_problems(&again);
	if (again.n_problems)
		abort();
	conf_diff(conf, &again.model, never, NULL);
	conf_clear(&again);
	free(text);
}

void fuzz_one(const char *text, size_t len)
{
	struct conf conf = { .name = "fuzz" };

	conf_parse(&conf, text, len);
	/* A file need not have settings; what is written has them. */
	if (!conf.model.settings.given)
		conf.model.settings.max_flows = 1;
	if (!conf.n_problems)
		check_written(&conf);
	conf_clear(&conf);
}

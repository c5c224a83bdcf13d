// SPDX-License-Identifier: GPL-2.0
/*
 * The command line, a word between every two spaces: everything but what a
 * command then does. What it is asked for is what a file can say, too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where dsrctl would run a command, it comes here. */
#define main dsrctl_main
#define DSR_VERSION "0"
#define run(request, out, err) run ? fuzz_request(cmd, request) : DONE
struct cmd;
struct request;
static int fuzz_request(const struct cmd *cmd, const struct request *request);
#include "dsrctl.c"
#undef main
#undef run

#include "conf.h"
#include "fuzz.h"

#define MAX_WORDS	64

const char *const fuzz_seeds[] = {
	"service add tcp 192.0.2.10:80 scheduler wlc persist 5m prefix 24",
	"service add udp [2001:db8::10]:53 sessionless on hash-on source "
	"hash-key 000102030405060708090a0b0c0d0e0f",
	"service set fwmark 0x7 echo forward lost reset midflow drop "
	"slow-start 45s timeout syn 30s established 2h",
	"serv a any 2001:db8::/48 sch wrr", "-j s sh tcp 192.0.2.10:20-21,50-60",
	"server add tcp 192.0.2.10:80 10.0.0.11 weight 3 mac "
	"02:00:00:00:00:0b dev eth1 max 100 min 50 fallback on",
	"server set udp 192.0.2.10:53 fe80::11 down on weight 0 dev auto",
	"server drain tcp [2001:db8::10]:443 2001:db8::11 --wait --timeout=5m",
	"flow show tcp 192.0.2.10:80 client 198.51.100.0/24 server 10.0.0.11",
	"flow flush --timeout 3s all", "settings set max-flows 1048576",
	"-n lab -s stats show", "--netns=lab --json server", "ingress add eth0",
	"apply --dry-run /etc/dsrctl/dsr.yaml", "import ipvsadm - -j",
	"recipe netplan tcp 192.0.2.10:80 2001:db8::10 dev eth0 undo",
	"realserver up 192.0.2.10 udp [2001:db8::10]:53 --dry-run",
	"doctor tcp 192.0.2.10:80 timeout 400ms --watch", "help server add",
	"trace tcp 198.51.100.7:4321 192.0.2.10:80 mark 0x7", "version",
	"top interval 5s count 3", "metrics /tmp/x", "completion zsh",
	NULL
};

const char *const fuzz_words[] = {
	" ", "  ", " add ", " set ", " del ", " show ", " help ", " service ",
	" server ", " tcp ", " udp ", " any ", " sctp ", " icmp ", " fwmark ",
	" 58 ", "256", "192.0.2.10:80", "[2001:db8::10]:80", "0.0.0.0/0", "::/0",
	"/33", "/128", ":0", ":65536", ":1-65535", ":2-1", ",", ":1,1-2", "%eth0",
	"0x", "0xffffffff", "4294967296", "-1", "00", "1e3", "10.0.0.11",
	"127.0.0.1", "224.0.0.1", "::1", "ff02::1", "::ffff:10.0.0.1", "fe80::1",
	" weight ", " mac ", " dev ", " max ", " min ", " auto ", " on ",
	" off ", " scheduler ", " timeout ", " syn ", " persist ", " prefix ",
	" hash-on ", " hash-key ", " lost ", " state ", " client ", " server ",
	" undo ", "1d", "1w", "3s", "5m", "400ms", "99999d", "-n", "--netns",
	"--json=", "--wait", "--timeout", "-jsV", "--", "-", "\xff", "\x1b[0m",
	"01:00:00:00:00:00", "00:00:00:00:00:00", "%n%s",
	NULL
};

static void never(const struct change *change, void *arg)
{
	(void)change;
	(void)arg;
	abort();
}

/* A model that a file can say is read from it as it was. */
static void check_written(const struct model *model)
{
	struct conf conf = { .name = "written" };
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	conf_write_services(to, model);
	fclose(to);
	conf_parse(&conf, text, len);
	conf_print_problems(&conf);
	if (conf.n_problems)
		abort();
	conf_diff(&conf, model, never, NULL);
	conf_clear(&conf);
	free(text);
}

/* What of a request is given, and where that goes. */
struct merge {
	uint32_t given;
	const void *from;
	void *to;
};

/* The scheduler has no bit, but is a name. */
static void merge_keyword(const struct keyword *parent,
			  const struct keyword *keyword, void *arg)
{
	const struct merge *merge = arg;
	const char *from = (const char *)merge->from + keyword->offset;

	(void)parent;
	if (keyword->attr ? merge->given & GIVEN(keyword->attr) : !!*from)
		memcpy((char *)merge->to + keyword->offset, from,
		       keyword->size);
}

static void add_service(struct model *model, const struct service *given)
{
	struct service *service = model_add_service(model);
	struct merge merge = { given->given, given, service };

	service->key = given->key;
	strcpy(service->scheduler, SCHEDULER_USUAL);
	model_set_defaults(service);
	args_each(service_keywords, merge_keyword, &merge);
}

static void add_server(struct model *model, const struct server *given)
{
	struct server *server = model_add_server(model, &model->services->key);
	struct merge merge = { given->given, given, server };

	server->addr = given->addr;
	server->weight = 1;
	args_each(server_keywords, merge_keyword, &merge);
}

/* Of a command line, the kernel says which schedulers there are. */
static bool has_scheduler(const struct service *service)
{
	const char *const *name = model_scheduler;

	while (*name && strcmp(*name, service->scheduler))
		name++;
	return *name || !*service->scheduler;
}

/* A device may be called what is no text, which a file cannot say. */
static bool is_text(const char *name)
{
	while (*name && (unsigned char)*name < 0x80)
		name++;
	return !*name;
}

/* What would be added, alone. */
static int fuzz_request(const struct cmd *cmd, const struct request *request)
{
	struct model model = { 0 };
	struct err err;

	if (!cmd->verb || strcmp(cmd->verb, "add") || !request->has_service)
		return DONE;
	if (!has_scheduler(&request->service) || !is_text(request->server.dev))
		return DONE;
	if (request->has_server && server_needs_dev(&request->server, &err))
		return DONE;
	add_service(&model, &request->service);
	if (request->has_server)
		add_server(&model, &request->server);
	/* The kernel refuses this, a file is refused for it. */
	if (!model.services->sessionless || !model.services->persist)
		check_written(&model);
	model_clear(&model);
	return DONE;
}

static void check_message(int status, const struct err *err)
{
	const char *c;

	if (status == DONE)
		return;
	if ((status != USAGE && status != REFUSED) || !*err->text)
		abort();
	for (c = err->text; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			abort();
	}
}

/* The words where they stand. */
static int split(char *text, char *argv[MAX_WORDS + 1])
{
	int argc = 0;

	argv[argc++] = "dsrctl";
	while (text && argc < MAX_WORDS)
		argv[argc++] = strsep(&text, " ");
	argv[argc] = NULL;
	return argc;
}

void fuzz_one(const char *text, size_t len)
{
	char *argv[MAX_WORDS + 1], *words[3 * MAX_WORDS];
	char *copy = strndup(text, len);
	struct command_line line = { 0 };
	struct err err = { .text = "" };
	int argc = split(copy, argv);
	FILE *const shown = stdout;
	static FILE *unseen;
	int status;

	if (!unseen)
		unseen = fopen("/dev/null", "we");
	stdout = unseen;
	status = options_parse(argc, argv, words, &line, &err);
	if (!status)
		status = dsrctl_run(&line, &err);
	stdout = shown;
	check_message(status, &err);
	free(copy);
}

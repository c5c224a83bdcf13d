// SPDX-License-Identifier: GPL-2.0
/* dsrctl: shows and changes the virtual services of the dsr module. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "complete.h"

#define NETNS_DIR	"/run/netns/"

/*
 * All commands. Dispatch, help and the tests read this table. A word stands
 * for the first object or verb that it begins, so "s" is service and show. An
 * object without a verb has no others.
 */
static const struct cmd cmds[] = {
	{ "service", "show", "List services with their servers.",
	  { .service = OPTIONAL }, cmd_service_show },
	{ "service", "add", "Add a virtual service.",
	  { .service = REQUIRED, .keywords = service_keywords,
	    .op = DSR_CMD_SERVICE_ADD }, cmd_service_change },
	{ "service", "set", "Change what is given of a service.",
	  { .service = REQUIRED, .keywords = service_keywords,
	    .changes = true,
	    .op = DSR_CMD_SERVICE_SET }, cmd_service_change },
	{ "service", "del", "Delete a service, its servers and its flows.",
	  { .service = REQUIRED,
	    .op = DSR_CMD_SERVICE_DEL }, cmd_service_change },
	{ "server", "show", "List real servers, one to a line.",
	  { .service = OPTIONAL, .server = OPTIONAL }, cmd_server_show },
	{ "server", "add", "Add a real server to a service.",
	  { .service = REQUIRED, .server = REQUIRED,
	    .keywords = server_keywords,
	    .op = DSR_CMD_SERVER_ADD }, cmd_server_change },
	{ "server", "set", "Change what is given of a server.",
	  { .service = REQUIRED, .server = REQUIRED,
	    .keywords = server_keywords, .changes = true,
	    .op = DSR_CMD_SERVER_SET }, cmd_server_change },
	{ "server", "del", "Delete a server from a service.",
	  { .service = REQUIRED, .server = REQUIRED,
	    .op = DSR_CMD_SERVER_DEL }, cmd_server_change },
	{ "server", "drain", "Give a server no new flows: set its weight to 0.",
	  { .service = REQUIRED, .server = REQUIRED,
	    .keywords = drain_keywords }, cmd_server_drain },
	{ "stats", "show", "Count packets by what became of them.",
	  { .service = OPTIONAL, .server = OPTIONAL }, cmd_stats_show },
	{ "flow", "show", "List flows, as they are found.",
	  { .service = OPTIONAL, .keywords = flow_keywords }, cmd_flow_show },
	{ "flow", "flush", "Forget flows.",
	  { .service = OPTIONAL, .keywords = flush_keywords },
	  cmd_flow_flush },
	{ "flow", "export", "Write flows as flow import reads them.",
	  { .service = OPTIONAL, .keywords = flow_keywords },
	  cmd_flow_export },
	{ "flow", "import", "Add the flows of another director.",
	  { .needs_operand = OPTIONAL, .operand = &import_file },
	  cmd_flow_import },
	{ "settings", "show", "Show the size of the flow table.",
	  { 0 }, cmd_settings_show },
	{ "settings", "set", "Change what is given of the settings.",
	  { .keywords = settings_keywords, .changes = true },
	  cmd_settings_set },
	{ "ingress", "show", "List the devices that are served at ingress.",
	  { .needs_operand = OPTIONAL, .operand = &ingress_dev },
	  cmd_ingress_show },
	{ "ingress", "add", "Serve the packets of a device as they come in.",
	  { .needs_operand = REQUIRED, .operand = &ingress_dev,
	    .op = DSR_CMD_INGRESS_ADD }, cmd_ingress_change },
	{ "ingress", "del", "And no longer.",
	  { .needs_operand = REQUIRED, .operand = &ingress_dev,
	    .op = DSR_CMD_INGRESS_DEL }, cmd_ingress_change },
	{ "announce", "show", "List the devices that VIPs are announced on.",
	  { .needs_operand = OPTIONAL, .operand = &ingress_dev },
	  cmd_announce_show },
	{ "announce", "add", "Answer for VIPs on a device, and tell of them.",
	  { .needs_operand = REQUIRED, .operand = &ingress_dev,
	    .keywords = announce_keywords, .op = DSR_CMD_ANNOUNCE_ADD },
	  cmd_announce_change },
	{ "announce", "del", "And no longer.",
	  { .needs_operand = REQUIRED, .operand = &ingress_dev,
	    .op = DSR_CMD_ANNOUNCE_DEL }, cmd_announce_change },
	{ "role", "show", "Show which services are active and which stand by.",
	  { .keywords = role_keywords }, cmd_role_show },
	{ "role", "active", "Balance services, and announce their VIPs.",
	  { .keywords = role_keywords }, cmd_role_active },
	{ "role", "standby", "Leave services to another director.",
	  { .keywords = role_keywords }, cmd_role_standby },
	{ "peer", "show", "List the other directors.",
	  { .needs_operand = OPTIONAL, .operand = &peer_address },
	  cmd_peer_show },
	{ "peer", "add", "Balance nothing that another director sends.",
	  { .needs_operand = REQUIRED, .operand = &peer_address,
	    .keywords = peer_keywords, .op = DSR_CMD_PEER_ADD },
	  cmd_peer_change },
	{ "peer", "del", "And no longer.",
	  { .needs_operand = REQUIRED, .operand = &peer_address,
	    .op = DSR_CMD_PEER_DEL }, cmd_peer_change },
	{ "config", "show", "Show which configuration runs.",
	  { 0 }, cmd_config_show },
	{ "config", "check", "Look for mistakes in a file.",
	  { .needs_operand = REQUIRED, .operand = &config_file },
	  cmd_config_check },
	{ "save", NULL, "Write all that is configured as a file.",
	  { .needs_operand = OPTIONAL, .operand = &save_file }, cmd_save },
	{ "apply", NULL, "Configure all that a file says, and nothing else.",
	  { .needs_operand = REQUIRED, .operand = &config_file,
	    .keywords = apply_keywords }, cmd_apply },
	{ "import", "ipvsadm", "Make a file of what ipvsadm -Sn prints.",
	  { .needs_operand = OPTIONAL, .operand = &import_source },
	  cmd_import_ipvsadm },
	{ "import", "keepalived", "Make a file of a keepalived.conf.",
	  { .needs_operand = OPTIONAL, .operand = &import_source },
	  cmd_import_keepalived },
	{ "doctor", NULL, "Find what is wrong with VIPs and servers.",
	  { .service = OPTIONAL, .keywords = doctor_keywords }, cmd_doctor },
	{ "recipe", NULL, "Print how a real server is set up.",
	  { .needs_operand = OPTIONAL, .operand = &recipe_name,
	    .vips = OPTIONAL, .keywords = recipe_keywords }, cmd_recipe },
	{ "realserver", "check", "Find what is wrong with this real server.",
	  { .vips = REQUIRED }, cmd_realserver_check },
	{ "realserver", "up", "Make this machine a real server.",
	  { .vips = REQUIRED, .keywords = realserver_keywords },
	  cmd_realserver_up },
	{ "realserver", "down", "And no longer.",
	  { .vips = REQUIRED, .keywords = realserver_keywords },
	  cmd_realserver_down },
	{ "monitor", NULL, "Tell of each change as it happens.",
	  { 0 }, cmd_monitor },
	{ "top", NULL, "Show rates as they change; press q to end it.",
	  { .service = OPTIONAL, .keywords = top_keywords }, cmd_top },
	{ "trace", NULL, "Tell where a packet would go, and why.",
	  { .needs_operand = REQUIRED, .operand = &trace_packet,
	    .keywords = trace_keywords }, cmd_trace },
	{ "metrics", NULL, "Write all counters for Prometheus.",
	  { .needs_operand = OPTIONAL, .operand = &metrics_file },
	  cmd_metrics },
	{ "completion", "bash", "Print what has bash complete these words.",
	  { 0 }, cmd_completion_bash },
	{ "completion", "zsh", "And zsh.", { 0 }, cmd_completion_zsh },
};

/* Room for what dsrctl_words() writes. */
#define CMD_TEXT	32

#define N_CMDS	(sizeof(cmds) / sizeof(cmds[0]))

static const struct option {
	char letter;
	const char *name;
	const char *value;
	const char *help;
} options[] = {
	{ 'j', "json", NULL, "print JSON" },
	{ 's', "stats", NULL, "show counters" },
	{ 'n', "netns", "NAME", "work in this network namespace" },
	{ 'V', "version", NULL, "print the version" },
	{ 'h', "help", NULL, "print help" },
};

#define N_OPTIONS	(sizeof(options) / sizeof(options[0]))

/* What the options say; words are what is left of the command line. */
struct command_line {
	bool json, stats, version, help;
	const char *netns;
	char **words;
	size_t n_words;
};

/* --- Names --------------------------------------------------------------- */

/* Lists for args_match(), with room for the two objects that are no rows. */
#define MAX_NAMES	(N_CMDS + 3)

/* The objects in the table's order, then version and help. */
static void dsrctl_objects(const char *names[MAX_NAMES])
{
	size_t i, n = 0;

	for (i = 0; i < N_CMDS; i++) {
		if (!n || strcmp(names[n - 1], cmds[i].object))
			names[n++] = cmds[i].object;
	}
	names[n++] = "version";
	names[n++] = "help";
	names[n] = NULL;
}

/* The verbs of an object in the table's order, then help. */
static void dsrctl_verbs(const char *object, const char *names[MAX_NAMES])
{
	size_t i, n = 0;

	for (i = 0; i < N_CMDS; i++) {
		if (!strcmp(cmds[i].object, object) && cmds[i].verb)
			names[n++] = cmds[i].verb;
	}
	names[n++] = "help";
	names[n] = NULL;
}

/* @verb is NULL for an object that has none. */
static const struct cmd *dsrctl_find(const char *object, const char *verb)
{
	size_t i;

	for (i = 0; i < N_CMDS; i++) {
		if (!strcmp(cmds[i].object, object) && !cmds[i].verb == !verb &&
		    (!verb || !strcmp(cmds[i].verb, verb)))
			return &cmds[i];
	}
	return NULL;
}

/* "OBJECT VERB", written into @text and returned. */
static const char *dsrctl_words(const struct cmd *cmd, char text[CMD_TEXT])
{
	snprintf(text, CMD_TEXT, "%s%s%s", cmd->object, cmd->verb ? " " : "",
		 cmd->verb ? cmd->verb : "");
	return text;
}

/* --- Help ---------------------------------------------------------------- */

static void help_cmd_line(const struct cmd *cmd)
{
	char usage[ARGS_USAGE], words[CMD_TEXT];

	args_usage(&cmd->grammar, usage);
	printf("dsrctl %s%s%s\n", dsrctl_words(cmd, words),
	       *usage ? " " : "", usage);
}

static void help_cmds(const char *object)
{
	size_t i;

	for (i = 0; i < N_CMDS; i++) {
		if (object && strcmp(cmds[i].object, object))
			continue;
		printf("  ");
		help_cmd_line(&cmds[i]);
		printf("      %s\n", cmds[i].help);
	}
}

/* Where the explanation of a word begins; below it if the word is long. */
#define HELP_COLUMN	20

static void help_row(const char *name, const char *value, const char *help)
{
	int len;

	len = printf("  %s%s%s", name, value ? " " : "", value ? value : "");
	if (len > HELP_COLUMN - 2)
		len = printf("\n") - 1;
	printf("%*s%s\n", HELP_COLUMN - len, "", help);
}

/* Keywords that belong to the one above. */
static void help_more(const struct keyword *keyword)
{
	for (; keyword && keyword->name; keyword++) {
		char name[32];

		snprintf(name, sizeof(name), "  %s", keyword->name);
		help_row(name, keyword->value, keyword->help);
	}
}

static void help_operands(const struct grammar *grammar)
{
	const struct keyword *keyword = grammar->keywords;
	const struct keyword *operand = grammar->operand;

	if (grammar->service || operand || grammar->vips || keyword)
		printf("\n");
	if (grammar->service) {
		help_row("SERVICE", NULL, KEY_USAGE);
		help_row("VIP", NULL, "the virtual address, or a prefix; "
			 "for IPv6 with ports [VIP[/LEN]]:PORTS");
		help_row("PORTS", NULL, "80, 8000-8099 or 20-21,50000-50999; "
			 "every port unless given");
	}
	if (grammar->server)
		help_row("ADDRESS", NULL, "the server's own IP address, "
			 "without a port");
	for (; operand; operand = operand->more)
		help_row(operand->name, NULL, operand->help);
	if (grammar->vips)
		help_row("VIP", NULL, "the virtual address, alone or as that "
			 "of a service: tcp 192.0.2.10:80");
	for (; keyword && keyword->name; keyword++) {
		help_row(keyword->name, keyword->value, keyword->help);
		help_more(keyword->more);
	}
}

static void help_options(void)
{
	size_t i;

	printf("\nOptions, anywhere on the line:\n");
	for (i = 0; i < N_OPTIONS; i++) {
		char text[32];

		snprintf(text, sizeof(text), "-%c, --%s",
			 options[i].letter, options[i].name);
		help_row(text, options[i].value, options[i].help);
	}
}

static int help_all(void)
{
	static const struct grammar operands = {
		.service = REQUIRED, .server = REQUIRED,
	};

	printf("Usage: dsrctl [OPTION...] OBJECT VERB ...\n\n");
	help_cmds(NULL);
	printf("  dsrctl version\n      Print the version.\n");
	printf("  dsrctl help [OBJECT [VERB]]\n      Print help.\n");
	help_operands(&operands);
	help_options();
	printf("\nWords may be abbreviated. The verb is show unless given. "
	       "See dsrctl(8).\n");
	return DONE;
}

static int help_object(const char *object)
{
	printf("Usage:\n");
	help_cmds(object);
	return DONE;
}

static int help_cmd(const struct cmd *cmd)
{
	printf("Usage: ");
	help_cmd_line(cmd);
	printf("\n%s\n", cmd->help);
	help_operands(&cmd->grammar);
	return DONE;
}

/* --- Options ------------------------------------------------------------- */

static void option_apply(const struct option *option, const char *value,
			 struct command_line *line)
{
	switch (option->letter) {
	case 'j':
		line->json = true;
		break;
	case 's':
		line->stats = true;
		break;
	case 'n':
		line->netns = value;
		break;
	case 'V':
		line->version = true;
		break;
	case 'h':
		line->help = true;
		break;
	}
}

static int option_unknown(const char *word, struct err *err)
{
	const char *names[N_OPTIONS + 1] = { NULL };
	const char *nearest = NULL;
	size_t i;

	for (i = 0; i < N_OPTIONS; i++)
		names[i] = options[i].name;
	if (word[1] == '-')
		nearest = args_nearest(word + 2, names);
	if (nearest)
		return err_usage(err, "unknown option " WORD
				 ": did you mean \"--%s\"?", word, nearest);
	return err_usage(err, "unknown option " WORD ": see dsrctl help",
			 word);
}

/* --name, --name=VALUE or --name VALUE; @next is the word after it or NULL. */
static int option_long(const char *word, const char *next, bool *took_next,
		       struct command_line *line, struct err *err)
{
	const char *equals = strchr(word, '=');
	const char *value = equals ? equals + 1 : next;
	size_t i, len = equals ? (size_t)(equals - word) : strlen(word);

	for (i = 0; i < N_OPTIONS; i++) {
		if (strlen(options[i].name) == len - 2 &&
		    !strncmp(options[i].name, word + 2, len - 2))
			break;
	}
	if (i == N_OPTIONS)
		return option_unknown(word, err);
	if (equals && !options[i].value)
		return err_usage(err, "option --%s takes no value: leave it out",
				 options[i].name);
	if (options[i].value && !value)
		return err_usage(err, "option --%s needs a value: %s",
				 options[i].name, options[i].value);
	*took_next = options[i].value && !equals;
	option_apply(&options[i], value, line);
	return DONE;
}

/* -jsn NAME */
static int option_short(const char *word, const char *next, bool *took_next,
			struct command_line *line, struct err *err)
{
	const char *letter;
	size_t i;

	for (letter = word + 1; *letter; letter++) {
		for (i = 0; i < N_OPTIONS; i++) {
			if (options[i].letter == *letter)
				break;
		}
		if (i == N_OPTIONS)
			return option_unknown(word, err);
		if (options[i].value && (letter[1] || !next))
			return err_usage(err, "option -%c needs a value: -%c %s",
					 *letter, *letter, options[i].value);
		*took_next = options[i].value;
		option_apply(&options[i], next, line);
	}
	return DONE;
}

/* A dash and a letter; "-1" is a word, and refused as a number. */
static bool option_is_one(const char *word)
{
	return word[0] == '-' &&
	       (word[1] == '-' || isalpha((unsigned char)word[1]));
}

/*
 * Keywords that many will write like options, anywhere on the line. Return:
 * how many of @word and @next are one, moved to the end.
 */
static int option_keyword(char *word, char *next, char ***end)
{
	if (!strcmp(word, "--wait") || !strcmp(word, "--dry-run") ||
	    !strcmp(word, "--watch")) {
		*(*end)++ = word + 2;
		return 1;
	}
	if (strncmp(word, "--timeout", 9) || (word[9] && word[9] != '='))
		return 0;
	*(*end)++ = "timeout";
	if (word[9])
		*(*end)++ = word + 10;
	else if (next)
		*(*end)++ = next;
	return word[9] || !next ? 1 : 2;
}

/* Take the options out of the line; @words has room for three times @argc. */
static int options_parse(int argc, char **argv, char **words,
			 struct command_line *line, struct err *err)
{
	char **const late = words + argc;
	char **end = late;
	int i, n, status = DONE;

	line->words = words;
	for (i = 1; i < argc && !status; i++) {
		char *next = argv[i + 1];
		bool took_next = false;

		if (!option_is_one(argv[i])) {
			line->words[line->n_words++] = argv[i];
			continue;
		}
		n = option_keyword(argv[i], next, &end);
		if (n) {
			i += n - 1;
			continue;
		}
		status = argv[i][1] == '-' ?
			 option_long(argv[i], next, &took_next, line, err) :
			 option_short(argv[i], next, &took_next, line, err);
		i += took_next;
	}
	memmove(words + line->n_words, late, (end - late) * sizeof(*words));
	line->n_words += end - late;
	return status;
}

/* --- Running ------------------------------------------------------------- */

static int netns_enter(const char *name, struct err *err)
{
	char path[256];
	int fd, status = DONE;

	if (!*name || *name == '.' || strchr(name, '/') ||
	    strlen(name) >= sizeof(path) - sizeof(NETNS_DIR))
		return err_usage(err, "netns " WORD " is not a name", name);
	snprintf(path, sizeof(path), NETNS_DIR "%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_refused(err, "netns " WORD ": %s", name,
				   errno == ENOENT ?
				   "no such namespace: see ip netns" :
				   strerror(errno));
	if (setns(fd, CLONE_NEWNET))
		status = err_refused(err, "netns " WORD ": %s", name,
				     errno == EPERM ? "entering it needs root" :
				     strerror(errno));
	close(fd);
	return status;
}

static void out_init(struct out *out, const struct command_line *line)
{
	const char *no_colour = getenv("NO_COLOR");

	out->to = stdout;
	out->json = line->json;
	out->stats = line->stats;
	out->human = isatty(STDOUT_FILENO);
	out->colour = out->human && !(no_colour && *no_colour);
}

/* The words left are those after OBJECT VERB. */
static int dsrctl_run_cmd(const struct cmd *cmd,
			  const struct command_line *line, struct err *err)
{
	struct request request;
	char command[CMD_TEXT];
	struct out out;
	int status;

	if (line->help ||
	    (line->n_words && !strcmp(line->words[0], "help")))
		return help_cmd(cmd);
	status = args_parse(dsrctl_words(cmd, command), &cmd->grammar, line->words,
			    line->n_words, &request, err);
	if (!status && line->netns)
		status = netns_enter(line->netns, err);
	out_init(&out, line);
	if (!status)
		status = cmd->run(&request, &out, err);
	free(request.vips);
	return status;
}

/* The name a word stands for, or NULL with the message in @err. */
static const char *dsrctl_name(const char *word, const char *what,
			       const char *const *names, struct err *err)
{
	int i = args_match(word, names);

	if (i >= 0)
		return names[i];
	args_refuse_name(what, word, names, err);
	return NULL;
}

/* The words left are those after OBJECT. */
static int dsrctl_run_object(const char *object, struct command_line *line,
			     struct err *err)
{
	const struct cmd *alone = dsrctl_find(object, NULL);
	const char *names[MAX_NAMES];
	const char *verb = "show";
	char list[128];

	if (alone)
		return dsrctl_run_cmd(alone, line, err);
	if (line->help && !line->n_words)
		return help_object(object);
	dsrctl_verbs(object, names);
	if (line->n_words) {
		verb = dsrctl_name(line->words[0], "unknown verb", names, err);
		if (!verb)
			return USAGE;
		line->words++;
		line->n_words--;
	}
	if (!strcmp(verb, "help"))
		return help_object(object);
	if (!dsrctl_find(object, verb))
		return err_usage(err, "VERB is missing: give %s",
				 args_list(names, list, sizeof(list)));
	return dsrctl_run_cmd(dsrctl_find(object, verb), line, err);
}

static int dsrctl_version(const struct command_line *line, struct err *err)
{
	struct out out;

	if (line->n_words > 1)
		return err_usage(err, "unexpected word " WORD
				 ": dsrctl version", line->words[1]);
	out_init(&out, line);
	out_version(&out, DSR_VERSION);
	return DONE;
}

static int dsrctl_run(struct command_line *line, struct err *err)
{
	const char *names[MAX_NAMES];
	const char *object;
	char list[ARGS_USAGE];

	if (line->version)
		return dsrctl_version(line, err);
	dsrctl_objects(names);
	if (!line->n_words) {
		if (line->help)
			return help_all();
		return err_usage(err, "OBJECT is missing: give %s",
				 args_list(names, list, sizeof(list)));
	}
	object = dsrctl_name(line->words[0], "unknown object", names, err);
	if (!object)
		return USAGE;
	if (!strcmp(object, "version"))
		return dsrctl_version(line, err);
	line->words++;
	line->n_words--;
	if (!strcmp(object, "help")) {
		line->help = true;
		return dsrctl_run(line, err);
	}
	return dsrctl_run_object(object, line, err);
}

/* --- Completion ----------------------------------------------------------- */

static void complete_options(const char *word)
{
	char text[32];
	size_t i;

	for (i = 0; i < N_OPTIONS; i++) {
		snprintf(text, sizeof(text), "--%s", options[i].name);
		complete_names((const char *[]){ text, NULL }, word);
	}
}

/* What may follow the words of the line. */
static void complete_line(const struct command_line *line, const char *word)
{
	const char *names[MAX_NAMES];
	const struct cmd *cmd = NULL;
	const char *object = NULL;
	size_t i;
	int name;

	dsrctl_objects(names);
	for (i = 0; i < line->n_words && !cmd; i++) {
		name = args_match(line->words[i], names);
		if (name < 0)
			return;
		if (!strcmp(names[name], "help"))
			continue;
		cmd = dsrctl_find(object ? object : names[name],
				  object ? names[name] : NULL);
		object = names[name];
		if (!strcmp(object, "version"))
			return;
		if (!cmd)
			dsrctl_verbs(object, names);
	}
	if (cmd)
		complete_grammar(&cmd->grammar, line->words + i,
				 line->n_words - i, word);
	else
		complete_names(names, word);
}

/* The last word can become what is printed; the others stand before it. */
static void dsrctl_complete(int argc, char **argv, char **words)
{
	const char *word = argc > 2 ? argv[argc - 1] : "";
	struct command_line line = { 0 };
	struct err err;

	if (argc > 2)
		argv[--argc] = NULL;
	if (options_parse(argc - 1, argv + 1, words, &line, &err))
		complete_files(NETNS_DIR, word);
	else if (*word == '-')
		complete_options(word);
	else if (!line.netns || !netns_enter(line.netns, &err))
		complete_line(&line, word);
}

/* What was printed may not have reached its file. */
static int dsrctl_finish_output(struct err *err)
{
	if (!fflush(stdout) && !ferror(stdout))
		return DONE;
	return err_refused(err, "cannot write: %s", strerror(errno));
}

int main(int argc, char **argv)
{
	struct command_line line = { 0 };
	char **words;
	bool has_message;
	struct err err;
	int status = DONE;

	words = calloc(3 * argc, sizeof(*words));
	if (!words) {
		perror("dsrctl");
		return REFUSED;
	}
	if (argc > 1 && !strcmp(argv[1], "__complete")) {
		dsrctl_complete(argc, argv, words);
	} else {
		status = options_parse(argc, argv, words, &line, &err);
		if (!status)
			status = dsrctl_run(&line, &err);
	}
	has_message = status >= REFUSED && status <= LATE;
	if (!has_message && dsrctl_finish_output(&err)) {
		has_message = true;
		status = REFUSED;
	}
	if (has_message)
		err_print(&err);
	free(words);
	return status;
}

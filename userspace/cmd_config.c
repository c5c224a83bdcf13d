// SPDX-License-Identifier: GPL-2.0
/* The configuration as a whole, and as a file. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "conf.h"
#include "nl.h"

/* How often what runs is read again when it changes meanwhile. */
#define READ_TRIES	10

const struct keyword config_file = {
	"FILE", NULL, "a configuration, dsr.yaml(5); - for standard input",
	.parse = args_keep_word,
};

const struct keyword save_file = {
	"FILE", NULL, "where to; standard output unless given, and for -",
	.parse = args_keep_word,
};

static int apply_parse_dry_run(const struct keyword *keyword, const char *word,
			       struct request *request, struct err *err)
{
	(void)keyword;
	(void)word;
	(void)err;
	request->dry_run = true;
	return DONE;
}

const struct keyword apply_keywords[] = {
	{ "dry-run", NULL, "change nothing, print what would be changed",
	  .parse = apply_parse_dry_run },
	{ 0 },
};

/* --- The file ------------------------------------------------------------- */

/* Its problems say all there is to say. */
static int config_refuse(struct conf *conf, struct err *err)
{
	conf_print_problems(conf);
	err->text[0] = '\0';
	return REFUSED;
}

static int config_read(struct conf *conf, const char *path, struct err *err)
{
	int status = conf_read(conf, path, err);

	if (!status && conf->n_problems)
		status = config_refuse(conf, err);
	return status;
}

int cmd_config_check(struct request *request, const struct out *out,
		     struct err *err)
{
	struct conf conf = { 0 };
	int status;

	status = conf_read(&conf, request->operand, err);
	if (!status) {
		status = conf.n_problems ? REFUSED : DONE;
		err->text[0] = '\0';
		out_problems(out, &conf);
	}
	conf_clear(&conf);
	return status;
}

/* --- What runs ------------------------------------------------------------ */

int cmd_config_show(struct request *request, const struct out *out,
		    struct err *err)
{
	struct model model = { 0 };
	struct dsr_nl *nl;
	int status;

	(void)request;
	status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	status = dsr_nl_get_config(nl, &model, err);
	dsr_nl_close(nl);
	if (!status)
		out_config(out, &model.config);
	return status;
}

static int running_read(struct dsr_nl *nl, struct model *wanted,
			struct model *model, struct err *err)
{
	int status;

	model->stateless = true;
	model->wanted = wanted;
	status = dsr_nl_get_config(nl, model, err);
	if (!status)
		status = dsr_nl_get_services(nl, NULL, model, err);
	if (!status)
		status = dsr_nl_get_servers(nl, NULL, NULL, model, err);
	if (!status)
		status = dsr_nl_get_settings(nl, model, err);
	if (!status)
		status = dsr_nl_get_ingresses(nl, NULL, model, err);
	if (!status)
		status = dsr_nl_get_announces(nl, NULL, model, err);
	if (!status)
		status = dsr_nl_get_peers(nl, NULL, model, err);
	return status;
}

/* All that runs, as it was at one time; but servers as they are @wanted. */
static int running_get(struct dsr_nl *nl, struct model *wanted,
		       struct model *model, struct err *err)
{
	struct model after = { 0 };
	int status, tries;

	for (tries = 0; tries < READ_TRIES; tries++) {
		status = running_read(nl, wanted, model, err);
		if (!status)
			status = dsr_nl_get_config(nl, &after, err);
		if (status)
			return status;
		if (after.config.generation == model->config.generation) {
			model_sort(model);
			return DONE;
		}
		model_clear(model);
	}
	return err_refused(err, "the configuration changes too fast to be "
			   "read: try again");
}

/* --- Save ----------------------------------------------------------------- */

/* Only those who may change them are told the keys of the hashes. */
static void save_warn(const struct model *model)
{
	size_t i;

	for (i = 0; i < model->n_services; i++) {
		if (model->services[i].given & GIVEN(DSR_SERVICE_A_HASH_KEY))
			return;
	}
	if (model->n_services)
		err_warn("without root, hash-key is missing: applied, this "
			 "makes new ones for new services");
}

/* Close what was written to. Return: whether all of it was. */
static bool save_finish(FILE *to)
{
	bool good = !fflush(to) && !ferror(to) && !fsync(fileno(to));

	return !fclose(to) && good;
}

/* All of a file or nothing; it holds secrets. */
static int save_to(const char *path, const struct model *model,
		   struct err *err)
{
	static char buffer[1 << 16];
	char *real = realpath(path, NULL), *temporary = NULL;
	const char *target = real ? real : path;
	int fd = -1, status = DONE;
	FILE *to = NULL;

	if (asprintf(&temporary, "%s.XXXXXX", target) < 0)
		temporary = NULL;
	else
		fd = mkostemp(temporary, O_CLOEXEC);
	if (fd >= 0)
		to = fdopen(fd, "w");
	if (to) {
		setvbuf(to, buffer, _IOFBF, sizeof(buffer));
		conf_write(to, model);
	}
	if (!to || !save_finish(to) || rename(temporary, target)) {
		status = err_refused(err, "%s: %s", path, strerror(errno));
		if (fd >= 0)
			unlink(temporary);
	}
	free(temporary);
	free(real);
	return status;
}

int cmd_save(struct request *request, const struct out *out, struct err *err)
{
	const char *path = request->operand;
	struct model model = { 0 };
	struct dsr_nl *nl;
	int status;

	status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	status = running_get(nl, NULL, &model, err);
	dsr_nl_close(nl);
	if (!status) {
		save_warn(&model);
		if (path && strcmp(path, "-"))
			status = save_to(path, &model, err);
		else
			conf_write(out->to, &model);
	}
	model_clear(&model);
	return status;
}

/* --- Apply ---------------------------------------------------------------- */

/* A file on its way into the kernel. */
struct apply {
	struct dsr_nl *nl;
	struct conf *conf;
	struct model now;
	bool *refused;			/* for each service of the file */
	struct err *err;
	int status;
};

/* Most servers' devices are those of the one before, and asking takes time. */
static void apply_find_devs(struct apply *apply)
{
	struct model *model = &apply->conf->model;
	const struct server *last = NULL;
	struct server *server;
	struct err err;
	size_t i;

	for (i = 0; i < model->n_servers; i++) {
		server = &model->servers[i];
		if (last && !strcmp(server->dev, last->dev))
			server->ifindex = last->ifindex;
		else if (server_find_dev(server, &err))
			conf_problem(apply->conf, server->at, "%s", err.text);
		last = server->ifindex ? server : NULL;
	}
	for (i = 0; i < model->n_peers; i++) {
		if (server_find_dev(&model->peers[i], &err))
			conf_problem(apply->conf, model->peers[i].at, "%s",
				     err.text);
	}
}

/* A service that is refused takes its servers along, which is not told. */
static void apply_refused(uint64_t tag, const char *why, void *arg)
{
	struct apply *apply = arg;
	const struct model *model = &apply->conf->model;
	char text[SERVICE_TEXT];
	const struct service *service;
	const struct server *server;

	if (tag < model->n_services) {
		service = &model->services[tag];
		apply->refused[tag] = true;
		conf_problem(apply->conf, service->at, "\"%s\": %s",
			     key_text(&service->key, text), why);
		return;
	}
	server = &model->servers[tag - model->n_services];
	service = model_service(model, server->service);
	if (!apply->refused[service - model->services])
		conf_problem(apply->conf, server->at, "\"%s\": %s",
			     addr_text(&server->addr, text), why);
}

static int apply_stage_all(struct apply *apply, struct dsr_nl_batch *batch)
{
	const struct model *model = &apply->conf->model;
	int status = DONE;
	size_t i;

	for (i = 0; i < model->n_services && !status; i++)
		status = dsr_nl_batch_service(batch, &model->services[i], i,
					      apply->err);
	for (i = 0; i < model->n_servers && !status; i++)
		status = dsr_nl_batch_server(batch, &model->servers[i],
					     model->n_services + i,
					     apply->err);
	return status;
}

static int apply_stage(struct apply *apply)
{
	struct dsr_nl_batch *batch;
	struct err end_err;
	int status, end;

	status = dsr_nl_config_begin(apply->nl, apply->err);
	if (status)
		return status;
	apply->refused = calloc(apply->conf->model.n_services + 1,
				sizeof(*apply->refused));
	if (!apply->refused) {
		perror("dsrctl");
		exit(REFUSED);
	}
	batch = dsr_nl_batch_start(apply->nl, apply_refused, apply);
	status = apply_stage_all(apply, batch);
	end = dsr_nl_batch_end(batch, &end_err);
	free(apply->refused);
	if (!status && end) {
		*apply->err = end_err;
		status = end;
	}
	if (!status && apply->conf->n_problems)
		status = config_refuse(apply->conf, apply->err);
	return status;
}

/*
 * The settings are no part of what the kernel does in one step; they are put
 * back if the rest is refused.
 */
static int apply_commit(struct apply *apply)
{
	const struct settings *wanted = &apply->conf->model.settings;
	struct settings before = apply->now.settings;
	struct err ignored;
	int status;

	before.given = wanted->given;
	if (wanted->given &&
	    dsr_nl_set_settings(apply->nl, wanted, apply->err)) {
		conf_problem(apply->conf, apply->conf->settings_at, "%s",
			     apply->err->text);
		return config_refuse(apply->conf, apply->err);
	}
	status = dsr_nl_config_commit(apply->nl, &apply->now, apply->err);
	if (status && wanted->given)
		dsr_nl_set_settings(apply->nl, &before, &ignored);
	return status;
}

static int apply_device(struct dsr_nl *nl, const struct change *change,
			struct err *err)
{
	const bool add = change->kind == CHANGE_ADD;

	if (change->announce)
		return dsr_nl_change_announce(nl, add ? DSR_CMD_ANNOUNCE_ADD :
					      DSR_CMD_ANNOUNCE_DEL,
					      change->announce, err);
	return dsr_nl_change_ingress(nl, add ? DSR_CMD_INGRESS_ADD :
				     DSR_CMD_INGRESS_DEL, change->dev, err);
}

static int apply_peer(struct dsr_nl *nl, const struct change *change,
		      struct err *err)
{
	const struct server gone = { .addr = *change->server };

	if (change->kind == CHANGE_ADD)
		return dsr_nl_change_peer(nl, DSR_CMD_PEER_ADD, change->after,
					  err);
	return dsr_nl_change_peer(nl, DSR_CMD_PEER_DEL, &gone, err);
}

/*
 * Devices and peers are told to the kernel one by one, when the services are
 * there.
 */
static void apply_rest(const struct change *change, void *arg)
{
	struct apply *apply = arg;
	struct err err;
	int status = DONE;

	if (apply->status)
		return;
	if (!strcmp(change->object, "peer"))
		status = apply_peer(apply->nl, change, &err);
	else if (change->dev || change->announce)
		status = apply_device(apply->nl, change, &err);
	if (status)
		apply->status = err_refused(apply->err, "%s: the services are "
					    "in place, but %s",
					    apply->conf->name, err.text);
}

static void apply_ignore(const struct change *change, void *arg)
{
	(void)change;
	(void)arg;
}

static void apply_show(const struct change *change, void *arg)
{
	out_change(arg, change);
}

/* Nothing is asked of the kernel if there is nothing to change. */
static int apply_change(struct apply *apply)
{
	if (!conf_diff(apply->conf, &apply->now, apply_ignore, NULL))
		return DONE;
	apply->status = apply_stage(apply);
	if (!apply->status)
		apply->status = apply_commit(apply);
	if (!apply->status)
		conf_diff(apply->conf, &apply->now, apply_rest, apply);
	return apply->status;
}

static int apply_run(struct apply *apply, bool dry_run, const struct out *out)
{
	struct out_changes changes = { .out = out };
	int status;

	apply_find_devs(apply);
	if (apply->conf->n_problems)
		return config_refuse(apply->conf, apply->err);
	status = running_get(apply->nl, &apply->conf->model, &apply->now,
			     apply->err);
	if (!status && dry_run) {
		conf_diff(apply->conf, &apply->now, apply_show, &changes);
		out_changes_end(&changes);
	} else if (!status) {
		status = apply_change(apply);
	}
	model_clear(&apply->now);
	return status;
}

int cmd_apply(struct request *request, const struct out *out, struct err *err)
{
	struct conf conf = { 0 };
	struct apply apply = { .conf = &conf, .err = err };
	int status;

	status = config_read(&conf, request->operand, err);
	if (!status)
		status = dsr_nl_open(&apply.nl, err);
	if (!status) {
		status = apply_run(&apply, request->dry_run, out);
		dsr_nl_close(apply.nl);
	}
	conf_clear(&conf);
	return status;
}

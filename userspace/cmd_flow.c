// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "flow_text.h"
#include "nl.h"
#include "value.h"

/* --- What selects flows --------------------------------------------------- */

static int flow_parse_server(const struct keyword *keyword, const char *word,
			     struct request *request, struct err *err)
{
	if (!request->has_service)
		return err_usage(err, "%s " WORD ": write SERVICE before it",
				 keyword->name, word);
	request->has_server = true;
	return key_parse_server(word, &request->service.key,
				&request->server.addr, err);
}

static int flow_parse_client(const struct keyword *keyword, const char *word,
			     struct request *request, struct err *err)
{
	struct endpoint *client = &request->filter.client;
	int status;

	status = key_parse_endpoint(word, client, err);
	if (status)
		return status;
	if (!client->addr.family)
		return addr_refuse(word, err);
	if (client->port)
		return err_usage(err, "%s " WORD ": leave out the port",
				 keyword->name, word);
	request->filter.has_client = true;
	return DONE;
}

static int flow_parse_state(const struct keyword *keyword, const char *word,
			    struct request *request, struct err *err)
{
	request->filter.has_state = true;
	return value_name(keyword->name, word, model_flow_state,
			  &request->filter.state, err);
}

static int flow_parse_all(const struct keyword *keyword, const char *word,
			  struct request *request, struct err *err)
{
	(void)keyword;
	(void)word;
	(void)err;
	request->all = true;
	return DONE;
}

#define FLOW_KEYWORDS \
	{ "server", "ADDRESS", "those that this server of SERVICE has", \
	  .parse = flow_parse_server }, \
	{ "client", "ADDRESS[/LEN]", "those of a client, or of a prefix", \
	  .parse = flow_parse_client }, \
	{ "state", "STATE", \
	  "those in this state: syn, established, closing, udp, other or " \
	  "persist", .parse = flow_parse_state, .names = model_flow_state }

const struct keyword flow_keywords[] = {
	FLOW_KEYWORDS,
	{ 0 },
};

const struct keyword flush_keywords[] = {
	FLOW_KEYWORDS,
	{ "all", NULL, "all of them", .parse = flow_parse_all },
	{ 0 },
};

/* What the request says. */
static const struct flow_filter *flow_filter(struct request *request)
{
	if (request->has_service)
		request->filter.service = &request->service.key;
	if (request->has_server)
		request->filter.server = &request->server.addr;
	return &request->filter;
}

static bool flow_filter_is_empty(const struct flow_filter *filter)
{
	return !filter->service && !filter->has_client && !filter->has_state;
}

/* --- Show, export, flush -------------------------------------------------- */

static int flow_get(struct request *request, dsr_nl_flow_fn *on_flow,
		    void *arg, struct err *err)
{
	struct dsr_nl *nl;
	int status;

	status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	status = dsr_nl_get_flows(nl, flow_filter(request), on_flow, arg, err);
	dsr_nl_close(nl);
	return status;
}

static void flow_show(const struct flow *flow, void *arg)
{
	out_flow(arg, flow);
}

int cmd_flow_show(struct request *request, const struct out *out,
		  struct err *err)
{
	struct out_flows flows = { .out = out };
	int status;

	status = flow_get(request, flow_show, &flows, err);
	if (!status)
		out_flows_end(&flows);
	return status;
}

/* What could not be read at all must not look like an export of no flows. */
struct export {
	FILE *to;
	bool started;
};

static void export_start(struct export *export)
{
	if (!export->started)
		fprintf(export->to, "%s\n", FLOW_TEXT_FIRST_LINE);
	export->started = true;
}

static void export_flow(const struct flow *flow, void *arg)
{
	struct export *export = arg;
	char text[FLOW_TEXT];

	export_start(export);
	fprintf(export->to, "%s\n", flow_text(flow, text));
}

int cmd_flow_export(struct request *request, const struct out *out,
		    struct err *err)
{
	struct export export = { .to = out->to };
	int status;

	status = flow_get(request, export_flow, &export, err);
	if (!status)
		export_start(&export);
	return status;
}

int cmd_flow_flush(struct request *request, const struct out *out,
		   struct err *err)
{
	const struct flow_filter *filter = flow_filter(request);
	struct model model = { 0 };
	struct dsr_nl *nl;
	int status;

	if (flow_filter_is_empty(filter) && !request->all)
		return err_usage(err, "which flows? Give SERVICE, client, "
				 "state or all");
	if (!flow_filter_is_empty(filter) && request->all)
		return err_usage(err, "all flows, or only some? Leave out all "
				 "or the rest");
	status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	status = dsr_nl_forget_flows(nl, filter, &model, err);
	dsr_nl_close(nl);
	if (!status && out->stats)
		out_forgotten(out, &model);
	return status;
}

/* --- Import --------------------------------------------------------------- */

const struct keyword import_file = {
	"FILE", NULL, "what flow export printed; standard input unless given",
	.parse = args_keep_word,
};

/* An import that goes on after a flow that is refused. */
struct import {
	FILE *from;
	char *line;
	size_t size;
	uint64_t number;		/* of the line */
	uint64_t n_refused;
	uint64_t first_refused;		/* number of its line */
	struct err why;			/* it was */
};

static bool import_read_line(struct import *import)
{
	ssize_t len = getline(&import->line, &import->size, import->from);

	if (len < 0)
		return false;
	if (len && import->line[len - 1] == '\n')
		import->line[len - 1] = '\0';
	import->number++;
	return true;
}

/* The kernel's answers may come later than the refusal of a later line. */
static void import_refused(uint64_t number, const char *why, void *arg)
{
	struct import *import = arg;

	if (!import->n_refused || number < import->first_refused) {
		import->first_refused = number;
		err_refused(&import->why, "%s", why);
	}
	import->n_refused++;
}

static int import_flows(struct import *import, struct dsr_nl_batch *batch,
			struct err *err)
{
	struct flow flow;
	int status = DONE;

	while (!status && import_read_line(import)) {
		if (flow_parse(import->line, &flow, err))
			import_refused(import->number, err->text, import);
		else
			status = dsr_nl_batch_flow(batch, &flow,
						   import->number, err);
	}
	return status;
}

/* What is not an export at all is refused before anything is changed. */
static int import_first_line(struct import *import, const char *name,
			     struct err *err)
{
	if (import_read_line(import) &&
	    !strcmp(import->line, FLOW_TEXT_FIRST_LINE))
		return DONE;
	if (ferror(import->from))
		return err_refused(err, "%s: %s", name, strerror(errno));
	return err_refused(err, "%s: does not begin with \"%s\": give what "
			   "dsrctl flow export of this version prints", name,
			   FLOW_TEXT_FIRST_LINE);
}

static int import_run(struct import *import, const char *name,
		      struct err *err)
{
	struct dsr_nl_batch *batch;
	struct dsr_nl *nl;
	struct err end_err;
	int status, end;

	status = import_first_line(import, name, err);
	if (!status)
		status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	batch = dsr_nl_batch_start(nl, import_refused, import);
	status = import_flows(import, batch, err);
	end = dsr_nl_batch_end(batch, &end_err);
	dsr_nl_close(nl);
	if (status)
		return status;
	if (end) {
		*err = end_err;
		return end;
	}
	if (ferror(import->from))
		return err_refused(err, "%s: %s", name, strerror(errno));
	if (import->n_refused)
		return err_refused(err, "%ju of %ju flows were refused; the "
				   "first, in line %ju: %s",
				   (uintmax_t)import->n_refused,
				   (uintmax_t)import->number - 1,
				   (uintmax_t)import->first_refused,
				   import->why.text);
	return DONE;
}

int cmd_flow_import(struct request *request, const struct out *out,
		    struct err *err)
{
	const char *name = request->operand;
	struct import import = { .from = stdin };
	int status;

	(void)out;
	if (name)
		import.from = fopen(name, "re");
	if (!import.from)
		return err_refused(err, "%s: %s", name, strerror(errno));
	status = import_run(&import, name ? name : "standard input", err);
	free(import.line);
	if (name)
		fclose(import.from);
	return status;
}

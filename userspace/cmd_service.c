// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "cmd.h"
#include "nl.h"

static int service_parse_scheduler(const char *word, struct request *request,
				   struct err *err)
{
	size_t len = strlen(word);

	if (!len || len >= SCHEDULER_MAX)
		return err_usage(err, "unknown scheduler " WORD
				 ": give a name such as wrr", word);
	memcpy(request->service.scheduler, word, len + 1);
	return DONE;
}

static int service_parse_echo(const char *word, struct request *request,
			      struct err *err)
{
	struct service *service = &request->service;
	const char *name;

	while ((name = out_echo_name(service->echo)) && strcmp(word, name))
		service->echo++;
	if (!name)
		return err_usage(err, "echo " WORD " is neither answer nor "
				 "forward", word);
	service->has_echo = true;
	return DONE;
}

const struct keyword service_keywords[] = {
	{ "scheduler", "NAME",
	  "how a server is chosen for a new flow; wrr unless given",
	  service_parse_scheduler },
	{ "echo", "answer|forward",
	  "who answers a ping to the VIP: the director, unless given, or a "
	  "server", service_parse_echo },
	{ 0 },
};

static int service_change(uint8_t op, struct request *request,
			  struct err *err)
{
	struct dsr_nl *nl;
	int status;

	status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	status = dsr_nl_change_service(nl, op, &request->service, err);
	dsr_nl_close(nl);
	return status;
}

int cmd_service_add(struct request *request, const struct out *out,
		    struct err *err)
{
	(void)out;
	return service_change(DSR_CMD_SERVICE_ADD, request, err);
}

int cmd_service_set(struct request *request, const struct out *out,
		    struct err *err)
{
	(void)out;
	return service_change(DSR_CMD_SERVICE_SET, request, err);
}

int cmd_service_del(struct request *request, const struct out *out,
		    struct err *err)
{
	(void)out;
	return service_change(DSR_CMD_SERVICE_DEL, request, err);
}

int cmd_service_show(struct request *request, const struct out *out,
		     struct err *err)
{
	const struct service_key *only = NULL;
	struct model model = { 0 };
	struct dsr_nl *nl;
	int status;

	if (request->has_service)
		only = &request->service.key;
	status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	status = dsr_nl_get_services(nl, only, &model, err);
	if (!status)
		status = dsr_nl_get_servers(nl, only, NULL, &model, err);
	dsr_nl_close(nl);
	if (!status) {
		model_sort(&model);
		out_services(out, &model);
	}
	model_clear(&model);
	return status;
}

// SPDX-License-Identifier: GPL-2.0
#include "cmd.h"
#include "nl.h"
#include "value.h"

static int role_parse_group(const struct keyword *keyword, const char *word,
			    struct request *request, struct err *err)
{
	return value_group(keyword->name, word, request->role.group, err);
}

const struct keyword role_keywords[] = {
	{ "group", "NAME",
	  "these services alone; all of them, and those to come, unless given",
	  .parse = role_parse_group },
	{ 0 },
};

static int role_set(enum dsr_role role, struct request *request,
		    struct err *err)
{
	struct dsr_nl *nl;
	int status;

	status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	request->role.role = role;
	status = dsr_nl_set_role(nl, &request->role, err);
	dsr_nl_close(nl);
	return status;
}

int cmd_role_active(struct request *request, const struct out *out,
		    struct err *err)
{
	(void)out;
	return role_set(DSR_ROLE_ACTIVE, request, err);
}

int cmd_role_standby(struct request *request, const struct out *out,
		     struct err *err)
{
	(void)out;
	return role_set(DSR_ROLE_STANDBY, request, err);
}

int cmd_role_show(struct request *request, const struct out *out,
		  struct err *err)
{
	struct model model = { 0 };
	struct dsr_nl *nl;
	int status;

	status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	status = dsr_nl_get_roles(nl, *request->role.group ?
				  &request->role : NULL, &model, err);
	dsr_nl_close(nl);
	if (!status)
		out_roles(out, &model);
	model_clear(&model);
	return status;
}

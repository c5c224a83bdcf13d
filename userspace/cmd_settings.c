// SPDX-License-Identifier: GPL-2.0
#include "cmd.h"
#include "nl.h"
#include "value.h"

static int settings_parse_max_flows(const struct keyword *keyword,
				    const char *word, struct request *request,
				    struct err *err)
{
	request->settings.given = GIVEN(DSR_SETTINGS_A_MAX_FLOWS);
	return value_number(keyword->name, word, 1, UINT32_MAX,
			    &request->settings.max_flows, err);
}

const struct keyword settings_keywords[] = {
	{ "max-flows", "N",
	  "flows of each address family that there is room for at most",
	  settings_parse_max_flows, .text = value_number_text,
	  .offset = offsetof(struct settings, max_flows),
	  .size = sizeof(((struct settings *)0)->max_flows) },
	{ 0 },
};

int cmd_settings_set(struct request *request, const struct out *out,
		     struct err *err)
{
	struct dsr_nl *nl;
	int status;

	(void)out;
	status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	status = dsr_nl_set_settings(nl, &request->settings, err);
	dsr_nl_close(nl);
	return status;
}

int cmd_settings_show(struct request *request, const struct out *out,
		      struct err *err)
{
	struct model model = { 0 };
	struct dsr_nl *nl;
	int status;

	(void)request;
	status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	status = dsr_nl_get_settings(nl, &model, err);
	dsr_nl_close(nl);
	if (!status)
		out_settings(out, &model.settings);
	return status;
}

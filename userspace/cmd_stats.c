// SPDX-License-Identifier: GPL-2.0
#include "cmd.h"
#include "nl.h"

int cmd_stats_show(struct request *request, const struct out *out,
		   struct err *err)
{
	struct model model = { 0 };
	struct dsr_nl *nl;
	int status;

	status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	status = dsr_nl_get_stats(nl,
				  request->has_service ?
				  &request->service.key : NULL,
				  request->has_server ?
				  &request->server.addr : NULL, &model, err);
	dsr_nl_close(nl);
	if (!status)
		out_stats(out, &model);
	model_clear(&model);
	return status;
}

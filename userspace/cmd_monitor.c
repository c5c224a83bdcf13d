// SPDX-License-Identifier: GPL-2.0
#include "cmd.h"
#include "nl.h"

/* Each line goes out at once; who reads them may have gone. */
static bool monitor_event(const struct event *event, void *arg)
{
	const struct out *out = arg;

	out_event(out, event);
	return !fflush(out->to);
}

int cmd_monitor(struct request *request, const struct out *out,
		struct err *err)
{
	struct out copy = *out;
	struct dsr_nl *nl;
	int status;

	(void)request;
	status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	status = dsr_nl_monitor(nl, monitor_event, &copy, err);
	dsr_nl_close(nl);
	return status;
}

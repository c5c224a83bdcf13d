// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "cmd.h"
#include "nl.h"

/* There need not be such a device yet. */
static int ingress_parse_dev(const struct keyword *keyword, const char *word,
			     struct request *request, struct err *err)
{
	size_t len = strlen(word);

	(void)keyword;
	if (!len || len >= IF_NAMESIZE)
		return err_usage(err, WORD " is not the name of a device",
				 word);
	request->operand = word;
	return DONE;
}

const struct keyword ingress_dev = {
	"DEV", NULL, "name of a network device", .parse = ingress_parse_dev,
};

int cmd_ingress_change(struct request *request, const struct out *out,
		       struct err *err)
{
	struct dsr_nl *nl;
	int status;

	(void)out;
	status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	status = dsr_nl_change_ingress(nl, request->op, request->operand, err);
	dsr_nl_close(nl);
	return status;
}

int cmd_ingress_show(struct request *request, const struct out *out,
		     struct err *err)
{
	struct model model = { 0 };
	struct dsr_nl *nl;
	int status;

	status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	status = dsr_nl_get_ingresses(nl, request->operand, &model, err);
	dsr_nl_close(nl);
	if (!status) {
		model_sort(&model);
		out_ingresses(out, &model);
	}
	model_clear(&model);
	return status;
}

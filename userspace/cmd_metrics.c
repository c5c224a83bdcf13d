// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "metrics.h"
#include "nl.h"

static int metrics_parse_file(const struct keyword *keyword, const char *word,
			      struct request *request, struct err *err)
{
	(void)keyword;
	(void)err;
	request->operand = word;
	return DONE;
}

const struct keyword metrics_file = {
	"FILE", NULL, "what is replaced at once by them; standard output unless "
	"given",
	.parse = metrics_parse_file,
};

static int metrics_get(struct dsr_nl *nl, struct model *model, struct err *err)
{
	int status;

	status = dsr_nl_get_stats(nl, NULL, NULL, model, err);
	if (!status)
		status = dsr_nl_get_settings(nl, model, err);
	if (!status)
		status = dsr_nl_get_roles(nl, NULL, model, err);
	if (!status)
		status = dsr_nl_get_announces(nl, NULL, model, err);
	if (!status)
		status = dsr_nl_get_services(nl, NULL, model, err);
	if (!status)
		status = dsr_nl_get_servers(nl, NULL, NULL, model, err);
	return status;
}

/* All of it reaches the disk. */
static bool metrics_write(int fd, const struct model *model)
{
	FILE *to = fdopen(fd, "w");
	bool good;

	if (!to) {
		close(fd);
		return false;
	}
	metrics_print(to, model);
	good = !fchmod(fd, 0644) && !fflush(to) && !ferror(to) && !fsync(fd);
	return !fclose(to) && good;
}

/*
 * Who reads the file sees the old or the new one, never half of it; and the
 * name under which it is written does not end like theirs.
 */
static int metrics_replace(const char *name, const struct model *model,
			   struct err *err)
{
	char temporary[PATH_MAX];
	int fd = -1;

	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", name) <
	    (int)sizeof(temporary))
		fd = mkostemp(temporary, O_CLOEXEC);
	else
		errno = ENAMETOOLONG;
	if (fd < 0)
		return err_refused(err, "%s: %s", name, strerror(errno));
	if (metrics_write(fd, model) && !rename(temporary, name))
		return DONE;
	err_refused(err, "%s: %s", name, strerror(errno));
	unlink(temporary);
	return REFUSED;
}

int cmd_metrics(struct request *request, const struct out *out,
		struct err *err)
{
	struct model model = { 0 };
	struct dsr_nl *nl;
	int status;

	if (out->json)
		return err_usage(err, "metrics have a form of their own: leave "
				 "out -j, or use dsrctl -j service show");
	status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	status = metrics_get(nl, &model, err);
	dsr_nl_close(nl);
	model_sort(&model);
	if (!status && request->operand)
		status = metrics_replace(request->operand, &model, err);
	else if (!status)
		metrics_print(out->to, &model);
	model_clear(&model);
	return status;
}

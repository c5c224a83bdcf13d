// SPDX-License-Identifier: GPL-2.0
/* Coming from IPVS. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "conf.h"
#include "import.h"

const struct keyword import_source = {
	"FILE", NULL, "what to read; standard input unless given, and for -",
	.parse = args_keep_word,
};

/* What is told says why nothing, or not all, is written. */
static int import_status(const struct import *import, const char *wanted,
			 struct err *err)
{
	if (!import->model.n_services)
		return err_refused(err, "%s: there is no service to be "
				   "taken: give %s", import->name, wanted);
	err->text[0] = '\0';
	return import->n_told ? REFUSED : DONE;
}

static int import_run(const char *path, const char *wanted,
		      void (*parse)(struct import *import, const char *text,
				    size_t len),
		      FILE *to, struct err *err)
{
	const bool is_stdin = !path || !strcmp(path, "-");
	FILE *from = is_stdin ? stdin : fopen(path, "re");
	struct import import = {
		.name = is_stdin ? "standard input" : path,
	};
	char *text;
	size_t len;
	int status;

	if (!from)
		return err_refused(err, "%s: %s", path, strerror(errno));
	if (conf_read_all(from, &text, &len)) {
		parse(&import, text, len);
		import_print_told(&import, stderr);
		status = import_status(&import, wanted, err);
	} else {
		status = err_refused(err, "%s: %s", import.name,
				     strerror(errno));
	}
	if (import.model.n_services) {
		fputs("# Written by dsrctl import; see dsr.yaml(5).\n", to);
		conf_write_services(to, &import.model);
	}
	import_clear(&import);
	free(text);
	if (!is_stdin)
		fclose(from);
	return status;
}

int cmd_import_ipvsadm(struct request *request, const struct out *out,
		       struct err *err)
{
	return import_run(request->operand, "what ipvsadm -Sn prints",
			  import_ipvsadm, out->to, err);
}

int cmd_import_keepalived(struct request *request, const struct out *out,
			  struct err *err)
{
	return import_run(request->operand, "a keepalived.conf that has "
			  "virtual servers with lvs_method DR",
			  import_keepalived, out->to, err);
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is taken over is written, and what is written has no mistake. As this
 * takes longer than all the rest, it is tried of some of the texts only.
 */
#ifndef FUZZ_IMPORT_H
#define FUZZ_IMPORT_H

#include <stdio.h>
#include <stdlib.h>

#include "import.h"

static inline void fuzz_written(const struct import *import)
{
	struct conf conf = { .name = "written" };
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	conf_write_services(to, &import->model);
	fclose(to);
	conf_parse(&conf, text, len);
	conf_print_problems(&conf);
	if (conf.n_problems ||
	    conf.model.n_services != import->model.n_services ||
	    conf.model.n_servers != import->model.n_servers)
		abort();
	conf_clear(&conf);
	free(text);
}

static inline void fuzz_import(void (*parse)(struct import *import,
					     const char *text, size_t len),
			       const char *text, size_t len)
{
	struct import import = { .name = "fuzz" };
	static FILE *told;

	if (!told)
		told = fopen("/dev/null", "we");
	parse(&import, text, len);
	import_print_told(&import, told);
	if (!(len % 8))
		fuzz_written(&import);
	import_clear(&import);
}

#endif

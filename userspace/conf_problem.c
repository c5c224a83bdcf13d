// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "conf.h"

#define ENOUGH	1000

bool conf_has_enough(const struct conf *conf)
{
	return conf->n_problems >= ENOUGH;
}

void conf_problem(struct conf *conf, struct place at, const char *fmt, ...)
{
	struct problem *problem;
	va_list args;
	int len;

	if (conf_has_enough(conf))
		return;
	conf->problems = reallocarray(conf->problems, conf->n_problems + 1,
				      sizeof(*conf->problems));
	if (!conf->problems) {
		perror("dsrctl");
		exit(REFUSED);
	}
	problem = &conf->problems[conf->n_problems++];
	problem->at = at;
	va_start(args, fmt);
	len = vasprintf(&problem->text, fmt, args);
	va_end(args);
	if (len < 0) {
		perror("dsrctl");
		exit(REFUSED);
	}
	err_clean(problem->text);
}

void conf_forget_problems(struct conf *conf)
{
	while (conf->n_problems)
		free(conf->problems[--conf->n_problems].text);
	free(conf->problems);
	conf->problems = NULL;
}

static int conf_compare_problems(const void *a, const void *b)
{
	const struct place *x = &((const struct problem *)a)->at;
	const struct place *y = &((const struct problem *)b)->at;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->column < y->column ? -1 : x->column > y->column;
}

static bool conf_same_problem(const struct problem *a,
			      const struct problem *b)
{
	return !conf_compare_problems(a, b) && !strcmp(a->text, b->text);
}

/* What an alias stands for is read more than once, but told once. */
void conf_sort_problems(struct conf *conf)
{
	struct problem *problem = conf->problems;
	size_t i, n = 0;

	if (conf->n_problems)
		qsort(problem, conf->n_problems, sizeof(*problem),
		      conf_compare_problems);
	for (i = 0; i < conf->n_problems; i++) {
		if (n && conf_same_problem(&problem[n - 1], &problem[i]))
			free(problem[i].text);
		else
			problem[n++] = problem[i];
	}
	conf->n_problems = n;
}

void conf_print_problems(struct conf *conf)
{
	const bool enough = conf_has_enough(conf);
	const struct problem *problem, *end;

	conf_sort_problems(conf);
	end = conf->problems + conf->n_problems;
	for (problem = conf->problems; problem < end; problem++)
		fprintf(stderr, "%s:%u:%u: %s\n", conf->name,
			problem->at.line, problem->at.column, problem->text);
	if (enough)
		fprintf(stderr, "%s: and so on\n", conf->name);
}

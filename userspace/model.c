// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

/* One more zeroed entry of @size bytes at the end of an array of @n. */
static void *model_grow(void *array, size_t *n, size_t size)
{
	array = reallocarray(array, *n + 1, size);
	if (!array) {
		perror("dsrctl");
		exit(REFUSED);
	}
	memset((char *)array + *n * size, 0, size);
	(*n)++;
	return array;
}

struct service *model_add_service(struct model *model)
{
	model->services = model_grow(model->services, &model->n_services,
				     sizeof(*model->services));
	return &model->services[model->n_services - 1];
}

struct server *model_add_server(struct model *model)
{
	model->servers = model_grow(model->servers, &model->n_servers,
				    sizeof(*model->servers));
	return &model->servers[model->n_servers - 1];
}

struct reason *model_add_reason(struct model *model)
{
	model->reasons = model_grow(model->reasons, &model->n_reasons,
				    sizeof(*model->reasons));
	return &model->reasons[model->n_reasons - 1];
}

static int model_compare_services(const void *a, const void *b)
{
	const struct service *x = a, *y = b;

	return key_compare(&x->key, &y->key);
}

static int model_compare_servers(const void *a, const void *b)
{
	const struct server *x = a, *y = b;
	int order = key_compare(&x->service, &y->service);

	return order ? order : addr_compare(&x->addr, &y->addr);
}

void model_sort(struct model *model)
{
	if (model->n_services)
		qsort(model->services, model->n_services,
		      sizeof(*model->services), model_compare_services);
	if (model->n_servers)
		qsort(model->servers, model->n_servers,
		      sizeof(*model->servers), model_compare_servers);
}

const struct server *model_servers(const struct model *model,
				   const struct service_key *key, size_t *n)
{
	size_t first = 0, end = model->n_servers;

	while (first < end) {
		size_t middle = first + (end - first) / 2;

		if (key_compare(&model->servers[middle].service,
					 key) < 0)
			first = middle + 1;
		else
			end = middle;
	}
	while (end < model->n_servers &&
	       !key_compare(&model->servers[end].service, key))
		end++;
	*n = end - first;
	return model->servers + first;
}

void model_clear(struct model *model)
{
	free(model->services);
	free(model->servers);
	free(model->reasons);
	memset(model, 0, sizeof(*model));
}

// SPDX-License-Identifier: GPL-2.0
#include <limits.h>
#include <time.h>

#include "cmd.h"
#include "nl.h"
#include "screen.h"
#include "value.h"

#define NS_PER_MS	1000000
#define NS_PER_S	1000000000ull

static int top_parse_interval(const struct keyword *keyword, const char *word,
			      struct request *request, struct err *err)
{
	return value_time(keyword->name, word, &request->interval, err);
}

static int top_parse_count(const struct keyword *keyword, const char *word,
			   struct request *request, struct err *err)
{
	return value_number(keyword->name, word, 1, UINT32_MAX,
			    &request->count, err);
}

const struct keyword top_keywords[] = {
	{ "interval", "TIME", "how often it is shown; 1s unless given",
	  .parse = top_parse_interval },
	{ "count", "N", "how many times; 1 unless given, on a terminal until q",
	  .parse = top_parse_count },
	{ 0 },
};

/* What is looked at, how, and what was seen the last two times. */
struct top {
	struct dsr_nl *nl;
	const struct service_key *only;
	uint32_t interval;
	struct model models[2];
	struct model *before, *now;
	uint64_t before_ns, now_ns;
	bool looked, twice;
};

static uint64_t top_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* One look more: what was now is before. */
static int top_look(struct top *top, struct err *err)
{
	struct model *model = top->before;
	int status;

	top->before = top->now;
	top->now = model;
	top->before_ns = top->now_ns;
	top->twice = top->looked;
	top->looked = true;
	model_clear(model);
	status = dsr_nl_get_services(top->nl, top->only, model, err);
	if (!status)
		status = dsr_nl_get_servers(top->nl, top->only, NULL, model,
					    err);
	top->now_ns = top_clock();
	model_sort(model);
	return status;
}

static void top_rates(const struct top *top, enum rate_order order,
		      struct rate_table *table)
{
	rate_table_fill(table, top->before, top->now,
			top->twice ? top->now_ns - top->before_ns : 0, order);
}

/* --- A table for each interval -------------------------------------------- */

static int top_print(struct top *top, const struct out *out, uint32_t count,
		     struct err *err)
{
	const struct timespec interval = { .tv_sec = top->interval };
	struct rate_table table;
	int status = DONE;
	uint32_t i;

	for (i = 0; i < count && !status; i++) {
		nanosleep(&interval, NULL);
		status = top_look(top, err);
		if (status)
			break;
		top_rates(top, BY_PACKETS, &table);
		if (i && !out->json)
			fputc('\n', out->to);
		out_rates(out, &table);
		rate_table_clear(&table);
		if (fflush(out->to))
			break;
	}
	return status;
}

/* --- The whole terminal --------------------------------------------------- */

static void top_draw(const struct top *top, struct screen *screen)
{
	struct rate_table table;

	top_rates(top, screen->order, &table);
	screen_draw(screen, &table, top->interval);
	rate_table_clear(&table);
}

/* Until it is time for the next look; false if the user has had enough. */
static bool top_wait(const struct top *top, struct screen *screen)
{
	uint64_t end = top->now_ns + top->interval * NS_PER_S, now;
	enum screen_key key;

	while ((now = top_clock()) < end) {
		/* A long time in pieces that fit into an int. */
		now = (end - now + NS_PER_MS - 1) / NS_PER_MS;
		key = screen_wait(screen, now < INT_MAX ? now : INT_MAX);
		if (key == SCREEN_QUIT)
			return false;
		if (key == SCREEN_ORDER)
			top_draw(top, screen);
	}
	return true;
}

static int top_live(struct top *top, uint32_t count, struct err *err)
{
	struct screen screen;
	int status = screen_open(&screen, err);
	uint32_t shown = 0;

	if (status)
		return status;
	top_draw(top, &screen);
	while (!status && (!count || shown < count) &&
	       top_wait(top, &screen)) {
		status = top_look(top, err);
		if (!status)
			top_draw(top, &screen);
		shown++;
	}
	screen_close();
	return status;
}

int cmd_top(struct request *request, const struct out *out, struct err *err)
{
	struct top top = {
		.only = request->has_service ? &request->service.key : NULL,
		.interval = request->interval ? request->interval : 1,
		.before = &top.models[0], .now = &top.models[1],
	};
	int status;

	status = dsr_nl_open(&top.nl, err);
	if (status)
		return status;
	status = top_look(&top, err);
	if (!status && out->human && !out->json)
		status = top_live(&top, request->count, err);
	else if (!status)
		status = top_print(&top, out,
				   request->count ? request->count : 1, err);
	dsr_nl_close(top.nl);
	model_clear(&top.models[0]);
	model_clear(&top.models[1]);
	return status;
}

// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "doctor_exam.h"
#include "doctor_wire.h"
#include "nl.h"
#include "value.h"

/* The kernel takes no more. */
#define EVERY_MAX	86400

/* How long others may take to answer, each of two times; in milliseconds. */
#define ANSWER_TIME	150

static int announce_parse_every(const struct keyword *keyword,
				const char *word, struct request *request,
				struct err *err)
{
	uint32_t *every = &request->announce.every;
	int status = value_time_or_off(keyword->name, word, every, err);

	if (!status && *every > EVERY_MAX)
		return err_usage(err, "%s " WORD " is too long: give at most "
				 "1d", keyword->name, word);
	return status;
}

const struct keyword announce_keywords[] = {
	{ "every", "TIME|off",
	  "how often all is announced again, for switches that forget; off "
	  "unless given",
	  announce_parse_every, .text = value_time_text,
	  .offset = offsetof(struct announce, every),
	  .size = sizeof(((struct announce *)0)->every) },
	{ "force", NULL, "even if others answer for a VIP",
	  .parse = args_parse_force },
	{ 0 },
};

/* --- Who else answers ----------------------------------------------------- */

/* What would be announced: of services that are active, no prefix, no mark. */
static int announce_read(struct dsr_nl *nl, struct model *model,
			 struct err *err)
{
	const struct service_key *key;
	size_t i, n = 0;
	int status;

	status = dsr_nl_get_services(nl, NULL, model, err);
	for (i = 0; i < model->n_services; i++) {
		key = &model->services[i].key;
		if (!key->fwmark &&
		    key->prefix_len == addr_bits(&key->addr) &&
		    model->services[i].role == DSR_ROLE_ACTIVE)
			model->services[n++] = model->services[i];
	}
	model->n_services = n;
	model_sort(model);
	return status;
}

/* Only this device's segment is asked, if it works. */
static bool announce_choose(struct host *host, const char *dev)
{
	bool found = false;
	size_t i;

	for (i = 0; i < host->n_links; i++) {
		struct host_link *link = &host->links[i];

		link->segment = link->segment && !strcmp(link->name, dev);
		found |= link->segment;
	}
	return found;
}

/* Twice, as a frame may be lost. */
static int announce_ask(struct exam *exam, struct err *err)
{
	struct wire wire;
	int status, half;

	status = wire_open(&wire, exam, err);
	if (status)
		return status;
	for (half = 0; half < 2 && !status; half++) {
		status = wire_ask(&wire, exam, err);
		if (!status)
			wire_listen(&wire, exam, wire_now() + ANSWER_TIME,
				    false);
	}
	wire_close(&wire);
	return status;
}

/* One who only asks in a VIP's name is for doctor to tell of. */
static int announce_judge(const struct exam *exam, const char *dev,
			  struct err *err)
{
	const uint32_t answers = CLAIM_ANSWER | CLAIM_PROBE | CLAIM_ANNOUNCE;
	const struct exam_claim *first = NULL, *claim;
	char vip[ADDR_TEXT], mac[MAC_TEXT], more[32] = "";
	size_t i, n = 0;

	for (i = 0; i < exam->n_claims; i++) {
		claim = &exam->claims[i];
		if (!(claim->how & answers))
			continue;
		if (!n++)
			first = claim;
	}
	if (!n)
		return DONE;
	if (n > 1)
		snprintf(more, sizeof(more), ", and %zu more", n - 1);
	return err_refused(err, "announce %s: %s is answered for by %s on %s "
			   "already%s: have that stop, or add force", dev,
			   addr_text(&exam->vips[first->vip].addr, vip),
			   addr_mac_text(&first->mac, mac), dev, more);
}

/* Refuse to announce what others on the segment answer for. */
static int announce_probe(struct dsr_nl *nl, const char *dev, struct err *err)
{
	struct model model = { 0 };
	struct host host = { 0 };
	struct exam exam = { 0 };
	int status;

	status = announce_read(nl, &model, err);
	if (!status && model.n_services)
		status = host_read(&host, err);
	if (!status && announce_choose(&host, dev)) {
		exam_plan(&exam, &model, &host);
		status = announce_ask(&exam, err);
		if (!status)
			status = announce_judge(&exam, dev, err);
	}
	exam_clear(&exam);
	host_clear(&host);
	model_clear(&model);
	return status;
}

/* --- Commands ------------------------------------------------------------- */

static struct announce *announce_of(struct request *request)
{
	/* Its length was looked at. */
	strcpy(request->announce.dev, request->operand);
	return &request->announce;
}

int cmd_announce_change(struct request *request, const struct out *out,
			struct err *err)
{
	struct dsr_nl *nl;
	int status;

	(void)out;
	status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	if (request->op == DSR_CMD_ANNOUNCE_ADD && !request->force)
		status = announce_probe(nl, request->operand, err);
	if (!status)
		status = dsr_nl_change_announce(nl, request->op,
						announce_of(request), err);
	dsr_nl_close(nl);
	return status;
}

int cmd_announce_show(struct request *request, const struct out *out,
		      struct err *err)
{
	struct model model = { 0 };
	struct dsr_nl *nl;
	int status;

	status = dsr_nl_open(&nl, err);
	if (status)
		return status;
	status = dsr_nl_get_announces(nl, request->operand ?
				      announce_of(request) : NULL, &model,
				      err);
	dsr_nl_close(nl);
	if (!status) {
		model_sort(&model);
		out_announces(out, &model);
	}
	model_clear(&model);
	return status;
}

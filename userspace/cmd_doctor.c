// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "doctor_exam.h"
#include "doctor_judge.h"
#include "doctor_out.h"
#include "doctor_wire.h"
#include "nl.h"
#include "value.h"

/* How long answers are waited for, in milliseconds; and while watching. */
#define ANSWER_TIME		300
#define WATCH_ANSWER_TIME	5000

#define MAX_ANSWER_TIME		60000

static int doctor_parse_timeout(const struct keyword *keyword,
				const char *word, struct request *request,
				struct err *err)
{
	if (addr_milliseconds(word, MAX_ANSWER_TIME, &request->answer_time))
		return DONE;
	return err_usage(err, "%s " WORD " is not a time such as 300ms or 2s, "
			 "up to %us", keyword->name, word,
			 MAX_ANSWER_TIME / 1000);
}

static int doctor_parse_watch(const struct keyword *keyword, const char *word,
			      struct request *request, struct err *err)
{
	(void)keyword;
	(void)word;
	(void)err;
	request->watch = true;
	return DONE;
}

const struct keyword doctor_keywords[] = {
	{ "timeout", "TIME",
	  "how long answers may take; 300ms unless given; with watch how often "
	  "all is asked, 5s unless given",
	  .parse = doctor_parse_timeout },
	{ "watch", NULL, "go on, and tell what changes",
	  .parse = doctor_parse_watch },
	{ 0 },
};

/* One examination after the other, and what was found by the last. */
struct doctor {
	const struct request *request;
	const struct out *out;
	struct dsr_nl *nl;
	struct wire wire;
	bool wired;
	struct model model;
	struct host host;
	struct exam exam;
	struct report report;
};

static int doctor_read(struct doctor *doctor, struct err *err)
{
	const struct service_key *only = NULL;
	int status;

	if (doctor->request->has_service)
		only = &doctor->request->service.key;
	status = dsr_nl_get_services(doctor->nl, only, &doctor->model, err);
	if (!status)
		status = dsr_nl_get_servers(doctor->nl, only, NULL,
					    &doctor->model, err);
	if (!status)
		status = dsr_nl_get_announces(doctor->nl, NULL, &doctor->model,
					      err);
	if (!status)
		status = host_read(&doctor->host, err);
	if (status)
		return status;
	model_sort(&doctor->model);
	exam_plan(&doctor->exam, &doctor->model, &doctor->host);
	return DONE;
}

static void doctor_forget(struct doctor *doctor)
{
	exam_clear(&doctor->exam);
	host_clear(&doctor->host);
	model_clear(&doctor->model);
}

/* The wire stays open between examinations, so that it misses nothing. */
static int doctor_wire(struct doctor *doctor, struct err *err)
{
	int status;

	if (doctor->wired && wire_is_enough(&doctor->wire, &doctor->exam))
		return DONE;
	if (doctor->wired)
		wire_close(&doctor->wire);
	status = wire_open(&doctor->wire, &doctor->exam, err);
	doctor->wired = !status;
	return status;
}

/* Whether it is among the findings of the report. */
static bool doctor_knows(const struct report *report,
			 const struct finding *finding)
{
	size_t i;

	for (i = 0; i < report->n_findings; i++) {
		if (find_same(&report->findings[i], finding))
			return true;
	}
	return false;
}

/* Tell of what is not known yet; what is told is known from now on. */
static void doctor_tell_claims(struct doctor *doctor)
{
	struct report *known = &doctor->report;
	struct report report = { 0 };
	size_t i;

	judge_claims(&doctor->exam, &report);
	for (i = 0; i < report.n_findings; i++) {
		struct finding *finding = &report.findings[i];

		if (doctor_knows(known, finding))
			continue;
		out_finding_event(doctor->out, finding, false);
		*GROW(known->findings, known->n_findings) = *finding;
		finding->evidence = NULL;
	}
	report_clear(&report);
}

/* Everything is asked twice, as a frame may be lost. */
static int doctor_ask(struct doctor *doctor, struct err *err)
{
	uint32_t time = doctor->request->answer_time;
	uint64_t until;
	int status, half;

	if (!time)
		time = doctor->request->watch ? WATCH_ANSWER_TIME : ANSWER_TIME;
	for (half = 1; half <= 2; half++) {
		status = wire_ask(&doctor->wire, &doctor->exam, err);
		if (status)
			return status;
		until = wire_now() + (time + 1) / 2;
		while (wire_listen(&doctor->wire, &doctor->exam, until,
				   doctor->request->watch))
			doctor_tell_claims(doctor);
	}
	return DONE;
}

static int doctor_examine(struct doctor *doctor, struct report *report,
			  struct err *err)
{
	int status;

	status = doctor_read(doctor, err);
	if (!status)
		status = doctor_wire(doctor, err);
	if (!status)
		status = doctor_ask(doctor, err);
	if (!status) {
		judge_claims(&doctor->exam, report);
		judge_detours(&doctor->exam, report);
		judge_host(&doctor->exam, DSR_VERSION, report);
		judge_vips(&doctor->exam, report);
		judge_servers(&doctor->exam, report);
		report_sort(report);
	}
	doctor_forget(doctor);
	return status;
}

static void doctor_tell_changes(struct doctor *doctor, struct report *report)
{
	size_t i;

	for (i = 0; i < report->n_findings; i++) {
		if (!doctor_knows(&doctor->report, &report->findings[i]))
			out_finding_event(doctor->out, &report->findings[i], false);
	}
	for (i = 0; i < doctor->report.n_findings; i++) {
		if (!doctor_knows(report, &doctor->report.findings[i]))
			out_finding_event(doctor->out, &doctor->report.findings[i],
				  true);
	}
	report_clear(&doctor->report);
	doctor->report = *report;
}

/* Until it is interrupted, or cannot go on. */
static int doctor_watch(struct doctor *doctor, struct err *err)
{
	struct report report;
	int status;

	for (;;) {
		memset(&report, 0, sizeof(report));
		status = doctor_examine(doctor, &report, err);
		if (status)
			return status;
		doctor_tell_changes(doctor, &report);
	}
}

static int doctor_once(struct doctor *doctor, struct err *err)
{
	static const int statuses[] = {
		[HEALTHY] = DONE, [NOTE] = DONE, [WARNING] = WARNED,
		[FAULT] = ILL,
	};
	int status;

	status = doctor_examine(doctor, &doctor->report, err);
	if (status)
		return status;
	out_report(doctor->out, &doctor->report);
	return statuses[report_severity(&doctor->report)];
}

int cmd_doctor(struct request *request, const struct out *out,
	       struct err *err)
{
	struct doctor doctor = { .request = request, .out = out };
	int status;

	status = dsr_nl_open(&doctor.nl, err);
	if (status)
		return status;
	status = request->watch ? doctor_watch(&doctor, err) :
				  doctor_once(&doctor, err);
	report_clear(&doctor.report);
	if (doctor.wired)
		wire_close(&doctor.wire);
	dsr_nl_close(doctor.nl);
	return status;
}

// SPDX-License-Identifier: GPL-2.0
#include <string.h>
#include <time.h>

#include "doctor_out.h"
#include "out_json.h"
#include "table.h"

static const enum colour colours[] = {
	[HEALTHY] = GREEN, [NOTE] = PLAIN, [WARNING] = YELLOW, [FAULT] = RED,
};

static void out_verdicts(const struct out *out, const struct report *report)
{
	char text[SERVICE_TEXT];
	struct table table;
	size_t i;

	table_start(&table, out);
	table_column(&table, "VIP OR SERVICE", false);
	table_column(&table, "SERVER", false);
	table_column(&table, "RESULT", false);
	table_column(&table, "DEVICE", false);
	table_column(&table, "MAC", false);
	table_column(&table, "EVIDENCE", false);
	for (i = 0; i < report->n_verdicts; i++) {
		const struct verdict *verdict = &report->verdicts[i];
		const bool is_vip = !verdict->server.family;

		table_row(&table);
		table_set(&table, 0, is_vip ? BOLD : PLAIN, "%s", is_vip ?
			  addr_text(&verdict->vip, text) :
			  key_text(&verdict->service, text));
		if (!is_vip)
			table_set(&table, 1, PLAIN, "%s",
				  addr_text(&verdict->server, text));
		table_set(&table, 2, colours[verdict->severity], "%s",
			  verdict->result);
		table_set(&table, 3, PLAIN, "%s", verdict->dev);
		if (verdict->has_mac)
			table_set(&table, 4, PLAIN, "%s",
				  addr_mac_text(&verdict->mac, text));
		table_set(&table, 5, PLAIN, "%s", verdict->evidence);
	}
	table_end(&table);
}

static void out_line(const struct out *out, const char *name, const char *text)
{
	if (*text)
		fprintf(out->to, "  %-8s  %s\n", name, text);
}

/* The commands, one below the other, and where to run them. */
static void out_mend(const struct out *out, const struct finding *finding)
{
	char text[FIND_TEXT], addr[ADDR_TEXT], *rest, *line;

	find_text(finding, FIND_MEND, text);
	if (!*text)
		return;
	if (find_mends_server(finding))
		fprintf(out->to, "  %-8s  on %s:\n", "mend",
			addr_text(&finding->server, addr));
	else
		fprintf(out->to, "  %-8s  here:\n", "mend");
	for (line = strtok_r(text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		fprintf(out->to, "  %-8s    %s\n", "", line);
}

static void out_where(const struct out *out, const struct finding *finding)
{
	char text[SERVICE_TEXT + IF_NAMESIZE + MAC_TEXT + 8];
	char service[SERVICE_TEXT], mac[MAC_TEXT];
	const char *parts[] = {
		finding->has_service ? key_text(&finding->service, service) :
				       "",
		finding->dev,
		finding->has_mac ? addr_mac_text(&finding->mac, mac) : "",
	};
	size_t i, len = 0;

	text[0] = '\0';
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (*parts[i])
			len += snprintf(text + len, sizeof(text) - len,
					"%s%s", len ? ", " : "", parts[i]);
	}
	out_line(out, "where", text);
}

static void out_finding(const struct out *out, const struct finding *finding)
{
	char text[FIND_TEXT];

	out_paint(out, colours[finding->severity],
		  find_severity(finding->severity));
	fprintf(out->to, ": %s\n", find_text(finding, FIND_WHAT, text));
	out_where(out, finding);
	out_line(out, "evidence", finding->evidence);
	out_line(out, "cause", find_text(finding, FIND_CAUSE, text));
	out_mend(out, finding);
}

/* "2 faults, 1 note" */
static void out_summary(const struct out *out, const struct report *report)
{
	size_t counts[FAULT + 1] = { 0 };
	const char *comma = "";
	size_t i;
	int at;

	for (i = 0; i < report->n_findings; i++)
		counts[report->findings[i].severity]++;
	for (at = FAULT; at > HEALTHY; at--) {
		if (!counts[at])
			continue;
		fprintf(out->to, "%s%zu %s%s", comma, counts[at],
			find_severity(at), counts[at] > 1 ? "s" : "");
		comma = ", ";
	}
	if (!*comma)
		out_paint(out, GREEN, find_severity(HEALTHY));
	fprintf(out->to, "\n");
}

void out_report(const struct out *out, const struct report *report)
{
	size_t i;

	if (out->json) {
		json_findings(out, report);
		return;
	}
	out_verdicts(out, report);
	for (i = 0; i < report->n_findings; i++) {
		fprintf(out->to, "\n");
		out_finding(out, &report->findings[i]);
	}
	fprintf(out->to, "\n");
	out_summary(out, report);
}

void out_finding_event(const struct out *out, const struct finding *finding,
	       bool over)
{
	const time_t now = time(NULL);
	char text[FIND_TEXT];
	struct tm local;

	if (out->json) {
		json_finding_event(out, finding, now, over);
	} else {
		strftime(text, sizeof(text), "%F %T",
			 localtime_r(&now, &local));
		fprintf(out->to, "%s ", text);
		if (over)
			fprintf(out->to, "over: %s\n",
				find_text(finding, FIND_WHAT, text));
		else
			out_finding(out, finding);
	}
	fflush(out->to);
}

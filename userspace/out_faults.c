// SPDX-License-Identifier: GPL-2.0
#include <json.h>
#include <stdlib.h>

#include "out_faults.h"
#include "out_json.h"
#include "table.h"

/* A fault without a VIP concerns every IPv4 one. */
static bool fault_concerns(const struct fault *fault, const struct addr *vip)
{
	return fault->has_vip ? !addr_compare(&fault->vip, vip) :
				!machine_v6(vip);
}

static bool is_healthy(const struct addr *vip, const struct faults *faults)
{
	size_t i;

	for (i = 0; i < faults->n; i++) {
		if (fault_concerns(&faults->faults[i], vip))
			return false;
	}
	return true;
}

static void out_healthy(const struct out *out, const struct machine *machine,
			const struct addr *vip)
{
	const struct device *device = realserver_holder(machine, vip);
	char text[ADDR_TEXT];

	out_paint(out, BOLD, addr_text(vip, text));
	fprintf(out->to, "  ");
	out_paint(out, GREEN, "healthy");
	fprintf(out->to, " on %s\n", device ? device->name : "?");
}

static void out_fault(const struct out *out, const struct fault *fault)
{
	char text[ADDR_TEXT];

	out_paint(out, BOLD, fault->has_vip ? addr_text(&fault->vip, text) :
					      "every IPv4 VIP");
	fprintf(out->to, "  ");
	out_paint(out, RED, fault->name);
	if (fault->where)
		fprintf(out->to, " on %s", fault->where);
	fprintf(out->to, "\n    seen  %s\n    mend  %s\n", fault->seen,
		fault->mend);
}

static void out_faults_text(const struct out *out,
			    const struct machine *machine,
			    const struct service_key *vips, size_t n_vips,
			    const struct faults *faults)
{
	struct addr *addresses;
	size_t i, n;

	addresses = key_addresses(vips, n_vips, &n);
	for (i = 0; i < n; i++) {
		if (is_healthy(&addresses[i], faults))
			out_healthy(out, machine, &addresses[i]);
	}
	free(addresses);
	for (i = 0; i < faults->n; i++)
		out_fault(out, &faults->faults[i]);
}

static void json_faults(const struct out *out, const struct faults *faults)
{
	struct json_object *array = json_object_new_array();
	char text[ADDR_TEXT];
	size_t i;

	for (i = 0; i < faults->n; i++) {
		struct json_object *json = json_object_new_object();
		const struct fault *fault = &faults->faults[i];

		json_add_text(json, "fault", fault->name);
		json_add_text(json, "vip", fault->has_vip ?
			      addr_text(&fault->vip, text) : NULL);
		json_add_text(json, "where", fault->where);
		json_add_text(json, "seen", fault->seen);
		json_add_text(json, "mend", fault->mend);
		json_object_array_add(array, json);
	}
	json_print(out, array);
}

void out_faults(const struct out *out, const struct machine *machine,
		const struct service_key *vips, size_t n_vips,
		const struct faults *faults)
{
	if (out->json)
		json_faults(out, faults);
	else
		out_faults_text(out, machine, vips, n_vips, faults);
}

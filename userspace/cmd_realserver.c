// SPDX-License-Identifier: GPL-2.0
#include <linux/if_addr.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "out_faults.h"
#include "realserver.h"
#include "rtnl.h"
#include "saved.h"

static int realserver_parse_dev(const struct keyword *keyword,
				const char *word, struct request *request,
				struct err *err)
{
	size_t len = strlen(word);

	(void)keyword;
	if (!len || len >= IF_NAMESIZE || strpbrk(word, "/ ") ||
	    *word == '.')
		return err_usage(err, WORD " is not the name of a device",
				 word);
	request->dev = word;
	return DONE;
}

const struct keyword realserver_keywords[] = {
	{ "dev", "NAME",
	  "the device that has the VIPs, lo unless given; a dummy is added if "
	  "there is none of this name",
	  .parse = realserver_parse_dev },
	{ 0 },
};

/* A change under way. */
struct job {
	const char *dev;
	struct addr *vips;
	size_t n_vips;
	struct machine machine;
	struct saved saved;
	struct err *err;
};

static int job_read(struct job *job)
{
	machine_clear(&job->machine);
	return rtnl_read(&job->machine, job->err);
}

static bool job_has_ipv4(const struct job *job)
{
	size_t i;

	for (i = 0; i < job->n_vips; i++) {
		if (!machine_v6(&job->vips[i]))
			return true;
	}
	return false;
}

static bool job_is_vip(const struct job *job, const struct addr *addr)
{
	size_t i;

	for (i = 0; i < job->n_vips; i++) {
		if (!addr_compare(&job->vips[i], addr))
			return true;
	}
	return false;
}

/* The device must be one that answers nobody. */
static int job_refuse_dev(const struct job *job)
{
	const struct device *device;

	device = machine_device_named(&job->machine, job->dev);
	if (device && machine_on_wire(&job->machine, device))
		return err_refused(job->err, "%s is on a network and would "
				   "answer for the VIP: give lo or a dummy "
				   "device", job->dev);
	return DONE;
}

static int job_start(struct job *job, const struct request *request,
		     struct err *err)
{
	int status;

	*job = (struct job){ .err = err, .saved = { .dir = -1 } };
	job->dev = request->dev ? request->dev : "lo";
	job->vips = key_addresses(request->vips, request->n_vips,
				  &job->n_vips);
	if (geteuid())
		return err_refused(err, "this needs root: realserver check "
				   "does not");
	status = job_read(job);
	if (!status)
		status = job_refuse_dev(job);
	return status;
}

/* What was done is remembered, also if it was not all that there was to do. */
static int job_end(struct job *job, int status)
{
	struct err err;
	int close_status = saved_close(&job->saved, status ? &err : job->err);

	machine_clear(&job->machine);
	free(job->vips);
	return status ? status : close_status;
}

/* --- Up ------------------------------------------------------------------- */

/*
 * A VIP on the network makes this the director, or a second machine that
 * answers for it. Which of them is not for us to say.
 */
static int up_refuse(const struct job *job)
{
	const struct machine *machine = &job->machine;
	char text[ADDR_TEXT];
	size_t i;

	for (i = 0; i < machine->n_holdings; i++) {
		const struct holding *holding = &machine->holdings[i];
		const struct device *device;

		device = machine_device(machine, holding->index);
		if (!device || !job_is_vip(job, &holding->addr) ||
		    !machine_on_wire(machine, device))
			continue;
		addr_text(&holding->addr, text);
		return err_refused(job->err, "%s is on %s, as on a director: "
				   "if this is none, ip addr del %s/%u dev %s",
				   text, device->name, text,
				   holding->prefix_len, device->name);
	}
	return DONE;
}

static int up_set(struct job *job, const char *dev, const char *key, int value)
{
	char name[SYSCTL_NAME];

	return saved_set(&job->saved, sysctl_conf("ipv4", dev, key, name),
			 value, job->err);
}

/* For all devices, also those to come; and for one that has a larger value. */
static int up_arp_rule(struct job *job, const struct arp_rule *rule)
{
	const struct machine *machine = &job->machine;
	int all = arp_setting(rule, machine);
	int status = DONE;
	size_t i;

	if (all != 2)
		all = rule->want;
	status = up_set(job, "all", rule->key, all);
	for (i = 0; i < machine->n_devices && !status; i++) {
		const struct device *device = &machine->devices[i];

		if (realserver_asks_arp(machine, device) &&
		    !arp_keeps(rule, device, all))
			status = up_set(job, device->name, rule->key,
					rule->want);
	}
	return status;
}

static int up_settings(struct job *job)
{
	const struct machine *machine = &job->machine;
	const struct arp_rule *rule;
	int status = DONE;
	size_t i;

	for (rule = arp_rules; rule->fault && !status; rule++)
		status = up_arp_rule(job, rule);
	for (i = 0; i < machine->n_devices && !status; i++) {
		const struct device *device = &machine->devices[i];

		if (realserver_filters(machine, device))
			status = up_set(job, device->name, "rp_filter", 2);
	}
	return status;
}

/* The device is there, and up. */
static int up_device(struct job *job)
{
	const struct device *device;
	int status;

	device = machine_device_named(&job->machine, job->dev);
	if (device)
		return device->flags & IFF_UP ? DONE :
		       rtnl_set_up(device, job->err);
	status = rtnl_add_dummy(job->dev, job->err);
	if (status)
		return status;
	strcpy(job->saved.dummy, job->dev);
	return job_read(job);
}

/*
 * With the first address of a network go all others, unless the kernel is told
 * to keep them.
 */
static int up_drop(struct job *job, const struct holding *holding,
		   const struct device *device)
{
	char name[SYSCTL_NAME];
	int before, status;

	if (machine_v6(&holding->addr))
		return rtnl_del_addr(holding, device, job->err);
	sysctl_conf("ipv4", device->name, "promote_secondaries", name);
	before = sysctl_read(name);
	status = sysctl_write(name, 1, job->err);
	if (!status)
		status = rtnl_del_addr(holding, device, job->err);
	if (!status)
		status = sysctl_write(name, before, job->err);
	return status;
}

/* Take a VIP away where it is as it should not be; or bring its device up. */
static int up_repair(struct job *job, const struct addr *vip, bool wrong_mask)
{
	const struct machine *machine = &job->machine;
	int status = DONE;
	size_t i;

	for (i = 0; i < machine->n_holdings && !status; i++) {
		const struct holding *holding = &machine->holdings[i];
		const struct device *device;

		device = machine_device(machine, holding->index);
		if (!device || addr_compare(&holding->addr, vip))
			continue;
		if (wrong_mask != (holding->prefix_len != addr_bits(vip)))
			continue;
		if (wrong_mask || holding->flags & (IFA_F_TENTATIVE |
						    IFA_F_DADFAILED))
			status = up_drop(job, holding, device);
		else if (!(device->flags & IFF_UP))
			status = rtnl_set_up(device, job->err);
	}
	return status;
}

/* The right address first, then the wrong ones away: it is never missing. */
static int up_vip(struct job *job, const struct addr *vip)
{
	const struct device *device;
	int status;

	device = machine_device_named(&job->machine, job->dev);
	status = up_repair(job, vip, false);
	if (!status && !realserver_holder(&job->machine, vip))
		status = rtnl_add_addr(vip, device, job->err);
	if (!status)
		status = up_repair(job, vip, true);
	return status;
}

static int up_all(struct job *job)
{
	int status;
	size_t i;

	status = up_refuse(job);
	if (!status)
		status = saved_open(&job->saved, job->err);
	/* Before the address, or ARP is answered for it meanwhile. */
	if (!status && job_has_ipv4(job))
		status = up_settings(job);
	if (!status)
		status = up_device(job);
	for (i = 0; i < job->n_vips && !status; i++)
		status = up_vip(job, &job->vips[i]);
	return status;
}

/* Print what is wrong, if anything. */
static int report(const struct machine *machine, const struct request *request,
		  const struct out *out, bool healthy_too, struct err *err)
{
	struct faults faults;
	size_t n;

	realserver_check(machine, request->vips, request->n_vips, &faults);
	n = faults.n;
	if (n || healthy_too)
		out_faults(out, machine, request->vips, request->n_vips,
			   &faults);
	faults_clear(&faults);
	if (!n)
		return DONE;
	return err_refused(err, "%zu fault%s: see above", n, n == 1 ? "" : "s");
}

int cmd_realserver_up(struct request *request, const struct out *out,
		      struct err *err)
{
	struct job job;
	int status;
	size_t i;

	/* The program may be started later. */
	for (i = 0; i < request->n_vips; i++)
		request->vips[i].n_ports = 0;
	status = job_start(&job, request, err);
	if (!status)
		status = up_all(&job);
	if (!status)
		status = job_read(&job);
	if (!status)
		status = report(&job.machine, request, out, false, err);
	return job_end(&job, status);
}

/* --- Down ----------------------------------------------------------------- */

static int down_vips(struct job *job, const struct device *dev)
{
	const struct machine *machine = &job->machine;
	int status = DONE;
	size_t i;

	for (i = 0; i < machine->n_holdings && !status; i++) {
		const struct holding *holding = &machine->holdings[i];
		const struct device *device;
		char text[ADDR_TEXT];

		device = machine_device(machine, holding->index);
		if (!device || !job_is_vip(job, &holding->addr))
			continue;
		if (device == dev &&
		    holding->prefix_len == addr_bits(&holding->addr))
			status = rtnl_del_addr(holding, device, job->err);
		else
			err_warn("%s/%u on %s is left alone",
				 addr_text(&holding->addr, text),
				 holding->prefix_len, device->name);
	}
	return status;
}

/* Whether there is an address that the rules of ARP are for. */
static bool down_has_vip(const struct machine *machine)
{
	size_t i;

	for (i = 0; i < machine->n_holdings; i++) {
		const struct holding *holding = &machine->holdings[i];
		const struct device *device;

		device = machine_device(machine, holding->index);
		if (device && !machine_on_wire(machine, device) &&
		    !machine_v6(&holding->addr) &&
		    holding->prefix_len == 32 &&
		    !addr_is_loopback(&holding->addr))
			return true;
	}
	return false;
}

/* Link-local addresses are the kernel's own. */
static bool down_is_empty(const struct machine *machine,
			  const struct device *device)
{
	size_t i;

	for (i = 0; i < machine->n_holdings; i++) {
		const struct holding *holding = &machine->holdings[i];

		if (holding->index == device->index &&
		    !(machine_v6(&holding->addr) &&
		      IN6_IS_ADDR_LINKLOCAL(&holding->addr.v6)))
			return false;
	}
	return true;
}

static int down_device(struct job *job)
{
	const struct device *dummy;
	int status = DONE;

	dummy = machine_device_named(&job->machine, job->saved.dummy);
	if (dummy && !down_is_empty(&job->machine, dummy))
		return DONE;
	if (dummy)
		status = rtnl_del_device(dummy, job->err);
	if (!status)
		*job->saved.dummy = '\0';
	return status;
}

static int down_all(struct job *job)
{
	int status;

	status = saved_open(&job->saved, job->err);
	if (!status)
		status = down_vips(job, machine_device_named(&job->machine,
							     job->dev));
	if (!status)
		status = job_read(job);
	if (!status && !down_has_vip(&job->machine))
		status = saved_restore(&job->saved, job->err);
	if (!status)
		status = down_device(job);
	return status;
}

int cmd_realserver_down(struct request *request, const struct out *out,
			struct err *err)
{
	struct job job;
	int status;

	(void)out;
	status = job_start(&job, request, err);
	if (!status)
		status = down_all(&job);
	return job_end(&job, status);
}

/* --- Check ---------------------------------------------------------------- */

int cmd_realserver_check(struct request *request, const struct out *out,
			 struct err *err)
{
	struct machine machine = { 0 };
	int status;

	status = rtnl_read(&machine, err);
	if (!status)
		status = report(&machine, request, out, true, err);
	machine_clear(&machine);
	return status;
}

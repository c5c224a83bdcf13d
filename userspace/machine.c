// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"

/* Room for one entry more, zeroed. */
static void *machine_add(void **entries, size_t *n, size_t size)
{
	void *entry;

	*entries = reallocarray(*entries, *n + 1, size);
	if (!*entries) {
		perror("dsrctl");
		exit(REFUSED);
	}
	entry = (char *)*entries + (*n)++ * size;
	return memset(entry, 0, size);
}

struct device *machine_add_device(struct machine *machine)
{
	return machine_add((void **)&machine->devices, &machine->n_devices,
			   sizeof(*machine->devices));
}

struct holding *machine_add_holding(struct machine *machine)
{
	return machine_add((void **)&machine->holdings, &machine->n_holdings,
			   sizeof(*machine->holdings));
}

struct listener *machine_add_listener(struct machine *machine)
{
	return machine_add((void **)&machine->listeners,
			   &machine->n_listeners,
			   sizeof(*machine->listeners));
}

const struct device *machine_device(const struct machine *machine,
				    unsigned int index)
{
	size_t i;

	for (i = 0; i < machine->n_devices; i++) {
		if (machine->devices[i].index == index)
			return &machine->devices[i];
	}
	return NULL;
}

const struct device *machine_device_named(const struct machine *machine,
					  const char *name)
{
	size_t i;

	for (i = 0; i < machine->n_devices; i++) {
		if (!strcmp(machine->devices[i].name, name))
			return &machine->devices[i];
	}
	return NULL;
}

static bool machine_has_ports(const struct machine *machine,
			      const struct device *bridge)
{
	size_t i;

	for (i = 0; i < machine->n_devices; i++) {
		if (machine->devices[i].master == bridge->index)
			return true;
	}
	return false;
}

/* What a bridge's or bond's port receives is its master's. */
static bool machine_is_port(const struct machine *machine,
			    const struct device *device)
{
	const struct device *master = machine_device(machine, device->master);

	return device->master && master &&
	       (!strcmp(master->kind, "bridge") ||
		!strcmp(master->kind, "bond") || !strcmp(master->kind, "team"));
}

bool machine_on_wire(const struct machine *machine,
		     const struct device *device)
{
	if (device->flags & (IFF_LOOPBACK | IFF_NOARP))
		return false;
	if (!strcmp(device->kind, "bridge") &&
	    !machine_has_ports(machine, device))
		return false;
	return !machine_is_port(machine, device);
}

void machine_clear(struct machine *machine)
{
	free(machine->devices);
	free(machine->holdings);
	free(machine->listeners);
	*machine = (struct machine){ 0 };
}

// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sysctl.h"

const char *sysctl_conf(const char *family, const char *dev, const char *key,
			char name[SYSCTL_NAME])
{
	const char slash = strchr(dev, '.') ? '/' : '.';

	snprintf(name, SYSCTL_NAME, "net%c%s%cconf%c%s%c%s", slash, family,
		 slash, slash, dev, slash, key);
	return name;
}

static FILE *sysctl_open(const char *name, const char *mode)
{
	const bool dots = !strchr(name, '/');
	char path[SYSCTL_NAME + 16], *c;

	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	for (c = path; dots && *c; c++) {
		if (*c == '.')
			*c = '/';
	}
	return fopen(path, mode);
}

int sysctl_read(const char *name)
{
	FILE *file = sysctl_open(name, "re");
	int value = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%d", &value) != 1)
		value = 0;
	fclose(file);
	return value;
}

int sysctl_write(const char *name, int value, struct err *err)
{
	FILE *file = sysctl_open(name, "we");
	bool failed = !file;

	if (file) {
		fprintf(file, "%d\n", value);
		failed = fclose(file);
	}
	if (!failed)
		return DONE;
	return err_refused(err, "sysctl %s: %s", name, strerror(errno));
}

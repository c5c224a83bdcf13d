// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "saved.h"

#define SAVED_DIR	"/run/dsrctl"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE	71
#endif

/*
 * A number that names the network namespace: its cookie, which is never used
 * again, or before Linux 5.14 its inode.
 */
static uint64_t saved_netns(void)
{
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint64_t cookie = 0;
	socklen_t len = sizeof(cookie);
	struct stat stat_netns;

	if (sock >= 0) {
		if (getsockopt(sock, SOL_SOCKET, SO_NETNS_COOKIE, &cookie,
			       &len))
			cookie = 0;
		close(sock);
	}
	if (!cookie && !stat("/proc/self/ns/net", &stat_netns))
		cookie = stat_netns.st_ino;
	return cookie;
}

static const char *saved_name(char name[64])
{
	snprintf(name, 64, "realserver-%" PRIu64, saved_netns());
	return name;
}

static int saved_refuse(struct err *err)
{
	return err_refused(err, SAVED_DIR ": %s", strerror(errno));
}

/* No memory ends the program. */
static struct saved_setting *saved_add(struct saved *saved)
{
	saved->settings = reallocarray(saved->settings, saved->n_settings + 1,
				       sizeof(*saved->settings));
	if (!saved->settings) {
		perror("dsrctl");
		exit(REFUSED);
	}
	return &saved->settings[saved->n_settings++];
}

static void saved_read(struct saved *saved, FILE *file)
{
	struct saved_setting setting;
	char line[256];

	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "sysctl %127s %d %d", setting.name,
			   &setting.before, &setting.after) == 3)
			*saved_add(saved) = setting;
		else
			sscanf(line, "device %15s", saved->dummy);
	}
}

int saved_open(struct saved *saved, struct err *err)
{
	char name[64];
	FILE *file;
	int fd;

	*saved = (struct saved){ .dir = -1 };
	if (mkdir(SAVED_DIR, 0755) && errno != EEXIST)
		return saved_refuse(err);
	saved->dir = open(SAVED_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (saved->dir < 0 || flock(saved->dir, LOCK_EX))
		return saved_refuse(err);
	fd = openat(saved->dir, saved_name(name), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? DONE : saved_refuse(err);
	file = fdopen(fd, "r");
	if (!file)
		return saved_refuse(err);
	saved_read(saved, file);
	fclose(file);
	return DONE;
}

static struct saved_setting *saved_find(const struct saved *saved,
					const char *name)
{
	size_t i;

	for (i = 0; i < saved->n_settings; i++) {
		if (!strcmp(saved->settings[i].name, name))
			return &saved->settings[i];
	}
	return NULL;
}

int saved_set(struct saved *saved, const char *name, int value,
	      struct err *err)
{
	struct saved_setting *setting = saved_find(saved, name);
	const int before = sysctl_read(name);
	int status;

	if (before == value)
		return DONE;
	status = sysctl_write(name, value, err);
	if (status)
		return status;
	/* One that others have changed meanwhile begins anew. */
	if (!setting || setting->after != before) {
		setting = setting ? setting : saved_add(saved);
		snprintf(setting->name, sizeof(setting->name), "%s", name);
		setting->before = before;
	}
	setting->after = value;
	return DONE;
}

int saved_restore(struct saved *saved, struct err *err)
{
	int status = DONE;
	size_t i;

	for (i = 0; i < saved->n_settings && !status; i++) {
		const struct saved_setting *setting = &saved->settings[i];

		if (sysctl_read(setting->name) == setting->after)
			status = sysctl_write(setting->name, setting->before,
					      err);
	}
	if (!status)
		saved->n_settings = 0;
	return status;
}

static void saved_print(const struct saved *saved, FILE *file)
{
	size_t i;

	for (i = 0; i < saved->n_settings; i++)
		fprintf(file, "sysctl %s %d %d\n", saved->settings[i].name,
			saved->settings[i].before, saved->settings[i].after);
	if (*saved->dummy)
		fprintf(file, "device %s\n", saved->dummy);
}

/* A new file takes the place of the old one only when it is complete. */
static int saved_write(const struct saved *saved, struct err *err)
{
	char name[64], new[80];
	FILE *file = NULL;
	int fd;

	saved_name(name);
	snprintf(new, sizeof(new), "%s.new", name);
	if (!saved->n_settings && !*saved->dummy)
		return unlinkat(saved->dir, name, 0) && errno != ENOENT ?
		       saved_refuse(err) : DONE;
	fd = openat(saved->dir, new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
		    0644);
	if (fd >= 0)
		file = fdopen(fd, "w");
	if (!file)
		return saved_refuse(err);
	saved_print(saved, file);
	if (fclose(file) || renameat(saved->dir, new, saved->dir, name))
		return saved_refuse(err);
	return DONE;
}

int saved_close(struct saved *saved, struct err *err)
{
	int status = DONE;

	if (saved->dir >= 0) {
		status = saved_write(saved, err);
		close(saved->dir);
	}
	free(saved->settings);
	return status;
}

// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "cmd.h"
#include "conf.h"
#include "options.h"

/* Both sides are sorted and gone through side by side. */
struct diff {
	const struct model *now, *wanted;
	conf_change_fn *fn;
	void *arg;
	size_t n;
};

static void diff_tell(struct diff *diff, const struct change *change)
{
	diff->fn(change, diff->arg);
	diff->n++;
}

/* --- Values --------------------------------------------------------------- */

/* A change that sets something only if something is to be set. */
static void diff_tell_values(struct diff *diff, const struct change *change)
{
	struct options options;

	if (change->kind == CHANGE_ADD ||
	    *options_text(&options, change->keywords, change->before,
			  change->after, true))
		diff_tell(diff, change);
}

static void diff_server(struct diff *diff, const struct server *now,
			const struct server *wanted)
{
	static const struct server usual = { .weight = 1 };
	const struct server *server = wanted ? wanted : now;
	struct change change = {
		.kind = !now ? CHANGE_ADD : wanted ? CHANGE_SET : CHANGE_DEL,
		.object = "server",
		.service = server->service,
		.server = &server->addr,
		.keywords = wanted ? server_keywords : NULL,
		.before = now ? now : &usual,
		.after = wanted,
	};

	if (wanted)
		diff_tell_values(diff, &change);
	else
		diff_tell(diff, &change);
}

/*
 * The key of the hash stays as it is unless one is given, and is not known to
 * those who may not change it.
 */
static void diff_service(struct diff *diff, const struct service *now,
			 const struct service *wanted)
{
	struct service before = { .scheduler = SCHEDULER_USUAL }, after;
	struct change change = {
		.kind = now ? CHANGE_SET : CHANGE_ADD,
		.object = "service",
		.service = &wanted->key,
		.keywords = service_keywords,
		.before = &before,
		.after = &after,
	};

	after = *wanted;
	before.key = wanted->key;
	model_set_defaults(&before);
	if (now)
		before = *now;
	if (!(wanted->given & GIVEN(DSR_SERVICE_A_HASH_KEY)) ||
	    (now && !(now->given & GIVEN(DSR_SERVICE_A_HASH_KEY))))
		after.hash_key = before.hash_key;
	diff_tell_values(diff, &change);
}

/* --- Lists ---------------------------------------------------------------- */

/*
 * The servers of one service; either side may have none. Those of which it was
 * noted that they run are not among those that run.
 */
static void diff_servers(struct diff *diff, const struct service_key *key)
{
	const struct server *now, *wanted;
	size_t n_now, n_wanted;
	int order;

	now = model_servers(diff->now, key, &n_now);
	wanted = model_servers(diff->wanted, key, &n_wanted);
	while (n_now || n_wanted) {
		if (n_wanted && wanted->runs) {
			wanted++;
			n_wanted--;
			continue;
		}
		order = !n_now ? 1 : !n_wanted ? -1 :
			addr_compare(&now->addr, &wanted->addr);
		diff_server(diff, order <= 0 ? now : NULL,
			    order >= 0 ? wanted : NULL);
		if (order <= 0) {
			now++;
			n_now--;
		}
		if (order >= 0) {
			wanted++;
			n_wanted--;
		}
	}
}

static void diff_service_gone(struct diff *diff, const struct service *now)
{
	const struct change change = {
		.kind = CHANGE_DEL,
		.object = "service",
		.service = &now->key,
	};

	diff_tell(diff, &change);
}

static void diff_services(struct diff *diff)
{
	const struct service *now = diff->now->services;
	const struct service *wanted = diff->wanted->services;
	size_t n_now = diff->now->n_services;
	size_t n_wanted = diff->wanted->n_services;
	int order;

	while (n_now || n_wanted) {
		order = !n_now ? 1 : !n_wanted ? -1 :
			key_compare(&now->key, &wanted->key);
		if (order < 0)
			diff_service_gone(diff, now);
		else
			diff_service(diff, order ? NULL : now, wanted);
		diff_servers(diff, order < 0 ? &now->key : &wanted->key);
		if (order <= 0) {
			now++;
			n_now--;
		}
		if (order >= 0) {
			wanted++;
			n_wanted--;
		}
	}
}

static void diff_ingresses(struct diff *diff)
{
	const struct model *now = diff->now, *wanted = diff->wanted;
	struct change change = { .object = "ingress" };
	size_t i = 0, j = 0;
	int order;

	while (i < now->n_ingresses || j < wanted->n_ingresses) {
		order = i == now->n_ingresses ? 1 :
			j == wanted->n_ingresses ? -1 :
			strcmp(now->ingresses[i].dev,
			       wanted->ingresses[j].dev);
		change.kind = order < 0 ? CHANGE_DEL : CHANGE_ADD;
		change.dev = order < 0 ? now->ingresses[i].dev :
			     wanted->ingresses[j].dev;
		if (order)
			diff_tell(diff, &change);
		i += order <= 0;
		j += order >= 0;
	}
}

/* The kernel has no way to change one: it goes and comes back. */
static void diff_announce(struct diff *diff, enum change_kind kind,
			  const struct announce *announce)
{
	static const struct announce usual;
	struct change change = {
		.kind = kind,
		.object = "announce",
		.dev = announce->dev,
		.announce = announce,
		.keywords = kind == CHANGE_ADD ? announce_keywords : NULL,
		.before = &usual,
		.after = announce,
	};

	diff_tell(diff, &change);
}

static void diff_announces(struct diff *diff)
{
	const struct model *now = diff->now, *wanted = diff->wanted;
	const struct announce *x, *y;
	size_t i = 0, j = 0;
	int order;

	while (i < now->n_announces || j < wanted->n_announces) {
		x = &now->announces[i];
		y = &wanted->announces[j];
		order = i == now->n_announces ? 1 :
			j == wanted->n_announces ? -1 : strcmp(x->dev, y->dev);
		if (order < 0 || (!order && x->every != y->every))
			diff_announce(diff, CHANGE_DEL, x);
		if (order > 0 || (!order && x->every != y->every))
			diff_announce(diff, CHANGE_ADD, y);
		i += order <= 0;
		j += order >= 0;
	}
}

/* A peer cannot be changed: it goes, and comes again. */
static void diff_peer(struct diff *diff, const struct server *now,
		      const struct server *wanted)
{
	static const struct server usual;
	struct options options;
	struct change gone = {
		.kind = CHANGE_DEL, .object = "peer",
	};
	struct change come = {
		.kind = CHANGE_ADD, .object = "peer",
		.keywords = peer_keywords, .before = &usual, .after = wanted,
	};

	if (now && wanted && !*options_text(&options, peer_keywords, now,
					    wanted, true))
		return;
	if (now) {
		gone.server = &now->addr;
		diff_tell(diff, &gone);
	}
	if (wanted) {
		come.server = &wanted->addr;
		diff_tell(diff, &come);
	}
}

static void diff_peers(struct diff *diff)
{
	const struct model *now = diff->now, *wanted = diff->wanted;
	size_t i = 0, j = 0;
	int order;

	while (i < now->n_peers || j < wanted->n_peers) {
		order = i == now->n_peers ? 1 : j == wanted->n_peers ? -1 :
			addr_compare(&now->peers[i].addr,
				     &wanted->peers[j].addr);
		diff_peer(diff, order <= 0 ? &now->peers[i] : NULL,
			  order >= 0 ? &wanted->peers[j] : NULL);
		i += order <= 0;
		j += order >= 0;
	}
}

static void diff_settings(struct diff *diff)
{
	const struct change change = {
		.kind = CHANGE_SET,
		.object = "settings",
		.keywords = settings_keywords,
		.before = &diff->now->settings,
		.after = &diff->wanted->settings,
	};

	diff_tell_values(diff, &change);
}

size_t conf_diff(const struct conf *conf, const struct model *now,
		 conf_change_fn *fn, void *arg)
{
	struct diff diff = {
		.now = now, .wanted = &conf->model, .fn = fn, .arg = arg,
	};

	if (conf->model.settings.given)
		diff_settings(&diff);
	if (conf->has_ingresses)
		diff_ingresses(&diff);
	if (conf->has_announces)
		diff_announces(&diff);
	if (conf->has_peers)
		diff_peers(&diff);
	diff_services(&diff);
	return diff.n;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Events of the configuration, from the layers that change it to netlink,
 * which stands above them.
 */
#include "kmod/event.h"

static BLOCKING_NOTIFIER_HEAD(dsr_event_chain);

/**
 * dsr_event_emit() - tell the subscribers of a change
 * @type: what kind
 * @event: what changed
 *
 * Context: process, may sleep, under the namespace's configuration mutex.
 */
void dsr_event_emit(enum dsr_event_type type, const struct dsr_event *event)
{
	blocking_notifier_call_chain(&dsr_event_chain, type, (void *)event);
}

/**
 * dsr_event_subscribe() - have a notifier called for each event
 * @nb: the notifier; its action is an enum dsr_event_type, its data a
 *	struct dsr_event
 *
 * Context: process, may sleep.
 */
void dsr_event_subscribe(struct notifier_block *nb)
{
	blocking_notifier_chain_register(&dsr_event_chain, nb);
}

/**
 * dsr_event_unsubscribe() - undo dsr_event_subscribe()
 * @nb: the notifier; no call of it runs any more on return
 *
 * Context: process, may sleep.
 */
void dsr_event_unsubscribe(struct notifier_block *nb)
{
	blocking_notifier_chain_unregister(&dsr_event_chain, nb);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * A whole configuration put in place of another one, by what becomes of
 * packets before, after, and meanwhile.
 */
#include <net/tcp.h>
#include "kmod/config.h"
#include "tests/kunit/lab.h"

#define OWNER	7
#define SERVERS	3

/* Servers at 3:2:1. */
static const struct dsr_lab_service config_web = {
	"web", IPPROTO_TCP, DSR_LAB_VIP, 0, { { 80, 80 } },
	.servers = SERVERS,
};

static const struct dsr_lab_service config_dns = {
	"dns", IPPROTO_UDP, DSR_LAB_VIP, 0, { { 53, 53 } }, .servers = 2,
};

static const struct dsr_lab_service config_group = {
	"group", IPPROTO_TCP, DSR_LAB_VIP, 0, { { 20, 21 }, { 2000, 2999 } },
	.servers = 2,
};

static const struct dsr_lab_service config_prefix = {
	"prefix", 0, DSR_IP(192, 0, 2, 0), 8, .servers = 1,
};

static const struct dsr_lab_service config_mark = {
	"mark", .fwmark = 7, .servers = 1,
};

/**
 * struct config - a test
 * @test: itself
 * @lab: the director
 * @family: of its services
 * @nb: takes down the events
 * @events: of services A, B and C if they are added, set and deleted; of
 *	servers a, b and c
 * @probe: a packet that is sent with each event, unless its family is 0
 * @to: the servers that these went to, as digits, - for none
 * @extack: told of refusals
 */
struct config {
	struct kunit		*test;
	struct dsr_lab		*lab;
	u8			family;
	struct notifier_block	nb;
	char			events[64];
	struct dsr_build	probe;
	char			to[64];
	struct netlink_ext_ack	extack;
};

/* The one whose packets are sent while a scheduler is asked, or NULL. */
static struct config *config_asked;

static void config_send_probe(struct config *t)
{
	size_t n = strlen(t->to);
	int to;

	if (!t->probe.family || n + 1 == sizeof(t->to))
		return;
	dsr_lab_receive(t->test, t->lab, &t->probe);
	to = dsr_lab_sent_to(t->lab);
	t->to[n] = to < 0 ? '-' : '0' + to;
}

static int config_event(struct notifier_block *nb, unsigned long type,
			void *data)
{
	struct config *t = container_of(nb, struct config, nb);
	size_t n = strlen(t->events);

	if (n + 1 < sizeof(t->events))
		t->events[n] = "ABCabc"[type];
	config_send_probe(t);
	return NOTIFY_DONE;
}

/* It fails, after a packet was sent if a test wants that. */
static struct dsr_sched *config_fail(const struct dsr_sched_server *servers,
				     unsigned int n,
				     const struct dsr_sched_conf *conf,
				     const struct dsr_sched *old)
{
	if (config_asked)
		config_send_probe(config_asked);
	return NULL;
}

static const struct dsr_sched_ops config_failing = {
	.name	= "failing",
	.build	= config_fail,
};

/* Round robin that sends a packet while it is asked. */
static struct dsr_sched *config_probe(const struct dsr_sched_server *servers,
				      unsigned int n,
				      const struct dsr_sched_conf *conf,
				      const struct dsr_sched *old)
{
	config_fail(servers, n, conf, old);
	return dsr_sched_rr.build(servers, n, conf, NULL);
}

static const struct dsr_sched_ops config_probing = {
	.name	= "probing",
	.build	= config_probe,
};

static void config_end(void *data)
{
	struct config *t = data;
	struct dsr_config *config;

	config_asked = NULL;
	dsr_event_unsubscribe(&t->nb);
	mutex_lock(&t->lab->dn->lock);
	config = dsr_config_find(t->lab->dn, OWNER);
	if (config)
		dsr_config_discard(config);
	mutex_unlock(&t->lab->dn->lock);
}

static struct config *config_start(struct kunit *test)
{
	struct config *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->test = test;
	t->lab = dsr_lab_start(test);
	t->family = dsr_lab_family(test);
	t->nb.notifier_call = config_event;
	dsr_event_subscribe(&t->nb);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, config_end, t),
			0);
	return t;
}

/* Staging */

static int config_begin(struct config *t, u32 owner)
{
	int err;

	mutex_lock(&t->lab->dn->lock);
	err = dsr_config_begin(t->lab->dn, owner, &t->extack);
	mutex_unlock(&t->lab->dn->lock);
	return err;
}

static struct dsr_service_conf config_conf(struct config *t,
					   const struct dsr_lab_service *s)
{
	struct dsr_service_conf conf = { .key = dsr_lab_key(s, t->family) };

	dsr_service_defaults(&conf.key, &conf.opt);
	conf.opt.sched = s->sched ?: DSR_SCHED_DEFAULT;
	conf.opt.echo = s->echo;
	conf.opt.timeout[DSR_FLOW_STATE_PERSIST] = 0;
	return conf;
}

static int config_add_conf(struct config *t,
			   const struct dsr_service_conf *conf, bool keyed)
{
	struct dsr_net *dn = t->lab->dn;
	int err;

	t->extack._msg = NULL;
	mutex_lock(&dn->lock);
	err = dsr_config_add_service(dsr_config_find(dn, OWNER), conf, keyed,
				     &t->extack);
	mutex_unlock(&dn->lock);
	return err;
}

static int config_add_service(struct config *t, const struct dsr_lab_service *s)
{
	struct dsr_service_conf conf = config_conf(t, s);

	return config_add_conf(t, &conf, false);
}

static struct dsr_server_conf config_server(struct config *t,
					    const struct dsr_lab_service *s,
					    unsigned int i)
{
	return dsr_lab_server(t->lab, s, s->fwmark ? AF_INET : t->family, i);
}

static int config_add_server(struct config *t, const struct dsr_lab_service *s,
			     const struct dsr_server_conf *conf)
{
	struct dsr_service_key key = dsr_lab_key(s, t->family);
	struct dsr_net *dn = t->lab->dn;
	int err;

	t->extack._msg = NULL;
	mutex_lock(&dn->lock);
	err = dsr_config_add_server(dsr_config_find(dn, OWNER), &key, conf,
				    &t->extack);
	mutex_unlock(&dn->lock);
	return err;
}

/* The servers of a service from the first to before the last. */
static void config_add_servers(struct config *t,
			       const struct dsr_lab_service *s,
			       unsigned int first, unsigned int last)
{
	struct dsr_server_conf conf;
	unsigned int i;

	for (i = first; i < last; i++) {
		conf = config_server(t, s, i);
		KUNIT_ASSERT_EQ(t->test, config_add_server(t, s, &conf), 0);
	}
}

/* A service with its servers, as they are. */
static void config_add(struct config *t, const struct dsr_lab_service *s)
{
	KUNIT_ASSERT_EQ(t->test, config_add_service(t, s), 0);
	config_add_servers(t, s, 0, s->servers);
}

static int config_commit(struct config *t, const u32 *generation)
{
	struct dsr_net *dn = t->lab->dn;
	int err;

	memset(t->events, 0, sizeof(t->events));
	memset(t->to, 0, sizeof(t->to));
	t->extack._msg = NULL;
	mutex_lock(&dn->lock);
	err = dsr_config_commit(dsr_config_find(dn, OWNER), generation,
				&t->extack);
	KUNIT_EXPECT_NULL(t->test, dsr_config_find(dn, OWNER));
	mutex_unlock(&dn->lock);
	return err;
}

/* Of these services, ended by NULL. */
static void config_put_all(struct config *t, const struct dsr_lab_service **s)
{
	KUNIT_ASSERT_EQ(t->test, config_begin(t, OWNER), 0);
	for (; *s; s++)
		config_add(t, *s);
	KUNIT_ASSERT_EQ(t->test, config_commit(t, NULL), 0);
}

#define config_put(t, ...) \
	config_put_all(t, (const struct dsr_lab_service *[]){ __VA_ARGS__, \
							      NULL })

/* What there is */

/**
 * struct config_state - what no commit may change that fails
 * @generation: of the configuration
 * @map: what packets see
 * @services: how many there are
 * @servers: how many they have
 * @view: of config_web
 */
struct config_state {
	u32			generation;
	const struct dsr_map	*map;
	unsigned int		services;
	unsigned int		servers;
	const struct dsr_view	*view;
};

static struct dsr_service *config_service(struct config *t,
					  const struct dsr_lab_service *s)
{
	return dsr_lab_find(t->lab, s, t->family);
}

static const struct dsr_view *config_view(struct config *t,
					  const struct dsr_lab_service *s)
{
	const struct dsr_service *service = config_service(t, s);
	const struct dsr_view *view = NULL;

	mutex_lock(&t->lab->dn->lock);
	if (service)
		view = dsr_pernet_seen(t->lab->dn, service);
	mutex_unlock(&t->lab->dn->lock);
	return view;
}

static struct config_state config_state(struct config *t)
{
	struct dsr_net *dn = t->lab->dn;

	return (struct config_state) {
		.generation = dn->generation,
		.map = rcu_access_pointer(dn->map),
		.services = dn->n_services, .servers = dn->servers.n,
		.view = config_view(t, &config_web),
	};
}

static void config_expect_state(struct config *t,
				const struct config_state *want)
{
	struct config_state got = config_state(t);

	KUNIT_EXPECT_EQ(t->test, got.generation, want->generation);
	KUNIT_EXPECT_PTR_EQ(t->test, got.map, want->map);
	KUNIT_EXPECT_EQ(t->test, got.services, want->services);
	KUNIT_EXPECT_EQ(t->test, got.servers, want->servers);
	KUNIT_EXPECT_PTR_EQ(t->test, got.view, want->view);
	KUNIT_EXPECT_STREQ(t->test, t->events, "");
}

static struct dsr_server *config_find(struct config *t,
				      const struct dsr_lab_service *s,
				      unsigned int i)
{
	struct dsr_server_conf conf = config_server(t, s, i);

	return dsr_pernet_find_server(config_service(t, s), &conf, NULL);
}

static struct dsr_build config_packet(struct config *t,
				      const struct dsr_lab_service *s,
				      u16 sport, u8 flags)
{
	return (struct dsr_build) {
		.family = t->family, .protocol = s->protocol ?: IPPROTO_TCP,
		.saddr = DSR_LAB_CLIENT, .daddr = s->vip ?: DSR_LAB_LOCAL,
		.sport = sport, .dport = s->ports[0].first ?: 7,
		.flags = flags, .mark = s->fwmark,
	};
}

/* The server that a packet goes to, or -1. */
static int config_send(struct config *t, const struct dsr_lab_service *s,
		       u16 sport, u8 flags)
{
	struct dsr_build b = config_packet(t, s, sport, flags);
	int to;

	dsr_lab_receive(t->test, t->lab, &b);
	to = dsr_lab_sent_to(t->lab);
	dsr_lab_flush(t->lab);
	return to;
}

static u64 config_count(struct config *t, const struct dsr_lab_service *s)
{
	struct dsr_stats_sum sum;

	dsr_lab_sum(t->lab, s, t->family, &sum);
	return sum.packets[DSR_REASON_FORWARDED];
}

/* The cases */

/* What is staged is seen when it is committed, and not before. */
static void config_from_nothing(struct kunit *test)
{
	struct config *t = config_start(test);
	u32 generation = t->lab->dn->generation;

	KUNIT_ASSERT_EQ(test, config_begin(t, OWNER), 0);
	config_add(t, &config_web);
	config_add(t, &config_dns);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 1, TCPHDR_SYN), -1);
	KUNIT_EXPECT_EQ(test, t->lab->dn->n_services, 0);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(t->lab->dn->flows));
	KUNIT_EXPECT_STREQ(test, t->events, "");

	KUNIT_EXPECT_EQ(test, config_commit(t, &generation), 0);
	KUNIT_EXPECT_STREQ(test, t->events, "AaaaAaa");
	KUNIT_EXPECT_EQ(test, t->lab->dn->generation, generation + 1);
	KUNIT_EXPECT_EQ(test, t->lab->dn->n_services, 2);
	KUNIT_EXPECT_EQ(test, t->lab->dn->servers.n, 5);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 1, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 2, TCPHDR_SYN), 1);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_dns, 1, 0), 0);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 1, TCPHDR_ACK), 0);
	KUNIT_EXPECT_EQ(test, config_find(t, &config_web, 0)->share, 3);
}

/* To nothing: the hooks are off as before, and can be on again. */
static void config_to_nothing(struct kunit *test)
{
	struct config *t = config_start(test);

	config_put(t, &config_web, &config_dns);
	KUNIT_ASSERT_EQ(test, config_begin(t, OWNER), 0);
	KUNIT_EXPECT_EQ(test, config_commit(t, NULL), 0);
	KUNIT_EXPECT_STREQ(test, t->events, "CC");
	KUNIT_EXPECT_EQ(test, t->lab->dn->n_services, 0);
	KUNIT_EXPECT_EQ(test, t->lab->dn->servers.n, 0);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(t->lab->dn->map));
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(t->lab->dn->flows));
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 1, TCPHDR_SYN), -1);
	KUNIT_EXPECT_NULL(test, config_service(t, &config_web));

	KUNIT_ASSERT_EQ(test, config_begin(t, OWNER), 0);
	KUNIT_EXPECT_EQ(test, config_commit(t, NULL), 0);
	KUNIT_EXPECT_STREQ(test, t->events, "");
	config_put(t, &config_web);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 1, TCPHDR_SYN), 0);
}

/* What runs already is left as it is, whoever has made it. */
static void config_same(struct kunit *test)
{
	struct config *t = config_start(test);
	struct config_state before;

	KUNIT_ASSERT_EQ(test, dsr_lab_add(t->lab, &config_web, t->family), 0);
	KUNIT_ASSERT_EQ(test, dsr_lab_add(t->lab, &config_dns, t->family), 0);
	before = config_state(t);
	config_put(t, &config_web, &config_dns);
	config_expect_state(t, &before);
	config_put(t, &config_web, &config_dns);
	config_expect_state(t, &before);
}

/* A service that does not change goes on in its round, with its flows. */
static void config_keeps(struct kunit *test)
{
	struct config *t = config_start(test);
	const struct dsr_view *web, *dns;

	config_put(t, &config_web, &config_dns);
	web = config_view(t, &config_web);
	dns = config_view(t, &config_dns);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 1, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 2, TCPHDR_SYN), 1);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 3, TCPHDR_SYN), 0);

	KUNIT_ASSERT_EQ(test, config_begin(t, OWNER), 0);
	config_add(t, &config_web);
	KUNIT_ASSERT_EQ(test, config_add_service(t, &config_dns), 0);
	config_add_servers(t, &config_dns, 0, 1);
	KUNIT_EXPECT_EQ(test, config_commit(t, NULL), 0);
	KUNIT_EXPECT_STREQ(test, t->events, "c");
	KUNIT_EXPECT_PTR_EQ(test, config_view(t, &config_web), web);
	KUNIT_EXPECT_PTR_NE(test, config_view(t, &config_dns), dns);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 4, TCPHDR_SYN), 2);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 2, TCPHDR_ACK), 1);
	KUNIT_EXPECT_EQ(test, config_count(t, &config_web), 5);
	KUNIT_EXPECT_EQ(test, t->lab->dn->servers.n, 4);
}

/* So does one of which something changes, as with single changes. */
static void config_weights(struct kunit *test)
{
	struct config *t = config_start(test);
	struct dsr_server_conf conf;
	struct dsr_service *service;
	u32 id;

	config_put(t, &config_web);
	service = config_service(t, &config_web);
	id = config_find(t, &config_web, 1)->id;
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 1, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 2, TCPHDR_SYN), 1);

	/* Equal ones now: the next of a b c, a third of which has gone by. */
	KUNIT_ASSERT_EQ(test, config_begin(t, OWNER), 0);
	KUNIT_ASSERT_EQ(test, config_add_service(t, &config_web), 0);
	conf = config_server(t, &config_web, 0);
	conf.set &= ~DSR_SET_WEIGHT;
	KUNIT_ASSERT_EQ(test, config_add_server(t, &config_web, &conf), 0);
	conf = config_server(t, &config_web, 1);
	conf.weight = 1;
	KUNIT_ASSERT_EQ(test, config_add_server(t, &config_web, &conf), 0);
	config_add_servers(t, &config_web, 2, 3);
	KUNIT_EXPECT_EQ(test, config_commit(t, NULL), 0);
	KUNIT_EXPECT_STREQ(test, t->events, "bb");
	KUNIT_EXPECT_PTR_EQ(test, config_service(t, &config_web), service);
	KUNIT_EXPECT_EQ(test, config_find(t, &config_web, 1)->id, id);
	KUNIT_EXPECT_EQ(test, config_find(t, &config_web, 0)->weight, 1);
	KUNIT_EXPECT_EQ(test, config_find(t, &config_web, 0)->share, 1);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 3, TCPHDR_SYN), 1);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 4, TCPHDR_SYN), 2);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 5, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 2, TCPHDR_ACK), 1);
	KUNIT_EXPECT_EQ(test, config_count(t, &config_web), 6);
}

/* Of the servers one goes, one comes, and one stays with its flows. */
static void config_servers(struct kunit *test)
{
	struct config *t = config_start(test);
	struct dsr_lab_service web = config_web;
	u32 id;

	config_put(t, &config_web);
	id = config_find(t, &config_web, 1)->id;
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 1, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 2, TCPHDR_SYN), 1);

	KUNIT_ASSERT_EQ(test, config_begin(t, OWNER), 0);
	KUNIT_ASSERT_EQ(test, config_add_service(t, &config_web), 0);
	config_add_servers(t, &config_web, 1, 3);
	web.servers = 4;
	config_add_servers(t, &web, 3, 4);
	KUNIT_EXPECT_EQ(test, config_commit(t, NULL), 0);
	KUNIT_EXPECT_STREQ(test, t->events, "ca");
	KUNIT_EXPECT_EQ(test, t->lab->dn->servers.n, 3);
	KUNIT_EXPECT_EQ(test, config_find(t, &config_web, 1)->id, id);
	KUNIT_EXPECT_NULL(test, config_find(t, &config_web, 0));
	KUNIT_EXPECT_NOT_NULL(test, config_find(t, &web, 3));
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 2, TCPHDR_ACK), 1);
	KUNIT_EXPECT_GT(test, config_send(t, &config_web, 1, TCPHDR_ACK), 0);
}

/* config_dns and config_web, whose servers begin with the second one. */
static void config_put_turned(struct config *t)
{
	KUNIT_ASSERT_EQ(t->test, config_begin(t, OWNER), 0);
	config_add(t, &config_dns);
	KUNIT_ASSERT_EQ(t->test, config_add_service(t, &config_web), 0);
	config_add_servers(t, &config_web, 1, 3);
	config_add_servers(t, &config_web, 0, 1);
	KUNIT_EXPECT_EQ(t->test, config_commit(t, NULL), 0);
	KUNIT_EXPECT_STREQ(t->test, t->events, "");
}

/* Services and servers stand in the order in which they were staged. */
static void config_order(struct kunit *test)
{
	struct config *t = config_start(test);
	struct list_head *services = &t->lab->dn->services;
	const struct dsr_view *dns, *web;
	u32 generation;

	config_put(t, &config_web, &config_dns);
	generation = t->lab->dn->generation;
	web = config_view(t, &config_web);
	dns = config_view(t, &config_dns);
	config_put(t, &config_dns, &config_web);
	KUNIT_EXPECT_STREQ(test, t->events, "");
	KUNIT_EXPECT_EQ(test, t->lab->dn->generation, generation + 1);
	KUNIT_EXPECT_PTR_EQ(test, list_first_entry(services, struct dsr_service,
						   list),
			    config_service(t, &config_dns));
	KUNIT_EXPECT_PTR_EQ(test, config_view(t, &config_web), web);
	KUNIT_EXPECT_PTR_EQ(test, config_view(t, &config_dns), dns);

	config_put_turned(t);
	KUNIT_EXPECT_EQ(test, t->lab->dn->generation, generation + 2);
	KUNIT_EXPECT_PTR_NE(test, config_view(t, &config_web), web);
	KUNIT_EXPECT_PTR_EQ(test, config_view(t, &config_dns), dns);
	KUNIT_EXPECT_PTR_EQ(test,
			    list_last_entry(&config_service(t, &config_web)->servers,
					    struct dsr_server, list),
			    config_find(t, &config_web, 0));
	/* In their order of now they are as they are. */
	config_put_turned(t);
	KUNIT_EXPECT_EQ(test, t->lab->dn->generation, generation + 2);
}

/* Options change; the hash key only if it is given. */
static void config_options(struct kunit *test)
{
	struct config *t = config_start(test);
	struct dsr_service_conf conf;
	siphash_key_t key;

	config_put(t, &config_web);
	key = config_service(t, &config_web)->opt.hash_key;
	conf = config_conf(t, &config_web);
	KUNIT_EXPECT_NE(test, conf.opt.hash_key.key[0], key.key[0]);
	conf.opt.timeout[DSR_FLOW_STATE_SYN] = 10;
	conf.opt.sched = &dsr_sched_maglev;

	KUNIT_ASSERT_EQ(test, config_begin(t, OWNER), 0);
	KUNIT_ASSERT_EQ(test, config_add_conf(t, &conf, false), 0);
	config_add_servers(t, &config_web, 0, 3);
	KUNIT_EXPECT_EQ(test, config_commit(t, NULL), 0);
	KUNIT_EXPECT_STREQ(test, t->events, "B");
	KUNIT_EXPECT_MEMEQ(test, &config_service(t, &config_web)->opt.hash_key,
			   &key, sizeof(key));
	KUNIT_EXPECT_EQ(test, config_service(t, &config_web)->opt.timeout[0],
			10);
	KUNIT_EXPECT_PTR_EQ(test, config_view(t, &config_web)->sched->ops,
			    &dsr_sched_maglev);

	KUNIT_ASSERT_EQ(test, config_begin(t, OWNER), 0);
	KUNIT_ASSERT_EQ(test, config_add_conf(t, &conf, true), 0);
	config_add_servers(t, &config_web, 0, 3);
	KUNIT_EXPECT_EQ(test, config_commit(t, NULL), 0);
	KUNIT_EXPECT_STREQ(test, t->events, "B");
	KUNIT_EXPECT_MEMEQ(test, &config_service(t, &config_web)->opt.hash_key,
			   &conf.opt.hash_key, sizeof(key));
	KUNIT_EXPECT_EQ(test, config_view(t, &config_web)->hash_key.key[0],
			conf.opt.hash_key.key[0]);
}

/* By another MAC address a server is the same one, and so are its flows. */
static void config_mac(struct kunit *test)
{
	struct config *t = config_start(test);
	struct dsr_server_conf conf;
	u32 id;

	config_put(t, &config_web);
	id = config_find(t, &config_web, 0)->id;
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 1, TCPHDR_SYN), 0);
	KUNIT_ASSERT_EQ(test, config_begin(t, OWNER), 0);
	KUNIT_ASSERT_EQ(test, config_add_service(t, &config_web), 0);
	conf = config_server(t, &config_web, 0);
	conf.mac[5] = 9;
	KUNIT_ASSERT_EQ(test, config_add_server(t, &config_web, &conf), 0);
	config_add_servers(t, &config_web, 1, 3);
	KUNIT_EXPECT_EQ(test, config_commit(t, NULL), 0);
	KUNIT_EXPECT_STREQ(test, t->events, "b");
	KUNIT_EXPECT_EQ(test, config_find(t, &config_web, 0)->id, id);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 1, TCPHDR_ACK), 9);

	/* One that is not to be sent to: it is left out from the first on. */
	KUNIT_ASSERT_EQ(test, config_begin(t, OWNER), 0);
	KUNIT_ASSERT_EQ(test, config_add_service(t, &config_web), 0);
	memcpy(conf.mac, t->lab->out->dev_addr, ETH_ALEN);
	KUNIT_ASSERT_EQ(test, config_add_server(t, &config_web, &conf), 0);
	config_add_servers(t, &config_web, 1, 3);
	KUNIT_EXPECT_EQ(test, config_commit(t, NULL), 0);
	KUNIT_EXPECT_EQ(test, config_find(t, &config_web, 0)->nexthop.state,
			DSR_NEXTHOP_STATE_OWN_MAC);
	KUNIT_EXPECT_EQ(test, config_view(t, &config_web)->n, 2);
	KUNIT_EXPECT_GT(test, config_send(t, &config_web, 1, TCPHDR_ACK), 0);
}

/* One server is put down and another one up again. */
static void config_down(struct kunit *test)
{
	struct config *t = config_start(test);
	struct dsr_server_conf conf;
	unsigned int i, down;

	for (down = 0; down < 2; down++) {
		KUNIT_ASSERT_EQ(test, config_begin(t, OWNER), 0);
		KUNIT_ASSERT_EQ(test, config_add_service(t, &config_dns), 0);
		for (i = 0; i < 2; i++) {
			conf = config_server(t, &config_dns, i);
			conf.down = i == down;
			conf.set |= DSR_SET_DOWN;
			KUNIT_ASSERT_EQ(test, config_add_server(t, &config_dns,
								&conf), 0);
		}
		KUNIT_EXPECT_EQ(test, config_commit(t, NULL), 0);
		KUNIT_EXPECT_STREQ(test, t->events, down ? "bb" : "Aaa");
		KUNIT_EXPECT_EQ(test, config_send(t, &config_dns, 1, 0),
				!down);
		KUNIT_EXPECT_EQ(test, config_find(t, &config_dns, down)->share,
				0);
	}
}

/* While a commit is on its way packets see the old, and then the new. */
static void config_meanwhile(struct kunit *test)
{
	struct config *t = config_start(test);
	struct dsr_lab_service web = config_web;

	config_put(t, &config_web, &config_dns);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 1, TCPHDR_SYN), 0);
	t->probe = config_packet(t, &config_web, 1, TCPHDR_ACK);
	config_asked = t;

	/* Asked once, before; events of an option and three servers. */
	web.sched = &config_probing;
	KUNIT_ASSERT_EQ(test, config_begin(t, OWNER), 0);
	KUNIT_ASSERT_EQ(test, config_add_service(t, &web), 0);
	config_add_servers(t, &web, 1, 3);
	KUNIT_EXPECT_EQ(test, config_commit(t, NULL), 0);
	KUNIT_EXPECT_STREQ(test, t->events, "CBc");
	/* It was with the server that is gone; with each event it is not. */
	KUNIT_EXPECT_EQ(test, strlen(t->to), 4);
	KUNIT_EXPECT_EQ(test, t->to[0], '0');
	KUNIT_EXPECT_TRUE(test, t->to[1] == '1' || t->to[1] == '2');
	KUNIT_EXPECT_EQ(test, t->to[2], t->to[1]);
	KUNIT_EXPECT_EQ(test, t->to[3], t->to[1]);
	config_asked = NULL;

	/* A service that comes; the other one goes. */
	config_put(t, &config_web);
	t->probe = config_packet(t, &config_dns, 1, 0);
	config_asked = t;
	KUNIT_ASSERT_EQ(test, config_begin(t, OWNER), 0);
	web.sched = NULL;
	web.ports[0].first = 79;
	KUNIT_ASSERT_EQ(test, config_add_service(t, &web), 0);
	web = config_dns;
	web.sched = &config_probing;
	KUNIT_ASSERT_EQ(test, config_add_service(t, &web), 0);
	config_add_servers(t, &web, 1, 2);
	KUNIT_EXPECT_EQ(test, config_commit(t, NULL), 0);
	KUNIT_EXPECT_STREQ(test, t->events, "CAAa");
	KUNIT_EXPECT_STREQ(test, t->to, "-1111");
}

/* What fails on the way changes nothing, be it the first or not. */
static void config_fails(struct kunit *test)
{
	struct config *t = config_start(test);
	struct dsr_lab_service web = config_web, dns = config_dns;
	struct config_state before = config_state(t);
	struct dsr_server_conf conf;
	u32 share;

	dns.sched = &config_failing;
	KUNIT_ASSERT_EQ(test, config_begin(t, OWNER), 0);
	config_add(t, &config_web);
	config_add(t, &dns);
	KUNIT_EXPECT_EQ(test, config_commit(t, NULL), -ENOMEM);
	config_expect_state(t, &before);

	config_put(t, &config_web, &config_group);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 1, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 2, TCPHDR_SYN), 1);
	before = config_state(t);
	share = config_find(t, &config_web, 0)->share;
	memset(t->events, 0, sizeof(t->events));
	t->probe = config_packet(t, &config_web, 1, TCPHDR_ACK);
	config_asked = t;

	/* Another scheduler, servers that change, go and come; and then dns. */
	web.sched = &dsr_sched_sh;
	KUNIT_ASSERT_EQ(test, config_begin(t, OWNER), 0);
	KUNIT_ASSERT_EQ(test, config_add_service(t, &web), 0);
	conf = config_server(t, &web, 0);
	conf.weight = 7;
	conf.mac[5] = 9;
	conf.down = true;
	conf.set |= DSR_SET_DOWN;
	KUNIT_ASSERT_EQ(test, config_add_server(t, &web, &conf), 0);
	web.servers = 4;
	config_add_servers(t, &web, 2, 4);
	config_add(t, &dns);
	config_add(t, &config_prefix);
	KUNIT_EXPECT_EQ(test, config_commit(t, NULL), -ENOMEM);
	KUNIT_EXPECT_STREQ(test, t->to, "0");
	config_asked = NULL;
	config_expect_state(t, &before);
	KUNIT_EXPECT_EQ(test, config_find(t, &config_web, 0)->share, share);
	KUNIT_EXPECT_EQ(test, config_find(t, &config_web, 0)->weight, 3);
	KUNIT_EXPECT_NOT_NULL(test, config_find(t, &config_web, 1));
	KUNIT_EXPECT_NULL(test, config_find(t, &web, 3));
	KUNIT_EXPECT_NULL(test, config_service(t, &config_dns));
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 1, TCPHDR_ACK), 0);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 2, TCPHDR_ACK), 1);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 3, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_web, 4, TCPHDR_SYN), 2);
}

/* Prefixes, marks and groups: all of them at once, and then others. */
static void config_kinds(struct kunit *test)
{
	struct config *t = config_start(test);
	struct dsr_lab_service other = config_prefix;

	config_put(t, &config_mark, &config_prefix, &config_group, &config_web);
	KUNIT_EXPECT_STREQ(test, t->events, "AaAaAaaAaaa");
	KUNIT_EXPECT_EQ(test, config_send(t, &config_mark, 1, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_prefix, 1, TCPHDR_SYN),
			0);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_group, 1, TCPHDR_SYN), 0);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_group, 2, TCPHDR_SYN), 1);

	other.free_bits = 7;
	config_put(t, &config_group, &other);
	KUNIT_EXPECT_STREQ(test, t->events, "CCCAa");
	KUNIT_EXPECT_EQ(test, config_send(t, &config_mark, 1, TCPHDR_ACK), -1);
	KUNIT_EXPECT_EQ(test, config_send(t, &config_group, 2, TCPHDR_ACK), 1);
	KUNIT_EXPECT_EQ(test, config_send(t, &other, 1, TCPHDR_SYN), 0);
	/* Keys and claims are those of now. */
	KUNIT_EXPECT_NULL(test, config_service(t, &config_prefix));
	KUNIT_EXPECT_EQ(test, dsr_lab_add(t->lab, &config_group, t->family),
			-EEXIST);
	KUNIT_EXPECT_EQ(test, dsr_lab_add(t->lab, &config_prefix, t->family),
			0);
	KUNIT_EXPECT_EQ(test, dsr_lab_del(t->lab, &config_prefix, t->family),
			0);
	KUNIT_EXPECT_EQ(test, dsr_lab_del(t->lab, &config_group, t->family),
			0);
	KUNIT_EXPECT_EQ(test, dsr_lab_add(t->lab, &config_mark, t->family), 0);
}

/* Expects a refusal. */
static void config_expect(struct config *t, int got, int want, const char *msg)
{
	KUNIT_EXPECT_EQ_MSG(t->test, got, want, "%s", msg);
	KUNIT_EXPECT_STREQ(t->test, t->extack._msg ?: "", msg);
}

/* An item is refused by what is staged, as a single change by what runs. */
static void config_refuses(struct kunit *test)
{
	struct config *t = config_start(test);
	struct dsr_lab_service overlap = config_group;
	struct dsr_server_conf conf;
	struct config_state before;

	config_put(t, &config_web);
	memset(t->events, 0, sizeof(t->events));
	before = config_state(t);
	KUNIT_ASSERT_EQ(test, config_begin(t, OWNER), 0);
	conf = config_server(t, &config_web, 0);
	/* It runs, but it is not staged. */
	config_expect(t, config_add_server(t, &config_web, &conf), -ENOENT,
		      "no such service: add it first, or see which there are");
	KUNIT_EXPECT_EQ(test, config_add_service(t, &config_web), 0);
	config_expect(t, config_add_service(t, &config_web), -EEXIST,
		      "this service is there already: use set to change it");
	KUNIT_EXPECT_EQ(test, config_add_service(t, &config_group), 0);
	overlap.ports[0] = (struct dsr_port_range){ 21, 22 };
	config_expect(t, config_add_service(t, &overlap), -EEXIST,
		      "ports overlap those of another service of this address: only a range inside of another one may");
	KUNIT_EXPECT_EQ(test, config_add_server(t, &config_web, &conf), 0);
	config_expect(t, config_add_server(t, &config_web, &conf), -EEXIST,
		      "the service has this server already: use set to change it");
	KUNIT_EXPECT_EQ(test, config_add_server(t, &config_group, &conf), 0);

	conf = config_server(t, &config_web, 1);
	conf.addr = dsr_build_addr(t->family, DSR_LAB_VIP);
	config_expect(t, config_add_server(t, &config_web, &conf), -EINVAL,
		      "server address is the virtual address: give the server's own");
	conf = config_server(t, &config_web, 1);
	conf.ifindex = 99999;
	config_expect(t, config_add_server(t, &config_web, &conf), -ENODEV,
		      "ifindex: no such device in this network namespace");
	config_expect_state(t, &before);
}

/* Not even as much as fits is put in place if a part was refused. */
static void config_spoilt(struct kunit *test)
{
	struct config *t = config_start(test);
	struct config_state before;

	config_put(t, &config_web);
	memset(t->events, 0, sizeof(t->events));
	before = config_state(t);
	KUNIT_ASSERT_EQ(test, config_begin(t, OWNER), 0);
	config_add(t, &config_dns);
	mutex_lock(&t->lab->dn->lock);
	dsr_config_find(t->lab->dn, OWNER)->spoilt = true;
	mutex_unlock(&t->lab->dn->lock);
	config_expect(t, config_commit(t, NULL), -ECANCELED,
		      "a part of this configuration was refused: nothing was changed, mend it and apply again");
	config_expect_state(t, &before);
}

/* Who has not seen the last change is told so. */
static void config_generation(struct kunit *test)
{
	struct config *t = config_start(test);
	struct config_state before;
	u32 generation;

	config_put(t, &config_web);
	generation = t->lab->dn->generation;
	KUNIT_ASSERT_EQ(test, config_begin(t, OWNER), 0);
	config_add(t, &config_dns);
	KUNIT_ASSERT_EQ(test, dsr_lab_add(t->lab, &config_group, t->family), 0);
	before = config_state(t);
	memset(t->events, 0, sizeof(t->events));
	config_expect(t, config_commit(t, &generation), -EBUSY,
		      "the configuration was changed meanwhile: see what differs and apply again");
	config_expect_state(t, &before);

	generation = t->lab->dn->generation;
	KUNIT_ASSERT_EQ(test, config_begin(t, OWNER), 0);
	config_add(t, &config_dns);
	KUNIT_EXPECT_EQ(test, config_commit(t, &generation), 0);
	KUNIT_EXPECT_STREQ(test, t->events, "CCAaa");
}

/* Each has its own, up to a number of them; who begins anew begins empty. */
static void config_stagers(struct kunit *test)
{
	struct config *t = config_start(test);
	struct dsr_net *dn = t->lab->dn;
	unsigned int i;

	for (i = 0; i < DSR_CONFIGS_MAX; i++)
		KUNIT_EXPECT_EQ(test, config_begin(t, OWNER + i), 0);
	config_expect(t, config_begin(t, OWNER + i), -EBUSY,
		      "16 configurations are being staged in this network namespace: try again when one of them is done");
	config_add(t, &config_web);
	KUNIT_EXPECT_EQ(test, config_begin(t, OWNER), 0);
	config_add(t, &config_dns);
	for (i = 1; i < DSR_CONFIGS_MAX; i++)
		dsr_config_closed(dn, OWNER + i);
	dsr_config_closed(dn, OWNER + 1);
	KUNIT_EXPECT_EQ(test, config_begin(t, OWNER + i), 0);
	dsr_config_closed(dn, OWNER + i);
	KUNIT_EXPECT_EQ(test, config_commit(t, NULL), 0);
	KUNIT_EXPECT_STREQ(test, t->events, "Aaa");
}

/* Many services of one address and of many, found and compared all the same. */
static void config_many(struct kunit *test)
{
	struct config *t = config_start(test);
	struct dsr_lab_service s = config_dns;
	unsigned int i, round;
	u32 generation = 0;

	for (round = 0; round < 3; round++) {
		KUNIT_ASSERT_EQ(test, config_begin(t, OWNER), 0);
		for (i = 0; i < 1000; i++) {
			s.vip = htonl(0xc0000200 + i % 10 * (round != 2));
			s.ports[0].first = 1 + i;
			s.ports[0].last = 1 + i;
			config_add(t, &s);
		}
		KUNIT_EXPECT_EQ(test, config_commit(t, NULL), 0);
		KUNIT_EXPECT_EQ(test, t->lab->dn->n_services, 1000);
		KUNIT_EXPECT_EQ(test, t->lab->dn->servers.n, 2000);
		if (round == 1)
			KUNIT_EXPECT_EQ(test, t->lab->dn->generation,
					generation);
		generation = t->lab->dn->generation;
		KUNIT_EXPECT_EQ(test, config_send(t, &s, 1 + round, 0),
				round == 1);
	}
}

static struct kunit_case config_cases[] = {
	KUNIT_CASE_PARAM(config_from_nothing, dsr_lab_families),
	KUNIT_CASE_PARAM(config_to_nothing, dsr_lab_families),
	KUNIT_CASE_PARAM(config_same, dsr_lab_families),
	KUNIT_CASE_PARAM(config_keeps, dsr_lab_families),
	KUNIT_CASE_PARAM(config_weights, dsr_lab_families),
	KUNIT_CASE_PARAM(config_servers, dsr_lab_families),
	KUNIT_CASE_PARAM(config_order, dsr_lab_families),
	KUNIT_CASE_PARAM(config_options, dsr_lab_families),
	KUNIT_CASE_PARAM(config_mac, dsr_lab_families),
	KUNIT_CASE_PARAM(config_down, dsr_lab_families),
	KUNIT_CASE_PARAM(config_meanwhile, dsr_lab_families),
	KUNIT_CASE_PARAM(config_fails, dsr_lab_families),
	KUNIT_CASE_PARAM(config_kinds, dsr_lab_families),
	KUNIT_CASE_PARAM(config_refuses, dsr_lab_families),
	KUNIT_CASE_PARAM(config_spoilt, dsr_lab_families),
	KUNIT_CASE_PARAM(config_generation, dsr_lab_families),
	KUNIT_CASE_PARAM(config_stagers, dsr_lab_families),
	KUNIT_CASE_PARAM(config_many, dsr_lab_families),
	{}
};

static struct kunit_suite config_suite = {
	.name		= "dsr_config",
	.test_cases	= config_cases,
};

kunit_test_suite(config_suite);

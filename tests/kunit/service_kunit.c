// SPDX-License-Identifier: GPL-2.0
/*
 * The map from packets to services, and the ids of servers.
 */
#include <linux/mutex.h>
#include "kmod/claim.h"
#include "kmod/map.h"
#include "tests/kunit/lab.h"

static DEFINE_MUTEX(service_lock);

#define VIP	DSR_IP(192, 0, 2, 10)

/* A map and the views that it was made of, both anew with each service. */
struct service_set {
	struct dsr_view	*view[256];
	unsigned int	n;
	struct dsr_map	*map;
};

static struct dsr_service_key service_key(__be32 addr, u8 protocol, u16 port)
{
	return (struct dsr_service_key) {
		.addr.ip = addr, .family = AF_INET, .protocol = protocol,
		.prefix_len = 32, .n_ports = !!port, .ports = { { port, port } },
	};
}

static void service_free(void *data)
{
	dsr_service_destroy(data);
}

/* A view of a new service, which the test frees. */
static struct dsr_view *service_view(struct kunit *test,
				     const struct dsr_service_key *key,
				     enum dsr_echo echo)
{
	struct dsr_service *service;
	struct dsr_service_opt opt;
	struct dsr_view *view;

	dsr_service_defaults(key, &opt);
	opt.echo = echo;
	service = dsr_service_create(key, &opt, NULL);
	KUNIT_ASSERT_NOT_NULL(test, service);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, service_free,
							service), 0);
	view = dsr_view_create(service, &opt, &dsr_pernet(&init_net)->peers,
			       NULL);
	KUNIT_ASSERT_NOT_NULL(test, view);
	return view;
}

static void service_add_echo(struct kunit *test, struct service_set *set,
			     const struct dsr_service_key *key,
			     enum dsr_echo echo)
{
	KUNIT_ASSERT_LT(test, set->n, ARRAY_SIZE(set->view));
	set->view[set->n++] = service_view(test, key, echo);
	dsr_map_destroy(set->map);
	set->map = dsr_map_create(set->view, set->n, NULL);
	KUNIT_ASSERT_NOT_NULL(test, set->map);
}

static void service_add(struct kunit *test, struct service_set *set,
			const struct dsr_service_key *key)
{
	service_add_echo(test, set, key, DSR_ECHO_ANSWER);
}

static void service_set_free(void *data)
{
	struct service_set *set = data;
	unsigned int i;

	dsr_map_destroy(set->map);
	for (i = 0; i < set->n; i++)
		dsr_view_destroy(set->view[i]);
}

static struct service_set *service_start(struct kunit *test)
{
	struct service_set *set = kunit_kzalloc(test, sizeof(*set), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, set);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, service_set_free,
							set), 0);
	return set;
}

/* The service of a packet, asked for as the hook does, or NULL. */
static const struct dsr_service *service_lookup(const struct dsr_map *map,
						const struct dsr_tuple *tuple)
{
	const struct dsr_service *service = NULL;
	const struct dsr_vip *vip;
	struct dsr_view *view = NULL;

	rcu_read_lock();
	vip = tuple->family == AF_INET ?
	      dsr_map_vip4(map, tuple->daddr.ip) :
	      dsr_map_vip6(map, &tuple->daddr.in6);
	if (vip)
		view = dsr_map_lookup(map, vip, tuple);
	if (view)
		service = view->service;
	rcu_read_unlock();
	return service;
}

static const struct dsr_service *service_of(const struct dsr_map *map,
					    __be32 daddr, u8 protocol, u16 port)
{
	const struct dsr_tuple tuple = {
		.daddr.ip = daddr, .dport = htons(port), .protocol = protocol,
		.family = AF_INET,
	};

	return service_lookup(map, &tuple);
}

/* Address, protocol and port all count. */
static void service_exact(struct kunit *test)
{
	struct dsr_service_key key = service_key(VIP, IPPROTO_TCP, 80);
	struct service_set *set = service_start(test);
	const struct dsr_service *service;

	service_add(test, set, &key);
	service = service_of(set->map, VIP, IPPROTO_TCP, 80);
	KUNIT_ASSERT_NOT_NULL(test, service);
	KUNIT_EXPECT_MEMEQ(test, &service->key, &key, sizeof(key));
	KUNIT_EXPECT_NULL(test, service_of(set->map, VIP, IPPROTO_TCP, 81));
	KUNIT_EXPECT_NULL(test, service_of(set->map, VIP, IPPROTO_TCP, 79));
	KUNIT_EXPECT_NULL(test, service_of(set->map, VIP, IPPROTO_UDP, 80));
	KUNIT_EXPECT_NULL(test, service_of(set->map, DSR_IP(192, 0, 2, 11),
					   IPPROTO_TCP, 80));
}

/* Many services in no order, on few addresses: all found, none mistaken. */
static void service_many(struct kunit *test)
{
	static const u8 protocols[] = { IPPROTO_UDP, IPPROTO_TCP };
	struct service_set *set = service_start(test);
	const struct dsr_service *service;
	struct dsr_service_key key;
	unsigned int i;
	__be32 addr;
	u16 port;

	for (i = 0; i < 200; i++) {
		addr = htonl(0xc0000200 + i * 7 % 20);
		port = 1 + i * 7919 % 60000;
		key = service_key(addr, protocols[i % 2], port);
		service_add(test, set, &key);
	}
	KUNIT_EXPECT_EQ(test, set->map->n, 200);
	for (i = 0; i < 200; i++) {
		addr = htonl(0xc0000200 + i * 7 % 20);
		port = 1 + i * 7919 % 60000;
		key = service_key(addr, protocols[i % 2], port);
		service = service_of(set->map, addr, protocols[i % 2], port);
		KUNIT_ASSERT_NOT_NULL(test, service);
		KUNIT_EXPECT_MEMEQ(test, &service->key, &key, sizeof(key));
		KUNIT_EXPECT_NULL(test, service_of(set->map, addr,
						   protocols[!(i % 2)], port));
	}
	KUNIT_EXPECT_NULL(test, service_of(set->map, htonl(0xc0000200 + 20),
					   IPPROTO_TCP, 1));
}

/* A map without a service has the others still, and the old one all. */
static void service_delete(struct kunit *test)
{
	struct dsr_service_key a = service_key(VIP, IPPROTO_TCP, 80);
	struct dsr_service_key b = service_key(VIP, IPPROTO_TCP, 443);
	struct service_set *set = service_start(test);
	struct dsr_map *without;

	service_add(test, set, &a);
	service_add(test, set, &b);
	without = dsr_map_create(set->view + 1, 1, NULL);
	KUNIT_ASSERT_NOT_NULL(test, without);
	KUNIT_EXPECT_EQ(test, without->n, 1);
	KUNIT_EXPECT_NULL(test, service_of(without, VIP, IPPROTO_TCP, 80));
	KUNIT_EXPECT_NOT_NULL(test, service_of(without, VIP, IPPROTO_TCP,
					       443));
	KUNIT_EXPECT_NOT_NULL(test, service_of(set->map, VIP, IPPROTO_TCP,
					       80));
	dsr_map_destroy(without);
}

/**
 * struct service_spec - a service, of either family
 * @vip: its address
 * @protocol: of its packets
 * @free_bits: bits at the end of @vip that do not count
 * @ports: its ports, up to the first range that is 0
 * @fwmark: in place of them all
 */
struct service_spec {
	__be32			vip;
	u8			protocol;
	u8			free_bits;
	struct dsr_port_range	ports[3];
	u32			fwmark;
};

static struct dsr_service_key service_spec_key(const struct service_spec *s,
					       u8 family)
{
	struct dsr_lab_service lab = {
		.protocol = s->protocol, .vip = s->vip,
		.free_bits = s->free_bits, .fwmark = s->fwmark,
	};

	memcpy(lab.ports, s->ports, sizeof(s->ports));
	return dsr_lab_key(&lab, family);
}

/* Each in the other: address, protocol, ports, from narrow to wide. */
static const struct service_spec service_nested[] = {
	{ VIP, IPPROTO_TCP, 0, { { 1250, 1250 } } },
	{ VIP, IPPROTO_TCP, 0, { { 1200, 1300 } } },
	{ VIP, IPPROTO_TCP, 0, { { 1000, 2000 } } },
	{ VIP, IPPROTO_TCP, 0, { } },
	{ VIP, 0, 0, { } },
	{ DSR_IP(192, 0, 2, 0), IPPROTO_TCP, 8, { { 80, 80 }, { 90, 99 } } },
	{ DSR_IP(192, 0, 2, 0), 0, 8, { } },
	{ DSR_IP(192, 0, 0, 0), IPPROTO_UDP, 16, { } },
};

/* Which of them has a packet; -1 for none. */
static const struct {
	__be32	daddr;
	u8	protocol;
	u16	port;
	int	service;
} service_queries[] = {
	{ VIP, IPPROTO_TCP, 0, 3 }, { VIP, IPPROTO_TCP, 80, 3 },
	{ VIP, IPPROTO_TCP, 999, 3 }, { VIP, IPPROTO_TCP, 1000, 2 },
	{ VIP, IPPROTO_TCP, 1199, 2 }, { VIP, IPPROTO_TCP, 1200, 1 },
	{ VIP, IPPROTO_TCP, 1249, 1 }, { VIP, IPPROTO_TCP, 1250, 0 },
	{ VIP, IPPROTO_TCP, 1251, 1 }, { VIP, IPPROTO_TCP, 1300, 1 },
	{ VIP, IPPROTO_TCP, 1301, 2 }, { VIP, IPPROTO_TCP, 2000, 2 },
	{ VIP, IPPROTO_TCP, 2001, 3 }, { VIP, IPPROTO_TCP, 65535, 3 },
	{ VIP, IPPROTO_UDP, 1250, 4 }, { VIP, IPPROTO_GRE, 0, 4 },
	{ DSR_IP(192, 0, 2, 0), IPPROTO_TCP, 80, 5 },
	{ DSR_IP(192, 0, 2, 255), IPPROTO_TCP, 95, 5 },
	{ DSR_IP(192, 0, 2, 255), IPPROTO_TCP, 85, 6 },
	{ DSR_IP(192, 0, 2, 255), IPPROTO_UDP, 80, 6 },
	{ DSR_IP(192, 0, 3, 0), IPPROTO_UDP, 80, 7 },
	{ DSR_IP(192, 0, 0, 0), IPPROTO_UDP, 0, 7 },
	{ DSR_IP(192, 0, 3, 0), IPPROTO_TCP, 80, -1 },
	{ DSR_IP(192, 1, 0, 0), IPPROTO_UDP, 80, -1 },
	{ DSR_IP(191, 255, 255, 255), IPPROTO_UDP, 80, -1 },
};

static void service_expect_nested(struct kunit *test, const struct dsr_map *map,
				  u8 family)
{
	const struct dsr_service *service;
	struct dsr_service_key key;
	struct dsr_tuple tuple;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(service_queries); i++) {
		tuple = (struct dsr_tuple) {
			.daddr = dsr_build_addr(family,
						service_queries[i].daddr),
			.dport = htons(service_queries[i].port),
			.protocol = service_queries[i].protocol,
			.family = family,
		};
		service = service_lookup(map, &tuple);
		KUNIT_EXPECT_EQ_MSG(test, !service,
				    service_queries[i].service < 0, "%u", i);
		if (!service || service_queries[i].service < 0)
			continue;
		key = service_spec_key(service_nested +
				       service_queries[i].service, family);
		KUNIT_EXPECT_FALSE_MSG(test, memcmp(&service->key, &key,
						    sizeof(key)), "%u", i);
	}
}

/* The most specific one, in whatever order they came. */
static void service_order(struct kunit *test)
{
	const unsigned int n = ARRAY_SIZE(service_nested);
	u8 families[] = { AF_INET, AF_INET6 };
	struct dsr_service_key key;
	struct service_set *set;
	unsigned int i, j, up;

	for (up = 0; up < 2; up++) {
		set = service_start(test);
		for (j = 0; j < ARRAY_SIZE(families); j++)
			for (i = 0; i < n; i++) {
				key = service_spec_key(&service_nested[up ? i :
						       n - 1 - i],
						       families[j]);
				service_add(test, set, &key);
			}
		for (j = 0; j < ARRAY_SIZE(families); j++)
			service_expect_nested(test, set->map, families[j]);
	}
}

static const struct service_pair {
	const char		*desc;
	struct service_spec	a;
	struct service_spec	b;
	bool			ambiguous;
} service_pairs[] = {
	{ "the same port", { VIP, IPPROTO_TCP, 0, { { 80, 80 } } },
	  { VIP, IPPROTO_TCP, 0, { { 80, 80 } } }, true },
	{ "another port", { VIP, IPPROTO_TCP, 0, { { 80, 80 } } },
	  { VIP, IPPROTO_TCP, 0, { { 81, 81 } } }, false },
	{ "ranges that overlap", { VIP, IPPROTO_TCP, 0, { { 10, 20 } } },
	  { VIP, IPPROTO_TCP, 0, { { 15, 25 } } }, true },
	{ "ranges that share a port", { VIP, IPPROTO_TCP, 0, { { 10, 20 } } },
	  { VIP, IPPROTO_TCP, 0, { { 20, 30 } } }, true },
	{ "ranges that touch", { VIP, IPPROTO_TCP, 0, { { 10, 19 } } },
	  { VIP, IPPROTO_TCP, 0, { { 20, 30 } } }, false },
	{ "a range in another", { VIP, IPPROTO_TCP, 0, { { 10, 20 } } },
	  { VIP, IPPROTO_TCP, 0, { { 12, 18 } } }, false },
	{ "a range at the beginning of another",
	  { VIP, IPPROTO_TCP, 0, { { 10, 20 } } },
	  { VIP, IPPROTO_TCP, 0, { { 10, 18 } } }, false },
	{ "a range at the end of another",
	  { VIP, IPPROTO_TCP, 0, { { 10, 20 } } },
	  { VIP, IPPROTO_TCP, 0, { { 12, 20 } } }, false },
	{ "one of several ranges", { VIP, IPPROTO_TCP, 0, { { 10, 20 } } },
	  { VIP, IPPROTO_TCP, 0, { { 1, 5 }, { 8, 12 } } }, true },
	{ "a port of any", { VIP, IPPROTO_TCP, 0, { } },
	  { VIP, IPPROTO_TCP, 0, { { 80, 80 } } }, false },
	{ "any port twice", { VIP, IPPROTO_TCP, 0, { } },
	  { VIP, IPPROTO_TCP, 0, { } }, true },
	{ "all ports and any", { VIP, IPPROTO_TCP, 0, { { 1, 65535 } } },
	  { VIP, IPPROTO_TCP, 0, { } }, false },
	{ "another protocol", { VIP, IPPROTO_TCP, 0, { { 80, 80 } } },
	  { VIP, IPPROTO_UDP, 0, { { 80, 80 } } }, false },
	{ "any protocol twice", { VIP, 0 }, { VIP, 0 }, true },
	{ "a protocol of any", { VIP, 0 }, { VIP, IPPROTO_TCP }, false },
	{ "a longer prefix", { VIP, 0 }, { VIP, 0, 1 }, false },
	{ "another address", { VIP, 0 }, { DSR_IP(192, 0, 2, 11), 0 }, false },
	{ "the same mark", { .fwmark = 7 }, { .fwmark = 7 }, true },
	{ "another mark", { .fwmark = 7 }, { .fwmark = 8 }, false },
	{ "a mark and an address", { .fwmark = 7 }, { VIP, 0 }, false },
};

static void service_pair_desc(const struct service_pair *pair, char *desc)
{
	strscpy(desc, pair->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(service_pair, service_pairs, service_pair_desc);

/* Whether a service is ambiguous with the one there is. */
static void service_expect_ambiguous(struct kunit *test,
				     const struct dsr_service_key *there,
				     const struct dsr_service_key *key,
				     bool ambiguous)
{
	struct dsr_claims *claims = dsr_claims_create();

	KUNIT_ASSERT_NOT_NULL(test, claims);
	KUNIT_EXPECT_FALSE(test, dsr_claims_ambiguous(claims, key));
	KUNIT_EXPECT_FALSE(test, IS_ERR(dsr_claims_add(claims, there, NULL)));
	KUNIT_EXPECT_EQ(test, dsr_claims_ambiguous(claims, key), ambiguous);
	dsr_claims_del(claims, there);
	KUNIT_EXPECT_FALSE(test, dsr_claims_ambiguous(claims, key));
	dsr_claims_destroy(claims);
}

static void service_ambiguous(struct kunit *test)
{
	const struct service_pair *pair = test->param_value;
	struct dsr_service_key a, b;

	a = service_spec_key(&pair->a, AF_INET);
	b = service_spec_key(&pair->b, AF_INET);
	service_expect_ambiguous(test, &a, &b, pair->ambiguous);
	service_expect_ambiguous(test, &b, &a, pair->ambiguous);
	a = service_spec_key(&pair->a, AF_INET6);
	if (!pair->a.fwmark)
		service_expect_ambiguous(test, &a, &b, false);
	b = service_spec_key(&pair->b, AF_INET6);
	service_expect_ambiguous(test, &a, &b, pair->ambiguous);
}

/* A key is found among those that share its address and ports, and it alone. */
static void service_claims(struct kunit *test)
{
	struct dsr_claims *claims = dsr_claims_create();
	struct dsr_service_key key[ARRAY_SIZE(service_nested) + 1];
	unsigned int i, j, n = 0;
	struct dsr_claim *claim;

	KUNIT_ASSERT_NOT_NULL(test, claims);
	for (i = 0; i < ARRAY_SIZE(service_nested); i++)
		key[n++] = service_spec_key(&service_nested[i], AF_INET);
	key[n++] = (struct dsr_service_key) { .fwmark = 7 };
	for (i = 0; i < n; i++) {
		for (j = 0; j < n; j++) {
			claim = dsr_claims_find(claims, &key[j]);
			KUNIT_EXPECT_EQ(test, !!claim, j < i);
			if (claim)
				KUNIT_EXPECT_PTR_EQ(test, claim->owner,
						    (void *)&key[j]);
		}
		KUNIT_EXPECT_FALSE(test, dsr_claims_ambiguous(claims, &key[i]));
		claim = dsr_claims_add(claims, &key[i], &key[i]);
		KUNIT_ASSERT_FALSE(test, IS_ERR(claim));
	}
	/* The first ones go: of those that are left each is still found. */
	for (i = 0; i < n; i++) {
		KUNIT_EXPECT_TRUE(test, dsr_claims_ambiguous(claims, &key[i]));
		dsr_claims_del(claims, &key[i]);
		for (j = 0; j < n; j++)
			KUNIT_EXPECT_EQ(test, !!dsr_claims_find(claims, &key[j]),
					j > i);
	}
	dsr_claims_destroy(claims);
}

/* Marks in no order: all found, none mistaken. */
static void service_marks(struct kunit *test)
{
	static const u32 marks[] = { 7, 0xffffffff, 1, 0x80000000, 8 };
	struct service_set *set = service_start(test);
	struct dsr_service_key key = {};
	struct dsr_view *view;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(marks); i++) {
		key.fwmark = marks[i];
		service_add(test, set, &key);
	}
	rcu_read_lock();
	for (i = 0; i < ARRAY_SIZE(marks); i++) {
		view = dsr_map_mark(set->map, marks[i]);
		KUNIT_EXPECT_PTR_EQ(test, view, set->view[i]);
		view = dsr_map_mark(set->map, marks[i] - 3);
		KUNIT_EXPECT_NULL(test, view);
	}
	KUNIT_EXPECT_NULL(test, dsr_map_vip4(set->map, VIP));
	rcu_read_unlock();
}

/* Echo requests: of several services the first that says so. */
static void service_echo(struct kunit *test)
{
	static const enum dsr_echo echoes[] = {
		DSR_ECHO_ANSWER, DSR_ECHO_FORWARD, DSR_ECHO_FORWARD,
	};
	struct service_set *set = service_start(test);
	const struct dsr_vip *vip;
	struct dsr_service_key key;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(echoes); i++) {
		key = service_key(VIP, IPPROTO_TCP, 80 + i);
		service_add_echo(test, set, &key, echoes[i]);
		rcu_read_lock();
		vip = dsr_map_vip4(set->map, VIP);
		KUNIT_EXPECT_PTR_EQ(test, dsr_map_echo(set->map, vip),
				    i ? set->view[1] : NULL);
		rcu_read_unlock();
	}
}

/* An id is never given twice while a flow could still have it. */
static void service_server_ids(struct kunit *test)
{
	struct dsr_server_ids ids = { .lock = &service_lock };
	union nf_inet_addr addr = { .ip = VIP };
	struct dsr_server *server[100], *again;
	unsigned int i;
	u32 first;

	mutex_lock(&service_lock);
	for (i = 0; i < 100; i++) {
		server[i] = dsr_server_create(&ids, NULL, NULL, AF_INET,
					      &addr);
		KUNIT_ASSERT_FALSE(test, IS_ERR(server[i]));
		KUNIT_EXPECT_NE(test, server[i]->id, DSR_SERVER_NONE);
	}
	rcu_read_lock();
	for (i = 0; i < 100; i++)
		KUNIT_EXPECT_PTR_EQ(test, dsr_server_lookup(&ids,
							    server[i]->id),
				    server[i]);
	KUNIT_EXPECT_NULL(test, dsr_server_lookup(&ids, DSR_SERVER_NONE));
	KUNIT_EXPECT_NULL(test, dsr_server_lookup(&ids, 0xffff));
	rcu_read_unlock();

	/* The place is used again some time, but not under the same id. */
	first = server[0]->id;
	for (i = 0; i < 1000; i++) {
		dsr_server_destroy(&ids, server[0]);
		rcu_read_lock();
		KUNIT_EXPECT_NULL(test, dsr_server_lookup(&ids, first));
		rcu_read_unlock();
		again = dsr_server_create(&ids, NULL, NULL, AF_INET,
					      &addr);
		KUNIT_ASSERT_FALSE(test, IS_ERR(again));
		KUNIT_EXPECT_NE(test, again->id, first);
		server[0] = again;
	}
	for (i = 0; i < 100; i++)
		dsr_server_destroy(&ids, server[i]);
	dsr_server_ids_exit(&ids);
	mutex_unlock(&service_lock);
}

static struct kunit_case service_kunit_cases[] = {
	KUNIT_CASE(service_exact),
	KUNIT_CASE(service_many),
	KUNIT_CASE(service_delete),
	KUNIT_CASE(service_order),
	KUNIT_CASE_PARAM(service_ambiguous, service_pair_gen_params),
	KUNIT_CASE(service_claims),
	KUNIT_CASE(service_marks),
	KUNIT_CASE(service_echo),
	KUNIT_CASE(service_server_ids),
	{}
};

static struct kunit_suite service_suite = {
	.name		= "dsr_service",
	.test_cases	= service_kunit_cases,
};

kunit_test_suite(service_suite);

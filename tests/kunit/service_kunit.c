// SPDX-License-Identifier: GPL-2.0
/*
 * The map from packets to services, and the ids of servers.
 */
#include <linux/mutex.h>
#include "kmod/map.h"
#include "tests/kunit/skb_build.h"

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
	struct dsr_view *view;

	service = dsr_service_create(key, DSR_SCHED_DEFAULT);
	KUNIT_ASSERT_NOT_NULL(test, service);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, service_free,
							service), 0);
	service->echo = echo;
	view = dsr_view_create(service, NULL);
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
	set->map = dsr_map_create(set->view, set->n);
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
	without = dsr_map_create(set->view + 1, 1);
	KUNIT_ASSERT_NOT_NULL(test, without);
	KUNIT_EXPECT_EQ(test, without->n, 1);
	KUNIT_EXPECT_NULL(test, service_of(without, VIP, IPPROTO_TCP, 80));
	KUNIT_EXPECT_NOT_NULL(test, service_of(without, VIP, IPPROTO_TCP,
					       443));
	KUNIT_EXPECT_NOT_NULL(test, service_of(set->map, VIP, IPPROTO_TCP,
					       80));
	dsr_map_destroy(without);
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
		server[i] = dsr_server_create(&ids, NULL, AF_INET, &addr);
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
		again = dsr_server_create(&ids, NULL, AF_INET, &addr);
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
	KUNIT_CASE(service_server_ids),
	{}
};

static struct kunit_suite service_suite = {
	.name		= "dsr_service",
	.test_cases	= service_kunit_cases,
};

kunit_test_suite(service_suite);

// SPDX-License-Identifier: GPL-2.0
/*
 * The map from packets to services, and the ids of servers.
 */
#include <linux/mutex.h>
#include "kmod/service.h"
#include "tests/kunit/skb_build.h"

static DEFINE_MUTEX(service_lock);

static struct dsr_service_key service_key(__be32 addr, u8 protocol, u16 port)
{
	return (struct dsr_service_key) {
		.addr.ip = addr, .family = AF_INET, .protocol = protocol,
		.port = htons(port),
	};
}

static void service_free(void *data)
{
	dsr_service_destroy(data);
}

/* A view of a new service, which the test frees. */
static struct dsr_view *service_view(struct kunit *test,
				     const struct dsr_service_key *key)
{
	struct dsr_service *service;
	struct dsr_view *view;

	service = dsr_service_create(key, DSR_SCHED_DEFAULT);
	KUNIT_ASSERT_NOT_NULL(test, service);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, service_free,
							service), 0);
	view = dsr_view_create(service, NULL);
	KUNIT_ASSERT_NOT_NULL(test, view);
	return view;
}

static struct dsr_map *service_map_add(struct kunit *test, struct dsr_map *old,
				       const struct dsr_service_key *key)
{
	struct dsr_map *map;

	map = dsr_map_create(old, service_view(test, key), NULL,
			     &service_lock);
	KUNIT_ASSERT_NOT_NULL(test, map);
	dsr_map_destroy(old);
	return map;
}

static void service_map_free(struct dsr_map *map)
{
	unsigned int i;

	for (i = 0; i < map->n; i++)
		dsr_view_destroy(rcu_dereference_protected(map->view[i],
					lockdep_is_held(&service_lock)));
	dsr_map_destroy(map);
}

/* The service of a packet, or NULL. */
static const struct dsr_service *service_lookup(const struct dsr_map *map,
						__be32 daddr, u8 protocol,
						u16 port)
{
	struct dsr_tuple tuple = {
		.daddr.ip = daddr, .dport = htons(port), .protocol = protocol,
		.family = AF_INET,
	};
	const struct dsr_service *service = NULL;
	const struct dsr_vip *vip;
	struct dsr_view *view;

	rcu_read_lock();
	vip = dsr_map_vip(map, AF_INET, &tuple.daddr);
	view = vip ? dsr_map_lookup(map, vip, &tuple) : NULL;
	if (view)
		service = view->service;
	rcu_read_unlock();
	return service;
}

#define VIP	DSR_IP(192, 0, 2, 10)

/* Address, protocol and port all count. */
static void service_exact(struct kunit *test)
{
	struct dsr_service_key key = service_key(VIP, IPPROTO_TCP, 80);
	const struct dsr_service *service;
	struct dsr_map *map;

	mutex_lock(&service_lock);
	map = service_map_add(test, NULL, &key);
	service = service_lookup(map, VIP, IPPROTO_TCP, 80);
	KUNIT_ASSERT_NOT_NULL(test, service);
	KUNIT_EXPECT_MEMEQ(test, &service->key, &key, sizeof(key));
	KUNIT_EXPECT_NULL(test, service_lookup(map, VIP, IPPROTO_TCP, 81));
	KUNIT_EXPECT_NULL(test, service_lookup(map, VIP, IPPROTO_UDP, 80));
	KUNIT_EXPECT_NULL(test, service_lookup(map, DSR_IP(192, 0, 2, 11),
					       IPPROTO_TCP, 80));
	service_map_free(map);
	mutex_unlock(&service_lock);
}

/* Many services in no order, on few addresses: all found, none mistaken. */
static void service_many(struct kunit *test)
{
	static const u8 protocols[] = { IPPROTO_UDP, IPPROTO_TCP };
	const struct dsr_service *service;
	struct dsr_service_key key;
	struct dsr_map *map = NULL;
	unsigned int i;
	__be32 addr;
	u16 port;

	mutex_lock(&service_lock);
	for (i = 0; i < 200; i++) {
		addr = htonl(0xc0000200 + i * 7 % 20);
		port = 1 + i * 7919 % 60000;
		key = service_key(addr, protocols[i % 2], port);
		map = service_map_add(test, map, &key);
	}
	KUNIT_EXPECT_EQ(test, map->n, 200);
	for (i = 0; i < 200; i++) {
		addr = htonl(0xc0000200 + i * 7 % 20);
		port = 1 + i * 7919 % 60000;
		key = service_key(addr, protocols[i % 2], port);
		service = service_lookup(map, addr, protocols[i % 2], port);
		KUNIT_ASSERT_NOT_NULL(test, service);
		KUNIT_EXPECT_MEMEQ(test, &service->key, &key, sizeof(key));
		KUNIT_EXPECT_NULL(test, service_lookup(map, addr,
						       protocols[!(i % 2)],
						       port));
	}
	KUNIT_EXPECT_NULL(test, service_lookup(map, htonl(0xc0000200 + 20),
					       IPPROTO_TCP, 1));
	service_map_free(map);
	mutex_unlock(&service_lock);
}

/* A map without a service has the others still, and the old one all. */
static void service_delete(struct kunit *test)
{
	struct dsr_service_key a = service_key(VIP, IPPROTO_TCP, 80);
	struct dsr_service_key b = service_key(VIP, IPPROTO_TCP, 443);
	struct dsr_map *map, *without;
	struct dsr_view *view;

	mutex_lock(&service_lock);
	map = service_map_add(test, NULL, &a);
	map = service_map_add(test, map, &b);
	view = rcu_dereference_protected(*dsr_map_slot(map, &a),
					 lockdep_is_held(&service_lock));
	without = dsr_map_create(map, NULL, view->service, &service_lock);
	KUNIT_ASSERT_NOT_NULL(test, without);
	KUNIT_EXPECT_EQ(test, without->n, 1);
	KUNIT_EXPECT_NULL(test, service_lookup(without, VIP, IPPROTO_TCP, 80));
	KUNIT_EXPECT_NOT_NULL(test, service_lookup(without, VIP, IPPROTO_TCP,
						   443));
	KUNIT_EXPECT_NOT_NULL(test, service_lookup(map, VIP, IPPROTO_TCP, 80));
	dsr_view_destroy(view);
	dsr_map_destroy(map);
	service_map_free(without);
	mutex_unlock(&service_lock);
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

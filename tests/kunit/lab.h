/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A director for the suites: one device towards the clients, one towards the
 * servers, both with addresses, and services. Packets come in as the kernel
 * would bring them, and what becomes of them is told apart.
 *
 * Each address of IPv4 has a twin of IPv6, see dsr_build_addr().
 */
#ifndef DSR_LAB_H
#define DSR_LAB_H

#include "kmod/pernet.h"
#include "tests/kunit/skb_build.h"

#define DSR_LAB_CLIENT	DSR_IP(198, 51, 100, 7)
#define DSR_LAB_VIP	DSR_IP(192, 0, 2, 10)
/* The director's own, towards the clients. */
#define DSR_LAB_LOCAL	DSR_IP(198, 51, 100, 1)

/**
 * struct dsr_lab_service - a virtual service and its servers
 * @name: what the cases call it
 * @protocol: of its packets, 0 for any
 * @vip: its address
 * @free_bits: bits at the end of @vip that do not count
 * @ports: ports, up to the first range that is 0; none for any port
 * @fwmark: firewall mark in place of them all, or 0
 * @echo: enum dsr_echo
 * @sched: its scheduler, or NULL
 * @servers: how many
 * @cross: the servers' addresses are of the other family
 * @resolve: their MAC addresses are not given by hand
 *
 * Its servers have weights n, n - 1, … 1.
 */
struct dsr_lab_service {
	const char			*name;
	u8				protocol;
	__be32				vip;
	u8				free_bits;
	struct dsr_port_range		ports[4];
	u32				fwmark;
	u8				echo;
	const struct dsr_sched_ops	*sched;
	unsigned int			servers;
	bool				cross;
	bool				resolve;
};

/**
 * struct dsr_lab - the director
 * @in: device towards the clients, without neighbours to be found
 * @out: device towards the servers
 * @dn: its namespace
 * @before: counters when they were last looked at
 * @kernel: packets that the hook leaves go on into the kernel
 * @left: those that it left, unless @kernel
 * @ops: see them
 */
struct dsr_lab {
	struct net_device	*in;
	struct net_device	*out;
	struct dsr_net		*dn;
	struct dsr_stats_sum	before;
	bool			kernel;
	struct sk_buff_head	left;
	struct nf_hook_ops	ops[DSR_HOOKS];
};

/* For a whole suite; or for one test, ended with it. */
int dsr_lab_init(struct dsr_lab *lab);
void dsr_lab_exit(struct dsr_lab *lab);
struct dsr_lab *dsr_lab_start(struct kunit *test);
int dsr_lab_addresses(struct dsr_lab *lab);

struct dsr_service_key dsr_lab_key(const struct dsr_lab_service *s, u8 family);
struct dsr_server_conf dsr_lab_server(const struct dsr_lab *lab,
				      const struct dsr_lab_service *s,
				      u8 family, unsigned int i);
int dsr_lab_add(struct dsr_lab *lab, const struct dsr_lab_service *s,
		u8 family);
int dsr_lab_del(struct dsr_lab *lab, const struct dsr_lab_service *s,
		u8 family);
int dsr_lab_ingress(struct dsr_lab *lab, const char *name);
struct dsr_service *dsr_lab_find(struct dsr_lab *lab,
				 const struct dsr_lab_service *s, u8 family);
struct dsr_service_conf dsr_lab_conf(struct dsr_lab *lab,
				     const struct dsr_lab_service *s,
				     u8 family);
int dsr_lab_set(struct dsr_lab *lab, const struct dsr_service_conf *conf);
void dsr_lab_sweep(struct dsr_lab *lab, u32 seconds);
void dsr_lab_sum(struct dsr_lab *lab, const struct dsr_lab_service *s,
		 u8 family, struct dsr_stats_sum *sum);

void dsr_lab_inject_by(struct net_device *dev, struct sk_buff *skb);
void dsr_lab_inject(struct dsr_lab *lab, struct sk_buff *skb);
void dsr_lab_receive(struct kunit *test, struct dsr_lab *lab,
		     const struct dsr_build *b);
void dsr_lab_flush(struct dsr_lab *lab);

int dsr_lab_sent_to(struct dsr_lab *lab);
void dsr_lab_expect_same(struct kunit *test, struct sk_buff *skb,
			 const struct dsr_build *b);
void dsr_lab_expect_sent(struct kunit *test, struct dsr_lab *lab,
			 unsigned int server, const struct dsr_build *b);
void dsr_lab_expect_nothing(struct kunit *test, struct dsr_lab *lab);
void dsr_lab_expect_counts(struct kunit *test, struct dsr_lab *lab,
			   enum dsr_reason reason, unsigned int n);
void dsr_lab_expect(struct kunit *test, struct dsr_lab *lab,
		    enum dsr_reason reason);

/* Both families, as parameters of a case. */
const void *dsr_lab_families(const void *prev, char *desc);
u8 dsr_lab_family(struct kunit *test);

#endif /* DSR_LAB_H */

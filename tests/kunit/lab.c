// SPDX-License-Identifier: GPL-2.0
/*
 * A director for the suites.
 */
#include <linux/etherdevice.h>
#include <linux/net.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/rtnetlink.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/net_namespace.h>
#include <net/netlink.h>
#include <net/sock.h>
#include "tests/kunit/lab.h"

/* The director's own address towards the servers. */
#define LAB_OUT	DSR_IP(10, 0, 0, 1)

static const u8 in_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 1 };
static const u8 out_mac[ETH_ALEN] = { 2, 0, 0, 0, 0, 2 };

/* What the hook has left to the kernel comes by here. */
static unsigned int lab_left(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *state)
{
	struct dsr_lab *lab = priv;

	if (lab->kernel || skb->dev != lab->in)
		return NF_ACCEPT;
	skb_queue_tail(&lab->left, skb);
	return NF_STOLEN;
}

static int lab_hooks(struct dsr_lab *lab)
{
	static const u8 pf[DSR_HOOKS] = { NFPROTO_IPV4, NFPROTO_IPV6 };
	unsigned int i;

	for (i = 0; i < DSR_HOOKS; i++)
		lab->ops[i] = (struct nf_hook_ops) {
			.hook = lab_left, .priv = lab, .pf = pf[i],
			.hooknum = NF_INET_PRE_ROUTING,
			.priority = NF_IP_PRI_CONNTRACK,
		};
	return nf_register_net_hooks(&init_net, lab->ops, DSR_HOOKS);
}

/* What ip address add says to the kernel. */
struct lab_request {
	struct nlmsghdr		nlh;
	struct ifaddrmsg	ifa;
	struct nlattr		flags_attr;
	u32			flags;
	struct nlattr		addr_attr;
	union nf_inet_addr	addr;
};

static void lab_request(struct lab_request *r, const struct net_device *dev,
			u8 family, __be32 addr)
{
	unsigned int len = family == AF_INET ? 4 : 16;

	*r = (struct lab_request) {
		.nlh.nlmsg_len = offsetof(struct lab_request, addr) + len,
		.nlh.nlmsg_type = RTM_NEWADDR,
		.nlh.nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE,
		.ifa.ifa_family = family,
		.ifa.ifa_prefixlen = family == AF_INET ? 24 : 120,
		.ifa.ifa_index = dev->ifindex,
		.flags_attr.nla_type = IFA_FLAGS,
		.flags_attr.nla_len = NLA_HDRLEN + sizeof(r->flags),
		.flags = IFA_F_NODAD,
		.addr_attr.nla_type = IFA_LOCAL,
		.addr_attr.nla_len = NLA_HDRLEN + len,
		.addr = dsr_build_addr(family, addr),
	};
}

static int lab_address(struct socket *sock, const struct net_device *dev,
		       u8 family, __be32 addr)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr msg = {
		.msg_name = &kernel, .msg_namelen = sizeof(kernel),
	};
	struct lab_request r;
	struct kvec vec = { .iov_base = &r };
	int sent;

	lab_request(&r, dev, family, addr);
	vec.iov_len = r.nlh.nlmsg_len;
	sent = kernel_sendmsg(sock, &msg, &vec, 1, vec.iov_len);
	return sent < 0 ? sent : 0;
}

static bool lab_is_local(__be32 addr)
{
	struct flowi6 fl6 = {
		.daddr = dsr_build_addr(AF_INET6, addr).in6,
	};
	struct dst_entry *dst = ip6_route_output(&init_net, NULL, &fl6);
	bool local = !dst->error &&
		     container_of(dst, struct rt6_info, dst)->rt6i_flags &
		     RTF_LOCAL;

	dst_release(dst);
	return local;
}

/* IPv6 goes on with a new address in a work of its own. */
static int lab_settle(void)
{
	unsigned int i;

	for (i = 0; i < 500; i++) {
		if (lab_is_local(DSR_LAB_LOCAL) && lab_is_local(LAB_OUT))
			return 0;
		schedule_timeout_uninterruptible(1);
	}
	return -ETIMEDOUT;
}

/* Give the devices their addresses, if they do not have them. */
int dsr_lab_addresses(struct dsr_lab *lab)
{
	static const u8 families[] = { AF_INET, AF_INET6 };
	struct socket *sock;
	unsigned int i;
	int err;

	err = sock_create_kern(&init_net, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE,
			       &sock);
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(families) && !err; i++)
		err = lab_address(sock, lab->in, families[i], DSR_LAB_LOCAL) ?:
		      lab_address(sock, lab->out, families[i],
				  LAB_OUT);
	sock_release(sock);
	return err ?: lab_settle();
}

void dsr_lab_exit(struct dsr_lab *lab)
{
	struct dsr_service *service, *next;

	if (lab->dn) {
		rtnl_lock();
		mutex_lock(&lab->dn->lock);
		list_for_each_entry_safe(service, next, &lab->dn->services,
					 list)
			dsr_pernet_service_del(lab->dn, &service->key, NULL);
		dsr_ingress_exit(&lab->dn->ingress);
		dsr_announce_exit(&lab->dn->announce);
		mutex_unlock(&lab->dn->lock);
		rtnl_unlock();
		nf_unregister_net_hooks(&init_net, lab->ops, DSR_HOOKS);
	}
	skb_queue_purge(&lab->left);
	if (lab->out)
		dsr_build_dev_free(lab->out);
	if (lab->in)
		dsr_build_dev_free(lab->in);
}

int dsr_lab_init(struct dsr_lab *lab)
{
	int err;

	memset(lab, 0, sizeof(*lab));
	skb_queue_head_init(&lab->left);
	lab->in = dsr_build_dev_create(in_mac);
	lab->out = dsr_build_dev_create(out_mac);
	if (!lab->in || !lab->out) {
		err = -ENOMEM;
		goto err;
	}
	/* Answers to clients need no neighbour entry. */
	rtnl_lock();
	dev_change_flags(lab->in, lab->in->flags | IFF_NOARP, NULL);
	rtnl_unlock();
	err = dsr_lab_addresses(lab);
	if (err)
		goto err;
	err = lab_hooks(lab);
	if (err)
		goto err;
	lab->dn = dsr_pernet(&init_net);
	dsr_tally_sum(lab->dn->tally, &lab->before);
	return 0;

err:
	dsr_lab_exit(lab);
	return err;
}

static void lab_end(void *lab)
{
	dsr_lab_exit(lab);
}

struct dsr_lab *dsr_lab_start(struct kunit *test)
{
	struct dsr_lab *lab = kunit_kzalloc(test, sizeof(*lab), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, lab);
	KUNIT_ASSERT_EQ(test, dsr_lab_init(lab), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, lab_end, lab), 0);
	return lab;
}

/* Services */

struct dsr_service_key dsr_lab_key(const struct dsr_lab_service *s, u8 family)
{
	struct dsr_service_key key = { .fwmark = s->fwmark };

	if (s->fwmark)
		return key;
	key.addr = dsr_build_addr(family, s->vip);
	key.family = family;
	key.protocol = s->protocol;
	key.prefix_len = (family == AF_INET ? 32 : 128) - s->free_bits;
	for (; s->ports[key.n_ports].first; key.n_ports++)
		key.ports[key.n_ports] = s->ports[key.n_ports];
	return key;
}

/* The last byte of a MAC address tells a service's servers apart. */
struct dsr_server_conf dsr_lab_server(const struct dsr_lab *lab,
				      const struct dsr_lab_service *s,
				      u8 family, unsigned int i)
{
	struct dsr_server_conf conf = {
		.family = family, .weight = s->servers - i,
		.ifindex = lab->out->ifindex,
		.set = DSR_SET_WEIGHT | DSR_SET_IFINDEX,
	};

	if (s->cross)
		conf.family = family == AF_INET ? AF_INET6 : AF_INET;
	conf.addr = dsr_build_addr(conf.family, htonl(0x0a00000b + i));
	if (!s->resolve) {
		conf.set |= DSR_SET_MAC;
		conf.mac[0] = 2;
		conf.mac[4] = 1;
		conf.mac[5] = i;
	}
	return conf;
}

static int lab_add(struct dsr_lab *lab, const struct dsr_lab_service *s,
		   u8 family)
{
	struct dsr_service_conf conf = {
		.key = dsr_lab_key(s, family),
	};
	struct dsr_server_conf server;
	unsigned int i;
	int err;

	dsr_service_defaults(&conf.key, &conf.opt);
	conf.opt.sched = s->sched ?: DSR_SCHED_DEFAULT;
	conf.opt.echo = s->echo;
	err = dsr_pernet_service_add(lab->dn, &conf, NULL);
	for (i = 0; i < s->servers && !err; i++) {
		server = dsr_lab_server(lab, s, family, i);
		err = dsr_pernet_server_add(lab->dn, &conf.key, &server, NULL);
	}
	return err;
}

int dsr_lab_add(struct dsr_lab *lab, const struct dsr_lab_service *s,
		u8 family)
{
	int err;

	mutex_lock(&lab->dn->lock);
	err = lab_add(lab, s, family);
	mutex_unlock(&lab->dn->lock);
	dsr_tally_sum(lab->dn->tally, &lab->before);
	return err;
}

int dsr_lab_del(struct dsr_lab *lab, const struct dsr_lab_service *s,
		u8 family)
{
	struct dsr_service_key key = dsr_lab_key(s, family);
	int err;

	mutex_lock(&lab->dn->lock);
	err = dsr_pernet_service_del(lab->dn, &key, NULL);
	mutex_unlock(&lab->dn->lock);
	return err;
}

/* The options of a service, to be changed. */
struct dsr_service_conf dsr_lab_conf(struct dsr_lab *lab,
				     const struct dsr_lab_service *s, u8 family)
{
	return (struct dsr_service_conf) {
		.key = dsr_lab_key(s, family),
		.opt = dsr_lab_find(lab, s, family)->opt,
	};
}

int dsr_lab_set(struct dsr_lab *lab, const struct dsr_service_conf *conf)
{
	int err;

	mutex_lock(&lab->dn->lock);
	err = dsr_pernet_service_set(lab->dn, conf, NULL);
	mutex_unlock(&lab->dn->lock);
	return err;
}

/* So many seconds go by, and flows with them. */
void dsr_lab_sweep(struct dsr_lab *lab, u32 seconds)
{
	struct dsr_flow_table *flows;

	mutex_lock(&lab->dn->lock);
	flows = rcu_dereference_protected(lab->dn->flows,
					  lockdep_is_held(&lab->dn->lock));
	cancel_delayed_work_sync(&flows->sweep);
	dsr_flow_sweep(flows, dsr_flow_now() + seconds);
	mutex_unlock(&lab->dn->lock);
}

/* Serve a device at ingress; no longer so when the lab ends. */
int dsr_lab_ingress(struct dsr_lab *lab, const char *name)
{
	int err;

	mutex_lock(&lab->dn->lock);
	err = dsr_pernet_ingress_add(lab->dn, name, NULL);
	mutex_unlock(&lab->dn->lock);
	return err;
}

/* It stays as long as the test does not delete it. */
struct dsr_service *dsr_lab_find(struct dsr_lab *lab,
				 const struct dsr_lab_service *s, u8 family)
{
	struct dsr_service_key key = dsr_lab_key(s, family);
	struct dsr_service *service;

	mutex_lock(&lab->dn->lock);
	service = dsr_pernet_find(lab->dn, &key, NULL);
	mutex_unlock(&lab->dn->lock);
	return service;
}

void dsr_lab_sum(struct dsr_lab *lab, const struct dsr_lab_service *s,
		 u8 family, struct dsr_stats_sum *sum)
{
	struct dsr_service_key key = dsr_lab_key(s, family);

	mutex_lock(&lab->dn->lock);
	dsr_service_sum(dsr_pernet_find(lab->dn, &key, NULL), sum);
	mutex_unlock(&lab->dn->lock);
}

/* Packets */

/* Receive a packet on a device. */
void dsr_lab_inject_by(struct net_device *dev, struct sk_buff *skb)
{
	ether_addr_copy(eth_hdr(skb)->h_dest, dev->dev_addr);
	skb->dev = dev;
	local_bh_disable();
	netif_receive_skb(skb);
	local_bh_enable();
}

/* And on that towards the clients. */
void dsr_lab_inject(struct dsr_lab *lab, struct sk_buff *skb)
{
	dsr_lab_inject_by(lab->in, skb);
}

void dsr_lab_receive(struct kunit *test, struct dsr_lab *lab,
		     const struct dsr_build *b)
{
	dsr_lab_inject(lab, dsr_build_skb(test, b));
}

/* Forget all packets that have not been looked at. */
void dsr_lab_flush(struct dsr_lab *lab)
{
	struct sk_buff *skb;

	while ((skb = dsr_build_sent(lab->out)) ||
	       (skb = dsr_build_sent(lab->in)) ||
	       (skb = skb_dequeue(&lab->left)))
		kfree_skb(skb);
}

/* The server that a packet was sent to, or -1. */
int dsr_lab_sent_to(struct dsr_lab *lab)
{
	struct sk_buff *skb = dsr_build_sent(lab->out);
	int to;

	if (!skb)
		return -1;
	to = skb->data[ETH_ALEN - 1];
	kfree_skb(skb);
	return to;
}

/* From its IP header on it is byte for byte @b, without padding; freed. */
void dsr_lab_expect_same(struct kunit *test, struct sk_buff *skb,
			 const struct dsr_build *b)
{
	static u8 want[DSR_BUILD_MAX], got[DSR_BUILD_MAX];
	unsigned int len = dsr_build_bytes(b, want, sizeof(want)) - b->padding;
	unsigned int off = skb_network_offset(skb);

	KUNIT_EXPECT_EQ(test, skb->len - off, len);
	if (skb->len - off == len) {
		KUNIT_EXPECT_EQ(test, skb_copy_bits(skb, off, got, len), 0);
		KUNIT_EXPECT_MEMEQ(test, got, want, len);
	}
	kfree_skb(skb);
}

/* The next frame towards the servers is @b, for this one of them. */
void dsr_lab_expect_sent(struct kunit *test, struct dsr_lab *lab,
			 unsigned int server, const struct dsr_build *b)
{
	struct sk_buff *skb = dsr_build_sent(lab->out);
	struct ethhdr *eth;

	KUNIT_EXPECT_NOT_NULL(test, skb);
	if (!skb)
		return;
	eth = eth_hdr(skb);
	KUNIT_EXPECT_PTR_EQ(test, (u8 *)eth, skb->data);
	KUNIT_EXPECT_EQ(test, eth->h_dest[4], 1);
	KUNIT_EXPECT_EQ(test, eth->h_dest[5], server);
	KUNIT_EXPECT_MEMEQ(test, eth->h_source, out_mac, ETH_ALEN);
	KUNIT_EXPECT_EQ(test, ntohs(eth->h_proto),
			b->family == AF_INET6 ? ETH_P_IPV6 : ETH_P_IP);
	dsr_lab_expect_same(test, skb, b);
}

/* No frame has left, and no packet was left to the kernel. */
void dsr_lab_expect_nothing(struct kunit *test, struct dsr_lab *lab)
{
	struct sk_buff *out = dsr_build_sent(lab->out);
	struct sk_buff *in = dsr_build_sent(lab->in);
	struct sk_buff *left = skb_dequeue(&lab->left);

	KUNIT_EXPECT_NULL(test, out);
	KUNIT_EXPECT_NULL(test, in);
	KUNIT_EXPECT_NULL(test, left);
	kfree_skb(out);
	kfree_skb(in);
	kfree_skb(left);
	dsr_lab_flush(lab);
}

/* @n packets more for @reason than before, and none for any other. */
void dsr_lab_expect_counts(struct kunit *test, struct dsr_lab *lab,
			   enum dsr_reason reason, unsigned int n)
{
	struct dsr_stats_sum now;
	unsigned int i;

	dsr_tally_sum(lab->dn->tally, &now);
	for (i = 0; i < DSR_REASON_COUNT; i++)
		KUNIT_EXPECT_EQ_MSG(test,
				    now.packets[i] - lab->before.packets[i],
				    i == reason ? n : 0, "reason %u", i);
	lab->before = now;
}

void dsr_lab_expect(struct kunit *test, struct dsr_lab *lab,
		    enum dsr_reason reason)
{
	dsr_lab_expect_counts(test, lab, reason, 1);
}

static const u8 lab_families[] = { AF_INET, AF_INET6 };

const void *dsr_lab_families(const void *prev, char *desc)
{
	const u8 *family = prev ? (const u8 *)prev + 1 : lab_families;

	if (family == lab_families + ARRAY_SIZE(lab_families))
		return NULL;
	strscpy(desc, *family == AF_INET ? "IPv4" : "IPv6",
		KUNIT_PARAM_DESC_SIZE);
	return family;
}

u8 dsr_lab_family(struct kunit *test)
{
	return *(const u8 *)test->param_value;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Packets for measurements, of as many flows as wanted.
 *
 *	insmod dsr_gen.ko dev=in0 daddr=192.0.2.10 flows=1000 count=100000
 *
 * has them received, before it returns; the parameter "result" then reads
 *
 *	PACKETS ROUND MEDIAN MINIMUM MEAN
 *
 * the latter three in nanoseconds per round of ROUND packets. The skbs are made
 * before, and not timed: unshared, linear, with a checksum that the device has
 * found good. No flow follows its neighbour.
 *
 * A source address and port make a flow. As many packets as flows make each
 * flow come once; with @first moved on by as many, none comes again.
 */
#include <linux/etherdevice.h>
#include <linux/inet.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/sort.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <linux/vmalloc.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>

/* What a driver handles in a row, before others have their turn. */
#define DSR_GEN_BATCH	NAPI_POLL_WEIGHT
/* So many batches are timed together: UML's clock goes in steps of 256 ns. */
#define DSR_GEN_BATCHES	16
#define DSR_GEN_ROUND	(DSR_GEN_BATCH * DSR_GEN_BATCHES)
#define DSR_GEN_PAYLOAD	18
/* From one flow to the next: a prime, far from where a cache looks ahead. */
#define DSR_GEN_STRIDE	7919
/* That many sources have an address of their own, the others a port. */
#define DSR_GEN_SADDRS	(1 << 23)
#define DSR_GEN_SPORTS	60000

static char *dev = "in0";
module_param(dev, charp, 0);
MODULE_PARM_DESC(dev, "device that the packets come by, or leave by");
static char *mode = "receive";
module_param(mode, charp, 0);
MODULE_PARM_DESC(mode, "receive, list (a batch received at once) or transmit");
static char *daddr = "192.0.2.10";
module_param(daddr, charp, 0);
MODULE_PARM_DESC(daddr, "their destination, of either family");
static unsigned int daddrs = 1;
module_param(daddrs, uint, 0);
MODULE_PARM_DESC(daddrs, "number of destinations, from daddr on");
static unsigned int dport = 80;
module_param(dport, uint, 0);
MODULE_PARM_DESC(dport, "their destination port");
static unsigned int dports = 1;
module_param(dports, uint, 0);
MODULE_PARM_DESC(dports, "number of destination ports, from dport on");
static bool tcp;
module_param(tcp, bool, 0);
MODULE_PARM_DESC(tcp, "TCP, with ACK set, instead of UDP");
static bool syn;
module_param(syn, bool, 0);
MODULE_PARM_DESC(syn, "SYN instead of ACK");
static unsigned int flows = 1;
module_param(flows, uint, 0);
MODULE_PARM_DESC(flows, "number of flows, no multiple of 7919");
static unsigned int first;
module_param(first, uint, 0);
MODULE_PARM_DESC(first, "the first flow's number");
static unsigned int count = 100000;
module_param(count, uint, 0);
MODULE_PARM_DESC(count, "number of packets, rounded up to 1024");

static char dsr_gen_result[80];
module_param_string(result, dsr_gen_result, sizeof(dsr_gen_result), 0444);
MODULE_PARM_DESC(result, "what it took");

static struct net_device *dsr_gen_dev;
static struct in6_addr dsr_gen_daddr;
static bool dsr_gen_ipv6;
static struct sk_buff *dsr_gen_batch[DSR_GEN_BATCH];
static void (*dsr_gen_go)(void);

static void dsr_gen_receive(void)
{
	unsigned int i;

	for (i = 0; i < DSR_GEN_BATCH; i++)
		netif_receive_skb(dsr_gen_batch[i]);
}

static void dsr_gen_receive_list(void)
{
	LIST_HEAD(list);
	unsigned int i;

	for (i = 0; i < DSR_GEN_BATCH; i++)
		list_add_tail(&dsr_gen_batch[i]->list, &list);
	netif_receive_skb_list(&list);
}

static void dsr_gen_transmit(void)
{
	unsigned int i;

	for (i = 0; i < DSR_GEN_BATCH; i++)
		dev_queue_xmit(dsr_gen_batch[i]);
}

static void dsr_gen_put_ipv4(struct sk_buff *skb, u32 flow, unsigned int len)
{
	struct iphdr *iph = skb_put_zero(skb, sizeof(*iph));

	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->tot_len = htons(sizeof(*iph) + len);
	iph->ttl = 64;
	iph->protocol = tcp ? IPPROTO_TCP : IPPROTO_UDP;
	iph->saddr = htonl(0x0a800000 + flow % DSR_GEN_SADDRS);
	iph->daddr = htonl(ntohl(dsr_gen_daddr.s6_addr32[3]) + flow % daddrs);
	ip_send_check(iph);
}

static void dsr_gen_put_ipv6(struct sk_buff *skb, u32 flow, unsigned int len)
{
	struct ipv6hdr *iph = skb_put_zero(skb, sizeof(*iph));

	iph->version = 6;
	iph->payload_len = htons(len);
	iph->nexthdr = tcp ? IPPROTO_TCP : IPPROTO_UDP;
	iph->hop_limit = 64;
	iph->saddr.s6_addr32[0] = htonl(0x20010db8);
	iph->saddr.s6_addr32[1] = htonl(1);
	iph->saddr.s6_addr32[3] = htonl(1 + flow % DSR_GEN_SADDRS);
	iph->daddr = dsr_gen_daddr;
	be32_add_cpu(&iph->daddr.s6_addr32[3], flow % daddrs);
}

static void dsr_gen_put_udp(struct sk_buff *skb, u16 from, u16 to)
{
	struct udphdr *udp = skb_put_zero(skb, sizeof(*udp) + DSR_GEN_PAYLOAD);

	udp->source = htons(from);
	udp->dest = htons(to);
	udp->len = htons(sizeof(*udp) + DSR_GEN_PAYLOAD);
}

static void dsr_gen_put_tcp(struct sk_buff *skb, u16 from, u16 to)
{
	struct tcphdr *th = skb_put_zero(skb, sizeof(*th));

	th->source = htons(from);
	th->dest = htons(to);
	th->doff = sizeof(*th) / 4;
	th->syn = syn;
	th->ack = !syn;
	th->window = htons(1024);
}

/* The other end of a veth must have the same MAC address as this one. */
static void dsr_gen_put_eth(struct sk_buff *skb)
{
	struct ethhdr *eth = skb_put_zero(skb, sizeof(*eth));

	ether_addr_copy(eth->h_dest, dsr_gen_dev->dev_addr);
	eth->h_source[0] = 2;
	eth->h_proto = htons(dsr_gen_ipv6 ? ETH_P_IPV6 : ETH_P_IP);
	skb->protocol = eth->h_proto;
}

static struct sk_buff *dsr_gen_skb(u32 flow)
{
	const unsigned int len = tcp ? sizeof(struct tcphdr) :
			sizeof(struct udphdr) + DSR_GEN_PAYLOAD;
	u16 from = 1024 + flow % DSR_GEN_SPORTS;
	u16 to = dport + flow / daddrs % dports;
	struct sk_buff *skb;

	skb = netdev_alloc_skb_ip_align(dsr_gen_dev, ETH_HLEN +
					sizeof(struct ipv6hdr) + len);
	if (!skb)
		return NULL;
	dsr_gen_put_eth(skb);
	skb_set_network_header(skb, ETH_HLEN);
	if (dsr_gen_ipv6)
		dsr_gen_put_ipv6(skb, flow, len);
	else
		dsr_gen_put_ipv4(skb, flow, len);
	if (tcp)
		dsr_gen_put_tcp(skb, from, to);
	else
		dsr_gen_put_udp(skb, from, to);
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	if (dsr_gen_go != dsr_gen_transmit)
		skb->protocol = eth_type_trans(skb, dsr_gen_dev);
	return skb;
}

static int dsr_gen_fill(u32 *flow)
{
	unsigned int i;

	for (i = 0; i < DSR_GEN_BATCH; i++) {
		dsr_gen_batch[i] = dsr_gen_skb(first + *flow);
		if (!dsr_gen_batch[i])
			goto err_batch;
		*flow = (*flow + DSR_GEN_STRIDE) % flows;
	}
	return 0;

err_batch:
	while (i--)
		kfree_skb(dsr_gen_batch[i]);
	return -ENOMEM;
}

/* How long a batch takes, up to the end of the last device that it passes. */
static u64 dsr_gen_time(void)
{
	u64 start;

	local_bh_disable();
	start = ktime_get_ns();
	dsr_gen_go();
	local_bh_enable();
	return ktime_get_ns() - start;
}

static int dsr_gen_cmp(const void *a, const void *b)
{
	const u64 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void dsr_gen_report(u64 *ns, unsigned int n)
{
	unsigned int i;
	u64 sum = 0;

	for (i = 0; i < n; i++)
		sum += ns[i];
	sort(ns, n, sizeof(*ns), dsr_gen_cmp, NULL);
	snprintf(dsr_gen_result, sizeof(dsr_gen_result),
		 "%u %u %llu %llu %llu", n * DSR_GEN_ROUND, DSR_GEN_ROUND,
		 ns[n / 2], ns[0], div_u64(sum, n));
}

static int dsr_gen_round(u32 *flow, u64 *ns)
{
	unsigned int i;
	int err;

	*ns = 0;
	for (i = 0; i < DSR_GEN_BATCHES; i++) {
		err = dsr_gen_fill(flow);
		if (err)
			return err;
		*ns += dsr_gen_time();
		cond_resched();
	}
	return 0;
}

/* Begin anywhere, so that a short run does not meet the last one's flows. */
static int dsr_gen_run(void)
{
	unsigned int i, n = DIV_ROUND_UP(count, DSR_GEN_ROUND);
	u32 flow = get_random_u32() % flows;
	int err = 0;
	u64 *ns;

	ns = vmalloc(array_size(n, sizeof(*ns)));
	if (!ns)
		return -ENOMEM;
	for (i = 0; i < n && !err; i++)
		err = dsr_gen_round(&flow, &ns[i]);
	if (!err)
		dsr_gen_report(ns, n);
	vfree(ns);
	return err;
}

static int dsr_gen_set_mode(void)
{
	if (!strcmp(mode, "receive"))
		dsr_gen_go = dsr_gen_receive;
	else if (!strcmp(mode, "list"))
		dsr_gen_go = dsr_gen_receive_list;
	else if (!strcmp(mode, "transmit"))
		dsr_gen_go = dsr_gen_transmit;
	else
		return -EINVAL;
	return 0;
}

static int dsr_gen_set_daddr(void)
{
	dsr_gen_ipv6 = in6_pton(daddr, -1, dsr_gen_daddr.s6_addr, -1, NULL);
	if (!dsr_gen_ipv6 &&
	    !in4_pton(daddr, -1, (u8 *)&dsr_gen_daddr.s6_addr32[3], -1, NULL))
		return -EINVAL;
	return 0;
}

static int __init dsr_gen_init(void)
{
	int err;

	if (!count || !flows || !daddrs || !dports ||
	    (flows > 1 && flows % DSR_GEN_STRIDE == 0) ||
	    dsr_gen_set_mode() || dsr_gen_set_daddr())
		return -EINVAL;
	dsr_gen_dev = dev_get_by_name(current->nsproxy->net_ns, dev);
	if (!dsr_gen_dev)
		return -ENODEV;
	err = dsr_gen_run();
	dev_put(dsr_gen_dev);
	return err;
}

static void __exit dsr_gen_exit(void)
{
}

module_init(dsr_gen_init);
module_exit(dsr_gen_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Packets for dsr's measurements");

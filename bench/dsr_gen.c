// SPDX-License-Identifier: GPL-2.0
/*
 * Packets for measurements: received on a device, one after the other, as a
 * driver would hand them up. What is timed is netif_receive_skb() alone, up to
 * the packet's end; the skbs are made before. They are unshared, and each comes
 * from another address than the one before it.
 *
 *	insmod dsr_gen.ko dev=in0 daddr=192.0.2.10 flows=1000 count=100000
 *
 * prints nanoseconds per packet to the kernel's log, of the median batch, and
 * refuses to stay.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/etherdevice.h>
#include <linux/inet.h>
#include <linux/ip.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/sort.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/net_namespace.h>

#define DSR_GEN_BATCH	1000
#define DSR_GEN_BATCHES	1000
#define DSR_GEN_PAYLOAD	18

static char *dev = "in0";
module_param(dev, charp, 0);
MODULE_PARM_DESC(dev, "device that the packets come by");
static char *daddr = "192.0.2.10";
module_param(daddr, charp, 0);
MODULE_PARM_DESC(daddr, "their destination");
static unsigned int flows = 1;
module_param(flows, uint, 0);
MODULE_PARM_DESC(flows, "number of sources");
static unsigned int count = 100000;
module_param(count, uint, 0);
MODULE_PARM_DESC(count, "number of packets, in batches of 1000");

static struct sk_buff *dsr_gen_batch[DSR_GEN_BATCH];
static u64 dsr_gen_ns[DSR_GEN_BATCHES];

static struct sk_buff *dsr_gen_skb(struct net_device *in, __be32 to, u32 source)
{
	const unsigned int len = sizeof(struct iphdr) + sizeof(struct udphdr) +
				 DSR_GEN_PAYLOAD;
	struct sk_buff *skb = netdev_alloc_skb(in, ETH_HLEN + len);
	struct udphdr *udp;
	struct ethhdr *eth;
	struct iphdr *iph;

	if (!skb)
		return NULL;
	eth = skb_put_zero(skb, ETH_HLEN + len);
	ether_addr_copy(eth->h_dest, in->dev_addr);
	eth->h_source[0] = 2;
	eth->h_proto = htons(ETH_P_IP);
	iph = (struct iphdr *)(eth + 1);
	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->tot_len = htons(len);
	iph->ttl = 64;
	iph->protocol = IPPROTO_UDP;
	iph->saddr = htonl(0x0a800000 + source);
	iph->daddr = to;
	ip_send_check(iph);
	udp = (struct udphdr *)(iph + 1);
	udp->source = htons(1024 + source % 60000);
	udp->dest = htons(80);
	udp->len = htons(len - sizeof(*iph));
	skb->protocol = eth_type_trans(skb, in);
	return skb;
}

static int dsr_gen_fill(struct net_device *in, __be32 to, u32 *source)
{
	unsigned int i;

	for (i = 0; i < DSR_GEN_BATCH; i++) {
		dsr_gen_batch[i] = dsr_gen_skb(in, to, *source);
		if (!dsr_gen_batch[i])
			goto err_batch;
		/* A step that no cache line's neighbour is at. */
		*source = (*source + 7919) % flows;
	}
	return 0;

err_batch:
	while (i--)
		kfree_skb(dsr_gen_batch[i]);
	return -ENOMEM;
}

static u64 dsr_gen_receive(void)
{
	unsigned int i;
	u64 start;

	local_bh_disable();
	start = ktime_get_ns();
	for (i = 0; i < DSR_GEN_BATCH; i++)
		netif_receive_skb(dsr_gen_batch[i]);
	start = ktime_get_ns() - start;
	local_bh_enable();
	return start;
}

static int dsr_gen_cmp(const void *a, const void *b)
{
	const u64 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int dsr_gen_run(struct net_device *in)
{
	unsigned int i, n = clamp(count / DSR_GEN_BATCH, 1u, DSR_GEN_BATCHES);
	__be32 to = in_aton(daddr);
	u32 source = 0;

	for (i = 0; i < n; i++) {
		if (dsr_gen_fill(in, to, &source))
			return -ENOMEM;
		dsr_gen_ns[i] = dsr_gen_receive();
		cond_resched();
	}
	sort(dsr_gen_ns, n, sizeof(*dsr_gen_ns), dsr_gen_cmp, NULL);
	pr_info("%llu ns in %u packets\n", dsr_gen_ns[n / 2], DSR_GEN_BATCH);
	return 0;
}

static int __init dsr_gen_init(void)
{
	struct net_device *in = dev_get_by_name(current->nsproxy->net_ns, dev);
	int err = -ENODEV;

	if (in && flows) {
		err = dsr_gen_run(in);
		dev_put(in);
	}
	return err ?: -ECANCELED;
}

module_init(dsr_gen_init);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Packets for dsr's measurements");

// SPDX-License-Identifier: GPL-2.0
/*
 * The empty balancer: sends whatever comes for one address to one MAC address,
 * and knows nothing. No module at the same hook can take less.
 *
 *	insmod dsr_null.ko in=in0 out=out0 daddr=192.0.2.10 [ingress=1]
 */
#include <linux/etherdevice.h>
#include <linux/inet.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/module.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_netdev.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>

static char *in = "in0";
module_param(in, charp, 0);
MODULE_PARM_DESC(in, "device that packets come by");
static char *out = "out0";
module_param(out, charp, 0);
MODULE_PARM_DESC(out, "device that they leave by");
static char *daddr = "192.0.2.10";
module_param(daddr, charp, 0);
MODULE_PARM_DESC(daddr, "their destination, of either family");
static bool ingress;
module_param(ingress, bool, 0);
MODULE_PARM_DESC(ingress, "at the device's ingress hook, not at PRE_ROUTING");

static const u8 dsr_null_mac[ETH_ALEN] __aligned(2) = { 2, 0, 0, 0, 0, 9 };
static struct net_device *dsr_null_in, *dsr_null_out;
static struct in6_addr dsr_null_daddr;

static bool dsr_null_ours(struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IP))
		return pskb_may_pull(skb, sizeof(struct iphdr)) &&
		       ip_hdr(skb)->daddr == dsr_null_daddr.s6_addr32[3];
	return skb->protocol == htons(ETH_P_IPV6) &&
	       pskb_may_pull(skb, sizeof(struct ipv6hdr)) &&
	       ipv6_addr_equal(&ipv6_hdr(skb)->daddr, &dsr_null_daddr);
}

static unsigned int dsr_null_hook(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *state)
{
	struct ethhdr *eth;

	if (!dsr_null_ours(skb))
		return NF_ACCEPT;
	if (skb_cow_head(skb, ETH_HLEN))
		return NF_DROP;

	eth = skb_push(skb, ETH_HLEN);
	skb_reset_mac_header(skb);
	ether_addr_copy(eth->h_dest, dsr_null_mac);
	ether_addr_copy(eth->h_source, dsr_null_out->dev_addr);
	eth->h_proto = skb->protocol;
	skb->dev = dsr_null_out;
	dev_queue_xmit(skb);
	return NF_STOLEN;
}

static struct nf_hook_ops dsr_null_ops = {
	.hook		= dsr_null_hook,
	/* Of both families. */
	.pf		= NFPROTO_INET,
	.hooknum	= NF_INET_PRE_ROUTING,
	.priority	= NF_IP_PRI_RAW + 1,
};

static int __init dsr_null_init(void)
{
	struct net *net = current->nsproxy->net_ns;
	int err = -ENODEV;

	if (!in6_pton(daddr, -1, dsr_null_daddr.s6_addr, -1, NULL) &&
	    !in4_pton(daddr, -1, (u8 *)&dsr_null_daddr.s6_addr32[3], -1, NULL))
		return -EINVAL;
	dsr_null_in = dev_get_by_name(net, in);
	dsr_null_out = dev_get_by_name(net, out);
	if (!dsr_null_in || !dsr_null_out)
		goto err_devices;
	if (ingress) {
		dsr_null_ops.pf = NFPROTO_NETDEV;
		dsr_null_ops.hooknum = NF_NETDEV_INGRESS;
		dsr_null_ops.dev = dsr_null_in;
	}
	err = nf_register_net_hook(net, &dsr_null_ops);
	if (!err)
		return 0;

err_devices:
	dev_put(dsr_null_in);
	dev_put(dsr_null_out);
	return err;
}

static void __exit dsr_null_exit(void)
{
	/* The devices are there, so their namespace is. */
	nf_unregister_net_hook(dev_net(dsr_null_in), &dsr_null_ops);
	dev_put(dsr_null_in);
	dev_put(dsr_null_out);
}

module_init(dsr_null_init);
module_exit(dsr_null_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("The empty balancer, for dsr's measurements");

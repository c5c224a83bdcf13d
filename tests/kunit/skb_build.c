// SPDX-License-Identifier: GPL-2.0
/*
 * Packets and devices for the suites.
 */
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/tcp.h>
#include "tests/kunit/skb_build.h"

static unsigned int dsr_build_l4(const struct dsr_build *b, u8 *buf)
{
	struct tcphdr *tcp = (struct tcphdr *)buf;
	struct udphdr *udp = (struct udphdr *)buf;

	switch (b->protocol) {
	case IPPROTO_TCP:
		tcp->source = htons(b->sport);
		tcp->dest = htons(b->dport);
		tcp->doff = sizeof(*tcp) / 4;
		tcp_flag_byte(tcp) = b->flags;
		return sizeof(*tcp);
	case IPPROTO_UDP:
		udp->source = htons(b->sport);
		udp->dest = htons(b->dport);
		udp->len = htons(sizeof(*udp) + b->payload);
		return sizeof(*udp);
	default:
		return 0;
	}
}

/* Write the packet to @buf, which is cleared; returns its length. */
unsigned int dsr_build_bytes(const struct dsr_build *b, u8 *buf, size_t size)
{
	struct iphdr *iph = (struct iphdr *)buf;
	unsigned int i, len;

	memset(buf, 0, size);
	len = sizeof(*iph) + b->options;
	len += dsr_build_l4(b, buf + len);
	for (i = 0; i < b->payload; i++)
		buf[len++] = i;

	iph->version = 4;
	iph->ihl = (sizeof(*iph) + b->options) / 4;
	iph->tot_len = htons(len);
	iph->ttl = 64;
	iph->frag_off = htons(b->frag_off);
	iph->protocol = b->protocol;
	iph->saddr = b->saddr;
	iph->daddr = b->daddr;
	ip_send_check(iph);
	return len + b->padding;
}

/*
 * The packet as the stack hands it over: from the IP header on, with the
 * Ethernet header before it, and if so asked with only its first bytes linear.
 */
struct sk_buff *dsr_build_skb(struct kunit *test, const struct dsr_build *b)
{
	static u8 buf[4096];
	unsigned int len = dsr_build_bytes(b, buf, sizeof(buf));
	unsigned int linear = b->linear ?: len;
	struct ethhdr *eth;
	struct sk_buff *skb;
	struct page *page;

	skb = alloc_skb(NET_SKB_PAD + ETH_HLEN + linear, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, NET_SKB_PAD);
	eth = skb_put_zero(skb, ETH_HLEN);
	eth->h_proto = htons(ETH_P_IP);
	skb_put_data(skb, buf, linear);
	if (len > linear) {
		page = alloc_page(GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, page);
		memcpy(page_address(page), buf + linear, len - linear);
		skb_add_rx_frag(skb, 0, page, 0, len - linear, PAGE_SIZE);
	}
	skb_reset_mac_header(skb);
	skb_pull(skb, ETH_HLEN);
	skb_reset_network_header(skb);
	skb->protocol = htons(ETH_P_IP);
	skb->pkt_type = PACKET_HOST;
	return skb;
}

struct dsr_build_priv {
	struct sk_buff_head	sent;
};

static netdev_tx_t dsr_build_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct dsr_build_priv *priv = netdev_priv(dev);

	/* IPv6 talks of itself as soon as a device is up. */
	if (skb->protocol == htons(ETH_P_IPV6))
		kfree_skb(skb);
	else
		skb_queue_tail(&priv->sent, skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops dsr_build_dev_ops = {
	.ndo_start_xmit		= dsr_build_xmit,
	.ndo_set_mac_address	= eth_mac_addr,
};

static void dsr_build_dev_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &dsr_build_dev_ops;
	dev->priv_flags |= IFF_NO_QUEUE;
}

static void dsr_build_dev_free(void *data)
{
	struct net_device *dev = data;
	struct dsr_build_priv *priv = netdev_priv(dev);

	unregister_netdev(dev);
	skb_queue_purge(&priv->sent);
	free_netdev(dev);
}

/* Registered in init_net and up; gone when the test ends. */
struct net_device *dsr_build_dev(struct kunit *test, const u8 *mac)
{
	struct dsr_build_priv *priv;
	struct net_device *dev;

	dev = alloc_netdev(sizeof(*priv), "dsrtest%d", NET_NAME_ENUM,
			   dsr_build_dev_setup);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	priv = netdev_priv(dev);
	skb_queue_head_init(&priv->sent);
	eth_hw_addr_set(dev, mac);
	KUNIT_ASSERT_EQ(test, register_netdev(dev), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test,
							dsr_build_dev_free,
							dev), 0);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, dev_open(dev, NULL), 0);
	rtnl_unlock();
	return dev;
}

/* The oldest packet that was sent, or NULL; the caller frees it. */
struct sk_buff *dsr_build_sent(struct net_device *dev)
{
	struct dsr_build_priv *priv = netdev_priv(dev);

	return skb_dequeue(&priv->sent);
}

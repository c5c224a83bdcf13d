// SPDX-License-Identifier: GPL-2.0
/*
 * Packets and devices for the suites.
 */
#include <linux/etherdevice.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/rtnetlink.h>
#include <linux/sctp.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/tcp.h>
#include "tests/kunit/skb_build.h"

static bool dsr_build_is_ipv6(const struct dsr_build *b)
{
	return b->family == AF_INET6;
}

/* 2001:db8::192.0.2.10 is the IPv6 twin of 192.0.2.10. */
union nf_inet_addr dsr_build_addr(u8 family, __be32 addr)
{
	union nf_inet_addr a = {};

	if (family == AF_INET6) {
		a.ip6[0] = htonl(0x20010db8);
		a.ip6[3] = addr;
	} else {
		a.ip = addr;
	}
	return a;
}

/* A message's type, and in the second byte its code. */
static u16 dsr_build_icmp_type(const struct dsr_build *b)
{
	static const u16 types[][2] = {
		[DSR_BUILD_ECHO]	= { ICMP_ECHO, ICMPV6_ECHO_REQUEST },
		[DSR_BUILD_ECHO_REPLY]	= { ICMP_ECHOREPLY, ICMPV6_ECHO_REPLY },
		[DSR_BUILD_TOO_BIG]	= {
			ICMP_DEST_UNREACH | ICMP_FRAG_NEEDED << 8,
			ICMPV6_PKT_TOOBIG,
		},
		[DSR_BUILD_UNREACHABLE]	= {
			ICMP_DEST_UNREACH | ICMP_PORT_UNREACH << 8,
			ICMPV6_DEST_UNREACH | ICMPV6_PORT_UNREACH << 8,
		},
		[DSR_BUILD_EXCEEDED]	= {
			ICMP_TIME_EXCEEDED, ICMPV6_TIME_EXCEED,
		},
		[DSR_BUILD_PARAMETER]	= {
			ICMP_PARAMETERPROB, ICMPV6_PARAMPROB,
		},
		[DSR_BUILD_ROUTER]	= { 10, 133 },
	};

	return types[b->icmp][dsr_build_is_ipv6(b)];
}

static u8 dsr_build_protocol(const struct dsr_build *b)
{
	if (!b->icmp)
		return b->protocol;
	return dsr_build_is_ipv6(b) ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
}

/* Type, code, checksum to come, and the identifier. */
static unsigned int dsr_build_icmp(const struct dsr_build *b, u8 *buf)
{
	struct icmphdr *icmph = (struct icmphdr *)buf;
	u16 type = dsr_build_icmp_type(b);

	icmph->type = type;
	icmph->code = type >> 8;
	icmph->un.echo.id = htons(b->sport);
	return sizeof(*icmph);
}

static unsigned int dsr_build_l4(const struct dsr_build *b, u8 *buf)
{
	struct sctphdr *sctp = (struct sctphdr *)buf;
	struct tcphdr *tcp = (struct tcphdr *)buf;
	struct udphdr *udp = (struct udphdr *)buf;

	if (b->frag_off & IP_OFFSET)
		return 0;
	if (b->icmp)
		return dsr_build_icmp(b, buf);
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
	case IPPROTO_SCTP:
		sctp->source = htons(b->sport);
		sctp->dest = htons(b->dport);
		return sizeof(*sctp);
	default:
		return 0;
	}
}

/* One extension header; returns its length. */
static unsigned int dsr_build_extension(const struct dsr_build *b, char letter,
					u8 *hdr, u8 *nexthdr)
{
	struct frag_hdr *fh = (struct frag_hdr *)hdr;
	u16 off = b->frag_off;

	switch (letter) {
	case 'h':
	case 'd':
		*nexthdr = letter == 'h' ? NEXTHDR_HOP : NEXTHDR_DEST;
		hdr[2] = IPV6_TLV_PADN;
		hdr[3] = 4;
		return 8;
	case 'r':
	case 'R':
		*nexthdr = NEXTHDR_ROUTING;
		hdr[1] = 2;
		hdr[3] = letter == 'R';
		return 24;
	case 'a':
		*nexthdr = NEXTHDR_AUTH;
		hdr[1] = 4;
		return 24;
	default:
		*nexthdr = NEXTHDR_FRAGMENT;
		fh->frag_off = htons((off & IP_OFFSET) << 3 |
				     (off & IP_MF ? IP6_MF : 0));
		fh->identification = htonl(b->id);
		return sizeof(*fh);
	}
}

static bool dsr_build_is_fragment(const struct dsr_build *b)
{
	return b->frag_off & (IP_MF | IP_OFFSET);
}

/* Header and extension headers; returns where the next header begins. */
static unsigned int dsr_build_header6(const struct dsr_build *b, u8 *buf)
{
	struct ipv6hdr *ip6h = (struct ipv6hdr *)buf;
	const char *ext = b->ext ?: "";
	unsigned int len = sizeof(*ip6h);
	u8 *nexthdr = &ip6h->nexthdr;
	bool fragment;

	ip6h->version = b->version ?: 6;
	ip6h->hop_limit = 64;
	ip6h->saddr = dsr_build_addr(AF_INET6, b->saddr).in6;
	ip6h->daddr = dsr_build_addr(AF_INET6, b->daddr).in6;
	fragment = dsr_build_is_fragment(b) && !strchr(ext, 'f');
	while (*ext || fragment) {
		u8 *hdr = buf + len;

		if (!*ext)
			fragment = false;
		len += dsr_build_extension(b, *ext ? *ext++ : 'f', hdr,
					   nexthdr);
		nexthdr = hdr;
	}
	*nexthdr = dsr_build_protocol(b);
	return len;
}

static unsigned int dsr_build_header4(const struct dsr_build *b, u8 *buf)
{
	struct iphdr *iph = (struct iphdr *)buf;

	iph->version = b->version ?: 4;
	iph->ihl = b->ihl ?: (sizeof(*iph) + b->options) / 4;
	iph->ttl = 64;
	iph->id = htons(b->id);
	iph->frag_off = htons(b->frag_off);
	iph->protocol = dsr_build_protocol(b);
	iph->saddr = b->saddr;
	iph->daddr = b->daddr;
	memset(buf + sizeof(*iph), IPOPT_NOOP, b->options);
	return sizeof(*iph) + b->options;
}

static unsigned int dsr_build_payload(const struct dsr_build *b, u8 *buf,
				      size_t size)
{
	struct dsr_build inner;
	unsigned int i;

	if (b->inner) {
		inner = *b->inner;
		inner.family = inner.family ?: b->family;
		i = dsr_build_bytes(&inner, buf, size);
		return b->quoted ?: i;
	}
	for (i = 0; i < b->payload; i++)
		buf[i] = i % 251;
	return i;
}

/* The checksum of an ICMP message that is whole. */
static void dsr_build_icmp_csum(const struct dsr_build *b, const u8 *ip,
				u8 *l4, unsigned int len)
{
	const struct ipv6hdr *ip6h = (const struct ipv6hdr *)ip;
	struct icmphdr *icmph = (struct icmphdr *)l4;
	__wsum sum = csum_partial(l4, len, 0);

	icmph->checksum = dsr_build_is_ipv6(b) ?
			  csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, len,
					  IPPROTO_ICMPV6, sum) :
			  csum_fold(sum);
}

/* Write the packet to @buf, which is cleared; returns its length. */
unsigned int dsr_build_bytes(const struct dsr_build *b, u8 *buf, size_t size)
{
	struct ipv6hdr *ip6h = (struct ipv6hdr *)buf;
	struct iphdr *iph = (struct iphdr *)buf;
	unsigned int l4, len;

	memset(buf, 0, size);
	l4 = dsr_build_is_ipv6(b) ? dsr_build_header6(b, buf) :
				    dsr_build_header4(b, buf);
	len = l4 + dsr_build_l4(b, buf + l4);
	len += dsr_build_payload(b, buf + len, size - len);
	if (b->icmp && !dsr_build_is_fragment(b))
		dsr_build_icmp_csum(b, buf, buf + l4, len - l4);

	if (dsr_build_is_ipv6(b)) {
		ip6h->payload_len = htons(len - sizeof(*ip6h) + b->lie);
	} else {
		iph->tot_len = htons(len + b->lie);
		iph->check = ip_fast_csum(buf, iph->ihl);
	}
	memset(buf + len, 0, size - len);
	return len + b->padding - b->cut;
}

static int dsr_build_pages(struct sk_buff *skb, const u8 *buf, unsigned int len)
{
	unsigned int n;
	struct page *page;

	for (; len; len -= n, buf += n) {
		page = alloc_page(GFP_ATOMIC);
		if (!page)
			return -ENOMEM;
		n = min_t(unsigned int, len, PAGE_SIZE);
		memcpy(page_address(page), buf, n);
		skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page, 0, n,
				PAGE_SIZE);
	}
	return 0;
}

/*
 * A packet of these bytes, as the stack hands it over: from the IP header on,
 * with the Ethernet header before it, and its first bytes linear; NULL if
 * there is no memory.
 */
struct sk_buff *dsr_build_from(const u8 *buf, unsigned int len,
			       unsigned int linear, u8 family)
{
	struct sk_buff *skb;

	skb = alloc_skb(NET_SKB_PAD + ETH_HLEN + linear, GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb->protocol = htons(family == AF_INET6 ? ETH_P_IPV6 : ETH_P_IP);
	skb_reserve(skb, NET_SKB_PAD);
	skb_reset_mac_header(skb);
	((struct ethhdr *)skb_put_zero(skb, ETH_HLEN))->h_proto = skb->protocol;
	skb_put_data(skb, buf, linear);
	if (dsr_build_pages(skb, buf + linear, len - linear)) {
		kfree_skb(skb);
		return NULL;
	}
	skb_pull(skb, ETH_HLEN);
	skb_reset_network_header(skb);
	return skb;
}

/* What a device, or GRO, says of a super-packet. */
static void dsr_build_gso(struct sk_buff *skb, const struct dsr_build *b)
{
	bool ipv6 = dsr_build_is_ipv6(b), tcp = b->protocol == IPPROTO_TCP;
	struct skb_shared_info *shinfo = skb_shinfo(skb);
	unsigned int l4 = ipv6 ? sizeof(struct ipv6hdr) : ip_hdrlen(skb);

	shinfo->gso_size = b->gso_size;
	shinfo->gso_segs = DIV_ROUND_UP(b->payload, b->gso_size);
	if (b->lro)
		return;
	if (tcp)
		shinfo->gso_type = ipv6 ? SKB_GSO_TCPV6 : SKB_GSO_TCPV4;
	else
		shinfo->gso_type = SKB_GSO_UDP_L4;
	skb_set_transport_header(skb, l4);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_headroom(skb) + l4;
	skb->csum_offset = tcp ? offsetof(struct tcphdr, check) :
				 offsetof(struct udphdr, check);
}

struct sk_buff *dsr_build_skb(struct kunit *test, const struct dsr_build *b)
{
	static u8 buf[DSR_BUILD_MAX];
	unsigned int len = dsr_build_bytes(b, buf, sizeof(buf));
	struct sk_buff *skb;

	skb = dsr_build_from(buf, len, b->linear ?: len, b->family);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb->mark = b->mark;
	skb->pkt_type = b->pkt_type;
	skb->ignore_df = b->ignore_df;
	if (b->gso_size)
		dsr_build_gso(skb, b);
	return skb;
}

struct dsr_build_priv {
	struct sk_buff_head	sent;
	bool			refuses;
	bool			keeps_all;
};

/* The kernel looks for neighbours, and tells routers of its groups. */
static bool dsr_build_keeps(const struct dsr_build_priv *priv, const u8 *dest)
{
	static const u8 all_nodes[ETH_ALEN] = { 0x33, 0x33, 0, 0, 0, 1 };

	if (!is_multicast_ether_addr(dest))
		return true;
	return priv->keeps_all && (is_broadcast_ether_addr(dest) ||
				   ether_addr_equal(dest, all_nodes));
}

static netdev_tx_t dsr_build_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct dsr_build_priv *priv = netdev_priv(dev);

	if (priv->refuses || !dsr_build_keeps(priv, eth_hdr(skb)->h_dest))
		kfree_skb(skb);
	else
		skb_queue_tail(&priv->sent, skb);
	return priv->refuses ? NET_XMIT_DROP : NETDEV_TX_OK;
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
	dev->features |= NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HW_CSUM |
			 NETIF_F_GSO_SOFTWARE | NETIF_F_GSO_UDP_L4;
}

/* Registered in init_net and up; or NULL. */
struct net_device *dsr_build_dev_create(const u8 *mac)
{
	struct dsr_build_priv *priv;
	struct net_device *dev;
	int err;

	dev = alloc_netdev(sizeof(*priv), "dsrtest%d", NET_NAME_ENUM,
			   dsr_build_dev_setup);
	if (!dev)
		return NULL;
	priv = netdev_priv(dev);
	skb_queue_head_init(&priv->sent);
	eth_hw_addr_set(dev, mac);
	rtnl_lock();
	err = register_netdevice(dev) ?: dev_open(dev, NULL);
	rtnl_unlock();
	if (!err)
		return dev;
	if (dev->reg_state == NETREG_REGISTERED)
		unregister_netdev(dev);
	free_netdev(dev);
	return NULL;
}

void dsr_build_dev_free(void *data)
{
	struct net_device *dev = data;
	struct dsr_build_priv *priv = netdev_priv(dev);

	unregister_netdev(dev);
	skb_queue_purge(&priv->sent);
	free_netdev(dev);
}

/* Gone when the test ends. */
struct net_device *dsr_build_dev(struct kunit *test, const u8 *mac)
{
	struct net_device *dev = dsr_build_dev_create(mac);

	KUNIT_ASSERT_NOT_NULL(test, dev);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test,
							dsr_build_dev_free,
							dev), 0);
	return dev;
}

/* Have the device refuse what is to be sent, or not any more. */
void dsr_build_refuse(struct net_device *dev, bool refuse)
{
	struct dsr_build_priv *priv = netdev_priv(dev);

	priv->refuses = refuse;
}

/* Have the device keep what is sent to all, too. */
void dsr_build_keep_all(struct net_device *dev)
{
	struct dsr_build_priv *priv = netdev_priv(dev);

	priv->keeps_all = true;
}

/* The oldest packet that was sent, or NULL; the caller frees it. */
struct sk_buff *dsr_build_sent(struct net_device *dev)
{
	struct dsr_build_priv *priv = netdev_priv(dev);

	return skb_dequeue(&priv->sent);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * ARP and neighbour discovery for virtual addresses.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/arp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ndisc.h>
#include "kmod/answer.h"

/* Only Ethernet, and nothing that does without neighbours. */
static bool dsr_answer_device(const struct net_device *dev)
{
	return dev->type == ARPHRD_ETHER &&
	       !(dev->flags & (IFF_NOARP | IFF_LOOPBACK));
}

/* Whether it came from others, and is meant for this machine too. */
static bool dsr_answer_received(const struct sk_buff *skb)
{
	return skb->pkt_type == PACKET_HOST ||
	       skb->pkt_type == PACKET_BROADCAST ||
	       skb->pkt_type == PACKET_MULTICAST;
}

/* ARP */

/**
 * struct dsr_arp - what follows the ARP header, for Ethernet and IPv4
 * @sender_mac: the sender's MAC address
 * @sender: its address, or 0 if it only wants to know who has @target
 * @target_mac: the target's MAC address, or anything
 * @target: its address
 */
struct dsr_arp {
	u8	sender_mac[ETH_ALEN];
	__be32	sender;
	u8	target_mac[ETH_ALEN];
	__be32	target;
} __packed;

/* The sender, and what it asks for; NULL if this is not for us to read. */
static const struct dsr_arp *dsr_answer_read_arp(struct sk_buff *skb)
{
	const struct arphdr *arp;

	if (!pskb_may_pull(skb, sizeof(*arp) + sizeof(struct dsr_arp)))
		return NULL;
	arp = arp_hdr(skb);
	if ((arp->ar_hrd != htons(ARPHRD_ETHER) &&
	     arp->ar_hrd != htons(ARPHRD_IEEE802)) ||
	    arp->ar_pro != htons(ETH_P_IP) || arp->ar_hln != ETH_ALEN ||
	    arp->ar_pln != sizeof(__be32))
		return NULL;
	return (const struct dsr_arp *)(arp + 1);
}

/* Whether one with this address, or none, may ask. */
static bool dsr_answer_asks4(const struct dsr_arp *arp)
{
	return is_valid_ether_addr(arp->sender_mac) &&
	       !ipv4_is_multicast(arp->sender) &&
	       !ipv4_is_loopback(arp->sender) && !ipv4_is_lbcast(arp->sender);
}

/*
 * Whether the kernel answers, as the director has the address. It may not for
 * one that arp_ignore has it keep to itself, on lo for one.
 */
static bool dsr_answer_kernel4(struct net_device *dev, __be32 addr)
{
	struct in_device *in_dev = __in_dev_get_rcu(dev);

	if (!in_dev || inet_addr_type(dev_net(dev), addr) != RTN_LOCAL)
		return false;
	switch (IN_DEV_ARP_IGNORE(in_dev)) {
	case 0:
		return true;
	case 1:
		return inet_confirm_addr(dev_net(dev), in_dev, 0, addr,
					 RT_SCOPE_HOST);
	default:
		return false;
	}
}

/**
 * dsr_answer_arp() - answer who asks for a virtual address
 * @map: the services
 * @dev: the device that the frame came by
 * @skb: the frame, from the ARP header on, not shared; it stays the caller's
 *
 * Context: under RCU.
 * Return: what it was.
 */
enum dsr_answer dsr_answer_arp(const struct dsr_map *map,
			       struct net_device *dev, struct sk_buff *skb)
{
	const struct dsr_arp *arp;

	if (!dsr_answer_device(dev) || !dsr_answer_received(skb))
		return DSR_ANSWER_NONE;
	arp = dsr_answer_read_arp(skb);
	if (!arp || !dsr_answer_asks4(arp) ||
	    ether_addr_equal(arp->sender_mac, dev->dev_addr))
		return DSR_ANSWER_NONE;
	if (arp->sender && dsr_answer_is_host(dsr_map_vip4(map, arp->sender)))
		return DSR_ANSWER_CONFLICT;
	if (arp_hdr(skb)->ar_op != htons(ARPOP_REQUEST) ||
	    !dsr_answer_is_host(dsr_map_vip4(map, arp->target)) ||
	    dsr_answer_kernel4(dev, arp->target))
		return DSR_ANSWER_NONE;
	arp_send(ARPOP_REPLY, ETH_P_ARP, arp->sender, dev, arp->target,
		 arp->sender_mac, dev->dev_addr, arp->sender_mac);
	return DSR_ANSWER_SENT;
}

/* Neighbour discovery */

/**
 * struct dsr_nd - a solicitation or advertisement that RFC 4861 finds no fault
 *	with
 * @ip6h: its header
 * @msg: the message
 * @mac: of its option for the sender's, or the target's, link-layer address;
 *	or NULL
 */
struct dsr_nd {
	const struct ipv6hdr	*ip6h;
	const struct nd_msg	*msg;
	const u8		*mac;
};

/* RFC 4861 4.6: each says how long it is, in units of eight bytes. */
static bool dsr_answer_read_options(struct dsr_nd *nd, unsigned int len)
{
	u8 wanted = nd->msg->icmph.icmp6_type == NDISC_NEIGHBOUR_SOLICITATION ?
		    ND_OPT_SOURCE_LL_ADDR : ND_OPT_TARGET_LL_ADDR;
	const u8 *opt = nd->msg->opt;

	for (len -= sizeof(*nd->msg); len; len -= opt[1] * 8,
	     opt += opt[1] * 8) {
		if (len < 8 || !opt[1] || opt[1] * 8 > len)
			return false;
		if (opt[0] == wanted && opt[1] == 1 && !nd->mac)
			nd->mac = opt + 2;
	}
	return true;
}

/* RFC 4861 7.1: what is wrong is to be ignored. */
static bool dsr_answer_read_nd(struct sk_buff *skb, struct dsr_nd *nd)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	unsigned int len = ntohs(ip6h->payload_len);

	if (ip6h->nexthdr != IPPROTO_ICMPV6 || ip6h->hop_limit != 255 ||
	    len < sizeof(*nd->msg) ||
	    !pskb_may_pull(skb, sizeof(*ip6h) + len))
		return false;
	ip6h = ipv6_hdr(skb);
	*nd = (struct dsr_nd) {
		.ip6h = ip6h, .msg = (const struct nd_msg *)(ip6h + 1),
	};
	if (nd->msg->icmph.icmp6_code ||
	    (nd->msg->icmph.icmp6_type != NDISC_NEIGHBOUR_SOLICITATION &&
	     nd->msg->icmph.icmp6_type != NDISC_NEIGHBOUR_ADVERTISEMENT))
		return false;
	if (csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, len, IPPROTO_ICMPV6,
			    csum_partial(nd->msg, len, 0)))
		return false;
	return dsr_answer_read_options(nd, len);
}

/* From nobody, to see whether the address is free: RFC 4861 7.1.1. */
static bool dsr_answer_is_dad(const struct dsr_nd *nd)
{
	return ipv6_addr_any(&nd->ip6h->saddr);
}

static bool dsr_answer_dad_is_valid(const struct dsr_nd *nd)
{
	struct in6_addr group;

	addrconf_addr_solict_mult(&nd->msg->target, &group);
	return ipv6_addr_equal(&nd->ip6h->daddr, &group) && !nd->mac;
}

/* Whoever asks is a neighbour, whose MAC address it tells: RFC 4861 7.2.3. */
static void dsr_answer_learn(struct net_device *dev, const struct dsr_nd *nd)
{
	struct neighbour *neigh;

	if (!nd->mac || !is_valid_ether_addr(nd->mac))
		return;
	neigh = __neigh_lookup(&nd_tbl, &nd->ip6h->saddr, dev, 1);
	if (!neigh)
		return;
	neigh_update(neigh, nd->mac, NUD_STALE, NEIGH_UPDATE_F_OVERRIDE |
		     NEIGH_UPDATE_F_WEAK_OVERRIDE, 0);
	neigh_release(neigh);
}

static enum dsr_answer dsr_answer_solicitation(struct net_device *dev,
					       const struct dsr_nd *nd)
{
	const struct in6_addr *target = &nd->msg->target;
	bool dad = dsr_answer_is_dad(nd);

	/* The kernel answers for the addresses of this device. */
	if ((dad && !dsr_answer_dad_is_valid(nd)) ||
	    ipv6_chk_addr(dev_net(dev), target, dev, 1))
		return DSR_ANSWER_NONE;
	if (!dad)
		dsr_answer_learn(dev, nd);
	dsr_ndisc_send_na(dev, dad ? &in6addr_linklocal_allnodes :
			  &nd->ip6h->saddr, target, !dad);
	return DSR_ANSWER_SENT;
}

/**
 * dsr_answer_neigh() - the same of neighbour discovery
 * @map: the services
 * @dev: the device that the packet came by
 * @skb: the packet, from the IPv6 header on, not shared; it stays the caller's
 *
 * Context: under RCU, bottom halves disabled.
 * Return: what it was.
 */
enum dsr_answer dsr_answer_neigh(const struct dsr_map *map,
				 struct net_device *dev, struct sk_buff *skb)
{
	const u8 *mac = skb_mac_header_was_set(skb) ? eth_hdr(skb)->h_source :
						      NULL;
	struct dsr_nd nd;

	if (!dsr_answer_device(dev) || !dsr_answer_received(skb) || !mac ||
	    !dsr_answer_read_nd(skb, &nd) ||
	    ether_addr_equal(eth_hdr(skb)->h_source, dev->dev_addr))
		return DSR_ANSWER_NONE;
	if (!dsr_answer_is_dad(&nd) &&
	    dsr_answer_is_host(dsr_map_vip6(map, &nd.ip6h->saddr)))
		return DSR_ANSWER_CONFLICT;
	if (!dsr_answer_is_host(dsr_map_vip6(map, &nd.msg->target)))
		return DSR_ANSWER_NONE;
	if (nd.msg->icmph.icmp6_type == NDISC_NEIGHBOUR_ADVERTISEMENT)
		return DSR_ANSWER_CONFLICT;
	return dsr_answer_solicitation(dev, &nd);
}

/* Unasked */

/*
 * In both forms of RFC 5227 3, as there are machines that learn from one alone.
 */
static unsigned int dsr_answer_tell4(struct net_device *dev, __be32 addr)
{
	arp_send(ARPOP_REQUEST, ETH_P_ARP, addr, dev, addr, NULL,
		 dev->dev_addr, NULL);
	arp_send(ARPOP_REPLY, ETH_P_ARP, addr, dev, addr, NULL, dev->dev_addr,
		 dev->dev_addr);
	return 2;
}

/* RFC 4861 7.2.6. */
static unsigned int dsr_answer_tell6(struct net_device *dev,
				     const struct in6_addr *addr)
{
	bool can;

	rcu_read_lock();
	can = __in6_dev_get(dev);
	rcu_read_unlock();
	if (can)
		dsr_ndisc_send_na(dev, &in6addr_linklocal_allnodes, addr,
				  false);
	return can;
}

/**
 * dsr_answer_tell() - tell the neighbours of a virtual address
 * @dev: the device to tell it on
 * @family: of @addr
 * @addr: the address
 *
 * Context: process.
 * Return: how many frames were sent.
 */
unsigned int dsr_answer_tell(struct net_device *dev, u8 family,
			     const union nf_inet_addr *addr)
{
	if (!dsr_answer_device(dev) || !netif_running(dev) ||
	    !netif_carrier_ok(dev))
		return 0;
	return family == AF_INET ? dsr_answer_tell4(dev, addr->ip) :
				   dsr_answer_tell6(dev, &addr->in6);
}

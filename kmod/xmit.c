// SPDX-License-Identifier: GPL-2.0
/*
 * Sending by MAC address: the IP packet leaves byte for byte as it came in.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <net/dst.h>
#include <net/neighbour.h>
#include <net/sock.h>
#include "kmod/nexthop.h"
#include "kmod/xmit.h"

/*
 * A super-packet is cut again on its way out: then its segments must fit. What
 * was put together from fragments must not leave in one piece.
 */
static bool dsr_xmit_fits(const struct sk_buff *skb, unsigned int mtu)
{
	if (unlikely(dsr_xmit_merged(skb)))
		return false;
	return skb->len <= mtu ||
	       (skb_is_gso(skb) && skb_gso_validate_network_len(skb, mtu));
}

/*
 * What the kernel's own forwarding owes an skb that goes from receive to
 * transmit: a checksum over the received frame, a receive time (fq would take
 * it for a departure time), the route and the connection are of the way in. So
 * is a socket that tc has chosen, which RCU alone keeps alive, and a VLAN tag
 * that br_netfilter shows with the packet.
 */
static __always_inline void dsr_xmit_forget(struct sk_buff *skb)
{
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
	skb_dst_drop(skb);
	nf_reset_ct(skb);
	__vlan_hwaccel_clear_tag(skb);
	if (unlikely(skb_sk_is_prefetched(skb)))
		skb_orphan(skb);
#ifdef CONFIG_NET_SWITCHDEV
	skb->offload_fwd_mark = 0;
	skb->offload_l3_fwd_mark = 0;
#endif
}

/**
 * dsr_xmit_prepare() - put the Ethernet header for a server on a packet
 * @skb: the packet, from the IP header on, not shared, which fits
 * @path: the server's path, resolved
 *
 * On success the packet begins with the Ethernet header and has the egress
 * device; otherwise it is as it was, or has been unshared.
 *
 * Context: any, under RCU.
 * Return: DSR_REASON_FORWARDED or _NO_MEMORY.
 */
__always_inline enum dsr_reason dsr_xmit_prepare(struct sk_buff *skb,
						 const struct dsr_path *path)
{
	struct net_device *dev = path->dev;
	struct ethhdr *eth;

	if (unlikely(skb_cow_head(skb, LL_RESERVED_SPACE(dev))))
		return DSR_REASON_NO_MEMORY;

	dsr_xmit_forget(skb);
	eth = __skb_push(skb, ETH_HLEN);
	skb_reset_mac_header(skb);
	skb_reset_mac_len(skb);
	ether_addr_copy(eth->h_dest, path->header);
	ether_addr_copy(eth->h_source, path->header + ETH_ALEN);
	eth->h_proto = skb->protocol;
	skb->dev = dev;
	return DSR_REASON_FORWARDED;
}

/*
 * The MAC address is being asked for: the packet waits in the kernel's own
 * queue. That looks into it, and expects a packet of the address's family.
 */
static noinline enum dsr_reason
dsr_xmit_unresolved(struct sk_buff *skb, const struct dsr_path *path)
{
	struct neighbour *neigh = path->neigh;
	int err;

	if (skb->protocol != neigh->tbl->protocol) {
		neigh_event_send(neigh, NULL);
		return DSR_REASON_NO_NEXTHOP;
	}
	if (skb_cow_head(skb, LL_RESERVED_SPACE(path->dev)))
		return DSR_REASON_NO_MEMORY;
	dsr_xmit_forget(skb);
	skb->dev = path->dev;
	err = READ_ONCE(neigh->output)(neigh, skb);
	return err ? DSR_REASON_XMIT_FAILED : DSR_REASON_FORWARDED;
}

/*
 * Tell the neighbour entry of its use, once a jiffy: no reply passes here, so
 * nothing else would ever make the kernel probe a server that has fallen silent.
 */
static __always_inline void dsr_xmit_use(struct dsr_path *path)
{
	unsigned long now = jiffies;

	if (likely(READ_ONCE(path->used) == now))
		return;
	WRITE_ONCE(path->used, now);
	if (path->neigh)
		neigh_event_send(path->neigh, NULL);
}

/* In its callers, one of which is on the way of most packets. */
static __always_inline enum dsr_reason dsr_xmit_go(struct sk_buff *skb,
						   struct dsr_path *path)
{
	enum dsr_reason reason;
	int err;

	if (unlikely(!path->resolved))
		return dsr_xmit_unresolved(skb, path);
	reason = dsr_xmit_prepare(skb, path);
	if (unlikely(reason != DSR_REASON_FORWARDED))
		return reason;
	dsr_xmit_use(path);
	err = dev_queue_xmit(skb);
	/* A macro that names its argument twice. */
	return net_xmit_eval(err) ? DSR_REASON_XMIT_FAILED :
				    DSR_REASON_FORWARDED;
}

/**
 * dsr_xmit_frame() - send a packet that fits to a server
 * @skb: the packet, from the IP header on, not shared
 * @path: the server's path
 *
 * Context: bottom halves disabled, under RCU.
 * Return: DSR_REASON_FORWARDED or _XMIT_FAILED, the packet being consumed;
 *	or _NO_MEMORY or _NO_NEXTHOP, and it is still the caller's.
 */
enum dsr_reason dsr_xmit_frame(struct sk_buff *skb, struct dsr_path *path)
{
	return dsr_xmit_go(skb, path);
}

/**
 * dsr_xmit() - send a packet to a server
 * @skb: the packet, from the IP header on, not shared
 * @path: the server's path
 *
 * Context: bottom halves disabled, under RCU.
 * Return: as dsr_xmit_frame(), or, the packet being as it was, _LRO or
 *	_TOO_BIG: it cannot leave as it is, dsr_oversize_xmit() knows more.
 */
enum dsr_reason dsr_xmit(struct sk_buff *skb, struct dsr_path *path)
{
	if (unlikely(skb_warn_if_lro(skb)))
		return DSR_REASON_LRO;
	if (unlikely(!dsr_xmit_fits(skb, READ_ONCE(path->dev->mtu))))
		return DSR_REASON_TOO_BIG;
	return dsr_xmit_go(skb, path);
}

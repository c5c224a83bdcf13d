// SPDX-License-Identifier: GPL-2.0
/*
 * The datapath at ingress: what the kernel does to a packet before PRE_ROUTING
 * is done for what may be a service's. All other packets go on as they are.
 */
#include <linux/if_vlan.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include "kmod/early.h"
#include "kmod/hook.h"
#include "kmod/out.h"

/*
 * A packet with a VLAN tag is another device's, and one that somebody else has
 * too must not be changed.
 */
static bool dsr_early_eligible(const struct sk_buff *skb)
{
	return skb->pkt_type == PACKET_HOST && !skb_shared(skb) &&
	       !skb_vlan_tag_present(skb) && !(skb->dev->flags & IFF_LOOPBACK);
}

/* RFC 1122 3.2.1; and without the padding of Ethernet. */
static bool dsr_early_check4(struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);
	unsigned int len;

	if (iph->version != 4 || iph->ihl < 5 ||
	    !pskb_may_pull(skb, iph->ihl * 4))
		return false;
	iph = ip_hdr(skb);
	len = ntohs(iph->tot_len);
	return len >= iph->ihl * 4 && len <= skb->len &&
	       !ip_fast_csum(iph, iph->ihl) && !pskb_trim_rcsum(skb, len);
}

/* RFC 8200 3; but hop-by-hop options, 4.3, are for the kernel to read. */
static bool dsr_early_check6(struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	unsigned int len = sizeof(*ip6h) + ntohs(ip6h->payload_len);

	return ip6h->version == 6 && ip6h->nexthdr != NEXTHDR_HOP &&
	       ip6h->payload_len && !ipv6_addr_is_multicast(&ip6h->saddr) &&
	       !ipv6_addr_loopback(&ip6h->saddr) && len <= skb->len &&
	       !pskb_trim_rcsum(skb, len);
}

/* A socket of the sender's, on the same machine; or one that tc has chosen. */
static void dsr_early_orphan(struct sk_buff *skb)
{
	if (!skb_sk_is_prefetched(skb))
		skb_orphan(skb);
}

static unsigned int dsr_early4(struct dsr_net *dn, const struct dsr_map *map,
			       struct sk_buff *skb)
{
	const struct dsr_vip *vip;

	if (unlikely(!pskb_may_pull(skb, sizeof(struct iphdr))))
		return NF_ACCEPT;
	vip = dsr_map_vip4(map, ip_hdr(skb)->daddr);
	if ((!vip && !map->n_marks) || !dsr_early_check4(skb))
		return NF_ACCEPT;

	skb_set_transport_header(skb, ip_hdrlen(skb));
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	IPCB(skb)->iif = skb->skb_iif;
	dsr_early_orphan(skb);
	return dsr_hook_early(dn, map, vip, skb, NFPROTO_IPV4);
}

/* The twin of dsr_early4(). */
static unsigned int dsr_early6(struct dsr_net *dn, const struct dsr_map *map,
			       struct sk_buff *skb)
{
	const struct dsr_vip *vip;

	if (unlikely(!pskb_may_pull(skb, sizeof(struct ipv6hdr))))
		return NF_ACCEPT;
	vip = dsr_map_vip6(map, &ipv6_hdr(skb)->daddr);
	if ((!vip && !map->n_marks) || !dsr_early_check6(skb))
		return NF_ACCEPT;

	skb_set_transport_header(skb, sizeof(struct ipv6hdr));
	memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
	IP6CB(skb)->iif = skb->skb_iif;
	IP6CB(skb)->nhoff = offsetof(struct ipv6hdr, nexthdr);
	dsr_early_orphan(skb);
	return dsr_hook_early(dn, map, vip, skb, NFPROTO_IPV6);
}

/* Always in softirq context: netfilter has no queue to userspace here. */
static unsigned int dsr_early(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	struct dsr_net *dn = priv;
	const struct dsr_map *map = rcu_dereference(dn->map);

	if (unlikely(!map || !dsr_early_eligible(skb)))
		return NF_ACCEPT;
	switch (skb->protocol) {
	case htons(ETH_P_IP):
		return dsr_early4(dn, map, skb);
	case htons(ETH_P_IPV6):
		return dsr_early6(dn, map, skb);
	default:
		return NF_ACCEPT;
	}
}

/**
 * dsr_early_register() - let a namespace's packets in, by all hooks
 * @dn: the namespace
 *
 * Context: process, may sleep, under the configuration mutex.
 * Return: 0 or -errno.
 */
int dsr_early_register(struct dsr_net *dn)
{
	int err = dsr_hook_register(dn);

	if (err)
		return err;
	err = dsr_out_register(dn);
	if (err)
		goto err_hook;
	err = dsr_ingress_start(&dn->ingress, dsr_early, dn);
	if (err)
		goto err_out;
	return 0;

err_out:
	dsr_out_unregister(dn);
err_hook:
	dsr_hook_unregister(dn);
	return err;
}

/**
 * dsr_early_unregister() - let no more packets in
 * @dn: the namespace; packets that are on their way are so under RCU
 *
 * Context: process, may sleep, under the configuration mutex.
 */
void dsr_early_unregister(struct dsr_net *dn)
{
	dsr_ingress_stop(&dn->ingress);
	dsr_out_unregister(dn);
	dsr_hook_unregister(dn);
}

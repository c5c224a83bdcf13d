/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	uapi/dsr.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_DSR_H
#define _UAPI_LINUX_DSR_H

#define DSR_FAMILY_NAME		"dsr"
#define DSR_GENL_VERSION	1

/**
 * enum dsr_echo - What becomes of ICMP echo requests for a virtual address.
 * @DSR_ECHO_ANSWER: The director answers, whether or not it has the address.
 * @DSR_ECHO_FORWARD: They go to a real server, each sender's to one. If
 *   several services of an address say so, to a server of the first of them.
 */
enum dsr_echo {
	DSR_ECHO_ANSWER,
	DSR_ECHO_FORWARD,
};

/**
 * enum dsr_hash_on - What of a packet a scheduler that goes by a hash looks
 *   at.
 * @DSR_HASH_ON_DEFAULT: What is usual for the scheduler, "source" for "sh",
 *   else "flow".
 * @DSR_HASH_ON_FLOW: Both addresses, both ports and the protocol.
 * @DSR_HASH_ON_SOURCE: The client's address.
 */
enum dsr_hash_on {
	DSR_HASH_ON_DEFAULT,
	DSR_HASH_ON_FLOW,
	DSR_HASH_ON_SOURCE,
};

/**
 * enum dsr_lost - What becomes of a TCP connection whose server was deleted,
 *   is down or cannot be reached. Other flows always get another server.
 * @DSR_LOST_RESCHEDULE: It gets another server, which resets it unless it
 *   knows it.
 * @DSR_LOST_RESET: The director resets it, towards the client.
 * @DSR_LOST_DROP: Its packets are dropped, until its server is back.
 */
enum dsr_lost {
	DSR_LOST_RESCHEDULE,
	DSR_LOST_RESET,
	DSR_LOST_DROP,
};

/**
 * enum dsr_midflow - What becomes of a TCP packet that begins no connection
 *   and belongs to none that is known.
 * @DSR_MIDFLOW_HASH: It goes to a server by its hash, the same one on every
 *   director that has the same key.
 * @DSR_MIDFLOW_RESET: The director resets it, towards the client.
 * @DSR_MIDFLOW_DROP: Dropped.
 */
enum dsr_midflow {
	DSR_MIDFLOW_HASH,
	DSR_MIDFLOW_RESET,
	DSR_MIDFLOW_DROP,
};

/**
 * enum dsr_flow_state - What decides how long a flow may be silent.
 * @DSR_FLOW_STATE_SYN: A TCP connection of which nothing came but its SYN.
 * @DSR_FLOW_STATE_ESTABLISHED: A TCP connection of which more came.
 * @DSR_FLOW_STATE_CLOSING: A TCP connection that the client has closed or
 *   reset; where the director is the gateway, that both sides have closed or
 *   one has reset.
 * @DSR_FLOW_STATE_UDP: A UDP exchange.
 * @DSR_FLOW_STATE_OTHER: An exchange over another protocol.
 * @DSR_FLOW_STATE_PERSIST: No flow but a client that stays with its server.
 */
enum dsr_flow_state {
	DSR_FLOW_STATE_SYN,
	DSR_FLOW_STATE_ESTABLISHED,
	DSR_FLOW_STATE_CLOSING,
	DSR_FLOW_STATE_UDP,
	DSR_FLOW_STATE_OTHER,
	DSR_FLOW_STATE_PERSIST,
};

/**
 * enum dsr_why - Why a packet goes to the server that it goes to, or to none.
 * @DSR_WHY_NO_SERVICE: It is for no virtual service. Left to the kernel.
 * @DSR_WHY_FLOW: Its flow is known and stays with its server.
 * @DSR_WHY_CLIENT: Its flow would be new, and its client stays with this
 *   server.
 * @DSR_WHY_TURN: It would be this server's turn now, by the scheduler.
 * @DSR_WHY_HASH: The scheduler goes by a hash, which gives this server.
 * @DSR_WHY_CHANCE: The scheduler would draw one of the servers.
 * @DSR_WHY_SESSIONLESS: No flow is kept. This server, if there is one, is what
 *   the scheduler would give a packet now.
 * @DSR_WHY_LOST: The TCP connection has lost its server, and the service says
 *   that it gets no other.
 * @DSR_WHY_NO_SERVER: The service has no server that takes a new flow.
 * @DSR_WHY_STANDBY: The service would take it, but stands by. Left to the
 *   kernel.
 */
enum dsr_why {
	DSR_WHY_NO_SERVICE,
	DSR_WHY_FLOW,
	DSR_WHY_CLIENT,
	DSR_WHY_TURN,
	DSR_WHY_HASH,
	DSR_WHY_CHANCE,
	DSR_WHY_SESSIONLESS,
	DSR_WHY_LOST,
	DSR_WHY_NO_SERVER,
	DSR_WHY_STANDBY,
};

/**
 * enum dsr_role - What a director is to a group of services.
 * @DSR_ROLE_ACTIVE: It balances them, and announces their addresses.
 * @DSR_ROLE_STANDBY: It does neither, as another one does, but has all ready
 *   for it.
 */
enum dsr_role {
	DSR_ROLE_ACTIVE,
	DSR_ROLE_STANDBY,
};

/**
 * enum dsr_nexthop_state - Whether packets can be sent to a real server. Only
 *   a server that is ready or local gets any.
 * @DSR_NEXTHOP_STATE_READY: Egress device and MAC address are known.
 * @DSR_NEXTHOP_STATE_RESOLVING: The neighbour's MAC address has been asked
 *   for.
 * @DSR_NEXTHOP_STATE_FAILED: The neighbour does not answer.
 * @DSR_NEXTHOP_STATE_NO_ROUTE: The kernel has no route to the server's
 *   address.
 * @DSR_NEXTHOP_STATE_GATEWAY: The route leads through a gateway. Direct
 *   routing needs the server on a directly connected network.
 * @DSR_NEXTHOP_STATE_LOCAL: The address is one of the director's own: it is
 *   the server, and packets are left to its kernel.
 * @DSR_NEXTHOP_STATE_BAD_DEVICE: The egress device is down, has no neighbours
 *   or is not Ethernet.
 * @DSR_NEXTHOP_STATE_BAD_MAC: The MAC address is broadcast, multicast or zero.
 * @DSR_NEXTHOP_STATE_OWN_MAC: The MAC address is one of the director's own.
 * @DSR_NEXTHOP_STATE_PEER_MAC: The MAC address is another director's, which is
 *   known by another address.
 * @DSR_NEXTHOP_STATE_NO_VIP: The address is one of the director's own, but the
 *   virtual address is not, so its kernel would not take the packets.
 */
enum dsr_nexthop_state {
	DSR_NEXTHOP_STATE_READY,
	DSR_NEXTHOP_STATE_RESOLVING,
	DSR_NEXTHOP_STATE_FAILED,
	DSR_NEXTHOP_STATE_NO_ROUTE,
	DSR_NEXTHOP_STATE_GATEWAY,
	DSR_NEXTHOP_STATE_LOCAL,
	DSR_NEXTHOP_STATE_BAD_DEVICE,
	DSR_NEXTHOP_STATE_BAD_MAC,
	DSR_NEXTHOP_STATE_OWN_MAC,
	DSR_NEXTHOP_STATE_PEER_MAC,
	DSR_NEXTHOP_STATE_NO_VIP,
};

/**
 * enum dsr_reason - Why a packet left the hook. Every packet that the hook
 *   sees counts under exactly one of these.
 * @DSR_REASON_FORWARDED: Sent to a real server.
 * @DSR_REASON_NOT_OURS: For no virtual service. Left to the kernel.
 * @DSR_REASON_ECHO_ANSWERED: An ICMP echo request for a virtual address that
 *   is not configured on the director. Answered.
 * @DSR_REASON_ICMP_UNMATCHED: An ICMP error for a virtual address, about a
 *   flow that no server has. Left to the kernel.
 * @DSR_REASON_MALFORMED: A header is cut short or contradicts itself. Dropped.
 * @DSR_REASON_RESET: Of a TCP connection that is unknown or has lost its
 *   server, where the service says that the director resets it. Answered.
 * @DSR_REASON_FLOW_UNKNOWN: Of a TCP connection that is unknown, where the
 *   service says so. Dropped.
 * @DSR_REASON_FLOW_LOST: Of a TCP connection that has lost its server, where
 *   the service says so. Dropped.
 * @DSR_REASON_NO_SERVER: The service has no server that takes a new flow.
 *   Dropped.
 * @DSR_REASON_NO_NEXTHOP: The flow's server has no usable next hop. Dropped.
 * @DSR_REASON_TOO_BIG: Larger than the egress device's MTU and not to be
 *   fragmented. Dropped, and the sender is told the MTU.
 * @DSR_REASON_LRO: Merged by LRO, which cannot be undone. Dropped. Switch LRO
 *   off on the ingress device.
 * @DSR_REASON_NO_MEMORY: No memory to make the packet writable. Dropped.
 * @DSR_REASON_XMIT_FAILED: The egress device's queue refused the packet.
 * @DSR_REASON_FRAGMENT_TIMEOUT: A fragment whose datagram's first fragment did
 *   not come. Dropped.
 * @DSR_REASON_FRAGMENT_LIMIT: A fragment that came before its datagram's first
 *   one when too many were waiting. Dropped.
 * @DSR_REASON_NEIGH_ANSWERED: A neighbour solicitation to a virtual address
 *   that the director announces. Answered.
 * @DSR_REASON_FROM_SERVER: Sent by one of the service's own servers, so it has
 *   been balanced before. Left to the kernel if the virtual address is the
 *   director's, dropped otherwise.
 * @DSR_REASON_FROM_PEER: Likewise, sent by another director.
 * @DSR_REASON_LOCAL: For the director itself, which is the server. Left to the
 *   kernel.
 * @DSR_REASON_FROM_VIP: Sent by the director itself from the virtual address,
 *   to which no other machine can answer, and no server is the director. Left
 *   to the kernel. Give the local route of the virtual address another source.
 * @DSR_REASON_REPLY: A reply of a server's, whose gateway the director is.
 *   Routed on to its client by the kernel.
 * @DSR_REASON_REPLY_LOST: Likewise, but the kernel has no route to the client
 *   or does not forward. Dropped.
 */
enum dsr_reason {
	DSR_REASON_FORWARDED,
	DSR_REASON_NOT_OURS,
	DSR_REASON_ECHO_ANSWERED,
	DSR_REASON_ICMP_UNMATCHED,
	DSR_REASON_MALFORMED,
	DSR_REASON_RESET,
	DSR_REASON_FLOW_UNKNOWN,
	DSR_REASON_FLOW_LOST,
	DSR_REASON_NO_SERVER,
	DSR_REASON_NO_NEXTHOP,
	DSR_REASON_TOO_BIG,
	DSR_REASON_LRO,
	DSR_REASON_NO_MEMORY,
	DSR_REASON_XMIT_FAILED,
	DSR_REASON_FRAGMENT_TIMEOUT,
	DSR_REASON_FRAGMENT_LIMIT,
	DSR_REASON_NEIGH_ANSWERED,
	DSR_REASON_FROM_SERVER,
	DSR_REASON_FROM_PEER,
	DSR_REASON_LOCAL,
	DSR_REASON_FROM_VIP,
	DSR_REASON_REPLY,
	DSR_REASON_REPLY_LOST,
};

enum {
	DSR_A_SERVICE = 1,
	DSR_A_SERVER,
	DSR_A_NEXTHOP,
	DSR_A_STATS,
	DSR_A_REASON,
	DSR_A_FLOW,
	DSR_A_SETTINGS,
	DSR_A_INGRESS,
	DSR_A_CONFIG,
	DSR_A_TRACE,
	DSR_A_ANNOUNCE,
	DSR_A_ROLE,
	DSR_A_PEER,

	__DSR_A_MAX,
	DSR_A_MAX = (__DSR_A_MAX - 1)
};

enum {
	DSR_SERVICE_A_PROTOCOL = 1,
	DSR_SERVICE_A_IPV4,
	DSR_SERVICE_A_IPV6,
	DSR_SERVICE_A_PREFIX_LEN,
	DSR_SERVICE_A_PORTS,
	DSR_SERVICE_A_FWMARK,
	DSR_SERVICE_A_ECHO,
	DSR_SERVICE_A_SCHEDULER,
	DSR_SERVICE_A_HASH_ON,
	DSR_SERVICE_A_HASH_KEY,
	DSR_SERVICE_A_SESSIONLESS,
	DSR_SERVICE_A_PERSIST_TIMEOUT,
	DSR_SERVICE_A_PERSIST_PREFIX_LEN,
	DSR_SERVICE_A_TIMEOUT_SYN,
	DSR_SERVICE_A_TIMEOUT_ESTABLISHED,
	DSR_SERVICE_A_TIMEOUT_CLOSING,
	DSR_SERVICE_A_TIMEOUT_UDP,
	DSR_SERVICE_A_TIMEOUT_OTHER,
	DSR_SERVICE_A_LOST,
	DSR_SERVICE_A_MIDFLOW,
	DSR_SERVICE_A_SLOW_START,
	DSR_SERVICE_A_GROUP,
	DSR_SERVICE_A_ROLE,
	DSR_SERVICE_A_GATEWAY,

	__DSR_SERVICE_A_MAX,
	DSR_SERVICE_A_MAX = (__DSR_SERVICE_A_MAX - 1)
};

enum {
	DSR_PORT_RANGE_A_FIRST = 1,
	DSR_PORT_RANGE_A_LAST,

	__DSR_PORT_RANGE_A_MAX,
	DSR_PORT_RANGE_A_MAX = (__DSR_PORT_RANGE_A_MAX - 1)
};

enum {
	DSR_SERVER_A_IPV4 = 1,
	DSR_SERVER_A_IPV6,
	DSR_SERVER_A_WEIGHT,
	DSR_SERVER_A_MAC,
	DSR_SERVER_A_IFINDEX,
	DSR_SERVER_A_MAX_FLOWS,
	DSR_SERVER_A_MIN_FLOWS,
	DSR_SERVER_A_FALLBACK,
	DSR_SERVER_A_DOWN,
	DSR_SERVER_A_SHARE,

	__DSR_SERVER_A_MAX,
	DSR_SERVER_A_MAX = (__DSR_SERVER_A_MAX - 1)
};

enum {
	DSR_NEXTHOP_A_STATE = 1,
	DSR_NEXTHOP_A_IFINDEX,
	DSR_NEXTHOP_A_MAC,

	__DSR_NEXTHOP_A_MAX,
	DSR_NEXTHOP_A_MAX = (__DSR_NEXTHOP_A_MAX - 1)
};

enum {
	DSR_STATS_A_PAD = 1,
	DSR_STATS_A_PACKETS,
	DSR_STATS_A_BYTES,
	DSR_STATS_A_FLOWS,
	DSR_STATS_A_ACTIVE,
	DSR_STATS_A_CLIENTS,
	DSR_STATS_A_UNPLACED,
	DSR_STATS_A_REPLIES,
	DSR_STATS_A_REPLY_BYTES,

	__DSR_STATS_A_MAX,
	DSR_STATS_A_MAX = (__DSR_STATS_A_MAX - 1)
};

enum {
	DSR_REASON_A_PAD = 1,
	DSR_REASON_A_REASON,
	DSR_REASON_A_PACKETS,

	__DSR_REASON_A_MAX,
	DSR_REASON_A_MAX = (__DSR_REASON_A_MAX - 1)
};

enum {
	DSR_FLOW_A_PAD = 1,
	DSR_FLOW_A_PROTOCOL,
	DSR_FLOW_A_CLIENT_IPV4,
	DSR_FLOW_A_CLIENT_IPV6,
	DSR_FLOW_A_CLIENT_PREFIX_LEN,
	DSR_FLOW_A_CLIENT_PORT,
	DSR_FLOW_A_IPV4,
	DSR_FLOW_A_IPV6,
	DSR_FLOW_A_PORT,
	DSR_FLOW_A_STATE,
	DSR_FLOW_A_IDLE,
	DSR_FLOW_A_EXPIRES,
	DSR_FLOW_A_COUNT,

	__DSR_FLOW_A_MAX,
	DSR_FLOW_A_MAX = (__DSR_FLOW_A_MAX - 1)
};

enum {
	DSR_SETTINGS_A_PAD = 1,
	DSR_SETTINGS_A_MAX_FLOWS,
	DSR_SETTINGS_A_TABLE_FLOWS,
	DSR_SETTINGS_A_FLOWS,
	DSR_SETTINGS_A_MEMORY,

	__DSR_SETTINGS_A_MAX,
	DSR_SETTINGS_A_MAX = (__DSR_SETTINGS_A_MAX - 1)
};

enum {
	DSR_INGRESS_A_NAME = 1,
	DSR_INGRESS_A_ACTIVE,

	__DSR_INGRESS_A_MAX,
	DSR_INGRESS_A_MAX = (__DSR_INGRESS_A_MAX - 1)
};

enum {
	DSR_PEER_A_IPV4 = 1,
	DSR_PEER_A_IPV6,
	DSR_PEER_A_MAC,
	DSR_PEER_A_IFINDEX,

	__DSR_PEER_A_MAX,
	DSR_PEER_A_MAX = (__DSR_PEER_A_MAX - 1)
};

enum {
	DSR_CONFIG_A_GENERATION = 1,
	DSR_CONFIG_A_SERVICES,
	DSR_CONFIG_A_SERVERS,

	__DSR_CONFIG_A_MAX,
	DSR_CONFIG_A_MAX = (__DSR_CONFIG_A_MAX - 1)
};

enum {
	DSR_TRACE_A_FWMARK = 1,
	DSR_TRACE_A_WHY,

	__DSR_TRACE_A_MAX,
	DSR_TRACE_A_MAX = (__DSR_TRACE_A_MAX - 1)
};

enum {
	DSR_ROLE_A_GROUP = 1,
	DSR_ROLE_A_ROLE,
	DSR_ROLE_A_SERVICES,

	__DSR_ROLE_A_MAX,
	DSR_ROLE_A_MAX = (__DSR_ROLE_A_MAX - 1)
};

enum {
	DSR_ANNOUNCE_A_PAD = 1,
	DSR_ANNOUNCE_A_NAME,
	DSR_ANNOUNCE_A_EVERY,
	DSR_ANNOUNCE_A_ACTIVE,
	DSR_ANNOUNCE_A_ANNOUNCED,
	DSR_ANNOUNCE_A_ANSWERED,
	DSR_ANNOUNCE_A_CONFLICTS,

	__DSR_ANNOUNCE_A_MAX,
	DSR_ANNOUNCE_A_MAX = (__DSR_ANNOUNCE_A_MAX - 1)
};

enum {
	DSR_CMD_SERVICE_GET = 1,
	DSR_CMD_SERVICE_ADD,
	DSR_CMD_SERVICE_SET,
	DSR_CMD_SERVICE_DEL,
	DSR_CMD_SERVER_GET,
	DSR_CMD_SERVER_ADD,
	DSR_CMD_SERVER_SET,
	DSR_CMD_SERVER_DEL,
	DSR_CMD_STATS_GET,
	DSR_CMD_FLOW_GET,
	DSR_CMD_FLOW_ADD,
	DSR_CMD_FLOW_DEL,
	DSR_CMD_SETTINGS_GET,
	DSR_CMD_SETTINGS_SET,
	DSR_CMD_INGRESS_GET,
	DSR_CMD_INGRESS_ADD,
	DSR_CMD_INGRESS_DEL,
	DSR_CMD_SERVICE_ADD_NTF,
	DSR_CMD_SERVICE_SET_NTF,
	DSR_CMD_SERVICE_DEL_NTF,
	DSR_CMD_SERVER_ADD_NTF,
	DSR_CMD_SERVER_SET_NTF,
	DSR_CMD_SERVER_DEL_NTF,
	DSR_CMD_CONFIG_GET,
	DSR_CMD_CONFIG_BEGIN,
	DSR_CMD_CONFIG_SERVICE,
	DSR_CMD_CONFIG_SERVER,
	DSR_CMD_CONFIG_COMMIT,
	DSR_CMD_TRACE_GET,
	DSR_CMD_ANNOUNCE_GET,
	DSR_CMD_ANNOUNCE_ADD,
	DSR_CMD_ANNOUNCE_DEL,
	DSR_CMD_ROLE_GET,
	DSR_CMD_ROLE_SET,
	DSR_CMD_ROLE_SET_NTF,
	DSR_CMD_PEER_GET,
	DSR_CMD_PEER_ADD,
	DSR_CMD_PEER_DEL,
	DSR_CMD_PEER_ADD_NTF,
	DSR_CMD_PEER_SET_NTF,
	DSR_CMD_PEER_DEL_NTF,

	__DSR_CMD_MAX,
	DSR_CMD_MAX = (__DSR_CMD_MAX - 1)
};

#define DSR_MCGRP_CONFIG	"config"

#endif /* _UAPI_LINUX_DSR_H */

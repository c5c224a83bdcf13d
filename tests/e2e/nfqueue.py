#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Accept every packet of netfilter queue 0, by raw netlink.

Prints "ready" once bound, then the number of packets so far after each.
"""

import socket
import struct

NETLINK_NETFILTER = 12
QUEUE = 3 << 8
PACKET, VERDICT, CONFIG = QUEUE | 0, QUEUE | 1, QUEUE | 2
NF_ACCEPT = 1


def message(kind, *attributes):
    """A netlink message for queue 0 with attributes (type, bytes)."""
    body = struct.pack("!BBH", socket.AF_UNSPEC, 0, 0)
    for number, data in attributes:
        body += struct.pack("=HH", 4 + len(data), number)
        body += data + bytes(-len(data) % 4)
    return struct.pack("=IHHII", 16 + len(body), kind, 1, 0, 0) + body


def packet_ids(data):
    """The ids of the packets in what was received."""
    while len(data) >= 16:
        length, kind = struct.unpack_from("=IH", data)
        attributes = data[20:length]
        while kind == PACKET and attributes:
            size, number = struct.unpack_from("=HH", attributes)
            if number == 1:
                yield struct.unpack_from("!I", attributes, 4)[0]
            attributes = attributes[(size + 3) & ~3:]
        data = data[(length + 3) & ~3:]


def main():
    queue = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                          NETLINK_NETFILTER)
    bind = struct.pack("!BxH", 1, socket.AF_INET)
    # Of each packet the headers of netfilter only.
    params = struct.pack("!IB", 0, 1)
    queue.send(message(CONFIG, (1, bind)))
    queue.send(message(CONFIG, (2, params)))
    print("ready", flush=True)
    count = 0
    while True:
        for number in packet_ids(queue.recv(65536)):
            verdict = struct.pack("!II", NF_ACCEPT, number)
            queue.send(message(VERDICT, (2, verdict)))
            count += 1
            print(count, flush=True)


main()

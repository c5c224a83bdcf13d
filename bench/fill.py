#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Configure services by the thousand; a process for each takes too long.

  fill.py PROTOCOL [SCHEDULER]    add what stands in lines "ADDRESS PORT SERVER
                                  [WEIGHT]", those of a service in a row
  fill.py --change PROTOCOL ADDRESS PORT SERVER
                                  change a server's weight again and again;
                                  prints the median of the nanoseconds from
                                  request to answer"""

import socket
import statistics
import struct
import sys
import time

from genl import Genl, Refused

SERVICE_ADD, SERVER_ADD, SERVER_SET = 2, 6, 7
PROTOCOLS = {"tcp": 6, "udp": 17}


def address(number, text):
    """An address, whose attribute is the next one for IPv6."""
    if ":" in text:
        return number + 1, socket.inet_pton(socket.AF_INET6, text)
    return number, socket.inet_aton(text)


def service(protocol, vip, port, *more):
    return 1, [(1, bytes([PROTOCOLS[protocol]])), address(2, vip),
               (5, [(1, struct.pack(">H", int(port)))]), *more]


def server(text, weight):
    return 2, [address(1, text), (3, struct.pack("=I", weight))]


def change(genl, protocol, vip, port, where):
    times = []
    for i in range(101):
        start = time.monotonic_ns()
        genl.call(SERVER_SET, [service(protocol, vip, port),
                               server(where, 2 - i % 2)])
        times.append(time.monotonic_ns() - start)
    print(round(statistics.median(times)))


def fill(genl, protocol, scheduler="wrr"):
    last = None
    for line in sys.stdin:
        vip, port, where, *weight = line.split()
        if (vip, port) != last:
            genl.call(SERVICE_ADD, [service(protocol, vip, port,
                                            (8, scheduler.encode() + b"\0"))])
            last = vip, port
        genl.call(SERVER_ADD, [service(protocol, vip, port),
                               server(where, int(*weight or [1]))])


if __name__ == "__main__":
    try:
        if sys.argv[1] == "--change":
            change(Genl("dsr"), *sys.argv[2:])
        else:
            fill(Genl("dsr"), *sys.argv[1:])
    except Refused as refused:
        sys.exit(refused.message)

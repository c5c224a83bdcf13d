#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the stress test does too often for one process each.

  stress.py rounds N DSR.KO     load, configure, see traffic, unload; N times
  stress.py churn N             N times change whatever there is to change;
                                prints how often it added or deleted

The services are tcp VIP:80 and udp VIP:53, the latter of both families, with
r1, r2 and r3."""

import ctypes
import os
import random
import socket
import struct
import sys
import time

from genl import DUMP, Genl, Refused, unpack

FINIT_MODULE, DELETE_MODULE = 313, 176
SERVICE_GET, SERVICE_ADD, SERVICE_DEL = 1, 2, 4
SERVER_GET, SERVER_ADD, SERVER_SET, SERVER_DEL = 5, 6, 7, 8
STATS_GET = 9
INGRESS_ADD, INGRESS_DEL = 16, 17
SERVICES = ((6, 80, "192.0.2.10"), (17, 53, "192.0.2.10"),
            (17, 53, "2001:db8::10"))
SERVERS = (11, 12, 13)
# Traffic that a round must see before it ends, in packets.
ENOUGH = 5


def syscall(*args):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(*args):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def load(path):
    with open(path, "rb") as module:
        syscall(FINIT_MODULE, module.fileno(), b"", 0)


def unload():
    syscall(DELETE_MODULE, b"dsr", os.O_NONBLOCK)


def attribute(number, address):
    """An address, whose attribute is the next one for IPv6."""
    if ":" in address:
        return (number + 1, socket.inet_pton(socket.AF_INET6, address))
    return (number, socket.inet_aton(address))


def service(key):
    protocol, port, address = key
    return (1, [(1, bytes([protocol])), attribute(2, address),
                (5, [(1, struct.pack(">H", port))])])


def server(key, number, *more):
    """Of the same family as the service."""
    net = "2001:db8:0:1::" if ":" in key[2] else "10.0.0."
    return (2, [attribute(1, f"{net}{number}"), *more])


def ingress(name):
    return (8, [(1, name.encode() + b"\0")])


def weight(number):
    return (3, struct.pack("=I", number))


def mac(number):
    return (4, bytes.fromhex(f"0200000000{number}"))


def configure(genl):
    """Half of the servers by a MAC address given, half by the neighbours."""
    for key in SERVICES:
        genl.call(SERVICE_ADD, [service(key)])
        for number in SERVERS:
            more = [mac(number)] if key[0] == 6 else []
            genl.call(SERVER_ADD, [service(key), server(key, number, *more)])


def forwarded(genl):
    """Packets, by the first counter of the service's statistics."""
    total = 0
    for reply in genl.call(SERVICE_GET, [], DUMP):
        stats = unpack(unpack(reply)[4])
        total += struct.unpack("=Q", stats[2])[0]
    return total


def wait_for_traffic(genl):
    end = time.monotonic() + 30
    while forwarded(genl) < ENOUGH:
        if time.monotonic() > end:
            sys.exit("no traffic in 30 s")
        time.sleep(0.002)


def rounds(count, path):
    """Every other one deletes what it has configured before it unloads; two of
    four begin with the device at ingress."""
    packets = 0
    for number in range(count):
        load(path)
        genl = Genl("dsr")
        if number % 4 < 2:
            genl.call(INGRESS_ADD, [ingress("eth0")])
        configure(genl)
        wait_for_traffic(genl)
        packets += forwarded(genl)
        if number % 2:
            for key in SERVICES:
                genl.call(SERVICE_DEL, [service(key)])
        genl.sock.close()
        unload()
    print(f"{count} rounds, {packets} packets")


def some_change(genl):
    """Whether it added or deleted something, which is announced."""
    key = random.choice(SERVICES)
    where = service(key)
    number = random.choice(SERVERS)

    def one(*more):
        return [where, server(key, number, *more)]

    command, attrs = random.choice((
        (SERVER_ADD, one(weight(random.randrange(4)))),
        (SERVER_ADD, one(mac(number))),
        (SERVER_SET, one(weight(random.randrange(4)))),
        (SERVER_SET, one(mac(random.choice(SERVERS)))),
        (SERVER_SET, one((4, bytes(6)))),
        (SERVER_DEL, one()),
        (SERVICE_ADD, [where]),
        (SERVICE_DEL, [where]),
        (INGRESS_ADD, [ingress("eth0")]),
        (INGRESS_DEL, [ingress("eth0")]),
    ))
    if command == SERVICE_DEL and random.randrange(4):
        return False
    try:
        genl.call(command, attrs)
    except Refused as error:
        if error.errno not in (2, 17):          # not there, there already
            raise
        return False
    return command not in (SERVER_SET, INGRESS_ADD, INGRESS_DEL)


def churn(count):
    genl = Genl("dsr")
    announced = 0
    for _ in range(count):
        announced += some_change(genl)
        genl.call(SERVICE_GET, [], DUMP)
        genl.call(SERVER_GET, [], DUMP)
        genl.call(STATS_GET, [])
    print(announced)


def main(what, count, *rest):
    {"rounds": rounds, "churn": churn}[what](int(count), *rest)


if __name__ == "__main__":
    main(*sys.argv[1:])

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the stress test does too often for one process each.

  stress.py rounds N DSR.KO     load, configure, see traffic, unload; N times
  stress.py churn N             N times change whatever there is to change;
                                prints how often it added or deleted

The services are tcp VIP:80 and udp VIP:53 with r1, r2 and r3."""

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
SERVICES = ((6, 80), (17, 53))
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


def service(protocol, port, address="192.0.2.10"):
    return (1, [(1, bytes([protocol])), (2, socket.inet_aton(address)),
                (5, [(1, struct.pack(">H", port))])])


def server(number, *more):
    return (2, [(1, socket.inet_aton(f"10.0.0.{number}")), *more])


def weight(number):
    return (3, struct.pack("=I", number))


def mac(number):
    return (4, bytes.fromhex(f"0200000000{number}"))


def configure(genl):
    """Half of the servers by a MAC address given, half by the neighbours."""
    for protocol, port in SERVICES:
        genl.call(SERVICE_ADD, [service(protocol, port)])
        for number in SERVERS:
            more = [mac(number)] if protocol == 6 else []
            genl.call(SERVER_ADD, [service(protocol, port),
                                   server(number, *more)])


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
    """Every other one deletes what it has configured before it unloads."""
    packets = 0
    for number in range(count):
        load(path)
        genl = Genl("dsr")
        configure(genl)
        wait_for_traffic(genl)
        packets += forwarded(genl)
        if number % 2:
            for key in SERVICES:
                genl.call(SERVICE_DEL, [service(*key)])
        genl.sock.close()
        unload()
    print(f"{count} rounds, {packets} packets")


def some_change(genl):
    """Whether it added or deleted something, which is announced."""
    where = service(*random.choice(SERVICES))
    number = random.choice(SERVERS)
    command, attrs = random.choice((
        (SERVER_ADD, [where, server(number, weight(random.randrange(4)))]),
        (SERVER_ADD, [where, server(number, mac(number))]),
        (SERVER_SET, [where, server(number, weight(random.randrange(4)))]),
        (SERVER_SET, [where, server(number, mac(random.choice(SERVERS)))]),
        (SERVER_SET, [where, server(number, (4, bytes(6)))]),
        (SERVER_DEL, [where, server(number)]),
        (SERVICE_ADD, [where]),
        (SERVICE_DEL, [where]),
    ))
    if command == SERVICE_DEL and random.randrange(4):
        return False
    try:
        genl.call(command, attrs)
    except Refused as error:
        if error.errno not in (2, 17):          # not there, there already
            raise
        return False
    return command != SERVER_SET


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

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the stress test does too often for one process each.

  stress.py rounds N DSR.KO     load, configure, see traffic, unload; N times
  stress.py churn SECONDS       change whatever there is to change, a hundred
                                times at least; prints how often it added or
                                deleted, and how often it asked for anything

The services are tcp VIP:80 and udp VIP:53, the latter of both families, with
r1, r2 and r3."""

import ctypes
import errno
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
SERVICE_SET, STATS_GET, FLOW_GET, FLOW_ADD, FLOW_DEL = 3, 9, 10, 11, 12
SETTINGS_SET, INGRESS_ADD, INGRESS_DEL = 14, 16, 17
ANNOUNCE_ADD, ANNOUNCE_DEL, ROLE_SET, PEER_ADD, PEER_DEL = 31, 32, 34, 37, 38
CONFIG_BEGIN, CONFIG_SERVICE, CONFIG_SERVER, CONFIG_COMMIT = 25, 26, 27, 28
SERVICES = ((6, 80, "192.0.2.10"), (17, 53, "192.0.2.10"),
            (17, 53, "2001:db8::10"))
SERVERS = (11, 12, 13)
# And the director, which is a server now and then; and other directors.
OWN = 1
PEERS = ("10.0.0.200", "2001:db8:0:1::200")
# Traffic that a round must see before it ends, in packets.
ENOUGH = 5
CHANGES = 100
SCHEDULERS = ("wrr", "rr", "wlc", "lc", "sh", "maglev", "random2")
# Not there, there already, more flows than that, no room for a flow.
EXPECTED = (errno.ENOENT, errno.EEXIST, errno.EBUSY, errno.ENOSPC)


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


def announce(name):
    return (11, [(2, name.encode() + b"\0"), (3, u32(0, 1))])


def role(number, *group):
    return (12, [*((1, name.encode() + b"\0") for name in group),
                 (2, bytes([number]))])


def peer(address, *more):
    return (13, [attribute(1, address), *more])


def weight(number):
    return (3, struct.pack("=I", number))


def ethernet(number):
    return bytes.fromhex(f"0200000000{number}")


def mac(number):
    return (4, ethernet(number))


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


def u8(below):
    return bytes([random.randrange(below)])


def u32(*numbers):
    return struct.pack("=I", random.choice(numbers))


def some_option():
    """Of a service; persistence and sessionless are not together."""
    return random.choice((
        [(8, random.choice(SCHEDULERS).encode() + b"\0")],
        [(9, u8(3)), (10, os.urandom(16))],
        [(11, u8(2)), (12, bytes(4))],
        [(11, b"\0"), (12, u32(0, 1, 300)), (13, u8(33))],
        [(14 + random.randrange(5), u32(1, 2, 300))],
        [(19, u8(3)), (20, u8(3))],
        [(21, u32(0, 5))],
        [(22, random.choice((b"default\0", b"web\0")))],
        [(24, u8(2))],
    ))


def some_limit():
    return random.choice(([(6, u32(0, 2, 50)), (7, u32(0, 1, 40))],
                          [(8, u8(2))], [(9, u8(2))]))


def a_flow(key):
    """Of a client that is not there."""
    protocol, port, address = key
    client = "2001:db8:7::1" if ":" in address else "198.51.100.7"
    return (6, [(2, bytes([protocol])), attribute(3, client),
                (6, os.urandom(2)), attribute(7, address),
                (9, struct.pack(">H", port))])


def some_change():
    """A command, what to send with it, and which part of its kind is done."""
    key = random.choice(SERVICES)
    where = service(key)
    number = random.choice(SERVERS)

    def one(*more):
        return [where, server(key, number, *more)]

    return random.choice((
        (SERVER_ADD, one(weight(random.randrange(4))), 1),
        (SERVER_ADD, one(mac(number)), 1),
        (SERVER_SET, one(weight(random.randrange(4))), 1),
        (SERVER_SET, one(mac(random.choice(SERVERS))), 1),
        (SERVER_SET, one((4, bytes(6))), 1),
        (SERVER_SET, one(*some_limit()), 1),
        (SERVER_DEL, one(), 1),
        (SERVER_ADD, [where, server(key, OWN)], .5),
        (SERVER_DEL, [where, server(key, OWN)], .5),
        (PEER_ADD, [peer(random.choice(PEERS))], .5),
        (PEER_ADD, [peer(random.choice(PEERS), (3, ethernet(number)))], .5),
        (PEER_DEL, [peer(random.choice(PEERS))], .5),
        (SERVICE_ADD, [where], 1),
        (SERVICE_SET, [(1, [*where[1], *some_option()])], 1),
        (SERVICE_DEL, [where], .25),
        (FLOW_ADD, [*one(), a_flow(key)], 1),
        (FLOW_DEL, [where], .5),
        (FLOW_DEL, [], .1),
        (SETTINGS_SET, [(7, [(2, u32(700, 3000, 1 << 20))])], 1),
        (INGRESS_ADD, [ingress("eth0")], 1),
        (INGRESS_DEL, [ingress("eth0")], 1),
        (ANNOUNCE_ADD, [announce("eth0")], 1),
        (ANNOUNCE_DEL, [announce("eth0")], 1),
        (ROLE_SET, [role(0)], 1),
        (ROLE_SET, [role(1)], .25),
        (ROLE_SET, [role(random.randrange(2), "web")], 1),
    ))


def done(genl, command, attrs):
    """Whether it was done; if not, it could not be."""
    try:
        genl.call(command, attrs)
    except Refused as error:
        if error.errno not in EXPECTED:
            raise
        return False
    return True


def key_of(reply):
    attrs = unpack(unpack(reply)[1])
    return tuple(attrs.get(number) for number in (1, 2, 3, 5))


def running(genl):
    """The servers of each service."""
    found = {key_of(reply): set()
             for reply in genl.call(SERVICE_GET, [], DUMP)}
    for reply in genl.call(SERVER_GET, [], DUMP):
        attrs = unpack(unpack(reply)[2])
        found[key_of(reply)].add(attrs.get(1) or attrs.get(2))
    return found


def additions(before, after):
    """And deletions: those of a service's servers are not announced."""
    count = 0
    for key in before.keys() | after.keys():
        if key in before and key in after:
            count += len(before[key] ^ after[key])
        else:
            count += 1 + len(after.get(key, ()))
    return count


def stage(genl):
    """Some configuration; returns how many servers each service has."""
    counts = []
    genl.call(CONFIG_BEGIN, [])
    for key in random.sample(SERVICES, random.randrange(len(SERVICES) + 1)):
        where = service(key)
        genl.call(CONFIG_SERVICE, [(1, [*where[1], *some_option()])])
        servers = random.sample(SERVERS, random.randrange(len(SERVERS) + 1))
        for number in servers:
            genl.call(CONFIG_SERVER, [where, server(
                key, number, *random.choice(([], [mac(number)],
                                             some_limit())))])
        counts.append(len(servers))
    return sorted(counts)


def replace(genl):
    """All services by others at once; now and then only as far as that it could
    be done. Returns how many additions and deletions it came to."""
    before = running(genl)
    other = Genl("dsr")
    counts = stage(other)
    commit = random.random() < .75
    if commit:
        other.call(CONFIG_COMMIT, [])
    other.sock.close()
    after = running(genl)
    if commit and sorted(map(len, after.values())) != counts:
        sys.exit("what runs is not what was committed")
    if not commit and after != before:
        sys.exit("what was only staged runs")
    return additions(before, after)


def churn(seconds):
    genl = Genl("dsr")
    asked = announced = 0
    end = time.monotonic() + seconds
    while asked < CHANGES or time.monotonic() < end:
        if random.random() < .1:
            asked += 1
            announced += replace(genl)
        command, attrs, share = some_change()
        if random.random() >= share:
            continue
        asked += 1
        if done(genl, command, attrs):
            announced += command in (SERVICE_ADD, SERVICE_DEL,
                                     SERVER_ADD, SERVER_DEL)
        genl.call(SERVICE_GET, [], DUMP)
        genl.call(SERVER_GET, [], DUMP)
        genl.call(FLOW_GET, [], DUMP)
        genl.call(STATS_GET, [])
    genl.call(ROLE_SET, [role(0)])
    for address in PEERS:
        done(genl, PEER_DEL, [peer(address)])
    print(announced, asked)


def main(what, count, *rest):
    {"rounds": rounds, "churn": churn}[what](int(count), *rest)


if __name__ == "__main__":
    main(*sys.argv[1:])

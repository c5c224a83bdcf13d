#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""UDP for the cases.

  udp.py serve VIP:PORT MACHINE...    answer on each with its name
  udp.py ask VIP:PORT N [ROUNDS]      ask from N ports, print who answered;
                                      ROUNDS times from the same ports
  udp.py burst VIP:PORT N             ask from N ports at once
  udp.py shout VIP:PORT N             send from N ports, and be gone
  udp.py odd VIP:PORT                 ask with packets of every kind
  udp.py big VIP:PORT N SIZE...       ask with datagrams of SIZE bytes from N
                                      ports, each from all
  udp.py discover VIP:PORT SIZE       send one that must not be fragmented, to
                                      be told; print the path MTU
  udp.py cuttable VIP:PORT SIZE       ask with one that may be
  udp.py gap VIP:PORT                 ask a hundred times a second; print
                                      "ready" when there is an answer and, when
                                      killed, the longest time without one, in
                                      milliseconds
  udp.py noise VIP [udp|fragments]    UDP to port 53 and TCP to port 80, from
                                      ever new ports, with no interest in
                                      answers, until killed; or only UDP, or
                                      with UDP in fragments too
"""

import ctypes
import errno
import os
import select
import signal
import socket
import struct
import sys
import time

CLONE_NEWNET = 0x40000000


def enter(machine):
    """Go to a machine of the lab; sockets stay where they were made."""
    with open(f"/run/netns/{machine}") as namespace:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(namespace.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"setns {machine}")


def udp_socket(where):
    family = socket.AF_INET6 if ":" in where[0] else socket.AF_INET
    return socket.socket(family, socket.SOCK_DGRAM)


def endpoint(text):
    address, port = text.rsplit(":", 1)
    return address.strip("[]"), int(port)


def serve(where, machines):
    names = {}
    for machine in machines:
        enter(machine)
        sock = udp_socket(where)
        sock.bind(where)
        names[sock] = machine.encode()
    print("ready", flush=True)
    while True:
        for sock in select.select(list(names), [], [])[0]:
            client = sock.recvfrom(65536)[1]
            sock.sendto(names[sock], client)


def ask_once(sock, where, payload=b"who?"):
    sock.settimeout(5)
    sock.sendto(payload, where)
    try:
        return sock.recv(2048).decode()
    except TimeoutError:
        return "nobody"


def ask(where, count, rounds):
    socks = [udp_socket(where) for _ in range(count)]
    for _ in range(rounds):
        print(*(ask_once(sock, where) for sock in socks))


def burst(where, count):
    socks = [udp_socket(where) for _ in range(count)]
    for sock in socks:
        sock.settimeout(5)
        sock.sendto(b"who?", where)
    print(*(sock.recv(2048).decode() for sock in socks))


def shout(where, count):
    for _ in range(count):
        udp_socket(where).sendto(b"who?", where)


# What a client may use, by the level of setsockopt(): sizes of IPv4 options and
# extension headers are whole words, and the kernel fills in what follows them.
OPTIONS4 = (
    (socket.IPPROTO_IP, socket.IP_TTL, (1, 2, 255)),
    (socket.IPPROTO_IP, socket.IP_TOS, (0x03, 0xb8, 0xff)),
    (socket.IPPROTO_IP, socket.IP_OPTIONS,
     (b"\x07\x07\x04\0\0\0\0\0", b"\x94\x04\0\0")),
)
PADDING = b"\0\0\x01\x04\0\0\0\0"
# An option that whoever does not know it is to skip.
LONG = b"\0\x01\x1e\x0c" + bytes(12)
ROUTER_ALERT = b"\0\0\x05\x02\0\0\x01\0"
OPTIONS6 = (
    (socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, (1, 2, 255)),
    (socket.IPPROTO_IPV6, socket.IPV6_TCLASS, (0x03, 0xb8, 0xff)),
    (socket.IPPROTO_IPV6, socket.IPV6_HOPOPTS, (PADDING, ROUTER_ALERT)),
    (socket.IPPROTO_IPV6, socket.IPV6_DSTOPTS, (PADDING, LONG)),
)


def odd(where):
    """Sizes, TTLs, services, IP options and extension headers."""
    six = ":" in where[0]
    fit = 1452 if six else 1472
    for size in (0, 1, 17, 18, 19, 1000, fit - 1, fit):
        print(ask_once(udp_socket(where), where, os.urandom(size)))
    for level, option, values in OPTIONS6 if six else OPTIONS4:
        for value in values:
            sock = udp_socket(where)
            sock.setsockopt(level, option, value)
            print(ask_once(sock, where))


def big(where, count, sizes):
    for _ in range(count):
        sock = udp_socket(where)
        print(*(ask_once(sock, where, os.urandom(size)) for size in sizes))


def discover(where, size):
    sock = udp_socket(where)
    sock.settimeout(5)
    six = sock.family == socket.AF_INET6
    level = socket.IPPROTO_IPV6 if six else socket.IPPROTO_IP
    mtu_discover, mtu = (23, 24) if six else (10, 14)
    sock.setsockopt(level, mtu_discover, 2)     # always
    sock.connect(where)
    sock.send(bytes(size))
    try:
        print("not told", sock.recv(2048))
    except OSError as error:
        print(errno.errorcode.get(error.errno, error),
              sock.getsockopt(level, mtu))


def cuttable(where, size):
    sock = udp_socket(where)
    sock.setsockopt(socket.IPPROTO_IP, 10, 0)   # IP_MTU_DISCOVER: never
    print(ask_once(sock, where, bytes(size)))


def gap(where):
    def end(*_):
        print(round(1000 * longest), flush=True)
        sys.exit(0)

    signal.signal(signal.SIGTERM, end)
    sock = udp_socket(where)
    sock.connect(where)
    last, longest = None, 0
    while True:
        try:
            sock.send(b"who?")
        except OSError:
            pass                # nobody is there now
        until = time.monotonic() + 0.01
        while (left := until - time.monotonic()) > 0:
            if select.select([sock], [], [], left)[0]:
                try:
                    sock.recv(2048)
                except OSError:
                    continue
                if last is None:
                    print("ready", flush=True)
                else:
                    longest = max(longest, time.monotonic() - last)
                last = time.monotonic()


def noise(vip, kind="both"):
    while True:
        sock = udp_socket((vip, 53))
        stream = socket.socket(sock.family)
        stream.setblocking(False)
        if kind != "udp":
            stream.connect_ex((vip, 80))
        for size in (5, 3000, 5, 3000):
            sock.sendto(bytes(size if kind == "fragments" else 5), (vip, 53))
            time.sleep(0.015)
        if kind == "fragments":
            later_fragment(vip, sock.getsockname()[1])
        stream.close()


def later_fragment(vip, number):
    """A fragment whose datagram's first one never comes."""
    if ":" in vip:
        raw = socket.socket(socket.AF_INET6, socket.SOCK_RAW, 44)
        raw.sendto(struct.pack(">BBHI", 17, 0, 1480, number) + bytes(8),
                   (vip, 0))
        return
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    header = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 28, number, 185, 64, 17, 0,
                         bytes(4), socket.inet_aton(vip))
    raw.sendto(header + bytes(8), (vip, 0))


def main(what, where, *rest):
    if what == "serve":
        serve(endpoint(where), rest)
    elif what == "ask":
        ask(endpoint(where), int(rest[0]), int(rest[1]) if rest[1:] else 1)
    elif what == "burst":
        burst(endpoint(where), int(rest[0]))
    elif what == "shout":
        shout(endpoint(where), int(rest[0]))
    elif what == "odd":
        odd(endpoint(where))
    elif what == "big":
        big(endpoint(where), int(rest[0]), [int(size) for size in rest[1:]])
    elif what == "discover":
        discover(endpoint(where), int(rest[0]))
    elif what == "cuttable":
        cuttable(endpoint(where), int(rest[0]))
    elif what == "gap":
        gap(endpoint(where))
    elif what == "noise":
        noise(where, *rest)


if __name__ == "__main__":
    main(*sys.argv[1:])

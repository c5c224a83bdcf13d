#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""UDP for the cases.

  udp.py serve VIP:PORT MACHINE...    answer on each with its name
  udp.py ask VIP:PORT N [ROUNDS]      ask from N ports, print who answered;
                                      ROUNDS times from the same ports
  udp.py odd VIP:PORT                 ask with packets of every kind
  udp.py noise VIP [udp]              UDP to port 53 and TCP to port 80, from
                                      ever new ports, with no interest in
                                      answers, until killed
"""

import ctypes
import os
import select
import socket
import sys
import time

CLONE_NEWNET = 0x40000000


def enter(machine):
    """Go to a machine of the lab; sockets stay where they were made."""
    with open(f"/run/netns/{machine}") as namespace:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(namespace.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"setns {machine}")


def udp_socket():
    return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def endpoint(text):
    address, port = text.split(":")
    return address, int(port)


def serve(where, machines):
    names = {}
    for machine in machines:
        enter(machine)
        sock = udp_socket()
        sock.bind(endpoint(where))
        names[sock] = machine.encode()
    print("ready", flush=True)
    while True:
        for sock in select.select(list(names), [], [])[0]:
            client = sock.recvfrom(2048)[1]
            sock.sendto(names[sock], client)


def ask_once(sock, where, payload=b"who?"):
    sock.settimeout(5)
    sock.sendto(payload, where)
    try:
        return sock.recv(2048).decode()
    except TimeoutError:
        return "nobody"


def ask(where, count, rounds):
    socks = [udp_socket() for _ in range(count)]
    for _ in range(rounds):
        print(*(ask_once(sock, endpoint(where)) for sock in socks))


def odd(where):
    """Sizes, TTLs, services and IP options as a client may use them."""
    options = {
        socket.IP_TTL: (1, 2, 255),
        socket.IP_TOS: (0x03, 0xb8, 0xff),
        socket.IP_OPTIONS: (b"\x07\x07\x04\0\0\0\0\0", b"\x94\x04\0\0"),
    }
    for size in (0, 1, 17, 18, 19, 1000, 1471, 1472):
        print(ask_once(udp_socket(), endpoint(where), os.urandom(size)))
    for option, values in options.items():
        for value in values:
            sock = udp_socket()
            sock.setsockopt(socket.IPPROTO_IP, option, value)
            print(ask_once(sock, endpoint(where)))


def noise(vip, tcp=True):
    while True:
        sock = udp_socket()
        stream = socket.socket()
        stream.setblocking(False)
        if tcp:
            stream.connect_ex((vip, 80))
        for _ in range(4):
            sock.sendto(b"noise", (vip, 53))
            time.sleep(0.005)
        stream.close()


def main(what, where, *rest):
    if what == "serve":
        serve(where, rest)
    elif what == "ask":
        ask(where, int(rest[0]), int(rest[1]) if rest[1:] else 1)
    elif what == "odd":
        odd(where)
    elif what == "noise":
        noise(where, rest != ("udp",))


if __name__ == "__main__":
    main(*sys.argv[1:])

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""SCTP for the cases, as udp.py.

  sctp.py serve VIP:PORT MACHINE...   answer on each with its name
  sctp.py ask VIP:PORT N              N associations; print who answered
"""

import select
import socket
import sys

from udp import endpoint, enter


def sctp_socket(where):
    family = socket.AF_INET6 if ":" in where[0] else socket.AF_INET
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_SCTP)


def serve(where, machines):
    names = {}
    for machine in machines:
        enter(machine)
        sock = sctp_socket(where)
        sock.bind(where)
        sock.listen()
        names[sock] = machine.encode()
    print("ready", flush=True)
    while True:
        for sock in select.select(list(names), [], [])[0]:
            with sock.accept()[0] as association:
                association.recv(2048)
                association.send(names[sock])


def ask(where, count):
    for _ in range(count):
        with sctp_socket(where) as sock:
            sock.settimeout(5)
            sock.connect(where)
            sock.send(b"who?")
            print(sock.recv(2048).decode())


def main(what, where, *rest):
    if what == "serve":
        serve(endpoint(where), rest)
    else:
        ask(endpoint(where), int(rest[0]))


if __name__ == "__main__":
    main(*sys.argv[1:])

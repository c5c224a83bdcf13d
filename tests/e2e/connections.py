#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""connections.py N HOST...: N connections that stay, to port 80 of each in turn.

For a number on standard input, requests are made on so many of them, the next
ones each time, a hundred at once. Then one line says how many were answered by
the server that answered first, how many by another one, how many connections
are broken by now, and the longest that an answer took, in milliseconds."""

import collections
import resource
import selectors
import socket
import sys
import time

AT_ONCE = 100
REQUEST = b"GET / HTTP/1.1\r\nHost: vip\r\n\r\n"


class Connection:
    def __init__(self, host):
        self.server = None
        self.sock = socket.create_connection((host, 80), 20)
        self.sock.setblocking(False)

    def fileno(self):
        return self.sock.fileno()

    def ask(self):
        self.asked = time.monotonic()
        self.answer = b""
        self.sock.send(REQUEST)

    def answered(self):
        """Who it was, once all of the answer is here."""
        part = self.sock.recv(4096)
        if not part:
            raise ConnectionError
        self.answer += part
        _, _, body = self.answer.partition(b"\r\n\r\n")
        return body.strip() if body.endswith(b"\n") else None


class Round:
    def __init__(self):
        self.count = collections.Counter()
        self.longest = 0
        self.alive = []

    def note(self, connection, server):
        took = time.monotonic() - connection.asked
        self.longest = max(self.longest, took)
        connection.server = connection.server or server
        self.count[connection.server == server] += 1
        self.alive.append(connection)


def go(connections):
    this = Round()
    todo = collections.deque(connections)
    asked = selectors.DefaultSelector()
    while todo or asked.get_map():
        try:
            while todo and len(asked.get_map()) < AT_ONCE:
                connection = todo.popleft()
                connection.ask()
                asked.register(connection, selectors.EVENT_READ)
        except OSError:
            continue
        for key, _ in asked.select():
            try:
                server = key.fileobj.answered()
            except OSError:
                asked.unregister(key.fileobj)
                continue
            if server:
                asked.unregister(key.fileobj)
                this.note(key.fileobj, server)
    return this


def main(count, *hosts):
    count = int(count)
    resource.setrlimit(resource.RLIMIT_NOFILE, (count + 100, count + 100))
    connections = [Connection(hosts[i % len(hosts)]) for i in range(count)]
    print("open", flush=True)
    for line in sys.stdin:
        this = go(connections[:int(line)])
        connections = connections[int(line):] + this.alive
        print(this.count[True], this.count[False], count - len(connections),
              round(this.longest * 1000), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""again.py VIP N: ask by HTTP N times from one port, print who answered.

Each connection is read to its end and reset: so it leaves nothing behind on the
client that would keep the port from being used again at once."""

import socket
import struct
import sys

PORT = 30000


def ask(vip):
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.settimeout(5)
        sock.bind(("", PORT))
        sock.connect((vip, 80))
        sock.sendall(b"GET / HTTP/1.0\r\n\r\n")
        answer = b""
        while part := sock.recv(4096):
            answer += part
        reset = struct.pack("ii", 1, 0)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
    return answer.split(b"\r\n\r\n")[1].decode().strip()


def main(vip, count):
    print(*(ask(vip) for _ in range(int(count))))


if __name__ == "__main__":
    main(*sys.argv[1:])

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""events.py: print each change that the module announces, until killed."""

import socket
import struct

from genl import Genl, unpack

NAMES = {18: "service-add", 19: "service-set", 20: "service-del",
         21: "server-add", 22: "server-set", 23: "server-del"}
ROLE_SET = 35
PEERS = {39: "peer-add", 40: "peer-set", 41: "peer-del"}
PEER = 13
STATES = ("ready", "resolving", "failed", "no-route", "gateway", "local",
          "bad-device", "bad-mac", "own-mac", "peer-mac", "no-vip")


def address(attrs, number):
    """IPv4, or IPv6 in the next attribute."""
    if number in attrs:
        return socket.inet_ntoa(attrs[number])
    return f"[{socket.inet_ntop(socket.AF_INET6, attrs[number + 1])}]"


def service(data):
    attrs = unpack(data)
    protocol = {6: "tcp", 17: "udp"}[attrs[1][0]]
    port = struct.unpack(">H", unpack(attrs[5])[1])[0]
    return f"{protocol} {address(attrs, 2)}:{port}"


def server(data):
    attrs = unpack(data)
    return f"{address(attrs, 1)} weight {int.from_bytes(attrs[3], 'little')}"


def nexthop(data):
    attrs = unpack(data)
    mac = attrs[3].hex(":") if 3 in attrs else "-"
    return f"{STATES[attrs[1][0]]} {mac}"


def line(command, data):
    attrs = unpack(data)
    if command == ROLE_SET:
        return "role-set"
    if command in PEERS:
        peer = address(unpack(attrs[PEER]), 1)
        return f"{PEERS[command]} {peer} {nexthop(attrs[3])}"
    words = [NAMES[command], service(attrs[1])]
    if 2 in attrs:
        words += [server(attrs[2]), nexthop(attrs[3])]
    return " ".join(words)


def main():
    genl = Genl("dsr")
    genl.join()
    print("ready", flush=True)
    while True:
        for _, _, data in genl.messages():
            print(line(data[0], data[4:]), flush=True)


if __name__ == "__main__":
    main()

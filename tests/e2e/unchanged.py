#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Compare what the client sent to the VIP with what the real servers got.

  unchanged.py VIP CLIENT_MAC DIRECTOR_MAC BEFORE.pcap {MAC AFTER.pcap}...

Every frame for the VIP in BEFORE goes from the client to the director, every
one in an AFTER from the director to that server. From the IP header on they
are the same packets, byte for byte.
"""

import collections
import socket
import struct
import sys

ETHERNET = 14


def frames(path):
    """The frames of a pcap file as tcpdump writes it."""
    with open(path, "rb") as file:
        data = file.read()
    magic, linktype = struct.unpack_from("=I16xI", data)
    assert magic == 0xa1b2c3d4 and linktype == 1, "not pcap of Ethernet"
    at = 24
    while at < len(data):
        captured, length = struct.unpack_from("=8xII", data, at)
        assert captured == length, "a packet was cut"
        yield data[at + 16:at + 16 + length]
        at += 16 + length


def mac(raw):
    return raw.hex(":")


def is_for(frame, vip):
    """The destination in an IPv4 or an IPv6 header."""
    if len(vip) == 4:
        return frame[12:14] == b"\x08\x00" and frame[30:34] == vip
    return frame[12:14] == b"\x86\xdd" and frame[38:54] == vip


def packets(path, vip, source, target):
    """The IP packets for the VIP in a file; their frames go that way."""
    found = []
    for frame in frames(path):
        if not is_for(frame, vip):
            continue
        way = mac(frame[6:12]), mac(frame[:6])
        assert way == (source, target), \
            f"{path}: a frame from {way[0]} to {way[1]}"
        found.append(frame[ETHERNET:])
    return found


def main(vip, client, director, before, *after):
    family = socket.AF_INET6 if ":" in vip else socket.AF_INET
    vip = socket.inet_pton(family, vip)
    sent = packets(before, vip, client, director)
    got = [packets(path, vip, director, server)
           for server, path in zip(after[::2], after[1::2])]
    arrived = collections.Counter(packet for some in got for packet in some)
    assert arrived == collections.Counter(sent), \
        f"{len(sent)} sent, {arrived.total()} arrived, " \
        f"{(arrived & collections.Counter(sent)).total()} of them the same"
    print(f"{len(sent)} of {len(sent)}")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except AssertionError as error:
        sys.exit(f"unchanged.py: {error}")

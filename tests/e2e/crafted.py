#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Packets that no socket would send, made by scapy. Runs on the client; they go
to the director by its MAC address.

  crafted.py MAC orders VIP           a datagram in three fragments, in each of
                                      the six orders; print who answered
  crafted.py MAC orphans VIP N SIZE   N later fragments of one datagram
  crafted.py MAC errors VIP           for each flow of three, print its port and
                                      who has it, and send ICMP errors about it
  crafted.py MAC lies VIP             errors about no flow, cut short twice,
                                      about what the VIP never sent; and a
                                      datagram that is cut short
  crafted.py MAC extensions VIP       chains of IPv6 extension headers
  crafted.py MAC protocols VIP        two packets each of GRE and of 253
"""

import itertools
import os
import socket
import sys

from scapy.config import conf
conf.ipv6_enabled = False                       # ours to send anyway
from scapy.layers.inet import ICMP, IP, UDP, GRE, fragment
from scapy.layers.inet6 import (
    HBHOptUnknown, ICMPv6DestUnreach, ICMPv6PacketTooBig, ICMPv6ParamProblem,
    ICMPv6TimeExceeded, IPv6, IPv6ExtHdrDestOpt, IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop, IPv6ExtHdrRouting, PadN, fragment6)
from scapy.packet import Raw

ROUTER = {4: "203.0.113.1", 6: "2001:db8:f::1"}


class Wire:
    """The client's eth0, and sockets that keep its ports open."""

    def __init__(self, mac, vip):
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.sock.bind(("eth0", 0))
        self.macs = bytes.fromhex(mac.replace(":", "")) + \
            self.sock.getsockname()[4]
        self.vip = vip
        self.six = ":" in vip
        self.family = socket.AF_INET6 if self.six else socket.AF_INET
        self.client = self.udp()[0].getsockname()[0]

    def send(self, packet):
        kind = b"\x86\xdd" if self.six else b"\x08\x00"
        self.sock.send(self.macs + kind + bytes(packet))

    def udp(self):
        """A socket for answers of the VIP, and its port."""
        sock = socket.socket(self.family, socket.SOCK_DGRAM)
        sock.settimeout(5)
        sock.connect((self.vip, 53))
        return sock, sock.getsockname()[1]

    def ip(self, **fields):
        """An IP header from the client to the VIP."""
        fields = {"src": self.client, "dst": self.vip, **fields}
        return (IPv6 if self.six else IP)(**fields)


def answer(sock):
    try:
        return sock.recv(2048).decode()
    except TimeoutError:
        return "nobody"


def three_fragments(wire, port, number):
    data = UDP(sport=port, dport=53) / Raw(os.urandom(2500))
    if wire.six:
        header = wire.ip() / IPv6ExtHdrFragment(id=number)
        return fragment6(header / data, 1040)
    return fragment(wire.ip(id=number) / data, 1000)


def orders(wire):
    for number, order in enumerate(itertools.permutations(range(3)), 1):
        sock, port = wire.udp()
        pieces = three_fragments(wire, port, number)
        assert len(pieces) == 3, pieces
        for index in order:
            wire.send(pieces[index])
        print("".join(str(index) for index in order), answer(sock))


def orphans(wire, count, size):
    if wire.six:
        piece = wire.ip() / IPv6ExtHdrFragment(id=77, offset=200, m=1, nh=17)
    else:
        piece = wire.ip(id=77, frag=200, flags="MF", proto=17)
    piece = bytes(piece / Raw(bytes(int(size))))
    for _ in range(int(count)):
        wire.send(piece)


def errors_of(wire, quoted):
    """One of each, from a router on the way."""
    if wire.six:
        kinds = (ICMPv6DestUnreach(code=4), ICMPv6PacketTooBig(mtu=1400),
                 ICMPv6TimeExceeded(), ICMPv6ParamProblem())
        for kind in kinds:
            yield wire.ip(src=ROUTER[6]) / kind / Raw(quoted)
        return
    kinds = (ICMP(type=3, code=3), ICMP(type=3, code=4, nexthopmtu=1400),
             ICMP(type=4), ICMP(type=11), ICMP(type=12))
    for kind in kinds:
        yield wire.ip(src=ROUTER[4]) / kind / Raw(quoted)


def reply_of(wire, port, **fields):
    """What the server sent, or may have sent, to a port."""
    return bytes(wire.ip(**{"src": wire.vip, "dst": wire.client, **fields}) /
                 UDP(sport=53, dport=port) / Raw(b"r" * 100))


def errors(wire):
    """Each kind with all of the quoted packet, and with 8 bytes of UDP."""
    header = 40 if wire.six else 20
    for _ in range(3):
        sock, port = wire.udp()
        sock.send(b"who?")
        print(port, answer(sock), flush=True)
        quoted = reply_of(wire, port)
        for error in errors_of(wire, quoted):
            wire.send(error)
        for error in errors_of(wire, quoted[:header + 8]):
            wire.send(error)


def lies(wire):
    header = 40 if wire.six else 20
    unknown = reply_of(wire, 9)
    wire.send(next(errors_of(wire, unknown)))
    wire.send(next(errors_of(wire, unknown[:header + 7])))
    wire.send(next(errors_of(wire, unknown[:header - 1])))
    foreign = reply_of(wire, 9, src=ROUTER[6 if wire.six else 4])
    wire.send(next(errors_of(wire, foreign)))
    # Not an error: a header that is cut short.
    wire.send(wire.ip(nh=17) / Raw(b"short") if wire.six else
              wire.ip(proto=17) / Raw(b"short"))


def extensions(wire):
    """Each chain's datagram from a port of its own, which is answered."""
    pad = PadN(optdata=bytes(4))
    chains = {
        "hop": IPv6ExtHdrHopByHop(options=[pad]),
        "dest": IPv6ExtHdrDestOpt(options=[pad]),
        "hop-dest": IPv6ExtHdrHopByHop(options=[pad]) /
        IPv6ExtHdrDestOpt(options=[pad]),
        "long": IPv6ExtHdrDestOpt(options=[
            HBHOptUnknown(otype=0x1e, optdata=bytes(200))]),
        "atomic": IPv6ExtHdrFragment(id=5),
        "route-over": IPv6ExtHdrRouting(segleft=0, addresses=[wire.client]),
    }
    for name, chain in chains.items():
        sock, port = wire.udp()
        wire.send(wire.ip() / chain / UDP(sport=port, dport=53) / Raw(b"who?"))
        print(name, answer(sock))
    sock, port = wire.udp()
    nine = IPv6ExtHdrDestOpt(options=[pad])
    for _ in range(8):
        nine = nine / IPv6ExtHdrDestOpt(options=[pad])
    wire.send(wire.ip() / nine / UDP(sport=port, dport=53) / Raw(b"who?"))


def protocols(wire):
    for number in (47, 253):
        for _ in range(2):
            name = "nh" if wire.six else "proto"
            wire.send(wire.ip(**{name: number}) / Raw(bytes(40)))


def main(mac, what, vip, *rest):
    kinds = {"orders": orders, "orphans": orphans, "errors": errors,
             "lies": lies, "extensions": extensions, "protocols": protocols}
    kinds[what](Wire(mac, vip), *rest)


if __name__ == "__main__":
    main(*sys.argv[1:])

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""refusals.py: ask the kernel for what it must refuse; results in TAP.

Each refusal has words that name the attribute, points at it if it is there,
and changes nothing. What is refused when it is added is refused in the same
words when it is staged."""

import errno
import socket
import struct
import sys

from genl import DUMP, HEADERS, Genl, Refused, pack

SERVICE_GET, SERVICE_ADD, SERVICE_SET, SERVICE_DEL = 1, 2, 3, 4
SERVER_GET, SERVER_ADD, SERVER_SET, SERVER_DEL = 5, 6, 7, 8
STATS_GET = 9
CONFIG_BEGIN, CONFIG_SERVICE, CONFIG_SERVER, CONFIG_COMMIT = 25, 26, 27, 28
SERVICE, SERVER = 1, 2


def u8(value):
    return struct.pack("=B", value)


def u32(value):
    return struct.pack("=I", value)


def be16(value):
    return struct.pack(">H", value)


def ipv4(text):
    return socket.inet_aton(text)


def ipv6(text):
    return socket.inet_pton(socket.AF_INET6, text)


def ports(*numbers):
    """One range, of one or two numbers."""
    return 5, [(1 + i, be16(number)) for i, number in enumerate(numbers)]


def prefix(length):
    return 4, u8(length)


TCP, VIP, PORT = (1, u8(6)), (2, ipv4("192.0.2.10")), ports(80)
IPV6 = (3, ipv6("2001:db8::1"))
ANY, MARK = (1, u8(0)), (6, u32(7))
WEB = [TCP, VIP, PORT]
NEW = [TCP, (2, ipv4("192.0.2.11")), PORT]
R1, R2 = (1, ipv4("10.0.0.11")), (1, ipv4("10.0.0.12"))
UNICAST = "unicast address that others can reach"


def a_service(*attrs):
    return [(SERVICE, list(attrs))]


def a_server(*attrs):
    return [(SERVICE, WEB), (SERVER, list(attrs))]


# What is wrong, the request, the error, words of the message, and where the
# wrong attribute is: its path from the outermost attribute, None if missing. The
# kernel's own checks, of lengths, have words that we do not repeat here.
CASES = [
    ("no service", SERVICE_ADD, [], errno.EINVAL,
     "attribute service is missing", None),
    ("no protocol", SERVICE_ADD, a_service(VIP, PORT), errno.EINVAL,
     "protocol is missing", [0]),
    ("protocol ICMP", SERVICE_ADD, a_service((1, u8(1)), VIP, PORT),
     errno.EPROTONOSUPPORT, "protocol must be 6 (TCP), 17 (UDP), 132 (SCTP) or 0 for any",
     [0, 0]),
    ("protocol of two bytes", SERVICE_ADD, a_service((1, b"\6\0"), VIP, PORT),
     errno.EINVAL, "", [0, 0]),
    ("no address", SERVICE_ADD, a_service(TCP, PORT), errno.EINVAL,
     "exactly one of the attributes ipv4 and ipv6", [0]),
    ("two addresses", SERVICE_ADD, a_service(TCP, VIP, IPV6, PORT),
     errno.EINVAL, "exactly one of the attributes ipv4 and ipv6", [0]),
    ("an address of three bytes", SERVICE_ADD,
     a_service(TCP, (2, b"\xc0\0\2"), PORT), errno.EINVAL, "", [0, 1]),
    *((f"address {text}", SERVICE_ADD,
       a_service(TCP, (2, ipv4(text)), PORT), errno.EINVAL,
       f"ipv4 must be a {UNICAST}", [0, 1])
      for text in ("0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255")),
    ("an IPv6 address of 15 bytes", SERVICE_ADD,
     a_service(TCP, (3, IPV6[1][:15]), PORT), errno.ERANGE, "", [0, 1]),
    *((f"address {text}", SERVICE_ADD,
       a_service(TCP, (3, ipv6(text)), PORT), errno.EINVAL,
       f"ipv6 must be a {UNICAST}", [0, 1])
      for text in ("::", "::1", "ff02::1", "::ffff:192.0.2.1")),
    *((f"prefix length {length}", SERVICE_ADD,
       a_service(TCP, address, prefix(length), PORT), errno.ERANGE,
       "prefix-len must be 1 to 32 for IPv4 and 1 to 128 for IPv6", [0, 2])
      for length, address in ((0, VIP), (33, VIP), (0, IPV6), (129, IPV6))),
    *((f"a bit after the prefix, {length}", SERVICE_ADD,
       a_service(TCP, address, prefix(length), PORT), errno.EINVAL,
       "address has bits after the prefix", [0, 2])
      for length, address in ((30, VIP), (127, IPV6))),
    ("port 0", SERVICE_ADD, a_service(TCP, VIP, ports(0)), errno.ERANGE,
     "first must be 1 to 65535", [0, 2, 0]),
    ("a range without a first port", SERVICE_ADD,
     a_service(TCP, VIP, (5, [(2, be16(80))])), errno.EINVAL,
     "ports: attribute first is missing", [0, 2]),
    ("a range that ends before it begins", SERVICE_ADD,
     a_service(TCP, VIP, ports(80, 79)), errno.ERANGE,
     "last must not be less than first", [0, 2, 1]),
    ("a port of any protocol", SERVICE_ADD, a_service(ANY, VIP, PORT),
     errno.EINVAL, "ports need a protocol that has them", [0, 2]),
    ("17 ranges", SERVICE_ADD,
     a_service(TCP, VIP, *(ports(2 * n) for n in range(1, 18))), errno.E2BIG,
     "ports: a service has room for 16 ranges", [0, 18]),
    ("ports that overlap", SERVICE_ADD,
     a_service(TCP, VIP, PORT, ports(90)), errno.EEXIST,
     "ports overlap those of another service of this address", None),
    ("firewall mark 0", SERVICE_ADD, a_service((6, u32(0))), errno.ERANGE,
     "fwmark must not be 0", [0, 0]),
    *((f"a firewall mark and {name}", SERVICE_ADD, a_service(attr, MARK),
       errno.EINVAL, "fwmark stands alone", [0])
      for name, attr in (("a protocol", TCP), ("an address", VIP),
                         ("a prefix", prefix(32)), ("a port", PORT))),
    ("an unknown echo", SERVICE_ADD, a_service(*NEW, (7, u8(2))),
     errno.ERANGE, "", [0, 3]),
    ("an unknown scheduler", SERVICE_ADD, a_service(*NEW, (8, b"best\0")),
     errno.EINVAL, "scheduler is not known", [0, 3]),
    ("a very long scheduler", SERVICE_ADD, a_service(*NEW, (8, b"w" * 40)),
     errno.EINVAL, "", [0, 3]),
    *((f"{name} {value}", SERVICE_ADD, a_service(*NEW, (number, u32(value))),
       errno.ERANGE, "a timeout must be 1 to 8388607 seconds", [0, 3])
      for number, name in enumerate(("timeout-syn", "timeout-established",
                                     "timeout-closing", "timeout-udp",
                                     "timeout-other"), 14)
      for value in (0, 8388608)),
    ("a client that stays too long", SERVICE_ADD,
     a_service(*NEW, (12, u32(8388608))), errno.ERANGE,
     "persist-timeout must be at most 8388607 seconds", [0, 3]),
    *((f"a client of {length} bits", SERVICE_ADD,
       a_service(TCP, address, PORT, (13, u8(length))), errno.ERANGE,
       "persist-prefix-len must be at most 32 for IPv4 and 128 for IPv6",
       [0, 3]) for length, address in ((33, VIP), (129, IPV6))),
    ("clients that stay without flows", SERVICE_ADD,
     a_service(*NEW, (11, u8(1)), (12, u32(1))), errno.EINVAL,
     "sessionless keeps no clients", [0, 4]),
    ("several ports without flows", SERVICE_ADD,
     a_service(TCP, VIP, ports(90), ports(92), (11, u8(1))), errno.EINVAL,
     "sessionless keeps no clients", [0, 4]),
    ("a hash key of 15 bytes", SERVICE_ADD, a_service(*NEW, (10, bytes(15))),
     errno.ERANGE, "", [0, 3]),
    *((f"an unknown {name}", SERVICE_SET, a_service(*WEB, (number, u8(value))),
       errno.ERANGE, "", [0, 3])
      for name, number, value in (("hash-on", 9, 3), ("sessionless", 11, 2),
                                  ("lost", 19, 3), ("midflow", 20, 3))),
    ("an unknown attribute", SERVICE_ADD, a_service(*NEW) + [(99, u32(0))],
     errno.EINVAL, "Unknown attribute", [1]),
    ("an unknown attribute of the service", SERVICE_ADD,
     a_service(*NEW, (99, u32(0))), errno.EINVAL, "Unknown attribute",
     [0, 3]),
    ("a service that is there", SERVICE_ADD, a_service(*WEB), errno.EEXIST,
     "service is there already", None),
    ("change of an unknown service", SERVICE_SET, a_service(*NEW),
     errno.ENOENT, "no such service", None),
    ("change to an unknown scheduler", SERVICE_SET,
     a_service(*WEB, (8, b"best\0")), errno.EINVAL, "scheduler is not known",
     [0, 3]),
    ("deletion of an unknown service", SERVICE_DEL, a_service(*NEW),
     errno.ENOENT, "no such service", None),
    ("a question for an unknown service", SERVICE_GET, a_service(*NEW),
     errno.ENOENT, "no such service", None),
    ("a question for no service", SERVICE_GET, [], errno.EINVAL,
     "attribute service is missing", None),

    ("no server", SERVER_ADD, a_service(*WEB), errno.EINVAL,
     "attribute server is missing", None),
    ("a server of no service", SERVER_ADD, [(SERVER, [R2])], errno.EINVAL,
     "attribute service is missing", None),
    ("a server of an unknown service", SERVER_ADD,
     [(SERVICE, NEW), (SERVER, [R2])], errno.ENOENT, "no such service", None),
    ("a server without address", SERVER_ADD, a_server((3, u32(1))),
     errno.EINVAL, "exactly one of the attributes ipv4 and ipv6", [1]),
    ("a link-local server without a device", SERVER_ADD,
     a_server((2, ipv6("fe80::11"))), errno.EINVAL,
     "ifindex is missing: a link-local address needs its device", None),
    ("the VIP as server", SERVER_ADD, a_server((1, VIP[1])), errno.EINVAL,
     "server address is the virtual address", None),
    ("a broadcast address as server", SERVER_ADD,
     a_server((1, ipv4("10.0.0.255"))), errno.EINVAL,
     "server address must be unicast", None),
    ("weight 65536", SERVER_ADD, a_server(R2, (3, u32(65536))), errno.ERANGE,
     "weight must be 0 to 65535", [1, 1]),
    ("weight 2^32-1", SERVER_SET, a_server(R1, (3, u32(0xffffffff))),
     errno.ERANGE, "weight must be 0 to 65535", [1, 1]),
    ("a weight of two bytes", SERVER_SET, a_server(R1, (3, b"\1\0")),
     errno.EINVAL, "", [1, 1]),
    *((f"{name} 2", SERVER_SET, a_server(R1, (number, u8(2))), errno.ERANGE,
       "", [1, 1]) for name, number in (("fallback", 8), ("down", 9))),
    ("a multicast MAC", SERVER_ADD, a_server(R2, (4, b"\1\0\x5e\0\0\1")),
     errno.EINVAL, "mac must be a unicast address", [1, 1]),
    ("a MAC of five bytes", SERVER_ADD, a_server(R2, (4, b"\2\0\0\0\0")),
     errno.ERANGE, "", [1, 1]),
    ("an unknown device", SERVER_ADD, a_server(R2, (5, u32(99999))),
     errno.ENODEV, "ifindex: no such device", None),
    ("a device beyond all", SERVER_ADD, a_server(R2, (5, u32(1 << 31))),
     errno.ERANGE, "ifindex must be", [1, 1]),
    ("a server that is there", SERVER_ADD, a_server(R1), errno.EEXIST,
     "has this server already", None),
    ("change of an unknown server", SERVER_SET, a_server(R2), errno.ENOENT,
     "no such server", None),
    ("change to an unknown device", SERVER_SET,
     a_server(R1, (5, u32(99999))), errno.ENODEV, "ifindex: no such device",
     None),
    ("deletion of an unknown server", SERVER_DEL, a_server(R2), errno.ENOENT,
     "no such server", None),
    ("a question for an unknown server", SERVER_GET, a_server(R2),
     errno.ENOENT, "no such server", None),
    ("reasons of an unknown service", STATS_GET, a_service(*NEW),
     errno.ENOENT, "no such service", None),
    ("reasons of an unknown server", STATS_GET, a_server(R2), errno.ENOENT,
     "no such server", None),
]

STAGED = {SERVICE_ADD: CONFIG_SERVICE, SERVER_ADD: CONFIG_SERVER}
CASES += [(f"{name}, staged", STAGED[command], *rest)
          for name, command, *rest in CASES if command in STAGED]
CASES.append(("a configuration of which a part was refused", CONFIG_COMMIT, [],
              errno.ECANCELED, "a part of this configuration was refused",
              None))
CASES.append(("what is not staged", CONFIG_COMMIT, [], errno.ENOENT,
              "this socket stages no configuration", None))


def position(attrs, path):
    """Where an attribute of the request begins, in bytes."""
    at = HEADERS
    for depth, index in enumerate(path):
        at += len(pack(attrs[:index])) + (4 if depth else 0)
        attrs = attrs[index][1]
    return at


def state(genl):
    return [genl.call(op, [], DUMP) for op in (SERVICE_GET, SERVER_GET)]


def check(genl, before, case):
    """What is not as it must be, in a line each."""
    _, command, attrs, expected, words, path = case
    try:
        genl.call(command, attrs)
        yield "it was not refused"
        return
    except Refused as error:
        refused = error
    if refused.errno != expected:
        yield f"error {errno.errorcode.get(refused.errno, refused.errno)}"
    if words not in refused.message or not refused.message:
        yield f"message \"{refused.message}\""
    offset = position(attrs, path) if path else 0
    if refused.offset != offset:
        yield f"it points at byte {refused.offset}, not {offset}"
    if state(genl) != before:
        yield "something has changed"


def main():
    genl = Genl("dsr")
    genl.call(SERVICE_ADD, a_service(*WEB))
    genl.call(SERVER_ADD, a_server(R1, (4, bytes.fromhex("020000000011"))))
    genl.call(CONFIG_BEGIN, [])
    genl.call(CONFIG_SERVICE, a_service(*WEB))
    genl.call(CONFIG_SERVER, a_server(R1))
    before = state(genl)
    failed = 0
    for number, case in enumerate(CASES, 1):
        faults = list(check(genl, before, case))
        failed += bool(faults)
        print(f"{'not ' * bool(faults)}ok {number} - refused: {case[0]}")
        for fault in faults:
            print(f"#   {fault}")
    print(f"1..{len(CASES)}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""options.py set|secret: what is set of services and servers is what is told.

set: by who may change it; secret: by who may only look. Results in TAP."""

import struct
import sys

from genl import DUMP, Genl, unpack
from refusals import (R1, SERVER, SERVER_ADD, SERVER_GET, SERVER_SET, SERVICE,
                      SERVICE_ADD, SERVICE_GET, SERVICE_SET, WEB, a_server,
                      a_service, u8, u32)

HASH_KEY = 10
KEY = bytes(range(16))
# Each option of a service: its number, what it is unless given, and another.
SERVICE_OPTIONS = {
    "hash-on": (9, u8(0), u8(2)),
    "hash-key": (HASH_KEY, None, KEY),
    "timeout-syn": (14, u32(60), u32(1)),
    "timeout-established": (15, u32(900), u32(8388607)),
    "timeout-closing": (16, u32(120), u32(3)),
    "timeout-udp": (17, u32(300), u32(4)),
    "timeout-other": (18, u32(300), u32(5)),
    "lost": (19, u8(0), u8(1)),
    "midflow": (20, u8(0), u8(2)),
    "slow-start": (21, u32(0), u32(6)),
    "persist-prefix-len": (13, u8(32), u8(0)),
    "persist-timeout": (12, u32(0), u32(8388607)),
    "persist-timeout again": (12, None, u32(0)),
    "sessionless": (11, u8(0), u8(1)),
}
SERVER_OPTIONS = {
    "max-flows": (6, u32(0), u32(20)),
    "min-flows": (7, u32(0), u32(10)),
    "fallback": (8, u8(0), u8(1)),
    "down": (9, u8(0), u8(1)),
}


class Tap:
    def __init__(self):
        self.number = self.failed = 0

    def __call__(self, name, got, want):
        self.number += 1
        self.failed += got != want
        print(f"{'not ' * (got != want)}ok {self.number} - {name}")
        if got != want:
            print(f"#   {got}, not {want}")

    def done(self):
        print(f"1..{self.number}")
        sys.exit(bool(self.failed))


def the_service(genl):
    return unpack(unpack(genl.call(SERVICE_GET, a_service(*WEB))[0])[SERVICE])


def the_server(genl):
    return unpack(unpack(genl.call(SERVER_GET, a_server(R1))[0])[SERVER])


def options(tap, options, told, change):
    """What is there at first; what a change of each one changes."""
    for name, (number, default, value) in options.items():
        before = told()
        if default is not None:
            tap(f"{name} unless given", before[number], default)
        change(number, value)
        tap(f"{name} alone is changed", told(), {**before, number: value})


def setting(tap):
    genl, listener = Genl("dsr"), Genl("dsr")
    genl.call(SERVICE_ADD, a_service(*WEB))
    genl.call(SERVER_ADD, a_server(R1, (4, bytes.fromhex("020000000011"))))
    tap("a key of its own", len(the_service(genl)[HASH_KEY]), 16)
    options(tap, SERVER_OPTIONS, lambda: {
        key: value for key, value in the_server(genl).items() if key != 10
    }, lambda number, value: genl.call(SERVER_SET,
                                       a_server(R1, (number, value))))
    listener.join()
    options(tap, SERVICE_OPTIONS, lambda: the_service(genl),
            lambda number, value: genl.call(
                SERVICE_SET, a_service(*WEB, (number, value))))
    told = [unpack(unpack(data[4:])[SERVICE]) for _ in SERVICE_OPTIONS
            for _, _, data in listener.messages()]
    tap("each change is told", len(told), len(SERVICE_OPTIONS))
    tap("but not the key", [HASH_KEY in each for each in told],
        [False] * len(told))
    tap("as they came", struct.unpack("=I", told[-1][21])[0], 6)


def looking(tap):
    genl = Genl("dsr")
    tap("the service is told", the_service(genl)[21], u32(6))
    tap("but not the key", HASH_KEY in the_service(genl), False)
    dumped = unpack(unpack(genl.call(SERVICE_GET, [], DUMP)[0])[SERVICE])
    tap("nor by a dump", HASH_KEY in dumped, False)


def main():
    tap = Tap()
    {"set": setting, "secret": looking}[sys.argv[1]](tap)
    tap.done()


if __name__ == "__main__":
    main()

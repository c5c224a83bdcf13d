#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""flood.py N: change a server's weight so often, as fast as can be."""

import sys

from genl import Genl
from refusals import R1, SERVER_SET, a_server, u32

WEIGHT = 3


def main():
    genl = Genl("dsr")
    for i in range(int(sys.argv[1])):
        genl.call(SERVER_SET, a_server(R1, (WEIGHT, u32(i % 2 + 1))))


main()

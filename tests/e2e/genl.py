# SPDX-License-Identifier: GPL-2.0
"""Generic netlink by hand, to send what dsrctl never would.

Attributes are (type, bytes) or (type, [attributes]) pairs."""

import socket
import struct

NETLINK_GENERIC = 16
SOL_NETLINK = 270
ADD_MEMBERSHIP, CAP_ACK, EXT_ACK = 1, 10, 11
REQUEST, ACK, DUMP = 1, 4, 0x300
ERROR, DONE = 2, 3
ACK_TLVS = 0x200
NESTED = 0x8000
HEADERS = 16 + 4


def pack(attrs):
    data = b""
    for kind, value in attrs:
        if isinstance(value, list):
            kind, value = kind | NESTED, pack(value)
        size = 4 + len(value)
        data += struct.pack("=HH", size, kind) + value + b"\0" * (-size % 4)
    return data


def unpack(data):
    """All attributes; of those that come twice the last."""
    attrs = {}
    while len(data) >= 4:
        size, kind = struct.unpack_from("=HH", data)
        attrs[kind & ~NESTED] = data[4:size]
        data = data[size + 3 & ~3:]
    return attrs


class Refused(Exception):
    """The kernel's words, and which bytes of the request they are about."""

    def __init__(self, errno, message, offset):
        super().__init__(errno, message, offset)
        self.errno, self.message, self.offset = errno, message, offset


class Genl:
    def __init__(self, family):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                  NETLINK_GENERIC)
        self.sock.bind((0, 0))
        self.sock.setsockopt(SOL_NETLINK, EXT_ACK, 1)
        self.sock.setsockopt(SOL_NETLINK, CAP_ACK, 1)
        self.family = 16
        answer = unpack(self.call(3, [(2, family.encode() + b"\0")])[0])
        self.family = struct.unpack("=H", answer[1])[0]
        group = unpack(unpack(answer[7])[1])
        self.group = struct.unpack("=I", group[2])[0]

    def join(self):
        self.sock.setsockopt(SOL_NETLINK, ADD_MEMBERSHIP, self.group)

    def messages(self):
        """What one read brings: (type, flags, the rest) of each message."""
        data = self.sock.recv(65536)
        while data:
            size, kind, flags = struct.unpack_from("=IHH", data)
            yield kind, flags, data[16:size]
            data = data[size + 3 & ~3:]

    def call(self, command, attrs, flags=ACK):
        """The attributes of each reply; raises Refused."""
        request = struct.pack("=BBH", command, 1, 0) + pack(attrs)
        self.sock.send(struct.pack("=IHHII", 16 + len(request), self.family,
                                   REQUEST | flags, 1, 0) + request)
        replies = []
        while True:
            for kind, flags, data in self.messages():
                if kind not in (ERROR, DONE):
                    replies.append(data[4:])
                    continue
                self.check(kind, flags, data)
                return replies

    @staticmethod
    def check(kind, flags, data):
        errno = -struct.unpack_from("=i", data)[0]
        if errno <= 0:
            return
        tlvs = data[20 if kind == ERROR else 4:] if flags & ACK_TLVS else b""
        said = unpack(tlvs)
        raise Refused(errno, said.get(1, b"\0")[:-1].decode(),
                      struct.unpack("=I", said.get(2, b"\0\0\0\0"))[0])

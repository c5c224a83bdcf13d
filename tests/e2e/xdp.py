#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""xdp.py PATH: load the XDP program that passes every packet, and pin it."""
import ctypes
import os
import struct
import sys

BPF = 321			# the system call, on x86-64
PROG_LOAD, OBJ_PIN = 5, 6
TYPE_XDP, PASS = 6, 2


def bpf(command, attr):
    """The system call; what attr points to must live."""
    fd = ctypes.CDLL(None, use_errno=True).syscall(
        BPF, command, attr, len(attr))
    if fd < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return fd


code = ctypes.create_string_buffer(
    struct.pack("<BBhi", 0xb7, 0, 0, PASS) + struct.pack("<BBhi", 0x95, 0, 0, 0))
word = ctypes.create_string_buffer(b"GPL")
program = bpf(PROG_LOAD, struct.pack(
    "<IIQQIIQII", TYPE_XDP, 2, ctypes.addressof(code),
    ctypes.addressof(word), 0, 0, 0, 0, 0))
path = ctypes.create_string_buffer(sys.argv[1].encode())
bpf(OBJ_PIN, struct.pack("<QII", ctypes.addressof(path), program, 0))

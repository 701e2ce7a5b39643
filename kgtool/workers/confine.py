"""Taking from a process what it has no need of any more: connections, other programs, and writing."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import struct
import sys

from kgtool import isolate
from kgtool.isolate import Limits

# Linux can refuse single system calls for the rest of a process's life. Their numbers differ from machine to machine.
# https://docs.kernel.org/userspace-api/seccomp_filter.html
_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_REACHING_OUT = {
    "x86_64": (41, 42, 43, 49, 50, 59, 62, 101, 288, 310, 311, 322, 425),
    "aarch64": (117, 129, 198, 200, 201, 202, 203, 221, 242, 270, 271, 281, 425),
}  # socket, connect, accept, bind, listen, execve, kill, ptrace, …, process_vm_readv, execveat, io_uring_setup
_CHANGING = {
    "x86_64": (76, 77, 82, 83, 84, 85, 86, 87, 88, 90, 91, 92, 258, 263, 264, 265, 266, 268, 316, 437),
    "aarch64": (34, 35, 36, 37, 38, 45, 46, 52, 53, 54, 276, 437),
}  # truncate, rename, mkdir, rmdir, creat, link, unlink, symlink, chmod, chown, …, openat2
_OPENING = {"x86_64": ((2, 24), (257, 32)), "aarch64": ((56, 32),)}  # open and openat, and where their flags stand
_LOAD, _IS, _AT_LEAST, _AND, _GIVE = 0x20, 0x15, 0x35, 0x54, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_OTHER_NUMBERS = 0x40000000
_NO_NEW_PRIVILEGES, _FILTER = 38, (22, 2)


def confine(limits: Limits, reads_only: bool) -> None:
    """No more memory than so much; no connection, no program; and no change of a file where it only reads.

    On other systems than Linux only what limits can do is done.
    """
    isolate.limit_memory(limits)
    if reads_only:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux" and platform.machine() in _MACHINES:
        _refuse(_program(platform.machine(), reads_only))


def _program(machine: str, reads_only: bool) -> bytes:
    """The filter: each call is looked at in turn, and what nothing refuses is allowed."""
    refused = (*_REACHING_OUT[machine], *(_CHANGING[machine] if reads_only else ()))
    steps = [_step(_LOAD, 4), _step(_IS, _MACHINES[machine], 1, 0), _step(_GIVE, _REFUSE), _step(_LOAD, 0)]
    steps += [_step(_AT_LEAST, _OTHER_NUMBERS, 0, 1), _step(_GIVE, _REFUSE)]
    for number in refused:
        steps += [_step(_IS, number, 0, 1), _step(_GIVE, _REFUSE)]
    for number, flags in _OPENING[machine] if reads_only else ():
        wanted = os.O_ACCMODE | os.O_CREAT | os.O_TRUNC
        steps += [_step(_IS, number, 0, 5), _step(_LOAD, flags), _step(_AND, wanted), _step(_IS, os.O_RDONLY, 1, 0),
                  _step(_GIVE, _REFUSE), _step(_GIVE, _ALLOW)]
    return b"".join([*steps, _step(_GIVE, _ALLOW)])


def _step(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_so, if_not, value)


def _refuse(program: bytes) -> None:
    held = ctypes.create_string_buffer(program)
    whole = ctypes.create_string_buffer(struct.pack("@HP", len(program) // 8, ctypes.addressof(held)))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    libc.prctl(*_FILTER, ctypes.c_void_p(ctypes.addressof(whole)), 0, 0)  # a kernel without it leaves us the limits

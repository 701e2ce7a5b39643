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
_REACHING_OUT = {  # to others: connections, programs, signals, memory, and what only a superuser may do
    "x86_64": (41, 42, 43, 49, 50, 59, 62, 101, 129, 141, 142, 144, 155, 161, 164, 165, 166, 167, 168, 169, 170, 175,
               200, 203, 227, 246, 272, 288, 297, 298, 308, 310, 311, 313, 314, 320, 321, 322, 323,
               424, 425, *range(428, 434), 438, 440, 442),
    "aarch64": (39, 40, 41, 51, 97, 104, 105, 112, 117, 118, 119, 122, 129, 130, 138, 140, 142, 161, 170, 198,
                200, 201, 202, 203, 221, 224, 225, 240, 241, 242, 268, 270, 271, 273, 274, 280, 281, 282, 294,
                424, 425, *range(428, 434), 438, 440, 442),
}  # socket, connect, accept, bind, execve, kill, tkill, ptrace, setpriority, mount, reboot, process_vm_readv, io_uring_setup, …
_CHANGING = {
    "x86_64": (76, 77, 82, 83, 84, 85, 86, 87, 88, 90, 91, 92, 93, 94, 132, 133, 188, 189, 190, 197, 198, 199, 235,
               *range(258, 262), *range(263, 267), 268, 280, 285, 304, 316, 437),
    "aarch64": (5, 6, 7, 14, 15, 16, *range(33, 39), 45, 46, 47, *range(52, 56), 88, 265, 276, 437),
}  # truncate, rename, mkdir, creat, link, unlink, symlink, mknod, chmod, chown, utime, setxattr, fallocate, openat2, …
_OPENING = {"x86_64": ((2, 24), (257, 32)), "aarch64": ((56, 32),)}  # open and openat, and where their flags stand
_TO_A_PROCESS = {"x86_64": (234, 302), "aarch64": (131, 261)}  # tgkill, by which a process ends itself, and prlimit64
_FIRST_UNKNOWN = 451  # calls that came later have the same number everywhere; those who use them can do without
_LOAD, _IS, _AT_LEAST, _AND, _GIVE = 0x20, 0x15, 0x35, 0x54, 0x06
_ALLOW, _REFUSE, _NO_SUCH = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
_FIRST_ARGUMENT = 16
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
    steps += [_step(_AT_LEAST, _FIRST_UNKNOWN, 0, 1), _step(_GIVE, _NO_SUCH)]
    for number in refused:
        steps += [_step(_IS, number, 0, 1), _step(_GIVE, _REFUSE)]
    for number, own in zip(_TO_A_PROCESS[machine], (os.getpid(), 0), strict=True):
        steps += [_step(_IS, number, 0, 4), _step(_LOAD, _FIRST_ARGUMENT), _step(_IS, own, 1, 0),
                  _step(_GIVE, _REFUSE), _step(_GIVE, _ALLOW)]
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

"""What a worker does: one piece of work after the other, locked in, until nobody asks any more."""

from __future__ import annotations

import os
import resource
import socket
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from kgtool import isolate
from kgtool.isolate import Limits
from kgtool.workers.confine import confine

HEAD = struct.Struct(">I")  # before each message in either direction: its length
READY, ANSWER = b".", b"="
_AT_ONCE = 1 << 18


@dataclass(frozen=True)
class Trade:
    """``prepare`` opens what a worker needs and gives what it does from then on. Where it only reads, it can
    write nothing; and nowhere can it open a connection or begin a program."""

    prepare: Callable[[], Callable[[bytes], bytes]]
    limits: Limits
    reads_only: bool = True


def live(asking: socket.socket, trade: Trade) -> None:
    """All that the process does. What it may not do any more is taken from it before anybody asks it anything."""
    _let_go(asking.fileno())
    try:
        work = trade.prepare()
        confine(trade.limits, trade.reads_only)
    except Exception as error:  # whatever it was, this process is of no use, and must say so
        asking.sendall(_message(isolate.told(error, "the store")))
        return
    asking.sendall(_message(READY + str(os.getpid()).encode()))
    questions = asking.makefile("rb", _AT_ONCE)
    while (asked := _heard(questions)) is not None:
        asking.sendall(_message(_worked(work, asked)))


def _worked(work: Callable[[bytes], bytes], asked: bytes) -> bytes:
    try:
        return ANSWER + work(asked)
    except MemoryError:
        sys.exit()  # too little is left to say so; whoever asked knows what it means
    except Exception as error:  # one piece of work that fails is no reason to end
        return isolate.told(error, "the request")


def _message(said: bytes) -> bytes:
    return HEAD.pack(len(said)) + said


def _heard(asked: BinaryIO) -> bytes | None:
    """The next message, or None where there will be none."""
    head = asked.read(HEAD.size)
    return asked.read(HEAD.unpack(head)[0]) if len(head) == HEAD.size else None


def _let_go(kept: int) -> None:
    """Close what the parent had open, and say nothing to anybody but who asks."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.closerange(3, kept)
    os.closerange(kept + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])

"""What a worker does: one piece of work after the other, locked in, until nobody asks any more.

Work comes in messages from its parent, or from a client, over a connection that its parent has lent. Of such a
connection it takes nothing that it does not answer, so whatever it leaves is there for who gets the connection next.
"""

from __future__ import annotations

import gc
import os
import resource
import selectors
import socket
import struct
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from kgtool import isolate
from kgtool.isolate import Limits
from kgtool.workers.confine import confine
from kgtool.workers.slate import JOB, Slate

HEAD = struct.Struct(">I")  # before each message in either direction: its length
NUMBER = struct.Struct(">Q")  # of a connection
READY, ANSWER, BACK, NOT_MINE = b".", b"=", b"<", b">"
ALL_BACK = 0
MOST_UNREAD = 1 << 16
SECONDS_IDLE = 5

Work = Callable[[bytes], bytes]
Understand = Callable[[bytes], Callable[[], bytes] | None]


@dataclass(frozen=True)
class Skills:
    """``work`` is for messages. ``understand`` looks at all that a client has sent and not yet had an answer to, and
    gives what makes the answer to it, or None where that is for others to read. ``is_current`` is asked before."""

    work: Work
    understand: Understand
    is_current: Callable[[], bool] = lambda: True


@dataclass(frozen=True)
class Trade:
    """``prepare`` opens what a worker needs and gives what it can do from then on. Where it only reads, it can
    write nothing; and nowhere can it open a connection or begin a program."""

    prepare: Callable[[], Skills]
    limits: Limits
    reads_only: bool = True


def live(asking: socket.socket, lending: socket.socket, slate: Slate, trade: Trade) -> None:
    """All that the process does. What it may not do any more is taken from it before anybody asks it anything."""
    _let_go({asking.fileno(), lending.fileno()})
    try:
        skills = trade.prepare()
        confine(trade.limits, trade.reads_only)
    except Exception as error:  # whatever it was, this process is of no use, and must say so
        asking.sendall(_message(isolate.told(error, "the store")))
        return
    gc.freeze()  # what is there now stays, and need not be looked through again and again
    asking.sendall(_message(READY + str(os.getpid()).encode()))
    _Day(asking, lending, slate, skills).live()


class _Lent:
    """A client's connection, its number, and when it was last of use."""

    def __init__(self, number: int, connection: socket.socket):
        self.number, self.connection = number, connection
        self.used = time.monotonic()


class _Day:
    """Whoever has something to say is heard in turn, each for one piece of work."""

    def __init__(self, asking: socket.socket, lending: socket.socket, slate: Slate, skills: Skills):
        self._asking, self._lending, self._slate, self._skills = asking, lending, slate, skills
        self._lent: dict[int, _Lent] = {}
        self._waiting = selectors.DefaultSelector()
        self._waiting.register(asking, selectors.EVENT_READ)
        self._waiting.register(lending, selectors.EVENT_READ)
        self._unread = memoryview(bytearray(MOST_UNREAD))
        self._look_again = 0.0
        self._is_over = False

    def live(self) -> None:
        while not self._is_over:
            for key, _ in self._waiting.select(SECONDS_IDLE if self._lent else None):
                if key.data is not None:
                    self._answer_client(key.data)
                elif key.fileobj is self._asking:
                    self._answer_message()
                else:
                    self._borrow()
                if self._slate.must_leave:
                    return self._give_all()
            self._give_idle()

    def _answer_message(self) -> None:
        asked = _heard(self._asking)
        if asked is None:
            self._is_over = True
            return
        self._slate.begin(JOB)
        self._asking.sendall(_message(_worked(self._skills.work, asked)))
        self._slate.end()

    def _borrow(self) -> None:
        said, handed, *_ = socket.recv_fds(self._lending, NUMBER.size, 1)
        if not said:
            self._is_over = True
            return
        number = NUMBER.unpack(said)[0]
        if number == ALL_BACK:
            self._give_all()
        elif handed:
            lent = self._lent[number] = _Lent(number, socket.socket(fileno=handed[0]))
            self._waiting.register(lent.connection, selectors.EVENT_READ, lent)
        else:
            self._tell(NOT_MINE, number)  # there was no room for one more open file

    def _answer_client(self, lent: _Lent) -> None:
        if lent.number not in self._lent:
            return  # given back since
        self._slate.begin(lent.number)
        if not self._skills.is_current():
            self._slate.end()
            return self._give_all()
        rest, done = self._rest(lent)
        self._slate.end()
        if not done or rest:
            self._give(lent, BACK if done else NOT_MINE, rest)

    def _rest(self, lent: _Lent) -> tuple[bytes, bool]:
        """What of the answer could not be sent at once, and whether there is one."""
        try:
            size = lent.connection.recv_into(self._unread, flags=socket.MSG_PEEK)
            make = self._skills.understand(bytes(self._unread[:size])) if size else None
            if make is None or lent.connection.recv_into(self._unread, size) != size:
                return b"", False
        except OSError:
            return b"", False
        answer = _made(make)
        self._slate.answer()
        lent.used = time.monotonic()
        try:
            sent = lent.connection.send(answer)
        except BlockingIOError:
            sent = 0
        except OSError:
            return b"", False  # who asked has gone, as who gets it back will see
        return answer[sent:], True

    def _give_idle(self) -> None:
        """Connections are lent for use."""
        now = time.monotonic()
        if now < self._look_again:
            return
        self._look_again = now + SECONDS_IDLE / 5
        for lent in list(self._lent.values()):
            if now - lent.used > SECONDS_IDLE:
                self._give(lent, BACK)

    def _give_all(self) -> None:
        for lent in list(self._lent.values()):
            self._give(lent, BACK)

    def _give(self, lent: _Lent, how: bytes, rest: bytes = b"") -> None:
        del self._lent[lent.number]
        self._waiting.unregister(lent.connection)  # closing is not enough where somebody else has it open
        lent.connection.close()
        self._tell(how, lent.number, rest)

    def _tell(self, how: bytes, number: int, rest: bytes = b"") -> None:
        self._asking.sendall(_message(how + NUMBER.pack(number) + rest))


def _worked(work: Work, asked: bytes) -> bytes:
    try:
        return ANSWER + _made(lambda: work(asked))
    except Exception as error:  # one piece of work that fails is no reason to end
        return isolate.told(error, "the request")


def _made(make: Callable[[], bytes]) -> bytes:
    try:
        return make()
    except MemoryError:
        sys.exit()  # too little is left to say so; whoever asked knows what it means


def _message(said: bytes) -> bytes:
    return HEAD.pack(len(said)) + said


def _heard(asking: socket.socket) -> bytes | None:
    """The next message, or None where there will be none."""
    head = asking.recv(HEAD.size, socket.MSG_WAITALL)
    return asking.recv(HEAD.unpack(head)[0], socket.MSG_WAITALL) if len(head) == HEAD.size else None


def _let_go(kept: set[int]) -> None:
    """Close what the parent had open, and say nothing to anybody but who asks."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    first = 3
    for file in (*sorted(kept), resource.getrlimit(resource.RLIMIT_NOFILE)[0]):
        with suppress(OSError):
            os.closerange(first, file)
        first = file + 1

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
READY, ANSWER, BACK, NOT_MINE, LAST = b".", b"=", b"<", b">", b"|"
ALL_BACK = 0
MOST_UNREAD = 1 << 16
MOST_AT_ONCE = 64
SECONDS_IDLE = 5


@dataclass(frozen=True)
class Understood:
    """``make`` gives the answer, and after the last one a connection ends."""

    make: Callable[[], bytes]
    is_last: bool = False


Work = Callable[[bytes], bytes]
Understand = Callable[[bytes], Understood | int | None]


@dataclass(frozen=True)
class Skills:
    """``work`` is for messages. ``understand`` looks at all that a client has sent and not yet had an answer to, and
    gives what makes the answer to it, or how many bytes there must be first, or None where that is for others to read.
    ``is_current`` is asked before."""

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
    """A client's connection, its number, when it was last of use, and whether the rest of a request is awaited."""

    def __init__(self, number: int, connection: socket.socket):
        self.number, self.connection = number, connection
        self.used = time.monotonic()
        self.is_watched = self.awaits = False

    def wait_for(self, size: int) -> None:
        """Have nothing said of it until so much is there."""
        self.awaits = size > 1
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, size)


class _Day:
    """Whoever has something to say is heard in turn, each for one piece of work."""

    def __init__(self, asking: socket.socket, lending: socket.socket, slate: Slate, skills: Skills):
        self._asking, self._lending, self._slate, self._skills = asking, lending, slate, skills
        lending.setblocking(False)
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
        """All that is handed over; each brings something, which is answered before anything is asked again."""
        for _ in range(MOST_AT_ONCE):
            try:
                said, handed, *_ = socket.recv_fds(self._lending, NUMBER.size, 1)
            except BlockingIOError:
                return
            if not said:
                self._is_over = True
                return
            self._take_up(NUMBER.unpack(said)[0], handed)
            if self._slate.must_leave:
                return

    def _take_up(self, number: int, handed: list[int]) -> None:
        if number == ALL_BACK:
            self._give_all()
        elif handed:
            lent = self._lent[number] = _Lent(number, socket.socket(fileno=handed[0]))
            self._answer_client(lent)
            if number in self._lent:
                lent.is_watched = True
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
        how, rest = self._answered(lent)
        self._slate.end()
        if how != BACK or rest:
            self._give(lent, how, rest)

    def _answered(self, lent: _Lent) -> tuple[bytes, bytes]:
        """What becomes of the connection, and what of the answer could not be sent at once."""
        try:
            size = lent.connection.recv_into(self._unread, flags=socket.MSG_PEEK)
            if not size:
                return LAST, b""
            found = self._skills.understand(bytes(self._unread[:size]))
            if isinstance(found, int) and size < found <= MOST_UNREAD and not lent.awaits:
                lent.wait_for(found)
                return BACK, b""
            if lent.awaits:
                lent.wait_for(1)
            if not isinstance(found, Understood) or lent.connection.recv_into(self._unread, size) != size:
                return NOT_MINE, b""
        except BlockingIOError:
            return BACK, b""  # there is nothing, and may be later
        except OSError:
            return LAST, b""
        return self._sent(lent, found)

    def _sent(self, lent: _Lent, found: Understood) -> tuple[bytes, bytes]:
        answer = _made(found.make)
        self._slate.answer()
        lent.used = time.monotonic()
        try:
            sent = lent.connection.send(answer)
            if found.is_last and sent == len(answer):
                lent.connection.shutdown(socket.SHUT_WR)  # whoever reads to the end need not wait for our parent
        except BlockingIOError:
            sent = 0
        except OSError:
            return LAST, b""  # who asked has gone
        rest = answer[sent:]
        return LAST if found.is_last else NOT_MINE if rest else BACK, rest

    def _give_idle(self) -> None:
        """Connections are lent for use."""
        now = time.monotonic()
        if now < self._look_again:
            return
        self._look_again = now + SECONDS_IDLE / 5
        for lent in list(self._lent.values()):
            if now - lent.used > SECONDS_IDLE:
                self._give(lent, NOT_MINE if lent.awaits else BACK)

    def _give_all(self) -> None:
        for lent in list(self._lent.values()):
            self._give(lent, BACK)

    def _give(self, lent: _Lent, how: bytes, rest: bytes = b"") -> None:
        del self._lent[lent.number]
        if lent.awaits:
            lent.wait_for(1)
        if lent.is_watched:
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

"""What a worker does: one piece of work after the other, locked in, until nobody asks any more.

Work comes in messages from its parent, or from a client, over a connection that its parent has lent. Of such a
connection it takes nothing that it does not answer, so whatever it leaves is there for who gets the connection next.
"""

from __future__ import annotations

import gc
import os
import resource
import select
import selectors
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from kgtool import isolate
from kgtool.isolate import Limits
from kgtool.workers.confine import confine
from kgtool.workers.lent import Lent
from kgtool.workers.slate import JOB, Slate
from kgtool.workers.spoken import (
    ANSWER,
    BACK,
    CLEAR,
    GIVE_ALL,
    JOIN,
    LAST,
    LEFT,
    LEND,
    NOT_MINE,
    NUMBER,
    OFTEN,
    OPEN,
    ORDER,
    READY,
    TAKE_SEAT,
    heard,
    message,
)

MOST_UNREAD = 1 << 16
MOST_AT_ONCE, MOST_IN_A_ROW = 64, 8
SECONDS_IDLE = 5
_OFTEN = 2  # answers
_ONCE = select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLONESHOT if hasattr(select, "epoll") else 0


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
    _close_all_but({asking.fileno(), lending.fileno()})
    try:
        skills = trade.prepare()
        confine(trade.limits, trade.reads_only)
    except Exception as error:  # whatever it was, this process is of no use, and must say so
        asking.sendall(message(isolate.told(error, "the store")))
        return
    gc.freeze()  # what is there now stays, and need not be looked through again and again
    asking.sendall(message(READY + str(os.getpid()).encode()))
    _Day(asking, lending, slate, skills).live()


class _Day:
    """Whoever has something to say is heard in turn, each for one piece of work."""

    def __init__(self, asking: socket.socket, lending: socket.socket, slate: Slate, skills: Skills):
        self._asking, self._lending, self._slate, self._skills = asking, lending, slate, skills
        lending.setblocking(False)
        self._lent: dict[int, Lent] = {}
        self._seated: dict[int, Lent] = {}
        self._table: select.epoll | None = None
        self._waiting = selectors.DefaultSelector()
        self._waiting.register(asking, selectors.EVENT_READ, self._answer_message)
        self._waiting.register(lending, selectors.EVENT_READ, self._hear)
        self._unread = memoryview(bytearray(MOST_UNREAD))
        self._look_again = 0.0
        self._is_over = False

    def live(self) -> None:
        while not self._is_over:
            for key, _ in self._waiting.select(SECONDS_IDLE if self._lent else None):
                if isinstance(key.data, Lent):
                    self._answer_client(key.data)
                else:
                    key.data()
                if self._slate.must_leave:
                    return self._give_all()
            self._give_idle()

    def _answer_message(self) -> None:
        asked = heard(self._asking)
        if asked is None:
            self._is_over = True
            return
        self._slate.begin(JOB)
        self._asking.sendall(message(_worked(self._skills.work, asked)))
        self._slate.end()

    def _hear(self) -> None:
        """All orders; what is handed over brings something, which is answered before anything is asked again."""
        for _ in range(MOST_AT_ONCE):
            try:
                said, handed, *_ = socket.recv_fds(self._lending, ORDER.size, 1)
            except BlockingIOError:
                return
            if not said:
                self._is_over = True
                return
            self._obey(*ORDER.unpack(said), *handed)
            if self._slate.must_leave:
                return

    def _obey(self, what: bytes, number: int, seat: int, file: int = -1) -> None:
        if what == GIVE_ALL:
            self._give_all()
        elif what == JOIN and file >= 0:
            self._table = select.epoll.fromfd(file)
            self._waiting.register(self._table, selectors.EVENT_READ, self._answer_next)
        elif what == LEND and file >= 0:
            self._take_up(Lent(number, socket.socket(fileno=file)))
        elif what == LEND:
            self._tell(NOT_MINE, number)  # there was no room for one more open file
        elif what == TAKE_SEAT and file >= 0:
            self._take_seat(Lent(number, socket.socket(fileno=file)), seat)
        elif what == OPEN and number in self._lent:
            self._open(self._lent[number], seat)
        elif what == CLEAR and seat in self._seated:
            self._drop(self._seated[seat])

    def _take_up(self, lent: Lent) -> None:
        self._lent[lent.number] = lent
        self._answer_client(lent)
        if lent.number in self._lent:
            self._watch(lent)

    def _watch(self, lent: Lent) -> None:
        if not lent.is_watched:
            lent.is_watched = True
            self._waiting.register(lent.connection, selectors.EVENT_READ, lent)

    def _watch_no_more(self, lent: Lent) -> None:
        if lent.is_watched:
            lent.is_watched = False
            self._waiting.unregister(lent.connection)  # closing is not enough where somebody else has it open

    # at the table

    def _take_seat(self, lent: Lent, seat: int) -> None:
        """Answer over it as the others here do, once somebody says that it is open."""
        if self._table and lent.move(seat):
            lent.mine = False
            self._lent[lent.number] = self._seated[seat] = lent
        else:
            lent.connection.close()
            self._leave()

    def _open(self, lent: Lent, seat: int) -> None:
        """What was lent to this worker alone, all answer over from now on."""
        self._watch_no_more(lent)
        if not (self._table and lent.move(seat)):
            self._give(lent, BACK)
            return self._leave()
        self._seated[seat] = lent
        if lent.awaits:
            self._watch(lent)
        else:
            self._release(lent)

    def _release(self, lent: Lent) -> None:
        """Whoever is free first takes what comes next over it."""
        self._watch_no_more(lent)
        lent.mine = False
        try:
            self._table.modify(lent.seat, _ONCE)
        except FileNotFoundError:
            self._table.register(lent.seat, _ONCE)

    def _answer_next(self) -> None:
        """A few of those that wait at the table, one after the other: others may be free as well."""
        for _ in range(MOST_IN_A_ROW):
            told = self._table.poll(0, 1) if self._table else ()
            if not told:
                return
            seat = told[0][0]
            if seat not in self._seated:
                self._hear()
            if seat not in self._seated:
                return self._leave()
            self._seated[seat].mine = True
            self._answer_client(self._seated[seat])
            if self._slate.must_leave:
                return

    def _leave(self) -> None:
        if self._table:
            for lent in list(self._seated.values()):
                self._let_go(lent)
            self._waiting.unregister(self._table)
            self._table.close()
            self._table = None
            self._asking.sendall(message(LEFT))

    # what comes over a connection

    def _answer_client(self, lent: Lent) -> None:
        if self._lent.get(lent.number) is not lent:
            return  # given back since
        self._slate.begin(lent.number)
        if not self._skills.is_current():
            self._slate.end()
            return self._give_all()
        how, rest = self._answered(lent)
        self._slate.end()
        if how != BACK or rest:
            self._give(lent, how, rest)
        elif lent.seat:
            self._watch(lent) if lent.awaits else self._release(lent)
        elif self._table and lent.answers >= _OFTEN and not lent.is_often:
            lent.is_often = True
            self._tell(OFTEN, lent.number)

    def _answered(self, lent: Lent) -> tuple[bytes, bytes]:
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

    def _sent(self, lent: Lent, found: Understood) -> tuple[bytes, bytes]:
        answer = _made(found.make)
        self._slate.answer()
        lent.used = time.monotonic()
        lent.answers += 1
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
            if lent.mine and now - lent.used > SECONDS_IDLE:
                self._give(lent, NOT_MINE if lent.awaits else BACK)

    def _give_all(self) -> None:
        for lent in list(self._lent.values()):
            self._let_go(lent)
        self._leave()

    def _let_go(self, lent: Lent) -> None:
        if lent.mine:
            self._give(lent, BACK)
        else:
            self._drop(lent)

    def _give(self, lent: Lent, how: bytes, rest: bytes = b"") -> None:
        if lent.awaits:
            lent.wait_for(1)
        if lent.seat:
            with suppress(OSError):
                self._table.unregister(lent.seat)
        self._drop(lent)
        self._tell(how, lent.number, rest)

    def _drop(self, lent: Lent) -> None:
        del self._lent[lent.number]
        self._seated.pop(lent.seat, None)
        self._watch_no_more(lent)
        lent.connection.close()

    def _tell(self, how: bytes, number: int, rest: bytes = b"") -> None:
        self._asking.sendall(message(how + NUMBER.pack(number) + rest))


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


def _close_all_but(kept: set[int]) -> None:
    """Close what the parent had open, and say nothing to anybody but who asks."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    first = 3
    for file in (*sorted(kept), resource.getrlimit(resource.RLIMIT_NOFILE)[0]):
        with suppress(OSError):
            os.closerange(first, file)
        first = file + 1

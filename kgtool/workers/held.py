"""The connections that a worker has: those lent to it alone, and those at the table, over which others answer as well."""

from __future__ import annotations

import select
import selectors
import time
from collections.abc import Callable
from contextlib import suppress

from kgtool.workers import spoken
from kgtool.workers.lent import Lent

SECONDS_IDLE = 5
_OFTEN = 2  # answers
_ONCE = select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLONESHOT if hasattr(select, "epoll") else 0


class Held:
    """``waiting`` tells when one of them brings something, as the connection itself. Of what lies at the table it tells
    only that there is something, as ``at_table``; which it is, ``next`` says, to one worker only. ``said`` goes to the parent.
    """

    def __init__(self, waiting: selectors.BaseSelector, at_table: Callable[[], None], said: Callable[[bytes], None]):
        self._waiting, self._at_table, self._said = waiting, at_table, said
        self._all: dict[int, Lent] = {}
        self._seated: dict[int, Lent] = {}
        self._table: select.epoll | None = None
        self._look_again = 0.0

    def __bool__(self) -> bool:
        return bool(self._all)

    def __contains__(self, lent: Lent) -> bool:
        return self._all.get(lent.number) is lent

    def take(self, lent: Lent) -> None:
        self._all[lent.number] = lent

    def keep(self, lent: Lent) -> None:
        """Wait for what it brings next."""
        if lent.seat and not lent.awaits:
            return self._release(lent)
        self._watch(lent)
        if self._table and not lent.seat and lent.answers >= _OFTEN and not lent.is_often:
            lent.is_often = True
            self._tell(spoken.OFTEN, lent.number)

    def give(self, lent: Lent, how: bytes, rest: bytes = b"") -> None:
        """Give it back to the parent."""
        if lent.awaits:
            lent.wait_for(1)
        if lent.seat:
            with suppress(OSError):
                self._table.unregister(lent.seat)
        self._drop(lent)
        self._tell(how, lent.number, rest)

    def refuse(self, number: int) -> None:
        """Tell of one that did not come."""
        self._tell(spoken.NOT_MINE, number)

    def give_all(self) -> None:
        for lent in list(self._all.values()):
            self._let_go(lent)
        self.leave()

    def give_idle(self) -> None:
        """Connections are lent for use."""
        now = time.monotonic()
        if now < self._look_again:
            return
        self._look_again = now + SECONDS_IDLE / 5
        for lent in list(self._all.values()):
            if lent.mine and now - lent.used > SECONDS_IDLE:
                self.give(lent, spoken.NOT_MINE if lent.awaits else spoken.BACK)

    # at the table

    def join(self, file: int) -> None:
        self._table = select.epoll.fromfd(file)
        self._waiting.register(self._table, selectors.EVENT_READ, self._at_table)

    def seat(self, lent: Lent, seat: int) -> None:
        """Answer over it as the others here do, once somebody says that it is open."""
        if self._table and lent.move(seat):
            lent.mine = False
            self._all[lent.number] = self._seated[seat] = lent
        else:
            lent.connection.close()
            self.leave()

    def open(self, number: int, seat: int) -> None:
        """What was lent to this worker alone, all answer over from now on."""
        if not (lent := self._all.get(number)):
            return
        self._watch_no_more(lent)
        if not (self._table and lent.move(seat)):
            self.give(lent, spoken.BACK)
            return self.leave()
        self._seated[seat] = lent
        self.keep(lent)

    def clear(self, seat: int) -> None:
        if seat in self._seated:
            self._drop(self._seated[seat])

    def next(self) -> int:
        """The seat of one that brings something, of which nobody is told any more; 0 where none does."""
        told = self._table.poll(0, 1) if self._table else ()
        return told[0][0] if told else 0

    def at(self, seat: int) -> Lent | None:
        return self._seated.get(seat)

    def leave(self) -> None:
        if self._table:
            for lent in list(self._seated.values()):
                self._let_go(lent)
            self._waiting.unregister(self._table)
            self._table.close()
            self._table = None
            self._said(spoken.LEFT)

    def _release(self, lent: Lent) -> None:
        """Whoever is free first takes what comes next over it."""
        self._watch_no_more(lent)
        lent.mine = False
        try:
            self._table.modify(lent.seat, _ONCE)
        except FileNotFoundError:
            self._table.register(lent.seat, _ONCE)

    def _let_go(self, lent: Lent) -> None:
        if lent.mine:
            self.give(lent, spoken.BACK)
        else:
            self._drop(lent)

    def _drop(self, lent: Lent) -> None:
        del self._all[lent.number]
        self._seated.pop(lent.seat, None)
        self._watch_no_more(lent)
        lent.connection.close()

    def _watch(self, lent: Lent) -> None:
        if not lent.is_watched:
            lent.is_watched = True
            self._waiting.register(lent.connection, selectors.EVENT_READ, lent)

    def _watch_no_more(self, lent: Lent) -> None:
        if lent.is_watched:
            lent.is_watched = False
            self._waiting.unregister(lent.connection)  # closing is not enough where somebody else has it open

    def _tell(self, how: bytes, number: int, rest: bytes = b"") -> None:
        self._said(how + spoken.NUMBER.pack(number) + rest)

"""Connections that several workers answer over: whoever of them is free takes what comes next.

A connection that only one worker answers over has to wait whenever that one does: while it is at another's query, or other
processes have its core. So what is asked often lies on a table, and the system tells each request to one of those who sit
there, and of that connection nothing more to anybody until it has been answered. As all who are free there wake up for each
request, a connection that a worker has to itself, and need not share it with another, does not lie there.
"""

from __future__ import annotations

import resource
import select
import time
from collections.abc import Iterator
from typing import Protocol

from kgtool.workers.client import Client
from kgtool.workers.spoken import CLEAR, GIVE_ALL, JOIN, OPEN, TAKE_SEAT

FIRST_SEAT, MOST_SEATS = 400, 500  # numbers of open files, the same in all who sit there
SECONDS_TO_STAY = 30


def seats() -> range:
    """Where connections may lie: nowhere on a system that cannot tell of one to one of several processes."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0] if hasattr(select, "epoll") else 0
    return range(FIRST_SEAT, FIRST_SEAT + MOST_SEATS if most == resource.RLIM_INFINITY else min(most, FIRST_SEAT + MOST_SEATS))


class Sitting(Protocol):
    """Our end of what leads to a worker; ``lent`` is what it alone has."""

    lent: dict[int, Client]
    table: Table | None

    def order(self, what: bytes, number: int = 0, seat: int = 0, file: int | None = None) -> bool:
        """Whether the worker will hear of it, unless it ends before."""

    def end(self) -> None:
        """End its process."""


class Table:
    """A seat is taken once, so nobody can mistake a connection for the one before. When seats run out, or somebody leaves
    who may have had one in hand, the table is left by all, and what lay there is the parent's again."""

    def __init__(self, lines: list[Sitting]):
        self.lines = list(lines)
        self.is_open = True
        self.since = time.monotonic()
        self._lying: dict[int, tuple[Client, int]] = {}
        self._often: list[tuple[Sitting, int]] = []
        self._free: Iterator[int] = iter(seats())
        self._told = select.epoll()
        for line in lines:
            line.table = self
            if not line.order(JOIN, file=self._told.fileno()):
                line.end()

    @property
    def is_laid(self) -> bool:
        return bool(self._lying)

    @property
    def is_old(self) -> bool:
        """Whether it is time to look for connections that nobody uses any more, of which nobody here knows."""
        return self.is_laid and time.monotonic() - self.since > SECONDS_TO_STAY

    def lay(self, line: Sitting, number: int) -> None:
        """A connection that is lent to one of them is asked over often; have all answer over it where it would have to wait."""
        self._often = [(other, of) for other, of in self._often if of in other.lent] + [(line, number)]
        if self.is_open and (self.is_laid or len(line.lent) > 1):
            often, self._often = self._often, []
            for each in often:
                self._lay(*each)

    def _lay(self, line: Sitting, number: int) -> None:
        """Its worker goes on until the others are told."""
        client = line.lent.get(number)
        if client is None or not self.is_open:
            return
        others, seat = [other for other in self.lines if other is not line], next(self._free, None)
        told = [other.order(TAKE_SEAT, number, seat, client.file()) for other in others if seat]
        if seat and all(told) and line.order(OPEN, number, seat):
            self._lying[number] = line.lent.pop(number), seat
        else:
            self.leave()

    def look(self, number: int) -> Client | None:
        return self._lying[number][0] if number in self._lying else None

    def take(self, number: int) -> Client | None:
        """A connection that one of them has given back is of no use to the others either."""
        client, seat = self._lying.pop(number, (None, 0))
        for line in self.lines if client else ():
            line.order(CLEAR, number, seat)
        return client

    def leave(self) -> None:
        """Have all leave it, each as soon as it has finished what it is at."""
        if self.is_open:
            self.is_open = False
            for line in list(self.lines):
                if not line.order(GIVE_ALL):
                    line.end()  # it has not looked for so long that nobody knows when it would

    def without(self, line: Sitting, number: int) -> bool:
        """One has left, at most with this connection in hand. Whether it was the last; then all that lies there is ours."""
        line.table = None
        self.lines.remove(line)
        if client := self.take(number):
            line.lent[number] = client
        if self.lines:
            return False
        self._told.close()
        for number in list(self._lying):
            self._lying.pop(number)[0].come_back()
        return True

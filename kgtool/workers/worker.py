"""What a worker does: one piece of work after the other, locked in, until nobody asks any more.

Work comes in messages from its parent, or from a client, over a connection that its parent has lent.
"""

from __future__ import annotations

import gc
import os
import resource
import selectors
import socket
from contextlib import suppress
from functools import partial

from kgtool import isolate
from kgtool.workers import lent, spoken
from kgtool.workers.confine import confine
from kgtool.workers.held import SECONDS_IDLE, Held
from kgtool.workers.lent import Lent
from kgtool.workers.slate import JOB, SPARE, Slate
from kgtool.workers.trade import Skills, Trade, Work

MOST_AT_ONCE, MOST_IN_A_ROW = 64, 8
SECONDS_QUIET, SECONDS_BETWEEN = 1, 0.05  # until time is thought to be to spare: at first, and where something came meanwhile


def live(asking: socket.socket, lending: socket.socket, slate: Slate, trade: Trade) -> None:
    """All that the process does. What it may not do any more is taken from it before anybody asks it anything."""
    _close_all_but({asking.fileno(), lending.fileno()})
    try:
        skills = trade.prepare()
        confine(trade.limits, trade.reads_only)
    except Exception as error:  # whatever it was, this process is of no use, and must say so
        _say(asking, isolate.told(error, "the store"))
        return
    gc.freeze()  # what is there now stays, and need not be looked through again and again
    _say(asking, spoken.READY + str(os.getpid()).encode())
    _Day(asking, lending, slate, skills).live()


class _Day:
    """Whoever has something to say is heard in turn, each for one piece of work."""

    def __init__(self, asking: socket.socket, lending: socket.socket, slate: Slate, skills: Skills):
        self._asking, self._lending, self._slate, self._skills = asking, lending, slate, skills
        lending.setblocking(False)
        self._waiting = selectors.DefaultSelector()
        self._waiting.register(asking, selectors.EVENT_READ, self._answer_message)
        self._waiting.register(lending, selectors.EVENT_READ, self._hear)
        self._held = Held(self._waiting, self._answer_next, partial(_say, asking))
        self._quiet: float | None = SECONDS_QUIET  # how long it is to be before spare time is used; never again if None
        self._is_over = False

    def live(self) -> None:
        while not self._is_over:
            heard = self._waiting.select(self._patience())
            for key, _ in heard:
                if isinstance(key.data, Lent):
                    self._answer_client(key.data)
                else:
                    key.data()
                if self._slate.must_leave:
                    return self._held.give_all()
            if not heard and self._quiet is not None:
                self._use_spare_time()
            elif self._quiet == 0:
                self._quiet = SECONDS_BETWEEN  # whoever asked asks again soon, and would wait for each step
            self._held.give_idle()

    def _patience(self) -> float | None:
        if self._quiet is not None:
            return self._quiet
        return SECONDS_IDLE if self._held else None

    def _use_spare_time(self) -> None:
        self._slate.begin(SPARE)
        self._quiet = 0 if self._skills.spare() else None
        self._slate.end()

    def _answer_message(self) -> None:
        asked = spoken.heard(self._asking)
        if asked is None:
            self._is_over = True
            return
        self._slate.begin(JOB)
        _say(self._asking, _worked(self._skills.work, asked))
        self._slate.end()

    def _answer_client(self, client: Lent) -> None:
        if client not in self._held:
            return  # given back since
        self._slate.begin(client.number)
        if not self._skills.is_current():
            self._slate.end()
            return self._held.give_all()
        how, rest = lent.answer(client, self._skills.understand, self._slate)
        self._slate.end()
        if how == spoken.BACK and not rest:
            self._held.keep(client)
        else:
            self._held.give(client, how, rest)

    def _answer_next(self) -> None:
        """A few of those that wait at the table, one after the other: others may be free as well."""
        for _ in range(MOST_IN_A_ROW):
            if not (seat := self._held.next()):
                return
            if not self._held.at(seat):
                self._hear()
            if not (client := self._held.at(seat)):
                return self._held.leave()
            client.mine = True
            self._answer_client(client)
            if self._slate.must_leave:
                return

    def _hear(self) -> None:
        """All orders; what is handed over brings something, which is answered before anything is asked again."""
        for _ in range(MOST_AT_ONCE):
            try:
                said, handed, *_ = socket.recv_fds(self._lending, spoken.ORDER.size, 1)
            except BlockingIOError:
                return
            if not said:
                self._is_over = True
                return
            self._obey(*spoken.ORDER.unpack(said), *handed)
            if self._slate.must_leave:
                return

    def _obey(self, what: bytes, number: int, seat: int, file: int = -1) -> None:
        if what == spoken.GIVE_ALL:
            self._held.give_all()
        elif what == spoken.JOIN and file >= 0:
            self._held.join(file)
        elif what == spoken.LEND and file >= 0:
            client = Lent(number, socket.socket(fileno=file))
            self._held.take(client)
            self._answer_client(client)
        elif what == spoken.LEND:
            self._held.refuse(number)  # there was no room for one more open file
        elif what == spoken.TAKE_SEAT and file >= 0:
            self._held.seat(Lent(number, socket.socket(fileno=file)), seat)
        elif what == spoken.OPEN:
            self._held.open(number, seat)
        elif what == spoken.CLEAR:
            self._held.clear(seat)


def _worked(work: Work, asked: bytes) -> bytes:
    try:
        return spoken.ANSWER + lent.whole(lambda: work(asked))
    except Exception as error:  # one piece of work that fails is no reason to end
        return isolate.told(error, "the request")


def _say(asking: socket.socket, said: bytes) -> None:
    asking.sendall(spoken.message(said))


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

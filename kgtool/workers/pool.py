"""Hands work to workers that stand ready, and puts another in the place of one that takes long, too long, or dies."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from kgtool.errors import KgtoolError, amount
from kgtool.isolate import Stopped
from kgtool.workers.client import Client
from kgtool.workers.line import Job, Line, seconds_worked
from kgtool.workers.slate import FIRST_CONNECTION, IDLE, JOB, Said
from kgtool.workers.starter import Starter
from kgtool.workers.table import Table, seats

SECONDS_TO_WAIT = 15
SECONDS_BETWEEN_LOOKS, SECONDS_AT_WORK = 0.05, 0.02
MOST_LONG, MOST_WAITING, MOST_LENT, MOST_BYTES = 4, 500, 250, 1 << 28
_LESS_URGENT, _TRIES = 5, 3
_PROCESSORS = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
_TOO_MANY = "too many are asking at once; try again in a moment"
_TOO_LONG_AT_ONCE = ("this request takes long, and as many long ones as this server takes on at once are under way; "
                     "try again in a moment, or ask for less")
_LEFT_ALONE = ("this request takes long, and who sent it has closed the connection, or one side of it; keep both open until the "
               "answer is there")


class Busy(Stopped):
    """There is too much to do; later there may be less."""


class Pool:
    """``size`` workers stand ready for work that is quick, as nearly all is.

    Work that turns out to be long moves to the side with its worker, of which there is room for a few, at a lower
    priority; so quick work never waits for long work. With no ``most_long`` there is no side, and it stays.

    ``begun`` is done once a worker is ready, or holds why none can be.
    """

    def __init__(
        self, starter: Starter, size: int, seconds: float, most_long: int | None = MOST_LONG, most_bytes: int = MOST_BYTES
    ):
        self.size, self.seconds, self.most_long, self.most_bytes = size, seconds, most_long, most_bytes
        self.loop = asyncio.get_running_loop()
        self.begun = self.loop.create_future()
        self._starter = starter
        self._era = 0
        self._has_learned = False
        self._lines: set[Line] = set()
        self._table: Table | None = None
        self._waiting: deque[Job] = deque()
        self._numbers = itertools.count(FIRST_CONNECTION)
        self._looking: asyncio.TimerHandle | None = None
        self._stillborn = 0
        self._closed = False
        self._fill()

    def ask(self, asked: bytes, when_long: Callable[[], None] = lambda: None) -> asyncio.Future[bytes]:
        """The answer to come. Cancelled, it ends the worker that is at it; ``when_long`` is called if it is not quick."""
        job = Job(asked, self.loop.create_future(), self.loop.time(), when_long)
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(job)
            self._hand_out()
        else:
            job.answer.set_exception(Busy(_TOO_MANY))
        return job.answer

    def lend(self, client: Client) -> bool:
        """Whether a worker has got the client's connection, to answer by itself what comes over it. It comes back when
        it is not of use any more, or brings what is not for a worker to read."""
        standing = [line for line in self._standing() if len(line.lent) < MOST_LENT]
        line = min(self._at_clients(standing), key=lambda line: len(line.lent), default=None)
        if self._closed or not line or not line.lend(next(self._numbers), client):
            return False
        self._watch()
        return True

    def _at_clients(self, standing: list[Line]) -> list[Line]:
        """Those that clients speak to: no more than can be at work at the same time, or they would wait for one another."""
        asked = [line for line in standing if line.table] or [line for line in standing if line.lent]
        return asked if len(asked) >= _PROCESSORS else standing

    def recall(self) -> None:
        """Have all connections given back that are lent."""
        for line in self._lines:
            line.recall()

    def _gather(self) -> None:
        """Have those that clients speak to sit at one table, as many as can be at work at the same time."""
        able = [line for line in self._standing() if line.process and not line.sits_alone]
        most = min(len(able), _PROCESSORS)
        if self._table:
            if len(self._table.lines) < most:
                self._table.leave()
        elif most > 1 and seats() and not self._closed:
            self._table = Table(able[:most])
            for line in self._lines.difference(able[:most]):
                line.recall()

    def has_left(self, line: Line) -> None:
        if table := line.table:
            line.sits_alone = table.is_open  # nobody had asked it to leave
            self._rise(line, IDLE)
            table.leave()

    def _rise(self, line: Line, number: int) -> None:
        """It sits at the table no more, and has at most this connection in hand."""
        if line.table:
            if line.table.without(line, number):
                self._table = None
            self._gather()

    def renew(self) -> None:
        """Workers that begin from now on take over; those of before end when they have finished what they are at."""
        self._era += 1
        for line in list(self._lines):
            if line.process and not line.ends:
                self._dismiss(line)
        self._fill()

    def learned(self) -> None:
        """Have those who began before the starter had learned all replaced, once, by such as share what it knows."""
        if not self._has_learned and self._starter.has_learned():
            self._has_learned = True
            self.renew()

    def close(self) -> None:
        """Let all workers go."""
        self._closed = True
        if self._looking:
            self._looking.cancel()
        for line in self._lines:
            line.hang_up()

    def _standing(self) -> list[Line]:
        """Those that are, or soon will be, there for quick work."""
        return [line for line in self._lines if not line.ends and line.era == self._era]

    def _hand_out(self) -> None:
        """Give those who wait to workers that are free."""
        while self._waiting:
            line = min((line for line in self._standing() if line.is_free), key=lambda line: len(line.lent), default=None)
            if not line:
                return self._fill()
            if job := self._next():
                line.take(job)
                self._watch()

    def _next(self) -> Job | None:
        """Who has waited longest, and still waits; too long is not waited for."""
        while self._waiting:
            job = self._waiting.popleft()
            if self.loop.time() - job.since > SECONDS_TO_WAIT and not job.answer.done():
                job.answer.set_exception(Busy(_TOO_MANY))
            if not job.answer.done():
                return job
        return None

    # what becomes of workers

    def is_ready(self, line: Line) -> None:
        self._stillborn = 0
        if not self.begun.done():
            self.begun.set_result(None)
        if line.era != self._era and not line.ends:
            self._dismiss(line)
        self._fill()
        self._gather()
        self._hand_out()

    def is_gone(self, line: Line) -> None:
        self._lines.discard(line)
        table = line.table
        self._take_back(line, line.at())
        if table:
            table.leave()  # what it was about to take in hand, nobody else is told of
        self._stillborn += not line.process
        if line.process or (not line.why and self._stillborn < _TRIES):  # whoever is killed as it begins says nothing
            self._fill()
            return self._hand_out()
        self._give_up(line.why or Stopped("no worker can begin"))

    def _give_up(self, why: KgtoolError) -> None:
        """None could begin: whoever waits is told, and whoever asks next has it tried again."""
        if not self.begun.done():
            self.begun.set_exception(why)
        while job := self._next():
            job.answer.set_exception(why)

    def kill(self, line: Line) -> None:
        self._starter.end(line.process)

    def _dismiss(self, line: Line) -> None:
        """It does no more than what it is at, and is rid of the rest at once where that takes long."""
        at = line.dismiss()
        if at.at != IDLE and line.long == at.begun:
            self._take_back(line, at)

    def _take_back(self, line: Line, at: Said) -> None:
        self._rise(line, at.at)
        if (job := line.take_back(at)) and not job.answer.done():
            self._waiting.appendleft(job)

    def _fill(self) -> None:
        """Begin as many as are missing."""
        for _ in range(0 if self._closed else self.size - len(self._standing())):
            try:
                line = Line(self, self._starter.begin(), self._era)
            except OSError as error:
                return self._give_up(Stopped(f"no worker can begin ({error.strerror}); the server has to be started again"))
            self._lines.add(line)
            line.connect(self.loop)

    # how long they take

    def _watch(self) -> None:
        if not self._looking:
            self._looking = self.loop.call_later(SECONDS_BETWEEN_LOOKS, self._look_at_all)

    def _look_at_all(self) -> None:
        self._looking = None
        if self._table and self._table.is_old:
            self._table.leave()
        for line in list(self._lines):
            if line.is_asked:
                self._look(line)
                self._watch()

    def _look(self, line: Line) -> None:
        """See what it is at. Long is what goes on working; on a busy machine, what is quick may have to wait for its turn."""
        at = line.at()
        if at.at == IDLE or (line.long != at.begun and not self._is_long(line, at)):
            return
        if self._is_left_alone(line, at):
            return self._stop(line, at, Stopped(_LEFT_ALONE))
        if line.long != at.begun:
            self._make_room(line, at)
        if at.seconds > self.seconds:
            late = f"the request took longer than {amount(self.seconds, 'second')} and was stopped; ask for less"
            self._stop(line, at, Stopped(late))

    def _is_long(self, line: Line, at: Said) -> bool:
        worked = seconds_worked(line.process)
        if line.seen is None or line.seen[0] != at.begun:
            line.seen = (at.begun, worked or 0)
            return at.seconds > self.seconds
        return worked is None or worked - line.seen[1] >= SECONDS_AT_WORK or at.seconds > self.seconds

    def _is_left_alone(self, line: Line, at: Said) -> bool:
        """Whether nobody waits any more for what it is at."""
        if at.at == JOB:
            return line.job is not None and line.job.answer.cancelled()
        client = line.client(at.at)
        return client is not None and client.is_gone()

    def _stop(self, line: Line, at: Said, why: Stopped) -> None:
        """End it over what it was seen at, unless it has finished that meanwhile."""
        now = line.dismiss()
        if now.at != IDLE and now.begun == at.begun:
            line.end(why)

    def _make_room(self, line: Line, at: Said) -> None:
        """Something is long: its worker moves aside, and another begins in its place."""
        line.long = at.begun
        if self.most_long is not None:
            if sum(other.long is not None for other in self._lines) > self.most_long:
                return self._stop(line, at, Busy(_TOO_LONG_AT_ONCE))
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, line.process, _LESS_URGENT)
            self._dismiss(line)
            self._fill()
            self._hand_out()
        if at.at == JOB and line.job:
            line.job.when_long()


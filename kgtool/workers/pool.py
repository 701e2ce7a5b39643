"""Hands work to workers that stand ready, and puts another in the place of one that takes long, too long, or dies."""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from kgtool import isolate
from kgtool.errors import KgtoolError
from kgtool.isolate import Stopped
from kgtool.workers.starter import Starter
from kgtool.workers.worker import ANSWER, HEAD, READY

SECONDS_TO_WAIT = 15
SECONDS_UNTIL_LOOK, SECONDS_BETWEEN_LOOKS, SECONDS_AT_WORK = 0.1, 0.1, 0.02
MOST_LONG, MOST_WAITING, MOST_AT_ONCE, MOST_BYTES = 4, 500, 4, 1 << 28
_LESS_URGENT = 10
_TOO_MANY = "too many are asking at once; try again in a moment"
_TOO_LONG_AT_ONCE = ("this request takes long, and as many long ones as this server takes on at once are under way; "
                     "try again in a moment, or ask for less")
_BROKEN = "the request broke the engine: it nests too deeply, or needs too much memory; make it smaller"


class Busy(Stopped):
    """There is too much to do; later there may be less."""


@dataclass(eq=False)
class _Job:
    asked: bytes
    answer: asyncio.Future[bytes]
    since: float
    when_long: Callable[[], None]
    timer: asyncio.TimerHandle | None = None
    began: float = 0
    at_first_look: float | None = None


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
        self.era = 0
        self._starter = starter
        self._most_at_once = 1 if most_long is None else MOST_AT_ONCE
        self._all: set[_Worker] = set()
        self._waiting: deque[_Job] = deque()
        self._beginning: set[asyncio.Task] = set()
        self._closed = False
        self._fill()

    def ask(self, asked: bytes, when_long: Callable[[], None] = lambda: None) -> asyncio.Future[bytes]:
        """The answer to come. Cancelled, it ends the worker that is at it; ``when_long`` is called if it is not quick."""
        job = _Job(asked, self.loop.create_future(), self.loop.time(), when_long)
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(job)
            self._hand_out()
        else:
            job.answer.set_exception(Busy(_TOO_MANY))
        return job.answer

    def renew(self) -> None:
        """Workers that begin from now on take over; those of before end when they have finished what they are at."""
        self.era += 1
        for worker in self._all:
            if not worker.jobs and worker.process:
                worker.leave()
        self._fill()

    def close(self) -> None:
        """Let all workers go."""
        self._closed = True
        for worker in self._all:
            worker.leave()

    def _hand_out(self) -> None:
        """Give those who wait to workers that have room, to the one with the most first."""
        while self._waiting:
            free = [worker for worker in self._all if worker.has_room(self._most_at_once)]
            if not free:
                return self._fill()
            if job := self._next():
                min(free, key=lambda worker: len(worker.jobs)).take(job)

    # what workers tell

    def is_ready(self, worker: _Worker) -> None:
        """It has finished something, or has begun."""
        if not worker.is_quick:
            worker.leave()
            self._fill()
        self._hand_out()

    def take_back(self, jobs: Iterable[_Job]) -> None:
        """What was given to a worker and not begun there. Only who changes nothing is given more than one thing at once."""
        self._waiting.extendleft(reversed(list(jobs)))

    def look(self, worker: _Worker) -> None:
        """See what it is at. Long is what goes on working; on a busy machine, what is quick may have to wait for its turn."""
        job, worked = worker.jobs[0], _seconds_worked(worker.process)
        if job.answer.cancelled():
            return worker.end()
        if job.at_first_look is None:
            job.at_first_look = worked
            self.take_back(worker.not_begun())
            self._hand_out()
        is_idle = job.at_first_look <= worked < job.at_first_look + SECONDS_AT_WORK
        if is_idle and self.loop.time() - job.began < self.seconds:
            job.timer = self.loop.call_later(SECONDS_BETWEEN_LOOKS, self.look, worker)
        else:
            self._is_long(worker)

    def _is_long(self, worker: _Worker) -> None:
        late = Stopped(f"the request took longer than {self.seconds:g} seconds and was stopped; ask for less")
        if self.most_long is not None:
            if sum(other.long for other in self._all) >= self.most_long:
                return worker.end(Busy(_TOO_LONG_AT_ONCE))
            self._move_aside(worker)
        left = self.seconds - (self.loop.time() - worker.jobs[0].began)
        worker.jobs[0].timer = self.loop.call_later(max(0, left), worker.end, late)
        worker.jobs[0].when_long()

    def _move_aside(self, worker: _Worker) -> None:
        worker.long = True
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, worker.process, _LESS_URGENT)
        self._fill()

    def is_gone(self, worker: _Worker) -> None:
        self._all.discard(worker)
        if worker.process:
            self._fill()
            return self._hand_out()
        # it could not begin: whoever waits is told, and whoever asks next has it tried again
        why = worker.why or Stopped("no worker can begin")
        if not self.begun.done():
            self.begun.set_exception(why)
        while job := self._next():
            job.answer.set_exception(why)

    def kill(self, worker: _Worker) -> None:
        self._starter.end(worker.process)

    def _next(self) -> _Job | None:
        """Who has waited longest, and still waits; too long is not waited for."""
        while self._waiting:
            job = self._waiting.popleft()
            if self.loop.time() - job.since > SECONDS_TO_WAIT and not job.answer.done():
                job.answer.set_exception(Busy(_TOO_MANY))
            if not job.answer.done():
                return job
        return None

    def _fill(self) -> None:
        """Begin as many as are missing."""
        standing = sum(worker.is_quick for worker in self._all)
        for _ in range(0 if self._closed else self.size - standing - len(self._beginning)):
            task = self.loop.create_task(self._begin())
            self._beginning.add(task)
            task.add_done_callback(self._beginning.discard)

    async def _begin(self) -> None:
        worker = _Worker(self)
        asking = self._starter.begin()
        asking.setblocking(False)
        await self.loop.create_connection(lambda: worker, sock=asking)
        self._all.add(worker)
        self._hand_out()


class _Worker(asyncio.Protocol):
    """Our end of the connection to one worker; its number is 0 until it has said that it is ready.

    It is at the first of its ``jobs``; None stands for what was sent to it and will be answered elsewhere.
    """

    def __init__(self, pool: Pool):
        self.process = 0
        self.jobs: deque[_Job | None] = deque()
        self.why: KgtoolError | None = None
        self.long = self._ending = False
        self._pool, self._era = pool, pool.era
        self._heard = bytearray()

    @property
    def is_quick(self) -> bool:
        """Whether it is, or soon will be, there for quick work."""
        return not (self.long or self._ending or self._era != self._pool.era)

    def has_room(self, most: int) -> bool:
        is_suspect = bool(self.jobs) and (self.jobs[0] is None or self.jobs[0].at_first_look is not None)
        return self.process > 0 and self.is_quick and len(self.jobs) < most and not is_suspect

    def not_begun(self) -> list[_Job]:
        """What it was given beside what it is at, which from now on is not its any more."""
        taken = [job for job in list(self.jobs)[1:] if job]
        for place in range(1, len(self.jobs)):
            self.jobs[place] = None
        return taken

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def take(self, job: _Job) -> None:
        self.jobs.append(job)
        job.answer.add_done_callback(self._is_answered)
        self._transport.write(HEAD.pack(len(job.asked)) + job.asked)
        if len(self.jobs) == 1:
            self._begin(job)

    def _begin(self, job: _Job) -> None:
        job.began = self._pool.loop.time()
        job.timer = self._pool.loop.call_later(SECONDS_UNTIL_LOOK, self._pool.look, self)

    def end(self, why: KgtoolError | None = None) -> None:
        """End the process, whatever it is at."""
        self.why, self._ending = why, True
        self._pool.kill(self)

    def leave(self) -> None:
        """Let the process end by itself, which it does when nobody asks any more."""
        self._ending = True
        self._pool.take_back(job for job in self.jobs if job)
        self.jobs.clear()
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while len(self._heard) >= HEAD.size:
            length = HEAD.unpack_from(self._heard)[0]
            if length > self._pool.most_bytes:
                return self.end(Stopped("the answer is too large; ask for less"))
            if len(self._heard) < HEAD.size + length:
                return
            said = bytes(memoryview(self._heard)[HEAD.size:HEAD.size + length])
            del self._heard[:HEAD.size + length]
            self._said(said)

    def _said(self, said: bytes) -> None:
        if self.process:
            self._answered(said)
        elif said.startswith(READY):
            self.process = int(said[1:])
            if not self._pool.begun.done():
                self._pool.begun.set_result(None)
        else:
            self.why = isolate.retold(said)
            return
        self._pool.is_ready(self)

    def _answered(self, said: bytes) -> None:
        if not self.jobs:
            return  # it has been let go
        if job := self.jobs.popleft():
            job.timer.cancel()
            _answer(job, said)
        if self.jobs and self.jobs[0]:
            self._begin(self.jobs[0])

    def _is_answered(self, answer: asyncio.Future) -> None:
        job = self.jobs[0] if self.jobs else None
        # what is quick is over before a process could be ended; what is not is looked at soon
        if answer.cancelled() and job and job.answer is answer and job.at_first_look is not None:
            self.end()

    def connection_lost(self, error: Exception | None) -> None:
        rest = self.not_begun()
        job = self.jobs.popleft() if self.jobs else None
        self.jobs.clear()
        if job:
            job.timer.cancel()
            if not job.answer.done():
                job.answer.set_exception(self.why or Stopped(_BROKEN))
        self._pool.take_back(rest)
        self._pool.is_gone(self)


def _seconds_worked(process: int) -> float:
    """How long a process has had a processor to itself so far; more and more where the system does not tell."""
    try:
        with open(f"/proc/{process}/stat", "rb") as said:
            ticks = said.read().rpartition(b")")[2].split()[11:13]
    except OSError:
        return time.monotonic()
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _answer(job: _Job, said: bytes) -> None:
    if job.answer.done():
        return
    if said.startswith(ANSWER):
        job.answer.set_result(said[1:])
    else:
        job.answer.set_exception(isolate.retold(said))

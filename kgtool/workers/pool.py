"""Hands work to workers that stand ready, and puts another in the place of one that takes long, too long, or dies."""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from kgtool import isolate
from kgtool.errors import KgtoolError
from kgtool.isolate import Stopped
from kgtool.workers.starter import Starter
from kgtool.workers.worker import ANSWER, HEAD, READY

SECONDS_TO_WAIT = 15
SECONDS_UNTIL_LOOK, SECONDS_BETWEEN_LOOKS, SECONDS_AT_WORK = 0.15, 0.1, 0.02
MOST_LONG, MOST_WAITING, MOST_BYTES = 4, 500, 1 << 28
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
        self._ready: list[_Worker] = []
        self._all: set[_Worker] = set()
        self._waiting: deque[_Job] = deque()
        self._beginning: set[asyncio.Task] = set()
        self._closed = False
        self._fill()

    def ask(self, asked: bytes, when_long: Callable[[], None] = lambda: None) -> asyncio.Future[bytes]:
        """The answer to come. Cancelled, it ends the worker that is at it; ``when_long`` is called if it is not quick."""
        job = _Job(asked, self.loop.create_future(), self.loop.time(), when_long)
        if self._ready:
            self._ready.pop().take(job)
        elif len(self._waiting) < MOST_WAITING:
            self._waiting.append(job)
            self._fill()
        else:
            job.answer.set_exception(Busy(_TOO_MANY))
        return job.answer

    def renew(self) -> None:
        """Workers that begin from now on take over; those of before end when they have finished what they are at."""
        self.era += 1
        for worker in self._ready:
            worker.leave()
        self._ready.clear()
        self._fill()

    def close(self) -> None:
        """Let all workers go."""
        self._closed = True
        for worker in self._all:
            worker.leave()

    # what workers tell

    def is_ready(self, worker: _Worker) -> None:
        """It has nothing to do."""
        if not worker.is_quick:
            worker.leave()
            self._fill()
        elif job := self._next():
            worker.take(job)
        else:
            self._ready.append(worker)

    def look(self, worker: _Worker) -> None:
        """See what it is at. Long is what goes on working; on a busy machine, what is quick may have to wait for its turn."""
        job, worked = worker.job, _seconds_worked(worker.process)
        if job.at_first_look is None:
            job.at_first_look = worked
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
        left = self.seconds - (self.loop.time() - worker.job.began)
        worker.job.timer = self.loop.call_later(max(0, left), worker.end, late)
        worker.job.when_long()

    def _move_aside(self, worker: _Worker) -> None:
        worker.long = True
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, worker.process, _LESS_URGENT)
        self._fill()

    def is_gone(self, worker: _Worker) -> None:
        self._all.discard(worker)
        if worker in self._ready:
            self._ready.remove(worker)
        if worker.process:
            return self._fill()
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


class _Worker(asyncio.Protocol):
    """Our end of the connection to one worker; its number is 0 until it has said that it is ready."""

    def __init__(self, pool: Pool):
        self.process = 0
        self.job: _Job | None = None
        self.why: KgtoolError | None = None
        self.long = self._ending = False
        self._pool, self._era = pool, pool.era
        self._heard = bytearray()

    @property
    def is_quick(self) -> bool:
        """Whether it is, or soon will be, there for quick work."""
        return not (self.long or self._ending or self._era != self._pool.era)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def take(self, job: _Job) -> None:
        self.job, job.began = job, self._pool.loop.time()
        job.timer = self._pool.loop.call_later(SECONDS_UNTIL_LOOK, self._pool.look, self)
        job.answer.add_done_callback(self._is_answered)
        self._transport.write(HEAD.pack(len(job.asked)) + job.asked)

    def end(self, why: KgtoolError | None = None) -> None:
        """End the process, whatever it is at."""
        self.why, self._ending = why, True
        self._pool.kill(self)

    def leave(self) -> None:
        """Let the process end by itself, which it does when nobody asks any more."""
        self._ending = True
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._heard += data
        if len(self._heard) < HEAD.size:
            return
        length = HEAD.unpack_from(self._heard)[0]
        if length > self._pool.most_bytes:
            self.end(Stopped("the answer is too large; ask for less"))
        elif len(self._heard) == HEAD.size + length:
            said = bytes(memoryview(self._heard)[HEAD.size:])
            self._heard = bytearray()
            self._said(said)

    def _said(self, said: bytes) -> None:
        job, self.job = self.job, None
        if job:
            job.timer.cancel()
            _answer(job, said)
        elif said.startswith(READY):
            self.process = int(said[1:])
            if not self._pool.begun.done():
                self._pool.begun.set_result(None)
        else:
            self.why = isolate.retold(said)
            return
        self._pool.is_ready(self)

    def _is_answered(self, answer: asyncio.Future) -> None:
        if answer.cancelled() and self.job and self.job.answer is answer:
            self.end()

    def connection_lost(self, error: Exception | None) -> None:
        job, self.job = self.job, None
        if job:
            job.timer.cancel()
            if not job.answer.done():
                job.answer.set_exception(self.why or Stopped(_BROKEN))
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

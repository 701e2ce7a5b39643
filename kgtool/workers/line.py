"""Our end of what leads to one worker: the message it was sent, the connections it was lent, and what it says of them."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from kgtool import isolate
from kgtool.errors import KgtoolError
from kgtool.isolate import Stopped
from kgtool.workers.slate import JOB, Said
from kgtool.workers.starter import Begun
from kgtool.workers.worker import ALL_BACK, ANSWER, BACK, HEAD, LAST, NOT_MINE, NUMBER, READY

BROKEN = "the request broke the engine: it nests too deeply, or needs too much memory; make it smaller"
_STOPPED = "the server was stopped before this could be answered"
_LARGE = "the answer is too large; ask for less"


@dataclass(eq=False)
class Job:
    """What a worker is to answer by a message."""

    asked: bytes
    answer: asyncio.Future[bytes]
    since: float
    when_long: Callable[[], None]


class Client(Protocol):
    """A client's connection, which can be lent to a worker."""

    def file(self) -> int:
        """Its number among the open files."""

    def come_back(self) -> None:
        """It is ours again, and may be lent again when something comes over it."""

    def serve(self, rest: bytes) -> None:
        """What it brings now is not for workers; ``rest`` of an answer is to be sent before."""

    def close(self, rest: bytes) -> None:
        """It is of no more use once ``rest`` of an answer is sent."""

    def fail(self, why: KgtoolError | None) -> None:
        """So is this, whose worker has ended over a request: none of an answer has been sent, or some where it is None."""

    def is_gone(self) -> bool:
        """Whether nobody is there any more to read an answer."""


class Owner(Protocol):
    """Who is told what becomes of a worker."""

    most_bytes: int

    def is_ready(self, line: Line) -> None:
        """It has begun, or finished a job."""

    def is_gone(self, line: Line) -> None:
        """Its process has ended."""

    def kill(self, line: Line) -> None:
        """Its process is to be ended."""


class Line(asyncio.Protocol):
    """``process`` is 0 until the worker has said that it is ready; ``ends`` once it is to be given nothing more.

    ``long`` is what it has been at for long, by what its slate counts, and ``seen`` what it was at when looked at last.
    """

    def __init__(self, owner: Owner, begun: Begun, era: int):
        self.process = 0
        self.era = era
        self.job: Job | None = None
        self.lent: dict[int, Client] = {}
        self.ends = False
        self.long: int | None = None
        self.seen: tuple[int, float] | None = None
        self.why: KgtoolError | None = None
        self._owner, self._asking, self._lending, self._slate = owner, begun.asking, begun.lending, begun.slate
        self._transport: asyncio.BaseTransport | None = None
        self._is_over = False
        self._heard = bytearray()
        self._begun_before = 0
        begun.asking.setblocking(False)
        begun.lending.setblocking(False)

    async def connect(self) -> None:
        await asyncio.get_running_loop().create_connection(lambda: self, sock=self._asking)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        if self._is_over:
            transport.close()

    @property
    def is_free(self) -> bool:
        return self.process > 0 and self.job is None and not self.ends

    @property
    def is_asked(self) -> bool:
        return self.job is not None or bool(self.lent)

    def at(self) -> Said:
        """What the worker is at."""
        return self._slate.read()

    def take(self, job: Job) -> None:
        self.job, self._begun_before = job, self.at().begun
        self._transport.write(HEAD.pack(len(job.asked)) + job.asked)

    def lend(self, number: int, client: Client) -> bool:
        """Whether the worker has got the client's connection."""
        try:
            socket.send_fds(self._lending, [NUMBER.pack(number)], [client.file()])
        except OSError:
            return False  # as many as it can hold wait for it already
        self.lent[number] = client
        return True

    def recall(self) -> None:
        """Have all connections given back, once what the worker is at is done."""
        try:
            self._lending.send(NUMBER.pack(ALL_BACK))
        except OSError:
            return  # it is gone, or has so much to look at that it will see its slate

    def dismiss(self) -> Said:
        """Let the worker finish what it is at, and no more; it gives back what it has, and ends. What it is at now."""
        self.ends = True
        self._slate.dismiss()
        self.recall()
        return self.at()

    def end(self, why: KgtoolError | None = None) -> None:
        """End the process, whatever it is at."""
        self.why = self.why or why
        self.dismiss()
        self._owner.kill(self)

    def hang_up(self) -> None:
        self.why = self.why or Stopped(_STOPPED)
        self._is_over = True
        if self._transport:
            self._transport.close()

    def take_back(self, at: Said) -> Job | None:
        """All that it was given and has not begun is ours again; the job is returned."""
        for number in [number for number in self.lent if number != at.at]:
            self.lent.pop(number).come_back()
        job = self.job
        if self._is_at_its_job(at):
            return None
        self.job = None
        return job

    def _is_at_its_job(self, at: Said) -> bool:
        """Its slate may still speak of the job before, whose answer has come."""
        return at.at == JOB and at.begun != self._begun_before

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while len(self._heard) >= HEAD.size:
            length = HEAD.unpack_from(self._heard)[0]
            if length > self._owner.most_bytes:
                return self.end(Stopped(_LARGE))
            if len(self._heard) < HEAD.size + length:
                return
            said = bytes(memoryview(self._heard)[HEAD.size:HEAD.size + length])
            del self._heard[:HEAD.size + length]
            self._said(said)

    def _said(self, said: bytes) -> None:
        if said.startswith((BACK, NOT_MINE, LAST)):
            if client := self.lent.pop(NUMBER.unpack_from(said, 1)[0], None):
                _give_back(client, said[:1], said[1 + NUMBER.size:])
        elif self.process:
            self._answered(said)
        elif said.startswith(READY):
            self.process = int(said[1:])
            self._owner.is_ready(self)
        else:
            self.why = isolate.retold(said)

    def _answered(self, said: bytes) -> None:
        if not self.job:
            return  # it was given to somebody else meanwhile
        answer, self.job = self.job.answer, None
        if not answer.done() and said.startswith(ANSWER):
            answer.set_result(said[1:])
        elif not answer.done():
            answer.set_exception(isolate.retold(said))
        self._owner.is_ready(self)

    def connection_lost(self, error: Exception | None) -> None:
        at, why = self.at(), self.why or Stopped(BROKEN)
        if client := self.lent.pop(at.at, None):
            client.fail(None if at.is_answering else why)
        if self._is_at_its_job(at) and self.job and not self.job.answer.done():
            self.job.answer.set_exception(why)
        self.ends = True
        self._owner.is_gone(self)
        self._lending.close()
        self._slate.close()


def _give_back(client: Client, how: bytes, rest: bytes) -> None:
    if how == BACK:
        client.come_back()
    elif how == LAST:
        client.close(rest)
    else:
        client.serve(rest)


def seconds_worked(process: int) -> float | None:
    """How long a process has had a processor to itself so far, where the system tells."""
    try:
        with open(f"/proc/{process}/stat", "rb") as said:
            ticks = said.read().rpartition(b")")[2].split()[11:13]
    except OSError:
        return None
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

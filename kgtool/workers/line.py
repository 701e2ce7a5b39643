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
from kgtool.workers import spoken
from kgtool.workers.client import Client
from kgtool.workers.slate import JOB, Said
from kgtool.workers.starter import Begun
from kgtool.workers.table import Table

BROKEN = "the request broke the engine: it nests too deeply, or needs too much memory; make it smaller"
STOPPED = "the server was stopped before this could be answered"
_LARGE = "the answer is too large; ask for less"


@dataclass(eq=False)
class Job:
    """What a worker is to answer by a message."""

    asked: bytes
    answer: asyncio.Future[bytes]
    since: float
    when_long: Callable[[], None]


class Owner(Protocol):
    """Who is told what becomes of a worker."""

    most_bytes: int

    def is_ready(self, line: Line) -> None:
        """It has begun, or finished a job."""

    def is_gone(self, line: Line) -> None:
        """Its process has ended."""

    def has_left(self, line: Line) -> None:
        """It has left the table it sat at."""

    def kill(self, line: Line) -> None:
        """Its process is to be ended."""


class Line(asyncio.Protocol):
    """``process`` is 0 until the worker has said that it is ready; ``ends`` once it is to be given nothing more.

    ``long`` is what it has been at for long, by what its slate counts, and ``seen`` what it was at when looked at last.
    ``lent`` is what it alone has of connections, beside those on its ``table``; ``sits_alone`` if it could not stay at one.
    """

    def __init__(self, owner: Owner, begun: Begun, era: int):
        self.process = 0
        self.era = era
        self.job: Job | None = None
        self.lent: dict[int, Client] = {}
        self.table: Table | None = None
        self.sits_alone = False
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

    def connect(self, loop: asyncio.AbstractEventLoop) -> None:
        self._connecting = loop.create_task(loop.create_connection(lambda: self, sock=self._asking))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        if self._is_over:
            transport.close()

    @property
    def is_free(self) -> bool:
        return self.process > 0 and self.job is None and not self.ends

    @property
    def is_asked(self) -> bool:
        return self.job is not None or bool(self.lent) or (self.table is not None and self.table.is_laid)

    def at(self) -> Said:
        """What the worker is at."""
        return self._slate.read()

    def take(self, job: Job) -> None:
        self.job, self._begun_before = job, self.at().begun
        self._transport.write(spoken.message(job.asked))

    def lend(self, number: int, client: Client) -> bool:
        """Whether the worker has got the client's connection."""
        if not self.order(spoken.LEND, number, file=client.file()):
            return False  # as many as it can hold wait for it already
        self.lent[number] = client
        return True

    def recall(self) -> bool:
        """Have all connections given back, once what the worker is at is done."""
        return self.order(spoken.GIVE_ALL)

    def order(self, what: bytes, number: int = 0, seat: int = 0, file: int | None = None) -> bool:
        """Whether the worker will hear of it, unless it ends before."""
        try:
            socket.send_fds(self._lending, [spoken.ORDER.pack(what, number, seat)], [] if file is None else [file])
        except OSError:
            return False  # it is gone, or has so much to look at already that it will see its slate
        return True

    def client(self, number: int) -> Client | None:
        """Whose connection that is."""
        return self.lent.get(number) or (self.table.look(number) if self.table else None)

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
        self.why = self.why or Stopped(STOPPED)
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
        while len(self._heard) >= spoken.HEAD.size:
            length = spoken.HEAD.unpack_from(self._heard)[0]
            if length > self._owner.most_bytes:
                return self.end(Stopped(_LARGE))
            if len(self._heard) < spoken.HEAD.size + length:
                return
            said = bytes(memoryview(self._heard)[spoken.HEAD.size:spoken.HEAD.size + length])
            del self._heard[:spoken.HEAD.size + length]
            self._said(said)

    def _said(self, said: bytes) -> None:
        if said.startswith((spoken.BACK, spoken.NOT_MINE, spoken.LAST)):
            if client := self._taken(spoken.NUMBER.unpack_from(said, 1)[0]):
                _give_back(client, said[:1], said[1 + spoken.NUMBER.size:])
        elif said.startswith(spoken.OFTEN):
            if self.table:
                self.table.lay(self, spoken.NUMBER.unpack_from(said, 1)[0])
        elif said == spoken.LEFT:
            self._owner.has_left(self)
        elif self.process:
            self._answered(said)
        elif said.startswith(spoken.READY):
            self.process = int(said[1:])
            self._owner.is_ready(self)
        else:
            self.why = isolate.retold(said)

    def _taken(self, number: int) -> Client | None:
        return self.lent.pop(number, None) or (self.table.take(number) if self.table else None)

    def _answered(self, said: bytes) -> None:
        if not self.job:
            return  # it was given to somebody else meanwhile
        answer, self.job = self.job.answer, None
        if not answer.done() and said.startswith(spoken.ANSWER):
            answer.set_result(said[1:])
        elif not answer.done():
            answer.set_exception(isolate.retold(said))
        self._owner.is_ready(self)

    def connection_lost(self, error: Exception | None) -> None:
        at, why = self.at(), self.why or Stopped(BROKEN)
        if client := self._taken(at.at):
            client.fail(None if at.is_answering else why)
        if self._is_at_its_job(at) and self.job and not self.job.answer.done():
            self.job.answer.set_exception(why)
        self.ends = True
        self._owner.is_gone(self)
        self._lending.close()
        self._slate.close()


def _give_back(client: Client, how: bytes, rest: bytes) -> None:
    if how == spoken.BACK:
        client.come_back()
    elif how == spoken.LAST:
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

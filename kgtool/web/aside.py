"""Pictures laid out by other processes, which takes as long as all pages together, while this one goes on with pages."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from kgtool import views
from kgtool.views import Picture

MOST_WAITING = 100
Write = Callable[[Path, bytes], None]


class Drawing:
    """Pictures that are written once they are drawn; all of them when the block ends."""

    def __init__(self, write: Write):
        self._write = write
        self._waiting: deque[tuple[Path, Picture, Future[bytes]]] = deque()
        apart = multiprocessing.get_context("forkserver")  # no fork of this process, whose store has threads
        self._pool = ProcessPoolExecutor(max(1, (os.cpu_count() or 2) - 1), apart, _leave_signals)

    def __enter__(self) -> Drawing:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        while kind is None and self._waiting:
            self._next()
        self._pool.shutdown(cancel_futures=True)

    def draw(self, path: Path, picture: Picture) -> None:
        try:
            self._waiting.append((path, picture, self._pool.submit(_drawn, picture)))
        except BrokenProcessPool:
            self._write(path, _drawn(picture))
        while self._waiting and (self._waiting[0][2].done() or len(self._waiting) > MOST_WAITING):
            self._next()

    def _next(self) -> None:
        path, picture, drawn = self._waiting.popleft()
        try:
            content = drawn.result()
        except BrokenProcessPool:  # who drew it was killed, or never began
            content = _drawn(picture)
        self._write(path, content)


def _drawn(picture: Picture) -> bytes:
    return views.WRITERS[".svg"](picture)


def _leave_signals() -> None:
    """An interrupt from the keyboard goes to all; the one who writes the pages says so."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

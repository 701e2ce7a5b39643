"""What a worker is at, written where its parent can read it at any time: in a page of memory that only those two share."""

from __future__ import annotations

import mmap
import os
import tempfile
import time
from dataclasses import dataclass
from typing import IO

_AT, _BEGUN, _SINCE, _LEAVE = range(4)
IDLE, JOB, SPARE, FIRST_CONNECTION = range(4)  # what a worker may be at; connections have the numbers from there on


@dataclass(frozen=True)
class Said:
    """``at`` is what it works on; ``begun`` counts what it has begun so far, so that two looks tell whether it is the same."""

    at: int
    begun: int
    seconds: float
    is_answering: bool


class Slate:
    """Both map the same page."""

    def __init__(self, file: int):
        self._memory = mmap.mmap(file, mmap.PAGESIZE)
        self._words = memoryview(self._memory).cast("Q")

    # the worker writes

    def begin(self, what: int) -> None:
        words = self._words
        words[_SINCE] = time.monotonic_ns()
        words[_BEGUN] += 1
        words[_AT] = what << 1

    def answer(self) -> None:
        """From here on some of the answer may have been sent."""
        self._words[_AT] |= 1

    def end(self) -> None:
        self._words[_AT] = IDLE

    @property
    def must_leave(self) -> bool:
        """Whether what it is at is the last it does."""
        return self._words[_LEAVE] != 0

    # its parent reads

    def read(self) -> Said:
        at, begun, since = (self._words[place] for place in (_AT, _BEGUN, _SINCE))
        return Said(at >> 1, begun, (time.monotonic_ns() - since) / 1e9, bool(at & 1))

    def dismiss(self) -> None:
        self._words[_LEAVE] = 1

    def close(self) -> None:
        self._words.release()
        self._memory.close()


def page() -> IO[bytes]:
    """A file for one slate: in memory alone where the system has such, for a disk may be full."""
    file = _in_memory()
    file.truncate(mmap.PAGESIZE)
    return file


def _in_memory() -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("slate"), "r+b")
    return tempfile.TemporaryFile()

"""What a worker is made for: what it opens, and what it can do from then on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kgtool.isolate import Limits


@dataclass(frozen=True)
class Understood:
    """``make`` gives the answer, and after the last one a connection ends."""

    make: Callable[[], bytes]
    is_last: bool = False


Work = Callable[[bytes], bytes]
Understand = Callable[[bytes], Understood | int | None]


@dataclass(frozen=True)
class Skills:
    """``work`` is for messages. ``understand`` looks at all that a client has sent and not yet had an answer to, and
    gives what makes the answer to it, or how many bytes there must be first, or None where that is for others to read.
    ``is_current`` is asked before. ``spare`` is done while nobody asks, a few thousandths of a second at a time, for as long
    as it says that there is more to do."""

    work: Work
    understand: Understand
    is_current: Callable[[], bool] = lambda: True
    spare: Callable[[], bool] = lambda: False


@dataclass(frozen=True)
class Trade:
    """``prepare`` opens what a worker needs and gives what it can do from then on. Where it only reads, it can
    write nothing; and nowhere can it open a connection or begin a program. ``learn`` loads what few are asked for: once for
    all that begin from then on, when nothing else is to be done."""

    prepare: Callable[[], Skills]
    limits: Limits
    reads_only: bool = True
    learn: Callable[[], None] = lambda: None

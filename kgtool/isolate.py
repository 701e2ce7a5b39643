"""Work on what others wrote, done in a child process that may crash, hang or fill its memory without harm to us."""

from __future__ import annotations

import faulthandler
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple, TypeVar

from kgtool import errors
from kgtool.errors import DataError, KgtoolError, Problem, amount

Prepared = TypeVar("Prepared")
_READY, _ANSWER, _ERROR = b".", b"=", b"!"
_AT_ONCE = 1 << 16


class Stopped(KgtoolError):
    """The child took too long or too much memory, or crashed."""


class Limits(NamedTuple):
    """How long the work may take, and how much memory it may use beyond what is in use when it begins; and what to do
    where that is too little. Work that ends in time by itself may take so much longer to tell how far it came."""

    seconds: float = 60
    megabytes: int = 4_000
    remedy: str = "make it smaller"
    telling: float = 0


def run(what: str, prepare: Callable[[], Prepared], work: Callable[[Prepared], bytes], limits: Limits) -> bytes:
    """What ``work`` makes of what ``prepare`` gives, both done in a child process; the limits are those of the work.

    An error made on purpose comes over as such. Where the child does not end well, ``what`` is what is said to be the
    cause. Only for a process that has not worked with a store before: its threads would be missing in the child.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _end(writing, what, prepare, work, limits)
    os.close(writing)
    try:
        said, late = _heard(reading, limits.seconds + limits.telling)
    finally:
        os.close(reading)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
    if said.startswith(_ANSWER):
        return said.removeprefix(_ANSWER)
    raise retold(said) if said else Stopped(f"{what} {_why(late, status, limits)}")


def _end(writing: int, what: str, prepare: Callable, work: Callable, limits: Limits) -> None:
    """All that the child does. It never returns: what its parent holds open and half written is not its to finish."""
    said = b""
    try:
        said = _ANSWER + _worked(writing, prepare, work, limits)
    except MemoryError:
        pass  # too little is left to say so; the parent knows what it means
    except Exception as error:  # whatever is raised, this process ends here
        said = told(error, what)
    finally:
        try:
            _write(writing, said)
        finally:
            os._exit(0)


def told(error: Exception, what: str) -> bytes:
    """An error as it is sent from process to process."""
    if isinstance(error, RecursionError):
        error = Stopped(f"{what} nests too deeply; make it flatter")
    elif not isinstance(error, KgtoolError):
        error = Stopped(f"{what} failed: {type(error).__name__}: {error}")
    return _ERROR + f"{type(error).__name__}\n{error}".encode(errors="replace")


def retold(said: bytes) -> KgtoolError:
    """The error that another process told."""
    name, _, text = said.removeprefix(_ERROR).decode().partition("\n")
    kind = getattr(errors, name, Stopped if name == "Stopped" else DataError)
    return DataError(Problem(text)) if issubclass(kind, DataError) else kind(text)


def _worked(writing: int, prepare: Callable, work: Callable, limits: Limits) -> bytes:
    prepared = prepare()
    _write(writing, _READY)
    _silence_crashes()
    _limit(limits)
    return work(prepared)


def _silence_crashes() -> None:
    """Send to nowhere what a dying engine prints on standard error, and leave it open to Python."""
    faulthandler.disable()
    sys.stderr.flush()
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8", errors="replace")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _limit(limits: Limits) -> None:
    # the processor's time is a second guard: it ends the child even where its parent was killed
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = used.ru_utime + used.ru_stime + (limits.seconds + limits.telling) * (os.cpu_count() or 1)
    _lower(resource.RLIMIT_CPU, int(seconds) + 1)
    limit_memory(limits)


def end_in(seconds: float) -> None:
    """End this child after so long as one that took too long, whatever it does then: work of an engine cannot be cut short."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))


def limit_memory(limits: Limits) -> None:
    """Let this process have so much more memory than it has now, and leave no picture of it when it dies."""
    _lower(resource.RLIMIT_AS, _mapped() + limits.megabytes * 1_000_000)
    _lower(resource.RLIMIT_CORE, 0)


def _lower(kind: int, most: int) -> None:
    hard = resource.getrlimit(kind)[1]
    with suppress(ValueError, OSError):  # not every system knows every limit
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _mapped() -> int:
    """The bytes of address space in use, where the system tells."""
    try:
        with open("/proc/self/statm", encoding="ascii") as pages:
            return int(pages.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def _write(writing: int, said: bytes) -> None:
    rest = memoryview(said)
    with suppress(BrokenPipeError):  # the parent has given up on us
        while rest:
            rest = rest[os.write(writing, rest[:_AT_ONCE]):]


def _heard(reading: int, seconds: float) -> tuple[bytes, bool]:
    """All that the child says, and whether it was not done in time, which counts from when it is ready."""
    first = os.read(reading, 1)
    end = time.monotonic() + seconds if first == _READY else None
    pieces = [first.removeprefix(_READY)]
    while first:
        left = None if end is None else max(0, end - time.monotonic())
        if not select.select([reading], [], [], left)[0]:
            return b"", True
        if not (piece := os.read(reading, _AT_ONCE)):
            break
        pieces.append(piece)
    return b"".join(pieces), False


def _why(late: bool, status: int, limits: Limits) -> str:
    ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if late or ended_by in (signal.SIGXCPU, signal.SIGALRM):
        return f"took longer than {amount(limits.seconds, 'second')} and was stopped; --timeout gives it more"
    if not ended_by or ended_by == signal.SIGKILL:
        return f"needs more than {limits.megabytes} MB of memory and was stopped; {limits.remedy}"
    return f"broke the engine: it nests too deeply, or needs more than {limits.megabytes} MB of memory; {limits.remedy}"

"""An eye on the engine, which neither stops nor is stopped by itself: how much memory it takes, and whether it is to end.

A block that the disk damaged in silence can let it search without end, or fill all memory; and no signal reaches it.
"""

from __future__ import annotations

import _signal  # signal makes enumerations of it, which takes longer than all else here
import os
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from threading import Thread

EVERY, GRACE = 0.1, 1.0  # seconds: of a look, and of what Python may still do when it is told to stop
# Many times what answers need, of stores of any size: an engine that goes astray is past it within seconds. A build of
# 10^7 triples takes less than the least of builds, whatever its files unfold to.
LEAST, LEAST_OF_BUILDS, TIMES = 1_500_000_000, 3_000_000_000, 50
SHARE = 0.8  # of the memory of the machine, which is never to be filled


def watch(generation: Path) -> None:
    """End this process with one message when it takes more memory than the files of a store give reason for, or is
    interrupted while the engine is at work."""
    _begin(lambda: LEAST + TIMES * _size(generation), f"reading the store at {generation.parent}", "it is damaged, or too large "
           "for this machine: `kgtool build --verify` mends damage, and one of `kgtool load` is to be loaded again")


def watch_build(folder: Path, read: Iterable[Path]) -> None:
    """The same for a build into the folder of a store, by what it may ``read``: what is there already stays."""
    _begin(lambda: LEAST_OF_BUILDS + TIMES * sum(map(_size, read)), f"building {folder}",
           "what was built before stays: `kgtool build --force` tries again, and what is too large for this machine needs one "
           "with more memory, or fewer imports")


def _begin(most: Callable[[], int], what: str, remedy: str) -> None:
    told, telling = os.pipe()
    os.set_blocking(telling, False)
    _signal.set_wakeup_fd(telling, warn_on_full_buffer=False)
    Thread(target=_watch, args=(told, most, what, remedy), daemon=True).start()


def _watch(told: int, asked: Callable[[], int], what: str, remedy: str) -> None:
    time.sleep(EVERY)  # most commands are done by then, and spared the rest
    import select

    most = min(asked(), int(SHARE * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")))
    until = _used() + most
    while _used() < until:
        if select.select([told], [], [], EVERY)[0] and os.read(told, 1)[0] == _signal.SIGINT:
            time.sleep(GRACE)
            _end("stopped", 130)
    _end(f"{what} takes more than {most // 1_000_000:,} MB of memory; {remedy}", 2)


def _size(folder: Path) -> int:
    """The bytes of all files below a folder; one that has gone meanwhile has none."""
    size = 0
    for path in (os.path.join(where, name) for where, _, names in os.walk(folder) for name in names):
        with suppress(OSError):
            size += os.stat(path).st_size
    return size


def _used() -> int:
    """How many bytes this process has in memory; the most it has had, where the system tells no more."""
    try:
        # not what getrusage says: there a process begins with the most that the one had which called it
        with open("/proc/self/statm", encoding="ascii") as now:
            return int(now.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _end(told: str, code: int) -> None:
    os.write(2, f"error: {told}\n".encode(errors="replace"))
    os._exit(code)  # nothing less reaches the engine

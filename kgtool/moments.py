"""Files at one moment, and whether any was touched since: what is made of files is made of one state of theirs.

A digest before and one after cannot tell this: a file may be changed, read, and set back. The time of a change (st_ctime)
can: no program sets it back. Not seen is what is written through mapped memory, or by whoever sets the clock back.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from kgtool.errors import DataError, Place, Problem, relative

Looks = Mapping[Path, tuple[int, ...]]
# Of two changes within one tick of the clock that stamps files the second does not show: mostly 4 or 10 ms, but some file
# systems count in steps of 2 seconds, and then show whole seconds.
_TICK, _WHOLE, _COARSEST = 20_000_000, 1_000_000_000, 2_000_000_000


def looks(paths: Iterable[Path]) -> Looks:
    """How files look from now on: whatever is done to one of them afterwards, it will look otherwise.

    Waits, where one was changed this very moment, until the next change would bear another time.
    """
    found = {path: _look(path) for path in paths}
    stamps = [changed for _, _, changed, *_ in filter(None, found.values())]
    if wait := max((_until_told_apart(changed, time.time_ns()) for changed in stamps), default=0):
        time.sleep(wait / _WHOLE)
        return {path: _look(path) for path in found}
    return found


def check(before: Looks, paths: Iterable[Path] | None = None, root: Path | None = None) -> None:
    """A DataError for each file that was changed, added or taken away since; ``paths`` are all that there are now."""
    now = {path: _look(path) for path in (before if paths is None else paths)}
    touched = sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))
    if touched:
        raise DataError(
            Problem("was changed while it was being read", "run the command again",
                    Place(relative(path, root) if root else str(path))) for path in touched
        )


def _look(path: Path) -> tuple[int, ...]:
    """Nothing of a file that is not there or not to be seen: whoever reads it says so."""
    try:
        seen = os.stat(path)
    except OSError:
        return ()
    return seen.st_dev, seen.st_ino, seen.st_ctime_ns, seen.st_mtime_ns, seen.st_size


def _until_told_apart(changed: int, now: int) -> int:
    """In how many nanoseconds a change bears another time than that of the last one; none for a time yet to come."""
    step = _TICK if changed % _WHOLE else _COARSEST
    return max(0, changed + step - now) if changed <= now else 0

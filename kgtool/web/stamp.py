"""Which build is the newest, told by what costs next to nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from kgtool import store


def stamp(folder: Path) -> str:
    """Differs from build to build of the store in a folder; empty where none is."""
    with suppress(FileNotFoundError):
        return "-".join(f"{part:x}" for part in _marks(str(folder / store.CURRENT)))
    return ""


def watch(folder: Path) -> Callable[[], bool]:
    """What tells, as often as it is asked, whether the build is still that of now."""
    path = str(folder / store.CURRENT)
    now = _marks(path)
    return lambda: _marks(path) == now


def _marks(path: str) -> tuple[int, int]:
    found = os.stat(path)
    return found.st_ino, found.st_mtime_ns

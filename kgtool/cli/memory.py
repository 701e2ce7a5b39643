"""How the C library gives out memory: it is told when a program starts, so where it matters ours starts once more."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

LARGE = 10_000_000  # bytes of files: beside what it takes to load so many, a second start is nothing
# The second start is marked by a name of ours: a process with privileges is never shown the wishes it was started with.
NAME, MARK = "GLIBC_TUNABLES", "KGTOOL_STARTED_FOR_LARGE_FILES"
# The engine sorts a million keys at a time that lie all over its memory: found in pages of 2 MB, from one place for all
# threads, a load takes a tenth to a fifth less time.
WISHES = ("glibc.malloc.hugetlb=1", "glibc.malloc.arena_max=1")


def prepare(files: Iterable[Path]) -> None:
    """Start this command again with memory in large pages, where its files are large and nobody wished otherwise. Once, and
    where that cannot be done all goes on as it is."""
    told = os.environ.get(NAME, "")
    missing = [wish for wish in WISHES if wish.partition("=")[0] not in told]
    is_to = missing and MARK not in os.environ and _is_ours()
    if is_to and sum(path.stat().st_size for path in files if path.is_file()) >= LARGE:
        wishes = ":".join([*filter(None, [told]), *missing])
        with suppress(OSError):
            os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, NAME: wishes, MARK: "1"})


def _is_ours() -> bool:
    """Whether this process is the command, and not somebody's who calls it from Python."""
    return "kgtool" in Path(sys.argv[0]).parts[-2:]

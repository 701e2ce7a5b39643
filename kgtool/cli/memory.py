"""How the C library gives out memory: it is told when a program starts, so where it matters ours starts once more."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path

LARGE = 10_000_000  # bytes of files: beside what it takes to load so many, a second start is nothing
NAME = "GLIBC_TUNABLES"
# The engine sorts a million keys at a time that lie all over its memory: found in pages of 2 MB, from one place for all
# threads, that takes a fifth less time.
WISHES = ("glibc.malloc.hugetlb=1", "glibc.malloc.arena_max=1")


def prepare(files: Iterable[Path]) -> None:
    """Start this command again with memory in large pages, where its files are large and nobody wished otherwise."""
    told = os.environ.get(NAME, "")
    missing = [wish for wish in WISHES if wish.partition("=")[0] not in told]
    if missing and _is_ours() and sum(path.stat().st_size for path in files if path.is_file()) >= LARGE:
        wishes = ":".join([*filter(None, [told]), *missing])
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, NAME: wishes})


def _is_ours() -> bool:
    """Whether this process is the command, and not somebody's who calls it from Python."""
    return "kgtool" in Path(sys.argv[0]).parts[-2:]

"""Tables that a build puts beside its store, each in one SQLite file: written whole, then only read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from kgtool.errors import StoreError

Fill = Callable[[sqlite3.Connection], None]


def write(path: Path, fill: Fill) -> None:
    """Make them as a new file. What is filled in alike gives the same bytes."""
    try:
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA journal_mode = OFF")  # what a build could not finish is thrown away
            database.execute("PRAGMA synchronous = OFF")
            fill(database)
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be written: {error}; is there room for it, and may you write there?") from error


def in_memory(fill: Fill) -> sqlite3.Connection:
    """The same, for a graph that is nowhere on disk."""
    database = sqlite3.connect(":memory:", check_same_thread=False)
    fill(database)
    return database


def open(path: Path) -> sqlite3.Connection:
    """What was written, for reading from any thread; nothing of it is read yet."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)

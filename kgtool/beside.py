"""Tables that a build puts beside its store, each in one SQLite file: written whole, then only read.

Those of a store in memory, or of one that no build made, are made when they are first asked for, and are nowhere on disk.
"""

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
    """The same, where no build put them."""
    database = sqlite3.connect(":memory:", check_same_thread=False)
    fill(database)
    return database


def found(folder: Path | None, file: str) -> Path | None:
    """Where a build put them; None for a store in memory, for anybody's files, and where a later build has replaced them."""
    return folder / file if folder and (folder / file).exists() else None


def open(path: Path) -> sqlite3.Connection:
    """What was written, for reading from any thread; nothing of it is read yet."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def rows(database: sqlite3.Connection, what: str, select: str, *values: str | int) -> list[tuple]:
    """The rows of a query; where they cannot be read, a StoreError says ``what`` is damaged."""
    try:
        return database.execute(select, values).fetchall()
    except sqlite3.Error as error:
        raise damaged(what, error) from error


def damaged(what: str, error: sqlite3.Error) -> StoreError:
    return StoreError(f"{what} is missing or damaged: {error}; run `kgtool build --force`")

"""How much of an answer is made: so many rows and bytes, and then it is an error and not a part of an answer."""

from __future__ import annotations

import re
from collections.abc import Callable

from kgtool.errors import KgtoolError, QueryError, StoreError
from kgtool.isolate import Stopped

MOST_ROWS, MOST_BYTES = 1_000_000, 64_000_000
_BETWEEN_ROWS = {"json": b"},{", "xml": b"<result>", "csv": b"\n", "tsv": b"\n"}
_QUOTED = re.compile(rb'"(?:[^"\\]|\\.)*"', re.S)


class Page:
    """A file that holds so much and no more."""

    def __init__(self):
        self.pieces: list[bytes] = []
        self.bytes = 0

    def write(self, piece: bytes) -> int:
        self.bytes += len(piece)
        if self.bytes > MOST_BYTES:
            raise OSError(f"the answer is larger than {MOST_BYTES // 1_000_000} MB; ask for less, with a LIMIT for instance")
        self.pieces.append(piece)
        return len(piece)

    def flush(self) -> None:
        """There is nothing to flush."""

    @property
    def content(self) -> bytes:
        return b"".join(self.pieces)


def reading(read: Callable):
    """What is read from the store while it is written out; it may end in too much of it."""
    try:
        return read()
    except OSError as error:
        if "the answer is larger" in str(error):
            raise Stopped(str(error)) from error
        raise StoreError(f"the store is damaged: {str(error).splitlines()[0]}; run `kgtool build --force`") from error
    except (RuntimeError, ValueError) as error:
        raise QueryError(f"the query could not be run: {error}") from error


def counted(content: bytes, form: str) -> bytes:
    """The same, where it has not too many rows. What parts two rows may stand in a text, so then they are counted again."""
    between = _BETWEEN_ROWS[form]
    if len(content) > MOST_ROWS and content.count(between) > MOST_ROWS:
        plain = content if form == "xml" else _QUOTED.sub(b"", content)
        if plain.count(between) > MOST_ROWS:
            raise too_many("rows")
    return content


def too_many(what: str) -> KgtoolError:
    return Stopped(f"the answer has more than {MOST_ROWS:,} {what}; ask for less, with a LIMIT for instance")

"""Files of others as bytes, lines and rows, packed by gzip or zstd or not: read as they flow, with a cap on what unfolds."""

from __future__ import annotations

import hashlib
import io
import stat
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from kgtool.errors import DataError, Place, Problem, WrongUse
from kgtool.terms import did_you_mean

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
# Real tables and N-Triples unfold to 10 or 30 times their size; a bomb of gzip to 1,000 times, one of zstd to more.
MOST_UNFOLDED, FREE_BYTES = 200, 64_000_000
LONGEST_LINE = 16_000_000  # characters; what a literal may have in the store


class Unfolding(io.RawIOBase):
    """The bytes inside a file, unpacked as they are read; ``packed`` and ``unpacked`` count them as they pass."""

    def __init__(self, path: Path):
        self._file = _file(path)
        self._name = str(path)
        self._source = _source(self._file, path)
        self.size = path.stat().st_size
        self.unpacked = 0

    @property
    def packed(self) -> int:
        return self._file.tell()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        try:
            got = self._source.readinto(buffer)
        except (OSError, EOFError, zlib.error, _zstd_error()) as error:
            raise self._wrong(f"cannot be unpacked: {error}", "fetch it again") from error
        self.unpacked += got
        if self.unpacked > FREE_BYTES and self.unpacked > MOST_UNFOLDED * self.size:
            raise self._wrong(f"unfolds to more than {MOST_UNFOLDED} times its size", "unpack it yourself if you trust it")
        return got

    def close(self) -> None:
        self._file.close()
        super().close()

    def _wrong(self, problem: str, remedy: str) -> DataError:
        return DataError(Problem(problem, remedy, Place(self._name)))


def check(path: Path) -> None:
    """A DataError where there is no such file or it may not be read."""
    _file(path).close()


def sha256(path: Path) -> str:
    with _file(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unpacked(path: Path) -> BinaryIO:
    """The bytes of a file, as they are inside of what it is packed in."""
    file = _file(path)
    if not file.peek(4)[:4].startswith((_GZIP, _ZSTD)):
        return file
    file.close()
    return Unfolding(path)


def share(source: BinaryIO, path: Path) -> float:
    """How much of the file behind an unpacked() has been read, from 0 to 1."""
    read = source.packed if isinstance(source, Unfolding) else source.tell()
    return read / max(1, path.stat().st_size)


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a UTF-8 file with their numbers and without their ends; a DataError with its line where one is broken."""
    with Unfolding(path) as raw, io.BufferedReader(raw, 1 << 18) as content:
        number = 0
        if content.peek(3)[:3] == b"\xef\xbb\xbf":
            problem = Problem("begins with a byte order mark", "save it as UTF-8 without one", Place(str(path), 1, 1))
            raise DataError(problem)
        while line := content.readline(LONGEST_LINE):
            number += 1
            if len(line) >= LONGEST_LINE:
                raise DataError(Problem("has a line without end", "is this a text?", Place(str(path), number)))
            try:
                yield number, line.decode("utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                problem = Problem("is not UTF-8 here", "save it as UTF-8, or fetch it again", Place(str(path), number))
                raise DataError(problem) from error


def rows(path: Path, columns: Sequence[str], comment: str = "\0") -> Iterator[tuple[int, list[str]]]:
    """The rows of a table of tab-separated cells below just these columns, with their lines."""
    numbered = ((number, line) for number, line in lines(path) if not line.startswith(comment))
    number, header = next(numbered, (1, ""))
    _check(header.split("\t"), columns, Place(str(path), number))
    for number, line in numbered:
        cells = line.split("\t")
        if len(cells) != len(columns):
            problem = f"has {len(cells)} cells under {len(columns)} columns"
            raise DataError(Problem(problem, "separate cells by one tab, or fetch the file again", Place(str(path), number)))
        yield number, cells


def _check(header: list[str], columns: Sequence[str], place: Place) -> None:
    for column in header:
        if column not in columns:
            hint = did_you_mean(column, columns) or "is this the right importer?"
            raise DataError(Problem(f"unknown column {column!r}", hint, place))
    if header != list(columns):
        raise DataError(Problem("has other columns than it should", f"they are {', '.join(columns)}, in this order", place))


def _file(path: Path) -> BinaryIO:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe or a device might never end
            raise DataError(Problem("is not a regular file", "name a file, not a folder, pipe or device", Place(str(path))))
        return path.open("rb")
    except OSError as error:
        problem = Problem(f"cannot be read: {error.strerror}", "check the path and its permissions", Place(str(path)))
        raise DataError(problem) from error


def _source(file: BinaryIO, path: Path) -> BinaryIO:
    first = file.peek(4)[:4]
    if first.startswith(_GZIP):
        import gzip

        return gzip.GzipFile(fileobj=file)
    if first.startswith(_ZSTD):
        return _zstandard(path).ZstdDecompressor().stream_reader(file, read_across_frames=True)
    return file


def _zstandard(path: Path):
    try:
        import zstandard
    except ImportError as error:
        raise WrongUse(f"{path} is packed by zstd; `pip install 'kgtool[zstd]'` reads it") from error
    return zstandard


def _zstd_error() -> type[Exception]:
    import sys

    loaded = sys.modules.get("zstandard")  # only where one is being read can its error arise
    return loaded.ZstdError if loaded else EOFError

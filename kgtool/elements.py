"""JSON files of others, element by element, so that they need not fit into memory; what is broken is told with its line."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from kgtool.errors import DataError, Place, Problem
from kgtool.streams import LONGEST_LINE, Unfolding

EACH = "[]"  # in a way through a file: every element of an array; all else is the name of a member
_AT_ONCE = 1 << 16  # characters
_SCAN = json.JSONDecoder().raw_decode

Value = dict | list | str | int | float | bool | None


def read(path: Path, *way: str) -> Iterator[tuple[Value, Place]]:
    """What stands at the end of a way into a file, with its place: ``read(path, "graphs", EACH, "nodes", EACH)``.

    A way that is not there gives nothing. A DataError where the file is no JSON, is cut, or has one element too large.
    """
    with closing(_Text(path)) as text:
        yield from _inside(text, way)
        if text.next():
            raise text.wrong("has something after its end")


def _inside(text: _Text, way: tuple[str, ...]) -> Iterator[tuple[Value, Place]]:
    if not way:
        place = text.place()
        yield text.value(), place
    elif way[0] == EACH and text.next() == "[":
        for _ in text.elements("[", "]"):
            yield from _inside(text, way[1:])
    elif way[0] != EACH and text.next() == "{":
        for name in _members(text):
            if name == way[0]:
                yield from _inside(text, way[1:])
            else:
                _pass_over(text)
    else:
        _pass_over(text)


def _members(text: _Text) -> Iterator[Value]:
    for _ in text.elements("{", "}"):
        name = text.value()
        if not isinstance(name, str):
            raise text.wrong("is no JSON: a member's name is no text")
        text.take(":")
        yield name


def _pass_over(text: _Text) -> None:
    """Part by part, since what is passed over may be most of the file."""
    inside = {"[": lambda: text.elements("[", "]"), "{": lambda: _members(text)}.get(text.next())
    if inside is None:
        text.value()
    else:
        for _ in inside():
            text.value()


class _Text:
    """A file's text as far as it is needed, and where in it we are."""

    def __init__(self, path: Path):
        self._name, self._line, self._counted, self._at, self._held, self._whole = str(path), 1, 0, 0, "", False
        self._source = io.TextIOWrapper(io.BufferedReader(Unfolding(path), 1 << 18), encoding="utf-8", newline="")

    def close(self) -> None:
        self._source.close()

    def next(self) -> str:
        """The next character that is no space; empty at the end."""
        while True:
            while self._at < len(self._held) and self._held[self._at] in " \t\r\n":
                self._at += 1
            if self._at < len(self._held) or self._whole:
                return self._held[self._at : self._at + 1]
            self._more(_AT_ONCE)

    def take(self, wanted: str) -> None:
        if self.next() != wanted:
            raise self.wrong(f"is no JSON: {wanted!r} is missing" if self.next() else "ends in the middle")
        self._at += 1

    def elements(self, first: str, last: str) -> Iterator[None]:
        """Stops before each element of an array or object, which is then to be taken."""
        self.take(first)
        if self.next() == last:
            return self.take(last)
        while True:
            yield
            if self.next() == last:
                return self.take(last)
            self.take(",")

    def value(self) -> Value:
        """The whole value that begins here."""
        self.next()
        while True:
            try:
                found, end = _SCAN(self._held, self._at)
                if end < len(self._held) or self._whole:  # else a number may go on
                    self._check(found, end)
                    self._at = end
                    return found
            except RecursionError as error:
                raise self.wrong("nests too deeply") from error
            except ValueError as error:
                if self._whole:
                    raise self.wrong(f"is no JSON: {error.args[0].partition(':')[0]}") from error
            if len(self._held) - self._at > LONGEST_LINE:
                raise self.wrong("has an element without end")
            self._more(max(_AT_ONCE, len(self._held)))  # twice as much each time, so that long ones are not read in squares

    def _check(self, found: Value, end: int) -> None:
        """No text of RDF can hold half of a character, which JSON can spell."""
        if self._held.find("\\u", self._at, end) < 0:
            return
        try:
            json.dumps(found, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise self.wrong("spells half of a character") from error

    def place(self) -> Place:
        self.next()
        self._line += self._held.count("\n", self._counted, self._at)
        self._counted = self._at
        return Place(self._name, self._line)

    def wrong(self, problem: str) -> DataError:
        return DataError(Problem(problem, "fetch the file again, or is this the right importer?", self.place()))

    def _more(self, size: int) -> None:
        self._line += self._held.count("\n", self._counted, self._at)
        self._held, self._at, self._counted = self._held[self._at :], 0, 0
        try:
            more = self._source.read(size)
        except UnicodeDecodeError as error:
            line = self._line + self._held.count("\n")
            problem = Problem("is not UTF-8 from here on", "save it as UTF-8, or fetch it again", Place(self._name, line))
            raise DataError(problem) from error
        self._held, self._whole = self._held + more, not more

"""Every error kgtool raises on purpose, as a tree; each knows the exit code it ends in.

    KgtoolError                 2
    ├── WrongUse                2   an unknown name, question, format or place
    ├── DataError               2   what somebody wrote is broken; carries its Problems
    ├── QueryError              2   SPARQL that cannot be read or run
    ├── StoreError              2   the store is missing, damaged, of another version or in use
    └── TextMissing             1   --require-text, and a source's text is not at hand

Below it stand the checks of what Python lets anybody give, and how messages spell numbers, paths, and data of others.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

# What every command needs is a named tuple: a dataclass takes four times as long to be made, and more if it has an order.


class Place(NamedTuple):
    """Where something stands in a file; line and column count from 1, 0 where unknown.

    >>> str(Place("claims/a.ttl", 21, 9))
    'claims/a.ttl:21:9'
    """

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join([self.file, *(str(n) for n in (self.line, self.column) if n)])


class Problem(NamedTuple):
    """One thing that is wrong: place; problem; remedy.

    >>> print(Problem("unknown property kg:modalty", "did you mean kg:modality?", Place("a.ttl", 3)))
    a.ttl:3: unknown property kg:modalty; did you mean kg:modality?
    """

    message: str
    remedy: str = ""
    place: Place | None = None

    def __str__(self) -> str:
        said = f"{self.message}; {self.remedy}" if self.remedy else self.message
        return f"{self.place}: {said}" if self.place else said


class KgtoolError(Exception):
    """Something the user can act on. Its text is what the user is shown."""

    exit_code = 2


class WrongUse(KgtoolError):
    """What was asked for does not exist or does not fit; the message lists what does."""


class DataError(KgtoolError):
    """What somebody wrote cannot be read; ``problems`` holds every one that was found, the text the first ten."""

    def __init__(self, problems: Problem | Iterable[Problem]):
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        lines = [str(problem) for problem in self.problems[:10]]
        if (more := len(self.problems) - len(lines)) > 0:
            lines.append(f"… and {more} more like these")
        super().__init__("\n".join(lines))


class QueryError(KgtoolError):
    """A query that cannot be read or run; the message shows the line and a caret under the place."""


class StoreError(KgtoolError):
    """The store cannot be used as it is; the message says how to get a good one."""


class TextMissing(KgtoolError):
    """The text of a source was required and is not at hand."""

    exit_code = 1


def amount(number: float, word: str, many: str = "") -> str:
    """A number of something as messages say it.

    >>> amount(1, "second"), amount(0.5, "second"), amount(1200, "claim"), amount(0, "study", "studies")
    ('1 second', '0.5 seconds', '1,200 claims', '0 studies')
    """
    said = f"{number:,}" if isinstance(number, int) else f"{number:g}"
    return f"{said} {word if number == 1 else many or word + 's'}"


def check_text(what: str, given: object) -> None:
    """A WrongUse where something else was given than text, as Python lets anybody do."""
    if not isinstance(given, str):
        raise WrongUse(f"{what} is text, not {given!r}")


def check_number(what: str, given: object, most: int | None = None) -> None:
    """A WrongUse where what was given is no whole number from 1 on.

    >>> check_number("steps", 3, 20)
    """
    counts = hasattr(given, "__index__") and not isinstance(given, bool)
    if not counts or given < 1 or (most and given > most):
        raise WrongUse(f"the number of {what} is {f'1 to {most}' if most else '1 or more'}, not {given!r}")


def several(given: str | Iterable[str] | None) -> Iterable[str]:
    """What may be several, where one or none was given: Python takes a text for a list of its letters.

    >>> several("originator"), several(None), several(["a", "b"])
    (('originator',), (), ['a', 'b'])
    """
    return (given,) if isinstance(given, str) else given or ()


def printable(said: str) -> str:
    """One line, whatever was in the data: a line end or a terminal's control code must not pass for our own output.

    >>> printable("a\\nb\\x1b[2J")
    'a\\\\nb\\\\x1b[2J'
    """
    return said if said.isprintable() else "".join(map(_shown, said))


def _shown(character: str) -> str:
    from unicodedata import category  # seldom needed

    is_plain = character.isprintable() or category(character) == "Zs"  # such as the space between a number and its unit
    return character if is_plain else character.encode("unicode_escape").decode()


def relative(path: Path, root: Path) -> str:
    """A path as messages show it: relative to the project where it lies inside it."""
    return spelled(path.relative_to(root) if path.is_relative_to(root) else path)


def spelled(path: Path | str) -> str:
    """The name of a file in UTF-8, whatever the language of the system has made of it."""
    return os.fsencode(path).decode(errors="backslashreplace")

"""The order of rows, made here where it is plain: what ORDER BY asks of variables, as the engine would give it.

The engine reads a term from the disk again for each comparison: at a thousand rows that is most of a question's time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pyoxigraph import Literal, NamedNode

from kgtool.store.protocol import Row
from kgtool.terms import XSD, Term

_LAST = re.compile(r"\bORDER\s+BY((?:\s+[?$]\w+)+)\s*\Z", re.I)
_STRING, _INTEGER = NamedNode(XSD + "string"), NamedNode(XSD + "integer")


def split(query: str) -> tuple[str, tuple[str, ...]]:
    """A query without an ORDER BY of nothing but variables at its end, and these; none where it has no such end."""
    found = _LAST.search(query)
    return (query[: found.start()], tuple(re.findall(r"\w+", found.group(1)))) if found else (query, ())


def ordered(rows: Sequence[Row], columns: Sequence[str], by: Sequence[str]) -> list[Row] | None:
    """Rows by some of their columns: unbound before IRIs before literals.

    None where a column to be ordered by is missing, or its literals are not all of one plain kind: words without or in one
    language, or whole numbers.
    """
    if not set(by) <= set(columns):
        return None
    places = [columns.index(name) for name in by]
    if not all(_plain({_kind(row[place]) for row in rows}) for place in places):
        return None
    return sorted(rows, key=lambda row: [_key(row[place]) for place in places])


def _kind(term: Term | None) -> str:
    """The kind of a literal, nothing for an IRI or what is unbound; "other" is what only the engine can compare."""
    if term is None or isinstance(term, NamedNode):
        return ""
    if not isinstance(term, Literal):
        return "other"
    if term.language is not None:
        return f"in {term.language}"
    return "words" if term.datatype == _STRING else "numbers" if term.datatype == _INTEGER else "other"


def _plain(kinds: set[str]) -> bool:
    return len(kinds - {""}) <= 1 and "other" not in kinds


def _key(term: Term | None) -> tuple[int, str | int]:
    if term is None:
        return 0, ""
    if isinstance(term, NamedNode):
        return 1, term.value
    return 2, int(term.value) if term.datatype == _INTEGER else term.value

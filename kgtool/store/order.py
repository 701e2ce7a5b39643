"""The order of rows, made here where it is plain: what ORDER BY asks of variables, as the engine would give it.

The engine reads a term from the disk again for each comparison: at a thousand rows that is most of a question's time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby, takewhile

from pyoxigraph import Literal, NamedNode

from kgtool.store.protocol import Row
from kgtool.terms import XSD, Term

_LONGEST = 1_000  # letters of an end that is looked for: some queries name thousands of things before it
_LAST = re.compile(r"\bORDER\s+BY((?:\s+[?$]\w+)+)\s*\Z", re.I)
_STRING, _INTEGER, _DATE, _DURATION = (NamedNode(XSD + name) for name in ("string", "integer", "date", "duration"))
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.A)
_ONE_UNIT = re.compile(r"P(\d+)([YMD])", re.A)


def split(query: str) -> tuple[str, tuple[str, ...]]:
    """A query without an ORDER BY of nothing but variables at its end, and these; none where it has no such end."""
    found = _LAST.search(query, max(0, len(query) - _LONGEST))
    return (query[: found.start()], tuple(re.findall(r"\w+", found.group(1)))) if found else (query, ())


def ordered(rows: Sequence[Row], columns: Sequence[str], by: Sequence[str]) -> list[Row] | None:
    """Rows by some of their columns: unbound before IRIs before literals.

    None where a column to be ordered by is missing, or where literals that are to be compared are not all of one plain kind:
    words without or in one language, whole numbers, days, or durations in one unit.
    """
    return _ordered(rows, [columns.index(name) for name in by]) if set(by) <= set(columns) else None


def _ordered(rows: Sequence[Row], places: Sequence[int]) -> list[Row] | None:
    keys = list(takewhile(lambda key: key is not None, (_keys([row[place] for row in rows]) for place in places)))
    if not keys:
        return None
    key = list(zip(*keys, strict=True)).__getitem__
    order, rest = sorted(range(len(rows)), key=key), places[len(keys):]
    if not rest:
        return [rows[i] for i in order]
    # of several kinds on the whole, yet perhaps of one among rows that are equal so far
    groups = [[rows[i] for i in group] for _, group in groupby(order, key)]
    within = [group if len(group) == 1 else _ordered(group, rest) for group in groups]
    return None if None in within else [row for group in within for row in group]


def _keys(terms: Sequence[Term | None]) -> list[str] | list[tuple[int, str | int]] | None:
    """What the terms of a column are ordered by; None where only the engine can compare them."""
    if set(map(type, terms)) == {NamedNode}:  # most columns by far
        return [term.value for term in terms]
    return [_key(term) for term in terms] if _plain({_kind(term) for term in terms}) else None


def _kind(term: Term | None) -> str:
    """The kind of a literal, nothing for an IRI or what is unbound; "other" is what only the engine can compare."""
    if term is None or isinstance(term, NamedNode):
        return ""
    if not isinstance(term, Literal):
        return "other"
    if term.language is not None:
        return f"in {term.language}"
    if term.datatype == _DATE:
        return "days" if _DAY.fullmatch(term.value) else "other"
    if term.datatype == _DURATION:
        return f"durations in {of.group(2)}" if (of := _ONE_UNIT.fullmatch(term.value)) else "other"
    return {_STRING: "words", _INTEGER: "numbers"}.get(term.datatype, "other")


def _plain(kinds: set[str]) -> bool:
    return len(kinds - {""}) <= 1 and "other" not in kinds


def _key(term: Term | None) -> tuple[int, str | int]:
    if term is None:
        return 0, ""
    if isinstance(term, NamedNode):
        return 1, term.value
    if term.datatype == _DURATION:
        return 2, int(term.value[1:-1])
    return 2, int(term.value) if term.datatype == _INTEGER else term.value

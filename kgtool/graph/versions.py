"""The source versions of a graph: what they are, and whether their texts are at hand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from pyoxigraph import Literal

from kgtool.answer import Answer
from kgtool.claim import Version


def read(rows: Answer) -> list[Version]:
    """The rows of the view ``versions`` as values."""
    said = (dict(zip(rows.columns, (t.value if t is not None else None for t in row), strict=True)) for row in rows.rows)
    return [
        Version(r["version"], r["source"], r["label"], r["sha256"], int(r["length"]) if r["length"] else None, r["standsAt"])
        for r in said
    ]


def of(rows: Answer, wanted: str) -> Answer:
    """The rows of one source or version, by its IRI."""
    return replace(rows, rows=tuple(row for row in rows.rows if wanted in (row[0].value, row[2].value)))


def with_texts(rows: Answer, at_hand: Collection[str]) -> Answer:
    """The same rows, telling of each whether its text is at hand."""
    has = (Literal("yes" if row[0].value in at_hand else "no") for row in rows.rows)
    table = tuple((*row, said) for row, said in zip(rows.rows, has, strict=True))
    return Answer((*rows.columns, "textAtHand"), table, rows.prefixes)

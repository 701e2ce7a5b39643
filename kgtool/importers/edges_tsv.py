"""Parents as a KGX table of edges: subject, predicate and object a row. https://github.com/biolink/kgx"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from kgtool.claim import HierarchyTerm
from kgtool.errors import DataError, Place, Problem
from kgtool.streams import lines
from kgtool.terms import Prefixes

NEEDED = ("subject", "predicate", "object")
PARENT = "biolink:subclass_of"


def read(path: Path, prefixes: Prefixes) -> Iterator[HierarchyTerm]:
    """A term a run of rows of one subject, without a label, since the table has none; other predicates are left out."""
    for subject, rows in groupby(_rows(path, prefixes), key=lambda row: row[0]):
        yield HierarchyTerm(subject, "", tuple(parent for _, parent in rows))


def _rows(path: Path, prefixes: Prefixes) -> Iterator[tuple[str, str]]:
    numbered = lines(path)
    header = next(numbered, (1, ""))[1].split("\t")
    if missing := [column for column in NEEDED if column not in header]:
        raise DataError(Problem(f"lacks the columns {', '.join(missing)}", "is this a table of edges?", Place(str(path), 1)))
    for number, line in numbered:
        place, cells = Place(str(path), number), line.split("\t")
        if len(cells) != len(header):
            raise DataError(Problem(f"has {len(cells)} cells under {len(header)} columns", "fetch it again", place))
        row = dict(zip(header, cells, strict=True))
        if row["predicate"] == PARENT:
            yield _iri(row["subject"], prefixes, place), _iri(row["object"], prefixes, place)


def _iri(curie: str, prefixes: Prefixes, place: Place) -> str:
    iri = prefixes.expand(curie)
    if iri is None:
        raise DataError(Problem(f"{curie} is no known CURIE", "declare its prefix in ontology/prefixes.ttl", place))
    return iri

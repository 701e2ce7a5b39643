"""SSSOM mapping tables: one identifier of another vocabulary a row. https://mapping-commons.github.io/sssom/"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import NamedNode

from kgtool import rdf
from kgtool.claim import Mapping
from kgtool.errors import DataError, Place, Problem, relative
from kgtool.terms import Prefixes, did_you_mean

NEEDED = ("subject_id", "predicate_id", "object_id", "object_label", "mapping_justification", "mapping_source")
KNOWN = (*NEEDED, "subject_label", "comment")
STRENGTHS = ("skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch")


def read(path: Path, prefixes: Prefixes, root: Path | None = None) -> Iterator[Mapping]:
    """The mappings of one file, in its order; a broken row is a DataError with its line."""
    name = relative(path, root) if root else str(path)
    numbered = [(n, line) for n, line in enumerate(rdf.text(path, name).splitlines(), 1) if line and line[0] != "#"]
    if not numbered:
        raise DataError(Problem("holds no table", f"begin with the columns {', '.join(KNOWN)}", Place(name)))
    lines = [number for number, _ in numbered]
    rows = list(csv.reader((line for _, line in numbered), delimiter="\t", quoting=csv.QUOTE_NONE))
    header = _header(rows[0], Place(name, lines[0]))
    for number, row in zip(lines[1:], rows[1:], strict=True):
        yield _mapping(row, header, prefixes, Place(name, number))


def _header(header: list[str], place: Place) -> list[str]:
    for column in header:
        if column not in KNOWN:
            raise DataError(Problem(f"unknown column {column}", did_you_mean(column, KNOWN), place))
    if missing := [column for column in NEEDED if column not in header]:
        raise DataError(Problem(f"lacks the columns {', '.join(missing)}", "a mapping needs each of them", place))
    return header


def _mapping(row: list[str], header: list[str], prefixes: Prefixes, place: Place) -> Mapping:
    if len(row) != len(header):
        message = f"has {len(row)} cells under {len(header)} columns"
        raise DataError(Problem(message, "separate cells by one tab", place))
    cells = dict(zip(header, row, strict=True))
    iris = {}
    for column in ("subject_id", "predicate_id", "object_id", "mapping_justification"):
        iris[column] = prefixes.expand(cells[column])
        if iris[column] is None:
            near = did_you_mean(cells[column].partition(":")[0], prefixes)
            hint = near or "declare its prefix in ontology/prefixes.ttl"
            raise DataError(Problem(f"{column} {cells[column]!r} is no known CURIE", hint, place))
        if not _is_iri(iris[column]):
            hint = "an identifier holds no spaces or quotes"
            raise DataError(Problem(f"{column} {cells[column]!r} makes no IRI", hint, place))
    if cells["predicate_id"] not in STRENGTHS:
        hint = did_you_mean(cells["predicate_id"], STRENGTHS) or f"it is one of {', '.join(STRENGTHS)}"
        raise DataError(Problem(f"predicate_id {cells['predicate_id']!r} is no strength of a match", hint, place))
    return Mapping(
        iris["subject_id"], iris["predicate_id"], iris["object_id"], cells["object_label"],
        iris["mapping_justification"], cells["mapping_source"], cells.get("comment", ""),
    )


def _is_iri(text: str) -> bool:
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True

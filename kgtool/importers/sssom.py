"""SSSOM mapping tables: one identifier of another vocabulary a row. https://mapping-commons.github.io/sssom/"""

from __future__ import annotations

import re
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
    found = rows(path, root)
    first, place = next(found, (None, Place(_name(path, root))))
    if first is None:
        raise DataError(Problem("holds no table", f"begin with the columns {', '.join(KNOWN)}", place))
    header = _header(first, place)
    for row, place in found:
        yield _mapping(row, header, prefixes, place)


def rows(path: Path, root: Path | None = None) -> Iterator[tuple[list[str], Place]]:
    """The lines of a table as cells between tabs, each with its place, whichever ends of lines it has; no comments."""
    name = _name(path, root)
    for number, line in enumerate(_ENDS.split(rdf.text(path, name)), 1):
        if line and line[0] != "#":
            yield line.split("\t"), Place(name, number)


def stray_blank(row: list[str], place: Place) -> Problem | None:
    """A cell that begins or ends with a blank that nobody sees, and that would make it another label or name."""
    cell = next((cell for cell in row if cell != cell.strip()), None)
    return Problem(f"{cell!r} has a blank at an end", "take it away", place) if cell is not None else None


_ENDS = re.compile(r"\r\n|\r|\n")  # a label may hold other characters at which Python's splitlines would break it


def _name(path: Path, root: Path | None) -> str:
    return relative(path, root) if root else str(path)


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
    if problem := stray_blank(row, place):
        raise DataError(problem)
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

"""Identifiers of open vocabularies against the labels they were read with, so that no number has a wrong name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kgtool.errors import DataError, Place, Problem, relative
from kgtool.importers import sssom
from kgtool.report import Finding, Report
from kgtool.store import GraphStore
from kgtool.terms import BASE, RDFS, Prefixes

_COLUMNS = ("identifier", "label", "read_in")


@dataclass(frozen=True)
class Labelled:
    """An identifier with the label that one line of a table gives it."""

    iri: str
    label: str
    place: Place


def read(path: Path, prefixes: Prefixes, root: Path) -> list[Labelled]:
    """The table of identifiers; a DataError names every line that is no row of it."""
    columns, file = ", ".join(_COLUMNS), Place(relative(path, root))
    if not os.path.lexists(path):
        raise DataError(Problem("is missing", f"make it, a table of tabs that begins with the columns {columns}", file))
    rows = list(sssom.rows(path, root))
    header, first = rows[0] if rows else ((), file)
    if tuple(header) != _COLUMNS:
        raise DataError(Problem("is no table of identifiers", f"begin with the columns {columns}", first))
    seen: set[str] = set()
    problems = [problem for row, place in rows[1:] if (problem := _problem(row, place, prefixes, seen))]
    if problems:
        raise DataError(problems)
    return [Labelled(prefixes.expand(row[0]), row[1], place) for row, place in rows[1:]]


def _problem(row: list[str], place: Place, prefixes: Prefixes, seen: set[str]) -> Problem | None:
    if len(row) != len(_COLUMNS) or not all(cell.strip() for cell in row):
        return Problem("is no row of three filled cells", "separate identifier, label and read_in by one tab", place)
    if problem := sssom.stray_blank(row, place):
        return problem
    if prefixes.expand(row[0]) is None:
        return Problem(f"{row[0]} has an unknown prefix", "declare it in ontology/prefixes.ttl", place)
    if row[0] in seen:
        return Problem(f"{row[0]} has a row already", "keep the one whose label was read with it", place)
    seen.add(row[0])
    return None


def mapped(path: Path, prefixes: Prefixes, root: Path) -> Iterator[Labelled]:
    """Both identifiers of each row of a mapping table, with the labels it gives them."""
    rows = list(sssom.rows(path, root))
    for row, place in rows[1:]:
        cells = dict(zip(rows[0][0], row, strict=False))
        for end in ("subject", "object"):
            iri, label = prefixes.expand(cells.get(f"{end}_id", "")), cells.get(f"{end}_label")
            if iri and label:
                yield Labelled(iri, label, place)


def report(store: GraphStore, table: Iterable[Labelled], mappings: Iterable[Labelled] = ()) -> Report:
    """Findings on labels; ``covered`` has how many of the graph's identifiers stand in the table.

    ``mappings`` are labels that mapping tables give; they must be those of the graph and of the table.
    """
    known = {row.iri: row.label for row in table}
    labels = _labels(store)
    ours = {iri: label for iri, label in labels.items() if not iri.startswith(BASE)}
    found = [finding for iri, label in ours.items() if (finding := _misnamed(iri, label, known, store.prefixes))]
    found += [finding for row in mappings if (finding := _mislabelled(row, known, labels, store.prefixes))]
    return Report.of(found, {"identifiers": len(set(ours) & set(known))})


def _labels(store: GraphStore) -> dict[str, str]:
    query = "SELECT ?thing ?label { ?thing a/rdfs:subClassOf* kg:Entity ; rdfs:label ?label } ORDER BY ?thing ?label"
    return {thing.value: label.value for thing, label in store.select(query).rows}


def _misnamed(iri: str, label: str, known: Mapping[str, str], prefixes: Prefixes) -> Finding | None:
    curie, right = prefixes.contract(iri), known.get(iri)
    if right is None:
        return Finding("warning", "identifiers", iri, f"identifier {curie} was not checked against its label",
                       "add it to graph_data/identifiers.tsv with the label it was read with, and where")
    if _same(label, right):
        return None
    return Finding("violation", "identifiers", iri, f'{curie} is labelled "{label}", but it is "{right}"',
                   _remedy(label, right, known, prefixes), path=RDFS + "label", value=label)


def _mislabelled(
    row: Labelled, known: Mapping[str, str], labels: Mapping[str, str], prefixes: Prefixes
) -> Finding | None:
    right = labels.get(row.iri) or known.get(row.iri)
    if right is None or _same(row.label, right):
        return None
    curie = prefixes.contract(row.iri)
    return Finding("violation", "identifiers", row.iri, f'the mapping calls {curie} "{row.label}", but it is "{right}"',
                   _remedy(row.label, right, known, prefixes), row.place, value=row.label)


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _remedy(label: str, right: str, known: Mapping[str, str], prefixes: Prefixes) -> str:
    """Where the table has the label under another identifier, that one is the likely intent."""
    meant = sorted(prefixes.contract(iri) for iri, other in known.items() if _same(label, other))
    return f"did you mean {' or '.join(meant)}?" if meant else f'label it "{right}", or correct the identifier'

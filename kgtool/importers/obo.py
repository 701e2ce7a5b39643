"""Ontologies in the OBO format: a stanza a term. https://owlcollab.github.io/oboformat/doc/GO.format.obo-1_4.html"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kgtool.claim import HierarchyTerm
from kgtool.errors import DataError, Place, Problem
from kgtool.streams import lines
from kgtool.terms import Prefixes


def read(path: Path, prefixes: Prefixes) -> Iterator[HierarchyTerm]:
    """The terms of one file with their parents by is_a, in its order; obsolete ones are left out."""
    for start, stanza in _stanzas(path):
        if ("is_obsolete", "true") not in stanza:
            yield _term(stanza, prefixes, Place(str(path), start))


def _stanzas(path: Path) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """Each [Term] with the line it begins at, as its tags and values."""
    start, stanza = 0, None
    for number, line in lines(path):
        if line.startswith("["):
            if stanza:
                yield start, stanza
            start, stanza = number, [] if line == "[Term]" else None
        elif stanza is not None and ": " in line:
            tag, _, value = line.partition(": ")
            stanza.append((tag, value))
    if stanza:
        yield start, stanza


def _term(stanza: list[tuple[str, str]], prefixes: Prefixes, place: Place) -> HierarchyTerm:
    said = dict(stanza)
    if "id" not in said:
        raise DataError(Problem("a [Term] has no id", "fetch the file again; it is not whole", place))
    parents = tuple(_iri(value, prefixes, place) for tag, value in stanza if tag == "is_a")
    return HierarchyTerm(_iri(said["id"], prefixes, place), said.get("name", ""), parents)


def _iri(value: str, prefixes: Prefixes, place: Place) -> str:
    """The identifier before a qualifier block or a comment: ``HP:0000001 {…} ! All``."""
    curie = value.partition(" ")[0]
    iri = prefixes.expand(curie)
    if iri is None:
        raise DataError(Problem(f"{curie} is no known CURIE", "declare its prefix in ontology/prefixes.ttl", place))
    return iri

"""Hetionet's two tables: nodes (id, name, kind) and edges (source, metaedge, target). https://github.com/hetio/hetionet"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from kgtool.claim import Entity, Link
from kgtool.errors import DataError, Place, Problem
from kgtool.streams import rows
from kgtool.terms import Prefixes, did_you_mean

OURS = "hetionet"
Find = Callable[[str], tuple[str, str] | None]
# Each kind with the abbreviation that metaedges use, and the vocabulary of its identifiers; where that has the prefix in
# them already it is empty, and where nothing open is meant it is Hetionet's own.
KINDS = {
    "Anatomy": ("A", ""), "Biological Process": ("BP", ""), "Cellular Component": ("CC", ""), "Compound": ("C", "DRUGBANK"),
    "Disease": ("D", ""), "Gene": ("G", "NCBIGene"), "Molecular Function": ("MF", ""), "Pathway": ("PW", OURS),
    "Pharmacologic Class": ("PC", OURS), "Side Effect": ("SE", "UMLS"), "Symptom": ("S", "MESH"),
}
METAEDGES = {
    "AdG": "downregulates", "AeG": "expresses", "AuG": "upregulates", "CbG": "binds", "CcSE": "causes", "CdG": "downregulates",
    "CpD": "palliates", "CrC": "resembles", "CtD": "treats", "CuG": "upregulates", "DaG": "associates with",
    "DdG": "downregulates", "DlA": "localizes to", "DpS": "presents", "DrD": "resembles", "DuG": "upregulates",
    "GcG": "covaries with", "GiG": "interacts with", "GpBP": "participates in", "GpCC": "participates in",
    "GpMF": "participates in", "GpPW": "participates in", "Gr>G": "regulates", "PCiC": "includes",
}


def read_nodes(path: Path, prefixes: Prefixes, version: str) -> Iterator[Entity]:
    """A thing a row, by the open identifier in it, with its name and its kind, which is Hetionet's own."""
    find = _finding(prefixes)
    for number, (name, label, kind) in rows(path, ("id", "name", "kind")):
        place = Place(str(path), number)
        iri, found = _thing(name, find, place)
        if found != kind:
            raise DataError(Problem(f"{name} is called a {kind}", f"by its identifier it is a {found}", place))
        yield Entity(iri, (_ours(kind.replace(" ", ""), prefixes),), label or prefixes.contract(iri))


def read_edges(path: Path, prefixes: Prefixes, version: str) -> Iterator[Entity | Link]:
    """A link a row; its relation is named like the metaedge, and comes with its name before its first row."""
    find, named = _finding(prefixes), set()
    for number, (source, metaedge, target) in rows(path, ("source", "metaedge", "target")):
        place = Place(str(path), number)
        (subject, kind), (value, other) = _thing(source, find, place), _thing(target, find, place)
        _check(metaedge, kind, other, place)
        relation = _ours(metaedge.replace(">", ""), prefixes)
        if metaedge not in named:
            named.add(metaedge)
            yield Entity(relation, (), f"{kind.lower()} {METAEDGES[metaedge]} {other.lower()} (Hetionet)")
        yield Link(subject, relation, value)


def _check(metaedge: str, kind: str, other: str, place: Place) -> None:
    if metaedge not in METAEDGES:
        hint = did_you_mean(metaedge, METAEDGES) or f"it is one of {', '.join(METAEDGES)}"
        raise DataError(Problem(f"there is no metaedge {metaedge}", hint, place))
    first, last = KINDS[kind][0], KINDS[other][0]
    if not (metaedge.startswith(first) and metaedge.endswith(last)):
        raise DataError(Problem(f"{metaedge} cannot lead from a {kind} to a {other}", "are source and target swapped?", place))


def _thing(name: str, find: Find, place: Place) -> tuple[str, str]:
    found = find(name)
    if found is None:
        kind = name.partition("::")[0]
        hint = did_you_mean(kind, KINDS) or "an identifier is KIND::ID, and its prefix one of ontology/prefixes.ttl"
        raise DataError(Problem(f"{name} names no thing", hint, place))
    return found


def _finding(prefixes: Prefixes) -> Find:
    return cache(lambda name: _known(name, prefixes))  # edges name the same things again and again


def _known(name: str, prefixes: Prefixes) -> tuple[str, str] | None:
    kind, _, local = name.partition("::")
    if kind not in KINDS or not local or any(sign in local for sign in ' <>"{}|^`\\'):
        return None
    vocabulary = KINDS[kind][1]
    iri = prefixes.expand(f"{vocabulary}:{local}" if vocabulary else local)
    return (iri, kind) if iri else None


def _ours(local: str, prefixes: Prefixes) -> str:
    return prefixes[OURS] + local

"""Ontologies as OBO Graphs JSON: graphs of nodes and edges. https://github.com/geneontology/obographs"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from kgtool import elements
from kgtool.claim import HierarchyTerm
from kgtool.elements import EACH
from kgtool.errors import DataError, Place, Problem
from kgtool.terms import Prefixes

PARENT = "is_a"


def read(path: Path, prefixes: Prefixes) -> Iterator[HierarchyTerm]:
    """The classes of one file with their parents by is_a, in its order; deprecated ones are left out.

    The file is read twice, since its edges come last or first: only they are held, and of them only who is whose parent.
    """
    parents: dict[str, list[str]] = defaultdict(list)
    for edge, place in elements.read(path, "graphs", EACH, "edges", EACH):
        if child := _child(edge, place):
            parents[child].append(_iri(edge["obj"], prefixes, place))
    node = None
    for node, place in elements.read(path, "graphs", EACH, "nodes", EACH):
        name, label, counts = _node(node, place)
        if counts:
            yield HierarchyTerm(_iri(name, prefixes, place), label, tuple(parents.get(name, ())))
    if node is None:
        raise _odd("no nodes", Place(str(path)))


def _child(edge: elements.Value, place: Place) -> str | None:
    """Whose parent an edge names, if it does."""
    try:
        return edge["sub"] if edge["pred"] == PARENT and edge["obj"] else None
    except (KeyError, TypeError) as error:
        raise _odd(repr(error), place) from error


def _node(node: elements.Value, place: Place) -> tuple[str, str, bool]:
    """Its name, its label, and whether it is a class in use."""
    try:
        in_use = node.get("type", "CLASS") == "CLASS" and not node.get("meta", {}).get("deprecated")
        return node["id"], node.get("lbl", ""), in_use
    except (AttributeError, KeyError, TypeError) as error:
        raise _odd(repr(error), place) from error


def _odd(what: str, place: Place) -> DataError:
    return DataError(Problem(f"is not as the format has it: {what}", "is this a file of OBO Graphs?", place))


def _iri(name: object, prefixes: Prefixes, place: Place) -> str:
    """Identifiers are IRIs in most files, and CURIEs in some."""
    iri = (name if "://" in name else prefixes.expand(name)) if isinstance(name, str) else None
    if iri is None or any(sign in iri for sign in ' <>"{}|^`\\'):
        raise DataError(Problem(f"{name!r} is no IRI and no known CURIE", "declare its prefix in ontology/prefixes.ttl", place))
    return iri

"""Ontologies as OBO Graphs JSON: graphs of nodes and edges. https://github.com/geneontology/obographs"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from kgtool.claim import HierarchyTerm
from kgtool.errors import DataError, Place, Problem
from kgtool.streams import lines
from kgtool.terms import Prefixes

PARENT = "is_a"


def read(path: Path, prefixes: Prefixes) -> Iterator[HierarchyTerm]:
    """The classes of one file with their parents by is_a, in its order; deprecated ones are left out.

    Its edges come last in the format, so that the file is held as a whole.
    """
    place = Place(str(path))
    try:
        graphs = json.loads("\n".join(line for _, line in lines(path)))["graphs"]
        for graph in graphs:
            yield from _terms(graph, prefixes, place)
    except (ValueError, RecursionError) as error:
        raise DataError(Problem(f"is no JSON: {error}", "fetch it again", place)) from error
    except (AttributeError, KeyError, TypeError) as error:
        problem = Problem(f"is not as the format has it: {error!r}", "is this a file of OBO Graphs?", place)
        raise DataError(problem) from error


def _terms(graph: dict, prefixes: Prefixes, place: Place) -> Iterator[HierarchyTerm]:
    parents: dict[str, list[str]] = defaultdict(list)
    for edge in graph.get("edges", ()):
        if edge["pred"] == PARENT:
            parents[edge["sub"]].append(_iri(edge["obj"], prefixes, place))
    for node in graph.get("nodes", ()):
        if node.get("type", "CLASS") == "CLASS" and not node.get("meta", {}).get("deprecated"):
            yield HierarchyTerm(_iri(node["id"], prefixes, place), node.get("lbl", ""), tuple(parents[node["id"]]))


def _iri(name: str, prefixes: Prefixes, place: Place) -> str:
    """Identifiers are IRIs in most files, and CURIEs in some."""
    iri = name if "://" in name else prefixes.expand(name)
    if iri is None or any(sign in iri for sign in ' <>"{}|^`\\'):
        raise DataError(Problem(f"{name!r} is no IRI and no known CURIE", "declare its prefix in ontology/prefixes.ttl", place))
    return iri

"""One pair of random data and shapes judged by us and by pySHACL, in a form that compares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pyshacl
import rdflib
from pyoxigraph import BlankNode, Quad, RdfFormat, parse

from kgtool.shacl import Data, judge, load
from kgtool.shacl.index import TYPE, Triples, sh
from kgtool.shacl.paths import Path
from kgtool.shacl.paths import read as read_path
from kgtool.terms import Term


def ours(data_text: str, shapes_text: str) -> Counter:
    outcome = judge(*graphs(data_text, shapes_text))
    assert not outcome.unsupported
    return Counter(row(r.focus, r.path, r.value, r.component, r.shape) for r in outcome.results)


def graphs(data_text: str, shapes_text: str) -> tuple[Data, list[Quad]]:
    data_quads, shapes_quads = (parse(text, format=RdfFormat.TURTLE) for text in (data_text, shapes_text))
    return load(data_quads), list(shapes_quads)


def row(focus: Term, path: Path | None, value: Term | None, component: str, shape: Term) -> tuple:
    """A result as it compares: unnamed shapes are not told apart, and what pySHACL never gives is left out."""
    is_asked = component.startswith("http://example.org/L") and path is not None and component[-1] != "p"
    named = None if isinstance(shape, BlankNode) else str(shape)
    return str(focus), path, None if is_asked else str(value), component, named


def theirs(data_text: str, shapes_text: str) -> Counter:
    rdflib.NORMALIZE_LITERALS = False  # each run of pySHACL ends by switching it on
    shapes_graph = rdflib.Graph().parse(data=shapes_text, format="turtle")
    data_graph = rdflib.Graph().parse(data=data_text, format="turtle")
    _, report, _ = pyshacl.validate(data_graph, shacl_graph=shapes_graph)
    graph = Triples(parse(report.serialize(format="nt"), format=RdfFormat.N_TRIPLES))
    return Counter(_theirs(graph))


def _theirs(graph: Triples) -> Iterator[tuple]:
    for report in graph.subjects(TYPE, sh("ValidationReport")):
        for result in graph.objects(report, sh("result")):
            names = ("focusNode", "resultPath", "value", "sourceConstraintComponent", "sourceShape")
            focus, path, value, component, shape = (graph.one(result, sh(name)) for name in names)
            yield row(focus, read_path(graph, path) if path else None, value, component.value, shape)

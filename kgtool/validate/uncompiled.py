"""Shapes outside the compiler, judged by pySHACL: slower, and imported only where there are such shapes."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pyshacl
import rdflib
import rdflib.plugins.sparql as sparql
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple
from rdflib.term import Node

from kgtool.errors import DataError, Problem
from kgtool.shacl import Result
from kgtool.shacl.index import CLASS, TYPE, Triples, sh
from kgtool.shacl.paths import read as read_path
from kgtool.terms import Term

_TARGETS = {sh(f"target{local}") for local in ("", "Node", "Class", "SubjectsOf", "ObjectsOf")}


def results(data: Iterable[Quad], shapes: Iterable[Quad], only: Iterable[Term]) -> list[Result]:
    """What pySHACL finds with those shapes alone that are named in ``only``."""
    shapes, only = list(shapes), set(only)
    aimed = [quad for quad in shapes if quad.subject in only or not _aims(quad)]
    with _rdflib_as_we_need_it():
        report = _judged(_graph(data), _graph(aimed))
    return list(_results(Triples(Quad(*map(_ours, triple)) for triple in report)))


def _aims(quad: Quad) -> bool:
    """Whether the triple makes a shape look for focus nodes: by a target, or by its being a class."""
    return quad.predicate in _TARGETS or (quad.predicate == TYPE and quad.object == CLASS)


def _judged(data: rdflib.Graph, shapes: rdflib.Graph) -> rdflib.Graph:
    logging.getLogger("pyshacl-validate").disabled = True  # it would print beside the error we raise
    try:
        _, report, _ = pyshacl.validate(data, shacl_graph=shapes, advanced=True)
    except Exception as error:  # rdflib, re and pyparsing raise through it, plain Exception too
        raise _unusable(error) from error
    if isinstance(report, Exception):  # a failure is handed back where a report would be
        raise _unusable(report) from report
    return report


def _unusable(error: Exception) -> DataError:
    sentence = str(error).partition("\n")[0].strip(" .") or type(error).__name__
    said = f"pySHACL cannot judge those outside the compiler: {sentence}"
    return DataError(Problem(said, "see https://www.w3.org/TR/shacl/"))


@contextmanager
def _rdflib_as_we_need_it() -> Iterator[None]:
    """Literals stay as written, and a rule's FROM reaches no file and no server."""
    before = rdflib.NORMALIZE_LITERALS, sparql.SPARQL_LOAD_GRAPHS
    rdflib.NORMALIZE_LITERALS = sparql.SPARQL_LOAD_GRAPHS = False
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS, sparql.SPARQL_LOAD_GRAPHS = before


def _graph(quads: Iterable[Quad]) -> rdflib.Graph:
    # rdflib's own memory: pySHACL on an Oxigraph-backed graph is many times slower
    graph = rdflib.Graph(bind_namespaces="none")
    for quad in quads:
        if not isinstance(quad.object, Triple):  # rdflib has no triple terms
            graph.add((_theirs(quad.subject), _theirs(quad.predicate), _theirs(quad.object)))
    return graph


def _theirs(term: Term) -> Node:
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value))


def _ours(node: Node) -> Term:
    if isinstance(node, rdflib.URIRef):
        return NamedNode(str(node))
    if isinstance(node, rdflib.BNode):
        return BlankNode(str(node))
    if node.language:
        return Literal(str(node), language=node.language)
    return Literal(str(node), datatype=NamedNode(str(node.datatype))) if node.datatype else Literal(str(node))


def _results(report: Triples) -> Iterator[Result]:
    """The results that the report itself points to; those inside them are details."""
    for head in report.subjects(TYPE, sh("ValidationReport")):
        for node in report.objects(head, sh("result")):
            path = report.one(node, sh("resultPath"))
            yield Result(
                focus=report.one(node, sh("focusNode")),
                path=read_path(report, path) if path is not None else None,
                value=report.one(node, sh("value")),
                component=report.one(node, sh("sourceConstraintComponent")).value,
                severity=report.one(node, sh("resultSeverity")).value,
                shape=report.one(node, sh("sourceShape")),
                messages=tuple(sorted(report.objects(node, sh("resultMessage")), key=str)),
                constraint=report.one(node, sh("sourceConstraint")),
            )

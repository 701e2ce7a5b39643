"""Shapes against the graph, by pySHACL: what breaks a rule of ontology/shapes, in the rule's own words."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyshacl
import rdflib
from pyoxigraph import BlankNode, NamedNode, Quad
from rdflib import RDF, SH, BNode, URIRef
from rdflib.term import Node

from kgtool import rdf
from kgtool.errors import DataError, Place, Problem
from kgtool.report import Finding
from kgtool.store import Store
from kgtool.terms import BASE, Prefixes, Term

# Where the prefixes of sh:sparql are declared; shapes name it with sh:prefixes.
DECLARES = NamedNode(BASE + "vocab")
_FOLDER = "ontology/shapes"
_SEVERITIES = {SH.Violation: "violation", SH.Warning: "warning", SH.Info: "info"}
_REPEATS = {SH.zeroOrMorePath: "*", SH.oneOrMorePath: "+", SH.zeroOrOnePath: "?"}


def read(paths: Iterable[Path], root: Path) -> list[Quad]:
    """The shapes of all files; the blank nodes of one file are never those of another."""
    return [quad for path in paths for quad in _apart(rdf.read(path, root))]


def _apart(quads: Iterable[Quad]) -> Iterator[Quad]:
    renamed: dict[BlankNode, BlankNode] = {}

    def own(term: Term) -> Term:
        return renamed.setdefault(term, BlankNode()) if isinstance(term, BlankNode) else term

    for quad in quads:
        yield Quad(own(quad.subject), quad.predicate, own(quad.object))


def findings(store: Store, shapes: Iterable[Quad]) -> list[Finding]:
    """What SHACL reports, with the message (sh:message) and remedy (sh:description) of the rule that was broken."""
    with _literals_as_written():
        rules = _with_prefixes(_graph(shapes, store.prefixes), store.prefixes)
        results = _results(_graph(store.quads(), store.prefixes), rules)
    found = (_finding(result, results, rules) for result in results.objects(None, SH.result))
    # rdflib gives them in another order each run
    return sorted(found, key=lambda finding: (*finding.key, finding.message, finding.component))


def _results(data: rdflib.Graph, rules: rdflib.Graph) -> rdflib.Graph:
    logging.getLogger("pyshacl-validate").disabled = True  # it would print beside the error we raise
    try:
        _, results, _ = pyshacl.validate(data, shacl_graph=rules, inplace=True)
    except Exception as error:  # rdflib, re and pyparsing raise through it, plain Exception too
        raise _unusable(error) from error
    if isinstance(results, Exception):  # a failure is handed back where a report would be
        raise _unusable(results) from results
    return results


def _unusable(error: Exception) -> DataError:
    sentence = str(error).partition("\n")[0].strip(" .") or type(error).__name__
    problem = Problem(f"the shapes cannot be used: {sentence}", "see https://www.w3.org/TR/shacl/", Place(_FOLDER))
    return DataError(problem)


@contextmanager
def _literals_as_written() -> Iterator[None]:
    """rdflib would turn "abc"^^xsd:integer and the like into something else before it can be judged."""
    before, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        yield
    finally:
        rdflib.NORMALIZE_LITERALS = before


def _graph(quads: Iterable[Quad], prefixes: Prefixes) -> rdflib.Graph:
    # over N-Triples into rdflib's own memory: pySHACL on an Oxigraph-backed graph is many times slower
    written = rdf.write(quads, rdf.FORMATS[".nt"], prefixes)
    return rdflib.Graph(bind_namespaces="none").parse(data=written, format="nt")


def _with_prefixes(rules: rdflib.Graph, prefixes: Prefixes) -> rdflib.Graph:
    for prefix, namespace in prefixes.items():
        declared = BNode()
        rules.add((URIRef(DECLARES.value), SH.declare, declared))
        rules.add((declared, SH.prefix, rdflib.Literal(prefix)))
        rules.add((declared, SH.namespace, rdflib.Literal(namespace, datatype=rdflib.XSD.anyURI)))
    return rules


def _finding(result: Node, results: rdflib.Graph, rules: rdflib.Graph) -> Finding:
    source = results.value(result, SH.sourceShape)
    shape = _named(source, rules)
    return Finding(
        severity=_SEVERITIES.get(results.value(result, SH.resultSeverity), "violation"),
        rule=f"shape {shape.rpartition('/')[2].rpartition('#')[2]}",
        subject=str(results.value(result, SH.focusNode)),
        message=" ".join(sorted(results.objects(result, SH.resultMessage))),
        remedy=str(rules.value(source, SH.description) or ""),
        path=_path(results.value(result, SH.resultPath), rules),
        value=str(results.value(result, SH.value, default="")),
        component=str(results.value(result, SH.sourceConstraintComponent)),
        shape=shape,
    )


def _named(shape: Node, rules: rdflib.Graph) -> str:
    """The shape's name, or that of the nearest shape around it; "" where there is none."""
    seen: set[Node] = set()
    while isinstance(shape, BNode) and shape not in seen:
        seen.add(shape)
        shape = next(rules.subjects(None, shape), shape)
    return str(shape) if isinstance(shape, URIRef) else ""


def _path(path: Node | None, rules: rdflib.Graph) -> str:
    """A plain predicate as its IRI, any other path as SPARQL writes it, with IRIs in angle brackets."""
    if path is None or isinstance(path, URIRef):
        return str(path or "")
    return _sparql(path, rules)


def _sparql(path: Node, rules: rdflib.Graph) -> str:
    # https://www.w3.org/TR/shacl/#property-paths
    if isinstance(path, URIRef):
        return f"<{path}>"
    if rules.value(path, RDF.first) is not None:
        return "/".join(_sparql(step, rules) for step in rules.items(path))
    ((kind, inner),) = rules.predicate_objects(path)
    if kind == SH.alternativePath:
        return f"({'|'.join(_sparql(way, rules) for way in rules.items(inner))})"
    if kind == SH.inversePath:
        return f"^({_sparql(inner, rules)})"
    return f"({_sparql(inner, rules)}){_REPEATS[kind]}"

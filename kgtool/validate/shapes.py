"""Shapes against the graph: what breaks a rule of ontology/shapes, in the rule's own words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from kgtool import rdf
from kgtool.errors import DataError, Place, Problem
from kgtool.shacl import Data, Outcome, judge
from kgtool.terms import BASE, SH, XSD, Prefixes, Term
from kgtool.validate import told

# Where the prefixes of sh:sparql are declared; shapes name it with sh:prefixes.
DECLARES = NamedNode(BASE + "vocab")
_FOLDER = "ontology/shapes"


def read(paths: Iterable[Path], root: Path) -> list[Quad]:
    """The shapes of all files; the blank nodes of one file are never those of another."""
    return [quad for path in paths for quad in _apart(rdf.read(path, root))]


def _apart(quads: Iterable[Quad]) -> Iterator[Quad]:
    renamed: dict[BlankNode, BlankNode] = {}

    def own(term: Term) -> Term:
        return renamed.setdefault(term, BlankNode()) if isinstance(term, BlankNode) else term

    for quad in quads:
        yield Quad(own(quad.subject), quad.predicate, own(quad.object))


def all_rules(shapes: Iterable[Quad], prefixes: Prefixes) -> list[Quad]:
    """The shapes with the project's prefixes declared for their SPARQL."""
    return [*shapes, *_declared(prefixes)]


@contextmanager
def usable(prefixes: Prefixes) -> Iterator[None]:
    """What is ill-formed about the shapes, told as an error of the project's folder of shapes."""
    try:
        yield
    except DataError as error:
        raise DataError(_unusable(problem, prefixes) for problem in error.problems) from error


def judged(data: Data, shapes: Sequence[Quad]) -> Outcome:
    """Every result of every shape; ``unsupported`` are those that pySHACL judged, since the compiler could not."""
    outcome = judge(data, shapes)
    if not outcome.unsupported:
        return outcome
    if any("sh:js" in why for _, why in outcome.unsupported):
        raise DataError(Problem("asks for JavaScript (sh:js), which is never run here", "write the rule in SPARQL"))
    from kgtool.validate import uncompiled  # rdflib and pySHACL are slow to import

    more = uncompiled.results(data.written(), shapes, [node for node, _ in outcome.unsupported])
    return Outcome(tuple(sorted((*outcome.results, *more), key=lambda result: result.key)), outcome.unsupported)


def left(outcome: Outcome, shown: told.Shown) -> list[str]:
    """A note on each shape that was left to pySHACL."""
    return [
        f"{_named(node, shown)} was judged by pySHACL, as it is outside the compiler: {why}"
        for node, why in outcome.unsupported
    ]


def _named(node: Term, shown: told.Shown) -> str:
    return f"shape {shown(node.value)}" if isinstance(node, NamedNode) else "a shape without a name"


def _unusable(problem: Problem, prefixes: Prefixes) -> Problem:
    message = " ".join(told.shortened(problem.message, prefixes.contract).split())
    remedy = problem.remedy or "see https://www.w3.org/TR/shacl/"
    return Problem(f"the shapes cannot be used: {message}", remedy, Place(_FOLDER))


def _declared(prefixes: Prefixes) -> Iterator[Quad]:
    for prefix, namespace in prefixes.items():
        node = BlankNode()
        yield Quad(DECLARES, NamedNode(SH + "declare"), node)
        yield Quad(node, NamedNode(SH + "prefix"), Literal(prefix))
        yield Quad(node, NamedNode(SH + "namespace"), Literal(namespace, datatype=NamedNode(XSD + "anyURI")))

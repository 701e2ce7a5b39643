"""What a network tells, as rows: one an edge, or one a thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode

from kgtool.analysis import network
from kgtool.analysis.network import Edge, Near, Network, Path
from kgtool.answer import Answer
from kgtool.errors import check_number
from kgtool.terms import Prefixes, Term

_EDGE = ("subject", "relation", "object", "claims")


def paths(found: Iterable[Path], prefixes: Prefixes) -> Answer:
    """One row an edge: two things on a path may be joined by several."""
    rows = (
        (Literal(number), Literal(step), *_cells(edge, prefixes))
        for number, path in enumerate(found, 1) for step, edges in enumerate(path.steps, 1) for edge in edges
    )
    return Answer(("path", "step", *_EDGE), tuple(rows), prefixes)


def neighbours(found: Iterable[Near], prefixes: Prefixes) -> Answer:
    rows = ((Literal(near.steps), NamedNode(near.thing), *_cells(edge, prefixes)) for near in found for edge in near.over)
    return Answer(("steps", "thing", *_EDGE), tuple(rows), prefixes)


def components(of: Network, prefixes: Prefixes) -> Answer:
    rows = (
        (Literal(number), Literal(len(island)), NamedNode(thing))
        for number, island in enumerate(network.components(of), 1) for thing in island
    )
    return Answer(("component", "things", "thing"), tuple(rows), prefixes)


def centrality(of: Network, measure: str, most: int, prefixes: Prefixes) -> Answer:
    check_number("things", most)
    scored = network.centrality(of, measure)[:most]
    return Answer(("thing", measure), tuple((NamedNode(thing), Literal(score)) for thing, score in scored), prefixes)


def _cells(edge: Edge, prefixes: Prefixes) -> Iterator[Term]:
    yield from (NamedNode(part) for part in (edge.subject, edge.relation, edge.object))
    yield Literal(" ".join(prefixes.contract(claim) for claim in edge.claims))

"""Shapes judged at an endpoint query by query: one that it does not answer leaves its shapes unjudged, and no others."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from contextlib import suppress

from pyoxigraph import Quad

from kgtool.errors import QueryError, StoreError
from kgtool.shacl.compile import Check, Run, Scan, plan
from kgtool.shacl.endpoint import Endpoint
from kgtool.shacl.index import Triples
from kgtool.shacl.results import Result
from kgtool.shacl.run import Engine, Outcome, indexed, supported, with_shapes
from kgtool.terms import Term


def judge(data: Endpoint, shapes: Triples | Iterable[Quad]) -> Outcome:
    """What run.judge() finds there; where a query was not answered, or not to its end, what it gave until then, with the
    shapes it was to judge as unjudged. Those that look at least come first: where time is short, the most shapes are judged."""
    triples = indexed(shapes)
    known, unsupported = supported(triples)
    engine = Engine(with_shapes(data, known, triples), known)
    counts = _counts(engine)
    found: list[Result] = []
    unjudged: dict[Term, str] = {}
    for query in sorted(plan(engine.writer), key=lambda query: _size(query, counts)):
        try:
            found.extend(engine.results(query))  # those before an error stay
        except (StoreError, QueryError) as error:
            for node in _roots(query):
                unjudged.setdefault(node, str(error))
    known_counts = counts if len(counts) == len(known.roots) else None
    return Outcome(tuple(sorted(found, key=lambda result: result.key)), unsupported, tuple(unjudged.items()), known_counts)


def _counts(engine: Engine) -> dict[Term, int]:
    """How many focus nodes each shape with a target has, of those that the endpoint counts."""
    counts: dict[Term, int] = {}
    for shape in engine.writer.shapes.roots:
        with suppress(StoreError, QueryError):
            counts[shape.node] = engine.count(engine.writer.scope(shape.targets))
    return counts


def _size(query: Scan | Run, counts: Mapping[Term, int]) -> float:
    return max((counts.get(node, math.inf) for node in _roots(query)), default=0)


def _roots(query: Scan | Run) -> list[Term]:
    checks: tuple[Check, ...] = query.checks if isinstance(query, Scan) else (query.check,)
    return [check.root.node for check in checks if check.root]

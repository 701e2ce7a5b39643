"""Shapes judged at an endpoint query by query: one that it does not answer leaves its shapes unjudged, and no others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
    shapes it was to judge as unjudged."""
    triples = indexed(shapes)
    known, unsupported = supported(triples)
    engine = Engine(with_shapes(data, known, triples), known)
    found: list[Result] = []
    unjudged: dict[Term, str] = {}
    for query in plan(engine.writer):
        try:
            found.extend(engine.results(query))  # those before an error stay
        except (StoreError, QueryError) as error:
            for node in _roots(query):
                unjudged.setdefault(node, str(error))
    return Outcome(tuple(sorted(found, key=lambda result: result.key)), unsupported, tuple(unjudged.items()))


def _roots(query: Scan | Run) -> Iterator[Term]:
    checks: tuple[Check, ...] = query.checks if isinstance(query, Scan) else (query.check,)
    return (check.root.node for check in checks if check.root)

"""What pages cost: CPU time of each, from the visit to the last byte, without the network.

    python -m tests.bench.pages                 on the founding graph
    python -m tests.bench.pages 210000          on a world of a million triples

Medians of seven; the first visit to a page that is kept for as long as its graph is (the map, the policies, the
validation report) is told apart.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from statistics import median

import kgtool
from kgtool.graph import Graph
from kgtool.web.address import Address, served
from kgtool.web.pages import PAGES
from kgtool.web.site import Site, asset
from kgtool.web.visit import Visit

ROUNDS = 7
# On a world, what stands for the things of the founding graph is found in it.
PLAIN = ["", "about", "ask", "map", "things", "sources", "policies"]
_FIRST = "SELECT ?it WHERE {{ ?it a kg:{kind} }} ORDER BY ?it LIMIT 1"
KINDS = ("Drug", "Disease", "Sign", "ConditionInContext", "Study", "Organisation", "Source", "SourceVersion", "Claim", "LabelStatus",
         "GapStatus")


def main(triples: int | None = None) -> dict[str, tuple[float, float]]:
    """CPU milliseconds of each page, by its address: at the first visit, and after."""
    graph = kgtool.open() if triples is None else _world(triples)
    site = Site(graph.project)
    measured = {}
    for address in _addresses(graph):
        visit = Visit(site, graph, address, served, asset)
        made = PAGES[f"{address.page}/" if address.name else address.page].formats["html"]
        first, *rest = (_took(lambda made=made, visit=visit: made(visit)) for _ in range(ROUNDS + 1))
        measured[served(address)] = (first, median(rest))
        print(f"{measured[served(address)][1]:8.1f} ms  (first {first:8.1f})  {served(address)[:90]}", flush=True)
    slowest = max(measured, key=lambda name: measured[name][1])
    print(f"median {median(after for _, after in measured.values()):.1f} ms; slowest {measured[slowest][1]:.1f} ms, {slowest}")
    return measured


def _world(triples: int) -> Graph:
    from tests.bench import kept

    return kept.graph(triples)


def _addresses(graph: Graph) -> Iterator[Address]:
    yield from map(Address, PLAIN)
    yield Address("search", given=(("q", "spasticity"),))
    yield Address("ask", "gaps")
    contract = graph.store.prefixes.contract
    for kind in KINDS:
        for (iri,) in graph.store.select(_FIRST.format(kind=kind)).rows:
            yield Address("thing", contract(iri.value))


def _took(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1000


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

"""What a graph shows only as a whole: the evidence map, and the network of its plain edges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kgtool.answer import Answer
from kgtool.errors import several
from kgtool.graph.lookups import Lookups
from kgtool.terms import KG

if TYPE_CHECKING:
    from kgtool.analysis.matrix import Matrix
    from kgtool.analysis.network import Network


def matrix(
    graph: Lookups, policy: str = "default", jurisdiction: str | None = None, hierarchy: str | None = None,
    drugs: Sequence[str] | None = None,
) -> Matrix:
    """The evidence map: drugs × conditions, each cell with label status, evidence, gap and disputes; all drugs, or some."""
    from kgtool.analysis import matrix

    rows = None if drugs is None else [graph.names.resolve(drug, [KG + "Drug"]) for drug in several(drugs)]
    where = graph.names.resolve(jurisdiction, [KG + "Jurisdiction"]) if jurisdiction else None
    return matrix.matrix(graph.store, graph.views, graph.policy(policy), graph.release(hierarchy), where, rows)


def paths(
    graph: Lookups, start: str, goal: str, via: Sequence[str] = (), without: Sequence[str] = (), most: int = 5, steps: int = 6,
    policy: str = "default",
) -> Answer:
    """The ``most`` shortest paths of at most so many ``steps`` between two things over the plain edges, one row an edge.

    ``via`` keeps to some relations, ``without`` avoids some; edges are walked in both directions.
    """
    from kgtool.analysis import network
    from kgtool.analysis.network import tables

    ends = (graph.names.resolve(start), graph.names.resolve(goal))
    found = network.paths(_network(graph, policy, via, without), *ends, most, steps)
    return graph.labelled(tables.paths(found, graph.store.prefixes))


def neighbourhood(
    graph: Lookups, thing: str, steps: int = 1, via: Sequence[str] = (), without: Sequence[str] = (), policy: str = "default"
) -> Answer:
    """All things within so many steps, the nearest first, with the edges that lead to each."""
    from kgtool.analysis import network
    from kgtool.analysis.network import tables

    found = network.neighbourhood(_network(graph, policy, via, without), graph.names.resolve(thing), steps)
    return graph.labelled(tables.neighbours(found, graph.store.prefixes))


def components(graph: Lookups, via: Sequence[str] = (), without: Sequence[str] = (), policy: str = "default") -> Answer:
    """The islands of things that no plain edge joins, the largest first, one row a thing."""
    from kgtool.analysis.network import tables

    return graph.labelled(tables.components(_network(graph, policy, via, without), graph.store.prefixes))


def centrality(
    graph: Lookups, measure: str = "degree", limit: int = 50, via: Sequence[str] = (), without: Sequence[str] = (),
    policy: str = "default",
) -> Answer:
    """The things in the middle of the plain edges: by ``degree``, ``pagerank`` or ``betweenness``, which is an
    estimate where there are more than a few hundred things."""
    from kgtool.analysis.network import tables

    return graph.labelled(tables.centrality(_network(graph, policy, via, without), measure, limit, graph.store.prefixes))


def _network(graph: Lookups, policy: str, via: Sequence[str], without: Sequence[str]) -> Network:
    from kgtool.analysis import meaning, network

    kept, left = (frozenset(meaning.relation_meant(name, graph.names) for name in several(named)) for named in (via, without))
    asked = (graph.policy(policy), kept, left)
    if asked not in graph._networks:
        graph._networks[asked] = network.read(graph.store, graph.views, *asked)
    return graph._networks[asked]

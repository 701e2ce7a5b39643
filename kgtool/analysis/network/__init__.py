"""The plain edges as a network: who stands near whom, over which paths, in which islands, and how central.

Edges are walked in both directions. All comes in one order, whatever walks: things by their IRIs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from itertools import islice, pairwise

from pyoxigraph import NamedNode

from kgtool.analysis.network import pairs as shapes
from kgtool.analysis.network import shortest
from kgtool.analysis.network.pairs import Pairs
from kgtool.analysis.network.walker import Walker
from kgtool.catalogue import Query
from kgtool.errors import WrongUse, check_number, check_text
from kgtool.store import GraphStore
from kgtool.terms import Prefixes, did_you_mean

# Above so many pairs, arrays of numbers pay; below, loading what holds them takes longer than walking.
LARGE = 20_000
MOST_PATHS, MOST_STEPS = 1000, 20


@dataclass(frozen=True, order=True)
class Edge:
    """One plain edge as it stands, with the claims it rests on."""

    subject: str
    relation: str
    object: str
    claims: tuple[str, ...]


@dataclass(frozen=True)
class Path:
    """Things in a row, and for each two neighbours all edges between them."""

    things: tuple[str, ...]
    steps: tuple[tuple[Edge, ...], ...]


@dataclass(frozen=True)
class Near:
    """A thing some steps away, with the edges that join it to those one step nearer."""

    steps: int
    thing: str
    over: tuple[Edge, ...]


@dataclass(frozen=True)
class Network:
    """The edges of one policy, or those of some relations. ``edges(one, others)`` gives those between a thing and others."""

    pairs: Pairs
    prefixes: Prefixes
    edges: Callable[[str, tuple[str, ...]], tuple[Edge, ...]]

    @cached_property
    def walker(self) -> Walker:
        return walker(self.pairs)

    def place(self, thing: str) -> int:
        """The number of a thing; WrongUse where no edge touches it."""
        if thing not in self.pairs.place:
            name = self.prefixes.contract(thing)
            raise WrongUse(f"no edge here touches {name}; another policy or other relations may have some")
        return self.pairs.place[thing]


def read(
    store: GraphStore, queries: Mapping[str, Query], policy: str, via: Collection[str] = (), without: Collection[str] = ()
) -> Network:
    """The network of a policy's plain edges: of some relations (``via``), or of all but some."""
    ((graph,),) = store.select(f"SELECT ?graph {{ <{policy}> kg:edgeGraph ?graph }}").rows

    def counts(relation: str) -> bool:
        return relation not in without and (not via or relation in via)

    def edges(one: str, others: tuple[str, ...]) -> tuple[Edge, ...]:
        ways = ({"subject": one, "object": others}, {"subject": others, "object": one})
        rows = (row for way in ways for row in store.select(queries["edges-from-to"].bind({"policy": policy, **way})).rows)
        return tuple(sorted(edge for edge in _edges(rows) if counts(edge.relation)))

    ends = ((quad.subject.value, quad.object.value) for quad in store.quads(graph.value)
            if isinstance(quad.object, NamedNode) and counts(quad.predicate.value))
    return Network(shapes.of(ends), store.prefixes, edges)


def walker(pairs: Pairs) -> Walker:
    """What walks a network of this size best: networkx, or SciPy's arrays where it is large and they are installed."""
    if len(pairs.ends) > LARGE and find_spec("scipy"):
        from kgtool.analysis.network.large import Arrays

        return Arrays(pairs)
    from kgtool.analysis.network.small import Networkx

    return Networkx(pairs)


def paths(network: Network, start: str, goal: str, most: int = 5, longest: int = 6) -> list[Path]:
    """The shortest paths between two things, at most so many of at most so many steps; none where they are apart."""
    check_number("paths", most, MOST_PATHS)
    check_number("steps", longest, MOST_STEPS)
    if start == goal:
        raise WrongUse(f"a path leads from one thing to another, and both are {network.prefixes.contract(start)}")
    found = shortest.paths(network.walker, network.place(start), network.place(goal), longest)
    return [_path(network, path) for path in islice(found, most)]


def neighbourhood(network: Network, thing: str, steps: int = 1) -> list[Near]:
    """All things within so many steps, the nearest first, each with the edges over which it was reached."""
    check_number("steps", steps, MOST_STEPS)
    centre = network.place(thing)
    away, reached = {centre: 0}, [centre]
    found = []
    for step in range(1, steps + 1):
        before, reached = reached, []
        for other in sorted({other for node in before for other in network.walker.neighbours(node)} - set(away)):
            away[other] = step
            reached.append(other)
        over = defaultdict(list)
        for node in before:
            further = [other for other in network.walker.neighbours(node) if away.get(other) == step]
            for thing, edge in _edges_outwards(network, node, further):
                over[thing].append(edge)
        found += [Near(step, thing, tuple(over[thing])) for thing in _names(network, reached)]
    return found


def _edges_outwards(network: Network, node: int, others: Collection[int]) -> Iterator[tuple[str, Edge]]:
    """All edges between a thing and others, each with the other."""
    thing = network.pairs.nodes[node]
    for edge in network.edges(thing, _names(network, others)) if others else ():
        yield edge.object if edge.subject == thing else edge.subject, edge


def components(network: Network) -> list[tuple[str, ...]]:
    """The islands of things between which no edge leads, the largest first."""
    return [_names(network, island) for island in network.walker.components()]


def centrality(network: Network, measure: str = "degree") -> list[tuple[str, float]]:
    """Every thing with its score, the highest first: by ``degree``, the number of its neighbours, by ``pagerank``, or
    by ``betweenness``, which is an estimate where there are more than a few hundred things."""
    check_text("a measure", measure)
    if measure not in MEASURES:
        raise WrongUse(f"there is no measure {measure}; {did_you_mean(measure, MEASURES) or f'it is {_list(MEASURES)}'}")
    # what two ways of adding up make of one number differs in the last digits
    scores = (round(score, 9) for score in MEASURES[measure](network.walker))
    return sorted(zip(network.pairs.nodes, scores, strict=True), key=lambda scored: (-scored[1], scored[0]))


MEASURES: dict[str, Callable[[Walker], Collection[float]]] = {
    "degree": lambda walker: walker.degrees(), "pagerank": lambda walker: walker.pagerank(),
    "betweenness": lambda walker: walker.betweenness(),
}


def _path(network: Network, path: tuple[int, ...]) -> Path:
    things = _names(network, path)
    return Path(things, tuple(network.edges(one, (other,)) for one, other in pairwise(things)))


def _names(network: Network, nodes: Collection[int]) -> tuple[str, ...]:
    return tuple(network.pairs.nodes[node] for node in nodes)


def _edges(rows: Iterable[tuple]) -> Iterator[Edge]:
    claims: dict[tuple[str, str, str], list[str]] = {}
    for subject, relation, value, claim in rows:
        claims.setdefault((subject.value, relation.value, value.value), []).extend([claim.value] if claim else [])
    yield from (Edge(*edge, tuple(rests)) for edge, rests in claims.items())


def _list(words: Collection[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}"

"""A network walked by networkx: for the few thousand edges of a curated graph."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from importlib.util import find_spec

import networkx

from kgtool.analysis.network.pairs import Pairs
from kgtool.analysis.network.walker import share, sources
from kgtool.errors import WrongUse


class Networkx:
    """A Walker over a networkx.Graph."""

    def __init__(self, pairs: Pairs):
        self.graph = networkx.Graph()
        self.graph.add_nodes_from(range(len(pairs.nodes)))
        self.graph.add_edges_from(pairs.ends)

    def neighbours(self, node: int) -> Sequence[int]:
        return sorted(self.graph[node])

    def distances(self, source: int, without: Collection[int], until: Collection[int]) -> Mapping[int, int]:
        # all at once: what is small is walked through faster than it is stopped
        return networkx.single_source_shortest_path_length(networkx.restricted_view(self.graph, without, ()), source)

    def components(self) -> list[list[int]]:
        found = [sorted(island) for island in networkx.connected_components(self.graph)]
        return sorted(found, key=lambda island: (-len(island), island))

    def degrees(self) -> Sequence[int]:
        return [degree for _, degree in sorted(self.graph.degree)]

    def betweenness(self) -> Sequence[float]:
        size = len(self.graph)
        counted = networkx.betweenness_centrality_subset(self.graph, sources(size), list(self.graph))
        return [2 * ways * share(size) for _, ways in sorted(counted.items())]  # networkx halves what goes both ways

    def pagerank(self) -> Sequence[float]:
        if not find_spec("scipy"):  # with which networkx computes it
            raise WrongUse("pagerank needs SciPy: pip install 'kgtool[large]', or ask for degree")
        return [rank for _, rank in sorted(networkx.pagerank(self.graph, tol=1e-12, max_iter=1000).items())]

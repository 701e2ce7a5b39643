"""A network walked as compressed rows of numbers: for the millions of edges of an imported graph."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from kgtool.analysis.network.pairs import Pairs
from kgtool.analysis.network.walker import share, sources

FOLLOWS = 0.85  # the share of steps that follow an edge, networkx's own


class Arrays:
    """A Walker over a SciPy sparse matrix, each pair in it both ways."""

    def __init__(self, pairs: Pairs):
        import numpy
        from scipy import sparse

        ends = numpy.array(pairs.ends, dtype=numpy.int64).reshape(-1, 2)
        both = numpy.concatenate([ends, ends[:, ::-1]])
        size = len(pairs.nodes)
        self.matrix = sparse.csr_matrix((numpy.ones(len(both)), both.T), shape=(size, size))
        self.matrix.sort_indices()

    def neighbours(self, node: int) -> Sequence[int]:
        first, last = self.matrix.indptr[node:node + 2]
        return self.matrix.indices[first:last].tolist()

    def distances(self, source: int, without: Collection[int], until: Collection[int]) -> Mapping[int, int]:
        import numpy

        away = numpy.full(self.matrix.shape[0], -1, dtype=numpy.int32)
        away[list(without)] = -2
        away[source] = steps = 0
        wanted, reached = numpy.fromiter(until, dtype=numpy.int64), numpy.array([source])
        while len(reached) and not (away[wanted] >= 0).any():
            steps += 1
            beside = self._beside(reached)
            reached = numpy.unique(beside[away[beside] == -1])
            away[reached] = steps
        found = numpy.flatnonzero(away >= 0)
        return dict(zip(found.tolist(), away[found].tolist(), strict=True))

    def _beside(self, nodes):
        """The neighbours of many nodes at once, some of them more than once."""
        import numpy

        first, last = self.matrix.indptr[nodes], self.matrix.indptr[nodes + 1]
        many = last - first
        # the places of all their rows in one run: each row's start, moved by how far the rows before it reach
        skipped = numpy.repeat(first - numpy.concatenate([[0], many.cumsum()[:-1]]), many)
        return self.matrix.indices[skipped + numpy.arange(many.sum())]

    def components(self) -> list[list[int]]:
        import numpy
        from scipy.sparse import csgraph

        _, island = csgraph.connected_components(self.matrix, directed=False)
        order = numpy.argsort(island, kind="stable")
        found = numpy.split(order, numpy.flatnonzero(numpy.diff(island[order])) + 1)
        return sorted((nodes.tolist() for nodes in found), key=lambda nodes: (-len(nodes), nodes)) if len(order) else []

    def degrees(self) -> Sequence[int]:
        import numpy

        return numpy.diff(self.matrix.indptr).tolist()

    def betweenness(self) -> Sequence[float]:
        """Brandes' sums, a level of nodes at a time: https://doi.org/10.1080/0022250X.2001.9990249"""
        size = self.matrix.shape[0]
        return (sum(map(self._ways_from, sources(size))) * share(size)).tolist() if size else []

    def _ways_from(self, source: int):
        """How many of the shortest ways from a node lead over each other one; several to one node share it."""
        import numpy

        away, ways = numpy.full(self.matrix.shape[0], -1), numpy.zeros(self.matrix.shape[0])
        away[source], ways[source], steps = 0, 1, 0
        while (away == steps).any():
            further = self.matrix @ numpy.where(away == steps, ways, 0)
            steps += 1
            reached = (further > 0) & (away < 0)
            away[reached], ways[reached] = steps, further[reached]
        over = numpy.zeros(len(away))
        for step in range(steps - 1, 0, -1):
            level = away == step
            passed = self.matrix @ numpy.divide(1 + over, ways, out=numpy.zeros(len(away)), where=level)
            over += numpy.where(away == step - 1, ways * passed, 0)
        over[source] = 0
        return over

    def pagerank(self) -> Sequence[float]:
        """By the same rules as networkx: most steps go to a neighbour, the others, and those of the lonely, anywhere."""
        import numpy

        size, many = self.matrix.shape[0], numpy.diff(self.matrix.indptr)
        lonely, share = many == 0, 1 / numpy.maximum(many, 1)
        rank = numpy.full(size, 1 / size)
        for _ in range(1000):
            moved = FOLLOWS * (self.matrix @ (rank * share) + rank[lonely].sum() / size) + (1 - FOLLOWS) / size
            if numpy.abs(moved - rank).sum() < size * 1e-12:
                return moved.tolist()
            rank = moved
        return rank.tolist()

"""Sums over what is said of each thing: where two are the same, so is what is said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad


class Sums:
    """For each thing the sum of the hashes of its quads, which their order does not matter to.

    The hash is the engine's, the same in every process. That two different sums come out the same is as likely as 1 in 2^64.
    """

    def __init__(self):
        self._of: dict[NamedNode | BlankNode, int] = defaultdict(int)

    def counted(self, quads: Iterable[Quad]) -> Iterator[Quad]:
        """The quads, each counted as it passes but for those of the merge, which say nothing more."""
        merge = DefaultGraph()
        for quad in quads:
            if quad.graph_name != merge:
                self._of[quad.subject] += hash(quad)
            yield quad

    def lines(self) -> list[str]:
        return [f"{of & 0xFFFFFFFFFFFFFFFF:x} {thing}" for thing, of in self._of.items()]

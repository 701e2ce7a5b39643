"""What any network can be asked, whatever library walks it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from random import Random
from typing import Protocol

MOST_SOURCES = 300  # from which betweenness is counted; where there are more things, it is an estimate


def sources(nodes: int) -> list[int]:
    """The nodes from which betweenness is counted: all, or where there are too many, the same few in every run."""
    return list(range(nodes)) if nodes <= MOST_SOURCES else sorted(Random(nodes).sample(range(nodes), MOST_SOURCES))


def share(nodes: int) -> float:
    """What one way counts, of all ordered pairs of other nodes and as if it had been counted from every node."""
    return nodes / len(sources(nodes)) / ((nodes - 1) * (nodes - 2)) if nodes > 2 else 0.0


class Walker(Protocol):
    """A network without directions, whose nodes are the numbers from 0 on."""

    def neighbours(self, node: int) -> Sequence[int]:
        """Those next to a node, ascending."""

    def distances(self, source: int, without: Collection[int], until: Collection[int]) -> Mapping[int, int]:
        """How many steps nodes are away from the source, never through those left out.

        All that can be reached, or at least all that are no further than the nearest of ``until``.
        """

    def components(self) -> list[list[int]]:
        """The islands, each ascending; the largest first, equally large ones by their first node."""

    def degrees(self) -> Sequence[int]:
        """How many neighbours each node has."""

    def betweenness(self) -> Sequence[float]:
        """Of the shortest ways between any two others, the share that leads over each node."""

    def pagerank(self) -> Sequence[float]:
        """How often one who walks at random, and jumps anywhere at every seventh step or so, is at each node."""

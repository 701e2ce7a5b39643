"""What any network can be asked, whatever library walks it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol


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

    def pagerank(self) -> Sequence[float]:
        """How often one who walks at random, and jumps anywhere at every seventh step or so, is at each node."""

"""The network's bare shape: things as numbers in the order of their IRIs, and which two of them an edge joins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Pairs:
    """``nodes`` are IRIs, sorted; ``ends`` pairs of their places, each the smaller first, sorted and once."""

    nodes: tuple[str, ...]
    ends: tuple[tuple[int, int], ...]

    @cached_property
    def place(self) -> dict[str, int]:
        return {node: place for place, node in enumerate(self.nodes)}


def of(edges: Iterable[tuple[str, str]]) -> Pairs:
    """The pairs of things that edges join; an edge from a thing to itself joins none, but the thing is there."""
    found = {edge for edge in edges}
    nodes = tuple(sorted({node for edge in found for node in edge}))
    place = {node: number for number, node in enumerate(nodes)}
    numbered = ((place[one], place[other]) for one, other in found if one != other)
    return Pairs(nodes, tuple(sorted({(min(pair), max(pair)) for pair in numbered})))

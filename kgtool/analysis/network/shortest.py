"""The shortest paths between two things, one after the other, none through a thing twice.

Yen's way of finding them (https://doi.org/10.1287/mnsc.17.11.712), with ties told apart: of paths equally long, the one
whose things come first in the order of their names is the shorter.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator

from kgtool.analysis.network.walker import Walker

Path = tuple[int, ...]


def paths(walker: Walker, start: int, goal: int, longest: int) -> Iterator[Path]:
    """Every path of at most so many steps, the shortest first."""
    first = _best(walker, (start,), (), goal)
    waiting = [(len(first), first)] if first else []
    known = {first}
    found: list[Path] = []
    while waiting:
        length, path = heapq.heappop(waiting)
        if length > longest + 1:
            return
        yield path
        found.append(path)
        for turn in range(length - 1):
            root = path[: turn + 1]
            taken = {other[turn + 1] for other in found if other[: turn + 1] == root}
            branch = _best(walker, root, taken, goal)
            if branch and branch not in known:
                known.add(branch)
                heapq.heappush(waiting, (len(branch), branch))


def _best(walker: Walker, root: Path, taken: Collection[int], goal: int) -> Path:
    """The best path that begins with the root and then turns to none of those taken; empty where there is none."""
    open_to = [node for node in walker.neighbours(root[-1]) if node not in taken and node not in root]
    away = walker.distances(goal, root, open_to) if open_to else {}
    steps = min((away[node] for node in open_to if node in away), default=None)
    if steps is None:
        return ()
    path, here = list(root), open_to
    for left in range(steps, -1, -1):
        node = next(node for node in here if away.get(node) == left)  # the first in the order of names
        path.append(node)
        here = walker.neighbours(node)
    return tuple(path)

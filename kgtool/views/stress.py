"""Where nodes stand: a fan around one root, then drawn distances made to fit wanted distances ("stress")."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kgtool.views.geometry import Point, cross


@dataclass(frozen=True)
class Link:
    """Two joined nodes by number, the distance wanted between them, the sector the link belongs to, and the width
    and height of its label."""

    start: int
    end: int
    length: float
    sector: int
    label: tuple[float, float] = (0.0, 0.0)


Near = list[list[tuple[int, float, int]]]
WIDE = 1.45  # text is wider than high, and so are screens
_PAIR_STEPS = 1_200_000  # pairs moved in all: bounds the time of large pictures


def placings(count: int, links: Sequence[Link], root: int) -> list[list[Point]]:
    """Positions of one connected picture's nodes from a few starts, best first, the same in every run."""
    near = _near(count, links)
    branches = _branches(near, root)
    wanted = [_distances(near, node) for node in range(count)]
    _draw_kin_together(wanted, near, root)
    tries = 6 if count <= 60 else 2 if count <= 150 else 1
    rounds = max(2, min(90, _PAIR_STEPS // (tries * count * count + 1)))
    branches[root] = _ordered(branches, near, root)
    starts = (_fan(branches, root, math.tau * turn / tries) for turn in range(tries))
    settled = [_settled(start, wanted, rounds) for start in starts]
    return sorted(settled, key=lambda points: (_crossings(points, links), _spread(points)))


def _near(count: int, links: Sequence[Link]) -> Near:
    near: Near = [[] for _ in range(count)]
    for link in links:
        near[link.start].append((link.end, link.length, link.sector))
        near[link.end].append((link.start, link.length, link.sector))
    return near


def _branches(near: Near, root: int) -> dict[int, list[int]]:
    """A tree over all nodes, breadth first; children by sector, so that the strongest link claims the child."""
    branches: dict[int, list[int]] = {root: []}
    queue = [root]
    for node in queue:
        for other, _, _ in sorted(near[node], key=lambda link: (link[2], link[0])):
            if other not in branches:
                branches[other] = []
                branches[node].append(other)
                queue.append(other)
    return branches


def _distances(near: Near, source: int) -> list[float]:
    found = [math.inf] * len(near)
    found[source] = 0.0
    heap = [(0.0, source)]
    while heap:
        far, node = heapq.heappop(heap)
        if far > found[node]:
            continue
        for other, length, _ in near[node]:
            if far + length < found[other]:
                found[other] = far + length
                heapq.heappush(heap, (far + length, other))
    return found


def _draw_kin_together(wanted: list[list[float]], near: Near, root: int) -> None:
    """Leaves that hang on the root by the same kind of link want to stand side by side."""
    leaves = [(node, ends[0][2]) for node, ends in enumerate(near) if len(ends) == 1 and ends[0][0] == root]
    for node, sector in leaves:
        for other, others in leaves:
            if node != other and sector == others:
                wanted[node][other] *= 0.55


def _fan(branches: dict[int, list[int]], root: int, turn: float) -> list[Point]:
    """Each branch gets a slice of the circle as wide as it has leaves, children behind their parent."""
    leaves = _leaves(branches)
    points: list[Point] = [(0.0, 0.0)] * len(branches)
    slices = [(root, turn, turn + math.tau, 0.0)]
    for node, first, last, radius in slices:
        middle = (first + last) / 2
        points[node] = (radius * math.cos(middle), radius * math.sin(middle))
        for child in branches[node]:
            wide = (last - first) * leaves[child] / max(1, sum(leaves[each] for each in branches[node]))
            slices.append((child, first, first + wide, radius + 170.0))
            first += wide
    return points


def _leaves(branches: dict[int, list[int]]) -> dict[int, int]:
    counted: dict[int, int] = {}
    for node in reversed(branches):  # children were added after their parents
        counted[node] = sum(counted[child] for child in branches[node]) or 1
    return counted


def _ordered(branches: dict[int, list[int]], near: Near, root: int) -> list[int]:
    """The root's branches around the circle: joined branches as neighbours, then branches of one sector."""
    order = list(branches[root])
    if not 3 < len(order) <= 40:
        return order
    sector = {other: kind for other, _, kind in sorted(near[root], key=lambda link: -link[2])}
    ties = _ties(branches, near, order)
    return _improved(order, lambda tried: _unrest(tried, ties, sector))


def _ties(branches: dict[int, list[int]], near: Near, order: list[int]) -> list[tuple[int, int]]:
    branch_of: dict[int, int] = {}
    for branch in order:
        members = [branch]
        for node in members:
            branch_of[node] = branch
            members.extend(branches[node])
    joined = ((node, other) for node in branch_of for other, _, _ in near[node] if other in branch_of)
    pairs = ((branch_of[node], branch_of[other]) for node, other in joined)
    return sorted((a, b) for a, b in pairs if a < b)


def _unrest(order: list[int], ties: list[tuple[int, int]], sector: dict[int, int]) -> float:
    place, count, half = {branch: at for at, branch in enumerate(order)}, len(order), len(order) / 2
    apart = breaks = 0
    for a, b in ties:
        far = abs(place[a] - place[b])
        apart += far if far <= half else count - far
    before = sector[order[-1]]
    for branch in order:
        breaks += (kind := sector[branch]) != before
        before = kind
    return apart + 1.5 * breaks


def _improved(order: list[int], cost: Callable[[list[int]], float]) -> list[int]:
    """Moves one branch at a time to where it costs least, until nothing gets better."""
    best = cost(order)
    for _ in range(4):
        before = best
        for branch in sorted(order):
            rest = [other for other in order if other != branch]
            tried = [[*rest[:at], branch, *rest[at:]] for at in range(len(order))]
            costs = [cost(each) for each in tried]
            if min(costs) < best:
                best = min(costs)
                order = tried[costs.index(best)]
        if best == before:
            break
    return order


def _settled(points: list[Point], wanted: list[list[float]], rounds: int) -> list[Point]:
    """Stress majorisation, node by node: each moves to where its wanted distances, near ones first, agree best."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    pulls = [
        [(other, want, 1.0 / (want * want)) for other, want in enumerate(far) if other != node] for node, far in enumerate(wanted)
    ]
    for _ in range(rounds):
        for node, others in enumerate(pulls):
            x, y = xs[node], ys[node]
            across = down = weights = 0.0
            for other, want, weight in others:
                ox, oy = xs[other], ys[other]
                dx, dy = x - ox, y - oy
                pull = want / (math.sqrt(dx * dx + dy * dy) or 1.0)
                across += weight * (ox + dx * pull)
                down += weight * (oy + dy * pull)
                weights += weight
            if weights:
                xs[node], ys[node] = across / weights, down / weights
    # Rounded, so that the last digit of another machine's cosine cannot tip a later decision.
    return [(round(x * WIDE, 2), round(y, 2)) for x, y in zip(xs, ys, strict=True)]


def _crossings(points: list[Point], links: Sequence[Link]) -> int:
    if len(links) > 300:
        return 0
    lines = [(points[link.start], points[link.end]) for link in links]
    return sum(cross(*one, *other) for at, one in enumerate(lines) for other in lines[:at])


def _spread(points: list[Point]) -> float:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return round((max(xs) - min(xs)) * (max(ys) - min(ys)), 3)

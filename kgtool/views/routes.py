"""Ways of edges between boxes, around the boxes they do not belong to, and a free place on each for its label."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kgtool.views import text
from kgtool.views.geometry import OUTLINES, Box, Curve, Point, at, bent, inside, looped, part
from kgtool.views.picture import Edge

Boxes = dict[str, tuple[Box, str]]
Crowd = set[tuple[int, int]]
Sides = tuple[float, float, float, float]  # of a box: left, right, top, bottom
Traffic = dict[tuple[int, int], list[tuple[Point, int]]]


@dataclass(frozen=True)
class Bundle:
    """Claims that one drawn line stands for: same ends, evidence, label and hedge."""

    edges: tuple[Edge, ...]
    words: text.Words
    start: str
    end: str
    evidence: str
    bow: float  # how far the middle lies from the straight line, so that parallel lines fan out


@dataclass(frozen=True)
class PlacedEdge:
    """A bundle with its curve between the two outlines; ``label`` is None where no free place was found."""

    edges: tuple[Edge, ...]
    words: text.Words
    evidence: str
    curve: Curve
    samples: tuple[Point, ...]
    label: Box | None

    def shifted(self, right: float, down: float) -> PlacedEdge:
        def move(points: Sequence[Point]) -> tuple[Point, ...]:
            return tuple((x + right, y + down) for x, y in points)

        label = self.label.shifted(right, down) if self.label else None
        return PlacedEdge(self.edges, self.words, self.evidence, move(self.curve), move(self.samples), label)


def bundles(edges: Iterable[Edge]) -> list[Bundle]:
    """The edges as lines to draw, in their one order."""
    grouped: dict[tuple[str, ...], list[Edge]] = {}
    for edge in sorted(edges):
        grouped.setdefault((edge.start, edge.end, edge.evidence, edge.label, edge.hedge), []).append(edge)
    strands = Counter(frozenset(key[:2]) for key in grouped)
    used: Counter[frozenset[str]] = Counter()
    made = []
    for (start, end, evidence, label, hedge), same in grouped.items():
        pair = frozenset((start, end))
        bow = (used[pair] - (strands[pair] - 1) / 2) * 34
        used[pair] += 1
        words = text.label_words(label, hedge, len(same))
        made.append(Bundle(tuple(same), words, start, end, evidence, bow if start <= end else -bow))
    return made


def routed(bundles: Sequence[Bundle], boxes: Boxes, around: Sequence[Box | None] = ()) -> list[PlacedEdge]:
    """Every bundle with its curve, and its label where one fits. Each line keeps away from the labels of the others, as
    far as it is known ``around`` which they are."""
    curves = _curves(bundles, boxes, around)
    samples = [_samples(curve) for curve in curves]
    labels = _labels(bundles, samples, [box for box, _ in boxes.values()])
    return [
        PlacedEdge(bundle.edges, bundle.words, bundle.evidence, curve, sample, label)
        for bundle, curve, sample, label in zip(bundles, curves, samples, labels, strict=True)
    ]


def disorder(placed: Sequence[PlacedEdge]) -> tuple[int, int]:
    """How many labels found no place, and how often a line runs under the label of another."""
    traffic = _traffic([edge.samples for edge in placed])
    crossed = (_crossed(edge.label, number, traffic) for number, edge in enumerate(placed) if edge.label)
    return sum(not edge.label and edge.words.width > 0 for edge in placed), sum(crossed)


def _curves(bundles: Sequence[Bundle], boxes: Boxes, labels: Sequence[Box | None]) -> list[Curve]:
    curves: list[Curve] = []
    crowd: Crowd = set()
    grown = {name: _sides(box.grown(4)) for name, (box, _) in boxes.items()}
    words = {number: _sides(label) for number, label in enumerate(labels) if label}
    detours = _DETOURS if len(bundles) <= 120 else _DETOURS[:13] if len(bundles) <= 320 else _DETOURS[:1]
    for number, bundle in enumerate(bundles):
        obstacles = [sides for name, sides in grown.items() if name not in (bundle.start, bundle.end)]
        foreign = [sides for other, sides in words.items() if other != number]
        bother = _Bother(obstacles, foreign, crowd, [curve[3] for curve in curves])
        curves.append(_curve(bundle, boxes, detours, bother))
        crowd |= _cells_along(_samples(curves[-1]))
    return curves


# How far to bow out, and how much of it early: a gentle bow before a wide one, an even one before a lopsided one.
_DETOURS = (
    (0.0, 0.5),
    *(
        (side * step, early)
        for step in (14, 22, 30, 40, 52, 66, 85, 110, 140, 175)
        for early in (0.5, 0.85, 0.15)
        for side in (1, -1)
    ),
)


def _curve(bundle: Bundle, boxes: Boxes, detours: Sequence[tuple[float, float]], bother: _Bother) -> Curve:
    """The straightest way around foreign boxes that neither runs along an earlier line nor ends on its mark."""
    start, end = boxes[bundle.start], boxes[bundle.end]
    if bundle.start == bundle.end:
        return looped(start[0], max(14.0, 34 + 0.6 * bundle.bow))
    ends = _Outline.of(*start, 1.5), _Outline.of(*end, 2.5)
    best, best_cost = None, math.inf
    for detour, early in detours:
        strain = abs(detour) / 4 + 4 * abs(early - 0.5)
        if best_cost <= strain:
            break
        bow = bent((start[0].x, start[0].y), (end[0].x, end[0].y), bundle.bow + detour, early)
        curve = _clipped(bow, *ends)
        cost = strain + bother.of(curve, best_cost - strain)
        if cost < best_cost:
            best, best_cost = curve, cost
    return best


@dataclass(frozen=True)
class _Bother:
    """What a curve should keep away from: foreign boxes and labels, cells with earlier lines, the marks at their ends."""

    obstacles: list[Sides]
    labels: list[Sides]
    crowd: Crowd
    tips: list[Point]

    def of(self, curve: Curve, limit: float) -> float:
        """Stops where it is as much as the limit."""
        samples = _samples(curve)
        total = 100.0 * _hits(samples, self.obstacles)
        if total < limit:
            total += 25 * _hits(samples, self.labels)
        if total < limit:
            total += 8 * any(math.dist(curve[3], tip) < 11 for tip in self.tips)
        if total < limit:
            total += 3 * max(0, len(_cells_along(samples) & self.crowd) - 4)
        return total


def _hits(samples: tuple[Point, ...], obstacles: list[Sides]) -> int:
    xs, ys = [x for x, _ in samples], [y for _, y in samples]
    left, right, top, bottom = min(xs), max(xs), min(ys), max(ys)
    return sum(
        any(one <= x <= two and three <= y <= four for x, y in samples) for one, two, three, four in obstacles
        if one <= right and two >= left and three <= bottom and four >= top
    )


def _cells_along(samples: tuple[Point, ...]) -> Crowd:
    """Small cells the line runs through, but for its ends, where lines of one box must come together."""
    return {(int(x // 13), int(y // 13)) for x, y in samples[4:-4]}


def _sides(box: Box) -> Sides:
    return box.left, box.right, box.top, box.bottom


@dataclass(frozen=True)
class _Outline:
    """What a line ends at."""

    sides: Sides
    points: tuple[Point, ...]

    @staticmethod
    def of(box: Box, outline: str, air: float) -> _Outline:
        grown = box.grown(air)
        return _Outline(_sides(grown), OUTLINES[outline](grown))

    def holds(self, point: Point) -> bool:
        left, right, top, bottom = self.sides
        return left <= point[0] <= right and top <= point[1] <= bottom and inside(self.points, point)


def _clipped(curve: Curve, start: _Outline, end: _Outline) -> Curve:
    """The part of a centre-to-centre curve that is seen: from outline to outline, with a hair of air."""
    first = _leaves(curve, start)
    last = 1 - _leaves((curve[3], curve[2], curve[1], curve[0]), end)
    return part(curve, first, last) if first < last else part(curve, 0.45, 0.55)


def _leaves(curve: Curve, outline: _Outline) -> float:
    low, high = 0.0, 1.0
    for _ in range(18):
        middle = (low + high) / 2
        low, high = (middle, high) if outline.holds(at(curve, middle)) else (low, middle)
    return high


def _samples(curve: Curve) -> tuple[Point, ...]:
    steps = max(8, min(60, int(math.dist(curve[0], curve[3]) / 9)))
    return tuple(at(curve, step / steps) for step in range(steps + 1))


def _labels(bundles: Sequence[Bundle], samples: list[tuple[Point, ...]], boxes: list[Box]) -> list[Box | None]:
    """Those of short lines choose first; then each is lifted and set down again, now that the others stand somewhere."""
    traffic = _traffic(samples)
    taken = _Taken(box.grown(3) for box in boxes)
    labels: list[Box | None] = [None] * len(bundles)
    worded = [number for number, bundle in enumerate(bundles) if bundle.words.width]
    by_length = sorted(worded, key=lambda n: (round(math.dist(samples[n][0], samples[n][-1]), 3), n))
    for _ in range(4 if len(bundles) <= 120 else 1):
        before = list(labels)
        for number in by_length:
            taken.lift(labels[number])
            labels[number] = _free_place(number, bundles[number].words, samples[number], traffic, taken)
            taken.set_down(labels[number])
        if labels == before:
            break
    return labels


# How far to the side of its line a label stands: on it, with the line through its one half or the other, or clear of it.
_ASIDE = (0, -0.4, 0.4, -1, 1)


def _free_place(own: int, words: text.Words, points: tuple[Point, ...], traffic: Traffic, taken: _Taken) -> Box | None:
    """On the line where it crosses fewest others, the middle before the ends; else close beside the line."""
    best, best_cost = None, math.inf
    for place in range(1, len(points) - 1):
        off_middle = abs(place / (len(points) - 1) - 0.52)
        for aside in _ASIDE:
            cost = 4 * off_middle + 5 * abs(aside)
            if cost >= best_cost:
                continue  # nothing of what else is counted makes it better
            box = _beside(points, place, aside, words)
            if taken.meets(box):
                continue
            covered = _covered(box, points) / len(points)
            cost += 12 * max(0, covered - 0.6) + 9.0 * box.grown(9).holds(points[-1]) + 3.0 * box.holds(points[0])
            if cost < best_cost:
                cost += 9 * _crossed(box, own, traffic)
            if abs(aside) == 1 and cost < best_cost:
                # beside its line, a label must not stand as near to another, which it would seem to name
                cost += 3 * _crossed(box.grown(7), own, traffic)
            if cost < best_cost:
                best, best_cost = box, cost
    return best


def _covered(box: Box, points: tuple[Point, ...]) -> int:
    left, right, top, bottom = _sides(box)
    return sum(left <= x <= right and top <= y <= bottom for x, y in points)


def _beside(points: tuple[Point, ...], place: int, aside: int, words: text.Words) -> Box:
    """A label's box centred on a point of the line, or so far to one side, at 1 just clear of it."""
    (x, y), before, after = points[place], points[place - 1], points[place + 1]
    length = math.dist(before, after) or 1.0
    right, down = -(after[1] - before[1]) / length, (after[0] - before[0]) / length
    clear = aside * ((abs(right) * words.width + abs(down) * words.height) / 2 + 3)
    return Box(x + right * clear, y + down * clear, words.width, words.height)


_CELL = 40


def _traffic(samples: list[tuple[Point, ...]]) -> Traffic:
    """Points of all edges by cell of a grid, so that a label looks only at what is near."""
    cells: Traffic = {}
    for number, points in enumerate(samples):
        for x, y in points:
            cells.setdefault((int(x // _CELL), int(y // _CELL)), []).append(((x, y), number))
    return cells


def _crossed(box: Box, own: int, traffic: Traffic) -> int:
    left, right, top, bottom = _sides(box)  # looked at once: this is asked for some ten thousand places
    near = (traffic.get(cell, ()) for cell in _cells(box))
    return len({
        number for points in near for (x, y), number in points if left <= x <= right and top <= y <= bottom and number != own
    })


def _cells(box: Box) -> Iterable[tuple[int, int]]:
    columns = range(int(box.left // _CELL), int(box.right // _CELL) + 1)
    return ((column, row) for column in columns for row in range(int(box.top // _CELL), int(box.bottom // _CELL) + 1))


class _Taken:
    """Boxes nothing else may cover, found by cell of the grid."""

    def __init__(self, boxes: Iterable[Box]):
        self._cells: dict[tuple[int, int], list[Box]] = {}
        for box in boxes:
            self.add(box)

    def add(self, box: Box) -> None:
        for cell in _cells(box):
            self._cells.setdefault(cell, []).append(box)

    def set_down(self, label: Box | None) -> None:
        if label:
            self.add(label.grown(1.5))

    def lift(self, label: Box | None) -> None:
        if label:
            for cell in _cells(label.grown(1.5)):
                self._cells[cell].remove(label.grown(1.5))

    def meets(self, box: Box) -> bool:
        return any(box.meets(other) for cell in _cells(box) for other in self._cells.get(cell, ()))

"""Ways of edges between boxes, around the boxes they do not belong to."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kgtool.views import labels, text
from kgtool.views.geometry import OUTLINES, Box, Curve, Point, Sides, at, bent, inside, looped, part
from kgtool.views.picture import Edge

Boxes = dict[str, tuple[Box, str]]
Crowd = set[tuple[int, int]]


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
    stand = labels.placed([bundle.words for bundle in bundles], samples, [box for box, _ in boxes.values()])
    return [
        PlacedEdge(bundle.edges, bundle.words, bundle.evidence, curve, sample, label)
        for bundle, curve, sample, label in zip(bundles, curves, samples, stand, strict=True)
    ]


def disorder(placed: Sequence[PlacedEdge]) -> tuple[int, int]:
    """How many labels found no place, and how often a line runs under the label of another."""
    traffic = labels.traffic_of([edge.samples for edge in placed])
    crossed = (labels.crossed(edge.label, number, traffic) for number, edge in enumerate(placed) if edge.label)
    return sum(not edge.label and edge.words.width > 0 for edge in placed), sum(crossed)


def _curves(bundles: Sequence[Bundle], boxes: Boxes, around: Sequence[Box | None]) -> list[Curve]:
    curves: list[Curve] = []
    crowd: Crowd = set()
    grown = {name: box.grown(4).sides for name, (box, _) in boxes.items()}
    words = {number: label.sides for number, label in enumerate(around) if label}
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


@dataclass(frozen=True)
class _Outline:
    """What a line ends at."""

    sides: Sides
    points: tuple[Point, ...]

    @staticmethod
    def of(box: Box, outline: str, air: float) -> _Outline:
        grown = box.grown(air)
        return _Outline(grown.sides, OUTLINES[outline](grown))


def _clipped(curve: Curve, start: _Outline, end: _Outline) -> Curve:
    """The part of a centre-to-centre curve that is seen: from outline to outline, with a hair of air."""
    first = _leaves(curve, start)
    last = 1 - _leaves((curve[3], curve[2], curve[1], curve[0]), end)
    return part(curve, first, last) if first < last else part(curve, 0.45, 0.55)


def _leaves(curve: Curve, outline: _Outline) -> float:
    low, high = 0.0, 1.0
    left, right, top, bottom = outline.sides
    for _ in range(18):
        middle = (low + high) / 2
        x, y = at(curve, middle)
        if left <= x <= right and top <= y <= bottom and inside(outline.points, (x, y)):
            low = middle
        else:
            high = middle
    return high


def _samples(curve: Curve) -> tuple[Point, ...]:
    steps = max(8, min(60, int(math.dist(curve[0], curve[3]) / 9)))
    return tuple(at(curve, step / steps) for step in range(steps + 1))

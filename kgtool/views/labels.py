"""Where the words of lines stand: a free place on each line, or close beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from operator import itemgetter

from kgtool.views import text
from kgtool.views.geometry import Box, Point

Traffic = dict[tuple[int, int], list[tuple[Point, int]]]


def placed(words: Sequence[text.Words], samples: list[tuple[Point, ...]], boxes: list[Box]) -> list[Box | None]:
    """Those of short lines choose first; then each is lifted and set down again, now that the others stand somewhere."""
    traffic = traffic_of(samples)
    taken = _Taken(box.grown(3) for box in boxes)
    labels: list[Box | None] = [None] * len(words)
    worded = [number for number, each in enumerate(words) if each.width]
    by_length = sorted(worded, key=lambda n: (round(math.dist(samples[n][0], samples[n][-1]), 3), n))
    places = {number: _Places(number, words[number], samples[number], traffic) for number in worded}
    for _ in range(4 if len(words) <= 120 else 1):
        before = list(labels)
        for number in by_length:
            taken.lift(labels[number])
            labels[number] = places[number].best(taken)
            taken.set_down(labels[number])
        if labels == before:
            break
    return labels


# How far to the side of its line a label stands: on it, with the line through its one half or the other, or clear of it.
_ASIDE = (0, -0.4, 0.4, -1, 1)


class _Places:
    """Where the label of one line may stand: on it where it crosses fewest others, the middle before the ends; else close
    beside it. All that is against a place but other labels is found once, and only of those that are looked at."""

    def __init__(self, own: int, words: text.Words, points: tuple[Point, ...], traffic: Traffic):
        self._own, self._words, self._points, self._traffic = own, words, points, traffic
        last = len(points) - 1
        each = [(4 * abs(place / last - 0.52) + 5 * abs(aside), place, aside) for place in range(1, last) for aside in _ASIDE]
        self._all = sorted(each, key=itemgetter(0))
        self._boxes: dict[tuple[int, float], Box] = {}
        self._costs: dict[tuple[int, float], float] = {}

    def best(self, taken: _Taken) -> Box | None:
        best, best_cost = None, math.inf
        for cost, *where in self._all:
            if cost >= best_cost:
                break  # nothing of what else is counted makes it, or those after it, better
            box = self._box(*where)
            if not taken.meets(box) and (whole := cost + self._against(*where, box)) < best_cost:
                best, best_cost = box, whole
        return best

    def _box(self, place: int, aside: float) -> Box:
        if (place, aside) not in self._boxes:
            self._boxes[place, aside] = _beside(self._points, place, aside, self._words)
        return self._boxes[place, aside]

    def _against(self, place: int, aside: float, box: Box) -> float:
        if (place, aside) not in self._costs:
            covered = _covered(box, self._points) / len(self._points)
            cost = 12 * max(0, covered - 0.6) + 9.0 * box.grown(9).holds(self._points[-1]) + 3.0 * box.holds(self._points[0])
            cost += 9 * crossed(box, self._own, self._traffic)
            if abs(aside) == 1:
                # beside its line, a label must not stand as near to another, which it would seem to name
                cost += 3 * crossed(box.grown(7), self._own, self._traffic)
            self._costs[place, aside] = cost
        return self._costs[place, aside]


def _covered(box: Box, points: tuple[Point, ...]) -> int:
    left, right, top, bottom = box.sides
    return sum(left <= x <= right and top <= y <= bottom for x, y in points)


def _beside(points: tuple[Point, ...], place: int, aside: float, words: text.Words) -> Box:
    """A label's box centred on a point of the line, or so far to one side, at 1 just clear of it."""
    (x, y), before, after = points[place], points[place - 1], points[place + 1]
    length = math.dist(before, after) or 1.0
    right, down = -(after[1] - before[1]) / length, (after[0] - before[0]) / length
    clear = aside * ((abs(right) * words.width + abs(down) * words.height) / 2 + 3)
    return Box(x + right * clear, y + down * clear, words.width, words.height)


_CELL = 40


def traffic_of(samples: list[tuple[Point, ...]]) -> Traffic:
    """Points of all edges by cell of a grid, so that a label looks only at what is near."""
    cells: Traffic = {}
    for number, points in enumerate(samples):
        for x, y in points:
            cells.setdefault((int(x // _CELL), int(y // _CELL)), []).append(((x, y), number))
    return cells


def crossed(box: Box, own: int, traffic: Traffic) -> int:
    """How many lines but its own run under a label."""
    left, right, top, bottom = box.sides  # looked at once: this is asked for some ten thousand places
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
        for cell in _cells(box):
            for other in self._cells.get(cell, ()):
                if box.meets(other):
                    return True
        return False

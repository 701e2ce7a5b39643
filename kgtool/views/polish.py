"""Boxes moved one at a time to where the picture reads better: fewer crossings, no line through a foreign box."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kgtool.views.geometry import Box
from kgtool.views.stress import WIDE, Link

_CROSSING, _THROUGH, _LENGTH, _SQUEEZED, _TIGHT = 30.0, 85.0, 26.0, 26.0, 90.0
_ROUNDS = 4
_LEAST_ANGLE = math.radians(15)
_STEPS = tuple(
    (radius * math.cos(math.tau * (turn + half) / 10) * 1.3, radius * math.sin(math.tau * (turn + half) / 10))
    for radius, half in ((14.0, 0.5), (30.0, 0.0), (62.0, 0.5), (115.0, 0.0), (190.0, 0.5))
    for turn in range(10)
)
_FARTHEST_ACROSS, _FARTHEST_DOWN = (max(abs(step[side]) for step in _STEPS) for side in (0, 1))
_AIR_ACROSS, _AIR_DOWN = 4, 3  # so much of a box a line may touch

_Segment = tuple[float, float, float, float]  # from (x, y) to (x, y)
_Rectangle = tuple[float, float, float, float]  # around (x, y), half a width and half a height
_Bound = tuple[float, float, float, float]  # left, right, top, bottom

def polished(boxes: Sequence[Box], links: Sequence[Link]) -> list[Box]:
    """The boxes after a few rounds. They come with their margins, and never meet afterwards."""
    boxes, own = list(boxes), _own(boxes, links)
    fewest_first = sorted(range(len(boxes)), key=lambda at: (len(own[at]), at))
    for _ in range(_ROUNDS):
        if not any([_moved(at, boxes, links, own) for at in fewest_first]):
            break
    return boxes


def unrest(boxes: Sequence[Box], links: Sequence[Link]) -> float:
    """How much the eye dislikes the whole: the smaller, the better it reads."""
    own, total = _own(boxes, links), 0.0
    for at, box in enumerate(boxes):
        for link in own[at]:
            line = _line(link, at, box, boxes, links, own)
            total += _squeezed(line, box.x, box.y)
            if link.start == at:
                crossings, blocked = _crossings(line, box.x, box.y), _blocked(line, box.x, box.y)
                total += _easy(line, box.x, box.y) + _CROSSING * crossings + _THROUGH * blocked
    return round(total, 3)


def _own(boxes: Sequence[Box], links: Sequence[Link]) -> list[list[Link]]:
    return [[link for link in links if at in (link.start, link.end)] for at in range(len(boxes))]


def _moved(at: int, boxes: list[Box], links: Sequence[Link], own: list[list[Link]]) -> bool:
    """Whether a better place was found for one box; puts it there."""
    here = boxes[at]
    places = _Places.around(at, boxes, links, own)
    best, best_cost = here, places.cost(here.x, here.y, math.inf) - 2.0  # not for a trifle
    for box in _free(here, at, boxes):
        cost = places.cost(box.x, box.y, best_cost)
        if cost < best_cost:
            best, best_cost = box, cost
    boxes[at] = best
    return best is not here


def _free(here: Box, at: int, boxes: list[Box]) -> Iterator[Box]:
    near = [
        (other.x, other.y, wide, high) for number, other in enumerate(boxes) if number != at
        if abs(other.x - here.x) < (wide := (other.width + here.width) / 2) + _FARTHEST_ACROSS
        and abs(other.y - here.y) < (high := (other.height + here.height) / 2) + _FARTHEST_DOWN
    ]
    for right, down in _STEPS:
        x, y = here.x + right, here.y + down
        for ox, oy, wide, high in near:
            if -wide < x - ox < wide and -high < y - oy < high:
                break
        else:
            yield here.shifted(right, down)


@dataclass(frozen=True)
class _Line:
    """A line from a box that is moved, of so much width and height, to one that stays, at (x, y): in which directions other
    lines leave that one, and which lines and boxes it can meet at all from wherever the moved box may come to stand."""

    x: float
    y: float
    width: float
    height: float
    moved: tuple[float, float]
    link: Link
    turns: list[float]
    segments: list[_Segment]
    foreign: list[_Rectangle]


def _line(link: Link, at: int, reach: Box, boxes: Sequence[Box], links: Sequence[Link], own: list[list[Link]]) -> _Line:
    """``reach`` holds the centre of the moved box in every place."""
    hub = _other(link, at)
    box = boxes[hub]
    bound = min(reach.left, box.x), max(reach.right, box.x), min(reach.top, box.y), max(reach.bottom, box.y)
    turns = [_direction(box, boxes[_other(each, hub)]) for each in own[hub] if _other(each, hub) != at]
    return _Line(box.x, box.y, box.width, box.height, (boxes[at].width, boxes[at].height), link, turns,
                 _segments((at, hub), bound, boxes, links), _foreign((at, hub), bound, boxes))


def _segments(ends: tuple[int, ...], bound: _Bound, boxes: Sequence[Box], links: Sequence[Link]) -> list[_Segment]:
    """Lines that none of these boxes has, as far as they touch the bound."""
    left, right, top, bottom = bound
    found = []
    for link in links:
        if link.start in ends or link.end in ends:
            continue
        one, other = boxes[link.start], boxes[link.end]
        if ((one.x >= left or other.x >= left) and (one.x <= right or other.x <= right)
                and (one.y >= top or other.y >= top) and (one.y <= bottom or other.y <= bottom)):
            found.append((one.x, one.y, other.x, other.y))
    return found


def _foreign(ends: tuple[int, ...], bound: _Bound, boxes: Sequence[Box]) -> list[_Rectangle]:
    left, right, top, bottom = bound
    return [
        (box.x, box.y, box.width / 2 - _AIR_ACROSS, box.height / 2 - _AIR_DOWN) for number, box in enumerate(boxes)
        if number not in ends and box.right >= left and box.left <= right and box.bottom >= top and box.top <= bottom
    ]


@dataclass(frozen=True)
class _Places:
    """What a box meets where it may come to stand; what it meets nowhere is left out beforehand."""

    lines: list[_Line]
    passing: list[_Segment]
    half_width: float
    half_height: float

    @staticmethod
    def around(at: int, boxes: Sequence[Box], links: Sequence[Link], own: list[list[Link]]) -> _Places:
        here = boxes[at]
        reach = Box(here.x, here.y, 2 * _FARTHEST_ACROSS, 2 * _FARTHEST_DOWN)
        left, right = reach.left - here.width / 2, reach.right + here.width / 2
        top, bottom = reach.top - here.height / 2, reach.bottom + here.height / 2
        lines = [_line(link, at, reach, boxes, links, own) for link in own[at]]
        passing = _segments((at,), (left, right, top, bottom), boxes, links)
        return _Places(lines, passing, here.width / 2 - _AIR_ACROSS, here.height / 2 - _AIR_DOWN)

    def cost(self, x: float, y: float, limit: float) -> float:
        """What the eye dislikes about a place, as far as moving this one box can change it; stops at the limit, with what is
        counted quickly first."""
        total = 0.0
        for line in self.lines:
            total += _easy(line, x, y)
            if total >= limit:
                return total
        for line in self.lines:
            total += _squeezed(line, x, y) + _THROUGH * _blocked(line, x, y)
            if total >= limit:
                return total
        total += _THROUGH * self._through(x, y)
        for line in self.lines:
            if total >= limit:
                return total
            total += _CROSSING * _crossings(line, x, y)
        return total

    def _through(self, x: float, y: float) -> int:
        wide, high = self.half_width, self.half_height
        left, right, top, bottom = x - wide, x + wide, y - high, y + high
        found = 0
        for ax, ay, bx, by in self.passing:
            # most pass by on one side
            if (ax < left and bx < left) or (ax > right and bx > right):
                continue
            if (ay < top and by < top) or (ay > bottom and by > bottom):
                continue
            found += _cuts(ax - x, ay - y, bx - x, by - y, wide, high)
        return found


def _easy(line: _Line, x: float, y: float) -> float:
    """What is wrong with a line by itself: its length, and too little of it to be seen."""
    long = math.hypot((x - line.x) / WIDE, y - line.y) / line.link.length
    return _LENGTH * abs(math.log(max(long, 0.05))) + _TIGHT * _tight(line, abs(x - line.x), abs(y - line.y))


def _crossings(line: _Line, ax: float, ay: float) -> int:
    """How many other lines this one crosses; geometry.cross written out, since most of a picture's time is spent here."""
    bx, by = line.x, line.y
    left, right = (ax, bx) if ax < bx else (bx, ax)
    top, bottom = (ay, by) if ay < by else (by, ay)
    across, down = bx - ax, by - ay
    found = 0
    for cx, cy, dx, dy in line.segments:
        # Most pairs are far apart: settled without the four turns.
        if (cx < left and dx < left) or (cx > right and dx > right) or (cy < top and dy < top) or (cy > bottom and dy > bottom):
            continue
        if (across * (cy - ay) - down * (cx - ax)) * (across * (dy - ay) - down * (dx - ax)) < 0:
            far, deep = dx - cx, dy - cy
            found += (far * (ay - cy) - deep * (ax - cx)) * (far * (by - cy) - deep * (bx - cx)) < 0
    return found


def _blocked(line: _Line, ax: float, ay: float) -> int:
    """How many foreign boxes a line cuts."""
    bx, by = line.x, line.y
    left, right = (ax, bx) if ax < bx else (bx, ax)
    top, bottom = (ay, by) if ay < by else (by, ay)
    found = 0
    for x, y, wide, high in line.foreign:
        if x + wide < left or x - wide > right or y + high < top or y - high > bottom:
            continue
        found += _cuts(ax - x, ay - y, bx - x, by - y, wide, high)
    return found


def _cuts(ax: float, ay: float, bx: float, by: float, wide: float, high: float) -> bool:
    """Whether a line between two points, neither wholly to one side of a box around (0, 0), passes through it: by the axis
    across the line, the last that may separate the two."""
    return abs(ax * by - ay * bx) <= wide * abs(by - ay) + high * abs(bx - ax)


def _tight(line: _Line, dx: float, dy: float) -> float:
    """0 where the line shows on both sides of its label, up to 1 where the label would cover it all."""
    length = math.hypot(dx, dy) or 1.0
    right, down = max(dx / length, 1e-6), max(dy / length, 1e-6)
    (wide, high), (across, deep) = line.moved, line.link.label
    boxes = (min(line.width / right, line.height / down) + min(wide / right, high / down)) / 2
    needed = min(across / right, deep / down) + 34
    return max(0.0, min(1.0, 1 - (length - boxes) / needed))


def _squeezed(line: _Line, x: float, y: float) -> float:
    """Lines that leave one box in nearly the same direction are hard to tell apart, and so are their labels."""
    mine = math.atan2(y - line.y, x - line.x) - math.pi
    total = 0.0
    for turn in line.turns:
        apart = abs((turn - mine) % math.tau - math.pi)
        if apart < _LEAST_ANGLE:
            total += 1 - apart / _LEAST_ANGLE
    return _SQUEEZED * total


def _other(link: Link, at: int) -> int:
    return link.end if link.start == at else link.start


def _direction(here: Box, there: Box) -> float:
    return math.atan2(there.y - here.y, there.x - here.x)

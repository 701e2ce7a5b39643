"""Boxes, outlines and curves of the plane; y grows downwards, as it does in SVG."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

Point = tuple[float, float]
Curve = tuple[Point, Point, Point, Point]
Sides = tuple[float, float, float, float]  # of a box: left, right, top, bottom


@dataclass(frozen=True)
class Box:
    """An upright rectangle around its centre (x, y)."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        return self.x + self.width / 2

    @property
    def top(self) -> float:
        return self.y - self.height / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height / 2

    @property
    def sides(self) -> Sides:
        return self.left, self.right, self.top, self.bottom

    def grown(self, by: float) -> Box:
        return Box(self.x, self.y, self.width + 2 * by, self.height + 2 * by)

    def shifted(self, right: float, down: float) -> Box:
        return Box(self.x + right, self.y + down, self.width, self.height)

    def meets(self, other: Box) -> bool:
        return (
            abs(self.x - other.x) < (self.width + other.width) / 2
            and abs(self.y - other.y) < (self.height + other.height) / 2
        )

    def holds(self, point: Point) -> bool:
        return abs(point[0] - self.x) <= self.width / 2 and abs(point[1] - self.y) <= self.height / 2


def _round(box: Box, radius: float) -> tuple[Point, ...]:
    radius = min(radius, box.width / 2, box.height / 2)
    corners = ((1, 1, 0), (-1, 1, 90), (-1, -1, 180), (1, -1, 270))
    return tuple(
        (
            box.x + sx * (box.width / 2 - radius) + radius * math.cos(math.radians(start + step)),
            box.y + sy * (box.height / 2 - radius) + radius * math.sin(math.radians(start + step)),
        )
        for sx, sy, start in corners
        for step in (0, 22.5, 45, 67.5, 90)
    )


def _cut(box: Box, across: float, down: float) -> tuple[Point, ...]:
    left, right, top, bottom = box.left, box.right, box.top, box.bottom
    return (
        (left + across, top), (right - across, top), (right, top + down), (right, bottom - down),
        (right - across, bottom), (left + across, bottom), (left, bottom - down), (left, top + down),
    )


def _slant(box: Box) -> tuple[Point, ...]:
    return (box.left + 9, box.top), (box.right, box.top), (box.right - 9, box.bottom), (box.left, box.bottom)


def _arrow(box: Box) -> tuple[Point, ...]:
    return (
        (box.left, box.top), (box.right - 10, box.top), (box.right, box.y), (box.right - 10, box.bottom),
        (box.left, box.bottom), (box.left + 8, box.y),
    )


def _page(box: Box) -> tuple[Point, ...]:
    return (
        (box.left, box.top), (box.right - 9, box.top), (box.right, box.top + 9), (box.right, box.bottom),
        (box.left, box.bottom),
    )


# Each fits inside its box, so boxes that do not meet mean shapes that do not meet.
OUTLINES: dict[str, Callable[[Box], tuple[Point, ...]]] = {
    "round": lambda box: _round(box, 8),
    "box": lambda box: _round(box, 1.5),
    "double": lambda box: _round(box, box.height / 2),
    "pill": lambda box: _round(box, box.height / 2),
    "hexagon": lambda box: _cut(box, 12, box.height / 2),
    "bevel": lambda box: _cut(box, 7, 7),
    "octagon": lambda box: _cut(box, 11, box.height / 4),
    "slant": _slant,
    "arrow": _arrow,
    "page": _page,
}


def bent(start: Point, end: Point, offset: float, early: float = 0.5) -> Curve:
    """From start to end, bowing out sideways so that its middle lies ``offset`` from the straight line.

    ``early`` is the part of the bow that belongs to the first half: above 0.5, the curve bows soon after its start.
    """
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy) or 1.0
    side = (-dy / length * offset * 8 / 3, dx / length * offset * 8 / 3)
    return (
        start,
        (start[0] + dx / 3 + side[0] * early, start[1] + dy / 3 + side[1] * early),
        (start[0] + dx * 2 / 3 + side[0] * (1 - early), start[1] + dy * 2 / 3 + side[1] * (1 - early)),
        end,
    )


def looped(box: Box, reach: float) -> Curve:
    """From the box's top back to its right side, around the corner."""
    return (
        (box.x + box.width / 4, box.top), (box.x + box.width / 4, box.top - reach),
        (box.right + reach, box.y), (box.right, box.y),
    )


def at(curve: Curve, t: float) -> Point:
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = curve
    u = 1 - t
    a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
    return a * ax + b * bx + c * cx + d * dx, a * ay + b * by + c * cy + d * dy


def part(curve: Curve, first: float, last: float) -> Curve:
    """The piece of the curve between two of its places, by de Casteljau's construction."""
    return _until(_reversed(_until(_reversed(curve), 1 - first)), (last - first) / (1 - first) if first < 1 else 0.0)


def _reversed(curve: Curve) -> Curve:
    return curve[3], curve[2], curve[1], curve[0]


def _until(curve: Curve, t: float) -> Curve:
    a, b, c, d = curve
    ab, bc, cd = _between(a, b, t), _between(b, c, t), _between(c, d, t)
    abc, bcd = _between(ab, bc, t), _between(bc, cd, t)
    return a, ab, abc, _between(abc, bcd, t)


def _between(a: Point, b: Point, t: float) -> Point:
    return a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t


def inside(outline: tuple[Point, ...], point: Point) -> bool:
    """Whether a closed outline holds the point, by counting the sides a ray to the right crosses."""
    x, y = point
    crossed = False
    x1, y1 = outline[-1]
    for x2, y2 in outline:
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossed = not crossed
        x1, y1 = x2, y2
    return crossed


def cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the segments ab and cd cross in their inner parts."""
    return _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

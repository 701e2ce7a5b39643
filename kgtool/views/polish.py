"""Boxes moved one at a time to where the picture reads better: fewer crossings, no line through a foreign box."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

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
    own = _own(boxes, links)
    angles = sum(_squeezed(_other(link, at), at, boxes, own) for at in range(len(boxes)) for link in own[at])
    return round(sum(_link_cost(link, boxes, links) for link in links) + angles, 3)


def _own(boxes: Sequence[Box], links: Sequence[Link]) -> list[list[Link]]:
    return [[link for link in links if at in (link.start, link.end)] for at in range(len(boxes))]


def _moved(at: int, boxes: list[Box], links: Sequence[Link], own: list[list[Link]]) -> bool:
    """Whether a better place was found for one box; puts it there."""
    here = boxes[at]
    best, best_cost = here, _cost(at, boxes, links, own, math.inf) - 2.0  # not for a trifle
    for box in _free(here, at, boxes):
        boxes[at] = box
        cost = _cost(at, boxes, links, own, best_cost)
        if cost < best_cost:
            best, best_cost = box, cost
    boxes[at] = best
    return best is not here


def _free(here: Box, at: int, boxes: list[Box]) -> Iterator[Box]:
    others = [
        (other.x, other.y, (other.width + here.width) / 2, (other.height + here.height) / 2)
        for number, other in enumerate(boxes)
        if number != at
    ]
    for right, down in _STEPS:
        x, y = here.x + right, here.y + down
        if all(abs(x - ox) >= wide or abs(y - oy) >= high for ox, oy, wide, high in others):
            yield here.shifted(right, down)


def _cost(at: int, boxes: list[Box], links: Sequence[Link], own: list[list[Link]], limit: float) -> float:
    """What the eye dislikes about this place, as far as moving this one box can change it; stops at the limit."""
    total = 0.0
    for link in own[at]:
        total += _squeezed(_other(link, at), at, boxes, own) + _link_cost(link, boxes, links)
        if total >= limit:
            return total
    return total + _through(at, boxes, links)


def _link_cost(link: Link, boxes: Sequence[Box], links: Sequence[Link]) -> float:
    one, other = boxes[link.start], boxes[link.end]
    long = math.hypot((one.x - other.x) / WIDE, one.y - other.y) / link.length
    return (
        _CROSSING * _crossings(link, boxes, links)
        + _THROUGH * _blocked(link, boxes)
        + _LENGTH * abs(math.log(max(long, 0.05)))
        + _TIGHT * _tight(one, other, link)
    )


def _crossings(link: Link, boxes: Sequence[Box], links: Sequence[Link]) -> int:
    """How many other lines this one crosses; geometry.cross written out, since most of a picture's time is spent here."""
    start, end = link.start, link.end
    ax, ay, bx, by = boxes[start].x, boxes[start].y, boxes[end].x, boxes[end].y
    left, right, top, bottom = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
    across, down = bx - ax, by - ay
    found = 0
    for other in links:
        one, two = other.start, other.end
        if one == start or one == end or two == start or two == end:
            continue
        c, d = boxes[one], boxes[two]
        cx, dx = c.x, d.x
        # Most pairs are far apart: settled without the four turns.
        if (cx < left and dx < left) or (cx > right and dx > right):
            continue
        cy, dy = c.y, d.y
        if (cy < top and dy < top) or (cy > bottom and dy > bottom):
            continue
        if (across * (cy - ay) - down * (cx - ax)) * (across * (dy - ay) - down * (dx - ax)) < 0:
            far, deep = dx - cx, dy - cy
            found += (far * (ay - cy) - deep * (ax - cx)) * (far * (by - cy) - deep * (bx - cx)) < 0
    return found


def _blocked(link: Link, boxes: Sequence[Box]) -> int:
    """How many foreign boxes a line cuts; those wholly to one side of it are passed over without a call."""
    one, other = boxes[link.start], boxes[link.end]
    left, right, top, bottom = min(one.x, other.x), max(one.x, other.x), min(one.y, other.y), max(one.y, other.y)
    found = 0
    for box in boxes:
        x, half = box.x, box.width / 2
        if x + half < left or x - half > right or box is one or box is other:
            continue
        y, half = box.y, box.height / 2
        if y + half >= top and y - half <= bottom:
            found += _cuts(one, other, box)
    return found


def _through(at: int, boxes: Sequence[Box], links: Sequence[Link]) -> float:
    box = boxes[at]
    left, right, top, bottom = box.left, box.right, box.top, box.bottom
    found = 0
    for link in links:
        start, end = link.start, link.end
        if start == at or end == at:
            continue
        one, other = boxes[start], boxes[end]
        if (one.x < left and other.x < left) or (one.x > right and other.x > right):
            continue
        if (one.y >= top or other.y >= top) and (one.y <= bottom or other.y <= bottom):
            found += _cuts(one, other, box)
    return _THROUGH * found


def _cuts(one: Box, other: Box, box: Box) -> bool:
    """Whether the line between two centres passes through a third box, by the separating axes of the two."""
    half_x, half_y = box.width / 2 - 4, box.height / 2 - 3
    ax, bx = one.x - box.x, other.x - box.x
    if (ax > half_x and bx > half_x) or (ax < -half_x and bx < -half_x):
        return False
    ay, by = one.y - box.y, other.y - box.y
    if (ay > half_y and by > half_y) or (ay < -half_y and by < -half_y):
        return False
    return abs(ax * by - ay * bx) <= half_x * abs(by - ay) + half_y * abs(bx - ax)


def _tight(one: Box, other: Box, link: Link) -> float:
    """0 where the line shows on both sides of its label, up to 1 where the label would cover it all."""
    dx, dy = abs(other.x - one.x), abs(other.y - one.y)
    length = math.hypot(dx, dy) or 1.0
    boxes = sum(_along(box.width, box.height, dx / length, dy / length) for box in (one, other)) / 2
    needed = _along(*link.label, dx / length, dy / length) + 34
    return max(0.0, min(1.0, 1 - (length - boxes) / needed))


def _along(width: float, height: float, right: float, down: float) -> float:
    return min(width / max(right, 1e-6), height / max(down, 1e-6))


def _squeezed(hub: int, at: int, boxes: Sequence[Box], own: list[list[Link]]) -> float:
    """Lines that leave one box in nearly the same direction are hard to tell apart, and so are their labels."""
    mine = _direction(boxes[hub], boxes[at])
    total = 0.0
    for link in own[hub]:
        other = _other(link, hub)
        if other != at:
            apart = abs((_direction(boxes[hub], boxes[other]) - mine + math.pi) % math.tau - math.pi)
            total += max(0.0, 1 - apart / _LEAST_ANGLE)
    return _SQUEEZED * total


def _other(link: Link, at: int) -> int:
    return link.end if link.start == at else link.start


def _direction(here: Box, there: Box) -> float:
    return math.atan2(there.y - here.y, there.x - here.x)

"""The drawn parts: strokes with their end marks, shapes of things, capsules of hedges. Paths only, so that every
renderer agrees."""

from __future__ import annotations

import math
from collections.abc import Callable

from kgtool.views import grammar
from kgtool.views.geometry import OUTLINES, Box, Curve, Point, at, part
from kgtool.views.text import num, said


def stroke(curve: Curve, line: grammar.Line) -> str:
    """A curve in its kind's colour, width and dash, with its end mark."""
    shown = part(curve, 0.0, _before_end(curve, _SHORTER[line.end]))
    dash = f' stroke-dasharray="{line.dash}"' if line.dash else ""
    # Round caps turn the near-zero dashes of a dotted line into dots.
    cap = ' stroke-linecap="round"' if line.dash.startswith("0.") else ""
    drawn = (
        f'<path class="line" d="{path(shown)}" fill="none" stroke="{line.colour}" '
        f'stroke-width="{num(line.width)}"{dash}{cap}/>'
    )
    return drawn + _ENDS[line.end](curve[3], _heading(curve), line)


def end(line: grammar.Line) -> str:
    """The end mark of a kind of evidence, its tip at the origin, for a line that comes from the left."""
    return _ENDS[line.end]((0.0, 0.0), (1.0, 0.0), line)


def covered(line: grammar.Line) -> float:
    """How much of the line its end mark covers."""
    return _SHORTER[line.end]


def path(curve: Curve) -> str:
    """A straight curve as a line, any other as a cubic."""
    a, b, c, d = curve
    if max(_off_line(b, a, d), _off_line(c, a, d)) < 0.3:
        return f"M{_xy(a)}L{_xy(d)}"
    return f"M{_xy(a)}C{_xy(b)} {_xy(c)} {_xy(d)}"


def _off_line(point: Point, a: Point, b: Point) -> float:
    length = math.dist(a, b)
    if not length:
        return math.dist(point, a)
    return abs((b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])) / length


def _xy(point: Point) -> str:
    return f"{num(point[0])},{num(point[1])}"


def _before_end(curve: Curve, length: float) -> float:
    """The place on the curve that lies ``length`` before its end."""
    low, high = 0.0, 1.0
    for _ in range(14 if length else 0):
        middle = (low + high) / 2
        low, high = (middle, high) if math.dist(at(curve, middle), curve[3]) > length else (low, middle)
    return high


def _heading(curve: Curve) -> Point:
    back, tip = at(curve, _before_end(curve, 9.0)), curve[3]
    length = math.dist(back, tip) or 1.0
    return (tip[0] - back[0]) / length, (tip[1] - back[1]) / length


def _around(tip: Point, heading: Point, back: float, aside: float) -> Point:
    """A point so far behind the tip and so far to its right."""
    return tip[0] - heading[0] * back - heading[1] * aside, tip[1] - heading[1] * back + heading[0] * aside


def _triangle(tip: Point, heading: Point, line: grammar.Line, fill: str) -> str:
    long, half = 9.0 + line.width / 2, 3.6 + line.width / 2
    corners = [tip, _around(tip, heading, long, half), _around(tip, heading, long, -half)]
    name = "end paper" if fill != line.colour else "end"
    outline = f"M{'L'.join(_xy(corner) for corner in corners)}Z"
    return f'<path class="{name}" d="{outline}" fill="{fill}" stroke="{line.colour}" stroke-width="1.4"/>'


def _strokes(tip: Point, heading: Point, line: grammar.Line, places: list[tuple[float, float]], width: float) -> str:
    points = "L".join(_xy(_around(tip, heading, back, aside)) for back, aside in places)
    return f'<path class="end" d="M{points}" fill="none" stroke="{line.colour}" stroke-width="{num(width)}"/>'


def _tee(tip: Point, heading: Point, line: grammar.Line) -> str:
    return _strokes(tip, heading, line, [(1.0, -6.0), (1.0, 6.0)], 2.4)


def _open(tip: Point, heading: Point, line: grammar.Line) -> str:
    return _strokes(tip, heading, line, [(7.5, -4.5), (0.6, 0.0), (7.5, 4.5)], 1.5)


def _crossed(tip: Point, heading: Point, line: grammar.Line) -> str:
    first = _strokes(tip, heading, line, [(3.0, -5.0), (13.0, 5.0)], 2.2)
    return first + _strokes(tip, heading, line, [(3.0, 5.0), (13.0, -5.0)], 2.2)


def _disc(tip: Point, heading: Point, line: grammar.Line, fill: str) -> str:
    x, y = _around(tip, heading, 3.5, 0.0)
    name = "end paper" if fill != line.colour else "end"
    return (
        f'<circle class="{name}" cx="{num(x)}" cy="{num(y)}" r="3.3" fill="{fill}" stroke="{line.colour}" '
        'stroke-width="1.4"/>'
    )


_PAPER = "#ffffff"
_ENDS: dict[str, Callable[[Point, Point, grammar.Line], str]] = {
    "arrow": lambda tip, heading, line: _triangle(tip, heading, line, line.colour),
    "hollow": lambda tip, heading, line: _triangle(tip, heading, line, _PAPER),
    "open": _open,
    "tee": _tee,
    "dot": lambda tip, heading, line: _disc(tip, heading, line, line.colour),
    "ring": lambda tip, heading, line: _disc(tip, heading, line, _PAPER),
    "cross": _crossed,
    "none": lambda tip, heading, line: "",
}
# How much of the line the end mark covers.
_SHORTER = {"arrow": 8.0, "hollow": 9.0, "open": 1.5, "tee": 1.0, "dot": 5.0, "ring": 7.0, "cross": 3.0, "none": 0.0}


def shape(look: grammar.Shape, box: Box) -> str:
    """The outline of a thing; a context has a second line inside its own."""
    drawn = _outline(look, box, look.fill)
    return drawn + _outline(look, box.grown(-3.2), "none") if look.outline == "double" else drawn


def _outline(look: grammar.Shape, box: Box, fill: str) -> str:
    dash = f' stroke-dasharray="{look.dash}"' if look.dash else ""
    name = "hollow shape" if dash else "shape"
    paint = f'fill="{fill}" stroke="{look.stroke}" stroke-width="{num(look.width)}"{dash}'
    if look.outline in _RADII:
        radius = min(_RADII[look.outline], box.height / 2)
        return (
            f'<rect class="{name}" x="{num(box.left)}" y="{num(box.top)}" width="{num(box.width)}" '
            f'height="{num(box.height)}" rx="{num(radius)}" {paint}/>'
        )
    points = "L".join(_xy(point) for point in OUTLINES[look.outline](box))
    return f'<path class="{name}" d="M{points}Z" {paint}/>'


_RADII = {"round": 8.0, "box": 1.5, "pill": 99.0, "double": 99.0}


def capsule(words: str, box: Box) -> str:
    """A hedge: small italic words in a pale yellow capsule."""
    return (
        f'<rect class="hedge" x="{num(box.left)}" y="{num(box.top)}" width="{num(box.width)}" '
        f'height="{num(box.height)}" rx="{num(box.height / 2)}" fill="#fff3c4" stroke="#c9a227" stroke-width="0.8"/>'
        f'<text class="hedged" x="{num(box.x)}" y="{num(box.y + 3.5)}" font-size="10" font-style="italic" '
        f'text-anchor="middle" fill="#5c4a00">{said(words)}</text>'
    )

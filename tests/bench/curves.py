"""Growth drawn: sizes to the right and what they cost upwards, both by powers of ten, so that linear is a slope of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from math import ceil, floor, log10

from tests.bench.timing import PRODUCTS

Points = Mapping[float, float]  # what a size costs
_WIDE, _HIGH, _LEFT, _TOP, _RIGHT, _BELOW = 560, 340, 60, 40, 150, 40
_COLOURS = ("#1b6ca8", "#c8553d", "#3a7d44", "#8e5ea2", "#b8860b", "#444444")


def draw(name: str, title: str, unit: str, lines: Mapping[str, Points]) -> None:
    """One chart as build/bench/NAME.svg; a point without a cost is left out."""
    shown = {said: {x: y for x, y in sorted(points.items()) if y > 0} for said, points in lines.items()}
    across = _decades(x for points in shown.values() for x in points)
    up = _decades(y for points in shown.values() for y in points.values())
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDE + _LEFT + _RIGHT}" height="{_HIGH + _TOP + _BELOW}" '
        'font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{_LEFT}" y="22" font-size="15">{escape(title)}</text>',
        *(_upright(x, across) for x in range(across[0], across[1] + 1)),
        *(_level(y, up, unit) for y in range(up[0], up[1] + 1)),
        *_ended(shown, across, up),
        "</svg>",
    ]
    PRODUCTS.mkdir(parents=True, exist_ok=True)
    (PRODUCTS / f"{name}.svg").write_text("\n".join(parts) + "\n", encoding="utf-8")


def _decades(values: Iterable[float]) -> tuple[int, int]:
    logs = [log10(value) for value in values] or [0]
    low, high = floor(min(logs)), ceil(max(logs))
    return low, max(high, low + 1)


def _at(value: float, decades: tuple[int, int], length: int) -> float:
    return length * (log10(value) - decades[0]) / (decades[1] - decades[0])


def _place(x: float, y: float, across: tuple[int, int], up: tuple[int, int]) -> tuple[float, float]:
    return round(_LEFT + _at(x, across, _WIDE), 1), round(_TOP + _HIGH - _at(y, up, _HIGH), 1)


def _upright(power: int, across: tuple[int, int]) -> str:
    x = round(_LEFT + _at(10**power, across, _WIDE), 1)
    return (f'<path d="M{x} {_TOP}V{_TOP + _HIGH}" stroke="#ddd"/>'
            f'<text x="{x}" y="{_TOP + _HIGH + 18}" text-anchor="middle">10<tspan dy="-4" font-size="9">{power}</tspan></text>')


def _level(power: int, up: tuple[int, int], unit: str) -> str:
    y = round(_TOP + _HIGH - _at(10.0**power, up, _HIGH), 1)
    return (f'<path d="M{_LEFT} {y}H{_LEFT + _WIDE}" stroke="#ddd"/>'
            f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end">{10.0**power:g} {escape(unit)}</text>')


def _ended(shown: Mapping[str, Points], across: tuple[int, int], up: tuple[int, int]) -> list[str]:
    """Each line with its name at its end; names that would meet are pushed apart."""
    parts, lowest = [], float("inf")
    lines = [(said, [_place(x, y, across, up) for x, y in points.items()]) for said, points in shown.items() if points]
    for number, (said, places) in enumerate(sorted(lines, key=lambda line: -line[1][-1][1])):
        colour = _COLOURS[number % len(_COLOURS)]
        lowest = min(places[-1][1] + 4, lowest - 14)
        parts += [
            f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{" ".join(f"{x},{y}" for x, y in places)}"/>',
            *(f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in places),
            f'<text x="{places[-1][0] + 8}" y="{lowest}" fill="{colour}">{escape(said)}</text>',
        ]
    return parts

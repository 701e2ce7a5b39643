"""The legend of a sheet: a sample, a word and a count for each kind that occurs, and for nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from kgtool.views import grammar, marks, text
from kgtool.views.geometry import Box, bent
from kgtool.views.picture import Picture
from kgtool.views.text import num, said

_SIZE = 11.0
_ROW = 21.0


def rows(picture: Picture, width: float, top: float) -> tuple[str, float]:
    """The legend from ``top`` on, and where it ends: evidence first, then kinds of things."""
    if not picture.nodes:
        return "", top
    rule = f'<path class="rule" d="M16,{num(top)}H{num(width - 16)}" stroke="#d5dae0" stroke-width="1"/>\n'
    evidence, middle = _flow(_evidence(picture), width, top + 8)
    kinds, bottom = _flow(_kinds(picture), width, middle + (2 if evidence else 0))
    return f'{rule}<g class="legend">\n{evidence}{kinds}</g>\n', bottom + 2


def line_sample(kind: str) -> str:
    """34 by 16 pixels of a kind of evidence."""
    return marks.stroke(bent((1.0, 8.0), (33.0, 8.0), 0.0), grammar.LINES[kind])


def shape_sample(kind: str) -> str:
    """34 by 16 pixels of a kind of thing."""
    return marks.shape(grammar.SHAPES[kind], Box(17, 8, 30, 14))


def hedged(picture: Picture) -> int:
    """How many edges carry a hedge."""
    return sum(bool(edge.hedge) for edge in picture.edges)


def _evidence(picture: Picture) -> Iterable[tuple[str, str]]:
    for kind, count in grammar.evidence_counts(picture).items():
        yield line_sample(kind), f"{grammar.legend_words(picture, kind)} ({count})"
    if hedged(picture):
        yield marks.capsule("can", Box(17, 8, 32, text.CAPSULE - 1)), f"hedge of the source ({hedged(picture)})"


def _kinds(picture: Picture) -> Iterable[tuple[str, str]]:
    for kind, count in grammar.kind_counts(picture).items():
        yield shape_sample(kind), f"{grammar.SHAPES[kind].legend} ({count})"


def _flow(items: Iterable[tuple[str, str]], width: float, top: float) -> tuple[str, float]:
    drawn, left, row = [], 16.0, 0
    for sample, words in items:
        across = 42 + text.width(words, _SIZE) + 16
        if left > 16 and left + across > width - 10:
            left, row = 16.0, row + 1
        drawn.append(_item(sample, words, left, top + row * _ROW))
        left += across
    return "".join(drawn), top + (row + 1) * _ROW if drawn else top


def _item(sample: str, words: str, left: float, top: float) -> str:
    return (
        f'<g transform="translate({num(left)} {num(top)})">{sample}<text class="ink" x="41" y="12" '
        f'font-size="{num(_SIZE)}" fill="#1b242d">{said(words)}</text></g>\n'
    )

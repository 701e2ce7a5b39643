"""Text measured without a font at hand: how wide it will be, where it wraps, what may not stand in XML."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from xml.sax.saxutils import escape

_WIDTHS = {
    0.36: "iljI.,:;'|!ftr()[]{} /-\"`·",
    0.56: "abcdeghknopqsuvxyzJL0123456789?_*$#=+<>~^",
    0.68: "ABCDEFGHKNPRSTUVXYZ&→",
    0.90: "mwMWOQ@%—…",
}
_WIDTH = {char: width for width, chars in _WIDTHS.items() for char in chars}

# Not allowed in XML 1.0, or able to turn the reading order of what follows.
_UNDRAWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Words:
    """An edge's label as it will stand: its lines, its size, and the hedge in a capsule beside or beneath them."""

    lines: tuple[str, ...]
    hedge: str
    beside: bool
    width: float
    height: float


LABEL_SIZE = 10.5
LABEL_LINE = 12.5
CAPSULE = 14.0


def clean(text: str) -> str:
    """Text as XML may hold it; every undrawable character becomes U+FFFD, so that its absence shows."""
    return _UNDRAWABLE.sub("\ufffd", text)


def said(text: str) -> str:
    """Text as element content or attribute value: cleaned, with nothing left that could become markup."""
    return escape(clean(text), {'"': "&quot;", "'": "&#39;"})


def num(value: float) -> str:
    """A length as drawings write it: one decimal at most, never "-0"."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def width(text: str, size: float) -> float:
    """Pixels, with a little to spare: wide enough for the sans-serif fonts in common use."""
    return size * sum(_char_width(char) for char in text)


def _char_width(char: str) -> float:
    if char in _WIDTH:
        return _WIDTH[char]
    if unicodedata.combining(char):
        return 0.0
    return 1.05 if unicodedata.east_asian_width(char) in "WF" else 0.7


def wrapped(text: str, columns: int, most: int) -> tuple[str, ...]:
    """At most ``most`` lines of about ``columns`` characters; what does not fit ends in an ellipsis.

    >>> wrapped("spasticity in spinal muscular atrophy", 18, 3)
    ('spasticity in', 'spinal muscular', 'atrophy')
    """
    lines: list[str] = []
    for word in _pieces(clean(text).split(), columns):
        if lines and len(lines[-1]) + 1 + len(word) <= columns:
            lines[-1] += " " + word
        elif len(lines) < most:
            lines.append(word)
        else:
            return (*lines[:-1], lines[-1][: columns - 1].rstrip() + "…")
    return tuple(lines)


def _pieces(words: list[str], columns: int) -> list[str]:
    # A word may pass the column by a little before it is cut: "gastrointestinal" is better whole.
    longest = columns + 3
    return [word[at : at + longest] for word in words for at in range(0, len(word), longest)]


def label_words(label: str, hedge: str, times: int) -> Words:
    """An edge's label set in type; ``times`` is how many claims the one line stands for."""
    lines = wrapped(f"{label} ×{times}" if times > 1 else label, 20, 2)
    capsule = _short(hedge)
    text_width = max((width(line, LABEL_SIZE) for line in lines), default=0.0)
    capsule_width = width(capsule, LABEL_SIZE) + 10 if capsule else 0.0
    beside = bool(capsule) and len(lines) == 1 and text_width + capsule_width < 120
    across = text_width + capsule_width + 3 if beside else max(text_width, capsule_width)
    down = LABEL_LINE * len(lines) + (CAPSULE if capsule and not beside else 0)
    return Words(lines, capsule, beside, across + 6, max(down, CAPSULE if capsule else 0) + 2 if across else 0.0)


def _short(hedge: str) -> str:
    return "".join(wrapped(hedge, 22, 1))

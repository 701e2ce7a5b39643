"""Where the sentences of an English text begin and end: what passages and negation both need to know."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kgtool.errors import WrongUse

# A stop with its closing quotes, brackets and note numbers, then a gap; or a line end without a stop.
_STOP = re.compile(r"(?<![.?!…])(?P<mark>[.?!…]+)[\"'”’»)\]]*(?:\[\d+\])*(?P<gap>\s+)|(?P<line>\n\s*)")
_ABBREVIATION = re.compile(
    # Case matters: "Ms." is a title, "in MS." ends a sentence.
    r"(?:\A|[\s(\[\"'“‘/])(?:[A-Za-z](?:\.[A-Za-z])*|Dr|Mrs?|Ms|Prof|St|Jr|Sr|vs|cf|etc|al|ca|approx|resp"
    r"|[Ff]igs?|Nos?|[Vv]ol|pp|Inc|Ltd|Co|Corp)\Z"
)
# After these an abbreviation's full stop ends the sentence too: "approved in the U.S. The label says …"
_STARTER = re.compile(r"(?:The|This|These|Those|It|Its|They|There|In|However|We|An?|But|If|For|When|While|Although)\s")
# Lower case that still opens a sentence: an enumerator ("b. Renal function") or a name such as pH or mRNA.
_LOW_OPENING = re.compile(r"[a-z][.)]\s|[a-z]{1,2}[A-Z]")


def require_span(text: str, start: int, end: int) -> None:
    """WrongUse unless [start, end) is a span of at least one code point of the text."""
    if start < 0 or end > len(text):
        raise WrongUse(f"{start}–{end} is not inside the text; its code points run from 0 to {len(text)}")
    if start >= end:
        raise WrongUse(f"{start}–{end} holds no text; the end must come after the start")


def bounds(text: str, start: int, end: int) -> tuple[int, int]:
    """The span of the sentence, or sentences, that hold [start, end), without the white space around them.

    A blank line always ends a sentence; a single line end does unless the next line goes on in lower case.
    """
    require_span(text, start, end)
    low, high = _block(text, start, end)
    first, last = low, high
    for stop, following in ends(text, low, high):
        if stop <= start:
            first = following
        elif stop >= end:
            last = stop
            break
    first += len(text[first:last]) - len(text[first:last].lstrip())
    last = first + len(text[first:last].rstrip())
    return min(first, start), max(last, end)


def ends(text: str, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Each sentence end within [low, high): where the sentence stops, and where the next one begins."""
    for match in _STOP.finditer(text, low, high):
        if _ends_sentence(text, match):
            yield match.start("gap" if match["mark"] else "line"), match.end()


def _block(text: str, start: int, end: int) -> tuple[int, int]:
    """The text between the nearest plain blank lines: keeps long texts quick, decides nothing."""
    before, after = text.rfind("\n\n", 0, start), text.find("\n\n", end)
    return before + 2 if before >= 0 else 0, after if after >= 0 else len(text)


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    gap = match["gap"] or match["line"]
    if gap.count("\n") > 1:
        return True
    following = match.end()
    if text[following:following + 1].islower() and not _LOW_OPENING.match(text, following):
        return False
    if "\n" in gap or match["mark"] != ".":
        return True
    stop = match.start("mark")
    abbreviated = _ABBREVIATION.search(text[max(0, stop - 12):stop])
    return not abbreviated or bool(_STARTER.match(text, following))

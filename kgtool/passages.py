"""Passages: finding the words of a text, recording their place, and telling whether they still stand there."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote

from kgtool import sentences
from kgtool.claim import Passage
from kgtool.errors import DataError, Problem, WrongUse

_ALIKE = ("'’‘ʼ‛′", "\"“”„‟″", "-‐‑‒–—−")  # what a keyboard types, then what print makes of it
_SAME_AS = {letter: f"[{re.escape(letters)}]" for letters in _ALIKE for letter in letters}
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")


def within(text: str, section: str) -> str:
    """The text in which a passage's places are counted: the whole of it, or what a section names in a JSON record.

    A section is a name under "sections", or names and numbers that lead to a text, joined by full stops. A DataError
    says why there is no such text.

    >>> within('{"sections": {"uses": "For spasms."}, "classes": ["Calmer"]}', "classes.0")
    'Calmer'
    """
    if not section:
        return text
    try:
        found = _record(text)
    except ValueError as error:
        raise DataError(Problem(f"the text is no JSON record, so it has no section {section}", "take out kg:section")) from error
    named = found.get("sections") if isinstance(found, dict) else None
    if isinstance(named, dict) and section in named:
        found = named[section]
    else:
        for step in section.split("."):
            found = _part(found, step, section)
    if not isinstance(found, str):
        raise DataError(Problem(f"section {section} is no text", _parts(found)))
    return found


@lru_cache(maxsize=1)  # a record's claims are looked up one after the other
def _record(text: str) -> object:
    return json.loads(text)


def _part(record: object, step: str, section: str) -> object:
    if isinstance(record, dict) and step in record:
        return record[step]
    if isinstance(record, list) and step.isdecimal() and int(step) < len(record):
        return record[int(step)]
    raise DataError(Problem(f"the record has no section {section}: nothing is at {step}", _parts(record)))


def _parts(record: object) -> str:
    """What a section may go on with from here."""
    if isinstance(record, dict):
        named = record.get("sections")
        return f"it has {', '.join([*(named if isinstance(named, dict) else ()), *record])}"
    return f"it has the numbers 0 to {len(record) - 1}" if isinstance(record, list) and record else "it has no parts"


def passage(version: str, text: str, start: int, end: int, section: str = "") -> Passage:
    """The record of one span; WrongUse where the span is no span of the text or holds no word.

    ``text`` is that of the section, where there is one.

    >>> made = passage("https://example.org/v1", "Baclofen can be\\xa0taken as a tablet, by mouth.", 0, 44)
    >>> made.first_words, made.last_words
    ('Baclofen can', 'by mouth.')
    """
    sentences.require_span(text, start, end)
    span = text[start:end]
    if not span.split():
        raise WrongUse(f"{start}–{end} holds only white space; a passage needs at least one word")
    if _HALF_CHARACTER.search(span):
        raise WrongUse(f"{start}–{end} holds half a character (a lone surrogate); decode the text as UTF-8 first")
    return Passage(version, start, end, *_edge_words(span), _digest(span), section)


def problem(passage: Passage, text: str) -> Problem | None:
    """What keeps the passage from being found in the text exactly as recorded, with the likely fix; None if nothing."""
    start, end = passage.start, passage.end
    if not 0 <= start < end <= len(text):
        return Problem(f"the passage {start}–{end} is not inside the text of {len(text)} code points",
                       _where_it_stands(passage, text) or "is this the version of the text it was taken from?")
    span = text[start:end]
    first, last = _edge_words(span)
    if _digest(span) != passage.digest:
        return Problem(f'the text at {start}–{end} is not the one recorded: it now reads "{first} … {last}"',
                       _where_it_stands(passage, text) or _likely_fix(passage, span))
    if first != passage.first_words:
        return Problem(f'the first words are "{first}", not "{passage.first_words}"', f'write "{first}"')
    if last != passage.last_words:
        return Problem(f'the last words are "{last}", not "{passage.last_words}"', f'write "{last}"')
    return None


def find(text: str, words: str) -> list[tuple[int, int]]:
    """Every place of words typed on a keyboard, as spans of the raw text, overlapping ones included.

    Any run of white space matches any other; straight quotes and hyphens match their typographic forms. Like an
    editor's search it looks inside longer words too, and ignores case only where nothing matches as typed.

    >>> find("can be\\xa0taken; it can be", "can be")
    [(0, 6), (17, 23)]
    """
    pattern = f"(?=({_pattern(_typed(words))}))"
    for flags in (0, re.IGNORECASE):
        if places := [match.span(1) for match in re.finditer(pattern, text, flags)]:
            return places
    return []


def nearest(text: str, words: str) -> str:
    """The longest run of the typed words that stands in the text as whole words, as typed; "" where none does.

    >>> nearest("tested in clinical trials", "was tested in random trials")
    'tested in'
    """
    typed, best, begin = _typed(words), [], 0
    for end in range(1, len(typed) + 1):
        # Words that do not stand together do not either with one more: the run only ever moves on.
        while begin < end and not _stands(text, typed[begin:end]):
            begin += 1
        best = max(best, typed[begin:end], key=len)
    return " ".join(best)


def sentence(text: str, start: int, end: int) -> tuple[str, str, str]:
    """The sentence or sentences that hold the span, in three parts: before it, the span, after it.

    >>> sentence("It helps. Approved by the U.S. Food Office. Rarely.", 10, 18)
    ('', 'Approved', ' by the U.S. Food Office.')
    """
    low, high = sentences.bounds(text, start, end)
    return text[low:start], text[start:end], text[end:high]


def text_fragment(url: str, passage: Passage) -> str:
    """The URL that makes a browser scroll to the passage and light it.

    >>> text_fragment("https://example.org/a#top", Passage("v", 0, 30, "double-blind", "trial,", ""))
    'https://example.org/a#top:~:text=double%2Dblind,trial%2C'
    """
    # https://wicg.github.io/scroll-to-text-fragment/#syntax : "-", "," and "&" have meaning there
    page, _, fragment = url.partition("#")
    first, last = passage.first_words, passage.last_words
    is_one_word = first == last and passage.end - passage.start <= 2 * len(first)
    lit = [first] if is_one_word else [first, last]
    encoded = ",".join(quote(words, safe="").replace("-", "%2D") for words in lit)
    return f"{page}#{fragment.partition(':~:')[0]}:~:text={encoded}"


def _edge_words(span: str) -> tuple[str, str]:
    """The first and last two words, or one each where there are fewer than eight."""
    words = span.split()
    many = 2 if len(words) >= 8 else 1
    return " ".join(words[:many]), " ".join(words[-many:])


def _digest(span: str) -> str:
    # A text may hold half characters elsewhere; they match no recorded digest, and must not stop the search.
    return hashlib.sha256(span.encode("utf-8", "surrogatepass")).hexdigest()


def _where_it_stands(passage: Passage, text: str) -> str:
    """The remedy where the recorded span stands elsewhere in the text; "" where it does not."""
    length = passage.end - passage.start
    if passage.start < 0 or length < 1:
        return ""
    same = [start for start in _starts(passage, text) if _digest(text[start:start + length]) == passage.digest]
    if same:
        start = min(same, key=lambda found: abs(found - passage.start))
        return f"the same words stand at {start}–{start + length}: set start {start} and end {start + length}"
    return _counted_in_bytes(passage, text)


def _starts(passage: Passage, text: str) -> Iterator[int]:
    """Every place where the recorded first word stands."""
    # Hashing a span at every code point would take seconds a passage in a long text.
    word = passage.first_words.partition(" ")[0]
    place = text.find(word) if word else -1
    while place >= 0:
        yield place
        place = text.find(word, place + 1)


def _counted_in_bytes(passage: Passage, text: str) -> str:
    raw = text.encode("utf-8", "surrogatepass")
    if hashlib.sha256(raw[passage.start:passage.end]).hexdigest() != passage.digest:
        return ""
    start = len(raw[:passage.start].decode("utf-8", "surrogatepass"))
    end = start + len(raw[passage.start:passage.end].decode("utf-8", "surrogatepass"))
    return f"places count code points, not bytes: set start {start} and end {end}"


def _likely_fix(passage: Passage, span: str) -> str:
    if _edge_words(span) == (passage.first_words, passage.last_words):
        return f"if it is the passage meant, its digest is {_digest(span)}"
    return "find the passage again: this text was changed, or is of another version"


def _typed(words: str) -> list[str]:
    if typed := words.split():
        return typed
    raise WrongUse("no words to look for; give the words of the passage as they stand in the text")


def _pattern(typed: list[str]) -> str:
    return r"\s+".join("".join(_SAME_AS.get(letter) or re.escape(letter) for letter in word) for word in typed)


def _stands(text: str, typed: list[str]) -> bool:
    return bool(re.search(rf"(?<!\w)(?:{_pattern(typed)})(?!\w)", text, re.IGNORECASE))

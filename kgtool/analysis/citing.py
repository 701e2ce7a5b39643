"""Places in texts: found from typed words, written as Turtle to paste, and shown lit in their sentence."""

from __future__ import annotations

from pyoxigraph import Literal

from kgtool import negation, passages
from kgtool.claim import Passage
from kgtool.errors import WrongUse, amount, check_number, check_text
from kgtool.terms import Prefixes


def block(version: str, text: str, words: str, nth: int | None, prefixes: Prefixes, section: str = "") -> str:
    """The Turtle lines of the place where the words stand, ready to paste into a claim of that version."""
    check_text("what is cited", words)
    if nth is not None:
        check_number("the place", nth)
    text = passages.within(text, section)
    start, end = _one(passages.find(text, words), text, words, nth)
    return turtle(passages.passage(version, text, start, end, section), prefixes) + _warning(text, start, end)


def turtle(passage: Passage, prefixes: Prefixes) -> str:
    """A passage as the properties of a claim."""
    section = f"    kg:section {Literal(passage.section)} ;\n" if passage.section else ""
    return (
        f"    kg:saidIn {prefixes.contract(passage.version)} ;\n{section}"
        f"    kg:start {passage.start} ; kg:end {passage.end} ; "
        f"kg:firstWords {Literal(passage.first_words)} ; kg:lastWords {Literal(passage.last_words)} ;\n"
        f'    kg:spanDigest "{passage.digest}" ;'
    )


def lit(text: str, start: int, end: int) -> str:
    """A span lit in its sentence, on one line."""
    before, span, after = passages.sentence(text, start, end)
    return " ".join(f"{before}▸{span}◂{after}".split())


def _one(found: list[tuple[int, int]], text: str, words: str, nth: int | None) -> tuple[int, int]:
    if not found:
        near = passages.nearest(text, words)
        raise WrongUse(f"these words do not stand in the text; {f'only “{near}” does' if near else 'not one of them does'}")
    if nth is None and len(found) > 1:
        places = "\n".join(f"  {i}. at {start}: {lit(text, start, end)}" for i, (start, end) in enumerate(found, 1))
        raise WrongUse(f"these words stand in {len(found)} places; choose one with --nth, or type more of them\n{places}")
    if nth is not None and nth > len(found):
        raise WrongUse(f"these words stand in {amount(len(found), 'place')}, so there is no --nth {nth}")
    return found[(nth or 1) - 1]


def _warning(text: str, start: int, end: int) -> str:
    denied = negation.negation(text, start, end)
    return f"\n    # denied by “{denied.cue}”: not for an affirmed claim, unless its relation says no" if denied else ""

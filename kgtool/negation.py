"""Whether a text denies what a span of it says, judged by clause and cue rather than by sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from kgtool import sentences


@dataclass(frozen=True)
class Negation:
    """The words that deny, where they stand in the text, and whether that is inside the span that was asked about."""

    cue: str
    start: int
    end: int
    inside: bool


# A finite verb makes a comma's two sides clauses. Verbs that are as often nouns or participles (causes, reported)
# are left out: a wrong boundary hides a negation. "to have" is no finite verb; in "drugs that are safe" the verb
# belongs to the drugs, not to the clause.
_FINITE = (
    r"(?<!\bto\s)(?<!\bwho\s)(?<!\bthat\s)(?<!\bwhich\s)\b(?:is|are|was|were|has|have|had|do|does|did|can|could|may|"
    r"might|must|shall|should|will|would|cannot|remain(?:s|ed)|becomes?|became|seem(?:s|ed)|appear(?:s|ed)|"
    r"occur(?:s|red)|show(?:s|ed)|suggests?|suggested|improves|prevents|inhibits|relieves|worsens?|"
    r"(?:is|are|was|were|has|have|had|do|does|did|ca|could|must|should|wo|would)n['’]t)\b"
)
_VERB = re.compile(_FINITE, re.IGNORECASE)
# Words that only look like a cue: they extend, bound, doubt or doubly deny, but do not deny.
_NO_CUE = (
    r"not\s+(?:only|just|merely|simply|solely|limited\s+to|without|un(?:common|usual|like)(?:ly)?|infrequent(?:ly)?"
    r"|(?:less|more|fewer|later|earlier)\s+than)|(?:whether\s+)?or\s+not|with\s+(?:and|or)\s+without"
    r"|no\s+(?:doubt|(?:less|more|fewer|later|earlier|sooner)\s+than)|no\.\s*\d+"
    r"|without\s+(?:delay|doubt|exception|regard\s+to)"
)
# These deny their whole clause. "No longer" denies the present and "not necessarily" the rule: neither affirms.
_DENIES_CLAUSE = (
    r"not|cannot|never|\w+n['’]t|no\s+longer|by\s+no\s+means|in\s+no\s+(?:way|case)|yet\s+to\s+be|unable\s+to"
    r"|fail(?:s|ed|ing|ure)?\s+to|(?:ruled|ruling|rules)\s+out|insufficient\s+(?:evidence|data)"
    r"|(?:is|are|was|were|been|be|remains?|remained|proved)\s+(?:unknown|unproven|ineffective|lacking|absent)"
)
# These deny what follows, up to the next verb: "patients without seizures were included" includes them.
_DENIES_PHRASE = (
    r"without|(?:lack|absence)\s+of|free\s+(?:of|from)|devoid\s+of|negative\s+for|rather\s+than|instead\s+of"
)
# These deny what follows, up to the end of the clause. "NO" is nitric oxide unless all around it is in capitals.
_DENIES_REST = (
    r"(?-i:[Nn]o|NO(?=\s+[A-Z]{2}))|nor|neither|none|nobody|nothing|no\s+one|lack(?:s|ed|ing)|den(?:y|ies|ied)"
)
_CUE = re.compile(
    rf"(?<![\w-])(?:(?P<ignored>{_NO_CUE})|(?P<clause>{_DENIES_CLAUSE})|(?P<phrase>{_DENIES_PHRASE})"
    rf"|(?P<rest>{_DENIES_REST}))(?![\w-])",
    re.IGNORECASE,
)
_BREAK = re.compile(
    r"[;:](?=\s)|—|\s(?:–|--?)\s"
    r"|\b(?:but|although|though|whereas|while|except|unless|other\s+than)\b"
    r"|(?<=,\s)yet\b|\band\s+yet\b|(?<![,\s])\s+however\b(?!,)"
    rf"|\band\s+(?={_FINITE})",
    re.IGNORECASE,
)
_COMMA = re.compile(r",(?=\s)")
_COORDINATOR = re.compile(r",?\s*(?:and|or|nor|so|however)\b", re.IGNORECASE)
_LIST_GOES_ON = re.compile(r",\s*(?:and|or|nor)\b", re.IGNORECASE)
_RELATIVE = re.compile(r",?\s*(?:(?:in|of|for|to|with)\s+)?(?:which|who|whom|whose|where)\b", re.IGNORECASE)
_RELATIVE_BEFORE_CUE = re.compile(
    r"\b(?:who|which|(?:whose|that)(?:\s+\w+){0,2})\s+(?:(?:is|are|was|were|has|have|had|do|does|did"
    r"|can|could|may|might|must|should|will|would)\s+)?(?:\w+ly\s+)?\Z",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"\b(?:if|when|because|since|until)\b", re.IGNORECASE)
_PARTICIPLE = re.compile(r"\s+(?:yet\s+|previously\s+|currently\s+)?\w+(?:ing|ed)\b", re.IGNORECASE)
_CONTRAST_BEFORE_CUE = re.compile(r"(?:,|\b(?:and|or))\s+\Z", re.IGNORECASE)
_COMPLEMENT = re.compile(r"\b(?:that|whether|if)\b", re.IGNORECASE)
_FRONTED = re.compile(
    r"[\s(,]*(?:(?:and|or)\s+)?(?:in|with|without|despite|among|for|of|at|on|after|before|during|from|by|under|through"
    r"|given|instead|rather|because|since|as|if|when|although|though|while|whereas|unless|free|absent)\b",
    re.IGNORECASE,
)

# A table or list without full stops is one endless sentence; a cue further off than this says nothing of the span.
_REACH = 2000


def negation(text: str, start: int, end: int) -> Negation | None:
    """The cue that denies what the span says, or None; a cue inside the span comes before one outside.

    English only, by rule: hedges ("unlikely", "rarely") are no negation, and a verb's scope is its clause. Known
    limits: after a relative clause with no listed verb behind it the denial runs on ("patients who did not respond
    improved" denies "improved"); an imperative after a comma is not seen as a clause of its own ("if it is not
    feasible, advise …"); a subject is not carried over to a second verb ("use in stroke is old and is not advised"
    denies nothing of stroke); and two clauses joined by a bare "and" with two subjects are taken for one.

    >>> found = negation("Although its cause is not known, it is thought to help.", 13, 18)
    >>> found.cue, found.inside
    ('not', False)
    >>> negation("Although its cause is not known, it is thought to help.", 33, 54) is None
    True
    """
    low, high = sentences.bounds(text, start, end)
    low, high = max(low, start - _REACH), min(high, end + _REACH)
    inside = (cue for cue in _cues(text, low, high) if start <= cue.start() and cue.end() <= end)
    if cue := next(inside, None):
        return Negation(cue.group(), *cue.span(), inside=True)
    around = (
        cue
        for clause in _clauses(text, low, high)
        for cue in _cues(text, *clause)
        if _overlap(_scope(text, *clause, cue), (start, end))
    )
    cue = next(around, None)
    return Negation(cue.group(), *cue.span(), inside=False) if cue else None


def _cues(text: str, low: int, high: int) -> Iterator[re.Match[str]]:
    return (cue for cue in _CUE.finditer(text, low, high) if not cue["ignored"])


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _clauses(text: str, low: int, high: int) -> Iterator[tuple[int, int]]:
    sentence_ends = [following for _, following in sentences.ends(text, low, high)]
    breaks = [match.start() for match in _BREAK.finditer(text, low, high)]
    for begin, end in pairwise(sorted({low, *sentence_ends, *breaks, high})):
        yield from _split_at_commas(text, begin, end)


def _split_at_commas(text: str, low: int, high: int) -> Iterator[tuple[int, int]]:
    """A comma parts clauses where there is a verb on both sides; else it is a list's or a phrase's.

    "It helped against pain, and cough, fever or rash was not seen" parts at the "and", not at the comma nearest to
    the second verb: the list is the subject of what follows.
    """
    commas = [match.start() for match in _COMMA.finditer(text, low, high)]
    begin, turn, verb_seen = low, None, False
    for piece, after in pairwise([low, *commas, high]):
        has_verb, is_relative = bool(_VERB.search(text, piece, after)), bool(_RELATIVE.match(text, piece, after))
        joins = bool(_COORDINATOR.match(text, piece, after))
        if piece > begin and (is_relative or (verb_seen and has_verb)):
            cut = turn if turn is not None and not joins and not is_relative else piece
            yield begin, cut
            begin, turn, verb_seen = cut, None, False
        elif joins and verb_seen:
            turn = piece
        verb_seen = verb_seen or has_verb or is_relative
    yield begin, high


def _scope(text: str, low: int, high: int, cue: re.Match[str]) -> tuple[int, int]:
    """What the cue denies within its clause."""
    low, high = _within_brackets(text, low, high, cue.start())
    high = _end_of_opening_phrase(text, low, high, cue.start())
    if cue["rest"]:
        return cue.start(), high
    if cue["phrase"]:
        return cue.start(), _next_verb(text, cue.end(), high)
    if relative := _RELATIVE_BEFORE_CUE.search(text, low, cue.start()):
        return relative.start(), _next_verb(text, cue.end(), high)
    if _CONTRAST_BEFORE_CUE.search(text[low:cue.start()]):
        return cue.start(), high
    if _PARTICIPLE.match(text, cue.end(), high) and not _VERB.search(text, low, cue.start()):
        return cue.start(), _next_verb(text, cue.end(), high)
    return _start_of_condition(text, low, cue.start()), high


def _within_brackets(text: str, low: int, high: int, place: int) -> tuple[int, int]:
    """What an aside in brackets denies, it denies of itself only."""
    opened, closed = text.rfind("(", low, place), text.find(")", place, high)
    if opened < 0 or closed < 0 or text.find(")", opened, place) >= 0:
        return low, high
    return opened, closed


def _end_of_opening_phrase(text: str, low: int, high: int, place: int) -> int:
    """Where "Without treatment, …" or "In patients with no seizures, …" ends, if the cue stands in such a phrase."""
    if not _FRONTED.match(text, low, high):
        return high
    verb = _next_verb(text, place + 1, high)
    commas = [match.start() for match in _COMMA.finditer(text, place, verb)
              if not _LIST_GOES_ON.match(text, match.start())]
    return commas[-1] if commas and verb < high else high


def _start_of_condition(text: str, low: int, place: int) -> int:
    """In "is used when others are not available" the main clause is not denied; in "it is not used when …" all is."""
    conditions = [match.start() for match in _CONDITION.finditer(text, low, place)]
    return conditions[-1] if conditions and _VERB.search(text, low, conditions[-1]) else low


def _next_verb(text: str, low: int, high: int) -> int:
    """Where the next verb of the clause itself begins; in "no sign that it is safe" the verb is part of the sign."""
    verb = _VERB.search(text, low, high)
    if not verb or _COMPLEMENT.search(text, low, verb.start()):
        return high
    return verb.start()

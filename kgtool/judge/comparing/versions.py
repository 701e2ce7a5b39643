"""What became of each claim from one version of a source to the next: added, withdrawn, hardened, softened.

What a version does not say is known only where it is entered in full; elsewhere silence is nothing.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kgtool.claim import Judgement
from kgtool.judge.comparing.ground import Ground
from kgtool.judge.comparing.order import Order
from kgtool.judge.comparing.said import Said
from kgtool.terms import KG, Prefixes, Term

RULE = "version-changes"
EVERYTHING = KG + "Relation"

Change = tuple[str, Said | None, Said | None]


@dataclass(frozen=True)
class State:
    """What is entered of one version; ``full`` are the relations of which that is all it says."""

    said: tuple[Said, ...]
    full: frozenset[str]

    def would_say(self, claim: Said) -> bool:
        return claim.relation in self.full or EVERYTHING in self.full


def judge(ground: Ground) -> list[Judgement]:
    """One judgement a claim that a revision added, withdrew, hardened or softened; none for what stayed as it was."""
    by_version: dict[str, list[Said]] = defaultdict(list)
    for one in ground.said:
        by_version[one.version].append(one)
    full: dict[str, set[str]] = defaultdict(set)
    for version, relation in ground.rows("entered-in-full"):
        full[version.value].add(relation.value)

    def state(version: Term) -> State:
        return State(tuple(by_version.get(version.value, ())), frozenset(full.get(version.value, ())))

    return [
        _judged(change, later.value, ground.policy, ground.store.prefixes)
        for later, earlier in ground.rows("revisions")
        for change in _changes(state(earlier), state(later), ground.order)
    ]


def _changes(before: State, after: State, order: Order) -> Iterator[Change]:
    pairs = _pairs(before.said, after.said, order)
    for old, new in pairs:
        if change := _moved(old, new):
            yield change, old, new
    kept = {claim.claim for pair in pairs for claim in pair}
    yield from (("withdrawn", old, None) for old in before.said if old.claim not in kept and after.would_say(old))
    yield from (("added", None, new) for new in after.said if new.claim not in kept and before.would_say(new))


def _pairs(before: Sequence[Said], after: Sequence[Said], order: Order) -> list[tuple[Said, Said]]:
    """Claims that say the same in both versions, else the nearest: other qualifiers, a broader or narrower object."""
    pairs: list[tuple[Said, Said]] = []
    for alike in (_word_for_word, _content):
        before, after = _taken(before, after, alike, pairs)
    return [*pairs, *_near(before, after, order)]


def _near(before: Iterable[Said], after: Iterable[Said], order: Order) -> Iterator[tuple[Said, Said]]:
    """Each newer claim with the first older one left whose object is broader or narrower than its own."""
    standing: dict[tuple, deque[Said]] = defaultdict(deque)
    for old in before:
        for thing in (old.object, *order.broader(old.object)):
            standing[old.subject, old.relation, thing, thing == old.object].append(old)
    taken: set[str] = set()
    for new in after:
        own = new.subject, new.relation
        keys = [(*own, new.object, False), *((*own, thing, True) for thing in order.broader(new.object))]
        near = next(filter(None, (_first_left(standing[key], taken) for key in keys if key in standing)), None)
        if near:
            taken.add(near.claim)
            yield near, new


def _first_left(waiting: deque[Said], taken: set[str]) -> Said | None:
    while waiting and waiting[0].claim in taken:
        waiting.popleft()
    return waiting[0] if waiting else None


def _content(said: Said) -> tuple:
    return said.subject, said.relation, said.object


def _word_for_word(said: Said) -> tuple:
    return *_content(said), said.qualifiers


def _taken(before: Sequence[Said], after: Sequence[Said], alike: Callable[[Said], tuple],
           pairs: list[tuple[Said, Said]]) -> tuple[list[Said], list[Said]]:
    """Pairs what is alike, each claim once, and gives back what is left on either side."""
    waiting, left = _by(before, alike), []
    for new in after:
        same = waiting.get(alike(new))
        if same:
            pairs.append((same.pop(0), new))
        else:
            left.append(new)
    return [old for rest in waiting.values() for old in rest], left


def _by(said: Iterable[Said], key: Callable[[Said], tuple]) -> dict[tuple, list[Said]]:
    found: dict[tuple, list[Said]] = defaultdict(list)
    for one in said:
        found[key(one)].append(one)
    return found


def _moved(old: Said, new: Said) -> str:
    """How the newer claim changes the older; empty where it says it as surely."""
    if old.stand.denies(new.stand):
        return "reversed"
    if old.stand.surety == new.stand.surety:
        return ""
    return "hardened" if old.stand.surety < new.stand.surety else "softened"


def _judged(change: Change, later: str, policy: str, prefixes: Prefixes) -> Judgement:
    verdict, old, new = change
    claims = tuple(one.claim for one in (old, new) if one)
    said = " ".join(f"{prefixes.contract(one.claim)} ({one.version_label}): {one.words}" for one in (old, new) if one)
    return Judgement(
        kind="VersionChange",
        about=((KG + "ofVersion", NamedNode(later)), *((KG + "ofClaim", NamedNode(claim)) for claim in claims)),
        verdict=KG + verdict, reason=f"{said} {_BECAUSE[verdict]}", claims=claims, rule=RULE, policy=policy,
    )


_BECAUSE = {
    "added": "The version before, entered in full here, does not say it.",
    "withdrawn": "The version after, entered in full here, says nothing of it: withdrawn in silence.",
    "hardened": "The newer version says it without the older one's hedge.",
    "softened": "The newer version hedges what the older one said without a hedge.",
    "reversed": "One version says yes where the other says no.",
}

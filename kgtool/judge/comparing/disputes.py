"""Disputes: two claims of different versions that cannot both hold in one scope, and in which way they do not.

Claims meet in a matter: a family of relations about one thing. Within it they are joined over equal, broader, mapped or
opposite values, never each with each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, combinations, product

from pyoxigraph import NamedNode

from kgtool.claim import Judgement
from kgtool.judge.comparing.ground import Ground
from kgtool.judge.comparing.matters import Matter, Matters, Point, Standing, read_matters
from kgtool.judge.comparing.order import Order
from kgtool.judge.comparing.said import HEDGED, NO, OPEN, YES, Stand
from kgtool.terms import KG, Term

RULE = "disputes"
CONTRADICTION, SCOPE, HEDGE, VERSION, VOCABULARY = (
    f"{KG}{kind}Dispute" for kind in ("contradiction", "scope", "hedge", "version", "vocabulary")
)

Pair = tuple[Point, Point, str, str]


def judge(ground: Ground) -> list[Judgement]:
    """One judgement a pair of claims, whichever of the two is looked at first."""
    opposites: dict[Term, set[Term]] = defaultdict(set)
    for one, other in ground.rows("opposites"):
        opposites[one].add(other)
    typed = "SELECT DISTINCT ?thing ?kind { VALUES ?kind { kg:Drug kg:Disease } ?thing a ?kind }"
    about = {thing: kind.value.replace("#", "#of") for thing, kind in ground.store.select(typed).rows}
    weigh = _Weigh(ground.order, frozenset(_revisions(ground)))
    found: dict[frozenset[str], Judgement] = {}
    for pair in _pairs(read_matters(ground), ground.order, opposites):
        key = frozenset((pair[0].said.claim, pair[1].said.claim))
        verdict = ("", "") if key in found else weigh.verdict(*pair[:3])
        if verdict[0]:
            found[key] = _judgement(pair, verdict, about.get(pair[0].topic), ground)
    return [found[key] for key in sorted(found, key=sorted)]


def _revisions(ground: Ground) -> Iterator[frozenset[str]]:
    """Each pair of versions of which one came out of the other, over however many in between."""
    earlier = {later.value: before.value for later, before in ground.rows("revisions")}
    for later in earlier:
        version, passed = earlier[later], {later}
        while version and version not in passed:
            passed.add(version)
            yield frozenset((later, version))
            version = earlier.get(version, "")


def _pairs(matters: Matters, order: Order, opposites: Mapping[Term, set[Term]]) -> Iterator[Pair]:
    """Two points, how their values stand to each other, and the hierarchy release that was needed to see it."""
    for (family, topic), matter in matters.items():
        yield from _joined(matter, matter, order, opposites)
        for points in matter.values.values():
            yield from _told_again([point for standing in points.values() for point in standing])
        yield from _one_value(matter)
        for broader, release in order.broader(topic).items():
            if (family, broader) in matters:
                above = matters[family, broader]
                for one, other, how, needed in chain(_joined(matter, above, order, opposites), _across(above, matter, order)):
                    yield one, other, how, needed or release


def _joined(ones: Matter, others: Matter, order: Order, opposites: Mapping[Term, set[Term]]) -> Iterator[Pair]:
    """Points whose values are the same, the same under another name, broader on the other side, or opposites."""
    for value, points in ones.values.items():
        yield from _clashes(points, others.values.get(value, {}), "equal")
        for same in sorted(order.same(value) & others.values.keys(), key=str):
            yield from _clashes(points, others.values[same], "mapped")
    yield from _across(ones, others, order)
    for thing in ones.naming.keys() & opposites.keys():
        for opposite in opposites[thing] & others.naming.keys():
            yield from _each(ones.naming[thing], others.naming[opposite], "opposite")


def _across(ones: Matter, others: Matter, order: Order) -> Iterator[Pair]:
    """Points of which the others' value is broader."""
    for value, points in ones.values.items():
        for broader, release in order.broader(value).items():
            if broader in others.values:
                yield from _clashes(points, others.values[broader], "broader", release)


def _clashes(ones: Standing, others: Standing, how: str, release: str = "") -> Iterator[Pair]:
    """Points meet by the way they stand, so that only pairs that do not go together are ever made."""
    for stand, other in product(ones, others):
        if not _go_together(stand, other):
            yield from _each(ones[stand], others[other], how, release)


def _go_together(one: Stand, other: Stand) -> bool:
    """A capability, or somebody's finding, goes with a hedge, and a hedge with one on the other side: both may hold."""
    excluded = one.denies(other) and not (one.unsure or other.unsure)
    return not (excluded or one.firmer_or_less(other))


def _each(ones: Iterable[Point], others: Iterable[Point], how: str, release: str = "") -> Iterator[Pair]:
    yield from ((a, b, how, release) for a, b in product(ones, others) if a.said.version != b.said.version)


def _one_value(matter: Matter) -> Iterator[Pair]:
    """Points of a relation that takes one value, where they give it two."""
    by_relation: dict[str, dict[Term, list[Point]]] = defaultdict(lambda: defaultdict(list))
    for points in matter.naming.values():
        for point in points:
            if point.family.one_value:
                by_relation[point.said.relation][point.value].append(point)
    for values in by_relation.values():
        for ones, others in combinations(values.values(), 2):
            yield from _each(ones, others, "one value")


def _told_again(points: list[Point]) -> Iterator[Pair]:
    """Points on one value: by versions of one source with different surety, or of one event with other details."""
    by_source: dict[str, list[Point]] = defaultdict(list)
    for point in points:
        by_source[point.said.source].append(point)
    for own in by_source.values():
        if len({point.said.version for point in own}) > 1:
            apart = ((a, b) for a, b in combinations(own, 2) if _otherwise(a.stand, b.stand))
            yield from ((a, b, "revised", "") for a, b in apart if a.said.version != b.said.version)
    events = [point for point in points if point.family.one_event and point.stand.says == YES]
    told = ((a, b) for a, b in combinations(events, 2) if a.said.qualifiers != b.said.qualifiers)
    yield from ((a, b, "details", "") for a, b in told if a.said.version != b.said.version)


def _otherwise(one: Stand, other: Stand) -> bool:
    return (one.says, one.surety) != (other.says, other.surety)


def _judgement(pair: Pair, verdict: tuple[str, str], about: str | None, ground: Ground) -> Judgement:
    one, other = sorted(pair[:2], key=lambda point: point.said.claim)
    topic = [(about, pair[0].topic)] if about else []
    sides = [(KG + "ofClaim", NamedNode(point.said.claim)) for point in (one, other)]
    return Judgement(
        kind="Dispute", about=(*topic, *sides), verdict=verdict[0],
        reason=f"{_side(one, ground)} {_side(other, ground)} {verdict[1]}",
        claims=tuple(dict.fromkeys((one.said.claim, other.said.claim, *one.rests, *other.rests))),
        rule=RULE, policy=ground.policy, release=pair[3],
    )


def _side(point: Point, ground: Ground) -> str:
    return f"{ground.store.prefixes.contract(point.said.claim)} ({point.said.version_label}): {point.said.words}"


@dataclass(frozen=True)
class _Weigh:
    """Whether two points that met are in dispute, and in which way. ``revisions`` are pairs of versions."""

    order: Order
    revisions: frozenset[frozenset[str]]

    def verdict(self, one: Point, other: Point, how: str) -> tuple[str, str]:
        """The kind of dispute, with its reason; both empty where the two go together after all."""
        less, firm = sorted((one.stand, other.stand), key=lambda stand: stand.surety)
        firmer = one.stand.firmer_or_less(other.stand)
        if how in ("opposite", "one value") and less.unsure and not firmer:
            return "", ""  # both may hold
        if frozenset((one.said.version, other.said.version)) in self.revisions:
            return VERSION, _REVISED
        apart, narrower = self._differences(one, other)
        if how == "revised" or (firmer and (apart or narrower) and not one.stand.denies(other.stand)):
            return "", ""
        if firmer and not (apart or narrower):
            opposite = "What they say are opposites. " if how == "opposite" else ""
            return HEDGE, f"{opposite}One says {'no' if firm.says == NO else 'so'} flatly; the other {_LESS[less.surely]}."
        kind, because = self._kind(one, other, how, apart or narrower)
        if kind == SCOPE and one.said.source == other.said.source:
            return "", ""  # a source that narrows down what it says elsewhere is not in dispute with itself
        return kind, because

    def _kind(self, one: Point, other: Point, how: str, differing: list[str]) -> tuple[str, str]:
        if how == "mapped" or other.value in self.order.same(one.value):
            return VOCABULARY, "They use different words for what a mapping calls the same."
        if how == "details":
            return SCOPE, "They tell of one event with different precision."
        if differing:
            return SCOPE, f"They differ in {_listed(differing)}; each may hold in its own."
        near = one.value != other.value and self.order.related(one.value, other.value)
        if how == "broader" or near or one.topic != other.topic:
            return SCOPE, "One speaks of a broader thing than the other: they differ in precision."
        return CONTRADICTION, f"They speak of one scope, and {_NOT_BOTH[how]}."

    def _differences(self, one: Point, other: Point) -> tuple[list[str], list[str]]:
        """In which parts of their scope the two are apart, and in which one is narrower than the other."""
        apart, narrower = [], []
        for name, spelled in _PARTS.items():
            ones, others = one.scope.get(name, ()), other.scope.get(name, ())
            if ones and others:
                if not any(self.order.related(a, b) for a, b in product(ones, others)):
                    apart.append(spelled)
            elif (ones or others) and (name in _ALWAYS_NARROWS or one.family.of_some):
                narrower.append(spelled)
        return apart, narrower


# The parts of a scope. What a source leaves out means any product, but not any patient or design.
_PARTS = {
    "product": "product", "route": "route", "jurisdiction": "jurisdiction", "population": "population",
    "severity": "severity", "age": "age", "study": "study", "design": "design",
    "setting": "what is marketed and what is investigated",
}
_ALWAYS_NARROWS = ("population", "severity", "age", "design")
_REVISED = "They are two versions of one source, and do not say it alike."
_LESS = {OPEN: "leaves it open", HEDGED: "hedges"}
_NOT_BOTH = {
    "equal": "one says yes where the other says no", "opposite": "what they say are opposites",
    "one value": "only one of the two values can be right",
}


def _listed(parts: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))

"""Matters: what claims say to one question, whatever words, products or studies they say it of.

A matter is a family of relations about one thing: a product's label speaks of its drug, and a study of the drug it
studied, each within the scope that it names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal

from kgtool.judge.comparing.ground import Ground
from kgtool.judge.comparing.said import FLAT, NO, YES, Said, Stand
from kgtool.terms import KG, Term, whole

STUDIED = KG + "intervention"
PARTICIPANTS = (KG + "population", KG + "participants")
# How side effects were in one study says nothing of another's; what studies found of an outcome is held together.
OF_ITS_OWN_PATIENTS = (KG + "sideEffectSeverity", KG + "sideEffectCourse")
SETTINGS = {KG + "drugLabel": "marketed", KG + "registry": "marketed",
            KG + "primaryStudy": "investigational", KG + "trialRegister": "investigational"}


@dataclass(frozen=True)
class Family:
    """Relations that speak of one matter. ``of_some``: true where it holds of any one product; ``one_event``: about
    something that happened once; ``of_drug_studied``: a study's result is about its drug; ``value_in``: the qualifier
    that holds the value where the object does not."""

    iri: str
    of_some: bool
    one_event: bool
    of_drug_studied: bool
    value_in: str
    one_value: bool


@dataclass(frozen=True)
class Point:
    """What one claim says to a matter. ``rests`` are claims that were needed to see that it does."""

    said: Said
    family: Family
    topic: Term
    value: Term
    stand: Stand
    scope: Mapping[str, tuple[Term, ...]] = field(hash=False)
    rests: tuple[str, ...] = ()


Standing = dict[Stand, list[Point]]


@dataclass(frozen=True)
class Matter:
    """The points of one matter, indexed as they are joined: by value and then by how they stand, and those that say
    yes by every thing they name as their value or its site."""

    values: dict[Term, Standing] = field(default_factory=dict)
    naming: dict[Term, list[Point]] = field(default_factory=dict)

    def add(self, point: Point) -> None:
        self.values.setdefault(point.value, {}).setdefault(point.stand, []).append(point)
        if point.stand.says == YES:
            for thing in dict.fromkeys((point.value, *point.said.qualified("site"))):
                self.naming.setdefault(thing, []).append(point)


Matters = Mapping[tuple[str, Term], Matter]  # by family and topic
Markets = Mapping[Term, list[tuple[str, Term]]]  # route and jurisdiction of products


def read_matters(ground: Ground) -> Matters:
    """Every matter that counted claims speak to."""
    families = _families(ground)
    markets: dict[Term, list[tuple[str, Term]]] = defaultdict(list)
    for thing, dimension, value in ground.rows("products"):
        markets[thing].append((dimension.value.rpartition("#")[2], value))
    studied, participants = _by_study(ground.said, (STUDIED,)), _by_study(ground.said, PARTICIPANTS)
    matters: dict[tuple[str, Term], Matter] = defaultdict(Matter)
    for one in ground.said:
        family = families.get(one.relation)
        if family:
            for point in _points(one, family, studied, participants, markets):
                matters[family.iri, point.topic].add(point)
    return matters


def _families(ground: Ground) -> dict[str, Family]:
    return {
        relation.value: Family(
            family.value, *(flag.value == "true" for flag in (some, event, drug)), value_in.value if value_in else "",
            one.value == "true",
        )
        for family, relation, one, some, event, drug, value_in in ground.rows("families")
    }


def _by_study(said: Iterable[Said], relations: tuple[str, ...]) -> dict[Term, list[Said]]:
    found: dict[Term, list[Said]] = defaultdict(list)
    for one in said:
        if one.relation in relations and one.stand.says == YES:
            found[one.subject].append(one)
    return found


def _points(said: Said, family: Family, studied: Mapping[Term, list[Said]], participants: Mapping[Term, list[Said]],
            markets: Markets) -> Iterator[Point]:
    held = next((value for name, value in said.qualifiers if name == family.value_in), None)
    stand = Stand(NO, FLAT) if held is not None and whole(said.object) == 0 else said.stand
    who = participants.get(said.subject, ()) if family.of_drug_studied else ()
    scope = {part: held for part, held in _scope(said, who, markets).items() if KG + part != family.value_in}
    if said.relation in OF_ITS_OWN_PATIENTS:
        scope["study"] = (said.subject,)
    for topic, rests in _topics(said, family, studied):
        yield Point(said, family, topic, held or said.object, stand, scope, (*rests, *(one.claim for one in who)))


def _topics(said: Said, family: Family, studied: Mapping[Term, list[Said]]) -> list[tuple[Term, tuple[str, ...]]]:
    """What a claim is about in the end, with the claims that say so: a study is about the drug it studied."""
    if family.of_drug_studied and said.subject in studied:
        drugs = {one.object: one.claim for one in reversed(studied[said.subject])}
        return [(drug, () if claim == said.claim else (claim,)) for drug, claim in sorted(drugs.items(), key=str)]
    return [(topic, ()) for topic in said.qualified("ofTreatment") or (said.drug or said.subject,)]


def _scope(said: Said, participants: Iterable[Said], markets: Markets) -> dict[str, tuple[Term, ...]]:
    named = ("route", "jurisdiction", "severity", "design")
    scope = {name: said.qualified(name) for name in named}
    if said.drug is not None:
        scope["product"] = (said.subject,)
        for name, value in markets.get(said.subject, ()):
            scope[name] = scope[name] or (value,)
    scope["population"] = tuple(one.object for one in participants)
    first, below = (next(iter(said.qualified(name)), None) for name in ("ageFrom", "ageBelow"))
    if first or below:
        scope["age"] = (Literal(f"from {first.value if first else 0}" + (f" to below {below.value}" if below else "")),)
    if said.source_type in SETTINGS:
        scope["setting"] = (Literal(SETTINGS[said.source_type]),)
    return {name: values for name, values in scope.items() if values}

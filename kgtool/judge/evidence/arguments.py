"""What an argument from a study to a use must assume, each premise with its standing, and which of them is weakest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kgtool.judge.evidence.lines import EXACT, HIGH, LOW, MODERATE, SUPPORTS, Bridge, Line
from kgtool.judge.evidence.world import HAS_SIGN, MECHANISM, NOT_STUDIED, POPULATION, Told, Use, World
from kgtool.terms import KG

# From the weakest: what nobody says, then what is contested, then what is hedged, then what is far, then what is plain.
STRENGTHS = (
    "unsaid", "contested", "unknownStated", "undetermined", "possible", "believed",
    LOW, MODERATE, "capability", "reported", HIGH, "flat", EXACT,
)


@dataclass(frozen=True)
class Link:
    """One link of the way from a study to a use: how strong, by which claim; ``claim`` is None where nobody says it."""

    name: str
    strength: str
    reason: str
    claim: Told | None

    @property
    def rank(self) -> int:
        return STRENGTHS.index(self.strength)


@dataclass(frozen=True)
class Premise:
    """One thing that must be true for an argument to hold, and how sources stand to it."""

    name: str
    status: str
    premise: str
    claim: Told | None = None


def weakest(lines: Iterable[Line], world: World) -> tuple[Line, Link] | None:
    """The weakest link of the strongest line: a use stands as firmly as the best way to it is at its worst."""
    found = [(line, min(_links(line, world), key=lambda link: link.rank)) for line in lines if line.support == SUPPORTS]
    return max(found, key=lambda pair: pair[1].rank, default=None)


def _links(line: Line, world: World) -> Iterator[Link]:
    """The links of a line, those first that are named where several are equally weak."""
    people, use = world.name(line.studied_in), world.use(line.use)
    if line.bridge:
        yield _bridge_link(line.bridge, world)
    studied = f"It was studied in {people}, and asked about is {use}."
    yield Link("population", line.population, studied, _basis(line, POPULATION))
    yield Link("outcome", line.outcome_directness, f"It measured {world.name(line.outcome)}.", line.result)
    given = _basis(line, KG + "intervention")
    treatment = world.name(given.object if given else line.use.drug)
    yield Link("intervention", line.intervention, f"It studied {treatment}.", given)
    compared = next(iter(world.compared(line.study)), None)
    words = f"It compared: {compared.words}" if compared else "Nobody says with what it compared."
    yield Link("comparator", line.comparator, words, compared)
    yield Link("result", line.result.surely, line.result.words, line.result)


def _bridge_link(bridge: Bridge, world: World) -> Link:
    told = bridge.rests_on
    contested = f" It is contested by {world.names(bridge.against)}." if bridge.against else ""
    words = f"That {world.name(told.subject)} shows {world.name(told.object)} is {told.surely}: {told.words}{contested}"
    return Link("bridge", "contested" if bridge.against else told.surely, words, told)


def _basis(line: Line, relation: str) -> Told | None:
    return next((told for told in line.basis if told.relation == relation), None)


def premises(
    use: Use, lines: list[Line], bridge: Bridge | None, depends: Mapping[str, tuple[Told, ...]], world: World
) -> list[Premise]:
    """What must be true for the results elsewhere, or there, to speak for the use; each claim behind it is a row."""
    supporting = [line for line in lines if line.support == SUPPORTS and not line.is_review]
    far = [line for line in supporting if line.bridge]
    found = [*_effect(supporting, world)]
    if far or not supporting:
        found += [*_shows(use, bridge, depends, world), *_shown_elsewhere(use, far, world), *_same_cause(use, world)]
    return [*found, *_untested(use, world)]


def _effect(supporting: list[Line], world: World) -> Iterator[Premise]:
    if not supporting:
        yield Premise("effect", "unsaid", "The drug works against the sign in some disease; no counted study shows it.")
    for line in supporting:
        where = f"{world.name(line.use.drug)} works on {world.name(line.outcome)} in {world.name(line.studied_in)}."
        for told in line.results:
            yield Premise("effect", told.surely, where, told)


def _shows(use: Use, bridge: Bridge | None, depends: Mapping[str, tuple[Told, ...]], world: World) -> Iterator[Premise]:
    words = f"{world.name(use.disease)} shows {world.name(use.sign)}." if use.disease else ""
    if use.disease and bridge is None:
        yield Premise("bridge", "unsaid", words)
    if bridge is None:
        return
    yield Premise("bridge", "contested" if bridge.against else bridge.rests_on.surely, words, bridge.rests_on)
    for told in bridge.against:
        yield Premise("bridge contested", told.surely, f"Against it: {told.words}", told)
    for told in _resting_on(bridge.rests_on, depends):
        yield Premise("bridge rests on", told.surely, told.words, told)


def _resting_on(told: Told, depends: Mapping[str, tuple[Told, ...]]) -> list[Told]:
    """All claims that a claim rests on, however far down; the nearest first."""
    reached: dict[str, Told] = {}
    waiting = list(depends.get(told.claim, ()))
    while waiting:
        one = waiting.pop(0)
        if one.claim not in reached:
            reached[one.claim] = one
            waiting += depends.get(one.claim, ())
    return list(reached.values())


def _shown_elsewhere(use: Use, far: list[Line], world: World) -> Iterator[Premise]:
    for disease in sorted({line.studied_in for line in far}, key=str):
        for told in world.of(HAS_SIGN, disease):
            if world.signs.akin(told.object, use.sign):
                yield Premise("shared sign", told.surely, f"{world.name(disease)} shows {world.name(use.sign)}.", told)


def _same_cause(use: Use, world: World) -> Iterator[Premise]:
    """That the drug works the same way there: nobody says it, and what is said of how it works stands beside it."""
    if use.disease is not None:
        words = f"What works on {world.name(use.sign)} there works on it in {world.name(use.disease)} too."
        yield Premise("same effect in both", "unsaid", words)
    for relation in MECHANISM:
        for told in world.told(relation, use.drug):
            yield Premise("how it works", told.surely, told.words, told)


def _untested(use: Use, world: World) -> Iterator[Premise]:
    for told in world.of(NOT_STUDIED, use.drug):
        if use.disease is not None and told.object == use.disease:
            yield Premise("not tested there", "unknownStated", f"No trial there says otherwise: {told.words}", told)


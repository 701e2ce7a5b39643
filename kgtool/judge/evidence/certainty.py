"""How sure the evidence makes that a use works: a start by design, and every step down with its reason. Never up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal

from kgtool.claim import Judgement
from kgtool.judge.evidence.families import Families
from kgtool.judge.evidence.lines import (
    CLOSENESS,
    DISPUTES,
    EXACT,
    HIGH,
    LOW,
    MODERATE,
    SUPPORTS,
    Line,
    use_about,
)
from kgtool.judge.evidence.lines import (
    judgement as line_judgement,
)
from kgtool.judge.evidence.world import (
    AFFILIATION,
    DESIGN,
    ENROLMENT,
    ORIGINATOR,
    POPULATION,
    Told,
    Use,
    World,
)
from kgtool.terms import KG, SCHEMA, Term, kg, whole

RULE = "certainty"
LEVELS = ("veryLow", "low", "moderate", "high")
IN_WORDS = {"veryLow": "very low", "low": "low", "moderate": "moderate", "high": "high"}
ENOUGH = 400  # participants over the pooled lines, below which chance is not ruled out

_MASKED = {SCHEMA + "DoubleBlindedTrial", SCHEMA + "TripleBlindedTrial"}
_RANDOMISED = {SCHEMA + "RandomizedTrial"}


@dataclass(frozen=True)
class Step:
    """The start, or one step down by ``down`` levels; ``level`` is where it ends, and never below very low."""

    name: str
    down: int
    level: str
    reason: str
    claims: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rating:
    use: Use
    steps: tuple[Step, ...]
    lines: tuple[Line, ...]

    @property
    def level(self) -> str:
        return self.steps[-1].level

    @property
    def claims(self) -> tuple[str, ...]:
        """All that the rating rests on."""
        return tuple(sorted({claim for part in (*self.steps, *self.lines) for claim in part.claims}))


class Scale:
    """The rules, over one world."""

    def __init__(self, world: World):
        self.world = world
        self.families = Families(world)

    def rate(self, use: Use, lines: list[Line]) -> Rating | None:
        """The rating of a use by the lines that bear on it; None where no study of the drug supports it.

        Pooled are results on the sign or a kind of it; what was measured more broadly is listed, and rates nothing.
        Direct lines may be rated without the indirect ones or pooled with them, whichever leaves more certainty, so
        that a far study never lowers what near ones show.
        """
        studies = [line for line in lines if not line.is_review and line.intervention == EXACT]
        supporting = [line for line in studies if line.support == SUPPORTS and line.outcome_directness in (EXACT, HIGH)]
        contrary = [line for line in lines if (line.is_review and line.support != SUPPORTS) or line.support == DISPUTES]
        ratings = [self._rated(use, body, contrary, level) for level, body in _bodies(supporting)]
        # the first of the best is the most direct
        return max(ratings, key=lambda rating: LEVELS.index(rating.level), default=None)

    def _rated(self, use: Use, body: list[Line], contrary: list[Line], population: str) -> Rating:
        level, reason, claims = max(map(self._start, _studies(body)), key=lambda start: LEVELS.index(start[0]))
        steps = [Step("start", 0, level, reason, claims)]
        for name, down, why, because in self._downs(body, contrary, population):
            level = LEVELS[max(0, LEVELS.index(level) - down)]
            steps.append(Step(name, down, level, why, because))
        return Rating(use, tuple(steps), (*body, *contrary))

    def _start(self, study: Term) -> tuple[str, str, tuple[str, ...]]:
        designs, controlled = self.world.of(DESIGN, study), self.world.compared(study)
        randomised = _with(designs, _RANDOMISED)
        own = [told for told in randomised if told.own_report]
        masked, name = _with(designs, _MASKED), self.world.name(study)
        if own:
            return "high", f"{name} is randomised and controlled, by its own report.", _claims(own)
        if randomised and controlled and masked:
            said = self.world.names(randomised)
            reason = f"{name} is controlled and masked; randomisation unconfirmed: only others say so ({said})."
            return "moderate", reason, _claims([*randomised, *controlled, *masked])
        if told := [*controlled, *masked]:
            lacks = "masked" if randomised else "randomised"
            return "low", f"{name} compared or masked, but nobody counted says that it was {lacks}.", _claims(told)
        return "low", f"{name} is observational, as far as sources say.", ()

    def _downs(
        self, body: list[Line], contrary: list[Line], population: str
    ) -> Iterator[tuple[str, int, str, tuple[str, ...]]]:
        yield from self._indirect(body, population)
        yield from self._imprecise(body)
        yield from self._inconsistent(contrary)
        yield from self._one_interest(body)
        yield from self._shaky_bridge(body)

    def _indirect(self, body: list[Line], population: str) -> Iterator[tuple[str, int, str, tuple[str, ...]]]:
        far = [line for line in body if line.population == population]
        claims = tuple(sorted({told.claim for line in far for told in line.basis if told.relation == POPULATION}))
        people = ", ".join(sorted({self.world.name(line.studied_in) for line in far}))
        if population == LOW:
            yield "indirect population", 2, f"Studied in another disease, {people}, that shares the sign.", claims
        elif population == MODERATE:
            words = f"Studied in {people}, a kind of what is asked about, or what holds it."
            yield "indirect population", 1, words, claims

    def _imprecise(self, body: list[Line]) -> Iterator[tuple[str, int, str, tuple[str, ...]]]:
        counts = {study: self._enrolment(study) for study in _studies(body)}
        total = sum(whole(told.object) for told in counts.values() if told)
        if total >= ENOUGH:
            return
        silent = ", ".join(self.world.name(study) for study, told in counts.items() if told is None)
        known = f"{total} participants are known of, fewer than {ENOUGH}" if total else "The number is not known"
        words = f"{known}; {silent} gives no number." if silent else f"{known}."
        yield "imprecision", 1, words, _claims(told for told in counts.values() if told)

    def _enrolment(self, study: Term) -> Told | None:
        """The smallest number that sources give."""
        numbers = [one for one in self.world.of(ENROLMENT, study) if whole(one.object) is not None]
        return min(numbers, key=lambda one: (whole(one.object), not one.own_report, one.claim), default=None)

    def _inconsistent(self, contrary: list[Line]) -> Iterator[tuple[str, int, str, tuple[str, ...]]]:
        if contrary:
            words = " and ".join(f"{self.world.name(line.study)} ({_STANDS[line.support]})" for line in contrary)
            results = _claims(told for line in contrary for told in line.results)
            yield "inconsistency", 1, f"Not all speak for it: {words}.", results

    def _one_interest(self, body: list[Line]) -> Iterator[tuple[str, int, str, tuple[str, ...]]]:
        made = self.world.of(ORIGINATOR, body[0].use.drug)
        families = {self.families.family(told.object): told for told in made}
        found = []
        for study in _studies(body):
            authors = self.world.of(AFFILIATION, study)
            told = next((one for one in authors if self.families.family(one.object) in families), None)
            if told is None:
                return
            origin = families[self.families.family(told.object)]
            found += [told, origin, *self.families.path(told.object, origin.object)]
        yield "publication bias suspected", 1, "All who found it work belong to the drug's first maker.", _claims(found)

    def _shaky_bridge(self, body: list[Line]) -> Iterator[tuple[str, int, str, tuple[str, ...]]]:
        bridges = {line.bridge for line in body if line.bridge and not line.bridge.firm}
        for bridge in sorted(bridges, key=lambda bridge: bridge.rests_on.claim)[:1]:
            told = bridge.rests_on
            contested = f", and contested by {self.world.names(bridge.against)}" if bridge.against else ""
            shows = f"{self.world.name(told.subject)} shows {self.world.name(told.object)}"
            reason = f"That {shows} is itself {told.surely}{contested}."
            yield "shaky bridge", 1, reason, (told.claim, *(one.claim for one in bridge.against))


_STANDS = {DISPUTES: "against", "neutral": "undecided"}


def _bodies(supporting: list[Line]) -> Iterator[tuple[str, list[Line]]]:
    """What may be pooled, the most direct first, each with the directness of its least direct population."""
    for level in reversed(CLOSENESS):
        if any(line.population == level for line in supporting):
            yield level, [line for line in supporting if CLOSENESS.index(line.population) >= CLOSENESS.index(level)]


def _studies(body: Iterable[Line]) -> list[Term]:
    return sorted({line.study for line in body}, key=str)


def _with(designs: Iterable[Told], wanted: set[str]) -> list[Told]:
    return [told for told in designs if told.object.value in wanted]


def _claims(told: Iterable[Told]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.claim for one in told))


def in_words(rating: Rating, world: World) -> str:
    """The whole rating as one sentence that names its claims."""
    start, *downs = rating.steps
    moves = [f"{step.name}, down {step.down}{_named(step, world)}" for step in downs]
    begins = f"starts {IN_WORDS[start.level]}{_named(start, world)}"
    return f"{world.use(rating.use)}: {'; '.join([begins, *moves, f'ends {IN_WORDS[rating.level]}'])}."


def _named(step: Step, world: World) -> str:
    return f" ({', '.join(map(world.prefixes.contract, step.claims))})" if step.claims else ""


def judgement(rating: Rating, world: World) -> Judgement:
    return Judgement(
        kind="CertaintyRating",
        about=(*use_about(rating.use), *((KG + "step", Literal(_spelled(step))) for step in rating.steps)),
        verdict=kg(rating.level + "Certainty").value,
        reason=in_words(rating, world),
        claims=rating.claims,
        rule=RULE,
        policy=world.policy,
        release=world.diseases.release,
        after=tuple(sorted(line_judgement(line, world).iri for line in rating.lines)),
    )


def _spelled(step: Step) -> str:
    change = f"down {step.down} to {IN_WORDS[step.level]}" if step.down else IN_WORDS[step.level]
    return f"{step.name}, {change}: {step.reason}"

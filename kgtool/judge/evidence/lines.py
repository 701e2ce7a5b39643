"""Which results of studies bear on a use of a drug: for what they speak, how directly, and over which bridge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import NamedNode

from kgtool.claim import Judgement
from kgtool.judge.evidence.world import (
    DRUG_CLASS,
    HAS_SIGN,
    INTERVENTION,
    POPULATION,
    RESULT,
    REVIEWED,
    Told,
    Use,
    World,
    grouped,
)
from kgtool.terms import KG, Term

RULE = "evidence-lines"
EXACT, HIGH, MODERATE, LOW = "exact", "high", "moderate", "low"
CLOSENESS = (LOW, MODERATE, HIGH, EXACT)
SUPPORTS, DISPUTES, NEUTRAL = "supports", "disputes", "neutral"
_SPEAKS_FOR = {KG + "favoursIntervention": SUPPORTS, KG + "favoursComparator": DISPUTES}


@dataclass(frozen=True)
class Bridge:
    """The sign over which a result in one disease bears on another, and the claim that the other has it.

    ``against`` are claims that it has not, or that it has the opposite.
    """

    sign: Term
    rests_on: Told
    against: tuple[Told, ...] = ()

    @property
    def firm(self) -> bool:
        """Whether the claim is neither hedged nor contested."""
        return not self.against and self.rests_on.surely in ("flat", "reported", "capability")


@dataclass(frozen=True)
class Line:
    """What one study, or one review, found on one outcome, as it bears on one use.

    ``results`` are the claims that report it, ``basis`` those that say what was studied, in whom, against what.
    """

    use: Use
    study: Term
    outcome: Term
    studied_in: Term
    support: str
    intervention: str
    population: str
    comparator: str
    outcome_directness: str
    results: tuple[Told, ...]
    basis: tuple[Told, ...]
    bridge: Bridge | None = None
    is_review: bool = False

    @property
    def claims(self) -> tuple[str, ...]:
        """All that the line rests on."""
        bridging = (self.bridge.rests_on, *self.bridge.against) if self.bridge else ()
        return tuple(sorted({told.claim for told in (*self.results, *self.basis, *bridging)}))

    @property
    def result(self) -> Told:
        """The claim to show for the line: the study's own report before what others say of it."""
        return min(self.results, key=lambda told: (not told.own_report, told.claim))


class Studied:
    """The results that counted sources report, found by treatment and by sign."""

    def __init__(self, world: World):
        self.world = world

    def lines(self, use: Use) -> list[Line]:
        """The lines that bear on a use and rest on the drug itself, and on reviews of its class."""
        found = [*self._of_drug(use), *self._of_reviews(use)]
        return sorted(found, key=lambda line: (line.is_review, str(line.study), str(line.outcome)))

    def lines_of_class(self, use: Use) -> list[Line]:
        """The lines of other drugs of a class with the drug: shown to those who ask, and never weighed.

        They grow with the class times its uses, so that nothing is derived from them for every use.
        """
        membership = {told.object: told for told in self.world.of(DRUG_CLASS, use.drug)}
        others = {
            told.subject: (told, membership[told.object])
            for told in self.world.all(DRUG_CLASS)
            if told.affirmed and told.object in membership and told.subject != use.drug
        }
        found = [line for drug, said in others.items() for line in self._of_treatment(use, drug, LOW, said)]
        return sorted(found, key=lambda line: (str(line.study), str(line.outcome)))

    def bridge(self, sign: Term, disease: Term | None) -> Bridge | None:
        """The surest claim that a disease has a sign, or a kind of it; None where nobody says so."""
        told = self.world.told(HAS_SIGN, disease) if disease is not None else ()
        kinds = [one for one in told if self.world.signs.below_or_same(one.object, sign)]
        affirmed = [one for one in kinds if one.affirmed]
        if not affirmed:
            return None
        opposites = self.world.opposites.get(sign, frozenset())
        against = [one for one in kinds if not one.affirmed] + [o for o in told if o.affirmed and o.object in opposites]
        return Bridge(sign, min(affirmed, key=lambda one: one.rank), tuple(sorted(against, key=lambda one: one.claim)))

    def _of_drug(self, use: Use) -> Iterator[Line]:
        yield from self._of_treatment(use, use.drug, EXACT, ())

    def _of_treatment(self, use: Use, drug: Term, intervention: str, membership: tuple[Told, ...]) -> Iterator[Line]:
        reports = grouped(((told.subject, told.object), told) for told in self._results(drug, use.sign))
        for (study, outcome), results in reports.items():
            given = tuple(told for told in self.world.of(INTERVENTION, study) if told.object == drug)
            compared = self.world.compared(study)
            for condition, bridge, population in self._populations(use, study):
                yield Line(
                    use, study, outcome, self.world.disease(condition.object), _support(results),
                    intervention, population, EXACT if compared else LOW, self._outcome_directness(outcome, use.sign),
                    results, (*membership, *given, condition, *compared), bridge,
                )

    def _populations(self, use: Use, study: Term) -> list[tuple[Told, Bridge | None, str]]:
        """The closest of the populations that sources name for a study, if one bears on the use at all."""
        told = self.world.of(POPULATION, study)
        named = [(one, *self._population(use, self.world.disease(one.object))) for one in told]
        bearing = [found for found in named if found[2]]
        return [max(bearing, key=lambda found: (CLOSENESS.index(found[2]), found[0].claim))] if bearing else []

    def _population(self, use: Use, studied: Term) -> tuple[Bridge | None, str]:
        if use.disease is None or studied == use.sign:
            return None, MODERATE  # any cause holds this one, or it holds any cause
        if studied == use.disease:
            return None, EXACT
        if self.world.diseases.akin(studied, use.disease):
            return None, MODERATE
        bridge = self.bridge(use.sign, use.disease)
        return (bridge, LOW) if bridge else (None, "")

    def _of_reviews(self, use: Use) -> Iterator[Line]:
        for told in self._reviews_of.get((use.drug, use.sign), ()):
            yield from self._review(use, told, EXACT, ())
        for member in self.world.of(DRUG_CLASS, use.drug):
            for told in self._class_reviews(member.object, use):
                yield from self._review(use, told, LOW, (member,))

    def _review(self, use: Use, told: Told, intervention: str, basis: tuple[Told, ...]) -> Iterator[Line]:
        studied = self.world.disease(told.object)
        bridge, population = self._population(use, studied)
        # a review of the whole class in another disease shares neither the drug nor the people
        if not population or (intervention == LOW and population == LOW):
            return
        outcome = self.world.sign(told.object)
        yield Line(
            use, told.source, outcome, studied, _support((told,)), intervention, population, EXACT,
            self._outcome_directness(outcome, use.sign), (told,), basis, bridge, is_review=True,
        )

    def _class_reviews(self, drug_class: Term, use: Use) -> Iterable[Told]:
        within = self._reviews_within.get((drug_class, use.sign, use.disease), ())
        # above the use's disease only those of that very disease: all that lie below it would be all of the class
        above = self.world.diseases.above(use.disease) if use.disease else ()
        around = (told for disease in above for told in self._reviews_in.get((drug_class, use.sign, disease), ()))
        return dict.fromkeys((*within, *around))

    def _outcome_directness(self, outcome: Term, sign: Term) -> str:
        if outcome == sign:
            return EXACT
        return HIGH if self.world.signs.below_or_same(outcome, sign) else MODERATE

    def _results(self, drug: Term, sign: Term) -> list[Told]:
        """Results of studies of a drug whose outcome is the sign, a kind of it, or what it is a kind of."""
        broader = (told for above in self.world.signs.above(sign) for told in self._results_on.get((drug, above), ()))
        return [*self._results_within.get((drug, sign), ()), *broader]

    @cached_property
    def _results_on(self) -> dict[tuple[Term, Term], tuple[Told, ...]]:
        given = (told for told in self.world.all(INTERVENTION) if told.affirmed)
        drugs = grouped(dict.fromkeys((told.subject, told.object) for told in given))
        told = self.world.all(RESULT)
        return grouped(((drug, one.object), one) for one in told for drug in drugs.get(one.subject, ()))

    @cached_property
    def _results_within(self) -> dict[tuple[Term, Term], tuple[Told, ...]]:
        """By drug and by the outcome and everything above it."""
        return grouped(
            ((drug, sign), told)
            for (drug, outcome), results in self._results_on.items()
            for sign in (outcome, *self.world.signs.above(outcome))
            for told in results
        )

    @cached_property
    def _reviews_of(self) -> dict[tuple[Term, Term], tuple[Told, ...]]:
        return grouped((key[:2], told) for key, told in self._reviewed())

    @cached_property
    def _reviews_in(self) -> dict[tuple[Term, Term, Term], tuple[Told, ...]]:
        """By treatment, sign and disease."""
        return grouped(self._reviewed())

    @cached_property
    def _reviews_within(self) -> dict[tuple[Term, Term, Term | None], tuple[Told, ...]]:
        """By treatment, sign, and the disease and everything above it; under None for any cause."""
        return grouped(
            ((treatment, sign, near), told)
            for (treatment, sign, disease), told in self._reviewed()
            for near in (disease, *self.world.diseases.above(disease), None)
        )

    def _reviewed(self) -> Iterator[tuple[tuple[Term, Term, Term], Told]]:
        for told in self.world.all(REVIEWED):
            if told.treatment is not None and told.affirmed:
                outcome = self.world.sign(told.object)
                for sign in (outcome, *self.world.signs.above(outcome)):
                    yield (told.treatment, sign, self.world.disease(told.object)), told


def _support(results: tuple[Told, ...]) -> str:
    """For what reports of one result speak: the study's own before others; where they differ, for neither side."""
    reports = [told for told in results if told.own_report] or results
    spoken = {_SPEAKS_FOR.get(told.direction, NEUTRAL) if told.affirmed else NEUTRAL for told in reports}
    return spoken.pop() if len(spoken) == 1 else NEUTRAL


def because(line: Line, world: World) -> str:
    """Why a line bears on its use, in words that name its claims."""
    found = f"{world.name(line.study)} {_VERB[line.support]} ({world.names(line.results)})"
    treated = "" if line.intervention == EXACT else "; it is about the class, or another drug of it"
    measured = "" if line.outcome_directness == EXACT else f"; what it measured was {world.name(line.outcome)}"
    return f"{found}, {_people(line, world)}{treated}{measured}."


_VERB = {SUPPORTS: "speaks for it", DISPUTES: "speaks against it", NEUTRAL: "speaks neither for nor against it"}


def _people(line: Line, world: World) -> str:
    people = world.name(line.studied_in)
    if line.population == EXACT:
        return f"in people with {people} itself"
    if line.use.disease is None:
        return f"in people with {people}, one cause of any"
    if line.bridge is None:
        return f"in people with {people}, of which one is a kind of the other"
    rests_on = line.bridge.rests_on
    contested = f", contested by {world.names(line.bridge.against)}" if line.bridge.against else ""
    return (
        f"in people with {people}, and bears on {world.name(line.use.disease)} only "
        f"over {world.name(line.bridge.sign)}, which rests on {world.names((rests_on,))} ({rests_on.surely}{contested})"
    )


def judgement(line: Line, world: World) -> Judgement:
    return Judgement(
        kind="EvidenceLine",
        about=tuple(_about(line)),
        verdict=KG + line.support,
        reason=because(line, world),
        claims=line.claims,
        rule=RULE,
        policy=world.policy,
        release=world.diseases.release,
    )


def use_about(use: Use) -> Iterator[tuple[str, Term]]:
    """What a judgement on a use is about."""
    yield KG + "ofDrug", use.drug
    yield KG + "ofSign", use.sign
    if use.disease is not None:
        yield KG + "ofDisease", use.disease


def _about(line: Line) -> Iterator[tuple[str, Term]]:
    yield from use_about(line.use)
    yield (KG + "ofVersion", line.result.version) if line.is_review else (KG + "ofStudy", line.study)
    yield KG + "outcome", line.outcome
    for part, level in (
        ("intervention", line.intervention), ("population", line.population), ("comparator", line.comparator),
        ("outcome", line.outcome_directness),
    ):
        yield f"{KG}{part}Directness", NamedNode(f"{KG}{level}Directness")
    if line.bridge:
        yield KG + "bridge", line.bridge.sign
        yield KG + "bridgeClaim", NamedNode(line.bridge.rests_on.claim)
